// SPDX-License-Identifier: GPL-2.0-or-later
#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#include "microhttpd.h"

/* Of all releases since 0.9.38 (2014), and of 1.0. */
#define SONAME "libmicrohttpd.so.12"

const char *microhttpd_load(struct microhttpd *http)
{
	static const struct {
		const char *name;
		size_t at;
	} functions[] = {
#define MICROHTTPD_ENTRY(name) { "MHD_" #name, offsetof(struct microhttpd, name) },
		MICROHTTPD_FUNCTIONS(MICROHTTPD_ENTRY)
#undef MICROHTTPD_ENTRY
	};
	void *library = dlopen(SONAME, RTLD_NOW | RTLD_LOCAL), *function;
	size_t i;

	if (!library)
		return dlerror();
	for (i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		function = dlsym(library, functions[i].name);
		if (!function)
			return dlerror();
		/* ISO C has no conversion between the two kinds of pointers. */
		memcpy((char *)http + functions[i].at, &function, sizeof(function));
	}
	return NULL;
}
