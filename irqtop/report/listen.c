// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Serves the counters over HTTP to whoever asks, one sample per request. No
 * thread, no state between requests; a slow client cannot hold up another.
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "report.h"
#include "irqtop/session/session.h"
#include "irqtop/session/stop.h"

#define CLIENTS		 16
#define REQUEST_BYTES	 8192
#define CLIENT_TIMEOUT_S 10

static const char type_text[] = "text/plain; version=0.0.4; charset=utf-8";
static const char type_strict[] = "application/openmetrics-text; version=1.0.0; charset=utf-8";

struct client {
	int fd; /* -1: free */
	time_t deadline_s;
	size_t got, sent;
	bool answering;
	char request[REQUEST_BYTES];
	struct outbuf out;
};

struct server {
	struct session *session;
	struct outbuf body;
	struct pollfd poll[1 + CLIENTS];
	struct client client[CLIENTS];
};

static time_t now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* "127.0.0.1:9100", "[::1]:9100" or ":9100" for every address. */
static int listen_open(const char *where)
{
	struct addrinfo hints = { .ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV,
				  .ai_socktype = SOCK_STREAM };
	const char *colon = strrchr(where, ':');
	struct addrinfo *found;
	char host[64];
	int fd, one = 1, err;
	char *end = NULL;
	size_t len;

	/* getaddrinfo() takes 99999 for 34463. */
	if (!colon || (size_t)(colon - where) >= sizeof(host) ||
	    strtoul(colon + 1, &end, 10) > UINT16_MAX || end == colon + 1 || *end) {
		fprintf(stderr, "irqtop: listen '%s': want ADDRESS:PORT\n", where);
		return -1;
	}
	len = (size_t)(colon - where);
	if (len >= 2 && where[0] == '[' && where[len - 1] == ']')
		snprintf(host, sizeof(host), "%.*s", (int)len - 2, where + 1);
	else
		snprintf(host, sizeof(host), "%.*s", (int)len, where);
	err = getaddrinfo(host[0] ? host : NULL, colon + 1, &hints, &found);
	if (err) {
		fprintf(stderr, "irqtop: listen '%s': %s\n", where, gai_strerror(err));
		return -1;
	}
	fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd < 0 || bind(fd, found->ai_addr, found->ai_addrlen) || listen(fd, 16)) {
		session_complain(where, -errno);
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	freeaddrinfo(found);
	return fd;
}

static void client_close(struct client *client)
{
	close(client->fd);
	client->fd = -1;
	outbuf_free(&client->out);
}

static void answer(struct client *client, const char *status, const char *type,
		   const struct outbuf *body)
{
	struct outbuf *out = &client->out;

	out->len = 0;
	outbuf_text(out, "HTTP/1.1 ");
	outbuf_text(out, status);
	outbuf_text(out, "\r\nConnection: close\r\nContent-Type: ");
	outbuf_text(out, type);
	outbuf_text(out, "\r\nContent-Length: ");
	outbuf_count(out, body->len);
	outbuf_text(out, "\r\n\r\n");
	outbuf_bytes(out, body->data, body->len);
	client->answering = true;
	client->sent = 0;
}

static bool wants_strict(const char *request)
{
	const char *line;

	for (line = strstr(request, "\r\n"); line; line = strstr(line + 2, "\r\n"))
		if (!strncasecmp(line + 2, "accept:", 7))
			return strcasestr(line + 9, "application/openmetrics-text");
	return false;
}

/* The columns asked for; else counts, and times where they are measured. */
static unsigned int columns_set(struct report *report, const struct options *options)
{
	unsigned int i, needs = 0;

	for (i = 0; i < options->ncolumns; i++)
		report->column[report->ncolumns++] = options->column[i];
	for (i = 0; i < FIELD_COUNT && !options->ncolumns; i++)
		if (i == FIELD_TOTAL ||
		    (options->latency && fields[i].metric && fields[i].needs & NEED_TIME))
			report->column[report->ncolumns++] = (enum field_id)i;
	for (i = 0; i < report->ncolumns; i++)
		needs |= fields[report->column[i]].needs;
	return needs;
}

static void metrics_answer(struct server *server, struct client *client)
{
	struct session *session = server->session;
	struct report report = { .monitor = &session->monitor,
				 .view = &session->view,
				 .limit = (uint32_t)session->options.rows,
				 .per_cpu = session->options.per_cpu };
	unsigned int needs = columns_set(&report, &session->options);

	report.strict = wants_strict(client->request);
	server->body.len = 0;
	if (session_step(session, needs)) {
		outbuf_text(&server->body, "the interrupt tables cannot be read\n");
		answer(client, "500 Internal Server Error", "text/plain", &server->body);
		return;
	}
	collect_rows(&session->collect, &session->view, 0, report_rows(&report), needs);
	metrics_print(&server->body, &report);
	answer(client, "200 OK", report.strict ? type_strict : type_text, &server->body);
}

static void request_answer(struct server *server, struct client *client)
{
	static const char get[] = "GET /metrics";
	char next = client->request[strlen(get)];

	server->body.len = 0;
	if (strncmp(client->request, "GET ", 4)) {
		outbuf_text(&server->body, "only GET\n");
		answer(client, "405 Method Not Allowed", "text/plain", &server->body);
	} else if (strncmp(client->request, get, strlen(get)) || (next != ' ' && next != '?')) {
		outbuf_text(&server->body, "try /metrics\n");
		answer(client, "404 Not Found", "text/plain", &server->body);
	} else {
		metrics_answer(server, client);
	}
}

static void client_read(struct server *server, struct client *client)
{
	ssize_t n =
		read(client->fd, client->request + client->got, REQUEST_BYTES - 1 - client->got);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		client_close(client);
		return;
	}
	client->got += (size_t)n;
	client->request[client->got] = '\0';
	if (strstr(client->request, "\r\n\r\n"))
		request_answer(server, client);
	else if (client->got == REQUEST_BYTES - 1)
		client_close(client);
}

static void client_write(struct client *client)
{
	ssize_t n = send(client->fd, client->out.data + client->sent,
			 client->out.len - client->sent, MSG_NOSIGNAL);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		client->sent += (size_t)n;
	if (n < 0 || client->sent == client->out.len)
		client_close(client);
}

static void client_accept(struct server *server, int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	int i;

	for (i = 0; fd >= 0 && i < CLIENTS; i++) {
		struct client *client = &server->client[i];

		if (client->fd >= 0)
			continue;
		client->fd = fd;
		client->got = 0;
		client->answering = false;
		client->deadline_s = now_s() + CLIENT_TIMEOUT_S;
		return;
	}
	if (fd >= 0)
		close(fd);
}

static void round_serve(struct server *server, int listener)
{
	int i;

	if (server->poll[0].revents)
		client_accept(server, listener);
	for (i = 0; i < CLIENTS; i++) {
		struct client *client = &server->client[i];
		short revents = server->poll[1 + i].revents;

		if (client->fd < 0 || server->poll[1 + i].fd != client->fd)
			continue;
		if (revents && client->answering)
			client_write(client);
		else if (revents)
			client_read(server, client);
		else if (now_s() >= client->deadline_s)
			client_close(client);
	}
}

int listen_run(struct session *session)
{
	struct server *server = calloc(1, sizeof(*server));
	int listener = listen_open(session->options.listen);
	bool busy;
	int i;

	if (listener < 0 || !server) {
		free(server);
		return 1;
	}
	server->session = session;
	for (i = 0; i < CLIENTS; i++)
		server->client[i].fd = -1;
	while (!stop_told()) {
		busy = session->latency;
		server->poll[0].fd = listener;
		server->poll[0].events = POLLIN;
		for (i = 0; i < CLIENTS; i++) {
			struct client *client = &server->client[i];

			server->poll[1 + i].fd = client->fd;
			server->poll[1 + i].events = client->answering ? POLLOUT : POLLIN;
			server->poll[1 + i].revents = 0;
			busy |= client->fd >= 0;
		}
		if (poll(server->poll, 1 + CLIENTS, busy ? 1000 : -1) < 0) {
			if (errno == EINTR)
				continue;
			return session_complain("poll", -errno);
		}
		round_serve(server, listener);
	}
	for (i = 0; i < CLIENTS; i++)
		if (server->client[i].fd >= 0)
			client_close(&server->client[i]);
	close(listener);
	outbuf_free(&server->body);
	free(server);
	return 0;
}
