/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What irqtop said of one interrupt, and when; beside what grew meanwhile. */
#ifndef CASES_IRQTOP_SEEN_H
#define CASES_IRQTOP_SEEN_H

#include "guest.h"

#define SECONDS 3

struct seen {
	double at_s, interval_s, value;
};

/* One report, of one row and one column. */
HELPER FILE *irqtop_start(int irq, const char *column)
{
	char command[200];

	snprintf(command, sizeof(command),
		 "irqtop --no-config --json -n 1 -d %d -s irq "
		 "-t interrupts -c irq,%s | grep '\"irq\":\"%d\"'",
		 SECONDS, column, irq);
	return popen(command, "r");
}

/* The column is the line's last, whatever JSON calls it. */
HELPER bool irqtop_end(FILE *pipe, struct seen *seen)
{
	char line[512] = "", *p;
	struct tm tm = { 0 };
	int ms = 0;

	if (!fgets(line, sizeof(line), pipe))
		line[0] = '\0';
	tap_diag("%s", line);
	if (pclose(pipe) ||
	    sscanf(line, "{\"time\":\"%d-%d-%dT%d:%d:%d.%dZ\"", &tm.tm_year, &tm.tm_mon,
		   &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &ms) != 7)
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	seen->at_s = (double)timegm(&tm) + ms / 1e3;
	p = strstr(line, "\"interval_s\":");
	seen->interval_s = p ? atof(p + 13) : 0;
	p = strrchr(line, ':');
	seen->value = p ? atof(p + 1) : -1;
	return seen->interval_s > 0;
}

HELPER double wall_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* What grows, over time. */
struct mark {
	double at_s;
	unsigned long long count;
};

HELPER double count_at(const struct mark *mark, int n, double at_s)
{
	int i;

	for (i = 1; i < n - 1 && mark[i].at_s < at_s; i++)
		;
	return (double)mark[i - 1].count + (double)(mark[i].count - mark[i - 1].count) *
						   (at_s - mark[i - 1].at_s) /
						   (mark[i].at_s - mark[i - 1].at_s);
}

/* Per second, between irqtop's two samples. */
HELPER double rate_while(const struct mark *mark, int n, const struct seen *seen)
{
	return (count_at(mark, n, seen->at_s) - count_at(mark, n, seen->at_s - seen->interval_s)) /
	       seen->interval_s;
}

#endif /* CASES_IRQTOP_SEEN_H */
