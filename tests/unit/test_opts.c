// SPDX-License-Identifier: GPL-2.0-or-later
/* Options of a tool with a config file: rows that are set, stored and printed by name. */
#include "unit.h"

#include "base/opts.h"

enum shape { ROUND, FLAT, SQUARE };

struct config {
	bool loud;
	enum shape shape;
	uint64_t wait_ns;
	int level;
};

static const char *const shapes[] = { "round", "flat", "square", NULL };

static int level_parse(void *config, const char *text, struct why *why)
{
	struct config *c = config;

	if (text && strcmp(text, "high"))
		return why_set(why, "want high");
	c->level = text ? 2 : 1;
	return 0;
}

static void level_format(const void *config, char *buf, size_t size)
{
	const struct config *c = config;

	if (c->level)
		snprintf(buf, size, "%s", c->level == 2 ? "high" : "low");
}

#define AT(member) offsetof(struct config, member)

static const struct opt options[] = {
	{ 'l', "loud", NULL, OPT_FLAG, AT(loud), .help = "loud", .group = "Sound", .saved = true },
	{ 's', "shape", NULL, OPT_CHOICE, AT(shape), .choices = shapes, .help = "which" },
	{ 'S', "square", NULL, OPT_SET, AT(shape), .value = SQUARE, .help = "--shape=square",
	  .alias = "box" },
	{ 'd', "wait", "S", OPT_SECONDS, AT(wait_ns), .min = 50000000, .max = 86400000000000,
	  .help = "seconds" },
	{ 0, "level", "high", OPT_CUSTOM, AT(level), .parse = level_parse, .format = level_format,
	  .optional = true, .help = "low, or high", .group = "Height" },
	{ 0 }
};

static const struct opt_command command = { "", "", "Tests.", options, NULL };

static int parse(const char *arguments, struct config *config, uint64_t *given)
{
	char words[128], *argv[16], *word, *save = NULL;
	int argc = 0, operand;

	memset(config, 0, sizeof(*config));
	snprintf(words, sizeof(words), "tool %s", arguments);
	for (word = strtok_r(words, " ", &save); word; word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	argv[argc] = NULL;
	return opts_parse(&command, argc, argv, config, &operand, given);
}

static void rows_set_values_and_call_functions(void **state)
{
	struct config config;
	uint64_t given;

	(void)state;
	assert_int_equal(parse("-S -d .25 --level", &config, &given), OPTS_OK);
	assert_int_equal(config.shape, SQUARE);
	assert_int_equal(config.wait_ns, 250000000);
	assert_int_equal(config.level, 1);
	assert_int_equal(parse("--box --shape flat --level=high", &config, &given), OPTS_OK);
	assert_int_equal(config.shape, FLAT);
	assert_int_equal(config.level, 2);
	assert_int_equal(parse("--level=low", &config, &given), -1);
	assert_int_equal(parse("--loud=yes", &config, &given), -1);
	assert_int_equal(parse("-d 0.04", &config, &given), -1);
	assert_int_equal(parse("-d 86401", &config, &given), -1);
}

/* A field counts as given whichever of its options was. */
static void given_is_said_of_fields(void **state)
{
	struct config config;
	uint64_t given;

	(void)state;
	assert_int_equal(parse("--box -l", &config, &given), OPTS_OK);
	assert_true(opts_given(&command, given, AT(shape)));
	assert_true(opts_given(&command, given, AT(loud)));
	assert_false(opts_given(&command, given, AT(wait_ns)));
}

static const struct opt *row(const char *name)
{
	const struct opt *o = options;

	while (strcmp(o->name, name))
		o++;
	return o;
}

static void printed_is(const struct config *config, const char *name, const char *want)
{
	char text[64];

	assert_string_equal(opt_format(row(name), config, text, sizeof(text)), want);
}

static void values_are_stored_and_printed_as_text(void **state)
{
	struct config config = { 0 };
	struct why why;

	(void)state;
	assert_int_equal(opt_store(row("loud"), "yes", &config, &why), 0);
	printed_is(&config, "loud", "yes");
	assert_int_equal(opt_store(row("loud"), "no", &config, &why), 0);
	printed_is(&config, "loud", "no");
	assert_int_equal(opt_store(row("loud"), "maybe", &config, &why), -1);
	assert_string_equal(why.text, "\"maybe\" is neither yes nor no");
	assert_int_equal(opt_store(row("shape"), "flat", &config, &why), 0);
	printed_is(&config, "shape", "flat");
	assert_int_equal(opt_store(row("shape"), "oval", &config, &why), -1);
	assert_string_equal(why.text, "\"oval\" is none of: round, flat, square");
	assert_int_equal(opt_store(row("wait"), "0.05", &config, &why), 0);
	printed_is(&config, "wait", "0.05");
	printed_is(&config, "level", "");
	assert_int_equal(opt_store(row("level"), "high", &config, &why), 0);
	printed_is(&config, "level", "high");
}

static void help_has_groups_and_choices(void **state)
{
	FILE *out = tmpfile();
	char *text;

	(void)state;
	opts_help(&command, out);
	text = unit_text_of(out);
	assert_non_null(strstr(text, " [options]\nTests.\n\nSound:\n  -l, --loud"));
	assert_non_null(strstr(text, "-s, --shape=round|flat|square\n"));
	assert_non_null(strstr(text, "-S, --square, --box "));
	assert_non_null(strstr(text, "\n\nHeight:\n      --level[=high] "));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_set_values_and_call_functions),
		cmocka_unit_test(given_is_said_of_fields),
		cmocka_unit_test(values_are_stored_and_printed_as_text),
		cmocka_unit_test(help_has_groups_and_choices),
	};

	/* The messages of refusals are expected. */
	if (!freopen("/dev/null", "w", stderr))
		return 1;
	return cmocka_run_group_tests_name("opts", tests, NULL, NULL);
}
