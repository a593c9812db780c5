// SPDX-License-Identifier: GPL-2.0-or-later
#include "private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mounts.h"
#include "base/sysfile.h"
#include "histtext.h"

/*
 * Names: the prefix, PID and start time (clock ticks since boot) of the process, and
 * of an event also what it is, "wake". A process of another PID namespace may have the
 * same PID and start time: its instance has a number behind these.
 */
#define INSTANCE_PREFIX "irqlat-trace-"
#define EVENT_PREFIX	"irqlat_trace_"
#define INSTANCES_SAME	16

/* Triggers refer to one another: more passes than the longest chain of them. */
#define PASSES_MAX 16

/* --- names ----------------------------------------------------------------- */

/*
 * Set @start to the start time of a process, 0 if there is no such process. Returns 0, or
 * -1 with errno when that cannot be known. Needs no memory.
 */
static int process_start(long pid, unsigned long long *start)
{
	char path[64], stat[1024], *p;

	*start = 0;
	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	if (sysfile_read("", path, stat, sizeof(stat)) < 0)
		return errno == ENOENT || errno == ESRCH ? 0 : -1;
	/* The name in parentheses may have any characters; field 3 follows it. */
	p = strrchr(stat, ')');
	if (p && sscanf(p + 1,
			" %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u "
			"%*u %*u %*d %*d %*d %*d %*d %*d %llu",
			start) == 1)
		return 0;
	errno = EIO;
	return -1;
}

/**
 * struct maker - the process that made an instance or event
 * @pid: in its PID namespace
 * @start: its start time
 */
struct maker {
	long pid;
	unsigned long long start;
};

/* Returns 0, or -1 with errno. */
static int this_process(struct maker *self)
{
	self->pid = getpid();
	return process_start(self->pid, &self->start);
}

/* Whether the process is known to have ended, or to be of another PID namespace. */
static bool is_gone(const struct maker *maker)
{
	unsigned long long start;

	return !process_start(maker->pid, &start) && start != maker->start;
}

/* Returns false when the name is not one that we give. */
static bool maker_of(const char *name, const char *format, struct maker *maker)
{
	return sscanf(name, format, &maker->pid, &maker->start) == 2;
}

static bool is_instance_of(const char *name, const struct maker *maker)
{
	struct maker other;

	return maker_of(name, INSTANCE_PREFIX "%ld-%llu", &other) && other.pid == maker->pid &&
	       other.start == maker->start;
}

/**
 * private_event_name - make the name of a synthetic event of this process
 * @what: "wake"; letters only
 * @name: filled
 *
 * Returns 0, or -1 with errno.
 */
int private_event_name(const char *what, char name[PRIVATE_NAME_BYTES])
{
	struct maker self;

	if (this_process(&self))
		return -1;
	snprintf(name, PRIVATE_NAME_BYTES, EVENT_PREFIX "%ld_%llu_%s", self.pid, self.start, what);
	return 0;
}

/* --- removal --------------------------------------------------------------- */

/* Write "!hist:keys=irq" for each "hist:keys=irq [active]". */
static void remove_triggers(const char *path)
{
	char text[1024], *state;
	FILE *in = fopen(path, "re");

	while (in && fgets(text + 1, sizeof(text) - 1, in)) {
		int fd;

		if (text[1] == '#' || text[1] == '\n')
			continue;
		text[0] = '!';
		histtext_repair(text);
		state = strrchr(text, '[');
		if (state && state[-1] == ' ')
			state[-1] = '\0';
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
}

static void remove_system_triggers(const char *instance_path, const char *system)
{
	char path[512];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/events/%s", instance_path, system);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/events/%s/%.200s/trigger", instance_path, system,
			 entry->d_name);
		remove_triggers(path);
	}
	if (dir)
		closedir(dir);
}

/*
 * An instance cannot be removed while it has histograms with variables, nor can a
 * histogram while another one uses its variables.
 */
static void remove_instance(const char *path)
{
	static const char *const systems[] = { "irq", "sched", "synthetic", "raw_syscalls" };

	for (int pass = 0; pass < PASSES_MAX; pass++) {
		if (!rmdir(path) || errno != EBUSY)
			return;
		for (size_t i = 0; i < sizeof(systems) / sizeof(systems[0]); i++)
			remove_system_triggers(path, systems[i]);
	}
	rmdir(path);
}

/*
 * Lock the folder of an instance. Its process holds the lock as long as it lives, and
 * the kernel releases it: this tells of processes in other PID namespaces, too. Returns
 * a descriptor, or -1 with errno set, EWOULDBLOCK when another process holds it.
 */
static int lock_instance(const char *path, bool wait)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int reason;

	if (fd < 0 || !flock(fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB))
		return fd;
	reason = errno;
	close(fd);
	errno = reason;
	return -1;
}

/* Remove the instance unless its process lives. */
static void sweep_instance(const char *dir_name, const char *name)
{
	struct maker maker;
	char path[512];
	int fd;

	if (!maker_of(name, INSTANCE_PREFIX "%ld-%llu", &maker) || !is_gone(&maker))
		return;
	snprintf(path, sizeof(path), "%s/%.200s", dir_name, name);
	fd = lock_instance(path, false);
	if (fd < 0)
		return;
	remove_instance(path);
	close(fd);
}

/* Whether there is an instance of the process. */
static bool has_instance(const char *dir_name, const struct maker *maker)
{
	DIR *dir = opendir(dir_name);
	struct dirent *entry;
	bool found = false;

	while (dir && !found && (entry = readdir(dir)))
		found = is_instance_of(entry->d_name, maker);
	if (dir)
		closedir(dir);
	return found;
}

/*
 * Synthetic events are global. Those of a process are made after its instance and are
 * removed after it.
 */
static void sweep_events(const char *dir_name)
{
	struct tracefs_dynevent **events = tracefs_dynevent_get_all(TRACEFS_DYNEVENT_SYNTH, NULL);

	for (size_t i = 0; events && events[i]; i++) {
		struct maker maker;
		char *name = NULL;

		tracefs_dynevent_info(events[i], NULL, &name, NULL, NULL, NULL);
		if (name && maker_of(name, EVENT_PREFIX "%ld_%llu_", &maker) && is_gone(&maker) &&
		    !has_instance(dir_name, &maker))
			tracefs_dynevent_destroy(events[i], false);
		free(name);
	}
	if (events)
		tracefs_dynevent_list_free(events);
}

static void remove_own_events(void)
{
	struct tracefs_dynevent **events = tracefs_dynevent_get_all(TRACEFS_DYNEVENT_SYNTH, NULL);
	struct maker self, maker;

	if (this_process(&self))
		self.pid = -1;
	for (size_t i = 0; events && events[i]; i++) {
		char *name = NULL;

		tracefs_dynevent_info(events[i], NULL, &name, NULL, NULL, NULL);
		if (name && maker_of(name, EVENT_PREFIX "%ld_%llu_", &maker) &&
		    maker.pid == self.pid && maker.start == self.start)
			tracefs_dynevent_destroy(events[i], false);
		free(name);
	}
	if (events)
		tracefs_dynevent_list_free(events);
}

/* Remove the instances and synthetic events of processes that have ended. */
static void sweep(void)
{
	char *dir_name = tracefs_get_tracing_file("instances");
	struct dirent *entry;
	DIR *dir;

	if (!dir_name)
		return;
	dir = opendir(dir_name);
	while (dir && (entry = readdir(dir)))
		sweep_instance(dir_name, entry->d_name);
	if (dir)
		closedir(dir);
	sweep_events(dir_name);
	tracefs_put_tracing_file(dir_name);
}

/*
 * Remove the instance by the descriptor of its folder: tracefs may have been unmounted.
 * Returns 0, or -1 with errno.
 */
static int remove_unmounted(const struct private_instance *own)
{
	const char *name = strrchr(own->path, '/') + 1;
	int folder = openat(own->lock_fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC), err;

	if (folder < 0)
		return -1;
	err = unlinkat(folder, name, AT_REMOVEDIR);
	close(folder);
	return err;
}

/**
 * private_destroy - remove the instance and our synthetic events
 * @own: of private_create(); one that was not made is fine
 */
void private_destroy(struct private_instance *own)
{
	if (!own->tracefs)
		return;
	if (remove_unmounted(own))
		remove_instance(own->path);
	tracefs_instance_free(own->tracefs);
	own->tracefs = NULL;
	close(own->lock_fd);
	remove_own_events();
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

/* Returns -1, with @why filled: for a user who cannot read it, it looks as if not mounted. */
static int explain_absence(struct why *why)
{
	char path[PATH_MAX];

	if (mounts_find("", "tracefs", path, sizeof(path)))
		return why_set(
			why, "tracefs is mounted on %s, and this user cannot read it; run as root",
			path);
	return why_set(
		why, "tracefs is not mounted; as root: mount -t tracefs nodev /sys/kernel/tracing");
}

/* Whether @fd is the folder that has this path now. */
static bool is_folder_at(int fd, const char *path)
{
	struct stat here, there;

	return !fstat(fd, &here) && !stat(path, &there) && here.st_ino == there.st_ino &&
	       here.st_dev == there.st_dev;
}

/*
 * Make an instance of this name and lock it. Returns 0, or -1 with errno set: EEXIST
 * when there is one already, EAGAIN when another process removed it before it was
 * locked.
 */
static int create_locked(struct private_instance *own, const char *name)
{
	const char *tracing = tracefs_tracing_dir();
	int reason = EAGAIN;

	if (!tracing)
		return -1;
	snprintf(own->path, sizeof(own->path), "%s/instances/%s", tracing, name);
	own->tracefs = tracefs_instance_create(name);
	if (!own->tracefs)
		return -1;
	if (!tracefs_instance_is_new(own->tracefs)) {
		reason = EEXIST;
		goto fail;
	}
	own->lock_fd = lock_instance(own->path, true);
	if (own->lock_fd >= 0 && is_folder_at(own->lock_fd, own->path))
		return 0;
	if (own->lock_fd >= 0) {
		close(own->lock_fd);
	} else if (errno != ENOENT) {
		/* It is new, and ours. */
		reason = errno;
		remove_instance(own->path);
	}
fail:
	tracefs_instance_free(own->tracefs);
	own->tracefs = NULL;
	errno = reason;
	return -1;
}

/**
 * private_create - make the instance of this process
 * @own: set; private_destroy() it
 * @why: says what went wrong and what to do
 *
 * First removes what killed processes left behind. A process has at most one instance.
 * Returns 0, or -1 with @why filled.
 */
int private_create(struct private_instance *own, struct why *why)
{
	char name[PRIVATE_NAME_BYTES];
	struct maker self;

	own->tracefs = NULL;
	if (!tracefs_is_there())
		return explain_absence(why);
	sweep();
	if (this_process(&self)) {
		explain_create(why, errno);
		return -1;
	}
	for (int i = 0; i < INSTANCES_SAME; i++) {
		int len = snprintf(name, sizeof(name), INSTANCE_PREFIX "%ld-%llu", self.pid,
				   self.start);

		if (i)
			snprintf(name + len, sizeof(name) - (size_t)len, "-%d", i);
		if (!create_locked(own, name))
			return 0;
		if (errno != EEXIST && errno != EAGAIN)
			break;
	}
	explain_create(why, errno);
	return -1;
}
