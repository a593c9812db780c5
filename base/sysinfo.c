// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading facts about the system from /proc, /sys and the CPU. */

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

#include "armfacts.h"
#include "sysfile.h"
#include "sysinfo.h"

/* CPUID signature of QEMU without hardware virtualisation. */
#define TCG_SIGNATURE "TCGTCGTCGTCG"

#define FIELD(type_, member, label_)                                      \
	{                                                                 \
		.key = #member, .label = label_, .type = SYSINFO_##type_, \
		.offset = offsetof(struct sysinfo, member)                \
	}

/* In the order of all outputs. */
const struct sysinfo_field sysinfo_fields[] = {
	FIELD(TEXT, date, "date"),
	FIELD(TEXT, kernel, "kernel"),
	FIELD(TEXT, kernel_build, "kernel build"),
	FIELD(BOOL, rt, "PREEMPT_RT"),
	FIELD(TEXT, cpu_model, "processor"),
	FIELD(TEXT, hypervisor, "hypervisor"),
	FIELD(BOOL, emulated, "emulated"),
	FIELD(TEXT, cpus_online, "CPUs online"),
	FIELD(TEXT, clocksource, "clocksource"),
	FIELD(TEXT, clock_overhead, "own overhead"),
	FIELD(TEXT, trace_clock, "trace clock"),
	FIELD(TEXT, governor, "governor"),
	FIELD(TEXT, idle_states, "idle states"),
	FIELD(BOOL, cpu_dma_latency_held, "idle held off"),
	FIELD(TEXT, isolated_cpus, "isolated CPUs"),
	FIELD(TEXT, nohz_full_cpus, "nohz_full CPUs"),
	FIELD(BOOL, threadirqs, "threadirqs"),
	FIELD(INT, rt_runtime_us, "RT runtime, us"),
	FIELD(TEXT, cpu_quota, "CPU quota"),
	FIELD(TEXT, rt_budget, "RT budget"),
	FIELD(TEXT, steal, "steal time"),
	FIELD(TEXT, irq_affinity, "IRQ affinity"),
	FIELD(TEXT, measured_cpu, "measured CPU"),
	FIELD(TEXT, source_cpu, "source CPU"),
	FIELD(TEXT, priority, "priority"),
	FIELD(TEXT, timer_slack, "timer slack"),
	FIELD(BOOL, memory_locked, "memory locked"),
	{ .key = NULL },
};

/**
 * sysinfo_warn - add a warning about something that makes the figures unreliable
 * @info: gets the warning, if it has less than SYSINFO_WARNINGS_MAX
 * @format: as of printf(), one sentence
 */
void sysinfo_warn(struct sysinfo *info, const char *format, ...)
{
	va_list args;

	if (info->n_warnings == SYSINFO_WARNINGS_MAX)
		return;
	va_start(args, format);
	vsnprintf(info->warnings[info->n_warnings++], SYSINFO_WARNING_BYTES, format, args);
	va_end(args);
}

/**
 * sysinfo_text - a fact as text
 * @info: facts
 * @field: which of them
 * @buf: may get the text
 * @size: bytes in @buf, at least 21
 *
 * Returns the text, which is in @info, in @buf or constant; "-" if unknown.
 */
const char *sysinfo_text(const struct sysinfo *info, const struct sysinfo_field *field, char *buf,
			 size_t size)
{
	const char *member = (const char *)info + field->offset;

	if (info->texts_only && field->type != SYSINFO_TEXT)
		return "-";
	switch (field->type) {
	case SYSINFO_TEXT:
		return *member ? member : "-";
	case SYSINFO_BOOL:
		return *(const bool *)member ? "yes" : "no";
	case SYSINFO_INT:
		snprintf(buf, size, "%" PRId64, *(const int64_t *)member);
		return buf;
	}
	return "-";
}

/*
 * sysfile_read() for a fact. A file that is there and cannot be read, as without memory
 * for it, is one more warning: that the fact is unknown does not mean that it does not
 * apply.
 */
static int fact_read(const char *root, const char *path, char *buf, size_t size,
		     struct sysinfo *info)
{
	int len = sysfile_read(root, path, buf, size);

	if (len >= 0 || sysfile_is_absent(errno))
		return len;
	if (!info->unread[0])
		snprintf(info->unread, sizeof(info->unread), "%.120s: %s", path, strerror(errno));
	sysinfo_warn(info, "%s: cannot be read: %s", path, strerror(errno));
	return -1;
}

/**
 * sysinfo_hypervisor_name - the hypervisor that a CPUID signature belongs to
 * @signature: 12 characters of leaf 0x40000000, NUL terminated
 * @emulated: set to whether an emulator interprets the instructions, so that times are
 *	not those of a processor
 *
 * Returns the name, @signature itself if it is not known, or "unknown" if it is empty.
 */
const char *sysinfo_hypervisor_name(const char signature[13], bool *emulated)
{
	static const struct {
		const char *signature;
		const char *name;
	} known[] = {
		{ .signature = TCG_SIGNATURE, .name = "QEMU TCG" },
		{ .signature = "KVMKVMKVM", .name = "KVM" },
		{ .signature = "Microsoft Hv", .name = "Hyper-V" },
		{ .signature = "VMwareVMware", .name = "VMware" },
		{ .signature = "XenVMMXenVMM", .name = "Xen" },
		{ .signature = "VBoxVBoxVBox", .name = "VirtualBox" },
		{ .signature = "bhyve bhyve ", .name = "bhyve" },
		{ .signature = "ACRNACRNACRN", .name = "ACRN" },
	};
	size_t i;

	*emulated = !strcmp(signature, TCG_SIGNATURE);
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(signature, known[i].signature))
			return known[i].name;
	return *signature ? signature : "unknown";
}

/**
 * sysinfo_kernel_hypervisor - add the hypervisor whose clock the kernel found
 * @clocks: names of clocksources, separated by blanks
 * @hypervisor: name by CPUID, where a hypervisor says what it wants to be taken for;
 *	where the kernel found another one it is said, too
 */
void sysinfo_kernel_hypervisor(const char *clocks, char hypervisor[SYSINFO_TEXT_BYTES])
{
	static const struct {
		const char *clock;
		const char *name;
	} known[] = {
		{ .clock = "kvm-clock", .name = "KVM" },
		{ .clock = "hyperv_clocksource", .name = "Hyper-V" },
		{ .clock = "xen", .name = "Xen" },
	};
	char by_cpuid[40];

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (!strstr(clocks, known[i].clock) || strstr(hypervisor, known[i].name))
			continue;
		snprintf(by_cpuid, sizeof(by_cpuid), "%.39s", hypervisor);
		snprintf(hypervisor, SYSINFO_TEXT_BYTES, "%s by CPUID, %s by the kernel's clock %s",
			 by_cpuid, known[i].name, known[i].clock);
		return;
	}
}

static void collect_hypervisor(const char *root, struct sysinfo *info)
{
#if defined(__x86_64__) || defined(__i386__)
	unsigned int a, b, c, d;
	char signature[13] = "";

	(void)root;
	snprintf(info->hypervisor, sizeof(info->hypervisor), "none");
	/* CPUID.1:ECX[31] says whether leaf 0x40000000 is valid. */
	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c >> 31))
		return;
	__cpuid(0x40000000, a, b, c, d);
	memcpy(signature, &b, 4);
	memcpy(signature + 4, &c, 4);
	memcpy(signature + 8, &d, 4);
	snprintf(info->hypervisor, sizeof(info->hypervisor), "%s",
		 sysinfo_hypervisor_name(signature, &info->emulated));
#else
	armfacts_hypervisor(root, info);
#endif
}

static void collect_cpu_model(const char *root, struct sysinfo *info)
{
	char text[4096], *name, *end;

	if (fact_read(root, "/proc/cpuinfo", text, sizeof(text), info) < 0)
		return;
	name = strstr(text, "model name");
	if (name)
		name = strchr(name, ':');
	if (!name) {
		armfacts_cpu_model(text, info->cpu_model);
		return;
	}
	name += strspn(name, ": \t");
	end = strchrnul(name, '\n');
	snprintf(info->cpu_model, sizeof(info->cpu_model), "%.*s", (int)(end - name), name);
}

/* "acpi_idle: POLL C1 C2", or empty when the kernel has no cpuidle. */
static void collect_idle_states(const char *root, struct sysinfo *info)
{
	char *out = info->idle_states;
	size_t size = sizeof(info->idle_states), len;
	char path[96], name[32];
	int state;

	if (fact_read(root, "/sys/devices/system/cpu/cpuidle/current_driver", name, sizeof(name),
		      info) <= 0 ||
	    !strcmp(name, "none"))
		return;
	len = (size_t)snprintf(out, size, "%s:", name);
	for (state = 0; state < 16 && len < size; state++) {
		snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu0/cpuidle/state%d/name",
			 state);
		if (fact_read(root, path, name, sizeof(name), info) < 0)
			break;
		len += (size_t)snprintf(out + len, size - len, " %s", name);
	}
}

static void collect_kernel(const char *root, struct sysinfo *info)
{
	struct utsname names;
	char text[4096];

	uname(&names);
	snprintf(info->kernel, sizeof(info->kernel), "%.60s %.60s", names.release, names.machine);
	snprintf(info->kernel_build, sizeof(info->kernel_build), "%s", names.version);
	/* Only kernels with the RT patch have /sys/kernel/realtime. */
	info->rt = strstr(names.version, "PREEMPT_RT") ||
		   (fact_read(root, "/sys/kernel/realtime", text, sizeof(text), info) > 0 &&
		    text[0] == '1');
	if (fact_read(root, "/proc/cmdline", text, sizeof(text), info) > 0)
		info->threadirqs = info->rt || strstr(text, "threadirqs");
	info->rt_runtime_us = -1;
	if (fact_read(root, "/proc/sys/kernel/sched_rt_runtime_us", text, sizeof(text), info) > 0)
		info->rt_runtime_us = strtoll(text, NULL, 10);
}

/**
 * sysinfo_clock_is_quick - can the clock be read without a system call?
 * @clocksource: name in /sys; "tsc-early" is the TSC in the first seconds after a boot
 */
bool sysinfo_clock_is_quick(const char *clocksource)
{
	static const char *const quick[] = { "tsc", "tsc-early", "arch_sys_counter", "kvm-clock" };
	size_t i;

	for (i = 0; i < sizeof(quick) / sizeof(quick[0]); i++)
		if (!strcmp(clocksource, quick[i]))
			return true;
	return false;
}

static void warn_about(struct sysinfo *info)
{
	if (info->emulated)
		sysinfo_warn(
			info,
			"%s: an emulator runs this system; times measure the emulator and its host, not hardware",
			info->hypervisor);
	else if (strcmp(info->hypervisor, "none") && *info->hypervisor)
		sysinfo_warn(
			info,
			"virtual machine (%s): times contain exits to the host and its scheduling",
			info->hypervisor);
	if (*info->clocksource && !sysinfo_clock_is_quick(info->clocksource))
		sysinfo_warn(
			info,
			"clocksource %s: slow to read, each read adds to the figures (tsc is better)",
			info->clocksource);
	if (*info->governor && strcmp(info->governor, "performance"))
		sysinfo_warn(
			info,
			"CPU frequency governor %s: the clock rate may change while measuring (performance is better)",
			info->governor);
}

/**
 * sysinfo_collect - read the facts about a system
 * @root: prefix of /proc and /sys
 * @info: overwritten; has warnings that follow from the facts, too
 */
void sysinfo_collect(const char *root, struct sysinfo *info)
{
	const struct {
		const char *path;
		char *text;
	} files[] = {
		{ "/sys/devices/system/clocksource/clocksource0/current_clocksource",
		  info->clocksource },
		{ "/sys/devices/system/cpu/online", info->cpus_online },
		{ "/sys/devices/system/cpu/isolated", info->isolated_cpus },
		{ "/sys/devices/system/cpu/nohz_full", info->nohz_full_cpus },
		{ "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", info->governor },
	};
	char clocks[SYSINFO_TEXT_BYTES];
	time_t now = time(NULL);
	struct tm utc;
	size_t i;

	memset(info, 0, sizeof(*info));
	gmtime_r(&now, &utc);
	strftime(info->date, sizeof(info->date), "%Y-%m-%dT%H:%M:%SZ", &utc);
	collect_kernel(root, info);
	collect_cpu_model(root, info);
	collect_hypervisor(root, info);
	sysfile_read(root, "/sys/devices/system/clocksource/clocksource0/available_clocksource",
		     clocks, sizeof(clocks));
	if (!info->emulated)
		sysinfo_kernel_hypervisor(clocks, info->hypervisor);
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		fact_read(root, files[i].path, files[i].text, SYSINFO_TEXT_BYTES, info);
	/* The kernel prints "(null)" without nohz_full=. */
	if (strstr(info->nohz_full_cpus, "(null)"))
		info->nohz_full_cpus[0] = '\0';
	collect_idle_states(root, info);
	warn_about(info);
}

/**
 * sysinfo_irq - read the affinity of a line's interrupts
 * @root: prefix of /proc
 * @irq: number of the line
 * @info: its irq_affinity is set to "allowed 0-1, effective 0"
 */
void sysinfo_irq(const char *root, unsigned int irq, struct sysinfo *info)
{
	char path[64], allowed[48], effective[48];

	snprintf(path, sizeof(path), "/proc/irq/%u/smp_affinity_list", irq);
	if (fact_read(root, path, allowed, sizeof(allowed), info) <= 0)
		return;
	snprintf(path, sizeof(path), "/proc/irq/%u/effective_affinity_list", irq);
	if (fact_read(root, path, effective, sizeof(effective), info) <= 0)
		snprintf(effective, sizeof(effective), "unknown");
	snprintf(info->irq_affinity, sizeof(info->irq_affinity), "allowed %s, effective %s",
		 allowed, effective);
}
