/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages on standard error: one row of text, after the name of the tool. "?" stands for
 * a control character, as in a name that a message quotes.
 *
 * Only the outermost layer of a tool calls these functions: its commands,
 * base/opts and base/commands. All other code returns errors to its caller.
 */
#ifndef BASE_MSG_H
#define BASE_MSG_H

/* Exit statuses, as rtla's. */
#define EXIT_OK	       0
#define EXIT_ERROR     1
#define EXIT_THRESHOLD 2

void msg_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void msg_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
int msg_flush_output(void);

#endif /* BASE_MSG_H */
