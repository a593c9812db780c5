/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * subbuf - sub-buffers of the kernel's trace ring buffer, as trace_pipe_raw and
 * trace.dat hold them: pages -> records
 *
 * A sub-buffer is a header (time stamp of its first event, committed bytes with two
 * flags in the top bits) and records of 32-bit words. A record has only the time since
 * the one before, so a sub-buffer can only be read from its start. The layout is that
 * of the kernel's include/linux/ring_buffer.h and events/header_page.
 *
 * No input is trusted: a cursor never leaves the bytes it was given.
 */
#ifndef TRACING_SUBBUF_H
#define TRACING_SUBBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The kernel knows that events were overwritten, but not how many. */
#define SUBBUF_MISSED_UNKNOWN UINT64_MAX

/**
 * struct subbuf_layout - how sub-buffers of one recording are laid out
 * @commit_offset: of the committed length, bytes
 * @commit_bytes: its size: 4 or 8, the kernel's long
 * @data_offset: of the first record, bytes
 * @swap: the recording has the other byte order
 * @big_endian: the recording's byte order; bit fields differ with it
 */
struct subbuf_layout {
	uint32_t commit_offset;
	uint32_t commit_bytes;
	uint32_t data_offset;
	bool swap;
	bool big_endian;
};

/**
 * struct subbuf_cursor - place in one sub-buffer
 * @p: next record
 * @end: first byte that was not committed
 * @ts: time of the record before @p, in units of the trace clock
 * @foreign: the first word of a record needs subbuf_foreign_word()
 * @swap: as in the layout
 * @big_endian: as in the layout
 */
struct subbuf_cursor {
	const uint8_t *p;
	const uint8_t *end;
	uint64_t ts;
	bool foreign;
	bool swap;
	bool big_endian;
};

/**
 * struct trace_record - one event as recorded
 * @ts: time in units of the trace clock
 * @data: payload, starts with common_type; belongs to the sub-buffer
 * @len: bytes of payload, a multiple of 4
 */
struct trace_record {
	uint64_t ts;
	const uint8_t *data;
	uint32_t len;
};

/* The layout of the running kernel: 64-bit, our byte order. */
extern const struct subbuf_layout subbuf_native;

int subbuf_layout_parse(struct subbuf_layout *layout, const char *header_page, bool big_endian);
int subbuf_open(struct subbuf_cursor *c, const struct subbuf_layout *layout, const void *page,
		size_t bytes, uint64_t *missed);

static inline uint16_t subbuf_u16(const uint8_t *p, bool swap)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return swap ? __builtin_bswap16(v) : v;
}

static inline uint32_t subbuf_u32(const uint8_t *p, bool swap)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return swap ? __builtin_bswap32(v) : v;
}

static inline uint64_t subbuf_u64(const uint8_t *p, bool swap)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return swap ? __builtin_bswap64(v) : v;
}

/* The place behind a record that is no event; @p is NULL when the record is corrupt. */
struct subbuf_place {
	const uint8_t *p;
	uint64_t ts;
};

/*
 * These take values: a cursor whose address is not passed on can stay in registers.
 */
uint32_t subbuf_foreign_word(uint32_t word, bool swap, bool big_endian);
struct subbuf_place subbuf_special(const uint8_t *p, const uint8_t *end, uint64_t ts, bool swap,
				   uint32_t type, uint64_t delta);

/**
 * subbuf_next - next data record
 * @c: cursor
 * @r: filled when 1 is returned
 *
 * Skips time extends, time stamps and padding. Returns 1, 0 at the end of the
 * sub-buffer, -1 when the sub-buffer is corrupt here; then the cursor is at the end.
 */
static inline int subbuf_next(struct subbuf_cursor *c, struct trace_record *r)
{
	struct subbuf_place at;

	while (c->end - c->p >= 4) {
		uint32_t word = subbuf_u32(c->p, false), type;
		uint64_t delta;

		/*
		 * The place of the next record depends on this word, so every
		 * operation on it delays every event. A call is skipped by a
		 * branch, which is predicted; a conditional swap would be computed.
		 */
		if (__builtin_expect(c->foreign, 0))
			word = subbuf_foreign_word(word, c->swap, c->big_endian);
		type = word & 31;
		delta = word >> 5;
		if (__builtin_expect(type - 1 < 28, 1)) {
			const uint8_t *data = c->p + 4;

			if (__builtin_expect(c->end - data < (ptrdiff_t)type * 4, 0))
				goto corrupt;
			c->ts += delta;
			r->ts = c->ts;
			r->data = data;
			r->len = type * 4;
			c->p = data + type * 4;
			return 1;
		}
		if (type == 0) {
			uint32_t len;

			/* The length word counts itself. */
			if (c->end - c->p < 8)
				goto corrupt;
			len = subbuf_u32(c->p + 4, c->swap);
			if (len < 4 || len > c->end - c->p - 4)
				goto corrupt;
			c->ts += delta;
			r->ts = c->ts;
			r->data = c->p + 8;
			r->len = len - 4;
			len = (len + 3) & ~3u;
			c->p = len > c->end - c->p - 4 ? c->end : c->p + 4 + len;
			return 1;
		}
		at = subbuf_special(c->p, c->end, c->ts, c->swap, type, delta);
		if (!at.p)
			goto corrupt;
		c->p = at.p;
		c->ts = at.ts;
	}
	if (c->p == c->end)
		return 0;
corrupt:
	c->p = c->end;
	return -1;
}

#endif /* TRACING_SUBBUF_H */
