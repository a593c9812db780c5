# SPDX-License-Identifier: GPL-2.0-or-later
# Drivers that Debian's kernels are without, built from the source of its 6.1.
# shellcheck shell=bash

# driver_make K SOURCE: builds SOURCE, one file of the kernel's source, as a module for K, and
# prints its path.
driver_make()
{
	local k=$1 source=$2 folder name src out key
	folder=$(kernel_folder "$k")
	name=$(basename "$source" .c)
	src=$cache_dir/drivers/source/$name
	out=$cache_dir/drivers/$k/$name
	driver_source "$source" "$src"
	key=$(cat "$folder/release" "$src/key")
	if [ "$key" != "$(cat "$out.key" 2>/dev/null)" ]; then
		modules_make "$k" "$folder" "$src" "$out" "$out"
		echo "$key" >"$out.key"
	fi
	echo "$out/$name.ko"
}

# The size of the tarball stands for its version.
driver_source()
{
	local source=$1 src=$2 tarball key
	own_kernel_fetch
	tarball=$(own_kernel_tarball)
	key=$(stat -Lc %s "$tarball")
	[ "$key" != "$(cat "$src/key" 2>/dev/null)" ] || return 0
	mkdir -p "$src"
	say "unpacking $source"
	tar -xf "$tarball" -O --wildcards --no-wildcards-match-slash "*/$source" >"$src/${source##*/}"
	[ -s "$src/${source##*/}" ] || die "$tarball has no $source"
	echo "obj-m := $(basename "$source" .c).o" >"$src/Kbuild"
	echo "$key" >"$src/key"
}
