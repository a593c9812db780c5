// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Device descriptors from text: the files of procirq-device(5). The text is not
 * trusted: any bytes end in a descriptor or in one line that says where they are
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

#define LINE_BYTES 256	 /* longest line, its end included */
#define WORDS_MAX  16	 /* most words of a line; a step has 11 at most */
#define FILE_BYTES 65536 /* longest file */

/* How much of a word that is wrong is shown. */
#define SHOWN_BYTES 32

/**
 * struct parse - one text being read
 * @root: prefix of /sys
 * @name: of the text, for messages
 * @line: number of the line being read, from 1
 * @descriptor: what the lines so far say
 * @device: the device named in the text, "" for none so far
 * @device_line: where it was named
 * @words: the line being read
 * @n_words: how many they are
 * @at: the word to be read next
 * @why: gets the message
 * @why_size: bytes in it
 */
struct parse {
	const char *root;
	const char *name;
	unsigned int line;
	struct procirq_descriptor *descriptor;
	char device[LINE_BYTES];
	unsigned int device_line;
	char *words[WORDS_MAX];
	unsigned int n_words;
	unsigned int at;
	char *why;
	size_t why_size;
};

/* Says what is wrong, after file and line (0: the whole file). Returns -1. */
static __attribute__((format(printf, 2, 3))) int fail(struct parse *p, const char *format, ...)
{
	va_list args;
	size_t len;
	int n;

	if (p->line)
		n = snprintf(p->why, p->why_size, "%.200s:%u: ", p->name, p->line);
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

/* A word as it may be printed: from a file that may hold anything. */
static const char *shown(const char *word, char out[SHOWN_BYTES])
{
	size_t i;

	for (i = 0; word[i] && i < SHOWN_BYTES - 4; i++)
		out[i] = isprint((unsigned char)word[i]) ? word[i] : '?';
	strcpy(out + i, word[i] ? "..." : "");
	return out;
}

static const char *next_word(struct parse *p)
{
	return p->at < p->n_words ? p->words[p->at++] : NULL;
}

/* The next word must be this one. */
static int expect(struct parse *p, const char *word)
{
	const char *found = next_word(p);
	char out[SHOWN_BYTES];

	if (!found)
		return fail(p, "\"%s\" is missing at the end", word);
	if (strcmp(found, word))
		return fail(p, "\"%s\" expected, not \"%s\"", word, shown(found, out));
	return 0;
}

/* A number, decimal or with 0x, that fits 32 bits. */
static int number(struct parse *p, const char *what, uint32_t *value)
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
		return fail(p, "%s: %s is more than 32 bits", what, shown(word, out));
	*value = (uint32_t)v;
	return 0;
}

static int no_more(struct parse *p)
{
	const char *word = next_word(p);
	char out[SHOWN_BYTES];

	return word ? fail(p, "\"%s\" is one word too many", shown(word, out)) : 0;
}

/* Whether the next word is this one, which is then read. */
static bool accept(struct parse *p, const char *word)
{
	if (p->at >= p->n_words || strcmp(p->words[p->at], word))
		return false;
	p->at++;
	return true;
}

/* "any 0x1", "equal 0x1 mask 0x3", "write 0x1", ... */
static int parse_operation(struct parse *p, struct procirq_step *step)
{
	const char *word = next_word(p);
	char out[SHOWN_BYTES];

	if (!word)
		return fail(
			p,
			"the operation is missing at the end: any, equal, write, write-status, set, clear or read");
	if (!strcmp(word, "any")) {
		step->op = PROCIRQ_OP_TEST_ANY;
		return number(p, "the bits after any", &step->mask);
	}
	if (!strcmp(word, "equal")) {
		step->op = PROCIRQ_OP_TEST_EQ;
		step->mask = step->width >= 32 ? UINT32_MAX : (UINT32_C(1) << step->width) - 1;
		if (number(p, "the value after equal", &step->value))
			return -1;
		return accept(p, "mask") ? number(p, "the mask", &step->mask) : 0;
	}
	if (!strcmp(word, "write")) {
		step->op = PROCIRQ_OP_WRITE;
		return number(p, "the value after write", &step->value);
	}
	if (!strcmp(word, "write-status")) {
		step->op = PROCIRQ_OP_WRITE_STATUS;
		if (number(p, "the mask after write-status", &step->mask))
			return -1;
		return accept(p, "or") ? number(p, "the value after or", &step->value) : 0;
	}
	if (!strcmp(word, "set")) {
		step->op = PROCIRQ_OP_SET;
		return number(p, "the bits after set", &step->value);
	}
	if (!strcmp(word, "clear")) {
		step->op = PROCIRQ_OP_CLEAR;
		return number(p, "the bits after clear", &step->value);
	}
	if (!strcmp(word, "read")) {
		step->op = PROCIRQ_OP_READ;
		return 0;
	}
	return fail(p,
		    "\"%s\" is no operation: any, equal, write, write-status, set, clear or read",
		    shown(word, out));
}

/* "bar 0 offset 0x24 width 32", "config offset 4 width 16" */
static int parse_register(struct parse *p, struct procirq_step *step)
{
	uint32_t bar = 0, width;
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
		step->bar = (__u8)bar;
	} else {
		word = next_word(p);
		return word ? fail(p, "\"bar\" or \"config\" expected, not \"%s\"",
				   shown(word, out)) :
			      fail(p, "\"bar\" or \"config\" is missing at the end");
	}
	if (expect(p, "offset") || number(p, "the offset", &step->offset) || expect(p, "width") ||
	    number(p, "the width", &width))
		return -1;
	if (width != 8 && width != 16 && width != 32)
		return fail(p, "width %u: a register is 8, 16 or 32 bits wide", width);
	step->width = (__u8)width;
	return 0;
}

static int parse_step(struct parse *p, enum procirq_phase phase)
{
	struct procirq_step step = { 0 };
	const char *what;

	if (p->descriptor->flags & PROCIRQ_DESC_INTX)
		return fail(p, "after intx there is nothing to describe");
	if (parse_register(p, &step) || parse_operation(p, &step) || no_more(p))
		return -1;
	if (procirq_step_flaw(phase, &step, &what))
		return fail(p, "%s", what);
	if (procirq_descriptor_add(p->descriptor, phase, &step))
		return fail(p, "more than %u steps", PROCIRQ_STEPS_MAX);
	return 0;
}

static int parse_device(struct parse *p)
{
	char address[PROCIRQ_PCI_BYTES], out[SHOWN_BYTES];
	const char *word = next_word(p);
	unsigned int vendor, device;

	if (!word)
		return fail(
			p,
			"the device is missing: an address (0000:00:04.0) or vendor:device (1234:11e8)");
	if (*p->device)
		return fail(p, "a second device; line %u has named one", p->device_line);
	if (!procirq_is_pci_address(word, address) && !procirq_is_pci_id(word, &vendor, &device))
		return fail(
			p,
			"\"%s\" is neither an address (0000:00:04.0) nor vendor:device (1234:11e8)",
			shown(word, out));
	strcpy(p->device, word);
	p->device_line = p->line;
	return no_more(p);
}

static int parse_intx(struct parse *p)
{
	enum procirq_phase phase;

	for (phase = PROCIRQ_CHECK; phase < PROCIRQ_PHASES; phase++)
		if (procirq_phase_steps(p->descriptor, phase))
			return fail(p, "intx needs no steps, and takes none");
	p->descriptor->flags = PROCIRQ_DESC_INTX;
	return no_more(p);
}

static int parse_words(struct parse *p)
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

/* One line, without its end. */
static int parse_line(struct parse *p, const char *text, size_t len)
{
	char line[LINE_BYTES], *word, *save = NULL, *comment;

	if (memchr(text, '\0', len))
		return fail(p, "a NUL byte: this is no text");
	if (len >= sizeof(line))
		return fail(p, "%zu bytes; a line has %d at most", len, LINE_BYTES - 1);
	memcpy(line, text, len);
	line[len] = '\0';
	comment = strchr(line, '#');
	if (comment)
		*comment = '\0';
	p->n_words = 0;
	p->at = 0;
	for (word = strtok_r(line, " \t\r", &save); word; word = strtok_r(NULL, " \t\r", &save)) {
		if (p->n_words == WORDS_MAX)
			return fail(p, "more than %d words", WORDS_MAX);
		p->words[p->n_words++] = word;
	}
	return parse_words(p);
}

/* The device that the caller named must be of the kind that the text is for. */
static int check_kind(struct parse *p, const char *device)
{
	char address[PROCIRQ_PCI_BYTES];
	unsigned int vendor, id;

	if (!procirq_is_pci_id(p->device, &vendor, &id) ||
	    procirq_pci_find_at(p->root, device, address) ||
	    procirq_pci_is(p->root, address, vendor, id))
		return 0;
	p->line = p->device_line;
	return fail(p, "this is for %s, and %s is no such device", p->device, address);
}

/* Which function it is about, in the end. */
static int settle_device(struct parse *p, const char *device)
{
	const char *name = device ? device : p->device;
	struct procirq_descriptor function;
	char words[PROCIRQ_EXPLAIN_BYTES];

	p->line = device ? 0 : p->device_line;
	if (!*name)
		return fail(
			p,
			"no device is named; add a line \"device ADDRESS\", or name one beside the file");
	if (procirq_descriptor_init_at(p->root, &function, name)) {
		procirq_explain_pci_at(p->root, name, errno, words, sizeof(words));
		return fail(p, "%s", words);
	}
	if (device && check_kind(p, device))
		return -1;
	p->descriptor->domain = function.domain;
	p->descriptor->bus = function.bus;
	p->descriptor->devfn = function.devfn;
	return 0;
}

int procirq_descriptor_parse_at(const char *root, struct procirq_descriptor *descriptor,
				const char *name, const char *text, size_t len, const char *device,
				char *why, size_t size)
{
	struct parse p = {
		.root = root, .name = name, .descriptor = descriptor, .why = why, .why_size = size
	};
	const char *end;
	int err = 0;

	memset(descriptor, 0, sizeof(*descriptor));
	if (size)
		*why = '\0';
	for (; len && !err; len -= (size_t)(end - text), text = end) {
		end = memchr(text, '\n', len);
		end = end ? end + 1 : text + len;
		p.line++;
		err = parse_line(&p, text, (size_t)(end - text) - (end[-1] == '\n'));
	}
	if (!err && !descriptor->flags && !descriptor->nr_check) {
		p.line = 0;
		err = fail(
			&p,
			"no check: every interrupt of the line would be taken for this device's");
	}
	if (!err)
		err = settle_device(&p, device);
	if (err)
		errno = EINVAL;
	return err;
}

/**
 * procirq_descriptor_parse - a descriptor from the text of a file
 * @descriptor: overwritten
 * @name: of the file, for messages
 * @text: as procirq-device(5) says; not trusted, and needs no final zero
 * @len: bytes in @text
 * @device: what procirq_pci_find() accepts, instead of the device that the text
 *	names; NULL to take that one
 * @why: gets one line without a newline when it fails: "edu.irqdev:7: ..."
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

/* The whole file, for free(), or NULL with errno. */
static char *read_all(const char *path, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), saved;
	char *text = fd < 0 ? NULL : malloc(FILE_BYTES + 1);
	ssize_t n = text ? 1 : -1;

	for (*len = 0; n > 0 && *len <= FILE_BYTES; *len += n > 0 ? (size_t)n : 0)
		n = read(fd, text + *len, FILE_BYTES + 1 - *len);
	saved = errno;
	if (fd >= 0)
		close(fd);
	if (n < 0) {
		free(text);
		text = NULL;
	}
	errno = saved;
	return text;
}

/**
 * procirq_descriptor_load - a descriptor from a file
 * @descriptor: overwritten
 * @path: the file, at most 64 KiB
 * @device: as procirq_descriptor_parse()
 * @why: as procirq_descriptor_parse(), for any error
 * @size: bytes in @why
 *
 * Returns 0, or -1 with errno: EINVAL, EFBIG, or that of reading the file.
 */
int procirq_descriptor_load(struct procirq_descriptor *descriptor, const char *path,
			    const char *device, char *why, size_t size)
{
	struct parse p = { .name = path, .why = why, .why_size = size };
	size_t len;
	char *text = read_all(path, &len);
	int err, saved;

	if (!text) {
		saved = errno;
		fail(&p, "%s", strerror(errno));
		errno = saved;
		return -1;
	}
	if (len > FILE_BYTES) {
		free(text);
		fail(&p, "more than %d bytes: this is no device descriptor", FILE_BYTES);
		errno = EFBIG;
		return -1;
	}
	err = procirq_descriptor_parse(descriptor, path, text, len, device, why, size);
	saved = errno;
	free(text);
	errno = saved;
	return err;
}
