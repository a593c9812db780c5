// SPDX-License-Identifier: GPL-2.0-or-later
#include "event.h"

#include <errno.h>
#include <stdlib.h>

#include "format.h"
#include "vectors.h"

#define TYPE_IDS_MAX 65536

#define VECTOR_NAME(name) [VECTOR_##name] = #name,
static const char *const vector_names[N_VECTORS] = { VECTORS(VECTOR_NAME)[VECTOR_ipi] = "ipi" };

/* In place of a number they have one below zero. */
#define VECTOR_IRQ(vector) (-1 - (int32_t)(vector))

/* It would put each member on a row of its own: */
/* clang-format off */
#define VECTOR_EVENTS(name_)								\
	{ .system = "irq_vectors", .name = #name_ "_entry", .kind = EVENT_VECTOR_ENTRY,	\
	  .irq = VECTOR_IRQ(VECTOR_##name_) },						\
	{ .system = "irq_vectors", .name = #name_ "_exit", .kind = EVENT_VECTOR_EXIT,	\
	  .irq = VECTOR_IRQ(VECTOR_##name_) },

const struct event_def event_defs[] = {
	{ .system = "irq", .name = "irq_handler_entry", .kind = EVENT_IRQ_ENTRY,
	  .fields = { "irq" } },
	{ .system = "irq", .name = "irq_handler_exit", .kind = EVENT_IRQ_EXIT,
	  .fields = { "irq", "ret" } },
	{ .system = "irq", .name = "softirq_raise", .kind = EVENT_SOFTIRQ_RAISE,
	  .fields = { "vec" } },
	{ .system = "irq", .name = "softirq_entry", .kind = EVENT_SOFTIRQ_ENTRY,
	  .fields = { "vec" } },
	{ .system = "irq", .name = "softirq_exit", .kind = EVENT_SOFTIRQ_EXIT,
	  .fields = { "vec" } },
	{ .system = "sched", .name = "sched_waking", .kind = EVENT_WAKING,
	  .fields = { "pid", "target_cpu" } },
	{ .system = "sched", .name = "sched_wakeup", .kind = EVENT_WAKEUP,
	  .fields = { "pid", "target_cpu" } },
	{ .system = "sched", .name = "sched_wakeup_new", .kind = EVENT_WAKEUP,
	  .fields = { "pid", "target_cpu" } },
	{ .system = "sched", .name = "sched_switch", .kind = EVENT_SWITCH,
	  .fields = { "prev_pid", "next_pid", "prev_state" } },
	{ .system = "raw_syscalls", .name = "sys_enter", .kind = EVENT_SYS_ENTER },
	{ .system = "raw_syscalls", .name = "sys_exit", .kind = EVENT_SYS_EXIT },
	{ .system = "workqueue", .name = "workqueue_queue_work", .kind = EVENT_WORK_QUEUE,
	  .fields = { "work", "function" } },
	{ .system = "workqueue", .name = "workqueue_execute_start", .kind = EVENT_WORK_START,
	  .fields = { "work", "function" } },
	{ .system = "workqueue", .name = "workqueue_execute_end", .kind = EVENT_WORK_END,
	  .fields = { "work" } },
	{ .system = "sched", .name = "sched_kthread_work_queue_work", .kind = EVENT_WORK_QUEUE,
	  .fields = { "work", "function" } },
	{ .system = "sched", .name = "sched_kthread_work_execute_start", .kind = EVENT_WORK_START,
	  .fields = { "work", "function" } },
	{ .system = "sched", .name = "sched_kthread_work_execute_end", .kind = EVENT_WORK_END,
	  .fields = { "work" } },
	{ .system = "timer", .name = "hrtimer_expire_entry", .kind = EVENT_HRTIMER_ENTRY },
	{ .system = "timer", .name = "hrtimer_expire_exit", .kind = EVENT_HRTIMER_EXIT },
	{ .system = "procirq", .name = "procirq_read", .kind = EVENT_PROCIRQ_READ,
	  .fields = { "irq", "irq_ns" } },
	{ .system = "ftrace", .name = "kernel_stack", .kind = EVENT_STACK },
	VECTORS(VECTOR_EVENTS)
	/* Of arm and arm64: an interrupt from one CPU to another, for whatever reason. */
	{ .system = "ipi", .name = "ipi_entry", .kind = EVENT_VECTOR_ENTRY,
	  .irq = VECTOR_IRQ(VECTOR_ipi) },
	{ .system = "ipi", .name = "ipi_exit", .kind = EVENT_VECTOR_EXIT,
	  .irq = VECTOR_IRQ(VECTOR_ipi) },
};
/* clang-format on */
const size_t event_n_defs = sizeof(event_defs) / sizeof(event_defs[0]);

/**
 * event_catalog_init - make an empty catalog
 * @catalog: set; event_catalog_free() it
 * @swap: the recording has the other byte order
 *
 * Returns 0, or -1 with errno set.
 */
int event_catalog_init(struct event_catalog *catalog, bool swap)
{
	memset(catalog, 0, sizeof(*catalog));
	catalog->swap = swap;
	catalog->present = calloc(event_n_defs, sizeof(*catalog->present));
	return catalog->present ? 0 : -1;
}

/* Frees what the catalog owns, but not @catalog itself. */
void event_catalog_free(struct event_catalog *catalog)
{
	free(catalog->types);
	free(catalog->present);
	memset(catalog, 0, sizeof(*catalog));
}

static const struct event_def *def_find(const char *system, const char *name)
{
	for (size_t i = 0; i < event_n_defs; i++) {
		if (!strcmp(event_defs[i].name, name) && !strcmp(event_defs[i].system, system))
			return &event_defs[i];
	}
	return NULL;
}

static int types_grow(struct event_catalog *catalog, uint32_t id)
{
	struct event_type *types;

	if (id < catalog->n_types)
		return 0;
	types = realloc(catalog->types, (id + 1) * sizeof(*types));
	if (!types)
		return -1;
	memset(types + catalog->n_types, 0, (id + 1 - catalog->n_types) * sizeof(*types));
	catalog->types = types;
	catalog->n_types = id + 1;
	return 0;
}

/* The one field that is no number: a name, or the addresses of a stack. */
static void bind_name(struct event_type *type, const struct format *format)
{
	static const char *const names[] = { "name", "comm", "next_comm" };
	const struct format_field *field;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		field = format_field(format, names[i]);
		if (field && (field->data_loc || field->size == EVENT_COMM_BYTES))
			type->name_offset = field->offset;
	}
	field = format_field(format, "prev_comm");
	if (field && field->size == EVENT_COMM_BYTES)
		type->prev_offset = field->offset;
	field = format_field(format, "next_prio");
	if (field && field->size == 4)
		type->prio_offset = field->offset;
	field = type->kind == EVENT_STACK ? format_field(format, "caller") : NULL;
	if (field)
		type->name_offset = field->offset;
}

/**
 * event_catalog_add - bind one tracepoint
 * @catalog: initialised
 * @system: "sched"
 * @format_text: text of its `format` file, NUL terminated
 *
 * Returns 1 when it was bound, 0 when it is not in event_defs or a field is missing, -1
 * with errno set (EINVAL: not a format text).
 */
int event_catalog_add(struct event_catalog *catalog, const char *system, const char *format_text)
{
	const struct event_def *def;
	struct event_type type = { .min_len = EVENT_COMMON_BYTES };
	struct format format;

	if (format_parse(&format, format_text))
		return -1;
	def = def_find(system, format.name);
	if (!def || format.id == 0 || format.id >= TYPE_IDS_MAX)
		return 0;
	for (size_t i = 0; i < EVENT_VALUES_MAX && def->fields[i]; i++) {
		const struct format_field *f = format_field(&format, def->fields[i]);
		struct event_value *v = &type.value[i];

		if (!f || (f->size != 8 && f->size != 4 && f->size != 2 && f->size != 1))
			return 0;
		*v = (struct event_value){ f->offset, (uint8_t)f->size, f->is_signed };
		if (f->offset + f->size > type.min_len)
			type.min_len = (uint16_t)(f->offset + f->size);
	}
	if (types_grow(catalog, format.id))
		return -1;
	type.def = def;
	type.kind = (uint8_t)def->kind;
	bind_name(&type, &format);
	catalog->types[format.id] = type;
	catalog->present[def - event_defs] = true;
	return 1;
}

/* Whether a tracepoint of this kind is bound. */
bool event_catalog_has(const struct event_catalog *catalog, enum event_kind kind)
{
	for (size_t i = 0; i < event_n_defs; i++) {
		if (event_defs[i].kind == kind && catalog->present[i])
			return true;
	}
	return false;
}

static inline int64_t value(const struct event_type *type, const uint8_t *data, size_t i, bool swap)
{
	const struct event_value *v = &type->value[i];
	const uint8_t *p = data + v->offset;

	switch (v->size) {
	case 4:
		return v->is_signed ? (int32_t)subbuf_u32(p, swap) : (int64_t)subbuf_u32(p, swap);
	case 8:
		return (int64_t)subbuf_u64(p, swap);
	case 2:
		return v->is_signed ? (int16_t)subbuf_u16(p, swap) : (int64_t)subbuf_u16(p, swap);
	case 1:
		return v->is_signed ? (int8_t)*p : (int64_t)*p;
	default:
		return 0;
	}
}

/**
 * event_decode - decode one record
 * @catalog: bound to the recording
 * @r: record
 * @cpu: where it was recorded
 * @e: filled; points into the record
 *
 * Returns 1, 0 when the type is not understood, -1 when the record is too short for its
 * type.
 */
int event_decode(const struct event_catalog *catalog, const struct trace_record *r,
		 unsigned int cpu, struct event *e)
{
	const struct event_type *type = event_type(catalog, r);
	const uint8_t *d = r->data;
	bool swap = catalog->swap;

	if (!type)
		return r->len < EVENT_COMMON_BYTES ? -1 : 0;
	if (r->len < type->min_len)
		return -1;
	e->ts_ns = event_scale_ns(catalog, r->ts);
	e->data = d;
	e->len = r->len;
	e->cpu = (uint16_t)cpu;
	e->kind = type->kind;
	e->flags = d[2];
	e->pid = (int32_t)subbuf_u32(d + 4, swap);

	switch (type->kind) {
	case EVENT_IRQ_ENTRY:
		e->irq = (int32_t)value(type, d, 0, swap);
		break;
	case EVENT_IRQ_EXIT:
		e->irq = (int32_t)value(type, d, 0, swap);
		e->ret = (int32_t)value(type, d, 1, swap);
		break;
	case EVENT_SOFTIRQ_RAISE:
	case EVENT_SOFTIRQ_ENTRY:
	case EVENT_SOFTIRQ_EXIT:
		e->vec = (uint32_t)value(type, d, 0, swap);
		break;
	case EVENT_WAKING:
	case EVENT_WAKEUP:
		e->wake.pid = (int32_t)value(type, d, 0, swap);
		e->wake.target_cpu = (int32_t)value(type, d, 1, swap);
		break;
	case EVENT_SWITCH:
		e->sw.prev_pid = (int32_t)value(type, d, 0, swap);
		e->sw.next_pid = (int32_t)value(type, d, 1, swap);
		e->sw.prev_state = value(type, d, 2, swap);
		break;
	case EVENT_VECTOR_ENTRY:
	case EVENT_VECTOR_EXIT:
		e->irq = type->def->irq;
		e->ret = 1;
		break;
	case EVENT_WORK_QUEUE:
	case EVENT_WORK_START:
		e->work = (uint64_t)value(type, d, 0, swap);
		e->function = (uint64_t)value(type, d, 1, swap);
		break;
	case EVENT_WORK_END:
		e->work = (uint64_t)value(type, d, 0, swap);
		break;
	case EVENT_PROCIRQ_READ:
		e->read.irq = (int32_t)value(type, d, 0, swap);
		e->read.irq_ns = (uint64_t)value(type, d, 1, swap);
		break;
	}
	return 1;
}

/* Name of an interrupt without a number; NULL: it has a number. */
const char *event_irq_name(int32_t irq)
{
	if (irq >= 0)
		return NULL;
	return irq > VECTOR_IRQ(N_VECTORS) ? vector_names[VECTOR_IRQ(irq)] : "hrtimer";
}

static const struct event_type *type_of(const struct event_catalog *catalog, const struct event *e)
{
	struct trace_record r = { .data = e->data, .len = e->len };

	return e->data ? event_type(catalog, &r) : NULL;
}

static char clean(uint8_t c)
{
	return c < ' ' || c == 0x7f ? '?' : (char)c;
}

static void copy_text(char *to, size_t size, const uint8_t *from, size_t len)
{
	size_t n = 0;

	while (n < len && n + 1 < size && from[n]) {
		to[n] = clean(from[n]);
		n++;
	}
	to[n] = '\0';
}

/* The name as it was recorded, @len bytes with or without a NUL; NULL: none. */
static const uint8_t *raw_name(const struct event_catalog *catalog, const struct event *e,
			       uint32_t *len)
{
	const struct event_type *type = type_of(catalog, e);
	uint32_t loc, offset;

	if (!type || !type->name_offset || type->name_offset + 4u > e->len)
		return NULL;
	loc = subbuf_u32(e->data + type->name_offset, catalog->swap);
	offset = loc & 0xffff;
	*len = loc >> 16;
	if (offset >= e->len)
		return NULL;
	if (*len > e->len - offset)
		*len = e->len - offset;
	return e->data + offset;
}

/**
 * event_name - name of the handler of an EVENT_IRQ_ENTRY
 * @catalog: that decoded @e
 * @e: event, during the call that passed it
 * @name: filled, with control characters replaced; empty when there is no name
 * @size: of @name
 */
void event_name(const struct event_catalog *catalog, const struct event *e, char *name, size_t size)
{
	uint32_t len = 0;
	const uint8_t *raw = raw_name(catalog, e, &len);

	copy_text(name, size, raw, raw ? len : 0);
}

/* Whether event_name() with this @size gives @name. */
bool event_has_name(const struct event_catalog *catalog, const struct event *e, const char *name,
		    size_t size)
{
	uint32_t len = 0;
	const uint8_t *raw = raw_name(catalog, e, &len);

	if (raw && len <= size && !memcmp(raw, name, len) && len && !name[len - 1])
		return true;
	for (size_t i = 0;; i++) {
		bool ends = !raw || i == len || i + 1 == size || !raw[i];

		if (ends || clean(raw[i]) != name[i])
			return ends && !name[i];
	}
}

/*
 * Whether one CPU sent the interrupt of an EVENT_IRQ_ENTRY or EVENT_VECTOR_ENTRY to
 * another. On arm64 and riscv these have numbers and one name.
 */
bool event_is_between_cpus(const struct event_catalog *catalog, const struct event *e)
{
	char name[8];

	if (e->irq == VECTOR_IRQ(VECTOR_reschedule) || e->irq == VECTOR_IRQ(VECTOR_call_function) ||
	    e->irq == VECTOR_IRQ(VECTOR_call_function_single) || e->irq == VECTOR_IRQ(VECTOR_ipi))
		return true;
	if (e->kind != EVENT_IRQ_ENTRY)
		return false;
	event_name(catalog, e, name, sizeof(name));
	return !strcmp(name, "IPI");
}

static void comm_at(const struct event *e, uint16_t offset, char comm[EVENT_COMM_BYTES])
{
	comm[0] = '\0';
	if (offset && offset + (uint32_t)EVENT_COMM_BYTES <= e->len)
		copy_text(comm, EVENT_COMM_BYTES, e->data + offset, EVENT_COMM_BYTES);
}

/* Name of the woken task, or of the task that EVENT_SWITCH switches to. */
void event_comm(const struct event_catalog *catalog, const struct event *e,
		char comm[EVENT_COMM_BYTES])
{
	const struct event_type *type = type_of(catalog, e);

	comm_at(e, type ? type->name_offset : 0, comm);
}

/* Name of the task that EVENT_SWITCH switches from. */
void event_prev_comm(const struct event_catalog *catalog, const struct event *e,
		     char comm[EVENT_COMM_BYTES])
{
	const struct event_type *type = type_of(catalog, e);

	comm_at(e, type ? type->prev_offset : 0, comm);
}

/* Priority of the task that EVENT_SWITCH switches to, or EVENT_PRIO_UNKNOWN. */
int32_t event_next_prio(const struct event_catalog *catalog, const struct event *e)
{
	const struct event_type *type = type_of(catalog, e);

	if (!type || !type->prio_offset || type->prio_offset + 4u > e->len)
		return EVENT_PRIO_UNKNOWN;
	return (int32_t)subbuf_u32(e->data + type->prio_offset, catalog->swap);
}

/**
 * event_stack - a return address of an EVENT_STACK
 * @catalog: that decoded @e
 * @e: event, during the call that passed it
 * @i: innermost first
 * @address: the address
 *
 * Returns false when there are no more.
 */
bool event_stack(const struct event_catalog *catalog, const struct event *e, size_t i,
		 uint64_t *address)
{
	const struct event_type *type = type_of(catalog, e);
	size_t offset;

	if (!type || !type->name_offset)
		return false;
	offset = type->name_offset + 8 * i;
	if (offset + 8 > e->len)
		return false;
	*address = subbuf_u64(e->data + offset, catalog->swap);
	return *address && *address != UINT64_MAX;
}
