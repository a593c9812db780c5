/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tool that is a set of commands: "procirq bind", "irqlat trace".
 *
 * This is the outermost layer of such a tool: unlike the rest of base/, it prints,
 * and decides the exit status.
 */
#ifndef BASE_COMMANDS_H
#define BASE_COMMANDS_H

/**
 * struct command - a command of a tool
 * @name: first argument of the tool; NULL ends a table
 * @summary: for the list of commands, at most 60 characters
 * @run: gets the arguments, its own name first; returns the exit status
 */
struct command {
	const char *name;
	const char *summary;
	int (*run)(int argc, char **argv);
};

/**
 * struct command_set - a tool
 * @tool: its name
 * @summary: one sentence for the list of commands
 * @commands: table; "help" and "--version" need no row
 */
struct command_set {
	const char *tool;
	const char *summary;
	const struct command *commands;
};

int commands_main(const struct command_set *set, int argc, char **argv);

#endif /* BASE_COMMANDS_H */
