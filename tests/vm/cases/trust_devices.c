// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Devices, their drivers and their descriptors, at bad moments: a device
 * interrupts, or goes, while its descriptor is set; a driver's remove() waits for a program that
 * closes our file; only what a descriptor needs of a device is mapped.
 */
#include <sys/mman.h>

#include "edu.h"
#include "guest.h"
#include "machine.h"

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

/*
 * What a driver's remove() waits for while its device has a reader of ours: "before" it
 * disables the device, or "after" that, when the reader is the last to keep it enabled.
 */
struct remove {
	struct closer unbinder, closer;
	int irq;
};

/* Begins with a reader, which gets a descriptor if @describe, and a remove() that waits. */
static void remove_start(struct remove *r, const char *wait, bool describe)
{
	struct procirq_descriptor d = intx_descriptor(EDU_1);

	*r = (struct remove){ .unbinder.fd = -1 };
	if (access(PCI_DEVICE EDU_1, F_OK))
		SKIP("no edu device");
	pci_unbind(EDU_1);
	/* Otherwise it has the device as soon as it is loaded, if it had it before. */
	put_text(PCI_DEVICE EDU_1 "/driver_override", "\n");
	REQUIRE(module_load("busmaster", wait) == 0);
	REQUIRE(pci_bind(EDU_1, "busmaster") == 0);
	r->irq = pci_irq(EDU_1);
	r->closer.fd = irq_open(r->irq, O_RDWR);
	REQUIRE(r->closer.fd >= 0);
	if (describe)
		REQUIRE(set_descriptor(r->closer.fd, &d) == 0);
	REQUIRE(pthread_create(&r->unbinder.thread, NULL, unbind_edu, &r->unbinder) == 0);
	REQUIRE(AWAIT(r->unbinder.tid && task_state(getpid(), r->unbinder.tid) == 'D'));
}

/* As vfio's remove(), it waits for a program that closes our file first. */
static void remove_close(struct remove *r)
{
	REQUIRE(pthread_create(&r->closer.thread, NULL, close_file, &r->closer) == 0);
	CHECK(AWAIT(r->closer.done));
}

static void remove_end(struct remove *r)
{
	REQUIRE(put_text("/sys/module/busmaster/parameters/leave", "1") == 0);
	CHECK(thread_join(r->closer.thread));
	CHECK(thread_join(r->unbinder.thread));
	/* The last user has disabled the device, and its line is gone. */
	CHECK(AWAIT(access(irq_path(r->irq), F_OK) || INTX_STAYS));
}

static void close_under_remove(const char *wait, bool describe)
{
	struct remove r;

	remove_start(&r, wait, describe);
	remove_close(&r);
	remove_end(&r);
}

static void a_remove_that_waits_for_a_program(void)
{
	close_under_remove("wait=before", false);
}

static void a_remove_that_has_disabled_the_device(void)
{
	close_under_remove("wait=after", false);
}

static void a_remove_while_a_device_is_described(void)
{
	close_under_remove("wait=after", true);
}

static void *unload_procirq(void *arg)
{
	struct closer *c = arg;

	c->tid = gettid();
	CHECK(module_unload("procirq") == 0);
	c->done = true;
	return NULL;
}

/* What the close has left for later is done before the module is gone. */
static void unloading_under_a_remove(void)
{
	struct closer unloader = { .fd = -1 };
	struct remove r;

	remove_start(&r, "wait=after", false);
	remove_close(&r);
	REQUIRE(pthread_create(&unloader.thread, NULL, unload_procirq, &unloader) == 0);
	CHECK(AWAIT(unloader.tid && task_state(getpid(), unloader.tid) == 'D'));
	/* Without the wait it would be done in a moment. */
	sleep_ms(3000);
	CHECK(!unloader.done);
	remove_end(&r);
	CHECK(thread_join(unloader.thread));
	CHECK(module_load("procirq", "storm_rate=0") == 0);
}

/* --- a device that is bound ------------------------------------------------------- */

/* A program that opens the file as soon as it is there makes the device a bus master. */
static void opened_while_the_device_is_bound(void)
{
	volatile uint32_t *edu;
	int fd, status;
	pid_t pid;

	if (access(PCI_DEVICE EDU_1, F_OK))
		SKIP("no edu device");
	REQUIRE(pci_irq_kind("msi") == 0);
	pci_unbind(EDU_1);
	REQUIRE(module_load("delay", "symbol=procirq_pci_add_bound comm=opener ms=8000") == 0);
	pid = fork_opener();
	if (!pid)
		_exit(pci_bind(EDU_1, "procirq-pci") ? errno : 0);
	REQUIRE(AWAIT(delay_count("hits") > 0));
	fd = irq_open(pci_irq(EDU_1), O_RDWR | O_NONBLOCK);
	REQUIRE(put_text("/sys/module/delay/parameters/released", "1") == 0);
	REQUIRE(AWAIT(waitpid(pid, &status, WNOHANG) == pid));
	REQUIRE(status == 0);
	if (fd < 0)
		fd = irq_open(pci_irq(EDU_1), O_RDWR | O_NONBLOCK);
	REQUIRE(fd >= 0);
	edu = edu_map(EDU_1);
	edu_ack(edu);
	edu_raise(edu);
	CHECK(AWAIT(irq_poll(fd, 0) == POLLIN));
	edu_ack(edu);
	irq_read(fd);
	close(fd);
}

/* --- while a descriptor is set ----------------------------------------------------- */

static void *remove_edu(void *arg)
{
	(void)arg;
	CHECK(put_text(PCI_DEVICE EDU_1 "/remove", "1") == 0);
	return NULL;
}

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

/*
 * The device goes when its descriptor has been checked, and has not been added to the line:
 * who takes the device's readers away does not see this one.
 */
static void a_device_goes_while_its_descriptor_is_set(void)
{
	struct procirq_descriptor d = intx_descriptor(EDU_1);
	struct closer remover = { .fd = -1 };
	volatile uint32_t *edu;
	int irq = edu_bind(EDU_1, &edu), witness, fd, status;
	pid_t pid;

	witness = irq_open(irq, O_RDWR | O_NONBLOCK);
	REQUIRE(witness >= 0);
	REQUIRE(set_descriptor(witness, &d) == 0);
	REQUIRE(module_load("delay", "symbol=procirq_action_init comm=opener ms=8000") == 0);
	pid = fork_opener();
	if (!pid) {
		fd = irq_open(irq, O_RDWR | O_NONBLOCK);
		_exit(set_descriptor(fd, &d) ? 1 : -irq_read(fd));
	}
	REQUIRE(AWAIT(delay_count("hits") > 0));
	REQUIRE(pthread_create(&remover.thread, NULL, remove_edu, &remover) == 0);
	CHECK(AWAIT(irq_read(witness) == -ENODEV));
	REQUIRE(put_text("/sys/module/delay/parameters/released", "1") == 0);
	REQUIRE(AWAIT(waitpid(pid, &status, WNOHANG) == pid));
	CHECK_EQ(status, ENODEV << 8);
	CHECK(thread_join(remover.thread));
	CHECK_EQ(delay_count("expired"), 0);
	close(witness);
	CHECK(put_text("/sys/bus/pci/rescan", "1") == 0);
	REQUIRE(AWAIT(access(PCI_DEVICE EDU_1, F_OK) == 0));
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

	/* Two registers that are far apart, and what is between them. */
	d.nr_resume = 1;
	d.steps[4] = d.steps[3];
	d.steps[3] = d.steps[2];
	d.steps[2] = step(PROCIRQ_SPACE_BAR, 0, 32, PROCIRQ_OP_READ, 0xff000, 0, 0);
	fd = irq_open(irq, O_RDWR);
	REQUIRE(fd >= 0);
	CHECK_EQ(set_descriptor(fd, &d), 0);
	CHECK_EQ(mapped_at(start), 8192);
	CHECK_EQ(mapped_at(start + 0xff000), 8192);
	close(fd);
	CHECK_EQ(mapped_at(start), 0);
	CHECK_EQ(mapped_at(start + 0xff000), 0);
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
	TAP_TEST(a_remove_that_has_disabled_the_device),
	TAP_TEST(a_remove_while_a_device_is_described),
	TAP_TEST(unloading_under_a_remove),
	TAP_TEST(opened_while_the_device_is_bound),
	TAP_TEST(a_device_interrupts_while_its_descriptor_is_set),
	TAP_TEST(a_device_goes_while_its_descriptor_is_set),
	TAP_TEST(only_pages_that_steps_use_are_mapped),
};

int main(int argc, char **argv)
{
	(void)argc;
	tap_after = trust_devices_after;
	return TAP_MAIN(tests);
}
