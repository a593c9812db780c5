// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * User level interrupts with QEMU's educational PCI device (docs/specs/edu of QEMU). The
 * handler acknowledges each interrupt and starts the next factorial; the program only
 * starts the first one, and sleeps until the last one is done.
 *
 *	cc uli.c -o uli -lprocirq
 *	./uli 0000:00:04.0
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <procirq/procirq.h>
#include <procirq/uli.h>

/* Offsets of the registers in BAR 0. */
#define EDU_FACTORIAL  0x08 /* write n, read n! modulo 2^32 */
#define EDU_STATUS     0x20 /* bit 7: interrupt after a factorial */
#define EDU_IRQ_STATUS 0x24 /* causes of the interrupt, one bit each */
#define EDU_IRQ_ACK    0x64 /* clears the bits that are written */

#define FACTORIALS 12

struct edu {
	volatile char *registers;
	volatile uint32_t n; /* the device computes n! */
	volatile uint32_t result[FACTORIALS + 1];
};

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "uli: %s\n", what);
	exit(1);
}

static uint32_t reg_read(struct edu *edu, unsigned int offset)
{
	return *(volatile uint32_t *)(edu->registers + offset);
}

static void reg_write(struct edu *edu, unsigned int offset, uint32_t value)
{
	*(volatile uint32_t *)(edu->registers + offset) = value;
}

/*
 * The handler, which runs between any two instructions of the program: it only accesses
 * memory and device registers, and wakes the program up. uli(3) says what it may do.
 */
static void handle(void *arg)
{
	struct edu *edu = arg;

	reg_write(edu, EDU_IRQ_ACK, reg_read(edu, EDU_IRQ_STATUS));
	edu->result[edu->n] = reg_read(edu, EDU_FACTORIAL);
	if (edu->n < FACTORIALS)
		reg_write(edu, EDU_FACTORIAL, ++edu->n);
	else
		ULI_wakeup(ULI_self(), 0);
}

static struct procirq *edu_open(struct edu *edu, const char *address)
{
	char why[PROCIRQ_EXPLAIN_BYTES];
	struct procirq *line;
	size_t bytes;

	if (!procirq_pci_bind(address, "msi", 1))
		edu->registers = procirq_pci_map(address, 0, &bytes);
	if (!edu->registers) {
		procirq_explain_pci(address, errno, why, sizeof(why));
		die(why);
	}
	/* The device has no reset. Clear what an earlier program left behind. */
	reg_write(edu, EDU_IRQ_ACK, ~0u);
	/* A message-signalled line need not be masked. */
	line = procirq_open_name(address, PROCIRQ_FLAG_NO_MASK);
	if (!line) {
		procirq_explain_name(address, errno, why, sizeof(why));
		die(why);
	}
	if (procirq_pci_set_master(address, 1))
		die("cannot let it access memory, as MSI needs");
	return line;
}

int main(int argc, char **argv)
{
	struct procirq_uli_info info;
	struct edu edu = { .n = 1 };
	struct procirq *line;
	void *intr;

	if (argc != 2)
		die("usage: uli PCI-ADDRESS");
	line = edu_open(&edu, argv[1]);
	intr = ULI_register_irq(procirq_fd(line), handle, &edu, 1, NULL, 0);
	if (!intr)
		die(errno == EOPNOTSUPP ? "this system has no user level interrupts" :
					  "cannot register");

	reg_write(&edu, EDU_STATUS, 0x80);
	reg_write(&edu, EDU_FACTORIAL, 1);
	if (ULI_sleep(intr, 0) || ULI_get_info(intr, &info))
		die("interrupted while waiting");
	printf("%u! is %u, after %llu interrupts\n", edu.n, edu.result[edu.n],
	       (unsigned long long)info.raised);
	ULI_unregister(intr);
	procirq_close(line);
	return procirq_pci_unbind(argv[1]) ? 1 : 0;
}
