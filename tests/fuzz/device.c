// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Parses any bytes as a device descriptor file, for libFuzzer. A text that is accepted
 * must give a descriptor that the kernel does not find malformed; a text that is refused
 * must give a message of one line.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "libprocirq/local.h"
#include "libprocirq/procirq.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_accepted(const struct procirq_descriptor *d)
{
	unsigned int at = 0, i;
	enum procirq_phase phase;
	int error;

	for (phase = PROCIRQ_CHECK; phase < PROCIRQ_PHASES; phase++)
		for (i = 0; i < procirq_phase_steps(d, phase); i++)
			require(!procirq_step_flaw(phase, &d->steps[at++], &error));
	require(!procirq_descriptor_flaw(d));
	require(at <= PROCIRQ_STEPS_MAX);
	require(d->flags ? d->flags == PROCIRQ_DESC_INTX && !at : d->nr_check);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* The first byte chooses whether to name a device, and the room for the message. */
	const char *device = size && data[0] & 1 ? "0000:00:04.0" : NULL;
	size_t room = size && data[0] & 2 ? 8 : PROCIRQ_EXPLAIN_BYTES;
	struct procirq_descriptor descriptor;
	char why[PROCIRQ_EXPLAIN_BYTES];

	if (!size)
		return 0;
	if (!procirq_descriptor_parse_at("/nonexistent", &descriptor, "fuzz",
					 (const char *)data + 1, size - 1, device, why, room)) {
		check_accepted(&descriptor);
		procirq_explain_descriptor_at("/nonexistent", 20, &descriptor, data[0] >> 1, why,
					      room);
	} else {
		require(strlen(why) > 0);
	}
	require(strlen(why) < room && !strchr(why, '\n'));
	return 0;
}
