// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Reads device descriptors from text, as procirq-device(5) describes it. The text is
 * not trusted: any bytes give a descriptor, or a message that says where they are
 * wrong.
 */

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "local.h"
#include "procirq.h"

#define ROW_BYTES  256	 /* longest row of text, with its end */
#define WORDS_MAX  16	 /* most words in a row; a step has at most 11 */
#define FILE_BYTES 65536 /* longest file */

/* Longest piece of a wrong word that a message shows, with its end. */
#define SHOWN_BYTES 32

/**
 * struct parser - a text that is being read
 * @root: prefix of /sys
 * @name: name of the text, for messages
 * @row: number of the row that is being read, from 1; 0 for the text as a whole
 * @descriptor: gets what the text says
 * @device: device that the text names; "" if it has named none so far
 * @device_row: row that names it
 * @words: the words of the row
 * @n_words: number of words
 * @next: index of the word to read next
 * @why: buffer for the message
 * @why_size: bytes in @why
 */
struct parser {
	const char *root;
	const char *name;
	unsigned int row;
	struct procirq_descriptor *descriptor;
	char device[ROW_BYTES];
	unsigned int device_row;
	char *words[WORDS_MAX];
	unsigned int n_words;
	unsigned int next;
	char *why;
	size_t why_size;
};

/* Writes the message, which begins with the name and the row. Returns -1. */
static __attribute__((format(printf, 2, 3))) int fail(struct parser *p, const char *format, ...)
{
	va_list args;
	size_t len;
	int n;

	if (p->row)
		n = snprintf(p->why, p->why_size, "%.200s:%u: ", p->name, p->row);
	else
		n = snprintf(p->why, p->why_size, "%.200s: ", p->name);
	len = n < 0 ? 0 : (size_t)n;
	if (len < p->why_size) {
		va_start(args, format);
		vsnprintf(p->why + len, p->why_size - len, format, args);
		va_end(args);
	}
	return -1;
}

/* Makes a word printable and not too long. Returns @out. */
static const char *shown(const char *word, char out[SHOWN_BYTES])
{
	size_t i;

	for (i = 0; word[i] && i < SHOWN_BYTES - 4; i++)
		out[i] = isprint((unsigned char)word[i]) ? word[i] : '?';
	strcpy(out + i, word[i] ? "..." : "");
	return out;
}

static const char *next_word(struct parser *p)
{
	return p->next < p->n_words ? p->words[p->next++] : NULL;
}

/* Reads the next word, which must be @word. */
static int expect(struct parser *p, const char *word)
{
	const char *found = next_word(p);
	char out[SHOWN_BYTES];

	if (!found)
		return fail(p, "\"%s\" is missing at the end", word);
	if (strcmp(found, word))
		return fail(p, "\"%s\" expected, not \"%s\"", word, shown(found, out));
	return 0;
}

/* Reads a number, decimal or with 0x, that fits into 32 bits. */
static int number(struct parser *p, const char *what, uint32_t *value)
{
	const char *word = next_word(p);
	char out[SHOWN_BYTES], *end;
	unsigned long long v;
	bool hex;

	if (!word)
		return fail(p, "%s is missing at the end", what);
	hex = word[0] == '0' && (word[1] == 'x' || word[1] == 'X');
	errno = 0;
	v = strtoull(word + (hex ? 2 : 0), &end, hex ? 16 : 10);
	if (!(hex ? isxdigit((unsigned char)word[2]) : isdigit((unsigned char)word[0])) || *end)
		return fail(p, "%s: \"%s\" is not a number such as 36 or 0x24", what,
			    shown(word, out));
	if (errno || v > UINT32_MAX)
		return fail(p, "%s: %s does not fit into 32 bits", what, shown(word, out));
	*value = (uint32_t)v;
	return 0;
}

static int no_more(struct parser *p)
{
	const char *word = next_word(p);
	char out[SHOWN_BYTES];

	return word ? fail(p, "\"%s\" is one word too many", shown(word, out)) : 0;
}

/* Reads the next word if it is @word. */
static bool accept(struct parser *p, const char *word)
{
	if (p->next >= p->n_words || strcmp(p->words[p->next], word))
		return false;
	p->next++;
	return true;
}

/**
 * struct operation - an operation of a step: "any 0x1", "equal 0x1 mask 0x3", "read"
 * @word: its name
 * @op: PROCIRQ_OP_*
 * @at: offset of the member of struct procirq_step that gets the number after @word; 0 if
 *	there is no number
 * @option: word that may follow, with another number; NULL if there is none
 * @option_at: offset of the member that gets the number after @option
 */
struct operation {
	const char *word;
	__u8 op;
	size_t at;
	const char *option;
	size_t option_at;
};

#define MASK	   offsetof(struct procirq_step, mask)
#define VALUE	   offsetof(struct procirq_step, value)
#define OPERATIONS "any, equal, write, write-status, set, clear or read"

static const struct operation operations[] = {
	{ .word = "any", .op = PROCIRQ_OP_TEST_ANY, .at = MASK },
	{ .word = "equal",
	  .op = PROCIRQ_OP_TEST_EQ,
	  .at = VALUE,
	  .option = "mask",
	  .option_at = MASK },
	{ .word = "write", .op = PROCIRQ_OP_WRITE, .at = VALUE },
	{ .word = "write-status",
	  .op = PROCIRQ_OP_WRITE_STATUS,
	  .at = MASK,
	  .option = "or",
	  .option_at = VALUE },
	{ .word = "set", .op = PROCIRQ_OP_SET, .at = VALUE },
	{ .word = "clear", .op = PROCIRQ_OP_CLEAR, .at = VALUE },
	{ .word = "read", .op = PROCIRQ_OP_READ },
	{ .word = NULL },
};

/* Reads the number after @word into the member of @step at @at. */
static int number_after(struct parser *p, const char *word, struct procirq_step *step, size_t at)
{
	char what[32];

	snprintf(what, sizeof(what), "the number after %s", word);
	return number(p, what, (__u32 *)((char *)step + at));
}

static int parse_operation(struct parser *p, struct procirq_step *step)
{
	const struct operation *operation = operations;
	const char *word = next_word(p);
	char out[SHOWN_BYTES];

	if (!word)
		return fail(p, "the operation is missing at the end: " OPERATIONS);
	while (operation->word && strcmp(word, operation->word))
		operation++;
	if (!operation->word)
		return fail(p, "\"%s\" is not an operation: " OPERATIONS, shown(word, out));
	step->op = operation->op;
	if (step->op == PROCIRQ_OP_TEST_EQ)
		step->mask = step->width >= 32 ? UINT32_MAX : (UINT32_C(1) << step->width) - 1;
	if (operation->at && number_after(p, word, step, operation->at))
		return -1;
	if (!operation->option || !accept(p, operation->option))
		return 0;
	return number_after(p, operation->option, step, operation->option_at);
}

/* "bar 0 offset 0x24 width 32", "region 0 offset 4 width 32", "config offset 4 width 16" */
static int parse_register(struct parser *p, struct procirq_step *step)
{
	uint32_t bar = 0, width = 0;
	char out[SHOWN_BYTES];
	const char *word;

	if (accept(p, "config")) {
		step->space = PROCIRQ_SPACE_CONFIG;
	} else if (accept(p, "bar")) {
		if (number(p, "the BAR's number", &bar))
			return -1;
		if (bar > 5)
			return fail(p, "BAR %u: a PCI function has BARs 0 to 5", bar);
		step->space = PROCIRQ_SPACE_BAR;
	} else if (accept(p, "region")) {
		if (number(p, "the region's number", &bar))
			return -1;
		if (bar > UINT8_MAX)
			return fail(p, "region %u: no device has as many regions", bar);
		step->space = PROCIRQ_SPACE_REGION;
	} else {
		word = next_word(p);
		return word ? fail(p, "\"bar\", \"region\" or \"config\" expected, not \"%s\"",
				   shown(word, out)) :
			      fail(p, "\"bar\", \"region\" or \"config\" is missing at the end");
	}
	step->bar = (__u8)bar;
	if (expect(p, "offset") || number(p, "the offset", &step->offset) || expect(p, "width") ||
	    number(p, "the width", &width))
		return -1;
	if (width != 8 && width != 16 && width != 32)
		return fail(p, "width %u: a register is 8, 16 or 32 bits wide", width);
	step->width = (__u8)width;
	return 0;
}

static int parse_step(struct parser *p, enum procirq_phase phase)
{
	struct procirq_step step = { 0 };
	const char *flaw;
	int error;

	if (p->descriptor->flags & PROCIRQ_DESC_INTX)
		return fail(p, "a file with intx has no steps");
	if (parse_register(p, &step) || parse_operation(p, &step) || no_more(p))
		return -1;
	flaw = procirq_step_flaw(phase, &step, &error);
	if (flaw)
		return fail(p, "%s", flaw);
	if (procirq_descriptor_add(p->descriptor, phase, &step))
		return fail(p, "more than %u steps", PROCIRQ_STEPS_MAX);
	return 0;
}

static int parse_device(struct parser *p)
{
	char address[PROCIRQ_PCI_BYTES], name[PROCIRQ_PLATFORM_BYTES], out[SHOWN_BYTES];
	const char *word = next_word(p);
	unsigned int vendor, device;

	if (!word)
		return fail(
			p,
			"the device is missing: an address (0000:00:04.0), an ID (1234:11e8) or platform:NAME");
	if (*p->device)
		return fail(p, "a second device; row %u names one already", p->device_row);
	if (!procirq_pci_address_parse(word, address) &&
	    !procirq_pci_id_parse(word, &vendor, &device) &&
	    (!procirq_platform_is_named(word) || procirq_platform_find_at(p->root, word, name)))
		return fail(
			p,
			"\"%s\" is neither an address (0000:00:04.0), nor an ID (1234:11e8), nor platform:NAME",
			shown(word, out));
	strcpy(p->device, word);
	p->device_row = p->row;
	return no_more(p);
}

static int parse_intx(struct parser *p)
{
	enum procirq_phase phase;

	for (phase = PROCIRQ_CHECK; phase < PROCIRQ_PHASES; phase++)
		if (procirq_phase_steps(p->descriptor, phase))
			return fail(p, "a file with intx has no steps");
	p->descriptor->flags = PROCIRQ_DESC_INTX;
	return no_more(p);
}

static int parse_words(struct parser *p)
{
	const char *word = next_word(p);
	char out[SHOWN_BYTES];
	enum procirq_phase phase;

	if (!word)
		return 0;
	if (!strcmp(word, "device"))
		return parse_device(p);
	if (!strcmp(word, "intx"))
		return parse_intx(p);
	for (phase = PROCIRQ_CHECK; phase < PROCIRQ_PHASES; phase++)
		if (!strcmp(word, procirq_phase_name(phase)))
			return parse_step(p, phase);
	return fail(p, "\"%s\" is none of: device, intx, check, ack, silence, resume, release",
		    shown(word, out));
}

/* Reads a row, without its line feed. */
static int parse_row(struct parser *p, const char *text, size_t len)
{
	char row[ROW_BYTES], *word, *save = NULL, *comment;

	if (memchr(text, '\0', len))
		return fail(p, "a NUL byte: this is not a text file");
	if (len >= sizeof(row))
		return fail(p, "%zu bytes; a row has at most %d", len, ROW_BYTES - 1);
	memcpy(row, text, len);
	row[len] = '\0';
	comment = strchr(row, '#');
	if (comment)
		*comment = '\0';
	p->n_words = 0;
	p->next = 0;
	for (word = strtok_r(row, " \t\r", &save); word; word = strtok_r(NULL, " \t\r", &save)) {
		if (p->n_words == WORDS_MAX)
			return fail(p, "more than %d words", WORDS_MAX);
		p->words[p->n_words++] = word;
	}
	return parse_words(p);
}

/* A device that the caller names must have the ID that the text names. */
static int check_id(struct parser *p, const char *device)
{
	char address[PROCIRQ_PCI_BYTES];
	unsigned int vendor, id;

	if (!procirq_pci_id_parse(p->device, &vendor, &id) ||
	    procirq_pci_find_at(p->root, device, address) ||
	    procirq_pci_has_id(p->root, address, vendor, id))
		return 0;
	p->row = p->device_row;
	return fail(p, "this is for %s, and %s is not such a device", p->device, address);
}

/* Puts the device into the descriptor: the one that the caller or the text names. */
static int set_device(struct parser *p, const char *device)
{
	const char *name = device ? device : p->device;
	struct procirq_descriptor function;
	char words[PROCIRQ_EXPLAIN_BYTES];

	p->row = device ? 0 : p->device_row;
	if (!*name)
		return fail(
			p,
			"no device is named; add \"device ADDRESS\" to the file, or name a device together with it");
	if (procirq_descriptor_init_at(p->root, &function, name)) {
		if (procirq_platform_is_named(name))
			procirq_explain_platform_at(p->root, name, errno, words, sizeof(words));
		else
			procirq_explain_pci_at(p->root, name, errno, words, sizeof(words));
		return fail(p, "%s", words);
	}
	if (device && check_id(p, device))
		return -1;
	p->descriptor->domain = function.domain;
	p->descriptor->bus = function.bus;
	p->descriptor->devfn = function.devfn;
	p->descriptor->flags |= function.flags;
	memcpy(p->descriptor->platform, function.platform, sizeof(function.platform));
	return 0;
}

int procirq_descriptor_parse_at(const char *root, struct procirq_descriptor *descriptor,
				const char *name, const char *text, size_t len, const char *device,
				char *why, size_t size)
{
	struct parser p = {
		.root = root, .name = name, .descriptor = descriptor, .why = why, .why_size = size
	};
	const char *end, *flaw;
	int err = 0;

	memset(descriptor, 0, sizeof(*descriptor));
	descriptor->size = sizeof(*descriptor);
	if (size)
		*why = '\0';
	for (; len && !err; len -= (size_t)(end - text), text = end) {
		end = memchr(text, '\n', len);
		end = end ? end + 1 : text + len;
		p.row++;
		err = parse_row(&p, text, (size_t)(end - text) - (end[-1] == '\n'));
	}
	flaw = err ? NULL : procirq_descriptor_flaw(descriptor);
	if (!err && !flaw)
		err = set_device(&p, device);
	if (!err && !flaw)
		flaw = procirq_spaces_flaw(descriptor);
	if (flaw) {
		p.row = 0;
		err = fail(&p, "%s", flaw);
	}
	if (err)
		errno = EINVAL;
	return err;
}

/**
 * procirq_descriptor_parse - make a descriptor from the text of a file
 * @descriptor: overwritten
 * @name: name of the file, for messages
 * @text: text as procirq-device(5) describes it; it is not trusted, and need not end
 *	with a NUL byte
 * @len: bytes in @text
 * @device: a name that procirq_pci_find() or procirq_platform_find() accepts, instead of
 *	the device that the text names; or NULL
 * @why: gets a message without a line feed when this fails: "edu.irqdev:7: ..."; cut to fit
 * @size: bytes in @why; PROCIRQ_EXPLAIN_BYTES are enough
 *
 * Returns 0, or -1 with errno EINVAL.
 */
int procirq_descriptor_parse(struct procirq_descriptor *descriptor, const char *name,
			     const char *text, size_t len, const char *device, char *why,
			     size_t size)
{
	return procirq_descriptor_parse_at("", descriptor, name, text, len, device, why, size);
}

/* Reads the whole file. Returns its text, for free(), or NULL with errno. */
static char *read_all(const char *path, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text = fd < 0 ? NULL : malloc(FILE_BYTES + 1);
	ssize_t n = text ? 1 : -1;

	for (*len = 0; n > 0 && *len <= FILE_BYTES; *len += n > 0 ? (size_t)n : 0)
		n = read(fd, text + *len, FILE_BYTES + 1 - *len);
	if (fd >= 0)
		procirq_fd_close(fd);
	if (n >= 0)
		return text;
	free(text);
	return NULL;
}

/**
 * procirq_descriptor_load - make a descriptor from a file
 * @descriptor: overwritten
 * @path: the file, at most 64 KiB
 * @device: as in procirq_descriptor_parse()
 * @why: gets a message without a line feed when this fails
 * @size: bytes in @why
 *
 * Returns 0, or -1 with errno: EINVAL the text is wrong, EFBIG the file is too long,
 * or the error of reading it.
 */
int procirq_descriptor_load(struct procirq_descriptor *descriptor, const char *path,
			    const char *device, char *why, size_t size)
{
	struct parser p = { .name = path, .why = why, .why_size = size };
	size_t len;
	char *text = read_all(path, &len);
	int err, saved = errno;

	if (!text) {
		fail(&p, "%s", strerror(saved));
		errno = saved;
		return -1;
	}
	if (len > FILE_BYTES) {
		err = fail(&p, "more than %d bytes: this is not a device descriptor", FILE_BYTES);
		saved = EFBIG;
	} else {
		err = procirq_descriptor_parse(descriptor, path, text, len, device, why, size);
		saved = errno;
	}
	free(text);
	errno = saved;
	return err;
}
