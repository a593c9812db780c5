// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "format.h"

void format_number(char buf[FORMAT_BYTES], double value, unsigned int width)
{
	static const char units[] = " kMGTPE";
	unsigned int unit = 0;
	int decimals;

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
		snprintf(buf, FORMAT_BYTES, "-");
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
