/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing runs as text, JSON and CSV, and reading them from JSON. */
#ifndef RESULTS_IO_H
#define RESULTS_IO_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/why.h"
#include "result.h"
#include "text.h"

void run_write_text(const struct run *run, const struct text_style *style, FILE *out);
void run_write_overview(const struct run *run, const struct text_style *style, FILE *out);

json_t *run_to_json(const struct run *run);
int run_write_json(const struct run *run, FILE *out);
void run_write_csv(const struct run *run, FILE *out);

int run_read_json(const char *text, size_t len, struct run *run, struct why *why);

char *file_read(const char *path, size_t *len);
int run_read_file(const char *path, struct run *run, char **text, size_t *len, struct why *why);

#endif /* RESULTS_IO_H */
