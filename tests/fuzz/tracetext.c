// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Texts of traces of any bytes, for libFuzzer, read by the whole engine. Properties: the
 * stages of a chain add up, and every interrupt has one outcome.
 */
#include "fuzz.h"
#include "traceread.h"

#include "tracing/textfile.h"

/* A timeline of thousands of CPUs is only memory. */
#define CPUS_MAX 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *in = size ? fmemopen((void *)(uintptr_t)data, size, "r") : NULL;
	struct textfile *text;
	struct page_reader reader;
	struct why why;
	struct fuzz f;

	if (!null)
		null = fopen("/dev/null", "w");
	if (!in)
		return 0;
	text = textfile_read(in, &why);
	fclose(in);
	if (!text) {
		require_why(&why);
		return 0;
	}
	if (textfile_n_cpus(text) <= CPUS_MAX) {
		reader = textfile_reader(text);
		read_pages(textfile_catalog(text), &subbuf_native, textfile_n_cpus(text), &reader,
			   &f);
		done(&f);
	}
	textfile_free(text);
	return 0;
}
