// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Finding the distributor. The driver of GICv3 has its registers in /proc/iomem; that of
 * GICv2 has not, and there the device tree tells.
 */

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/sysfile.h"
#include "base/why.h"
#include "distributor.h"

#define TREE "/sys/firmware/devicetree/base"

/* Bytes of the registers: a page, which GICv3 has made larger. */
#define GICV2_BYTES 0x1000
#define GICV3_BYTES 0x10000
/* Register with the version of the architecture, this far from the end. */
#define GICD_PIDR2_FROM_END 0x18

/* Physical address of the registers; bytes 0: not found. */
struct place {
	unsigned long long start;
	size_t bytes;
};

/* Without privilege all addresses read as 0. */
static struct place find_in_iomem(void)
{
	FILE *file = fopen("/proc/iomem", "re");
	struct place place = { 0 };
	unsigned long long start;
	char row[256];

	while (file && !place.bytes && fgets(row, sizeof(row), file))
		if (sscanf(row, " %llx-", &start) == 1 && start && strstr(row, " : GICD\n"))
			place = (struct place){ start, GICV3_BYTES };
	if (file)
		fclose(file);
	return place;
}

/* Cells of a property are big-endian words. */
static unsigned long long read_cells(const unsigned char *at, unsigned int n)
{
	unsigned long long value = 0;
	unsigned int i;

	for (i = 0; i < n * 4; i++)
		value = value << 8 | at[i];
	return value;
}

/* The bytes of a property; missing ones are 0. Returns how many the file has, at most @size. */
static size_t read_property(const char *node, const char *name, unsigned char *buf, size_t size)
{
	char path[PATH_MAX];
	ssize_t n = 0;
	int fd;

	memset(buf, 0, size);
	snprintf(path, sizeof(path), "%s/%s", node, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, buf, size);
		close(fd);
	}
	return n > 0 ? (size_t)n : 0;
}

static bool is_gicv2(const char *node)
{
	static const char *const kinds[] = { "arm,gic-400", "arm,cortex-a15-gic",
					     "arm,cortex-a9-gic", "arm,cortex-a7-gic" };
	unsigned char text[256];
	size_t len = read_property(node, "compatible", text, sizeof(text) - 1), at, i;

	for (at = 0; at < len; at += strlen((char *)text + at) + 1)
		for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
			if (!strcmp((char *)text + at, kinds[i]))
				return true;
	return false;
}

/* Of a node whose parent is the root, or a bus that does not translate addresses. */
static struct place node_place(const char *node)
{
	unsigned char cells[4], reg[8], ranges[4];
	char parent[PATH_MAX];
	unsigned int n;

	snprintf(parent, sizeof(parent), "%s/..", node);
	read_property(parent, "#address-cells", cells, sizeof(cells));
	n = (unsigned int)read_cells(cells, 1);
	if (n < 1 || n > 2 || read_property(node, "reg", reg, sizeof(reg)) < n * 4 ||
	    read_property(parent, "ranges", ranges, sizeof(ranges)))
		return (struct place){ 0 };
	return (struct place){ read_cells(reg, n), GICV2_BYTES };
}

static struct place find_in_tree(void)
{
	struct place place = { 0 };
	glob_t nodes;
	size_t i;

	if (glob(TREE "/{*,*/*}/interrupt-controller", GLOB_BRACE, NULL, &nodes))
		return place;
	for (i = 0; i < nodes.gl_pathc && !place.bytes; i++) {
		*strrchr(nodes.gl_pathv[i], '/') = '\0';
		if (is_gicv2(nodes.gl_pathv[i]))
			place = node_place(nodes.gl_pathv[i]);
	}
	globfree(&nodes);
	return place;
}

/* GICv2, v3 and v4 are alike in what is used here. */
static bool is_gic(const struct distributor *distributor)
{
	size_t at = (distributor->bytes - GICD_PIDR2_FROM_END) / 4;
	uint32_t version = distributor->registers[at] >> 4 & 0xf;

	return version >= 2 && version <= 4;
}

static int map_place(struct distributor *distributor, const struct place *place, struct why *why)
{
	int fd = open("/dev/mem", O_RDWR | O_SYNC | O_CLOEXEC);
	void *map;

	if (fd < 0)
		return why_set(why, "--source gic: /dev/mem: %s%s", strerror(errno),
			       errno == EACCES ? "; run irqlat as root" :
			       errno == EPERM  ? "; kernel lockdown, or no CAP_SYS_RAWIO" :
						 "");
	map = mmap(NULL, place->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)place->start);
	close(fd);
	if (map == MAP_FAILED)
		return why_set(
			why, "--source gic: /dev/mem: cannot map the controller's registers: %s%s",
			strerror(errno), errno == EPERM ? "; boot with iomem=relaxed" : "");
	*distributor = (struct distributor){ map, place->bytes };
	return 0;
}

/**
 * distributor_map - map the registers of the machine's interrupt controller
 * @distributor: gets them
 * @why: gets the reason of a failure
 *
 * Returns 0 or -1.
 */
int distributor_map(struct distributor *distributor, struct why *why)
{
	struct place place = find_in_iomem();

	if (!place.bytes)
		place = find_in_tree();
	if (!place.bytes && geteuid())
		return why_set(why, "--source gic: no GIC found; run irqlat as root");
	if (!place.bytes)
		return why_set(
			why, "--source gic: no GICv2 or GICv3 in /proc/iomem and the device tree");
	if (map_place(distributor, &place, why))
		return -1;
	if (is_gic(distributor))
		return 0;
	distributor_unmap(distributor);
	return why_set(why, "--source gic: no GICv2 or GICv3 at %#llx", place.start);
}

void distributor_unmap(struct distributor *distributor)
{
	if (distributor->registers)
		munmap((void *)distributor->registers, distributor->bytes);
	distributor->registers = NULL;
}
