// SPDX-License-Identifier: GPL-2.0-or-later
#include "chain_sample.h"

const char *const chain_outcome_names[OUTCOMES] = {
	[OUTCOME_WOKE_NOBODY] = "woke_nobody", [OUTCOME_UNKNOWN] = "unknown",
	[OUTCOME_NOT_HANDLED] = "not_handled", [OUTCOME_COALESCED] = "coalesced",
	[OUTCOME_CUT_OFF] = "cut_off",	       [OUTCOME_AWAKE] = "task_awake",
	[OUTCOME_NO_SYSCALL] = "no_syscall",   [OUTCOME_KERNEL] = "kernel_only",
	[OUTCOME_NO_SWITCH] = "no_switch",     [OUTCOME_INCOMPLETE] = "incomplete",
	[OUTCOME_AMBIGUOUS] = "ambiguous",     [OUTCOME_LOST] = "lost",
	[OUTCOME_NEGATIVE] = "negative",       [OUTCOME_MATCHED] = "matched",
};

const char *const chain_end_names[CHAIN_ENDS] = {
	[CHAIN_END_USER] = "user",
	[CHAIN_END_TASK] = "task",
};

/* The CPU that a stage depends on; of the hops, that of the last one. */
unsigned int chain_stage_cpu(const struct chain_sample *sample, enum chain_stage stage)
{
	switch (stage) {
	case CHAIN_STAGE_WAKE:
	case CHAIN_STAGE_QUEUE:
	case CHAIN_STAGE_READ:
	case CHAIN_STAGE_EXIT:
		return sample->task_cpu;
	case CHAIN_STAGE_HOP_WAKE:
	case CHAIN_STAGE_HOP_QUEUE:
	case CHAIN_STAGE_HOP:
		return sample->n_hops ? sample->hops[sample->n_hops - 1].cpu : sample->irq_cpu;
	default:
		return sample->irq_cpu;
	}
}

static int hop_pieces(const struct chain_sample *sample, struct chain_piece *pieces)
{
	int n = 0;

	for (unsigned int i = 0; i < sample->n_hops; i++) {
		const struct chain_hop *hop = &sample->hops[i];

		pieces[n++] = (struct chain_piece){ CHAIN_STAGE_HOP_WAKE, hop->cpu, hop->wake_ns };
		pieces[n++] =
			(struct chain_piece){ CHAIN_STAGE_HOP_QUEUE, hop->cpu, hop->queue_ns };
		pieces[n++] = (struct chain_piece){ CHAIN_STAGE_HOP, hop->cpu, hop->run_ns };
	}
	return n;
}

/**
 * chain_pieces - the stages of a chain in the order of time, and each hop by itself
 * @sample: chain
 * @pieces: gets them; their times add up to the chain's
 *
 * A stage that was entered twice is at its first place, and so are all hops.
 *
 * Returns how many there are.
 */
int chain_pieces(const struct chain_sample *sample, struct chain_piece pieces[CHAIN_PIECES_MAX])
{
	const uint32_t hops =
		1u << CHAIN_STAGE_HOP_WAKE | 1u << CHAIN_STAGE_HOP_QUEUE | 1u << CHAIN_STAGE_HOP;
	bool hopped = false;
	int n = 0;

	for (int i = 0; i < chain_n_stages(sample); i++) {
		enum chain_stage stage = chain_stage_at(sample, i);

		if (!(hops >> stage & 1)) {
			pieces[n++] = (struct chain_piece){ stage, chain_stage_cpu(sample, stage),
							    sample->ns[stage] };
		} else if (!hopped) {
			n += hop_pieces(sample, pieces + n);
			hopped = true;
		}
	}
	return n;
}
