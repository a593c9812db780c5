# SPDX-License-Identifier: GPL-2.0-or-later
# Shared by the scripts of this folder: names, folders, messages.
# shellcheck shell=bash

vm_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck disable=SC2034  # used by the scripts that source this file
repo_dir=$(cd "$vm_dir/../.." && pwd)
build_dir=$repo_dir/build
cache_dir=${XDG_CACHE_HOME:+$XDG_CACHE_HOME/procirq}
cache_dir=${cache_dir:-$build_dir/cache}
kernels='6.1 6.1-rt 6.12 6.12-rt newest debug kcsan kcfi noftrace arm64-6.1 arm64-6.12 arm64-newest riscv64-6.12'

# With set -e a failing command ends the script: say which. Status 3 means that a
# subshell has already given the reason.
set -E
trap 'status=$?; [ $status -eq 3 ] || say "${BASH_SOURCE[0]##*/}:$LINENO: failed: $BASH_COMMAND"; exit 3' ERR

# Messages begin with the program's name. stdout is for the guest's output.
say()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die()
{
	say "$@"
	exit 3
}

usage_error()
{
	say "$@"
	exit 2
}

need_command()
{
	command -v "$1" >/dev/null ||
		usage_error "$1 not found; install it (packages.txt)"
}

known_kernel()
{
	case " $kernels " in
	*" $1 "*) ;;
	*) usage_error "unknown kernel '$1'; one of: $kernels" ;;
	esac
}

# kernel_on ARCH K: prints the name of K on that architecture.
kernel_on()
{
	case $1 in
	x86)   echo "$2" ;;
	arm64|riscv64) echo "$1-${2#"$1"-}" ;;
	*)     usage_error "unknown architecture '$1'; one of: x86 arm64 riscv64" ;;
	esac
}

# arch_use K: what differs from one architecture to the other, for K's. The files of arch/
# define
#	arch_debian		its name in Debian
#	arch_qemu		QEMU's program, and
#	arch_machine		its arguments for machine and CPU
#	arch_programs		the folder with bin/, lib/ and tests/
#	arch_console		the console's device in the guest
#	arch_result		that of the port for the result, and
#	arch_result_port	QEMU's arguments for it
#	arch_words		for the kernel command line
#	arch_compile ARGUMENT...
#				runs the compiler
#	arch_prepare		builds arch_programs, unless make does
#	arch_busybox		prints the path of a static busybox
#	arch_libraries PROGRAM...
#				prints "PATH PATH-IN-GUEST" of each shared library
arch_use()
{
	case $1 in
	arm64-*)   . "$vm_dir/arch/arm64.sh" ;;
	riscv64-*) . "$vm_dir/arch/riscv64.sh" ;;
	*)         . "$vm_dir/arch/x86.sh" ;;
	esac
}

# These check each memory access.
is_slow()
{
	case $1 in
	debug|kcsan) ;;
	*) return 1 ;;
	esac
}

# with_lock FILE COMMAND...: one at a time among all runs that share the cache. The
# command runs in a subshell, whose end releases the lock.
with_lock()
{
	local file=$1
	shift
	mkdir -p "$(dirname "$file")"
	(
		if ! flock -w 2 9; then
			say "waiting for another run (${file#"$repo_dir/"})"
			flock 9
		fi
		"$@" 9>&-
	) 9>"$file"
}
