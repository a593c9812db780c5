/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Private to libprocirq and its tests. libprocirq.map keeps these functions out of
 * the shared library's interface; their names begin with procirq_ because programs
 * may link the static library.
 *
 * A function NAME_at() does the work of NAME() under a root prefix: "" is the running
 * system, a folder of fixtures in tests. Unless they say otherwise the functions
 * return as the public ones do: 0 or a length, or -1 with errno.
 */
#ifndef LIBPROCIRQ_LOCAL_H
#define LIBPROCIRQ_LOCAL_H

#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "procirq.h"

/* file.c */
void procirq_fd_close(int fd);
int procirq_text_read(char *buf, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int procirq_text_write(const char *path, const char *text);
bool procirq_file_exists(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* name.c */
int procirq_resolve_at(const char *root, const char *name, unsigned int *irqs, size_t max);
int procirq_holders_at(const char *root, unsigned int irq, char *buf, size_t size);
int procirq_pci_owner_at(const char *root, unsigned int irq, char owner[PROCIRQ_PCI_BYTES]);

/* ring.c */
struct procirq_ring_reader *procirq_ring_open_fd(int fd);
uint64_t procirq_ring_head(const struct procirq_ring_reader *reader);
uint64_t procirq_ring_time(const struct procirq_ring_reader *reader, uint64_t number);
uint64_t procirq_ring_watch(const struct procirq_ring_reader *reader, uint64_t head,
			    uint64_t window_ns);
uint64_t procirq_clock_ns(void);

/**
 * struct procirq_adaptive - how procirq_wait() busy-waits
 * @ring: of the line, mapped with the first limit and until the line is closed; atomic
 * @max_ns: as given: a limit, PROCIRQ_HYBRID_AUTO or 0
 * @window_ns: see struct procirq_hybrid, as all that follow
 * @block_ns: see there
 * @spins: see there
 * @caught: see there
 * @blocks: see there
 * @spun_ns: see there
 *
 * Threads may wait at the same time. The counts are exact. @window_ns and @block_ns are
 * estimates, of which threads may lose each other's changes.
 */
struct procirq_adaptive {
	_Atomic(struct procirq_ring_reader *) ring;
	_Atomic uint64_t max_ns;
	_Atomic uint64_t window_ns;
	_Atomic uint64_t block_ns;
	_Atomic uint64_t spins;
	_Atomic uint64_t caught;
	_Atomic uint64_t blocks;
	_Atomic uint64_t spun_ns;
};

/* adaptive.c */
uint64_t procirq_adaptive_limit_ns(const struct procirq_adaptive *a);
void procirq_adaptive_fit(struct procirq_adaptive *a, uint64_t waited_ns);
void procirq_adaptive_note_block(struct procirq_adaptive *a, uint64_t cost_ns);
int procirq_adaptive_set(struct procirq_adaptive *a, int fd, unsigned long long max_ns);
void procirq_adaptive_get(const struct procirq_adaptive *a, struct procirq_hybrid *hybrid);
int procirq_adaptive_wait(struct procirq_adaptive *a, int fd, int timeout_ms);
void procirq_adaptive_free(struct procirq_adaptive *a);

/* line.c */
int procirq_poll(int fd, int timeout_ms);

/* descriptor.c */
int procirq_descriptor_init_at(const char *root, struct procirq_descriptor *descriptor,
			       const char *device);
const char *procirq_phase_name(enum procirq_phase phase);
unsigned int procirq_phase_steps(const struct procirq_descriptor *descriptor,
				 enum procirq_phase phase);
const char *procirq_descriptor_flaw(const struct procirq_descriptor *descriptor);
const char *procirq_spaces_flaw(const struct procirq_descriptor *descriptor);
const char *procirq_step_flaw(enum procirq_phase phase, const struct procirq_step *step,
			      int *error);

/* devicefile.c */
int procirq_descriptor_parse_at(const char *root, struct procirq_descriptor *descriptor,
				const char *name, const char *text, size_t len, const char *device,
				char *why, size_t size);

/* pci.c */
volatile void *procirq_pci_map_at(const char *root, const char *device, unsigned int bar,
				  size_t *bytes);

/**
 * struct procirq_bar - a base address register of a PCI function, or a memory region of a
 *	platform device
 * @start: bus or physical address
 * @bytes: size; 0 if the function has no such BAR
 * @io: it is for I/O ports, not for memory
 */
struct procirq_bar {
	unsigned long long start;
	unsigned long long bytes;
	bool io;
};

/* device.c */
int procirq_device_driver(const char *folder, char *buf, size_t size);
volatile void *procirq_device_map(const char *path, const struct procirq_bar *place, size_t *bytes);
void procirq_device_unmap(volatile void *registers, size_t bytes);

/* devfile.c */
bool procirq_devfile_find_at(const char *root, const char *name, char path[PATH_MAX]);
bool procirq_vector_split(const char *name, char address[PROCIRQ_PCI_BYTES], unsigned int *vector);
int procirq_vector_irq_at(const char *root, const char *address, unsigned int vector,
			  unsigned int *irq);

/* pci_facts.c */
void procirq_pci_path(char path[PATH_MAX], const char *root, const char *address, const char *file);
bool procirq_pci_address_parse(const char *text, char address[PROCIRQ_PCI_BYTES]);
bool procirq_pci_id_parse(const char *text, unsigned int *vendor, unsigned int *device);
bool procirq_pci_has_id(const char *root, const char *address, unsigned int vendor,
			unsigned int device);
int procirq_pci_find_at(const char *root, const char *name, char address[PROCIRQ_PCI_BYTES]);
int procirq_pci_driver_at(const char *root, const char *device, char *buf, size_t size);
int procirq_pci_bar_at(const char *root, const char *address, unsigned int bar,
		       struct procirq_bar *found);
long procirq_pci_config_bytes_at(const char *root, const char *address);
int procirq_pci_command_at(const char *root, const char *address);

/* platform.c */
void procirq_platform_path(char path[PATH_MAX], const char *root, const char *device,
			   const char *file);
bool procirq_platform_is_named(const char *name);
int procirq_platform_find_at(const char *root, const char *name,
			     char device[PROCIRQ_PLATFORM_BYTES]);
int procirq_platform_driver_at(const char *root, const char *name, char *buf, size_t size);
int procirq_platform_irqs_at(const char *root, const char *name, unsigned int *irqs, size_t max);
bool procirq_platform_index_at(const char *root, const char *name,
			       char device[PROCIRQ_PLATFORM_BYTES], unsigned int *index);
int procirq_platform_region_at(const char *root, const char *device, unsigned int region,
			       struct procirq_bar *found);
unsigned int procirq_platform_widths_at(const char *root, const char *device);

/**
 * struct procirq_sentence - a sentence that is being written
 * @buf: the words that fit
 * @size: bytes in @buf
 * @len: length of the whole sentence; may be more than fits
 */
struct procirq_sentence {
	char *buf;
	size_t size;
	size_t len;
};

/* explain.c */
void procirq_say(struct procirq_sentence *s, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
int procirq_explain_at(const char *root, unsigned int irq, int error, char *buf, size_t size);
int procirq_explain_name_at(const char *root, const char *name, int error, char *buf, size_t size);

/* explain_device.c */
int procirq_explain_descriptor_at(const char *root, unsigned int irq,
				  const struct procirq_descriptor *descriptor, int error, char *buf,
				  size_t size);
int procirq_explain_pci_at(const char *root, const char *device, int error, char *buf, size_t size);
int procirq_explain_platform_at(const char *root, const char *device, int error, char *buf,
				size_t size);

#endif /* LIBPROCIRQ_LOCAL_H */
