// SPDX-License-Identifier: GPL-2.0-or-later
/* procirq list: the module's accounting files, and what is shown of them. */

#include "unit.h"

#include <errno.h>
#include <jansson.h>

#include "procirq/accounting.h"
#include "procirq/listing.h"

#define ACCOUNTING FIXTURES "accounting"
#define ROWS_MAX   16

struct rows {
	struct accounting_row row[ROWS_MAX];
	size_t n;
};

static int keep(void *arg, const struct accounting_row *row)
{
	struct rows *rows = arg;

	assert_true(rows->n < ROWS_MAX);
	rows->row[rows->n++] = *row;
	return 0;
}

static int refuse(void *arg, const struct accounting_row *row)
{
	(void)row;
	++*(int *)arg;
	errno = ENOMEM;
	return -1;
}

/* In any order, with names that this reader does not know; malformed rows are left out. */
static void values_are_found_by_name(void **state)
{
	struct rows rows = { .n = 0 };

	(void)state;
	assert_int_equal(accounting_read(ACCOUNTING "/lines", keep, &rows), 0);
	assert_int_equal(rows.n, 4);
	assert_int_equal(rows.row[0].irq, 20);
	assert_int_equal(rows.row[0].readers, 1);
	assert_true(rows.row[0].taken == UINT64_MAX);
	assert_int_equal(rows.row[0].pending, 1);
	assert_int_equal(rows.row[1].irq, 21);
	assert_int_equal(rows.row[1].readers, 2);
	assert_int_equal(rows.row[1].taken, 3);
	assert_int_equal(rows.row[2].irq, 22);
	assert_int_equal(rows.row[3].irq, 25);
	assert_int_equal(rows.row[3].taken, 6);
	assert_int_equal(rows.row[3].pid, 0);
	assert_string_equal(rows.row[3].comm, "");
}

static void the_name_of_a_process_is_the_rest_of_its_row(void **state)
{
	struct rows rows = { .n = 0 };

	(void)state;
	assert_int_equal(accounting_read(ACCOUNTING "/readers", keep, &rows), 0);
	assert_int_equal(rows.n, 5);
	assert_int_equal(rows.row[0].pid, 321);
	assert_string_equal(rows.row[0].device, "0000:00:04.0");
	assert_string_equal(rows.row[0].comm, "my reader=1 \\x1b");
	assert_int_equal(rows.row[0].spin_ns, 200000);
	assert_int_equal(rows.row[0].window_ns, 40000);
	assert_int_equal(rows.row[0].spins, 9);
	assert_int_equal(rows.row[0].caught, 7);
	assert_int_equal(rows.row[0].spun_ns, 123456);
	assert_int_equal(rows.row[1].spins, 0);
	assert_int_equal(rows.row[1].irq, 21);
	assert_int_equal(rows.row[1].pending, 2);
	assert_string_equal(rows.row[1].comm, "cat");
	assert_string_equal(rows.row[2].comm, "");
	/* Cut to fit, and still the rest. */
	assert_int_equal(rows.row[3].irq, 21);
	assert_int_equal(strlen(rows.row[3].comm), sizeof(rows.row[3].comm) - 1);
	assert_string_equal(rows.row[4].comm, "no line feed");
}

static void errors_of_reading_are_returned(void **state)
{
	struct rows rows = { .n = 0 };
	int calls = 0;

	(void)state;
	assert_int_equal(accounting_read(ACCOUNTING "/none", keep, &rows), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(accounting_read(ACCOUNTING, keep, &rows), -1);
	assert_int_equal(errno, EISDIR);
	assert_int_equal(rows.n, 0);
	assert_int_equal(accounting_read(ACCOUNTING "/lines", refuse, &calls), -1);
	assert_int_equal(errno, ENOMEM);
	assert_int_equal(calls, 1);
}

/* Line 22 of a device has no readers; line 21 has readers, and line 26 no accounting. */
static void list_devices(struct listing *listing)
{
	static const unsigned int irqs[] = { 22, 26 };
	size_t i;

	listing->lines = calloc(N_ELEMENTS(irqs), sizeof(*listing->lines));
	listing->n_lines = N_ELEMENTS(irqs);
	for (i = 0; i < N_ELEMENTS(irqs); i++) {
		listing->lines[i].irq = irqs[i];
		strcpy(listing->lines[i].device, "0000:00:04.0");
		strcpy(listing->lines[i].id, "1234:11e8");
		strcpy(listing->lines[i].kind, "msi");
	}
}

static void the_listing_has_lines_of_devices_and_lines_with_readers(void **state)
{
	static const unsigned int irqs[] = { 22, 26, 20, 21, 25 };
	struct listing listing = { 0 };
	size_t i;

	(void)state;
	list_devices(&listing);
	assert_int_equal(listing_add_accounting(&listing, ACCOUNTING), 0);
	assert_true(listing.known);
	assert_int_equal(listing.n_lines, N_ELEMENTS(irqs));
	for (i = 0; i < N_ELEMENTS(irqs); i++)
		assert_int_equal(listing.lines[i].irq, irqs[i]);
	assert_int_equal(listing.lines[0].taken, 9);
	assert_string_equal(listing.lines[0].kind, "msi");
	assert_int_equal(listing.lines[1].taken, 0);
	assert_int_equal(listing.lines[3].taken, 3);
	assert_string_equal(listing.lines[3].device, "");
	assert_int_equal(listing.n_readers, 5);
	listing_free(&listing);
}

/* The JSON of line @irq, a borrowed reference. */
static json_t *line_of(json_t *root, int irq)
{
	json_t *line;
	size_t i;

	json_array_foreach(json_object_get(root, "lines"), i, line)
	{
		if (json_integer_value(json_object_get(line, "irq")) == irq)
			return line;
	}
	fail_msg("no line %d", irq);
	return NULL;
}

static void json_has_null_for_what_is_not_known(void **state)
{
	struct listing listing = { 0 };
	json_t *root, *line, *reader;

	(void)state;
	list_devices(&listing);
	assert_int_equal(listing_add_accounting(&listing, FIXTURES "bare"), 0);
	assert_false(listing.known);
	root = listing_json(&listing);
	line = line_of(root, 22);
	assert_true(json_is_null(json_object_get(line, "taken")));
	assert_true(json_is_null(json_object_get(line, "readers")));
	json_decref(root);

	assert_int_equal(listing_add_accounting(&listing, ACCOUNTING), 0);
	root = listing_json(&listing);
	line = line_of(root, 22);
	assert_int_equal(json_integer_value(json_object_get(line, "taken")), 9);
	assert_int_equal(json_array_size(json_object_get(line, "readers")), 0);
	line = line_of(root, 20);
	assert_true(json_is_null(json_object_get(line, "device")));
	reader = json_array_get(json_object_get(line, "readers"), 0);
	assert_int_equal(json_integer_value(json_object_get(reader, "pid")), 321);
	assert_string_equal(json_string_value(json_object_get(reader, "comm")),
			    "my reader=1 \\x1b");
	line = line_of(root, 21);
	assert_int_equal(json_array_size(json_object_get(line, "readers")), 3);
	reader = json_array_get(json_object_get(line, "readers"), 0);
	assert_true(json_is_null(json_object_get(reader, "device")));
	json_decref(root);
	listing_free(&listing);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_found_by_name),
		cmocka_unit_test(the_name_of_a_process_is_the_rest_of_its_row),
		cmocka_unit_test(errors_of_reading_are_returned),
		cmocka_unit_test(the_listing_has_lines_of_devices_and_lines_with_readers),
		cmocka_unit_test(json_has_null_for_what_is_not_known),
	};

	return cmocka_run_group_tests_name("listing", tests, NULL, NULL);
}
