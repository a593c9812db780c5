/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmicrohttpd, which is loaded when somebody listens: with the libraries that it needs
 * (gnutls and its own) it is half of what the start of any other irqtop would cost.
 */
#ifndef IRQTOP_OUTPUT_MICROHTTPD_H
#define IRQTOP_OUTPUT_MICROHTTPD_H

#include <microhttpd.h>

/* Those of its functions that are used. */
#define MICROHTTPD_FUNCTIONS(F)        \
	F(add_response_header)         \
	F(create_response_from_buffer) \
	F(destroy_response)            \
	F(get_daemon_info)             \
	F(get_timeout)                 \
	F(lookup_connection_value)     \
	F(queue_response)              \
	F(run)                         \
	F(start_daemon)                \
	F(stop_daemon)

/* MHD_run() is run(), with its type. */
struct microhttpd {
#define MICROHTTPD_POINTER(name) __typeof__(MHD_##name) *name;
	MICROHTTPD_FUNCTIONS(MICROHTTPD_POINTER)
#undef MICROHTTPD_POINTER
};

/*
 * Finds the functions. The library stays until the program ends. NULL, or why not, with
 * the name of what is missing; the text is valid until the thread's next dlopen().
 */
const char *microhttpd_load(struct microhttpd *http);

#endif
