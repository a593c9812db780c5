// SPDX-License-Identifier: GPL-2.0-or-later
#include "instance.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <tracefs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/cpus.h"
#include "base/sysfile.h"
#include "cost.h"
#include "private.h"

/*
 * An event gets its time before it is committed. An event that is younger than this
 * may not be in the buffer yet.
 */
#define SETTLE_NS 1000000ull

/*
 * Several small sub-buffers are read at a time: a system call for each 4 KiB would cost
 * more than the events in them. A batch fits into the first-level cache.
 */
#define BATCH_BYTES 32768
#define BATCH_MAX   8

/**
 * struct instance_cpu - one CPU's buffer
 *
 * A CPU that has never been online since the instance was made has no buffer: its file
 * can be opened, but read() fails and poll() returns at once. It gets its buffer when
 * it comes online, and keeps it when it goes.
 *
 * @fd: trace_pipe_raw; -1: not open
 * @slots: ring of the sub-buffers read last, @n_slots of them in one block
 * @n_read: sub-buffers read so far; the next goes to slot @n_read % @n_slots
 * @n_given: of those, how many the reader has got
 */
struct instance_cpu {
	int fd;
	uint8_t *slots;
	size_t n_slots;
	uint64_t n_read;
	uint64_t n_given;
};

/**
 * struct instance - the instance
 * @tracefs: of @own
 * @own_pid: this thread, as the trace has it
 * @polls: of each CPU its file while it has a buffer, and one more
 */
struct instance {
	struct private_instance own;
	struct tracefs_instance *tracefs;
	int32_t own_pid;
	struct event_catalog catalog;
	struct subbuf_layout layout;
	size_t subbuf_bytes;
	unsigned int n_cpus;
	struct instance_cpu *cpus;
	struct pollfd *polls;
	uint64_t event_cost_ns;
};

/* --- set-up ---------------------------------------------------------------- */

static bool is_wanted(const struct instance_config *config, const struct event_def *def)
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

/* System calls of this process are not what is to be measured. */
static void pid_filter(const struct instance *instance, const struct instance_config *config,
		       char filter[INSTANCE_FILTER_BYTES])
{
	size_t used = 0;

	if (!config->n_pids) {
		snprintf(filter, INSTANCE_FILTER_BYTES, "common_pid != %d", instance->own_pid);
		return;
	}
	for (size_t i = 0; i < config->n_pids && used < INSTANCE_FILTER_BYTES - 40; i++)
		used += (size_t)snprintf(filter + used, INSTANCE_FILTER_BYTES - used,
					 "%scommon_pid == %d", i ? " || " : "", config->pids[i]);
}

static int event_write(struct instance *instance, const struct event_def *def, const char *file,
		       const char *text)
{
	char path[160];

	snprintf(path, sizeof(path), "events/%s/%s/%s", def->system, def->name, file);
	return tracefs_instance_file_write(instance->tracefs, path, text) < 0 ? -1 : 0;
}

static int enable_event(struct instance *instance, const struct instance_config *config,
			const struct event_def *def)
{
	char filter[INSTANCE_FILTER_BYTES];

	/* Recorded by the trigger of sched_switch, see below. */
	if (def->kind == EVENT_STACK)
		return 0;
	if (def->kind == EVENT_SYS_ENTER || def->kind == EVENT_SYS_EXIT) {
		pid_filter(instance, config, filter);
		if (event_write(instance, def, "filter", filter))
			return -1;
	}
	if (def->kind == EVENT_SWITCH && config->stacks &&
	    event_write(instance, def, "trigger", "stacktrace"))
		return -1;
	return event_write(instance, def, "enable", "1");
}

/* Whether the file that was not read is one that this kernel does not have. */
static bool is_absent(void)
{
	return !errno || sysfile_is_absent(errno);
}

static int set_up_events(struct instance *instance, const struct instance_config *config,
			 struct why *why)
{
	for (size_t i = 0; i < event_n_defs; i++) {
		const struct event_def *def = &event_defs[i];
		char *text;
		int bound;

		if (!is_wanted(config, def))
			continue;
		errno = 0;
		text = tracefs_event_file_read(NULL, def->system, def->name, "format", NULL);
		if (!text && is_absent())
			continue;
		bound = text ? event_catalog_add(&instance->catalog, def->system, text) : -1;
		free(text);
		if (bound < 0 && errno != EINVAL)
			return why_set(why, "%s:%s: its format cannot be read: %s", def->system,
				       def->name, strerror(errno));
		if (bound > 0 && enable_event(instance, config, def))
			return why_set(why, "%s:%s: cannot enable this event: %s", def->system,
				       def->name, strerror(errno));
	}
	if (!event_catalog_has(&instance->catalog, EVENT_IRQ_ENTRY) ||
	    !event_catalog_has(&instance->catalog, EVENT_WAKING))
		return why_set(
			why,
			"this kernel has no irq and sched events in tracefs; it was built without CONFIG_FTRACE or locked down");
	return 0;
}

static int write_number(struct instance *instance, const char *file, uint32_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%u", number);
	return tracefs_instance_file_write(instance->tracefs, file, text) < 0 ? -1 : 0;
}

/* The size of a sub-buffer; a kernel that does not say it has pages. 0 with errno: unknown. */
static size_t read_subbuf_bytes(struct instance *instance)
{
	long long kb;

	errno = 0;
	if (!tracefs_instance_file_read_number(instance->tracefs, "buffer_subbuf_size_kb", &kb))
		return (size_t)kb * 1024;
	return is_absent() ? (size_t)sysconf(_SC_PAGESIZE) : 0;
}

static int set_up_buffer(struct instance *instance, const struct instance_config *config,
			 struct why *why)
{
	char *text;
	int bad;

	if (tracefs_instance_file_write(instance->tracefs, "tracing_on", "0") < 0 ||
	    tracefs_instance_file_write(instance->tracefs, "trace_clock", "mono") < 0)
		return why_set(why, "cannot set the trace clock \"mono\": %s", strerror(errno));
	/* Since Linux 6.8; before, a sub-buffer is a page. */
	if (config->subbuf_kb)
		write_number(instance, "buffer_subbuf_size_kb", config->subbuf_kb);
	instance->subbuf_bytes = read_subbuf_bytes(instance);
	if (!instance->subbuf_bytes)
		return why_set(why, "cannot get the size of the trace buffer's pages: %s",
			       strerror(errno));
	if (config->buffer_kb && write_number(instance, "buffer_size_kb", config->buffer_kb))
		return why_set(why,
			       "cannot get %u KiB of trace buffer for each CPU: %s; ask for less",
			       config->buffer_kb, strerror(errno));
	write_number(instance, "buffer_percent", 25);
	text = tracefs_instance_file_read(NULL, "events/header_page", NULL);
	if (!text)
		return why_set(why, "events/header_page: %s", strerror(errno));
	bad = subbuf_layout_parse(&instance->layout, text, subbuf_native.big_endian);
	free(text);
	return bad ? why_set(why, "events/header_page: not a layout this program knows") : 0;
}

/* The PID in front of " [CPU] ... : tracing_mark_write: MARK", a row of a trace. */
static int32_t pid_of_row(const char *row, const char *mark)
{
	int32_t pid = -1, found;
	int n;

	/* The name before the PID may have any characters. */
	for (const char *p = row; (p = memchr(p, '-', (size_t)(mark - p))); p++) {
		n = 0;
		if (sscanf(p, "-%" SCNd32 " [%*d]%n", &found, &n) == 1 && n)
			pid = found;
	}
	return pid;
}

/*
 * The trace has the PIDs of the initial PID namespace, and a process of another one
 * cannot ask for its own. So it writes a mark into the trace and reads who did.
 */
static int32_t find_own_pid(struct instance *instance)
{
	static const char text[] = "own PID?", after[] = ": tracing_mark_write: own PID?";
	char *trace = NULL, *mark, *row;
	int32_t pid = -1;

	if (!instance_start(instance) &&
	    tracefs_instance_file_write(instance->tracefs, "trace_marker", text) >= 0)
		trace = tracefs_instance_file_read(instance->tracefs, "trace", NULL);
	instance_stop(instance);
	mark = trace ? strstr(trace, after) : NULL;
	if (mark) {
		for (row = mark; row > trace && row[-1] != '\n'; row--)
			;
		pid = pid_of_row(row, mark);
	}
	free(trace);
	tracefs_instance_file_write(instance->tracefs, "trace", "");
	return pid >= 0 ? pid : getpid();
}

/*
 * What one event costs the traced task: the time of a system call whose exit is
 * recorded, less that of one without. Includes the slow path of traced system calls.
 */
static void measure_cost(struct instance *instance)
{
	const struct event_def *def = event_defs;
	uint64_t with, without;

	while (def->kind != EVENT_SYS_EXIT)
		def++;
	without = cost_call_ns();
	if (event_write(instance, def, "enable", "1") || instance_start(instance))
		return;
	with = cost_call_ns();
	instance_stop(instance);
	event_write(instance, def, "enable", "0");
	tracefs_instance_file_write(instance->tracefs, "trace", "");
	instance->event_cost_ns = with > without ? with - without : 0;
}

/* Sub-buffers in a batch. */
static size_t batch_of(const struct instance *instance)
{
	size_t n = BATCH_BYTES / instance->subbuf_bytes;

	return n < 1 ? 1 : n > BATCH_MAX ? BATCH_MAX : n;
}

static int open_cpu(struct instance *instance, unsigned int cpu, size_t keep_bytes)
{
	struct instance_cpu *pages = &instance->cpus[cpu];
	char path[64];

	pages->n_slots = batch_of(instance) +
			 (keep_bytes + instance->subbuf_bytes - 1) / instance->subbuf_bytes;
	pages->slots = malloc(pages->n_slots * instance->subbuf_bytes);
	if (!pages->slots)
		return -1;
	snprintf(path, sizeof(path), "per_cpu/cpu%u/trace_pipe_raw", cpu);
	pages->fd = tracefs_instance_file_open(instance->tracefs, path,
					       O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	instance->polls[cpu] = (struct pollfd){ .fd = pages->fd, .events = POLLIN };
	return pages->fd >= 0 || errno == ENOENT ? 0 : -1;
}

/*
 * The greatest number of a CPU that may ever be there, plus one: more than there are
 * CPUs when numbers are left out.
 */
static unsigned int possible_cpus(void)
{
	char text[CPU_MASK_BYTES];
	struct cpu_mask mask;
	unsigned int n = CPUS_MAX;
	int len = sysfile_read("", "/sys/devices/system/cpu/possible", text, sizeof(text));
	long count = sysconf(_SC_NPROCESSORS_CONF);

	if (len > 0 && !cpu_mask_parse(&mask, text, (size_t)len)) {
		while (n && !cpu_mask_has(&mask, n - 1))
			n--;
		if (n)
			return n;
	}
	return count > 0 ? (unsigned int)count : 1;
}

static int open_buffers(struct instance *instance, const struct instance_config *config,
			struct why *why)
{
	instance->n_cpus = possible_cpus();
	instance->cpus = calloc(instance->n_cpus, sizeof(*instance->cpus));
	instance->polls = calloc(instance->n_cpus + 1, sizeof(*instance->polls));
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
	return why_set(why, "cannot open the trace buffers: %s", strerror(errno));
}

/**
 * instance_new - make an instance that records nothing yet
 * @config: what to record
 * @why: says what went wrong and what to do
 *
 * Returns NULL on errors; instance_free() removes the instance.
 */
struct instance *instance_new(const struct instance_config *config, struct why *why)
{
	struct instance *instance = calloc(1, sizeof(*instance));

	if (!instance) {
		why_set(why, "%s", strerror(errno));
		return NULL;
	}
	if (private_create(&instance->own, why))
		goto fail;
	instance->tracefs = instance->own.tracefs;
	if (event_catalog_init(&instance->catalog, false)) {
		why_set(why, "%s", strerror(errno));
		goto fail;
	}
	if (set_up_buffer(instance, config, why))
		goto fail;
	instance->own_pid = find_own_pid(instance);
	measure_cost(instance);
	if (set_up_events(instance, config, why) || open_buffers(instance, config, why))
		goto fail;
	return instance;
fail:
	instance_free(instance);
	return NULL;
}

/* Remove the instance from the kernel. NULL is fine. */
void instance_free(struct instance *instance)
{
	if (!instance)
		return;
	for (unsigned int cpu = 0; instance->cpus && cpu < instance->n_cpus; cpu++) {
		if (instance->cpus[cpu].fd >= 0)
			close(instance->cpus[cpu].fd);
		free(instance->cpus[cpu].slots);
	}
	private_destroy(&instance->own);
	event_catalog_free(&instance->catalog);
	free(instance->cpus);
	free(instance->polls);
	free(instance);
}

/* --- use ------------------------------------------------------------------- */

/* Begin to record. Returns 0, or -1 with errno set. */
int instance_start(struct instance *instance)
{
	return tracefs_instance_file_write(instance->tracefs, "tracing_on", "1") < 0 ? -1 : 0;
}

/* Stop recording; what is in the buffers can still be read. */
int instance_stop(struct instance *instance)
{
	return tracefs_instance_file_write(instance->tracefs, "tracing_on", "0") < 0 ? -1 : 0;
}

static bool is_of_module(const struct event_def *def)
{
	return def->kind == EVENT_PROCIRQ_READ;
}

/* Whether the kernel has the event and the instance does not record it. */
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
 * instance_renew - record the events of a module that was loaded in the meantime
 * @instance: recording or not
 *
 * Changes the catalog, so no engine may run. A module that was unloaded and loaded
 * again has new events, which are not recorded yet. Returns how many events are
 * recorded from now on that were not before.
 */
int instance_renew(struct instance *instance)
{
	int renewed = 0;

	for (size_t i = 0; i < event_n_defs; i++) {
		const struct event_def *def = &event_defs[i];
		char *text;

		if (!is_of_module(def) || !is_off(instance, def))
			continue;
		text = tracefs_event_file_read(NULL, def->system, def->name, "format", NULL);
		if (text && event_catalog_add(&instance->catalog, def->system, text) > 0 &&
		    !event_write(instance, def, "enable", "1"))
			renewed++;
		free(text);
	}
	return renewed;
}

/**
 * instance_wait - wait until a buffer fills up
 * @instance: recording
 * @timeout_ms: at most
 * @wake_fd: also until this descriptor is readable; -1: none
 *
 * Returns 0, or -1 with errno set.
 */
int instance_wait(struct instance *instance, int timeout_ms, int wake_fd)
{
	struct pollfd *wake = &instance->polls[instance->n_cpus];

	*wake = (struct pollfd){ .fd = wake_fd, .events = POLLIN };
	if (poll(instance->polls, instance->n_cpus + 1, timeout_ms) < 0 && errno != EINTR)
		return -1;
	return 0;
}

static uint8_t *slot_of(const struct instance *instance, const struct instance_cpu *pages,
			uint64_t n)
{
	return pages->slots + n % pages->n_slots * instance->subbuf_bytes;
}

/* Returns 0, or -1 with errno set. Waits for the CPU only while it has a buffer. */
static int read_batch(const struct instance *instance, unsigned int cpu)
{
	struct instance_cpu *pages = &instance->cpus[cpu];
	size_t batch = batch_of(instance), bytes = instance->subbuf_bytes;
	struct iovec at[BATCH_MAX];
	ssize_t n;

	for (size_t i = 0; i < batch; i++)
		at[i] = (struct iovec){ slot_of(instance, pages, pages->n_read + i), bytes };
	n = readv(pages->fd, at, (int)batch);
	if (n < 0 && errno == ENODEV) {
		instance->polls[cpu].fd = -1;
		return 0;
	}
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	instance->polls[cpu].fd = pages->fd;
	/* A sub-buffer is read as a whole, however few events it has. */
	pages->n_read += (size_t)n / bytes;
	return 0;
}

static ssize_t instance_page(void *ctx, unsigned int cpu, const uint8_t **page)
{
	struct instance *instance = ctx;
	struct instance_cpu *pages = &instance->cpus[cpu];

	if (pages->fd < 0)
		return 0;
	if (pages->n_given == pages->n_read && read_batch(instance, cpu))
		return -1;
	if (pages->n_given == pages->n_read)
		return 0;
	*page = slot_of(instance, pages, pages->n_given++);
	return (ssize_t)instance->subbuf_bytes;
}

/* Reads the sub-buffers; valid as long as the instance. */
struct page_reader instance_reader(struct instance *instance)
{
	return (struct page_reader){ .read = instance_page, .ctx = instance };
}

/**
 * instance_settled_ns - the time up to which the buffers are complete
 *
 * What is read after this call has every event up to the returned time.
 */
uint64_t instance_settled_ns(void)
{
	return clock_ns() - SETTLE_NS;
}

/*
 * The PID of the thread that made the instance, as it is in the trace: another one than
 * its own in a PID namespace.
 */
int32_t instance_own_pid(const struct instance *instance)
{
	return instance->own_pid;
}

/* What one event costs the traced task, ns; 0: could not be measured. */
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

/* How many of the sub-buffers read last are kept. */
size_t instance_kept(const struct instance *instance, unsigned int cpu)
{
	const struct instance_cpu *pages = &instance->cpus[cpu];

	return pages->n_read < pages->n_slots ? (size_t)pages->n_read : pages->n_slots;
}

/* The @i th sub-buffer that is kept, oldest first; instance_subbuf_bytes() long. */
const uint8_t *instance_kept_page(const struct instance *instance, unsigned int cpu, size_t i)
{
	const struct instance_cpu *pages = &instance->cpus[cpu];
	uint64_t first = pages->n_read - instance_kept(instance, cpu);

	return pages->slots + (first + i) % pages->n_slots * instance->subbuf_bytes;
}
