/* SPDX-License-Identifier: GPL-2.0-or-later */
/* symbols - names of kernel functions, from the text of /proc/kallsyms */
#ifndef TRACING_SYMBOLS_H
#define TRACING_SYMBOLS_H

#include <stdint.h>

struct symbols;

struct symbols *symbols_new(char *text);
struct symbols *symbols_read(const char *path);
void symbols_free(struct symbols *symbols);
const char *symbols_find(const struct symbols *symbols, uint64_t address);
const char *symbols_at(const struct symbols *symbols, uint64_t address);

#endif /* TRACING_SYMBOLS_H */
