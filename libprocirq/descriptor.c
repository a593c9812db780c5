// SPDX-License-Identifier: LGPL-2.1-or-later
/* Device descriptors: building them, and what is wrong with a step as such. */

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "local.h"
#include "procirq.h"

static const char *const phase_names[PROCIRQ_PHASES] = {
	[PROCIRQ_CHECK] = "check",   [PROCIRQ_ACK] = "ack",	    [PROCIRQ_SILENCE] = "silence",
	[PROCIRQ_RESUME] = "resume", [PROCIRQ_RELEASE] = "release",
};

/* The word for a phase in descriptor files and sentences. */
const char *procirq_phase_name(enum procirq_phase phase)
{
	return phase_names[phase];
}

static __u8 *phase_count(struct procirq_descriptor *descriptor, enum procirq_phase phase)
{
	switch (phase) {
	case PROCIRQ_CHECK:
		return &descriptor->nr_check;
	case PROCIRQ_ACK:
		return &descriptor->nr_ack;
	case PROCIRQ_SILENCE:
		return &descriptor->nr_silence;
	case PROCIRQ_RESUME:
		return &descriptor->nr_resume;
	case PROCIRQ_RELEASE:
		return &descriptor->nr_release;
	default:
		return NULL;
	}
}

/* How many steps a phase has. */
unsigned int procirq_phase_steps(const struct procirq_descriptor *descriptor,
				 enum procirq_phase phase)
{
	return *phase_count((struct procirq_descriptor *)descriptor, phase);
}

/* The function, as sysfs spells it. */
void procirq_descriptor_address(const struct procirq_descriptor *descriptor,
				char address[PROCIRQ_PCI_BYTES])
{
	snprintf(address, PROCIRQ_PCI_BYTES, "%04x:%02x:%02x.%x", descriptor->domain & 0xffff,
		 descriptor->bus, descriptor->devfn >> 3, descriptor->devfn & 7);
}

int procirq_descriptor_init_at(const char *root, struct procirq_descriptor *descriptor,
			       const char *device)
{
	unsigned int domain, bus, slot, function;
	char address[PROCIRQ_PCI_BYTES];

	if (procirq_pci_find_at(root, device, address))
		return -1;
	if (sscanf(address, "%x:%x:%x.%x", &domain, &bus, &slot, &function) != 4) {
		errno = EINVAL;
		return -1;
	}
	memset(descriptor, 0, sizeof(*descriptor));
	descriptor->domain = domain;
	descriptor->bus = (__u8)bus;
	descriptor->devfn = (__u8)(slot << 3 | function);
	return 0;
}

/**
 * procirq_descriptor_init - begin the descriptor of a PCI function
 * @descriptor: overwritten; has no steps yet
 * @device: what procirq_pci_find() accepts
 *
 * Returns 0, or -1 with errno as procirq_pci_find().
 */
int procirq_descriptor_init(struct procirq_descriptor *descriptor, const char *device)
{
	return procirq_descriptor_init_at("", descriptor, device);
}

/**
 * procirq_descriptor_init_intx - the ready-made descriptor for any PCI function
 * @descriptor: overwritten; takes no steps
 * @device: what procirq_pci_find() accepts
 *
 * It uses the interrupt status and interrupt disable bits that every function
 * since PCI 2.3 has in its configuration space. There is nothing in them to
 * acknowledge: the device is silent until the next read or wait that finds
 * nothing, by when the program has tended it.
 *
 * Returns as procirq_descriptor_init().
 */
int procirq_descriptor_init_intx(struct procirq_descriptor *descriptor, const char *device)
{
	if (procirq_descriptor_init(descriptor, device))
		return -1;
	descriptor->flags = PROCIRQ_DESC_INTX;
	return 0;
}

/**
 * procirq_descriptor_add - one more step
 * @descriptor: of procirq_descriptor_init()
 * @phase: when it is run, after the steps that the phase has already
 * @step: copied; checked when the descriptor is set
 *
 * Returns 0, or -1 with errno: E2BIG the descriptor has PROCIRQ_STEPS_MAX steps,
 * EINVAL no such phase, or the descriptor is the ready-made one.
 */
int procirq_descriptor_add(struct procirq_descriptor *descriptor, enum procirq_phase phase,
			   const struct procirq_step *step)
{
	unsigned int at = 0, n = 0;
	enum procirq_phase each;

	if ((unsigned int)phase >= PROCIRQ_PHASES || descriptor->flags & PROCIRQ_DESC_INTX) {
		errno = EINVAL;
		return -1;
	}
	for (each = PROCIRQ_CHECK; each < PROCIRQ_PHASES; each++) {
		n += procirq_phase_steps(descriptor, each);
		if (each <= phase)
			at = n;
	}
	if (n >= PROCIRQ_STEPS_MAX) {
		errno = E2BIG;
		return -1;
	}
	memmove(&descriptor->steps[at + 1], &descriptor->steps[at], (n - at) * sizeof(*step));
	descriptor->steps[at] = *step;
	++*phase_count(descriptor, phase);
	return 0;
}

/* What is wrong with the operation at this phase; NULL: nothing. */
static const char *operation_flaw(enum procirq_phase phase, const struct procirq_step *step)
{
	switch (step->op) {
	case PROCIRQ_OP_TEST_ANY:
	case PROCIRQ_OP_TEST_EQ:
		if (phase != PROCIRQ_CHECK)
			return "a test belongs to the check";
		if (!step->mask)
			return "a test of no bits (mask 0)";
		if (step->op == PROCIRQ_OP_TEST_ANY && step->value)
			return "a test for any bit takes no value";
		if (step->value & ~step->mask)
			return "a value with bits that are not in the mask";
		return NULL;
	case PROCIRQ_OP_WRITE_STATUS:
		if (phase != PROCIRQ_ACK && phase != PROCIRQ_SILENCE)
			return "the status word can be written back in ack and silence only";
		return NULL;
	case PROCIRQ_OP_WRITE:
	case PROCIRQ_OP_SET:
	case PROCIRQ_OP_CLEAR:
		if (phase == PROCIRQ_CHECK)
			return "the check may read and test only";
		return step->mask ? "this operation takes no mask" : NULL;
	case PROCIRQ_OP_READ:
		return step->mask || step->value ? "a read takes no mask and no value" : NULL;
	default:
		return "no such operation";
	}
}

/*
 * What is wrong with a step whatever the device: the errno that the kernel
 * would give for it, with @what in words; 0 if nothing is.
 */
int procirq_step_flaw(enum procirq_phase phase, const struct procirq_step *step, const char **what)
{
	uint64_t ones;

	if (step->width != 8 && step->width != 16 && step->width != 32) {
		*what = "a register is 8, 16 or 32 bits wide";
		return EMSGSIZE;
	}
	ones = (UINT64_C(1) << step->width) - 1;
	*what = operation_flaw(phase, step);
	if (*what)
		return EINVAL;
	if (step->space > PROCIRQ_SPACE_CONFIG) {
		*what = "no such space";
		return EINVAL;
	}
	if (step->bar > 5 || (step->space == PROCIRQ_SPACE_CONFIG && step->bar)) {
		*what = step->bar > 5 ? "a PCI function has BARs 0 to 5" :
					"configuration space has no BAR";
		return EINVAL;
	}
	if (step->offset % (step->width / 8)) {
		*what = "the offset is no multiple of the register's width";
		return EADDRNOTAVAIL;
	}
	if ((step->mask | step->value) & ~ones) {
		*what = "bits beyond the register's width";
		return EINVAL;
	}
	return 0;
}
