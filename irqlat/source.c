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
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(known[i]->name, name))
			return known[i];
	return NULL;
}
