// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "array.h"

#define ROOM_MIN 16

/**
 * array_reserve - make room for elements
 * @array: address of the pointer to the first element, NULL while there is none
 * @room: elements that fit; updated
 * @need: elements that have to fit
 * @size: bytes of an element
 *
 * The room doubles until @need fits, so that adding elements one by one stays cheap.
 * What the array holds stays.
 *
 * Returns 0, or -1 with errno ENOMEM; then nothing has changed.
 */
int array_reserve(void *array, size_t *room, size_t need, size_t size)
{
	void **first = array;
	size_t want = *room ? *room : ROOM_MIN;
	void *bigger;

	if (need <= *room)
		return 0;
	if (need > SIZE_MAX / 2 / size) {
		errno = ENOMEM;
		return -1;
	}
	while (want < need)
		want *= 2;
	bigger = realloc(*first, want * size);
	if (!bigger)
		return -1;
	*first = bigger;
	*room = want;
	return 0;
}
