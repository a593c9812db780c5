/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The paths through the modules: what a call needs, the call, and what has to be so
 * afterwards, whether it succeeded or failed.
 */
#ifndef FAULTPATHS_H
#define FAULTPATHS_H

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/klog.h>
#include <sys/select.h>

#include "edu.h"
#include "guest.h"
#include "machine.h"
#include "plat.h"
#include "libprocirq/uli_local.h"

#define PARAMETER  "/sys/module/procirq/parameters/"
#define RING_BYTES 36864

/* What the calls of a path use. */
static struct {
	struct gen_file gen;
	int other;   /* an eventfd, an epoll file */
	int edu_irq; /* of EDU_1 */
	volatile uint32_t *edu;
	struct uli *uli;
	void *map;
	unsigned int nr_files; /* IRQ files that loading makes */
} scene;

struct path {
	/* Once, before and after all calls. */
	void (*begin)(void);
	void (*end)(void);
	/* Makes what the call needs; nothing fails in it. */
	void (*before)(void);
	/* Returns 0 or more, or -errno. */
	long (*call)(void);
	/* Undoes both, and checks what the call has left. */
	void (*after)(long ret);
	/* How the call may fail, beside ENOMEM and EFAULT. */
	int errors[4];
	/* The function of the call that is ours: the rest of it is the kernel's. */
	const char *within;
	/* Those in it that are not: see GENIRQ and ACPI. */
	const char *except;
	/* A call takes a second or more. */
	bool slow;
};

/*
 * genirq ignores that it has no memory for a file in /proc/irq/N, and later warns because
 * it is not there to be removed. This is what calls it, with our hooks and without.
 */
#define GENIRQ	     "register_trampoline"
#define GENIRQ_PLAIN "register_irq_proc"
/* Without memory, ACPI's interpreter uses what it has freed (6.1). */
#define ACPI "pci_enable_device,pci_disable_device"

/* --- opening ------------------------------------------------------------------------------- */

static void check_closed(unsigned int irq)
{
	struct line_stats stats = line_stats(irq);

	CHECK_EQ(stats.readers, 0);
	CHECK_EQ(stats.attached, 0);
	CHECK_EQ(stats.masked, 0);
	CHECK(stats_add_up(&stats) && !stats.pending);
}

static void before_open(void)
{
	scene.gen.line = gen_add();
	scene.gen.irq = gen_status(scene.gen.line).irq;
}

static long call_open(void)
{
	scene.gen.fd = irq_open(scene.gen.irq, O_RDWR | O_NONBLOCK);
	return scene.gen.fd < 0 ? -errno : 0;
}

/* The file works, is closed, and the line is gone. */
static void after_file(long ret)
{
	(void)ret;
	while (irq_read(scene.gen.fd) >= 0)
		;
	fire(&scene.gen, 1);
	CHECK_EQ(irq_read(scene.gen.fd), 1);
	CHECK_EQ(irq_read(scene.gen.fd), -EAGAIN);
	close(scene.gen.fd);
	check_closed(scene.gen.irq);
	REQUIRE(gen("remove line=%u", scene.gen.line) == 0);
}

static void after_open(long ret)
{
	if (ret < 0) {
		check_closed(scene.gen.irq);
		scene.gen.fd = irq_open(scene.gen.irq, O_RDWR | O_NONBLOCK | O_EXCL);
		REQUIRE(scene.gen.fd >= 0);
	}
	after_file(ret);
}

static const struct path path_opening = { .before = before_open,
					  .call = call_open,
					  .after = after_open };

/* --- calls on an open file ------------------------------------------------------------------- */

static void before_file(void)
{
	before_open();
	REQUIRE(call_open() == 0);
}

static void before_pending(void)
{
	before_file();
	fire(&scene.gen, 1);
}

static long call_read(void)
{
	return irq_read(scene.gen.fd);
}

static long call_write(void)
{
	return irq_enable(scene.gen.fd, 1);
}

static long call_info(void)
{
	struct procirq_info info;

	return ioctl(scene.gen.fd, PROCIRQ_IOC_GET_INFO, &info) ? -errno : 0;
}

static long call_flags(void)
{
	return irq_flags(scene.gen.fd, PROCIRQ_FLAG_EXPLICIT_UNMASK);
}

static void after_flags(long ret)
{
	CHECK_EQ(irq_info(scene.gen.fd).flags, ret ? 0 : PROCIRQ_FLAG_EXPLICIT_UNMASK);
	CHECK_EQ(irq_flags(scene.gen.fd, 0), 0);
	after_file(ret);
}

static long call_inject(void)
{
	struct procirq_inject inject = { .count = 1 };

	return ioctl(scene.gen.fd, PROCIRQ_IOC_INJECT, &inject) ? -errno : 0;
}

static void before_eventfd(void)
{
	before_file();
	scene.other = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	REQUIRE(scene.other >= 0);
}

static long call_eventfd(void)
{
	struct procirq_eventfd arg = { .fd = scene.other };

	return ioctl(scene.gen.fd, PROCIRQ_IOC_SET_EVENTFD, &arg) ? -errno : 0;
}

static void after_eventfd(long ret)
{
	uint64_t count = 0;

	fire(&scene.gen, 1);
	if (ret == 0)
		CHECK(AWAIT(read(scene.other, &count, sizeof(count)) == sizeof(count)));
	CHECK_EQ(count, ret == 0);
	close(scene.other);
	after_file(ret);
}

static long call_poll(void)
{
	return irq_poll(scene.gen.fd, 0);
}

static long call_select(void)
{
	struct timeval none = { 0, 0 };
	fd_set set;

	FD_ZERO(&set);
	FD_SET(scene.gen.fd, &set);
	return select(scene.gen.fd + 1, &set, NULL, NULL, &none) < 0 ? -errno : 0;
}

static void before_epoll(void)
{
	before_file();
	scene.other = epoll_create1(EPOLL_CLOEXEC);
	REQUIRE(scene.other >= 0);
}

static long call_epoll(void)
{
	struct epoll_event event = { .events = EPOLLIN };

	return epoll_ctl(scene.other, EPOLL_CTL_ADD, scene.gen.fd, &event) ? -errno : 0;
}

static void after_epoll(long ret)
{
	struct epoll_event event;

	fire(&scene.gen, 1);
	CHECK_EQ(epoll_wait(scene.other, &event, 1, 0), ret == 0);
	close(scene.other);
	after_file(ret);
}

static long call_close(void)
{
	return close(scene.gen.fd) ? -errno : 0;
}

static void after_close(long ret)
{
	CHECK_EQ(ret, 0);
	after_open(-EBADF);
}

static const struct path path_reading = { .before = before_pending,
					  .call = call_read,
					  .after = after_file };
static const struct path path_writing = { .before = before_file,
					  .call = call_write,
					  .after = after_file };
static const struct path path_information = { .before = before_file,
					      .call = call_info,
					      .after = after_file };
static const struct path path_flags = { .before = before_file,
					.call = call_flags,
					.after = after_flags };
static const struct path path_injecting = { .before = before_file,
					    .call = call_inject,
					    .after = after_file };
static const struct path path_eventfd = { .before = before_eventfd,
					  .call = call_eventfd,
					  .after = after_eventfd };
static const struct path path_polling = { .before = before_file,
					  .call = call_poll,
					  .after = after_file };
static const struct path path_selecting = { .before = before_file,
					    .call = call_select,
					    .after = after_file };
static const struct path path_epoll = { .before = before_epoll,
					.call = call_epoll,
					.after = after_epoll };
static const struct path path_closing = { .before = before_file,
					  .call = call_close,
					  .after = after_close };

/* --- user level interrupts ------------------------------------------------------------------- */

static void handle(struct uli *uli)
{
	uli->shared.taken = __atomic_load_n(&uli->shared.raised, __ATOMIC_ACQUIRE);
	uli->shared.calls++;
}

static void before_uli(void)
{
	before_file();
	REQUIRE(irq_flags(scene.gen.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	scene.uli = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	REQUIRE(scene.uli != MAP_FAILED);
	scene.uli->run = handle;
}

static long call_register(void)
{
	struct procirq_uli code = { .shared = (uintptr_t)scene.uli, .limit_ns = 1000000000 };

	procirq_uli_arch_code(scene.uli, &code);
	return ioctl(scene.gen.fd, PROCIRQ_IOC_ULI_REGISTER, &code) ? -errno : 0;
}

static void before_registered(void)
{
	before_uli();
	REQUIRE(call_register() == 0);
}

static long call_unregister(void)
{
	struct procirq_uli_info info;

	return ioctl(scene.gen.fd, PROCIRQ_IOC_ULI_UNREGISTER, &info) ? -errno : 0;
}

static long call_uli_info(void)
{
	struct procirq_uli_info info;

	return ioctl(scene.gen.fd, PROCIRQ_IOC_ULI_INFO, &info) ? -errno : 0;
}

static void after_unregister(long ret)
{
	/* It has ended, even if its counters could not be copied. */
	CHECK_EQ(call_unregister(), -ENOENT);
	munmap(scene.uli, 4096);
	CHECK_EQ(irq_flags(scene.gen.fd, 0), 0);
	after_file(ret);
}

static void after_registered(long ret)
{
	uint64_t calls = scene.uli->shared.calls;

	fire(&scene.gen, 1);
	CHECK(AWAIT(*(volatile __u64 *)&scene.uli->shared.calls == calls + 1));
	CHECK_EQ(call_unregister(), 0);
	after_unregister(ret);
}

static void after_register(long ret)
{
	if (ret == 0)
		after_registered(ret);
	else
		after_unregister(ret);
}

static const struct path path_registering = { .before = before_uli,
					      .call = call_register,
					      .after = after_register };
static const struct path path_unregistering = { .before = before_registered,
						.call = call_unregister,
						.after = after_unregister };
static const struct path path_uli_information = { .before = before_registered,
						  .call = call_uli_info,
						  .after = after_registered };

/* --- a PCI device: the ring, descriptors --------------------------------------------------------- */

static void begin_edu(void)
{
	scene.edu_irq = edu_bind(EDU_1, &scene.edu);
}

/* Otherwise it is bound again when the module is loaded. */
static void release_edu(void)
{
	pci_unbind(EDU_1);
	put_text(PCI_DEVICE EDU_1 "/driver_override", "\n");
}

static void end_edu(void)
{
	munmap((void *)scene.edu, 4096);
	release_edu();
}

static void before_edu(void)
{
	scene.gen.irq = scene.edu_irq;
	REQUIRE(call_open() == 0);
	edu_ack(scene.edu);
}

static void after_edu(long ret)
{
	(void)ret;
	while (irq_read(scene.gen.fd) >= 0)
		;
	edu_raise(scene.edu);
	CHECK(AWAIT(irq_read(scene.gen.fd) >= 1));
	edu_ack(scene.edu);
	close(scene.gen.fd);
	REQUIRE(pci_intx_enable(EDU_1));
	check_closed(scene.edu_irq);
}

static long call_descriptor(void)
{
	struct procirq_descriptor d = edu_descriptor(EDU_1);

	return set_descriptor(scene.gen.fd, &d);
}

static void after_descriptor(long ret)
{
	/* Without it the reader still has the line for itself. */
	CHECK_EQ(irq_info(scene.gen.fd).state & (PROCIRQ_STATE_DEVICE | PROCIRQ_STATE_SHARED),
		 ret ? 0 : PROCIRQ_STATE_DEVICE);
	after_edu(ret);
}

static long call_map(void)
{
	scene.map = mmap(NULL, RING_BYTES, PROT_READ, MAP_SHARED, scene.gen.fd, 0);
	return scene.map == MAP_FAILED ? -errno : 0;
}

static void after_map(long ret)
{
	/* A reader with a mapping can set no descriptor, one without can. */
	if (ret == 0) {
		CHECK_EQ(call_descriptor(), -EBUSY);
		munmap(scene.map, RING_BYTES);
	}
	CHECK_EQ(call_descriptor(), 0);
	after_edu(ret);
}

static const struct path path_describing = { .begin = begin_edu,
					     .end = end_edu,
					     .before = before_edu,
					     .call = call_descriptor,
					     .after = after_descriptor };
static const struct path path_mapping = { .begin = begin_edu,
					  .end = end_edu,
					  .before = before_edu,
					  .call = call_map,
					  .after = after_map };

/* --- binding it, and taking it away -------------------------------------------------------------- */

static void begin_intx(void)
{
	pci_unbind(EDU_1);
	REQUIRE(pci_irq_kind("intx") == 0);
}

static void begin_msi(void)
{
	pci_unbind(EDU_1);
	REQUIRE(pci_irq_kind("msi") == 0);
}

static void end_bind(void)
{
	release_edu();
	REQUIRE(pci_irq_kind("auto") == 0);
}

/* The driver's bind file returns ENODEV for most errors of a probe function. */
static long call_bind(void)
{
	return pci_bind(EDU_1, "procirq-pci") ? -errno : 0;
}

static void after_bind(long ret)
{
	int irq;

	CHECK_EQ(access(PCI_DEVICE EDU_1 "/procirq", F_OK), ret ? -1 : 0);
	if (ret) {
		CHECK(!(pci_command(EDU_1) & COMMAND_MASTER));
		CHECK_EQ(call_bind(), 0);
	}
	irq = pci_irq(EDU_1);
	/* A device whose interrupts have no files would be of no use. */
	CHECK(access(irq_path(irq), F_OK) == 0);
	CHECK_EQ(pci_unbind(EDU_1), 0);
}

static void before_unbind(void)
{
	REQUIRE(call_bind() == 0);
	scene.gen.irq = pci_irq(EDU_1);
	REQUIRE(call_open() == 0);
}

static long call_unbind(void)
{
	return pci_unbind(EDU_1) ? -errno : 0;
}

static void after_unbind(long ret)
{
	if (ret)
		CHECK_EQ(call_unbind(), 0);
	CHECK_EQ(irq_read(scene.gen.fd), -ENODEV);
	close(scene.gen.fd);
	CHECK(access(irq_path(scene.gen.irq), F_OK) == -1);
}

static const struct path path_binding_intx = { .begin = begin_intx,
					       .end = end_bind,
					       .call = call_bind,
					       .after = after_bind,
					       .within = "procirq_pci_probe",
					       .except = GENIRQ "," ACPI };
static const struct path path_binding_msi = { .begin = begin_msi,
					      .end = end_bind,
					      .call = call_bind,
					      .after = after_bind,
					      .errors = { ENOSPC },
					      .within = "procirq_pci_probe",
					      .except = GENIRQ "," ACPI };
static const struct path path_unbinding_msi = { .begin = begin_msi,
						.end = end_bind,
						.before = before_unbind,
						.call = call_unbind,
						.after = after_unbind,
						.within = "device_driver_detach",
						.except = "pci_disable_device" };

/* --- a platform device --------------------------------------------------------------------------- */

#define PLAT	   "plat.f"
#define PLAT_FILE  "/dev/procirq/" PLAT "/0"
#define PLAT_CLASS "/sys/class/procirq-irq/" PLAT ":0"

static void begin_plat(void)
{
	struct plat plat = plat_at(PLAT, EDU_1);

	REQUIRE(put_text(PLATDEV "add", PLAT " mem=%#llx,0x1000 irq=%d", plat.start, plat.irq) ==
		0);
	scene.edu_irq = plat.irq;
}

static void end_plat(void)
{
	CHECK(AWAIT(module_unload("platdev") == 0));
	edu_disable(EDU_1);
}

static long call_plat_bind(void)
{
	return plat_bind(PLAT) ? -errno : 0;
}

static long call_plat_unbind(void)
{
	return plat_unbind(PLAT) ? -errno : 0;
}

static bool plat_is_bound(void)
{
	bool bound = access(plat_path(PLAT, "irqs"), F_OK) == 0;

	CHECK_EQ(access(PLAT_CLASS, F_OK) == 0, bound);
	return bound;
}

static void after_plat_bind(long ret)
{
	CHECK_EQ(plat_is_bound(), ret == 0);
	/* Its region is nobody's, and its interrupt has been given up. */
	if (ret)
		CHECK_EQ(call_plat_bind(), 0);
	CHECK(access(irq_path(scene.edu_irq), F_OK) == 0);
	CHECK_EQ(call_plat_unbind(), 0);
	CHECK(!plat_is_bound());
	check_closed(scene.edu_irq);
}

static long call_plat_open(void)
{
	scene.gen.fd = open(PLAT_FILE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	return scene.gen.fd < 0 ? -errno : 0;
}

static void before_plat_open(void)
{
	REQUIRE(call_plat_bind() == 0);
	scene.edu = region_map(PLAT, 0);
}

/* The interrupt arrives, the file is closed, and the device is unbound. */
static void after_plat_file(long ret)
{
	(void)ret;
	edu_raise(scene.edu);
	CHECK_EQ(irq_poll(scene.gen.fd, 20000), POLLIN);
	CHECK_EQ(irq_read(scene.gen.fd), 1);
	edu_ack(scene.edu);
	close(scene.gen.fd);
	munmap((void *)scene.edu, 4096);
	check_closed(scene.edu_irq);
	CHECK_EQ(call_plat_unbind(), 0);
}

static void after_plat_open(long ret)
{
	if (ret < 0) {
		check_closed(scene.edu_irq);
		REQUIRE(call_plat_open() == 0);
	}
	after_plat_file(ret);
}

static void before_plat_file(void)
{
	before_plat_open();
	REQUIRE(call_plat_open() == 0);
}

static long call_plat_describe(void)
{
	struct procirq_descriptor d = region_descriptor(PLAT);

	return set_descriptor(scene.gen.fd, &d);
}

static void after_plat_describe(long ret)
{
	CHECK_EQ(irq_info(scene.gen.fd).state & (PROCIRQ_STATE_DEVICE | PROCIRQ_STATE_SHARED),
		 ret ? 0 : PROCIRQ_STATE_DEVICE);
	after_plat_file(ret);
}

static void after_plat_unbind(long ret)
{
	if (ret)
		CHECK_EQ(call_plat_unbind(), 0);
	CHECK(!plat_is_bound());
	CHECK_EQ(irq_read(scene.gen.fd), -ENODEV);
	close(scene.gen.fd);
	munmap((void *)scene.edu, 4096);
}

static const struct path path_binding_platform = { .begin = begin_plat,
						   .end = end_plat,
						   .call = call_plat_bind,
						   .after = after_plat_bind,
						   .errors = { EBUSY },
						   .within = "procirq_platform_probe",
						   .except = GENIRQ };
static const struct path path_opening_device_file = { .begin = begin_plat,
						      .end = end_plat,
						      .before = before_plat_open,
						      .call = call_plat_open,
						      .after = after_plat_open };
static const struct path path_describing_region = { .begin = begin_plat,
						    .end = end_plat,
						    .before = before_plat_file,
						    .call = call_plat_describe,
						    .after = after_plat_describe };
static const struct path path_unbinding_platform = { .begin = begin_plat,
						     .end = end_plat,
						     .before = before_plat_file,
						     .call = call_plat_unbind,
						     .after = after_plat_unbind,
						     .within = "device_driver_detach" };

/* --- looking, and settings ------------------------------------------------------------------------- */

static long look(const char *path)
{
	char text[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	long ret;

	if (fd < 0)
		return -errno;
	ret = read(fd, text, sizeof(text)) < 0 ? -errno : 0;
	close(fd);
	return ret;
}

static long call_look_lines(void)
{
	return look("/proc/procirq/lines");
}

static long call_look_readers(void)
{
	return look("/proc/procirq/readers");
}

static long call_look_ulis(void)
{
	return look("/proc/procirq/ulis");
}

static long call_look_file(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", scene.gen.fd);
	return look(path);
}

static long call_claim(void)
{
	return put_text(PARAMETER "claim", "5-7,2000") ? -errno : 0;
}

static void after_claim(long ret)
{
	char text[80];

	read_text(PARAMETER "claim", text, sizeof(text));
	if (ret)
		CHECK(!strcmp(text, "owned\n"));
	else
		CHECK(!strcmp(text, "5-7,2000\n"));
	REQUIRE(put_text(PARAMETER "claim", "owned") == 0);
}

static const struct path path_lines_in_proc = { .before = before_file,
						.call = call_look_lines,
						.after = after_file };
static const struct path path_readers_in_proc = { .before = before_file,
						  .call = call_look_readers,
						  .after = after_file };
static const struct path path_ulis_in_proc = { .before = before_registered,
					       .call = call_look_ulis,
					       .after = after_registered };
/* Without memory for its inode, the kernel says of a file in fdinfo that it is not there. */
static const struct path path_file_in_proc = {
	.before = before_file, .call = call_look_file, .after = after_file, .errors = { ENOENT }
};
static const struct path path_claim = { .call = call_claim, .after = after_claim };

/* --- irqgen ------------------------------------------------------------------------------------------ */

static long call_gen_add(void)
{
	return gen("add") ? -errno : 0;
}

/* Whether the kernel's log says that this line has no file. */
static bool log_has(unsigned int irq)
{
	static char text[1 << 18];
	char message[80];
	int len = klogctl(3, text, sizeof(text) - 1);

	text[len > 0 ? len : 0] = '\0';
	snprintf(message, sizeof(message), "irq %u has no file", irq);
	return strstr(text, message);
}

static void after_gen_add(long ret)
{
	struct gen_status all[IRQGEN_LINES_MAX];
	int n = gen_list(all);

	CHECK_EQ(n, ret == 0);
	if (n == 1) {
		CHECK(access(irq_path(all[0].irq), F_OK) == 0 || log_has(all[0].irq));
		REQUIRE(gen("remove line=%u", all[0].line) == 0);
	}
	REQUIRE(klogctl(5, NULL, 0) == 0);
}

static long call_gen_remove(void)
{
	return gen("remove line=%u", scene.gen.line) ? -errno : 0;
}

static void after_gen_remove(long ret)
{
	if (ret)
		CHECK_EQ(call_gen_remove(), 0);
	CHECK_EQ(irq_read(scene.gen.fd), -ENODEV);
	close(scene.gen.fd);
	CHECK(access(irq_path(scene.gen.irq), F_OK) == -1);
}

static long call_gen_fire(void)
{
	return gen("fire line=%u cpu=1 count=1", scene.gen.line) ? -errno : 0;
}

static long call_gen_start(void)
{
	return gen("start line=%u period_ns=1000 count=1 source=ipi cpu=1", scene.gen.line) ?
		       -errno :
		       0;
}

static void after_gen_start(long ret)
{
	if (ret == 0)
		gen_wait(scene.gen.line);
	after_file(ret);
}

static long call_gen_list(void)
{
	return look("/dev/irqgen");
}

static const struct path path_adding = {
	.call = call_gen_add, .after = after_gen_add, .within = "irqgen_write", .except = GENIRQ
};
static const struct path path_removing = { .before = before_file,
					   .call = call_gen_remove,
					   .after = after_gen_remove };
static const struct path path_firing = { .before = before_file,
					 .call = call_gen_fire,
					 .after = after_file };
static const struct path path_schedule = { .before = before_file,
					   .call = call_gen_start,
					   .after = after_gen_start };
static const struct path path_listing = { .before = before_file,
					  .call = call_gen_list,
					  .after = after_file };

/* --- loading and unloading ------------------------------------------------------------------------------ */

static unsigned int nr_irq_files(void)
{
	struct dirent *entry;
	DIR *dir = opendir("/proc/irq");
	unsigned int n = 0;

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9')
			n += access(irq_path(atoi(entry->d_name)), F_OK) == 0;
	if (dir)
		closedir(dir);
	return n;
}

static void unload(void)
{
	REQUIRE(AWAIT(!module_loaded("procirq") || module_unload("procirq") == 0));
}

static void check_nothing_is_left(void)
{
	CHECK(!module_loaded("procirq"));
	CHECK(access("/proc/procirq", F_OK) == -1);
	CHECK(access("/sys/bus/pci/drivers/procirq-pci", F_OK) == -1);
	CHECK_EQ(nr_irq_files(), 0);
}

static long call_load(void)
{
	return module_load("procirq", "storm_rate=0") ? -errno : 0;
}

static void after_load(long ret)
{
	if (ret == 0) {
		CHECK(access("/proc/procirq/lines", F_OK) == 0);
		CHECK(access("/proc/procirq/readers", F_OK) == 0);
		CHECK(access("/proc/procirq/ulis", F_OK) == 0);
		CHECK_EQ(nr_irq_files(), scene.nr_files);
	}
	unload();
	check_nothing_is_left();
}

static long call_load_fixed(void)
{
	char arguments[64];

	snprintf(arguments, sizeof(arguments), "storm_rate=0 watch=0 irqs=%u,%u",
		 machine_irq(MACHINE_LINE_B), machine_irq(MACHINE_LINE_A));
	return module_load("procirq", arguments) ? -errno : 0;
}

static long call_load_irqgen(void)
{
	return module_load("irqgen", "lines=2") ? -errno : 0;
}

static void after_load_irqgen(long ret)
{
	struct gen_status all[IRQGEN_LINES_MAX];

	CHECK_EQ(gen_list(all), ret ? 0 : 2);
	REQUIRE(AWAIT(!module_loaded("irqgen") || module_unload("irqgen") == 0));
	CHECK(access("/dev/irqgen", F_OK) == -1);
}

static void before_unload(void)
{
	if (!module_loaded("procirq"))
		REQUIRE(call_load() == 0);
}

static long call_unload(void)
{
	return AWAIT(module_unload("procirq") == 0 || errno != EAGAIN) ? 0 : -errno;
}

static void after_unload(long ret)
{
	(void)ret;
	unload();
	check_nothing_is_left();
}

static void begin_load(void)
{
	scene.nr_files = nr_irq_files();
	CHECK(scene.nr_files > 0);
	unload();
}

static void begin_load_fixed(void)
{
	scene.nr_files = 2;
	unload();
}

/* Where the directories cannot be watched, irqs= is served only. */
static void begin_load_nothing(void)
{
	scene.nr_files = 0;
	unload();
}

static void end_load(void)
{
	REQUIRE(call_load() == 0);
}

static void begin_load_irqgen(void)
{
	REQUIRE(AWAIT(module_unload("irqgen") == 0));
}

static void end_load_irqgen(void)
{
	REQUIRE(module_load("irqgen", "lines=0") == 0);
}

static const struct path path_loading = { .begin = begin_load,
					  .end = end_load,
					  .call = call_load,
					  .after = after_load,
					  .within = "do_one_initcall",
					  .slow = true };
static const struct path path_loading_fixed = { .begin = begin_load_fixed,
						.end = end_load,
						.call = call_load_fixed,
						.after = after_load,
						.within = "do_one_initcall",
						.except = GENIRQ_PLAIN,
						.slow = true };
static const struct path path_loading_nothing = {
	.begin = begin_load_nothing, .end = end_load, .call = call_load, .after = after_load
};
static const struct path path_loading_irqgen = { .begin = begin_load_irqgen,
						 .end = end_load_irqgen,
						 .call = call_load_irqgen,
						 .after = after_load_irqgen,
						 .within = "do_one_initcall",
						 .except = GENIRQ };
static const struct path path_unloading = { .end = end_load,
					    .before = before_unload,
					    .call = call_unload,
					    .after = after_unload,
					    .slow = true };

/* --- fault.ko ------------------------------------------------------------------------------------------- */

/* Name of the thread whose calls fail. */
#define COMM "faulty"

HELPER int fault_number(const char *parameter)
{
	char path[80], text[16];

	snprintf(path, sizeof(path), "/sys/module/fault/parameters/%s", parameter);
	read_text(path, text, sizeof(text));
	return atoi(text);
}

/* Runs after every test: the next one finds what it expects. */
HELPER const char *faults_after(void)
{
	release_edu();
	if (module_loaded("platdev"))
		end_plat();
	module_unload("fault");
	if (!module_loaded("procirq"))
		call_load();
	if (!module_loaded("irqgen"))
		module_load("irqgen", "lines=0");
	put_text(PARAMETER "claim", "owned\n");
	put_text(PARAMETER "pci_irq", "auto\n");
	return guest_after();
}

#endif /* FAULTPATHS_H */
