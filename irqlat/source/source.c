// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of sources. */

#include <string.h>

#include "source.h"

/* Those that --source names. */
static const struct source_ops *const sources[] = {
	&source_irqgen_ops,
	&source_edu_ops,
	&source_timer_ops,
};

/* Returns NULL when there is no such source. */
const struct source_ops *source_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
		if (!strcmp(sources[i]->name, name))
			return sources[i];
	return NULL;
}

/**
 * source_for - the source that raises interrupts for a driver
 * @chosen: the one of --source
 * @driver: driver
 *
 * Returns NULL when @chosen cannot.
 */
const struct source_ops *source_for(const struct source_ops *chosen, enum driver driver)
{
	if (source_timer_ops.drivers[driver])
		return &source_timer_ops;
	if (source_thread_ops.drivers[driver])
		return &source_thread_ops;
	return chosen->drivers[driver] ? chosen : NULL;
}
