/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why the kernel refuses an affinity. */
#ifndef IRQTOP_AFFINITY_H
#define IRQTOP_AFFINITY_H

#include <stdbool.h>

/* The reason for an error of irqtable_affinity_write(). `root`: the user is root. */
const char *affinity_why(int err, bool root);

/* Whether it is that this interrupt can never be moved: the kernel did not say so before. */
bool affinity_is_fixed(int err, bool root);

#endif
