// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "format.h"

/* Numbers below it that are whole have an exact double, and at most 16 digits. */
#define WHOLE_END 9007199254740992.0

/* "%.0f" for most numbers: without the general way, which takes 2000 instructions. */
static bool whole_print(char buf[FORMAT_BYTES], double value, unsigned int width)
{
	char digits[20];
	size_t at = sizeof(digits), len;
	uint64_t whole;

	if (!(value >= 0 && value < WHOLE_END))
		return false;
	whole = (uint64_t)value;
	if ((double)whole != value || signbit(value))
		return false;
	do {
		digits[--at] = (char)('0' + whole % 10);
		whole /= 10;
	} while (whole);
	len = sizeof(digits) - at;
	if (len > width)
		return false;
	memcpy(buf, digits + at, len);
	buf[len] = '\0';
	return true;
}

void format_number(char buf[FORMAT_BYTES], double value, unsigned int width)
{
	static const char units[] = " kMGTPE";
	unsigned int unit = 0;
	int decimals;

	if (whole_print(buf, value, width))
		return;
	if (snprintf(buf, FORMAT_BYTES, "%.0f", value) <= (int)width)
		return;
	while (value >= 999.5 && units[unit + 1]) {
		value /= 1000;
		unit++;
	}
	for (decimals = 2; decimals >= 0; decimals--)
		if (snprintf(buf, FORMAT_BYTES, "%.*f%c", decimals, value, units[unit]) <=
		    (int)width)
			return;
}

void format_duration(char buf[FORMAT_BYTES], uint64_t ns)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	double value = (double)ns;
	unsigned int unit = 0;

	while (value >= 999.5 && unit < 3) {
		value /= 1000;
		unit++;
	}
	snprintf(buf, FORMAT_BYTES, "%.*f%s",
		 !unit || value >= 99.95 ? 0 :
		 value >= 9.995		 ? 1 :
					   2,
		 value, units[unit]);
}

void format_value(char buf[FORMAT_BYTES], const struct field *field, const struct value *value,
		  unsigned int width)
{
	double number = value_number(value);

	if (value->kind != VALUE_COUNT && value->kind != VALUE_REAL)
		strcpy(buf, "-");
	else if (field->style == STYLE_TIME)
		format_duration(buf, value->count);
	else if (field->style == STYLE_PERCENT)
		snprintf(buf, FORMAT_BYTES, "%.*f", number < 0.9995 ? 1 : 0, number * 100);
	else if (value->kind == VALUE_REAL && number > 0 && number < 9.95)
		snprintf(buf, FORMAT_BYTES, "%.1f", number);
	else
		format_number(buf, number, width);
}

void format_time(char buf[FORMAT_BYTES], int64_t wall_ms)
{
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm tm;
	size_t len;

	if (wall_ms <= 0 || !gmtime_r(&seconds, &tm)) {
		snprintf(buf, FORMAT_BYTES, "-");
		return;
	}
	len = strftime(buf, FORMAT_BYTES, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf + len, FORMAT_BYTES - len, ".%03dZ", (int)(wall_ms % 1000));
}
