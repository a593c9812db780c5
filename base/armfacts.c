// SPDX-License-Identifier: GPL-2.0-or-later
/* Hypervisor and processor of a machine of 64-bit ARM. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "armfacts.h"
#include "sysfile.h"

/*
 * MIDR_EL1, bits 31 to 24 (Arm Architecture Reference Manual, D19.2): who designed the
 * processor; 0 is for software. QEMU has it so for -cpu max, which it only emulates.
 */
#define MIDR	       "/sys/devices/system/cpu/cpu0/regs/identification/midr_el1"
#define DESIGNER(midr) ((midr) >> 24 & 0xff)

/**
 * armfacts_hypervisor - find out what runs this system
 * @root: prefix of /proc and /sys
 * @info: gets hypervisor and emulated, and a warning where they are not certain
 */
void armfacts_hypervisor(const char *root, struct sysinfo *info)
{
	static const struct {
		const char *path, *begins, *name;
	} signs[] = {
		{ "/sys/hypervisor/type", "xen", "Xen" },
		{ "/proc/device-tree/hypervisor/compatible", "xen", "Xen" },
		{ "/proc/device-tree/hypervisor/compatible", "linux,kvm", "KVM" },
		{ "/proc/device-tree/hypervisor/compatible", "vmware", "VMware" },
		{ "/sys/class/dmi/id/sys_vendor", "QEMU", "QEMU" },
		{ "/sys/class/dmi/id/sys_vendor", "VMware", "VMware" },
		{ "/sys/class/dmi/id/product_name", "Virtual Machine", "Hyper-V" },
		/* Its machine virt, without firmware; kvmtool's, too. */
		{ "/proc/device-tree/compatible", "linux,dummy-virt", "QEMU" },
	};
	const char *name = "none";
	char text[256];
	size_t i;

	for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (sysfile_read(root, signs[i].path, text, sizeof(text)) > 0 &&
		    !strncmp(text, signs[i].begins, strlen(signs[i].begins))) {
			name = signs[i].name;
			break;
		}
	}
	snprintf(info->hypervisor, sizeof(info->hypervisor), "%s", name);
	if (strcmp(name, "QEMU"))
		return;
	info->emulated = sysfile_read(root, MIDR, text, sizeof(text)) > 0 &&
			 DESIGNER(strtoul(text, NULL, 16)) == 0;
	if (info->emulated) {
		snprintf(info->hypervisor, sizeof(info->hypervisor), "QEMU TCG");
		return;
	}
	snprintf(info->hypervisor, sizeof(info->hypervisor), "QEMU, by TCG or KVM");
	sysinfo_warn(info, "QEMU may emulate this processor (TCG); from inside that is not seen");
}

/* The number in the first line that begins with @key, or -1. */
static long number_of(const char *cpuinfo, const char *key)
{
	const char *at = strstr(cpuinfo, key);

	at = at ? strchr(at, ':') : NULL;
	return at ? strtol(at + 1, NULL, 0) : -1;
}

/**
 * armfacts_cpu_model - name the first processor
 * @cpuinfo: text of /proc/cpuinfo, which has numbers only
 * @model: gets the name, or the numbers of a processor that has none here
 *
 * Numbers: Arm's technical reference manuals, MIDR_EL1. Returns false if the text has none.
 */
bool armfacts_cpu_model(const char *cpuinfo, char model[SYSINFO_TEXT_BYTES])
{
	static const struct {
		unsigned int designer, part;
		const char *name;
	} known[] = {
		{ 0x00, 0x051, "QEMU max" },	    { 0x41, 0xd03, "Arm Cortex-A53" },
		{ 0x41, 0xd04, "Arm Cortex-A35" },  { 0x41, 0xd05, "Arm Cortex-A55" },
		{ 0x41, 0xd07, "Arm Cortex-A57" },  { 0x41, 0xd08, "Arm Cortex-A72" },
		{ 0x41, 0xd09, "Arm Cortex-A73" },  { 0x41, 0xd0a, "Arm Cortex-A75" },
		{ 0x41, 0xd0b, "Arm Cortex-A76" },  { 0x41, 0xd0c, "Arm Neoverse-N1" },
		{ 0x41, 0xd40, "Arm Neoverse-V1" }, { 0x41, 0xd41, "Arm Cortex-A78" },
		{ 0x41, 0xd49, "Arm Neoverse-N2" }, { 0x41, 0xd4f, "Arm Neoverse-V2" },
		{ 0xc0, 0xac3, "Ampere Ampere-1" },
	};
	long designer = number_of(cpuinfo, "CPU implementer"),
	     part = number_of(cpuinfo, "CPU part");
	size_t i;

	if (designer < 0 || part < 0)
		return false;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (known[i].designer != designer || known[i].part != part)
			continue;
		snprintf(model, SYSINFO_TEXT_BYTES, "%s", known[i].name);
		return true;
	}
	snprintf(model, SYSINFO_TEXT_BYTES, "implementer %#lx, part %#lx", designer, part);
	return true;
}
