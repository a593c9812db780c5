// SPDX-License-Identifier: GPL-2.0-or-later
/* Facts about a system, from the fixtures of some machines and of a bare one. */

#include "unit.h"

#include "base/armfacts.h"
#include "base/sysinfo.h"

static void hypervisors_are_named(void **state)
{
	bool emulated = false;

	(void)state;
	assert_string_equal(sysinfo_hypervisor_name("TCGTCGTCGTCG", &emulated), "QEMU TCG");
	assert_true(emulated);
	assert_string_equal(sysinfo_hypervisor_name("KVMKVMKVM", &emulated), "KVM");
	assert_false(emulated);
	assert_string_equal(sysinfo_hypervisor_name("NewOne", &emulated), "NewOne");
	assert_string_equal(sysinfo_hypervisor_name("", &emulated), "unknown");
}

static void hypervisor_of_the_kernel_is_said_too(void **state)
{
	char hypervisor[SYSINFO_TEXT_BYTES] = "bhyve";

	(void)state;
	sysinfo_kernel_hypervisor("tsc hpet", hypervisor);
	assert_string_equal(hypervisor, "bhyve");
	sysinfo_kernel_hypervisor("kvm-clock tsc", hypervisor);
	assert_string_equal(hypervisor, "bhyve by CPUID, KVM by the kernel's clock kvm-clock");
	strcpy(hypervisor, "KVM");
	sysinfo_kernel_hypervisor("kvm-clock tsc", hypervisor);
	assert_string_equal(hypervisor, "KVM");
	strcpy(hypervisor, "none");
	sysinfo_kernel_hypervisor("xen tsc", hypervisor);
	assert_string_equal(hypervisor, "none by CPUID, Xen by the kernel's clock xen");
}

static bool warns(const struct sysinfo *info, const char *word)
{
	size_t i;

	for (i = 0; i < info->n_warnings; i++)
		if (strstr(info->warnings[i], word))
			return true;
	return false;
}

static void facts_are_collected(void **state)
{
	struct sysinfo info;

	(void)state;
	sysinfo_collect(FIXTURES "machine", &info);
	assert_string_equal(info.clocksource, "hpet");
	assert_string_equal(info.cpus_online, "0-3");
	assert_string_equal(info.isolated_cpus, "2-3");
	assert_string_equal(info.nohz_full_cpus, "");
	assert_string_equal(info.governor, "powersave");
	assert_string_equal(info.idle_states, "intel_idle: POLL C1 C6");
	assert_string_equal(info.cpu_model, "Test CPU @ 3.00GHz");
	assert_true(info.threadirqs);
	assert_int_equal(info.rt_runtime_us, 950000);
	assert_true(warns(&info, "clocksource hpet"));
	assert_true(warns(&info, "governor powersave"));
	sysinfo_irq(FIXTURES "machine", 24, &info);
	assert_string_equal(info.irq_affinity, "allowed 0-1, effective 1");
}

static void missing_facts_are_empty(void **state)
{
	struct sysinfo info;
	size_t i;

	(void)state;
	sysinfo_collect(FIXTURES "bare", &info);
	assert_string_equal(info.clocksource, "");
	assert_string_equal(info.governor, "");
	assert_string_equal(info.idle_states, "");
	assert_false(warns(&info, "clocksource"));
	assert_int_equal(info.rt_runtime_us, -1);
	for (i = 0; i < 2 * SYSINFO_WARNINGS_MAX; i++)
		sysinfo_warn(&info, "%0300d", 1);
	assert_int_equal(info.n_warnings, SYSINFO_WARNINGS_MAX);
}

/* On any machine: it is of files. */
static void hypervisors_without_cpuid(void **state)
{
	static const struct {
		const char *root, *name;
		bool emulated;
	} known[] = {
		{ FIXTURES "arm-virt", "QEMU, by TCG or KVM", false },
		{ FIXTURES "arm-max", "QEMU TCG", true },
		{ FIXTURES "bare", "none", false },
	};
	struct sysinfo info;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		memset(&info, 0, sizeof(info));
		armfacts_hypervisor(known[i].root, &info);
		assert_string_equal(info.hypervisor, known[i].name);
		assert_int_equal(info.emulated, known[i].emulated);
		assert_int_equal(warns(&info, "may emulate"), i == 0);
	}
}

static void processors_by_number(void **state)
{
	char model[SYSINFO_TEXT_BYTES];

	(void)state;
	assert_true(armfacts_cpu_model("processor\t: 0\nCPU implementer\t: 0x41\n"
				       "CPU architecture: 8\nCPU variant\t: 0x1\n"
				       "CPU part\t: 0xd07\nCPU revision\t: 0\n",
				       model));
	assert_string_equal(model, "Arm Cortex-A57");
	assert_true(armfacts_cpu_model("CPU implementer\t: 0x61\nCPU part\t: 0x22\n", model));
	assert_string_equal(model, "implementer 0x61, part 0x22");
	assert_false(armfacts_cpu_model("vendor_id\t: GenuineIntel\n", model));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hypervisors_are_named),
		cmocka_unit_test(hypervisor_of_the_kernel_is_said_too),
		cmocka_unit_test(facts_are_collected),
		cmocka_unit_test(missing_facts_are_empty),
		cmocka_unit_test(hypervisors_without_cpuid),
		cmocka_unit_test(processors_by_number),
	};

	return cmocka_run_group_tests_name("sysinfo", tests, NULL, NULL);
}
