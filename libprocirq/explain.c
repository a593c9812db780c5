// SPDX-License-Identifier: LGPL-2.1-or-later
/* What an error of opening a line means, in words. */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "local.h"
#include "procirq.h"

/* The name under which the module requests a line. */
#define PROCIRQ_ACTION "procirq"

/* Appends to the sentence. */
void procirq_say(struct procirq_sentence *s, const char *format, ...)
{
	size_t at = s->len < s->size ? s->len : s->size;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(s->buf + at, s->size - at, format, args);
	va_end(args);
	if (n > 0)
		s->len += (size_t)n;
	/* Names of handlers are any bytes: a sentence is one row. */
	for (; at < s->size && s->buf[at]; at++)
		if ((unsigned char)s->buf[at] < ' ' || s->buf[at] == 0x7f)
			s->buf[at] = '?';
}

static void say_missing(const char *root, unsigned int irq, struct procirq_sentence *s)
{
	if (!procirq_file_exists("%s/proc/irq/%u", root, irq))
		procirq_say(
			s,
			"this system has no interrupt line %u; /proc/interrupts lists the lines in use",
			irq);
	else if (!procirq_file_exists("%s/sys/module/procirq", root))
		procirq_say(s, "the procirq module is not loaded; run: modprobe procirq");
	else
		procirq_say(
			s,
			"the procirq module does not serve this line; add it to the module's irqs= parameter (the kernel log says why it is left out)");
}

static void say_held(const char *root, unsigned int irq, struct procirq_sentence *s)
{
	char actions[256], device[PROCIRQ_PCI_BYTES];

	if (procirq_holders_at(root, irq, actions, sizeof(actions)) <= 0) {
		procirq_say(s, "the line was busy, but nothing holds it now; try again");
		return;
	}
	if (!strcmp(actions, PROCIRQ_ACTION)) {
		procirq_say(
			s,
			"another reader has the line open, and one of the two wants it exclusively (O_EXCL); close the other reader");
		return;
	}
	procirq_say(s, "held by driver \"%s\"", actions);
	if (!procirq_pci_owner_at(root, irq, device))
		procirq_say(s, " of PCI device %s", device);
	procirq_say(s, "; choose another line or unbind it");
}

int procirq_explain_at(const char *root, unsigned int irq, int error, char *buf, size_t size)
{
	struct procirq_sentence s = { .buf = buf, .size = size };

	procirq_say(&s, "/proc/irq/%u/irq: ", irq);
	switch (error) {
	case ENOENT:
		say_missing(root, irq, &s);
		break;
	case EBUSY:
		say_held(root, irq, &s);
		break;
	case EACCES:
		procirq_say(&s,
			    "permission denied; run as root, or open the line for writing: "
			    "the module's parameter \"claim\" names the lines that reading claims");
		break;
	case EPERM:
		procirq_say(
			&s,
			"opening a line needs CAP_SYS_RAWIO; run as root, outside of containers, "
			"or pass an open file to the program");
		break;
	case EUSERS:
		procirq_say(&s,
			    "too many readers of this line (the module's parameter max_readers)");
		break;
	case EREMOTEIO:
		procirq_say(
			&s,
			"the line is stuck: the device asserts its interrupt, but the kernel saw nothing; "
			"look whether another driver masks the line (/proc/interrupts, dmesg), "
			"and whether the device interrupts on this line");
		break;
	case ENODEV:
		procirq_say(&s, "the line is gone: its device or its driver went away");
		break;
	case EOPNOTSUPP:
		procirq_say(
			&s,
			"only a sleeping thread can mask this line (its interrupt chip is behind a slow bus), and procirq masks in the interrupt handler; use the GPIO character device, or the expander's own interrupt: see procirq(4)");
		break;
	case ENOTCONN:
		procirq_say(
			&s,
			"the line is shared with kernel drivers; set a device descriptor first");
		break;
	case EINVAL:
		procirq_say(
			&s,
			"this line does not support what was asked for (a level-triggered line must be masked; see PROCIRQ_FLAG_NO_MASK)");
		break;
	default:
		procirq_say(&s, "%s", strerror(error));
	}
	return (int)s.len;
}

/**
 * procirq_explain - turn an error of procirq_open() into a sentence
 * @irq: the line
 * @error: errno that procirq_open() set
 * @buf: gets one sentence without a final newline: the file, the cause, and what to
 *	do; cut to fit
 * @size: bytes in @buf; PROCIRQ_EXPLAIN_BYTES are always enough
 *
 * Looks at /proc and /sys as they are now, so call it soon after the error. It also
 * explains errors of procirq_wait(), procirq_read() and procirq_get_info().
 *
 * Returns the length of the whole sentence, as snprintf() does.
 */
int procirq_explain(unsigned int irq, int error, char *buf, size_t size)
{
	return procirq_explain_at("", irq, error, buf, size);
}

static void say_several(const char *root, const char *name, struct procirq_sentence *s)
{
	unsigned int irqs[16];
	int n = procirq_resolve_at(root, name, irqs, 16), i;

	procirq_say(s, "\"%s\" has several interrupt lines:", name);
	for (i = 0; i < n && i < 16; i++)
		procirq_say(s, " %u", irqs[i]);
	procirq_say(s, "%s; name one by its number", n > 16 ? " ..." : "");
}

static void say_unknown(const char *root, const char *name, struct procirq_sentence *s)
{
	char address[PROCIRQ_PCI_BYTES];
	unsigned int vector;

	procirq_say(s, "\"%s\": ", name);
	if (!strncmp(name, "irqgen:", 7) && !procirq_file_exists("%s/dev/irqgen", root))
		procirq_say(s, "no /dev/irqgen; run: modprobe irqgen");
	else if (!strncmp(name, "irqgen:", 7))
		procirq_say(s, "irqgen has no such line; cat /dev/irqgen lists them");
	else if (procirq_platform_is_named(name))
		procirq_say(
			s,
			"no device of that name, with that interrupt, is bound to procirq-platform; run: procirq bind");
	else if (procirq_vector_split(name, address, &vector))
		procirq_say(
			s,
			"no PCI device that has that vector is bound to procirq-pci; run: procirq bind");
	else if (!procirq_pci_address_parse(name, address))
		procirq_say(
			s,
			"no interrupt line has a handler of that name; /proc/interrupts lists them");
	else if (procirq_file_exists("%s/sys/bus/pci/devices/%s", root, address))
		procirq_say(
			s,
			"that PCI device has no interrupt line now; bind it to the driver procirq-pci");
	else
		procirq_say(s, "no PCI device has that address");
}

int procirq_explain_name_at(const char *root, const char *name, int error, char *buf, size_t size)
{
	struct procirq_sentence s = { .buf = buf, .size = size };
	char path[PATH_MAX];
	unsigned int irq;

	if (error == EACCES && procirq_devfile_find_at(root, name, path))
		procirq_say(
			&s,
			"%s: permission denied; its owner and its mode say who may use it, which a rule of udev can set (procirq(4), CHARACTER DEVICES); or run as root",
			path);
	else if (error == ENXIO)
		say_unknown(root, name, &s);
	else if (error == ENOTUNIQ)
		say_several(root, name, &s);
	else if (procirq_resolve_at(root, name, &irq, 1) == 1)
		return procirq_explain_at(root, irq, error, buf, size);
	else if (error == EINVAL)
		procirq_say(
			&s,
			"\"%s\" is not the name of an interrupt line: give a number, an action, a PCI address, platform:NAME or irqgen:LINE",
			name);
	else
		procirq_say(&s, "\"%s\": %s", name, strerror(error));
	return (int)s.len;
}

/**
 * procirq_explain_name - turn an error of procirq_open_name() into a sentence
 * @name: the name that was to be opened
 * @error: errno that procirq_open_name() set
 * @buf: gets the sentence, which lists the lines when the name means several; cut to
 *	fit, which happens only when @name is long
 * @size: bytes in @buf; PROCIRQ_EXPLAIN_BYTES are enough for a name of up to 256 bytes
 *
 * Returns the length of the whole sentence, as snprintf() does.
 */
int procirq_explain_name(const char *name, int error, char *buf, size_t size)
{
	return procirq_explain_name_at("", name, error, buf, size);
}
