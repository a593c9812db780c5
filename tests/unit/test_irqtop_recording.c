// SPDX-License-Identifier: GPL-2.0-or-later
/* irqtop's recordings: what is written is read, forwards and after jumps. */
#include <sys/stat.h>
#include <unistd.h>

#include "irqtop.h"

#include "irqtop/sample/recorder.h"

#define SAMPLES 200 /* several key frames */

static char path[] = "/tmp/irqtop-recording-XXXXXX";

/* Sample n: counter A grows by n, B wraps, C comes after 50 samples and goes after 120. */
static const char *text_of(unsigned int n)
{
	static char text[256];

	snprintf(text, sizeof(text), HEAD " 24: %u 0 chip 1-edge a\n 25: 5 %u chip 2-edge b\n%s",
		 n * (n + 1) / 2, 4294967290u + n * 4,
		 n >= 50 && n < 120 ? " 26: 1 2 chip 3-edge c\n" : "");
	return text;
}

static int many_read(struct sampler *sampler, struct sample *sample)
{
	const char *text = text_of(sampler->next);
	int err;

	if (sampler->next == SAMPLES)
		return -ENODATA;
	err = irqtable_parse(&sample->table[0], text, strlen(text));
	sample->have[0] = true;
	sample->wall_ms = 1000 + sampler->next;
	sample->time_ns = ++sampler->next * SECOND;
	sample->table[0].time_ns = sample->time_ns;
	sample->have_stat = true;
	sample->stat.interrupts = sampler->next * 7;
	return err;
}

static int recording_make(void **state)
{
	static const struct sampler_ops ops = { .read = many_read, .close = texts_close };
	static const struct irqtable_place place[] = { { .node = 0, .cache = 0 },
						       { .node = 1, .cache = -1 } };
	struct sampler sampler = { .ops = &ops, .root = -1 };
	struct monitor monitor = { .sampler = &sampler };
	struct recorder recorder;
	int fd = mkstemp(path);

	(void)state;
	close(fd);
	if (fd < 0 || recorder_open(&recorder, path))
		return -1;
	while (!monitor_step(&monitor))
		if (recorder_write(&recorder, &monitor, place, 2))
			return -1;
	monitor_free(&monitor);
	return recorder_close(&recorder);
}

static int recording_remove(void **state)
{
	(void)state;
	return unlink(path);
}

/* A sample of the recording has what sample n had. */
static void sample_is(const struct sample *sample, unsigned int n)
{
	struct irqtable want = { 0 };
	const char *text = text_of(n);
	unsigned int r, c;

	assert_int_equal(irqtable_parse(&want, text, strlen(text)), 0);
	assert_int_equal(sample->wall_ms, 1000 + n);
	assert_int_equal(sample->time_ns, (n + 1) * SECOND);
	assert_true(sample->have[0] && !sample->have[1] && sample->have_stat);
	assert_int_equal(sample->stat.interrupts, (n + 1) * 7);
	assert_int_equal(sample->table[0].nrows, want.nrows);
	assert_int_equal(sample->table[0].rows_shape, want.rows_shape);
	for (r = 0; r < want.nrows; r++) {
		assert_int_equal(sample->table[0].row[r].total, want.row[r].total);
		for (c = 0; c < want.ncpus; c++)
			assert_int_equal(irqtable_cells(&sample->table[0], r)[c],
					 irqtable_cells(&want, r)[c]);
	}
	irqtable_free(&want);
}

static void all_samples_are_read(void **state)
{
	struct sampler *sampler = sampler_replay_open(path);
	struct sample sample = { 0 };
	unsigned int n;

	(void)state;
	assert_non_null(sampler);
	assert_int_equal(sampler->count, SAMPLES);
	assert_false(sampler->live);
	for (n = 0; n < SAMPLES; n++) {
		assert_int_equal(sampler_read(sampler, &sample), 0);
		sample_is(&sample, n);
	}
	assert_int_equal(sampler_read(sampler, &sample), -ENODATA);
	assert_int_equal(sampler->place[1].node, 1);
	assert_int_equal(sampler->place[0].cache, 0);
	assert_int_equal(sampler->place[1].cache, -1);
	assert_int_equal(sampler->place[2].node, -1);
	sample_free(&sample);
	sampler_close(sampler);
}

static void jumps_go_anywhere(void **state)
{
	static const unsigned int to[] = { 150, 10, 64, 63, 65, 199, 0, 50, 51, 119, 120, 121, 90 };
	struct sampler *sampler = sampler_replay_open(path);
	struct sample sample = { 0 };
	size_t i;

	(void)state;
	assert_non_null(sampler);
	for (i = 0; i < N_ELEMENTS(to); i++) {
		assert_int_equal(sampler->ops->seek(sampler, to[i]), 0);
		assert_int_equal(sampler_read(sampler, &sample), 0);
		sample_is(&sample, to[i]);
	}
	assert_int_equal(sampler->ops->seek(sampler, SAMPLES + 5), 0); /* the last */
	assert_int_equal(sampler_read(sampler, &sample), 0);
	sample_is(&sample, SAMPLES - 1);
	sample_free(&sample);
	sampler_close(sampler);
}

/* However it is cut off, the whole frames before are read. */
static void a_cut_recording_ends_earlier(void **state)
{
	static char cut[] = "/tmp/irqtop-recording-XXXXXX";
	struct sampler *sampler;
	struct stat st;
	unsigned int last = SAMPLES;
	char *bytes;
	FILE *file;
	off_t size;
	int fd;

	(void)state;
	assert_int_equal(stat(path, &st), 0);
	bytes = malloc((size_t)st.st_size);
	file = fopen(path, "r");
	assert_int_equal(fread(bytes, 1, (size_t)st.st_size, file), st.st_size);
	fclose(file);
	fd = mkstemp(cut);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, (size_t)st.st_size), st.st_size);
	for (size = st.st_size - 1; size > 9; size -= size > 400 ? 13 : 1) {
		assert_int_equal(ftruncate(fd, size), 0);
		sampler = sampler_replay_open(cut);
		if (!sampler) {
			assert_int_equal(errno, EBADMSG); /* not one whole frame */
			last = 0;
			continue;
		}
		assert_true(sampler->count < SAMPLES && sampler->count <= last);
		last = sampler->count;
		sampler_close(sampler);
	}
	assert_int_equal(last, 0);
	close(fd);
	unlink(cut);
	free(bytes);
}

static void other_files_are_refused(void **state)
{
	(void)state;
	errno = 0;
	assert_null(sampler_replay_open("/proc/self/exe"));
	assert_int_equal(errno, EBADMSG);
	assert_null(sampler_replay_open("/dev/null"));
	assert_int_equal(errno, EBADMSG);
	assert_null(sampler_replay_open("/nonexistent"));
	assert_int_equal(errno, ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_samples_are_read),
		cmocka_unit_test(jumps_go_anywhere),
		cmocka_unit_test(a_cut_recording_ends_earlier),
		cmocka_unit_test(other_files_are_refused),
	};

	return cmocka_run_group_tests_name("irqtop_recording", tests, recording_make,
					   recording_remove);
}
