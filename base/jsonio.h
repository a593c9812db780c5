/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading and writing JSON with Jansson, also where memory lacks.
 *
 * Jansson's functions that make a value return NULL without memory, and those that put
 * it into an object or an array then leave it out. What is made after jsonio_begin() is
 * written by jsonio_write() only if none of it was left out.
 *
 * One value is read or made at a time, by one thread: Jansson has one allocator for the
 * process.
 */
#ifndef BASE_JSONIO_H
#define BASE_JSONIO_H

#include <jansson.h>
#include <stdio.h>

json_t *jsonio_load(const char *text, size_t len, size_t flags, json_error_t *error);
void jsonio_begin(void);
json_t *jsonio_text(const char *text);
json_t *jsonio_text_or_null(const char *text);
int jsonio_write(json_t *root, size_t flags, FILE *out);

#endif /* BASE_JSONIO_H */
