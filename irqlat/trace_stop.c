// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat trace -T and -a: keep the trace, find the culprit, act. */

#include "trace_stop.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <tracefs.h>
#include <unistd.h>

#include "clock.h"
#include "msg.h"
#include "tracing/culprit.h"
#include "tracing/datwrite.h"
#include "tracing/symbols.h"

#define TRACE_FILE_DEFAULT	"irqlat_trace.dat"
#define EVENTS_MAX		64

/**
 * struct trace_stop - what is needed when it happens
 * @worst: the chain that took too long; of several in one go, the worst
 * @pending: there is one
 * @pages: next sub-buffer to give, of each CPU
 */
struct trace_stop {
	struct trace_run *run;
	struct instance *instance;
	struct chain_sample worst;
	bool pending;
	size_t *pages;
	struct symbols *symbols;
};

/* --- options --------------------------------------------------------------- */

static int parse_signal(char *text, struct trace_action *action)
{
	char *part, *state = NULL;
	uint64_t n;

	action->number = SIGUSR1;
	action->pid = 0;
	for (part = strtok_r(text, ",", &state); part;
	     part = strtok_r(NULL, ",", &state)) {
		if (!strncmp(part, "num=", 4) && !parse_u64(part + 4, &n) &&
		    n > 0 && n < 65)
			action->number = (int)n;
		else if (!strcmp(part, "pid=parent"))
			action->pid = getppid();
		else if (!strncmp(part, "pid=", 4) && !parse_u64(part + 4, &n) &&
			 n > 0 && n <= INT32_MAX)
			action->pid = (int)n;
		else
			return -1;
	}
	return action->pid ? 0 : -1;
}

static int parse_action(char *text, struct trace_action *action)
{
	char *arguments = strchr(text, ',');

	if (arguments)
		*arguments++ = '\0';
	if (!strcmp(text, "trace")) {
		action->kind = TRACE_ACTION_TRACE;
		action->text = NULL;
		if (arguments && strncmp(arguments, "file=", 5))
			return -1;
		if (arguments)
			action->text = arguments + 5;
		return 0;
	}
	if (!strcmp(text, "signal") && arguments) {
		action->kind = TRACE_ACTION_SIGNAL;
		return parse_signal(arguments, action);
	}
	if (!strcmp(text, "shell") && arguments &&
	    !strncmp(arguments, "command=", 8)) {
		action->kind = TRACE_ACTION_SHELL;
		action->text = arguments + 8;
		return 0;
	}
	action->kind = TRACE_ACTION_CONTINUE;
	return strcmp(text, "continue") || arguments ? -1 : 0;
}

/**
 * trace_actions_parse - "trace,file=x.dat;shell,command=sync;continue"
 * @text: actions, separated by semicolons
 * @config: gets them; its strings live as long as the program
 *
 * Returns 0, or -1 after saying what is wrong.
 */
int trace_actions_parse(const char *text, struct trace_config *config)
{
	char *copy = strdup(text), *part, *state = NULL;

	for (part = copy ? strtok_r(copy, ";", &state) : NULL; part;
	     part = strtok_r(NULL, ";", &state)) {
		if (config->n_actions == TRACE_ACTIONS_MAX ||
		    parse_action(part, &config->actions[config->n_actions++]))
			break;
	}
	if (!part && config->n_actions)
		return 0;
	msg_error("--on-threshold: \"%s\" is none of: trace[,file=F] "
		  "signal,num=N,pid=P|parent shell,command=C continue", text);
	free(copy);
	return -1;
}

/* --- the chain ------------------------------------------------------------- */

/**
 * trace_stop_new - watch for chains that take too long
 * @run: its options say what is too long
 * @instance: keeps the sub-buffers
 */
struct trace_stop *trace_stop_new(struct trace_run *run,
				  struct instance *instance)
{
	struct trace_stop *stop = calloc(1, sizeof(*stop));

	if (!stop)
		return NULL;
	stop->run = run;
	stop->instance = instance;
	stop->pages = calloc(instance_n_cpus(instance), sizeof(*stop->pages));
	if (!stop->pages) {
		free(stop);
		return NULL;
	}
	return stop;
}

/* NULL is fine. */
void trace_stop_free(struct trace_stop *stop)
{
	if (!stop)
		return;
	symbols_free(stop->symbols);
	free(stop->pages);
	free(stop);
}

static uint64_t limit_ns(const struct trace_config *config)
{
	return config->auto_ns ? config->auto_ns : config->threshold_ns;
}

/* Called for every sample; @ctx is the trace_stop. */
void trace_stop_sample(void *ctx, const struct chain_sample *sample)
{
	struct trace_stop *stop = ctx;
	const struct trace_config *config = stop->run->config;
	uint64_t ns = sample->end_ns - sample->start_ns;
	uint64_t limit = limit_ns(config);

	if (!limit || ns <= limit || !(config->wanted_ends >> sample->end & 1))
		return;
	stop->run->over++;
	if (stop->pending && ns <= stop->worst.end_ns - stop->worst.start_ns)
		return;
	stop->worst = *sample;
	stop->pending = true;
}

/* Did a chain take too long since the last trace_stop_act()? */
bool trace_stop_pending(const struct trace_stop *stop)
{
	return stop->pending;
}

/* --- the culprit ----------------------------------------------------------- */

static ssize_t kept_page(void *ctx, unsigned int cpu, const uint8_t **page)
{
	struct trace_stop *stop = ctx;

	if (stop->pages[cpu] == instance_kept(stop->instance, cpu))
		return 0;
	*page = instance_kept_page(stop->instance, cpu, stop->pages[cpu]++);
	return (ssize_t)instance_subbuf_bytes(stop->instance);
}

static void print_share(const char *indent, const char *label, uint64_t ns,
			uint64_t total, FILE *out)
{
	int width = 44 - (int)strlen(indent);

	fprintf(out, "%s%-*s %12.2f us (%.2f %%)\n", indent, width, label,
		(double)ns / 1000, total ? 100.0 * (double)ns / (double)total : 0);
}

static void print_stack(const struct trace_stop *stop,
			const struct culprit_part *part, FILE *out)
{
	if (!part->n_stack)
		return;
	fputs("        Kernel stack when it gave up the CPU\n", out);
	for (size_t i = 0; i < part->n_stack; i++) {
		const char *name = stop->symbols ?
			symbols_find(stop->symbols, part->stack[i]) : NULL;

		if (name)
			fprintf(out, "                -> %s\n", name);
		else
			fprintf(out, "                -> 0x%" PRIx64 "\n",
				part->stack[i]);
	}
}

static const char *part_label(const struct culprit_part *part, char *text,
			      size_t size)
{
	switch (part->kind) {
	case CULPRIT_IRQ:
		if (part->id < 0)
			snprintf(text, size, "interrupt %s", part->name);
		else
			snprintf(text, size, "interrupt %d %s", part->id,
				 part->name);
		break;
	case CULPRIT_SOFTIRQ:
		snprintf(text, size, "softirq %s", part->name);
		break;
	case CULPRIT_TASK:
		snprintf(text, size, "%s:%d", part->name, part->id);
		break;
	default:
		snprintf(text, size, "%s", part->name);
	}
	return text;
}

static void print_stage(const struct trace_stop *stop, const struct culprit *c,
			int stage, uint64_t total, FILE *out)
{
	const struct chain_sample *s = &c->sample;
	char label[96];

	snprintf(label, sizeof(label), "%s, CPU %u:", stage_names[stage],
		 culprit_stage_cpu(s, stage));
	print_share("  ", label, s->ns[stage], total, out);
	for (size_t i = 0; i < c->n_parts; i++) {
		const struct culprit_part *part = &c->parts[i];

		if (!part->ns[stage])
			continue;
		print_share("      ", part_label(part, label, sizeof(label)),
			    part->ns[stage], total, out);
		if (stage == STAGE_QUEUE && part->kind == CULPRIT_TASK &&
		    part->id != s->pid)
			print_stack(stop, part, out);
	}
}

static int worst_stage(const struct chain_sample *s)
{
	int worst = 0;

	for (int stage = 1; stage < STAGES; stage++) {
		if (s->ns[stage] > s->ns[worst])
			worst = stage;
	}
	return worst;
}

/* Laid out as rtla's auto-analysis. */
static void print_culprit(const struct trace_stop *stop, const struct culprit *c,
			  FILE *out)
{
	const struct chain_sample *s = &c->sample;
	uint64_t total = s->end_ns - s->start_ns;
	int worst = worst_stage(s);

	fprintf(out, "\n## CPU %u hit stop tracing, analyzing it ##\n",
		s->task_cpu);
	if (s->irq < 0)
		fprintf(out, "  Interrupt %s", event_irq_name(s->irq));
	else
		fprintf(out, "  Interrupt %d", s->irq);
	fprintf(out, " on CPU %u woke %s:%d at %.9f s\n", s->irq_cpu, s->comm,
		s->pid, (double)s->start_ns / 1e9);
	for (int stage = 0; stage < STAGES; stage++) {
		if (s->stages >> stage & 1)
			print_stage(stop, c, stage, total, out);
	}
	print_share("  ", s->end == CHAIN_END_USER ? "IRQ to user latency:" :
		    "IRQ to task latency:", total, total, out);
	fprintf(out, "  Longest stage: %s (%s)\n", stage_names[worst],
		stage_titles[worst]);
	if (c->idle_before && s->stages >> STAGE_WAKE & 1)
		fprintf(out, "  CPU %u was idle: %.2f us of \"wake\" are the IPI and the exit from idle\n",
			s->task_cpu, (double)s->ns[STAGE_WAKE] / 1000);
	fputs("  Interrupts disabled: these events show it only within handlers\n",
	      out);
}

static int find_culprit(struct trace_stop *stop)
{
	const struct page_source source = { kept_page, stop };
	struct culprit *culprit = malloc(sizeof(*culprit));
	int rc;

	if (!culprit)
		return -1;
	memset(stop->pages, 0, instance_n_cpus(stop->instance) *
				       sizeof(*stop->pages));
	rc = culprit_analyse(culprit, &stop->worst,
			     instance_catalog(stop->instance),
			     instance_layout(stop->instance),
			     instance_n_cpus(stop->instance), &source);
	if (!stop->symbols)
		stop->symbols = symbols_running();
	if (!rc)
		print_culprit(stop, culprit,
			      trace_out_uses_stdout(stop->run->config) ? stderr :
									 stdout);
	msg_flush_output();
	free(culprit);
	return rc;
}

/* --- the trace ------------------------------------------------------------- */

static size_t kept_count(void *ctx, unsigned int cpu)
{
	return instance_kept(ctx, cpu);
}

static const uint8_t *kept_at(void *ctx, unsigned int cpu, size_t i)
{
	return instance_kept_page(ctx, cpu, i);
}

static char *read_file(const char *path)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = fopen(path, "re");
	ssize_t len;

	if (!f)
		return strdup("");
	len = getdelim(&text, &n, '\0', f);
	fclose(f);
	if (len >= 0)
		return text;
	free(text);
	return strdup("");
}

/* Formats of what may be in the buffers; freed by the caller. */
static size_t read_formats(struct datwrite_event *events)
{
	size_t n = 0;

	for (size_t i = 0; i < event_n_defs && n < EVENTS_MAX; i++) {
		const struct event_def *def = &event_defs[i];
		char *text = tracefs_event_file_read(NULL, def->system, def->name,
						     "format", NULL);

		if (text)
			events[n++] = (struct datwrite_event){ def->system, text };
	}
	return n;
}

static void header_page(char *text, size_t size, size_t subbuf_bytes)
{
	snprintf(text, size,
		 "\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n"
		 "\tfield: local_t commit;\toffset:8;\tsize:%zu;\tsigned:1;\n"
		 "\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n"
		 "\tfield: char data;\toffset:%zu;\tsize:%zu;\tsigned:0;\n",
		 sizeof(long), 8 + sizeof(long),
		 subbuf_bytes - 8 - sizeof(long));
}

static int keep_trace(struct trace_stop *stop, const char *path)
{
	struct datwrite_event events[EVENTS_MAX];
	char page_text[320], uname_text[320];
	struct utsname uts;
	struct datwrite dat = {
		.page_bytes = instance_subbuf_bytes(stop->instance),
		.header_page = page_text,
		.events = events,
		.clock = "mono",
		.uname = uname_text,
		.n_cpus = instance_n_cpus(stop->instance),
		.n_pages = kept_count,
		.page = kept_at,
		.ctx = stop->instance,
	};
	char *header_event = tracefs_instance_file_read(NULL,
						"events/header_event", NULL);
	char *cmdlines = tracefs_instance_file_read(NULL, "saved_cmdlines", NULL);
	char *kallsyms = read_file("/proc/kallsyms");
	int err;

	uname(&uts);
	snprintf(uname_text, sizeof(uname_text), "%s %s %s %s", uts.sysname,
		 uts.nodename, uts.release, uts.machine);
	header_page(page_text, sizeof(page_text), dat.page_bytes);
	dat.n_events = read_formats(events);
	dat.header_event = header_event ? header_event : "";
	dat.cmdlines = cmdlines ? cmdlines : "";
	dat.kallsyms = kallsyms ? kallsyms : "";
	err = datwrite(&dat, path);
	if (err)
		msg_error("%s: cannot write: %s", path, strerror(errno));
	else
		fprintf(stderr, "  Saving trace to %s\n", path);
	for (size_t i = 0; i < dat.n_events; i++)
		free((char *)(uintptr_t)events[i].format);
	free(header_event);
	free(cmdlines);
	free(kallsyms);
	return err;
}

/* --- actions --------------------------------------------------------------- */

/*
 * Until it ends. Who tells us to end means it, too: it gets the signal, and so do
 * we, later: the run reads its own.
 */
static int wait_child(pid_t pid, const sigset_t *awaited)
{
	int status = 0, told = 0;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		int number = sigwaitinfo(awaited, NULL);

		if (number > 0 && number != SIGCHLD) {
			kill(pid, number);
			told = number;
		}
	}
	if (told)
		raise(told);
	return status;
}

/* The child gets its signals back: it must end when it is told to. */
static int run_shell(const char *command)
{
	sigset_t awaited, before;
	pid_t pid;

	trace_run_signals(&awaited);
	sigaddset(&awaited, SIGCHLD);
	sigprocmask(SIG_BLOCK, &awaited, &before);
	pid = fork();
	if (!pid) {
		sigemptyset(&before);
		sigprocmask(SIG_SETMASK, &before, NULL);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	if (pid < 0)
		msg_error("--on-threshold shell: %s", strerror(errno));
	else if (wait_child(pid, &awaited))
		msg_warning("--on-threshold shell: \"%s\" failed", command);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return pid < 0 ? -1 : 0;
}

static int send_signal(const struct trace_action *action)
{
	if (!kill(action->pid, action->number))
		return 0;
	msg_error("--on-threshold signal: process %d: %s", action->pid,
		  strerror(errno));
	return -1;
}

static const char *trace_file(const struct trace_config *config,
			      const struct trace_action *action)
{
	if (action && action->text)
		return action->text;
	return config->trace_file.name ? config->trace_file.name :
					 TRACE_FILE_DEFAULT;
}

/* The run is over: keep its trace. Returns 0, or -1 after a message. */
int trace_stop_keep(struct trace_stop *stop)
{
	return keep_trace(stop, trace_file(stop->run->config, NULL));
}

/**
 * trace_stop_act - do what was asked for
 * @stop: pending
 *
 * What cannot be done is said, the rest is done all the same. Returns whether
 * measuring goes on.
 */
bool trace_stop_act(struct trace_stop *stop)
{
	const struct trace_config *config = stop->run->config;
	bool go_on = false;

	stop->pending = false;
	for (size_t i = 0; i < config->n_actions; i++)
		go_on |= config->actions[i].kind == TRACE_ACTION_CONTINUE;
	if (!go_on) {
		instance_stop(stop->instance);
		stop->run->ended_ns = clock_ns();
	}
	if (config->auto_ns && find_culprit(stop)) {
		msg_error("-a: cannot look for the culprit: %s", strerror(errno));
		stop->run->failed = true;
	}
	if (config->trace_file.wanted &&
	    keep_trace(stop, trace_file(config, NULL)))
		stop->run->failed = true;
	for (size_t i = 0; i < config->n_actions; i++) {
		const struct trace_action *action = &config->actions[i];
		int err = 0;

		switch (action->kind) {
		case TRACE_ACTION_TRACE:
			err = keep_trace(stop, trace_file(config, action));
			break;
		case TRACE_ACTION_SIGNAL:
			err = send_signal(action);
			break;
		case TRACE_ACTION_SHELL:
			err = run_shell(action->text);
			break;
		case TRACE_ACTION_CONTINUE:
			break;
		}
		stop->run->failed |= err;
	}
	return go_on;
}
