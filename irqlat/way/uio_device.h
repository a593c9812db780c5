/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What sysfs says of a device that a UIO driver has, and its registers. */
#ifndef IRQLAT_UIO_DEVICE_H
#define IRQLAT_UIO_DEVICE_H

#include <stddef.h>
#include <stdint.h>

struct target;

#define UIO_NAME_BYTES 16

int uio_find(const struct target *target, char name[UIO_NAME_BYTES]);
uint32_t uio_events(const char *name);
unsigned int uio_irq(const char *name);
volatile void *uio_map(const char *name, size_t *bytes);

#endif /* IRQLAT_UIO_DEVICE_H */
