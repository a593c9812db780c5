/* SPDX-License-Identifier: GPL-2.0-or-later */
/* error - errors as text: functions that cannot go on say what went wrong and what to do */
#ifndef TRACING_ERROR_H
#define TRACING_ERROR_H

#define TRACING_ERROR_BYTES 320

#endif /* TRACING_ERROR_H */
