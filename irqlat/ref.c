// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat ref: figures that others published. */

#include <inttypes.h>
#include <string.h>

#include "command.h"
#include "base/jsonio.h"
#include "base/msg.h"
#include "base/opts.h"
#include "reports/reference/ref.h"

struct ref_config {
	struct opt_file json;
};

static const struct opt options[] = {
	{ 0, "json", "FILE", OPT_FILE, offsetof(struct ref_config, json),
	  .help = "write JSON to FILE, or instead of the text" },
	{ 0 },
};

static const struct opt_command command = {
	.name = "ref",
	.arguments = "",
	.summary =
		"Print published latencies of ULI, REACT, UINTR, seL4 and DPDK, with source, date\nand conditions. All are claims of others; none was measured here.",
	.options = options,
	.epilogue = "Exit status: 0 done, 1 error.\n",
};

static void print_text(FILE *out)
{
	const struct ref_claim *c;
	int kind;

	fputs("Claims: figures as published by others, not measured here.\n", out);
	for (kind = 0; kind < REF_KINDS; kind++) {
		const struct ref_comparison *with = &ref_comparisons[kind];

		for (c = ref_claims; c->system; c++) {
			if ((int)c->kind != kind)
				continue;
			fprintf(out, "\nclaim       %s: %s", c->system, c->figure);
			fprintf(out, " (%s)\n  what        %s\n", c->statistic, c->what);
			fprintf(out, "  conditions  %s\n  source      %s\n  date        %s\n",
				c->conditions, c->source, c->date);
		}
		fprintf(out, "\nMay be compared with:     %s.\nMay not be compared with: %s.\n",
			with->may, with->may_not);
	}
}

static json_t *claim_object(const struct ref_claim *c)
{
	const struct ref_comparison *with = &ref_comparisons[c->kind];

	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}",
			 "status", "claim", "system", c->system, "figure", c->figure, "low_ns",
			 c->low_ns ? json_integer((json_int_t)c->low_ns) : json_null(), "high_ns",
			 c->high_ns ? json_integer((json_int_t)c->high_ns) : json_null(),
			 "statistic", c->statistic, "kind", with->name, "what", c->what,
			 "conditions", c->conditions, "source", c->source, "date", c->date,
			 "may_compare", with->may, "may_not_compare", with->may_not);
}

static int print_json(const void *nothing, FILE *out)
{
	const struct ref_claim *c;
	json_t *claims;

	(void)nothing;
	jsonio_begin();
	claims = json_array();
	for (c = ref_claims; c->system; c++)
		json_array_append_new(claims, claim_object(c));
	return jsonio_write(json_pack("{s:s, s:s, s:o}", "schema", "irqlat-ref/1", "irqlat_version",
				      PROCIRQ_VERSION, "claims", claims),
			    JSON_INDENT(1), out);
}

/**
 * cmd_ref - irqlat ref
 * @argc: arguments from "ref" on
 * @argv: arguments
 *
 * Returns the exit status.
 */
int cmd_ref(int argc, char **argv)
{
	struct ref_config config = { 0 };
	int operand, status;

	if (!opts_start(&command, argc, argv, &config, &operand, &status))
		return status;
	if (!opt_file_is_stdout(&config.json))
		print_text(stdout);
	return opt_file_write(&config.json, print_json, NULL) ? EXIT_ERROR : EXIT_OK;
}
