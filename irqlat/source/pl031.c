// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ARM's real-time clock PL031 as a platform device (ARM DDI 0224, chapter 3): its alarm,
 * a level. The alarm comes when the clock, which counts seconds, matches MR; so it is set
 * off with the interrupt disabled in the device, and the interrupt is raised by enabling
 * it. The time of that is known, and does not depend on where in a second it is.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "callwrite.h"
#include "platform.h"
#include "source.h"

#define RTC_DR	  (0x00 / 4) /* time, s */
#define RTC_MR	  (0x04 / 4) /* time of the alarm */
#define RTC_IMSC  (0x10 / 4) /* 1: it interrupts */
#define RTC_RIS	  (0x14 / 4) /* 1: the alarm has come */
#define RTC_ICR	  (0x1c / 4) /* write 1: ends the alarm */
#define RTC_ID	  (0xfe0 / 4)
#define RTC_BYTES 0x1000

/* In real hardware the comparison may wait for the next second. */
#define ALARM_TIMEOUT_NS (3 * NSEC_PER_SEC)

/**
 * struct pl031 - the source "pl031"
 * @dev: the platform device
 * @registers: mapped through the driver; NULL while nothing is connected
 * @map_bytes: how much of it is mapped
 * @found_alarm: MR as it was found
 * @found_mask: IMSC as it was found
 * @noted: both are known
 * @raises: interrupts
 * @call: writes IMSC inside a system call
 */
struct pl031 {
	struct busdev dev;
	volatile uint32_t *registers;
	size_t map_bytes;
	uint32_t found_alarm;
	uint32_t found_mask;
	bool noted;
	struct own_raises raises;
	struct callwrite call;
};

static struct source *open_pl031(const struct source_config *config, struct why *why)
{
	char found[PROCIRQ_PLATFORM_BYTES];
	const char *name = config->device;
	struct pl031 *rtc;

	if (!name && !platform_find("arm,pl031", found)) {
		why_set(why,
			"--source pl031: no device of the platform bus has compatible = \"arm,pl031\"; name one with pl031=DEVICE");
		return NULL;
	}
	rtc = calloc(1, sizeof(*rtc));
	if (!rtc) {
		why_set(why, "out of memory");
		return NULL;
	}
	if (!platform_open(&rtc->dev, name ? name : found, why) &&
	    !callwrite_open(&rtc->call, 1, why))
		return (struct source *)rtc;
	free(rtc);
	return NULL;
}

/* No interrupt comes after this. */
static void silence(struct pl031 *rtc)
{
	rtc->registers[RTC_IMSC] = 0;
	rtc->registers[RTC_ICR] = 1;
}

/* Leaves the registers as they were found: the next driver may not be there. */
static void unmap(struct pl031 *rtc)
{
	if (!rtc->registers)
		return;
	silence(rtc);
	rtc->registers[RTC_MR] = rtc->found_alarm;
	rtc->registers[RTC_IMSC] = rtc->found_mask;
	procirq_platform_unmap(rtc->registers, rtc->map_bytes);
	rtc->registers = NULL;
}

/* The number of the part: twelve bits of the identification registers. */
static bool is_pl031(const struct pl031 *rtc)
{
	return (rtc->registers[RTC_ID] & 0xff) == 0x31 && !(rtc->registers[RTC_ID + 1] & 0xf);
}

static int map(struct pl031 *rtc, const struct target *target, struct why *why)
{
	rtc->registers = platform_map(&rtc->dev, target, &rtc->map_bytes, why);
	if (!rtc->registers)
		return -1;
	if (rtc->map_bytes < RTC_BYTES || !is_pl031(rtc)) {
		procirq_platform_unmap(rtc->registers, rtc->map_bytes);
		rtc->registers = NULL;
		return why_set(why, "%s: not a PL031, by its identification registers",
			       rtc->dev.name);
	}
	if (!rtc->noted) {
		rtc->found_alarm = rtc->registers[RTC_MR];
		rtc->found_mask = rtc->registers[RTC_IMSC];
		rtc->noted = true;
	}
	return 0;
}

static int connect_pl031(struct source *source, enum driver driver, struct target *target,
			 struct why *why)
{
	struct pl031 *rtc = (struct pl031 *)source;

	unmap(rtc);
	if (platform_connect(&rtc->dev, driver, target, why) || map(rtc, target, why))
		return -1;
	silence(rtc);
	return 0;
}

static int sync_pl031(struct source *source, struct port *port, struct why *why)
{
	struct pl031 *rtc = (struct pl031 *)source;

	(void)port;
	(void)why;
	rtc->raises.count = 0;
	silence(rtc);
	return 0;
}

/* Set the alarm off, with its interrupt disabled. The next second may come meanwhile. */
static int set_off(struct pl031 *rtc, struct why *why)
{
	uint64_t end_ns = clock_ns() + ALARM_TIMEOUT_NS;

	rtc->registers[RTC_IMSC] = 0;
	do {
		rtc->registers[RTC_MR] = rtc->registers[RTC_DR];
		if (rtc->registers[RTC_RIS])
			return 0;
	} while (clock_ns() < end_ns);
	return why_set(why, "%s: its alarm does not come", rtc->dev.name);
}

static int raise_pl031(struct source *source, uint64_t gap_ns, struct why *why)
{
	struct pl031 *rtc = (struct pl031 *)source;

	if (set_off(rtc, why))
		return -1;
	own_raises_begin(&rtc->raises, gap_ns);
	rtc->registers[RTC_IMSC] = 1;
	return 0;
}

static void raise_pl031_here(struct source *source, uint64_t gap_ns, bool in_call)
{
	struct pl031 *rtc = (struct pl031 *)source;
	struct why why;

	if (set_off(rtc, &why))
		return;
	own_raises_begin(&rtc->raises, gap_ns);
	if (in_call)
		callwrite(&rtc->call, &rtc->registers[RTC_IMSC]);
	else
		rtc->registers[RTC_IMSC] = 1;
}

static void ack_pl031(struct source *source)
{
	struct pl031 *rtc = (struct pl031 *)source;

	rtc->registers[RTC_ICR] = 1;
}

static void account_pl031(struct source *source, const struct delivery *delivery,
			  struct account *account)
{
	struct pl031 *rtc = (struct pl031 *)source;

	(void)delivery;
	own_raises_account(&rtc->raises, account);
}

static int close_pl031(struct source *source, struct why *why)
{
	struct pl031 *rtc = (struct pl031 *)source;
	int err;

	unmap(rtc);
	err = busdev_restore(&rtc->dev, why);
	callwrite_close(&rtc->call);
	free(rtc);
	return err;
}

const struct source_ops source_pl031_ops = {
	.name = "pl031",
	.argument = "DEVICE",
	.drivers = {
		[DRIVER_PROCIRQ] = true,
		[DRIVER_ULI] = true,
		[DRIVER_URING] = true,
		[DRIVER_UIO] = true,
	},
	.open = open_pl031,
	.connect = connect_pl031,
	.sync = sync_pl031,
	.raise = raise_pl031,
	.raise_here = raise_pl031_here,
	.ack = ack_pl031,
	.account = account_pl031,
	.close = close_pl031,
};
