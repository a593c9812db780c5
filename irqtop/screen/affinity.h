/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel's answers to an affinity mean. */
#ifndef IRQTOP_AFFINITY_H
#define IRQTOP_AFFINITY_H

#include <stdbool.h>

/* For an error of irqtable_affinity_write(); `root`: the user was root. */
const char *affinity_why(int err, bool root);

#endif
