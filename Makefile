# SPDX-License-Identifier: GPL-2.0-or-later
# procirq: the one entry. `make help` lists what it does.

B := build
VERSION := 0.1.0

CC ?= cc
CFLAGS ?= -O2 -g
CPPFLAGS += -D_GNU_SOURCE -DPROCIRQ_VERSION='"$(VERSION)"' -I. -Imodule -Ilibprocirq -Icli
CPPFLAGS += $(shell pkg-config --cflags libtracefs 2>/dev/null)
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	    -Wpointer-arith -Wwrite-strings -Werror=implicit-function-declaration
# SAN=1: with AddressSanitizer and UndefinedBehaviorSanitizer, beside the rest.
ifdef SAN
B := build/san
CFLAGS += -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
endif
PREFIX ?= /usr/local
DESTDIR ?=

# Kernels that tests and figures name. K=... runs a part on one of them only.
KERNELS ?= 6.1 6.1-rt 6.12 newest debug

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:

# --- what is built ------------------------------------------------------------

# Sources are found by folder; a new file needs no line here.
lib_src := $(wildcard libprocirq/*.c)
tracing_src := $(wildcard tracing/*.c)
cli_src := $(wildcard cli/*.c)
irqlat_src := $(wildcard irqlat/*.c irqlat/*/*.c)
report_src := $(wildcard reports/*.c reports/*/*.c)
result_src := $(wildcard results/*.c system/*.c)
irqtop_src := $(wildcard irqtop/*.c irqtop/*/*.c)
procirq_src := $(wildcard procirq/*.c)
unit_src := $(wildcard tests/unit/test_*.c)
case_src := $(wildcard tests/vm/cases/*.c)
bench_src := $(wildcard tests/bench/*.c)
fuzz_src := $(wildcard tests/fuzz/*.c)

obj = $(patsubst %.c,$(B)/obj/%.o,$(1))
lib_obj := $(call obj,$(lib_src))
irqlat_obj := $(call obj,$(irqlat_src) $(report_src) $(result_src) $(cli_src) $(tracing_src))
irqtop_obj := $(call obj,$(irqtop_src) $(tracing_src))
procirq_obj := $(call obj,$(procirq_src) $(cli_src))
# Everything of a tool but its main(), for the unit tests.
irqlat_parts := $(filter-out $(B)/obj/irqlat/main.o,$(irqlat_obj))
irqtop_parts := $(filter-out $(B)/obj/irqtop/main.o,$(irqtop_obj))

tools := $(if $(irqlat_src),$(B)/bin/irqlat) $(if $(irqtop_src),$(B)/bin/irqtop) \
	 $(if $(procirq_src),$(B)/bin/procirq)
libs := $(if $(lib_src),$(B)/lib/libprocirq.a $(B)/lib/libprocirq.so.0)
unit_bin := $(patsubst tests/unit/%.c,$(B)/unit/%,$(unit_src))
case_bin := $(patsubst tests/vm/cases/%.c,$(B)/tests/%,$(case_src))
bench_bin := $(patsubst tests/bench/%.c,$(B)/bench/%,$(bench_src))
fuzz_bin := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(fuzz_src))

pkg = $(shell pkg-config $(1) $(2))
irqlat_libs = $(call pkg,--libs,gsl jansson libtracefs ncursesw zlib libzstd) -lm -lpthread
irqtop_libs = $(call pkg,--libs,ncursesw libtracefs zlib libzstd) -lm -lpthread
procirq_libs = $(call pkg,--libs,jansson) -lm
unit_libs = $(call pkg,--libs,cmocka) $(irqlat_libs)

all: $(libs) $(tools) ## build the library and the tools

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) -std=c11 $(CPPFLAGS) $(CFLAGS) $(WARNINGS) -fPIC -MMD -MP -c -o $@ $<

$(B)/lib/libprocirq.a: $(lib_obj)
	@mkdir -p $(@D)
	$(AR) rcs $@ $^

$(B)/lib/libprocirq.so.0: $(lib_obj)
	@mkdir -p $(@D)
	$(CC) -shared -Wl,-soname,libprocirq.so.0 $(CFLAGS) $(LDFLAGS) -o $@ $^

# Templates are part of the program.
$(B)/obj/reports/templates.o: $(wildcard reports/*.html reports/*.gp)

$(B)/bin/irqlat: $(irqlat_obj) $(B)/lib/libprocirq.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(irqlat_libs)

$(B)/bin/irqtop: $(irqtop_obj) $(B)/lib/libprocirq.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(irqtop_libs)

$(B)/bin/procirq: $(procirq_obj) $(B)/lib/libprocirq.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(procirq_libs)

$(B)/unit/test_irqtop: $(B)/obj/tests/unit/test_irqtop.o $(irqtop_parts) $(B)/lib/libprocirq.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(unit_libs) $(irqtop_libs)

$(B)/unit/%: $(B)/obj/tests/unit/%.o $(irqlat_parts) $(B)/lib/libprocirq.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(unit_libs)

$(B)/tests/%: $(B)/obj/tests/vm/cases/%.o $(B)/lib/libprocirq.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lpthread

$(B)/fuzz/%: $(B)/obj/tests/fuzz/%.o $(irqlat_parts) $(B)/lib/libprocirq.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(irqlat_libs)

$(B)/bench/%: $(B)/obj/tests/bench/%.o $(irqlat_parts) $(B)/lib/libprocirq.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(irqlat_libs)

# --- set-up -------------------------------------------------------------------

deps: ## install the Debian packages in packages.txt that are missing
	@tests/deps packages.txt

modules: ## build the kernel modules for each of KERNELS (or K=one)
	@for k in $(or $(K),$(KERNELS)); do tests/vm/kernel modules $$k || exit 1; done

# --- use ----------------------------------------------------------------------

demo: deps ## the main job: boot a guest, raise interrupts, compare read and poll, write a report
	@$(MAKE) --no-print-directory all
	@tests/vm/demo

compare-kernels: deps ## the ways on four kernels, counted twice and timed: table and report in build/compare-kernels
	@$(MAKE) --no-print-directory all
	@tests/vm/compare-kernels $(if $(K),--kernels $(K))

demo-shell: deps ## an interactive guest with everything loaded
	@$(MAKE) --no-print-directory all $(case_bin)
	@tests/vm/run --shell

# --- tests --------------------------------------------------------------------

test: deps ## everything CI runs; ends with "N passed, N failed, N skipped"
	@$(MAKE) --no-print-directory all test-programs
	@tests/run $(T)

test-programs: $(unit_bin) $(case_bin) $(bench_bin)

bench: deps ## the figures of DESIGN section 9, into build/bench.json (BENCH=group for one group)
	@$(MAKE) --no-print-directory all test-programs
	@tests/bench/run $(BENCH)

uli-million: deps ## user level interrupts: a million calls in a checked computation, for each of KERNELS (N=count)
	@$(MAKE) --no-print-directory all test-programs
	@tests/vm/uli-million.sh $(or $(N),1000000) $(KERNELS)

protections: deps ## takes one protection of user level interrupts out at a time: its test has to fail
	@$(MAKE) --no-print-directory all test-programs
	@tests/vm/protections.sh

lint: ## static checks of every part
	@tests/lint

format: ## lay the sources out as .clang-format says
	@git ls-files '*.c' '*.h' | xargs clang-format -i

# --- install ------------------------------------------------------------------

install: all ## install tools, library, headers, man pages and the module's DKMS source
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/pkgconfig \
		$(DESTDIR)$(PREFIX)/include/procirq/uapi $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man3 \
		$(DESTDIR)$(PREFIX)/share/man/man4 $(DESTDIR)$(PREFIX)/share/man/man5 \
		$(DESTDIR)/usr/src/procirq-$(VERSION)/uapi
	install -m 755 $(tools) $(DESTDIR)$(PREFIX)/bin
	install -m 644 $(B)/lib/libprocirq.a $(DESTDIR)$(PREFIX)/lib
	install -m 755 $(B)/lib/libprocirq.so.0 $(DESTDIR)$(PREFIX)/lib
	ln -sf libprocirq.so.0 $(DESTDIR)$(PREFIX)/lib/libprocirq.so
	install -m 644 libprocirq/procirq.h libprocirq/uli.h libprocirq/irqtable.h $(DESTDIR)$(PREFIX)/include/procirq
	install -m 644 module/uapi/*.h $(DESTDIR)$(PREFIX)/include/procirq/uapi
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' libprocirq/procirq.pc.in \
		> $(DESTDIR)$(PREFIX)/lib/pkgconfig/procirq.pc
	install -m 644 $(wildcard irqlat/*.1 irqtop/*.1 procirq/*.1) $(DESTDIR)$(PREFIX)/share/man/man1
	install -Dm 644 irqtop/completion/irqtop.bash \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/irqtop
	install -Dm 644 irqtop/completion/_irqtop $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_irqtop
	install -Dm 644 procirq/completion/procirq.bash \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/procirq
	install -Dm 644 procirq/completion/_procirq $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_procirq
	install -m 644 $(wildcard libprocirq/*.3) $(DESTDIR)$(PREFIX)/share/man/man3
	install -m 644 $(wildcard module/*.4) $(DESTDIR)$(PREFIX)/share/man/man4
	install -m 644 $(wildcard libprocirq/*.5) $(DESTDIR)$(PREFIX)/share/man/man5
	cp module/*.[ch] module/Kbuild module/Makefile module/dkms.conf $(DESTDIR)/usr/src/procirq-$(VERSION)
	cp module/uapi/*.h $(DESTDIR)/usr/src/procirq-$(VERSION)/uapi

clean: ## remove what was built; kernels in the cache stay
	rm -rf $(B)/obj $(B)/bin $(B)/lib $(B)/unit $(B)/bench $(B)/tests $(B)/modules $(B)/san $(B)/fuzz

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1\t\2/p' Makefile | expand -t 16

.PHONY: all deps modules demo compare-kernels demo-shell test test-programs bench uli-million protections lint format install clean help

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
