/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cost - what a system call takes, to tell what tracing it adds */
#ifndef TRACING_COST_H
#define TRACING_COST_H

#include <stdint.h>

uint64_t cost_call_ns(void);

#endif /* TRACING_COST_H */
