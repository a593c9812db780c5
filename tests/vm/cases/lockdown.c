// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Kernel lockdown, which cannot be ended: tests/vm/trust.sh starts this program in a
 * guest of its own. What reaches beyond the line is refused, and reading works.
 */
#include <sys/mount.h>

#include "edu.h"
#include "guest.h"

#define LOCKDOWN "/sys/kernel/security/lockdown"

static void lock_down(void)
{
	char text[100];

	mount("securityfs", "/sys/kernel/security", "securityfs", 0, NULL);
	if (!read_text(LOCKDOWN, text, sizeof(text)))
		SKIP("this kernel has no lockdown");
	if (strstr(text, "[none]"))
		REQUIRE(put_text(LOCKDOWN, "integrity") == 0);
}

static void descriptors_are_refused(void)
{
	struct procirq_descriptor d = edu_descriptor(EDU_1), intx = intx_descriptor(EDU_1);
	volatile uint32_t *edu;
	int irq = edu_bind(EDU_1, &edu), fd, set;

	/* One that was set before stays in force. */
	set = irq_open(irq, O_RDWR | O_NONBLOCK);
	REQUIRE(set >= 0 && set_descriptor(set, &d) == 0);
	lock_down();
	fd = irq_open(irq, O_RDWR | O_NONBLOCK);
	REQUIRE(fd >= 0);
	CHECK_EQ(set_descriptor(fd, &d), -EPERM);
	CHECK_EQ(set_descriptor(fd, &intx), -EPERM);
	edu_raise(edu);
	CHECK(AWAIT(irq_poll(set, 0) == POLLIN));
	CHECK_EQ(irq_read(set), 1);
	CHECK_EQ(irq_read(fd), -ENOTCONN);
	close(fd);
	close(set);
}

static void reading_works(void)
{
	struct gen_file s;
	struct procirq_inject inject = { .count = 1 };

	lock_down();
	s = gen_open(O_RDWR);
	CHECK_EQ(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK), 0);
	fire(&s, 3);
	CHECK_EQ(irq_read(s.fd), 3);
	CHECK(ioctl(s.fd, PROCIRQ_IOC_INJECT, &inject) == 0);
	CHECK_EQ(irq_read(s.fd), 1);
	CHECK_EQ(irq_enable(s.fd, 0), 0);
	CHECK_EQ(irq_enable(s.fd, 1), 0);
	close(s.fd);
}

static const struct tap_test tests[] = {
	TAP_TEST(descriptors_are_refused),
	TAP_TEST(reading_works),
};

int main(int argc, char **argv)
{
	(void)argc;
	tap_after = guest_after;
	return TAP_MAIN(tests);
}
