// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * irqtop's latencies of reads against the times in the records that were read, and its
 * share of a CPU for handler threads against those threads' own clocks.
 *
 * Not with the other programs, but on one CPU (tests/vm/irqtop.sh): tracing is
 * turned on and off by patching the kernel's code, and QEMU 7.2 with two threads
 * sometimes goes on executing the breakpoint that stood there meanwhile, forever.
 */
#include <ctype.h>
#include <dirent.h>
#include <sys/mount.h>

#include "guest.h"
#include "irqtop_seen.h"
#include "screen.h"

#define MARKS_MAX 10000
#define READS_MAX 100000

struct reads {
	unsigned int n;
	uint64_t ns[READS_MAX]; /* oldest interrupt's handler -> back here */
};

/* Reads records for a while, with a nap between them. */
static void reads_take(struct reads *reads, int fd, int seconds, useconds_t nap_us)
{
	long long end_ns = now_ns() + seconds * 1000000000LL;
	struct procirq_event event;

	reads->n = 0;
	while (reads->n < READS_MAX && now_ns() < end_ns) {
		REQUIRE(read(fd, &event, sizeof(event)) == sizeof(event));
		reads->ns[reads->n++] = (uint64_t)now_ns() - event.first_ns;
		if (nap_us)
			usleep(nap_us);
	}
}

static int compare_ns(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static uint64_t reads_median(struct reads *reads)
{
	qsort(reads->ns, reads->n, sizeof(reads->ns[0]), compare_ns);
	return reads->ns[reads->n / 2];
}

/* A number of irqtop's JSON, -1 for null or nothing. */
static double json_number(const char *line, const char *key)
{
	char pattern[40];
	const char *p;

	snprintf(pattern, sizeof(pattern), "\"%s\":", key);
	p = strstr(line, pattern);
	p = p ? p + strlen(pattern) : "null";
	return *p >= '0' && *p <= '9' ? atof(p) : -1;
}

/*
 * What irqtop says of a line that this program reads from before irqtop starts until
 * after it ends, so that both see reads of the same kind. The program's way takes
 * longer by the end of the system call.
 */
static void check_latency(struct gen_file *s, useconds_t nap_us, double least_ns)
{
	static struct reads reads;
	double p50_ns, p99_ns, max_ns, task_ns, median_ns;
	char command[240], line[512] = "";
	FILE *pipe;

	snprintf(command, sizeof(command),
		 "irqtop --no-config --json -n 1 -d %d -t interrupts "
		 "-s irq -c irq,task_p50_ns,read_p50_ns,read_p99_ns,read_max_ns | "
		 "grep '\"irq\":\"%u\"'",
		 SECONDS + 1, s->irq);
	pipe = popen(command, "r");
	REQUIRE(pipe);
	reads_take(&reads, s->fd, SECONDS + 3, nap_us);
	REQUIRE(fgets(line, sizeof(line), pipe));
	CHECK_EQ(pclose(pipe), 0);
	median_ns = (double)reads_median(&reads);
	tap_diag("%u reads here, median %.0f ns; irqtop: %s", reads.n, median_ns, line);
	p50_ns = json_number(line, "read_p50_ns");
	p99_ns = json_number(line, "read_p99_ns");
	max_ns = json_number(line, "read_max_ns");
	task_ns = json_number(line, "task_p50_ns");
	CHECK(p50_ns >= least_ns);
	CHECK(p50_ns <= median_ns * 1.10);
	CHECK(p50_ns >= median_ns * 0.75);
	CHECK(max_ns >= p50_ns);
	CHECK(p99_ns < 0 || (p99_ns >= p50_ns && max_ns >= p99_ns));
	/* The task runs before its read() ends. */
	CHECK(task_ns <= p50_ns);
}

static struct gen_file source_with_records(unsigned int flags)
{
	struct gen_file s = gen_open(O_RDWR);

	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_RECORDS | flags) == 0);
	return s;
}

static void trace_ready(void)
{
	if (access("/sys/kernel/tracing/instances", F_OK))
		mount("nodev", "/sys/kernel/tracing", "tracefs", 0, NULL);
	if (access("/sys/kernel/tracing/instances", F_OK))
		SKIP("no tracefs");
}

static void latency_of_waiting_reads(void)
{
	struct gen_file s;

	trace_ready();
	s = source_with_records(0);
	REQUIRE(gen("start line=%u period_ns=2000000", s.line) >= 0);
	check_latency(&s, 0, 1000);
	REQUIRE(gen("stop line=%u", s.line) >= 0);
	close(s.fd);
}

/* The reader is late, so its read() does not sleep: no wake-up says how late. */
static void latency_of_late_reads(void)
{
	struct gen_file s;

	trace_ready();
	s = source_with_records(PROCIRQ_FLAG_NO_MASK);
	REQUIRE(gen("start line=%u period_ns=2000000", s.line) >= 0);
	check_latency(&s, 20000, 15e6);
	REQUIRE(gen("stop line=%u", s.line) >= 0);
	close(s.fd);
}

/* The module comes after irqtop began to trace. */
static void latency_after_the_module(void)
{
	char command[200], line[512] = "", last[512] = "";
	static struct reads reads;
	struct gen_file s;
	FILE *pipe;

	trace_ready();
	REQUIRE(module_unload("procirq") == 0);
	snprintf(command, sizeof(command),
		 "irqtop --no-config --json -n 6 -d 1 -t interrupts "
		 "-f /procirq/ -c irq,read_p50_ns");
	pipe = popen(command, "r");
	REQUIRE(pipe);
	sleep_ms(1500);
	REQUIRE(module_load("procirq", "") == 0);
	s = source_with_records(0);
	REQUIRE(gen("start line=%u period_ns=2000000", s.line) >= 0);
	reads_take(&reads, s.fd, 7, 0);
	while (fgets(line, sizeof(line), pipe))
		strcpy(last, line);
	CHECK_EQ(pclose(pipe), 0);
	tap_diag("%s", last);
	CHECK(json_number(last, "read_p50_ns") > 1000);
	REQUIRE(gen("stop line=%u", s.line) >= 0);
	close(s.fd);
}

/* The columns and the opened row's histogram, while somebody else reads. */
static void latency_on_the_screen(void)
{
	static struct screen screen;
	struct gen_file s;
	pid_t reader;

	trace_ready();
	s = gen_open(O_RDWR);
	REQUIRE(gen("start line=%u period_ns=2000000", s.line) >= 0);
	reader = fork();
	REQUIRE(reader >= 0);
	if (!reader) {
		while (irq_read(s.fd) > 0)
			;
		_exit(1);
	}
	screen_open(&screen, "-L -d 0.5 -t interrupts -f /procirq/");
	CHECK(screen_shows(&screen, "R-P50"));
	CHECK(screen_shows(&screen, "tracing "));
	screen_keys(&screen, "\r");
	CHECK(screen_shows(&screen, "to task"));
	CHECK(screen_shows(&screen, "to read()"));
	CHECK(screen_shows(&screen, ">= "));
	screen_close(&screen);
	kill(reader, SIGKILL);
	waitpid(reader, NULL, 0);
	REQUIRE(gen("stop line=%u", s.line) >= 0);
	close(s.fd);
}

#define THREADS_MAX 4

/*
 * Clocks of the threads that handle @irq: two where a thread stands in for the hard
 * interrupt; none where that handles it itself.
 */
static int handler_clocks(int irq, clockid_t clocks[THREADS_MAX])
{
	char path[300], comm[64], want[32];
	struct dirent *entry;
	DIR *proc = opendir("/proc");
	int n = 0;

	REQUIRE(proc);
	snprintf(want, sizeof(want), "irq/%d-", irq);
	while (n < THREADS_MAX && (entry = readdir(proc))) {
		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		if (isdigit((unsigned char)entry->d_name[0]) &&
		    read_text(path, comm, sizeof(comm)) && !strncmp(comm, want, strlen(want)) &&
		    !clock_getcpuclockid(atoi(entry->d_name), &clocks[n]))
			n++;
	}
	closedir(proc);
	return n;
}

static unsigned long long clocks_ns(const clockid_t *clocks, int n)
{
	unsigned long long sum = 0;
	struct timespec ran;

	while (n-- > 0) {
		REQUIRE(clock_gettime(clocks[n], &ran) == 0);
		sum += (unsigned long long)ran.tv_sec * 1000000000ULL +
		       (unsigned long long)ran.tv_nsec;
	}
	return sum;
}

static void check_share(int irq, const clockid_t *clocks, int threads)
{
	static struct mark mark[MARKS_MAX];
	struct seen seen;
	double end_s, want;
	FILE *pipe;
	int n;

	pipe = irqtop_start(irq, "thread_cpu");
	REQUIRE(pipe);
	end_s = wall_s() + SECONDS + 2;
	for (n = 0; n < MARKS_MAX && wall_s() < end_s; n++) {
		mark[n].count = clocks_ns(clocks, threads);
		mark[n].at_s = wall_s();
		usleep(20000);
	}
	REQUIRE(n > 2);
	REQUIRE(irqtop_end(pipe, &seen));
	want = rate_while(mark, n, &seen) / 1e9;
	tap_diag("irqtop %.4f of a CPU, the clocks of %d threads %.4f", seen.value, threads, want);
	CHECK(want > 0.002);
	CHECK(seen.value > want * 0.95 && seen.value < want * 1.05);
}

/* What irqtop takes from the scheduler's figures the threads' own clocks say as well. */
static void share_of_handler_threads(void)
{
	clockid_t clocks[THREADS_MAX];
	int irq, threads, status;
	pid_t load;

	require_uio();
	load = fork();
	if (!load) {
		if (freopen("/dev/null", "w", stdout))
			execlp("irqlat", "irqlat", "bench", "-q", "--source", "edu", "--ways",
			       "uio", "-d", "60s", NULL);
		_exit(127);
	}
	REQUIRE(AWAIT((irq = irq_by_name("uio_pci_generic")) >= 0));
	threads = handler_clocks(irq, clocks);
	if (threads)
		check_share(irq, clocks, threads);
	kill(load, SIGINT);
	REQUIRE(AWAIT(waitpid(load, &status, WNOHANG) == load));
	CHECK(WIFEXITED(status));
	if (!threads)
		SKIP("this kernel's UIO has no handler thread");
}

static const struct tap_test tests[] = {
	TAP_TEST(latency_of_waiting_reads), TAP_TEST(latency_of_late_reads),
	TAP_TEST(latency_on_the_screen),    TAP_TEST(latency_after_the_module),
	TAP_TEST(share_of_handler_threads),
};

int main(int argc, char **argv)
{
	(void)argc;
	tap_after = guest_after;
	return TAP_MAIN(tests);
}
