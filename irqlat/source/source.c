// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of sources. */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "source.h"

/* Those that --source names. */
static const struct source_ops *const sources[] = {
	&source_irqgen_ops, &source_edu_ops,	 &source_pl031_ops,
	&source_gic_ops,    &source_gpiosim_ops, &source_timer_ops,
};

#define SOURCES (sizeof(sources) / sizeof(sources[0]))

/* Returns NULL when there is no such source. */
const struct source_ops *source_find(const char *name)
{
	size_t i;

	for (i = 0; i < SOURCES; i++)
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

/* What does not fit is left out. */
static __attribute__((format(printf, 3, 4))) void append(char *text, size_t size,
							 const char *format, ...)
{
	size_t used = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + used, size - used, format, args);
	va_end(args);
}

/**
 * source_choices - what --source takes: "irqgen, edu, edu=PCI-ADDRESS"
 * @text: gets it; cut to fit
 * @size: bytes in @text
 */
void source_choices(char *text, size_t size)
{
	size_t i;

	*text = '\0';
	for (i = 0; i < SOURCES; i++) {
		const struct source_ops *ops = sources[i];

		if (!ops->needs_argument)
			append(text, size, "%s%s", *text ? ", " : "", ops->name);
		if (ops->argument)
			append(text, size, "%s%s=%s", *text ? ", " : "", ops->name, ops->argument);
	}
}

/**
 * source_serving - the sources of --source that raise interrupts for a driver
 * @driver: driver
 * @last: what stands before the last of several: " or "
 * @text: gets their names; cut to fit
 * @size: bytes in @text
 */
void source_serving(enum driver driver, const char *last, char *text, size_t size)
{
	const char *names[SOURCES];
	size_t n = 0, i;

	for (i = 0; i < SOURCES; i++)
		if (sources[i]->drivers[driver])
			names[n++] = sources[i]->name;
	*text = '\0';
	for (i = 0; i < n; i++)
		append(text, size, "%s%s", !i ? "" : i + 1 == n ? last : ", ", names[i]);
}
