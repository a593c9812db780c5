// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * irqtop's rates against interrupts whose number is known: a device that raises
 * one at a time, and irqgen. irqtop says when it took its samples, this program when
 * it raised. And its words for what a kernel says to an affinity.
 */
#include <math.h>

#include "guest.h"
#include "irqtop_seen.h"
#include "machine.h"
#include "screen.h"

#define TOLERANCE 0.02
/* On a busy machine, either program may be held up between a count and its time. */
#define WINDOWS	   6
#define RAISES_MAX 100000

static bool rate_agrees(const struct seen *seen, double want_hz)
{
	tap_diag("irqtop %.2f/s, raised %.2f/s", seen->value, want_hz);
	return want_hz > 0 && fabs(seen->value - want_hz) <= TOLERANCE * want_hz;
}

/* One window of irqtop's. Returns whether its rate is that of the interrupts in it. */
static bool device_window(volatile uint32_t *edu, int irq, int fd)
{
	static double raised_s[RAISES_MAX];
	double end_s = wall_s() + SECONDS + 2;
	int n = 0, i, within = 0;
	struct seen seen;
	FILE *pipe = irqtop_start(irq, "rate");

	if (!pipe)
		return false;
	while (n < RAISES_MAX && wall_s() < end_s) {
		edu_raise(edu);
		CHECK_EQ(irq_read(fd), 1);
		raised_s[n++] = wall_s();
		edu_ack(edu);
		usleep(2000);
	}
	if (!irqtop_end(pipe, &seen))
		return false;
	for (i = 0; i < n; i++)
		within += raised_s[i] > seen.at_s - seen.interval_s && raised_s[i] <= seen.at_s;
	return rate_agrees(&seen, within / seen.interval_s);
}

static void rate_of_a_device(void)
{
	volatile uint32_t *edu;
	bool agrees = false;
	int irq, fd, i;

	REQUIRE(pci_irq_kind("msi") == 0);
	REQUIRE(pci_bind(EDU_1, "procirq-pci") == 0);
	irq = pci_irq(EDU_1);
	REQUIRE(irq > 0);
	fd = irq_open((unsigned int)irq, O_RDWR);
	REQUIRE(fd >= 0);
	edu = edu_map(EDU_1);
	for (i = 0; i < WINDOWS && !agrees; i++)
		agrees = device_window(edu, irq, fd);
	CHECK(agrees);
	close(fd);
	CHECK_EQ(pci_unbind(EDU_1), 0);
}

/* Not where this program was held up between the count and the time. */
static void mark_take(struct mark *mark, const struct gen_file *s)
{
	double before_s;
	int i;

	for (i = 0; i < 100; i++) {
		before_s = wall_s();
		mark->count = gen_status(s->line).dispatched;
		mark->at_s = wall_s();
		if (mark->at_s - before_s < 0.002)
			break;
	}
}

static bool source_window(const struct gen_file *s)
{
	static struct mark mark[RAISES_MAX];
	double end_s = wall_s() + SECONDS + 2;
	struct seen seen;
	FILE *pipe = irqtop_start((int)s->irq, "rate");
	int n;

	if (!pipe)
		return false;
	for (n = 0; n < RAISES_MAX && wall_s() < end_s; n++) {
		mark_take(&mark[n], s);
		usleep(20000);
	}
	return irqtop_end(pipe, &seen) && n > 2 && rate_agrees(&seen, rate_while(mark, n, &seen));
}

static void rate_of_a_source(void)
{
	struct gen_file s = gen_open(O_RDWR);
	bool agrees = false;
	int i;

	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	REQUIRE(gen("start line=%u period_ns=1000000 cpu=1", s.line) >= 0);
	for (i = 0; i < WINDOWS && !agrees; i++)
		agrees = source_window(&s);
	CHECK(agrees);
	REQUIRE(gen("stop line=%u", s.line) >= 0);
}

/* The timer of old, which never moves: the kernel's own answer, whatever its name. */
static void affinity_is_refused(void)
{
	static struct screen screen;
	int err;

	if (access("/proc/irq/0/smp_affinity_list", F_OK))
		SKIP("no IRQ 0");
	CHECK(put_text("/proc/irq/0/smp_affinity_list", "0") == -1);
	err = errno;
	tap_diag("this kernel's answer: %s", strerror(err));
	CHECK(err == EIO || err == EPERM);
	screen_open(&screen, "-t interrupts -s irq");
	REQUIRE(screen_shows(&screen, "timer"));
	screen_keys(&screen, "e\0250\r");
	CHECK(screen_shows(&screen, strerror(err)));
	CHECK(screen_shows(&screen, "managed by its driver or fixed"));
	screen_close(&screen);
}

/* One that can be moved, to where no CPU is and to where one is. */
static void affinity_is_taken(void)
{
	static struct screen screen;
	int irq, fd;

	REQUIRE(pci_irq_kind("msi") == 0);
	REQUIRE(pci_bind(EDU_1, "procirq-pci") == 0);
	irq = pci_irq(EDU_1);
	REQUIRE(irq > 0);
	fd = irq_open((unsigned int)irq, O_RDWR);
	REQUIRE(fd >= 0);
	screen_open(&screen, "-t interrupts -f /procirq/");
	/* It has not interrupted: idle rows are folded. */
	REQUIRE(screen_shows(&screen, "idle row"));
	screen_keys(&screen, "i");
	REQUIRE(screen_shows(&screen, "1 of "));
	screen_keys(&screen, "e\02577\r");
	CHECK(screen_shows(&screen, "the kernel says"));
	screen_keys(&screen, "e\0251\r");
	CHECK(screen_shows(&screen, "the kernel took 1"));
	screen_close(&screen);
	close(fd);
	CHECK_EQ(pci_unbind(EDU_1), 0);
}

/* The vectors of both edu devices, on CPU 0. */
static int vector[2], vector_fd[2];

static bool is_on(int n, const char *cpus)
{
	char path[64], text[64] = "";

	snprintf(path, sizeof(path), "/proc/irq/%d/smp_affinity_list", vector[n]);
	REQUIRE(read_text(path, text, sizeof(text)));
	text[strcspn(text, "\n")] = '\0';
	if (strcmp(text, cpus))
		tap_diag("IRQ %d may go to %s, not %s", vector[n], text, cpus);
	return !strcmp(text, cpus);
}

static void vector_put(int n, const char *cpus)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/irq/%d/smp_affinity_list", vector[n]);
	REQUIRE(put_text(path, "%s", cpus) == 0);
}

static void vectors_open(void)
{
	static const char *const edu[2] = { EDU_1, EDU_2 };
	int n;

	REQUIRE(pci_irq_kind("msi") == 0);
	for (n = 0; n < 2; n++) {
		REQUIRE(pci_bind(edu[n], "procirq-pci") == 0);
		vector[n] = pci_irq(edu[n]);
		REQUIRE(vector[n] > 0);
		vector_fd[n] = irq_open((unsigned int)vector[n], O_RDWR);
		REQUIRE(vector_fd[n] >= 0);
		vector_put(n, "0");
	}
}

static void vectors_close(void)
{
	close(vector_fd[0]);
	close(vector_fd[1]);
	CHECK_EQ(pci_unbind(EDU_1), 0);
	CHECK_EQ(pci_unbind(EDU_2), 0);
}

/* A plan on the screen; another program changes one of its affinities. */
static void a_plan_is_applied_changed_and_undone(void)
{
	static struct screen screen;

	vectors_open();
	screen_open(&screen, "-d 0.3 --idle -t interrupts -f /procirq/");
	REQUIRE(screen_shows(&screen, "2 of "));
	screen_keys(&screen, "m\0251\r");
	CHECK(screen_shows(&screen, "2: 2 to move"));
	CHECK(is_on(0, "0") && is_on(1, "0"));
	screen_keys(&screen, "a");
	CHECK(screen_shows(&screen, "took 1"));
	CHECK(is_on(0, "1") && is_on(1, "1"));
	vector_put(1, "0-1");
	CHECK(screen_shows(&screen, "something else set 0-1 where we set 1"));
	screen_keys(&screen, "u");
	CHECK(screen_shows(&screen, "restored 0"));
	CHECK(is_on(0, "0") && is_on(1, "0"));
	screen_close(&screen);
	vectors_close();
}

/* The same without a screen, undone by the command that it prints. */
static void a_plan_without_a_screen(void)
{
	char line[512], undo[512] = "";
	unsigned int took = 0, known = 0, refused = 0, stay = 0;
	FILE *pipe;

	if (access("/proc/irq/0/smp_affinity_list", F_OK))
		SKIP("no IRQ 0");
	vectors_open();
	/* The timer of old never moves: newer kernels say so, older ones refuse it. */
	pipe = popen("irqtop -d 0.1 --move /procirq/=spread:1 --move 0=1 2>&1", "r");
	REQUIRE(pipe);
	while (fgets(line, sizeof(line), pipe)) {
		took += strstr(line, "took 1") != NULL;
		known += strncmp(line, "irqtop: ", 8) && strstr(line, "cannot be moved");
		refused += strstr(line, "managed by its driver or fixed") != NULL;
		stay += !strcmp(line, "irqtop: --move 0=1: 1 of 1 stay where they are: "
				      "1 that cannot be moved\n");
		if (!strncmp(line, "undo: ", 6))
			snprintf(undo, sizeof(undo), "%s", line + 6);
	}
	/* However the kernel says it. */
	CHECK_EQ(WEXITSTATUS(pclose(pipe)), 1);
	CHECK_EQ(stay, 1);
	CHECK_EQ(took, 2);
	CHECK_EQ(known + refused, 1);
	CHECK(is_on(0, "1") && is_on(1, "1"));
	tap_diag("%s", undo);
	CHECK_EQ(system(undo), 0);
	CHECK(is_on(0, "0") && is_on(1, "0"));
	vectors_close();
}

/* Local timer interrupts of CPU 1, 0 without it. */
static unsigned long timer_interrupts_of_1(void)
{
	FILE *f = fopen("/proc/interrupts", "r");
	unsigned long count = 0;
	char line[512];

	REQUIRE(f);
	while (fgets(line, sizeof(line), f))
		if (strstr(line, TIMER_NAME) && sscanf(line, " %*[^:]: %*u %lu", &count) == 1)
			break;
	fclose(f);
	return count;
}

/*
 * A CPU goes offline and comes back with all it ever counted, while irqtop looks on: what
 * it had before is no rate.
 */
static void a_cpu_goes_and_comes(void)
{
	static const char online[] = "/sys/devices/system/cpu/cpu1/online";
	unsigned long jump = 2000, before, most = 0, delta;
	long long end_ns = now_ns() + 30000000000LL;
	unsigned int lines = 0;
	char line[512];
	FILE *pipe;

	if (access(online, F_OK))
		SKIP("no CPU that can go");
	run_on_cpu(1);
	while (timer_interrupts_of_1() < jump && now_ns() < end_ns)
		;
	run_on_cpu(0);
	before = timer_interrupts_of_1();
	REQUIRE(before >= jump);
	pipe = popen("irqtop --no-config --json -n 6 -d 0.5 -t interrupts -f " TIMER_FILTER
		     " -c irq,delta",
		     "r");
	REQUIRE(pipe);
	sleep_ms(1200);
	CHECK_EQ(put_text(online, "0"), 0);
	sleep_ms(1000);
	CHECK_EQ(put_text(online, "1"), 0);
	while (fgets(line, sizeof(line), pipe)) {
		lines++;
		if (strstr(line, "\"delta\":") &&
		    sscanf(strstr(line, "\"delta\":"), "\"delta\":%lu", &delta) == 1)
			most = delta > most ? delta : most;
	}
	CHECK_EQ(pclose(pipe), 0);
	tap_diag("CPU 1 had %lu; at most %lu in an interval", before, most);
	CHECK_EQ(lines, 6);
	CHECK(most > 0);
	CHECK(most < jump / 2);
}

static const struct tap_test tests[] = {
	TAP_TEST(rate_of_a_device),
	TAP_TEST(rate_of_a_source),
	TAP_TEST(affinity_is_refused),
	TAP_TEST(affinity_is_taken),
	TAP_TEST(a_plan_is_applied_changed_and_undone),
	TAP_TEST(a_plan_without_a_screen),
	TAP_TEST(a_cpu_goes_and_comes),
};

int main(int argc, char **argv)
{
	(void)argc;
	tap_after = guest_after;
	return TAP_MAIN(tests);
}
