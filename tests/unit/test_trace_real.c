// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The comparison of test_trace_oracle, on buffers that the running kernel recorded:
 * both sizes of sub-buffers, with events lost in between, and read while they are
 * recorded. The kernel must count as many events read. Runs as root, on a machine or
 * in a guest. TAP, with reasons for what is skipped.
 */
#include "oracle.h"

#include <pthread.h>
#include <sys/sysinfo.h>

#include "tests/owntrace.h"
#include "tracing/instance.h"

#define CPUS_MAX 256
#define KEPT_MAX 20000

/*
 * Tests end after a number of events, not after some time: in an emulator each event
 * takes long. While events are recorded, sub-buffers are read this often, and this many
 * of them are filled.
 */
#define ROUNDS_SAVED 1500
#define ROUNDS_LOSS  2000
#define HANDED_OUT   200
#define FILLED	     16

/**
 * struct saved - a recording
 * @pages: of each CPU, @n_pages of them
 * @page_bytes: of one
 */
struct saved {
	uint8_t *pages[CPUS_MAX];
	size_t n_pages[CPUS_MAX];
	unsigned int n_cpus;
	size_t page_bytes;
	struct subbuf_layout layout;
};

static struct instance *instance;

/* Ends the program: the rest would mean nothing. Removes the instance. */
static void failed(const char *what, int line)
{
	printf("not ok - line %d: %s\n", line, what);
	/* Another thread may still be at work: no destructors. */
	fflush(stdout);
	instance_free(instance);
	_exit(1);
}

#define require(what)                            \
	do {                                     \
		if (!(what))                     \
			failed(#what, __LINE__); \
	} while (0)

struct saved_reader {
	const struct saved *saved;
	size_t next[CPUS_MAX];
};

/* --- events ------------------------------------------------------------------ */

struct ends {
	int in;
	int out;
};

static void *answer(void *arg)
{
	const struct ends *e = arg;
	char c;

	while (read(e->in, &c, 1) == 1) {
		if (write(e->out, &c, 1) != 1)
			abort();
	}
	return NULL;
}

/*
 * Of @n rounds, or until @enough is set where there is one: then in bursts that the
 * reader can follow, however late it gets the CPU.
 */
static void make_events(int n, const bool *enough)
{
	int a[2], b[2];
	struct ends e;
	pthread_t thread;
	char c = 0;

	if (pipe(a) || pipe(b))
		abort();
	e = (struct ends){ a[0], b[1] };
	require(instance_start(instance) == 0);
	pthread_create(&thread, NULL, answer, &e);
	for (int i = 0; enough ? !__atomic_load_n(enough, __ATOMIC_ACQUIRE) : i < n; i++) {
		if (write(a[1], &c, 1) != 1 || read(b[0], &c, 1) != 1)
			abort();
		if (enough && i % 50 == 49)
			usleep(500);
	}
	close(a[1]);
	pthread_join(thread, NULL);
	require(instance_stop(instance) == 0);
	close(a[0]), close(b[0]), close(b[1]);
}

/* --- recording --------------------------------------------------------------- */

static void save_page(struct saved *saved, unsigned int cpu, const uint8_t *page)
{
	size_t n = saved->n_pages[cpu]++, size = saved->page_bytes;

	require(n < KEPT_MAX);
	saved->pages[cpu] = realloc(saved->pages[cpu], (n + 1) * size);
	require(saved->pages[cpu]);
	memcpy(saved->pages[cpu] + n * size, page, size);
}

static void save_some(struct saved *saved, size_t max)
{
	struct page_reader reader = instance_reader(instance);
	const uint8_t *page;
	ssize_t bytes;

	for (unsigned int cpu = 0; cpu < saved->n_cpus; cpu++) {
		for (size_t i = 0; i < max; i++) {
			bytes = reader.read(reader.ctx, cpu, &page);
			require(bytes >= 0);
			if (!bytes)
				break;
			require((size_t)bytes == saved->page_bytes);
			save_page(saved, cpu, page);
		}
	}
}

static ssize_t saved_page(void *ctx, unsigned int cpu, const uint8_t **page)
{
	struct saved_reader *s = ctx;
	size_t i = s->next[cpu];

	if (i == s->saved->n_pages[cpu])
		return 0;
	s->next[cpu]++;
	*page = s->saved->pages[cpu] + i * s->saved->page_bytes;
	return (ssize_t)s->saved->page_bytes;
}

/* The kernel has counted as many events that were read, and has none left. */
static void compare_with_kernel(const struct list *ours, unsigned int n_cpus)
{
	for (unsigned int cpu = 0; cpu < n_cpus; cpu++) {
		unsigned long n = 0, entries = 1, read = 0;
		char path[300], line[128];
		FILE *in;

		for (size_t i = 0; i < ours->n; i++)
			n += ours->at[i].cpu == cpu;
		snprintf(path, sizeof(path), "%s/per_cpu/cpu%u/stats", own_instance(), cpu);
		in = fopen(path, "re");
		if (!in)
			continue;
		while (fgets(line, sizeof(line), in)) {
			sscanf(line, "entries: %lu", &entries);
			sscanf(line, "read events: %lu", &read);
		}
		fclose(in);
		require(entries == 0);
		require(read == n);
	}
}

/* --- comparison -------------------------------------------------------------- */

/* Of events of one time only the order within a CPU is defined. */
static int by_cpu(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;

	if (x->cpu != y->cpu)
		return x->cpu < y->cpu ? -1 : 1;
	return x->ts < y->ts ? -1 : x->ts > y->ts;
}

static void ask_oracle(const struct saved *saved, char *const *formats, struct list *theirs)
{
	struct faketrace fake;

	fake_begin(&fake, saved->n_cpus, saved->page_bytes);
	for (size_t i = 0; i < event_n_defs; i++) {
		if (formats[i])
			fake_event(&fake, event_defs[i].system, event_defs[i].name, formats[i]);
	}
	for (unsigned int cpu = 0; cpu < saved->n_cpus; cpu++)
		fake_pages(&fake, cpu, saved->pages[cpu] ? saved->pages[cpu] : (const uint8_t *)"",
			   saved->n_pages[cpu] * saved->page_bytes);
	fake_end(&fake);
	tracefs_iterate_raw_events(fake.tep, fake.instance, NULL, 0, oracle_event, theirs);
	fake_close(&fake);
}

static void compare_saved(const struct saved *saved, const struct event_catalog *catalog,
			  char *const *formats, bool with_loss)
{
	struct list theirs = { 0 }, ours = { 0 };
	const struct merge_sink sink = { our_record, our_loss, &ours };
	struct saved_reader at = { .saved = saved };
	struct page_reader reader = { saved_page, &at };
	struct merge *m = merge_new(saved->n_cpus, &saved->layout, catalog, &reader);

	require(merge_run(m, UINT64_MAX, &sink) == 0);
	require(merge_counts(m)->corrupt == 0);
	require(merge_counts(m)->backwards == 0);
	require(merge_counts(m)->other == 0);
	ask_oracle(saved, formats, &theirs);
	require(ours.n > 1000);
	require(ours.n == theirs.n);
	qsort(ours.at, ours.n, sizeof(*ours.at), by_cpu);
	qsort(theirs.at, theirs.n, sizeof(*theirs.at), by_cpu);
	for (size_t i = 0; i < ours.n; i++)
		require(!memcmp(&ours.at[i], &theirs.at[i], sizeof(ours.at[i])));
	require(ours.losses == theirs.losses);
	require(ours.lost == theirs.lost);
	/* Others' events may fill a larger buffer, too, when the machine is busy. */
	require(!with_loss || ours.losses);
	compare_with_kernel(&ours, saved->n_cpus);
	merge_free(m);
	free(ours.at);
	free(theirs.at);
}

static void *make_in_background(void *enough)
{
	make_events(0, enough);
	return NULL;
}

/* How many sub-buffers were read so far; @bytes: of events in them. */
static size_t handed_out(const struct saved *saved, size_t *bytes)
{
	size_t n = 0;

	*bytes = 0;
	for (unsigned int cpu = 0; cpu < saved->n_cpus; cpu++) {
		n += saved->n_pages[cpu];
		for (size_t i = 0; i < saved->n_pages[cpu]; i++) {
			struct subbuf_cursor c;
			uint64_t missed;

			require(!subbuf_open(&c, &saved->layout,
					     saved->pages[cpu] + i * saved->page_bytes,
					     saved->page_bytes, &missed));
			*bytes += (size_t)(c.end - c.p);
		}
	}
	return n;
}

static void save_while_recorded(struct saved *saved)
{
	size_t n, bytes;
	pthread_t thread;
	bool enough = false;

	pthread_create(&thread, NULL, make_in_background, &enough);
	do {
		usleep(500);
		/* Not until there are no more: a sub-buffer with one event is one. */
		save_some(saved, 16);
		n = handed_out(saved, &bytes);
	} while (n < KEPT_MAX / 2 && (n < HANDED_OUT || bytes < FILLED * saved->page_bytes));
	__atomic_store_n(&enough, true, __ATOMIC_RELEASE);
	pthread_join(thread, NULL);
}

enum how { AFTERWARDS, WITH_LOSSES, WHILE_RECORDED, HOWS };

/* Returns what the machine lacks for this, or NULL when it was done. */
static const char *compare_real(uint32_t subbuf_kb, enum how how)
{
	/* System calls of a busy machine's other tasks would fill the buffers. */
	const int32_t own = getpid();
	struct instance_config config = {
		.user = true,
		.pids = &own,
		.n_pids = 1,
		.vectors = true,
		.works = true,
		.buffer_kb = how == WITH_LOSSES ? 256 : 16384,
		.subbuf_kb = subbuf_kb,
	};
	static struct why why;
	struct saved saved = { 0 };
	char **formats;

	instance = instance_new(&config, &why);
	if (!instance)
		return why.text;
	if (instance_subbuf_bytes(instance) != subbuf_kb * 1024)
		return "this kernel has one size of sub-buffers";
	saved.n_cpus = instance_n_cpus(instance);
	require(saved.n_cpus <= CPUS_MAX);
	saved.page_bytes = instance_subbuf_bytes(instance);
	saved.layout = *instance_layout(instance);
	formats = calloc(event_n_defs, sizeof(*formats));
	for (size_t i = 0; i < event_n_defs; i++)
		formats[i] = tracefs_event_file_read(NULL, event_defs[i].system, event_defs[i].name,
						     "format", NULL);
	for (int round = 0; how == WITH_LOSSES && round < 3; round++) {
		make_events(ROUNDS_LOSS, NULL);
		save_some(&saved, subbuf_kb == 4 ? 20 : 2);
	}
	if (how == WHILE_RECORDED)
		save_while_recorded(&saved);
	else
		make_events(how == WITH_LOSSES ? ROUNDS_LOSS : ROUNDS_SAVED, NULL);
	save_some(&saved, KEPT_MAX);
	compare_saved(&saved, instance_catalog(instance), formats, how == WITH_LOSSES);
	for (size_t i = 0; i < event_n_defs; i++)
		free(formats[i]);
	free(formats);
	for (unsigned int cpu = 0; cpu < saved.n_cpus; cpu++)
		free(saved.pages[cpu]);
	return NULL;
}

int main(void)
{
	static const char *const hows[HOWS] = {
		[AFTERWARDS] = "",
		[WITH_LOSSES] = ", with losses",
		[WHILE_RECORDED] = ", while they are recorded",
	};
	unsigned int n = 0;

	fake_cpus = get_nprocs_conf();
	for (unsigned int i = 0; i < 2 * HOWS; i++) {
		unsigned int kb = i / HOWS ? 64 : 4;
		const char *lacks =
			geteuid() ? "needs root" : compare_real(kb, (enum how)(i % HOWS));

		printf("ok %u - sub-buffers of %u KiB%s%s%s\n", ++n, kb, hows[i % HOWS],
		       lacks ? " # SKIP " : "", lacks ? lacks : "");
		instance_free(instance);
		instance = NULL;
	}
	printf("1..%u\n", n);
	return 0;
}
