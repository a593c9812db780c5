// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Kinds of calls: what happens to the machine meanwhile. Only the machine's one thread
 * makes them, so that what belongs together is not torn apart.
 */
#include "tests/vm/cases/guest.h"
#include "torture.h"

#define PARAMETERS "/sys/module/procirq/parameters/"
/* Whether the kernel logs that a program has crashed. */
#define FAULTS_LOGGED "/proc/sys/debug/exception-trace"
#define TRACING	      "/sys/kernel/tracing/events/"
#define CPU_ONLINE    "/sys/devices/system/cpu/cpu1/online"
#define PM_TEST	      "/sys/power/pm_test"

static const char *const edus[] = { EDU_1, EDU_2 };

/* The parameter of that name when the test began. */
static char hard[16];

/* --- which lines there are ------------------------------------------------------------- */

static void publish_generated(void)
{
	struct gen_status all[IRQGEN_LINES_MAX];
	unsigned int irqs[GEN_LINES] = { 0 };
	int n = gen_list(all), i;

	for (i = 0; i < n; i++)
		if (all[i].line < GEN_LINES)
			irqs[all[i].line] = all[i].irq;
	for (i = 0; i < GEN_LINES; i++)
		shared->irqs[i] = irqs[i];
}

const char *machine_device(uint64_t line)
{
	return line >= LINE_EDU && line < LINE_REST ? edus[line - LINE_EDU] : NULL;
}

static bool edu_is_bound(unsigned int edu)
{
	char path[80];

	snprintf(path, sizeof(path), PCI_DEVICE "%s/driver", edus[edu]);
	return access(path, F_OK) == 0;
}

static void publish_edus(void)
{
	unsigned int edu;
	int irq;

	for (edu = 0; edu < 2; edu++) {
		irq = edu_is_bound(edu) ? pci_irq(edus[edu]) : 0;
		/* Without a line the register says 0 or 255; up to 15 are the PC's. */
		shared->irqs[LINE_EDU + edu] = irq > 15 && irq != 255 ? irq : 0;
	}
}

/* Lines of the machine that no driver has for itself, or that drivers share. */
static void publish_rest(void)
{
	static const unsigned int candidates[] = { 9, 5, 6, 7, 10, 11 };
	unsigned int i, n = LINE_REST;

	for (i = 0; i < sizeof(candidates) / sizeof(candidates[0]) && n < LINES; i++)
		if (access(irq_path(candidates[i]), F_OK) == 0)
			shared->irqs[n++] = candidates[i];
}

void machine_begin(char **argv)
{
	unsigned int i;

	tap_argv = argv + 1;
	/* Of the handler's process: it looks like the kernel's own. */
	put_text(FAULTS_LOGGED, "0");
	for (i = 0; i < GEN_LINES; i++)
		gen("add");
	if (!module_loaded("uio_pci_generic") && system("modprobe uio_pci_generic"))
		wrong("uio_pci_generic does not load");
	module_load("eduirq", "");
	read_text(PARAMETERS "hard", hard, sizeof(hard));
	put_text(PARAMETERS "storm_rate", "20000");
	pci_irq_kind("intx");
	pci_bind(EDU_1, "procirq-pci");
	publish_generated();
	publish_edus();
	publish_rest();
}

/* --- irqgen --------------------------------------------------------------------------------- */

static void make_line_number(struct draw *d, struct call *call)
{
	call->number[0] = draw_below(d, draw_rarely(d, 16) ? 70 : GEN_LINES);
}

void make_line(struct draw *d, struct call *call)
{
	make_line_number(d, call);
	call->how = draw_below(d, 2);
}

long do_line(struct worker *w, const struct call *call)
{
	unsigned int i;
	long ret;

	(void)w;
	if (call->how) {
		ret = result(gen("remove line=%u", (unsigned int)call->number[0]));
	} else {
		/* Only the first lines are used: do not make more. */
		for (i = 0; i < GEN_LINES && shared->irqs[i]; i++)
			;
		ret = i < GEN_LINES ? result(gen("add")) : -ENOSPC;
	}
	publish_generated();
	return ret;
}

void make_schedule(struct draw *d, struct call *call)
{
	make_line_number(d, call);
	call->how = draw_below(d, 6);
	call->number[1] = 100000 + draw_below(d, 3000000);
	call->number[2] = draw_below(d, draw_rarely(d, 16) ? 8 : 2);
	call->number[3] = draw_below(d, 3000);
}

long do_schedule(struct worker *w, const struct call *call)
{
	static const char *const patterns[] = {
		"",
		"source=ipi",
		"pattern=random",
		"pattern=burst burst=7",
		"source=ipi pattern=burst burst=33",
	};

	(void)w;
	if (call->how == 5)
		return result(gen("stop line=%u", (unsigned int)call->number[0]));
	return result(gen("start line=%u period_ns=%u %s cpu=%u count=%u",
			  (unsigned int)call->number[0], (unsigned int)call->number[1],
			  patterns[call->how], (unsigned int)call->number[2],
			  (unsigned int)call->number[3]));
}

void make_fire(struct draw *d, struct call *call)
{
	make_line_number(d, call);
	call->number[1] = draw_below(d, draw_rarely(d, 16) ? 8 : 2);
	call->number[2] = 1 + draw_below(d, 100);
}

long do_fire(struct worker *w, const struct call *call)
{
	(void)w;
	return result(gen("fire line=%u cpu=%u count=%u", (unsigned int)call->number[0],
			  (unsigned int)call->number[1], (unsigned int)call->number[2]));
}

void make_affinity(struct draw *d, struct call *call)
{
	call->number[0] = draw_below(d, LINES);
	call->number[1] = draw_below(d, 4);
}

long do_affinity(struct worker *w, const struct call *call)
{
	char path[64];

	(void)w;
	snprintf(path, sizeof(path), "/proc/irq/%u/smp_affinity", shared->irqs[call->number[0]]);
	return result(put_text(path, "%x", (unsigned int)call->number[1]));
}

/* --- looking ----------------------------------------------------------------------------------- */

static const char *const looks[] = {
	"/proc/procirq/lines",
	"/proc/procirq/readers",
	"/proc/procirq/ulis",
	"/proc/interrupts",
	"/proc/stat",
	PARAMETERS "claim",
	"/proc/irq/%u/spurious",
	"/proc/irq/%u/smp_affinity_list",
	"/proc/irq/%u/irq",
	"/sys/kernel/debug/irq/irqs/%u",
	"/sys/kernel/irq/%u/actions",
	"/proc/%u/fdinfo/%u",
};

void make_look(struct draw *d, struct call *call)
{
	call->how = draw_below(d, sizeof(looks) / sizeof(looks[0]));
	call->number[0] = draw_below(d, LINES);
	call->number[1] = draw_below(d, THREADS_MAX);
	call->number[2] = draw_below(d, 120);
}

long do_look(struct worker *w, const struct call *call)
{
	static __thread char text[16384];
	bool of_process = call->how == sizeof(looks) / sizeof(looks[0]) - 1;
	char path[64];
	long ret;
	int fd;

	(void)w;
	snprintf(path, sizeof(path), looks[call->how],
		 of_process ? (unsigned int)shared->threads[call->number[1]].pid :
			      shared->irqs[call->number[0]],
		 (unsigned int)call->number[2]);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = result(read(fd, text, sizeof(text)));
	close(fd);
	return ret;
}

void make_books(struct draw *d, struct call *call)
{
	(void)d;
	(void)call;
}

/* The accounts add up at any time, not only in the end. */
long do_books(struct worker *w, const struct call *call)
{
	FILE *file = fopen(STATS_PATH, "re");
	struct line_stats s;

	(void)w;
	(void)call;
	if (!file)
		return -errno;
	while (stats_next(file, &s)) {
		if (!stats_add_up(&s))
			wrong("irq=%u due=%llu delivered=%llu coalesced=%llu lost=%llu pending=%llu",
			      s.irq, s.due, s.delivered, s.coalesced, s.lost, s.pending);
		shared->books++;
	}
	fclose(file);
	return 0;
}

static const struct {
	const char *path, *text;
} parameters[] = {
	{ PARAMETERS "max_readers", "256" },
	{ PARAMETERS "max_readers", "256" },
	{ PARAMETERS "max_readers", "5" },
	{ PARAMETERS "max_readers", "many" },
	{ PARAMETERS "storm_rate", "20000" },
	{ PARAMETERS "storm_rate", "2000" },
	{ PARAMETERS "storm_rate", "5" },
	{ PARAMETERS "claim", "owned" },
	{ PARAMETERS "claim", "all" },
	{ PARAMETERS "claim", "5-9,16-63" },
	{ PARAMETERS "claim", "5-" },
	{ PARAMETERS "pci_vectors", "32" },
	{ PARAMETERS "pci_vectors", "1" },
	{ PARAMETERS "pci_irq", "none" },
	{ PARAMETERS "flow", "0" },
	{ PARAMETERS "flow", "1" },
	{ PARAMETERS "spin_ns", "0" },
	{ PARAMETERS "spin_ns", "50000" },
	{ TRACING "irq/irq_handler_entry/enable", "1" },
	{ TRACING "irq/irq_handler_exit/enable", "1" },
	{ TRACING "irq/enable", "0" },
	{ TRACING "irq/enable", "0" },
	{ TRACING "procirq/enable", "1" },
	{ TRACING "procirq/enable", "0" },
	{ TRACING "procirq/enable", "0" },
};

void make_parameter(struct draw *d, struct call *call)
{
	call->number[0] = draw_below(d, sizeof(parameters) / sizeof(parameters[0]));
}

long do_parameter(struct worker *w, const struct call *call)
{
	(void)w;
	return result(put_text(parameters[call->number[0]].path, "%s\n",
			       parameters[call->number[0]].text));
}

/* --- processors, suspend ----------------------------------------------------------------------- */

void make_cpu(struct draw *d, struct call *call)
{
	call->number[0] = draw_below(d, 20);
}

long do_cpu(struct worker *w, const struct call *call)
{
	long ret = result(put_text(CPU_ONLINE, "0"));

	(void)w;
	sleep_ms((int)call->number[0]);
	if (put_text(CPU_ONLINE, "1"))
		wrong("CPU 1 does not come back (errno %d)", errno);
	return ret;
}

void make_suspend(struct draw *d, struct call *call)
{
	call->how = draw_below(d, 3);
}

/*
 * Suspend to idle, as far as a test of the kernel's goes: until all tasks are frozen, all
 * devices suspended, or all interrupts disabled. Then it resumes.
 */
long do_suspend(struct worker *w, const struct call *call)
{
	static const char *const levels[] = { "freezer", "devices", "platform" };
	long ret;

	(void)w;
	put_text("/sys/module/suspend/parameters/pm_test_delay", "0");
	if (put_text(PM_TEST, "%s", levels[call->how]))
		return -errno;
	ret = result(put_text("/sys/power/state", "freeze"));
	put_text(PM_TEST, "none");
	return ret;
}

/* --- PCI devices --------------------------------------------------------------------------------- */

static void edu_touch(unsigned int edu, void (*deed)(volatile uint32_t *registers))
{
	volatile uint32_t *registers;
	char path[80];
	int fd;

	snprintf(path, sizeof(path), PCI_DEVICE "%s/resource0", edus[edu]);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return;
	registers = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (registers == MAP_FAILED)
		return;
	deed(registers);
	munmap((void *)registers, 4096);
}

/*
 * QEMU's IO-APIC misses that a pin goes down while its entry is not level-triggered,
 * which is so after the line's last close. It remembers the interrupt and raises it for
 * ever once the line is opened again. So the line is open here while the device is
 * acknowledged.
 */
static void edu_quiet(unsigned int edu)
{
	unsigned int irq = shared->irqs[LINE_EDU + edu];
	int fd = irq ? irq_open(irq, O_RDWR | O_NONBLOCK) : -1;

	edu_touch(edu, edu_ack);
	if (fd >= 0)
		close(fd);
}

static void edu_unbind(unsigned int edu)
{
	if (!edu_is_bound(edu))
		return;
	edu_quiet(edu);
	shared->irqs[LINE_EDU + edu] = 0;
	pci_unbind(edus[edu]);
}

/*
 * QEMU's edu device does not lower its pin any more once MSI is enabled. A pin that is up
 * then stays up, with an empty status register: no driver handles it. An unbound device
 * is quiet.
 */
void make_bind(struct draw *d, struct call *call)
{
	call->how = draw_below(d, 8);
	call->number[0] = draw_below(d, 2);
}

long do_bind(struct worker *w, const struct call *call)
{
	static const struct {
		const char *driver, *kind;
	} choices[] = {
		{ NULL, NULL },
		{ "procirq-pci", "intx" },
		{ "procirq-pci", "intx" },
		{ "procirq-pci", "msi" },
		{ "procirq-pci", "auto" },
		{ "procirq-pci", "msix" }, /* the device has none */
		{ "uio_pci_generic", "auto" },
		{ "eduirq", "auto" },
	};
	unsigned int edu = call->number[0];
	long ret = 0;

	(void)w;
	edu_unbind(edu);
	if (choices[call->how].driver) {
		pci_irq_kind(choices[call->how].kind);
		ret = result(pci_bind(edus[edu], choices[call->how].driver));
	}
	publish_edus();
	return ret;
}

void make_remove(struct draw *d, struct call *call)
{
	call->how = draw_below(d, 4);
	call->number[0] = draw_below(d, 2);
}

/* The device is pulled out; sometimes the next such call puts it back. */
long do_remove(struct worker *w, const struct call *call)
{
	unsigned int edu = call->number[0];
	char path[80];
	long ret;

	(void)w;
	edu_quiet(edu);
	snprintf(path, sizeof(path), PCI_DEVICE "%s/remove", edus[edu]);
	ret = result(put_text(path, "1"));
	shared->irqs[LINE_EDU + edu] = 0;
	if (call->how && put_text("/sys/bus/pci/rescan", "1"))
		wrong("PCI devices are not found again (errno %d)", errno);
	publish_edus();
	return ret;
}

void make_edu(struct draw *d, struct call *call)
{
	call->number[0] = draw_below(d, 2);
	call->number[1] = draw_below(d, 2000);
}

/*
 * Raises the device's interrupt. Not for long: a handler that does not know the device
 * may be all there is on the line.
 */
long do_edu(struct worker *w, const struct call *call)
{
	unsigned int edu = call->number[0];

	(void)w;
	if (!shared->irqs[LINE_EDU + edu])
		return -ENODEV;
	edu_touch(edu, edu_raise);
	usleep((unsigned int)call->number[1]);
	edu_quiet(edu);
	return 0;
}

/* --- procirq itself ---------------------------------------------------------------------------- */

static void load_again(void)
{
	char arguments[64];

	snprintf(arguments, sizeof(arguments), "storm_rate=20000 hard=%c", hard[0]);
	if (module_load("procirq", arguments))
		wrong("procirq does not load again (errno %d)", errno);
	publish_edus();
}

static void quiet_all(void)
{
	unsigned int edu;

	for (edu = 0; edu < 2; edu++)
		if (edu_is_bound(edu))
			edu_quiet(edu);
}

void make_reload(struct draw *d, struct call *call)
{
	call->how = draw_below(d, 2);
	call->number[0] = draw_below(d, 10);
	call->number[1] = draw_below(d, GEN_LINES + 1);
}

/* While everybody goes on: it succeeds only if no file is open. */
static long reload_anyhow(void)
{
	long ret;

	quiet_all();
	ret = result(module_unload("procirq"));
	if (ret == 0)
		load_again();
	return ret;
}

static bool all_drained(void)
{
	unsigned int i;

	for (i = 0; i < shared->nr_threads; i++)
		if (shared->threads[i].role != MACHINE && shared->threads[i].tid &&
		    !shared->threads[i].drained)
			return false;
	return true;
}

/* Says who has a file of the module open, or mapped. */
static void show_holders(void)
{
	FILE *out = popen("for p in /proc/[0-9]*; do cat $p/comm; ls -l $p/fd | grep '/irq$'; "
			  "grep '/irq$' $p/maps; done 2>/dev/null",
			  "re");
	char text[200];

	while (out && fgets(text, sizeof(text), out)) {
		text[strcspn(text, "\n")] = '\0';
		tap_diag("holds procirq: %s", text);
	}
	if (out)
		pclose(out);
}

/* Everybody closes what he has: then it must succeed, and irqgen can be loaded again, too. */
long do_reload(struct worker *w, const struct call *call)
{
	bool drained, unloaded = false;
	char arguments[20];

	(void)w;
	if (call->how)
		return reload_anyhow();
	shared->drain = true;
	drained = AWAIT(all_drained() || shared->stop);
	quiet_all();
	if (!shared->stop) {
		unloaded = drained && AWAIT(module_unload("procirq") == 0 || shared->stop);
		if (!drained)
			wrong("a thread does not close its files");
		if (drained && !unloaded && !shared->stop) {
			/* First: after a complaint everybody ends. */
			show_holders();
			wrong("procirq does not unload");
		}
	}
	/* An interrupt that is in use keeps irqgen. */
	if (unloaded && AWAIT(module_unload("irqgen") == 0)) {
		snprintf(arguments, sizeof(arguments), "lines=%u", (unsigned int)call->number[1]);
		if (module_load("irqgen", arguments))
			wrong("irqgen does not load again (errno %d)", errno);
		publish_generated();
	}
	if (!module_loaded("procirq")) {
		sleep_ms((int)call->number[0]);
		load_again();
	}
	shared->drain = false;
	return unloaded ? 0 : -EINTR;
}

/* --- the end ---------------------------------------------------------------------------------------- */

void machine_end(void)
{
	unsigned int edu;

	put_text(FAULTS_LOGGED, "1\n");
	put_text(CPU_ONLINE, "1");
	put_text(PM_TEST, "none");
	put_text("/sys/bus/pci/rescan", "1");
	put_text(TRACING "procirq/enable", "0\n");
	put_text(TRACING "irq/enable", "0\n");
	put_text(PARAMETERS "flow", "1\n");
	put_text(PARAMETERS "spin_ns", "0\n");
	put_text(PARAMETERS "max_readers", "256\n");
	put_text(PARAMETERS "claim", "owned\n");
	put_text(PARAMETERS "pci_irq", "auto\n");
	put_text(PARAMETERS "pci_vectors", "32\n");
	put_text(PARAMETERS "storm_rate", "0\n");
	publish_edus();
	for (edu = 0; edu < 2; edu++)
		edu_unbind(edu);
	module_unload("eduirq");
	if (!module_loaded("irqgen"))
		module_load("irqgen", "lines=0");
}
