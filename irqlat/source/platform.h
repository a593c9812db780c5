/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device of the platform bus whose interrupt a source raises: found, bound to the driver
 * that a way needs, and restored.
 */
#ifndef IRQLAT_PLATFORM_H
#define IRQLAT_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>

#include "busdev.h"
#include "irqlat/way/way.h"

struct why;

bool platform_find(const char *compatible, char name[PROCIRQ_PLATFORM_BYTES]);
int platform_open(struct busdev *dev, const char *name, struct why *why);
int platform_connect(struct busdev *dev, enum driver driver, struct target *target,
		     struct why *why);
volatile void *platform_map(const struct busdev *dev, const struct target *target, size_t *bytes,
			    struct why *why);

#endif /* IRQLAT_PLATFORM_H */
