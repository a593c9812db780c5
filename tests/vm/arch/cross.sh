# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# Guests of another architecture, on a machine of x86-64, with programs from
# `make ARCH=$arch_debian`. The file of the architecture sets arch_triple, the prefix of its
# compiler, and arch_loader, the file name of its dynamic loader, too.

# Prints one more option for the compiler, or nothing.
arch_compiler_option()
{
	:
}

arch_sysroot()
{
	"$vm_dir/sysroot" "$arch_debian"
}

# By default the compiler searches the folders of a cross-compiling C library, and finds the
# headers of this machine's where that is not installed.
arch_compile()
{
	local sysroot libraries
	sysroot=$(arch_sysroot) || return
	libraries=$sysroot/usr/lib/$arch_triple
	# shellcheck disable=SC2046 # one word or none
	"$arch_triple-gcc" --sysroot="$sysroot" $(arch_compiler_option) \
		-B"$libraries" -L"$libraries" "$@"
}

arch_prepare()
{
	need_command "$arch_triple-gcc"
	say "building library, tools and test programs for $arch_debian"
	MAKEFLAGS='' with_lock "$arch_programs/.lock" \
		make -s -C "$repo_dir" -j"$(nproc)" ARCH="$arch_debian" all test-programs >&2
}

arch_busybox()
{
	local file
	file=$(arch_sysroot)/bin/busybox
	[ -e "$file" ] || file=$(arch_sysroot)/usr/bin/busybox
	echo "$file"
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
	[ ${#seen[@]} = 0 ] || echo "$sysroot/lib/$arch_loader /lib/$arch_loader"
}
