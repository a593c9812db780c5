/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For read_json.c: the part that irqlat explain --json adds. */
#ifndef RESULTS_READ_EXPLAINED_H
#define RESULTS_READ_EXPLAINED_H

#include "explained.h"
#include "json_reader.h"

int explained_read(struct json_reader *reader, const json_t *object, struct explained *explained);

#endif /* RESULTS_READ_EXPLAINED_H */
