// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/termsize.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

void termsize_forget_environment(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col || !size.ws_row)
		return;
	unsetenv("COLUMNS");
	unsetenv("LINES");
}
