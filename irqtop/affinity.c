// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "affinity.h"

const char *affinity_why(int err, bool root)
{
	switch (-err) {
	case EPERM:
		/* For root, what EIO was before Linux 6.11: see irq_can_set_affinity_usr() */
		if (root)
			return "managed by its driver, or cannot be moved";
		return "only root may";
	case EACCES:
		return root ? "forbidden here, even to root" : "only root may";
	case EIO:
		return "managed by its driver, or cannot be moved";
	case EROFS:
		return "/proc is mounted read-only";
	case EINVAL:
		return "none of these CPUs is online, or the chip cannot do it";
	case ERANGE:
	case EOVERFLOW:
		return "this machine has no such CPU";
	case ENOSPC:
		return "these CPUs have no free interrupt vector";
	case EBUSY:
		return "an earlier move is not done yet; try again";
	case ENOENT:
		return "the interrupt is gone";
	default:
		return "refused";
	}
}
