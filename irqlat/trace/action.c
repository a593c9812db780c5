// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat trace --on-threshold: its argument, and the actions outside of the trace. */

#include "trace.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- options --------------------------------------------------------------- */

static int parse_signal(char *text, struct trace_action *action)
{
	char *part, *state = NULL;
	uint64_t n;

	action->number = SIGUSR1;
	action->pid = 0;
	for (part = strtok_r(text, ",", &state); part; part = strtok_r(NULL, ",", &state)) {
		if (!strncmp(part, "num=", 4) && !parse_u64(part + 4, &n) && n > 0 && n < 65)
			action->number = (int)n;
		else if (!strcmp(part, "pid=parent"))
			action->pid = getppid();
		else if (!strncmp(part, "pid=", 4) && !parse_u64(part + 4, &n) && n > 0 &&
			 n <= INT32_MAX)
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
	if (!strcmp(text, "shell") && arguments && !strncmp(arguments, "command=", 8)) {
		action->kind = TRACE_ACTION_SHELL;
		action->text = arguments + 8;
		return 0;
	}
	action->kind = TRACE_ACTION_CONTINUE;
	return strcmp(text, "continue") || arguments ? -1 : 0;
}

/* The next action in place: to a ';', in which "\;" stands for ";" itself. */
static char *next_action(char **text)
{
	char *action = *text, *to = action;
	char *from = action;

	while (*from && *from != ';') {
		if (from[0] == '\\' && from[1] == ';')
			from++;
		*to++ = *from++;
	}
	*text = *from ? from + 1 : from;
	*to = '\0';
	return action;
}

/**
 * trace_actions_parse - "trace,file=x.dat;shell,command=sync;continue"
 * @text: actions, separated by semicolons
 * @config: the actions are added; their texts live as long as the program
 * @why: what is wrong with @text
 *
 * Returns 0, or -1 with @why filled.
 */
int trace_actions_parse(const char *text, struct trace_config *config, struct why *why)
{
	char *copy = strdup(text), *rest = copy, *action;
	bool bad = copy && !*copy;

	if (!copy)
		return why_set(why, "--on-threshold: %s", strerror(errno));
	while (!bad && *rest) {
		action = next_action(&rest);
		if (config->n_actions == TRACE_ACTIONS_MAX) {
			why_set(why, "--on-threshold: more than %d actions", TRACE_ACTIONS_MAX);
			free(copy);
			return -1;
		}
		bad = parse_action(action, &config->actions[config->n_actions++]);
	}
	/* The actions' texts are in the copy. */
	if (!bad)
		return 0; /* NOLINT(clang-analyzer-unix.Malloc) */
	why_set(why,
		"--on-threshold: \"%s\" is none of: trace[,file=F] signal,num=N,pid=P|parent shell,command=C continue",
		text);
	free(copy);
	return -1;
}

/* --- actions --------------------------------------------------------------- */

/*
 * Wait until the child ends. A signal that ends the run is for the child, too, and is
 * raised again for the run; @stopped says whether there was one.
 */
static int wait_child(pid_t pid, const sigset_t *awaited, bool *stopped)
{
	int status = 0, received = 0;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		int number = sigwaitinfo(awaited, NULL);

		if (number > 0 && number != SIGCHLD) {
			kill(pid, number);
			received = number;
		}
	}
	if (received)
		raise(received);
	*stopped = received;
	return status;
}

/* The child does not block the signals: they can end it. */
static int run_shell(const char *command, struct why *why)
{
	sigset_t awaited, before;
	pid_t pid;
	int status = 0;
	bool stopped = false;

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
	if (pid < 0) {
		why_set(why, "--on-threshold shell: %s", strerror(errno));
		status = -1;
	} else {
		int ended = wait_child(pid, &awaited, &stopped);

		/* One that a signal for the run ended has not failed. */
		if (ended && !stopped)
			status = why_set(why, "--on-threshold shell: \"%s\" failed: %s %d", command,
					 WIFSIGNALED(ended) ? "signal" : "exit status",
					 WIFSIGNALED(ended) ? WTERMSIG(ended) : WEXITSTATUS(ended));
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return status;
}

static int send_signal(const struct trace_action *action, struct why *why)
{
	if (!kill(action->pid, action->number))
		return 0;
	return why_set(why, "--on-threshold signal: process %d: %s", action->pid, strerror(errno));
}

/**
 * trace_action_run - send the signal, run the command
 * @action: TRACE_ACTION_SIGNAL or TRACE_ACTION_SHELL
 * @why: what went wrong
 *
 * Returns 0, or -1 with @why filled when the action could not be done or the command
 * failed.
 */
int trace_action_run(const struct trace_action *action, struct why *why)
{
	return action->kind == TRACE_ACTION_SHELL ? run_shell(action->text, why) :
						    send_signal(action, why);
}
