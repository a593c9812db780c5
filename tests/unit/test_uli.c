// SPDX-License-Identifier: GPL-2.0-or-later
/* What of the processor's state a user level interrupt saves. */

#include "unit.h"

#include "libprocirq/uli_local.h"

#ifdef __x86_64__
#include <cpuid.h>

/* Components of XSAVE that a handler may change (Intel SDM volume 1, 13.1). */
#define PKRU (1ULL << 9)
#define AMX  (3ULL << 17)

/* Every state component that the kernel has enabled here, but these. */
static void extended_state(void **state)
{
	unsigned int a, b, c = 0, d, low, high, size = 0, offset = 0, i;
	struct uli uli = { 0 };
	uint64_t enabled;

	(void)state;
	assert_int_equal(procirq_uli_arch_init(&uli, 0), 0);
	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE)) {
		assert_int_equal(uli.xsave_mask, 0);
		assert_int_equal(uli.xsave_bytes, 512);
		return;
	}
	__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	enabled = (uint64_t)high << 32 | low;
	assert_int_equal(uli.xsave_mask | (enabled & (PKRU | AMX)), enabled);
	assert_int_equal(uli.xsave_mask & (PKRU | AMX), 0);
	for (i = 2; i < 32; i++) {
		if (!(uli.xsave_mask >> i & 1))
			continue;
		assert_true(__get_cpuid_count(0xd, i, &size, &offset, &c, &d));
		assert_true(uli.xsave_bytes >= (uint64_t)offset + size);
	}
	assert_true(uli.xsave_bytes >= 512 + 64);
}

static void general_registers_only(void **state)
{
	struct uli uli = { 0 };

	(void)state;
	assert_int_equal(procirq_uli_arch_init(&uli, ULI_GENERAL_REGS_ONLY), 0);
	assert_int_equal(uli.xsave_mask, 0);
	assert_int_equal(uli.xsave_bytes, 0);
}
#else
static void extended_state(void **state)
{
	(void)state;
	skip();
}

static void general_registers_only(void **state)
{
	(void)state;
	skip();
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(extended_state),
		cmocka_unit_test(general_registers_only),
	};

	return cmocka_run_group_tests_name("uli", tests, NULL, NULL);
}
