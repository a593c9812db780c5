// SPDX-License-Identifier: GPL-2.0-or-later
/* Files of reports/ as NUL-terminated strings; paths are from the top folder. */

#include "templates.h"

#define TEMPLATE(name, path)                      \
	__asm__(".pushsection .rodata\n"          \
		".global " #name "\n" #name ":\n" \
		".incbin \"" path "\"\n"          \
		".byte 0\n"                       \
		".popsection\n")

TEMPLATE(template_page, "reports/page.html");
TEMPLATE(template_histogram, "reports/histogram.gp");
TEMPLATE(template_percentiles, "reports/percentiles.gp");
TEMPLATE(template_tradeoff, "reports/tradeoff.gp");
