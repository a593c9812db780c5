// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * PCI functions that the usual guest has not: one with I/O ports, on the line of the edu
 * devices, one with MSI-X, and one with a BAR of 4 GiB. tests/vm/trust.sh adds them, and
 * starts this program.
 */
#include "edu.h"
#include "guest.h"

/* QEMU's pci-serial: a 16550 with its registers in I/O ports. */
#define SERIAL		"0000:00:0c.0"
#define SERIAL_IER	1 /* interrupt enable */
#define SERIAL_IER_THRE 2 /* the transmitter is empty, which it is */
#define SERIAL_IIR	2 /* interrupt identification */
#define SERIAL_IIR_ID	0x0e
#define COMMAND_IO	0x1

static void command_change(const char *device, uint16_t clear, uint16_t set)
{
	uint16_t command = (pci_command(device) & ~clear) | set;
	char path[128];
	int fd;

	snprintf(path, sizeof(path), PCI_DEVICE "%s/config", device);
	fd = open(path, O_RDWR | O_CLOEXEC);
	REQUIRE(fd >= 0 && pwrite(fd, &command, 2, COMMAND) == 2);
	close(fd);
}

/* check by the interrupt's identification; silence by the enable register */
static struct procirq_descriptor serial_descriptor(void)
{
	struct procirq_descriptor d = intx_descriptor(SERIAL);

	d.flags = 0;
	d.nr_check = d.nr_silence = d.nr_resume = d.nr_release = 1;
	d.steps[0] =
		step(PROCIRQ_SPACE_BAR, 0, 8, PROCIRQ_OP_TEST_ANY, SERIAL_IIR, SERIAL_IIR_ID, 0);
	d.steps[1] = step(PROCIRQ_SPACE_BAR, 0, 8, PROCIRQ_OP_WRITE, SERIAL_IER, 0, 0);
	d.steps[2] =
		step(PROCIRQ_SPACE_BAR, 0, 8, PROCIRQ_OP_WRITE, SERIAL_IER, 0, SERIAL_IER_THRE);
	d.steps[3] = d.steps[1];
	return d;
}

/*
 * A device that does not decode its registers has not interrupted, although they read as
 * ones: the interrupts are another's.
 */
static void a_device_that_decodes_nothing(void)
{
	struct procirq_descriptor serial = serial_descriptor(), other = edu_descriptor(EDU_1);
	volatile uint32_t *edu;
	int irq = edu_bind(EDU_1, &edu), fd, edu_fd, i;
	uint64_t taken;

	REQUIRE(access(PCI_DEVICE SERIAL, F_OK) == 0);
	pci_unbind(SERIAL);
	REQUIRE(pci_bind(SERIAL, "procirq-pci") == 0);
	REQUIRE(pci_irq(SERIAL) == irq);
	fd = irq_open(irq, O_RDWR | O_NONBLOCK);
	edu_fd = irq_open(irq, O_RDWR | O_NONBLOCK);
	REQUIRE(fd >= 0 && edu_fd >= 0);
	REQUIRE(set_descriptor(fd, &serial) == 0);
	REQUIRE(set_descriptor(edu_fd, &other) == 0);
	/* Setting the descriptor has resumed the device, which interrupts at once. */
	CHECK(AWAIT(irq_poll(fd, 0) == POLLIN));
	CHECK_EQ(irq_read(fd), 1);
	taken = irq_info(fd).taken;
	command_change(SERIAL, COMMAND_IO, 0);
	for (i = 0; i < 5; i++) {
		edu_raise(edu);
		CHECK(AWAIT(irq_poll(edu_fd, 0) == POLLIN));
		CHECK_EQ(irq_read(edu_fd), 1);
	}
	CHECK_EQ(irq_info(fd).taken, taken);
	CHECK_EQ(irq_info(edu_fd).taken, 5);
	command_change(SERIAL, 0, COMMAND_IO);
	CHECK_EQ(irq_read(fd), -EAGAIN);
	CHECK(AWAIT(irq_poll(fd, 0) == POLLIN));
	CHECK_EQ(irq_read(fd), 1);
	close(fd);
	close(edu_fd);
}

/* --- a BAR of 4 GiB -------------------------------------------------------------------- */

#define NVME	 "0000:00:14.0" /* QEMU's nvme; BAR 2 is its controller memory buffer */
#define NVME_BAR 2

/* Steps use the first register and the last one that an offset can name. */
static void registers_at_both_ends_of_a_large_bar(void)
{
	struct procirq_descriptor d = intx_descriptor(NVME);
	int fd;

	REQUIRE(access(PCI_DEVICE NVME, F_OK) == 0);
	REQUIRE(pci_irq_kind("intx") == 0);
	pci_unbind(NVME);
	REQUIRE(pci_bind(NVME, "procirq-pci") == 0);
	fd = irq_open(pci_irq(NVME), O_RDWR | O_NONBLOCK);
	REQUIRE(fd >= 0);
	d.flags = 0;
	d.nr_check = d.nr_ack = d.nr_resume = 1;
	d.steps[0] = step(PROCIRQ_SPACE_BAR, NVME_BAR, 32, PROCIRQ_OP_TEST_EQ, 0, 1, 1);
	d.steps[1] = step(PROCIRQ_SPACE_BAR, NVME_BAR, 32, PROCIRQ_OP_READ, 0xfffffffc, 0, 0);
	d.steps[2] = d.steps[1];
	CHECK_EQ(set_descriptor(fd, &d), 0);
	CHECK_EQ(irq_read(fd), -EAGAIN);
	close(fd);
}

/* --- MSI-X vectors, one by one ------------------------------------------------------ */

#define NET "0000:00:10.0" /* QEMU's e1000e */

static int msix_irq(void)
{
	char text[16];

	REQUIRE(read_text("/sys/module/msix/parameters/irq", text, sizeof(text)));
	return atoi(text);
}

/* EBUSY if our handler was attached to the vector that it has freed. */
static int msix_again(void)
{
	return put_text("/sys/module/msix/parameters/again", "1") ? -errno : 0;
}

static void *open_again_and_again(void *arg)
{
	struct blocked *b = arg;
	int fd;

	while (!b->done) {
		fd = irq_open(b->fd, O_RDWR | O_NONBLOCK);
		if (fd < 0)
			continue;
		CHECK(irq_read(fd) < 0);
		close(fd);
	}
	return NULL;
}

/* A driver frees one of its vectors, under a reader and under those that become readers. */
static void a_driver_frees_a_single_vector(void)
{
	struct blocked reader, opener;
	int i, err;

	err = module_load("msix", "") ? errno : 0;
	if (err == EOPNOTSUPP)
		SKIP("no pci_msix_free_irq() in this kernel");
	REQUIRE(err == 0);
	pci_unbind(NET);
	REQUIRE(pci_bind(NET, "msix") == 0);
	blocked_start(&reader, irq_open(msix_irq(), O_RDWR));
	REQUIRE(!reader.done);
	CHECK_EQ(msix_again(), 0);
	CHECK_EQ(blocked_join(&reader), -ENODEV);
	close(reader.fd);
	opener = (struct blocked){ .fd = msix_irq() };
	REQUIRE(pthread_create(&opener.thread, NULL, open_again_and_again, &opener) == 0);
	for (i = 0; i < 50; i++)
		REQUIRE(msix_again() == 0);
	opener.done = true;
	CHECK(thread_join(opener.thread));
}

static const char *pci_after(void)
{
	pci_unbind(NVME);
	pci_unbind(NET);
	module_unload("msix");
	pci_unbind(EDU_1);
	pci_unbind(SERIAL);
	return guest_after();
}

static const struct tap_test tests[] = {
	TAP_TEST(a_device_that_decodes_nothing),
	TAP_TEST(a_driver_frees_a_single_vector),
	TAP_TEST(registers_at_both_ends_of_a_large_bar),
};

int main(int argc, char **argv)
{
	(void)argc;
	tap_after = pci_after;
	return TAP_MAIN(tests);
}
