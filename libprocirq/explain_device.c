// SPDX-License-Identifier: LGPL-2.1-or-later
/* What an error of a device descriptor or of a PCI device means, in words. */

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "local.h"
#include "procirq.h"

#define PCI_COMMAND_IO	   0x1 /* PCI 3.0, 6.2.2 */
#define PCI_COMMAND_MEMORY 0x2

/* A sentence in the making: the words that fit, and the length of them all. */
struct sentence {
	char *buf;
	size_t size;
	size_t len;
};

static __attribute__((format(printf, 2, 3))) void say(struct sentence *s, const char *format, ...)
{
	size_t at = s->len < s->size ? s->len : s->size;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(s->buf + at, s->size - at, format, args);
	va_end(args);
	if (n > 0)
		s->len += (size_t)n;
}

static bool exists_at(const char *root, const char *path)
{
	char full[PATH_MAX];

	snprintf(full, sizeof(full), "%s%s", root, path);
	return !access(full, F_OK);
}

/* Is kernel lockdown on? Its file has the mode in force in brackets. */
static bool locked_down(const char *root)
{
	char path[PATH_MAX], text[128];

	snprintf(path, sizeof(path), "%s/sys/kernel/security/lockdown", root);
	return procirq_text_read(path, text, sizeof(text)) > 0 && !strstr(text, "[none]");
}

/* The register and the operation, in the words of descriptor files. */
static void say_step(struct sentence *s, enum procirq_phase phase, unsigned int number,
		     const struct procirq_step *step)
{
	say(s, "%s step %u (", procirq_phase_name(phase), number);
	if (step->space == PROCIRQ_SPACE_CONFIG)
		say(s, "config");
	else
		say(s, "bar %u", step->bar);
	say(s, " offset 0x%x width %u): ", step->offset, step->width);
}

/*
 * What the kernel finds wrong with a step on this function: its errno, with the
 * words in @why; 0 for nothing, as far as can be seen from here.
 */
static int step_fault(const char *root, const char *address, enum procirq_phase phase,
		      const struct procirq_step *step, struct sentence *why)
{
	int flaw, command;
	unsigned long long room;
	struct procirq_bar bar;
	const char *what;
	long config;

	flaw = procirq_step_flaw(phase, step, &what);
	/* Where the module also looks at the register's space, it does so first. */
	if (flaw == EMSGSIZE || flaw == EINVAL) {
		say(why, "%s", what);
		return flaw;
	}
	if (step->space == PROCIRQ_SPACE_CONFIG) {
		config = procirq_pci_config_bytes_at(root, address);
		room = config < 0 ? ULLONG_MAX : (unsigned long long)config;
	} else {
		if (procirq_pci_bar_at(root, address, step->bar, &bar))
			return 0;
		room = bar.bytes;
		if (!room) {
			say(why, "%s has no BAR %u", address, step->bar);
			return ENOENT;
		}
		command = procirq_pci_command_at(root, address);
		if (command >= 0 && !(command & (bar.io ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY))) {
			say(why,
			    "%s does not answer to %s now; bind it to procirq-pci (procirq bind %s)",
			    address, bar.io ? "I/O ports" : "memory accesses", address);
			return ENETDOWN;
		}
	}
	if (flaw) {
		say(why, "%s", what);
		return flaw;
	}
	if ((unsigned long long)step->offset + step->width / 8 <= room)
		return 0;
	if (step->space == PROCIRQ_SPACE_CONFIG)
		say(why, "the configuration space of %s has 0x%llx bytes", address, room);
	else
		say(why, "BAR %u of %s has 0x%llx bytes", step->bar, address, room);
	return ERANGE;
}

/* Finds the step that @error is about and names it. False: there is none. */
static bool say_faulty_step(const char *root, const char *address,
			    const struct procirq_descriptor *descriptor, int error,
			    struct sentence *s)
{
	char words[192] = "";
	enum procirq_phase phase;
	unsigned int i, at = 0;

	for (phase = PROCIRQ_CHECK; phase < PROCIRQ_PHASES; phase++) {
		for (i = 0; i < procirq_phase_steps(descriptor, phase); i++, at++) {
			struct sentence why = { words, sizeof(words), 0 };

			if (at >= PROCIRQ_STEPS_MAX)
				return false;
			if (step_fault(root, address, phase, &descriptor->steps[at], &why) != error)
				continue;
			say_step(s, phase, i + 1, &descriptor->steps[at]);
			say(s, "%s", words);
			return true;
		}
	}
	return false;
}

static void say_invalid(const char *root, const char *address,
			const struct procirq_descriptor *descriptor, struct sentence *s)
{
	unsigned int n = 0;
	enum procirq_phase phase;

	for (phase = PROCIRQ_CHECK; phase < PROCIRQ_PHASES; phase++)
		n += procirq_phase_steps(descriptor, phase);
	if (n > PROCIRQ_STEPS_MAX)
		say(s, "%u steps; at most %u", n, PROCIRQ_STEPS_MAX);
	else if (descriptor->flags & PROCIRQ_DESC_INTX && n)
		say(s, "the ready-made PCI INTx descriptor takes no steps");
	else if (!(descriptor->flags & PROCIRQ_DESC_INTX) && !descriptor->nr_check)
		say(s, "no check: every interrupt of the line would be taken for this device's");
	else if (!say_faulty_step(root, address, descriptor, EINVAL, s))
		say(s,
		    "the kernel found it malformed: unknown flags, or reserved fields that are not 0");
}

static void say_other_line(const char *root, const char *address, unsigned int irq,
			   struct sentence *s)
{
	unsigned int irqs[8];
	int n = procirq_resolve_at(root, address, irqs, 8), i;

	if (n < 0) {
		say(s, "it has no interrupt line now; bind it to procirq-pci (procirq bind %s)",
		    address);
		return;
	}
	for (i = 0; i < n && i < 8; i++) {
		if (irqs[i] != irq)
			continue;
		say(s, "PCI INTx is for an INTx line, and this one is message signalled");
		return;
	}
	say(s, "it interrupts on line%s", n > 1 ? "s" : "");
	for (i = 0; i < n && i < 8; i++)
		say(s, " %u", irqs[i]);
	say(s, "%s, not on line %u", n > 8 ? " ..." : "", irq);
}

static void say_busy(const char *root, unsigned int irq, struct sentence *s)
{
	char holders[128];

	if (procirq_holders_at(root, irq, holders, sizeof(holders)) > 0 &&
	    strcmp(holders, "procirq"))
		say(s, "the line is held by \"%s\", which does not share it", holders);
	else
		say(s,
		    "this reader has a descriptor, a mapped ring or a blocked thread already, or another reader uses the line as a whole");
}

int procirq_explain_descriptor_at(const char *root, unsigned int irq,
				  const struct procirq_descriptor *descriptor, int error, char *buf,
				  size_t size)
{
	struct sentence s = { buf, size, 0 };
	char address[PROCIRQ_PCI_BYTES];

	procirq_descriptor_address(descriptor, address);
	say(&s, "device descriptor of %s for line %u: ", address, irq);
	switch (error) {
	case EPERM:
		if (locked_down(root))
			say(&s, "kernel lockdown forbids programs to touch devices");
		else
			say(&s, "it needs CAP_SYS_RAWIO; run as root");
		break;
	case ENOTTY:
		say(&s,
		    "the procirq module that is loaded knows no descriptors; load the one that belongs to this library");
		break;
	case EINVAL:
		say_invalid(root, address, descriptor, &s);
		break;
	case ENXIO:
		say(&s, "no PCI function has that address");
		break;
	case EXDEV:
		say_other_line(root, address, irq, &s);
		break;
	case EOPNOTSUPP:
		say(&s,
		    "the function is older than PCI 2.3: it has no interrupt disable bit; describe its own registers");
		break;
	case EBUSY:
		say_busy(root, irq, &s);
		break;
	case ENODEV:
		say(&s, "the line is gone: its device or its driver went away");
		break;
	case ENETDOWN:
		if (!say_faulty_step(root, address, descriptor, error, &s))
			say(&s,
			    "the function is not enabled; bind it to procirq-pci (procirq bind %s)",
			    address);
		break;
	default:
		if (!say_faulty_step(root, address, descriptor, error, &s))
			say(&s, "%s", strerror(error));
	}
	return (int)s.len;
}

/**
 * procirq_explain_descriptor - a sentence for an error of procirq_set_descriptor()
 * @irq: the line
 * @descriptor: what was to be set
 * @error: errno that procirq_set_descriptor() left
 * @buf: gets one sentence without a final newline: which step, which register,
 *	what is wrong with it on this device; cut to fit
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
	char address[PROCIRQ_PCI_BYTES], driver[64] = "";
	struct sentence s = { buf, size, 0 };
	unsigned int vendor, id;

	say(&s, "%.64s: ", device);
	switch (error) {
	case ENXIO:
		say(&s, "no PCI device %s",
		    procirq_is_pci_id(device, &vendor, &id) ? "is of that kind" :
							      "has that address");
		break;
	case ENOTUNIQ:
		say(&s, "several PCI devices are of that kind; name one by its address");
		break;
	case EBUSY:
		if (procirq_pci_driver_at(root, device, driver, sizeof(driver)) > 0)
			say(&s,
			    "driver \"%s\" has the device; unbind it from there first (/sys/bus/pci/drivers/%s/unbind)",
			    driver, driver);
		else
			say(&s, "the device is busy");
		break;
	case ENOENT:
		if (!exists_at(root, "/sys/bus/pci/drivers/procirq-pci"))
			say(&s, "the procirq module is not loaded; run: modprobe procirq");
		else
			say(&s, "the device has no such BAR");
		break;
	case EACCES:
		say(&s, "permission denied; run as root");
		break;
	case EPERM:
		say(&s, locked_down(root) ? "kernel lockdown forbids programs to touch devices" :
					    "permission denied; run as root");
		break;
	case ENOSPC:
		say(&s, "the device has no interrupt of that kind, or the system has none left");
		break;
	case EINVAL:
		if (procirq_pci_find_at(root, device, address) && errno == EINVAL)
			say(&s,
			    "not a PCI device: give an address (0000:00:04.0) or vendor:device (1234:11e8)");
		else
			say(&s, "not possible with this device as asked (%s)", strerror(error));
		break;
	default:
		say(&s, "%s", strerror(error));
	}
	return (int)s.len;
}

/**
 * procirq_explain_pci - a sentence for an error of a procirq_pci_*() function
 * @device: the device given to it
 * @error: errno that it left
 * @buf: gets the sentence; names the driver that has a busy device; cut to fit
 * @size: bytes in @buf; PROCIRQ_EXPLAIN_BYTES are always enough
 *
 * Returns the length of the whole sentence, as snprintf() does.
 */
int procirq_explain_pci(const char *device, int error, char *buf, size_t size)
{
	return procirq_explain_pci_at("", device, error, buf, size);
}
