/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interrupts without a number; the collector in the kernel compiles this for BPF, too. */
#ifndef TRACING_VECTORS_H
#define TRACING_VECTORS_H

/* x86 interrupts without a number, named as their tracepoints are. */
#define VECTORS(DO)              \
	DO(local_timer)          \
	DO(reschedule)           \
	DO(call_function)        \
	DO(call_function_single) \
	DO(irq_work)             \
	DO(x86_platform_ipi)     \
	DO(error_apic)           \
	DO(spurious_apic)        \
	DO(thermal_apic)         \
	DO(threshold_apic)       \
	DO(deferred_error_apic)

#define VECTOR_INDEX(name) VECTOR_##name,
/* The last one is of arm and arm64. */
enum vector { VECTORS(VECTOR_INDEX) VECTOR_ipi, N_VECTORS };

#endif /* TRACING_VECTORS_H */
