// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of sources. */

#include <string.h>

#include "source.h"

/* Returns NULL when there is no such source. */
const struct source_ops *source_find(const char *name)
{
	static const struct source_ops *const known[] = {
		&source_irqgen_ops,
		&source_edu_ops,
		&source_timer_ops,
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(known[i]->name, name))
			return known[i];
	return NULL;
}

/* What raises for @driver where @chosen is what --source says. */
const struct source_ops *source_for(const struct source_ops *chosen, enum driver driver)
{
	if (driver == DRIVER_TIMER)
		return &source_timer_ops;
	if (driver == DRIVER_THREAD)
		return &source_thread_ops;
	return chosen->drivers[driver] ? chosen : NULL;
}
