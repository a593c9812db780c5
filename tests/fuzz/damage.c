// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads corrupt recordings and sub-buffers with the whole engine.
 *
 *   fuzz/damage ROUNDS [SEED] [FILE]...
 *   fuzz/damage --write FILE CHAINS	only writes a recording like the one that it
 *					starts from, which has 400 chains
 *
 * Starts from a generated recording (and the FILEs), damages it at random and
 * reads it. Built with ASan and UBSan it ends at the first wrong access. It also
 * checks that every interrupt that was seen has one outcome.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/tracegen.h"
#include "tests/fuzz/traceread.h"
#include "tracing/datwrite.h"

#define SEEDS_MAX 16

struct input {
	uint8_t *data;
	size_t bytes;
};

/* --- undamaged input -------------------------------------------------------- */

static void generate(struct gen *g, unsigned int seed, int n_chains)
{
	uint64_t t = 1000000;

	for (int i = 0; i < n_chains; i++) {
		unsigned int cpu = (unsigned int)rand_r(&seed) % g->n_cpus;
		unsigned int to = (unsigned int)rand_r(&seed) % g->n_cpus;
		int32_t pid = 100 + rand_r(&seed) % 8;

		t += 1000;
		gen_context(g, cpu, 0, EVENT_FLAG_HARDIRQ);
		gen_irq_entry(g, cpu, t, 30 + i % 3, "disk");
		gen_ints(g, cpu, t + 10, GEN_RAISE, 4, 0);
		gen_ints(g, cpu, t + 20, GEN_IRQ_EXIT, 30 + i % 3, i % 4 % 3);
		gen_context(g, cpu, 0, EVENT_FLAG_SOFTIRQ);
		gen_ints(g, cpu, t + 30, GEN_SOFT_ENTRY, 4, 0);
		gen_wake(g, cpu, t + 40, GEN_WAKING, pid, i % 5 ? "dd" : "irq/30-disk",
			 (int32_t)to);
		gen_work(g, cpu, t + 42, GEN_WORK_QUEUE, 0xabc0, 0xf0);
		gen_ints(g, cpu, t + 45, GEN_SOFT_EXIT, 4, 0);
		gen_wake(g, to, t + 50, GEN_WAKEUP, pid, "dd", (int32_t)to);
		gen_switch(g, to, t + 60, 0, 0, pid);
		gen_work(g, to, t + 65, GEN_WORK_START, 0xabc0, 0xf0);
		gen_long(g, to, t + 70, GEN_SYS_EXIT, 0);
		gen_switch(g, to, t + 80, pid, 1, 0);
		if (i % 50 == 0)
			gen_loss(g, cpu, i % 100 ? 7 : SUBBUF_MISSED_UNKNOWN);
	}
	gen_rewind(g);
}

static size_t gen_count(void *ctx, unsigned int cpu)
{
	struct gen *g = ctx;

	return g->cpus[cpu].n_pages;
}

static const uint8_t *gen_at(void *ctx, unsigned int cpu, size_t i)
{
	struct gen *g = ctx;

	return g->cpus[cpu].pages + i * g->page_bytes;
}

static struct input load(const char *path)
{
	struct input in = { NULL, 0 };
	FILE *f = fopen(path, "re");
	long size;

	if (!f || fseek(f, 0, SEEK_END) || (size = ftell(f)) < 0)
		exit(2);
	rewind(f);
	in.bytes = (size_t)size;
	in.data = malloc(in.bytes + 1);
	if (!in.data || fread(in.data, 1, in.bytes, f) != in.bytes)
		exit(2);
	fclose(f);
	return in;
}

static struct input generated_file(struct gen *g)
{
	struct datwrite_event events[GEN_N_FORMATS];
	char path[] = "/tmp/fuzz-trace-XXXXXX";
	struct datwrite dat = {
		.page_bytes = g->page_bytes,
		.header_page = "\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n"
			       "\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;\n"
			       "\tfield: char data;\toffset:16;\tsize:4080;\tsigned:0;\n",
		.header_event = "# compressed entry header\n",
		.events = events,
		.n_events = GEN_N_FORMATS,
		.kallsyms = "ffffffff81000000 T _text\n",
		.cmdlines = "100 dd\n",
		.clock = "mono",
		.uname = "Linux fuzz",
		.n_cpus = g->n_cpus,
		.n_pages = gen_count,
		.page = gen_at,
		.ctx = g,
	};
	struct input in;
	int fd = mkstemp(path);

	for (size_t i = 0; i < GEN_N_FORMATS; i++)
		events[i] = (struct datwrite_event){ gen_formats[i].system, gen_formats[i].text };
	if (fd < 0 || datwrite(&dat, path))
		exit(2);
	close(fd);
	in = load(path);
	unlink(path);
	return in;
}

/* --- damage ----------------------------------------------------------------- */

static size_t damage(uint8_t *data, size_t bytes, unsigned int *seed)
{
	static const uint32_t words[] = { 0,	      1,  0x7fffffff, 0x80000000, 0xffffffff,
					  0xc0000000, 29, 30,	      31,	  0x1000 };
	int n = 1 + rand_r(seed) % 8;

	for (int i = 0; i < n && bytes > 4; i++) {
		size_t at = ((size_t)rand_r(seed) << 16 ^ (size_t)rand_r(seed)) % (bytes - 4);

		/* Most of what can be wrong is in the head. */
		if (rand_r(seed) % 3 == 0)
			at %= bytes < 12000 ? bytes - 4 : 12000;
		switch (rand_r(seed) % 4) {
		case 0:
			data[at] ^= (uint8_t)(1 << rand_r(seed) % 8);
			break;
		case 1:
			data[at] = (uint8_t)rand_r(seed);
			break;
		case 2:
			memcpy(data + at, &words[(size_t)rand_r(seed) % 10], 4);
			break;
		case 3:
			if (rand_r(seed) % 8 == 0)
				bytes = at + 1;
			break;
		}
	}
	return bytes;
}

static void damaged_file(const struct input *in, unsigned int *seed)
{
	int fd = memfd_create("trace.dat", 0);
	uint8_t *copy = malloc(in->bytes);
	char path[64];
	size_t bytes;

	if (fd < 0 || !copy)
		exit(2);
	memcpy(copy, in->data, in->bytes);
	bytes = damage(copy, in->bytes, seed);
	if (write(fd, copy, bytes) != (ssize_t)bytes)
		exit(2);
	free(copy);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	read_file(path);
	close(fd);
}

/* The pages of each CPU are a block of their own, so that ASan sees a byte too far. */
static void damaged_pages(const struct gen *g, unsigned int *seed)
{
	struct gen copy = *g;
	struct event_catalog catalog;
	struct page_reader reader = gen_reader(&copy);
	struct fuzz f;

	copy.cpus = calloc(g->n_cpus, sizeof(*copy.cpus));
	if (!copy.cpus)
		exit(2);
	for (unsigned int i = 0; i < g->n_cpus; i++) {
		size_t bytes = g->cpus[i].n_pages * g->page_bytes;

		copy.cpus[i].n_pages = g->cpus[i].n_pages;
		copy.cpus[i].pages = malloc(bytes + 1);
		if (!copy.cpus[i].pages)
			exit(2);
		memcpy(copy.cpus[i].pages, g->cpus[i].pages, bytes);
		damage(copy.cpus[i].pages, bytes, seed);
	}
	gen_catalog(&catalog);
	read_pages(&catalog, &subbuf_native, g->n_cpus, &reader, &f);
	done(&f);
	event_catalog_free(&catalog);
	gen_free(&copy);
}

static void save(const struct input *in, const char *path)
{
	FILE *f = fopen(path, "we");

	if (!f || fwrite(in->data, 1, in->bytes, f) != in->bytes || fclose(f))
		exit(2);
}

int main(int argc, char **argv)
{
	bool only_write = argc == 4 && !strcmp(argv[1], "--write");
	unsigned long rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;
	unsigned int seed = argc > 2 && !only_write ? (unsigned int)atoi(argv[2]) : 1;
	struct input inputs[SEEDS_MAX];
	size_t n_inputs = 0;
	struct gen g;

	null = fopen("/dev/null", "we");
	if (!null)
		exit(2);
	gen_init(&g, 3, 4096);
	generate(&g, seed, only_write ? atoi(argv[3]) : 400);
	inputs[n_inputs++] = generated_file(&g);
	if (only_write)
		save(&inputs[0], argv[2]);
	for (int i = 3; i < argc && !only_write && n_inputs < SEEDS_MAX; i++)
		inputs[n_inputs++] = load(argv[i]);
	for (unsigned long i = 0; i < rounds; i++) {
		damaged_file(&inputs[i % n_inputs], &seed);
		damaged_pages(&g, &seed);
	}
	for (size_t i = 0; i < n_inputs; i++)
		free(inputs[i].data);
	gen_free(&g);
	fclose(null);
	return 0;
}
