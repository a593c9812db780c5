/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why something failed, in words. Code that may not print takes a struct why from
 * its caller and fills it when it fails; a tool's command prints the text.
 */
#ifndef BASE_WHY_H
#define BASE_WHY_H

struct why {
	char text[512];
};

int why_set(struct why *why, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif /* BASE_WHY_H */
