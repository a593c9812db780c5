// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The main program of a target that is built without libFuzzer: has it take each of the
 * given files once.
 *
 *	TARGET FILE...
 */
#include "fuzz.h"

/* Seconds for an input: one that ends takes a few, ten times that on a busy machine. */
#define LIMIT 600

static void die(const char *path)
{
	perror(path);
	exit(1);
}

/* In memory of just its size, so that what lies behind is not read unnoticed. */
static uint8_t *content(const char *path, size_t *size)
{
	FILE *file = fopen(path, "re");
	uint8_t *data;
	long end;

	if (!file || fseek(file, 0, SEEK_END) || (end = ftell(file)) < 0)
		die(path);
	rewind(file);
	*size = (size_t)end;
	data = malloc(*size);
	if ((*size && !data) || fread(data, 1, *size, file) != *size)
		die(path);
	fclose(file);
	return data;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		size_t size;
		uint8_t *data = content(argv[i], &size);

		fprintf(stderr, "%s\n", argv[i]);
		alarm(LIMIT);
		LLVMFuzzerTestOneInput(data, size);
		free(data);
	}
	return 0;
}
