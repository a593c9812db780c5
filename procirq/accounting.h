/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The module's accounting: text files with a row for each line, or for each reader. */
#ifndef PROCIRQ_ACCOUNTING_H
#define PROCIRQ_ACCOUNTING_H

#include <stdint.h>

#include "libprocirq/procirq.h"

/* Where the module puts its files "lines" and "readers". */
#define ACCOUNTING_FOLDER "/proc/procirq"

/**
 * struct accounting_row - what a row says; a member is 0 or "" if the row lacks it
 * @irq: Linux interrupt number
 * @readers: number of readers of the line
 * @taken: number of interrupts that the module took on the line
 * @pid: process that opened the reader
 * @pending: number of interrupts that the reader has not read yet
 * @device: address or name of the device that the reader's descriptor is for; "-" for none
 * @spin_ns: longest time that the reader's calls busy-wait, ns
 * @window_ns: how long they do now, ns
 * @spins: how many did
 * @caught: of them, those to which an interrupt came meanwhile
 * @spun_ns: time that they spent so, ns
 * @comm: name of the process; the kernel escapes what is not printable
 */
struct accounting_row {
	uint64_t irq;
	uint64_t readers;
	uint64_t taken;
	uint64_t pid;
	uint64_t pending;
	uint64_t spin_ns;
	uint64_t window_ns;
	uint64_t spins;
	uint64_t caught;
	uint64_t spun_ns;
	char device[PROCIRQ_PLATFORM_BYTES];
	char comm[72];
};

int accounting_read(const char *path, int (*found)(void *arg, const struct accounting_row *row),
		    void *arg);

#endif /* PROCIRQ_ACCOUNTING_H */
