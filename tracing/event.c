// SPDX-License-Identifier: GPL-2.0-or-later
#include "event.h"

#include <errno.h>
#include <stdlib.h>

#include "format.h"

#define TYPE_IDS_MAX 65536

const struct event_vector event_vectors[] = {
	{ "local_timer", "local_timer" },
	{ "reschedule", "reschedule" },
	{ "call_function", "call_function" },
	{ "call_function_single", "call_function_single" },
	{ "irq_work", "irq_work" },
	{ "x86_platform_ipi", "x86_platform_ipi" },
	{ "error_apic", "error_apic" },
	{ "spurious_apic", "spurious_apic" },
	{ "thermal_apic", "thermal_apic" },
	{ "threshold_apic", "threshold_apic" },
	{ "deferred_error_apic", "deferred_error_apic" },
};
const size_t event_n_vectors = sizeof(event_vectors) / sizeof(event_vectors[0]);

#define VECTOR(name, i)                                                        \
	{ "irq_vectors", name "_entry", EVENT_VECTOR_ENTRY, i, { NULL }, 0 },  \
	{                                                                      \
		"irq_vectors", name "_exit", EVENT_VECTOR_EXIT, i, { NULL }, 0 \
	}

const struct event_def event_defs[] = {
	{ "irq", "irq_handler_entry", EVENT_IRQ_ENTRY, 0, { "irq" }, 1 },
	{ "irq", "irq_handler_exit", EVENT_IRQ_EXIT, 0, { "irq", "ret" }, 2 },
	{ "irq", "softirq_raise", EVENT_SOFTIRQ_RAISE, 0, { "vec" }, 1 },
	{ "irq", "softirq_entry", EVENT_SOFTIRQ_ENTRY, 0, { "vec" }, 1 },
	{ "irq", "softirq_exit", EVENT_SOFTIRQ_EXIT, 0, { "vec" }, 1 },
	{ "sched", "sched_waking", EVENT_WAKING, 0, { "pid", "target_cpu" }, 2 },
	{ "sched", "sched_wakeup", EVENT_WAKEUP, 0, { "pid", "target_cpu" }, 2 },
	{ "sched", "sched_wakeup_new", EVENT_WAKEUP, 0, { "pid", "target_cpu" }, 2 },
	{ "sched", "sched_switch", EVENT_SWITCH, 0, { "prev_pid", "next_pid", "prev_state" }, 3 },
	{ "raw_syscalls", "sys_enter", EVENT_SYS_ENTER, 0, { "id" }, 1 },
	{ "raw_syscalls", "sys_exit", EVENT_SYS_EXIT, 0, { "id" }, 1 },
	{ "workqueue", "workqueue_queue_work", EVENT_WORK_QUEUE, 0, { "work" }, 1 },
	{ "workqueue", "workqueue_execute_start", EVENT_WORK_START, 0, { "work" }, 1 },
	{ "workqueue", "workqueue_execute_end", EVENT_WORK_END, 0, { "work" }, 1 },
	{ "timer", "hrtimer_expire_entry", EVENT_HRTIMER_ENTRY, 0, { NULL }, 0 },
	{ "timer", "hrtimer_expire_exit", EVENT_HRTIMER_EXIT, 0, { NULL }, 0 },
	{ "procirq",
	  "procirq_read",
	  EVENT_PROCIRQ_READ,
	  0,
	  { "irq", "count", "seq", "irq_ns" },
	  4 },
	{ "ftrace", "kernel_stack", EVENT_STACK, 0, { "caller" }, 0 },
	VECTOR("local_timer", 0),
	VECTOR("reschedule", 1),
	VECTOR("call_function", 2),
	VECTOR("call_function_single", 3),
	VECTOR("irq_work", 4),
	VECTOR("x86_platform_ipi", 5),
	VECTOR("error_apic", 6),
	VECTOR("spurious_apic", 7),
	VECTOR("thermal_apic", 8),
	VECTOR("threshold_apic", 9),
	VECTOR("deferred_error_apic", 10),
};
const size_t event_n_defs = sizeof(event_defs) / sizeof(event_defs[0]);

/**
 * event_catalog_init - an empty catalogue
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

/* Frees what the catalogue owns, not the catalogue. */
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

static void bind_comm(struct event_type *type, const struct format *format)
{
	const struct format_field *field;
	static const char *const names[] = { "name", "comm", "next_comm" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		field = format_field(format, names[i]);
		if (field && (field->data_loc || field->size == EVENT_COMM_BYTES))
			type->name_offset = field->offset;
	}
	field = format_field(format, "prev_comm");
	if (field && field->size == EVENT_COMM_BYTES)
		type->prev_comm_offset = field->offset;
}

/**
 * event_catalog_add - bind one tracepoint
 * @catalog: initialised
 * @system: "sched"
 * @format_text: text of its `format` file, NUL terminated
 *
 * Returns 1 when it was bound, 0 when the catalogue does not know it or a
 * needed field is missing, -1 with errno set (EINVAL: not a format text).
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

		if (f && def->kind == EVENT_STACK)
			type.name_offset = f->offset;
		if (!f || (f->size != 8 && f->size != 4 && f->size != 2 && f->size != 1)) {
			if (i < def->n_required)
				return 0;
			continue;
		}
		*v = (struct event_value){ f->offset, (uint8_t)f->size, f->is_signed };
		if (f->offset + f->size > type.min_len)
			type.min_len = (uint16_t)(f->offset + f->size);
	}
	if (types_grow(catalog, format.id))
		return -1;
	bind_comm(&type, &format);
	type.def = def;
	type.kind = (uint8_t)def->kind;
	catalog->types[format.id] = type;
	catalog->present[def - event_defs] = true;
	return 1;
}

/* Whether the recording can contain events of @kind. */
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

/* Units of the trace clock -> ns. */
uint64_t event_scale_ns(const struct event_catalog *catalog, uint64_t ts)
{
	if (!catalog->ns_mult)
		return ts;
	return (uint64_t)(((unsigned __int128)ts * catalog->ns_mult) >> catalog->ns_shift);
}

/**
 * event_decode - records -> events
 * @catalog: bound to the recording
 * @r: record
 * @cpu: where it was recorded
 * @e: filled; points into the record
 *
 * Returns 1, 0 when the record is of no use here, -1 when it is too short for
 * its type.
 */
int event_decode(const struct event_catalog *catalog, const struct record *r, unsigned int cpu,
		 struct event *e)
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
	case EVENT_SYS_ENTER:
	case EVENT_SYS_EXIT:
		e->sys_id = value(type, d, 0, swap);
		break;
	case EVENT_VECTOR_ENTRY:
	case EVENT_VECTOR_EXIT:
		e->irq = event_vector_irq(type->def->vector);
		e->ret = 1;
		break;
	case EVENT_WORK_QUEUE:
	case EVENT_WORK_START:
	case EVENT_WORK_END:
		e->work = (uint64_t)value(type, d, 0, swap);
		break;
	case EVENT_PROCIRQ_READ:
		e->read.irq = (int32_t)value(type, d, 0, swap);
		e->read.count = (uint32_t)value(type, d, 1, swap);
		e->read.seq = (uint64_t)value(type, d, 2, swap);
		e->read.irq_ns = (uint64_t)value(type, d, 3, swap);
		break;
	}
	return 1;
}

/* Name of an interrupt without a number, NULL for one that has it. */
const char *event_irq_name(int32_t irq)
{
	if (irq >= 0)
		return NULL;
	return (size_t)(-1 - irq) < event_n_vectors ? event_vectors[-1 - irq].name : "hrtimer";
}

static const struct event_type *type_of(const struct event_catalog *catalog, const struct event *e)
{
	struct record r = { .data = e->data, .len = e->len };

	return e->data ? event_type(catalog, &r) : NULL;
}

static void copy_text(char *to, size_t size, const uint8_t *from, size_t len)
{
	size_t n = 0;

	while (n < len && n + 1 < size && from[n]) {
		to[n] = from[n] < ' ' || from[n] == 0x7f ? '?' : (char)from[n];
		n++;
	}
	to[n] = '\0';
}

/**
 * event_name - name of the handler of an EVENT_IRQ_ENTRY
 * @catalog: that decoded @e
 * @e: event, during the call that passed it
 * @name: filled, control characters replaced; empty when there is none
 * @size: of @name
 */
void event_name(const struct event_catalog *catalog, const struct event *e, char *name, size_t size)
{
	const struct event_type *type = type_of(catalog, e);
	uint32_t loc, offset, len;

	name[0] = '\0';
	if (!type || !type->name_offset || type->name_offset + 4u > e->len)
		return;
	loc = subbuf_u32(e->data + type->name_offset, catalog->swap);
	offset = loc & 0xffff;
	len = loc >> 16;
	if (offset >= e->len)
		return;
	if (len > e->len - offset)
		len = e->len - offset;
	copy_text(name, size, e->data + offset, len);
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

	comm_at(e, type ? type->prev_comm_offset : 0, comm);
}

/**
 * event_stack - an EVENT_STACK's return address
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
