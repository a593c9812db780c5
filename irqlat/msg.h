/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What irqlat says on standard error: one line, "irqlat: ...". */
#ifndef IRQLAT_MSG_H
#define IRQLAT_MSG_H

/* Exit statuses, as rtla's. */
#define EXIT_OK		0
#define EXIT_ERROR	1
#define EXIT_THRESHOLD	2

void msg_error(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
void msg_warning(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

#endif /* IRQLAT_MSG_H */
