/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * datfile - read a trace.dat of trace-cmd, versions 6 and 7
 *
 * Reads only what the engine needs: layout, formats, clock, sub-buffers, and symbols. The file is
 * mapped; compressed sub-buffers (zlib, zstd) are unpacked a chunk at a time. Format:
 * trace-cmd.dat.v6(5), trace-cmd.dat.v7(5).
 */
#ifndef TRACING_DATFILE_H
#define TRACING_DATFILE_H

#include "base/why.h"
#include "event.h"
#include "merge.h"
#include "symbols.h"

#define DATFILE_TEXT_BYTES 128

/* The top instance, which has no name. */
#define DATFILE_TOP "top"

struct datfile;

struct datfile *datfile_open(const char *path, const char *instance, struct why *why);
void datfile_close(struct datfile *dat);
const struct event_catalog *datfile_catalog(const struct datfile *dat);
const struct subbuf_layout *datfile_layout(const struct datfile *dat);
unsigned int datfile_n_cpus(const struct datfile *dat);
struct page_reader datfile_reader(struct datfile *dat);
const char *datfile_clock(const struct datfile *dat);
const char *datfile_uname(const struct datfile *dat);
unsigned int datfile_n_buffers(const struct datfile *dat);
const char *datfile_buffer_name(const struct datfile *dat, unsigned int i);
unsigned int datfile_buffer(const struct datfile *dat);
struct symbols *datfile_symbols(struct datfile *dat);
bool datfile_is_cut(const struct datfile *dat);

#endif /* TRACING_DATFILE_H */
