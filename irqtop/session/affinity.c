// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "affinity.h"

/* In 80 columns there are about 30 left for the reason, behind the text of errno. */
const char *affinity_why(int err, bool root)
{
	switch (-err) {
	case EPERM:
		/* irq_can_set_affinity_usr() is false; older kernels return EIO. */
		if (root)
			return "managed by its driver or fixed";
		return "only root may";
	case EACCES:
		return root ? "forbidden here, even to root" : "only root may";
	case EIO:
		return "managed by its driver or fixed";
	case EROFS:
		return "/proc is mounted read-only";
	case EINVAL:
		return "none of these CPUs is online";
	case ERANGE:
	case EOVERFLOW:
		return "no such CPU here";
	case ENOSPC:
		return "no vector free on these CPUs";
	case EBUSY:
		return "an earlier move is not done";
	case ENOENT:
		return "the interrupt is gone";
	default:
		return "refused";
	}
}

bool affinity_is_fixed(int err, bool root)
{
	return err == -EIO || (err == -EPERM && root);
}
