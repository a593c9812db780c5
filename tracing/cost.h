/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cost - time of a system call, to find out how much tracing adds to it */
#ifndef TRACING_COST_H
#define TRACING_COST_H

#include <stdint.h>

uint64_t cost_call_ns(void);

#endif /* TRACING_COST_H */
