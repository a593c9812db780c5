// SPDX-License-Identifier: GPL-2.0-or-later
#include "subbuf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define TYPE_PADDING	 29
#define TYPE_TIME_EXTEND 30
#define TYPE_TIME_STAMP	 31

/* The commit word: bytes of events, and two flags. */
#define COMMIT_LENGTH	     ((1u << 27) - 1)
#define COMMIT_MISSED	     (1u << 31)
#define COMMIT_MISSED_STORED (1u << 30)

/* Absolute time stamps carry 59 bits; the rest comes from the time before. */
#define TS_BITS 59
#define TS_MSB	(~0ull << TS_BITS)

const struct subbuf_layout subbuf_native = {
	.commit_offset = 8,
	.commit_bytes = sizeof(long),
	.data_offset = 8 + sizeof(long),
	.swap = false,
	.big_endian = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__,
};

static int header_field(const char *text, const char *name, uint32_t *offset, uint32_t *size)
{
	const char *at = strstr(text, name);

	if (!at || sscanf(at + strlen(name), ";\toffset:%u;\tsize:%u;", offset, size) != 2)
		return -1;
	return 0;
}

/**
 * subbuf_layout_parse - layout from the text of events/header_page
 * @layout: filled
 * @header_page: the text, NUL terminated
 * @big_endian: byte order of the recording
 *
 * Returns 0, or -1 with errno EINVAL when this is not a known layout.
 */
int subbuf_layout_parse(struct subbuf_layout *layout, const char *header_page, bool big_endian)
{
	uint32_t commit, commit_bytes, data, data_bytes;

	if (header_field(header_page, " commit", &commit, &commit_bytes) ||
	    header_field(header_page, " data", &data, &data_bytes) || commit != 8 ||
	    (commit_bytes != 4 && commit_bytes != 8) || data < commit + commit_bytes || data > 64) {
		errno = EINVAL;
		return -1;
	}
	*layout = (struct subbuf_layout){
		.commit_offset = commit,
		.commit_bytes = commit_bytes,
		.data_offset = data,
		.swap = big_endian != subbuf_native.big_endian,
		.big_endian = big_endian,
	};
	return 0;
}

static uint64_t read_long(const struct subbuf_layout *layout, const uint8_t *p)
{
	return layout->commit_bytes == 8 ? subbuf_u64(p, layout->swap) :
					   subbuf_u32(p, layout->swap);
}

/**
 * subbuf_open - start reading a sub-buffer
 * @c: cursor to set
 * @layout: of the recording
 * @page: the sub-buffer; must outlive the cursor
 * @bytes: its size
 * @missed: events overwritten before the first one, or SUBBUF_MISSED_UNKNOWN
 *
 * Returns 0, or -1 when the header is corrupt; then the cursor is empty.
 */
int subbuf_open(struct subbuf_cursor *c, const struct subbuf_layout *layout, const void *page,
		size_t bytes, uint64_t *missed)
{
	const uint8_t *p = page;
	uint32_t commit, length;

	*missed = 0;
	*c = (struct subbuf_cursor){ .p = p,
				     .end = p,
				     .swap = layout->swap,
				     .big_endian = layout->big_endian,
				     .foreign = layout->swap || layout->big_endian };
	if (bytes < layout->data_offset)
		return -1;
	commit = (uint32_t)read_long(layout, p + layout->commit_offset);
	length = commit & COMMIT_LENGTH;
	if (length > bytes - layout->data_offset)
		return -1;
	c->ts = subbuf_u64(p, layout->swap);
	c->p = p + layout->data_offset;
	c->end = c->p + length;
	if (commit & COMMIT_MISSED) {
		*missed = SUBBUF_MISSED_UNKNOWN;
		/* The number is stored behind the events, if there was room for it. */
		if (commit & COMMIT_MISSED_STORED &&
		    bytes - layout->data_offset - length >= layout->commit_bytes)
			*missed = read_long(layout, c->end);
	}
	return 0;
}

/* As the kernel's rb_fix_abs_ts(). */
static uint64_t fix_absolute(uint64_t ts, uint64_t before)
{
	if (before & TS_MSB) {
		ts |= before & TS_MSB;
		if (ts < before)
			ts += 1ull << TS_BITS;
	}
	return ts;
}

/**
 * subbuf_foreign_word - convert the first word of a record to a little-endian kernel's
 * @word: as it is in memory
 * @swap: as in the layout
 * @big_endian: as in the layout
 *
 * Bit fields of a big-endian kernel begin at the other end of the word: type and delta
 * change places.
 */
uint32_t subbuf_foreign_word(uint32_t word, bool swap, bool big_endian)
{
	if (swap)
		word = __builtin_bswap32(word);
	return big_endian ? word << 5 | word >> 27 : word;
}

/**
 * subbuf_special - skip a record that is no event
 * @p: where it begins
 * @end: of the sub-buffer
 * @ts: time before the record
 * @swap: as in the layout
 * @type: of the record
 * @delta: of the record
 *
 * Returns the place behind it; @p of the place is NULL when the record is corrupt.
 */
struct subbuf_place subbuf_special(const uint8_t *p, const uint8_t *end, uint64_t ts, bool swap,
				   uint32_t type, uint64_t delta)
{
	const struct subbuf_place corrupt = { .p = NULL };
	uint32_t word;

	/* The rest of the sub-buffer was never written. */
	if (type == TYPE_PADDING && delta == 0)
		return (struct subbuf_place){ end, ts };
	if (end - p < 8)
		return corrupt;
	word = subbuf_u32(p + 4, swap);
	switch (type) {
	case TYPE_PADDING:
		/* A discarded event: its time still counts for the next one. */
		if (word < 4 || word > end - p - 4)
			return corrupt;
		return (struct subbuf_place){ p + 4 + word, ts + delta };
	case TYPE_TIME_EXTEND:
		ts += ((uint64_t)word << 27) + delta;
		break;
	default: /* TYPE_TIME_STAMP */
		ts = fix_absolute(((uint64_t)word << 27) + delta, ts);
	}
	return (struct subbuf_place){ p + 8, ts };
}
