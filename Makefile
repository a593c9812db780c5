# SPDX-License-Identifier: GPL-2.0-or-later
# procirq: the one entry. `make help` lists what it does.

B := build
VERSION := 0.1.0

# CPPFLAGS, CFLAGS and LDFLAGS are the user's, and come after what the build needs, which has
# names in lower case. CC and PKG_CONFIG may be other programs.
CC ?= cc
optimization := -O2 -g

# ARCH=arm64 or riscv64: for another machine, in build/ARCH, with Debian's cross-compiler and
# a folder of Debian's libraries. CROSS_COMPILE=PREFIX- names another compiler, SYSROOT=FOLDER other
# libraries; CROSS_COMPILE alone uses the libraries that this compiler finds by itself.
names.aarch64 := aarch64 arm64
names.x86_64 := x86_64 x86 amd64
cross.arm64 := aarch64-linux-gnu-
cross.riscv64 := riscv64-linux-gnu-
ifneq ($(filter-out $(names.$(shell uname -m)),$(ARCH)),)
ifeq ($(CROSS_COMPILE),)
CROSS_COMPILE := $(or $(cross.$(ARCH)),$(error no compiler is known for ARCH=$(ARCH); name one, CROSS_COMPILE=PREFIX-))
endif
ifeq ($(origin SYSROOT),undefined)
SYSROOT := $(or $(shell tests/vm/sysroot $(ARCH)),$(error no libraries for ARCH=$(ARCH); name theirs, SYSROOT=FOLDER))
endif
endif
ifneq ($(CROSS_COMPILE),)
triple := $(notdir $(CROSS_COMPILE:%-=%))
B := build/$(or $(ARCH),$(triple))
CC := $(CROSS_COMPILE)gcc
AR := $(CROSS_COMPILE)ar
ifneq ($(SYSROOT),)
libraries_of := $(SYSROOT)/usr/lib/$(triple) $(SYSROOT)/usr/lib
CC += --sysroot=$(SYSROOT) $(foreach folder,$(libraries_of),-B$(folder) -L$(folder) -Wl,-rpath-link,$(folder))
PKG_CONFIG ?= env PKG_CONFIG_SYSROOT_DIR=$(SYSROOT) \
	PKG_CONFIG_LIBDIR=$(subst $() ,:,$(libraries_of:%=%/pkgconfig) $(SYSROOT)/usr/share/pkgconfig) pkg-config
endif
PKG_CONFIG ?= $(or $(shell command -v $(CROSS_COMPILE)pkg-config),pkg-config)
endif
PKG_CONFIG ?= pkg-config

# Only the libraries that a program uses end up in it (--as-needed). `ready` says which lack.
packages := gsl jansson libtraceevent libtracefs liburing ncursesw zlib libzstd
cppflags := -D_GNU_SOURCE -DPROCIRQ_VERSION='"$(VERSION)"' -I. -Imodule \
	    $(shell $(PKG_CONFIG) --cflags $(packages) 2>/dev/null)
cflags :=
ldflags :=
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	    -Wpointer-arith -Wwrite-strings -Werror=implicit-function-declaration
# SAN=1: with AddressSanitizer and UndefinedBehaviorSanitizer, in build/san.
# FUZZ=1: those and libFuzzer, with clang, in build/fuzzing.
sanitizers := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
ifdef SAN
B := build/san
cflags := $(sanitizers)
endif
ifdef FUZZ
B := build/fuzzing
CC := clang
optimization := -O1 -g
cflags := -fsanitize=fuzzer-no-link $(sanitizers)
$(B)/fuzz/%: ldflags += -fsanitize=fuzzer
endif
# ANALYZE=1: with gcc's analyzer, in build/analyze/built (make analyze).
ifdef ANALYZE
B := build/analyze/built
CC := gcc
optimization := -O1 -g
cflags := -fanalyzer -Werror
endif
# COVERAGE=1: lines are counted for gcov, in build/coverage/built (make coverage).
ifdef COVERAGE
B := build/coverage/built
optimization := -O0 -g
cflags := --coverage -fprofile-update=atomic
endif
CFLAGS ?= $(optimization)
# V=1 shows the commands.
Q := $(if $(V),,@)
quiet := $(V)$(findstring s,$(firstword -$(MAKEFLAGS)))
say = $(if $(quiet),,@printf '  %-7s %s\n' $(1) $@)
comma := ,
# Builds what follows, on all processors unless the caller said on how many.
build = +@$(MAKE) --no-print-directory $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$$(nproc))

# Kernels that tests and figures name. K=... runs a part on one of them only.
KERNELS ?= 6.1 6.1-rt 6.12 newest debug

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:

# --- what is built ------------------------------------------------------------

# A folder is a static archive, of its own sources and those of its subfolders; a
# program links what it uses of them. A new file needs no line here.
#
# The order is the order of linking: a folder uses those that follow.
folders := irqlat irqtop procirq reports results tracing base libprocirq
tools := irqlat irqtop procirq

# Of *.bpf.c, below, no native objects are made.
sources = $(shell find $(1) -name '*.c' ! -name '*.bpf.c' | sort)
objects = $(patsubst %.c,$(B)/obj/%.o,$(call sources,$(1)))
archives := $(folders:%=$(B)/lib/%.a)
tool_bin := $(patsubst %,$(B)/bin/%,$(tools))
shared := $(B)/lib/libprocirq.so.0

unit_bin := $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/test_*.c))
# hotplug speaks to chips of QEMU's PC.
case_sources := $(filter-out $(if $(triple),tests/vm/cases/hotplug.c),$(wildcard tests/vm/cases/*.c))
# Machines without user level interrupts.
ifneq ($(filter riscv64%,$(ARCH) $(CROSS_COMPILE)),)
case_sources := $(filter-out %/uli.c %/uli_gdb.c %/trust_uli.c,$(case_sources))
endif
case_bin := $(case_sources:tests/vm/cases/%.c=$(B)/tests/%)
# Every call at random: of several files, and run by make torture.
torture_bin := $(if $(filter %/uli.c,$(case_sources)),$(B)/tests/calls)
bench_bin := $(patsubst tests/bench/%.c,$(B)/bench/%,$(wildcard tests/bench/*.c))
cli_bin := $(patsubst tests/cli/%.c,$(B)/cli/%,$(wildcard tests/cli/*.c))
fuzz_bin := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(filter-out %/once.c,$(wildcard tests/fuzz/*.c)))

libraries = -Wl,--as-needed $(shell $(PKG_CONFIG) --libs $(packages)) -lm -lpthread -ldl
link = $(CC) $(cflags) $(CFLAGS) $(ldflags) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) $(libraries)

all: library $(tool_bin) ## build the library and the tools

library: $(shared) $(B)/lib/libprocirq.a ## build the library alone: it needs the C library only

# Before the first object: says in one line what a build lacks. The library lacks nothing.
without_libraries := library $(B)/obj/libprocirq/% $(B)/lib/libprocirq.%
ready:
	@CC='$(CC)' CPPFLAGS='$(CPPFLAGS)' CFLAGS='$(CFLAGS)' PKG_CONFIG='$(PKG_CONFIG)' \
		tests/ready $(sort $(packages) $(if $(filter test-programs,$(MAKECMDGOALS)),cmocka))

$(B)/obj/%.o: %.c | $(if $(filter-out $(without_libraries),$(or $(MAKECMDGOALS),all)),ready)
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c11 $(cppflags) $(CPPFLAGS) $(WARNINGS) $(cflags) $(CFLAGS) -fPIC -MMD -MP -c -o $@ $<

# The collector in the kernel (irqlat trace --in-kernel) is built where clang and libbpf are;
# BPF= builds without it. It is part of the program, like the templates below, and runs on any
# kernel with BTF, so that no header of a kernel is needed.
BPF ?= $(if $(triple),,$(and $(shell command -v $(BPF_CLANG)),$(shell $(PKG_CONFIG) --exists libbpf 2>/dev/null && echo 1)))
BPF_CLANG ?= clang
ifneq ($(BPF),)
packages += libbpf
bpf_object := $(B)/obj/tracing/collect.bpf.o
$(B)/obj/tracing/collector.o: $(bpf_object)
$(B)/obj/tracing/collector.o: cppflags += -DCOLLECTOR_OBJECT='"$(bpf_object)"'

$(B)/obj/%.bpf.o: %.bpf.c
	$(call say,BPF)
	@mkdir -p $(@D)
	$(Q)$(BPF_CLANG) -target bpf -mcpu=v3 -ffreestanding -O2 -g -Wall -Wextra -Wno-unused-parameter \
		-I. -idirafter /usr/include/$(shell uname -m)-linux-gnu -MMD -MP -c -o $@ $<
endif

# Made anew each time, so that no object outlives its source; appended (q), because
# two folders may hold files of one name.
define archive
$(B)/lib/$(1).a: $(call objects,$(1))
	$$(call say,AR)
	@mkdir -p $$(@D) && rm -f $$@
	$$(Q)$$(AR) qcs $$@ $$^
endef
$(foreach folder,$(folders) tests/vm/torture,$(eval $(call archive,$(folder))))

$(shared): $(call objects,libprocirq) libprocirq/libprocirq.map
	$(call say,LD)
	@mkdir -p $(@D)
	$(Q)$(CC) -shared -Wl,-soname,libprocirq.so.0 -Wl,--version-script=libprocirq/libprocirq.map \
		$(cflags) $(CFLAGS) $(ldflags) $(LDFLAGS) -o $@ $(filter %.o,$^)

# Templates are part of the program.
$(B)/obj/reports/templates.o: $(wildcard reports/*.html reports/*.gp)

# Each program is one object and the archives.
$(tool_bin): $(B)/bin/%: $(B)/obj/%/main.o
$(unit_bin): $(B)/unit/%: $(B)/obj/tests/unit/%.o
$(case_bin): $(B)/tests/%: $(B)/obj/tests/vm/cases/%.o
$(torture_bin): $(B)/obj/tests/vm/torture/main.o
$(torture_bin) $(B)/unit/test_torture: $(B)/lib/tests/vm/torture.a
$(bench_bin): $(B)/bench/%: $(B)/obj/tests/bench/%.o
$(cli_bin): $(B)/cli/%: $(B)/obj/tests/cli/%.o
$(fuzz_bin): $(B)/fuzz/%: $(B)/obj/tests/fuzz/%.o
# libFuzzer brings a main program. Without it a target has that of once.c.
$(if $(FUZZ),,$(filter-out %/damage,$(fuzz_bin))): $(B)/obj/tests/fuzz/once.o
$(unit_bin): packages += cmocka
$(fuzz_bin): packages += libmicrohttpd
$(tool_bin) $(unit_bin) $(bench_bin) $(cli_bin) $(fuzz_bin): $(archives)
# What these test is in few folders: no more is built with the sanitizers.
$(case_bin) $(torture_bin): $(patsubst %,$(B)/lib/%.a,irqtop tracing base libprocirq)
$(tool_bin) $(unit_bin) $(case_bin) $(torture_bin) $(bench_bin) $(cli_bin) $(fuzz_bin):
	$(call say,LD)
	@mkdir -p $(@D)
	$(Q)$(link)

# It is loaded into a program that has the sanitizers.
$(B)/faults/inject.so: tests/faults/inject.c
	$(call say,LD)
	@mkdir -p $(@D)
	$(Q)$(CC) -D_GNU_SOURCE -O2 -g $(WARNINGS) -shared -fPIC -o $@ $<

# --- set-up -------------------------------------------------------------------

deps: ## install the Debian packages that a build needs, of packages.txt
	@tests/deps build

demo-deps:
	@tests/deps build demo $(if $(ARCH),arm64)

test-deps:
	@tests/deps build demo arm64 test

# What the tests of `make test` do without.
more-deps:
	@tests/deps build demo arm64 test more

modules: ## build the kernel modules for each of KERNELS (or K=one)
	@for k in $(or $(K),$(KERNELS)); do tests/vm/kernel modules $$k || exit 1; done

# --- use ----------------------------------------------------------------------

demo: demo-deps ## the main job: boot a guest, raise interrupts, compare the ways, write a report; ARCH=arm64
	$(build) all ARCH=
	$(if $(ARCH),$(build) all)
	@MAKEFLAGS= tests/vm/demo $(if $(ARCH),--kernel $(ARCH)-6.1)

compare-kernels: test-deps ## the ways on four kernels, counted twice and timed: table and report in build/compare-kernels
	$(build) all
	@tests/vm/compare-kernels $(if $(K),--kernels $(K))

demo-shell: test-deps ## an interactive guest with everything loaded
	$(build) all $(case_bin) $(torture_bin)
	@tests/vm/run --shell

# --- tests --------------------------------------------------------------------

test: test-deps ## everything CI runs; ends with "N passed, N failed, N skipped"
	$(build) all test-programs
	@tests/run $(T)

test-loaded: more-deps ## make test beside stress-ng --cpu 8 (T=suite for one)
	$(build) all test-programs
	@tests/loaded $(T)

test-programs: $(unit_bin) $(case_bin) $(torture_bin) $(bench_bin) $(cli_bin)

bench: test-deps ## the figures that the project has goals for, into build/bench.json (BENCH=group for one group)
	$(build) all test-programs
	@tests/bench/run $(BENCH)

uli-million: test-deps ## user level interrupts: a million calls in a checked computation, for each of KERNELS (N=count)
	$(build) all test-programs
	@tests/vm/uli-million.sh $(or $(N),1000000) $(KERNELS)

protections: test-deps ## takes one protection of the module out at a time: its test has to fail (AREA=flow for one area)
	$(build) all test-programs
	@tests/vm/protections.sh $(AREA)

test-matrix: more-deps ## the guest suite on every kernel, with one table (K=kernel for one)
	$(build) all test-programs
	@tests/matrix $(K)

torture: test-deps ## every system call at random, on the debug kernel or K: SECONDS=600 SEED= CALLS=
	$(build) all test-programs
	@tests/vm/cases.sh --kernel $(or $(K),debug) --limit $$(($(or $(SECONDS),600) + 3600)) \
		calls,slow=4,seconds=$(or $(SECONDS),600)$(if $(SEED),$(comma)seed=$(SEED))$(if $(CALLS),$(comma)calls=$(CALLS))

faults-module: test-deps ## each allocation and each copy on each path through the modules fails, on the debug kernel
	$(build) all test-programs
	@tests/vm/cases.sh --kernel debug --limit 14400 faults,slow=4

soak: test-deps ## everything at once for SECONDS (3600) in a guest of kernel K (debug): memory flat, books exact, log clean
	$(build) all test-programs
	@tests/vm/soak.sh $(or $(K),debug) $(or $(SECONDS),3600)

coverage: test-deps ## which lines of the modules, and of the tools, the tests run (PART=module or tools)
	$(build) all test-programs
	@tests/coverage $(PART)

analyze: more-deps ## static analysis that takes minutes: coccinelle, gcc -fanalyzer, clang-tidy, cppcheck
	@tests/analyze

fault-programs: $(tool_bin) $(B)/fuzz/damage $(B)/faults/inject.so

faults: test-deps ## makes calls of the tools fail, one after the other (EVERY=1 each call, J=regex jobs)
	$(build) SAN=1 fault-programs
	@tests/faults/sweep $(if $(EVERY),--every) $(if $(J),--job '$(J)')

lint: ## static checks of every part
	@tests/lint

format: ## lay the sources out as .clang-format says
	@git ls-files '*.c' '*.h' | xargs clang-format -i

# --- install ------------------------------------------------------------------

# Each may be given, also by the name that GNU's standard has for it (prefix=, libdir=).
PREFIX ?= $(or $(prefix),/usr/local)
BINDIR ?= $(or $(bindir),$(PREFIX)/bin)
LIBDIR ?= $(or $(libdir),$(PREFIX)/lib)
INCLUDEDIR ?= $(or $(includedir),$(PREFIX)/include)
DATADIR ?= $(or $(datadir),$(PREFIX)/share)
MANDIR ?= $(or $(mandir),$(DATADIR)/man)
DOCDIR ?= $(or $(docdir),$(DATADIR)/doc/procirq)
BASHDIR ?= $(DATADIR)/bash-completion/completions
# Debian's zsh does not look into /usr/share/zsh/site-functions.
ZSHDIR ?= $(if $(wildcard $(filter /usr/share,$(DATADIR))/zsh/vendor-completions),$(DATADIR)/zsh/vendor-completions,$(DATADIR)/zsh/site-functions)
# DKMS looks into /usr/src; what is installed in a folder of its own stays there.
SRCDIR ?= $(if $(filter /usr /usr/local,$(PREFIX)),/usr/src,$(PREFIX)/src)/procirq-$(VERSION)
DESTDIR ?=

# What goes where, with mode 644 or another: install and uninstall read it.
parts := programs shared static headers uapi man1 man3 man4 man5 zsh documents examples source source-uapi
folder.programs := $(BINDIR)
mode.programs := 755
files.programs := $(tool_bin)
folder.shared := $(LIBDIR)
mode.shared := 755
files.shared := $(shared)
folder.static := $(LIBDIR)
files.static := $(B)/lib/libprocirq.a
folder.headers := $(INCLUDEDIR)/procirq
files.headers := libprocirq/procirq.h libprocirq/uli.h
folder.uapi := $(INCLUDEDIR)/procirq/uapi
files.uapi := $(wildcard module/uapi/*.h)
folder.man1 := $(MANDIR)/man1
files.man1 := $(wildcard irqlat/*.1 irqtop/*.1 procirq/*.1)
folder.man3 := $(MANDIR)/man3
files.man3 := $(wildcard libprocirq/*.3)
folder.man4 := $(MANDIR)/man4
files.man4 := $(wildcard module/*.4)
folder.man5 := $(MANDIR)/man5
files.man5 := $(wildcard libprocirq/*.5)
folder.zsh := $(ZSHDIR)
files.zsh := $(foreach tool,$(tools),$(tool)/completion/_$(tool))
folder.documents := $(DOCDIR)
files.documents := README.md SECURITY.md LICENSE AUTHORS $(wildcard docs/*.md)
folder.examples := $(DOCDIR)/examples
files.examples := $(wildcard examples/*)
folder.source := $(SRCDIR)
files.source := $(filter-out %.mod.c,$(wildcard module/*.[ch])) module/Kbuild module/Makefile module/dkms.conf
folder.source-uapi := $(SRCDIR)/uapi
files.source-uapi := $(files.uapi)

define install_part
	install -d $(DESTDIR)$(folder.$(1))
	install -m $(or $(mode.$(1)),644) $(files.$(1)) $(DESTDIR)$(folder.$(1))

endef

define uninstall_part
	rm -f $(addprefix $(DESTDIR)$(folder.$(1))/,$(notdir $(files.$(1))))

endef

install: all ## install tools, library, headers, man pages, examples and the module's DKMS source
	$(foreach part,$(parts),$(call install_part,$(part)))
	ln -sf libprocirq.so.0 $(DESTDIR)$(LIBDIR)/libprocirq.so
	install -d $(DESTDIR)$(LIBDIR)/pkgconfig $(DESTDIR)$(BASHDIR)
	sed -e 's|@PREFIX@|$(PREFIX)|; s|@VERSION@|$(VERSION)|' \
		-e 's|@LIBDIR@|$(patsubst $(PREFIX)/%,$${prefix}/%,$(LIBDIR))|' \
		-e 's|@INCLUDEDIR@|$(patsubst $(PREFIX)/%,$${prefix}/%,$(INCLUDEDIR))|' \
		libprocirq/procirq.pc.in >$(DESTDIR)$(LIBDIR)/pkgconfig/procirq.pc
	$(foreach tool,$(tools),install -m 644 $(tool)/completion/$(tool).bash $(DESTDIR)$(BASHDIR)/$(tool) &&) :
ifeq ($(DESTDIR),)
	@echo 'Run ldconfig, so that programs find libprocirq.so.0 in $(LIBDIR).'
	@echo 'The module, for the running kernel: make -C $(SRCDIR) modules modules_install;'
	@echo 'for each kernel to come, with DKMS: dkms install procirq/$(VERSION) (SRCDIR in /usr/src).'
endif

uninstall: ## remove what install has installed; give it the same PREFIX and DESTDIR
	$(foreach part,$(parts),$(call uninstall_part,$(part)))
	rm -f $(DESTDIR)$(LIBDIR)/libprocirq.so $(DESTDIR)$(LIBDIR)/pkgconfig/procirq.pc \
		$(addprefix $(DESTDIR)$(BASHDIR)/,$(tools))
	rmdir --ignore-fail-on-non-empty $(wildcard $(addprefix $(DESTDIR),$(folder.uapi) $(folder.headers) \
		$(folder.examples) $(folder.documents) $(folder.source-uapi) $(folder.source)))

clean: ## remove what was built; kernels in the cache stay
	rm -rf $(addprefix $(B)/,obj bin lib unit cli bench tests modules arm64 riscv64 san fuzzing matrix coverage analyze)

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1\t\2/p' Makefile | expand -t 16

.PHONY: all library ready demo-deps test-deps test-loaded deps modules demo compare-kernels demo-shell test test-programs bench uli-million protections torture test-matrix faults-module soak coverage analyze more-deps fault-programs faults lint format install uninstall clean help

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
