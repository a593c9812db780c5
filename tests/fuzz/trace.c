// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Recordings of trace-cmd of any bytes, for libFuzzer: version 6 and 7, compressed or not.
 * damage.c damages whole ones at random; here the coverage guides.
 */
#include "fuzz.h"
#include "traceread.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64];
	int fd;

	if (!null)
		null = fopen("/dev/null", "we");
	require(null);
	fd = fuzz_file(data, size, path);
	read_file(path);
	close(fd);
	return 0;
}
