// SPDX-License-Identifier: GPL-2.0-or-later
#include "explained.h"

#include <stdlib.h>
#include <string.h>

/* Frees what @explained owns, but not @explained itself. */
void explained_free(struct explained *explained)
{
	for (size_t i = 0; i < explained->n_lines; i++)
		free(explained->lines[i].causes);
	free(explained->lines);
	free(explained->chains);
	free(explained->events);
	memset(explained, 0, sizeof(*explained));
}
