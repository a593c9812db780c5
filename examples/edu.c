// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A complete driver in user space for QEMU's educational PCI device (docs/specs/edu of
 * QEMU), which computes factorials, copies memory, and interrupts when it is done.
 *
 *	cc edu.c -o edu -lprocirq
 *	./edu 0000:00:04.0 msi		or intx, for a line that other devices may share
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <procirq/procirq.h>

/* Offsets of the registers in BAR 0. */
#define EDU_FACTORIAL  0x08 /* write n, read n! modulo 2^32 */
#define EDU_STATUS     0x20 /* bit 7: interrupt after a factorial */
#define EDU_IRQ_STATUS 0x24 /* causes of the interrupt, one bit each */
#define EDU_IRQ_ACK    0x64 /* clears the bits that are written */
#define EDU_DMA_SRC    0x80
#define EDU_DMA_DST    0x88
#define EDU_DMA_COUNT  0x90
#define EDU_DMA_CMD    0x98 /* 1: start, 2: to RAM, 4: interrupt when done */

#define IRQ_FACTORIAL 0x001 /* causes in EDU_IRQ_STATUS */
#define IRQ_DMA	      0x100
#define EDU_BUFFER    0x40000	   /* 4 KiB of memory in the device */
#define EDU_DMA_LIMIT (1ull << 28) /* the device reaches the first 256 MiB */
#define COPY_BYTES    2048
#define POOL_BYTES    (64ul << 20)

struct edu {
	volatile char *registers;
	struct procirq *line;
	int shared; /* the kernel acknowledges, with our descriptor */
};

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "edu: %s\n", what);
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

static void add_step(struct procirq_descriptor *d, int phase, __u8 op, __u32 at, __u32 mask)
{
	const struct procirq_step step = { .width = 32, .op = op, .offset = at, .mask = mask };

	procirq_descriptor_add(d, phase, &step);
}

/* Tells the kernel how to check, acknowledge and, when we exit, silence the device. */
static void edu_describe(struct edu *edu, const char *address)
{
	char why[PROCIRQ_EXPLAIN_BYTES];
	struct procirq_descriptor d;

	procirq_descriptor_init(&d, address);
	add_step(&d, PROCIRQ_CHECK, PROCIRQ_OP_TEST_ANY, EDU_IRQ_STATUS, ~0u);
	add_step(&d, PROCIRQ_ACK, PROCIRQ_OP_WRITE_STATUS, EDU_IRQ_ACK, ~0u);
	add_step(&d, PROCIRQ_RELEASE, PROCIRQ_OP_WRITE, EDU_STATUS, 0);
	if (procirq_set_descriptor(edu->line, &d)) {
		procirq_explain_descriptor(procirq_irq(edu->line), &d, errno, why, sizeof(why));
		die(why);
	}
}

static void edu_open(struct edu *edu, const char *address, const char *kind)
{
	char why[PROCIRQ_EXPLAIN_BYTES];
	size_t bytes;

	if (!procirq_pci_bind(address, kind, 1))
		edu->registers = procirq_pci_map(address, 0, &bytes);
	if (!edu->registers) {
		procirq_explain_pci(address, errno, why, sizeof(why));
		die(why);
	}
	/* The device has no reset. Clear what an earlier program left behind. */
	reg_write(edu, EDU_IRQ_ACK, ~0u);
	edu->line = procirq_open_name(address, PROCIRQ_FLAG_RECORDS);
	if (!edu->line) {
		procirq_explain_name(address, errno, why, sizeof(why));
		die(why);
	}
	edu->shared = !strcmp(kind, "intx");
	if (edu->shared)
		edu_describe(edu, address);
	if (procirq_pci_set_master(address, 1)) /* last: a descriptor may forbid it again */
		die("cannot let it access memory");
}

/* Waits until the device interrupts for this cause. */
static void edu_wait(struct edu *edu, uint32_t cause)
{
	struct procirq_event event;
	uint32_t status = 0;

	while (!(status & cause)) {
		if (procirq_wait(edu->line, 10000) <= 0 || procirq_read_record(edu->line, &event))
			die("no interrupt");
		/* The kernel has read the register and acknowledged, or we do it. */
		status = edu->shared ? event.status : reg_read(edu, EDU_IRQ_STATUS);
		if (!edu->shared)
			reg_write(edu, EDU_IRQ_ACK, status);
	}
}

static void edu_factorials(struct edu *edu)
{
	uint32_t n, expected = 1;

	reg_write(edu, EDU_STATUS, 0x80);
	for (n = 1; n <= 20; n++) {
		expected *= n;
		reg_write(edu, EDU_FACTORIAL, n);
		edu_wait(edu, IRQ_FACTORIAL);
		if (reg_read(edu, EDU_FACTORIAL) != expected)
			die("wrong factorial");
	}
	printf("factorials 1 to 20, the last %u\n", reg_read(edu, EDU_FACTORIAL));
}

/*
 * Finds a page that the device reaches, and its physical address, which pagemap shows to
 * root. The kernel may still move it; a real driver uses VFIO and an IOMMU, or huge pages.
 */
static char *dma_page(uint32_t *physical)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *pool = mmap(NULL, POOL_BYTES, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE | MAP_LOCKED, -1, 0);
	int fd = open("/proc/self/pagemap", O_RDONLY);
	uint64_t entry;
	char *at;

	if (pool == MAP_FAILED || fd < 0)
		die("no memory, or no /proc/self/pagemap");
	for (at = pool; at < pool + POOL_BYTES; at += page) {
		if (pread(fd, &entry, 8, (off_t)((uintptr_t)at / page * 8)) != 8)
			break;
		entry = (entry & ((1ull << 55) - 1)) * page;
		*physical = (uint32_t)entry;
		if (entry && entry + page <= EDU_DMA_LIMIT)
			return at;
	}
	die("no page under 256 MiB; not root?");
}

static void edu_copy(struct edu *edu, uint32_t from, uint32_t to, uint32_t command)
{
	reg_write(edu, EDU_DMA_SRC, from);
	reg_write(edu, EDU_DMA_DST, to);
	reg_write(edu, EDU_DMA_COUNT, COPY_BYTES);
	reg_write(edu, EDU_DMA_CMD, command);
	edu_wait(edu, IRQ_DMA);
}

static void edu_dma(struct edu *edu)
{
	uint32_t physical;
	char *page = dma_page(&physical);
	int i;

	for (i = 0; i < COPY_BYTES; i++)
		page[i] = (char)(i * 7 + 3);
	edu_copy(edu, physical, EDU_BUFFER, 1 | 4);
	edu_copy(edu, EDU_BUFFER, physical + COPY_BYTES, 1 | 2 | 4);
	if (memcmp(page, page + COPY_BYTES, COPY_BYTES))
		die("DMA returned other bytes");
	printf("%d bytes to the device and back by DMA\n", COPY_BYTES);
}

int main(int argc, char **argv)
{
	struct edu edu = { 0 };

	if (argc != 3 || (strcmp(argv[2], "msi") && strcmp(argv[2], "intx")))
		die("usage: edu PCI-ADDRESS msi|intx");
	edu_open(&edu, argv[1], argv[2]);
	edu_factorials(&edu);
	edu_dma(&edu);
	procirq_close(edu.line);
	return procirq_pci_unbind(argv[1]) ? 1 : 0;
}
