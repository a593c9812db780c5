/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A word that the kernel itself writes to a device's register, inside a system call: ioctl
 * FIONREAD stores, with a single write of four bytes, how many bytes of a file can be read.
 */
#ifndef IRQLAT_CALLWRITE_H
#define IRQLAT_CALLWRITE_H

#include <stdint.h>
#include <sys/ioctl.h>

struct why;

/**
 * struct callwrite - a word to be written
 * @fd: a file with as many bytes
 */
struct callwrite {
	int fd;
};

int callwrite_open(struct callwrite *call, uint32_t word, struct why *why);
void callwrite_close(struct callwrite *call);

static inline void callwrite(const struct callwrite *call, volatile uint32_t *reg)
{
	ioctl(call->fd, FIONREAD, reg);
}

#endif /* IRQLAT_CALLWRITE_H */
