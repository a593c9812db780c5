// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files of /proc, /sys and /dev of any content, for libFuzzer: facts about lines, devices
 * and the system. The input is cut at bytes of value 1; the first byte of a piece chooses
 * the file, the rest is its content.
 */
#include "fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#include "base/sysinfo.h"
#include "irqtop/tables/irqtable.h"
#include "irqtop/view/collect.h"
#include "libprocirq/local.h"

#define DEVICE "sys/bus/pci/devices/0000:00:04.0/"
#define CPU    "sys/devices/system/cpu/"

static const char *const files[] = {
	"proc/irq/24/smp_affinity_list",
	"proc/irq/24/effective_affinity_list",
	"proc/irq/24/affinity_hint",
	"proc/irq/24/node",
	"proc/irq/24/spurious",
	"sys/kernel/irq/24/actions",
	"sys/kernel/irq/24/chip_name",
	"sys/kernel/irq/24/hwirq",
	"sys/kernel/irq/24/type",
	"sys/kernel/irq/24/name",
	"sys/kernel/irq/24/wakeup",
	"proc/procirq/readers",
	"proc/2/task/2/children",
	"dev/irqgen",
	DEVICE "resource",
	DEVICE "config",
	DEVICE "vendor",
	DEVICE "device",
	DEVICE "irq",
	DEVICE "uevent",
	CPU "online",
	CPU "isolated",
	CPU "nohz_full",
	CPU "cpu0/cache/index3/shared_cpu_list",
	CPU "cpu0/cache/index3/level",
	CPU "cpuidle/current_driver",
	CPU "cpu0/cpuidle/state0/name",
	CPU "cpu0/cpufreq/scaling_governor",
	"sys/devices/system/node/node0/cpulist",
	"sys/devices/system/clocksource/clocksource0/current_clocksource",
	"proc/cpuinfo",
	"proc/cmdline",
	"proc/sys/kernel/sched_rt_runtime_us",
};

#define N_FILES (sizeof(files) / sizeof(files[0]))

static char root[64];
static int root_fd;

static void make_root(void)
{
	char path[PATH_MAX];
	size_t i;

	snprintf(root, sizeof(root), "/dev/shm/fuzz-tree.XXXXXX");
	require(mkdtemp(root));
	for (i = 0; i < N_FILES; i++) {
		snprintf(path, sizeof(path), "%s/%s", root, files[i]);
		for (char *p = path + strlen(root) + 1; (p = strchr(p, '/')); p++) {
			*p = '\0';
			mkdir(path, 0700);
			*p = '/';
		}
	}
	root_fd = open(root, O_RDONLY | O_DIRECTORY);
	require(root_fd >= 0);
}

static void put(const uint8_t *piece, size_t size)
{
	const char *file = files[piece[0] % N_FILES];
	int fd = openat(root_fd, file, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	require(fd >= 0 && write(fd, piece + 1, size - 1) == (ssize_t)size - 1);
	close(fd);
}

static void read_lines(void)
{
	unsigned int irqs[4];
	char text[256];
	static const char *const names[] = { "24", "disk", "0000:00:04.0", "irqgen:0", "irqgen:3" };
	size_t i;
	int n;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		n = procirq_resolve_at(root, names[i], irqs, 4);
		if (n < 0)
			procirq_explain_name_at(root, names[i], ENOENT, text, sizeof(text));
	}
	n = procirq_holders_at(root, 24, text, sizeof(text));
	require(n < 0 || strlen(text) < sizeof(text));
	procirq_explain_at(root, 24, EBUSY, text, sizeof(text));
	require(!strchr(text, '\n'));
}

static void read_device(void)
{
	struct procirq_bar bar;
	char text[64];
	unsigned int i;

	for (i = 0; i < 6; i++)
		if (!procirq_pci_bar_at(root, "0000:00:04.0", i, &bar))
			require(!bar.bytes || bar.start + bar.bytes - 1 >= bar.start);
	procirq_pci_command_at(root, "0000:00:04.0");
	procirq_pci_config_bytes_at(root, "0000:00:04.0");
	procirq_pci_has_id(root, "0000:00:04.0", 0x1234, 0x11e8);
	procirq_pci_find_at(root, "1234:11e8", text);
	procirq_pci_owner_at(root, 24, text);
}

static void read_facts(void)
{
	static struct irqtable_devices devices;
	struct irqtable_place places[4];
	static struct irqtable_facts facts;
	static struct detail detail;
	struct cpu_mask mask;
	unsigned int i;

	irqtable_facts_read(&facts, root_fd, 24, IRQTABLE_HAVE_ALL);
	require(strnlen(facts.actions, sizeof(facts.actions)) < sizeof(facts.actions));
	irqtable_places_read(places, 4, root_fd);
	for (i = 0; i < 4; i++)
		require(places[i].node >= -1 && places[i].cache >= -1);
	if (!irqtable_devices_read(&devices, root_fd))
		irqtable_devices_find(&devices, 24);
	detail_read(&detail, root_fd, 24);
	require(detail.nreaders <= DETAIL_READERS);
	memset(&mask, 0, sizeof(mask));
}

static void read_system(void)
{
	static struct sysinfo info;
	const struct sysinfo_field *field;
	char text[32];

	sysinfo_collect(root, &info);
	sysinfo_irq(root, 24, &info);
	for (field = sysinfo_fields; field->key; field++)
		require(strlen(sysinfo_text(&info, field, text, sizeof(text))) <
			SYSINFO_TEXT_BYTES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end;
	size_t len, i;

	if (!root[0])
		make_root();
	for (; size; data += len + 1, size = size > len ? size - len - 1 : 0) {
		end = memchr(data, 1, size);
		len = end ? (size_t)(end - data) : size;
		if (len)
			put(data, len);
	}
	read_lines();
	read_device();
	read_facts();
	read_system();
	for (i = 0; i < N_FILES; i++)
		unlinkat(root_fd, files[i], 0);
	return 0;
}
