/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private to this folder. */
#ifndef IRQTOP_TABLES_LOCAL_H
#define IRQTOP_TABLES_LOCAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define IRQTABLE_HASH_SEED UINT64_C(0xcbf29ce484222325)

static inline uint64_t irqtable_hash(uint64_t hash, unsigned char byte)
{
	return (hash ^ byte) * UINT64_C(0x100000001b3); /* FNV-1a */
}

/* Adds a 64-bit word to a hash. */
static inline uint64_t irqtable_hash_word(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 29;
}

/*
 * Reads `path` below directory `at` into buf, without blanks at the end, and terminates
 * it. Returns the length or a negative errno value.
 */
ssize_t irqtable_text(int at, const char *path, char *buf, size_t size);

struct irqtable_buffer;

/*
 * Reads a whole file, of any size, and terminates the text. Returns its length or a
 * negative errno value.
 */
ssize_t irqtable_file(int at, const char *path, struct irqtable_buffer *buffer);

/* Reads digits from *text up to `end`, and moves *text behind them. false: no digit. */
bool irqtable_number(const char **text, const char *end, uint64_t *value);

#endif /* IRQTOP_TABLES_LOCAL_H */
