/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A read() that stays in the kernel, copying to user space, until the test ends it. */
#ifndef CASES_STUCKREAD_H
#define CASES_STUCKREAD_H

#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "guest.h"

#define STUCK_PAGE 4096

/**
 * struct stuck_read - one read() into a page that is not there
 * @by: the thread, which reads from @by.fd; @by.ret is -errno or 0 once it is done
 * @uffd: userfaultfd that reports its page fault
 */
struct stuck_read {
	struct blocked by;
	int uffd;
};

HELPER void *stuck_read_run(void *arg)
{
	struct blocked *b = arg;

	b->ret = read(b->fd, b->page, sizeof(int)) < 0 ? -errno : 0;
	b->done = true;
	return NULL;
}

/* Returns when the read is stuck. Skips the test if the kernel has no userfaultfd. */
HELPER void stuck_read_start(struct stuck_read *stuck, int fd)
{
	void *page =
		mmap(NULL, STUCK_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct uffdio_register range = {
		.range = { (uintptr_t)page, STUCK_PAGE },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	struct uffdio_api api = { .api = UFFD_API };

	*stuck = (struct stuck_read){ .by = { .fd = fd, .page = page } };
	stuck->uffd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (stuck->uffd < 0)
		SKIP("no userfaultfd");
	REQUIRE(ioctl(stuck->uffd, UFFDIO_API, &api) == 0);
	REQUIRE(ioctl(stuck->uffd, UFFDIO_REGISTER, &range) == 0);
	REQUIRE(pthread_create(&stuck->by.thread, NULL, stuck_read_run, &stuck->by) == 0);
	REQUIRE(irq_poll(stuck->uffd, AWAIT_MS) == POLLIN);
}

/* Makes the page inaccessible: the read fails. Returns its error, -EFAULT. */
HELPER int stuck_read_fail(struct stuck_read *stuck)
{
	struct uffdio_range range = { (uintptr_t)stuck->by.page, STUCK_PAGE };

	REQUIRE(mprotect(stuck->by.page, STUCK_PAGE, PROT_NONE) == 0);
	REQUIRE(ioctl(stuck->uffd, UFFDIO_WAKE, &range) == 0);
	CHECK(thread_join(stuck->by.thread));
	close(stuck->uffd);
	munmap(stuck->by.page, STUCK_PAGE);
	return stuck->by.ret;
}

#endif /* CASES_STUCKREAD_H */
