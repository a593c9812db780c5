// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat trace -t: write the trace as a trace.dat. */

#include "stop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <tracefs.h>

#include "tracing/datwrite.h"

#define EVENTS_MAX 64

static size_t kept_count(void *ctx, unsigned int cpu)
{
	return instance_kept(ctx, cpu);
}

static const uint8_t *kept_at(void *ctx, unsigned int cpu, size_t i)
{
	return instance_kept_page(ctx, cpu, i);
}

/* The text of a file, to be freed; NULL on errors. */
static char *read_file(const char *path)
{
	FILE *f = fopen(path, "re");
	char *text = NULL;
	size_t room = 0;

	if (!f)
		return NULL;
	if (getdelim(&text, &room, '\0', f) < 0) {
		free(text);
		text = NULL;
	}
	fclose(f);
	return text;
}

/* Formats of all events that may be in the buffers; the caller frees the texts. */
static size_t read_formats(struct datwrite_event *events)
{
	size_t n = 0;

	for (size_t i = 0; i < event_n_defs && n < EVENTS_MAX; i++) {
		const struct event_def *def = &event_defs[i];
		char *text = tracefs_event_file_read(NULL, def->system, def->name, "format", NULL);

		if (text)
			events[n++] = (struct datwrite_event){
				.system = def->system,
				.format = text,
			};
	}
	return n;
}

/* The kernel's own header_page describes sub-buffers of one page. */
static void header_page(char *text, size_t size, size_t subbuf_bytes)
{
	snprintf(text, size,
		 "\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n"
		 "\tfield: local_t commit;\toffset:8;\tsize:%zu;\tsigned:1;\n"
		 "\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n"
		 "\tfield: char data;\toffset:%zu;\tsize:%zu;\tsigned:0;\n",
		 sizeof(long), 8 + sizeof(long), subbuf_bytes - 8 - sizeof(long));
}

/**
 * trace_keep - write the sub-buffers that were read last as a trace.dat
 * @instance: keeps the sub-buffers
 * @path: of the file
 * @why: why it could not be written
 *
 * Returns 0, or -1 with @why filled.
 */
int trace_keep(struct instance *instance, const char *path, struct why *why)
{
	struct datwrite_event events[EVENTS_MAX];
	char page_text[320], uname_text[320];
	struct utsname uts;
	struct datwrite dat = {
		.page_bytes = instance_subbuf_bytes(instance),
		.header_page = page_text,
		.events = events,
		.clock = "mono",
		.uname = uname_text,
		.n_cpus = instance_n_cpus(instance),
		.n_pages = kept_count,
		.page = kept_at,
		.ctx = instance,
	};
	char *header_event = tracefs_instance_file_read(NULL, "events/header_event", NULL);
	char *cmdlines = tracefs_instance_file_read(NULL, "saved_cmdlines", NULL);
	char *kallsyms = read_file("/proc/kallsyms");
	int err;

	uname(&uts);
	snprintf(uname_text, sizeof(uname_text), "%s %s %s %s", uts.sysname, uts.nodename,
		 uts.release, uts.machine);
	header_page(page_text, sizeof(page_text), dat.page_bytes);
	dat.n_events = read_formats(events);
	dat.header_event = header_event ? header_event : "";
	dat.cmdlines = cmdlines ? cmdlines : "";
	dat.kallsyms = kallsyms ? kallsyms : "";
	err = datwrite(&dat, path);
	if (err)
		why_set(why, "%s: cannot write: %s", path, strerror(errno));
	for (size_t i = 0; i < dat.n_events; i++)
		free((char *)(uintptr_t)events[i].format);
	free(header_event);
	free(cmdlines);
	free(kallsyms);
	return err;
}
