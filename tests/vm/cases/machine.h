/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tests need to know of the machine that the guest is: which interrupts it has from
 * its start to its end, and how its architecture numbers them.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include "guest.h"

/* Interrupts of devices that neither the tests nor their modules use. */
enum machine_line {
	MACHINE_LINE_A,
	MACHINE_LINE_B,
};

#ifdef __x86_64__
/* The interrupt of a device's INTx line has a descriptor while its driver has it enabled. */
#define INTX_STAYS false
/* Whether an interrupt that was raised before its line is set up comes when it is. */
#define LEVELS_ARE_SEEN false
/* How /proc/interrupts names a level interrupt's handling. */
#define LEVEL_NAME "-fasteoi "
/* Text that only the timer interrupt's row has there, and irqtop's filter for that row. */
#define TIMER_NAME   "LOC:"
#define TIMER_FILTER "/^LOC/"

/* The keyboard's, and one of the numbers that old devices had. */
HELPER unsigned int machine_irq(enum machine_line line)
{
	return line == MACHINE_LINE_A ? 1 : 5;
}

/* Interrupts of which each CPU has its own have no number. */
HELPER bool irq_is_per_cpu(unsigned int irq)
{
	(void)irq;
	return false;
}
#else
/* It is mapped when the device is found, for good. */
#define INTX_STAYS	true
#define LEVELS_ARE_SEEN true
#define LEVEL_NAME	" Level "
#define TIMER_NAME	"arch_timer"
#define TIMER_FILTER	"arch_timer"

/* The interrupt controller's number of an interrupt, or -1. */
HELPER int gic_number(unsigned int irq)
{
	char path[64], text[32];

	snprintf(path, sizeof(path), "/sys/kernel/irq/%u/chip_name", irq);
	if (!read_text(path, text, sizeof(text)) || strncmp(text, "GIC", 3))
		return -1;
	snprintf(path, sizeof(path), "/sys/kernel/irq/%u/hwirq", irq);
	return read_text(path, text, sizeof(text)) ? atoi(text) : -1;
}

/* The console's and the clock's, by their numbers in QEMU's machine "virt". */
HELPER unsigned int machine_irq(enum machine_line line)
{
	int number = line == MACHINE_LINE_A ? 33 : 34;
	unsigned int irq;

	for (irq = 1; irq < 1024; irq++)
		if (gic_number(irq) == number)
			return irq;
	return 0;
}

/* The interrupt controller has those of the CPUs below number 32. */
HELPER bool irq_is_per_cpu(unsigned int irq)
{
	int number = gic_number(irq);

	return number >= 0 && number < 32;
}
#endif

#endif
