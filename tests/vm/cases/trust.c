// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What no program may do: claim a line that it has no right to, bring the kernel
 * down, make a number wrong. Each test is an attack that once succeeded.
 */
#include <dirent.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/userfaultfd.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "libprocirq/procirq.h"

#include "edu.h"
#include "guest.h"
#include "machine.h"
#include "libprocirq/uli.h"

#define PARAMETER "/sys/module/procirq/parameters/"

/* The next test finds procirq loaded, its parameters and the devices as ever. */
static const char *trust_after(void)
{
	char text[16];
	const char *why;

	pci_unbind(EDU_1);
	pci_unbind(EDU_2);
	module_unload("delay");
	module_unload("busmaster");
	module_unload("clone");
	module_unload("namesake");
	module_unload("plainirq");
	module_unload("vectors");
	read_text(PARAMETER "watch", text, sizeof(text));
	/* Without its hooks, it does not serve irq 1. */
	if (!module_loaded("procirq") || text[0] == 'N' ||
	    access(irq_path(machine_irq(MACHINE_LINE_A)), F_OK))
		procirq_reload("storm_rate=0");
	put_text(PARAMETER "storm_rate", "0\n");
	if (!module_loaded("irqgen"))
		module_load("irqgen", "lines=0");
	put_text("/proc/sys/kernel/core_pattern", "core\n");
	put_text("/proc/sys/kernel/sched_rt_runtime_us", "950000\n");
	why = guest_after();
	if (!module_loaded("procirq") || !module_loaded("irqgen"))
		return "the modules cannot be loaded again";
	return why;
}

/* --- a module that does not load ------------------------------------------------ */

struct opener {
	pthread_t thread;
	unsigned int irq;
	atomic_bool stop;
	atomic_int opened;
};

static void *open_whatever_appears(void *arg)
{
	struct opener *o = arg;
	int fd;

	while (!o->stop) {
		fd = irq_open(o->irq, O_RDWR | O_NONBLOCK);
		if (fd < 0)
			continue;
		o->opened++;
		irq_read(fd);
		close(fd);
	}
	return NULL;
}

/* Loads procirq so that it fails, @times, while somebody opens the line's file. */
static void load_in_vain(const char *arguments, unsigned int irq, int times)
{
	struct opener o = { .irq = irq };

	REQUIRE(pthread_create(&o.thread, NULL, open_whatever_appears, &o) == 0);
	while (times--)
		CHECK(module_load("procirq", arguments) == -1);
	o.stop = true;
	REQUIRE(thread_join(o.thread));
	/* An open file of a module that is not there would be a use after free. */
	CHECK_EQ(o.opened, 0);
	CHECK(access(irq_path(irq), F_OK) == -1);
}

static void loading_fails_for_a_line(void)
{
	unsigned int irq = machine_irq(MACHINE_LINE_B);
	char arguments[64];

	REQUIRE(AWAIT(module_unload("procirq") == 0));
	snprintf(arguments, sizeof(arguments), "watch=0 irqs=%u,%u,9999", irq,
		 machine_irq(MACHINE_LINE_A));
	load_in_vain(arguments, irq, tap_setting("loads", 20));
}

static void loading_fails_for_a_name(void)
{
	REQUIRE(AWAIT(module_unload("procirq") == 0));
	REQUIRE(module_load("busmaster", "name=procirq-pci") == 0);
	load_in_vain("", 5, tap_setting("loads", 20));
}

/*
 * A function of another module, with the name of one that is hooked, is left alone, and so is
 * the module that is loaded in its place.
 */
static void a_namesake_in_a_module(void)
{
	static const char *const others[] = { "clone", "genirq", "plainirq", "shadow" };
	char text[16];
	unsigned int i;

	REQUIRE(AWAIT(module_unload("procirq") == 0));
	REQUIRE(module_load("namesake", "") == 0);
	REQUIRE(module_load("procirq", "storm_rate=0") == 0);
	CHECK(put_text("/sys/module/namesake/parameters/call", "21") == 0);
	REQUIRE(read_text("/sys/module/namesake/parameters/result", text, sizeof(text)));
	CHECK_EQ(atoi(text), 42);
	CHECK(access(irq_path(gen_status(gen_add()).irq), F_OK) == 0);
	REQUIRE(module_unload("namesake") == 0);
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		/* An earlier program may have left it. */
		module_unload(others[i]);
		REQUIRE(module_load(others[i], "") == 0);
		REQUIRE(module_unload(others[i]) == 0);
	}
	CHECK(system("dmesg | grep -q 'WARNING: .*ftrace'") != 0);
}

/*
 * Some callers of a function that is hooked may call its clone: the directories are not
 * watched.
 */
static void a_clone_of_a_hooked_function(void)
{
	char arguments[32];

	REQUIRE(AWAIT(module_unload("procirq") == 0));
	REQUIRE(module_load("clone", "") == 0);
	snprintf(arguments, sizeof(arguments), "irqs=%u", machine_irq(MACHINE_LINE_B));
	CHECK(module_load("procirq", arguments) == 0);
	CHECK(access(irq_path(machine_irq(MACHINE_LINE_B)), F_OK) == 0);
	CHECK(access(irq_path(machine_irq(MACHINE_LINE_A)), F_OK) == -1);
	CHECK(system("dmesg | grep -q 'clones of a function .*register_irq_proc'") == 0);
	REQUIRE(AWAIT(module_unload("procirq") == 0));
	REQUIRE(module_unload("clone") == 0);
	REQUIRE(module_load("procirq", "storm_rate=0") == 0);
	CHECK(access(irq_path(machine_irq(MACHINE_LINE_A)), F_OK) == 0);
}

/* What procdir takes for granted: the kernel has one function of each name. */
static void hooked_functions_have_no_namesakes(void)
{
	static const char *const names[] = {
		"register_irq_proc",	     "unregister_irq_proc", "irq_domain_free_irqs",
		"pci_msi_teardown_msi_irqs", "pci_msix_free_irq", /* since 6.2 */
	};
	int found[sizeof(names) / sizeof(names[0])] = {};
	FILE *file = fopen("/proc/kallsyms", "re");
	char text[600], name[512], module[80];
	unsigned int i, n;

	REQUIRE(file);
	while (fgets(text, sizeof(text), file)) {
		n = sscanf(text, "%*s %*c %511s %79s", name, module);
		for (i = 0; n == 1 && i < sizeof(names) / sizeof(names[0]); i++)
			found[i] += !strcmp(name, names[i]);
	}
	fclose(file);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		CHECK(found[i] == 1 || (!found[i] && !strcmp(names[i], "pci_msix_free_irq")));
}

/* --- who may ------------------------------------------------------------------------- */

static void capabilities_set(uint64_t keep)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {
		{ .effective = keep, .permitted = keep },
		{ .effective = keep >> 32, .permitted = keep >> 32 },
	};
	int cap;

	for (cap = 0; cap <= CAP_LAST_CAP; cap++)
		if (!(keep >> cap & 1))
			prctl(PR_CAPBSET_DROP, cap);
	REQUIRE(syscall(SYS_capset, &head, data) == 0);
}

#define CAP(name) (1ULL << CAP_##name)

/* What Docker and Podman leave to a container's root. */
#define CONTAINER_CAPS                                                                          \
	(CAP(CHOWN) | CAP(DAC_OVERRIDE) | CAP(FOWNER) | CAP(FSETID) | CAP(KILL) | CAP(SETGID) | \
	 CAP(SETUID) | CAP(SETPCAP) | CAP(NET_BIND_SERVICE) | CAP(NET_RAW) | CAP(SYS_CHROOT) |  \
	 CAP(MKNOD) | CAP(AUDIT_WRITE) | CAP(SETFCAP))

static int nr_claimed(void)
{
	char text[1024];
	FILE *file = fopen("/proc/interrupts", "re");
	int n = 0;

	while (file && fgets(text, sizeof(text), file))
		n += strstr(text, "procirq") != NULL;
	if (file)
		fclose(file);
	return n;
}

/* Opens each IRQ file there is; returns how many opens succeeded. */
static int open_all(int flags)
{
	struct dirent *entry;
	DIR *dir = opendir("/proc/irq");
	int n = 0;

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9')
			n += irq_open(atoi(entry->d_name), flags | O_NONBLOCK) >= 0;
	if (dir)
		closedir(dir);
	return n;
}

static void a_containers_root(void)
{
	struct gen_file s = gen_open(O_RDWR);
	int claimed = nr_claimed();

	/* In the host's user namespace, /proc/irq read-only, as containers have it. */
	REQUIRE(unshare(CLONE_NEWNS) == 0);
	REQUIRE(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	REQUIRE(mount("/proc/irq", "/proc/irq", NULL, MS_BIND, NULL) == 0);
	REQUIRE(mount(NULL, "/proc/irq", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) == 0);
	capabilities_set(CONTAINER_CAPS);
	CHECK_EQ(open_all(O_RDONLY), 0);
	CHECK_EQ(open_all(O_RDWR), 0);
	CHECK_ERR(irq_open(s.irq, O_RDONLY), EPERM);
	CHECK_EQ(nr_claimed(), claimed);
	/* A descriptor that was passed on works without. */
	fire(&s, 1);
	CHECK_EQ(irq_read(s.fd), 1);
	CHECK_EQ(irq_enable(s.fd, 1), 0);
	CHECK_EQ(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK), 0);
}

static void root_of_a_user_namespace(void)
{
	unsigned int irq = gen_status(gen_add()).irq;

	if (unshare(CLONE_NEWUSER))
		SKIP("no user namespaces");
	CHECK_EQ(open_all(O_RDONLY), 0);
	CHECK(irq_open(irq, O_RDWR) == -1 && (errno == EPERM || errno == EACCES));
}

static void an_ordinary_user(void)
{
	struct gen_file s = gen_open(O_RDWR);

	REQUIRE(setgroups(0, NULL) == 0 && setgid(65534) == 0 && setuid(65534) == 0);
	CHECK_ERR(irq_open(s.irq, O_RDONLY), EACCES);
	CHECK_EQ(irq_enable(s.fd, 1), 0);
}

/* Reading, which unmasks, is all that a descriptor open for reading may do. */
static void open_for_reading(void)
{
	struct procirq_inject inject = { .count = 1 };
	struct procirq_eventfd eventfd = { .fd = -1 };
	struct procirq_flags flags = { 0 };
	struct procirq_descriptor d = edu_descriptor(EDU_1);
	struct procirq_uli uli = { 0 };
	struct procirq_uli_info uli_info;
	struct gen_file s = gen_open(O_RDONLY);

	CHECK_ERR(ioctl(s.fd, PROCIRQ_IOC_INJECT, &inject), EBADF);
	CHECK_ERR(ioctl(s.fd, PROCIRQ_IOC_SET_FLAGS, &flags), EBADF);
	CHECK_ERR(ioctl(s.fd, PROCIRQ_IOC_SET_EVENTFD, &eventfd), EBADF);
	CHECK_ERR(ioctl(s.fd, PROCIRQ_IOC_SET_DESCRIPTOR, &d), EBADF);
	CHECK_ERR(ioctl(s.fd, PROCIRQ_IOC_ULI_REGISTER, &uli), EBADF);
	CHECK_ERR(ioctl(s.fd, PROCIRQ_IOC_ULI_UNREGISTER, &uli_info), EBADF);
	CHECK_ERR(ioctl(s.fd, PROCIRQ_IOC_ULI_KICK), EBADF);
	irq_info(s.fd);
	fire(&s, 1);
	CHECK_EQ(irq_read(s.fd), 1);
	CHECK_EQ(irq_read_now(s.fd), -EAGAIN);
	fire(&s, 1);
	CHECK_EQ(irq_read(s.fd), 1);
}

/* grep -r, a backup, sosreport: opening for reading claims only what is meant for it. */
static void a_directory_walk(void)
{
	int claimed = nr_claimed(), status;

	status = system("timeout 20 grep -r nothing-of-the-kind /proc/irq >/dev/null 2>&1");
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) != 124);
	CHECK_EQ(nr_claimed(), claimed);
	CHECK_EQ(open_all(O_RDONLY), 0);
}

/* --- interrupts that go, and devices -------------------------------------------------- */

struct disposer {
	pthread_t thread;
	atomic_bool done;
};

static void *dispose(void *arg)
{
	struct disposer *d = arg;

	prctl(PR_SET_NAME, "disposer");
	put_text("/sys/module/plainirq/parameters/dispose", "1");
	d->done = true;
	return NULL;
}

/* A line of an expander: its chip cannot be masked in an interrupt handler. */
static void a_chip_that_sleeps(void)
{
	char text[16], why[400];
	int irq, access;

	REQUIRE(module_load("plainirq", "bus=1") == 0);
	read_text("/sys/module/plainirq/parameters/irq", text, sizeof(text));
	irq = atoi(text);
	for (access = O_RDONLY; access <= O_RDWR; access++)
		CHECK_ERR(irq_open(irq, access | O_NONBLOCK),
			  access == O_RDONLY ? EACCES : EOPNOTSUPP);
	CHECK(!procirq_open((unsigned int)irq, 0));
	procirq_explain((unsigned int)irq, errno, why, sizeof(why));
	CHECK(strstr(why, "slow bus") != NULL);
	CHECK_EQ(line_stats(irq).readers, 0);
	/* The chip has not been locked for ever. */
	CHECK(AWAIT(module_unload("plainirq") == 0));
}

/* The interrupt loses its chip while its reader masks and unmasks it. */
static void a_chip_that_goes(void)
{
	char text[16];
	int round;

	for (round = 0; round < tap_setting("disposals", 30); round++) {
		struct disposer d = { .done = false };
		int fd;

		REQUIRE(module_load("plainirq", "") == 0);
		read_text("/sys/module/plainirq/parameters/irq", text, sizeof(text));
		fd = irq_open(atoi(text), O_RDWR | O_NONBLOCK);
		REQUIRE(fd >= 0);
		REQUIRE(pthread_create(&d.thread, NULL, dispose, &d) == 0);
		while (!irq_enable(fd, 0) && !irq_enable(fd, 1))
			;
		CHECK_EQ(irq_enable(fd, 1), -ENODEV);
		close(fd);
		REQUIRE(thread_join(d.thread));
		REQUIRE(AWAIT(module_unload("plainirq") == 0));
	}
}

/* A reader keeps the function of its line enabled; DMA is not part of that. */
static void no_bus_master_without_a_driver(void)
{
	struct procirq_descriptor d;
	int fd;

	if (access(PCI_DEVICE EDU_1, F_OK))
		SKIP("no edu device");
	pci_unbind(EDU_1);
	/* The other function on the line keeps it in being. */
	REQUIRE(pci_irq_kind("intx") == 0);
	REQUIRE(pci_bind(EDU_2, "procirq-pci") == 0);
	REQUIRE(module_load("busmaster", "") == 0);
	REQUIRE(pci_bind(EDU_1, "busmaster") == 0);
	CHECK(pci_command(EDU_1) & COMMAND_MASTER);
	fd = irq_open(pci_irq(EDU_1), O_RDWR | O_NONBLOCK);
	/* It keeps the device enabled, which its driver shares the line with. */
	d = intx_descriptor(EDU_1);
	REQUIRE(fd >= 0 && set_descriptor(fd, &d) == 0);
	REQUIRE(pci_unbind(EDU_1) == 0);
	CHECK(pci_command(EDU_1) & COMMAND_MEMORY);
	CHECK(!(pci_command(EDU_1) & COMMAND_MASTER));
	close(fd);
}

/* A line that nobody tells us the end of cannot be served: an MSI without hooks. */
static void msi_without_hooks(void)
{
	char arguments[64];
	int irq;

	if (access(PCI_DEVICE EDU_1, F_OK))
		SKIP("no edu device");
	REQUIRE(module_load("vectors", "") == 0);
	pci_unbind(EDU_1);
	REQUIRE(pci_bind(EDU_1, "vectors") == 0);
	irq = pci_irq(EDU_1);
	REQUIRE(AWAIT(module_unload("procirq") == 0));
	snprintf(arguments, sizeof(arguments), "watch=0 irqs=%d", irq);
	CHECK_ERR(module_load("procirq", arguments), EOPNOTSUPP);
	CHECK(access(irq_path(irq), F_OK) == -1);
}

/* Nor can the vector of a device that is not on the PCI bus, with hooks. */
static void msi_of_another_bus(void)
{
	char text[16], path[64];

	REQUIRE(module_load("plainirq", "msi=1") == 0);
	read_text("/sys/module/plainirq/parameters/irq", text, sizeof(text));
	snprintf(path, sizeof(path), "/proc/irq/%d", atoi(text));
	CHECK(access(path, F_OK) == 0);
	CHECK(access(irq_path(atoi(text)), F_OK) == -1);
	REQUIRE(AWAIT(module_unload("plainirq") == 0));
}

/* --- storms --------------------------------------------------------------------------------- */

/* On a level line, what neither acknowledges nor silences its device never ends. */
static void descriptors_that_cannot_end_an_interrupt(void)
{
	struct procirq_descriptor d;
	volatile uint32_t *edu;
	int irq = edu_bind(EDU_1, &edu), fd;

	fd = irq_open(irq, O_RDWR | O_NONBLOCK);
	REQUIRE(fd >= 0);
	d = edu_descriptor(EDU_1);
	memmove(&d.steps[1], &d.steps[2], 2 * sizeof(d.steps[0]));
	memset(&d.steps[3], 0, sizeof(d.steps[3]));
	d.nr_ack = 0;
	CHECK_EQ(set_descriptor(fd, &d), -EINVAL);
	/* A check of reads only takes every interrupt of the line for its own. */
	d = edu_descriptor(EDU_1);
	d.steps[0] = step(PROCIRQ_SPACE_BAR, 0, 32, PROCIRQ_OP_READ, EDU_STATUS, 0, 0);
	CHECK_EQ(set_descriptor(fd, &d), -EINVAL);
	d = edu_descriptor(EDU_1);
	CHECK_EQ(set_descriptor(fd, &d), 0);
	close(fd);
}

/* Whether no interrupt comes for a while, in which a storm would bring hundreds. */
static bool takes_no_more(int fd)
{
	uint64_t taken = irq_info(fd).taken;

	sleep_ms(300);
	return irq_info(fd).taken == taken;
}

/* A reader whose acknowledgement acknowledges nothing has a storm, which the guard ends. */
static void storm_in_vain(int irq, volatile uint32_t *edu)
{
	struct procirq_descriptor d;
	int fd, i;

	REQUIRE(put_text(PARAMETER "storm_rate", "1000\n") == 0);
	fd = irq_open(irq, O_RDWR | O_NONBLOCK);
	REQUIRE(fd >= 0);
	d = edu_descriptor(EDU_1);
	/* The identification register: writes there do nothing. */
	for (i = 1; i <= 3; i++)
		d.steps[i] = step(PROCIRQ_SPACE_BAR, 0, 32, PROCIRQ_OP_WRITE, 0, 0, 1);
	CHECK_EQ(set_descriptor(fd, &d), 0);
	edu_raise(edu);
	CHECK(AWAIT(irq_info(fd).state & PROCIRQ_STATE_STORM));
	/* The guard takes one step after another; the last one ends it. */
	CHECK(AWAIT(takes_no_more(fd)));
	edu_ack(edu);
	close(fd);
}

/* An acknowledgement that acknowledges nothing: the guard ends it. */
static void an_acknowledgement_in_vain(void)
{
	volatile uint32_t *edu;
	int irq = edu_bind(EDU_1, &edu);

	storm_in_vain(irq, edu);
}

/* What the guard has done ends with its reader: the line's other user has it again. */
static void a_storm_ends_with_its_reader(void)
{
	volatile uint32_t *edu, *other;
	char text[16];
	int irq = edu_bind(EDU_1, &edu);

	REQUIRE(edu_bind(EDU_2, &other) == irq);
	pci_unbind(EDU_2);
	REQUIRE(module_load("eduirq", "") == 0);
	REQUIRE(pci_bind(EDU_2, "eduirq") == 0);
	storm_in_vain(irq, edu);
	edu_raise(other);
	CHECK(AWAIT(read_text("/sys/module/eduirq/parameters/handled", text, sizeof(text)) &&
		    atoi(text) == 1));
	pci_unbind(EDU_2);
	module_unload("eduirq");
}

static void handle_nothing(void *arg)
{
	(void)arg;
}

/* A process that has stopped reads nothing, however it would read. */
static void storm_at_a_stopped_process(const char *how)
{
	struct gen_file s = gen_open(O_RDWR | O_NONBLOCK);
	int status;
	pid_t pid;

	REQUIRE(put_text(PARAMETER "storm_rate", "1000\n") == 0);
	CHECK_EQ(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK), 0);
	if (!strcmp(how, "mmap"))
		CHECK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, s.fd, 0) == MAP_FAILED);
	pid = fork();
	if (!pid) {
		if (!strcmp(how, "handler") && !ULI_register(s.fd, handle_nothing, NULL, NULL))
			_exit(TAP_SKIPPED);
		raise(SIGSTOP);
		_exit(0);
	}
	REQUIRE(waitpid(pid, &status, WUNTRACED) == pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == TAP_SKIPPED)
		SKIP("no user level interrupts on this machine");
	REQUIRE(WIFSTOPPED(status));
	REQUIRE(gen("start line=%u period_ns=100000", s.line) == 0);
	CHECK(AWAIT(irq_info(s.fd).state & PROCIRQ_STATE_STORM));
	CHECK(gen("stop line=%u", s.line) == 0);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	close(s.fd);
}

static void storm_at_a_stopped_reader(void)
{
	storm_at_a_stopped_process("read");
}

static void storm_at_a_stopped_handler(void)
{
	storm_at_a_stopped_process("handler");
}

static void storm_after_a_failed_mmap(void)
{
	storm_at_a_stopped_process("mmap");
}

/* Nor is the reader bound to a ring that it has not got. */
static void a_failed_mmap_binds_nothing(void)
{
	struct procirq_descriptor d = edu_descriptor(EDU_1);
	volatile uint32_t *edu;
	int irq = edu_bind(EDU_1, &edu);
	int fd = irq_open(irq, O_RDWR | O_NONBLOCK);

	REQUIRE(fd >= 0);
	CHECK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED);
	CHECK_EQ(set_descriptor(fd, &d), 0);
	close(fd);
}

static void a_low_storm_rate(void)
{
	struct gen_file s = gen_open(O_RDWR | O_NONBLOCK);

	REQUIRE(put_text(PARAMETER "storm_rate", "5\n") == 0);
	CHECK_EQ(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK), 0);
	REQUIRE(gen("start line=%u period_ns=1000000", s.line) == 0);
	CHECK(AWAIT(irq_info(s.fd).state & PROCIRQ_STATE_STORM));
	CHECK(gen("stop line=%u", s.line) == 0);
	close(s.fd);
}

/* --- numbers ------------------------------------------------------------------------------------ */

struct late_read {
	pthread_t thread;
	int fd;
	void *page;
	atomic_int tid;
	long ret;
};

static void *late_read(void *arg)
{
	struct late_read *r = arg;

	r->tid = syscall(SYS_gettid);
	r->ret = read(r->fd, r->page, 4) < 0 ? -errno : 0;
	return NULL;
}

/* Memory whose first access waits for userfaultfd(2). */
static void *page_that_waits(int *fault_fd)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	*fault_fd = syscall(SYS_userfaultfd, O_CLOEXEC);
	if (*fault_fd < 0)
		SKIP("no userfaultfd");
	range.range.start = (unsigned long)page;
	range.range.len = 4096;
	REQUIRE(ioctl(*fault_fd, UFFDIO_API, &api) == 0);
	REQUIRE(ioctl(*fault_fd, UFFDIO_REGISTER, &range) == 0);
	return page;
}

/* A read() that fails after its reader has got a descriptor loses what it took. */
static void a_read_that_fails_late(void)
{
	struct procirq_inject inject = { .count = 1 };
	struct procirq_descriptor d = intx_descriptor(EDU_1);
	struct uffdio_range range = { .len = 4096 };
	struct late_read r = { 0 };
	volatile uint32_t *edu;
	int irq = edu_bind(EDU_1, &edu), fault_fd;
	struct line_stats before, stats;

	r.fd = irq_open(irq, O_RDWR | O_NONBLOCK);
	REQUIRE(r.fd >= 0);
	irq_read_now(r.fd);
	before = line_stats(irq);
	REQUIRE(ioctl(r.fd, PROCIRQ_IOC_INJECT, &inject) == 0);
	r.page = page_that_waits(&fault_fd);
	REQUIRE(pthread_create(&r.thread, NULL, late_read, &r) == 0);
	REQUIRE(AWAIT(r.tid && task_sleeps(getpid(), r.tid, SYS_read)));
	CHECK_EQ(set_descriptor(r.fd, &d), 0);
	munmap(r.page, 4096);
	range.start = (unsigned long)r.page;
	ioctl(fault_fd, UFFDIO_WAKE, &range);
	REQUIRE(thread_join(r.thread));
	CHECK_EQ(r.ret, -EFAULT);
	stats = line_stats(irq);
	CHECK(stats_add_up(&stats));
	CHECK(stats.delivered - before.delivered <= 1);
	CHECK(stats.lost + stats.pending - before.lost <= 1);
	/* With the descriptor it has taken none. */
	CHECK_EQ(irq_info(r.fd).pending, 0);
	CHECK_EQ(irq_info(r.fd).delivered, 0);
	CHECK_EQ(irq_read_now(r.fd), -EAGAIN);
	close(r.fd);
	stats = line_stats(irq);
	CHECK(stats_add_up(&stats));
	CHECK_EQ(stats.delivered + stats.lost, stats.due);
}

/* Work in the hard interrupt handler grows with the readers: there is a limit. */
static void too_many_readers(void)
{
	struct rlimit files = { 4096, 4096 };
	struct gen_file s = gen_open(O_RDWR);
	long limit;
	char text[16];
	int n = 1;

	REQUIRE(read_text(PARAMETER "max_readers", text, sizeof(text)));
	limit = atol(text);
	REQUIRE(setrlimit(RLIMIT_NOFILE, &files) == 0);
	while (n < 4000 && irq_open(s.irq, O_RDWR) >= 0)
		n++;
	CHECK_EQ(errno, EUSERS);
	CHECK_EQ(n, limit);
}

/* A descriptor longer than the kernel's is one of a newer program. */
static void descriptors_of_other_sizes(void)
{
	struct {
		struct procirq_descriptor d;
		uint64_t more;
	} longer = { .d = edu_descriptor(EDU_1) };
	volatile uint32_t *edu;
	int irq = edu_bind(EDU_1, &edu);
	int fd = irq_open(irq, O_RDWR | O_NONBLOCK);

	REQUIRE(fd >= 0);
	longer.d.size = sizeof(longer);
	longer.more = 1;
	CHECK_EQ(set_descriptor(fd, &longer.d), -E2BIG);
	longer.d.size = 4;
	CHECK_EQ(set_descriptor(fd, &longer.d), -EINVAL);
	longer.d.size = sizeof(longer);
	longer.more = 0;
	CHECK_EQ(set_descriptor(fd, &longer.d), 0);
	close(fd);
}

/* --- a line that a driver shares ------------------------------------------------------ */

static void *open_and_close(void *arg)
{
	int fd;

	prctl(PR_SET_NAME, "opener");
	fd = irq_open(*(int *)arg, O_RDWR | O_NONBLOCK);
	if (fd >= 0)
		close(fd);
	return NULL;
}

/* While another reader tries to claim the line, which fails, nobody may mask it. */
static void injecting_while_a_claim_fails(void)
{
	struct procirq_inject inject = { .count = 1 };
	pthread_t thread;
	char text[16];
	int irq, fd;

	if (access(PCI_DEVICE EDU_1, F_OK))
		SKIP("no edu device");
	pci_unbind(EDU_1);
	REQUIRE(module_load("eduirq", "") == 0);
	REQUIRE(pci_bind(EDU_1, "eduirq") == 0);
	irq = pci_irq(EDU_1);
	fd = irq_open(irq, O_RDWR | O_NONBLOCK);
	REQUIRE(fd >= 0);
	REQUIRE(module_load("delay", "symbol=request_threaded_irq comm=opener ms=8000") == 0);
	REQUIRE(pthread_create(&thread, NULL, open_and_close, &irq) == 0);
	REQUIRE(AWAIT((read_text("/sys/module/delay/parameters/hits", text, sizeof(text)),
		       atoi(text) > 0)));
	CHECK_ERR(ioctl(fd, PROCIRQ_IOC_INJECT, &inject), ENOTCONN);
	REQUIRE(put_text("/sys/module/delay/parameters/released", "1") == 0);
	REQUIRE(thread_join(thread));
	CHECK(irq_depth(irq) <= 0);
	close(fd);
	REQUIRE(AWAIT(module_unload("delay") == 0));
	pci_unbind(EDU_1);
	REQUIRE(AWAIT(module_unload("eduirq") == 0));
}

static const struct tap_test tests[] = {
	TAP_TEST(injecting_while_a_claim_fails),
	TAP_TEST(loading_fails_for_a_line),
	TAP_TEST(loading_fails_for_a_name),
	TAP_TEST(a_namesake_in_a_module),
	TAP_TEST(a_clone_of_a_hooked_function),
	TAP_TEST(hooked_functions_have_no_namesakes),
	TAP_TEST(a_containers_root),
	TAP_TEST(root_of_a_user_namespace),
	TAP_TEST(an_ordinary_user),
	TAP_TEST(open_for_reading),
	TAP_TEST(a_directory_walk),
	TAP_TEST(a_chip_that_sleeps),
	TAP_TEST(a_chip_that_goes),
	TAP_TEST(no_bus_master_without_a_driver),
	TAP_TEST(msi_without_hooks),
	TAP_TEST(msi_of_another_bus),
	TAP_TEST(descriptors_that_cannot_end_an_interrupt),
	TAP_TEST(an_acknowledgement_in_vain),
	TAP_TEST(a_storm_ends_with_its_reader),
	TAP_TEST(storm_at_a_stopped_reader),
	TAP_TEST(storm_at_a_stopped_handler),
	TAP_TEST(storm_after_a_failed_mmap),
	TAP_TEST(a_failed_mmap_binds_nothing),
	TAP_TEST(a_low_storm_rate),
	TAP_TEST(a_read_that_fails_late),
	TAP_TEST(too_many_readers),
	TAP_TEST(descriptors_of_other_sizes),
};

int main(int argc, char **argv)
{
	(void)argc;
	tap_after = trust_after;
	return tap_main(argv, tests, sizeof(tests) / sizeof(tests[0]));
}
