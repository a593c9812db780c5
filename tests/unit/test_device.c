// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * libprocirq: device descriptors built step by step and from text, their errors in words,
 * PCI devices, and the reader of the ring.
 */

#include "machine.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#include "libprocirq/local.h"
#include "libprocirq/procirq.h"

/* --- a machine with PCI functions, in a folder of its own -------------------- */

/* BAR 0 has 4 KiB of memory, BAR 2 has 256 ports; @command is the command register. */
static void put_function(const char *address, const char *vendor, const char *device,
			 const char *irq, unsigned char command)
{
	unsigned char config[256] = { [4] = command };
	char path[128];

#define AT(file) (snprintf(path, sizeof(path), "sys/bus/pci/devices/%s/" file, address), path)
	put_text(AT("vendor"), vendor);
	put_text(AT("device"), device);
	put_text(AT("irq"), irq);
	put(AT("config"), config, sizeof(config));
	put_text(AT("resource"), "0x00000000fea00000 0x00000000fea00fff 0x0000000000040200\n"
				 "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
				 "0x000000000000c000 0x000000000000c0ff 0x0000000000040101\n"
				 "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
				 "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
				 "0x0000000000000000 0x0000000000000000 0x0000000000000000\n");
#undef AT
}

static int machine_make(void **state)
{
	(void)state;
	if (machine_begin())
		return -1;
	put_function("0000:00:04.0", "0x1234\n", "0x11e8\n", "20\n", 7);
	put_function("0000:00:05.0", "0x1af4\n", "0x1110\n", "21\n", 7);
	/* Two with one ID; neither responds to accesses. */
	put_function("0000:00:06.0", "0x8086\n", "0x10d3\n", "22\n", 0);
	put_function("0000:00:06.1", "0x8086\n", "0x10d3\n", "22\n", 0);
	put_text("sys/kernel/irq/20/actions", "ahci\n");
	put_text("sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
	return 0;
}

/* --- descriptors step by step ------------------------------------------------ */

static const struct procirq_step test_any = {
	.op = PROCIRQ_OP_TEST_ANY, .width = 32, .offset = 0x24, .mask = ~0u
};
static const struct procirq_step write_status = {
	.op = PROCIRQ_OP_WRITE_STATUS, .width = 32, .offset = 0x64, .mask = ~0u
};

static void begin(struct procirq_descriptor *d)
{
	assert_int_equal(procirq_descriptor_init_at(machine, d, "00:04.0"), 0);
}

static void steps_keep_the_order_of_phases(void **state)
{
	const struct procirq_step step = { .op = PROCIRQ_OP_READ, .width = 8 };
	struct procirq_step numbered = step;
	struct procirq_descriptor d;
	unsigned int i;

	(void)state;
	begin(&d);
	assert_int_equal(d.domain, 0);
	assert_int_equal(d.bus, 0);
	assert_int_equal(d.devfn, 4 << 3);
	/* Add the last phase first, and then a second ack step. */
	for (i = 0; i < PROCIRQ_PHASES; i++) {
		numbered.offset = 0x10 * (PROCIRQ_PHASES - 1 - i);
		assert_int_equal(procirq_descriptor_add(&d, PROCIRQ_PHASES - 1 - i, &numbered), 0);
	}
	numbered.offset = 0x11;
	assert_int_equal(procirq_descriptor_add(&d, PROCIRQ_ACK, &numbered), 0);
	assert_int_equal(d.nr_check, 1);
	assert_int_equal(d.nr_ack, 2);
	assert_int_equal(d.nr_silence, 1);
	assert_int_equal(d.nr_resume, 1);
	assert_int_equal(d.nr_release, 1);
	assert_int_equal(d.steps[0].offset, 0x00);
	assert_int_equal(d.steps[1].offset, 0x10);
	assert_int_equal(d.steps[2].offset, 0x11);
	assert_int_equal(d.steps[3].offset, 0x20);
	assert_int_equal(d.steps[5].offset, 0x40);
}

static void a_descriptor_refuses_what_it_cannot_hold(void **state)
{
	struct procirq_descriptor d;
	unsigned int i;

	(void)state;
	begin(&d);
	for (i = 0; i < PROCIRQ_STEPS_MAX; i++)
		assert_int_equal(procirq_descriptor_add(&d, PROCIRQ_CHECK, &test_any), 0);
	errno = 0;
	assert_int_equal(procirq_descriptor_add(&d, PROCIRQ_CHECK, &test_any), -1);
	assert_int_equal(errno, E2BIG);
	assert_int_equal(procirq_descriptor_add(&d, PROCIRQ_PHASES, &test_any), -1);
	assert_int_equal(errno, EINVAL);

	assert_int_equal(procirq_descriptor_init_intx(&d, "0000:00:04.0"), 0);
	assert_int_equal(procirq_descriptor_add(&d, PROCIRQ_CHECK, &test_any), -1);
	assert_int_equal(errno, EINVAL);
}

static void devices_are_found_by_address_and_id(void **state)
{
	char address[PROCIRQ_PCI_BYTES];

	(void)state;
	assert_int_equal(procirq_pci_find_at(machine, "00:04.0", address), 0);
	assert_string_equal(address, "0000:00:04.0");
	assert_int_equal(procirq_pci_find_at(machine, "1AF4:1110", address), 0);
	assert_string_equal(address, "0000:00:05.0");
	assert_int_equal(procirq_pci_find_at(machine, "8086:10d3", address), -1);
	assert_int_equal(errno, ENOTUNIQ);
	assert_int_equal(procirq_pci_find_at(machine, "8086:ffff", address), -1);
	assert_int_equal(errno, ENXIO);
	assert_int_equal(procirq_pci_find_at(machine, "edu", address), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(procirq_pci_find_at(machine, "1234:11g8", address), -1);
	assert_int_equal(errno, EINVAL);
}

static void a_memory_bar_is_mapped(void **state)
{
	volatile char *registers;
	char bar[0x1000] = "edu";
	size_t bytes = 0;

	(void)state;
	put("sys/bus/pci/devices/0000:00:04.0/resource0", bar, sizeof(bar));
	put("sys/bus/pci/devices/0000:00:04.0/resource2", bar, 256);
	registers = procirq_pci_map_at(machine, "1234:11e8", 0, &bytes);
	assert_non_null(registers);
	assert_int_equal(bytes, sizeof(bar));
	assert_int_equal(registers[0], 'e');
	procirq_pci_unmap(registers, bytes);
	procirq_pci_unmap(NULL, 0);

	assert_null(procirq_pci_map_at(machine, "00:04.0", 1, &bytes));
	assert_int_equal(errno, ENOENT);
	assert_null(procirq_pci_map_at(machine, "00:04.0", 2, &bytes));
	assert_int_equal(errno, EINVAL);
	assert_null(procirq_pci_map_at(machine, "edu", 0, &bytes));
	assert_int_equal(errno, EINVAL);
}

/* --- sentences ---------------------------------------------------------------- */

static void explained(unsigned int irq, const struct procirq_descriptor *d, int error,
		      const char *words)
{
	char buf[PROCIRQ_EXPLAIN_BYTES], tiny[16];
	int len = procirq_explain_descriptor_at(machine, irq, d, error, buf, sizeof(buf));

	assert_int_equal(len, strlen(buf));
	assert_null(strchr(buf, '\n'));
	if (!strstr(buf, words))
		fail_msg("\"%s\" has no \"%s\"", buf, words);
	assert_int_equal(procirq_explain_descriptor_at(machine, irq, d, error, tiny, sizeof(tiny)),
			 len);
	assert_int_equal(strlen(tiny), sizeof(tiny) - 1);
}

/* A correct check, and then this ack step. */
static void step_explained(struct procirq_step step, int error, const char *words)
{
	struct procirq_descriptor d;

	begin(&d);
	assert_int_equal(procirq_descriptor_add(&d, PROCIRQ_CHECK, &test_any), 0);
	assert_int_equal(procirq_descriptor_add(&d, PROCIRQ_ACK, &step), 0);
	explained(20, &d, error, words);
}

static void a_wrong_step_is_named(void **state)
{
	struct procirq_step step;

	(void)state;
	step = write_status;
	step.width = 24;
	step_explained(
		step, EMSGSIZE,
		"ack step 1 (bar 0 offset 0x64 width 24): a register is 8, 16 or 32 bits wide");
	step = write_status;
	step.bar = 1;
	step_explained(step, ENOENT,
		       "ack step 1 (bar 1 offset 0x64 width 32): 0000:00:04.0 has no BAR 1");
	step = write_status;
	step.offset = 0x66;
	step_explained(step, EADDRNOTAVAIL, "offset 0x66 width 32): the offset is not a multiple");
	step = write_status;
	step.offset = 0x1000;
	step_explained(step, ERANGE, "BAR 0 of 0000:00:04.0 has 0x1000 bytes");
	step = write_status;
	step.space = PROCIRQ_SPACE_CONFIG;
	step.offset = 0x100;
	step_explained(
		step, ERANGE,
		"ack step 1 (config offset 0x100 width 32): the configuration space of 0000:00:04.0 has 0x100 bytes");
	step_explained(test_any, EINVAL, "only check steps can test");
	step = write_status;
	step.width = 8;
	step_explained(step, EINVAL, "has bits beyond the register's width");
	step = write_status;
	step.op = PROCIRQ_OP_WRITE;
	step_explained(step, EINVAL, "this operation takes no mask");
	step = write_status;
	step.op = 77;
	step_explained(step, EINVAL, "no such operation");
}

static void other_descriptor_errors_become_sentences(void **state)
{
	struct procirq_descriptor d;

	(void)state;
	begin(&d);
	explained(20, &d, EINVAL, "no check step");
	explained(20, &d, EPERM, "CAP_SYS_RAWIO; run as root");
	explained(20, &d, ENOTTY, "has no device descriptors");
	explained(21, &d, EXDEV, "it interrupts on line 20, not on line 21");
	explained(20, &d, EXDEV, "this line is message signalled");
	explained(20, &d, ENXIO, "no PCI function has that address");
	explained(20, &d, EBUSY, "held by \"ahci\", which does not share it");
	explained(21, &d, EBUSY, "this reader already has a descriptor");
	explained(20, &d, EOPNOTSUPP, "older than PCI 2.3");
	explained(20, &d, ENETDOWN, "not enabled; bind it to procirq-pci");
	explained(20, &d, ENODEV, "the line is gone");
	explained(20, &d, ENOMEM, "Cannot allocate memory");
	d.flags = PROCIRQ_DESC_INTX;
	d.nr_check = 1;
	explained(20, &d, EINVAL, "takes no steps");
	memset(&d.nr_check, 0xff, 5);
	explained(20, &d, EINVAL, "more than 32 steps");

	assert_int_equal(procirq_descriptor_init_at(machine, &d, "00:06.0"), 0);
	assert_int_equal(procirq_descriptor_add(&d, PROCIRQ_CHECK, &test_any), 0);
	explained(
		22, &d, ENETDOWN,
		"check step 1 (bar 0 offset 0x24 width 32): 0000:00:06.0 does not answer to memory accesses now");
	d.steps[0].bar = 2;
	explained(22, &d, ENETDOWN, "does not answer to I/O ports now");

	put_text("sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
	explained(20, &d, EPERM, "kernel lockdown");
	put_text("sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
}

static void pci_errors_become_sentences(void **state)
{
	static const struct {
		const char *device;
		int error;
		const char *words;
	} cases[] = {
		{ "00:04.0", ENXIO, "00:04.0: no PCI device has that address" },
		{ "dead:beef", ENXIO, "no PCI device has that ID" },
		{ "8086:10d3", ENOTUNIQ, "give the address of one" },
		{ "00:04.0", ENOENT, "modprobe procirq" },
		{ "00:04.0", EACCES, "run as root" },
		{ "00:04.0", EBUSY, "bound to driver \"ahci\"; unbind it first" },
		{ "00:05.0", EBUSY, "the device is busy" },
		{ "00:04.0", ENOSPC, "no interrupt of that kind" },
		{ "edu", EINVAL, "not a PCI device: give an address" },
		{ "00:04.0", EINVAL, "does not support what was asked for" },
		{ "00:04.0", EIO, "Input/output error" },
	};
	char buf[PROCIRQ_EXPLAIN_BYTES], path[128], driver[16];
	size_t i;

	(void)state;
	snprintf(path, sizeof(path), "%s/sys/bus/pci/devices/0000:00:04.0/driver", machine);
	assert_int_equal(symlink("../../../../bus/pci/drivers/ahci", path), 0);
	assert_int_equal(procirq_pci_driver_at(machine, "00:04.0", driver, sizeof(driver)), 4);
	assert_string_equal(driver, "ahci");
	assert_int_equal(procirq_pci_driver_at(machine, "00:05.0", driver, sizeof(driver)), 0);
	assert_string_equal(driver, "");
	assert_int_equal(procirq_pci_driver_at(machine, "00:1f.7", driver, sizeof(driver)), -1);
	assert_int_equal(errno, ENXIO);
	for (i = 0; i < N_ELEMENTS(cases); i++) {
		procirq_explain_pci_at(machine, cases[i].device, cases[i].error, buf, sizeof(buf));
		if (!strstr(buf, cases[i].words))
			fail_msg("\"%s\" has no \"%s\"", buf, cases[i].words);
	}
	put_text("sys/bus/pci/drivers/procirq-pci/bind", "");
	procirq_explain_pci_at(machine, "00:04.0", ENOENT, buf, sizeof(buf));
	assert_non_null(strstr(buf, "has no such BAR"));
}

/* --- descriptors from text ----------------------------------------------------- */

static int parse(struct procirq_descriptor *d, const char *text, const char *device, char *why)
{
	int err;

	errno = 0;
	err = procirq_descriptor_parse_at(machine, d, "x.irqdev", text, strlen(text), device, why,
					  PROCIRQ_EXPLAIN_BYTES);
	assert_int_equal(errno, err ? EINVAL : errno);
	return err;
}

static void text_becomes_a_descriptor(void **state)
{
	static const char text[] = "# a device\n"
				   "device\t0000:00:04.0   # here\r\n"
				   "\n"
				   "check bar 0 offset 0x24 width 32 any 0xffffffff\n"
				   "check config offset 6 width 16 equal 8 mask 0x18\n"
				   "release bar 2 offset 0 width 8 write 255\n"
				   "ack bar 0 offset 100 width 32 write-status 0xf0 or 1\n"
				   "ack bar 0 offset 0x64 width 32 write-status 0xFF\n"
				   "silence bar 0 offset 0x68 width 32 set 0x80000000\n"
				   "resume bar 0 offset 0x68 width 32 clear 0x80000000\n"
				   "resume bar 0 offset 0x68 width 32 read\n"
				   "check bar 0 offset 0 width 16 equal 0x1234";
	static const struct procirq_step steps[] = {
		{ PROCIRQ_SPACE_BAR, 0, 32, PROCIRQ_OP_TEST_ANY, 0x24, ~0u, 0 },
		{ PROCIRQ_SPACE_CONFIG, 0, 16, PROCIRQ_OP_TEST_EQ, 6, 0x18, 8 },
		{ PROCIRQ_SPACE_BAR, 0, 16, PROCIRQ_OP_TEST_EQ, 0, 0xffff, 0x1234 },
		{ PROCIRQ_SPACE_BAR, 0, 32, PROCIRQ_OP_WRITE_STATUS, 100, 0xf0, 1 },
		{ PROCIRQ_SPACE_BAR, 0, 32, PROCIRQ_OP_WRITE_STATUS, 0x64, 0xff, 0 },
		{ PROCIRQ_SPACE_BAR, 0, 32, PROCIRQ_OP_SET, 0x68, 0, 1u << 31 },
		{ PROCIRQ_SPACE_BAR, 0, 32, PROCIRQ_OP_CLEAR, 0x68, 0, 1u << 31 },
		{ PROCIRQ_SPACE_BAR, 0, 32, PROCIRQ_OP_READ, 0x68, 0, 0 },
		{ PROCIRQ_SPACE_BAR, 2, 8, PROCIRQ_OP_WRITE, 0, 0, 255 },
	};
	struct procirq_descriptor d, zero = { 0 };
	char why[PROCIRQ_EXPLAIN_BYTES];

	(void)state;
	assert_int_equal(parse(&d, text, NULL, why), 0);
	assert_int_equal(d.flags, 0);
	assert_int_equal(d.devfn, 4 << 3);
	assert_int_equal(d.nr_check, 3);
	assert_int_equal(d.nr_ack, 2);
	assert_int_equal(d.nr_silence, 1);
	assert_int_equal(d.nr_resume, 2);
	assert_int_equal(d.nr_release, 1);
	assert_memory_equal(d.steps, steps, sizeof(steps));
	assert_memory_equal(&d.steps[N_ELEMENTS(steps)], zero.steps,
			    sizeof(d.steps) - sizeof(steps));
}

static void the_device_may_be_named_beside_the_text(void **state)
{
	struct procirq_descriptor d;
	char why[PROCIRQ_EXPLAIN_BYTES];

	(void)state;
	assert_int_equal(parse(&d, "intx\n", "00:06.1", why), 0);
	assert_int_equal(d.flags, PROCIRQ_DESC_INTX);
	assert_int_equal(d.devfn, 6 << 3 | 1);
	/* The text gives the ID of two functions, the caller the address of one. */
	assert_int_equal(parse(&d, "device 8086:10d3\nintx\n", "00:06.1", why), 0);
	assert_int_equal(d.devfn, 6 << 3 | 1);
	/* Of two addresses, the caller's counts. */
	assert_int_equal(parse(&d, "device 00:04.0\nintx\n", "00:05.0", why), 0);
	assert_int_equal(d.devfn, 5 << 3);
	assert_int_equal(parse(&d, "intx\ndevice 1234:11e8", NULL, why), 0);
	assert_int_equal(d.devfn, 4 << 3);
}

static void each_error_has_its_row(void **state)
{
#define OK "device 00:04.0\ncheck bar 0 offset 0x24 width 32 any 1\n"
	static const struct {
		const char *text;
		const char *why;
	} cases[] = {
		{ "", "x.irqdev: no check step: every interrupt" },
		{ "device 00:04.0\n", "x.irqdev: no check" },
		{ "intx\n", "x.irqdev: no device is named; add \"device" },
		{ "device 00:09\nintx\n", "x.irqdev:1: \"00:09\" is neither an address" },
		{ "\n\ndevice\n", "x.irqdev:3: the device is missing" },
		{ "device 00:04.0 x\n", "x.irqdev:1: \"x\" is one word too many" },
		{ OK "device 00:05.0\n", "x.irqdev:3: a second device; row 1 names one already" },
		{ "device 8086:10d3\nintx\n", "x.irqdev:1: 8086:10d3: several PCI devices" },
		{ "device 8086:0001\nintx\n", "x.irqdev:1: 8086:0001: no PCI device has that ID" },
		{ OK "intx\n", "x.irqdev:3: a file with intx has no steps" },
		{ "intx 1\n", "x.irqdev:1: \"1\" is one word too many" },
		{ "intx\nack bar 0 offset 0 width 8 read\n",
		  "x.irqdev:2: a file with intx has no steps" },
		{ OK "acknowledge bar 0\n",
		  "x.irqdev:3: \"acknowledge\" is none of: device, intx, check" },
		{ OK "ack\n",
		  "x.irqdev:3: \"bar\", \"region\" or \"config\" is missing at the end" },
		{ OK "ack mem 0\n",
		  "x.irqdev:3: \"bar\", \"region\" or \"config\" expected, not \"mem\"" },
		{ OK "ack bar 6 offset 0 width 8 read\n", "x.irqdev:3: BAR 6: a PCI function has" },
		{ OK "ack bar\n", "x.irqdev:3: the BAR's number is missing at the end" },
		{ OK "ack bar x offset\n", "x.irqdev:3: the BAR's number: \"x\" is not a number" },
		{ OK "ack bar 0 at 0\n", "x.irqdev:3: \"offset\" expected, not \"at\"" },
		{ OK "ack bar 0\n", "x.irqdev:3: \"offset\" is missing at the end" },
		{ OK "ack bar 0 offset 4294967296 width 8 read\n",
		  "x.irqdev:3: the offset: 4294967296 does not fit into 32 bits" },
		{ OK "ack bar 0 offset 99999999999999999999999 width 8 read\n",
		  "does not fit into 32 bits" },
		{ OK "ack bar 0 offset 0x width 8 read\n", "\"0x\" is not a number" },
		{ OK "ack bar 0 offset 0x-1 width 8 read\n", "\"0x-1\" is not a number" },
		{ OK "ack bar 0 offset -4 width 8 read\n", "\"-4\" is not a number" },
		{ OK "ack bar 0 offset 4k width 8 read\n", "\"4k\" is not a number" },
		{ OK "ack bar 0 offset 4 width 64 read\n",
		  "x.irqdev:3: width 64: a register is 8, 16 or 32" },
		{ OK "ack bar 0 offset 4 width 8\n",
		  "x.irqdev:3: the operation is missing at the end" },
		{ OK "ack bar 0 offset 4 width 8 poke 1\n",
		  "x.irqdev:3: \"poke\" is not an operation" },
		{ OK "ack bar 0 offset 4 width 8 write\n", "the number after write is missing" },
		{ OK "ack bar 0 offset 4 width 8 write 1 2\n", "\"2\" is one word too many" },
		{ OK "ack bar 0 offset 4 width 8 write 0x100\n",
		  "x.irqdev:3: the mask or the value has bits beyond the register's width" },
		{ OK "ack bar 0 offset 5 width 32 write 1\n",
		  "x.irqdev:3: the offset is not a multiple" },
		{ OK "ack bar 0 offset 4 width 32 any 1\n",
		  "x.irqdev:3: only check steps can test" },
		{ OK "check bar 0 offset 4 width 32 write 1\n",
		  "x.irqdev:3: check steps can only read and test" },
		{ OK "check bar 0 offset 4 width 32 any 0\n",
		  "x.irqdev:3: the mask is 0, so that no bit is tested" },
		{ OK "check bar 0 offset 4 width 32 equal 3 mask 1\n",
		  "x.irqdev:3: the value has bits that are not in the mask" },
		{ OK "release bar 0 offset 4 width 32 write-status 1\n",
		  "x.irqdev:3: only ack and silence steps can write" },
		{ "a b c d e f g h i j k l m n o p q\n", "x.irqdev:1: more than 16 words" },
		{ "\x01\xff\n", "x.irqdev:1: \"??\" is none of" },
	};
	char why[PROCIRQ_EXPLAIN_BYTES];
	struct procirq_descriptor d;
	size_t i;

	(void)state;
	for (i = 0; i < N_ELEMENTS(cases); i++) {
		assert_int_equal(parse(&d, cases[i].text, NULL, why), -1);
		if (!strstr(why, cases[i].why))
			fail_msg("\"%s\" has no \"%s\"", why, cases[i].why);
		assert_null(strchr(why, '\n'));
	}
	assert_int_equal(parse(&d, "device 1234:11e8\nintx", "00:05.0", why), -1);
	assert_string_equal(
		why, "x.irqdev:1: this is for 1234:11e8, and 0000:00:05.0 is not such a device");
	assert_int_equal(parse(&d, "intx", "edu", why), -1);
	assert_non_null(strstr(why, "x.irqdev: edu: not a PCI device"));
}

static void hostile_text_is_refused(void **state)
{
	char why[PROCIRQ_EXPLAIN_BYTES], tiny[20], *text = malloc(100000);
	struct procirq_descriptor d;
	char row[] = "check bar 0 offset 4 width 32 any 1\n";
	size_t len = 0;
	int i;

	(void)state;
	assert_int_equal(procirq_descriptor_parse_at(machine, &d, "x", "intx\0\n", 6, "00:04.0",
						     why, sizeof(why)),
			 -1);
	assert_string_equal(why, "x:1: a NUL byte: this is not a text file");

	memset(text, 'a', 100000);
	assert_int_equal(procirq_descriptor_parse_at(machine, &d, "x", text, 100000, NULL, why,
						     sizeof(why)),
			 -1);
	assert_string_equal(why, "x:1: 100000 bytes; a row has at most 255");
	/* The longest row is one word, which the message cuts. */
	text[255] = '\n';
	assert_int_equal(procirq_descriptor_parse_at(machine, &d, "x", text, 256, NULL, why,
						     sizeof(why)),
			 -1);
	assert_non_null(strstr(why, "x:1: \"aaaaaaaaaaaaaaaaaaaaaaaaaaaa...\" is none of"));

	for (i = 0; i < 33; i++)
		len += (size_t)sprintf(text + len, "%s", row);
	assert_int_equal(procirq_descriptor_parse_at(machine, &d, "x", text, len, NULL, why,
						     sizeof(why)),
			 -1);
	assert_string_equal(why, "x:33: more than 32 steps");

	/* A name and a message that do not fit. */
	memset(text, 'n', 5000);
	text[5000] = '\0';
	assert_int_equal(procirq_descriptor_parse_at(machine, &d, text, "x", 1, NULL, tiny,
						     sizeof(tiny)),
			 -1);
	assert_int_equal(strlen(tiny), sizeof(tiny) - 1);
	assert_int_equal(procirq_descriptor_parse_at(machine, &d, text, "x", 1, NULL, why, 0), -1);
	free(text);
}

static void files_are_read(void **state)
{
	char why[PROCIRQ_EXPLAIN_BYTES], path[128];
	struct procirq_descriptor d;

	(void)state;
	/* The examples. This machine need not have the device. */
	assert_int_equal(procirq_descriptor_load(&d, "examples/pci-intx.irqdev", "0000:00:04.0",
						 why, sizeof(why)),
			 0);
	assert_int_equal(d.flags, PROCIRQ_DESC_INTX);
	if (procirq_descriptor_load(&d, "examples/edu.irqdev", NULL, why, sizeof(why)))
		assert_non_null(strstr(why, "examples/edu.irqdev:4: 1234:11e8: no PCI device"));

	assert_int_equal(procirq_descriptor_load(&d, "no/such", NULL, why, sizeof(why)), -1);
	assert_int_equal(errno, ENOENT);
	assert_string_equal(why, "no/such: No such file or directory");
	assert_int_equal(procirq_descriptor_load(&d, "tests", NULL, why, sizeof(why)), -1);
	assert_int_equal(errno, EISDIR);
	assert_int_equal(procirq_descriptor_load(&d, "/dev/zero", NULL, why, sizeof(why)), -1);
	assert_int_equal(errno, EFBIG);

	put_text("empty", "");
	snprintf(path, sizeof(path), "%s/empty", machine);
	assert_int_equal(procirq_descriptor_load(&d, path, NULL, why, sizeof(why)), -1);
	assert_int_equal(errno, EINVAL);
	assert_non_null(strstr(why, "no check step"));
}

/* --- the ring ------------------------------------------------------------------ */

#define ENTRIES 64

struct test_ring {
	struct procirq_ring head;
	struct procirq_ring_entry entry[ENTRIES];
};

static struct test_ring *ring_make(int *fd)
{
	struct test_ring *ring;

	*fd = memfd_create("ring", 0);
	assert_int_equal(ftruncate(*fd, 8192), 0);
	ring = mmap(NULL, sizeof(*ring), PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
	assert_ptr_not_equal(ring, MAP_FAILED);
	ring->head.version = PROCIRQ_ABI_VERSION;
	ring->head.nr_entries = ENTRIES;
	ring->head.entries_offset = sizeof(ring->head);
	ring->head.entry_size = sizeof(ring->entry[0]);
	return ring;
}

/* Writes an entry as the module does. */
static void ring_put(struct test_ring *ring, uint64_t seq)
{
	struct procirq_ring_entry *entry = &ring->entry[(seq - 1) % ring->head.nr_entries];

	__atomic_store_n(&entry->seq, seq, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	__atomic_store_n(&entry->irq_ns, seq * 1000, __ATOMIC_RELAXED);
	__atomic_store_n(&entry->status, (uint32_t)seq, __ATOMIC_RELAXED);
	__atomic_store_n(&ring->head.head, seq, __ATOMIC_RELEASE);
}

static void the_ring_is_read_in_order(void **state)
{
	struct procirq_ring_reader *reader;
	struct procirq_ring_entry entry;
	unsigned long long lost = 99;
	struct test_ring *ring;
	uint64_t seq;
	int fd;

	(void)state;
	ring = ring_make(&fd);
	for (seq = 1; seq <= 5; seq++)
		ring_put(ring, seq);
	reader = procirq_ring_open_fd(fd);
	assert_non_null(reader);
	/* The reader starts with the next interrupt. */
	assert_int_equal(procirq_ring_next(reader, &entry, &lost), 0);
	ring_put(ring, 6);
	ring_put(ring, 7);
	for (seq = 6; seq <= 7; seq++) {
		assert_int_equal(procirq_ring_next(reader, &entry, &lost), 1);
		assert_int_equal(entry.seq, seq);
		assert_int_equal(entry.irq_ns, seq * 1000);
		assert_int_equal(entry.status, seq);
		assert_int_equal(lost, 0);
	}
	assert_int_equal(procirq_ring_spin(reader, &entry, &lost, 1000000), 0);

	/* A full ring loses nothing. With one more interrupt the oldest is lost. */
	for (; seq < 8 + ENTRIES; seq++)
		ring_put(ring, seq);
	assert_int_equal(procirq_ring_next(reader, &entry, &lost), 1);
	assert_int_equal(entry.seq, 8);
	assert_int_equal(lost, 0);
	ring_put(ring, seq++);
	ring_put(ring, seq++);
	assert_int_equal(procirq_ring_spin(reader, &entry, &lost, 0), 1);
	assert_int_equal(entry.seq, 10);
	assert_int_equal(lost, 1);

	/* The oldest is being overwritten: seq is new, and head does not show it yet. */
	ring->entry[(11 - 1) % ENTRIES].seq = 11 + ENTRIES;
	assert_int_equal(procirq_ring_next(reader, &entry, NULL), 1);
	assert_int_equal(entry.seq, 12);
	procirq_ring_close(reader);
	procirq_ring_close(NULL);
	munmap(ring, sizeof(*ring));
	close(fd);
}

static void a_ring_that_makes_no_sense_is_refused(void **state)
{
	struct test_ring *ring;
	int fd;

	(void)state;
	ring = ring_make(&fd);
#define REFUSED(field, wrong)                          \
	do {                                           \
		__u32 good = ring->head.field;         \
		ring->head.field = wrong;              \
		errno = 0;                             \
		assert_null(procirq_ring_open_fd(fd)); \
		assert_int_equal(errno, EPROTO);       \
		ring->head.field = good;               \
	} while (0)
	REFUSED(version, 2);
	REFUSED(nr_entries, 0);
	REFUSED(nr_entries, 63);
	REFUSED(nr_entries, 1u << 31);
	REFUSED(entry_size, 8);
	REFUSED(entry_size, ~0u);
	REFUSED(entries_offset, 8);
	REFUSED(entries_offset, ~0u);
	munmap(ring, sizeof(*ring));
	close(fd);
}

#define RACES 10000000

static void *write_ring(void *arg)
{
	uint64_t seq;

	for (seq = 1; seq <= RACES; seq++)
		ring_put(arg, seq);
	return NULL;
}

/* The reader gets each interrupt whole or counts it as lost, also with a fast writer. */
static void the_ring_is_never_torn(void **state)
{
	uint64_t last = 0, seen = 0, lost_all = 0;
	struct procirq_ring_reader *reader;
	struct procirq_ring_entry entry;
	unsigned long long lost;
	struct test_ring *ring;
	pthread_t writer;
	int fd;

	(void)state;
	ring = ring_make(&fd);
	/* With one entry, the writer overwrites the reader's entry all the time. */
	ring->head.nr_entries = 1;
	reader = procirq_ring_open_fd(fd);
	assert_non_null(reader);
	assert_int_equal(pthread_create(&writer, NULL, write_ring, ring), 0);
	while (last < RACES) {
		assert_int_equal(procirq_ring_spin(reader, &entry, &lost, 10000000000ull), 1);
		assert_int_equal(entry.seq, last + lost + 1);
		assert_int_equal(entry.irq_ns, entry.seq * 1000);
		assert_int_equal(entry.status, (uint32_t)entry.seq);
		last = entry.seq;
		lost_all += lost;
		seen++;
	}
	pthread_join(writer, NULL);
	assert_int_equal(seen + lost_all, RACES);
	procirq_ring_close(reader);
	munmap(ring, sizeof(*ring));
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_keep_the_order_of_phases),
		cmocka_unit_test(a_descriptor_refuses_what_it_cannot_hold),
		cmocka_unit_test(devices_are_found_by_address_and_id),
		cmocka_unit_test(a_memory_bar_is_mapped),
		cmocka_unit_test(a_wrong_step_is_named),
		cmocka_unit_test(other_descriptor_errors_become_sentences),
		cmocka_unit_test(pci_errors_become_sentences),
		cmocka_unit_test(text_becomes_a_descriptor),
		cmocka_unit_test(the_device_may_be_named_beside_the_text),
		cmocka_unit_test(each_error_has_its_row),
		cmocka_unit_test(hostile_text_is_refused),
		cmocka_unit_test(files_are_read),
		cmocka_unit_test(the_ring_is_read_in_order),
		cmocka_unit_test(a_ring_that_makes_no_sense_is_refused),
		cmocka_unit_test(the_ring_is_never_torn),
	};

	return cmocka_run_group_tests_name("device", tests, machine_make, machine_remove);
}
