// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Recordings made of any bytes, for libFuzzer. The input is a list of payloads,
 * each with its length in front (two bytes); the harness adds lengths and sums as
 * the recorder would, or the checks would turn every input away.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "irqtop/sample/monitor.h"
#include "irqtop/sample/recorder.h"
#include "irqtop/view/view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void frame_write(int fd, const uint8_t *data, uint32_t len)
{
	uint32_t head[2] = { len, recording_sum(data, len) };

	if (write(fd, head, sizeof(head)) < 0 || write(fd, data, len) < 0)
		return;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct view_settings settings = { .sort = FIELD_RATE };
	struct filter filter = { .node = -1 };
	struct monitor monitor = { 0 };
	struct view view = { 0 };
	int fd = memfd_create("replay", 0);
	char path[64];
	uint32_t len;

	if (write(fd, RECORDING_MAGIC, RECORDING_MAGIC_LEN) < 0)
		return 0;
	while (size >= 2) {
		len = (uint32_t)data[0] << 8 | data[1];
		data += 2;
		size -= 2;
		len = len < size ? len : (uint32_t)size;
		if (len)
			frame_write(fd, data, len);
		data += len;
		size -= len;
	}
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	monitor.sampler = sampler_replay_open(path);
	if (monitor.sampler) {
		while (!monitor_step(&monitor))
			if (view_build(&view, &monitor, &settings, &filter))
				break;
		if (!monitor.sampler->ops->seek(monitor.sampler, monitor.sampler->count / 2))
			monitor_step(&monitor);
		monitor_free(&monitor);
	}
	view_free(&view);
	close(fd);
	return 0;
}
