// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * irqtop's rates against interrupts whose number is known: a device that raises
 * one at a time, and irqgen. irqtop says when it took its samples, this program when
 * it raised. Its share of a CPU for a handler thread against that thread's own clock.
 * And its words for what a kernel says to an affinity.
 */
#include <ctype.h>
#include <dirent.h>
#include <math.h>

#include "guest.h"
#include "screen.h"

#define SECONDS 3
#define TOLERANCE 0.02
#define THREAD_TOLERANCE 0.15	/* the load is not as even as a clock */
#define RAISES_MAX 100000

struct seen {
	double at_s, interval_s, value;
};

/* One report, of one row and one column. */
static FILE *irqtop_start(int irq, const char *column)
{
	char command[200];

	snprintf(command, sizeof(command), "irqtop --no-config --json -n 1 -d %d -s irq "
		 "-t interrupts -c irq,%s | grep '\"irq\":\"%d\"'", SECONDS, column, irq);
	return popen(command, "r");
}

/* The column is the line's last, whatever JSON calls it. */
static bool irqtop_end(FILE *pipe, struct seen *seen)
{
	char line[512] = "", *p;
	struct tm tm = {0};
	int ms = 0;

	if (!fgets(line, sizeof(line), pipe))
		line[0] = '\0';
	tap_diag("%s", line);
	if (pclose(pipe) || sscanf(line, "{\"time\":\"%d-%d-%dT%d:%d:%d.%dZ\"",
				   &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour,
				   &tm.tm_min, &tm.tm_sec, &ms) != 7)
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	seen->at_s = (double)timegm(&tm) + ms / 1e3;
	p = strstr(line, "\"interval_s\":");
	seen->interval_s = p ? atof(p + 13) : 0;
	p = strrchr(line, ':');
	seen->value = p ? atof(p + 1) : -1;
	return seen->interval_s > 0;
}

static double wall_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void check_rate(const struct seen *seen, double want_hz)
{
	tap_diag("irqtop %.2f/s, raised %.2f/s", seen->value, want_hz);
	CHECK(want_hz > 50);
	CHECK(fabs(seen->value - want_hz) <= TOLERANCE * want_hz);
}

static void rate_of_a_device(void)
{
	static double raised_s[RAISES_MAX];
	double end_s = wall_s() + SECONDS + 2;
	volatile uint32_t *edu;
	struct seen seen;
	int irq, fd, n = 0, i, within = 0;
	FILE *pipe;

	REQUIRE(pci_irq_kind("msi") == 0);
	REQUIRE(pci_bind(EDU_1, "procirq-pci") == 0);
	irq = pci_irq(EDU_1);
	REQUIRE(irq > 0);
	fd = irq_open((unsigned int)irq, O_RDONLY);
	REQUIRE(fd >= 0);
	edu = edu_map(EDU_1);
	pipe = irqtop_start(irq, "rate");
	REQUIRE(pipe);
	while (n < RAISES_MAX && wall_s() < end_s) {
		edu_raise(edu);
		CHECK_EQ(irq_read(fd), 1);
		raised_s[n++] = wall_s();
		edu_ack(edu);
		usleep(2000);
	}
	REQUIRE(irqtop_end(pipe, &seen));
	for (i = 0; i < n; i++)
		within += raised_s[i] > seen.at_s - seen.interval_s &&
			  raised_s[i] <= seen.at_s;
	check_rate(&seen, within / seen.interval_s);
	close(fd);
	CHECK_EQ(pci_unbind(EDU_1), 0);
}

/* What grows, over time. */
struct mark {
	double at_s;
	unsigned long long count;
};

static double count_at(const struct mark *mark, int n, double at_s)
{
	int i;

	for (i = 1; i < n - 1 && mark[i].at_s < at_s; i++)
		;
	return (double)mark[i - 1].count +
	       (double)(mark[i].count - mark[i - 1].count) *
	       (at_s - mark[i - 1].at_s) / (mark[i].at_s - mark[i - 1].at_s);
}

/* Per second, between irqtop's two samples. */
static double rate_while(const struct mark *mark, int n, const struct seen *seen)
{
	return (count_at(mark, n, seen->at_s) -
		count_at(mark, n, seen->at_s - seen->interval_s)) / seen->interval_s;
}

static void rate_of_a_source(void)
{
	static struct mark mark[RAISES_MAX];
	struct source s = source_open(O_RDONLY);
	double end_s = wall_s() + SECONDS + 2;
	struct seen seen;
	FILE *pipe;
	int n;

	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	REQUIRE(gen("start line=%u period_ns=1000000 cpu=1", s.line) >= 0);
	pipe = irqtop_start((int)s.irq, "rate");
	REQUIRE(pipe);
	for (n = 0; n < RAISES_MAX && wall_s() < end_s; n++) {
		mark[n].count = gen_status(s.line).dispatched;
		mark[n].at_s = wall_s();
		usleep(20000);
	}
	REQUIRE(n > 2);
	REQUIRE(irqtop_end(pipe, &seen));
	check_rate(&seen, rate_while(mark, n, &seen));
	REQUIRE(gen("stop line=%u", s.line) >= 0);
}

/* The interrupt of uio_pci_generic, once it is in use; else -1. */
static int uio_irq(void)
{
	FILE *f = fopen("/proc/interrupts", "r");
	unsigned long count[2];
	int irq = -1, found;
	char line[512];

	REQUIRE(f);
	while (irq < 0 && fgets(line, sizeof(line), f))
		if (strstr(line, "uio_pci_generic") &&
		    sscanf(line, " %d: %lu %lu", &found, &count[0], &count[1]) == 3 &&
		    count[0] + count[1] > 100)
			irq = found;
	fclose(f);
	return irq;
}

/* The thread that handles @irq; 0 if it is handled in the hard interrupt. */
static pid_t handler_thread(int irq)
{
	char path[300], comm[64], want[32];
	struct dirent *entry;
	DIR *proc = opendir("/proc");
	pid_t pid = 0;

	REQUIRE(proc);
	snprintf(want, sizeof(want), "irq/%d-uio", irq);
	while (!pid && (entry = readdir(proc))) {
		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		if (isdigit((unsigned char)entry->d_name[0]) &&
		    read_text(path, comm, sizeof(comm)) && !strncmp(comm, want, strlen(want)))
			pid = atoi(entry->d_name);
	}
	closedir(proc);
	return pid;
}

static void check_share(int irq, pid_t thread)
{
	static struct mark mark[RAISES_MAX];
	struct timespec ran;
	double end_s, want;
	struct seen seen;
	clockid_t clock;
	FILE *pipe;
	int n;

	REQUIRE(clock_getcpuclockid(thread, &clock) == 0);
	pipe = irqtop_start(irq, "thread_cpu");
	REQUIRE(pipe);
	end_s = wall_s() + SECONDS + 2;
	for (n = 0; n < RAISES_MAX && wall_s() < end_s; n++) {
		REQUIRE(clock_gettime(clock, &ran) == 0);
		mark[n].count = (unsigned long long)ran.tv_sec * 1000000000ULL +
				(unsigned long long)ran.tv_nsec;
		mark[n].at_s = wall_s();
		usleep(20000);
	}
	REQUIRE(n > 2);
	REQUIRE(irqtop_end(pipe, &seen));
	want = rate_while(mark, n, &seen) / 1e9;
	tap_diag("irqtop %.4f of a CPU, its clock %.4f", seen.value, want);
	CHECK(want > 0.002);
	CHECK(fabs(seen.value - want) <= THREAD_TOLERANCE * want);
}

/* What irqtop takes from the scheduler's figures the thread's own clock says as well. */
static void share_of_a_handler_thread(void)
{
	pid_t load, thread = 0;
	int irq, status;

	require_uio();
	load = fork();
	if (!load) {
		if (freopen("/dev/null", "w", stdout))
			execlp("irqlat", "irqlat", "bench", "-q", "--source", "edu", "--ways",
			       "uio", "-d", "60s", NULL);
		_exit(127);
	}
	REQUIRE(AWAIT((irq = uio_irq()) >= 0));
	thread = handler_thread(irq);
	if (thread)
		check_share(irq, thread);
	kill(load, SIGINT);
	REQUIRE(AWAIT(waitpid(load, &status, WNOHANG) == load));
	CHECK(WIFEXITED(status));
	if (!thread)
		SKIP("this kernel's UIO has no handler thread");
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
	fd = irq_open((unsigned int)irq, O_RDONLY);
	REQUIRE(fd >= 0);
	screen_open(&screen, "-t interrupts -f /procirq/");
	REQUIRE(screen_shows(&screen, "procirq"));
	screen_keys(&screen, "e\02577\r");
	CHECK(screen_shows(&screen, "the kernel says"));
	screen_keys(&screen, "e\0251\r");
	CHECK(screen_shows(&screen, "the kernel took 1"));
	screen_close(&screen);
	close(fd);
	CHECK_EQ(pci_unbind(EDU_1), 0);
}

/* Local timer interrupts of CPU 1, 0 without it. */
static unsigned long timer_interrupts_of_1(void)
{
	FILE *f = fopen("/proc/interrupts", "r");
	unsigned long count = 0;
	char line[512];

	REQUIRE(f);
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, " LOC: %*u %lu", &count) == 1)
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
	pipe = popen("irqtop --no-config --json -n 6 -d 0.5 -t interrupts -f /^LOC/ "
		     "-c irq,delta", "r");
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
	TAP_TEST(share_of_a_handler_thread),
	TAP_TEST(affinity_is_refused),
	TAP_TEST(affinity_is_taken),
	TAP_TEST(a_cpu_goes_and_comes),
};

int main(int argc, char **argv)
{
	(void)argc;
	tap_after = guest_after;
	return TAP_MAIN(tests);
}
