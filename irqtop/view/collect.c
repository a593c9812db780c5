// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/clock.h"
#include "collect.h"

/* Handler threads are listed again after this time: some start after their interrupt. */
#define THREADS_LIST_NS UINT64_C(10000000000)

static ssize_t file_read(int at, const char *path, char *buf, size_t size)
{
	int fd = openat(at, path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = read(fd, buf, size - 1);
	close(fd);
	buf[n > 0 ? n : 0] = '\0';
	return n;
}

/* The time for which a thread ran; false: it is gone. */
static bool thread_runtime(int root, uint32_t pid, uint64_t *runtime_ns)
{
	char path[64], text[64];
	unsigned long long ns;

	snprintf(path, sizeof(path), "proc/%u/schedstat", pid);
	if (file_read(root, path, text, sizeof(text)) <= 0 || sscanf(text, "%llu", &ns) != 1)
		return false;
	*runtime_ns = ns;
	return true;
}

static int thread_add(struct collect *collect, int32_t irq, uint32_t pid)
{
	struct collect_thread *thread;

	if (array_reserve(&collect->thread, &collect->thread_room, collect->nthreads + 1,
			  sizeof(*thread)))
		return -ENOMEM;
	thread = &collect->thread[collect->nthreads++];
	memset(thread, 0, sizeof(*thread));
	thread->irq = irq;
	thread->pid = pid;
	return 0;
}

/* Adds the thread if its name is "irq/NN-name" or "irq/NN-s-name". */
static int thread_consider(struct collect *collect, uint32_t pid)
{
	char path[64], comm[64];
	unsigned int irq;

	snprintf(path, sizeof(path), "proc/%u/comm", pid);
	if (file_read(collect->root, path, comm, sizeof(comm)) <= 0 ||
	    sscanf(comm, "irq/%u-", &irq) != 1)
		return 0;
	return thread_add(collect, (int32_t)irq, pid);
}

static int thread_order(const void *a, const void *b)
{
	const struct collect_thread *x = a, *y = b;

	return (x->irq > y->irq) - (x->irq < y->irq);
}

/* Index of the first thread of an interrupt, or of the place where it would be. */
static uint32_t thread_find(const struct collect *collect, int32_t irq)
{
	uint32_t low = 0, high = collect->nthreads, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (collect->thread[mid].irq < irq)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Lists the handler threads, sorted by interrupt. Kernel threads are children of PID 2. */
static void threads_list(struct collect *collect)
{
	struct collect_thread *old = collect->thread;
	uint32_t nold = collect->nthreads, i, j, pid;
	char *text = NULL, *p;
	size_t size = 0;
	FILE *file;
	int fd;

	fd = openat(collect->root, "proc/2/task/2/children", O_RDONLY | O_CLOEXEC);
	file = fd < 0 ? NULL : fdopen(fd, "r");
	if (!file) {
		if (fd >= 0)
			close(fd);
		return;
	}
	collect->thread = NULL;
	collect->nthreads = 0;
	collect->thread_room = 0;
	if (getline(&text, &size, file) > 0)
		for (p = text; (pid = (uint32_t)strtoul(p, &p, 10));)
			if (thread_consider(collect, pid))
				break;
	for (i = 0; i < collect->nthreads; i++)
		for (j = 0; j < nold; j++)
			if (old[j].pid == collect->thread[i].pid)
				collect->thread[i] = old[j];
	if (collect->nthreads)
		qsort(collect->thread, collect->nthreads, sizeof(*collect->thread), thread_order);
	free(old);
	free(text);
	fclose(file);
}

/* Each thread has its own time: on a busy machine they are read far apart. */
static void threads_measure(struct collect *collect)
{
	struct collect_thread *thread;
	uint64_t runtime_ns, now;
	uint32_t i;

	for (i = 0; i < collect->nthreads; i++) {
		thread = &collect->thread[i];
		thread->counted = false;
		if (!thread_runtime(collect->root, thread->pid, &runtime_ns)) {
			thread->read_ns = 0;
			continue;
		}
		now = clock_ns();
		if (thread->read_ns && now > thread->read_ns && runtime_ns >= thread->runtime_ns) {
			thread->counted = true;
			thread->cpu = (double)(runtime_ns - thread->runtime_ns) /
				      (double)(now - thread->read_ns);
		}
		thread->runtime_ns = runtime_ns;
		thread->read_ns = now;
	}
}

static void threads_hand_out(const struct collect *collect, struct tracks *tracks)
{
	uint32_t i, r;

	for (r = 0; r < tracks->nrows; r++) {
		struct track *track = tracks_of_row(tracks, r);

		track->has_thread = false;
		track->thread_cpu = 0;
		track->thread_ns = 0;
		if (track->irq < 0)
			continue;
		for (i = thread_find(collect, track->irq);
		     i < collect->nthreads && collect->thread[i].irq == track->irq; i++) {
			track->thread_ns += collect->thread[i].runtime_ns;
			if (!collect->thread[i].counted)
				continue;
			track->has_thread = true;
			track->thread_cpu += collect->thread[i].cpu;
		}
	}
}

static void threads_update(struct collect *collect, struct monitor *monitor, uint64_t shape)
{
	uint64_t now = clock_ns();

	if (!collect->threads_known || collect->threads_shape != shape ||
	    now - collect->threads_listed_ns > THREADS_LIST_NS) {
		threads_list(collect);
		collect->threads_known = true;
		collect->threads_shape = shape;
		collect->threads_listed_ns = now;
	}
	threads_measure(collect);
	threads_hand_out(collect, &monitor->tracks[TABLE_INTERRUPTS]);
}

static void devices_update(struct collect *collect, struct monitor *monitor, uint64_t shape)
{
	struct tracks *tracks = &monitor->tracks[TABLE_INTERRUPTS];
	uint32_t r;

	if (collect->devices_known && collect->devices_shape == shape)
		return;
	irqtable_devices_read(&collect->devices, collect->root);
	collect->devices_known = true;
	collect->devices_shape = shape;
	for (r = 0; r < tracks->nrows; r++) {
		struct track *track = tracks_of_row(tracks, r);

		track->matched_serial = 0; /* a filter sees devices */
		track->device = track->irq < 0 ? NULL :
						 irqtable_devices_find(&collect->devices,
								       (uint32_t)track->irq);
	}
}

void collect_sample(struct collect *collect, struct monitor *monitor, unsigned int needs)
{
	uint64_t shape = monitor_sample(monitor)->table[TABLE_INTERRUPTS].rows_shape;

	if (collect->root < 0)
		return;
	if (needs & NEED_DEVICES)
		devices_update(collect, monitor, shape);
	/* A copied tree has no threads to measure. */
	if (needs & NEED_THREADS && monitor->sampler->live)
		threads_update(collect, monitor, shape);
}

static int cpus_reserve(struct collect_cpus *cpus)
{
	if (!cpus->facts)
		cpus->facts = calloc(CPUS_MAX, sizeof(*cpus->facts));
	if (!cpus->allowed)
		cpus->allowed = calloc(CPUS_MAX, sizeof(*cpus->allowed));
	return cpus->facts && cpus->allowed ? 0 : -ENOMEM;
}

/* How many interrupts may go to each CPU: a file for each interrupt. */
static void allowed_count(struct collect *collect, const struct irqtable *table)
{
	struct collect_cpus *cpus = &collect->cpus;
	struct irqtable_facts facts;
	uint32_t r, c;

	memset(cpus->allowed, 0, CPUS_MAX * sizeof(*cpus->allowed));
	cpus->have_allowed = false;
	for (r = 0; r < table->nrows; r++) {
		if (table->row[r].irq < 0 ||
		    irqtable_facts_read(&facts, collect->root, (uint32_t)table->row[r].irq,
					IRQTABLE_HAVE_AFFINITY))
			continue;
		cpus->have_allowed = true;
		for (c = 0; c < table->ncpus; c++)
			if (cpu_mask_has(&facts.affinity, table->cpu[c]))
				cpus->allowed[table->cpu[c]]++;
	}
}

static void cpus_seldom(struct collect *collect, const struct irqtable *table, unsigned int needs)
{
	struct collect_cpus *cpus = &collect->cpus;
	uint64_t now = clock_ns();

	if (cpus->known && cpus->shape == table->rows_shape &&
	    now - cpus->listed_ns < THREADS_LIST_NS)
		return;
	irqtable_isolated_read(&cpus->isolated, collect->root);
	irqtable_nohz_read(&cpus->nohz_full, collect->root);
	if (needs & NEED_ALLOWED)
		allowed_count(collect, table);
	cpus->known = true;
	cpus->shape = table->rows_shape;
	cpus->listed_ns = now;
}

int collect_cpus(struct collect *collect, struct monitor *monitor, unsigned int needs)
{
	const struct irqtable *table = sample_cpus(monitor_sample(monitor));
	struct bycpu *by_cpu = &monitor->by_cpu;
	struct collect_cpus *cpus = &collect->cpus;
	uint32_t r;

	if (collect->root < 0 || !by_cpu->on)
		return 0;
	if (cpus_reserve(cpus))
		return -ENOMEM;
	memset(cpus->facts, 0, CPUS_MAX * sizeof(*cpus->facts));
	cpus_seldom(collect, table, needs);
	irqtable_softnet_read(cpus->facts, CPUS_MAX, table, collect->root, &cpus->buffer);
	irqtable_vectors_read(cpus->facts, CPUS_MAX, collect->root, &cpus->buffer);
	for (r = 0; r < by_cpu->table.nrows; r++) {
		struct bycpu_row *row = &by_cpu->row[r];

		if (row->cpu >= CPUS_MAX)
			continue;
		row->facts = cpus->facts[row->cpu];
		row->isolated = cpu_mask_has(&cpus->isolated, row->cpu);
		row->nohz_full = cpu_mask_has(&cpus->nohz_full, row->cpu);
		if (cpus->have_allowed)
			row->allowed = cpus->allowed[row->cpu];
	}
	return 0;
}

/* IRQTABLE_HAVE_* to read. Trigger and node do not change: they are read once. */
static unsigned int facts_wanted(const struct track_facts *known, unsigned int needs)
{
	unsigned int want = 0;

	if (!known->known)
		want |= IRQTABLE_HAVE_TYPE | IRQTABLE_HAVE_NODE;
	if (needs & NEED_AFFINITY)
		want |= IRQTABLE_HAVE_AFFINITY;
	if (needs & NEED_EFFECTIVE)
		want |= IRQTABLE_HAVE_EFFECTIVE;
	if (needs & NEED_SPURIOUS)
		want |= IRQTABLE_HAVE_SPURIOUS;
	return want;
}

static void facts_set(struct track_facts *out, const struct irqtable_facts *facts)
{
	if (!out->known) {
		out->node = facts->node;
		memcpy(out->type, facts->type, sizeof(out->type));
		out->known = true;
	}
	out->have_spurious = facts->have & IRQTABLE_HAVE_SPURIOUS;
	out->spurious = facts->spurious_unhandled;
	track_list_set(&out->affinity,
		       facts->have & IRQTABLE_HAVE_AFFINITY ? &facts->affinity : NULL);
	track_list_set(&out->effective,
		       facts->have & IRQTABLE_HAVE_EFFECTIVE ? &facts->effective : NULL);
}

/* Whether all CPUs that it goes to are on other nodes than its device. */
static bool is_off_node(const struct collect *collect, const struct track *track)
{
	const struct track_list *list =
		track->facts.effective.len ? &track->facts.effective : &track->facts.affinity;
	const struct axis *axis = collect->axis;
	struct cpu_mask cpus;
	bool off = false;
	uint32_t cpu;

	if (!track->device || track->device->node < 0 || !axis || !list->len ||
	    cpu_mask_parse(&cpus, track_list_text(list), list->len))
		return false;
	for (cpu = 0; cpu < axis->cpu_end; cpu++) {
		if (!cpu_mask_has(&cpus, cpu) || axis->group_of[cpu] == IRQTABLE_NONE)
			continue;
		if (axis->place[cpu].node < 0 || axis->place[cpu].node == track->device->node)
			return false;
		off = true;
	}
	return off;
}

void collect_rows(struct collect *collect, struct view *view, uint32_t first, uint32_t count,
		  unsigned int needs)
{
	struct irqtable_facts facts;
	unsigned int want;
	uint32_t i;

	if (collect->root < 0 || !(needs & NEED_FACTS))
		return;
	for (i = first; i < first + count && i < view->nrows; i++) {
		const struct view_row *row = &view->row[i];
		struct track_facts *out = &row->track->facts;

		if (row->table != TABLE_INTERRUPTS || row->data->irq < 0)
			continue;
		want = facts_wanted(out, needs);
		if (!want)
			continue;
		irqtable_facts_read(&facts, collect->root, (uint32_t)row->data->irq, want);
		facts_set(out, &facts);
		row->track->off_node = is_off_node(collect, row->track);
	}
}

/* Takes the text lines of one interrupt: "irq=24 pid=123 flags=0 due=...". */
static void readers_read(struct detail *detail, int root, uint32_t irq)
{
	int fd = openat(root, "proc/procirq/readers", O_RDONLY | O_CLOEXEC);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	unsigned int number;
	char text[256];
	int skip = 0;

	detail->nreaders = 0;
	if (!file) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while (detail->nreaders < DETAIL_READERS && fgets(text, sizeof(text), file)) {
		text[strcspn(text, "\n")] = '\0';
		if (sscanf(text, "irq=%u %n", &number, &skip) == 1 && number == irq)
			snprintf(detail->reader[detail->nreaders++], sizeof(detail->reader[0]),
				 "%s", text + skip);
	}
	fclose(file);
}

void detail_read(struct detail *detail, int root, uint32_t irq)
{
	detail->known =
		root >= 0 && !irqtable_facts_read(&detail->facts, root, irq, IRQTABLE_HAVE_ALL);
	detail->nreaders = 0;
	if (root >= 0)
		readers_read(detail, root, irq);
}

void collect_free(struct collect *collect)
{
	irqtable_devices_free(&collect->devices);
	free(collect->thread);
	free(collect->cpus.facts);
	free(collect->cpus.allowed);
	irqtable_buffer_free(&collect->cpus.buffer);
	memset(collect, 0, sizeof(*collect));
	collect->root = -1;
}
