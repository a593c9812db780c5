// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Texts of the kernel and of the module, for libFuzzer: format files, hist files,
 * kallsyms, the module's accounting. The first byte says which of them the rest is.
 */
#include "fuzz.h"

#include "procirq/accounting.h"
#include "tracing/format.h"
#include "tracing/histtext.h"
#include "tracing/subbuf.h"
#include "tracing/symbols.h"

static void format(const char *text)
{
	struct subbuf_layout layout;
	struct format made;

	if (!format_parse(&made, text)) {
		require(*made.name && made.n_fields <= FORMAT_FIELDS_MAX);
		for (uint32_t i = 0; i < made.n_fields; i++)
			require(format_field(&made, made.fields[i].name));
	}
	if (!subbuf_layout_parse(&layout, text, false))
		require(layout.commit_bytes == 4 || layout.commit_bytes == 8);
}

static int on_row(void *ctx, const struct histtext_row *row)
{
	uint64_t *hits = ctx;

	require(row->n_keys <= HISTTEXT_KEYS_MAX);
	require(strnlen(row->name, sizeof(row->name)) < sizeof(row->name));
	for (const char *c = row->name; *c; c++)
		require(!iscntrl((unsigned char)*c));
	*hits += row->hits;
	return 0;
}

static void hist(const char *text)
{
	char *copy = strdup(text);
	struct histtext_totals totals = { 0 };
	uint64_t hits = 0;

	require(copy);
	histtext_repair(copy);
	histtext_parse(copy, "hist:keys=irq", on_row, &hits, &totals);
	require(totals.found || !hits);
	free(copy);
}

static void symbols(const char *text)
{
	char path[64];
	int fd = fuzz_file((const uint8_t *)text, strlen(text), path);
	struct symbols *made = symbols_read(path);
	const char *name;

	if (made) {
		name = symbols_find(made, 0xffffffff81000010);
		require(!name || strnlen(name, 1 << 20) < 1 << 20);
		symbols_find(made, 0);
		symbols_find(made, UINT64_MAX);
		symbols_free(made);
	}
	close(fd);
}

static int on_account(void *arg, const struct accounting_row *row)
{
	(void)arg;
	require(strnlen(row->comm, sizeof(row->comm)) < sizeof(row->comm));
	require(strnlen(row->device, sizeof(row->device)) < sizeof(row->device));
	return 0;
}

static void accounting(const char *text)
{
	char path[64];
	int fd = fuzz_file((const uint8_t *)text, strlen(text), path);

	accounting_read(path, on_account, NULL);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const targets[])(const char *) = { format, hist, symbols, accounting };
	char *text;

	if (!size)
		return 0;
	text = fuzz_text(data + 1, size - 1);
	targets[data[0] % (sizeof(targets) / sizeof(targets[0]))](text);
	free(text);
	return 0;
}
