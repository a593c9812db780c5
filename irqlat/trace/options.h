/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options that irqlat trace and irqlat explain have in common. */
#ifndef IRQLAT_TRACE_OPTIONS_H
#define IRQLAT_TRACE_OPTIONS_H

#include <stddef.h>

#include "base/opts.h"
#include "trace.h"

#define AT(member) .offset = offsetof(struct trace_config, member)

/* Which chains are meant: rows of a table of struct opt. */
#define TRACE_FILTER_OPTIONS                                                                                       \
	{                                                                                                          \
		0,	    "irq",    "LIST",                                                                      \
		OPT_STRING, AT(irqs), .help = "only these interrupts, by number: 24,36"                            \
	},                                                                                                         \
		{ 0,                                                                                               \
		  "name",                                                                                          \
		  "LIST",                                                                                          \
		  OPT_STRING,                                                                                      \
		  AT(names),                                                                                       \
		  .help = "only these, by handler: virtio*,local_timer;\n!NAME leaves one out" },                  \
		{ 'c',	    "cpus",   "LIST",                                                                      \
		  OPT_CPUS, AT(cpus), .help = "only interrupts that these CPUs took" },                            \
		{ 0,	      "pid",	"LIST",                                                                    \
		  OPT_STRING, AT(pids), .help = "only chains that woke these tasks" },                             \
	{                                                                                                          \
		0, "comm", "LIST", OPT_STRING, AT(comms),                                                          \
			.help = "only chains that woke tasks of these names: postgres,fio*;\n!NAME leaves one out" \
	}

#endif
