/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The emulator's educational device as a program would drive it: its descriptors. */
#ifndef EDU_H
#define EDU_H

#include "guest.h"

#define EDU_STATUS 0x24
/* The command register (PCI 3.0, 6.2.2). */
#define COMMAND	       4
#define COMMAND_MEMORY 0x2
#define COMMAND_MASTER 0x4
#define INTX_DISABLE   0x400

HELPER struct procirq_step step(int space, int bar, int width, int op, uint32_t offset,
				uint32_t mask, uint32_t value)
{
	return (struct procirq_step){ space, bar, width, op, offset, mask, value };
}

/* check and acknowledge; release as whoever dies should leave it. */
HELPER struct procirq_descriptor edu_descriptor(const char *device)
{
	struct procirq_descriptor d = { 0 };
	unsigned int domain, bus, slot, fn;

	REQUIRE(sscanf(device, "%x:%x:%x.%x", &domain, &bus, &slot, &fn) == 4);
	d.size = sizeof(d);
	d.domain = domain;
	d.bus = bus;
	d.devfn = slot * 8 + fn;
	d.nr_check = 1;
	d.nr_ack = 1;
	d.nr_release = 2;
	d.steps[0] = step(PROCIRQ_SPACE_BAR, 0, 32, PROCIRQ_OP_TEST_ANY, EDU_STATUS, ~0U, 0);
	d.steps[1] = step(PROCIRQ_SPACE_BAR, 0, 32, PROCIRQ_OP_WRITE_STATUS, EDU_ACK, ~0U, 0);
	d.steps[2] = step(PROCIRQ_SPACE_CONFIG, 0, 16, PROCIRQ_OP_SET, COMMAND, 0, INTX_DISABLE);
	d.steps[3] = step(PROCIRQ_SPACE_BAR, 0, 32, PROCIRQ_OP_WRITE, EDU_ACK, 0, ~0U);
	return d;
}

HELPER struct procirq_descriptor intx_descriptor(const char *device)
{
	struct procirq_descriptor d = edu_descriptor(device);

	memset(d.steps, 0, sizeof(d.steps));
	d.nr_check = d.nr_ack = d.nr_release = 0;
	d.flags = PROCIRQ_DESC_INTX;
	return d;
}

HELPER int set_descriptor(int fd, const struct procirq_descriptor *d)
{
	return ioctl(fd, PROCIRQ_IOC_SET_DESCRIPTOR, d) ? -errno : 0;
}

/* The descriptor `good` of `fd`, with this change in `d`, is refused with this error. */
#define REFUSED(change, err)                                   \
	do {                                                   \
		d = good;                                      \
		change;                                        \
		if (!CHECK_EQ(set_descriptor(fd, &d), -(err))) \
			tap_diag("  with: %s", #change);       \
	} while (0)

HELPER uint16_t pci_command(const char *device)
{
	char path[128];
	uint16_t command = 0xdead;
	int fd;

	snprintf(path, sizeof(path), PCI_DEVICE "%s/config", device);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	REQUIRE(fd >= 0 && pread(fd, &command, 2, COMMAND) == 2);
	close(fd);
	return command;
}

#define PROCIRQ_PCI "/sys/bus/pci/drivers/procirq-pci"

/* The device has no driver, and procirq-pci may have it. */
HELPER void edu_prepare(const char *device)
{
	char path[128];

	if (access(PCI_DEVICE EDU_1, F_OK))
		SKIP("no edu device");
	pci_unbind(device);
	snprintf(path, sizeof(path), PCI_DEVICE "%s/driver_override", device);
	REQUIRE(put_text(path, "procirq-pci\n") == 0);
}

/* @rest: kind, and number of vectors or nothing. Returns 0 or -1 with errno. */
HELPER int edu_bind_with(const char *device, const char *rest)
{
	return put_text(PROCIRQ_PCI "/bind_with", "%s %s\n", device, rest);
}

/* Bound to procirq-pci with its INTx pin, and quiet. Returns the interrupt. */
HELPER int edu_bind(const char *device, volatile uint32_t **edu)
{
	if (access(PCI_DEVICE EDU_1, F_OK))
		SKIP("no edu device");
	REQUIRE(pci_irq_kind("intx") == 0);
	pci_unbind(device);
	REQUIRE(pci_bind(device, "procirq-pci") == 0);
	*edu = edu_map(device);
	edu_ack(*edu);
	REQUIRE(pci_intx_enable(device));
	return pci_irq(device);
}

#endif /* EDU_H */
