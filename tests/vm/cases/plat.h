/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Platform devices of platdev.ko over the registers of the edu devices, bound to
 * procirq-platform.
 */
#ifndef PLAT_H
#define PLAT_H

#include "edu.h"
#include "guest.h"

#define DEVICES	 "/sys/bus/platform/devices/"
#define DRIVER	 "/sys/bus/platform/drivers/procirq-platform"
#define PLATDEV	 "/sys/module/platdev/parameters/"
#define EDU_LIVE 0x04 /* reads as the inverse of what was written */

/* A platform device over the registers of an edu device. */
struct plat {
	const char *name;
	unsigned long long start; /* of the registers, physical */
	int irq;
};

HELPER unsigned long long pci_bar_start(const char *device)
{
	char path[128], text[512];

	snprintf(path, sizeof(path), PCI_DEVICE "%s/resource", device);
	REQUIRE(read_text(path, text, sizeof(text)));
	return strtoull(text, NULL, 0);
}

/* Enables an edu device, without a driver. Returns its interrupt. */
HELPER int edu_enable(const char *device)
{
	char path[128];
	int fd;

	if (access(PCI_DEVICE EDU_1, F_OK))
		SKIP("no edu device");
	/* Else procirq-pci binds to it whenever procirq is loaded, and has it use MSI. */
	snprintf(path, sizeof(path), PCI_DEVICE "%s/driver_override", device);
	put_text(path, "\n");
	pci_unbind(device);
	snprintf(path, sizeof(path), PCI_DEVICE "%s/enable", device);
	REQUIRE(put_text(path, "1") == 0);
	REQUIRE(pci_intx_enable(device));
	snprintf(path, sizeof(path), PCI_DEVICE "%s/resource0", device);
	fd = open(path, O_RDWR | O_SYNC | O_CLOEXEC);
	REQUIRE(fd >= 0);
	close(fd);
	edu_ack(edu_map(device));
	return pci_irq(device);
}

HELPER void edu_disable(const char *device)
{
	char path[128];

	snprintf(path, sizeof(path), PCI_DEVICE "%s/enable", device);
	put_text(path, "0");
}

HELPER struct plat plat_at(const char *name, const char *edu)
{
	REQUIRE(module_loaded("platdev") || module_load("platdev", "") == 0);
	return (struct plat){ .name = name, .irq = edu_enable(edu), .start = pci_bar_start(edu) };
}

HELPER int plat_bind(const char *name)
{
	char path[200];

	snprintf(path, sizeof(path), DEVICES "%s/driver_override", name);
	if (put_text(path, "procirq-platform\n"))
		return -1;
	return put_text(DRIVER "/bind", "%s", name);
}

HELPER int plat_unbind(const char *name)
{
	return put_text(DRIVER "/unbind", "%s", name);
}

/* A device with one region and one interrupt, bound. */
HELPER struct plat plat_make(const char *name, const char *edu)
{
	struct plat plat = plat_at(name, edu);

	REQUIRE(put_text(PLATDEV "add", "%s mem=%#llx,0x1000 irq=%d", name, plat.start, plat.irq) ==
		0);
	REQUIRE(plat_bind(name) == 0);
	return plat;
}

HELPER const char *plat_path(const char *name, const char *file)
{
	static __thread char path[200];

	snprintf(path, sizeof(path), DEVICES "%s/procirq/%s", name, file);
	return path;
}

/* What a file of the device says, in a buffer. */
HELPER const char *plat_says(const char *name, const char *file)
{
	static __thread char text[4096];

	read_text(plat_path(name, file), text, sizeof(text));
	return text;
}

HELPER int region_open(const char *name, int region)
{
	char file[16];

	snprintf(file, sizeof(file), "region%d", region);
	return open(plat_path(name, file), O_RDWR | O_CLOEXEC);
}

HELPER volatile uint32_t *region_map(const char *name, int region)
{
	int fd = region_open(name, region);
	void *map;

	REQUIRE(fd >= 0);
	map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	REQUIRE(map != MAP_FAILED);
	return map;
}

/* Check and acknowledge as of an edu device; release leaves a word in it. */
HELPER struct procirq_descriptor region_descriptor(const char *name)
{
	struct procirq_descriptor d = { .size = sizeof(d), .flags = PROCIRQ_DESC_PLATFORM };
	const int region = PROCIRQ_SPACE_REGION;

	snprintf(d.platform, sizeof(d.platform), "%s", name);
	d.nr_check = d.nr_ack = 1;
	d.nr_release = 2;
	d.steps[0] = step(region, 0, 32, PROCIRQ_OP_TEST_ANY, EDU_STATUS, ~0U, 0);
	d.steps[1] = step(region, 0, 32, PROCIRQ_OP_WRITE_STATUS, EDU_ACK, ~0U, 0);
	d.steps[2] = step(region, 0, 32, PROCIRQ_OP_WRITE, EDU_ACK, 0, ~0U);
	d.steps[3] = step(region, 0, 32, PROCIRQ_OP_WRITE, EDU_LIVE, 0, 0x5a);
	return d;
}

#endif /* PLAT_H */
