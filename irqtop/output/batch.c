// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "irqtop/view/format.h"
#include "output.h"

/* Wider than on the screen: fewer numbers are scaled. */
#define NUMBER_WIDTH 10

static unsigned int column_width(const struct field *field)
{
	return field->style == STYLE_NUMBER && field->width >= 7 ? NUMBER_WIDTH : field->width;
}

/* `plain`: so many bytes are a column each. */
static size_t columns_used(const char *text, size_t len, size_t plain)
{
	size_t used, n = plain;
	uint32_t point;

	for (text += plain, len -= plain; len; text += used, len -= used, n++)
		used = utf8_next(text, len, &point);
	return n;
}

static void cell_print(struct outbuf *out, const struct field *field, const struct value *value,
		       bool last)
{
	unsigned int width = column_width(field);
	char number[FORMAT_BYTES];
	const char *text = value->text;
	size_t len = value->len, used, plain;

	if (value->kind != VALUE_TEXT) {
		format_value(number, field, value, width);
		text = number;
		len = strlen(number);
	}
	plain = utf8_plain(text, len);
	used = columns_used(text, len, plain);
	if (!field->left && used < width)
		outbuf_blanks(out, width - used);
	if (plain == len)
		outbuf_bytes(out, text, len);
	else
		outbuf_clean(out, text, len);
	if (field->left && used < width && !last)
		outbuf_blanks(out, width - used);
	if (!last)
		outbuf_char(out, ' ');
}

static void total_print(struct outbuf *out, const char *name, double rate_hz)
{
	outbuf_text(out, name);
	if (rate_hz >= 0)
		outbuf_real(out, rate_hz, 0);
	else
		outbuf_char(out, '-');
	outbuf_text(out, "/s");
}

static void heading_print(struct outbuf *out, const struct output *output)
{
	const struct monitor_totals *totals = &output->monitor->totals;
	char buf[FORMAT_BYTES];
	unsigned int i;

	format_time(buf, monitor_sample(output->monitor)->wall_ms);
	outbuf_text(out, output->printed ? "\n# " : "# ");
	outbuf_text(out, buf);
	if (output->monitor->seconds > 0) {
		outbuf_text(out, "  interval ");
		outbuf_real(out, output->monitor->seconds, 3);
		outbuf_text(out, " s");
	}
	if (totals->interrupts_hz >= 0 || totals->softirqs_hz >= 0) {
		total_print(out, "  interrupts ", totals->interrupts_hz);
		total_print(out, "  softirqs ", totals->softirqs_hz);
	}
	outbuf_char(out, '\n');
	for (i = 0; i < output->ncolumns; i++) {
		const struct field *field = &fields[output->column[i]];
		struct value title = { .kind = VALUE_TEXT,
				       .text = field->title,
				       .len = strlen(field->title) };

		cell_print(out, field, &title, i + 1 == output->ncolumns);
	}
	outbuf_char(out, '\n');
}

void batch_print(struct outbuf *out, struct output *output)
{
	struct split_row split;
	unsigned int i;
	uint32_t r;

	heading_print(out, output);
	for (r = 0; r < output_rows(output); r++) {
		row_split(&split, &output->view->row[r]);
		for (i = 0; i < output->ncolumns; i++) {
			struct value value = field_get(output->column[i], &split.row);

			cell_print(out, &fields[output->column[i]], &value,
				   i + 1 == output->ncolumns);
		}
		outbuf_char(out, '\n');
		output_drain(output, out);
	}
}
