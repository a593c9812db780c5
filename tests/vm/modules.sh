# SPDX-License-Identifier: GPL-2.0-or-later
# Builds our kernel modules for one kernel, outside the source folders.
# shellcheck shell=bash

# modules_build K KERNEL_FOLDER SRCDIR OUTDIR [ARG...]: SRCDIR's modules, then the test
# modules, which may use SRCDIR's headers and symbols. ARG... are more arguments for make.
# Results in OUTDIR/*.ko.
modules_build()
{
	local out=$4
	mkdir -p "$out"
	with_lock "$out/.lock" modules_build_locked "$@"
}

modules_build_locked()
{
	local k=$1 folder=$2 src=$3 out=$4 key
	shift 4
	key=$(modules_key "$folder" "$src" "$@")
	if [ "$key" = "$(cat "$out/.key" 2>/dev/null)" ] &&
	   [ -z "$(modules_sources "$src" -newer "$out/.stamp")" ]; then
		return
	fi
	# The stamp is older than the build, so that changes during the build are newer.
	touch "$out/.stamp.new"
	rm -f "$out/.key"
	[ ! -e "$src/Kbuild" ] || modules_make "$k" "$folder" "$src" "$out/module" "$out" "$@"
	[ ! -e "$vm_dir/modules/Kbuild" ] || modules_make "$k" "$folder" "$vm_dir/modules" "$out/test" "$out" "$@"
	modules_publish "$out"
	mv "$out/.stamp.new" "$out/.stamp"
	echo "$key" >"$out/.key"
}

modules_sources()
{
	local src=$1
	shift
	find "$src" "$vm_dir/modules" -type f "$@" 2>/dev/null | sort || true
}

# Prints a key that changes with the kernel and the list of files. (Changed contents are
# found by modification time.)
modules_key()
{
	{ echo "$@"; cat "$1/release"; modules_sources "$2"; } |
		cksum
}

# kbuild writes beside its sources, so it gets a folder of links to them.
modules_link()
{
	local src=$1 farm=$2 file
	mkdir -p "$farm"
	find "$farm" -type l -delete
	(cd "$src" && find . -type f ! -name '*.o' ! -name '*.ko' ! -name '*.mod*' ! -name '.*.cmd') |
		while IFS= read -r file; do
			mkdir -p "$farm/${file%/*}"
			ln -s "$(realpath "$src")/${file#./}" "$farm/${file#./}"
		done
}

# BTF (type data for BPF) is left out: it needs pahole and the kernel's own.
modules_make()
{
	local k=$1 folder=$2 src=$3 farm=$4 out=$5 log=$4.log symbols=''
	local -a arguments=()
	shift 5
	modules_link "$src" "$farm"
	[ "$farm" = "$out/module" ] || [ ! -e "$out/module/Module.symvers" ] ||
		symbols=$out/module/Module.symvers
	# Kernels of our own building say how.
	[ ! -e "$folder/make-arguments" ] || mapfile -t arguments <"$folder/make-arguments"
	say "building ${src#"$repo_dir/"} for $k"
	if ! make -s -C "$folder/build" M="$farm" "${arguments[@]}" "$@" KCFLAGS=-Werror CONFIG_DEBUG_INFO_BTF_MODULES= CONFIG_PAHOLE_VERSION=0 PAHOLE=none \
		PROCIRQ_MODULE="$out/module" \
		KBUILD_EXTRA_SYMBOLS="$symbols" -j"$(nproc)" modules >"$log" 2>&1; then
		cat "$log" >&2
		die "${src#"$repo_dir/"} does not build for $k ($(cat "$folder/release"))"
	fi
	cat "$log" >&2
}

modules_publish()
{
	local out=$1
	rm -f "$out"/*.ko
	find "$out/module" "$out/test" -name '*.ko' -exec ln -f {} "$out/" \; 2>/dev/null || true
}
