// SPDX-License-Identifier: GPL-2.0-or-later
/* Kinds of calls: the ioctls, with structures that are right or nearly so. */
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "mutate.h"
#include "tests/vm/compat32.h"
#include "torture.h"

/* QEMU's edu device: hw/misc/edu. */
#define EDU_BYTES  (1U << 20)
#define EDU_ID	   0x00
#define EDU_LIVE   0x04
#define EDU_STATUS 0x24
#define EDU_ACK	   0x64

/* Configuration space (PCI 3.0, 6.2). */
#define COMMAND	     4
#define INTX_DISABLE 0x400
#define CONFIG_BYTES 4096 /* at most */

/* --- by which call ---------------------------------------------------------------- */

enum by { BY_NATIVE, BY_COMPAT };

static enum by draw_by(struct draw *d)
{
	return draw_rarely(d, 8) ? BY_COMPAT : BY_NATIVE;
}

long ioctl_by(const struct call *call, int fd, unsigned int request, void *arg)
{
	if (call->how != BY_COMPAT || !has_compat)
		return result(ioctl(fd, request, arg));
	return compat32_call(COMPAT32_IOCTL, fd, request, arg);
}

/* --- info and flags ---------------------------------------------------------------- */

void make_info(struct draw *d, struct call *call)
{
	call->how = draw_by(d);
	call->bytes = sizeof(struct procirq_info);
}

long do_info(struct worker *w, const struct call *call)
{
	struct procirq_info *info = worker_place(w, call);
	int fd = slot_get(call->slot);
	long ret = ioctl_by(call, fd, PROCIRQ_IOC_GET_INFO, info);

	if (ret == 0 && call->place == PLACE_WHOLE && slot_get(call->slot) == fd &&
	    (info->version != PROCIRQ_ABI_VERSION ||
	     info->delivered + info->coalesced + info->pending > info->taken ||
	     info->injected > info->taken || info->reserved[0] || info->reserved[1]))
		wrong("irq %u: taken=%llu injected=%llu delivered=%llu coalesced=%llu pending=%llu",
		      info->irq, info->taken, info->injected, info->delivered, info->coalesced,
		      info->pending);
	return ret;
}

static const struct field flags_fields[] = {
	FIELD(struct procirq_flags, flags),
	FIELD(struct procirq_flags, reserved),
};
static const struct layout flags_layout = LAYOUT(flags_fields);

void make_flags(struct draw *d, struct call *call)
{
	struct procirq_flags flags = { .flags = draw_below(d, PROCIRQ_FLAGS_ALL + 1) };

	call->how = draw_by(d);
	mutate(d, &flags, &flags_layout);
	call->bytes = sizeof(flags);
	memcpy(call->data, &flags, sizeof(flags));
}

long do_flags(struct worker *w, const struct call *call)
{
	return ioctl_by(call, slot_get(call->slot), PROCIRQ_IOC_SET_FLAGS, worker_place(w, call));
}

/* --- descriptors -------------------------------------------------------------------- */

static const struct field descriptor_fields[] = {
	FIELD(struct procirq_descriptor, flags),
	FIELD(struct procirq_descriptor, domain),
	FIELD(struct procirq_descriptor, bus),
	FIELD(struct procirq_descriptor, devfn),
	FIELD(struct procirq_descriptor, nr_check),
	FIELD(struct procirq_descriptor, nr_ack),
	FIELD(struct procirq_descriptor, nr_silence),
	FIELD(struct procirq_descriptor, nr_resume),
	FIELD(struct procirq_descriptor, nr_release),
	FIELD(struct procirq_descriptor, reserved[0]),
	FIELD(struct procirq_descriptor, reserved[8]),
	FIELD(struct procirq_descriptor, size),
	FIELD(struct procirq_descriptor, platform[0]),
	FIELD(struct procirq_descriptor, platform[63]),
};
static const struct layout descriptor_layout = LAYOUT(descriptor_fields);

static const struct field step_fields[] = {
	FIELD(struct procirq_step, space),  FIELD(struct procirq_step, bar),
	FIELD(struct procirq_step, width),  FIELD(struct procirq_step, op),
	FIELD(struct procirq_step, offset), FIELD(struct procirq_step, mask),
	FIELD(struct procirq_step, value),
};
static const struct layout step_layout = LAYOUT(step_fields);

static const struct procirq_step steps[] = {
	/* checks */
	{ .width = 32, .op = PROCIRQ_OP_TEST_ANY, .offset = EDU_STATUS, .mask = ~0U },
	{ .width = 32, .op = PROCIRQ_OP_TEST_EQ, .offset = EDU_ID, .mask = 0xff, .value = 0xed },
	{ .width = 32, .op = PROCIRQ_OP_READ, .offset = EDU_STATUS },
	/* acknowledgements */
	{ .width = 32, .op = PROCIRQ_OP_WRITE_STATUS, .offset = EDU_ACK, .mask = ~0U },
	{ .width = 32, .op = PROCIRQ_OP_WRITE, .offset = EDU_ACK, .value = ~0U },
	{ .width = 32, .op = PROCIRQ_OP_SET, .offset = EDU_LIVE, .value = 1 },
	/* silence, release */
	{ .space = PROCIRQ_SPACE_CONFIG,
	  .width = 16,
	  .op = PROCIRQ_OP_SET,
	  .offset = COMMAND,
	  .value = INTX_DISABLE },
	/* resume */
	{ .space = PROCIRQ_SPACE_CONFIG,
	  .width = 16,
	  .op = PROCIRQ_OP_CLEAR,
	  .offset = COMMAND,
	  .value = INTX_DISABLE },
};

/* In the order of the phases; an index of steps[], or -1 for none. */
static void add_steps(struct procirq_descriptor *d, const signed char phases[5][2])
{
	unsigned char *const counts[] = { &d->nr_check, &d->nr_ack, &d->nr_silence, &d->nr_resume,
					  &d->nr_release };
	unsigned int phase, i, n = 0;

	for (phase = 0; phase < 5; phase++) {
		for (i = 0; i < 2; i++) {
			if (phases[phase][i] < 0)
				continue;
			d->steps[n++] = steps[(int)phases[phase][i]];
			++*counts[phase];
		}
	}
}

/* A descriptor of an edu device that the kernel takes, if the file is of its line. */
static struct procirq_descriptor make_good(struct draw *d)
{
	static const signed char sets[][5][2] = {
		{ { 0, -1 }, { 3, -1 }, { -1, -1 }, { -1, -1 }, { 4, -1 } },
		{ { 0, -1 }, { 3, -1 }, { -1, -1 }, { -1, -1 }, { 6, 4 } },
		{ { 0, -1 }, { 4, -1 }, { 6, -1 }, { 7, -1 }, { 6, 4 } },
		{ { 1, 0 }, { 5, 3 }, { 6, -1 }, { 7, -1 }, { 4, -1 } },
		{ { 2, 0 }, { 4, 2 }, { 2, 6 }, { 7, 2 }, { 2, -1 } },
	};
	struct procirq_descriptor good = { .size = sizeof(good) };

	good.devfn = draw_rarely(d, 2) ? 4 * 8 : 8 * 8;
	if (draw_rarely(d, 4))
		good.flags = PROCIRQ_DESC_INTX;
	else
		add_steps(&good, draw_of(d, sets));
	return good;
}

static bool step_writes(const struct procirq_step *step)
{
	return step->op != PROCIRQ_OP_TEST_ANY && step->op != PROCIRQ_OP_TEST_EQ &&
	       step->op != PROCIRQ_OP_READ;
}

/* The kernel refuses the step, wherever it is. */
static bool step_is_refused(const struct procirq_step *step)
{
	uint32_t bytes = step->space == PROCIRQ_SPACE_BAR ? EDU_BYTES : CONFIG_BYTES;

	return step->space > PROCIRQ_SPACE_CONFIG || step->op > PROCIRQ_OP_READ ||
	       (step->width != 8 && step->width != 16 && step->width != 32) ||
	       step->offset % (step->width / 8) || step->offset >= bytes;
}

static bool step_is_safe(const struct procirq_step *step)
{
	if (!step_writes(step) || step_is_refused(step))
		return true;
	if (step->space == PROCIRQ_SPACE_BAR)
		return (step->offset & ~3U) == EDU_LIVE || (step->offset & ~3U) == EDU_ACK;
	return step->offset == COMMAND && step->width == 16 &&
	       (step->op == PROCIRQ_OP_SET || step->op == PROCIRQ_OP_CLEAR) &&
	       !(step->value & ~INTX_DISABLE);
}

/*
 * To let a device write to memory, or to move its registers over memory, is what a
 * descriptor's right is for: that guest would crash without a fault of the module. A
 * device that raises interrupts which no handler knows is what the kernel calls
 * "nobody cared". So writes reach the registers "live" and "acknowledge" of the edu
 * device, and the interrupt disable bit.
 */
void descriptor_make_safe(struct procirq_descriptor *d)
{
	unsigned int i;

	for (i = 0; i < PROCIRQ_STEPS_MAX; i++) {
		if (step_is_safe(&d->steps[i]))
			continue;
		if (d->steps[i].space == PROCIRQ_SPACE_BAR)
			d->steps[i].offset = EDU_ACK;
		else
			d->steps[i] = steps[6];
	}
}

void make_descriptor(struct draw *d, struct call *call)
{
	static const uint32_t lengths[] = {
		0,
		4,
		offsetof(struct procirq_descriptor, steps) - 1,
		offsetof(struct procirq_descriptor, steps),
		offsetof(struct procirq_descriptor, steps[2]),
		offsetof(struct procirq_descriptor, steps[3]) + 5,
		sizeof(struct procirq_descriptor) - 1,
		sizeof(struct procirq_descriptor) + 8,
		sizeof(struct procirq_descriptor) + 128,
		4096,
		4097,
		~0U,
	};
	struct procirq_descriptor good = make_good(d);

	/* Whether to look for a file that it may be for. */
	call->number[0] = !draw_rarely(d, 4);
	call->how = draw_by(d);
	if (draw_rarely(d, 2))
		mutate(d, &good, &descriptor_layout);
	else
		mutate(d, &good.steps[draw_below(d, 4)], &step_layout);
	if (draw_rarely(d, 8))
		good.size = draw_of(d, lengths);
	descriptor_make_safe(&good);
	call->bytes = sizeof(good);
	memcpy(call->data, &good, sizeof(good));
	/* What a later version of the structure may have behind it. */
	if (draw_rarely(d, 16)) {
		call->bytes += 128;
		call->data[sizeof(good) + draw_below(d, 128)] = 1;
	}
}

long do_descriptor(struct worker *w, const struct call *call)
{
	unsigned int slot = call->number[0] ? slot_of_edu(call->slot) : call->slot;

	return ioctl_by(call, slot_get(slot), PROCIRQ_IOC_SET_DESCRIPTOR, worker_place(w, call));
}

/* --- eventfds --------------------------------------------------------------------------- */

static const struct field eventfd_fields[] = {
	FIELD(struct procirq_eventfd, fd),
	FIELD(struct procirq_eventfd, flags),
};
static const struct layout eventfd_layout = LAYOUT(eventfd_fields);

void make_set_eventfd(struct draw *d, struct call *call)
{
	/* Which descriptor is in the process's hands: this is what is done to it. */
	struct procirq_eventfd change = { .flags = draw_rarely(d, 2) };

	call->how = draw_by(d);
	call->number[0] = draw_below(d, 8);
	mutate(d, &change, &eventfd_layout);
	call->number[1] = (uint32_t)change.fd;
	call->number[2] = change.flags;
	call->bytes = sizeof(change);
}

long do_set_eventfd(struct worker *w, const struct call *call)
{
	struct procirq_eventfd arg = { .flags = (uint32_t)call->number[2] };
	struct call with = *call;

	switch (call->number[0]) {
	case 0:
		arg.fd = -1;
		break;
	case 1:
		arg.fd = slot_get(call->other);
		break;
	default:
		arg.fd = event_get(call->other);
		break;
	}
	arg.fd ^= (int)call->number[1];
	memcpy(with.data, &arg, sizeof(arg));
	return ioctl_by(call, slot_get(call->slot), PROCIRQ_IOC_SET_EVENTFD,
			worker_place(w, &with));
}

/* --- injecting ---------------------------------------------------------------------------- */

static const struct field inject_fields[] = {
	FIELD(struct procirq_inject, count),
	FIELD(struct procirq_inject, done),
};
static const struct layout inject_layout = LAYOUT(inject_fields);

void make_inject(struct draw *d, struct call *call)
{
	static const uint32_t counts[] = { 1, 1, 1, 2, 3, 10, 100, 1000 };
	struct procirq_inject inject = { .count = draw_of(d, counts) };

	call->how = draw_by(d);
	mutate(d, &inject, &inject_layout);
	call->bytes = sizeof(inject);
	memcpy(call->data, &inject, sizeof(inject));
}

long do_inject(struct worker *w, const struct call *call)
{
	struct procirq_inject *arg = worker_place(w, call);
	int fd = slot_get(call->slot);
	long ret = ioctl_by(call, fd, PROCIRQ_IOC_INJECT, arg);

	if (ret == 0 && call->place == PLACE_WHOLE && slot_get(call->slot) == fd &&
	    (!arg->done || arg->done > arg->count))
		wrong("injected %u of %u interrupts", arg->done, arg->count);
	return ret;
}

/* --- waiting, and busy-waiting ------------------------------------------------------------ */

static const struct field spin_fields[] = {
	FIELD(struct procirq_spin, max_ns),
	FIELD(struct procirq_spin, window_ns),
	FIELD(struct procirq_spin, reserved[2]),
};
static const struct layout spin_layout = LAYOUT(spin_fields);

void make_set_spin(struct draw *d, struct call *call)
{
	struct procirq_spin spin = { .max_ns = draw_below(d, 2) * draw_below(d, 100000) };

	call->how = draw_by(d);
	mutate(d, &spin, &spin_layout);
	call->bytes = sizeof(spin);
	memcpy(call->data, &spin, sizeof(spin));
}

long do_set_spin(struct worker *w, const struct call *call)
{
	return ioctl_by(call, slot_get(call->slot), PROCIRQ_IOC_SET_SPIN, worker_place(w, call));
}

void make_get_spin(struct draw *d, struct call *call)
{
	call->how = draw_by(d);
	call->bytes = sizeof(struct procirq_spin);
}

long do_get_spin(struct worker *w, const struct call *call)
{
	return ioctl_by(call, slot_get(call->slot), PROCIRQ_IOC_GET_SPIN, worker_place(w, call));
}

static const struct field wait_fields[] = {
	FIELD(struct procirq_read, timeout_ns),
	FIELD(struct procirq_read, flags),
	FIELD(struct procirq_read, device),
	FIELD(struct procirq_read, event.count),
};
static const struct layout wait_layout = LAYOUT(wait_fields);

void make_wait(struct draw *d, struct call *call)
{
	struct procirq_read read = { .timeout_ns = draw_below(d, 2) * draw_below(d, 3000000),
				     .flags = draw_below(d, PROCIRQ_READ_ALL + 1) };

	call->how = draw_by(d);
	mutate(d, &read, &wait_layout);
	call->bytes = sizeof(read);
	memcpy(call->data, &read, sizeof(read));
}

/* A read with a time limit. It may be long: then the runner's signal ends it. */
long do_wait(struct worker *w, const struct call *call)
{
	struct procirq_read *read = worker_place(w, call);
	int fd = slot_get(call->slot);
	long ret = ioctl_by(call, fd, PROCIRQ_IOC_READ, read);

	if (ret == 0 && call->place == PLACE_WHOLE && slot_get(call->slot) == fd &&
	    (read->event.seq < read->event.count || read->event.lost > read->event.count))
		wrong("waited for a record with count=%u seq=%llu lost=%llu", read->event.count,
		      read->event.seq, read->event.lost);
	return ret;
}

/* --- any request ----------------------------------------------------------------------------- */

void make_request(struct draw *d, struct call *call)
{
	/* Those of any file. */
	static const unsigned int general[] = { FIOCLEX, FIONBIO, FIOASYNC, FIONREAD };
	unsigned int number = draw_rarely(d, 4) ? draw_below(d, 256) : draw_below(d, 12), i;
	struct procirq_descriptor garbage;

	call->how = draw_by(d);
	call->number[0] =
		_IOC(draw_below(d, 4), draw_rarely(d, 8) ? draw_below(d, 256) : PROCIRQ_IOC_MAGIC,
		     number, draw_below(d, 300));
	if (draw_rarely(d, 4))
		call->number[0] = PROCIRQ_IOC_GET_INFO ^ 1U << draw_below(d, 32);
	if (draw_rarely(d, 8))
		call->number[0] = draw_of(d, general);
	/* uli.c does that: the thread would be sent to any address. */
	if (call->number[0] == PROCIRQ_IOC_ULI_REGISTER)
		call->number[0]++;
	call->bytes = sizeof(garbage);
	for (i = 0; i < sizeof(call->data); i += sizeof(uint64_t)) {
		uint64_t word = draw_number(d);

		memcpy(&call->data[i], &word, sizeof(word));
	}
	memcpy(&garbage, call->data, sizeof(garbage));
	descriptor_make_safe(&garbage);
	memcpy(call->data, &garbage, sizeof(garbage));
}

long do_request(struct worker *w, const struct call *call)
{
	return ioctl_by(call, slot_get(call->slot), (unsigned int)call->number[0],
			worker_place(w, call));
}
