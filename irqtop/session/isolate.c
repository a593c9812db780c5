// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "isolate.h"

bool isolate_cpus(struct cpu_mask *cpus, int root)
{
	struct cpu_mask nohz;
	unsigned int i;

	irqtable_isolated_read(cpus, root);
	irqtable_nohz_read(&nohz, root);
	for (i = 0; i < CPUS_MAX / 64; i++)
		cpus->bit[i] |= nohz.bit[i];
	return cpu_mask_count(cpus) > 0;
}

bool isolate_advise(struct session *session, const struct view_row *row, char text[ISOLATION_BYTES])
{
	struct cpu_mask quiet, hit = { 0 }, online = { 0 };
	struct isolation isolation = { .isolated = &quiet, .hit = &hit, .online = &online };
	struct irqtable_facts facts;
	unsigned int c;

	if (session->collect.root < 0 || row->table != TABLE_INTERRUPTS || row->data->irq < 0 ||
	    row->data->ncells != row->diff->ncpus || !isolate_cpus(&quiet, session->collect.root))
		return false;
	for (c = 0; c < row->diff->ncpus; c++) {
		cpu_mask_add(&online, row->diff->cur->cpu[c]);
		if (cpu_mask_has(&quiet, row->diff->cur->cpu[c]) &&
		    irqtable_diff_cell(row->diff, row->row, c))
			cpu_mask_add(&hit, row->diff->cur->cpu[c]);
	}
	if (!cpu_mask_count(&hit))
		return false;
	irqtable_facts_read(&facts, session->collect.root, (uint32_t)row->data->irq,
			    IRQTABLE_HAVE_AFFINITY | IRQTABLE_HAVE_SETTABLE |
				    IRQTABLE_HAVE_MANAGED);
	isolation.facts = &facts;
	isolation_advise(text, &isolation);
	return true;
}
