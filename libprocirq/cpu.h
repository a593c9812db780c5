/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Private to libprocirq and its tests: what C has no words for. Each processor's file has
 *
 *	GENERAL_REGS_ONLY	of a function: it changes no register that the entry code of
 *				a handler may not have saved
 *	cpu_relax()		in a loop that waits for memory to change
 *	system_call()		unlike those of the C library's it sets no errno, and is no
 *				cancellation point; returns what the kernel returns
 */
#ifndef LIBPROCIRQ_CPU_H
#define LIBPROCIRQ_CPU_H

#if defined(__x86_64__)
#include "cpu_x86.h"
#elif defined(__aarch64__)
#include "cpu_arm64.h"
#else
#include "cpu_other.h"
#endif

#endif /* LIBPROCIRQ_CPU_H */
