// SPDX-License-Identifier: GPL-2.0-or-later
/* Samples from a recording in the format of recorder.h. The file is not trusted. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "recorder.h"

/* More cells than a frame may have: 64 times those of the largest machine. */
#define MAX_CELLS (UINT64_C(1) << 27)

struct frame {
	size_t at; /* of the payload */
	uint32_t len;
	bool key;
};

struct replay {
	struct sampler sampler;
	const unsigned char *data;
	size_t size;
	struct frame *frame;
	struct sample state;	      /* after frame sampler.next - 1 */
	struct irqtable_place *place; /* [CPUS_MAX], or NULL */
};

struct cursor {
	const unsigned char *at, *end;
	bool failed;
};

static uint64_t get(struct cursor *c)
{
	uint64_t value = 0;
	unsigned int shift;

	for (shift = 0; shift < 64 && c->at < c->end; shift += 7) {
		value |= (uint64_t)(*c->at & 0x7f) << shift;
		if (!(*c->at++ & 0x80))
			return value;
	}
	c->failed = true;
	return 0;
}

static const char *get_text(struct cursor *c, uint64_t *len)
{
	const char *text;

	*len = get(c);
	if (c->failed || *len > (uint64_t)(c->end - c->at)) {
		c->failed = true;
		*len = 0;
		return "";
	}
	text = (const char *)c->at;
	c->at += *len;
	return text;
}

static uint32_t get_u32(const unsigned char *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
	       (uint32_t)at[3] << 24;
}

static int shape_get(struct cursor *c, struct irqtable *table)
{
	uint64_t n, i, label_len, text_len, ncells;
	const char *label, *text;
	int err = 0;

	irqtable_begin(table);
	n = get(c);
	for (i = 0; i < n && !c->failed && !err; i++)
		err = irqtable_add_column(table, (uint32_t)get(c) & INT32_MAX);
	n = get(c);
	if (!err && (!table->ncpus || n > MAX_CELLS / table->ncpus))
		return -EBADMSG;
	for (i = 0; i < n && !c->failed && !err; i++) {
		label = get_text(c, &label_len);
		text = get_text(c, &text_len);
		ncells = get(c);
		if (c->failed || ncells > table->ncpus)
			return -EBADMSG;
		err = irqtable_add_row(table, label, label_len, text, text_len, (uint32_t)ncells);
	}
	irqtable_sums_mark(table);
	return err ? err : c->failed ? -EBADMSG : 0;
}

static int cells_get(struct cursor *c, struct irqtable *table)
{
	size_t n = (size_t)table->nrows * table->ncpus, i = 0;
	uint64_t skip;
	uint32_t r, k;

	for (;;) {
		skip = get(c);
		if (c->failed || skip > n - i)
			return -EBADMSG;
		i += skip;
		if (i == n)
			break;
		table->cell[i++] += (uint32_t)get(c);
	}
	for (r = 0; r < table->nrows; r++) {
		const uint32_t *cell = irqtable_cells(table, r);

		table->row[r].total = 0;
		for (k = 0; k < table->ncpus; k++)
			table->row[r].total += cell[k];
	}
	return 0;
}

static void stat_get(struct cursor *c, struct sample *sample)
{
	struct irqtable_stat *stat = &sample->stat;

	sample->have_stat = get(c) & 1;
	if (!sample->have_stat)
		return;
	stat->all.total_ticks = get(c);
	stat->all.irq_ticks = get(c);
	stat->all.softirq_ticks = get(c);
	stat->interrupts = get(c);
	stat->softirqs = get(c);
	stat->switches = get(c);
	stat->boot_s = get(c);
}

/* Recordings of older versions do not have it. */
static int places_get(struct cursor *c, struct replay *replay)
{
	struct irqtable_place *place = replay->place;
	uint64_t n, i, cpu, node, cache;

	n = c->at < c->end ? get(c) : 0;
	if (n && !place)
		place = malloc(CPUS_MAX * sizeof(*place));
	if (n && !place)
		return -ENOMEM;
	replay->sampler.place = replay->place = place;
	replay->sampler.nplaces = place ? CPUS_MAX : 0;
	for (i = 0; place && i < CPUS_MAX; i++)
		place[i].node = place[i].cache = -1;
	for (i = 0; i < n && !c->failed; i++) {
		cpu = get(c);
		node = get(c);
		cache = get(c);
		if (cpu >= CPUS_MAX || node > CPUS_MAX || cache > CPUS_MAX)
			return -EBADMSG;
		place[cpu].node = (int)node - 1;
		place[cpu].cache = (int)cache - 1;
	}
	return 0;
}

static int frame_apply(struct replay *replay, const struct frame *frame)
{
	struct cursor c = { replay->data + frame->at, replay->data + frame->at + frame->len,
			    false };
	struct sample *state = &replay->state;
	uint64_t kind = get(&c), have;
	int i, err;

	state->wall_ms = (int64_t)get(&c);
	state->time_ns = get(&c);
	have = get(&c);
	stat_get(&c, state);
	for (i = 0; i < TABLE_COUNT; i++) {
		state->have[i] = have >> i & 1;
		if (!state->have[i])
			continue;
		err = kind == RECORDING_KEY ? shape_get(&c, &state->table[i]) : 0;
		if (!err)
			err = cells_get(&c, &state->table[i]);
		if (err)
			return err;
		state->table[i].time_ns = state->time_ns;
	}
	err = kind == RECORDING_KEY ? places_get(&c, replay) : 0;
	if (err)
		return err;
	return c.failed ? -EBADMSG : 0;
}

static int replay_read(struct sampler *sampler, struct sample *sample)
{
	struct replay *replay = (struct replay *)sampler;
	struct sample *state = &replay->state;
	int i, err;

	if (sampler->next >= sampler->count)
		return -ENODATA;
	err = frame_apply(replay, &replay->frame[sampler->next]);
	if (err)
		return err;
	sampler->next++;
	sample->time_ns = state->time_ns;
	sample->wall_ms = state->wall_ms;
	sample->have_stat = state->have_stat;
	sample->missing = 0;
	sample->stat.all = state->stat.all;
	sample->stat.interrupts = state->stat.interrupts;
	sample->stat.softirqs = state->stat.softirqs;
	sample->stat.switches = state->stat.switches;
	sample->stat.boot_s = state->stat.boot_s;
	for (i = 0; i < TABLE_COUNT; i++) {
		sample->have[i] = state->have[i];
		if (!state->have[i])
			continue;
		err = irqtable_copy(&sample->table[i], &state->table[i]);
		if (err)
			return err;
	}
	return 0;
}

static int replay_seek(struct sampler *sampler, unsigned int number)
{
	struct replay *replay = (struct replay *)sampler;
	unsigned int at;
	int err;

	if (number >= sampler->count)
		number = sampler->count ? sampler->count - 1 : 0;
	for (at = number; at > 0 && !replay->frame[at].key; at--)
		;
	/* Apply frames from the key frame on, or only those that are missing. */
	if (sampler->next > at && sampler->next <= number)
		at = sampler->next;
	for (sampler->next = at; at < number; at++) {
		err = frame_apply(replay, &replay->frame[at]);
		if (err)
			return err;
		sampler->next = at + 1;
	}
	return 0;
}

static void replay_close(struct sampler *sampler)
{
	struct replay *replay = (struct replay *)sampler;

	if (replay->size)
		munmap((void *)(uintptr_t)replay->data, replay->size);
	sample_free(&replay->state);
	free(replay->place);
	free(replay->frame);
	free(replay);
}

static const struct sampler_ops replay_ops = {
	.read = replay_read,
	.seek = replay_seek,
	.close = replay_close,
};

/* Finds the frames. The first must be a key frame. */
static int frames_list(struct replay *replay)
{
	size_t at = RECORDING_MAGIC_LEN, room = 0;
	struct frame *frame;
	uint32_t len;

	if (replay->size < RECORDING_MAGIC_LEN ||
	    memcmp(replay->data, RECORDING_MAGIC, RECORDING_MAGIC_LEN))
		return -EBADMSG;
	while (replay->size - at >= RECORDING_HEAD) {
		len = get_u32(replay->data + at);
		if (!len || len > replay->size - at - RECORDING_HEAD ||
		    get_u32(replay->data + at + 4) !=
			    recording_sum(replay->data + at + RECORDING_HEAD, len))
			break;
		if (array_reserve(&replay->frame, &room, replay->sampler.count + 1, sizeof(*frame)))
			return -ENOMEM;
		frame = &replay->frame[replay->sampler.count];
		frame->at = at + RECORDING_HEAD;
		frame->len = len;
		frame->key = replay->data[frame->at] == RECORDING_KEY;
		if (!replay->sampler.count && !frame->key)
			return -EBADMSG;
		replay->sampler.count++;
		at += RECORDING_HEAD + len;
	}
	return replay->sampler.count ? 0 : -EBADMSG;
}

struct sampler *sampler_replay_open(const char *path)
{
	struct replay *replay = calloc(1, sizeof(*replay));
	struct stat st;
	int fd, err;

	if (!replay)
		return NULL;
	replay->sampler.ops = &replay_ops;
	replay->sampler.root = -1;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st)) {
		err = -errno;
	} else if (!S_ISREG(st.st_mode) || !st.st_size) {
		err = -EBADMSG;
	} else {
		replay->data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		err = replay->data == MAP_FAILED ? -errno : 0;
		replay->size = err ? 0 : (size_t)st.st_size;
	}
	if (fd >= 0)
		close(fd);
	if (!err)
		err = frames_list(replay);
	if (!err)
		return &replay->sampler;
	replay_close(&replay->sampler);
	errno = -err;
	return NULL;
}
