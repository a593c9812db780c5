// SPDX-License-Identifier: GPL-2.0-or-later
/* The interrupt tables, on text of machines that broke other programs. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "irqtop/tables/irqtable.h"

#define HEAD2 "           CPU0       CPU1       \n"

struct pair {
	struct irqtable a, b;
	struct irqtable_diff diff;
};

static int parse(struct irqtable *table, const char *text)
{
	return irqtable_parse(table, text, strlen(text));
}

static void pair_diff(struct pair *pair, const char *a, const char *b, uint64_t elapsed_ns,
		      const struct cpu_mask *only)
{
	assert_int_equal(parse(&pair->a, a), 0);
	assert_int_equal(parse(&pair->b, b), 0);
	pair->a.time_ns = elapsed_ns ? 1 : 0;
	pair->b.time_ns = elapsed_ns ? 1 + elapsed_ns : 0;
	assert_int_equal(irqtable_diff(&pair->diff, &pair->a, &pair->b, only), 0);
}

static void pair_free(struct pair *pair)
{
	irqtable_free(&pair->a);
	irqtable_free(&pair->b);
	irqtable_diff_free(&pair->diff);
}

static void assert_words(const struct irqtable *t, unsigned int r, const char *chip,
			 const char *hwirq, const char *flow, const char *actions)
{
	const struct irqtable_row *row = &t->row[r];
	struct irqtable_words w;
	char buf[256];

	irqtable_split(t->text + row->text, row->text_len, row->irq >= 0, &w);
	snprintf(buf, sizeof(buf), "%.*s|%.*s|%.*s|%.*s", (int)w.chip_len, w.chip, (int)w.hwirq_len,
		 w.hwirq, (int)w.flow_len, w.flow, (int)w.actions_len, w.actions);
	char want[256];

	snprintf(want, sizeof(want), "%s|%s|%s|%s", chip, hwirq, flow, actions);
	assert_string_equal(buf, want);
}

static void assert_label(const struct irqtable *t, unsigned int r, const char *label)
{
	assert_int_equal(t->row[r].label_len, strlen(label));
	assert_memory_equal(t->text + t->row[r].label, label, strlen(label));
}

static void test_columns_are_cpu_numbers(void **state)
{
	struct irqtable t = { 0 };

	(void)state;
	assert_int_equal(
		parse(&t, "           CPU0       CPU2       CPU13      \n"
			  "  8:          1          2          3  IO-APIC   8-edge      rtc0\n"),
		0);
	assert_int_equal(t.ncpus, 3);
	assert_int_equal(t.cpu[1], 2);
	assert_int_equal(t.cpu[2], 13);
	assert_int_equal(irqtable_cells(&t, 0)[1], 2);
	assert_int_equal(t.row[0].total, 6);
	assert_int_equal(t.row[0].irq, 8);
	irqtable_free(&t);
}

static void test_single_counters(void **state)
{
	struct irqtable t = { 0 };

	(void)state;
	assert_int_equal(parse(&t, HEAD2 "NMI:          5          0   Non-maskable interrupts\n"
					 "ERR:          7\nMIS:          0\n"),
			 0);
	assert_int_equal(t.nrows, 3);
	assert_int_equal(t.row[1].ncells, 1);
	assert_int_equal(t.row[1].total, 7);
	assert_int_equal(t.row[1].irq, -1);
	assert_words(&t, 0, "", "", "", "Non-maskable interrupts");
	irqtable_free(&t);
}

static void test_arm64_label_touches(void **state)
{
	struct irqtable t = { 0 };

	(void)state;
	assert_int_equal(
		parse(&t,
		      "           CPU0       CPU1       \n"
		      " 11:  123456789 1234567890     GICv3  30 Level     arch_timer\n"
		      " 20:          0          1  ITS-PCI-MSI-0000:01:00.0   0 Edge      eth0-TxRx, eth1: 0\n"
		      "IPI0:1234567890         12       Rescheduling interrupts\n"
		      "IPI12:4294967295 4294967295       x\n"),
		0);
	assert_int_equal(t.nrows, 4);
	assert_int_equal(t.row[0].total, UINT64_C(123456789) + 1234567890);
	assert_words(&t, 0, "GICv3", "30", "Level", "arch_timer");
	assert_words(&t, 1, "ITS-PCI-MSI-0000:01:00.0", "0", "Edge", "eth0-TxRx, eth1: 0");
	assert_label(&t, 2, "IPI0");
	assert_int_equal(irqtable_cells(&t, 2)[0], 1234567890);
	assert_int_equal(t.row[3].total, UINT64_C(4294967295) * 2);
	irqtable_free(&t);
}

static void test_names(void **state)
{
	struct irqtable t = { 0 };

	(void)state;
	assert_int_equal(
		parse(&t, HEAD2
		      " 28:          0          0 PCI-MSIX-0000:00:01.0   0-edge      virtio0-config\n"
		      " 29:          0          0  IR-PCI-MSI 327680-edge      PCIe PME, aerdrv, pciehp\n"
		      " 30:          0          0  xen-percpu    -virq      timer0\n"
		      " 31:          0          0   IO-APIC   9-fasteoi   acpi, 3com: a,b\n"
		      " 32:          0          0   IO-APIC  10-fasteoi\n"
		      " 33:          0          0   Some Chip (x)  12-level     9p\n"
		      " 34:          0          0\n"),
		0);
	assert_words(&t, 0, "PCI-MSIX-0000:00:01.0", "0", "edge", "virtio0-config");
	assert_words(&t, 1, "IR-PCI-MSI", "327680", "edge", "PCIe PME, aerdrv, pciehp");
	assert_words(&t, 2, "xen-percpu", "", "virq", "timer0");
	assert_words(&t, 3, "IO-APIC", "9", "fasteoi", "acpi, 3com: a,b");
	assert_words(&t, 4, "IO-APIC", "10", "fasteoi", "");
	assert_words(&t, 5, "Some Chip (x)", "12", "level", "9p");
	assert_words(&t, 6, "", "", "", "");
	irqtable_free(&t);
}

static void test_blanks_do_not_make_a_new_row(void **state)
{
	struct pair p = { 0 };

	(void)state;
	pair_diff(&p, HEAD2 "  8:  1  0  IO-APIC   8-edge      rtc0\n",
		  HEAD2 "  8:  3  0    IO-APIC     8-edge  rtc0\n", 1000000000, NULL);
	assert_int_equal(p.diff.row[0].state, IRQTABLE_COUNTED);
	assert_int_equal(p.diff.row[0].delta, 2);
	pair_free(&p);
}

/* Rows whose texts differ in a character, or in where words end, are different rows. */
static void test_texts_make_rows(void **state)
{
	static const char text[] = "chip-0123456789abcdef 7-edge a";
	char row[128], other[128], changed[sizeof(text)];
	struct pair p = { 0 };
	size_t at;
	int tab;

	(void)state;
	snprintf(row, sizeof(row), HEAD2 "  8:  1  0  %s\n", text);
	for (tab = 0; tab < 2; tab++) {
		for (at = 0; at < sizeof(text) - 1; at++) {
			memcpy(changed, text, sizeof(text));
			changed[at] = text[at] == ' ' ? '_' : tab ? '\t' : ' ';
			snprintf(other, sizeof(other), HEAD2 "  8:  1  0  %s\n", changed);
			pair_diff(&p, row, other, 1000000000, NULL);
			/* Blanks before the text and behind it are not part of it. */
			assert_int_equal(p.diff.row[0].state, IRQTABLE_FIRST);
			pair_free(&p);
			memset(&p, 0, sizeof(p));
		}
	}
	for (at = 0; at < sizeof(text) - 1; at++) {
		memcpy(changed, text, sizeof(text));
		changed[at] ^= 1;
		snprintf(other, sizeof(other), HEAD2 "  8:  1  0  %s\n", changed);
		pair_diff(&p, row, other, 1000000000, NULL);
		assert_int_equal(p.diff.row[0].state, IRQTABLE_FIRST);
		pair_free(&p);
		memset(&p, 0, sizeof(p));
	}
}

static void test_header_is_needed(void **state)
{
	struct irqtable t = { 0 };

	(void)state;
	assert_int_equal(parse(&t, ""), -EPROTO);
	assert_int_equal(parse(&t, "  8:  1\n"), -EPROTO);
	assert_int_equal(parse(&t, "CPU\n"), -EPROTO);
	assert_int_equal(parse(&t, "CPU0 CPUx\n"), -EPROTO);
	assert_int_equal(t.nrows, 0);
	irqtable_free(&t);
}

static void test_torn_rows(void **state)
{
	struct irqtable t = { 0 };

	(void)state;
	assert_int_equal(parse(&t, HEAD2 "  8:          1 IO-APIC 8-edge rtc0\n"), -EAGAIN);
	assert_int_equal(
		parse(&t,
		      HEAD2 "  8:          1          2          3  IO-APIC   8-edge      rtc0\n"),
		-EAGAIN);
	assert_int_equal(parse(&t, HEAD2
			       "LOC:          1          2          3   Local timer interrupts\n"),
			 -EAGAIN);
	assert_int_equal(parse(&t, HEAD2 "  8:          1          2  8259A   8-edge      rtc0\n"),
			 0);
	irqtable_free(&t);
}

/* util-linux pairs rows by place: IRQ 26 then showed 10304 instead of 4. */
static void test_unplugged_row(void **state)
{
	struct pair p = { 0 };

	(void)state;
	pair_diff(&p,
		  HEAD2 " 24:      10300          0  IO-APIC   1-edge      a\n"
			" 26:          0          0  IO-APIC   2-edge      b\n"
			"LOC:          5          5   Local timer interrupts\n",
		  HEAD2 " 26:          4          0  IO-APIC   2-edge      b\n"
			"LOC:          8          8   Local timer interrupts\n",
		  1000000000, NULL);
	assert_int_equal(p.diff.nrows, 2);
	assert_int_equal(p.diff.row[0].delta, 4);
	assert_int_equal(p.diff.row[1].delta, 6);
	assert_int_equal(p.diff.cpu_delta[0], 7);
	pair_free(&p);
}

static void test_plugged_row_has_no_delta(void **state)
{
	struct pair p = { 0 };

	(void)state;
	pair_diff(&p, HEAD2 "LOC:          5          5   Local timer interrupts\n",
		  HEAD2 " 24:      10300          0  IO-APIC   1-edge      a\n"
			"LOC:          8          8   Local timer interrupts\n",
		  1000000000, NULL);
	assert_int_equal(p.diff.row[0].state, IRQTABLE_FIRST);
	assert_int_equal(p.diff.row[0].delta, 0);
	assert_int_equal(p.diff.row[1].delta, 6);
	assert_int_equal(irqtable_diff_cell(&p.diff, 0, 0), 0);
	pair_free(&p);
}

static void test_same_number_other_name(void **state)
{
	struct pair p = { 0 };

	(void)state;
	pair_diff(&p, HEAD2 " 24:        100          0  IO-APIC   1-edge      eth0\n",
		  HEAD2 " 24:        300          0  IO-APIC   1-edge      nvme0q1\n", 1000000000,
		  NULL);
	assert_int_equal(p.diff.row[0].state, IRQTABLE_FIRST);
	pair_free(&p);
}

static void test_cpu_comes_and_goes(void **state)
{
	static const char three[] =
		"           CPU0       CPU2       CPU3       \n"
		" 24:        100         50         70  IO-APIC   1-edge      eth0\n";
	static const char four[] =
		"           CPU0       CPU1       CPU2       CPU3       \n"
		" 24:        101       9999         52         73  IO-APIC   1-edge      eth0\n";
	struct pair p = { 0 };

	(void)state;
	/* CPU 1's counter goes back to before it was taken offline. */
	pair_diff(&p, three, four, 1000000000, NULL);
	assert_int_equal(p.diff.row[0].delta, 6);
	assert_int_equal(irqtable_diff_cell(&p.diff, 0, 1), 0);
	assert_int_equal(irqtable_diff_cell(&p.diff, 0, 3), 3);
	pair_free(&p);
	memset(&p, 0, sizeof(p));
	pair_diff(&p, four,
		  "           CPU0       CPU2       CPU3       \n"
		  " 24:        111         62         83  IO-APIC   1-edge      eth0\n",
		  1000000000, NULL);
	assert_int_equal(p.diff.row[0].state, IRQTABLE_COUNTED);
	assert_int_equal(p.diff.row[0].delta, 30);
	pair_free(&p);
}

static void test_wrap(void **state)
{
	struct pair p = { 0 };

	(void)state;
	pair_diff(&p, HEAD2 "LOC: 4294967290          5   Local timer interrupts\n",
		  HEAD2 "LOC:          4          6   Local timer interrupts\n", 1000000000, NULL);
	assert_int_equal(p.diff.row[0].state, IRQTABLE_COUNTED);
	assert_int_equal(p.diff.row[0].delta, 11);
	pair_free(&p);
}

static void test_reset(void **state)
{
	struct pair p = { 0 };

	(void)state;
	pair_diff(&p, HEAD2 "LOC: 3000000000          5   Local timer interrupts\n",
		  HEAD2 "LOC:          4          6   Local timer interrupts\n", 1000000000, NULL);
	/* What the other CPU counted is known. */
	assert_int_equal(p.diff.row[0].state, IRQTABLE_COUNTED);
	assert_int_equal(p.diff.row[0].delta, 1);
	assert_int_equal(p.diff.row[0].fell, 1);
	assert_int_equal(p.diff.cpu_delta[0], 0);
	assert_int_equal(p.diff.cpu_delta[1], 1);
	assert_false(irqtable_diff_known(&p.diff, 0, 0));
	assert_true(irqtable_diff_known(&p.diff, 0, 1));
	pair_free(&p);
	memset(&p, 0, sizeof(p));
	pair_diff(&p, HEAD2 "LOC: 3000000000          5   Local timer interrupts\nERR: 7\n",
		  HEAD2 "LOC:          4          5   Local timer interrupts\nERR: 3\n", 1000000000,
		  NULL);
	assert_int_equal(p.diff.row[0].state, IRQTABLE_RESET);
	assert_int_equal(p.diff.row[0].delta, 0);
	assert_int_equal(p.diff.row[1].state, IRQTABLE_RESET);
	pair_free(&p);
}

/* A counter that falls by 1 hides nothing of what other CPUs counted. */
static void test_one_counter_fell(void **state)
{
	struct pair p = { 0 };

	(void)state;
	pair_diff(&p, HEAD2 " 24:       1000       1000  IO-APIC   1-edge      eth0\n",
		  HEAD2 " 24:        999       5000  IO-APIC   1-edge      eth0\n", 1000000000,
		  NULL);
	assert_int_equal(p.diff.row[0].state, IRQTABLE_COUNTED);
	assert_int_equal(p.diff.row[0].delta, 4000);
	assert_int_equal(irqtable_diff_cell(&p.diff, 0, 0), 0);
	assert_int_equal(irqtable_diff_cell(&p.diff, 0, 1), 4000);
	pair_free(&p);
	memset(&p, 0, sizeof(p));
	/* With other CPUs as well. */
	pair_diff(&p, HEAD2 " 24:       1000       1000  IO-APIC   1-edge      eth0\n",
		  "           CPU0       CPU1       CPU2       \n"
		  " 24:        999       5000          7  IO-APIC   1-edge      eth0\n",
		  1000000000, NULL);
	assert_int_equal(p.diff.row[0].delta, 4000);
	assert_int_equal(p.diff.row[0].fell, 1);
	pair_free(&p);
}

/* A counter that rose is counted, however much. */
static void test_large_rise(void **state)
{
	static const char a[] = HEAD2 " 24:        100        100  IO-APIC   1-edge      eth0\n";
	static const char b[] = HEAD2 " 24: 3000000000        100  IO-APIC   1-edge      eth0\n";
	struct pair p = { 0 };

	(void)state;
	pair_diff(&p, a, b, 0, NULL);
	assert_int_equal(p.diff.row[0].state, IRQTABLE_COUNTED);
	assert_int_equal(p.diff.row[0].delta, 2999999900);
	pair_free(&p);
	memset(&p, 0, sizeof(p));
	pair_diff(&p, a, b, UINT64_C(60000000000), NULL);
	assert_int_equal(p.diff.row[0].delta, 2999999900);
	pair_free(&p);
}

/* Rows that are sums of others are in no CPU's sum. */
static void test_sums(void **state)
{
	struct pair p = { 0 };

	(void)state;
	pair_diff(&p,
		  HEAD2 "EXT:          0          0\nAIO:          0          0\n"
			" 5:          0          0  PCI-MSI  nvme0q1\n"
			"CLK:          0          0   [EXT] Clock Comparator\n"
			"PCF:          0          0   [AIO] PCI Floating Interrupt\n",
		  HEAD2 "EXT:          7          0\nAIO:          3          0\n"
			" 5:          3          0  PCI-MSI  nvme0q1\n"
			"CLK:          7          0   [EXT] Clock Comparator\n"
			"PCF:          3          0   [AIO] PCI Floating Interrupt\n",
		  1000000000, NULL);
	assert_int_equal(p.diff.cpu_delta[0], 10);
	assert_int_equal(p.b.row[0].sum, IRQTABLE_SUM_EXT);
	assert_int_equal(p.b.row[1].sum, IRQTABLE_SUM_AIO);
	assert_int_equal(p.b.row[2].sum, IRQTABLE_SUM_NONE);
	assert_int_equal(p.b.row[3].sum, IRQTABLE_SUM_NONE);
	assert_int_equal(p.b.row[4].sum, IRQTABLE_SUM_MSI);
	pair_free(&p);
	memset(&p, 0, sizeof(p));
	/* Without the rows that they are sums of, these labels are rows like others. */
	pair_diff(&p, HEAD2 "EXT: 0 0 \nRES: 0 0 x\n", HEAD2 "EXT: 5 0 \nRES: 6 0 x\n", 1000000000,
		  NULL);
	assert_int_equal(p.diff.cpu_delta[0], 11);
	pair_free(&p);
}

static void test_only_some_cpus(void **state)
{
	struct cpu_mask only;
	struct pair p = { 0 };

	(void)state;
	assert_int_equal(cpu_mask_parse(&only, "2", 1), 0);
	pair_diff(&p,
		  "           CPU0       CPU2       CPU3       \n"
		  " 24:        100         50         70  IO-APIC   1-edge      eth0\n"
		  "ERR:          1\n",
		  "           CPU0       CPU2       CPU3       \n"
		  " 24:        200         55         90  IO-APIC   1-edge      eth0\n"
		  "ERR:          9\n",
		  1000000000, &only);
	assert_int_equal(p.diff.row[0].delta, 5);
	assert_int_equal(p.diff.row[0].total, 55);
	assert_int_equal(p.diff.row[1].delta, 0);
	pair_free(&p);
}

static void test_first_sample_and_same_label_twice(void **state)
{
	struct pair p = { 0 };

	(void)state;
	assert_int_equal(parse(&p.b, HEAD2 "X:  1  2   x\n"), 0);
	assert_int_equal(irqtable_diff(&p.diff, NULL, &p.b, NULL), 0);
	assert_int_equal(p.diff.row[0].state, IRQTABLE_FIRST);
	pair_diff(&p, HEAD2 "X:  1  2   x\nX:  10  20   x\nY: 0 0  y\n",
		  HEAD2 "Y: 0 1  y\nX:  2  2   x\nX:  10  25   x\n", 1000000000, NULL);
	assert_int_equal(p.diff.row[1].delta, 1);
	assert_int_equal(p.diff.row[2].delta, 5);
	pair_free(&p);
}

/* Sum of the cells is the delta, whatever the table looks like. */
static void test_cells_add_up(void **state)
{
	struct pair p = { 0 };
	char *text[2];
	size_t len[2];
	unsigned int i, r, c;

	(void)state;
	srandom(1);
	for (i = 0; i < 2; i++) {
		FILE *f = open_memstream(&text[i], &len[i]);

		for (c = 0; c < 70; c++)
			fprintf(f, " CPU%u", c * (i + 1));
		for (r = i; r < 300; r++) {
			fprintf(f, "\n%4u:", r);
			for (c = 0; c < 70; c++)
				fprintf(f, " %10ld", random() >> random() % 31);
			fprintf(f, "  chip  %u-edge  name%u", r, r % (7 + i));
		}
		fclose(f);
	}
	pair_diff(&p, text[0], text[1], 0, NULL);
	for (r = 0; r < p.diff.nrows; r++) {
		uint64_t sum = 0;

		for (c = 0; c < p.diff.ncpus; c++)
			sum += irqtable_diff_cell(&p.diff, r, c);
		assert_int_equal(sum, p.diff.row[r].delta);
	}
	free(text[0]);
	free(text[1]);
	pair_free(&p);
}

/* The eight-places-at-once scanner against the plain one. */
static void test_scanner_widths(void **state)
{
	static const char *const odd[] = {
		"  12 34567", "1234567890", "12345678 0",  "       +12",   "        1a",
		"         :", "0000000012", " 4294967295", "        12\t", "\t        12",
	};
	struct irqtable t = { 0 };
	char text[256];
	uint64_t value;
	unsigned int i;

	(void)state;
	for (i = 0, value = 1; i < 10; i++, value *= 10) {
		snprintf(text, sizeof(text), HEAD2 "LOC: %10llu %10llu   x\n",
			 (unsigned long long)(value - 1), (unsigned long long)value);
		assert_int_equal(parse(&t, text), 0);
		assert_int_equal(irqtable_cells(&t, 0)[0], value - 1);
		assert_int_equal(irqtable_cells(&t, 0)[1], value);
	}
	for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		unsigned long long a = 0, b = 0;
		int n;

		snprintf(text, sizeof(text), HEAD2 "LOC: %s          7   x\n", odd[i]);
		parse(&t, text);
		n = sscanf(strchr(text, ':') + 1, "%llu%llu", &a, &b);
		if (strpbrk(odd[i], "a:+"))
			continue; /* sscanf reads on */
		assert_int_equal(n, 2);
		assert_int_equal(irqtable_cells(&t, 0)[0], a);
		assert_int_equal(irqtable_cells(&t, 0)[1], b);
	}
	irqtable_free(&t);
}

static void test_long_line(void **state)
{
	struct irqtable_buffer buffer = { 0 };
	struct irqtable t = { 0 };
	unsigned int c;
	FILE *f = tmpfile();

	(void)state;
	for (c = 0; c < 40000; c++)
		fprintf(f, " CPU%u", c);
	fprintf(f, "\n 1:");
	for (c = 0; c < 40000; c++)
		fprintf(f, " %10u", c);
	fprintf(f, "  chip 1-edge name\nERR: 1\n");
	fflush(f);
	lseek(fileno(f), 0, SEEK_SET);
	assert_int_equal(irqtable_read(&t, fileno(f), &buffer), 0);
	assert_int_equal(t.ncpus, 40000);
	assert_int_equal(t.nrows, 2);
	assert_int_equal(t.row[0].total, 40000ull * 39999 / 2);
	assert_true(t.time_ns > 0);
	fclose(f);
	irqtable_free(&t);
	irqtable_buffer_free(&buffer);
}

/* A pipe gives the text in pieces of any size. */
static void test_pieces(void **state)
{
	static const char text[] = HEAD2 "LOC:        100        200   Local timer interrupts\n"
					 "ERR:          3\n";
	struct irqtable_buffer buffer = { 0 };
	struct irqtable t = { 0 };
	int fd[2];
	size_t i;

	(void)state;
	buffer.data = malloc(8);
	buffer.size = 8;
	assert_int_equal(pipe(fd), 0);
	for (i = 0; i < strlen(text); i++)
		assert_int_equal(write(fd[1], text + i, 1), 1);
	close(fd[1]);
	assert_int_equal(irqtable_read(&t, fd[0], &buffer), 0);
	close(fd[0]);
	assert_int_equal(t.row[0].total, 300);
	assert_int_equal(t.row[1].total, 3);
	irqtable_free(&t);
	irqtable_buffer_free(&buffer);
}

/* Totals alone take memory for one row's counters. */
static void test_totals_only(void **state)
{
	struct irqtable t = { .totals_only = true };
	char text[64 * 40], *end = text;
	unsigned int r;

	(void)state;
	end += sprintf(end, HEAD2);
	for (r = 0; r < 60; r++)
		end += sprintf(end, "%3u: %10u %10u  chip\n", r, r, 2 * r);
	assert_int_equal(irqtable_parse(&t, text, (size_t)(end - text)), 0);
	assert_int_equal(t.nrows, 60);
	for (r = 0; r < 60; r++)
		assert_int_equal(t.row[r].total, 3 * r);
	assert_true(t.cell_room < 60);
	irqtable_free(&t);
}

/* Found by fuzzing: a recording's first row may have no text at all. */
static void test_empty_text(void **state)
{
	struct irqtable a = { 0 }, b = { 0 };

	(void)state;
	irqtable_begin(&a);
	assert_int_equal(irqtable_add_column(&a, 0), 0);
	assert_int_equal(irqtable_add_row(&a, "", 0, "", 0, 1), 0);
	assert_int_equal(irqtable_add_row(&a, "", 0, "", 0, 2), -EINVAL);
	assert_int_equal(irqtable_copy(&b, &a), 0);
	assert_int_equal(b.row[0].text_len, 0);
	assert_non_null(b.text);
	irqtable_free(&a);
	irqtable_free(&b);
}

static void test_cpu_lists(void **state)
{
	static const char *const bad[] = { "a", "1-", "3-1", "1,,2", "1,", "-1", "8192" };
	struct cpu_mask set;
	char buf[64];
	size_t i;

	(void)state;
	assert_int_equal(cpu_mask_parse(&set, "0-3,8,62-65\n", 12), 0);
	assert_int_equal(cpu_mask_count(&set), 9);
	assert_int_equal(cpu_mask_format(&set, buf, sizeof(buf)), 11);
	assert_string_equal(buf, "0-3,8,62-65");
	assert_int_equal(cpu_mask_format(&set, buf, 5), 11);
	assert_string_equal(buf, "0-3,");
	assert_int_equal(cpu_mask_parse(&set, "0-8191", 6), 0);
	cpu_mask_format(&set, buf, sizeof(buf));
	assert_string_equal(buf, "0-8191");
	assert_int_equal(cpu_mask_parse(&set, "", 0), 0);
	assert_int_equal(cpu_mask_count(&set), 0);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_true(cpu_mask_parse(&set, bad[i], strlen(bad[i])) < 0);
}

static void test_stat(void **state)
{
	static const char text[] = "cpu  10 1 20 300 4 5 6 7 8 9\ncpu0 5 0 10 150 2 2 3 3 4 4\n"
				   "cpu3 5 1 10 150 2 3 3 4 4 5\nintr 991251 0 1 2\nctxt 2111523\n"
				   "btime 1700000000\nprocesses 5\nsoftirq 77 1 2 3\n";
	struct irqtable_stat stat = { 0 };

	(void)state;
	assert_int_equal(irqtable_stat_parse(&stat, text, strlen(text)), 0);
	assert_int_equal(stat.ncpus, 2);
	assert_int_equal(stat.all.irq_ticks, 5);
	assert_int_equal(stat.all.softirq_ticks, 6);
	assert_int_equal(stat.all.total_ticks, 353);
	assert_int_equal(stat.cpu[1].cpu, 3);
	assert_int_equal(stat.interrupts, 991251);
	assert_int_equal(stat.softirqs, 77);
	assert_int_equal(stat.switches, 2111523);
	/* What is not there is unknown, and no 0. */
	assert_int_equal(irqtable_stat_parse(&stat, "cpu 1 2 3\n", 10), 0);
	assert_true(stat.interrupts == IRQTABLE_STAT_UNKNOWN);
	assert_true(stat.softirqs == IRQTABLE_STAT_UNKNOWN);
	assert_true(stat.switches == IRQTABLE_STAT_UNKNOWN);
	irqtable_stat_free(&stat);
}

static void put(const char *dir, const char *path, const char *text)
{
	char full[512];
	char *slash;
	FILE *f;

	snprintf(full, sizeof(full), "%s/%s", dir, path);
	for (slash = full + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(full, 0755);
		*slash = '/';
	}
	f = fopen(full, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void test_facts(void **state)
{
	char dir[] = "/tmp/irqtable-XXXXXX", path[512];
	struct irqtable_devices devices = { 0 };
	struct irqtable_place place[4];
	struct irqtable_facts facts;
	int root;

	(void)state;
	assert_non_null(mkdtemp(dir));
	put(dir, "sys/kernel/irq/24/chip_name", "PCI-MSIX-0000:00:02.0\n");
	put(dir, "sys/kernel/irq/24/type", "edge\n");
	put(dir, "sys/kernel/irq/24/hwirq", "1\n");
	put(dir, "sys/kernel/irq/24/actions", "a b,c\n");
	put(dir, "proc/irq/24/smp_affinity_list", "0-1\n");
	put(dir, "proc/irq/24/effective_affinity_list", "1\n");
	put(dir, "proc/irq/24/affinity_hint", "00000001,80000002\n");
	put(dir, "proc/irq/24/spurious", "count 11\nunhandled 2\nlast_unhandled 34 ms\n");
	put(dir, "proc/irq/24/node", "1\n");
	put(dir, "sys/bus/pci/devices/0000:00:02.0/msi_irqs/24", "msix\n");
	put(dir, "sys/bus/pci/devices/0000:00:03.0/irq", "9\n");
	/* A function without a line, whose register says 255; an MSI may have that number. */
	put(dir, "sys/bus/pci/devices/0000:00:01.0/irq", "255\n");
	put(dir, "sys/bus/pci/devices/0000:00:04.0/msi_irqs/255", "msix\n");
	/* A line that is not used, of a device that sorts before one with that MSI. */
	put(dir, "sys/bus/pci/devices/0000:00:01.1/irq", "31\n");
	put(dir, "sys/bus/pci/devices/0000:00:04.0/msi_irqs/31", "msix\n");
	put(dir, "sys/bus/pci/drivers/x", "");
	snprintf(path, sizeof(path), "%s/sys/bus/pci/devices/0000:00:01.1/driver", dir);
	assert_int_equal(symlink("../../drivers/other", path), 0);
	snprintf(path, sizeof(path), "%s/sys/bus/pci/devices/0000:00:02.0/driver", dir);
	assert_int_equal(symlink("../../drivers/virtio-pci", path), 0);
	put(dir, "sys/devices/system/node/online", "0-1\n");
	put(dir, "sys/devices/system/node/node1/cpulist", "2-3\n");
	put(dir, "sys/devices/system/cpu/cpu0/cache/index3/shared_cpu_list", "0-1\n");
	root = open(dir, O_RDONLY | O_DIRECTORY);

	assert_int_equal(irqtable_facts_read(&facts, root, 24, IRQTABLE_HAVE_ALL), 0);
	assert_string_equal(facts.chip, "PCI-MSIX-0000:00:02.0");
	assert_string_equal(facts.type, "edge");
	assert_string_equal(facts.actions, "a b,c");
	assert_int_equal(facts.hwirq, 1);
	assert_int_equal(facts.node, 1);
	assert_int_equal(cpu_mask_count(&facts.affinity), 2);
	/* Beyond the first comma of a mask, too. */
	assert_true(cpu_mask_has(&facts.effective, 1));
	assert_true(cpu_mask_has(&facts.hint, 1));
	assert_true(cpu_mask_has(&facts.hint, 31));
	assert_true(cpu_mask_has(&facts.hint, 32));
	assert_int_equal(facts.spurious_seen, 11);
	assert_int_equal(facts.spurious_unhandled, 2);
	assert_int_equal(irqtable_facts_read(&facts, root, 25, IRQTABLE_HAVE_ALL), -ENOENT);

	assert_int_equal(irqtable_devices_read(&devices, root), 0);
	assert_int_equal(devices.count, 5);
	assert_string_equal(irqtable_devices_find(&devices, 255)->device, "0000:00:04.0");
	assert_string_equal(irqtable_devices_find(&devices, 31)->device, "0000:00:04.0");
	assert_string_equal(irqtable_devices_find(&devices, 24)->driver, "virtio-pci");
	assert_string_equal(irqtable_devices_find(&devices, 9)->device, "0000:00:03.0");
	assert_null(irqtable_devices_find(&devices, 10));
	irqtable_devices_free(&devices);

	irqtable_places_read(place, 4, root);
	assert_int_equal(place[0].node, -1);
	assert_int_equal(place[3].node, 1);
	assert_int_equal(place[1].cache, 0);
	assert_int_equal(place[2].cache, -1);

	assert_int_equal(cpu_mask_parse(&facts.affinity, "0,2-3", 5), 0);
	assert_int_equal(irqtable_affinity_write(root, 24, &facts.affinity), 0);
	assert_int_equal(irqtable_affinity_write(root, 25, &facts.affinity), -ENOENT);
	/* What stdio would tell at fclose() only: irqbalance lost EIO like this. */
	put(dir, "proc/irq/26/node", "0\n");
	snprintf(path, sizeof(path), "%s/proc/irq/26/smp_affinity_list", dir);
	assert_int_equal(symlink("/dev/full", path), 0);
	assert_int_equal(irqtable_affinity_write(root, 26, &facts.affinity), -ENOSPC);
	close(root);
	snprintf(path, sizeof(path), "rm -r %s", dir);
	assert_int_equal(system(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_columns_are_cpu_numbers),
		cmocka_unit_test(test_single_counters),
		cmocka_unit_test(test_arm64_label_touches),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_blanks_do_not_make_a_new_row),
		cmocka_unit_test(test_texts_make_rows),
		cmocka_unit_test(test_header_is_needed),
		cmocka_unit_test(test_torn_rows),
		cmocka_unit_test(test_unplugged_row),
		cmocka_unit_test(test_plugged_row_has_no_delta),
		cmocka_unit_test(test_same_number_other_name),
		cmocka_unit_test(test_cpu_comes_and_goes),
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_one_counter_fell),
		cmocka_unit_test(test_large_rise),
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_only_some_cpus),
		cmocka_unit_test(test_first_sample_and_same_label_twice),
		cmocka_unit_test(test_cells_add_up),
		cmocka_unit_test(test_scanner_widths),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_totals_only),
		cmocka_unit_test(test_empty_text),
		cmocka_unit_test(test_cpu_lists),
		cmocka_unit_test(test_stat),
		cmocka_unit_test(test_facts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
