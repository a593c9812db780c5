// SPDX-License-Identifier: GPL-2.0-or-later
/* Samples from /proc, of the running system or below --root. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "source.h"

/* CPUs that come or go tear a table; the next try sees them settled. */
#define READ_TRIES 5

struct proc_source {
	struct source source;
	struct irqtable_buffer buffer;
	int file; /* source_text_open() only */
};

static int table_read(struct proc_source *proc, const char *path, struct irqtable *table)
{
	int fd, err, tries = READ_TRIES;

	do {
		fd = openat(proc->source.root, path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return -errno;
		err = irqtable_read(table, fd, &proc->buffer);
		close(fd);
	} while (err == -EAGAIN && --tries);
	/* A copied file stays torn: show what it has. */
	return err == -EAGAIN ? 0 : err;
}

static void stat_read(struct proc_source *proc, struct sample *sample)
{
	int fd = openat(proc->source.root, "proc/stat", O_RDONLY | O_CLOEXEC);

	sample->have_stat = false;
	if (fd < 0)
		return;
	sample->have_stat = !irqtable_stat_read(&sample->stat, fd, &proc->buffer);
	close(fd);
}

static void sample_stamp(struct sample *sample)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	sample->wall_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
	sample->time_ns = sample->table[TABLE_INTERRUPTS].time_ns;
}

static int proc_read(struct source *source, struct sample *sample)
{
	struct proc_source *proc = (struct proc_source *)source;
	int err;

	err = table_read(proc, "proc/interrupts", &sample->table[TABLE_INTERRUPTS]);
	if (err)
		return err;
	sample->have[TABLE_INTERRUPTS] = true;
	/* Kernels without softirqs in /proc exist; copied trees often lack it. */
	sample->have[TABLE_SOFTIRQS] =
		!table_read(proc, "proc/softirqs", &sample->table[TABLE_SOFTIRQS]);
	stat_read(proc, sample);
	sample_stamp(sample);
	return 0;
}

static int text_read(struct source *source, struct sample *sample)
{
	struct proc_source *proc = (struct proc_source *)source;
	int err;

	if (source->next)
		return -ENODATA;
	err = irqtable_read(&sample->table[TABLE_INTERRUPTS], proc->file, &proc->buffer);
	if (err && err != -EAGAIN)
		return err;
	source->next = 1;
	sample->have[TABLE_INTERRUPTS] = true;
	sample->have[TABLE_SOFTIRQS] = sample->have_stat = false;
	/* When the file was written is not in it. */
	sample->table[TABLE_INTERRUPTS].time_ns = 0;
	sample->time_ns = 0;
	sample->wall_ms = 0;
	return 0;
}

static void proc_close(struct source *source)
{
	struct proc_source *proc = (struct proc_source *)source;

	if (source->root >= 0)
		close(source->root);
	if (proc->file >= 0)
		close(proc->file);
	irqtable_buffer_free(&proc->buffer);
	free(proc);
}

static const struct source_ops proc_ops = {
	.read = proc_read,
	.close = proc_close,
};

static const struct source_ops text_ops = {
	.read = text_read,
	.close = proc_close,
};

static struct source *source_new(const struct source_ops *ops, int root, int file)
{
	struct proc_source *proc = calloc(1, sizeof(*proc));

	if (!proc) {
		if (root >= 0)
			close(root);
		if (file >= 0)
			close(file);
		return NULL;
	}
	proc->source.ops = ops;
	proc->source.root = root;
	proc->file = file;
	return &proc->source;
}

struct source *source_proc_open(const char *path)
{
	int root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct source *source;

	if (root < 0)
		return NULL;
	source = source_new(&proc_ops, root, -1);
	if (source)
		source->live = !strcmp(path, "/");
	return source;
}

struct source *source_text_open(const char *path)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);

	return file < 0 ? NULL : source_new(&text_ops, -1, file);
}

void source_close(struct source *source)
{
	if (source)
		source->ops->close(source);
}

void sample_free(struct sample *sample)
{
	int i;

	for (i = 0; i < TABLE_COUNT; i++)
		irqtable_free(&sample->table[i]);
	irqtable_stat_free(&sample->stat);
	memset(sample, 0, sizeof(*sample));
}
