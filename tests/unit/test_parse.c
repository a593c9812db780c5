// SPDX-License-Identifier: GPL-2.0-or-later
/* Values and options as they are typed. */

#include "unit.h"

#include <unistd.h>

#include "base/cpus.h"
#include "base/opts.h"
#include "base/parse.h"
#include "base/why.h"
#include "irqlat/way/way.h"
#include "results/result.h"

static void durations(void **state)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} good[] = {
		{ "10m", 600000000000 },
		{ "1.5s", 1500000000 },
		{ "250us", 250000 },
		{ "0.5us", 500 },
		{ "7ns", 7 },
		{ "2ms", 2000000 },
		{ "1h", 3600000000000 },
		{ "1d", 86400000000000 },
		{ "30", 30000000000 },
		{ "0s", 0 },
		{ "1.49ns", 1 },
		{ "1.5ns", 2 },
		{ "2.5ns", 3 },
		{ "4503599627370497ns", 4503599627370497 },
		{ "9100000000000000000ns", 9100000000000000000 },
	};
	static const char *const bad[] = {
		"",	"s",   "-1s",  "+1s",	 "1e9", "inf", "nan",
		"0x1s", "1 s", "1sec", "1.2.3s", ".",	"5S",  "1000000d"
	};
	uint64_t ns;
	size_t i;

	(void)state;
	for (i = 0; i < N_ELEMENTS(good); i++) {
		assert_int_equal(parse_duration(good[i].text, 1000000000, &ns), 0);
		assert_int_equal(ns, good[i].ns);
	}
	for (i = 0; i < N_ELEMENTS(bad); i++)
		assert_int_equal(parse_duration(bad[i], 1000000000, &ns), -1);
	/* Without a default the unit must be there. */
	assert_int_equal(parse_duration("30", 0, &ns), -1);
}

static void cpu_lists(void **state)
{
	static const char *const bad[] = {
		"", ",", "0,", "-1", "3-1", "a", "0-", "8192", "0 1", "0,,1", "99999999999999999999"
	};
	struct cpu_list list;
	size_t i;

	(void)state;
	assert_int_equal(cpu_list_parse(&list, "3,0-1,1"), 0);
	assert_int_equal(list.n, 3);
	assert_int_equal(list.cpu[0], 3);
	assert_int_equal(list.cpu[1], 0);
	assert_int_equal(list.cpu[2], 1);
	assert_true(cpu_list_contains(&list, 3));
	assert_false(cpu_list_contains(&list, 2));
	assert_int_equal(cpu_list_parse(&list, "0-8191,0-8191"), 0);
	assert_int_equal(list.n, CPUS_MAX);
	for (i = 0; i < N_ELEMENTS(bad); i++)
		assert_int_equal(cpu_list_parse(&list, bad[i]), -1);
}

static void priorities(void **state)
{
	static const char *const bad[] = { "",	     "f",      "f:",	   "f:0",	"f:100",
					   "r:-1",   "o:20",   "o:-21",	   "x:1",	"80",
					   "f:8x",   "f: 8",   "d:1ms",	   "d:2ms:1ms", "d:1:2",
					   "d::1ms", "d:1ms:", "d:1us:1ms" };
	struct priority p;
	size_t i;

	(void)state;
	assert_int_equal(parse_priority("f:80", &p), 0);
	assert_int_equal(p.class, SCHED_CLASS_FIFO);
	assert_int_equal(p.value, 80);
	assert_int_equal(parse_priority("f:99", &p), 0);
	assert_int_equal(parse_priority("o:19", &p), 0);
	assert_int_equal(parse_priority("r:1", &p), 0);
	assert_int_equal(p.class, SCHED_CLASS_RR);
	assert_int_equal(parse_priority("o:-20", &p), 0);
	assert_int_equal(p.class, SCHED_CLASS_OTHER);
	assert_int_equal(p.value, -20);
	assert_int_equal(parse_priority("d:500us:1ms", &p), 0);
	assert_int_equal(p.class, SCHED_CLASS_DEADLINE);
	assert_int_equal(p.runtime_ns, 500000);
	assert_int_equal(p.period_ns, 1000000);
	assert_int_equal(parse_priority("d:1ms:1ms", &p), 0);
	for (i = 0; i < N_ELEMENTS(bad); i++)
		assert_int_equal(parse_priority(bad[i], &p), -1);
}

static void way_lists(void **state)
{
	static const char *const bad[] = { "",		",",
					   "read,",	"spin",
					   "read,read", "readx",
					   "poll,,uio", "a-very-long-name-of-a-way" };
	const struct way *list[WAYS_MAX];
	struct why why;
	size_t i;

	(void)state;
	assert_int_equal(way_list_parse("poll,read,uio", list, &why), 3);
	assert_ptr_equal(list[0], &way_poll);
	assert_ptr_equal(list[1], &way_read);
	assert_ptr_equal(list[2], &way_uio);
	for (i = 0; i < N_ELEMENTS(bad); i++)
		assert_int_equal(way_list_parse(bad[i], list, &why), -1);
	assert_int_equal(way_list_parse("read,poll,read", list, &why), -1);
	assert_string_equal(why.text, "--ways: read is named twice");
	assert_int_equal(way_list_parse("poll,readx,uio", list, &why), -1);
	assert_ptr_equal(strstr(why.text, "--ways: \"readx\" is none of: read, poll, "), why.text);
	assert_string_equal(strrchr(why.text, ' '), " eventfd-base");
}

/* Every way can be measured in one run, so all of them may be unavailable. */
static void all_ways_fit(void **state)
{
	const struct way *list[WAYS_MAX];
	char text[512] = "";
	struct why why;
	size_t i;

	(void)state;
	for (i = 0; i < WAYS_MAX; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", i ? "," : "",
			 all_ways[i]->name);
	assert_int_equal(way_list_parse(text, list, &why), WAYS_MAX);
	assert_true(WAYS_MAX <= RESULT_UNAVAILABLE_MAX);
}

/* --- option tables -------------------------------------------------------- */

struct config {
	bool flag;
	uint64_t count;
	uint64_t time_ns;
	const char *text;
	int choice;
	struct opt_file file;
};

static const char *const choices[] = { "one", "two", NULL };

static const struct opt options[] = {
	{ 'f', "flag", NULL, OPT_FLAG, offsetof(struct config, flag), .help = "a flag" },
	{ 'c', "count", "N", OPT_U64, offsetof(struct config, count), 1, 10, .help = "a count" },
	{ 't', "time", "TIME", OPT_SECONDS, offsetof(struct config, time_ns), 1, UINT64_MAX,
	  .help = "a time" },
	{ 0, "text", "WORD", OPT_STRING, offsetof(struct config, text),
	  .help = "a word,\nin two lines" },
	{ 0, "choice", "WHICH", OPT_CHOICE, offsetof(struct config, choice), .choices = choices,
	  .help = "a choice" },
	{ 'o', "file", "FILE", OPT_FILE, offsetof(struct config, file), .help = "a file" },
	{ 0 }
};

static const struct opt_command command = { "test", "ARG", "Tests.", options, "The end.\n" };

/* Parses words separated by blanks; keeps them in @words. */
static int parse(char *words, struct config *config, int *operand)
{
	char *argv[16], *word, *save = NULL;
	int argc = 0;

	memset(config, 0, sizeof(*config));
	for (word = strtok_r(words, " ", &save); word; word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	argv[argc] = NULL;
	return opts_parse(&command, argc, argv, config, operand, NULL);
}

static void options_are_stored(void **state)
{
	char words[] = "test -f -c 3 --time=2m --text word --choice two --file=x rest";
	char bare[] = "test --file", dash[] = "test --file=-", help[] = "test -c 3 -h";
	struct config config;
	int operand;

	(void)state;
	assert_int_equal(parse(words, &config, &operand), OPTS_OK);
	assert_true(config.flag);
	assert_int_equal(config.count, 3);
	assert_int_equal(config.time_ns, 120000000000);
	assert_string_equal(config.text, "word");
	assert_int_equal(config.choice, 1);
	assert_true(config.file.wanted);
	assert_string_equal(config.file.name, "x");
	assert_false(opt_file_is_stdout(&config.file));
	assert_int_equal(operand, 10);

	assert_int_equal(parse(bare, &config, &operand), OPTS_OK);
	assert_true(opt_file_is_stdout(&config.file));
	assert_int_equal(parse(dash, &config, &operand), OPTS_OK);
	assert_true(opt_file_is_stdout(&config.file));
	assert_int_equal(parse(help, &config, &operand), OPTS_HELP);
}

/* By its letter too a file may be left out, and is spelled as in rtla. */
static void files_are_optional(void **state)
{
	static const struct {
		const char *words;
		const char *name;
		int operand;
	} good[] = {
		{ "test -o", NULL, 2 },		 { "test -o -f", NULL, 3 },
		{ "test -ox", "x", 2 },		 { "test -o x", "x", 3 },
		{ "test -o=x", "x", 2 },	 { "test -o -", "-", 3 },
		{ "test -fo x rest", "x", 3 },	 { "test -o x -f rest", "x", 4 },
		{ "test --file rest", NULL, 2 },
	};
	struct config config;
	char words[64];
	int operand;

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(good); i++) {
		snprintf(words, sizeof(words), "%s", good[i].words);
		assert_int_equal(parse(words, &config, &operand), OPTS_OK);
		assert_true(config.file.wanted);
		if (good[i].name)
			assert_string_equal(config.file.name, good[i].name);
		else
			assert_null(config.file.name);
		assert_int_equal(operand, good[i].operand);
	}
}

static void wrong_options_are_refused(void **state)
{
	static const char *const bad[] = {
		"test -x",
		"test --nothing",
		"test -c",
		"test -c 0",
		"test -c 11",
		"test -c -1",
		"test -c 1x",
		"test --flag=1",
		"test -t 0",
		"test -t soon",
		"test --choice 3",
		"test --count",
		"test -c 99999999999999999999",
	};
	struct config config;
	char words[64];
	int operand;
	size_t i;

	(void)state;
	for (i = 0; i < N_ELEMENTS(bad); i++) {
		snprintf(words, sizeof(words), "%s", bad[i]);
		assert_int_equal(parse(words, &config, &operand), -1);
	}
}

static void help_names_every_option(void **state)
{
	const struct opt *o;
	FILE *out = tmpfile();
	char *text, *lines, *line, *save = NULL;

	(void)state;
	opts_help(&command, out);
	text = unit_text_of(out);
	for (o = options; o->name; o++)
		assert_non_null(strstr(text, o->name));
	assert_non_null(strstr(text, "--file[=FILE]"));
	assert_non_null(strstr(text, "--help"));
	assert_non_null(strstr(text, "The end."));
	lines = text;
	for (line = strtok_r(lines, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		assert_true(strlen(line) <= 90);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations),
		cmocka_unit_test(cpu_lists),
		cmocka_unit_test(priorities),
		cmocka_unit_test(way_lists),
		cmocka_unit_test(all_ways_fit),
		cmocka_unit_test(options_are_stored),
		cmocka_unit_test(files_are_optional),
		cmocka_unit_test(wrong_options_are_refused),
		cmocka_unit_test(help_names_every_option),
	};

	/* The messages of refusals are expected; the CLI tests read them. */
	if (!freopen("/dev/null", "w", stderr))
		return 1;
	return cmocka_run_group_tests_name("parse", tests, NULL, NULL);
}
