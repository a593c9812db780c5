// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rows that count again what other rows count.
 *
 * s390 (arch/s390/kernel/irq.c) prints the three interrupt classes EXT, I/O and AIO,
 * without a text, and then rows for what is in them, whose texts begin with the class
 * in brackets. Of these, PCI (PCF, PCD) and MSI count adapter interrupts that
 * arch/s390/pci/pci_irq.c hands to the numbered rows.
 *
 * Xen (arch/x86/xen/smp.c, smp_pv.c) handles an event channel for each CPU and kind of
 * IPI, each a numbered row, and its handlers count in RES, CAL and IWI as well. HYP
 * counts the upcalls that all event channels come from. The timer's event channels are
 * counted nowhere else: LOC is that of the APIC.
 */
#include <string.h>

#include "irqtable.h"
#include "local.h"

#define XEN_CHIP "xen-"

static bool begins(const char *text, size_t len, const char *with)
{
	return len >= strlen(with) && !memcmp(text, with, strlen(with));
}

static bool label_is(const struct irqtable *table, const struct irqtable_row *row,
		     const char *label)
{
	return row->label_len == strlen(label) &&
	       !memcmp(table->text + row->label, label, row->label_len);
}

/* The last word of a row's text without the digits at its end: "resched" of "resched0". */
static bool action_is(const struct irqtable *table, const struct irqtable_row *row,
		      const char *action)
{
	const char *text = table->text + row->text;
	size_t end = row->text_len, begin;

	while (end && (unsigned char)(text[end - 1] - '0') < 10)
		end--;
	for (begin = end; begin && text[begin - 1] != ' ';)
		begin--;
	return end < row->text_len && end - begin == strlen(action) &&
	       !memcmp(text + begin, action, end - begin);
}

/* Rows that tell what is counted twice. */
struct found {
	bool s390, numbered, xen, resched, callfunc, irqwork;
};

static void row_look(struct found *found, const struct irqtable *table,
		     const struct irqtable_row *row)
{
	const char *text = table->text + row->text;

	if (row->irq < 0) {
		found->s390 |= begins(text, row->text_len, "[EXT] ") ||
			       begins(text, row->text_len, "[I/O] ") ||
			       begins(text, row->text_len, "[AIO] ");
		return;
	}
	found->numbered = true;
	if (!begins(text, row->text_len, XEN_CHIP))
		return;
	found->xen = true;
	found->resched |= action_is(table, row, "resched");
	found->callfunc |=
		action_is(table, row, "callfunc") || action_is(table, row, "callfuncsingle");
	found->irqwork |= action_is(table, row, "irqwork");
}

static enum irqtable_sum sum_of(const struct found *found, const struct irqtable *table,
				const struct irqtable_row *row)
{
	const char *text = table->text + row->text;

	if (found->s390 && !row->text_len) {
		if (label_is(table, row, "EXT"))
			return IRQTABLE_SUM_EXT;
		if (label_is(table, row, "I/O"))
			return IRQTABLE_SUM_IO;
		if (label_is(table, row, "AIO"))
			return IRQTABLE_SUM_AIO;
	}
	if (found->s390 && found->numbered &&
	    (begins(text, row->text_len, "[AIO] PCI") || begins(text, row->text_len, "[AIO] MSI")))
		return IRQTABLE_SUM_MSI;
	if (found->resched && label_is(table, row, "RES"))
		return IRQTABLE_SUM_RESCHED;
	if (found->callfunc && label_is(table, row, "CAL"))
		return IRQTABLE_SUM_CALLFUNC;
	if (found->irqwork && label_is(table, row, "IWI"))
		return IRQTABLE_SUM_IRQWORK;
	if (found->xen && label_is(table, row, "HYP"))
		return IRQTABLE_SUM_UPCALL;
	return IRQTABLE_SUM_NONE;
}

void irqtable_sums_mark(struct irqtable *table)
{
	struct found found = { 0 };
	unsigned int r;

	for (r = 0; r < table->nrows; r++)
		row_look(&found, table, &table->row[r]);
	for (r = 0; r < table->nrows; r++)
		table->row[r].sum = table->row[r].irq >= 0 ? IRQTABLE_SUM_NONE :
							     sum_of(&found, table, &table->row[r]);
}

const char *irqtable_sum_text(enum irqtable_sum sum)
{
	static const char *const texts[] = {
		[IRQTABLE_SUM_NONE] = "",
		[IRQTABLE_SUM_EXT] = "sum of the rows marked [EXT]",
		[IRQTABLE_SUM_IO] = "sum of the rows marked [I/O]",
		[IRQTABLE_SUM_AIO] = "sum of the rows marked [AIO]",
		[IRQTABLE_SUM_MSI] = "sum of the numbered rows",
		[IRQTABLE_SUM_RESCHED] = "sum of the rows resched0, resched1 ...",
		[IRQTABLE_SUM_CALLFUNC] = "sum of the rows callfunc0, callfuncsingle0 ...",
		[IRQTABLE_SUM_IRQWORK] = "sum of the rows irqwork0, irqwork1 ...",
		[IRQTABLE_SUM_UPCALL] = "sum of the rows of Xen's event channels",
	};

	return texts[sum];
}
