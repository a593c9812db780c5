// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of the kinds of calls, and the making of a call. */
#include <stdio.h>
#include <string.h>

#include "torture.h"

#define DO(kind) .name = #kind, .make = make_##kind, .perform = do_##kind
#define EDU	 "/sys/bus/pci/devices/0000:00:04.0"

/* clang-format off */
const struct kind kinds[] = {
	/* Weights: owner, stranger, handler, machine. */
	/* EAGAIN: another program has a lease of the file (fcntl(2)). */
	{ DO(open),		.weight = { 120, 10, 120 },
	  .privileged = true,
	  .errors = { EACCES, EAGAIN, EBUSY, EEXIST, EISDIR, ENOENT, ENOTDIR, ENXIO, EPERM, EUSERS } },
	{ DO(close),		.weight = { 10, 5, 5 } },
	{ DO(dup),		.weight = { 10, 5, 5 },
	  .errors = { EBUSY } },
	{ DO(read),		.weight = { 150, 150, 40 },
	  .errors = { EAGAIN, ENOTCONN, EOPNOTSUPP, ESPIPE } },
	/* EPIPE: the number of a file that was closed is a pipe's by now. */
	{ DO(write),		.weight = { 80, 80, 40 },
	  .errors = { EAGAIN, ENOTCONN, EOPNOTSUPP, EPIPE, ESPIPE } },
	{ DO(other),		.weight = { 20, 10 },
	  .errors = { EACCES, EAGAIN, EOPNOTSUPP, EPERM, ESPIPE, EWOULDBLOCK } },

	{ DO(info),		.weight = { 30, 30, 10 } },
	{ DO(flags),		.weight = { 40, 40, 30 } },
	{ DO(descriptor),	.weight = { 40, 10, 10 },
	  .privileged = true,
	  .errors = { E2BIG, EADDRNOTAVAIL, EBUSY, EMSGSIZE, ENETDOWN, ENOENT, ENXIO,
		      EOPNOTSUPP, EPERM, ERANGE, EXDEV } },
	{ DO(set_eventfd),	.weight = { 40, 20, 5 } },
	{ DO(inject),		.weight = { 40, 40, 60 },
	  .errors = { EBUSY, ENOTCONN } },
	{ DO(set_spin),		.weight = { 10, 10 } },
	{ DO(get_spin),		.weight = { 10, 10 } },
	{ DO(wait),		.weight = { 60, 60, 20 },
	  .errors = { EAGAIN, ENOTCONN, EOPNOTSUPP } },
	{ DO(request),		.weight = { 20, 20 },
	  .errors = { EACCES, EBUSY, ENOENT, ENOTCONN, EOPNOTSUPP, EPERM } },

	/* ENOMEM: the kernel's search for a free range, seen once in two million calls. */
	{ DO(mmap),		.weight = { 40, 40 },
	  .errors = { EACCES, EAGAIN, ENOMEM, ENOTCONN, EOPNOTSUPP, EOVERFLOW, EPERM,
		      EXDEV } },
	{ DO(munmap),		.weight = { 10, 10 } },
	{ DO(mremap),		.weight = { 10, 10 },
	  .errors = { EAGAIN } },
	{ DO(mprotect),		.weight = { 5, 5 },
	  .errors = { EACCES, ENOMEM } },
	{ DO(madvise),		.weight = { 10, 10 },
	  .errors = { EACCES, EAGAIN, EBADF, ENOMEM } },
	{ DO(ring),		.weight = { 20, 20 } },

	{ DO(poll),		.weight = { 60, 60, 10 } },
	{ DO(select),		.weight = { 20, 20 } },
	{ DO(epoll_create),	.weight = { 5, 5 } },
	{ DO(epoll_ctl),	.weight = { 40, 20 },
	  .errors = { EEXIST, ELOOP, ENOENT, EPERM } },
	{ DO(epoll_wait),	.weight = { 20, 20 } },
	{ DO(eventfd),		.weight = { 10, 10, 2 } },
	{ DO(event_read),	.weight = { 10, 10, 2 },
	  .errors = { EAGAIN, ENOTCONN } },
	{ DO(uring),		.weight = { 4, 4 } },

	{ DO(fork),		.weight = { 3, 2, 2 } },
	{ DO(exec),		.weight = { 1, 1, 1 } },
	{ DO(thread),		.weight = { 5, 5, 5 },
	  .need_not_fail = true },
	{ DO(pass),		.weight = { 50 },
	  .errors = { EAGAIN, ETOOMANYREFS } },
	{ DO(receive),		.weight = { 0, 80 },
	  .errors = { EAGAIN } },
	{ DO(signal),		.weight = { 10, 0, 10 },
	  .errors = { EAGAIN, EPERM, ESRCH } },

	{ DO(uli_register),	.weight = { 20, 20, 100 },
	  .errors = { EBUSY, EOPNOTSUPP } },
	{ DO(uli_crash),	.weight = { 0, 0, 20 },
	  .errors = { EBUSY, EOPNOTSUPP } },
	{ DO(uli_unregister),	.weight = { 10, 10, 40 },
	  .errors = { ENOENT, EPERM } },
	{ DO(uli_info),		.weight = { 10, 10, 20 },
	  .errors = { ENOENT } },
	{ DO(uli_kick),		.weight = { 10, 10, 20 },
	  .errors = { ENOENT, EPERM } },
	{ DO(uli_block),	.weight = { 10, 10, 40 },
	  .errors = { ENOENT, EPERM } },
	{ DO(uli_sleep),	.weight = { 5, 5, 40 },
	  .errors = { EAGAIN, ETIMEDOUT } },
	{ DO(uli_spin),		.weight = { 5, 5, 60 },
	  .need_not_fail = true },
	{ DO(uli_memory),	.weight = { 0, 0, 4 },
	  .errors = { EAGAIN, ENOMEM } },

	{ DO(line),		.weight = { 0, 0, 0, 40 },
	  .errors = { ENOSPC } },
	{ DO(schedule),		.weight = { 0, 0, 0, 150 },
	  .errors = { ENXIO } },
	{ DO(fire),		.weight = { 0, 0, 0, 200 },
	  .errors = { ENXIO } },
	{ DO(affinity),		.weight = { 0, 0, 0, 20 },
	  .errors = { EIO, ENOENT, EPERM } },
	{ DO(look),		.weight = { 4, 4, 0, 60 },
	  .errors = { EACCES, EAGAIN, EBUSY, EIO, ENOENT, ENOTCONN, EPERM, ESRCH, EUSERS, EOPNOTSUPP } },
	{ DO(books),		.weight = { 0, 0, 0, 30 },
	  .need_not_fail = true },
	{ DO(parameter),	.weight = { 0, 0, 0, 10 },
	  .errors = { ERANGE } },
	{ DO(cpu),		.weight = { 0, 0, 0, 2 },
	  .errors = { EBUSY },
	  .need_not_fail = true },
	{ DO(suspend),		.weight = { 0, 0, 0, 1 },
	  .errors = { EBUSY },
	  .need_not_fail = true, .needs = "/sys/power/pm_test" },
	{ DO(bind),		.weight = { 0, 0, 0, 15 },
	  .errors = { EBUSY, ENOENT, ENOSPC }, .needs = EDU },
	{ DO(remove),		.weight = { 0, 0, 0, 2 },
	  .errors = { ENOENT }, .need_not_fail = true, .needs = EDU },
	{ DO(edu),		.weight = { 0, 0, 0, 30 },
	  .needs = EDU },
	{ DO(reload),		.weight = { 0, 0, 0, 4 },
	  .errors = { EAGAIN, EBUSY } },
};
/* clang-format on */

const unsigned int nr_kinds = sizeof(kinds) / sizeof(kinds[0]);

_Static_assert(sizeof(kinds) / sizeof(kinds[0]) <= KINDS_MAX, "KINDS_MAX");

static const struct kind *draw_kind(struct draw *d, enum role role)
{
	unsigned int total = 0, kind, drawn;

	for (kind = 0; kind < nr_kinds; kind++)
		total += kinds[kind].weight[role];
	drawn = draw_below(d, total);
	for (kind = 0; drawn >= kinds[kind].weight[role]; kind++)
		drawn -= kinds[kind].weight[role];
	return &kinds[kind];
}

void call_make(struct call *call, uint64_t seed, enum role role, unsigned int thread, uint64_t step)
{
	struct draw d;

	draw_begin(&d, seed, thread, step);
	memset(call, 0, sizeof(*call));
	call->kind = draw_kind(&d, role);
	call->slot = draw_below(&d, FILES);
	call->other = draw_below(&d, FILES);
	call->place = draw_rarely(&d, 8) ? draw_below(&d, PLACES) : PLACE_WHOLE;
	call->kind->make(&d, call);
}

void call_print(const struct call *call, char *text, size_t size)
{
	unsigned int i;
	int len;

	len = snprintf(text, size,
		       "%s slot=%u other=%u how=%u place=%u numbers=%#lx,%#lx,%#lx,%#lx data=",
		       call->kind->name, call->slot, call->other, call->how, call->place,
		       call->number[0], call->number[1], call->number[2], call->number[3]);
	for (i = 0; i < call->bytes && len + 3 < (int)size; i++)
		len += snprintf(text + len, size - len, "%02x", call->data[i]);
}
