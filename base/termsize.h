/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The size of the terminal, for programs that use curses. */
#ifndef BASE_TERMSIZE_H
#define BASE_TERMSIZE_H

/**
 * termsize_forget_environment - have curses ask the terminal for its size
 *
 * A shell or a tool may have exported COLUMNS and LINES of a size that the terminal does not
 * have any more, and curses takes these, also when the size changes. Call it before newterm();
 * it changes nothing if standard output is no terminal that knows its size.
 */
void termsize_forget_environment(void);

#endif /* BASE_TERMSIZE_H */
