/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arrays that grow and keep their memory. */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include <stddef.h>

int array_reserve(void *array, size_t *room, size_t need, size_t size);

#endif /* BASE_ARRAY_H */
