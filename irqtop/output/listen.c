// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * --listen: serves the counters over HTTP, one sample per request. libmicrohttpd
 * speaks the protocol and keeps slow clients apart; it runs in this thread, when the
 * loop here calls it, so that a request may use the session.
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"
#include "microhttpd.h"
#include "output.h"
#include "irqtop/session/stop.h"

#define CLIENTS_MAX   64u
#define LISTENERS_MAX 2 /* IPv4 and IPv6 */
#define PORT_TRIES    16

/* Samples come at least so often, so that no counter wraps twice between two. */
#define SAMPLE_NS	 UINT64_C(60000000000)
#define CLIENT_TIMEOUT_S 10u

#define TYPE_TEXT    "text/plain; version=0.0.4; charset=utf-8"
#define TYPE_STRICT  "application/openmetrics-text; version=1.0.0; charset=utf-8"
#define TYPE_MESSAGE "text/plain; charset=utf-8"

/* What answers requests: the context of on_request(). */
struct server {
	struct microhttpd http;
	struct session *session;
};

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
static enum MHD_Result answer(const struct microhttpd *http, struct MHD_Connection *connection,
			      unsigned int status, const char *type, struct outbuf *out)
{
	struct MHD_Response *response =
		http->create_response_from_buffer(out->len, out->data, MHD_RESPMEM_MUST_FREE);
	enum MHD_Result queued;

	if (!response) {
		outbuf_free(out);
		return MHD_NO;
	}
	*out = (struct outbuf){ 0 };
	http->add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		http->add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	queued = http->queue_response(connection, status, response);
	http->destroy_response(response);
	return queued;
}

static enum MHD_Result message(const struct microhttpd *http, struct MHD_Connection *connection,
			       unsigned int status, const char *text)
{
	struct outbuf out = { 0 };

	outbuf_text(&out, text);
	return answer(http, connection, status, TYPE_MESSAGE, &out);
}

static bool wants_strict(const struct microhttpd *http, struct MHD_Connection *connection)
{
	const char *accept =
		http->lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT);

	return accept && strcasestr(accept, "application/openmetrics-text");
}

/* libmicrohttpd calls this when a request's headers are there. */
static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
				  const char *method, const char *version, const char *upload,
				  size_t *upload_bytes, void **request)
{
	const struct server *server = context;
	const struct microhttpd *http = &server->http;
	struct outbuf out = { 0 };
	bool strict;

	(void)version;
	(void)upload;
	(void)upload_bytes;
	(void)request;
	if (strcmp(method, MHD_HTTP_METHOD_GET) && strcmp(method, MHD_HTTP_METHOD_HEAD))
		return message(http, connection, MHD_HTTP_METHOD_NOT_ALLOWED,
			       "only GET and HEAD\n");
	if (strcmp(url, "/metrics"))
		return message(http, connection, MHD_HTTP_NOT_FOUND, "try /metrics\n");
	strict = wants_strict(http, connection);
	if (metrics_take(server->session, strict, &out)) {
		outbuf_free(&out);
		return message(http, connection, MHD_HTTP_INTERNAL_SERVER_ERROR,
			       "the interrupt tables cannot be read\n");
	}
	return answer(http, connection, MHD_HTTP_OK, strict ? TYPE_STRICT : TYPE_TEXT, &out);
}

/* "address:port", "name:port", "[::1]:port"; ":port" has an empty host: this machine. */
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

/* A socket and the HTTP server that answers on it. */
struct listener {
	int fd;
	int family; /* AF_INET, AF_INET6 */
	struct MHD_Daemon *daemon;
};

/* Those of a name that has an address of either version. */
struct listeners {
	struct listener one[LISTENERS_MAX];
	unsigned int count;
};

static unsigned int port_of(int fd)
{
	struct sockaddr_storage address = { 0 };
	socklen_t len = sizeof(address);

	if (getsockname(fd, (struct sockaddr *)&address, &len))
		return 0;
	return ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port :
						     ((struct sockaddr_in *)&address)->sin_port);
}

static void port_set(struct sockaddr *address, unsigned int port)
{
	if (address->sa_family == AF_INET6)
		((struct sockaddr_in6 *)address)->sin6_port = htons((uint16_t)port);
	else
		((struct sockaddr_in *)address)->sin_port = htons((uint16_t)port);
}

static void listeners_close(struct listeners *listeners)
{
	while (listeners->count)
		close(listeners->one[--listeners->count].fd);
}

/*
 * Opens one socket for each version of the protocol, all on one port. A version that the
 * machine does not have is left out, if the other one works. 0 or a negative errno value.
 */
static int sockets_open(struct listeners *listeners, const struct addrinfo *found)
{
	const struct addrinfo *address;
	int fd, err = -EADDRNOTAVAIL;
	unsigned int port = 0, i;

	for (address = found; address && listeners->count < LISTENERS_MAX;
	     address = address->ai_next) {
		for (i = 0; i < listeners->count; i++)
			if (listeners->one[i].family == address->ai_family)
				break;
		if (i < listeners->count)
			continue;
		if (port)
			port_set(address->ai_addr, port);
		fd = socket_listen(address);
		if (fd < 0) {
			err = fd;
			if (fd == -EADDRNOTAVAIL || fd == -EAFNOSUPPORT)
				continue;
			listeners_close(listeners);
			return err;
		}
		port = port_of(fd);
		listeners->one[listeners->count].family = address->ai_family;
		listeners->one[listeners->count++].fd = fd;
	}
	/* The one of version 4 is named first: nearly every client has it. */
	if (listeners->count == 2 && listeners->one[0].family == AF_INET6) {
		struct listener first = listeners->one[0];

		listeners->one[0] = listeners->one[1];
		listeners->one[1] = first;
	}
	return listeners->count ? 0 : err;
}

static int listen_open(struct listeners *listeners, const char *where)
{
	struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	char host[NI_MAXHOST];
	const char *port;
	int err, tries = PORT_TRIES;

	if (where_split(where, host, &port)) {
		msg_error("--listen: \"%s\" is not ADDRESS:PORT", where);
		return -1;
	}
	/* The file hosts may have one of localhost's addresses only. */
	err = getaddrinfo(host[0] && strcmp(host, "localhost") ? host : NULL, port, &hints, &found);
	if (err) {
		msg_error("--listen: \"%s\": %s", where, gai_strerror(err));
		return -1;
	}
	/* A port that the kernel chose for one version may be taken for the other. */
	do {
		err = sockets_open(listeners, found);
	} while (err == -EADDRINUSE && !strtoul(port, NULL, 10) && --tries);
	freeaddrinfo(found);
	if (!err)
		return 0;
	session_complain(where, err);
	return -1;
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
}

/* Milliseconds until a server has to run, -1: when something comes. */
static int64_t wait_ms(const struct microhttpd *http, const struct listeners *listeners)
{
	MHD_UNSIGNED_LONG_LONG ms;
	int64_t least = -1;
	unsigned int i;

	for (i = 0; i < listeners->count; i++)
		if (http->get_timeout(listeners->one[i].daemon, &ms) == MHD_YES &&
		    (least < 0 || (int64_t)ms < least))
			least = (int64_t)ms;
	return least;
}

/*
 * Until a signal ends it. Signals come only while ppoll() waits: one that came
 * between stop_requested() and the wait would be missed.
 */
static int serve(struct listeners *listeners, const struct server *server)
{
	const struct microhttpd *http = &server->http;
	uint64_t sample_ns = clock_ns() + SAMPLE_NS, now_ns;
	struct pollfd ready[LISTENERS_MAX];
	sigset_t all, old;
	unsigned int i;
	int err = 0;

	for (i = 0; i < listeners->count; i++) {
		ready[i].fd =
			http->get_daemon_info(listeners->one[i].daemon, MHD_DAEMON_INFO_EPOLL_FD)
				->epoll_fd;
		ready[i].events = POLLIN;
	}
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	while (!stop_requested() && !err) {
		int64_t ms = wait_ms(http, listeners), sample_ms;
		struct timespec wait;

		now_ns = clock_ns();
		sample_ms = sample_ns > now_ns ? (int64_t)((sample_ns - now_ns) / 1000000) + 1 : 0;
		if (ms < 0 || ms > sample_ms)
			ms = sample_ms;
		wait = (struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
		if (ppoll(ready, listeners->count, &wait, &old) < 0 && errno != EINTR)
			err = -errno;
		/* A table that cannot be read now may be readable for the next scrape. */
		if (clock_ns() >= sample_ns) {
			session_step(server->session, 0);
			sample_ns = clock_ns() + SAMPLE_NS;
		}
		for (i = 0; i < listeners->count; i++)
			http->run(listeners->one[i].daemon);
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	return err;
}

/* libmicrohttpd closes the socket of a server that it has started. */
static int servers_start(struct listeners *listeners, struct server *server)
{
	unsigned int i;

	for (i = 0; i < listeners->count; i++) {
		struct listener *listener = &listeners->one[i];

		listener->daemon =
			server->http.start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, on_request, server,
						  MHD_OPTION_LISTEN_SOCKET, listener->fd,
						  MHD_OPTION_CONNECTION_TIMEOUT, CLIENT_TIMEOUT_S,
						  MHD_OPTION_CONNECTION_LIMIT, CLIENTS_MAX,
						  MHD_OPTION_END);
		if (!listener->daemon)
			return -ENOMEM;
	}
	return 0;
}

static void servers_stop(const struct microhttpd *http, struct listeners *listeners)
{
	unsigned int i;

	for (i = 0; i < listeners->count; i++) {
		if (listeners->one[i].daemon)
			http->stop_daemon(listeners->one[i].daemon);
		else
			close(listeners->one[i].fd);
	}
}

int listen_run(struct session *session)
{
	struct server server = { .session = session };
	struct listeners listeners = { 0 };
	const char *why;
	unsigned int i;
	int err;

	why = microhttpd_load(&server.http);
	if (why) {
		msg_error("--listen: %s; Debian's package is libmicrohttpd12", why);
		return EXIT_ERROR;
	}
	if (listen_open(&listeners, session->options.listen))
		return EXIT_ERROR;
	stop_on_signals();
	err = servers_start(&listeners, &server);
	if (err) {
		servers_stop(&server.http, &listeners);
		return session_complain("the HTTP server", err);
	}
	for (i = 0; i < listeners.count; i++)
		where_print(listeners.one[i].fd);
	fflush(stdout);
	err = serve(&listeners, &server);
	servers_stop(&server.http, &listeners);
	return err ? session_complain("poll", err) : EXIT_OK;
}
