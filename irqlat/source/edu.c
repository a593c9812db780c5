// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * QEMU's educational PCI device, 1234:11e8 (docs/specs/edu.txt): a write to
 * register 0x60 of BAR 0 raises its interrupt, a write to 0x64 withdraws it.
 */

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sysfile.h"
#include "busdev.h"
#include "callwrite.h"
#include "libprocirq/procirq.h"
#include "source.h"

#define EDU_VENDOR    0x1234
#define EDU_DEVICE    0x11e8
#define EDU_RAISE     (0x60 / 4)
#define EDU_ACK	      (0x64 / 4)
#define EDU_MAP_BYTES 4096

#define NO_IOMMU_PARAMETER "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode"

/**
 * struct edu - the source "edu"
 * @config: its options
 * @dev: the PCI device
 * @registers: BAR 0, mapped through sysfs or VFIO; NULL while nothing is connected
 * @map_bytes: how much of it is mapped
 * @raises: writes of the register that raises
 * @call: writes the register that raises inside a system call
 */
struct edu {
	struct source_config config;
	struct busdev dev;
	volatile uint32_t *registers;
	size_t map_bytes;
	struct own_raises raises;
	struct callwrite call;
};

static const char *const driver_names[DRIVER_COUNT] = {
	[DRIVER_PROCIRQ] = BUSDEV_PCI_OURS, [DRIVER_ULI] = BUSDEV_PCI_OURS,
	[DRIVER_URING] = BUSDEV_PCI_OURS,   [DRIVER_UIO] = "uio_pci_generic",
	[DRIVER_VFIO] = "vfio-pci",
};

static int find_address(const char *given, char address[PROCIRQ_PCI_BYTES], struct why *why)
{
	if (given && procirq_pci_find(given, address))
		return why_set(why, "--source edu=%s: not a PCI address such as 00:04.0", given);
	if (!given && busdev_find_pci(EDU_VENDOR, EDU_DEVICE, address))
		return why_set(
			why,
			"--source edu: no PCI device %04x:%04x here; start QEMU with -device edu",
			EDU_VENDOR, EDU_DEVICE);
	return 0;
}

static struct source *open_edu(const struct source_config *config, struct why *why)
{
	struct edu *edu = calloc(1, sizeof(*edu));
	char address[PROCIRQ_PCI_BYTES];

	if (!edu) {
		why_set(why, "out of memory");
		return NULL;
	}
	edu->config = *config;
	if (find_address(config->device, address, why) ||
	    busdev_open(&edu->dev, &pci_bus, address, driver_names, why))
		goto fail;
	if (!busdev_is_pci(address, EDU_VENDOR, EDU_DEVICE)) {
		why_set(why, "%s: not a PCI device %04x:%04x", address, EDU_VENDOR, EDU_DEVICE);
		goto fail;
	}
	if (!callwrite_open(&edu->call, 1, why))
		return (struct source *)edu;
fail:
	free(edu);
	return NULL;
}

static int check_iommu(const struct edu *edu, struct why *why)
{
	char path[PATH_MAX], allowed[4];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group", edu->dev.name);
	if (!access(path, F_OK) ||
	    (sysfile_read("", NO_IOMMU_PARAMETER, allowed, sizeof(allowed)) > 0 &&
	     allowed[0] == 'Y'))
		return 0;
	return why_set(
		why,
		"%s: no IOMMU serves it, and VFIO needs one; or, without protection: echo 1 >" NO_IOMMU_PARAMETER,
		edu->dev.name);
}

static int bind_driver(struct edu *edu, enum driver driver, struct why *why)
{
	const char *name = driver_names[driver];

	/* The user who bound it chose its interrupt: bind it again only to change that. */
	if (!strcmp(edu->dev.driver, name) && (!edu->config.intx || edu->dev.changed))
		return 0;
	if (busdev_check_driver(&edu->dev, name, why) ||
	    (driver == DRIVER_VFIO && check_iommu(edu, why)))
		return -1;
	return busdev_bind(&edu->dev, name, edu->config.intx ? "intx" : NULL, why);
}

static void unmap(struct edu *edu)
{
	procirq_pci_unmap(edu->registers, edu->map_bytes);
	edu->registers = NULL;
}

static int connect_edu(struct source *source, enum driver driver, struct target *target,
		       struct why *why)
{
	struct edu *edu = (struct edu *)source;

	unmap(edu);
	if (bind_driver(edu, driver, why))
		return -1;
	target->intx = edu->config.intx;
	target->bus = edu->dev.bus->name;
	snprintf(target->device, sizeof(target->device), "%s", edu->dev.name);
	if (procirq_resolve(target->device, &target->irq, 1) < 0)
		return why_set(why, "%s: driver %s gave it no interrupt line", target->device,
			       edu->dev.driver);
	edu->registers = procirq_pci_map(target->device, 0, &edu->map_bytes);
	if (!edu->registers) {
		procirq_explain_pci(target->device, errno, why->text, sizeof(why->text));
		return -1;
	}
	/* The device has no reset: an earlier user may have left it raised. */
	edu->registers[EDU_ACK] = ~0u;
	return 0;
}

/* Opening the device through VFIO may have removed any other mapping. */
static int map_through_vfio(struct edu *edu, const struct port *port, struct why *why)
{
	unmap(edu);
	edu->registers = vfio_map_bar0(port, EDU_MAP_BYTES);
	edu->map_bytes = EDU_MAP_BYTES;
	if (edu->registers)
		return 0;
	return why_set(why, "%s: cannot map its registers through VFIO: %s", edu->dev.name,
		       strerror(errno));
}

static int sync_edu(struct source *source, struct port *port, struct why *why)
{
	struct edu *edu = (struct edu *)source;

	edu->raises.count = 0;
	if (!strcmp(edu->dev.driver, driver_names[DRIVER_VFIO]) && map_through_vfio(edu, port, why))
		return -1;
	edu->registers[EDU_ACK] = ~0u;
	return 0;
}

static int raise_edu(struct source *source, uint64_t gap_ns, struct why *why)
{
	struct edu *edu = (struct edu *)source;

	(void)why;
	own_raises_begin(&edu->raises, gap_ns);
	edu->registers[EDU_RAISE] = 1;
	return 0;
}

static void raise_edu_here(struct source *source, uint64_t gap_ns, bool in_call)
{
	struct edu *edu = (struct edu *)source;

	own_raises_begin(&edu->raises, gap_ns);
	if (in_call)
		callwrite(&edu->call, &edu->registers[EDU_RAISE]);
	else
		edu->registers[EDU_RAISE] = 1;
}

static void ack_edu(struct source *source)
{
	struct edu *edu = (struct edu *)source;

	edu->registers[EDU_ACK] = ~0u;
}

static void account_edu(struct source *source, const struct delivery *delivery,
			struct account *account)
{
	struct edu *edu = (struct edu *)source;

	(void)delivery;
	own_raises_account(&edu->raises, account);
}

static int close_edu(struct source *source, struct why *why)
{
	struct edu *edu = (struct edu *)source;
	int err;

	unmap(edu);
	err = busdev_restore(&edu->dev, why);
	callwrite_close(&edu->call);
	free(edu);
	return err;
}

const struct source_ops source_edu_ops = {
	.name = "edu",
	.argument = "PCI-ADDRESS",
	.drivers = {
		[DRIVER_PROCIRQ] = true,
		[DRIVER_ULI] = true,
		[DRIVER_URING] = true,
		[DRIVER_UIO] = true,
		[DRIVER_VFIO] = true,
	},
	.open = open_edu,
	.connect = connect_edu,
	.sync = sync_edu,
	.raise = raise_edu,
	.raise_here = raise_edu_here,
	.ack = ack_edu,
	.account = account_edu,
	.close = close_edu,
};
