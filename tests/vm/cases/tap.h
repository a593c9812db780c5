/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small TAP runner for tests of kernel interfaces.
 *
 * Each test is a function and runs in a process of its own: a test that hangs, or leaves
 * files, threads or children behind, does not disturb the next one. It gives one TAP
 * line; before it, each failed check prints its reason after "# ".
 *
 * Arguments: "name=value" is a setting (tap_setting()), any other word selects
 * the tests whose names contain it; one that selects none is a failed test.
 */
#ifndef TAP_H
#define TAP_H

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A helper in a header: not every program uses it. */
#define HELPER static __attribute__((unused))

struct tap_test {
	const char *name;
	void (*run)(void);
	int timeout_s; /* 0: TAP_TIMEOUT_S */
};

#define TAP_TEST(fn)                   \
	{                              \
		.name = #fn, .run = fn \
	}
#define TAP_SLOW(fn, seconds)                                \
	{                                                    \
		.name = #fn, .run = fn, .timeout_s = seconds \
	}
#define TAP_TIMEOUT_S 60
#define TAP_SKIPPED   77

/* Memory shared with the process of the running test. */
struct tap_shared {
	char skip[200];
	char first[120]; /* the first failed check */
	int complaints;
};

static struct tap_shared *tap_shared;
static char **tap_argv;
/* Run by the parent after each test; returns what is wrong, or NULL. */
static const char *(*tap_after)(void);

HELPER __attribute__((format(printf, 1, 2))) void tap_diag(const char *format, ...)
{
	char text[1024] = "# ";
	va_list args;
	int len;

	va_start(args, format);
	len = 2 + vsnprintf(text + 2, sizeof(text) - 2, format, args);
	va_end(args);
	if (len >= (int)sizeof(text))
		len = sizeof(text) - 1;
	text[len] = '\n';
	/* One write: what several threads print does not mix. */
	if (write(1, text, len + 1) < 0)
		_exit(2);
}

/* Returns the value of the argument name=value, or @otherwise without one. */
HELPER long tap_setting(const char *name, long otherwise)
{
	size_t len = strlen(name);
	char **arg;

	for (arg = tap_argv; *arg; arg++)
		if (!strncmp(*arg, name, len) && (*arg)[len] == '=')
			return atol(*arg + len + 1);
	return otherwise;
}

/* Returns whether it has printed: the first complaints are enough, the log stays short. */
HELPER bool tap_complain(const char *file, int line, const char *what)
{
	int err = errno, number = __atomic_fetch_add(&tap_shared->complaints, 1, __ATOMIC_RELAXED);

	if (strrchr(file, '/'))
		file = strrchr(file, '/') + 1;
	if (!number)
		snprintf(tap_shared->first, sizeof(tap_shared->first), "%s:%d: %.90s", file, line,
			 what);
	if (number >= 12)
		return false;
	tap_diag("%s:%d: failed: %s (errno %d, %s)", file, line, what, err, strerror(err));
	return true;
}

#define CHECK(cond) ((cond) ? true : (tap_complain(__FILE__, __LINE__, #cond), false))

#define CHECK_EQ(got, want)                                                               \
	({                                                                                \
		long long got_ = (got), want_ = (want);                                   \
		if (got_ != want_ && tap_complain(__FILE__, __LINE__, #got " == " #want)) \
			tap_diag("  got %lld, expected %lld", got_, want_);               \
		got_ == want_;                                                            \
	})

/* Checks that the call fails with this errno. */
#define CHECK_ERR(call, err)                                                     \
	({                                                                       \
		long long ret_ = (call);                                         \
		int errno_ = errno;                                              \
		if ((ret_ != -1 || errno_ != (err)) &&                           \
		    tap_complain(__FILE__, __LINE__, #call " fails with " #err)) \
			tap_diag("  returned %lld, errno %d", ret_, errno_);     \
		ret_ == -1 && errno_ == (err);                                   \
	})

/* A check without which the test cannot go on. */
#define REQUIRE(cond)             \
	do {                      \
		if (!CHECK(cond)) \
			exit(1);  \
	} while (0)

#define SKIP(...)                                                                  \
	do {                                                                       \
		snprintf(tap_shared->skip, sizeof(tap_shared->skip), __VA_ARGS__); \
		exit(TAP_SKIPPED);                                                 \
	} while (0)

HELPER long long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

HELPER void sleep_ms(int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&t, NULL);
}

/* Long: only a failure takes that time. */
#define AWAIT_MS (20000 * tap_setting("slow", 1))

/* Waits until the condition holds. False if it does not within AWAIT_MS. */
#define AWAIT(cond)                                                   \
	({                                                            \
		long long give_up_ = now_ns() + AWAIT_MS * 1000000LL; \
		bool held_;                                           \
		while (!(held_ = (cond)) && now_ns() < give_up_)      \
			sleep_ms(1);                                  \
		held_;                                                \
	})

HELPER size_t read_text(const char *path, char *buffer, size_t size)
{
	FILE *file = fopen(path, "re");
	size_t len = 0;

	if (file) {
		len = fread(buffer, 1, size - 1, file);
		fclose(file);
	}
	buffer[len] = '\0';
	return len;
}

/* Prints where in the kernel each thread of the process is. */
static void tap_show_threads(pid_t pid)
{
	static const char *const files[] = { "stat", "syscall", "stack" };
	char path[400], text[2048], *line, *rest;
	struct dirent *entry;
	DIR *dir;
	int i;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		for (i = 0; i < 3; i++) {
			snprintf(path, sizeof(path), "/proc/%d/task/%s/%s", pid, entry->d_name,
				 files[i]);
			read_text(path, text, sizeof(text));
			for (line = strtok_r(text, "\n", &rest); line;
			     line = strtok_r(NULL, "\n", &rest))
				tap_diag("  %s", line);
		}
	}
	if (dir)
		closedir(dir);
}

static pid_t tap_start(const struct tap_test *test)
{
	pid_t pid;

	memset(tap_shared, 0, sizeof(*tap_shared));
	fflush(stdout);
	pid = fork();
	if (!pid) {
		setpgid(0, 0);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		test->run();
		exit(tap_shared->complaints ? 1 : 0);
	}
	return pid;
}

static bool tap_wait(pid_t pid, int *status, long long give_up)
{
	while (waitpid(pid, status, WNOHANG) == 0) {
		if (now_ns() > give_up)
			return false;
		sleep_ms(2);
	}
	return true;
}

/* Returns NULL if the test passed or was skipped, else why it failed. */
static const char *tap_finish(const struct tap_test *test, pid_t pid)
{
	static char why[100];
	int timeout_s =
		(test->timeout_s ? test->timeout_s : TAP_TIMEOUT_S) * tap_setting("slow", 1);
	bool in_time;
	int status;

	in_time = tap_wait(pid, &status, now_ns() + timeout_s * 1000000000LL);
	if (!in_time) {
		tap_diag("%s: no end after %d s; its threads:", test->name, timeout_s);
		tap_show_threads(pid);
	}
	kill(-pid, SIGKILL);
	if (!in_time) {
		if (!tap_wait(pid, &status, now_ns() + 15 * 1000000000LL)) {
			tap_show_threads(pid);
			printf("Bail out! %s does not die\n", test->name);
			exit(1);
		}
		return "timed out";
	}
	if (WIFSIGNALED(status)) {
		snprintf(why, sizeof(why), "killed by signal %d", WTERMSIG(status));
		return why;
	}
	if (WEXITSTATUS(status) && WEXITSTATUS(status) != TAP_SKIPPED) {
		snprintf(why, sizeof(why), "%d checks failed", tap_shared->complaints);
		return why;
	}
	return NULL;
}

static bool tap_selected(const char *name)
{
	bool words = false;
	char **arg;

	for (arg = tap_argv; *arg; arg++) {
		if (strchr(*arg, '='))
			continue;
		words = true;
		if (strstr(name, *arg))
			return true;
	}
	return !words;
}

/* Fails for each word among the arguments that selects no test. Returns how many. */
static int tap_report_words(const struct tap_test *tests, size_t nr_tests, int *number)
{
	int failed = 0;
	char **arg;
	size_t i;

	for (arg = tap_argv; *arg; arg++) {
		if (strchr(*arg, '='))
			continue;
		for (i = 0; i < nr_tests && !strstr(tests[i].name, *arg); i++)
			;
		if (i < nr_tests)
			continue;
		printf("not ok %d - %s: no test has this name\n", ++*number, *arg);
		failed++;
	}
	return failed;
}

/* Runs the tests that the arguments select; returns main()'s exit status. */
HELPER int tap_main(char **argv, const struct tap_test *tests, size_t nr_tests)
{
	const char *why, *after;
	int number = 0, failed;
	long long began;
	size_t i;

	tap_argv = argv + 1;
	tap_shared = mmap(NULL, sizeof(*tap_shared), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	failed = tap_report_words(tests, nr_tests, &number);
	for (i = 0; i < nr_tests; i++) {
		if (!tap_selected(tests[i].name))
			continue;
		began = now_ns();
		why = tap_finish(&tests[i], tap_start(&tests[i]));
		after = tap_after ? tap_after() : NULL;
		if (!why)
			why = after;
		if (why)
			tap_diag("%s: %s", tests[i].name, why);
		/* The name has the reason: some tools show nothing but names. */
		if (why)
			printf("not ok %d - %s (%s%s%s)\n", ++number, tests[i].name, why,
			       tap_shared->first[0] ? "; " : "", tap_shared->first);
		else
			printf("ok %d - %s%s%s\n", ++number, tests[i].name,
			       tap_shared->skip[0] ? " # SKIP " : "", tap_shared->skip);
		if (tap_setting("times", 0))
			tap_diag("%lld ms", (now_ns() - began) / 1000000);
		fflush(stdout);
		failed += why != NULL;
	}
	printf("1..%d\n", number);
	return failed ? 1 : 0;
}

#define TAP_MAIN(tests) tap_main(argv, tests, sizeof(tests) / sizeof((tests)[0]))

#endif /* TAP_H */
