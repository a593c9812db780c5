// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Figures of the tracing engine, a JSON object in each row. CPU time of this thread,
 * the best of ROUNDS. The events are those of two tasks that wake each other, except
 * for the merge, whose events are generated.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <tracefs.h>
#include <unistd.h>

#include "tests/owntrace.h"
#include "tests/tracegen.h"
#include "tracing/engine.h"
#include "tracing/instance.h"
#include "tracing/stats.h"

#define ROUNDS	  5
#define SWITCHES  150000
#define BUFFER_KB (48 * 1024)

#define COMMAND "make bench BENCH=trace"

static double cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void figure(const char *name, double value, const char *unit, double goal, bool at_most)
{
	bool ok = at_most ? value <= goal : value >= goal;

	printf("{\"name\":\"%s\",\"value\":%.3g,\"unit\":\"%s\",\"goal\":\"%s %g\","
	       "\"ok\":%s,\"command\":\"" COMMAND "\"}\n",
	       name, value, unit, at_most ? "<=" : ">=", goal, ok ? "true" : "false");
	fflush(stdout);
}

static void die(const char *what)
{
	fprintf(stderr, "bench trace: %s\n", what);
	exit(1);
}

/* --- events ---------------------------------------------------------------- */

struct pong {
	int in;
	int out;
};

static void *pong(void *arg)
{
	const struct pong *p = arg;
	char c;

	for (int i = 0; i < SWITCHES; i++) {
		if (read(p->in, &c, 1) != 1 || write(p->out, &c, 1) != 1)
			die("ping-pong failed");
	}
	return NULL;
}

/* sched and raw_syscalls events of two tasks that wake each other. */
static void make_events(struct instance *instance)
{
	int a[2], b[2];
	struct pong p;
	pthread_t thread;
	char c = 0;

	if (pipe(a) || pipe(b))
		die("no pipes");
	p = (struct pong){ a[0], b[1] };
	instance_start(instance);
	pthread_create(&thread, NULL, pong, &p);
	for (int i = 0; i < SWITCHES; i++) {
		if (write(a[1], &c, 1) != 1 || read(b[0], &c, 1) != 1)
			die("ping-pong failed");
	}
	pthread_join(thread, NULL);
	instance_stop(instance);
	close(a[0]), close(a[1]), close(b[0]), close(b[1]);
}

static struct instance *open_instance(uint32_t subbuf_kb, bool user)
{
	struct instance_config config = {
		.user = user,
		.vectors = true,
		.buffer_kb = BUFFER_KB,
		.subbuf_kb = subbuf_kb,
	};
	struct why why;
	struct instance *instance = instance_new(&config, &why);

	if (!instance)
		die(why.text);
	return instance;
}

/* --- drain ----------------------------------------------------------------- */

/* Reads of an event what rtla reads: its number, its task and one field. */
static uint64_t drain(struct instance *instance, uint64_t *sum)
{
	struct page_reader reader = instance_reader(instance);
	const struct event_catalog *catalog = instance_catalog(instance);
	uint64_t n = 0, missed, acc = 0;
	const uint8_t *page;
	ssize_t bytes;

	for (unsigned int cpu = 0; cpu < instance_n_cpus(instance); cpu++) {
		while ((bytes = reader.read(reader.ctx, cpu, &page)) > 0) {
			struct subbuf_cursor first, c;
			struct trace_record r;

			subbuf_open(&first, instance_layout(instance), page, (size_t)bytes,
				    &missed);
			c = first;
			while (subbuf_next(&c, &r) > 0) {
				const struct event_type *type = event_type(catalog, &r);

				n++;
				acc += r.ts + subbuf_u32(r.data + 4, false);
				if (type && r.len >= type->min_len)
					acc += subbuf_u32(r.data + type->value[0].offset, false);
			}
		}
	}
	*sum += acc;
	return n;
}

static double measure_drain(uint32_t subbuf_kb)
{
	struct instance *instance = open_instance(subbuf_kb, false);
	double best = 1e9;
	uint64_t sum = 0;

	for (int round = 0; round < ROUNDS; round++) {
		double start, ns;
		uint64_t n;

		make_events(instance);
		start = cpu_ns();
		n = drain(instance, &sum);
		ns = (cpu_ns() - start) / (double)n;
		fprintf(stderr, "  drain %u KiB: %" PRIu64 " events, %.2f ns\n", subbuf_kb, n, ns);
		best = ns < best ? ns : best;
	}
	if (subbuf_kb * 1024 != instance_subbuf_bytes(instance))
		best = -1;
	instance_free(instance);
	return sum ? best : -1;
}

/* --- compared with libtracefs ---------------------------------------------- */

struct theirs {
	struct tep_event *event;
	uint64_t n;
	uint64_t sum;
};

static int their_event(struct tep_event *event, struct tep_record *record, int cpu, void *ctx)
{
	struct theirs *t = ctx;
	unsigned long long pid = 0;

	(void)cpu;
	tep_get_common_field_val(NULL, event, "common_pid", record, &pid, 0);
	t->n++;
	t->sum += pid + record->ts;
	return 0;
}

static void measure_libtracefs(void)
{
	static const char *const systems[] = { "irq", "sched", "raw_syscalls", "irq_vectors",
					       NULL };
	struct instance *instance = open_instance(4, false);
	const char *name = strrchr(own_instance(), '/') + 1;
	struct tracefs_instance *same = tracefs_instance_alloc(NULL, name);
	struct tep_handle *tep = tracefs_local_events_system(NULL, systems);
	double ours = 1e9, theirs = 1e9;
	uint64_t sum = 0;

	if (!same || !tep)
		die("libtracefs does not read the formats");
	for (int round = 0; round < 3; round++) {
		struct theirs t = { 0 };
		double start, ns;

		make_events(instance);
		start = cpu_ns();
		tracefs_iterate_raw_events(tep, same, NULL, 0, their_event, &t);
		ns = (cpu_ns() - start) / (double)t.n;
		theirs = ns < theirs ? ns : theirs;
		make_events(instance);
		start = cpu_ns();
		ns = (double)drain(instance, &sum);
		ns = (cpu_ns() - start) / ns;
		ours = ns < ours ? ns : ours;
	}
	fprintf(stderr, "  libtracefs %.1f ns, ours %.1f ns an event, 4 KiB\n", theirs, ours);
	figure("drain_vs_libtracefs", theirs / ours, "ratio", 5, false);
	tep_free(tep);
	tracefs_instance_free(same);
	instance_free(instance);
}

/* --- decode and chain ------------------------------------------------------ */

struct saved {
	uint8_t **pages;
	size_t n;
	size_t n_alloc;
	size_t next;
};

struct recording {
	struct saved *cpus;
	size_t page_bytes;
};

static void save_page(struct saved *s, const uint8_t *page, size_t bytes)
{
	if (s->n == s->n_alloc) {
		s->n_alloc = s->n_alloc ? 2 * s->n_alloc : 64;
		s->pages = realloc(s->pages, s->n_alloc * sizeof(*s->pages));
	}
	if (!s->pages || !(s->pages[s->n] = malloc(bytes)))
		die("out of memory");
	memcpy(s->pages[s->n++], page, bytes);
}

static ssize_t saved_page(void *ctx, unsigned int cpu, const uint8_t **page)
{
	struct recording *rec = ctx;
	struct saved *s = &rec->cpus[cpu];

	if (s->next == s->n)
		return 0;
	*page = s->pages[s->next++];
	return (ssize_t)rec->page_bytes;
}

static double chain_round(struct instance *instance, struct recording *rec)
{
	const struct stats_filter everything = { 0 };
	struct engine_counts counts;
	struct engine_config config = {
		.n_cpus = instance_n_cpus(instance),
		.layout = *instance_layout(instance),
		.catalog = instance_catalog(instance),
		.reader = { saved_page, rec },
	};
	struct engine *engine;
	struct stats stats;
	double start, ns;

	for (unsigned int cpu = 0; cpu < config.n_cpus; cpu++)
		rec->cpus[cpu].next = 0;
	if (stats_init(&stats, config.catalog, &everything))
		die("out of memory");
	config.sink = stats_sink(&stats);
	engine = engine_new(&config);
	if (!engine)
		die("out of memory");
	start = cpu_ns();
	engine_run(engine, UINT64_MAX);
	ns = cpu_ns() - start;
	engine_counts(engine, &counts);
	ns /= (double)counts.events;
	fprintf(stderr, "  chain: %" PRIu64 " events, %.2f ns\n", counts.events, ns);
	engine_free(engine);
	stats_free(&stats);
	return ns;
}

static void measure_chain(void)
{
	struct instance *instance = open_instance(64, true);
	struct page_reader reader = instance_reader(instance);
	struct recording rec = { .page_bytes = instance_subbuf_bytes(instance) };
	double best = 1e9;
	const uint8_t *page;
	ssize_t bytes;

	rec.cpus = calloc(instance_n_cpus(instance), sizeof(*rec.cpus));
	make_events(instance);
	for (unsigned int cpu = 0; cpu < instance_n_cpus(instance); cpu++) {
		while ((bytes = reader.read(reader.ctx, cpu, &page)) > 0)
			save_page(&rec.cpus[cpu], page, (size_t)bytes);
	}
	for (int round = 0; round < ROUNDS; round++) {
		double ns = chain_round(instance, &rec);

		best = ns < best ? ns : best;
	}
	figure("chain_ns", best, "ns", 40, true);
	for (unsigned int cpu = 0; cpu < instance_n_cpus(instance); cpu++) {
		for (size_t i = 0; i < rec.cpus[cpu].n; i++)
			free(rec.cpus[cpu].pages[i]);
		free(rec.cpus[cpu].pages);
	}
	free(rec.cpus);
	instance_free(instance);
}

/* --- poll of empty buffers ------------------------------------------------- */

static void no_record(void *ctx, unsigned int cpu, const struct trace_record *r)
{
	uint64_t *sum = ctx;

	*sum += r->ts + cpu;
}

static void no_loss(void *ctx, unsigned int cpu, uint64_t ts, uint64_t lost, bool begin)
{
	(void)ctx, (void)cpu, (void)ts, (void)lost, (void)begin;
}

static void measure_empty_poll(void)
{
	struct instance *instance = open_instance(64, false);
	struct page_reader reader = instance_reader(instance);
	struct merge *merge = merge_new(instance_n_cpus(instance), instance_layout(instance),
					instance_catalog(instance), &reader);
	uint64_t sum = 0;
	const struct merge_sink sink = { no_record, no_loss, &sum };
	const int polls = 2000;
	double best = 1e9;

	for (int round = 0; round < ROUNDS; round++) {
		double start = cpu_ns(), us;

		for (int i = 0; i < polls; i++) {
			instance_wait(instance, 0, -1);
			merge_run(merge, instance_settled_ns(), &sink);
		}
		us = (cpu_ns() - start) / polls / 1000;
		best = us < best ? us : best;
	}
	figure("empty_poll_us", best, "us", 20, true);
	merge_free(merge);
	instance_free(instance);
}

/* --- merge ----------------------------------------------------------------- */

static void *no_seen(void *ctx, const struct event *e)
{
	(void)ctx, (void)e;
	return NULL;
}

static void no_handler(void *ctx, void *row, uint64_t ns)
{
	(void)ctx, (void)row, (void)ns;
}

static void no_sample(void *ctx, const struct chain_sample *sample)
{
	(void)ctx, (void)sample;
}

static void no_outcome(void *ctx, void *row, enum chain_outcome outcome)
{
	(void)ctx, (void)row, (void)outcome;
}

/* An event of a random kind, on a random CPU: the worst there is to merge. */
static void random_event(struct gen *g, unsigned int *seed, uint64_t ts)
{
	unsigned int cpu = (unsigned int)rand_r(seed) % g->n_cpus;
	int32_t pid = 100 + rand_r(seed) % 50;

	gen_context(g, cpu, pid, 0);
	switch (rand_r(seed) % 4) {
	case 0:
		gen_wake(g, cpu, ts, GEN_WAKING, pid, "dd", 0);
		break;
	case 1:
		gen_wake(g, cpu, ts, GEN_WAKEUP, pid, "dd", 0);
		break;
	case 2:
		gen_switch(g, cpu, ts, pid, 1, pid + 1);
		break;
	case 3:
		gen_long(g, cpu, ts, GEN_SYS_EXIT, 3);
		break;
	}
}

/* Merging alone, and the whole engine. */
static void measure_merge(unsigned int n_cpus, double *alone, double *engine_ns)
{
	const size_t n_events = 1000000;
	struct engine_config config = {
		.n_cpus = n_cpus,
		.layout = subbuf_native,
		.sink = { no_seen, no_handler, no_sample, no_outcome, NULL },
	};
	struct event_catalog catalog;
	unsigned int seed = 1;
	uint64_t ts = 1000, sum = 0;
	const struct merge_sink sink = { no_record, no_loss, &sum };
	struct gen g;

	gen_catalog(&catalog);
	gen_init(&g, n_cpus, 4096);
	for (size_t i = 0; i < n_events; i++)
		random_event(&g, &seed, ts += 1 + (uint64_t)rand_r(&seed) % 100);
	config.catalog = &catalog;
	config.reader = gen_reader(&g);
	*alone = *engine_ns = 1e9;
	for (int round = 0; round < ROUNDS; round++) {
		struct merge *merge = merge_new(n_cpus, &subbuf_native, &catalog, &config.reader);
		struct engine *engine = engine_new(&config);
		double start, ns;

		gen_rewind(&g);
		start = cpu_ns();
		merge_run(merge, UINT64_MAX, &sink);
		ns = (cpu_ns() - start) / (double)n_events;
		*alone = ns < *alone ? ns : *alone;
		gen_rewind(&g);
		start = cpu_ns();
		engine_run(engine, UINT64_MAX);
		ns = (cpu_ns() - start) / (double)n_events;
		*engine_ns = ns < *engine_ns ? ns : *engine_ns;
		merge_free(merge);
		engine_free(engine);
	}
	gen_free(&g);
	event_catalog_free(&catalog);
	fprintf(stderr, "  %u CPUs: merge %.2f ns, engine %.2f ns an event\n", n_cpus, *alone,
		*engine_ns);
}

int main(void)
{
	double two, many, two_engine, many_engine, ns;

	measure_merge(2, &two, &two_engine);
	measure_merge(256, &many, &many_engine);
	/* The whole engine, as irqlat trace uses it, and the merge in it. */
	figure("merge_256_vs_2", many_engine / two_engine, "ratio", 2, true);
	figure("merge_alone_256_vs_2", many / two, "ratio", 2, true);
	if (geteuid() || access("/sys/kernel/tracing/instances", W_OK)) {
		fprintf(stderr,
			"bench trace: no tracefs to write to: only the merge was measured\n");
		return 0;
	}
	ns = measure_drain(4);
	if (ns > 0)
		figure("drain_ns.4k", ns, "ns", 15, true);
	ns = measure_drain(64);
	if (ns > 0)
		figure("drain_ns.64k", ns, "ns", 6, true);
	measure_chain();
	measure_libtracefs();
	measure_empty_poll();
	return 0;
}
