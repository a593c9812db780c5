/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Holding back the signals that end a program, while a temporary file exists. */
#ifndef BASE_HOLD_H
#define BASE_HOLD_H

#include <signal.h>

void hold_signals(sigset_t *before);
void hold_end(const sigset_t *before);

#endif /* BASE_HOLD_H */
