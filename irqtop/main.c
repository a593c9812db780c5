// SPDX-License-Identifier: GPL-2.0-or-later
/* irqtop - the interrupt monitor */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <unistd.h>

#include "irqtop/session/session.h"

/* Opens those of descriptors 0 to 2 that are closed: else our files would get them. */
static void standard_files_open(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

int main(int argc, char **argv)
{
	static struct session session;
	int status, err;

	standard_files_open();
	setlocale(LC_CTYPE, "");
	status = options_parse(&session.options, argc, argv);
	if (status >= 0)
		return status;
	status = session_open(&session);
	if (!status) {
		if (session.options.explain)
			status = explain_run(&session);
		else if (session.options.diff[0])
			status = diff_run(&session);
		else if (session.options.nmoves)
			status = move_run(&session);
		else if (session.options.mode == MODE_LISTEN)
			status = listen_run(&session);
		else if (session.options.mode == MODE_SCREEN)
			status = screen_run(&session);
		else
			status = stream_run(&session);
	}
	err = session_close(&session);
	return status ? status : err;
}
