// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * --listen: serves the counters over HTTP, one sample per request. libmicrohttpd
 * speaks the protocol and keeps slow clients apart; it runs in this thread, when the
 * loop here calls it, so that a request may use the session.
 */
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/msg.h"
#include "output.h"
#include "irqtop/session/stop.h"

#define CLIENTS_MAX	 64u
#define CLIENT_TIMEOUT_S 10u

#define TYPE_TEXT    "text/plain; version=0.0.4; charset=utf-8"
#define TYPE_STRICT  "application/openmetrics-text; version=1.0.0; charset=utf-8"
#define TYPE_MESSAGE "text/plain; charset=utf-8"

/* Takes a sample, and appends it to `out`. 0 or a negative errno value. */
static int metrics_take(struct session *session, bool strict, struct outbuf *out)
{
	struct output output;
	int err;

	output_init(&output, session);
	output.strict = strict;
	err = session_step(session, output_needs(&output));
	if (err)
		return err;
	output_print(session, &output, out);
	return out->failed ? -ENOMEM : 0;
}

/* Sends the text and leaves `out` empty. */
static enum MHD_Result answer(struct MHD_Connection *connection, unsigned int status,
			      const char *type, struct outbuf *out)
{
	struct MHD_Response *response =
		MHD_create_response_from_buffer(out->len, out->data, MHD_RESPMEM_MUST_FREE);
	enum MHD_Result queued;

	if (!response) {
		outbuf_free(out);
		return MHD_NO;
	}
	*out = (struct outbuf){ 0 };
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	queued = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return queued;
}

static enum MHD_Result message(struct MHD_Connection *connection, unsigned int status,
			       const char *text)
{
	struct outbuf out = { 0 };

	outbuf_text(&out, text);
	return answer(connection, status, TYPE_MESSAGE, &out);
}

static bool wants_strict(struct MHD_Connection *connection)
{
	const char *accept =
		MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT);

	return accept && strcasestr(accept, "application/openmetrics-text");
}

/* libmicrohttpd calls this when a request's headers are there. */
static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
				  const char *method, const char *version, const char *upload,
				  size_t *upload_bytes, void **request)
{
	struct outbuf out = { 0 };
	bool strict;

	(void)version;
	(void)upload;
	(void)upload_bytes;
	(void)request;
	if (strcmp(method, MHD_HTTP_METHOD_GET) && strcmp(method, MHD_HTTP_METHOD_HEAD))
		return message(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET and HEAD\n");
	if (strcmp(url, "/metrics"))
		return message(connection, MHD_HTTP_NOT_FOUND, "try /metrics\n");
	strict = wants_strict(connection);
	if (metrics_take(context, strict, &out)) {
		outbuf_free(&out);
		return message(connection, MHD_HTTP_INTERNAL_SERVER_ERROR,
			       "the interrupt tables cannot be read\n");
	}
	return answer(connection, MHD_HTTP_OK, strict ? TYPE_STRICT : TYPE_TEXT, &out);
}

/* "address:port", "name:port", "[::1]:port"; ":port" is of this machine only. */
static int where_split(const char *where, char host[NI_MAXHOST], const char **port)
{
	const char *colon = strrchr(where, ':');
	size_t len = colon ? (size_t)(colon - where) : 0;
	char *end = NULL;

	/* getaddrinfo() takes 99999 for 34463. */
	if (!colon || len >= NI_MAXHOST || strtoul(colon + 1, &end, 10) > UINT16_MAX ||
	    end == colon + 1 || *end)
		return -1;
	*port = colon + 1;
	if (len >= 2 && where[0] == '[' && where[len - 1] == ']') {
		where++;
		len -= 2;
	}
	snprintf(host, NI_MAXHOST, "%.*s", (int)len, len ? where : "");
	if (!len)
		strcpy(host, "127.0.0.1");
	return 0;
}

static int socket_listen(const struct addrinfo *address)
{
	int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), one = 1;
	int err;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (!bind(fd, address->ai_addr, address->ai_addrlen) && !listen(fd, CLIENTS_MAX))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

/* A name may have several addresses; most clients try the one of version 4 as well. */
static int listen_open(const char *where)
{
	struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	char host[NI_MAXHOST];
	const char *port;
	int fd, err;

	if (where_split(where, host, &port)) {
		msg_error("--listen: \"%s\" is not ADDRESS:PORT", where);
		return -1;
	}
	err = getaddrinfo(host, port, &hints, &found);
	if (err) {
		hints.ai_family = AF_UNSPEC;
		err = getaddrinfo(host, port, &hints, &found);
	}
	if (err) {
		msg_error("--listen: \"%s\": %s", where, gai_strerror(err));
		return -1;
	}
	fd = socket_listen(found);
	freeaddrinfo(found);
	if (fd < 0)
		session_complain(where, fd);
	return fd;
}

/* The port may be 0: then the kernel chose one. */
static void where_print(int listener)
{
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);
	char host[NI_MAXHOST], port[NI_MAXSERV];
	bool v6;

	if (getsockname(listener, (struct sockaddr *)&address, &len) ||
	    getnameinfo((struct sockaddr *)&address, len, host, sizeof(host), port, sizeof(port),
			NI_NUMERICHOST | NI_NUMERICSERV))
		return;
	v6 = strchr(host, ':');
	printf("listening on http://%s%s%s:%s/metrics\n", v6 ? "[" : "", host, v6 ? "]" : "", port);
	fflush(stdout);
}

/*
 * Until a signal ends it. Signals come only while ppoll() waits: one that came
 * between stop_requested() and the wait would be missed.
 */
static int serve(struct MHD_Daemon *daemon)
{
	struct pollfd ready = {
		.fd = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd,
		.events = POLLIN,
	};
	sigset_t all, old;
	int err = 0;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	while (!stop_requested() && !err) {
		MHD_UNSIGNED_LONG_LONG ms;
		struct timespec wait, *limit = NULL;

		if (MHD_get_timeout(daemon, &ms) == MHD_YES) {
			wait.tv_sec = (time_t)(ms / 1000);
			wait.tv_nsec = (long)(ms % 1000) * 1000000;
			limit = &wait;
		}
		if (ppoll(&ready, 1, limit, &old) < 0 && errno != EINTR)
			err = -errno;
		MHD_run(daemon);
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	return err;
}

int listen_run(struct session *session)
{
	int listener = listen_open(session->options.listen), err;
	struct MHD_Daemon *daemon;

	if (listener < 0)
		return EXIT_ERROR;
	stop_on_signals();
	daemon = MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, on_request, session,
				  MHD_OPTION_LISTEN_SOCKET, listener, MHD_OPTION_CONNECTION_TIMEOUT,
				  CLIENT_TIMEOUT_S, MHD_OPTION_CONNECTION_LIMIT, CLIENTS_MAX,
				  MHD_OPTION_END);
	if (!daemon) {
		close(listener);
		return session_complain("the HTTP server", -ENOMEM);
	}
	where_print(listener);
	err = serve(daemon);
	MHD_stop_daemon(daemon);
	return err ? session_complain("poll", err) : EXIT_OK;
}
