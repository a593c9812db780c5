// SPDX-License-Identifier: GPL-2.0-or-later
#include "instance.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <tracefs.h>
#include <unistd.h>

/* The rest is PID and start time, in clock ticks since boot. */
#define NAME_PREFIX	"irqlat-trace-"
#define NAME_BYTES	96

/*
 * An event gets its time before it is committed; one that is younger than this
 * may still be on its way into the buffer.
 */
#define SETTLE_NS	1000000ull

/**
 * struct cpu_pages - one CPU's buffer
 * @fd: trace_pipe_raw, -1: CPU is offline
 * @slots: ring of sub-buffers read last, @n_slots of them in one block
 * @n_slots: how many
 * @n_read: sub-buffers read so far; the next goes to slot @n_read % @n_slots
 */
struct cpu_pages {
	int fd;
	uint8_t *slots;
	size_t n_slots;
	uint64_t n_read;
};

struct instance {
	struct tracefs_instance *tracefs;
	struct event_catalog catalog;
	struct subbuf_layout layout;
	size_t subbuf_bytes;
	unsigned int n_cpus;
	struct cpu_pages *cpus;
	struct pollfd *polls;
	uint64_t event_cost_ns;
	char name[NAME_BYTES];
};

/* --- names and leftovers --------------------------------------------------- */

/* Start time of a process, 0 when there is none. */
static unsigned long long process_start(long pid)
{
	char path[64], stat[1024], *p;
	unsigned long long start = 0;
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	n = fread(stat, 1, sizeof(stat) - 1, f);
	fclose(f);
	stat[n] = '\0';
	/* The name in parentheses may hold anything; field 3 follows it. */
	p = strrchr(stat, ')');
	if (!p || sscanf(p + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u "
			 "%*u %*u %*d %*d %*d %*d %*d %*d %llu", &start) != 1)
		return 0;
	return start;
}

static bool is_leftover(const char *name)
{
	unsigned long long start;
	long pid;

	return sscanf(name, NAME_PREFIX "%ld-%llu", &pid, &start) == 2 &&
	       process_start(pid) != start;
}

/**
 * instance_sweep - remove instances whose process is gone
 *
 * Only ours, told by their name; one that is in use cannot be removed anyway.
 * Returns how many were removed.
 */
int instance_sweep(void)
{
	char *dir_name = tracefs_get_tracing_file("instances");
	struct dirent *entry;
	int removed = 0;
	DIR *dir;

	if (!dir_name)
		return 0;
	dir = opendir(dir_name);
	while (dir && (entry = readdir(dir))) {
		if (is_leftover(entry->d_name) &&
		    !unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR))
			removed++;
	}
	if (dir)
		closedir(dir);
	tracefs_put_tracing_file(dir_name);
	return removed;
}

/* --- set-up ---------------------------------------------------------------- */

static void set_error(char error[INSTANCE_ERROR_BYTES], const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void set_error(char error[INSTANCE_ERROR_BYTES], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error, INSTANCE_ERROR_BYTES, format, args);
	va_end(args);
}

static bool is_wanted(const struct instance_config *config,
		      const struct event_def *def)
{
	switch (def->kind) {
	case EVENT_SYS_ENTER:
	case EVENT_SYS_EXIT:
		return config->user;
	case EVENT_VECTOR_ENTRY:
	case EVENT_VECTOR_EXIT:
		return config->vectors;
	case EVENT_HRTIMER_ENTRY:
	case EVENT_HRTIMER_EXIT:
		return config->timers;
	case EVENT_WORK_QUEUE:
	case EVENT_WORK_START:
	case EVENT_WORK_END:
		return config->works;
	case EVENT_STACK:
		return config->stacks;
	default:
		return strcmp(def->name, "sched_wakeup_new");
	}
}

/* System calls of this process would only measure ourselves. */
static void pid_filter(const struct instance_config *config,
		       char filter[INSTANCE_FILTER_BYTES])
{
	size_t used = 0;

	if (!config->n_pids) {
		snprintf(filter, INSTANCE_FILTER_BYTES, "common_pid != %d",
			 getpid());
		return;
	}
	for (size_t i = 0; i < config->n_pids &&
			   used < INSTANCE_FILTER_BYTES - 40; i++)
		used += (size_t)snprintf(filter + used,
					 INSTANCE_FILTER_BYTES - used,
					 "%scommon_pid == %d", i ? " || " : "",
					 config->pids[i]);
}

static int event_write(struct instance *instance, const struct event_def *def,
		       const char *file, const char *text)
{
	char path[160];

	snprintf(path, sizeof(path), "events/%s/%s/%s", def->system, def->name,
		 file);
	return tracefs_instance_file_write(instance->tracefs, path, text) < 0 ?
		       -1 : 0;
}

static int enable_event(struct instance *instance,
			const struct instance_config *config,
			const struct event_def *def)
{
	char filter[INSTANCE_FILTER_BYTES];

	/* Recorded by the trigger below, not by itself. */
	if (def->kind == EVENT_STACK)
		return 0;
	if (def->kind == EVENT_SYS_ENTER || def->kind == EVENT_SYS_EXIT) {
		pid_filter(config, filter);
		if (event_write(instance, def, "filter", filter))
			return -1;
	}
	if (def->kind == EVENT_SWITCH && config->stacks &&
	    event_write(instance, def, "trigger", "stacktrace"))
		return -1;
	return event_write(instance, def, "enable", "1");
}

static int set_up_events(struct instance *instance,
			 const struct instance_config *config,
			 char error[INSTANCE_ERROR_BYTES])
{
	for (size_t i = 0; i < event_n_defs; i++) {
		const struct event_def *def = &event_defs[i];
		char *text;
		int bound;

		if (!is_wanted(config, def))
			continue;
		text = tracefs_event_file_read(NULL, def->system, def->name,
					       "format", NULL);
		if (!text)
			continue;
		bound = event_catalog_add(&instance->catalog, def->system, text);
		free(text);
		if (bound > 0 && enable_event(instance, config, def)) {
			set_error(error, "%s:%s: cannot enable this event: %s",
				  def->system, def->name, strerror(errno));
			return -1;
		}
	}
	if (!event_catalog_has(&instance->catalog, EVENT_IRQ_ENTRY) ||
	    !event_catalog_has(&instance->catalog, EVENT_WAKING)) {
		set_error(error, "this kernel has no irq and sched events in "
				 "tracefs; it was built without CONFIG_FTRACE "
				 "or locked down");
		return -1;
	}
	return 0;
}

static int write_number(struct instance *instance, const char *file,
			uint32_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%u", number);
	return tracefs_instance_file_write(instance->tracefs, file, text) < 0 ?
		       -1 : 0;
}

static long long read_number(struct instance *instance, const char *file)
{
	long long number;

	if (tracefs_instance_file_read_number(instance->tracefs, file, &number))
		return -1;
	return number;
}

static int set_up_buffer(struct instance *instance,
			 const struct instance_config *config,
			 char error[INSTANCE_ERROR_BYTES])
{
	char *text;
	long long kb;
	int bad;

	if (tracefs_instance_file_write(instance->tracefs, "tracing_on", "0") < 0 ||
	    tracefs_instance_file_write(instance->tracefs, "trace_clock",
					"mono") < 0) {
		set_error(error, "%s: cannot set the trace clock \"mono\": %s",
			  instance->name, strerror(errno));
		return -1;
	}
	/* Not before Linux 6.8; without it sub-buffers are a page. */
	if (config->subbuf_kb)
		write_number(instance, "buffer_subbuf_size_kb", config->subbuf_kb);
	kb = read_number(instance, "buffer_subbuf_size_kb");
	instance->subbuf_bytes = kb > 0 ? (size_t)kb * 1024 :
					  (size_t)sysconf(_SC_PAGESIZE);
	if (config->buffer_kb &&
	    write_number(instance, "buffer_size_kb", config->buffer_kb)) {
		set_error(error, "cannot get %u KiB of trace buffer for each "
				 "CPU: %s; ask for less with --buffer",
			  config->buffer_kb, strerror(errno));
		return -1;
	}
	write_number(instance, "buffer_percent", 25);
	text = tracefs_instance_file_read(NULL, "events/header_page", NULL);
	bad = !text || subbuf_layout_parse(&instance->layout, text,
					   subbuf_native.big_endian);
	free(text);
	if (bad)
		set_error(error, "events/header_page: not a layout this program "
				 "knows");
	return bad ? -1 : 0;
}

#define COST_ROUNDS	64
#define COST_CALLS	64

static uint64_t clock_read_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

static int compare_ns(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* What a system call takes: the median of many rounds. */
static uint64_t call_ns(void)
{
	uint64_t rounds[COST_ROUNDS];

	for (int round = 0; round < COST_ROUNDS; round++) {
		uint64_t start = clock_read_ns();

		for (int i = 0; i < COST_CALLS; i++)
			syscall(SYS_getppid);
		rounds[round] = (clock_read_ns() - start) / COST_CALLS;
	}
	qsort(rounds, COST_ROUNDS, sizeof(rounds[0]), compare_ns);
	return rounds[COST_ROUNDS / 2];
}

/*
 * What one event costs the traced side: a system call with its exit recorded,
 * less one without; includes the slow path that traced system calls take.
 */
static void measure_cost(struct instance *instance)
{
	const struct event_def *def = event_defs;
	uint64_t with, without;

	while (def->kind != EVENT_SYS_EXIT)
		def++;
	without = call_ns();
	if (event_write(instance, def, "enable", "1") ||
	    instance_start(instance))
		return;
	with = call_ns();
	instance_stop(instance);
	event_write(instance, def, "enable", "0");
	tracefs_instance_file_write(instance->tracefs, "trace", "");
	instance->event_cost_ns = with > without ? with - without : 0;
}

static int open_cpu(struct instance *instance, unsigned int cpu,
		    size_t keep_bytes)
{
	struct cpu_pages *pages = &instance->cpus[cpu];
	char path[64];

	pages->n_slots = 1 + (keep_bytes + instance->subbuf_bytes - 1) /
				     instance->subbuf_bytes;
	pages->slots = malloc(pages->n_slots * instance->subbuf_bytes);
	if (!pages->slots)
		return -1;
	snprintf(path, sizeof(path), "per_cpu/cpu%u/trace_pipe_raw", cpu);
	pages->fd = tracefs_instance_file_open(instance->tracefs, path,
					       O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	instance->polls[cpu] = (struct pollfd){ pages->fd, POLLIN, 0 };
	return pages->fd >= 0 || errno == ENOENT ? 0 : -1;
}

static int open_buffers(struct instance *instance,
			const struct instance_config *config,
			char error[INSTANCE_ERROR_BYTES])
{
	long n = sysconf(_SC_NPROCESSORS_CONF);

	instance->n_cpus = n > 0 ? (unsigned int)n : 1;
	instance->cpus = calloc(instance->n_cpus, sizeof(*instance->cpus));
	instance->polls = calloc(instance->n_cpus + 1,
				 sizeof(*instance->polls));
	if (!instance->cpus || !instance->polls)
		goto fail;
	for (unsigned int cpu = 0; cpu < instance->n_cpus; cpu++)
		instance->cpus[cpu].fd = -1;
	for (unsigned int cpu = 0; cpu < instance->n_cpus; cpu++) {
		if (open_cpu(instance, cpu, config->keep_bytes))
			goto fail;
	}
	return 0;
fail:
	set_error(error, "cannot open the trace buffers: %s", strerror(errno));
	return -1;
}

static void explain_create(char error[INSTANCE_ERROR_BYTES], int reason)
{
	if (reason == EACCES || reason == EPERM)
		set_error(error, "cannot create a tracing instance: %s; run as "
				 "root (CAP_DAC_OVERRIDE for tracefs), or read "
				 "a recording with -i", strerror(reason));
	else if (reason == EROFS)
		set_error(error, "cannot create a tracing instance: tracefs is "
				 "mounted read-only; mount -o remount,rw it");
	else
		set_error(error, "cannot create a tracing instance: %s",
			  strerror(reason));
}

/* libtracefs reports a failed mount on standard error; we say it ourselves. */
static bool tracefs_is_there(void)
{
	const char *dir;

	if (!access("/sys/kernel/tracing/instances", F_OK) ||
	    !access("/sys/kernel/debug/tracing/instances", F_OK))
		return true;
	dir = geteuid() ? NULL : tracefs_tracing_dir();
	return dir && *dir;
}

/**
 * instance_new - an instance that records nothing yet
 * @config: what to record
 * @error: says what went wrong and what to do
 *
 * Returns NULL on errors; instance_free() removes the instance.
 */
struct instance *instance_new(const struct instance_config *config,
			      char error[INSTANCE_ERROR_BYTES])
{
	struct instance *instance = calloc(1, sizeof(*instance));

	if (!instance) {
		set_error(error, "%s", strerror(errno));
		return NULL;
	}
	if (!tracefs_is_there()) {
		set_error(error, "there is no tracefs here that %s can read; as "
				 "root: mount -t tracefs nodev /sys/kernel/tracing",
			  geteuid() ? "this user" : "we");
		goto fail;
	}
	instance_sweep();
	snprintf(instance->name, sizeof(instance->name), NAME_PREFIX "%d-%llu",
		 getpid(), process_start(getpid()));
	instance->tracefs = tracefs_instance_create(instance->name);
	if (!instance->tracefs) {
		explain_create(error, errno);
		goto fail;
	}
	if (event_catalog_init(&instance->catalog, false)) {
		set_error(error, "%s", strerror(errno));
		goto fail;
	}
	if (set_up_buffer(instance, config, error))
		goto fail;
	measure_cost(instance);
	if (set_up_events(instance, config, error) ||
	    open_buffers(instance, config, error))
		goto fail;
	return instance;
fail:
	instance_free(instance);
	return NULL;
}

/* Remove the instance from the kernel; NULL is fine. */
void instance_free(struct instance *instance)
{
	if (!instance)
		return;
	for (unsigned int cpu = 0; instance->cpus && cpu < instance->n_cpus;
	     cpu++) {
		if (instance->cpus[cpu].fd >= 0)
			close(instance->cpus[cpu].fd);
		free(instance->cpus[cpu].slots);
	}
	if (instance->tracefs) {
		tracefs_instance_destroy(instance->tracefs);
		tracefs_instance_free(instance->tracefs);
	}
	event_catalog_free(&instance->catalog);
	free(instance->cpus);
	free(instance->polls);
	free(instance);
}

/* --- use ------------------------------------------------------------------- */

/* Begin to record. Returns 0, or -1 with errno set. */
int instance_start(struct instance *instance)
{
	return tracefs_instance_file_write(instance->tracefs, "tracing_on",
					   "1") < 0 ? -1 : 0;
}

/* Stop recording; what is in the buffers can still be read. */
int instance_stop(struct instance *instance)
{
	return tracefs_instance_file_write(instance->tracefs, "tracing_on",
					   "0") < 0 ? -1 : 0;
}

static bool is_of_module(const struct event_def *def)
{
	return def->kind == EVENT_PROCIRQ_READ;
}

/* Does the kernel have the event in the instance, and is it not recorded? */
static bool is_off(struct instance *instance, const struct event_def *def)
{
	char path[160], *text;
	bool off;

	snprintf(path, sizeof(path), "events/%s/%s/enable", def->system, def->name);
	text = tracefs_instance_file_read(instance->tracefs, path, NULL);
	off = text && text[0] == '0';
	free(text);
	return off;
}

/**
 * instance_renew - record also the events of a module that was loaded since
 * @instance: recording or not
 *
 * Changes the catalogue: not while an engine runs. A module that was unloaded
 * and loaded again has new events, which nobody turned on.
 * Returns how many events were turned on.
 */
int instance_renew(struct instance *instance)
{
	int renewed = 0;

	for (size_t i = 0; i < event_n_defs; i++) {
		const struct event_def *def = &event_defs[i];
		char *text;

		if (!is_of_module(def) || !is_off(instance, def))
			continue;
		text = tracefs_event_file_read(NULL, def->system, def->name,
					       "format", NULL);
		if (text && event_catalog_add(&instance->catalog, def->system, text) > 0 &&
		    !event_write(instance, def, "enable", "1"))
			renewed++;
		free(text);
	}
	return renewed;
}

/**
 * instance_wait - until a buffer is filling up
 * @instance: recording
 * @timeout_ms: at most
 * @wake_fd: also until this is readable; -1: nothing
 *
 * Returns 0, or -1 with errno set.
 */
int instance_wait(struct instance *instance, int timeout_ms, int wake_fd)
{
	struct pollfd *wake = &instance->polls[instance->n_cpus];

	*wake = (struct pollfd){ wake_fd, POLLIN, 0 };
	if (poll(instance->polls, instance->n_cpus + 1, timeout_ms) < 0 &&
	    errno != EINTR)
		return -1;
	return 0;
}

static ssize_t instance_page(void *ctx, unsigned int cpu, const uint8_t **page)
{
	struct instance *instance = ctx;
	struct cpu_pages *pages = &instance->cpus[cpu];
	uint8_t *slot;
	ssize_t n;

	if (pages->fd < 0)
		return 0;
	slot = pages->slots + pages->n_read % pages->n_slots *
				      instance->subbuf_bytes;
	n = read(pages->fd, slot, instance->subbuf_bytes);
	if (n <= 0)
		return n < 0 && errno != EAGAIN && errno != EINTR ? -1 : 0;
	pages->n_read++;
	*page = slot;
	return n;
}

/* Its pages, for an engine; valid as long as the instance. */
struct page_source instance_pages(struct instance *instance)
{
	return (struct page_source){ instance_page, instance };
}

/**
 * instance_settled_ns - until when the buffers are complete
 *
 * Whatever is read after this call holds every event up to the returned time.
 */
uint64_t instance_settled_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec -
	       SETTLE_NS;
}

/* What one event costs the traced side, ns; 0: could not be measured. */
uint64_t instance_event_cost_ns(const struct instance *instance)
{
	return instance->event_cost_ns;
}

const struct event_catalog *instance_catalog(const struct instance *instance)
{
	return &instance->catalog;
}

const struct subbuf_layout *instance_layout(const struct instance *instance)
{
	return &instance->layout;
}

unsigned int instance_n_cpus(const struct instance *instance)
{
	return instance->n_cpus;
}

size_t instance_subbuf_bytes(const struct instance *instance)
{
	return instance->subbuf_bytes;
}

/* Path of the instance's folder; belongs to the instance. */
const char *instance_dir(const struct instance *instance)
{
	return tracefs_instance_get_dir(instance->tracefs);
}

/* How many of the sub-buffers read last are still there. */
size_t instance_kept(const struct instance *instance, unsigned int cpu)
{
	const struct cpu_pages *pages = &instance->cpus[cpu];

	return pages->n_read < pages->n_slots ? (size_t)pages->n_read :
						pages->n_slots;
}

/* The @i th of those, oldest first; instance_subbuf_bytes() long. */
const uint8_t *instance_kept_page(const struct instance *instance,
				  unsigned int cpu, size_t i)
{
	const struct cpu_pages *pages = &instance->cpus[cpu];
	uint64_t first = pages->n_read - instance_kept(instance, cpu);

	return pages->slots + (first + i) % pages->n_slots *
				      instance->subbuf_bytes;
}
