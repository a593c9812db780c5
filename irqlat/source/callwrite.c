// SPDX-License-Identifier: GPL-2.0-or-later
/* Files of a given size, for callwrite(). */

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/why.h"
#include "callwrite.h"

/* The file has no memory. Returns 0, or -1 with the reason in @why. */
int callwrite_open(struct callwrite *call, uint32_t word, struct why *why)
{
	call->fd = memfd_create("irqlat", MFD_CLOEXEC);
	if (call->fd >= 0 && !ftruncate(call->fd, word))
		return 0;
	why_set(why, "cannot make a file of %u bytes in memory: %s", word, strerror(errno));
	callwrite_close(call);
	return -1;
}

void callwrite_close(struct callwrite *call)
{
	if (call->fd >= 0)
		close(call->fd);
	call->fd = -1;
}
