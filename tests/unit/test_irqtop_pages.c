// SPDX-License-Identifier: GPL-2.0-or-later
/* Interrupts summed by CPU, by device and by driver. */
#include "irqtop.h"

#include "irqtop/view/groups.h"

/* Rows that change and rows that do not, a wrap, a counter that falls, a row that comes. */
static const char *const samples[] = {
	HEAD " 24: 10 4294967290 PCI-MSIX-0000:01:00.0 0-edge eth0-TxRx-0\n"
	     " 25: 7 0 PCI-MSIX-0000:01:00.0 1-edge eth0-TxRx-1\n"
	     " 26: 5 5 PCI-MSIX-0000:02:00.0 0-edge nvme0q1\nLOC: 100 100 Timer\nERR: 3\n",
	HEAD " 24: 20 4 PCI-MSIX-0000:01:00.0 0-edge eth0-TxRx-0\n"
	     " 25: 7 30 PCI-MSIX-0000:01:00.0 1-edge eth0-TxRx-1\n"
	     " 26: 5 5 PCI-MSIX-0000:02:00.0 0-edge nvme0q1\nLOC: 150 170 Timer\nERR: 3\n",
	HEAD " 24: 21 4 PCI-MSIX-0000:01:00.0 0-edge eth0-TxRx-0\n"
	     " 25: 6 90 PCI-MSIX-0000:01:00.0 1-edge eth0-TxRx-1\n"
	     " 26: 5 6 PCI-MSIX-0000:02:00.0 0-edge nvme0q1\nLOC: 150 170 Timer\nERR: 4\n",
	HEAD " 24: 21 5 PCI-MSIX-0000:01:00.0 0-edge eth0-TxRx-0\n"
	     " 25: 6 90 PCI-MSIX-0000:01:00.0 1-edge eth0-TxRx-1\n"
	     " 26: 5 6 PCI-MSIX-0000:02:00.0 0-edge nvme0q1\n"
	     " 27: 9 1 PCI-MSIX-0000:02:00.0 1-edge nvme0q2\nLOC: 160 170 Timer\nERR: 4\n",
};

static uint64_t column_total(const struct irqtable *table, unsigned int c)
{
	uint64_t total = 0;
	unsigned int r;

	for (r = 0; r < table->nrows; r++)
		if (table->row[r].ncells == table->ncpus)
			total += irqtable_cells(table, r)[c];
	return total;
}

/* Sums that are carried from sample to sample are those of the table. */
static void cpus_have_the_sums_of_their_columns(void **state)
{
	static const uint64_t delta[4][2] = { { 0, 0 }, { 60, 110 }, { 1, 61 }, { 10, 1 } };
	static const uint32_t busiest[4][2] = { { -1u, -1u }, { 3, 3 }, { 0, 1 }, { 4, 0 } };
	struct monitor monitor;
	struct texts texts;
	unsigned int s, c;

	(void)state;
	monitor_start(&monitor, &texts, samples, 4);
	monitor.by_cpu.on = true;
	for (s = 0; s < 4; s++) {
		const struct bycpu *by_cpu = &monitor.by_cpu;

		assert_int_equal(monitor_step(&monitor), 0);
		assert_int_equal(by_cpu->table.nrows, 2);
		for (c = 0; c < 2; c++) {
			assert_int_equal(by_cpu->diff.row[c].total,
					 column_total(&monitor_sample(&monitor)->table[0], c));
			assert_int_equal(by_cpu->diff.row[c].delta, delta[s][c]);
			assert_int_equal(by_cpu->row[c].busiest, busiest[s][c]);
			assert_true(by_cpu->row[c].softirqs_hz < 0);
		}
	}
	assert_int_equal(tracks_of_row(&monitor.by_cpu.tracks, 0)->seen, 4);
	monitor_free(&monitor);
}

static void devices_have_the_sums_of_their_rows(void **state)
{
	struct groups groups = { .by = GROUPS_DEVICE };
	struct monitor monitor;
	struct texts texts;
	unsigned int s, c, g, r;

	(void)state;
	monitor_start(&monitor, &texts, samples, 4);
	for (s = 0; s < 4; s++) {
		const struct irqtable *table;

		assert_int_equal(monitor_step(&monitor), 0);
		assert_int_equal(groups_count(&groups, &monitor, true), 0);
		table = &monitor_sample(&monitor)->table[0];
		assert_int_equal(groups.table.nrows, 4); /* two devices, LOC, ERR */
		for (g = 0; g < 4; g++) {
			uint64_t delta = 0, total = 0;
			uint32_t cells[2] = { 0 };

			for (r = 0; r < table->nrows; r++) {
				if (groups.of_row[r] != g)
					continue;
				delta += monitor.diff[0].row[r].delta;
				total += table->row[r].total;
				for (c = 0; c < 2 && table->row[r].ncells == 2; c++)
					cells[c] += irqtable_cells(table, r)[c];
			}
			assert_int_equal(groups.diff.row[g].delta, delta);
			assert_int_equal(groups.diff.row[g].total, total);
			for (c = 0; c < 2; c++)
				assert_int_equal(irqtable_cells(&groups.table, g)[c], cells[c]);
		}
	}
	groups_free(&groups);
	monitor_free(&monitor);
}

/* Sample 2 to 3: 24 counts 1 and 0, 25 falls by one and counts 60. */
static void imbalance_is_highest_over_mean(void **state)
{
	struct groups groups = { .by = GROUPS_DRIVER };
	struct monitor monitor;
	struct texts texts;
	unsigned int s;

	(void)state;
	monitor_start(&monitor, &texts, samples, 4);
	for (s = 0; s < 3; s++) {
		assert_int_equal(monitor_step(&monitor), 0);
		assert_int_equal(groups_count(&groups, &monitor, true), 0);
	}
	assert_memory_equal(groups.table.text + groups.table.row[0].label, "eth0-TxRx", 9);
	assert_int_equal(groups.group[0].rows, 2);
	assert_int_equal(groups.group[0].cpus, 2);
	assert_float_equal(groups.group[0].imbalance, 60.0 / 30.5, 1e-9);
	assert_int_equal(irqtable_diff_cell(&groups.diff, 0, 0), 1);
	assert_int_equal(irqtable_diff_cell(&groups.diff, 0, 1), 60);
	groups_free(&groups);
	monitor_free(&monitor);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cpus_have_the_sums_of_their_columns),
		cmocka_unit_test(devices_have_the_sums_of_their_rows),
		cmocka_unit_test(imbalance_is_highest_over_mean),
	};

	return cmocka_run_group_tests_name("irqtop_pages", tests, NULL, NULL);
}
