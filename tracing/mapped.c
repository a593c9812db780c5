// SPDX-License-Identifier: GPL-2.0-or-later
#include "mapped.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * The kernel's uapi/linux/trace_mmap.h, which C libraries do not have yet. The
 * number is that of Linux 6.11; 6.10 had the second.
 */
#define GET_READER	_IO('R', 0x20)
#define GET_READER_6_10 _IO('T', 0x1)

struct meta_page {
	uint32_t meta_page_size;
	uint32_t meta_struct_len;
	uint32_t subbuf_size;
	uint32_t nr_subbufs;
	struct {
		uint64_t lost_events;
		uint32_t id;
		uint32_t read;
	} reader;
};

/**
 * struct mapped - see mapped.h
 * @layout: of the sub-buffers
 * @meta: the kernel's page of facts
 * @data: sub-buffers, by their number
 * @map: both; @map_bytes
 * @fd: trace_pipe_raw, not ours
 * @request: of the two numbers, the one this kernel knows
 * @id: sub-buffer given out last
 * @given: bytes of its events that were given out
 * @rest: later events of a sub-buffer, with a header of their own
 */
struct mapped {
	struct subbuf_layout layout;
	const volatile struct meta_page *meta;
	const uint8_t *data;
	void *map;
	size_t map_bytes;
	int fd;
	unsigned long request;
	uint32_t id;
	uint32_t given;
	uint8_t *rest;
};

/* Ask for the next sub-buffer with events; none is no error. */
static int get_reader(struct mapped *m)
{
	int rc = ioctl(m->fd, m->request);

	if (rc < 0 && errno == ENOTTY && m->request == GET_READER) {
		m->request = GET_READER_6_10;
		rc = ioctl(m->fd, m->request);
	}
	return rc < 0 && errno != EAGAIN && errno != EINTR ? -1 : 0;
}

static int map_all(struct mapped *m)
{
	long page = sysconf(_SC_PAGESIZE);
	struct meta_page *meta = mmap(NULL, (size_t)page, PROT_READ, MAP_SHARED, m->fd, 0);
	size_t meta_bytes;

	if (meta == MAP_FAILED)
		return -1;
	meta_bytes = meta->meta_page_size;
	m->map_bytes = meta_bytes + (size_t)meta->nr_subbufs * meta->subbuf_size;
	munmap(meta, (size_t)page);
	m->map = mmap(NULL, m->map_bytes, PROT_READ, MAP_SHARED, m->fd, 0);
	if (m->map == MAP_FAILED) {
		m->map = NULL;
		return -1;
	}
	m->meta = m->map;
	m->data = (const uint8_t *)m->map + meta_bytes;
	return 0;
}

/**
 * mapped_open - map a buffer
 * @fd: its trace_pipe_raw, non-blocking, of which nothing was read yet; stays the
 *	caller's, and open
 * @layout: of the sub-buffers, in our byte order; copied
 *
 * Returns NULL with errno set: ENODEV, EINVAL or ENOTTY when the kernel cannot.
 */
struct mapped *mapped_open(int fd, const struct subbuf_layout *layout)
{
	struct mapped *m = calloc(1, sizeof(*m));
	int reason;

	if (!m)
		return NULL;
	m->layout = *layout;
	m->fd = fd;
	m->request = GET_READER;
	m->id = UINT32_MAX;
	if (map_all(m) || get_reader(m))
		goto fail;
	m->rest = malloc(m->meta->subbuf_size);
	if (!m->rest)
		goto fail;
	return m;
fail:
	reason = errno;
	mapped_close(m);
	errno = reason;
	return NULL;
}

/* NULL is fine. */
void mapped_close(struct mapped *m)
{
	if (!m)
		return;
	if (m->map)
		munmap(m->map, m->map_bytes);
	free(m->rest);
	free(m);
}

/* The commit word, read once: the kernel adds to it. */
static uint32_t commit_of(const struct mapped *m, const uint8_t *page)
{
	const void *at = page + m->layout.commit_offset;

	return (uint32_t)__atomic_load_n((const unsigned long *)at, __ATOMIC_ACQUIRE);
}

static void write_header(const struct mapped *m, uint8_t *page, uint64_t ts, unsigned long commit)
{
	memcpy(page, &ts, sizeof(ts));
	memcpy(page + m->layout.commit_offset, &commit, m->layout.commit_bytes);
}

/* The events behind those that were given out, with the time they start from. */
static ssize_t page_rest(struct mapped *m, const uint8_t *page, uint32_t length,
			 const uint8_t **out)
{
	const uint8_t *events = page + m->layout.data_offset;
	struct subbuf_cursor c = { .p = events,
				   .end = events + m->given,
				   .ts = subbuf_u64(page, false),
				   .big_endian = m->layout.big_endian };
	uint32_t bytes = length - m->given;
	struct record r;

	while (subbuf_next(&c, &r) > 0)
		;
	write_header(m, m->rest, c.ts, bytes);
	memcpy(m->rest + m->layout.data_offset, events + m->given, bytes);
	m->given = length;
	*out = m->rest;
	return (ssize_t)(m->layout.data_offset + bytes);
}

/**
 * mapped_page - next events
 * @m: mapped
 * @page: a sub-buffer of them, valid until the next call. Its commit may grow
 *	behind the returned bytes.
 *
 * Returns its bytes, 0 when there are none now, -1 with errno set.
 */
ssize_t mapped_page(struct mapped *m, const uint8_t **page)
{
	/*
	 * The kernel may first have to note that we have read to the end of the
	 * sub-buffer, and hands over the next one only the second time.
	 */
	for (int i = 0; i < 2; i++) {
		const uint8_t *p;
		uint32_t commit, length, id;

		if (get_reader(m))
			return -1;
		id = m->meta->reader.id;
		p = m->data + (size_t)id * m->meta->subbuf_size;
		commit = commit_of(m, p);
		length = commit & SUBBUF_COMMIT_LENGTH;
		if (id != m->id) {
			m->id = id;
			m->given = 0;
		}
		if (length <= m->given)
			continue;
		if (m->given)
			return page_rest(m, p, length, page);
		m->given = length;
		*page = p;
		/* What was missed stands behind the events; that page is full. */
		return commit & ~SUBBUF_COMMIT_LENGTH ? (ssize_t)m->meta->subbuf_size :
							(ssize_t)(m->layout.data_offset + length);
	}
	return 0;
}
