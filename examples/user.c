// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A driver that needs no privilege: it computes factorials with QEMU's educational PCI
 * device, which somebody with privilege has bound with MSI, and given to us, as
 * 60-procirq-edu.rules does.
 *
 *	cc user.c -o user -lprocirq
 *	./user 0000:00:04.0/0		the device, and the number of its vector
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <procirq/procirq.h>

/* Offsets of the registers in BAR 0 (docs/specs/edu of QEMU). */
#define EDU_FACTORIAL  0x08 /* write n, read n! modulo 2^32 */
#define EDU_STATUS     0x20 /* bit 7: interrupt after a factorial */
#define EDU_IRQ_STATUS 0x24 /* causes of the interrupt */
#define EDU_IRQ_ACK    0x64 /* clears the causes that are written */

static volatile char *registers;

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "user: %s\n", what);
	exit(1);
}

static uint32_t reg_read(unsigned int offset)
{
	return *(volatile uint32_t *)(registers + offset);
}

static void reg_write(unsigned int offset, uint32_t value)
{
	*(volatile uint32_t *)(registers + offset) = value;
}

static struct procirq *edu_open(const char *vector)
{
	char why[PROCIRQ_EXPLAIN_BYTES], address[PROCIRQ_PCI_BYTES];
	struct procirq *line;
	size_t bytes;

	snprintf(address, sizeof(address), "%.*s", (int)strcspn(vector, "/"), vector);
	registers = procirq_pci_map(address, 0, &bytes);
	if (!registers) {
		procirq_explain_pci(address, errno, why, sizeof(why));
		die(why);
	}
	/* The device has no reset. Clear what an earlier program left behind. */
	reg_write(EDU_IRQ_ACK, ~0u);
	line = procirq_open_name(vector, 0);
	if (!line) {
		procirq_explain_name(vector, errno, why, sizeof(why));
		die(why);
	}
	return line;
}

int main(int argc, char **argv)
{
	struct procirq *line;
	uint32_t n;

	if (argc != 2)
		die("usage: user PCI-ADDRESS/VECTOR");
	line = edu_open(argv[1]);
	reg_write(EDU_STATUS, 0x80);
	for (n = 1; n <= 12; n++) {
		reg_write(EDU_FACTORIAL, n);
		if (procirq_wait(line, 10000) <= 0 || procirq_read(line) <= 0)
			die("no interrupt");
		reg_write(EDU_IRQ_ACK, reg_read(EDU_IRQ_STATUS));
		printf("%u! is %u\n", n, reg_read(EDU_FACTORIAL));
	}
	procirq_close(line);
	return 0;
}
