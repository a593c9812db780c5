# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034  # lib.sh documents these
# Guests of 64-bit ARM, on a machine of x86-64, with programs from `make ARCH=arm64`.

arch_debian=arm64
arch_triple=aarch64-linux-gnu
arch_qemu=qemu-system-aarch64
# GICv3 has an ITS, without which PCI devices have no MSI.
arch_machine=(-M "virt,gic-version=3")
arch_programs=$build_dir/arm64

# The machine has one serial port.
arch_console=ttyAMA0
arch_result=ttyS0
arch_result_port=(-device "pci-serial,chardev=result,addr=0x3")

arch_words=

# The counter is every CPU's clock: at 1 GHz, --icount makes it count instructions. The
# signatures of pointers that "max" has take half of its time, if they are the architecture's.
arch_cpu()
{
	case ${1:-cortex-a57} in
	max) echo "max,cntfrq=1000000000,pauth-impdef=on" ;;
	*)   echo "${1:-cortex-a57},cntfrq=1000000000" ;;
	esac
}

arch_sysroot()
{
	"$vm_dir/sysroot" arm64
}

# By default the compiler searches the folders of a cross-compiling C library, and finds the
# headers of this machine's where that is not installed.
arch_compile()
{
	local sysroot libraries
	sysroot=$(arch_sysroot) || return
	libraries=$sysroot/usr/lib/$arch_triple
	"$arch_triple-gcc" --sysroot="$sysroot" -B"$libraries" -L"$libraries" "$@"
}

arch_prepare()
{
	need_command "$arch_triple-gcc"
	say "building library, tools and test programs for arm64"
	MAKEFLAGS='' with_lock "$arch_programs/.lock" \
		make -s -C "$repo_dir" -j"$(nproc)" ARCH=arm64 all test-programs >&2
}

arch_busybox()
{
	echo "$(arch_sysroot)/bin/busybox"
}

# Not by ldd, which would run the programs. readelf fails for scripts.
arch_libraries()
{
	local sysroot name file programs=("$@")
	local -A seen=()
	sysroot=$(arch_sysroot)
	while [ ${#programs[@]} -gt 0 ]; do
		mapfile -t names < <({ readelf -d "${programs[@]}" 2>/dev/null || true; } |
			sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u)
		programs=()
		for name in "${names[@]}"; do
			file=$sysroot/usr/lib/$arch_triple/$name
			[ -z "${seen[$name]-}" ] && [ -e "$file" ] || continue
			seen[$name]=1
			programs+=("$file")
			echo "$file /lib/$arch_triple/$name"
		done
	done
	[ ${#seen[@]} = 0 ] || echo "$sysroot/lib/ld-linux-aarch64.so.1 /lib/ld-linux-aarch64.so.1"
}
