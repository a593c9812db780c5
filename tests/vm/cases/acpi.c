// SPDX-License-Identifier: GPL-2.0-or-later
/* procirq-platform binds a device that ACPI describes: tests/vm/acpi.asl. */
#include "libprocirq/procirq.h"
#include "plat.h"

#define BOARD	   "PRCQ0001:00"
#define BOARD_FILE "/dev/procirq/" BOARD "/0"

/* It is nobody's until its ID, or its name, is given. */
static void found_by_its_id(void)
{
	char want[64], text[64];
	int irq;

	REQUIRE(access(DEVICES BOARD, F_OK) == 0);
	CHECK(access(DRIVER "/" BOARD, F_OK) == -1);
	REQUIRE(procirq_reload("storm_rate=0 \"compatible=acme,engine PRCQ0001\""));
	CHECK(access(DRIVER "/" BOARD, F_OK) == 0);
	REQUIRE(sscanf(plat_says(BOARD, "irqs"), "0 %d", &irq) == 1);
	snprintf(want, sizeof(want), "0 %d alarm\n", irq);
	CHECK(!strcmp(plat_says(BOARD, "irqs"), want));
	CHECK(!strcmp(plat_says(BOARD, "regions"), "0 0xfed80000 0x1000\n"));
	CHECK(!strcmp(plat_says(BOARD, "widths"), "8\n"));
	CHECK(read_text("/sys/class/procirq-irq/" BOARD ":0/name", text, sizeof(text)) &&
	      !strcmp(text, "alarm\n"));
	CHECK(region_map(BOARD, 0) != NULL);
	REQUIRE(procirq_reload("storm_rate=0"));
	CHECK(access(DRIVER "/" BOARD, F_OK) == -1);
	CHECK(access(BOARD_FILE, F_OK) == -1);
}

static void its_interrupt(void)
{
	struct procirq_inject inject = { .count = 1 };
	struct procirq *line;
	int fd;

	REQUIRE(plat_bind(BOARD) == 0);
	/* Names of ACPI have a colon in them. */
	line = procirq_open_name("platform:" BOARD, 0);
	REQUIRE(line != NULL);
	procirq_close(line);
	line = procirq_open_name(BOARD "/0", 0);
	REQUIRE(line != NULL);
	procirq_close(line);
	fd = open(BOARD_FILE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	REQUIRE(fd >= 0);
	CHECK_EQ(irq_read(fd), -EAGAIN);
	CHECK_EQ(ioctl(fd, PROCIRQ_IOC_INJECT, &inject), 0);
	CHECK_EQ(irq_poll(fd, 20000), POLLIN);
	CHECK_EQ(irq_read(fd), 1);
	REQUIRE(plat_unbind(BOARD) == 0);
	CHECK_EQ(irq_read(fd), -ENODEV);
	close(fd);
}

static const char *acpi_after(void)
{
	plat_unbind(BOARD);
	put_text(DEVICES BOARD "/driver_override", "\n");
	return guest_after();
}

static const struct tap_test tests[] = {
	TAP_TEST(found_by_its_id),
	TAP_TEST(its_interrupt),
};

int main(int argc, char **argv)
{
	(void)argc;
	tap_after = acpi_after;
	return TAP_MAIN(tests);
}
