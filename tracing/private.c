// SPDX-License-Identifier: GPL-2.0-or-later
#include "private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "histtext.h"

/*
 * Names: the prefix, PID and start time (clock ticks since boot) of the process, and
 * of an event also what it is, "wake".
 */
#define INSTANCE_PREFIX "irqlat-trace-"
#define EVENT_PREFIX	"irqlat_trace_"

/* Triggers refer to one another: more passes than the longest chain of them. */
#define PASSES_MAX 16

/* --- names ----------------------------------------------------------------- */

/* Start time of a process; 0: there is no such process. */
static unsigned long long process_start(long pid)
{
	char path[64], stat[1024], *p;
	unsigned long long start = 0;
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	n = fread(stat, 1, sizeof(stat) - 1, f);
	fclose(f);
	stat[n] = '\0';
	/* The name in parentheses may have any characters; field 3 follows it. */
	p = strrchr(stat, ')');
	if (!p || sscanf(p + 1,
			 " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u "
			 "%*u %*u %*d %*d %*d %*d %*d %*d %llu",
			 &start) != 1)
		return 0;
	return start;
}

/*
 * Whether a process that has ended made the thing of this name, or with @mine, this
 * process.
 */
static bool is_ours(const char *name, const char *format, bool mine)
{
	unsigned long long start;
	long pid;

	if (sscanf(name, format, &pid, &start) != 2)
		return false;
	return process_start(pid) != start || (mine && pid == getpid());
}

/**
 * private_event_name - make the name of a synthetic event of this process
 * @what: "wake"; letters only
 * @name: filled
 */
void private_event_name(const char *what, char name[PRIVATE_NAME_BYTES])
{
	snprintf(name, PRIVATE_NAME_BYTES, EVENT_PREFIX "%d_%llu_%s", getpid(),
		 process_start(getpid()), what);
}

/* --- removal --------------------------------------------------------------- */

/*
 * Write "!hist:keys=irq" for each "hist:keys=irq [active]". Returns how many there
 * were.
 */
static int remove_triggers(const char *path)
{
	char text[1024], *state;
	FILE *in = fopen(path, "re");
	int n = 0;

	while (in && fgets(text + 1, sizeof(text) - 1, in)) {
		int fd;

		if (text[1] == '#' || text[1] == '\n')
			continue;
		text[0] = '!';
		histtext_repair(text);
		state = strrchr(text, '[');
		if (state && state[-1] == ' ')
			state[-1] = '\0';
		n++;
		fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
		if (fd < 0)
			continue;
		/* EBUSY while another one refers to it: a later pass removes it. */
		if (write(fd, text, strlen(text)) < 0)
			state = NULL;
		close(fd);
	}
	if (in)
		fclose(in);
	return n;
}

static int remove_system_triggers(const char *instance_path, const char *system)
{
	char path[512];
	struct dirent *entry;
	DIR *dir;
	int n = 0;

	snprintf(path, sizeof(path), "%s/events/%s", instance_path, system);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/events/%s/%.200s/trigger", instance_path, system,
			 entry->d_name);
		n += remove_triggers(path);
	}
	if (dir)
		closedir(dir);
	return n;
}

/*
 * An instance cannot be removed while it has histograms with variables, nor can a
 * histogram while another one uses its variables.
 */
static void remove_instance(const char *path)
{
	static const char *const systems[] = { "irq", "sched", "synthetic", "raw_syscalls" };

	if (!rmdir(path) || errno != EBUSY)
		return;
	for (int pass = 0; pass < PASSES_MAX; pass++) {
		int n = 0;

		for (size_t i = 0; i < sizeof(systems) / sizeof(systems[0]); i++)
			n += remove_system_triggers(path, systems[i]);
		if (!n)
			break;
	}
	rmdir(path);
}

/* Synthetic events are global: remove only those of such processes. */
static void remove_events(bool mine)
{
	struct tracefs_dynevent **events = tracefs_dynevent_get_all(TRACEFS_DYNEVENT_SYNTH, NULL);

	for (size_t i = 0; events && events[i]; i++) {
		char *name = NULL;

		tracefs_dynevent_info(events[i], NULL, &name, NULL, NULL, NULL);
		if (name && is_ours(name, EVENT_PREFIX "%ld_%llu_", mine))
			tracefs_dynevent_destroy(events[i], false);
		free(name);
	}
	if (events)
		tracefs_dynevent_list_free(events);
}

/* Remove the instances and synthetic events of processes that have ended. */
static void sweep(void)
{
	char *dir_name = tracefs_get_tracing_file("instances"), path[512];
	struct dirent *entry;
	DIR *dir;

	if (!dir_name)
		return;
	dir = opendir(dir_name);
	while (dir && (entry = readdir(dir))) {
		if (!is_ours(entry->d_name, INSTANCE_PREFIX "%ld-%llu", false))
			continue;
		snprintf(path, sizeof(path), "%s/%.200s", dir_name, entry->d_name);
		remove_instance(path);
	}
	if (dir)
		closedir(dir);
	tracefs_put_tracing_file(dir_name);
	remove_events(false);
}

/**
 * private_destroy - remove the instance and our synthetic events
 * @instance: of private_create(), freed; NULL is fine
 */
void private_destroy(struct tracefs_instance *instance)
{
	char *path;

	if (!instance)
		return;
	path = tracefs_instance_get_dir(instance);
	if (path)
		remove_instance(path);
	tracefs_put_tracing_file(path);
	tracefs_instance_free(instance);
	remove_events(true);
}

/* --- creation -------------------------------------------------------------- */

static void explain_create(struct why *why, int reason)
{
	if (reason == EACCES || reason == EPERM)
		why_set(why,
			"cannot create a tracing instance: %s; run as root (CAP_DAC_OVERRIDE for tracefs)",
			strerror(reason));
	else if (reason == EROFS)
		why_set(why,
			"cannot create a tracing instance: tracefs is mounted read-only; mount -o remount,rw it");
	else
		why_set(why, "cannot create a tracing instance: %s", strerror(reason));
}

/* libtracefs prints an error when it cannot mount tracefs, so only root asks it. */
static bool tracefs_is_there(void)
{
	const char *dir;

	if (!access("/sys/kernel/tracing/instances", F_OK) ||
	    !access("/sys/kernel/debug/tracing/instances", F_OK))
		return true;
	dir = geteuid() ? NULL : tracefs_tracing_dir();
	return dir && *dir;
}

/**
 * private_create - make the instance of this process
 * @why: says what went wrong and what to do
 *
 * First removes what killed processes left behind. A process has at most one instance.
 * Returns NULL on errors.
 */
struct tracefs_instance *private_create(struct why *why)
{
	struct tracefs_instance *instance;
	char name[PRIVATE_NAME_BYTES];

	if (!tracefs_is_there()) {
		why_set(why,
			"tracefs is not mounted, or this user cannot read it; as root: mount -t tracefs nodev /sys/kernel/tracing");
		return NULL;
	}
	sweep();
	snprintf(name, sizeof(name), INSTANCE_PREFIX "%d-%llu", getpid(), process_start(getpid()));
	instance = tracefs_instance_create(name);
	if (!instance)
		explain_create(why, errno);
	return instance;
}
