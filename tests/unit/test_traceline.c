// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines of traces, as the kernel, trace-cmd and perf print them. */
#include "unit.h"

#include "tracing/traceline.h"

/**
 * struct line_case - a line, and what it says
 * @event: name of the event; NULL: the line is none
 */
struct line_case {
	const char *text;
	const char *event;
	uint64_t ts_ns;
	int digits;
	unsigned int cpu;
	int32_t pid;
	int flags; /* -1: unknown */
	int64_t value[EVENT_VALUES_MAX];
	const char *name;
	const char *prev_name;
	int32_t prio;
};

#define HARD EVENT_FLAG_HARDIRQ
#define SOFT EVENT_FLAG_SOFTIRQ
#define NO   EVENT_PRIO_UNKNOWN

/* It would put each word on a row of its own: */
/* clang-format off */
static const struct line_case cases[] = {
	{ "          <idle>-0       [001] d.h2.  3050.782392: irq_handler_entry: irq=36 name=virtio1-req.0",
	  "irq_handler_entry", 3050782392000, 6, 1, 0, HARD, { 36 }, "virtio1-req.0", "", NO },
	{ "          <idle>-0       [001] d.H2.  3050.782392: irq_handler_exit: irq=36 ret=handled",
	  "irq_handler_exit", 3050782392000, 6, 1, 0, HARD | SOFT, { 36, 1 }, "", "", NO },
	{ "          <idle>-0       [001] dNZ2  3050.782392: irq_handler_exit: irq=36 ret=unhandled",
	  "irq_handler_exit", 3050782392000, 6, 1, 0, HARD, { 36, 0 }, "", "", NO },
	{ "    tmux: server-17      [000] ..s1.  3050.782392013: softirq_entry: vec=4 [action=BLOCK]",
	  "softirq_entry", 3050782392013, 9, 0, 17, SOFT, { 4 }, "", "", NO },
	{ "    tmux: server-17        1d..2.  3050.782392: sched_waking: comm=tmux: server pid=18 prio=120 target_cpu=003",
	  "sched_waking", 3050782392000, 6, 1, 17, 0, { 18, 3 }, "tmux: server", "", NO },
	{ "  a-1 [000] 5.0:-18    [002]     0.000001: sched_wakeup:         a pid=7 [b]:19 [49] CPU:012",
	  "sched_wakeup", 1000, 6, 2, 18, -1, { 19, 12 }, "a pid=7 [b]", "", NO },
	{ "              dd-500   (    500) [000] d..2.  1.000001: sched_switch: prev_comm=dd prev_pid=500 prev_prio=120 prev_state=R+ ==> next_comm=x ==> y next_pid=7 next_prio=-1",
	  "sched_switch", 1000001000, 6, 0, 500, 0, { 500, 7, 0x100 }, "x ==> y", "dd", -1 },
	{ "              dd-500   (-------) [000] d..2.  1.000001: sched_switch: dd:500 [120] S ==> swapper/0:0 [120]",
	  "sched_switch", 1000001000, 6, 0, 500, 0, { 500, 0, 1 }, "swapper/0", "dd", 120 },
	{ "              dd-500   [000] d..2.  1.000001: sched_switch: dd:500 [120] R ==> swapper/0:0 [120]",
	  "sched_switch", 1000001000, 6, 0, 500, 0, { 500, 0, 0 }, "swapper/0", "dd", 120 },
	{ "   dd   500/501 [000] 34142.000009900:       raw_syscalls:sys_exit: NR 0 = 1",
	  "sys_exit", 34142000009900, 9, 0, 501, -1, { 0 }, "", "", NO },
	{ "swapper     0 [003] 34142.000009:   irq_vectors:local_timer_entry: vector=236",
	  "local_timer_entry", 34142000009000, 6, 3, 0, -1, { 0 }, "", "", NO },
	{ " kworker/0:1-17    [000]     1.000001: workqueue_queue_work: work struct=00000000deadbeef function=flush workqueue=events req_cpu=0 cpu=0",
	  "workqueue_queue_work", 1000001000, 6, 0, 17, -1, { 0xdeadbeef }, "flush", "", NO },
	{ " kworker/0:1-17    [000]     1.000001: workqueue_execute_start: work struct 0xdeadbeef: function flush [module]",
	  "workqueue_execute_start", 1000001000, 6, 0, 17, -1, { 0xdeadbeef }, "flush", "", NO },
	{ " kworker/0:1-17    [000]     1.000001: workqueue_execute_end: work struct 0xdeadbeef",
	  "workqueue_execute_end", 1000001000, 6, 0, 17, -1, { 0xdeadbeef }, "", "", NO },
	{ " dd-17    [000]     1.000001: sys_exit:             ",
	  "sys_exit", 1000001000, 6, 0, 17, -1, { 0 }, "", "", NO },
	/* No events, or not enough of them. */
	{ .text = "" },
	{ .text = "# tracer: nop" },
	{ .text = "cpus=2" },
	{ .text = " dd-17    [000]     1.000001: sys_exit" },
	{ .text = " dd-17    [000]     1.000001: irq_handler_entry:" },
	{ .text = " dd-17    [000]     1.000001: nothing_known: irq=5" },
	{ .text = " dd-17    [000]     1.000001: sched_wakeup: dd:17 [120]" },
	{ .text = " dd-17    [000]     1.000001: sched_switch: dd:17 [120] S" },
	{ .text = " dd-17    [000]     1.000001: sched_switch: dd [120] S ==> x:5 [120]" },
	{ .text = " dd-17    [000]     1.000001: kernel_stack: <stack trace>" },
	{ .text = " dd-17    [4096]    1.000001: sys_exit: NR 0 = 1" },
	{ .text = " dd-17    [0x1]     1.000001: sys_exit: NR 0 = 1" },
	{ .text = " dd-17    1.000001: sys_exit: NR 0 = 1" },
	{ .text = " dd       [000]     1.000001: sys_exit: NR 0 = 1" },
	{ .text = " dd-99999999999 [000] 1.000001: sys_exit: NR 0 = 1" },
	{ .text = " dd-17    [000]     99999999999999999999.000001: sys_exit: NR 0 = 1" },
	{ .text = "1.000001: sys_exit: NR 0 = 1" },
	{ .text = "=> do_syscall_64" },
};
/* clang-format on */

static void lines_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		const struct line_case *c = &cases[i];
		struct traceline line;
		enum traceline_kind kind = traceline_parse(c->text, &line);

		print_message("%s\n", c->text);
		assert_int_equal(kind, c->event ? TRACELINE_EVENT : TRACELINE_OTHER);
		if (!c->event)
			continue;
		assert_string_equal(line.def->name, c->event);
		assert_int_equal(line.ts_ns, c->ts_ns);
		assert_int_equal(line.digits, c->digits);
		assert_int_equal(line.cpu, c->cpu);
		assert_int_equal(line.pid, c->pid);
		assert_int_equal(line.has_flags ? line.flags : -1, c->flags);
		for (int k = 0; k < EVENT_VALUES_MAX; k++)
			assert_int_equal(line.value[k], c->value[k]);
		assert_string_equal(line.name, c->name);
		assert_string_equal(line.prev_name, c->prev_name);
		assert_int_equal(line.prio, c->prio);
	}
}

static void losses_are_read(void **state)
{
	static const struct {
		const char *text;
		unsigned int cpu;
		uint64_t lost; /* 0: no loss */
	} losses[] = {
		{ "CPU:1 [LOST 123 EVENTS]", 1, 123 },
		{ "CPU:0 [LOST EVENTS]", 0, SUBBUF_MISSED_UNKNOWN },
		{ "CPU:12 [7 EVENTS DROPPED]", 12, 7 },
		{ "CPU:3 [EVENTS DROPPED]", 3, SUBBUF_MISSED_UNKNOWN },
		{ "CPU:9999 [LOST 123 EVENTS]", 0, 0 },
		{ "CPU:x [LOST 123 EVENTS]", 0, 0 },
		{ "CPU 1 is empty", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(losses); i++) {
		struct traceline line;
		enum traceline_kind kind = traceline_parse(losses[i].text, &line);

		assert_int_equal(kind, losses[i].lost ? TRACELINE_LOSS : TRACELINE_OTHER);
		if (!losses[i].lost)
			continue;
		assert_int_equal(line.cpu, losses[i].cpu);
		assert_int_equal(line.lost, losses[i].lost);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_read),
		cmocka_unit_test(losses_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
