// SPDX-License-Identifier: GPL-2.0-or-later
#include "datfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#define MAGIC          \
	"\x17\x08\x44" \
	"tracing"
#define MAGIC_BYTES  10
#define CPUS_MAX     4096
#define SECTIONS_MAX 1000
#define BUFFERS_MAX  256
#define TEXT_MAX     (16u << 20)
#define UNPACKED_MAX (256u << 20)

enum option_id {
	OPTION_DONE = 0,
	OPTION_BUFFER = 3,
	OPTION_TRACECLOCK = 4,
	OPTION_UNAME = 5,
	OPTION_CPUCOUNT = 8,
	OPTION_TSC2NSEC = 14,
	OPTION_HEADER_INFO = 16,
	OPTION_FTRACE_EVENTS = 17,
	OPTION_EVENT_FORMATS = 18,
	OPTION_KALLSYMS = 19,
};

enum compression { COMPRESSION_NONE, COMPRESSION_ZLIB, COMPRESSION_ZSTD };

/* Bytes to read. Reading beyond the end sets @bad and gives zeroes. */
struct dat_input {
	const uint8_t *p;
	const uint8_t *end;
	bool swap;
	bool bad;
};

/**
 * struct dat_cpu - sub-buffers of one CPU
 * @data: in the file, @bytes long
 * @at: rest of @data
 * @chunks: compressed chunks in @at
 * @unpacked: the current chunk, @unpacked_bytes long
 * @used: bytes of @unpacked that were read
 */
struct dat_cpu {
	const uint8_t *data;
	uint64_t bytes;
	struct dat_input at;
	uint32_t chunks;
	uint8_t *unpacked;
	size_t unpacked_bytes;
	size_t used;
};

/**
 * struct dat_buffer - the buffer of a tracing instance
 * @name: of the instance; "" is the top instance
 * @clock: trace clock; "" when the file does not have it
 * @page_bytes: of a sub-buffer
 * @is_packed: the sub-buffers are compressed
 * @at: version 6: where its table of CPUs is; 0: read already
 * @cpus: @n_cpus of them
 */
struct dat_buffer {
	char name[DATFILE_TEXT_BYTES];
	char clock[DATFILE_TEXT_BYTES];
	uint32_t page_bytes;
	bool is_packed;
	uint64_t at;
	unsigned int n_cpus;
	struct dat_cpu *cpus;
};

/**
 * struct datfile - an open file
 * @map: the whole file, @bytes long
 * @is_cut: some of its data is missing
 * @page_bytes: version 6: of a sub-buffer
 * @next_options: version 7: offset of the next section of options; 0: none
 * @kallsyms: offset of the functions of the kernel, in version 7 of their section; 0: none
 * @symbols: these functions, while datfile_symbols() runs
 * @buffers: @n_buffers of them
 * @chosen: of these, the one that is read
 * @clock: version 6: trace clock
 * @why: of the caller of datfile_open(), while it runs
 */
struct datfile {
	const uint8_t *map;
	size_t bytes;
	bool swap;
	bool big_endian;
	int version;
	enum compression compression;
	bool have_layout;
	bool is_cut;
	uint32_t page_bytes;
	uint64_t next_options;
	uint64_t kallsyms;
	struct symbols *symbols;
	struct dat_buffer *buffers;
	unsigned int n_buffers;
	struct dat_buffer *chosen;
	struct subbuf_layout layout;
	struct event_catalog catalog;
	uint32_t tsc_mult;
	uint32_t tsc_shift;
	char clock[DATFILE_TEXT_BYTES];
	char uname[DATFILE_TEXT_BYTES];
	struct why *why;
};

/* Returns -1. The first reason explains the ones that follow. */
#define fail(dat, ...) ((dat)->why->text[0] ? -1 : why_set((dat)->why, __VA_ARGS__))

/* --- bytes ----------------------------------------------------------------- */

static const uint8_t *take(struct dat_input *in, uint64_t n)
{
	const uint8_t *p = in->p;

	if (in->bad || n > (uint64_t)(in->end - in->p)) {
		in->bad = true;
		return NULL;
	}
	in->p += n;
	return p;
}

static uint16_t take_u16(struct dat_input *in)
{
	const uint8_t *p = take(in, 2);

	return p ? subbuf_u16(p, in->swap) : 0;
}

static uint32_t take_u32(struct dat_input *in)
{
	const uint8_t *p = take(in, 4);

	return p ? subbuf_u32(p, in->swap) : 0;
}

static uint64_t take_u64(struct dat_input *in)
{
	const uint8_t *p = take(in, 8);

	return p ? subbuf_u64(p, in->swap) : 0;
}

/* A NUL terminated string, in place; "" when it has no end. */
static const char *take_string(struct dat_input *in)
{
	const uint8_t *p = in->p;
	const uint8_t *nul = in->bad || p == in->end ? NULL : memchr(p, 0, (size_t)(in->end - p));

	if (!nul) {
		in->bad = true;
		return "";
	}
	in->p = nul + 1;
	return (const char *)p;
}

/* A copy of @n bytes as a string, to be freed; NULL on errors. */
static char *take_text(struct dat_input *in, uint64_t n)
{
	const uint8_t *p = n <= TEXT_MAX ? take(in, n) : NULL;
	char *text;

	errno = EBADMSG;
	if (!p)
		return NULL;
	text = malloc(n + 1);
	if (!text)
		return NULL;
	memcpy(text, p, n);
	text[n] = '\0';
	return text;
}

static struct dat_input in_at(const struct datfile *dat, uint64_t offset)
{
	struct dat_input in = { .p = dat->map, .end = dat->map + dat->bytes, .swap = dat->swap };

	take(&in, offset);
	return in;
}

static void copy_text(char to[DATFILE_TEXT_BYTES], const char *from, size_t len)
{
	size_t n = 0;

	while (n < len && n + 1 < DATFILE_TEXT_BYTES && from[n] && from[n] != '\n') {
		to[n] = from[n] < ' ' || from[n] == 0x7f ? '?' : from[n];
		n++;
	}
	to[n] = '\0';
}

/* --- compression ----------------------------------------------------------- */

static int unpack(const struct datfile *dat, uint8_t *to, size_t to_bytes, const uint8_t *from,
		  size_t from_bytes)
{
	uLongf n = to_bytes;
	size_t got;
	int rc;

	errno = EBADMSG;
	if (dat->compression == COMPRESSION_ZLIB) {
		rc = uncompress(to, &n, from, from_bytes);
		if (rc == Z_MEM_ERROR)
			errno = ENOMEM;
		return rc == Z_OK && n == to_bytes ? 0 : -1;
	}
	got = ZSTD_decompress(to, to_bytes, from, from_bytes);
	if (ZSTD_getErrorCode(got) == ZSTD_error_memory_allocation)
		errno = ENOMEM;
	return got == to_bytes ? 0 : -1;
}

/*
 * Unpack one chunk: packed size, unpacked size, data. Returns the unpacked bytes, to
 * be freed, or NULL with errno: EBADMSG or ENOMEM.
 */
static uint8_t *take_packed(const struct datfile *dat, struct dat_input *in, size_t *bytes)
{
	uint32_t packed = take_u32(in);
	uint32_t unpacked = take_u32(in);
	const uint8_t *from = take(in, packed);
	uint8_t *to;

	errno = EBADMSG;
	if (!from || !unpacked || unpacked > UNPACKED_MAX)
		return NULL;
	to = malloc(unpacked);
	if (!to || unpack(dat, to, unpacked, from, packed)) {
		free(to);
		return NULL;
	}
	*bytes = unpacked;
	return to;
}

/* --- meta data ------------------------------------------------------------- */

static int read_header_info(struct datfile *dat, struct dat_input *in)
{
	char *text;
	int bad;

	if (strcmp(take_string(in), "header_page"))
		return fail(dat, "the header_page section is missing");
	text = take_text(in, take_u64(in));
	if (!text && errno == ENOMEM)
		return fail(dat, "%s", strerror(errno));
	bad = !text || subbuf_layout_parse(&dat->layout, text, dat->big_endian);
	free(text);
	if (bad)
		return fail(dat, "its header_page describes no layout we know");
	dat->have_layout = true;
	if (strcmp(take_string(in), "header_event"))
		return fail(dat, "the header_event section is missing");
	take(in, take_u64(in));
	return in->bad ? fail(dat, "it ends in its header") : 0;
}

static int read_formats(struct datfile *dat, struct dat_input *in, const char *system, uint32_t n)
{
	for (uint32_t i = 0; i < n && !in->bad; i++) {
		char *text = take_text(in, take_u64(in));
		int rc;

		if (!text)
			return fail(dat, "%s",
				    errno == ENOMEM ? strerror(errno) :
						      "it ends in the event formats");
		rc = event_catalog_add(&dat->catalog, system, text);
		free(text);
		/* An event with a corrupt format is just not understood. */
		if (rc < 0 && errno != EINVAL)
			return fail(dat, "%s", strerror(errno));
	}
	return in->bad ? fail(dat, "it ends in the event formats") : 0;
}

static int read_ftrace_formats(struct datfile *dat, struct dat_input *in)
{
	return read_formats(dat, in, "ftrace", take_u32(in));
}

static int read_event_formats(struct datfile *dat, struct dat_input *in)
{
	uint32_t n = take_u32(in);

	for (uint32_t i = 0; i < n && !in->bad; i++) {
		const char *system = take_string(in);

		if (read_formats(dat, in, system, take_u32(in)))
			return -1;
	}
	return in->bad ? fail(dat, "it ends in the event formats") : 0;
}

/* "local global [mono]" or just "mono". */
static void set_clock(char clock[DATFILE_TEXT_BYTES], const char *text, size_t len)
{
	const char *open = memchr(text, '[', len);

	if (open) {
		len -= (size_t)(open + 1 - text);
		text = open + 1;
	}
	copy_text(clock, text, len);
	clock[strcspn(clock, "] ")] = '\0';
}

/* --- buffers --------------------------------------------------------------- */

/* A new buffer, the last of @dat->buffers; NULL on errors. */
static struct dat_buffer *buffer_add(struct datfile *dat, const char *name)
{
	struct dat_buffer *buffers, *buffer;

	if (dat->n_buffers == BUFFERS_MAX) {
		fail(dat, "it has more than %d buffers", BUFFERS_MAX);
		return NULL;
	}
	buffers = realloc(dat->buffers, (dat->n_buffers + 1) * sizeof(*buffers));
	if (!buffers) {
		fail(dat, "%s", strerror(errno));
		return NULL;
	}
	dat->buffers = buffers;
	buffer = &buffers[dat->n_buffers++];
	memset(buffer, 0, sizeof(*buffer));
	copy_text(buffer->name, name, strlen(name));
	return buffer;
}

static int cpu_add(struct datfile *dat, struct dat_buffer *buffer, uint32_t cpu, uint64_t offset,
		   uint64_t bytes)
{
	if (cpu >= CPUS_MAX)
		return fail(dat, "it has data of CPU %u, more than the %d we take", cpu, CPUS_MAX);
	if (cpu >= buffer->n_cpus) {
		struct dat_cpu *cpus = realloc(buffer->cpus, (cpu + 1) * sizeof(*cpus));

		if (!cpus)
			return fail(dat, "%s", strerror(errno));
		memset(cpus + buffer->n_cpus, 0, (cpu + 1 - buffer->n_cpus) * sizeof(*cpus));
		buffer->cpus = cpus;
		buffer->n_cpus = cpu + 1;
	}
	/* The file is cut short: read what is there, see datfile_is_cut(). */
	if (offset > dat->bytes || bytes > dat->bytes - offset) {
		dat->is_cut = true;
		offset = offset > dat->bytes ? dat->bytes : offset;
		bytes = dat->bytes - offset;
	}
	buffer->cpus[cpu].data = dat->map + offset;
	buffer->cpus[cpu].bytes = bytes;
	return 0;
}

static bool has_data(const struct dat_buffer *buffer)
{
	for (unsigned int i = 0; i < buffer->n_cpus; i++) {
		if (buffer->cpus[i].bytes)
			return true;
	}
	return false;
}

static int read_cpu_table_v6(struct datfile *dat, struct dat_buffer *buffer, struct dat_input *in,
			     uint32_t n)
{
	for (uint32_t cpu = 0; cpu < n; cpu++) {
		uint64_t offset = take_u64(in);
		uint64_t bytes = take_u64(in);

		if (in->bad)
			return fail(dat, "it ends in the table of CPUs");
		if (cpu_add(dat, buffer, cpu, offset, bytes))
			return -1;
	}
	return 0;
}

/* Options in front of an instance's table; only the number of its CPUs matters. */
static void skip_options_v6(struct dat_input *in, uint32_t *n_cpus)
{
	uint16_t id;

	while (!in->bad && (id = take_u16(in)) != OPTION_DONE) {
		uint32_t size = take_u32(in);
		struct dat_input option = *in;

		if (id == OPTION_CPUCOUNT && size == 4)
			*n_cpus = take_u32(&option);
		take(in, size);
	}
}

static int read_buffer_v6(struct datfile *dat, struct dat_buffer *buffer, struct dat_input *in,
			  uint32_t n)
{
	const uint8_t *word = take(in, 10);

	buffer->page_bytes = dat->page_bytes;
	memcpy(buffer->clock, dat->clock, sizeof(buffer->clock));
	if (buffer->at && word && !memcmp(word, "options  ", 10)) {
		skip_options_v6(in, &n);
		word = take(in, 10);
	}

	if (!word)
		return fail(dat, "it ends before its events");
	if (!memcmp(word, "latency", 7))
		return fail(dat, "it holds the text of a latency tracer, no events");
	if (memcmp(word, "flyrecord", 10))
		return fail(dat, "where its events should be is something else");
	return read_cpu_table_v6(dat, buffer, in, n);
}

/* Version 6: an instance; its table of CPUs is read when all options were. */
static int note_buffer_v6(struct datfile *dat, struct dat_input *in)
{
	uint64_t at = take_u64(in);
	struct dat_buffer *buffer = buffer_add(dat, take_string(in));

	if (!buffer)
		return -1;
	buffer->at = at;
	return in->bad || !at ? fail(dat, "it ends in its options") : 0;
}

static int read_buffer_v7(struct datfile *dat, struct dat_input *in)
{
	uint64_t section = take_u64(in);
	struct dat_input at = in_at(dat, section);
	struct dat_buffer *buffer = buffer_add(dat, take_string(in));
	const char *clock = take_string(in);
	uint32_t n;

	if (!buffer)
		return -1;
	set_clock(buffer->clock, clock, strlen(clock));
	buffer->page_bytes = take_u32(in);
	take_u16(&at);
	buffer->is_packed = take_u16(&at) & 1;
	n = take_u32(in);
	for (uint32_t i = 0; i < n && !in->bad; i++) {
		uint32_t cpu = take_u32(in);
		uint64_t offset = take_u64(in);
		uint64_t bytes = take_u64(in);

		if (!in->bad && cpu_add(dat, buffer, cpu, offset, bytes))
			return -1;
	}
	return in->bad || at.bad ? fail(dat, "it ends in the table of CPUs") : 0;
}

/* --- version 7: sections --------------------------------------------------- */

static int read_section(struct datfile *dat, uint64_t offset,
			int (*read)(struct datfile *dat, struct dat_input *in))
{
	struct dat_input in = in_at(dat, offset);
	uint8_t *unpacked = NULL;
	uint16_t flags;
	size_t bytes;
	int rc;

	take_u16(&in);
	flags = take_u16(&in);
	take_u32(&in);
	take_u64(&in);
	if (in.bad)
		return fail(dat, "a section lies beyond its end");
	if (flags & 1) {
		unpacked = take_packed(dat, &in, &bytes);
		if (!unpacked)
			return fail(dat, "%s",
				    errno == ENOMEM ? strerror(errno) :
						      "a compressed section is corrupt");
		in.p = unpacked;
		in.end = unpacked + bytes;
	}
	rc = read(dat, &in);
	free(unpacked);
	return rc;
}

static int read_option(struct datfile *dat, uint16_t id, struct dat_input *in)
{
	switch (id) {
	case OPTION_BUFFER:
		return dat->version >= 7 ? read_buffer_v7(dat, in) : note_buffer_v6(dat, in);
	case OPTION_TRACECLOCK:
		if (!dat->clock[0])
			set_clock(dat->clock, (const char *)in->p, (size_t)(in->end - in->p));
		return 0;
	case OPTION_UNAME:
		copy_text(dat->uname, (const char *)in->p, (size_t)(in->end - in->p));
		return 0;
	case OPTION_TSC2NSEC:
		dat->tsc_mult = take_u32(in);
		dat->tsc_shift = take_u32(in);
		return 0;
	case OPTION_HEADER_INFO:
		return read_section(dat, take_u64(in), read_header_info);
	case OPTION_FTRACE_EVENTS:
		return read_section(dat, take_u64(in), read_ftrace_formats);
	case OPTION_EVENT_FORMATS:
		return read_section(dat, take_u64(in), read_event_formats);
	case OPTION_KALLSYMS:
		dat->kallsyms = take_u64(in);
		return 0;
	}
	return 0;
}

static int read_kallsyms(struct datfile *dat, struct dat_input *in)
{
	char *text = take_text(in, take_u32(in));

	if (text)
		dat->symbols = symbols_new(text);
	return dat->symbols ? 0 : fail(dat, "its kallsyms are cut off");
}

/* Sets @dat->next_options. */
static int read_options(struct datfile *dat, struct dat_input *in)
{
	dat->next_options = 0;
	for (;;) {
		uint16_t id = take_u16(in);
		uint32_t size;
		const uint8_t *data;
		struct dat_input option;

		if (id == OPTION_DONE && dat->version < 7)
			return in->bad ? fail(dat, "it ends in its options") : 0;
		size = take_u32(in);
		data = take(in, size);
		if (!data)
			return fail(dat, "it ends in its options");
		option = (struct dat_input){ .p = data, .end = data + size, .swap = dat->swap };
		if (id == OPTION_DONE) {
			dat->next_options = take_u64(&option);
			return 0;
		}
		if (read_option(dat, id, &option))
			return -1;
	}
}

static int read_compression(struct datfile *dat, struct dat_input *in)
{
	const char *name = take_string(in);

	take_string(in);
	if (in->bad)
		return fail(dat, "it ends in its header");
	if (!strcmp(name, "none"))
		dat->compression = COMPRESSION_NONE;
	else if (!strcmp(name, "zlib"))
		dat->compression = COMPRESSION_ZLIB;
	else if (!strcmp(name, "zstd"))
		dat->compression = COMPRESSION_ZSTD;
	else
		return fail(dat, "its compression is neither zlib nor zstd; "
				 "trace-cmd convert --compression none unpacks it");
	return 0;
}

static int read_v7(struct datfile *dat, struct dat_input *in)
{
	uint64_t offset;

	if (read_compression(dat, in))
		return -1;
	offset = take_u64(in);
	for (int i = 0; offset && i < SECTIONS_MAX; i++) {
		if (read_section(dat, offset, read_options))
			return -1;
		offset = dat->next_options;
	}
	return 0;
}

/* --- version 6: parts in a fixed order ------------------------------------- */

/* Where a table of CPUs cannot be read the file is cut short. */
static void read_instances_v6(struct datfile *dat, uint32_t n_cpus)
{
	for (unsigned int i = 0; i < dat->n_buffers; i++) {
		struct dat_buffer *buffer = &dat->buffers[i];
		struct dat_input in = in_at(dat, buffer->at);

		if (!buffer->at)
			continue;
		if (in.bad || read_buffer_v6(dat, buffer, &in, n_cpus)) {
			dat->why->text[0] = '\0';
			dat->is_cut = true;
		}
	}
}

static int read_v6(struct datfile *dat, struct dat_input *in)
{
	struct dat_buffer *top;
	uint32_t n_cpus;

	if (read_header_info(dat, in) || read_ftrace_formats(dat, in) ||
	    read_event_formats(dat, in))
		return -1;
	dat->kallsyms = (uint64_t)(in->p - dat->map);
	take(in, take_u32(in)); /* kallsyms */
	take(in, take_u32(in)); /* printk formats */
	take(in, take_u64(in)); /* command lines */
	n_cpus = take_u32(in);
	if (in->bad)
		return fail(dat, "it ends before its events");
	if (n_cpus > CPUS_MAX)
		return fail(dat, "it says it has %u CPUs", n_cpus);
	if (in->end - in->p >= 10 && !memcmp(in->p, "options  ", 10)) {
		take(in, 10);
		if (read_options(dat, in))
			return -1;
	}
	top = buffer_add(dat, "");
	if (!top || read_buffer_v6(dat, top, in, n_cpus))
		return -1;
	read_instances_v6(dat, n_cpus);
	return 0;
}

/* --- the file -------------------------------------------------------------- */

static int read_start(struct datfile *dat)
{
	struct dat_input in = in_at(dat, 0);
	const uint8_t *magic = take(&in, MAGIC_BYTES);
	const char *version;
	uint8_t endian, long_bytes;
	const uint8_t *p;

	if (!magic || memcmp(magic, MAGIC, MAGIC_BYTES))
		return fail(dat, "this is no trace.dat of trace-cmd");
	version = take_string(&in);
	p = take(&in, 2);
	if (!p)
		return fail(dat, "it ends in its header");
	endian = p[0];
	long_bytes = p[1];
	if (endian > 1 || (long_bytes != 4 && long_bytes != 8))
		return fail(dat, "its header is corrupt");
	dat->big_endian = endian;
	dat->swap = dat->big_endian != subbuf_native.big_endian;
	in.swap = dat->swap;
	dat->page_bytes = take_u32(&in);
	dat->version = atoi(version);
	if (dat->version != 6 && dat->version != 7)
		return fail(dat, "its version is %.16s; 6 and 7 can be read", version);
	if (event_catalog_init(&dat->catalog, dat->swap))
		return fail(dat, "%s", strerror(errno));
	return dat->version == 6 ? read_v6(dat, &in) : read_v7(dat, &in);
}

static bool clock_is_ns(const char *clock)
{
	static const char *const ns[] = { "local",    "global", "perf", "mono",
					  "mono_raw", "boot",	"tai",	"" };

	for (size_t i = 0; i < sizeof(ns) / sizeof(ns[0]); i++) {
		/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): a buffer is chosen */
		if (!strcmp(clock, ns[i]))
			return true;
	}
	return false;
}

/* Check the chosen buffer. */
static int check(struct datfile *dat)
{
	const struct dat_buffer *buffer = dat->chosen;
	bool is_ns = clock_is_ns(buffer->clock);

	if (buffer->page_bytes < 512 || buffer->page_bytes > (16u << 20))
		return fail(dat, "its sub-buffers are %u bytes", buffer->page_bytes);
	if (!has_data(buffer) && !dat->is_cut)
		return fail(dat, "it holds no events");
	if (dat->tsc_mult && dat->tsc_shift < 64 && !is_ns) {
		dat->catalog.ns_mult = dat->tsc_mult;
		dat->catalog.ns_shift = dat->tsc_shift;
	} else if (!is_ns) {
		return fail(dat,
			    "its clock \"%s\" does not count ns; record with "
			    "trace-cmd record -C mono",
			    buffer->clock);
	}
	return 0;
}

/* --- sub-buffers ----------------------------------------------------------- */

/* Begin with the first sub-buffer of each CPU. */
static void set_starts(struct datfile *dat, struct dat_buffer *buffer)
{
	const uint8_t *end = dat->map + dat->bytes;

	for (unsigned int i = 0; i < buffer->n_cpus; i++) {
		struct dat_cpu *cpu = &buffer->cpus[i];

		if (!cpu->bytes)
			cpu->data = dat->map;
		cpu->at = (struct dat_input){ .p = cpu->data,
					      .end = cpu->data + cpu->bytes,
					      .swap = dat->swap };
		/* The size does not include the number of chunks, which comes first. */
		if (buffer->is_packed && cpu->bytes)
			cpu->at.end += end - cpu->at.end < 4 ? end - cpu->at.end : 4;
		cpu->chunks = buffer->is_packed && cpu->bytes ? take_u32(&cpu->at) : 0;
		cpu->used = 0;
		cpu->unpacked_bytes = 0;
	}
}

static ssize_t packed_page(struct datfile *dat, struct dat_cpu *cpu, const uint8_t **page)
{
	size_t n;

	while (cpu->used == cpu->unpacked_bytes) {
		if (!cpu->chunks)
			return 0;
		cpu->chunks--;
		free(cpu->unpacked);
		cpu->unpacked = take_packed(dat, &cpu->at, &cpu->unpacked_bytes);
		cpu->used = 0;
		if (!cpu->unpacked) {
			cpu->unpacked_bytes = 0;
			if (errno == ENOMEM)
				return -1;
			/* Without its size the next chunk cannot be found. */
			cpu->chunks = 0;
			dat->is_cut = true;
			return 0;
		}
	}
	n = cpu->unpacked_bytes - cpu->used;
	if (n > dat->chosen->page_bytes)
		n = dat->chosen->page_bytes;
	*page = cpu->unpacked + cpu->used;
	cpu->used += n;
	return (ssize_t)n;
}

static ssize_t datfile_page(void *ctx, unsigned int index, const uint8_t **page)
{
	struct datfile *dat = ctx;
	const struct dat_buffer *buffer = dat->chosen;
	struct dat_cpu *cpu = &buffer->cpus[index];
	uint64_t n;

	if (buffer->is_packed)
		return packed_page(dat, cpu, page);
	n = (uint64_t)(cpu->at.end - cpu->at.p);
	if (n > buffer->page_bytes)
		n = buffer->page_bytes;
	*page = cpu->at.p;
	cpu->at.p += n;
	return (ssize_t)n;
}

/* --- the buffer that is read ----------------------------------------------- */

static bool is_interrupt(const struct event_type *type)
{
	return type && (type->kind == EVENT_IRQ_ENTRY || type->kind == EVENT_VECTOR_ENTRY);
}

static bool page_has_interrupts(const struct datfile *dat, const uint8_t *page, size_t bytes)
{
	struct subbuf_cursor cursor;
	struct trace_record r;
	uint64_t missed;

	if (subbuf_open(&cursor, &dat->layout, page, bytes, &missed))
		return false;
	while (subbuf_next(&cursor, &r) > 0) {
		if (is_interrupt(event_type(&dat->catalog, &r)))
			return true;
	}
	return false;
}

/* Whether the chosen buffer has interrupts. */
static bool has_interrupts(struct datfile *dat)
{
	bool found = false;

	set_starts(dat, dat->chosen);
	for (unsigned int cpu = 0; !found && cpu < dat->chosen->n_cpus; cpu++) {
		const uint8_t *page;
		ssize_t n;

		while (!found && (n = datfile_page(dat, cpu, &page)) > 0)
			found = page_has_interrupts(dat, page, (size_t)n);
	}
	return found;
}

static bool is_named(const struct dat_buffer *buffer, const char *instance)
{
	return !strcmp(buffer->name, instance) ||
	       (!buffer->name[0] && !strcmp(instance, DATFILE_TOP));
}

/* The buffer of this instance. */
static int choose_named(struct datfile *dat, const char *instance)
{
	char names[256] = "";
	size_t len = 0;

	for (unsigned int i = 0; i < dat->n_buffers; i++) {
		dat->chosen = &dat->buffers[i];
		if (is_named(dat->chosen, instance))
			return 0;
		if (len < sizeof(names))
			len += (size_t)snprintf(names + len, sizeof(names) - len, "%s%s",
						i ? ", " : "", datfile_buffer_name(dat, i));
	}
	return fail(dat, "it has no instance \"%s\", but: %s", instance, names);
}

/* The first buffer with interrupts, or else with data. */
static int choose(struct datfile *dat)
{
	struct dat_buffer *first = NULL;
	unsigned int n = 0;

	for (unsigned int i = 0; i < dat->n_buffers; i++) {
		if (!has_data(&dat->buffers[i]))
			continue;
		first = n++ ? first : &dat->buffers[i];
	}
	for (unsigned int i = 0; n > 1 && i < dat->n_buffers; i++) {
		dat->chosen = &dat->buffers[i];
		if (dat->chosen->page_bytes && has_interrupts(dat))
			return 0;
	}
	dat->chosen = first ? first : dat->buffers;
	return dat->chosen ? 0 : fail(dat, "it holds no events");
}

/* Choose the buffer that is read, and begin with its first sub-buffers. */
static int read_buffer(struct datfile *dat, const char *instance)
{
	if (!dat->have_layout)
		return fail(dat, "it does not describe its sub-buffers");
	if ((instance ? choose_named(dat, instance) : choose(dat)) || check(dat))
		return -1;
	set_starts(dat, dat->chosen);
	return 0;
}

/**
 * datfile_open - open a file and read everything but the events
 * @path: file
 * @instance: whose events to read, DATFILE_TOP for the top instance; NULL: the first
 *	that has interrupts, or else any events
 * @why: filled on errors: what is wrong with the file, without its name
 *
 * Returns NULL on errors.
 */
struct datfile *datfile_open(const char *path, const char *instance, struct why *why)
{
	struct datfile *dat = calloc(1, sizeof(*dat));
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *map;

	why_set(why, "%s", strerror(errno));
	if (!dat || fd < 0 || fstat(fd, &st))
		goto fail;
	if (!S_ISREG(st.st_mode) || !st.st_size) {
		why_set(why, "this is %s file", S_ISREG(st.st_mode) ? "an empty" : "no regular");
		goto fail;
	}
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		goto fail;
	close(fd);
	dat->map = map;
	dat->bytes = (size_t)st.st_size;
	dat->why = why;
	why->text[0] = '\0';
	if (read_start(dat) || read_buffer(dat, instance)) {
		datfile_close(dat);
		return NULL;
	}
	return dat;
fail:
	if (fd >= 0)
		close(fd);
	free(dat);
	return NULL;
}

/* NULL is fine. */
void datfile_close(struct datfile *dat)
{
	if (!dat)
		return;
	for (unsigned int i = 0; i < dat->n_buffers; i++) {
		for (unsigned int cpu = 0; cpu < dat->buffers[i].n_cpus; cpu++)
			free(dat->buffers[i].cpus[cpu].unpacked);
		free(dat->buffers[i].cpus);
	}
	free(dat->buffers);
	event_catalog_free(&dat->catalog);
	munmap((void *)(uintptr_t)dat->map, dat->bytes);
	free(dat);
}

/* Reads the sub-buffers; valid as long as the file is open. */
struct page_reader datfile_reader(struct datfile *dat)
{
	return (struct page_reader){ .read = datfile_page, .ctx = dat };
}

const struct event_catalog *datfile_catalog(const struct datfile *dat)
{
	return &dat->catalog;
}

const struct subbuf_layout *datfile_layout(const struct datfile *dat)
{
	return &dat->layout;
}

unsigned int datfile_n_cpus(const struct datfile *dat)
{
	return dat->chosen->n_cpus;
}

/* Trace clock of the buffer; "" when the file does not have it. */
const char *datfile_clock(const struct datfile *dat)
{
	return dat->chosen->clock;
}

/* uname of the recorded system; "" when the file does not have it. */
const char *datfile_uname(const struct datfile *dat)
{
	return dat->uname;
}

/**
 * datfile_symbols - the functions of the recorded kernel
 * @dat: open file
 *
 * Returns NULL when the file does not have them; symbols_free() it.
 */
struct symbols *datfile_symbols(struct datfile *dat)
{
	struct dat_input in = in_at(dat, dat->kallsyms);
	struct why why = { 0 };

	if (!dat->kallsyms)
		return NULL;
	dat->why = &why;
	dat->symbols = NULL;
	if (dat->version >= 7)
		read_section(dat, dat->kallsyms, read_kallsyms);
	else
		read_kallsyms(dat, &in);
	return dat->symbols;
}

/* Number of buffers in the file, one for each tracing instance. */
unsigned int datfile_n_buffers(const struct datfile *dat)
{
	return dat->n_buffers;
}

/* The name of the instance of buffer @i. */
const char *datfile_buffer_name(const struct datfile *dat, unsigned int i)
{
	return dat->buffers[i].name[0] ? dat->buffers[i].name : DATFILE_TOP;
}

/* The buffer that is read. */
unsigned int datfile_buffer(const struct datfile *dat)
{
	return (unsigned int)(dat->chosen - dat->buffers);
}

/* Whether some of its data is missing. Final when everything was read. */
bool datfile_is_cut(const struct datfile *dat)
{
	return dat->is_cut;
}
