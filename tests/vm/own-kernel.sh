# SPDX-License-Identifier: GPL-2.0-or-later
# Kernels of our own building: Debian's 6.1 source, configured for a guest
# (own-kernel/base.config) and for one purpose (own-kernel/KIND.config).
# shellcheck shell=bash

# Raised when the same source and fragments make another kernel than before.
declare -A own_kernel_recipe=([debug]=2 [kcsan]=1 [kcfi]=1 [noftrace]=1)

is_own_kernel()
{
	[ -n "${own_kernel_recipe[$1]-}" ]
}

# The line with the licence makes no other kernel.
own_kernel_fragments()
{
	cat "$vm_dir/own-kernel"/{base,"$1"}.config | grep -v '^# SPDX-'
}

# Of two lines about a symbol the later one counts.
own_kernel_settings()
{
	own_kernel_fragments "$1" | tac | awk '
		match($0, /CONFIG_[A-Z0-9_a-z]+(=| is not set)/) {
			symbol = substr($0, RSTART, RLENGTH)
			sub(/=| is not set/, "", symbol)
			if (!seen[symbol]++) print
		}' | tac
}

# The source tarball: an installed package's, else one that we fetch.
own_kernel_tarball()
{
	local tarball
	for tarball in "" "$cache_dir/linux-source"; do
		tarball+=/usr/src/linux-source-6.1.tar.xz
		[ ! -e "$tarball" ] || break
	done
	echo "$tarball"
}

# Several suites may need it first.
own_kernel_fetch()
{
	[ -e "$(own_kernel_tarball)" ] || with_lock "$cache_dir/lock/linux-source" own_kernel_fetch_locked
}

own_kernel_fetch_locked()
{
	[ ! -e "$(own_kernel_tarball)" ] || return 0
	with_lock "$cache_dir/lock/apt-bookworm" apt_refresh bookworm
	apt_unpack bookworm "$cache_dir/linux-source.new" linux-source-6.1
	rm -rf "$cache_dir/linux-source"
	mv "$cache_dir/linux-source.new" "$cache_dir/linux-source"
}

# Another source or other fragments are another kernel. The size stands for the
# version: this must be instant.
own_kernel_folder()
{
	local kind=$1 key
	key=$({ echo "${own_kernel_recipe[$kind]}"; own_kernel_fragments "$kind"; stat -Lc %s "$(own_kernel_tarball)" 2>/dev/null || true; } | sha256sum)
	echo "$cache_dir/kernels/$kind-${key:0:12}"
}

own_kernel_make()
{
	local kind=$1 folder=$2 tree=$2/linux
	[ "$kind" != kcfi ] || need_command clang-16
	mkdir -p "$tree"
	own_kernel_compiler "$kind" >"$folder/make-arguments"
	say "unpacking the kernel source"
	own_kernel_unpack "$tree"
	own_kernel_patch "$tree"
	own_kernel_configure "$kind" "$folder"
	say "building kernel $kind; takes some minutes"
	own_kernel_build "$folder"
	own_kernel_install "$tree" "$folder"
	rm "$folder/build.log"
}

# What make needs in each build with this kernel's tree, modules too.
own_kernel_compiler()
{
	echo ARCH=x86_64
	[ "$1" != kcfi ] || echo LLVM=-16
}

own_kernel_run_make()
{
	local folder=$1 arguments
	shift
	mapfile -t arguments <"$folder/make-arguments"
	make -C "$folder/linux" "${arguments[@]}" "$@"
}

# Most of the source is drivers for what no guest has; Kconfig needs to see
# their Kconfig files, nobody their code.
own_kernel_unpack()
{
	tar -xf "$(own_kernel_tarball)" -C "$1" --strip-components=1 \
		--exclude='*/Documentation/*.rst' --exclude='*/Documentation/*.yaml' \
		--exclude='*/Documentation/*.txt' --exclude='*/tools/testing' \
		--exclude='*/arch/arm*/*.[chS]' --exclude='*.dts' --exclude='*.dtsi' \
		--exclude='*/arch/mips/*.[chS]' --exclude='*/arch/powerpc/*.[chS]' \
		--exclude='*/sound/*.[ch]' --exclude='*/drivers/gpu/*.[ch]' \
		--exclude='*/drivers/media/*.[ch]' --exclude='*/drivers/net/?*/*.[ch]' \
		--exclude='*/drivers/staging/*.[ch]' --exclude='*/drivers/infiniband/*.[ch]' \
		--exclude='*/drivers/scsi/*.[ch]'
}

own_kernel_configure()
{
	local kind=$1 folder=$2 wrong
	own_kernel_settings "$kind" >"$folder/linux/fragments"
	own_kernel_run_make "$folder" -s KCONFIG_ALLCONFIG=fragments allnoconfig
	wrong=$(own_kernel_refused "$folder/linux")
	[ -z "$wrong" ] || die "Kconfig does not take these lines of tests/vm/own-kernel:"$'\n'"$wrong"
}

# 6.1's PVH entry cannot be instrumented: it runs before there is shadow memory or
# per-CPU data. Let it not look for Xen, either, which calls functions that are.
own_kernel_patch()
{
	local pvh=$1/arch/x86/platform/pvh
	printf '%s := n\n' KASAN_SANITIZE KCSAN_SANITIZE >>"$pvh/Makefile"
	sed -i 's/= xen_cpuid_base();/= 0;/' "$pvh/enlighten.c"
}

# Prints the fragments' lines that are not so in the configuration.
own_kernel_refused()
{
	local line
	while IFS= read -r line; do
		case $line in
		CONFIG_*=*)
			grep -qxF "$line" "$1/.config" || echo "$line"
			;;
		'# CONFIG_'*' is not set')
			line=${line#\# }
			! grep -q "^${line%% *}=" "$1/.config" || echo "# $line"
			;;
		esac
	done <"$1/fragments"
}

own_kernel_build()
{
	local folder=$1 log=$1/build.log pid started=$SECONDS told=$SECONDS
	own_kernel_run_make "$folder" KBUILD_BUILD_USER=procirq KBUILD_BUILD_HOST=procirq \
		-j"$(nproc)" vmlinux modules >"$log" 2>&1 &
	pid=$!
	while kill -0 $pid 2>/dev/null; do
		sleep 1
		[ $((SECONDS - told)) -ge 30 ] || continue
		told=$SECONDS
		say "$((told - started)) s: $(grep -c '^  CC' "$log") files compiled"
	done
	wait $pid || {
		tail -n 40 "$log" >&2
		die "the kernel does not build"
	}
}

# Keeps what boots and what modules are built with.
own_kernel_install()
{
	local tree=$1 folder=$2 release
	release=$(cat "$tree/include/config/kernel.release")
	own_kernel_run_make "$folder" -s INSTALL_MOD_PATH="$folder" modules_install >/dev/null
	rm -f "$folder/lib/modules/$release"/{build,source}
	strip -g -o "$folder/vmlinux" "$tree/vmlinux"
	(cd "$tree" && rm -rf Documentation block certs crypto drivers fs init io_uring ipc kernel lib mm net \
		rust samples security sound usr virt vmlinux*)
	find "$tree" \( -name '*.o' -o -name '*.a' -o -name '.*.cmd' \) -delete
	ln -s linux "$folder/build"
	echo "$release" >"$folder/release"
}
