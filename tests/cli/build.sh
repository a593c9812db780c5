#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# How make takes a user's compiler, flags and pkg-config, what it says when something is
# missing, and what tests/deps says before it installs. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

# Under make test, make's own variables are in the environment.
tested()
{
	env -u MAKEFLAGS -u MFLAGS -u MAKEOVERRIDES -u ARCH -u CROSS_COMPILE \
		make -s --no-print-directory B="$scratch/build" "$@"
}

# program NAME: its text is stdin.
program()
{
	{ echo '#!/bin/sh'; cat; } >"$scratch/$1"
	chmod +x "$scratch/$1"
}

one=$scratch/build/obj/base/parse.o
other=$scratch/build/obj/base/cpus.o

# --- flags --------------------------------------------------------------------

check "a user's flags are added, and come last" 0 \
	' -I\. .*-DUSER_CPP .*-Wall .*-O1 -DUSER_C ' '' -n V=1 CPPFLAGS=-DUSER_CPP CFLAGS='-O1 -DUSER_C' "$one"
check 'an object is built with them' 0 '' '' CPPFLAGS=-DUSER_CPP CFLAGS=-O1 "$one"
check 'the library is linked with them' 0 \
	'-O1  *-Wl,--user -o .*/lib/libprocirq\.so\.0' '' -n V=1 CFLAGS=-O1 LDFLAGS=-Wl,--user library
check 'so they are with sanitizers' 0 \
	'fsanitize=address.* -O1 ' '' -n V=1 SAN=1 CFLAGS=-O1 "$other"

# --- what is missing ----------------------------------------------------------

# says_lacking NAME REGEX ARG...: one line of it, then make's own.
says_lacking()
{
	local name=$1 regex=$2 got
	shift 2
	rm -rf "$scratch/build"
	tested "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
	got=$?
	[ $got = 2 ] && [ ! -s "$scratch/out" ] && [ "$(grep -vc '^make' "$scratch/err")" = 1 ] &&
		grep -qE "^procirq: $regex" "$scratch/err" && [ -z "$(find "$scratch/build" -name '*.o' 2>/dev/null)" ]
	result $? "$name" "status $got; stderr: $(cat "$scratch/err")"
}

# Finds all libraries but those of $LACKS.
program pkg-config <<'SH'
for word; do
	case " $LACKS " in *" $word "*) exit 1 ;; esac
done
[ "$1" = --exists ] || echo "-DASKED"
SH
export LACKS=
check 'PKG_CONFIG may be another program' 0 ' -DASKED ' '' -n V=1 PKG_CONFIG="$scratch/pkg-config" "$other"
export PKG_CONFIG=$scratch/pkg-config
check 'also in the environment' 0 ' -DASKED ' '' -n V=1 "$other"
unset PKG_CONFIG
LACKS='jansson'
says_lacking 'a library that is missing, and its package' \
	'.*/pkg-config does not find jansson; "make deps" installs .*\(libjansson-dev\)$' PKG_CONFIG="$scratch/pkg-config"
LACKS='libtraceevent libtracefs'
says_lacking 'a library that another one needs' \
	'.* does not find libtraceevent, libtracefs; .*\(libtraceevent-dev libtracefs-dev\)$' PKG_CONFIG="$scratch/pkg-config"
LACKS=cmocka
says_lacking 'a library of tests' '.* does not find cmocka; .*\(libcmocka-dev\)$' PKG_CONFIG="$scratch/pkg-config" test-programs
says_lacking 'there is no pkg-config' 'there is no no-pkg-config; "make deps" .*\(pkg-config\)$' PKG_CONFIG=no-pkg-config
says_lacking 'there is no compiler' 'there is no no-cc; "make deps" .*\(build-essential\)$' CC=no-cc
says_lacking 'the compiler has no C library' 'cc -nostdinc cannot compile: ' CC="cc -nostdinc"
echo 'echo __LP64__ 2' | program cc32
says_lacking 'the compiler is for a 32-bit system' 'the tools are for 64-bit systems, .*/cc32 .*; "make library" builds' CC="$scratch/cc32"
echo 'echo 1 __GLIBC__' | program cc-musl
says_lacking 'the compiler has another C library' 'the tools need glibc, .*/cc-musl .*; "make library" builds' CC="$scratch/cc-musl"
LACKS='gsl jansson libtraceevent libtracefs liburing ncursesw zlib libzstd'
check 'the library alone needs none of them' 0 '' '' PKG_CONFIG="$scratch/pkg-config" library
unset LACKS

# --- packages -----------------------------------------------------------------

awk '!/^#/ && (NF < 4 || $1 !~ /^(build|demo|arm64|test|more)$/)' packages.txt >"$scratch/why"
[ ! -s "$scratch/why" ]
result $? 'each row of packages.txt has a part, a package, a library and a reason'
awk '!/^#/ { print $2 }' packages.txt | sort | uniq -d >"$scratch/why"
[ ! -s "$scratch/why" ]
result $? 'no package has two rows'
awk '!/^#/ && $2 ~ /linux-(source|image|headers)|[0-9]\.[0-9]/ { print $2 }' packages.txt >"$scratch/why"
[ ! -s "$scratch/why" ]
result $? 'no package has the version of a kernel in its name'
for library in $(sed -n 's/^packages := //p' Makefile) cmocka libmicrohttpd; do
	awk -v library="$library" '$3 == library { n++ } END { exit n != 1 }' packages.txt || echo "$library" >>"$scratch/why"
done
[ ! -s "$scratch/why" ]
result $? 'each library of the Makefile has its package'

program dpkg-query <<'SH'
for package; do :; done
[ "$package" != build-essential ] || echo installed
SH
program apt-get <<'SH'
echo "$*" >>"$CALLS"
case $* in
*--assume-no*)
	echo '0 upgraded, 57 newly installed, 0 to remove and 127 not upgraded.'
	echo 'Need to get 2494 kB/75.1 MB of archives.'
	echo 'After this operation, 222 MB of additional disk space will be used.'
	exit 1 ;;
*' -y '*) exit "$FAILS" ;;
esac
SH
echo 'echo 0' | program id
export CALLS=$scratch/calls FAILS=0
tested()
{
	: >"$CALLS"
	PATH=$scratch:$PATH tests/deps "$@"
}
says 'packages are installed' 0 '' build
grep -q '^deps: 57 packages with what they need, 2494 kB to download, 222 MB on disk$' "$scratch/err"
result $? 'how many and how large is said' "$(cat "$scratch/err")"
is 'before they are' "$(sed 's/ .*//; s/$/ /' "$CALLS" | tr -d '\n')$(grep -c -- --assume-no "$CALLS"),$(sed -n '3s/.* -y .*/-y/p' "$CALLS")" \
	'update install install 1,-y'
is 'those of the part that are missing' "$(sed -n '3s/.*--no-install-recommends //p' "$CALLS")" \
	"-y $(awk '$1 == "build" && $2 != "build-essential" { printf "%s%s", sep, $2; sep = " " }' packages.txt)"
says 'of each part that is asked for' 0 '' build arm64
is 'and of no other' "$(grep -c 'libgsl-dev.*qemu-system-arm$' "$CALLS") $(grep -c cpio "$CALLS")" '2 0'
FAILS=100
says 'a failed installation fails' 100 '' build
program dpkg-query <<'SH'
echo installed
SH
check 'nothing is missing: nothing is said' 0 '' '' build demo arm64 test more
is 'and apt-get is not asked' "$(cat "$CALLS")" ''
tap_end
