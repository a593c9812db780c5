// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A shared peripheral interrupt (SPI) of ARM's interrupt controller, GICv2 or GICv3, that
 * no hardware uses: a write to GICD_ISPENDR of the distributor makes it pending (ARM IHI
 * 0069, 12.9.21). It is the interrupt of a platform device, and edge-triggered.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sysfile.h"
#include "callwrite.h"
#include "distributor.h"
#include "platform.h"
#include "source.h"

#define SPI_FIRST 32
#define SPI_LAST  1019

#define GICD_ISPENDR 0x200
#define GICD_ICPENDR 0x280
#define GICD_ICFGR   0xc00

/**
 * struct gic - the source "gic"
 * @dev: the platform device
 * @distributor: registers of the controller
 * @spi: number of the interrupt there; 0: not known yet
 * @bit: of the interrupt in @pend
 * @pend: register that makes it pending
 * @unpend: register that takes that back
 * @raises: interrupts
 * @call: writes @bit inside a system call
 */
struct gic {
	struct busdev dev;
	struct distributor distributor;
	unsigned int spi;
	uint32_t bit;
	volatile uint32_t *pend;
	volatile uint32_t *unpend;
	struct own_raises raises;
	struct callwrite call;
};

static struct source *open_gic(const struct source_config *config, struct why *why)
{
	struct gic *gic;

	/* A search could only guess which interrupt is spare. */
	if (!config->device) {
		why_set(why,
			"--source gic: which device? gic=DEVICE names one of the platform bus, whose interrupt is a spare SPI");
		return NULL;
	}
	gic = calloc(1, sizeof(*gic));
	if (!gic) {
		why_set(why, "out of memory");
		return NULL;
	}
	gic->call.fd = -1;
	if (!platform_open(&gic->dev, config->device, why) &&
	    !distributor_map(&gic->distributor, why))
		return (struct source *)gic;
	free(gic);
	return NULL;
}

static void irq_says(unsigned int irq, const char *file, char *buf, size_t size)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/kernel/irq/%u/%s", irq, file);
	sysfile_read("", path, buf, size);
}

/* Nobody else may get what is raised here. One action is that of the UIO driver. */
static int check_actions(const struct gic *gic, const struct target *target, struct why *why)
{
	bool ours = !strcmp(gic->dev.driver, BUSDEV_PLATFORM_OURS);
	char actions[256];

	irq_says(target->irq, "actions", actions, sizeof(actions));
	if (!strcmp(actions, "(null)") || (ours ? !*actions : !strchr(actions, ',')))
		return 0;
	return why_set(why, "%s: interrupt %u is in use (%s)", gic->dev.name, target->irq, actions);
}

/* The kernel's number of the interrupt is no number of the controller. */
static int find_spi(struct gic *gic, const struct target *target, struct why *why)
{
	char chip[32], type[16], number[16];
	unsigned long spi;

	irq_says(target->irq, "chip_name", chip, sizeof(chip));
	irq_says(target->irq, "type", type, sizeof(type));
	irq_says(target->irq, "hwirq", number, sizeof(number));
	spi = strtoul(number, NULL, 10);
	if (strncmp(chip, "GIC", 3) || spi < SPI_FIRST || spi > SPI_LAST)
		return why_set(why,
			       "%s: interrupt %u (%s %s) is no SPI of a GIC: choose another device",
			       gic->dev.name, target->irq, chip, number);
	if (strcmp(type, "edge") ||
	    !(gic->distributor.registers[GICD_ICFGR / 4 + spi / 16] >> (spi % 16 * 2 + 1) & 1))
		return why_set(why, "%s: interrupt %u is not edge-triggered in the controller",
			       gic->dev.name, target->irq);
	gic->spi = (unsigned int)spi;
	return 0;
}

static int choose_spi(struct gic *gic, const struct target *target, struct why *why)
{
	if (target->irq == TARGET_NO_IRQ)
		return why_set(why, "%s: it is not known which interrupt UIO has", gic->dev.name);
	if (check_actions(gic, target, why) || find_spi(gic, target, why))
		return -1;
	gic->bit = 1u << gic->spi % 32;
	gic->pend = &gic->distributor.registers[GICD_ISPENDR / 4 + gic->spi / 32];
	gic->unpend = &gic->distributor.registers[GICD_ICPENDR / 4 + gic->spi / 32];
	callwrite_close(&gic->call);
	return callwrite_open(&gic->call, gic->bit, why);
}

static int connect_gic(struct source *source, enum driver driver, struct target *target,
		       struct why *why)
{
	struct gic *gic = (struct gic *)source;

	if (platform_connect(&gic->dev, driver, target, why) || choose_spi(gic, target, why))
		return -1;
	*gic->unpend = gic->bit;
	return 0;
}

static int sync_gic(struct source *source, struct port *port, struct why *why)
{
	struct gic *gic = (struct gic *)source;

	(void)port;
	(void)why;
	gic->raises.count = 0;
	return 0;
}

static int raise_gic(struct source *source, uint64_t gap_ns, struct why *why)
{
	struct gic *gic = (struct gic *)source;

	(void)why;
	own_raises_begin(&gic->raises, gap_ns);
	*gic->pend = gic->bit;
	return 0;
}

static void raise_gic_here(struct source *source, uint64_t gap_ns, bool in_call)
{
	struct gic *gic = (struct gic *)source;

	own_raises_begin(&gic->raises, gap_ns);
	if (in_call)
		callwrite(&gic->call, gic->pend);
	else
		*gic->pend = gic->bit;
}

static void account_gic(struct source *source, const struct delivery *delivery,
			struct account *account)
{
	struct gic *gic = (struct gic *)source;

	(void)delivery;
	own_raises_account(&gic->raises, account);
}

static int close_gic(struct source *source, struct why *why)
{
	struct gic *gic = (struct gic *)source;
	int err;

	if (gic->spi)
		*gic->unpend = gic->bit;
	distributor_unmap(&gic->distributor);
	err = busdev_restore(&gic->dev, why);
	callwrite_close(&gic->call);
	free(gic);
	return err;
}

const struct source_ops source_gic_ops = {
	.name = "gic",
	.argument = "DEVICE",
	.needs_argument = true,
	.drivers = {
		[DRIVER_PROCIRQ] = true,
		[DRIVER_ULI] = true,
		[DRIVER_URING] = true,
		[DRIVER_UIO] = true,
	},
	.open = open_gic,
	.connect = connect_gic,
	.sync = sync_gic,
	.raise = raise_gic,
	.raise_here = raise_gic_here,
	.account = account_gic,
	.close = close_gic,
};
