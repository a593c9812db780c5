// SPDX-License-Identifier: LGPL-2.1-or-later
/* Device descriptors: building them, and the flaws that show without the device. */

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "local.h"
#include "procirq.h"

/* For each phase its name in descriptor files, and where its number of steps is. */
static const struct {
	const char *name;
	size_t count_at;
} phases[PROCIRQ_PHASES] = {
	[PROCIRQ_CHECK] = { "check", offsetof(struct procirq_descriptor, nr_check) },
	[PROCIRQ_ACK] = { "ack", offsetof(struct procirq_descriptor, nr_ack) },
	[PROCIRQ_SILENCE] = { "silence", offsetof(struct procirq_descriptor, nr_silence) },
	[PROCIRQ_RESUME] = { "resume", offsetof(struct procirq_descriptor, nr_resume) },
	[PROCIRQ_RELEASE] = { "release", offsetof(struct procirq_descriptor, nr_release) },
};

const char *procirq_phase_name(enum procirq_phase phase)
{
	return phases[phase].name;
}

/* How many steps a phase has. */
unsigned int procirq_phase_steps(const struct procirq_descriptor *descriptor,
				 enum procirq_phase phase)
{
	return *((const __u8 *)descriptor + phases[phase].count_at);
}

/**
 * procirq_descriptor_device - get the name of the device that a descriptor is for
 * @descriptor: the descriptor
 * @name: gets the name, as procirq_resolve() accepts it: "0000:00:04.0",
 *	"platform:9010000.rtc"
 *
 * Returns the length of the name.
 */
int procirq_descriptor_device(const struct procirq_descriptor *descriptor,
			      char name[PROCIRQ_DEVICE_BYTES])
{
	if (descriptor->flags & PROCIRQ_DESC_PLATFORM)
		return snprintf(name, PROCIRQ_DEVICE_BYTES, "platform:%.*s",
				(int)sizeof(descriptor->platform) - 1, descriptor->platform);
	return snprintf(name, PROCIRQ_DEVICE_BYTES, "%04x:%02x:%02x.%x",
			descriptor->domain & 0xffff, descriptor->bus, descriptor->devfn >> 3,
			descriptor->devfn & 7);
}

/* Starts one of a platform device. Returns 0, or -1 with errno. */
static int init_platform(const char *root, struct procirq_descriptor *descriptor,
			 const char *device)
{
	char name[PROCIRQ_PLATFORM_BYTES];

	if (procirq_platform_find_at(root, device, name))
		return -1;
	memset(descriptor, 0, sizeof(*descriptor));
	descriptor->size = sizeof(*descriptor);
	descriptor->flags = PROCIRQ_DESC_PLATFORM;
	strcpy(descriptor->platform, name);
	return 0;
}

int procirq_descriptor_init_at(const char *root, struct procirq_descriptor *descriptor,
			       const char *device)
{
	unsigned int domain, bus, slot, function;
	char address[PROCIRQ_PCI_BYTES];

	if (procirq_platform_is_named(device))
		return init_platform(root, descriptor, device);
	if (procirq_pci_find_at(root, device, address)) {
		if (errno != EINVAL)
			return -1;
		/* It may be the name of a platform device, without "platform:". */
		if (!init_platform(root, descriptor, device))
			return 0;
		errno = EINVAL;
		return -1;
	}
	if (sscanf(address, "%x:%x:%x.%x", &domain, &bus, &slot, &function) != 4) {
		errno = EINVAL;
		return -1;
	}
	memset(descriptor, 0, sizeof(*descriptor));
	descriptor->size = sizeof(*descriptor);
	descriptor->domain = domain;
	descriptor->bus = (__u8)bus;
	descriptor->devfn = (__u8)(slot << 3 | function);
	return 0;
}

/**
 * procirq_descriptor_init - start a descriptor of a PCI function or a platform device
 * @descriptor: overwritten; has no steps afterwards
 * @device: a name that procirq_pci_find() or procirq_platform_find() accepts
 *
 * Returns 0, or -1 with errno as these.
 */
int procirq_descriptor_init(struct procirq_descriptor *descriptor, const char *device)
{
	return procirq_descriptor_init_at("", descriptor, device);
}

/**
 * procirq_descriptor_init_intx - get the ready-made descriptor of any PCI function
 * @descriptor: overwritten; takes no steps
 * @device: a name that procirq_pci_find() accepts
 *
 * The descriptor uses the interrupt status and interrupt disable bits that every
 * function since PCI 2.3 has in its configuration space. They cannot acknowledge an
 * interrupt. So the kernel keeps the device from interrupting until a read or wait
 * finds nothing; the program has to service the device before that.
 *
 * Returns as procirq_descriptor_init().
 */
int procirq_descriptor_init_intx(struct procirq_descriptor *descriptor, const char *device)
{
	if (procirq_descriptor_init(descriptor, device))
		return -1;
	if (descriptor->flags & PROCIRQ_DESC_PLATFORM) {
		errno = EINVAL;
		return -1;
	}
	descriptor->flags = PROCIRQ_DESC_INTX;
	return 0;
}

/**
 * procirq_descriptor_add - append a step to a phase
 * @descriptor: initialized with procirq_descriptor_init()
 * @phase: when the step is run
 * @step: copied; procirq_set_descriptor() checks it
 *
 * Returns 0, or -1 with errno: E2BIG the descriptor has PROCIRQ_STEPS_MAX steps
 * already, EINVAL no such phase, or the descriptor is the ready-made one.
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
	++*((__u8 *)descriptor + phases[phase].count_at);
	return 0;
}

/* Returns what is wrong with the descriptor as a whole, NULL if nothing is. */
const char *procirq_descriptor_flaw(const struct procirq_descriptor *descriptor)
{
	enum procirq_phase phase;
	unsigned int n = 0;

	for (phase = PROCIRQ_CHECK; phase < PROCIRQ_PHASES; phase++)
		n += procirq_phase_steps(descriptor, phase);
	if (n > PROCIRQ_STEPS_MAX)
		return "more than 32 steps";
	if (descriptor->flags & PROCIRQ_DESC_INTX)
		return n ? "the ready-made PCI INTx descriptor takes no steps" : NULL;
	if (!descriptor->nr_check)
		return "no check step: every interrupt of the line would count as this device's";
	return NULL;
}
_Static_assert(PROCIRQ_STEPS_MAX == 32, "the message above");

/*
 * Returns what is wrong with the spaces of the steps for the kind of device that the
 * descriptor names, NULL if nothing is. procirq_descriptor_flaw() has found nothing.
 */
const char *procirq_spaces_flaw(const struct procirq_descriptor *descriptor)
{
	bool platform = descriptor->flags & PROCIRQ_DESC_PLATFORM;
	enum procirq_phase phase;
	unsigned int n = 0, i;

	if (platform && descriptor->flags & PROCIRQ_DESC_INTX)
		return "a platform device has no PCI INTx";
	for (phase = PROCIRQ_CHECK; phase < PROCIRQ_PHASES; phase++)
		n += procirq_phase_steps(descriptor, phase);
	for (i = 0; i < n; i++) {
		if (platform && descriptor->steps[i].space != PROCIRQ_SPACE_REGION)
			return "a platform device has regions, and neither BARs nor configuration space";
		if (!platform && descriptor->steps[i].space == PROCIRQ_SPACE_REGION)
			return "a PCI function has BARs and configuration space, and no regions";
	}
	return NULL;
}

/* Returns what is wrong with the operation in this phase, NULL if nothing is. */
static const char *operation_flaw(enum procirq_phase phase, const struct procirq_step *step)
{
	switch (step->op) {
	case PROCIRQ_OP_TEST_ANY:
	case PROCIRQ_OP_TEST_EQ:
		if (phase != PROCIRQ_CHECK)
			return "only check steps can test";
		if (!step->mask)
			return "the mask is 0, so that no bit is tested";
		if (step->op == PROCIRQ_OP_TEST_ANY && step->value)
			return "a test for any bit takes no value";
		if (step->value & ~step->mask)
			return "the value has bits that are not in the mask";
		return NULL;
	case PROCIRQ_OP_WRITE_STATUS:
		if (phase != PROCIRQ_ACK && phase != PROCIRQ_SILENCE)
			return "only ack and silence steps can write the status word back";
		return NULL;
	case PROCIRQ_OP_WRITE:
	case PROCIRQ_OP_SET:
	case PROCIRQ_OP_CLEAR:
		if (phase == PROCIRQ_CHECK)
			return "check steps can only read and test";
		return step->mask ? "this operation takes no mask" : NULL;
	case PROCIRQ_OP_READ:
		return step->mask || step->value ? "a read takes no mask and no value" : NULL;
	default:
		return "no such operation";
	}
}

/*
 * Returns what is wrong with a step on any device, NULL if nothing is. @error gets
 * the errno that the kernel has for it.
 */
const char *procirq_step_flaw(enum procirq_phase phase, const struct procirq_step *step, int *error)
{
	const char *flaw;
	uint64_t ones;

	if (step->width != 8 && step->width != 16 && step->width != 32) {
		*error = EMSGSIZE;
		return "a register is 8, 16 or 32 bits wide";
	}
	*error = EINVAL;
	flaw = operation_flaw(phase, step);
	if (flaw)
		return flaw;
	if (step->space > PROCIRQ_SPACE_REGION)
		return "no such address space";
	if (step->space == PROCIRQ_SPACE_BAR && step->bar > 5)
		return "a PCI function has BARs 0 to 5";
	if (step->space == PROCIRQ_SPACE_CONFIG && step->bar)
		return "configuration space has no BAR";
	if (step->offset % (step->width / 8)) {
		*error = EADDRNOTAVAIL;
		return "the offset is not a multiple of the register's width";
	}
	ones = (UINT64_C(1) << step->width) - 1;
	if ((step->mask | step->value) & ~ones)
		return "the mask or the value has bits beyond the register's width";
	*error = 0;
	return NULL;
}
