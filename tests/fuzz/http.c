// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a client sends to irqtop --listen, and the address that --listen takes, for
 * libFuzzer. An input that begins with "@" is an address; another is sent to the server
 * as it is. Property: the server answers with a status of HTTP, or closes the
 * connection, and goes on.
 */
#define FUZZ_MESSAGES
#include "fuzz.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include "irqtop/output/listen.c"

static struct session session;
static struct server server = { .session = &session };

static void address(const char *text)
{
	char host[NI_MAXHOST];
	const char *port;

	if (!where_split(text, host, &port))
		require(*port && strlen(host) < sizeof(host));
}

/* A tree with one line; the server reads it for each answer. */
static void make_session(void)
{
	static const char text[] =
		"           CPU0\n 24:         10   IO-APIC   1-edge      disk\n";
	char root[] = "/dev/shm/fuzz-http.XXXXXX", path[64];
	char words[] = "--no-config\n--root\n/\n--listen=127.0.0.1:1", name[] = "irqtop";
	char *argv[FUZZ_ARGUMENTS_MAX + 2];
	FILE *out;

	require(mkdtemp(root));
	snprintf(path, sizeof(path), "%s/proc", root);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/proc/interrupts", root);
	out = fopen(path, "we");
	require(out && fputs(text, out) >= 0 && !fclose(out));
	fuzz_arguments(name, words, argv);
	argv[3] = root;
	require(options_parse(&session.options, 5, argv) < 0);
	require(!session_open(&session));
	require(!microhttpd_load(&server.http));
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	rmdir(root);
}

static void request(const uint8_t *data, size_t size)
{
	struct MHD_Daemon *daemon;
	struct sockaddr_in from = { .sin_family = AF_INET };
	char answer[16] = "";
	int pair[2], i;

	require(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair));
	daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET, 0, NULL, NULL,
				  on_request, &server, MHD_OPTION_CONNECTION_TIMEOUT,
				  CLIENT_TIMEOUT_S, MHD_OPTION_CONNECTION_LIMIT, CLIENTS_MAX,
				  MHD_OPTION_END);
	require(daemon);
	require(MHD_add_connection(daemon, pair[1], (struct sockaddr *)&from, sizeof(from)) ==
		MHD_YES);
	require(send(pair[0], data, size, MSG_NOSIGNAL) == (ssize_t)size);
	shutdown(pair[0], SHUT_WR);
	for (i = 0; i < 8; i++)
		MHD_run(daemon);
	if (recv(pair[0], answer, sizeof(answer) - 1, 0) > 0)
		require(!strncmp(answer, "HTTP/1.", 7) && strchr("245", answer[9]));
	MHD_stop_daemon(daemon);
	close(pair[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (!session.options.listen)
		make_session();
	if (size > 65536)
		return 0;
	if (size && data[0] == '@') {
		text = fuzz_text(data + 1, size - 1);
		address(text);
		free(text);
	} else {
		request(data, size);
	}
	return 0;
}
