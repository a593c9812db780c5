/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Private to uli_arm64.c and uli_stubs_arm64.c; local.h says which rules apply. */
#ifndef LIBPROCIRQ_ULI_STUBS_H
#define LIBPROCIRQ_ULI_STUBS_H

#include "uli_local.h"

/* Registers on the stack at procirq_uli_again: x29, x30, x3 to x18 without x8. */
#define ULI_FRAME_BYTES 144

/* Areas of stubs: near the handler, and near the C library. */
#define ULI_AREAS 2

#define ULI_AREA_STUBS (PROCIRQ_ULI_AREA_BYTES / PROCIRQ_ULI_STUB_BYTES)

/**
 * struct uli_stub - an entry of the table
 * @pc: address that the stub branches to; 0 if there is none
 * @code: address of the stub
 */
struct uli_stub {
	uint64_t pc;
	uint64_t code;
};

/**
 * struct uli_area - an area of stubs: memory that is mapped twice
 * @write: where it can be written; NULL in a child after fork()
 * @code: where it can be executed
 *
 * The stub for an address is at the index of its entry in the table, in any area.
 */
struct uli_area {
	uint32_t *write;
	uint64_t code;
};

/**
 * struct uli_stubs - the stubs of a handler
 * @table: by address; see stub_entry()
 * @areas: without a second one it is like the first
 * @nr_areas: number of different areas
 * @pstate: bits of PSTATE that code of programs may change, and that can be read
 *
 * Only the handler's thread uses it, with PROCIRQ_ULI_BUSY set. A child after fork() finds it
 * zeroed.
 */
struct uli_stubs {
	struct uli_stub table[ULI_AREA_STUBS];
	struct uli_area areas[ULI_AREAS];
	unsigned int nr_areas;
	uint32_t pstate;
};

int procirq_uli_stubs_init(struct uli *uli);
void procirq_uli_stubs_free(struct uli *uli);
uint64_t procirq_uli_stub(struct uli *uli, const struct procirq_uli_frame *frame)
	__attribute__((visibility("hidden")));

#endif /* LIBPROCIRQ_ULI_STUBS_H */
