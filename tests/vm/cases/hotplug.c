// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A device is pulled out of its slot, and another put in, with readers blocked on its
 * interrupt. hotplug.py, on the host, does that when this program prints "# unplug" and
 * "# plug".
 *
 * times=N (6): how often, limit=S: seconds for all of it.
 */
#include <sys/io.h>

#include "guest.h"

#define SLOT	"0000:01:00.0"
#define READERS 10

static void ask(const char *what)
{
	fflush(stdout);
	tap_diag("%s", what);
}

static bool plugged(void)
{
	return access(PCI_DEVICE SLOT, F_OK) == 0;
}

/*
 * The debug kernel has no acpiphp, so this program does its part. QEMU's registers say
 * which slots have to be released, and are told which have been: its
 * docs/specs/acpi_pci_hotplug.rst; the port numbers are those of machine q35.
 */
#define HOTPLUG_DOWN  0xcc4
#define HOTPLUG_EJECT 0xcc8
#define HOTPLUG_BUS   0xcd0

static bool asked_to_let_go(void)
{
	outl(0, HOTPLUG_BUS);
	return inl(HOTPLUG_DOWN) & 1;
}

static void eject(void)
{
	outl(0, HOTPLUG_BUS);
	outl(1, HOTPLUG_EJECT);
}

/* By removing the device first, or, as a surprise, while the kernel still uses it. */
static void let_go_by_hand(bool surprise)
{
	if (access("/sys/module/acpiphp", F_OK) == 0)
		return;
	REQUIRE(iopl(3) == 0);
	REQUIRE(AWAIT(asked_to_let_go()));
	if (surprise)
		eject();
	REQUIRE(put_text(PCI_DEVICE SLOT "/remove", "1") == 0);
	if (!surprise)
		eject();
}

static bool look_for_devices(void)
{
	return plugged() || access("/sys/module/acpiphp", F_OK) == 0 ||
	       (put_text("/sys/bus/pci/rescan", "1") == 0 && plugged());
}

/* With descriptors, or without. */
static void open_readers(struct blocked *readers, int irq, bool by_device)
{
	struct procirq_descriptor d = { .size = sizeof(d), .bus = 1, .flags = PROCIRQ_DESC_INTX };
	int i;

	for (i = 0; i < READERS; i++) {
		readers[i] = (struct blocked){ .fd = irq_open(irq, O_RDWR) };
		REQUIRE(readers[i].fd >= 0);
		if (by_device)
			REQUIRE(ioctl(readers[i].fd, PROCIRQ_IOC_SET_DESCRIPTOR, &d) == 0);
	}
}

static void block_readers(struct blocked *readers)
{
	int i;

	for (i = 0; i < READERS; i++)
		blocked_start(&readers[i], readers[i].fd);
}

static void join_readers(struct blocked *readers, int want)
{
	int i;

	for (i = 0; i < READERS; i++)
		CHECK_EQ(blocked_join(&readers[i]), want);
}

static void close_readers(struct blocked *readers, int first)
{
	for (; first < READERS; first += 2)
		CHECK_EQ(close(readers[first].fd), 0);
}

/* Raises an interrupt, which reaches all of them. */
static void interrupt_readers(struct blocked *readers)
{
	volatile uint32_t *edu = edu_map(SLOT);

	edu_ack(edu);
	block_readers(readers);
	edu_raise(edu);
	join_readers(readers, 1);
	edu_ack(edu);
	munmap((void *)edu, 4096);
}

static void unbind_under_readers(struct blocked *readers, int irq)
{
	block_readers(readers);
	REQUIRE(pci_unbind(SLOT) == 0);
	join_readers(readers, -ENODEV);
	CHECK(access(irq_path(irq), F_OK) != 0);
	close_readers(readers, 0);
	close_readers(readers, 1);
}

static void unplug_under_readers(struct blocked *readers, bool surprise)
{
	struct pollfd p;
	int i;

	block_readers(readers);
	ask("unplug");
	let_go_by_hand(surprise);
	join_readers(readers, -ENODEV);
	REQUIRE(AWAIT(!plugged()));
	for (i = 0; i < READERS; i++) {
		p = (struct pollfd){ .fd = readers[i].fd, .events = POLLIN };
		CHECK_EQ(poll(&p, 1, 0), 1);
		CHECK_EQ(p.revents & (POLLHUP | POLLERR), POLLHUP | POLLERR);
		CHECK_EQ(irq_read(readers[i].fd), -ENODEV);
	}
	/* Half of the files are closed before the next device is plugged in, half after. */
	close_readers(readers, 0);
	ask("plug");
	REQUIRE(AWAIT(look_for_devices() && plugged()));
	close_readers(readers, 1);
}

static void bind_slot(const char *kind)
{
	REQUIRE(pci_irq_kind(kind) == 0);
	/*
	 * A new device is visible before a driver can be bound, ENODEV. The kernel may
	 * bind the driver first, EBUSY.
	 */
	REQUIRE(AWAIT(pci_bind(SLOT, "procirq-pci") == 0 || errno == EBUSY));
}

static void msi_vector(bool surprise)
{
	struct blocked readers[READERS];
	int irq;

	bind_slot("msi");
	irq = pci_irq(SLOT);
	open_readers(readers, irq, false);
	interrupt_readers(readers);
	unbind_under_readers(readers, irq);

	bind_slot("msi");
	irq = pci_irq(SLOT);
	open_readers(readers, irq, false);
	interrupt_readers(readers);
	unplug_under_readers(readers, surprise);
	CHECK(access(irq_path(irq), F_OK) != 0);
}

static void intx_line(bool by_device, bool surprise)
{
	struct blocked readers[READERS];

	bind_slot("intx");
	REQUIRE(pci_intx_enable(SLOT));
	open_readers(readers, pci_irq(SLOT), by_device);
	if (!by_device)
		interrupt_readers(readers);
	unplug_under_readers(readers, surprise);
}

static void a_device_is_pulled_out(void)
{
	long times = tap_setting("times", 6), i;
	long long began = now_ns();

	/* hotplug.sh puts it into its slot. */
	REQUIRE(plugged());
	for (i = 0; i < times; i++) {
		if (i % 3 == 0)
			msi_vector(i & 1);
		else
			intx_line(i % 3 == 2, i & 1);
		REQUIRE(tap_shared->complaints == 0);
	}
	tap_diag("%ld times in %lld s", i, (now_ns() - began) / 1000000000);
}

static struct tap_test tests[] = {
	TAP_TEST(a_device_is_pulled_out),
};

int main(int argc, char **argv)
{
	(void)argc;
	tap_argv = argv + 1;
	tests[0].timeout_s = tap_setting("limit", 120);
	tap_after = guest_after;
	return TAP_MAIN(tests);
}
