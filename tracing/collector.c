// SPDX-License-Identifier: GPL-2.0-or-later
#include "collector.h"

#ifdef COLLECTOR_OBJECT

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "collect_read.h"
#include "vectors.h"

#define BTF_FILE      "/sys/kernel/btf/vmlinux"
#define LOCKDOWN_FILE "/sys/kernel/security/lockdown"

/* The BPF programs, part of this program. */
__asm__(".pushsection .rodata\n"
	".balign 8\n"
	".global collector_object\ncollector_object:\n"
	".incbin \"" COLLECTOR_OBJECT "\"\n"
	".global collector_object_end\ncollector_object_end:\n"
	".popsection\n");
extern const char collector_object[], collector_object_end[];

enum collector_map {
	MAP_CPUS,
	MAP_GLOBS,
	MAP_ROWS,
	MAP_HISTS,
	MAP_GROUPS,
	MAP_ROOTS,
	MAP_TASKS,
	MAP_TASK_SLOTS,
	MAP_WORKS,
	MAP_WORK_SLOTS,
	MAP_TOTALS,
	MAPS,
};

static const struct {
	const char *name;
	size_t bytes;
} maps[MAPS] = {
	[MAP_CPUS] = { "cpus", sizeof(struct collect_cpu) },
	[MAP_GLOBS] = { "globs", sizeof(struct collect_glob) },
	[MAP_ROWS] = { "rows", sizeof(struct collect_row) },
	[MAP_HISTS] = { "hists", sizeof(struct collect_hist) },
	[MAP_GROUPS] = { "groups", sizeof(struct collect_group) },
	[MAP_ROOTS] = { "roots", sizeof(struct collect_root) },
	[MAP_TASKS] = { "tasks", sizeof(struct collect_tasks) },
	[MAP_TASK_SLOTS] = { "task_slots", sizeof(struct collect_task) },
	[MAP_WORKS] = { "works", sizeof(struct collect_works) },
	[MAP_WORK_SLOTS] = { "work_slots", sizeof(struct collect_path) },
	[MAP_TOTALS] = { "totals", sizeof(struct collect_totals) },
};

/*
 * The order of attaching; that of detaching is the reverse. An interrupt is followed from
 * the entry of its handler, so that comes last: what follows it is watched by then.
 */
static const char *const programs[] = {
	"sched_switch",
	"sched_wakeup",
	"sched_waking",
	"workqueue_execute_end",
	"workqueue_execute_start",
	"workqueue_queue_work",
	"sched_kthread_work_execute_end",
	"sched_kthread_work_execute_start",
	"sched_kthread_work_queue_work",
	"softirq_exit",
	"softirq_entry",
	"softirq_raise",
	"irq_handler_exit",
};
#define LAST_PROGRAM "irq_handler_entry"

#define VECTOR_NAME(name) #name,
static const char *const vectors[N_VECTORS] = { VECTORS(VECTOR_NAME)[VECTOR_ipi] = "ipi" };

#define N(array)    (sizeof(array) / sizeof((array)[0]))
#define LINKS_MAX   (N(programs) + 1 + 2 * N(vectors))
#define GROUPS_MAX  65536 /* 64 MiB */
#define BUCKETS_MAX 65536

/**
 * struct collector - see collector.h
 * @links: @n_links of them, in the order of attaching
 * @sizes: entries of each map
 * @mapped: each map, or NULL
 */
struct collector {
	struct bpf_object *object;
	struct bpf_link *links[LINKS_MAX];
	size_t n_links;
	bool stopped;
	uint32_t sizes[MAPS];
	void *mapped[MAPS];
};

/* --- set-up ---------------------------------------------------------------- */

static int no_print(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

static uint32_t power_of_two(uint32_t least)
{
	uint32_t n = 1;

	while (n < least && n < BUCKETS_MAX)
		n *= 2;
	return n;
}

static void set_sizes(struct collector *c, uint32_t n_cpus)
{
	uint32_t groups = 2048 + 512 * n_cpus, tasks = power_of_two(128 * n_cpus);
	uint32_t works = power_of_two(256 * n_cpus);

	c->sizes[MAP_CPUS] = n_cpus;
	c->sizes[MAP_GLOBS] = n_cpus;
	c->sizes[MAP_ROWS] = n_cpus * COLLECT_ROWS;
	c->sizes[MAP_HISTS] = 512 + 128 * n_cpus;
	c->sizes[MAP_GROUPS] = groups < GROUPS_MAX ? groups : GROUPS_MAX;
	c->sizes[MAP_ROOTS] = n_cpus * COLLECT_ROOTS;
	c->sizes[MAP_TASKS] = tasks;
	c->sizes[MAP_TASK_SLOTS] = tasks * COLLECT_WAYS;
	c->sizes[MAP_WORKS] = works;
	c->sizes[MAP_WORK_SLOTS] = works * COLLECT_WAYS;
	c->sizes[MAP_TOTALS] = 1;
}

/* The kernel knows '*' and '?', and names of a limited length. */
static int set_list(struct collect_list *list, const char *option, const char *const *from,
		    size_t n, struct why *why)
{
	for (size_t i = 0; i < n; i++) {
		const char *text = from[i];

		if (*text == '!') {
			list->except |= 1u << i;
			text++;
		}
		if (strpbrk(text, "[\\"))
			return why_set(
				why,
				"%s: \"%s\": the collector in the kernel knows * and ? only; record events instead",
				option, from[i]);
		if (strlen(text) >= COLLECT_NAME_BYTES)
			return why_set(why, "%s: \"%s\" is longer than any name", option, from[i]);
		strcpy(list->pattern[i], text);
	}
	list->n = (uint32_t)n;
	return 0;
}

static int set_config(struct collector *c, const struct collector_config *want, struct why *why)
{
	const struct stats_filter *f = want->filter;
	struct bpf_map *rodata = bpf_object__find_map_by_name(c->object, ".rodata");
	struct collect_config config = {
		.n_cpus = c->sizes[MAP_CPUS],
		.n_hists = c->sizes[MAP_HISTS],
		.n_groups = c->sizes[MAP_GROUPS],
		.task_mask = c->sizes[MAP_TASKS] - 1,
		.work_mask = c->sizes[MAP_WORKS] - 1,
		.own_pid = f->own_pid,
		.n_irqs = (uint32_t)f->n_irqs,
		.n_pids = (uint32_t)f->n_pids,
		.no_vectors = !want->vectors,
	};

	memcpy(config.irqs, f->irqs, sizeof(config.irqs));
	memcpy(config.pids, f->pids, sizeof(config.pids));
	for (size_t i = 0; i < N(vectors); i++)
		config.vectors |= (uint32_t)stats_name_is_wanted(f, vectors[i]) << i;
	if (set_list(&config.names, "--name", f->names, f->n_names, why) ||
	    set_list(&config.comms, "--comm", f->comms, f->n_comms, why))
		return -1;
	/* It is all that they have there. */
	if (!rodata || bpf_map__set_initial_value(rodata, &config, sizeof(config)))
		return why_set(why, "the BPF programs are not those of this program");
	return 0;
}

/* Load a program only if this kernel has the tracepoint. */
static int choose(struct collector *c, const struct btf *btf, const char *name)
{
	struct bpf_program *program = bpf_object__find_program_by_name(c->object, name);
	char type[96];

	snprintf(type, sizeof(type), "btf_trace_%s", name);
	return !program ||
	       bpf_program__set_autoload(program,
					 btf__find_by_name_kind(btf, type, BTF_KIND_TYPEDEF) > 0);
}

static int choose_programs(struct collector *c, const struct btf *btf)
{
	char name[64];
	int err = 0;

	for (size_t i = 0; i < N(programs); i++) {
		if (strstr(programs[i], "kthread"))
			err |= choose(c, btf, programs[i]);
	}
	for (size_t i = 0; i < 2 * N(vectors); i++) {
		snprintf(name, sizeof(name), "%s_%s", vectors[i / 2], i % 2 ? "exit" : "entry");
		err |= choose(c, btf, name);
	}
	return err;
}

static bool is_locked_down(void)
{
	char text[128] = "";
	FILE *f = fopen(LOCKDOWN_FILE, "re");

	if (!f)
		return false;
	if (!fgets(text, sizeof(text), f))
		text[0] = '\0';
	fclose(f);
	return strstr(text, "[confidentiality]");
}

static int say_refused(struct why *why, const char *what, int reason)
{
	if (reason == EPERM && is_locked_down())
		return why_set(
			why,
			"the kernel is locked down (confidentiality): BPF programs may not read it");
	if (reason == EPERM)
		return why_set(
			why,
			"they need CAP_BPF and CAP_PERFMON, which root has outside of containers");
	return why_set(why, "the kernel refuses to %s BPF programs: %s", what, strerror(reason));
}

static int load(struct collector *c, const struct collector_config *want, struct why *why)
{
	struct btf *btf = btf__parse_raw(BTF_FILE);
	int cpus = libbpf_num_possible_cpus(), err;

	if (!btf)
		return why_set(
			why,
			"BPF programs need %s, which the kernel has with CONFIG_DEBUG_INFO_BTF: %s",
			BTF_FILE, strerror(errno));
	c->object = bpf_object__open_mem(collector_object,
					 (size_t)(collector_object_end - collector_object), NULL);
	if (!c->object || cpus < 1) {
		btf__free(btf);
		return why_set(why, "cannot open the BPF programs: %s", strerror(errno));
	}
	set_sizes(c, (uint32_t)cpus);
	err = choose_programs(c, btf);
	btf__free(btf);
	for (int i = 0; i < MAPS && !err; i++) {
		struct bpf_map *map = bpf_object__find_map_by_name(c->object, maps[i].name);

		err = !map || bpf_map__value_size(map) != maps[i].bytes ||
		      bpf_map__set_max_entries(map, c->sizes[i]);
	}
	if (err)
		return why_set(why, "the BPF programs are not those of this program");
	if (set_config(c, want, why))
		return -1;
	err = bpf_object__load(c->object);
	return err ? say_refused(why, "load", -err) : 0;
}

/* An entry has the size of a multiple of eight. */
static size_t map_bytes(const struct collector *c, int map)
{
	return (maps[map].bytes + 7) / 8 * 8 * c->sizes[map];
}

static int open_maps(struct collector *c, const struct stats_filter *f, struct why *why)
{
	for (int i = 0; i < MAPS; i++) {
		int fd = bpf_object__find_map_fd_by_name(c->object, maps[i].name);
		int protection = i == MAP_CPUS ? PROT_READ | PROT_WRITE : PROT_READ;
		void *at = mmap(NULL, map_bytes(c, i), protection, MAP_SHARED, fd, 0);

		if (at == MAP_FAILED)
			return why_set(why, "cannot map what the BPF programs count: %s",
				       strerror(errno));
		c->mapped[i] = at;
	}
	for (uint32_t cpu = 0; cpu < c->sizes[MAP_CPUS]; cpu++) {
		struct collect_cpu *state = c->mapped[MAP_CPUS];

		state[cpu].running_pid = -1;
		state[cpu].unwanted = f->cpus && (cpu >= f->n_cpus || !f->cpus[cpu]);
	}
	return 0;
}

/**
 * collector_new - load the BPF programs; nothing is counted yet
 * @config: copied
 * @why: filled when they cannot be had: what is missing
 *
 * Returns NULL then.
 */
struct collector *collector_new(const struct collector_config *config, struct why *why)
{
	struct collector *c = calloc(1, sizeof(*c));

	if (!c) {
		why_set(why, "out of memory");
		return NULL;
	}
	libbpf_set_print(no_print);
	if (load(c, config, why) || open_maps(c, config->filter, why)) {
		collector_free(c);
		return NULL;
	}
	return c;
}

/* Removes the programs. NULL is fine. */
void collector_free(struct collector *c)
{
	if (!c)
		return;
	collector_stop(c);
	for (int i = 0; i < MAPS; i++) {
		if (c->mapped[i])
			munmap(c->mapped[i], map_bytes(c, i));
	}
	bpf_object__close(c->object);
	free(c);
}

/* --- use ------------------------------------------------------------------- */

static int attach(struct collector *c, const char *name, struct why *why)
{
	struct bpf_program *program = bpf_object__find_program_by_name(c->object, name);
	struct bpf_link *link;

	if (!program || !bpf_program__autoload(program))
		return 0;
	link = bpf_program__attach(program);
	if (!link)
		return say_refused(why, "attach", errno);
	c->links[c->n_links++] = link;
	return 0;
}

/**
 * collector_start - count from now on
 * @c: loaded
 * @why: filled when that cannot be
 *
 * Returns 0, or -1.
 */
int collector_start(struct collector *c, struct why *why)
{
	char name[64];

	for (size_t i = 0; i < N(programs); i++) {
		if (attach(c, programs[i], why))
			return -1;
	}
	for (size_t i = 0; i < 2 * N(vectors); i++) {
		snprintf(name, sizeof(name), "%s_%s", vectors[i % N(vectors)],
			 i < N(vectors) ? "exit" : "entry");
		if (attach(c, name, why))
			return -1;
	}
	return attach(c, LAST_PROGRAM, why);
}

/* Stop counting, for good. What was counted can still be read. */
void collector_stop(struct collector *c)
{
	while (c->n_links)
		bpf_link__destroy(c->links[--c->n_links]);
	c->stopped = true;
}

static uint64_t nested(const struct collector *c)
{
	struct bpf_program *program;
	uint64_t n = 0;

	bpf_object__for_each_program(program, c->object)
	{
		struct bpf_prog_info info = { 0 };
		uint32_t len = sizeof(info);

		if (bpf_program__fd(program) >= 0 &&
		    !bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &len))
			n += info.recursion_misses;
	}
	return n;
}

/**
 * collector_read - all that was counted since the start
 * @c: counting, or stopped: then every interrupt has its outcome
 * @stats: initialised and empty; filled
 * @counts: overwritten
 *
 * Returns 0, or -1 when memory runs out.
 */
int collector_read(struct collector *c, struct stats *stats, struct collector_counts *counts)
{
	const struct collect_view view = {
		.n_cpus = c->sizes[MAP_CPUS],
		.n_hists = c->sizes[MAP_HISTS],
		.n_groups = c->sizes[MAP_GROUPS],
		.rows = c->mapped[MAP_ROWS],
		.roots = c->mapped[MAP_ROOTS],
		.hists = c->mapped[MAP_HISTS],
		.groups = c->mapped[MAP_GROUPS],
		.totals = c->mapped[MAP_TOTALS],
	};

	memcpy(counts->lost, view.totals->lost, sizeof(counts->lost));
	counts->nested = nested(c);
	return collect_read(&view, c->stopped, stats);
}

#else /* COLLECTOR_OBJECT */

struct collector *collector_new(const struct collector_config *config, struct why *why)
{
	(void)config;
	why_set(why, "this irqlat was built without clang or libbpf, so it has no BPF programs");
	return NULL;
}

/* No collector is ever made. */
void collector_free(struct collector *c)
{
	(void)c;
}

int collector_start(struct collector *c, struct why *why)
{
	(void)c;
	(void)why;
	return -1;
}

void collector_stop(struct collector *c)
{
	(void)c;
}

int collector_read(struct collector *c, struct stats *stats, struct collector_counts *counts)
{
	(void)c;
	(void)stats;
	(void)counts;
	return -1;
}

#endif /* COLLECTOR_OBJECT */
