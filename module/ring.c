// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ring of an action's last interrupts: read() takes their times from it, and
 * mmap() maps it. Only the handler writes to it, with procirq_ring_put().
 */
#include <linux/mm.h>
#include <linux/vmalloc.h>

#include "compat.h"
#include "internal.h"

#define RING_BYTES \
	(PROCIRQ_RING_ENTRIES_OFFSET + PROCIRQ_RING_ENTRIES * sizeof(struct procirq_ring_entry))

static_assert(sizeof(struct procirq_ring) <= PROCIRQ_RING_ENTRIES_OFFSET);

/* Returns an empty ring, or NULL without memory. May sleep. */
struct procirq_ring *procirq_ring_alloc(void)
{
	struct procirq_ring *ring = vmalloc_user(PAGE_ALIGN(RING_BYTES));

	if (!ring)
		return NULL;
	ring->version = PROCIRQ_ABI_VERSION;
	ring->nr_entries = PROCIRQ_RING_ENTRIES;
	ring->entries_offset = PROCIRQ_RING_ENTRIES_OFFSET;
	ring->entry_size = sizeof(struct procirq_ring_entry);
	return ring;
}

/* NULL is allowed. The ring must not be mapped any more. */
void procirq_ring_free(struct procirq_ring *ring)
{
	vfree(ring);
}

/**
 * procirq_ring_map() - map the ring into user space
 * @ring: outlives the mapping, because the mapping keeps the file open
 * @vma: where to map it; it must not be writable, and cannot be made so later
 *
 * Return: 0, -EPERM for a writable mapping, -EINVAL for a wrong offset or size.
 */
int procirq_ring_map(struct procirq_ring *ring, struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_WRITE)
		return -EPERM;
	if (vma->vm_pgoff)
		return -EINVAL;
	vm_flags_clear(vma, VM_MAYWRITE);
	return remap_vmalloc_range(vma, ring, 0);
}
