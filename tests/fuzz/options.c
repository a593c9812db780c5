// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Command lines and the config file, for libFuzzer. The first byte chooses: a table with
 * an option of each type, irqtop's options, irqtop's config file, those of irqlat bench.
 * The rest has an argument, or a setting, a line.
 */
#define FUZZ_MESSAGES
#include "fuzz.h"

#include <getopt.h>

#include "base/cpus.h"
#include "base/opts.h"
#include "base/parse.h"
#include "irqlat/bench/options.h"
#include "irqtop/session/options.h"

struct values {
	bool flag;
	uint64_t number, time, seconds;
	struct cpu_list cpus;
	struct priority priority;
	const char *text;
	int choice, set;
	struct opt_file file;
	struct opt_strings texts;
};

static const char *const choices[] = { "one", "two", "three", NULL };

#define MEMBER(name_) offsetof(struct values, name_)

static const struct opt table[] = {
	{ 'f', "flag", NULL, OPT_FLAG, MEMBER(flag), .help = "flag" },
	{ 'n', "number", "N", OPT_U64, MEMBER(number), 1, 1000, .help = "number" },
	{ 't', "time", "TIME", OPT_DURATION, MEMBER(time), 1, UINT64_MAX, .help = "time" },
	{ 's', "seconds", "S", OPT_SECONDS, MEMBER(seconds), 0, UINT64_MAX, .help = "seconds" },
	{ 'c', "cpus", "LIST", OPT_CPUS, MEMBER(cpus), .help = "CPUs" },
	{ 'P', "priority", "PRIO", OPT_PRIORITY, MEMBER(priority), .help = "priority" },
	{ 'x', "text", "TEXT", OPT_STRING, MEMBER(text), .help = "text" },
	{ 'w', "choice", "WORD", OPT_CHOICE, MEMBER(choice), .choices = choices, .help = "one" },
	{ 'o', "file", "FILE", OPT_FILE, MEMBER(file), .help = "file" },
	{ 'm', "texts", "TEXT", OPT_STRINGS, MEMBER(texts), .help = "texts" },
	{ 'S', "set", NULL, OPT_SET, MEMBER(set), .value = 7, .help = "set" },
	{ 0 },
};

static const struct opt_command command = {
	.name = "fuzz", .arguments = "[FILE]", .summary = "Fuzzes.", .options = table
};

static void all_types(int argc, char **argv)
{
	static struct values values, again;
	const struct opt *o;
	uint64_t given = 0;
	struct why why;
	char text[512];
	int operand;

	memset(&values, 0, sizeof(values));
	if (opts_parse(&command, argc, argv, &values, &operand, &given) != OPTS_OK)
		return;
	require(operand >= 1 && operand <= argc);
	require(values.texts.n <= OPT_STRINGS_MAX && values.cpus.n <= CPUS_MAX);
	/* What is formatted is stored as the same value again. */
	for (o = table; o->name; o++) {
		if (!opts_given(&command, given, o->offset) ||
		    (o->type != OPT_FLAG && o->type != OPT_SECONDS && o->type != OPT_CHOICE))
			continue;
		require(!opt_store(o, opt_format(o, &values, text, sizeof(text)), &again, &why));
	}
	require(!opts_given(&command, given, MEMBER(flag)) || again.flag == values.flag);
	require(!opts_given(&command, given, MEMBER(choice)) || again.choice == values.choice);
}

static void irqtop(int argc, char **argv)
{
	static struct options options;

	memset(&options, 0, sizeof(options));
	if (options_parse(&options, argc, argv) >= 0)
		return;
	require(options.mode != MODE_AUTO && options.ncolumns <= FIELD_COUNT);
	require(options.interval_ns >= INTERVAL_MIN_NS && options.interval_ns <= INTERVAL_MAX_NS);
}

static void config_file(const char *text)
{
	char path[64], option[80], name[] = "irqtop", batch[] = "--batch";
	char *argv[] = { name, batch, option, NULL };
	int fd = fuzz_file((const uint8_t *)text, strlen(text), path);

	snprintf(option, sizeof(option), "--config=%s", path);
	irqtop(3, argv);
	close(fd);
}

static void bench(int argc, char **argv)
{
	static struct bench_options options;
	int status;

	if (bench_options_parse(argc, argv, &options, &status))
		require(options.bench.warmup <= 1000000000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *argv[FUZZ_ARGUMENTS_MAX + 2], name[] = "fuzz", *text;
	int argc;

	if (size < 2)
		return 0;
	text = fuzz_text(data + 1, size - 1);
	if (data[0] % 4 == 2) {
		config_file(text);
	} else {
		argc = fuzz_arguments(name, text, argv);
		(void (*[])(int, char **)){ all_types, irqtop, NULL, bench }[data[0] % 4](argc,
											  argv);
	}
	free(text);
	return 0;
}
