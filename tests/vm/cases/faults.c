// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Each memory allocation, and each copy from and to user memory, on each path through
 * the modules fails once. Then the call fails as it may, or it succeeds although
 * something has failed; and afterwards everything is as it was before.
 *
 * The kernel's fail-nth (Documentation/fault-injection/fault-injection.rst) makes the
 * N-th such point of the next call of a thread fail. A path is called with N = 1, 2, 3
 * and so on, until it has fewer points than that. It needs the debug kernel.
 *
 *	points=N	give up a path with more points (3000)
 *	stride=N	of the paths that load a module, only each N-th point (1)
 *	every=N		of the others, only each N-th point (1)
 */
#include "faultpaths.h"

#define DEBUGFS "/sys/kernel/debug/"
#define POINTS	3000

static int nth_fd = -1;

static void nth_set(int n)
{
	char text[12];
	int len = snprintf(text, sizeof(text), "%d", n);

	REQUIRE(pwrite(nth_fd, text, len, 0) == len);
}

/* Whether the point has come, and failed. No point fails any more. */
static bool nth_end(void)
{
	char text[12] = "";

	/* The copies to and from user memory here are points, too. */
	if (pread(nth_fd, text, sizeof(text) - 1, 0) < 0)
		return false;
	if (pwrite(nth_fd, "0", 1, 0) < 0)
		nth_set(0);
	return atoi(text) == 0;
}

static void require_injection(void)
{
	static const struct {
		const char *file, *text;
	} settings[] = {
		/* Also allocations that may sleep, and those of single pages. */
		{ DEBUGFS "failslab/ignore-gfp-wait", "N" },
		{ DEBUGFS "failslab/verbose", "0" },
		{ DEBUGFS "fail_page_alloc/ignore-gfp-wait", "N" },
		{ DEBUGFS "fail_page_alloc/ignore-gfp-highmem", "N" },
		{ DEBUGFS "fail_page_alloc/min-order", "0" },
		{ DEBUGFS "fail_page_alloc/verbose", "0" },
		{ DEBUGFS "fail_usercopy/verbose", "0" },
	};
	unsigned int i;
	int fd;

	nth_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (nth_fd < 0)
		SKIP("this kernel has no fail-nth");
	for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		REQUIRE(put_text(settings[i].file, "%s", settings[i].text) == 0);
	prctl(PR_SET_NAME, COMM);
	nth_set(1);
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	REQUIRE(nth_end() && fd < 0);
}

/* Returns what the call returned; sets @failed if its @n-th point has come. */
static long call_with_fault(const struct path *path, int n, bool *failed)
{
	char arguments[160];
	long ret;

	if (!path->within) {
		nth_set(n);
		ret = path->call();
		*failed = nth_end();
		return ret;
	}
	snprintf(arguments, sizeof(arguments), "symbol=%s comm=" COMM " arm=%d%s%s", path->within,
		 n, path->except ? " except=" : "", path->except ? path->except : "");
	REQUIRE(module_load("fault", arguments) == 0);
	ret = path->call();
	CHECK_EQ(fault_number("hits"), 1);
	*failed = fault_number("left") == 0;
	REQUIRE(module_unload("fault") == 0);
	return ret;
}

static bool may_fail_so(const struct path *path, long ret)
{
	unsigned int i;

	for (i = 0; i < sizeof(path->errors) / sizeof(path->errors[0]); i++)
		if (path->errors[i] == -ret)
			return true;
	return ret == -ENOMEM || ret == -EFAULT;
}

/* Runs a path with each of its points failing in turn. */
static void sweep(const struct path *path)
{
	int limit = tap_setting("points", POINTS), n, tried = 0, ended = 0;
	int stride = path->slow ? tap_setting("stride", 1) : tap_setting("every", 1);
	bool failed = true;
	long ret = 0;

	require_injection();
	if (path->begin)
		path->begin();
	for (n = 1; failed && CHECK(n <= limit); n += stride) {
		if (path->before)
			path->before();
		ret = call_with_fault(path, n, &failed);
		if (failed && ret < 0 && !CHECK(may_fail_so(path, ret)))
			tap_diag("point %d: %s", n, strerror(-ret));
		tried += failed;
		ended += failed && ret < 0;
		path->after(ret);
	}
	CHECK(ret >= 0);
	if (path->end)
		path->end();
	tap_diag("points: %d%s; %d of them make the call fail", tried,
		 stride > 1 ? " (a part of all)" : "", ended);
}

#define SWEEP(name)                    \
	static void sweep_##name(void) \
	{                              \
		sweep(&path_##name);   \
	}

SWEEP(opening)
SWEEP(reading)
SWEEP(writing)
SWEEP(information)
SWEEP(flags)
SWEEP(injecting)
SWEEP(eventfd)
SWEEP(polling)
SWEEP(selecting)
SWEEP(epoll)
SWEEP(closing)
SWEEP(registering)
SWEEP(unregistering)
SWEEP(uli_information)
SWEEP(describing)
SWEEP(mapping)
SWEEP(binding_intx)
SWEEP(binding_msi)
SWEEP(unbinding_msi)
SWEEP(binding_platform)
SWEEP(unbinding_platform)
SWEEP(opening_device_file)
SWEEP(describing_region)
SWEEP(lines_in_proc)
SWEEP(readers_in_proc)
SWEEP(ulis_in_proc)
SWEEP(file_in_proc)
SWEEP(claim)
SWEEP(adding)
SWEEP(removing)
SWEEP(firing)
SWEEP(schedule)
SWEEP(listing)
SWEEP(loading)
SWEEP(loading_fixed)
SWEEP(loading_irqgen)
SWEEP(unloading)

/* Named after their paths. */
#define SWEPT(path)                                                  \
	{                                                            \
		.name = #path, .run = sweep_##path, .timeout_s = 300 \
	}

static const struct tap_test tests[] = {
	SWEPT(opening),
	SWEPT(reading),
	SWEPT(writing),
	SWEPT(information),
	SWEPT(flags),
	SWEPT(injecting),
	SWEPT(eventfd),
	SWEPT(polling),
	SWEPT(selecting),
	SWEPT(epoll),
	SWEPT(closing),
	SWEPT(registering),
	SWEPT(unregistering),
	SWEPT(uli_information),
	SWEPT(describing),
	SWEPT(mapping),
	SWEPT(binding_intx),
	SWEPT(binding_msi),
	SWEPT(unbinding_msi),
	SWEPT(lines_in_proc),
	SWEPT(binding_platform),
	SWEPT(unbinding_platform),
	SWEPT(opening_device_file),
	SWEPT(describing_region),
	SWEPT(readers_in_proc),
	SWEPT(ulis_in_proc),
	SWEPT(file_in_proc),
	SWEPT(claim),
	SWEPT(adding),
	SWEPT(removing),
	SWEPT(firing),
	SWEPT(schedule),
	SWEPT(listing),
	SWEPT(loading),
	SWEPT(loading_fixed),
	SWEPT(loading_irqgen),
	SWEPT(unloading),
};

int main(int argc, char **argv)
{
	(void)argc;
	tap_after = faults_after;
	return TAP_MAIN(tests);
}
