#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What make builds for another machine: the commands of ARCH= and CROSS_COMPILE=, and a
# library for arm64.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

# Under make test, make's own variables are in the environment.
build()
{
	env -u MAKEFLAGS -u MFLAGS -u MAKEOVERRIDES -u ARCH -u CROSS_COMPILE make -s "$@"
}

# machine FILE
machine()
{
	readelf -h "$1" | sed -n 's/^ *Machine: *//p'
}

compiler=aarch64-linux-gnu-
[ "$(uname -m)" = x86_64 ] || skip_all "this is no x86-64 machine"
command -v ${compiler}gcc >/dev/null || skip_all "no ${compiler}gcc (packages.txt)"

tested()
{
	build "$@"
}

check 'an unknown machine is refused' 2 '' 'no compiler is known for ARCH=vax; name one' ARCH=vax all
check 'a compiler alone needs no folder of libraries' 0 "^${compiler}gcc -std=c11" '' \
	-n V=1 CROSS_COMPILE=$compiler build/aarch64-linux-gnu/obj/libprocirq/ring.o
# shellcheck disable=SC2016 # for make
check 'libraries of one'\''s own' 0 "^${compiler}gcc --sysroot=/nowhere .* -o build/arm64/obj/procirq/none" '' \
	-n V=1 ARCH=arm64 SYSROOT=/nowhere --eval='build/arm64/obj/procirq/none: ; $(CC) -o $@' build/arm64/obj/procirq/none

build ARCH=arm64 build/arm64/lib/libprocirq.so.0 2>"$scratch/why"
result $? 'a library for arm64 is built'
is 'it is one' "$(machine build/arm64/lib/libprocirq.so.0)" AArch64
tap_end
