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

#include "procirq.h"

#pragma GCC visibility push(hidden)

/* Longest list of action names the kernel prints is one page. */
#define PROCIRQ_ACTIONS_BYTES 4096

/* The most lines one name can mean: MSI-X has 2048 vectors. */
#define PROCIRQ_NAME_LINES_MAX 2048

int procirq_text_read(const char *path, char *buf, size_t size);
int procirq_resolve_at(const char *root, const char *name, unsigned int *irqs, size_t max);
bool procirq_is_pci_address(const char *name, char full[13]);
int procirq_pci_owner_at(const char *root, unsigned int irq, char full[13]);
int procirq_holders_at(const char *root, unsigned int irq, char *buf, size_t size);
int procirq_explain_at(const char *root, unsigned int irq, int error, char *buf, size_t size);
int procirq_explain_name_at(const char *root, const char *name, int error, char *buf, size_t size);

/* ring.c */
struct procirq_ring_reader *procirq_ring_open_fd(int fd);

/* descriptor.c */
int procirq_descriptor_init_at(const char *root, struct procirq_descriptor *descriptor,
			       const char *device);
const char *procirq_phase_name(enum procirq_phase phase);
unsigned int procirq_phase_steps(const struct procirq_descriptor *descriptor,
				 enum procirq_phase phase);
void procirq_descriptor_address(const struct procirq_descriptor *descriptor,
				char address[PROCIRQ_PCI_BYTES]);
int procirq_step_flaw(enum procirq_phase phase, const struct procirq_step *step, const char **what);

/* devicefile.c */
int procirq_descriptor_parse_at(const char *root, struct procirq_descriptor *descriptor,
				const char *name, const char *text, size_t len, const char *device,
				char *why, size_t size);

/* pci.c */
int procirq_pci_find_at(const char *root, const char *name, char address[PROCIRQ_PCI_BYTES]);
int procirq_pci_driver_at(const char *root, const char *device, char *buf, size_t size);
bool procirq_pci_is(const char *root, const char *address, unsigned int vendor,
		    unsigned int device);
bool procirq_is_pci_id(const char *name, unsigned int *vendor, unsigned int *device);

/* pci_facts.c */
struct procirq_bar {
	unsigned long long start; /* where it is on the bus */
	unsigned long long bytes; /* 0: the function has no such BAR */
	bool io;		  /* ports, not memory */
};

int procirq_pci_bar_at(const char *root, const char *address, unsigned int bar,
		       struct procirq_bar *found);
long procirq_pci_config_bytes_at(const char *root, const char *address);
int procirq_pci_command_at(const char *root, const char *address);

/* explain_device.c */
int procirq_explain_descriptor_at(const char *root, unsigned int irq,
				  const struct procirq_descriptor *descriptor, int error, char *buf,
				  size_t size);
int procirq_explain_pci_at(const char *root, const char *device, int error, char *buf, size_t size);

#pragma GCC visibility pop

#endif /* LIBPROCIRQ_LOCAL_H */
