/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of a JSON file that may come from anywhere: each is checked before it is used. */
#ifndef RESULTS_JSON_READER_H
#define RESULTS_JSON_READER_H

#include <jansson.h>
#include <stdint.h>

#include "base/why.h"

/**
 * struct json_reader - where the message of a failure goes
 * @why: gets it
 * @where: place in the file, with which it begins
 */
struct json_reader {
	struct why *why;
	char where[64];
};

void json_reader_clean(char *text);
int json_reader_fail(struct json_reader *reader, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
int json_reader_text(struct json_reader *reader, const json_t *object, const char *key, char *text,
		     size_t size);
int json_reader_integer(struct json_reader *reader, const json_t *object, const char *key,
			int64_t *number);
int json_reader_count(struct json_reader *reader, const json_t *object, const char *key,
		      uint64_t *count);

#endif /* RESULTS_JSON_READER_H */
