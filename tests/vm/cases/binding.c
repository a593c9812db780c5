// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Binding PCI functions to procirq-pci with a kind of interrupt and a number of vectors of
 * their own, by several programs at once, while others open the line.
 *
 * rounds=N (100): how often each of two programs binds.
 */
#include "edu.h"
#include "guest.h"

static bool has_kind(const char *device, const char *kind)
{
	char path[128], text[16];

	snprintf(path, sizeof(path), PCI_DEVICE "%s/procirq/kind", device);
	read_text(path, text, sizeof(text));
	text[strcspn(text, "\n")] = '\0';
	return !strcmp(text, kind);
}

static void requests(void)
{
	static const struct {
		const char *rest;
		int error;
	} wrong[] = {
		{ "", EINVAL },	      { "none", EINVAL },     { "msi 0", EINVAL },
		{ "msi -1", EINVAL }, { "msixmsix", EINVAL },
	};
	size_t i;

	edu_prepare(EDU_1);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CHECK_ERR(edu_bind_with(EDU_1, wrong[i].rest), wrong[i].error);
	CHECK_ERR(edu_bind_with("0000:00:1e.7", "msi"), ENODEV);
	CHECK_ERR(edu_bind_with("0000:00:04.9", "msi"), EINVAL);
	CHECK(edu_bind_with(EDU_1, "msix") == -1);
	CHECK_EQ(edu_bind_with(EDU_1, "msi"), 0);
	CHECK(has_kind(EDU_1, "msi"));
	CHECK_ERR(edu_bind_with(EDU_1, "intx"), EBUSY);
	CHECK(has_kind(EDU_1, "msi"));
	pci_unbind(EDU_1);
	CHECK_EQ(edu_bind_with(EDU_1, "intx 4"), 0);
	CHECK(has_kind(EDU_1, "intx"));
	pci_unbind(EDU_1);
	/* The parameters are for those who say nothing. */
	REQUIRE(pci_irq_kind("msi") == 0);
	CHECK_EQ(edu_bind_with(EDU_1, "default"), 0);
	CHECK(has_kind(EDU_1, "msi"));
	pci_unbind(EDU_1);
	CHECK_EQ(put_text(PROCIRQ_PCI "/bind", EDU_1), 0);
	CHECK(has_kind(EDU_1, "msi"));
	pci_unbind(EDU_1);
	/* A function that driver_override does not name is not ours to take. */
	REQUIRE(put_text(PCI_DEVICE EDU_1 "/driver_override", "\n") == 0);
	CHECK_ERR(edu_bind_with(EDU_1, "msi"), ENODEV);
}

/* Binds and unbinds a device, which has the kind that it was bound with. */
static void bind_again_and_again(const char *device, const char *kind)
{
	int rounds = tap_setting("rounds", 100), i;

	for (i = 0; i < rounds; i++) {
		if (edu_bind_with(device, kind)) {
			CHECK_EQ(errno, EBUSY);
			continue;
		}
		CHECK(has_kind(device, kind));
		CHECK(pci_unbind(device) == 0);
	}
	exit(tap_shared->complaints != 0);
}

static void two_programs(const char *one, const char *other)
{
	const char *const kinds[] = { "msi", "intx" }, *const devices[] = { one, other };
	int status, i;
	pid_t pid[2];

	REQUIRE(pci_irq_kind("intx") == 0);
	/* Which unbinds it: not while a program binds the same one. */
	for (i = 0; i < 2; i++)
		edu_prepare(devices[i]);
	for (i = 0; i < 2; i++) {
		pid[i] = fork();
		if (!pid[i])
			bind_again_and_again(devices[i], kinds[i]);
	}
	for (i = 0; i < 2; i++)
		CHECK(waitpid(pid[i], &status, 0) == pid[i] && status == 0);
}

static void two_programs_two_devices(void)
{
	two_programs(EDU_1, EDU_2);
}

static void two_programs_one_device(void)
{
	two_programs(EDU_1, EDU_1);
}

/* A request comes while another one binds its device. */
static void a_request_during_a_request(void)
{
	int status, i;
	pid_t pid[2];

	REQUIRE(pci_irq_kind("intx") == 0);
	edu_prepare(EDU_1);
	edu_prepare(EDU_2);
	REQUIRE(module_load("delay", "symbol=device_driver_attach comm=opener ms=8000") == 0);
	pid[0] = fork_opener();
	if (!pid[0])
		_exit(edu_bind_with(EDU_1, "msi") ? errno : 0);
	REQUIRE(AWAIT(delay_count("hits") > 0));
	pid[1] = fork();
	if (!pid[1])
		_exit(edu_bind_with(EDU_2, "intx") ? errno : 0);
	/* It waits for the first one, or it is through. */
	REQUIRE(AWAIT(task_state(pid[1], pid[1]) == 'Z' || task_state(pid[1], pid[1]) == 'S'));
	REQUIRE(put_text("/sys/module/delay/parameters/released", "1") == 0);
	for (i = 0; i < 2; i++)
		CHECK(waitpid(pid[i], &status, 0) == pid[i] && status == 0);
	CHECK_EQ(delay_count("expired"), 0);
	CHECK(has_kind(EDU_1, "msi"));
	CHECK(has_kind(EDU_2, "intx"));
}

/* A reader of the line keeps the device enabled meanwhile. */
static void bound_again_under_a_reader(void)
{
	int irq, fd;

	edu_prepare(EDU_1);
	edu_prepare(EDU_2);
	REQUIRE(edu_bind_with(EDU_1, "intx") == 0 && edu_bind_with(EDU_2, "intx") == 0);
	irq = pci_irq(EDU_1);
	fd = irq_open(irq, O_RDWR | O_NONBLOCK);
	REQUIRE(fd >= 0);
	pci_unbind(EDU_1);
	CHECK_EQ(irq_read(fd), -EAGAIN);
	CHECK_EQ(edu_bind_with(EDU_1, "msi"), 0);
	CHECK(has_kind(EDU_1, "msi"));
	close(fd);
}

/*
 * Opens the file of the device's line, while a task that binds a device is stopped where the
 * module gives up an interrupt that it has requested for the sake of its directory.
 */
static void opens_while_one_binds(const char *device, bool stops)
{
	int irq = 0, status;
	pid_t binder, reader;

	REQUIRE(module_load("delay", "symbol=free_irq comm=opener ms=20000") == 0);
	binder = fork_opener();
	if (!binder)
		_exit(edu_bind_with(EDU_1, "intx") ? errno : 0);
	REQUIRE(AWAIT(delay_count("hits") > 0 || task_state(binder, binder) == 'Z'));
#ifndef __x86_64__
	if (stops && !delay_count("hits"))
		SKIP("the line has kept its directory since it was last bound");
#endif
	CHECK_EQ(delay_count("hits"), stops);
	irq = pci_irq(device);
	reader = fork();
	if (!reader)
		_exit(irq_open(irq, O_RDWR) < 0 ? errno : 0);
	/* It waits for the one that binds, or it is through. */
	REQUIRE(AWAIT(task_state(reader, reader) == 'Z' || task_state(reader, reader) == 'D'));
	REQUIRE(put_text("/sys/module/delay/parameters/released", "1") == 0);
	CHECK(waitpid(reader, &status, 0) == reader);
	CHECK(WIFEXITED(status));
	CHECK_EQ(WEXITSTATUS(status), 0);
	CHECK(waitpid(binder, &status, 0) == binder && status == 0);
	CHECK_EQ(delay_count("expired"), 0);
}

/* A line that others may use is not requested again for a directory that it has. */
static void open_while_another_device_of_the_line_is_bound(void)
{
	edu_prepare(EDU_1);
	edu_prepare(EDU_2);
	REQUIRE(edu_bind_with(EDU_2, "intx") == 0);
	opens_while_one_binds(EDU_2, false);
}

static void open_while_its_directory_is_made(void)
{
	edu_prepare(EDU_1);
	opens_while_one_binds(EDU_1, true);
}

static const char *binding_after(void)
{
	module_unload("delay");
	pci_unbind(EDU_1);
	pci_unbind(EDU_2);
	put_text(PCI_DEVICE EDU_1 "/driver_override", "\n");
	put_text(PCI_DEVICE EDU_2 "/driver_override", "\n");
	pci_irq_kind("intx");
	return guest_after();
}

static const struct tap_test tests[] = {
	TAP_TEST(requests),
	TAP_SLOW(two_programs_two_devices, 120),
	TAP_SLOW(two_programs_one_device, 120),
	TAP_TEST(a_request_during_a_request),
	TAP_TEST(bound_again_under_a_reader),
	TAP_TEST(open_while_another_device_of_the_line_is_bound),
	TAP_TEST(open_while_its_directory_is_made),
};

int main(int argc, char **argv)
{
	(void)argc;
	tap_after = binding_after;
	return TAP_MAIN(tests);
}
