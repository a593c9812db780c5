// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "mutate.h"

static uint64_t field_get(const void *data, const struct field *field)
{
	uint64_t value = 0;

	/* Little endian, as all processors that the tests know. */
	memcpy(&value, (const char *)data + field->offset, field->bytes);
	return value;
}

static uint64_t changed(struct draw *d, uint64_t value, unsigned int bits)
{
	switch (draw_below(d, 5)) {
	case 0:
		return value ^ 1ULL << draw_below(d, bits);
	case 1:
		return value + 1;
	case 2:
		return value - 1;
	case 3:
		return value << draw_below(d, 4);
	default:
		return draw_number(d);
	}
}

static void mutate_field(struct draw *d, void *data, const struct layout *layout)
{
	const struct field *field = &layout->fields[draw_below(d, layout->nr_fields)];
	const struct field *other = &layout->fields[draw_below(d, layout->nr_fields)];
	uint64_t value = field_get(data, field);

	value = draw_rarely(d, 8) ? field_get(data, other) : changed(d, value, 8 * field->bytes);
	memcpy((char *)data + field->offset, &value, field->bytes);
}

void mutate(struct draw *d, void *data, const struct layout *layout)
{
	static const unsigned char counts[] = { 0, 0, 0, 0, 1, 1, 2, 4 };
	unsigned int n = draw_of(d, counts);

	while (n--)
		mutate_field(d, data, layout);
}
