// SPDX-License-Identifier: LGPL-2.1-or-later
/* Who holds a line, and what an error of opening it means, in words. */

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "local.h"
#include "procirq.h"

/* The name under which the module requests a line. */
#define PROCIRQ_ACTION "procirq"

static bool exists_at(const char *root, const char *path)
{
	char full[PATH_MAX];

	snprintf(full, sizeof(full), "%s%s", root, path);
	return !access(full, F_OK);
}

int procirq_holders_at(const char *root, unsigned int irq, char *buf, size_t size)
{
	char path[PATH_MAX];

	if (size < 2) {
		errno = EINVAL;
		return -1;
	}
	snprintf(path, sizeof(path), "%s/sys/kernel/irq/%u/actions", root, irq);
	return procirq_text_read(path, buf, size);
}

/**
 * procirq_holders - names of the handlers that a line has
 * @irq: Linux interrupt number
 * @buf: gets the names, comma separated as /sys/kernel/irq/N/actions has them;
 *	empty when nobody holds the line; cut to fit
 * @size: bytes in @buf
 *
 * Returns the length of the text, or -1 with errno: ENOENT no such line.
 */
int procirq_holders(unsigned int irq, char *buf, size_t size)
{
	return procirq_holders_at("", irq, buf, size);
}

static int explain_missing(const char *root, unsigned int irq, char *buf, size_t size)
{
	char dir[64];

	snprintf(dir, sizeof(dir), "/proc/irq/%u", irq);
	if (!exists_at(root, dir))
		return snprintf(
			buf, size,
			"/proc/irq/%u/irq: this system has no interrupt line %u; /proc/interrupts lists the lines in use",
			irq, irq);
	if (!exists_at(root, "/sys/module/procirq"))
		return snprintf(
			buf, size,
			"/proc/irq/%u/irq: the procirq module is not loaded; run: modprobe procirq",
			irq);
	return snprintf(
		buf, size,
		"/proc/irq/%u/irq: the procirq module does not serve this line; name it in the module's irqs= parameter (the kernel log says why)",
		irq);
}

static int explain_busy(const char *root, unsigned int irq, char *buf, size_t size)
{
	char actions[256], device[13];

	if (procirq_holders_at(root, irq, actions, sizeof(actions)) <= 0)
		return snprintf(
			buf, size,
			"/proc/irq/%u/irq: busy, and the holder is gone again or unknown; try once more",
			irq);
	if (!strcmp(actions, PROCIRQ_ACTION))
		return snprintf(
			buf, size,
			"/proc/irq/%u/irq: another reader has it open, and one of the two wants it alone (O_EXCL); close the other one",
			irq);
	if (!procirq_pci_owner_at(root, irq, device))
		return snprintf(
			buf, size,
			"/proc/irq/%u/irq: held by driver \"%s\" of PCI device %s; choose another line or unbind it",
			irq, actions, device);
	return snprintf(buf, size,
			"/proc/irq/%u/irq: held by driver \"%s\"; choose another line or unbind it",
			irq, actions);
}

int procirq_explain_at(const char *root, unsigned int irq, int error, char *buf, size_t size)
{
	const char *what;

	switch (error) {
	case ENOENT:
		return explain_missing(root, irq, buf, size);
	case EBUSY:
		return explain_busy(root, irq, buf, size);
	case EACCES:
	case EPERM:
		what = "permission denied; run as root, or have root give you this file (chown, chmod)";
		break;
	case ENODEV:
		what = "the line is gone: its device or its driver went away";
		break;
	case EOPNOTSUPP:
		what = "its interrupt chip can only be masked by a sleeping thread (it sits behind a slow bus), which this file cannot do";
		break;
	case ENOTCONN:
		what = "the line is shared with kernel drivers; set a device descriptor first";
		break;
	case EINVAL:
		what = "this line cannot be served as asked (level lines must be masked; see PROCIRQ_FLAG_NO_MASK)";
		break;
	default:
		what = strerror(error);
	}
	return snprintf(buf, size, "/proc/irq/%u/irq: %s", irq, what);
}

/**
 * procirq_explain - a sentence for an error of procirq_open()
 * @irq: the line
 * @error: errno that procirq_open() left
 * @buf: gets one sentence without a final newline: file, cause, what to do
 * @size: bytes in @buf; PROCIRQ_EXPLAIN_BYTES are always enough
 *
 * Looks at /proc and /sys as they are now, so call it soon after the error.
 *
 * Returns the length of the whole sentence, as snprintf() does.
 */
int procirq_explain(unsigned int irq, int error, char *buf, size_t size)
{
	return procirq_explain_at("", irq, error, buf, size);
}

static int explain_several(const char *root, const char *name, char *buf, size_t size)
{
	unsigned int irqs[16];
	int n = procirq_resolve_at(root, name, irqs, 16);
	size_t len;
	int i;

	len = (size_t)snprintf(buf, size, "\"%s\" has %d interrupt lines:", name, n);
	for (i = 0; i < n && i < 16 && len < size; i++)
		len += (size_t)snprintf(buf + len, size - len, " %u", irqs[i]);
	if (len < size)
		len += (size_t)snprintf(buf + len, size - len, "%s; name one by its number",
					n > 16 ? " ..." : "");
	return (int)len;
}

static int explain_unknown(const char *root, const char *name, char *buf, size_t size)
{
	char address[13], path[PATH_MAX];

	if (!strncmp(name, "irqgen:", 7)) {
		if (!exists_at(root, "/dev/irqgen"))
			return snprintf(buf, size, "\"%s\": no /dev/irqgen; run: modprobe irqgen",
					name);
		return snprintf(buf, size,
				"\"%s\": irqgen has no such line; cat /dev/irqgen lists them",
				name);
	}
	if (procirq_is_pci_address(name, address)) {
		snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s", address);
		return snprintf(
			buf, size,
			exists_at(root, path) ?
				"\"%s\": that PCI device has no interrupt line now; bind it to the driver procirq-pci" :
				"\"%s\": no PCI device has that address",
			name);
	}
	return snprintf(
		buf, size,
		"\"%s\": no interrupt line has a handler of that name; /proc/interrupts lists them",
		name);
}

int procirq_explain_name_at(const char *root, const char *name, int error, char *buf, size_t size)
{
	unsigned int irq;

	if (error == ENXIO)
		return explain_unknown(root, name, buf, size);
	if (error == ENOTUNIQ)
		return explain_several(root, name, buf, size);
	if (procirq_resolve_at(root, name, &irq, 1) == 1)
		return procirq_explain_at(root, irq, error, buf, size);
	if (error == EINVAL)
		return snprintf(
			buf, size,
			"\"%s\" is not the name of an interrupt line: give a number, an action, a PCI address or irqgen:LINE",
			name);
	return snprintf(buf, size, "\"%s\": %s", name, strerror(error));
}

/**
 * procirq_explain_name - a sentence for an error of procirq_open_name()
 * @name: the name given to it
 * @error: errno that it left
 * @buf: gets the sentence; lists the lines when the name means several; cut to
 *	fit when @name is long
 * @size: bytes in @buf
 *
 * Returns the length of the whole sentence, as snprintf() does.
 */
int procirq_explain_name(const char *name, int error, char *buf, size_t size)
{
	return procirq_explain_name_at("", name, error, buf, size);
}
