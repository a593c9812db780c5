/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Private to libprocirq and its unit tests. Functions that read /proc, /sys or
 * /dev take a root prefix: "" is the running system, a folder of fixtures in
 * tests.
 */
#ifndef LIBPROCIRQ_LOCAL_H
#define LIBPROCIRQ_LOCAL_H

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

/* Longest list of action names the kernel prints is one page. */
#define PROCIRQ_ACTIONS_BYTES 4096

/* The most lines one name can mean: MSI-X has 2048 vectors. */
#define PROCIRQ_NAME_LINES_MAX 2048

int procirq_text_read(const char *path, char *buf, size_t size);
int procirq_resolve_at(const char *root, const char *name, unsigned int *irqs,
		       size_t max);
bool procirq_is_pci_address(const char *name, char full[13]);
int procirq_pci_owner_at(const char *root, unsigned int irq, char full[13]);
int procirq_holders_at(const char *root, unsigned int irq, char *buf,
		       size_t size);
int procirq_explain_at(const char *root, unsigned int irq, int error, char *buf,
		       size_t size);
int procirq_explain_name_at(const char *root, const char *name, int error,
			    char *buf, size_t size);

#pragma GCC visibility pop

#endif /* LIBPROCIRQ_LOCAL_H */
