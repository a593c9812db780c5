/* SPDX-License-Identifier: GPL-2.0-or-later */
/* format - the `format` file of an event: its number and where its fields are */
#ifndef TRACING_FORMAT_H
#define TRACING_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#define FORMAT_NAME_BYTES 64
#define FORMAT_FIELDS_MAX 32

/**
 * struct format_field - one field
 * @name: "prev_pid"
 * @offset: from the start of the payload, bytes
 * @size: bytes; of a @data_loc those of the descriptor: 4
 * @is_signed: sign extend it
 * @data_loc: the field holds offset (low 16 bits) and length of its data
 */
struct format_field {
	char name[FORMAT_NAME_BYTES];
	uint16_t offset;
	uint16_t size;
	bool is_signed;
	bool data_loc;
};

/**
 * struct format - one event
 * @name: "sched_switch"
 * @id: its number in this recording, common_type
 * @fields: @n_fields of them, in file order
 * @n_fields: a format with more than FORMAT_FIELDS_MAX keeps the first
 */
struct format {
	char name[FORMAT_NAME_BYTES];
	uint32_t id;
	uint32_t n_fields;
	struct format_field fields[FORMAT_FIELDS_MAX];
};

int format_parse(struct format *format, const char *text);
const struct format_field *format_field(const struct format *format, const char *name);

#endif /* TRACING_FORMAT_H */
