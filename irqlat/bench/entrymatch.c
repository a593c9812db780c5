// SPDX-License-Identifier: GPL-2.0-or-later
/* Which handler entry belongs to which sample. */

#include "entrytrace.h"

/**
 * entry_match - assign an entry to the sample it belongs to
 * @match: samples, in order of time, which do not overlap
 * @entry_ns: time of the entry, not before that of the call before
 *
 * Ignores an entry that lies in no sample, as in the warm-up or where another
 * program uses the line. Of several entries in one sample the first counts.
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
