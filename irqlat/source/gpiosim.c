// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A line of a chip of gpio-sim, which is made for the run through configfs
 * (Documentation/admin-guide/gpio/gpio-sim.rst). Writing "pull-up" to the line's pull
 * attribute raises its interrupt.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sysfile.h"
#include "source.h"

#define CHIPS "/sys/kernel/config/gpio-sim"
#define OURS  "irqlat-" /* then the process id */
#define BANK  "bank"

/**
 * struct gpiosim - the source "gpio-sim"
 * @folder: of the simulated device in configfs
 * @chip: "gpiochip0"
 * @pull_fd: the line's attribute "pull"
 * @raises: edges
 */
struct gpiosim {
	char folder[64];
	char chip[32];
	int pull_fd;
	struct own_raises raises;
};

static void path_of(const char *folder, const char *name, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/%s", folder, name);
}

static int write_attribute(const char *folder, const char *name, const char *text)
{
	char path[PATH_MAX];

	path_of(folder, name, path);
	return sysfile_write(path, text);
}

/* Read one word of an attribute. Returns 0 or -1. */
static int read_word(const char *folder, const char *name, char *word, size_t size)
{
	char path[PATH_MAX];

	path_of(folder, name, path);
	if (sysfile_read("", path, word, size) <= 0)
		return -1;
	word[strcspn(word, "\n")] = '\0';
	return *word ? 0 : -1;
}

/* Remove a simulated device, live or not. Returns 0, or -1 with errno. */
static int remove_device(const char *folder)
{
	char bank[PATH_MAX];

	write_attribute(folder, "live", "0");
	path_of(folder, BANK, bank);
	if (rmdir(bank) && errno != ENOENT)
		return -1;
	return rmdir(folder);
}

/* Devices of runs that were killed. */
static void sweep(void)
{
	struct dirent *entry;
	DIR *dir = opendir(CHIPS);

	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		char folder[PATH_MAX];
		long pid;

		if (strncmp(entry->d_name, OURS, strlen(OURS)))
			continue;
		pid = strtol(entry->d_name + strlen(OURS), NULL, 10);
		if (pid <= 0 || !kill((pid_t)pid, 0) || errno != ESRCH)
			continue;
		path_of(CHIPS, entry->d_name, folder);
		remove_device(folder);
	}
	closedir(dir);
}

static int make_device(struct gpiosim *sim, struct why *why)
{
	char bank[PATH_MAX], device[32], path[PATH_MAX], chip[sizeof(sim->chip)];

	if (access(CHIPS, F_OK))
		return why_set(
			why, CHIPS
			": not there: run: modprobe gpio-sim; mount -t configfs none /sys/kernel/config");
	sweep();
	snprintf(sim->folder, sizeof(sim->folder), CHIPS "/" OURS "%d", getpid());
	path_of(sim->folder, BANK, bank);
	if (mkdir(sim->folder, 0755))
		return why_set(why, "%s: %s", sim->folder, strerror(errno));
	if (mkdir(bank, 0755) || write_attribute(sim->folder, "live", "1") ||
	    read_word(bank, "chip_name", chip, sizeof(chip)) ||
	    read_word(sim->folder, "dev_name", device, sizeof(device)))
		return why_set(why, "%s: cannot make a GPIO chip: %s", sim->folder,
			       strerror(errno));
	memcpy(sim->chip, chip, sizeof(chip));
	snprintf(path, sizeof(path), "/sys/devices/platform/%s/%s/sim_gpio0/pull", device, chip);
	sim->pull_fd = open(path, O_WRONLY | O_CLOEXEC);
	return sim->pull_fd < 0 ? why_set(why, "%s: %s", path, strerror(errno)) : 0;
}

static struct source *open_gpiosim(const struct source_config *config, struct why *why)
{
	struct gpiosim *sim = calloc(1, sizeof(*sim));

	(void)config;
	if (!sim) {
		why_set(why, "out of memory");
		return NULL;
	}
	sim->pull_fd = -1;
	if (!make_device(sim, why))
		return (struct source *)sim;
	if (*sim->folder)
		remove_device(sim->folder);
	free(sim);
	return NULL;
}

static int connect_gpiosim(struct source *source, enum driver driver, struct target *target,
			   struct why *why)
{
	const struct gpiosim *sim = (const struct gpiosim *)source;

	(void)driver;
	(void)why;
	*target = (struct target){ .irq = TARGET_NO_IRQ };
	snprintf(target->gpio_chip, sizeof(target->gpio_chip), "%s", sim->chip);
	return 0;
}

static int pull(const struct gpiosim *sim, const char *how, struct why *why)
{
	if (pwrite(sim->pull_fd, how, strlen(how), 0) >= 0)
		return 0;
	return why_set(why, "%s: cannot %s its line: %s", sim->chip, how, strerror(errno));
}

static int sync_gpiosim(struct source *source, struct port *port, struct why *why)
{
	struct gpiosim *sim = (struct gpiosim *)source;

	(void)port;
	sim->raises.count = 0;
	return pull(sim, "pull-down", why);
}

/* Only the rising edge is an interrupt. */
static int raise_gpiosim(struct source *source, uint64_t gap_ns, struct why *why)
{
	struct gpiosim *sim = (struct gpiosim *)source;

	if (pull(sim, "pull-down", why))
		return -1;
	own_raises_begin(&sim->raises, gap_ns);
	return pull(sim, "pull-up", why);
}

static void account_gpiosim(struct source *source, const struct delivery *delivery,
			    struct account *account)
{
	struct gpiosim *sim = (struct gpiosim *)source;

	(void)delivery;
	own_raises_account(&sim->raises, account);
}

static int close_gpiosim(struct source *source, struct why *why)
{
	struct gpiosim *sim = (struct gpiosim *)source;
	int err;

	close(sim->pull_fd);
	err = remove_device(sim->folder);
	if (err)
		why_set(why, "%s: cannot remove it: %s", sim->folder, strerror(errno));
	free(sim);
	return err;
}

const struct source_ops source_gpiosim_ops = {
	.name = "gpio-sim",
	.drivers = { [DRIVER_GPIO] = true },
	.open = open_gpiosim,
	.connect = connect_gpiosim,
	.sync = sync_gpiosim,
	.raise = raise_gpiosim,
	.account = account_gpiosim,
	.close = close_gpiosim,
};
