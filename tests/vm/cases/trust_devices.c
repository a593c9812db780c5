// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Devices, their drivers and their descriptors, at bad moments: a device
 * interrupts while its descriptor is set; a driver's remove() waits for a program that
 * closes our file; only what a descriptor needs of a device is mapped.
 */
#include <sys/mman.h>

#include "edu.h"
#include "guest.h"

/* --- a driver that is unbound --------------------------------------------------- */

struct closer {
	pthread_t thread;
	int fd;
	atomic_int tid;
	atomic_bool done;
};

static void *close_file(void *arg)
{
	struct closer *c = arg;

	close(c->fd);
	c->done = true;
	return NULL;
}

static void *unbind_edu(void *arg)
{
	struct closer *c = arg;

	c->tid = gettid();
	CHECK(pci_unbind(EDU_1) == 0);
	c->done = true;
	return NULL;
}

/* The driver's remove() waits for a program, as vfio's does, which closes our file first. */
static void close_under_remove(const char *wait)
{
	struct closer unbinder = { .fd = -1 }, closer = { .fd = -1 };
	int irq;

	if (access(PCI_DEVICE EDU_1, F_OK))
		SKIP("no edu device");
	pci_unbind(EDU_1);
	/* Otherwise it has the device as soon as it is loaded, if it had it before. */
	put_text(PCI_DEVICE EDU_1 "/driver_override", "\n");
	REQUIRE(module_load("busmaster", wait) == 0);
	REQUIRE(pci_bind(EDU_1, "busmaster") == 0);
	irq = pci_irq(EDU_1);
	closer.fd = irq_open(irq, O_RDWR);
	REQUIRE(closer.fd >= 0);
	REQUIRE(pthread_create(&unbinder.thread, NULL, unbind_edu, &unbinder) == 0);
	REQUIRE(AWAIT(unbinder.tid && task_state(getpid(), unbinder.tid) == 'D'));
	REQUIRE(pthread_create(&closer.thread, NULL, close_file, &closer) == 0);
	CHECK(AWAIT(closer.done));
	REQUIRE(put_text("/sys/module/busmaster/parameters/leave", "1") == 0);
	CHECK(thread_join(closer.thread));
	CHECK(thread_join(unbinder.thread));
	/* The last user has disabled the device, and its line is gone. */
	CHECK(AWAIT(access(irq_path(irq), F_OK)));
}

static void a_remove_that_waits_for_a_program(void)
{
	close_under_remove("wait=before");
}

/* --- while a descriptor is set ----------------------------------------------------- */

/* The device interrupts before the handler is told of its reader: the interrupt is its. */
static void a_device_interrupts_while_its_descriptor_is_set(void)
{
	struct procirq_descriptor d = edu_descriptor(EDU_1);
	volatile uint32_t *edu;
	int irq = edu_bind(EDU_1, &edu), i, fd;

	for (i = 0; i < 20; i++) {
		fd = irq_open(irq, O_RDWR | O_NONBLOCK);
		REQUIRE(fd >= 0);
		/* The line is masked, and the device goes on to interrupt. */
		edu_raise(edu);
		CHECK(AWAIT(irq_info(fd).pending == 1));
		CHECK_EQ(set_descriptor(fd, &d), 0);
		CHECK(AWAIT(edu[EDU_STATUS / 4] == 0));
		CHECK_EQ(irq_info(fd).taken, 1);
		CHECK_EQ(irq_info(fd).pending, 1);
		CHECK_EQ(irq_read(fd), 1);
		CHECK_EQ(irq_read(fd), -EAGAIN);
		close(fd);
		REQUIRE(pci_intx_enable(EDU_1)); /* its release steps have disabled INTx */
	}
}

/* --- mappings --------------------------------------------------------------------------- */

/* Bytes that the kernel has mapped of what begins at this physical address; 0 without. */
static unsigned long mapped_at(unsigned long long physical)
{
	FILE *file = fopen("/proc/vmallocinfo", "re");
	unsigned long bytes, found = 0;
	char text[512], at[40];

	snprintf(at, sizeof(at), " phys=0x%016llx ", physical);
	while (file && fgets(text, sizeof(text), file))
		if (strstr(text, at) && sscanf(text, "%*s %lu", &bytes) == 1)
			found += bytes;
	if (file)
		fclose(file);
	return found;
}

/* A program may have other parts of a BAR mapped, with other attributes. */
static void only_pages_that_steps_use_are_mapped(void)
{
	struct procirq_descriptor d = edu_descriptor(EDU_1);
	volatile uint32_t *edu;
	int irq = edu_bind(EDU_1, &edu), fd = irq_open(irq, O_RDWR);
	unsigned long long start;
	char text[200];

	REQUIRE(fd >= 0);
	REQUIRE(read_text(PCI_DEVICE EDU_1 "/resource", text, sizeof(text)));
	start = strtoull(text, NULL, 0);
	CHECK_EQ(set_descriptor(fd, &d), 0);
	/* The page, and the guard page behind it. */
	CHECK_EQ(mapped_at(start), 8192);
	close(fd);
	CHECK_EQ(mapped_at(start), 0);
}

static const char *trust_devices_after(void)
{
	module_unload("delay");
	put_text("/sys/module/busmaster/parameters/leave", "1");
	pci_unbind(EDU_1);
	pci_unbind(EDU_2);
	module_unload("busmaster");
	return guest_after();
}

static const struct tap_test tests[] = {
	TAP_TEST(a_remove_that_waits_for_a_program),
	TAP_TEST(a_device_interrupts_while_its_descriptor_is_set),
	TAP_TEST(only_pages_that_steps_use_are_mapped),
};

int main(int argc, char **argv)
{
	(void)argc;
	tap_after = trust_devices_after;
	return TAP_MAIN(tests);
}
