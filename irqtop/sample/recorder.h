/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes recordings. A recording is the magic, then frames:
 *
 *	u32 length of the payload (little endian), u32 FNV-1a of the payload, payload
 *
 * A payload is a sequence of unsigned LEB128 numbers: kind (RECORDING_KEY or
 * RECORDING_NEXT), wall clock ms, monotonic ns, tables present (a bit per table),
 * whether /proc/stat was present, its seven numbers if so, then each table. A key frame
 * has a table's columns, rows and all counters that are not 0. Other frames have only
 * what was added to each counter since the frame before, modulo 2^32. Counters are
 * written as pairs: cells skipped, value.
 *
 * A key frame ends with the CPUs whose node or cache is known: their number, then for
 * each the CPU, NUMA node + 1 and cache + 1 (struct irqtable_place).
 *
 * A last frame that is cut off, because the recorder was killed, is ignored.
 */
#ifndef IRQTOP_RECORDER_H
#define IRQTOP_RECORDER_H

#include "monitor.h"
#include "base/outbuf.h"

#define RECORDING_MAGIC	    "irqtop\001\n"
#define RECORDING_MAGIC_LEN 8
#define RECORDING_HEAD	    8
#define RECORDING_KEY	    1
#define RECORDING_NEXT	    2
#define RECORDING_KEY_EVERY 64 /* frames; a jump reads at most so many */

struct recorder {
	int fd;
	struct outbuf out;
	unsigned int since_key;
	bool started;
};

/* Creates or empties the file. 0 or a negative errno value. */
int recorder_open(struct recorder *recorder, const char *path);

/* Writes the monitor's last sample. place[] is by CPU number. */
int recorder_write(struct recorder *recorder, const struct monitor *monitor,
		   const struct irqtable_place *place, uint32_t nplaces);

/* 0, or -errno of close(). */
int recorder_close(struct recorder *recorder);

uint32_t recording_sum(const unsigned char *data, size_t len);

#endif
