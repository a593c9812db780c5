// SPDX-License-Identifier: GPL-2.0-or-later
/* Which handler entry belongs to which sample. */

#include "entrytrace.h"

/**
 * entry_match - give an entry to the sample it belongs to
 * @match: samples, not overlapping, ascending
 * @entry_ns: time of the entry, not before the last one given
 *
 * An entry outside of every sample (warm-up, another user of the line) is
 * ignored; of several inside one sample the first counts.
 */
void entry_match(struct entry_match *match, uint64_t entry_ns)
{
	struct entry_wait *wait;

	while (match->next < match->n && match->waits[match->next].user_ns < entry_ns)
		match->next++;
	if (match->next == match->n)
		return;
	wait = &match->waits[match->next];
	if (entry_ns < wait->raised_ns || wait->entry_ns)
		return;
	wait->entry_ns = entry_ns;
}
