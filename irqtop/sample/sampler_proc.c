// SPDX-License-Identifier: GPL-2.0-or-later
/* Samples of the running system, a copied tree or a copied file. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/sysfile.h"
#include "sampler.h"

/* A CPU that comes or goes spoils a read; the next read finds the change done. */
#define READ_TRIES 5

struct proc_sampler {
	struct sampler sampler;
	struct irqtable_buffer buffer;
	int file; /* of sampler_text_open(), else -1 */
};

static int table_read(struct proc_sampler *proc, const char *path, struct irqtable *table)
{
	int fd, err, tries = READ_TRIES;

	do {
		fd = openat(proc->sampler.root, path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return -errno;
		err = irqtable_read(table, fd, &proc->buffer);
		close(fd);
	} while (err == -EAGAIN && --tries);
	/* A copied file does not change: show what it has. */
	return err == -EAGAIN ? 0 : err;
}

static int stat_read(struct proc_sampler *proc, struct sample *sample)
{
	int fd = openat(proc->sampler.root, "proc/stat", O_RDONLY | O_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	err = irqtable_stat_read(&sample->stat, fd, &proc->buffer);
	close(fd);
	return err;
}

/* Container runtimes hide /proc/interrupts, and leave /proc/softirqs. */
static bool is_hidden(int err)
{
	return err == -ENODATA || err == -EACCES || err == -EPERM;
}

/* Whether a table is there. Copied trees often lack one; other errors are the caller's. */
static int have(bool *there, int err)
{
	*there = !err;
	return err && err != -EPROTO && !is_hidden(err) && !sysfile_is_absent(-err) ? err : 0;
}

static void sample_stamp(struct sample *sample)
{
	sample->wall_ms = (int64_t)(clock_read_ns(CLOCK_REALTIME) / 1000000);
	sample->time_ns = sample_cpus(sample)->time_ns;
}

static int proc_read(struct sampler *sampler, struct sample *sample)
{
	struct proc_sampler *proc = (struct proc_sampler *)sampler;
	int err;

	err = table_read(proc, "proc/interrupts", &sample->table[TABLE_INTERRUPTS]);
	if (err && !is_hidden(err))
		return err;
	sample->have[TABLE_INTERRUPTS] = !err;
	sample->missing = err;
	err = table_read(proc, "proc/softirqs", &sample->table[TABLE_SOFTIRQS]);
	err = have(&sample->have[TABLE_SOFTIRQS], err);
	if (err)
		return err;
	if (sample->missing && !sample->have[TABLE_SOFTIRQS])
		return sample->missing == -ENODATA ? -ENOMSG : sample->missing;
	err = have(&sample->have_stat, stat_read(proc, sample));
	if (err)
		return err;
	sample_stamp(sample);
	return 0;
}

static int text_read(struct sampler *sampler, struct sample *sample)
{
	struct proc_sampler *proc = (struct proc_sampler *)sampler;
	int err;

	if (sampler->next)
		return -ENODATA;
	err = irqtable_read(&sample->table[TABLE_INTERRUPTS], proc->file, &proc->buffer);
	if (err && err != -EAGAIN)
		return err == -ENODATA ? -EPROTO : err;
	sampler->next = 1;
	sample->have[TABLE_INTERRUPTS] = true;
	sample->have[TABLE_SOFTIRQS] = sample->have_stat = false;
	/* The file does not say when it was written. */
	sample->table[TABLE_INTERRUPTS].time_ns = 0;
	sample->time_ns = 0;
	sample->wall_ms = 0;
	return 0;
}

static void proc_close(struct sampler *sampler)
{
	struct proc_sampler *proc = (struct proc_sampler *)sampler;

	if (sampler->root >= 0)
		close(sampler->root);
	if (proc->file >= 0)
		close(proc->file);
	irqtable_buffer_free(&proc->buffer);
	free(proc);
}

static const struct sampler_ops proc_ops = {
	.read = proc_read,
	.close = proc_close,
};

static const struct sampler_ops text_ops = {
	.read = text_read,
	.close = proc_close,
};

static struct sampler *sampler_new(const struct sampler_ops *ops, int root, int file)
{
	struct proc_sampler *proc = calloc(1, sizeof(*proc));

	if (!proc) {
		if (root >= 0)
			close(root);
		if (file >= 0)
			close(file);
		return NULL;
	}
	proc->sampler.ops = ops;
	proc->sampler.root = root;
	proc->file = file;
	return &proc->sampler;
}

struct sampler *sampler_proc_open(const char *path)
{
	int root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct sampler *sampler;

	if (root < 0)
		return NULL;
	sampler = sampler_new(&proc_ops, root, -1);
	if (sampler)
		sampler->live = !strcmp(path, "/");
	return sampler;
}

struct sampler *sampler_text_open(const char *path)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);

	return file < 0 ? NULL : sampler_new(&text_ops, -1, file);
}

void sampler_close(struct sampler *sampler)
{
	if (sampler)
		sampler->ops->close(sampler);
}

void sample_free(struct sample *sample)
{
	int i;

	for (i = 0; i < TABLE_COUNT; i++)
		irqtable_free(&sample->table[i]);
	irqtable_stat_free(&sample->stat);
	memset(sample, 0, sizeof(*sample));
}
