/* SPDX-License-Identifier: GPL-2.0-or-later */
/* irqtop's screen on a terminal of the test's own. */
#ifndef SCREEN_H
#define SCREEN_H

#include <pty.h>
#include <sys/wait.h>

#include "guest.h"

struct screen {
	pid_t pid;
	int fd;
	size_t len;
	char text[1 << 20]; /* all that was written to the terminal */
};

HELPER void screen_open(struct screen *screen, const char *options)
{
	struct winsize size = { .ws_row = 24, .ws_col = 110 };
	char command[200];

	snprintf(command, sizeof(command), "exec irqtop --no-config %s", options);
	screen->len = 0;
	screen->text[0] = '\0';
	screen->pid = forkpty(&screen->fd, NULL, NULL, &size);
	REQUIRE(screen->pid >= 0);
	if (screen->pid)
		return;
	setenv("TERM", "linux", 1);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

/* What comes in the next while. */
HELPER void screen_drain(struct screen *screen, int ms)
{
	struct pollfd p = { .fd = screen->fd, .events = POLLIN };
	long long end_ns = now_ns() + ms * 1000000LL;
	ssize_t n;

	while (now_ns() < end_ns && screen->len + 4097 < sizeof(screen->text)) {
		if (poll(&p, 1, 50) <= 0)
			continue;
		n = read(screen->fd, screen->text + screen->len, 4096);
		if (n <= 0)
			return;
		screen->len += (size_t)n;
		screen->text[screen->len] = '\0';
	}
}

/* A new size makes it draw everything; else it draws only what differs. */
HELPER void screen_redraw(struct screen *screen)
{
	struct winsize size;

	screen->len = 0;
	screen->text[0] = '\0';
	ioctl(screen->fd, TIOCGWINSZ, &size);
	size.ws_col ^= 1;
	ioctl(screen->fd, TIOCSWINSZ, &size);
	screen_drain(screen, 700);
}

/* Whether the words are there, within twenty seconds. */
HELPER bool screen_shows(struct screen *screen, const char *words)
{
	long long end_ns = now_ns() + 20000000000LL;

	do {
		screen_redraw(screen);
		if (strstr(screen->text, words))
			return true;
	} while (now_ns() < end_ns);
	tap_diag("no '%s' in: %s", words, screen->text);
	return false;
}

HELPER void screen_keys(struct screen *screen, const char *keys)
{
	REQUIRE(write(screen->fd, keys, strlen(keys)) == (ssize_t)strlen(keys));
}

HELPER void screen_close(struct screen *screen)
{
	int status = -1;

	/* The first one may close what is opened. */
	screen_keys(screen, "qq");
	screen->len = 0;
	screen_drain(screen, 1000);
	CHECK(waitpid(screen->pid, &status, 0) == screen->pid);
	CHECK_EQ(status, 0);
	close(screen->fd);
}

#endif
