// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Interrupts of the irqgen module: an hrtimer raises them in hard interrupt
 * context, and writes the time just before each into a ring that is mapped here.
 * See uapi/irqgen.h.
 */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "irqgen_tally.h"
#include "libprocirq/procirq.h"
#include "source.h"
#include "module/uapi/irqgen.h"

#define DEVICE "/dev/irqgen"

/**
 * struct irqgen - the source "irqgen"
 * @config: its options
 * @fd: /dev/irqgen
 * @ring: of the line, mapped; the module writes it. NULL until it is mapped
 * @map: from the line's sequence numbers to those of the ring
 * @tally: the raises that are accounted for
 */
struct irqgen {
	struct source_config config;
	int fd;
	const struct irqgen_ring *ring;
	struct seq_map map;
	struct irqgen_tally tally;
};

static int line_removed(const struct irqgen *gen, struct why *why)
{
	return why_set(why, DEVICE ": line %" PRIu64 " was removed", gen->config.line);
}

static int command(struct irqgen *gen, const char *text, int len, struct why *why)
{
	if (write(gen->fd, text, (size_t)len) == len)
		return 0;
	/* The line was there when the source was opened. */
	if (errno == ENODEV && gen->ring)
		return line_removed(gen, why);
	return why_set(why, DEVICE ": \"%s\": %s", text,
		       errno == ENODEV ? "there is no such line (see --line)" :
		       errno == ENXIO  ? "that CPU is not online" :
					 strerror(errno));
}

static int stop_irqgen(struct source *source, struct why *why)
{
	struct irqgen *gen = (struct irqgen *)source;
	char text[64];
	int len = snprintf(text, sizeof(text), "stop line=%" PRIu64, gen->config.line);

	/* Nothing is raised on a line that was removed. */
	if (gen->ring && !gen->ring->irq)
		return 0;
	return command(gen, text, len, why);
}

static int open_device(struct why *why)
{
	int fd = open(DEVICE, O_RDWR | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	if (errno == ENOENT || errno == ENXIO)
		return why_set(
			why, DEVICE
			": not there: the irqgen module is not loaded; run: modprobe irqgen");
	if (errno == EACCES || errno == EPERM)
		return why_set(why, DEVICE ": permission denied; run irqlat as root");
	return why_set(why, DEVICE ": %s", strerror(errno));
}

static struct source *open_irqgen(const struct source_config *config, struct why *why)
{
	struct irqgen *gen = calloc(1, sizeof(*gen));
	void *ring;

	if (!gen) {
		why_set(why, "out of memory");
		return NULL;
	}
	gen->config = *config;
	gen->fd = open_device(why);
	if (gen->fd < 0)
		goto fail_free;
	/* Fails if there is no such line. */
	if (stop_irqgen((struct source *)gen, why))
		goto fail_close;
	ring = mmap(NULL, sizeof(*gen->ring), PROT_READ, MAP_SHARED, gen->fd,
		    (off_t)(config->line * IRQGEN_RING_BYTES));
	if (ring == MAP_FAILED) {
		why_set(why, DEVICE ": cannot map the ring of line %" PRIu64 ": %s", config->line,
			strerror(errno));
		goto fail_close;
	}
	gen->ring = ring;
	return (struct source *)gen;

fail_close:
	close(gen->fd);
fail_free:
	free(gen);
	return NULL;
}

static int connect_irqgen(struct source *source, enum driver driver, struct target *target,
			  struct why *why)
{
	struct irqgen *gen = (struct irqgen *)source;

	(void)driver;
	memset(target, 0, sizeof(*target));
	target->irq = gen->ring->irq;
	return target->irq ? 0 : line_removed(gen, why);
}

/*
 * The number of the last interrupt in the ring, and its sequence number on the
 * line. Another program may raise interrupts: read both until neither has changed
 * for 1 ms.
 */
static int read_numbers(struct irqgen *gen, struct port *port, uint64_t *number, uint64_t *seq,
			struct why *why)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	struct procirq_info info;
	uint64_t last_seq;
	int tries;

	*seq = UINT64_MAX;
	for (tries = 0; tries < 1000; tries++) {
		struct irqgen_tally tally;

		last_seq = *seq;
		irqgen_tally_start(&tally, gen->ring);
		if (procirq_get_info(port->line, &info))
			return why_set(why, "/proc/irq/%u/irq: cannot get information: %s",
				       procirq_irq(port->line), strerror(errno));
		*seq = info.taken;
		if (tries && *seq == last_seq && tally.number == *number)
			return 0;
		*number = tally.number;
		clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
	}
	return why_set(why, DEVICE ": line %" PRIu64 " is busy: another program raises it",
		       gen->config.line);
}

static int sync_irqgen(struct source *source, struct port *port, struct why *why)
{
	struct irqgen *gen = (struct irqgen *)source;
	uint64_t number = 0, seq = 0;

	if (stop_irqgen(source, why) || read_numbers(gen, port, &number, &seq, why))
		return -1;
	irqgen_tally_start(&gen->tally, gen->ring);
	seq_map_set(&gen->map, number, seq);
	return 0;
}

static int drift_irqgen(struct source *source, struct port *port, int64_t *drift, struct why *why)
{
	struct irqgen *gen = (struct irqgen *)source;
	uint64_t number = 0, seq = 0;

	*drift = 0;
	if (!gen->ring->irq)
		return 0;
	if (read_numbers(gen, port, &number, &seq, why))
		return -1;
	*drift = (int64_t)(number - seq) - gen->map.offset;
	return 0;
}

static int raise_irqgen(struct source *source, uint64_t gap_ns, struct why *why)
{
	struct irqgen *gen = (struct irqgen *)source;
	char text[128];
	int len = snprintf(text, sizeof(text),
			   "start line=%" PRIu64 " count=1 delay_ns=%" PRIu64
			   " period_ns=1000000 cpu=%d",
			   gen->config.line, gap_ns, gen->config.cpu);

	return command(gen, text, len, why);
}

static void account_irqgen(struct source *source, const struct delivery *delivery,
			   struct account *account)
{
	struct irqgen *gen = (struct irqgen *)source;
	uint64_t first = 0;

	if (delivery)
		first = seq_map_first(&gen->map, delivery->seq, delivery->count);
	irqgen_tally_take(&gen->tally, gen->ring, first, delivery ? delivery->count : 0, account);
}

static int close_irqgen(struct source *source, struct why *why)
{
	struct irqgen *gen = (struct irqgen *)source;
	int err = stop_irqgen(source, why);

	munmap((void *)gen->ring, sizeof(*gen->ring));
	close(gen->fd);
	free(gen);
	return err;
}

const struct source_ops source_irqgen_ops = {
	.name = "irqgen",
	.drivers = { [DRIVER_PROCIRQ] = true, [DRIVER_ULI] = true, [DRIVER_URING] = true },
	.raises_later = true,
	.open = open_irqgen,
	.connect = connect_irqgen,
	.sync = sync_irqgen,
	.drift = drift_irqgen,
	.raise = raise_irqgen,
	.stop = stop_irqgen,
	.account = account_irqgen,
	.close = close_irqgen,
};
