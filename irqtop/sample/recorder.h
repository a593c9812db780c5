/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Recordings: the magic, then frames of
 *
 *	u32 length of the payload (little endian), u32 FNV-1a of the payload, payload
 *
 * A payload is unsigned LEB128 numbers: kind (RECORDING_KEY or RECORDING_NEXT), wall
 * clock ms, monotonic ns, tables present (bit per table), whether /proc/stat was
 * there, its seven numbers, and for each table: in a key frame the columns, the
 * rows and all counters that are not 0; in the others only what changed, modulo
 * 2^32, against the frame before. Counters go as pairs (cells skipped, value).
 * Key frames end with where CPUs are, if anything is known: how many follow, then
 * for each its number, NUMA node + 1 and cache + 1 (struct irqtable_place).
 * A torn last frame (the recorder was killed) is as good as none.
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
#define RECORDING_KEY_EVERY 64 /* frames: what a jump has to read at most */

struct recorder {
	int fd;
	struct outbuf out;
	unsigned int since_key;
	bool started;
};

/* Creates or empties the file. 0 or a negative errno value. */
int recorder_open(struct recorder *recorder, const char *path);

/* Writes the monitor's last sample; CPU n is at place[n], n < nplaces. */
int recorder_write(struct recorder *recorder, const struct monitor *monitor,
		   const struct irqtable_place *place, uint32_t nplaces);

/* 0 or what close() said. */
int recorder_close(struct recorder *recorder);

uint32_t recording_sum(const unsigned char *data, size_t len);

#endif
