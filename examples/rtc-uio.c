// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An alarm of ARM's real-time clock pl031, by UIO. docs/from-uio_pdrv_genirq.md has what
 * changes with procirq.
 *
 *	cc rtc-uio.c -o rtc-uio
 *	./rtc-uio
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* Registers, in words (ARM DDI 0224, 3.3). */
enum { RTC_DR, RTC_MR, RTC_LR, RTC_CR, RTC_IMSC, RTC_RIS, RTC_MIS, RTC_ICR };

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(1);
}

int main(void)
{
	volatile uint32_t *rtc;
	int fd, map, count, i;
	int32_t one = 1;

	fd = open("/dev/uio0", O_RDWR);
	map = fd;
	if (fd < 0 || map < 0)
		die("open");
	rtc = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, map, 0);
	if (rtc == MAP_FAILED)
		die("mmap");
	rtc[RTC_ICR] = 1;
	rtc[RTC_IMSC] = 1;
	for (i = 0; i < 3; i++) {
		if (write(fd, &one, sizeof(one)) != sizeof(one))
			die("unmask");
		rtc[RTC_MR] = rtc[RTC_DR] + 1; /* in a second */
		if (read(fd, &count, sizeof(count)) != sizeof(count))
			die("read");
		printf("alarm at %u s\n", (unsigned int)rtc[RTC_DR]);
		rtc[RTC_ICR] = 1;
	}
	rtc[RTC_IMSC] = 0;
	return 0;
}
