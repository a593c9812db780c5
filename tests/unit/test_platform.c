// SPDX-License-Identifier: GPL-2.0-or-later
/* libprocirq: platform devices by name, their descriptors, and errors in words. */

#include "machine.h"

#include <errno.h>
#include <unistd.h>

#include "libprocirq/local.h"
#include "libprocirq/procirq.h"

#define RTC "sys/bus/platform/devices/9010000.rtc/"

/* A bound device with two interrupts and two regions, and one that has another driver. */
static int make_machine(void **state)
{
	char path[160];

	(void)state;
	if (machine_begin())
		return -1;
	put_text(RTC "procirq/irqs", "0 17 alarm\n1 18\n");
	put_text(RTC "procirq/regions", "0 0x9010000 0x1000\n1 0x9012002 0x40\n");
	put_text(RTC "procirq/widths", "32\n");
	snprintf(path, sizeof(path), "%s/" RTC "driver", machine);
	assert_int_equal(symlink("../../drivers/procirq-platform", path), 0);
	put_text("sys/bus/platform/devices/serial8250/uevent", "");
	snprintf(path, sizeof(path), "%s/sys/bus/platform/devices/serial8250/driver", machine);
	assert_int_equal(symlink("../../drivers/serial8250", path), 0);
	put_text("sys/kernel/irq/17/actions", "\n");
	put_text("sys/bus/pci/devices/none", "");
	return 0;
}

static void names_of_devices(void **state)
{
	char device[PROCIRQ_PLATFORM_BYTES], name[100] = "platform:";

	(void)state;
	assert_int_equal(procirq_platform_find_at(machine, "9010000.rtc", device), 0);
	assert_string_equal(device, "9010000.rtc");
	assert_int_equal(procirq_platform_find_at(machine, "platform:none", device), 0);
	assert_string_equal(device, "none");
	assert_int_equal(procirq_platform_find_at(machine, "none", device), -1);
	assert_int_equal(errno, ENXIO);
	assert_int_equal(procirq_platform_find_at(machine, "platform:a/b", device), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(procirq_platform_find_at(machine, "platform:", device), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(procirq_platform_find_at(machine, "platform:..", device), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(procirq_platform_find_at(machine, "platform:a b", device), -1);
	assert_int_equal(errno, EINVAL);
	memset(name + 9, 'x', 64);
	assert_int_equal(procirq_platform_find_at(machine, name, device), -1);
	assert_int_equal(errno, EINVAL);
	name[9 + 63] = '\0';
	assert_int_equal(procirq_platform_find_at(machine, name, device), 0);
	assert_int_equal(strlen(device), 63);
}

static void names_of_lines(void **state)
{
	static const struct {
		const char *name;
		int n;
		unsigned int first;
	} cases[] = {
		{ "platform:9010000.rtc", 2, 17 },
		{ "9010000.rtc", 2, 17 },
		{ "platform:9010000.rtc/alarm", 1, 17 },
		{ "platform:9010000.rtc/0", 1, 17 },
		{ "9010000.rtc/1", 1, 18 },
		{ "platform:9010000.rtc/2", -1, 0 },
		{ "platform:9010000.rtc/other", -1, 0 },
		{ "platform:none", -1, 0 },
		{ "platform:serial8250", -1, 0 },
		{ "9010000.rtc/17", -1, 0 },
	};
	unsigned int irqs[4];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		errno = 0;
		assert_int_equal(procirq_resolve_at(machine, cases[i].name, irqs, 4), cases[i].n);
		if (cases[i].n > 0)
			assert_int_equal(irqs[0], cases[i].first);
		else
			assert_int_equal(errno, ENXIO);
	}
	assert_int_equal(procirq_resolve_at(machine, "9010000.rtc", NULL, 0), 2);
}

static void character_devices(void **state)
{
	static const struct {
		const char *name;
		const char *path; /* NULL: none */
	} cases[] = {
		{ "0000:00:04.0/1", "/dev/procirq/0000:00:04.0/1" },
		{ "00:04.0/0", "/dev/procirq/0000:00:04.0/0" },
		{ "00:08.0", "/dev/procirq/0000:00:08.0/0" },
		{ "00:08.0/0", "/dev/procirq/0000:00:08.0/0" },
		{ "platform:9010000.rtc/alarm", "/dev/procirq/9010000.rtc/0" },
		{ "9010000.rtc/1", "/dev/procirq/9010000.rtc/1" },
		/* Several interrupts, no such one, not bound, no such form. */
		{ "00:04.0", NULL },
		{ "9010000.rtc", NULL },
		{ "00:04.0/2", NULL },
		{ "00:09.0", NULL },
		{ "00:08.0/", NULL },
		{ "00:08.0/-0", NULL },
		{ "00:08.0/0x", NULL },
		{ "00:08.0/ 0", NULL },
		{ "0000:00:08.0:0/0", NULL },
		{ "00:08.0/../00:08.0/0", NULL },
		{ "17", NULL },
		{ "", NULL },
	};
	char path[PATH_MAX], why[PROCIRQ_EXPLAIN_BYTES];
	unsigned int irq;
	size_t i;

	(void)state;
	put_text("dev/procirq/0000:00:04.0/0", "");
	put_text("dev/procirq/0000:00:04.0/1", "");
	put_text("dev/procirq/0000:00:08.0/0", "");
	put_text("dev/procirq/9010000.rtc/0", "");
	put_text("dev/procirq/9010000.rtc/1", "");
	put_text("sys/class/procirq-irq/0000:00:04.0:1/irq", "27\n");
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(procirq_devfile_find_at(machine, cases[i].name, path),
				 !!cases[i].path);
		if (cases[i].path)
			assert_string_equal(path + strlen(machine), cases[i].path);
	}
	assert_int_equal(procirq_resolve_at(machine, "00:04.0/1", &irq, 1), 1);
	assert_int_equal(irq, 27);
	assert_int_equal(procirq_resolve_at(machine, "00:04.0/2", &irq, 1), -1);
	assert_int_equal(errno, ENXIO);
	procirq_explain_name_at(machine, "00:04.0/1", EACCES, why, sizeof(why));
	assert_non_null(strstr(why, "/dev/procirq/0000:00:04.0/1: permission denied; its owner"));
	procirq_explain_name_at(machine, "00:04.0/2", ENXIO, why, sizeof(why));
	assert_string_equal(
		why,
		"\"00:04.0/2\": no PCI device that has that vector is bound to procirq-pci; run: procirq bind");
}

#define FILE_TEXT                                     \
	"device platform:9010000.rtc\n"               \
	"check region 0 offset 0x18 width 32 any 1\n" \
	"ack region 0 offset 0x1c width 32 write 1\n"

/* Returns the message, "" for none. */
static const char *parsed(struct procirq_descriptor *d, const char *text, const char *device)
{
	static char why[PROCIRQ_EXPLAIN_BYTES];

	procirq_descriptor_parse_at(machine, d, "x.irqdev", text, strlen(text), device, why,
				    sizeof(why));
	return why;
}

static void text_becomes_a_descriptor(void **state)
{
	struct procirq_descriptor d;
	char name[PROCIRQ_DEVICE_BYTES];

	(void)state;
	assert_string_equal(parsed(&d, FILE_TEXT, NULL), "");
	assert_int_equal(d.flags, PROCIRQ_DESC_PLATFORM);
	assert_string_equal(d.platform, "9010000.rtc");
	assert_int_equal(d.steps[0].space, PROCIRQ_SPACE_REGION);
	assert_int_equal(d.steps[1].offset, 0x1c);
	procirq_descriptor_device(&d, name);
	assert_string_equal(name, "platform:9010000.rtc");
	/* The caller's device counts. */
	assert_string_equal(parsed(&d, FILE_TEXT, "platform:other"), "");
	assert_string_equal(d.platform, "other");
	assert_string_equal(parsed(&d, strchr(FILE_TEXT, '\n') + 1, "9010000.rtc"), "");
	assert_string_equal(d.platform, "9010000.rtc");

	assert_string_equal(
		parsed(&d, FILE_TEXT, "00:04.0"),
		"x.irqdev: a PCI function has BARs and configuration space, and no regions");
	assert_string_equal(
		parsed(&d, "check bar 0 offset 0 width 32 any 1\n", "9010000.rtc"),
		"x.irqdev: a platform device has regions, and neither BARs nor configuration space");
	assert_string_equal(parsed(&d, "intx\n", "9010000.rtc"),
			    "x.irqdev: a platform device has no PCI INTx");
	assert_string_equal(parsed(&d, "check region 256 offset 0 width 32 any 1\n", "9010000.rtc"),
			    "x.irqdev:1: region 256: no device has as many regions");
	assert_string_equal(
		parsed(&d, "device platform:\n", NULL),
		"x.irqdev:1: \"platform:\" is neither an address (0000:00:04.0), nor an ID (1234:11e8), nor platform:NAME");
}

static void errors_of_descriptors(void **state)
{
	static const struct {
		struct procirq_step step;
		int error;
		const char *words;
	} cases[] = {
		{ { .bar = 2, .width = 32 }, ENOENT, "9010000.rtc has no region 2" },
		{ { .width = 16 },
		  EPROTOTYPE,
		  "it is not known whether 9010000.rtc takes accesses of this width; if it does, write it to procirq/widths" },
		{ { .width = 32, .offset = 2 },
		  EADDRNOTAVAIL,
		  "the offset is not a multiple of the register's width" },
		{ { .width = 32, .bar = 1 },
		  EADDRNOTAVAIL,
		  "the region does not begin at a multiple of the width" },
		{ { .width = 32, .offset = 0x1000 },
		  ERANGE,
		  "region 0 of 9010000.rtc has 0x1000 bytes" },
	};
	char words[PROCIRQ_EXPLAIN_BYTES], want[PROCIRQ_EXPLAIN_BYTES];
	struct procirq_descriptor d;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(procirq_descriptor_init_at(machine, &d, "platform:9010000.rtc"),
				 0);
		d.nr_check = 1;
		d.steps[0] = cases[i].step;
		d.steps[0].space = PROCIRQ_SPACE_REGION;
		d.steps[0].mask = 1;
		procirq_explain_descriptor_at(machine, 17, &d, cases[i].error, words,
					      sizeof(words));
		snprintf(
			want, sizeof(want),
			"device descriptor of platform:9010000.rtc for line 17: check step 1 (region %u offset 0x%x width %u): %s",
			d.steps[0].bar, d.steps[0].offset, d.steps[0].width, cases[i].words);
		assert_string_equal(words, want);
	}
	procirq_explain_descriptor_at(machine, 99, &d, EXDEV, words, sizeof(words));
	assert_string_equal(
		words,
		"device descriptor of platform:9010000.rtc for line 99: it interrupts on lines 17 18, not on line 99");
	procirq_explain_descriptor_at(machine, 17, &d, ENXIO, words, sizeof(words));
	assert_non_null(strstr(words, "no such device is bound to procirq-platform"));
}

static void errors_of_devices(void **state)
{
	static const struct {
		const char *device;
		int error;
		const char *words;
	} cases[] = {
		{ "platform:none", ENXIO, "there is no such device in /sys/bus/platform/devices" },
		{ "9010000.rtc", ENXIO, "it has no such interrupt or region" },
		{ "serial8250", ENXIO, "the device has no interrupt, or is not bound" },
		{ "serial8250", EBUSY, "the device is bound to driver \"serial8250\"; unbind it" },
		{ "9010000.rtc", ENOENT, "the procirq module is not loaded" },
		{ "9010000.rtc", EACCES, "run as root" },
		{ "9010000.rtc", EPERM, "CAP_SYS_RAWIO" },
		{ "platform:/", EINVAL, "not a device" },
	};
	char words[PROCIRQ_EXPLAIN_BYTES];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		procirq_explain_platform_at(machine, cases[i].device, cases[i].error, words,
					    sizeof(words));
		if (!strstr(words, cases[i].words))
			fail_msg("\"%s\" has no \"%s\"", words, cases[i].words);
	}
	procirq_explain_name_at(machine, "platform:none", ENXIO, words, sizeof(words));
	assert_non_null(strstr(words, "is bound to procirq-platform"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_devices),
		cmocka_unit_test(names_of_lines),
		cmocka_unit_test(character_devices),
		cmocka_unit_test(text_becomes_a_descriptor),
		cmocka_unit_test(errors_of_descriptors),
		cmocka_unit_test(errors_of_devices),
	};

	return cmocka_run_group_tests_name("platform", tests, make_machine, machine_remove);
}
