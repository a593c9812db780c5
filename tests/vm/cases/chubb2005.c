// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Uses the interface as Peter Chubb described it in 2005 and nothing else: neither our
 * headers nor our library. chubb.c runs it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/select.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int fd = open(argv[argc - 1], O_RDONLY), n, total = 0;

	while (fd >= 0 && total < 3) {
		fd_set set;
		FD_ZERO(&set);
		FD_SET(fd, &set);
		if (select(fd + 1, &set, NULL, NULL, NULL) != 1 ||
		    read(fd, &n, sizeof(n)) != sizeof(n))
			return 1;
		dprintf(1, "%d\n", n);
		total += n;
	}
	return fd < 0;
}
