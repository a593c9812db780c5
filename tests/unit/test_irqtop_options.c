// SPDX-License-Identifier: GPL-2.0-or-later
/* irqtop's options and config file. */
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

#include "irqtop/session/options.h"

static char folder[] = "/tmp/irqtop-options-XXXXXX";
static char config[64];

static int folder_make(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(config, sizeof(config), "%s/a/b/config", folder);
	setenv("HOME", folder, 1);
	unsetenv("XDG_CONFIG_HOME");
	return 0;
}

static void config_remove(void)
{
	char path[80];

	unlink(config);
	snprintf(path, sizeof(path), "%s/a/b", folder);
	rmdir(path);
	snprintf(path, sizeof(path), "%s/a", folder);
	rmdir(path);
}

static int folder_remove(void **state)
{
	(void)state;
	config_remove();
	return rmdir(folder);
}

static struct options options;

/* Parses words that are separated by blanks; "'" quotes nothing. Returns the status. */
static int parse(const char *format, ...)
{
	static char text[1024];
	char *argv[32], *word, *save = NULL;
	int argc = 0;
	va_list args;

	va_start(args, format);
	strcpy(text, "irqtop ");
	vsnprintf(text + 7, sizeof(text) - 7, format, args);
	va_end(args);
	for (word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	argv[argc] = NULL;
	return options_parse(&options, argc, argv);
}

static void config_is(const char *text)
{
	char path[80];
	FILE *file;

	snprintf(path, sizeof(path), "%s/a", folder);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/a/b", folder);
	mkdir(path, 0700);
	file = fopen(config, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void options_are_stored(void **state)
{
	(void)state;
	assert_int_equal(parse("-b"), -1);
	assert_int_equal(options.mode, MODE_BATCH);
	assert_int_equal(options.interval_ns, 1000000000);
	assert_int_equal(options.view.sort, FIELD_RATE);
	assert_int_equal(options.view.tables, TABLES_BOTH);
	assert_int_equal(options.rows, UINT32_MAX);
	assert_string_equal(options.root, "/");

	assert_int_equal(parse("--json -S -f eth -C 0-3 --node 1 -a -r -s total --rows 5 -n 3 "
			       "-d .25 --per-cpu --root /x"),
			 -1);
	assert_int_equal(options.mode, MODE_JSON);
	assert_int_equal(options.view.tables, TABLES_SOFTIRQS);
	assert_string_equal(options.view.filter, "eth cpu:0-3 node:1 active");
	assert_true(options.view.reverse);
	assert_int_equal(options.view.sort, FIELD_TOTAL);
	assert_int_equal(options.rows, 5);
	assert_int_equal(options.count, 3);
	assert_int_equal(options.interval_ns, 250000000);
	assert_true(options.per_cpu);
	assert_string_equal(options.root, "/x");

	assert_int_equal(parse("--csv -c irq,RATE,name --group node --wide --ascii --color 256 "
			       "--theme light --no-mouse"),
			 -1);
	assert_int_equal(options.ncolumns, 3);
	assert_int_equal(options.column[1], FIELD_RATE);
	assert_int_equal(options.group, AXIS_NODE);
	assert_int_equal(options.colour, COLOUR_256);
	assert_int_equal(options.theme, THEME_LIGHT);
	assert_true(options.wide && options.ascii && options.no_mouse);

	assert_int_equal(parse("--openmetrics"), -1);
	assert_false(options.strict);
	assert_int_equal(parse("--openmetrics=strict"), -1);
	assert_true(options.strict);
	assert_int_equal(options.mode, MODE_METRICS);
	assert_int_equal(parse("--listen :9"), -1);
	assert_int_equal(options.mode, MODE_LISTEN);
	assert_int_equal(parse("--diff one --csv two"), -1);
	assert_string_equal(options.diff[0], "one");
	assert_string_equal(options.diff[1], "two");
	assert_int_equal(options.mode, MODE_CSV);
	assert_int_equal(parse("-b --alert rate>1 --alert delta<2"), -1);
	assert_int_equal(options.alerts.count, 2);
}

static void two_names_are_one_option(void **state)
{
	static const char *const once[] = { "-l", "--list", "--once" };
	size_t i;

	(void)state;
	for (i = 0; i < N_ELEMENTS(once); i++) {
		assert_int_equal(parse("%s", once[i]), -1);
		assert_true(options.once);
		assert_int_equal(options.mode, MODE_BATCH);
	}
}

static void wrong_options_are_errors(void **state)
{
	static const char *const bad[] = {
		"--nonsense",
		"word",
		"-d 0.04",
		"-d 86401",
		"-d x",
		"-n 0",
		"-n -1",
		"--rows 0",
		"--rows 4294967296",
		"-t none",
		"-c irq,none",
		"-s none",
		"--group all",
		"--color 16",
		"--theme blue",
		"--openmetrics=loose",
		"--alert rate",
		"--json=1",
		"--diff one",
		"--diff one two three",
		"-b --per-cpu",
		"--csv --per-cpu",
		"--listen :9 --record x",
		"--listen :9 --replay x",
		"--listen :9 --alert rate>1",
		"--diff a b --record x",
		"--diff a b --once",
		"--replay a --record b",
		"--alert-command true",
		"--openmetrics -L",
		"--openmetrics -c total,rate",
		"--listen :9 -c rate",
	};
	size_t i;

	(void)state;
	for (i = 0; i < N_ELEMENTS(bad); i++)
		if (parse("%s", bad[i]) != 1)
			fail_msg("'%s' is accepted", bad[i]);
}

/* Options of util-linux's irqtop and lsirq. */
static void other_names_are_understood(void **state)
{
	static const char *const refused[] = { "-P", "--pairs", "--noheadings", "--cpu-stat auto" };
	size_t i;

	(void)state;
	assert_int_equal(parse("--delay 2 --iter 3 -J -o irq,Total,NAME --softirq"), -1);
	assert_int_equal(options.interval_ns, 2000000000);
	assert_int_equal(options.count, 3);
	assert_int_equal(options.mode, MODE_JSON);
	assert_int_equal(options.ncolumns, 3);
	assert_int_equal(options.column[1], FIELD_TOTAL);
	assert_int_equal(options.view.tables, TABLES_SOFTIRQS);
	assert_int_equal(parse("--csv --cpu-list 1-2 --threshold 500"), -1);
	assert_string_equal(options.view.filter, "cpu:1-2 total>500");
	assert_int_equal(parse("--input some/file"), -1);
	assert_true(options.once);
	assert_string_equal(options.input, "some/file");
	assert_int_equal(parse("--input x --replay y"), 1);
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		assert_int_equal(parse("%s", refused[i]), 1);
}

/* The screen folds idle rows, unless an alert is about what is low. */
static void idle_rows_are_folded_by_default(void **state)
{
	(void)state;
	assert_int_equal(parse("--csv --no-config"), -1);
	assert_false(options.view.fold);
	assert_int_equal(parse("--csv --no-config --alert rate<5"), -1);
	assert_true(options.idle);
	assert_int_equal(parse("--csv --no-config --alert rate>5"), -1);
	assert_false(options.idle);
}

static void a_filter_has_an_end(void **state)
{
	char long_text[FILTER_BYTES];

	(void)state;
	memset(long_text, 'x', sizeof(long_text));
	long_text[FILTER_BYTES - 8] = '\0';
	assert_int_equal(parse("-b -f %s -a", long_text), -1);
	long_text[FILTER_BYTES - 8] = 'x';
	long_text[FILTER_BYTES - 7] = '\0';
	assert_int_equal(parse("-b -f %s -a", long_text), 1);
}

static void modes_have_an_order(void **state)
{
	(void)state;
	assert_int_equal(parse("--once"), -1);
	assert_int_equal(options.view.sort, FIELD_IRQ);
	assert_int_equal(parse("--once -s total"), -1);
	assert_int_equal(options.view.sort, FIELD_TOTAL);
	assert_int_equal(parse("--openmetrics"), -1);
	assert_int_equal(options.view.sort, FIELD_IRQ);
	assert_int_equal(parse("--diff a b"), -1);
	assert_int_equal(options.view.sort, FIELD_DELTA);
}

static void columns_and_alerts_turn_tracing_on(void **state)
{
	(void)state;
	assert_int_equal(parse("-b -c irq,rate"), -1);
	assert_false(options.latency);
	assert_int_equal(parse("-b -c irq,handler_avg_ns"), -1);
	assert_true(options.latency);
	assert_int_equal(parse("-b --alert task_p99_ns>1M"), -1);
	assert_true(options.latency);
}

static void the_command_line_overrides_the_file(void **state)
{
	(void)state;
	config_is("# ours\n\n  interval = 7\t# seconds\r\ntables = interrupts\nsort = total\n"
		  "reverse = yes\nascii = no\nwide=yes\ncolumns = irq,name\ngroup = cache\n");
	assert_int_equal(parse("--csv --config %s", config), -1);
	assert_int_equal(options.interval_ns, 7000000000);
	assert_int_equal(options.view.tables, TABLES_INTERRUPTS);
	assert_int_equal(options.view.sort, FIELD_TOTAL);
	assert_true(options.view.reverse);
	assert_false(options.ascii);
	assert_true(options.wide);
	assert_int_equal(options.ncolumns, 2);
	assert_int_equal(options.group, AXIS_CACHE);

	/* Another option for the field counts as well: -S is --tables softirqs. */
	assert_int_equal(parse("--csv -S -d 2 -s irq -c rate --config %s", config), -1);
	assert_int_equal(options.view.tables, TABLES_SOFTIRQS);
	assert_int_equal(options.interval_ns, 2000000000);
	assert_int_equal(options.view.sort, FIELD_IRQ);
	assert_int_equal(options.ncolumns, 1);
	assert_true(options.view.reverse);

	/* The order of the file is not for modes that have their own. */
	assert_int_equal(parse("--once --config %s", config), -1);
	assert_int_equal(options.view.sort, FIELD_IRQ);
}

static void bad_settings_are_ignored(void **state)
{
	(void)state;
	config_is("rubbish\ninterval = 0.01\nnone = 1\ntheme = blue\nreverse = maybe\n"
		  "json = yes\nfilter = x\nsort = none\ncolumns = irq,none\nascii = yes\n");
	assert_int_equal(parse("--csv --config %s", config), -1);
	assert_int_equal(options.mode, MODE_CSV);
	assert_int_equal(options.interval_ns, 1000000000);
	assert_int_equal(options.theme, THEME_DARK);
	assert_int_equal(options.ncolumns, 0);
	assert_false(options.view.reverse);
	assert_string_equal(options.view.filter, "");
	assert_int_equal(options.view.sort, FIELD_RATE);
	assert_true(options.ascii);
}

static void settings_of_a_file_may_conflict(void **state)
{
	(void)state;
	config_is("columns = irq,rate\n");
	assert_int_equal(parse("--openmetrics"), -1); /* not read */
	assert_int_equal(parse("--openmetrics --config %s", config), 1);
	config_is("columns = handler_avg_ns\n");
	assert_int_equal(parse("--listen :9 --config %s", config), -1);
	assert_true(options.latency);
}

static void the_last_config_option_counts(void **state)
{
	(void)state;
	config_is("ascii = yes\n");
	assert_int_equal(parse("--csv --config %s --no-config", config), -1);
	assert_false(options.ascii);
	assert_null(options.config);
	assert_int_equal(parse("--csv --no-config --config %s", config), -1);
	assert_true(options.ascii);
	/* Without an option it is below the home directory, and for the screen only. */
	assert_int_equal(parse("--csv"), -1);
	assert_false(options.ascii);
	assert_non_null(strstr(options.config, "/.config/irqtop/config"));
}

/* What is saved is read again, as a file and as its directories are made. */
static void settings_survive(void **state)
{
	struct stat st;

	(void)state;
	config_remove();
	assert_int_equal(parse("--csv -d 0.3 -S -s name -r -c irq,cpus,total --group range --wide "
			       "--ascii --color never --theme light --no-mouse --idle --no-config"),
			 -1);
	options.config = config;
	assert_int_equal(options_save(&options), 0);
	assert_int_equal(stat(config, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(parse("--csv --config %s", config), -1);
	assert_int_equal(options.interval_ns, 300000000);
	assert_int_equal(options.view.tables, TABLES_SOFTIRQS);
	assert_int_equal(options.view.sort, FIELD_NAME);
	assert_true(options.view.reverse && options.wide && options.ascii && options.no_mouse &&
		    options.idle);
	assert_int_equal(options.ncolumns, 3);
	assert_int_equal(options.column[1], FIELD_STRIP);
	assert_int_equal(options.group, AXIS_RANGE);
	assert_int_equal(options.colour, COLOUR_NEVER);
	assert_int_equal(options.theme, THEME_LIGHT);

	/* The defaults, too: they replace what the file said before. */
	assert_int_equal(parse("--csv --no-config"), -1);
	options.config = config;
	assert_int_equal(options_save(&options), 0);
	assert_int_equal(parse("--csv --config %s", config), -1);
	assert_int_equal(options.ncolumns, 0);
	assert_int_equal(options.view.tables, TABLES_BOTH);
	assert_false(options.view.reverse || options.wide || options.ascii || options.no_mouse);
}

static void a_failure_to_save_is_reported(void **state)
{
	(void)state;
	assert_int_equal(parse("--csv --config /proc/none/config"), 1); /* there is no such file */
	assert_int_equal(parse("--csv --no-config"), -1);
	options.config = "/proc/none/config";
	assert_true(options_save(&options) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_are_stored),
		cmocka_unit_test(two_names_are_one_option),
		cmocka_unit_test(wrong_options_are_errors),
		cmocka_unit_test(other_names_are_understood),
		cmocka_unit_test(idle_rows_are_folded_by_default),
		cmocka_unit_test(a_filter_has_an_end),
		cmocka_unit_test(modes_have_an_order),
		cmocka_unit_test(columns_and_alerts_turn_tracing_on),
		cmocka_unit_test(the_command_line_overrides_the_file),
		cmocka_unit_test(bad_settings_are_ignored),
		cmocka_unit_test(settings_of_a_file_may_conflict),
		cmocka_unit_test(the_last_config_option_counts),
		cmocka_unit_test(settings_survive),
		cmocka_unit_test(a_failure_to_save_is_reported),
	};

	/* The messages of refusals are expected. */
	if (!freopen("/dev/null", "w", stderr))
		return 1;
	return cmocka_run_group_tests_name("irqtop_options", tests, folder_make, folder_remove);
}
