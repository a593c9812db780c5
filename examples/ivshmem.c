// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Several MSI-X vectors, each with a CPU and a thread of its own, on QEMU's inter-VM
 * shared memory device (docs/specs/ivshmem-spec of QEMU). A write to the doorbell
 * register interrupts a peer; this program interrupts itself.
 *
 *	cc ivshmem.c -o ivshmem -lprocirq -lpthread
 *	./ivshmem 0000:00:05.0 1000
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <procirq/procirq.h>

#define VECTORS_MAX 64

/* Indexes of the 32-bit registers in BAR 0. */
#define IV_POSITION (0x08 / 4) /* number of this peer */
#define IV_DOORBELL (0x0c / 4) /* peer << 16 | vector */

struct vector {
	pthread_t thread;
	unsigned int number, irq;
	int cpu;
	unsigned long wanted, wrong_cpu;
	volatile uint32_t *registers;
	struct procirq *line;
};

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "ivshmem: %s\n", what);
	exit(1);
}

/* How many times this CPU took the interrupt, from /proc/interrupts. */
static unsigned long taken_on(unsigned int irq, int cpu)
{
	FILE *file = fopen("/proc/interrupts", "r");
	char text[4096], *at, *end;
	unsigned long n = 0;
	int i;

	while (file && fgets(text, sizeof(text), file)) {
		if (strtoul(text, &end, 10) != irq || *end != ':')
			continue;
		for (i = 0, at = end + 1; i <= cpu; i++, at = end)
			n = strtoul(at, &end, 10);
	}
	if (file)
		fclose(file);
	return n;
}

/*
 * Moves an interrupt to a CPU. Called before the line is opened, because an interrupt in
 * use moves only when it comes the next time.
 */
static void set_line_cpu(unsigned int irq, int cpu)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/irq/%u/smp_affinity_list", irq);
	file = fopen(path, "w");
	if (!file || fprintf(file, "%d\n", cpu) < 0 || fclose(file))
		die("cannot set the interrupt's affinity");
}

static void set_thread_cpu(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("cannot run on that CPU");
}

/* Waits for each interrupt before it raises the next, so that none are coalesced. */
static void *run_vector(void *arg)
{
	struct vector *v = arg;
	uint32_t peer = v->registers[IV_POSITION];
	struct procirq_event event;
	unsigned long n, before;

	set_thread_cpu(v->cpu);
	before = taken_on(v->irq, v->cpu);
	for (n = 0; n < v->wanted; n += event.count) {
		v->registers[IV_DOORBELL] = peer << 16 | v->number;
		if (procirq_wait(v->line, 10000) <= 0 || procirq_read_record(v->line, &event))
			die("no interrupt");
	}
	v->wrong_cpu = v->wanted - (taken_on(v->irq, v->cpu) - before);
	return NULL;
}

static struct procirq *open_line(unsigned int irq)
{
	/* A message-signalled line need not be masked. */
	struct procirq *line = procirq_open(irq, PROCIRQ_FLAG_RECORDS | PROCIRQ_FLAG_NO_MASK);
	char why[PROCIRQ_EXPLAIN_BYTES];

	if (line)
		return line;
	procirq_explain(irq, errno, why, sizeof(why));
	die(why);
}

int main(int argc, char **argv)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	struct vector vectors[VECTORS_MAX] = { 0 };
	unsigned int irqs[VECTORS_MAX];
	char why[PROCIRQ_EXPLAIN_BYTES];
	volatile void *registers = NULL;
	int n, i, wrong = 0;
	size_t bytes;

	if (argc != 3)
		die("usage: ivshmem PCI-ADDRESS INTERRUPTS-PER-VECTOR");
	if (!procirq_pci_bind(argv[1], "msix", VECTORS_MAX))
		registers = procirq_pci_map(argv[1], 0, &bytes);
	if (!registers) {
		procirq_explain_pci(argv[1], errno, why, sizeof(why));
		die(why);
	}
	n = procirq_resolve(argv[1], irqs, VECTORS_MAX);
	for (i = 0; i < n; i++) {
		set_line_cpu(irqs[i], (int)(i % cpus));
		vectors[i] = (struct vector){ .number = (unsigned int)i,
					      .irq = irqs[i],
					      .cpu = (int)(i % cpus),
					      .wanted = strtoul(argv[2], NULL, 10),
					      .registers = registers,
					      .line = open_line(irqs[i]) };
		if (pthread_create(&vectors[i].thread, NULL, run_vector, &vectors[i]))
			die("cannot start a thread");
	}
	for (i = 0; i < n; i++) {
		pthread_join(vectors[i].thread, NULL);
		procirq_close(vectors[i].line);
		printf("vector %d: line %u, CPU %d, %lu interrupts, %lu on another CPU\n", i,
		       irqs[i], vectors[i].cpu, vectors[i].wanted, vectors[i].wrong_cpu);
		wrong += vectors[i].wrong_cpu != 0;
	}
	return procirq_pci_unbind(argv[1]) || wrong || n < 1 ? 1 : 0;
}
