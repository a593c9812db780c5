// SPDX-License-Identifier: GPL-2.0-or-later
/* The built-in load generators. */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "load.h"
#include "base/why.h"

#define WRITE_BYTES  (1 << 20)
#define FILE_BYTES   (16 << 20)
#define INTERRUPT_NS 50000
#define PACKET_BYTES 1400
/* Packets in flight: the load goes on when some of them are lost. */
#define PACKETS 16

static int open_file(struct why *why)
{
	const char *folder = getenv("TMPDIR");
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/irqlat-load.XXXXXX", folder && *folder ? folder : "/tmp");
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		why_set(why, "--load io: %s: %s", path, strerror(errno));
	else
		unlink(path);
	return fd;
}

static int open_socket(struct sockaddr_in *address)
{
	const struct timeval timeout = { .tv_usec = 100000 };
	socklen_t len = sizeof(*address);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	*address = (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	if (fd >= 0 && !bind(fd, (struct sockaddr *)address, sizeof(*address)) &&
	    !getsockname(fd, (struct sockaddr *)address, &len) &&
	    !setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)))
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static int open_sockets(int sockets[2], struct why *why)
{
	struct sockaddr_in address[2];
	const char probe = 0;
	int i;

	for (i = 0; i < 2; i++)
		sockets[i] = open_socket(&address[i]);
	if (sockets[0] >= 0 && sockets[1] >= 0 &&
	    !connect(sockets[0], (struct sockaddr *)&address[1], sizeof(address[1])) &&
	    !connect(sockets[1], (struct sockaddr *)&address[0], sizeof(address[0])) &&
	    send(sockets[0], &probe, 1, 0) == 1)
		return 0;
	return why_set(why, "--load net: loopback: %s; run: ip link set lo up", strerror(errno));
}

/**
 * load_files_open - open the file and the sockets of the generators
 * @config: which generators
 * @files: gets them; the caller closes them also after a failure
 * @why: gets the reason of a failure
 *
 * Returns 0 or -1.
 */
int load_files_open(const struct load_config *config, struct load_files *files, struct why *why)
{
	*files = (struct load_files){ .file = -1, .sockets = { -1, -1 } };
	if (config->kinds[LOAD_IO]) {
		files->file = open_file(why);
		if (files->file < 0)
			return -1;
	}
	return config->kinds[LOAD_NET] ? open_sockets(files->sockets, why) : 0;
}

void load_files_close(struct load_files *files)
{
	int fds[] = { files->file, files->sockets[0], files->sockets[1] };
	size_t i;

	for (i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

/* cpu: integer arithmetic. */
_Noreturn void load_burn_cpu(void)
{
	volatile uint64_t x = 1;

	for (;;)
		x = x * 6364136223846793005u + 1442695040888963407u;
}

/* io: write a file and wait until the disk has it. */
_Noreturn void load_write(int file)
{
	static char block[WRITE_BYTES];
	off_t at = 0;

	memset(block, 0x5a, sizeof(block));
	for (;;) {
		if (pwrite(file, block, sizeof(block), at) < 0 && errno != EINTR)
			_exit(1);
		fdatasync(file);
		at = (at + WRITE_BYTES) % FILE_BYTES;
	}
}

/* irq: timer interrupts, with a wake-up for each. */
_Noreturn void load_interrupt(void)
{
	const struct itimerspec every = {
		.it_interval.tv_nsec = INTERRUPT_NS,
		.it_value.tv_nsec = INTERRUPT_NS,
	};
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	uint64_t count;

	if (fd < 0 || timerfd_settime(fd, 0, &every, NULL))
		_exit(1);
	for (;;)
		if (read(fd, &count, sizeof(count)) < 0 && errno != EINTR)
			_exit(1);
}

static void send_packets(int socket, int n)
{
	static const char packet[PACKET_BYTES];

	while (n--)
		send(socket, packet, sizeof(packet), 0);
}

/* net: packets over loopback, back and forth. This end replaces lost packets. */
_Noreturn void load_send(int socket)
{
	char packet[PACKET_BYTES];

	send_packets(socket, PACKETS);
	for (;;)
		send_packets(socket, recv(socket, packet, sizeof(packet), 0) < 0 ? PACKETS : 1);
}

_Noreturn void load_echo(int socket)
{
	char packet[PACKET_BYTES];

	for (;;)
		if (recv(socket, packet, sizeof(packet), 0) > 0)
			send_packets(socket, 1);
}
