// SPDX-License-Identifier: LGPL-2.1-or-later
/* What an error of a device descriptor or of a device means, in words. */

#include <errno.h>
#include <limits.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <string.h>

#include "local.h"
#include "procirq.h"

#define LOCKED_DOWN "kernel lockdown does not let programs access devices"
#define RUN_AS_ROOT "permission denied; run as root"

/* Is kernel lockdown on? Its file has the current mode in brackets. */
static bool locked_down(const char *root)
{
	char text[128];

	return procirq_text_read(text, sizeof(text), "%s/sys/kernel/security/lockdown", root) > 0 &&
	       !strstr(text, "[none]");
}

/* A step and its register, as descriptor files spell them. */
static void say_step(struct procirq_sentence *s, enum procirq_phase phase, unsigned int number,
		     const struct procirq_step *step)
{
	procirq_say(s, "%s step %u (", procirq_phase_name(phase), number);
	if (step->space == PROCIRQ_SPACE_CONFIG)
		procirq_say(s, "config");
	else if (step->space == PROCIRQ_SPACE_REGION)
		procirq_say(s, "region %u", step->bar);
	else
		procirq_say(s, "bar %u", step->bar);
	procirq_say(s, " offset 0x%x width %u): ", step->offset, step->width);
}

/* As step_error(), for a platform device, whose @name is without "platform:". */
static int platform_step_error(const char *root, const char *name, enum procirq_phase phase,
			       const struct procirq_step *step, struct procirq_sentence *why)
{
	unsigned int widths = procirq_platform_widths_at(root, name);
	struct procirq_bar region;
	const char *flaw;
	int error = 0;

	flaw = procirq_step_flaw(phase, step, &error);
	/* The module finds any other flaw after it has looked at the region. */
	if (error == EMSGSIZE || error == EINVAL) {
		procirq_say(why, "%s", flaw);
		return error;
	}
	if (procirq_platform_region_at(root, name, step->bar, &region)) {
		procirq_say(why, "%s has no region %u", name, step->bar);
		return errno == ENOENT ? ENOENT : 0;
	}
	if (widths && !(widths & step->width)) {
		procirq_say(
			why,
			"it is not known whether %s takes accesses of this width; if it does, write it to procirq/widths",
			name);
		return EPROTOTYPE;
	}
	if (flaw || (region.start + step->offset) % (step->width / 8)) {
		procirq_say(why, "%s",
			    flaw ?: "the region does not begin at a multiple of the width");
		return EADDRNOTAVAIL;
	}
	if ((unsigned long long)step->offset + step->width / 8 <= region.bytes)
		return 0;
	procirq_say(why, "region %u of %s has 0x%llx bytes", step->bar, name, region.bytes);
	return ERANGE;
}

/*
 * Predicts the errno that the kernel has for a step on this device, and writes
 * what is wrong to @why. Returns 0 if nothing is, as far as sysfs shows.
 */
static int step_error(const char *root, const char *address, enum procirq_phase phase,
		      const struct procirq_step *step, struct procirq_sentence *why)
{
	unsigned long long room = ULLONG_MAX;
	struct procirq_bar bar;
	int error = 0, command;
	const char *flaw;
	long config;

	if (procirq_platform_is_named(address))
		return platform_step_error(root, strchr(address, ':') + 1, phase, step, why);
	flaw = procirq_step_flaw(phase, step, &error);
	/* The module finds any other flaw after it has looked at the BAR. */
	if (error == EMSGSIZE || error == EINVAL) {
		procirq_say(why, "%s", flaw);
		return error;
	}
	if (step->space == PROCIRQ_SPACE_CONFIG) {
		config = procirq_pci_config_bytes_at(root, address);
		if (config >= 0)
			room = (unsigned long long)config;
	} else {
		if (procirq_pci_bar_at(root, address, step->bar, &bar))
			return 0;
		room = bar.bytes;
		if (!room) {
			procirq_say(why, "%s has no BAR %u", address, step->bar);
			return ENOENT;
		}
		command = procirq_pci_command_at(root, address);
		if (command >= 0 && !(command & (bar.io ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY))) {
			procirq_say(
				why,
				"%s does not answer to %s now; bind it to procirq-pci (procirq bind %s)",
				address, bar.io ? "I/O ports" : "memory accesses", address);
			return ENETDOWN;
		}
	}
	if (flaw) {
		procirq_say(why, "%s", flaw);
		return error;
	}
	if ((unsigned long long)step->offset + step->width / 8 <= room)
		return 0;
	if (step->space == PROCIRQ_SPACE_CONFIG)
		procirq_say(why, "the configuration space of %s has 0x%llx bytes", address, room);
	else
		procirq_say(why, "BAR %u of %s has 0x%llx bytes", step->bar, address, room);
	return ERANGE;
}

/* Names the first step for which the kernel has @error. False if there is none. */
static bool say_faulty_step(const char *root, const char *address,
			    const struct procirq_descriptor *descriptor, int error,
			    struct procirq_sentence *s)
{
	enum procirq_phase phase;
	unsigned int i, at = 0;
	char words[192];

	for (phase = PROCIRQ_CHECK; phase < PROCIRQ_PHASES; phase++) {
		for (i = 0; i < procirq_phase_steps(descriptor, phase); i++, at++) {
			struct procirq_sentence why = { .buf = words, .size = sizeof(words) };

			if (at >= PROCIRQ_STEPS_MAX)
				return false;
			if (step_error(root, address, phase, &descriptor->steps[at], &why) != error)
				continue;
			say_step(s, phase, i + 1, &descriptor->steps[at]);
			procirq_say(s, "%s", words);
			return true;
		}
	}
	return false;
}

static void say_invalid(const char *root, const char *address,
			const struct procirq_descriptor *descriptor, struct procirq_sentence *s)
{
	const char *flaw = procirq_descriptor_flaw(descriptor) ?: procirq_spaces_flaw(descriptor);

	if (flaw)
		procirq_say(s, "%s", flaw);
	else if (!say_faulty_step(root, address, descriptor, EINVAL, s))
		procirq_say(
			s,
			"the kernel found it malformed: unknown flags, or reserved fields that are not 0");
}

static void say_other_line(const char *root, const char *address, unsigned int irq,
			   struct procirq_sentence *s)
{
	unsigned int irqs[8];
	int n = procirq_resolve_at(root, address, irqs, 8), i;

	if (n < 0) {
		procirq_say(s, "it has no interrupt line now; bind it (procirq bind %s)", address);
		return;
	}
	for (i = 0; i < n && i < 8; i++) {
		if (irqs[i] != irq)
			continue;
		procirq_say(
			s,
			"the ready-made descriptor works on an INTx line only, and this line is message signalled");
		return;
	}
	procirq_say(s, "it interrupts on line%s", n > 1 ? "s" : "");
	for (i = 0; i < n && i < 8; i++)
		procirq_say(s, " %u", irqs[i]);
	procirq_say(s, "%s, not on line %u", n > 8 ? " ..." : "", irq);
}

static void say_busy(const char *root, unsigned int irq, struct procirq_sentence *s)
{
	char holders[128];

	if (procirq_holders_at(root, irq, holders, sizeof(holders)) > 0 &&
	    strcmp(holders, "procirq"))
		procirq_say(s, "the line is held by \"%s\", which does not share it", holders);
	else
		procirq_say(
			s,
			"this reader already has a descriptor, a mapped ring or a blocked thread, or another reader uses the line without a descriptor");
}

int procirq_explain_descriptor_at(const char *root, unsigned int irq,
				  const struct procirq_descriptor *descriptor, int error, char *buf,
				  size_t size)
{
	struct procirq_sentence s = { .buf = buf, .size = size };
	bool platform = descriptor->flags & PROCIRQ_DESC_PLATFORM;
	char address[PROCIRQ_DEVICE_BYTES];
	const char *words = NULL;

	procirq_descriptor_device(descriptor, address);
	procirq_say(&s, "device descriptor of %s for line %u: ", address, irq);
	switch (error) {
	case EINVAL:
		say_invalid(root, address, descriptor, &s);
		return (int)s.len;
	case EXDEV:
		say_other_line(root, address, irq, &s);
		return (int)s.len;
	case EBUSY:
		say_busy(root, irq, &s);
		return (int)s.len;
	case EPERM:
		words = locked_down(root) ? LOCKED_DOWN : "it needs CAP_SYS_RAWIO; run as root";
		break;
	case ENOTTY:
		words = "the loaded procirq module has no device descriptors; load the module that belongs to this library";
		break;
	case ENXIO:
		words = platform ? "no such device is bound to procirq-platform (procirq bind)" :
				   "no PCI function has that address";
		break;
	case EOPNOTSUPP:
		words = "the function is older than PCI 2.3 and has no interrupt disable bit; describe its own registers";
		break;
	case ENODEV:
		words = "the line is gone: its device or its driver went away";
		break;
	}
	if (words)
		procirq_say(&s, "%s", words);
	else if (say_faulty_step(root, address, descriptor, error, &s))
		;
	else if (error == ENETDOWN)
		procirq_say(&s,
			    "the function is not enabled; bind it to procirq-pci (procirq bind %s)",
			    address);
	else
		procirq_say(&s, "%s", strerror(error));
	return (int)s.len;
}

/**
 * procirq_explain_descriptor - turn an error of procirq_set_descriptor() into a sentence
 * @irq: the line
 * @descriptor: the descriptor that was to be set
 * @error: errno that procirq_set_descriptor() set
 * @buf: gets one sentence without a final newline: the step, its register, and what is
 *	wrong with it on this device; cut to fit
 * @size: bytes in @buf; PROCIRQ_EXPLAIN_BYTES are always enough
 *
 * Looks at the device in /sys as it is now, so call it soon after the error.
 *
 * Returns the length of the whole sentence, as snprintf() does.
 */
int procirq_explain_descriptor(unsigned int irq, const struct procirq_descriptor *descriptor,
			       int error, char *buf, size_t size)
{
	return procirq_explain_descriptor_at("", irq, descriptor, error, buf, size);
}

int procirq_explain_pci_at(const char *root, const char *device, int error, char *buf, size_t size)
{
	struct procirq_sentence s = { .buf = buf, .size = size };
	char address[PROCIRQ_PCI_BYTES], driver[64];
	const char *words = strerror(error);
	unsigned int vendor, id;

	procirq_say(&s, "%.64s: ", device);
	switch (error) {
	case ENXIO:
		words = procirq_pci_id_parse(device, &vendor, &id) ?
				"no PCI device has that ID" :
				"no PCI device has that address";
		break;
	case ENOTUNIQ:
		words = "several PCI devices have that ID; give the address of one";
		break;
	case EBUSY:
		words = "the device is busy";
		if (procirq_pci_driver_at(root, device, driver, sizeof(driver)) <= 0)
			break;
		procirq_say(
			&s,
			"the device is bound to driver \"%s\"; unbind it first (/sys/bus/pci/drivers/%s/unbind)",
			driver, driver);
		return (int)s.len;
	case ENOENT:
		words = procirq_file_exists("%s/sys/bus/pci/drivers/procirq-pci", root) ?
				"the device has no such BAR" :
				"the procirq module is not loaded; run: modprobe procirq";
		break;
	case EACCES:
		words = RUN_AS_ROOT;
		break;
	case EPERM:
		words = locked_down(root) ? LOCKED_DOWN : RUN_AS_ROOT;
		break;
	case ENOSPC:
		words = "the device has no interrupt of that kind, or the system has none left";
		break;
	case EINVAL:
		if (procirq_pci_find_at(root, device, address) && errno == EINVAL)
			words = "not a PCI device: give an address (0000:00:04.0) or an ID (1234:11e8)";
		else
			words = "this device does not support what was asked for";
		break;
	}
	procirq_say(&s, "%s", words);
	return (int)s.len;
}

/**
 * procirq_explain_pci - turn an error of a procirq_pci_*() function into a sentence
 * @device: the device that was passed to it
 * @error: errno that it set
 * @buf: gets the sentence, which names the driver of a busy device; cut to fit
 * @size: bytes in @buf; PROCIRQ_EXPLAIN_BYTES are always enough
 *
 * Returns the length of the whole sentence, as snprintf() does.
 */
int procirq_explain_pci(const char *device, int error, char *buf, size_t size)
{
	return procirq_explain_pci_at("", device, error, buf, size);
}

int procirq_explain_platform_at(const char *root, const char *device, int error, char *buf,
				size_t size)
{
	struct procirq_sentence s = { .buf = buf, .size = size };
	char name[PROCIRQ_PLATFORM_BYTES], driver[64];
	const char *words = strerror(error);

	procirq_say(&s, "%.72s: ", device);
	switch (error) {
	case ENXIO:
		if (procirq_platform_driver_at(root, device, driver, sizeof(driver)) < 0)
			words = "there is no such device in /sys/bus/platform/devices";
		else if (!strcmp(driver, "procirq-platform"))
			words = "it has no such interrupt or region";
		else
			words = "the device has no interrupt, or is not bound to procirq-platform";
		break;
	case EBUSY:
		words = "another driver uses its registers (/proc/iomem)";
		if (procirq_platform_driver_at(root, device, driver, sizeof(driver)) <= 0)
			break;
		procirq_say(
			&s,
			"the device is bound to driver \"%s\"; unbind it first (/sys/bus/platform/drivers/%s/unbind)",
			driver, driver);
		return (int)s.len;
	case ENOENT:
		words = procirq_file_exists("%s/sys/bus/platform/drivers/procirq-platform", root) ?
				"the device has no such region" :
				"the procirq module is not loaded; run: modprobe procirq";
		break;
	case EACCES:
		words = RUN_AS_ROOT;
		break;
	case EPERM:
		words = locked_down(root) ?
				LOCKED_DOWN :
				"its registers share pages with others', which takes CAP_SYS_RAWIO; run as root";
		break;
	case EAGAIN:
		words = "its clocks, power or interrupts are not there yet; try again";
		break;
	case EINVAL:
		if (procirq_platform_find_at(root, device, name))
			words = "not a device: give a PCI address (0000:00:04.0), an ID (1234:11e8) or platform:NAME";
		break;
	}
	procirq_say(&s, "%s", words);
	return (int)s.len;
}

/**
 * procirq_explain_platform - turn an error of a procirq_platform_*() function into a sentence
 * @device: the device that was passed to it
 * @error: errno that it set
 * @buf: gets the sentence, which names the driver of a busy device; cut to fit
 * @size: bytes in @buf; PROCIRQ_EXPLAIN_BYTES are always enough
 *
 * Returns the length of the whole sentence, as snprintf() does.
 */
int procirq_explain_platform(const char *device, int error, char *buf, size_t size)
{
	return procirq_explain_platform_at("", device, error, buf, size);
}
