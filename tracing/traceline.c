// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A line is
 *
 *	TASK-PID [CPU] FLAGS TIME: EVENT: FIELDS	trace_pipe, trace-cmd report
 *	TASK-PID CPUFLAGS TIME: EVENT: FIELDS		with latency-format, report -l
 *	TASK PID [CPU] TIME: SYSTEM:EVENT: FIELDS	perf script
 *
 * Names of tasks may have anything in them, so it is read outwards from the time.
 */
#include "traceline.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#define LINE_CPUS_MAX 4096

/* --- the head -------------------------------------------------------------- */

/* A time with its colon at @p? Returns what is behind it, or NULL. */
static const char *time_at(const char *p, struct traceline *line)
{
	uint64_t seconds = 0, ns = 0;
	const char *start = p;
	int digits = 0;

	for (; isdigit((unsigned char)*p) && seconds < UINT64_MAX / 20000000000; p++)
		seconds = 10 * seconds + (uint64_t)(*p - '0');
	if (p == start || *p++ != '.')
		return NULL;
	for (; isdigit((unsigned char)*p) && digits < 9; p++, digits++)
		ns = 10 * ns + (uint64_t)(*p - '0');
	if (digits < 3 || *p != ':')
		return NULL;
	line->digits = digits;
	for (; digits < 9; digits++)
		ns *= 10;
	if (seconds > UINT64_MAX / 1000000000 - 1)
		return NULL;
	line->ts_ns = seconds * 1000000000 + ns;
	return p + 1;
}

/* The last word before @end: from the returned place to *@until. NULL: there is none. */
static const char *word_before(const char *text, const char *end, const char **until)
{
	while (end > text && end[-1] == ' ')
		end--;
	*until = end;
	while (end > text && end[-1] != ' ')
		end--;
	return end < *until ? end : NULL;
}

static bool number_in(const char *from, const char *until, int64_t most, int64_t *number)
{
	*number = 0;
	if (from == until)
		return false;
	for (; from < until; from++) {
		if (!isdigit((unsigned char)*from))
			return false;
		*number = 10 * *number + (*from - '0');
		if (*number > most)
			return false;
	}
	return true;
}

/* "[001]" */
static bool cpu_in(const char *from, const char *until, struct traceline *line)
{
	int64_t cpu;

	if (until - from < 3 || *from != '[' || until[-1] != ']' ||
	    !number_in(from + 1, until - 1, LINE_CPUS_MAX - 1, &cpu))
		return false;
	line->cpu = (unsigned int)cpu;
	return true;
}

/* "d.h2.": interrupts off, need to resched, context, depths */
static bool flags_in(const char *from, const char *until, struct traceline *line)
{
	if (until - from < 4 || isdigit((unsigned char)*from))
		return false;
	line->has_flags = true;
	line->flags = strchr("hHzZ", from[2]) ? EVENT_FLAG_HARDIRQ : 0;
	if (from[2] == 's' || from[2] == 'H')
		line->flags |= EVENT_FLAG_SOFTIRQ;
	return true;
}

/* "[001]", "[001] d.h2." or "1d.h2." in front of the time. Returns where it begins. */
static const char *cpu_before(const char *text, const char *time, struct traceline *line)
{
	const char *until, *word = word_before(text, time, &until), *p;
	int64_t cpu;

	if (!word || cpu_in(word, until, line))
		return word;
	for (p = word; p < until && isdigit((unsigned char)*p); p++)
		;
	if (p > word && number_in(word, p, LINE_CPUS_MAX - 1, &cpu) && flags_in(p, until, line)) {
		line->cpu = (unsigned int)cpu;
		return word;
	}
	if (!flags_in(word, until, line))
		return NULL;
	word = word_before(text, word, &until);
	return word && cpu_in(word, until, line) ? word : NULL;
}

/* "dd-500", "dd-500 (  500)", "dd 500", "dd 500/501", of which the last is the thread. */
static bool pid_before(const char *text, const char *end, struct traceline *line)
{
	const char *until, *word = word_before(text, end, &until), *p;
	int64_t pid;

	if (word && until[-1] == ')') {
		while (until > text && *until != '(')
			until--;
		word = word_before(text, until, &until);
	}
	if (!word)
		return false;
	for (p = until; p > word && isdigit((unsigned char)p[-1]); p--)
		;
	if (p > word && p[-1] != '-' && p[-1] != '/')
		return false;
	if (!number_in(p, until, INT32_MAX, &pid))
		return false;
	line->pid = (int32_t)pid;
	return true;
}

/* Returns the event with its fields, or NULL. */
static const char *parse_head(const char *text, struct traceline *line)
{
	for (const char *p = text; *p; p++) {
		const char *behind, *cpu;

		if (!isdigit((unsigned char)*p) || p == text || p[-1] != ' ')
			continue;
		behind = time_at(p, line);
		cpu = behind ? cpu_before(text, p, line) : NULL;
		if (cpu && pid_before(text, cpu, line))
			return behind;
	}
	return NULL;
}

/* --- fields ---------------------------------------------------------------- */

/* What is behind "@key=" in the text; NULL: it is not there. The last one counts. */
static const char *field(const char *text, const char *key)
{
	const char *found = NULL;
	size_t len = strlen(key);

	for (const char *p = text; (p = strstr(p, key)); p++) {
		bool begins = p == text || p[-1] == ' ' || p[-1] == '\t';

		if (begins && p[len] == '=')
			found = p + len + 1;
	}
	return found;
}

static bool number_field(const char *text, const char *key, int64_t *value)
{
	const char *p = field(text, key);
	char *end;

	if (!p)
		return false;
	*value = strtoll(p, &end, 10);
	return end > p;
}

static void copy(char *to, size_t size, const char *from, const char *until)
{
	size_t len = (size_t)(until - from);

	snprintf(to, size, "%.*s", (int)(len < size ? len : size - 1), from);
}

/**
 * struct line_task - a task in the fields of an event
 * @comm: name, up to @comm_end
 * @end: what follows
 */
struct line_task {
	const char *comm;
	const char *comm_end;
	int64_t pid;
	int64_t prio;
	const char *end;
};

/* "prev_comm=dd prev_pid=500 prev_prio=120", with the @prefix "prev_" */
static bool named_task(const char *text, const char *until, const char *prefix,
		       struct line_task *task)
{
	char key[16], part[256];
	const char *comm, *pid;

	copy(part, sizeof(part), text, until);
	snprintf(key, sizeof(key), "%spid", prefix);
	if (!number_field(part, key, &task->pid))
		return false;
	pid = field(part, key) - strlen(key) - 1;
	snprintf(key, sizeof(key), "%sprio", prefix);
	if (!number_field(part, key, &task->prio))
		task->prio = EVENT_PRIO_UNKNOWN;
	snprintf(key, sizeof(key), "%scomm=", prefix);
	comm = strstr(part, key);
	if (!comm || comm > pid)
		return false;
	task->comm = text + (comm - part) + strlen(key);
	task->comm_end = text + (pid - part);
	while (task->comm_end > task->comm && task->comm_end[-1] == ' ')
		task->comm_end--;
	task->end = text;
	return true;
}

/* "dd:500 [120]", of trace-cmd's plugin */
static bool short_task(const char *text, const char *until, struct line_task *task)
{
	const char *bracket = memrchr(text, '[', (size_t)(until - text)), *pid, *end;
	char *close;

	if (!bracket)
		return false;
	for (end = bracket; end > text && end[-1] == ' '; end--)
		;
	for (pid = end; pid > text && isdigit((unsigned char)pid[-1]); pid--)
		;
	if (pid == text || pid[-1] != ':' || !number_in(pid, end, INT32_MAX, &task->pid))
		return false;
	task->prio = strtol(bracket + 1, &close, 10);
	if (*close != ']')
		return false;
	task->comm = text;
	task->comm_end = pid - 1;
	task->end = close + 1;
	return true;
}

static bool parse_switch(const char *text, struct traceline *line)
{
	const char *arrow = strstr(text, " ==> "), *next, *end, *state;
	struct line_task prev_task, next_task;

	if (!arrow)
		return false;
	next = arrow + 5;
	end = next + strlen(next);
	if (!(named_task(text, arrow, "prev_", &prev_task) &&
	      named_task(next, end, "next_", &next_task)) &&
	    !(short_task(text, arrow, &prev_task) && short_task(next, end, &next_task)))
		return false;
	state = field(text, "prev_state");
	if (!state) {
		for (state = prev_task.end; *state == ' '; state++)
			;
	}
	line->value[0] = prev_task.pid;
	line->value[1] = next_task.pid;
	/* "R+" is preempted; all others but "R" sleep, also "S|K". */
	line->value[2] = *state != 'R' ? 1 : state[1] == '+' ? EVENT_STATE_ASLEEP + 1 : 0;
	line->prio = (int32_t)next_task.prio;
	copy(line->name, EVENT_COMM_BYTES, next_task.comm, next_task.comm_end);
	copy(line->prev_name, EVENT_COMM_BYTES, prev_task.comm, prev_task.comm_end);
	return true;
}

static bool parse_wakeup(const char *text, struct traceline *line)
{
	const char *end = text + strlen(text), *cpu = field(text, "target_cpu");
	struct line_task task;

	if (!cpu && (cpu = strstr(text, "CPU:")))
		cpu += 4;
	if (!cpu || (!named_task(text, end, "", &task) && !short_task(text, end, &task)))
		return false;
	line->value[0] = task.pid;
	line->value[1] = strtol(cpu, NULL, 10);
	copy(line->name, EVENT_COMM_BYTES, task.comm, task.comm_end);
	return true;
}

/*
 * "work struct=0000000012345678 function=wb_workfn workqueue=...",
 * "work struct 0xffff888012345678: function wb_workfn"
 */
static bool parse_work(const char *text, struct traceline *line)
{
	const char *p = strstr(text, "struct"), *function = strstr(text, " function");
	char *end;

	if (!p || (p[6] != '=' && p[6] != ' '))
		return false;
	if (function && (function[9] == '=' || function[9] == ' ')) {
		function += 10;
		copy(line->name, sizeof(line->name), function, function + strcspn(function, " \t"));
	}
	line->value[0] = (int64_t)strtoull(p + 7, &end, 16);
	return end > p + 7;
}

static bool parse_irq(const char *text, struct traceline *line)
{
	const char *name = field(text, "name"), *ret = field(text, "ret");

	if (!number_field(text, "irq", &line->value[0]))
		return false;
	if (line->def->kind == EVENT_IRQ_ENTRY && name)
		copy(line->name, sizeof(line->name), name, name + strlen(name));
	else if (line->def->kind == EVENT_IRQ_EXIT)
		line->value[1] = ret && !strncmp(ret, "handled", 7);
	return true;
}

static bool parse_numbers(const char *text, struct traceline *line)
{
	for (size_t i = 0; i < EVENT_VALUES_MAX && line->def->fields[i]; i++) {
		if (!number_field(text, line->def->fields[i], &line->value[i]))
			return false;
	}
	return true;
}

static bool parse_fields(const char *text, struct traceline *line)
{
	switch (line->def->kind) {
	case EVENT_IRQ_ENTRY:
	case EVENT_IRQ_EXIT:
		return parse_irq(text, line);
	case EVENT_SWITCH:
		return parse_switch(text, line);
	case EVENT_WAKING:
	case EVENT_WAKEUP:
		return parse_wakeup(text, line);
	case EVENT_WORK_QUEUE:
	case EVENT_WORK_START:
	case EVENT_WORK_END:
		return parse_work(text, line);
	case EVENT_STACK:
		return false;
	default:
		return parse_numbers(text, line);
	}
}

/* --- a line ---------------------------------------------------------------- */

static const struct event_def *def_named(const char *name, size_t len)
{
	for (size_t i = 0; i < event_n_defs; i++) {
		if (strlen(event_defs[i].name) == len && !memcmp(event_defs[i].name, name, len))
			return &event_defs[i];
	}
	return NULL;
}

/* "CPU:1 [LOST 12 EVENTS]", "CPU:1 [12 EVENTS DROPPED]", "CPU:1 [EVENTS DROPPED]" */
static enum traceline_kind parse_loss(const char *text, struct traceline *line)
{
	char *end;
	long cpu;

	if (strncmp(text, "CPU:", 4))
		return TRACELINE_OTHER;
	cpu = strtol(text + 4, &end, 10);
	if (end == text + 4 || cpu < 0 || cpu >= LINE_CPUS_MAX || strncmp(end, " [", 2) ||
	    !strstr(end, "EVENTS"))
		return TRACELINE_OTHER;
	end += 2;
	if (!strncmp(end, "LOST ", 5))
		end += 5;
	line->cpu = (unsigned int)cpu;
	line->lost = strtoull(end, NULL, 10);
	if (!line->lost)
		line->lost = SUBBUF_MISSED_UNKNOWN;
	return TRACELINE_LOSS;
}

/**
 * traceline_parse - read a line
 * @text: NUL terminated, without line feed
 * @line: filled
 *
 * Returns what it is.
 */
enum traceline_kind traceline_parse(const char *text, struct traceline *line)
{
	const char *event, *end;

	memset(line, 0, sizeof(*line));
	line->prio = EVENT_PRIO_UNKNOWN;
	event = parse_head(text, line);
	if (!event)
		return parse_loss(text, line);
	event += strspn(event, " \t");
	end = strchr(event, ':');
	/* "irq:irq_handler_entry:" */
	if (end && end[1] && end[1] != ' ' && strchr(end + 1, ':')) {
		event = end + 1;
		end = strchr(event, ':');
	}
	if (!end)
		return TRACELINE_OTHER;
	line->def = def_named(event, (size_t)(end - event));
	if (!line->def || !parse_fields(end + 1 + strspn(end + 1, " \t"), line))
		return TRACELINE_OTHER;
	return TRACELINE_EVENT;
}
