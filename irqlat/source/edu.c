// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * QEMU's educational PCI device, 1234:11e8 (docs/specs/edu.txt): a write to
 * register 0x60 of BAR0 raises its interrupt, a write to 0x64 takes it back.
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/msg.h"
#include "pcidev.h"
#include "procirq.h"
#include "source.h"
#include "base/sysfile.h"

#define EDU_VENDOR    0x1234
#define EDU_DEVICE    0x11e8
#define EDU_RAISE     (0x60 / 4)
#define EDU_ACK	      (0x64 / 4)
#define EDU_MAP_BYTES 4096

#define NO_IOMMU_PARAMETER "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode"
#define PCI_IRQ_PARAMETER  "/sys/module/procirq/parameters/pci_irq"

struct edu {
	struct source_config config;
	struct pcidev dev;
	volatile uint32_t *registers;
	/* To the driver it has now, by us. */
	bool bound;
	/* What the module's parameter was; empty: it was not changed. */
	char found_pci_irq[16];
	struct pulse pulse;
	/* With one byte in it. */
	int pipe[2];
};

static const char *const driver_names[DRIVER_COUNT] = {
	[DRIVER_PROCIRQ] = "procirq-pci",
	[DRIVER_ULI] = "procirq-pci",
	[DRIVER_UIO] = "uio_pci_generic",
	[DRIVER_VFIO] = "vfio-pci",
};

static int full_address(const char *given, char address[13])
{
	if (!given) {
		if (!pcidev_find(EDU_VENDOR, EDU_DEVICE, address))
			return 0;
		msg_error("--source edu: no PCI device %04x:%04x here; start QEMU with -device edu",
			  EDU_VENDOR, EDU_DEVICE);
		return -1;
	}
	if (strlen(given) == 7 && given[2] == ':') {
		snprintf(address, 13, "0000:%.7s", given);
		return 0;
	}
	if (strlen(given) == 12) {
		snprintf(address, 13, "%.12s", given);
		return 0;
	}
	msg_error("--source edu=%s: not a PCI address such as 00:04.0", given);
	return -1;
}

static bool is_ours(const char *driver)
{
	int i;

	for (i = 0; i < DRIVER_COUNT; i++)
		if (driver_names[i] && !strcmp(driver, driver_names[i]))
			return true;
	return !*driver;
}

static void close_pipe(const struct edu *edu)
{
	close(edu->pipe[0]);
	close(edu->pipe[1]);
}

static struct source *open_edu(const struct source_config *config)
{
	struct edu *edu = calloc(1, sizeof(*edu));
	char address[13];

	if (!edu) {
		msg_error("out of memory");
		return NULL;
	}
	edu->config = *config;
	if (pipe2(edu->pipe, O_CLOEXEC)) {
		msg_error("cannot make a pipe: %s", strerror(errno));
		free(edu);
		return NULL;
	}
	if (write(edu->pipe[1], "", 1) != 1 || full_address(config->address, address) ||
	    pcidev_open(&edu->dev, address, EDU_VENDOR, EDU_DEVICE))
		goto fail;
	if (!is_ours(edu->dev.found_driver)) {
		msg_error("%s: bound to driver %s; unbind it first", address,
			  edu->dev.found_driver);
		goto fail;
	}
	return (struct source *)edu;
fail:
	close_pipe(edu);
	free(edu);
	return NULL;
}

static void restore_pci_irq(struct edu *edu)
{
	if (!*edu->found_pci_irq)
		return;
	if (sysfile_write(PCI_IRQ_PARAMETER, edu->found_pci_irq))
		msg_error(PCI_IRQ_PARAMETER ": cannot set it back to %s: %s", edu->found_pci_irq,
			  strerror(errno));
	edu->found_pci_irq[0] = '\0';
}

/* The module reads the parameter when it probes the device. */
static int choose_intx(struct edu *edu)
{
	char found[16];

	if (sysfile_read("", PCI_IRQ_PARAMETER, found, sizeof(found)) <= 0 ||
	    sysfile_write(PCI_IRQ_PARAMETER, "intx")) {
		msg_error(PCI_IRQ_PARAMETER ": %s: cannot ask for the INTx line", strerror(errno));
		return -1;
	}
	memcpy(edu->found_pci_irq, found, sizeof(found));
	return 0;
}

/* Says so when there is none. */
static bool has_iommu(const struct edu *edu)
{
	char path[PATH_MAX], allowed[4];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group", edu->dev.address);
	if (!access(path, F_OK) ||
	    (sysfile_read("", NO_IOMMU_PARAMETER, allowed, sizeof(allowed)) > 0 &&
	     allowed[0] == 'Y'))
		return true;
	msg_error(
		"%s: no IOMMU serves it, and VFIO needs one; or, without protection: echo 1 >" NO_IOMMU_PARAMETER,
		edu->dev.address);
	return false;
}

static int bind_driver(struct edu *edu, enum driver driver)
{
	const char *name = driver_names[driver];
	int err;

	/* Whoever bound it chose its interrupt; do not rebind without need. */
	if ((!edu->config.intx || edu->bound) && !strcmp(edu->dev.driver, name))
		return 0;
	if (!pcidev_driver_loaded(&edu->dev, name) || (driver == DRIVER_VFIO && !has_iommu(edu)))
		return -1;
	if ((driver == DRIVER_PROCIRQ || driver == DRIVER_ULI) && edu->config.intx &&
	    choose_intx(edu))
		return -1;
	err = pcidev_bind(&edu->dev, name);
	restore_pci_irq(edu);
	edu->bound = !err;
	return err;
}

static void unmap(struct edu *edu)
{
	if (edu->registers)
		munmap((void *)edu->registers, EDU_MAP_BYTES);
	edu->registers = NULL;
}

static int connect_edu(struct source *source, enum driver driver, struct target *target)
{
	struct edu *edu = (struct edu *)source;

	unmap(edu);
	if (bind_driver(edu, driver))
		return -1;
	target->intx = edu->config.intx;
	memcpy(target->pci, edu->dev.address, sizeof(target->pci));
	if (procirq_resolve(target->pci, &target->irq, 1) < 0) {
		msg_error("%s: driver %s gave it no interrupt line", target->pci, edu->dev.driver);
		return -1;
	}
	edu->registers = pcidev_map_bar0(&edu->dev, EDU_MAP_BYTES);
	if (!edu->registers)
		return -1;
	/* The device has no reset: an earlier user may have left it raised. */
	edu->registers[EDU_ACK] = ~0u;
	return 0;
}

/* Who has opened the device through VFIO may take any other mapping away. */
static int map_through_vfio(struct edu *edu, const struct port *port)
{
	unmap(edu);
	edu->registers = vfio_map_bar0(port, EDU_MAP_BYTES);
	if (edu->registers)
		return 0;
	msg_error("%s: cannot map its registers through VFIO: %s", edu->dev.address,
		  strerror(errno));
	return -1;
}

static int sync_edu(struct source *source, struct port *port)
{
	struct edu *edu = (struct edu *)source;

	edu->pulse.raised = 0;
	if (!strcmp(edu->dev.driver, driver_names[DRIVER_VFIO]) && map_through_vfio(edu, port))
		return -1;
	edu->registers[EDU_ACK] = ~0u;
	return 0;
}

static int64_t drift_edu(struct source *source, struct port *port)
{
	(void)source;
	(void)port;
	return 0;
}

static int raise_edu(struct source *source)
{
	struct edu *edu = (struct edu *)source;

	pulse_begin(&edu->pulse, edu->config.gap_ns);
	edu->registers[EDU_RAISE] = 1;
	return 0;
}

/*
 * The system call is one in which the kernel itself writes the register, with a
 * single store of four bytes: how much is in the pipe, which is 1.
 */
static void raise_edu_here(struct source *source, bool in_call)
{
	struct edu *edu = (struct edu *)source;

	pulse_begin(&edu->pulse, edu->config.gap_ns);
	if (in_call)
		ioctl(edu->pipe[0], FIONREAD, &edu->registers[EDU_RAISE]);
	else
		edu->registers[EDU_RAISE] = 1;
}

static int stop_edu(struct source *source)
{
	(void)source;
	return 0;
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
	pulse_account(&edu->pulse, account);
}

static void close_edu(struct source *source)
{
	struct edu *edu = (struct edu *)source;

	unmap(edu);
	pcidev_restore(&edu->dev);
	close_pipe(edu);
	free(edu);
}

const struct source_ops source_edu_ops = {
	.name = "edu",
	.drivers = { [DRIVER_PROCIRQ] = true,
		     [DRIVER_ULI] = true,
		     [DRIVER_UIO] = true,
		     [DRIVER_VFIO] = true },
	.open = open_edu,
	.connect = connect_edu,
	.sync = sync_edu,
	.drift = drift_edu,
	.raise = raise_edu,
	.raise_here = raise_edu_here,
	.stop = stop_edu,
	.ack = ack_edu,
	.account = account_edu,
	.close = close_edu,
};
