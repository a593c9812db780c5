// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A driver in user space for ARM's real-time clock pl031, a platform device: from binding
 * it to an interrupt that the kernel has acknowledged.
 *
 *	cc pl031.c -o pl031 -lprocirq
 *	./pl031 platform:9010000.pl031 3
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <procirq/procirq.h>

/* Offsets of the registers (ARM DDI 0224, 3.3). */
#define RTC_DR	 0x00 /* time, s */
#define RTC_MR	 0x04 /* time of the alarm */
#define RTC_IMSC 0x10 /* 1: it interrupts */
#define RTC_MIS	 0x18 /* 1: it has interrupted */
#define RTC_ICR	 0x1c /* write 1: ends the interrupt */

struct rtc {
	volatile char *registers;
	size_t bytes;
	struct procirq *line;
};

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "pl031: %s\n", what);
	exit(1);
}

static uint32_t reg_read(struct rtc *rtc, unsigned int offset)
{
	return *(volatile uint32_t *)(rtc->registers + offset);
}

static void reg_write(struct rtc *rtc, unsigned int offset, uint32_t value)
{
	*(volatile uint32_t *)(rtc->registers + offset) = value;
}

static void add_step(struct procirq_descriptor *d, int phase, __u8 op, __u32 offset, __u32 mask,
		     __u32 value)
{
	const struct procirq_step step = {
		.space = PROCIRQ_SPACE_REGION,
		.width = 32,
		.op = op,
		.offset = offset,
		.mask = mask,
		.value = value,
	};

	procirq_descriptor_add(d, phase, &step);
}

/* Tells the kernel how to check and acknowledge the device, and to silence it when we exit. */
static void rtc_describe(struct rtc *rtc, const char *device)
{
	char why[PROCIRQ_EXPLAIN_BYTES];
	struct procirq_descriptor d;

	procirq_descriptor_init(&d, device);
	add_step(&d, PROCIRQ_CHECK, PROCIRQ_OP_TEST_ANY, RTC_MIS, 1, 0);
	add_step(&d, PROCIRQ_ACK, PROCIRQ_OP_WRITE, RTC_ICR, 0, 1);
	add_step(&d, PROCIRQ_RELEASE, PROCIRQ_OP_WRITE, RTC_IMSC, 0, 0);
	if (procirq_set_descriptor(rtc->line, &d)) {
		procirq_explain_descriptor(procirq_irq(rtc->line), &d, errno, why, sizeof(why));
		die(why);
	}
}

static void rtc_open(struct rtc *rtc, const char *device)
{
	char why[PROCIRQ_EXPLAIN_BYTES];

	if (!procirq_platform_bind(device))
		rtc->registers = procirq_platform_map(device, 0, &rtc->bytes);
	if (!rtc->registers) {
		procirq_explain_platform(device, errno, why, sizeof(why));
		die(why);
	}
	reg_write(rtc, RTC_ICR, 1);
	rtc->line = procirq_open_name(device, PROCIRQ_FLAG_RECORDS);
	if (!rtc->line) {
		procirq_explain_name(device, errno, why, sizeof(why));
		die(why);
	}
	rtc_describe(rtc, device);
}

/* Waits for an alarm in a second. */
static void rtc_alarm(struct rtc *rtc)
{
	uint32_t until = reg_read(rtc, RTC_DR) + 1;
	struct procirq_event event;

	reg_write(rtc, RTC_MR, until);
	if (procirq_wait(rtc->line, 10000) <= 0 || procirq_read_record(rtc->line, &event))
		die("no interrupt");
	if (reg_read(rtc, RTC_MIS))
		die("it is not acknowledged");
	printf("alarm %llu at %u s\n", (unsigned long long)event.seq, reg_read(rtc, RTC_DR));
}

int main(int argc, char **argv)
{
	struct rtc rtc = { 0 };
	int n;

	if (argc != 3)
		die("usage: pl031 DEVICE ALARMS");
	rtc_open(&rtc, argv[1]);
	reg_write(&rtc, RTC_IMSC, 1);
	for (n = atoi(argv[2]); n > 0; n--)
		rtc_alarm(&rtc);
	procirq_close(rtc.line);
	procirq_platform_unmap(rtc.registers, rtc.bytes);
	return procirq_platform_unbind(argv[1]) ? 1 : 0;
}
