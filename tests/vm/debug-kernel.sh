# The debug kernel: Debian's 6.1 source with what finds bugs switched on
# (debug-kernel/*.config).
# shellcheck shell=bash

# Raised when the same source and fragments make another kernel than before.
debug_kernel_recipe=2

debug_kernel_fragments()
{
	cat "$vm_dir"/debug-kernel/{base,debug}.config
}

# The source tarball: the installed package's, else one that we fetch.
debug_kernel_tarball()
{
	local tarball
	for tarball in "" "$cache_dir/linux-source"; do
		tarball+=/usr/src/linux-source-6.1.tar.xz
		[ ! -e "$tarball" ] || break
	done
	echo "$tarball"
}

debug_kernel_fetch()
{
	local tarball
	tarball=$(debug_kernel_tarball)
	[ ! -e "$tarball" ] || return 0
	with_lock "$cache_dir/lock/apt-bookworm" apt_refresh bookworm
	apt_unpack bookworm "$cache_dir/linux-source.new" linux-source-6.1
	rm -rf "$cache_dir/linux-source"
	mv "$cache_dir/linux-source.new" "$cache_dir/linux-source"
}

# Another source or other fragments are another kernel. The size stands for the
# version: this must be instant.
debug_kernel_folder()
{
	local key
	key=$({ echo $debug_kernel_recipe; debug_kernel_fragments; stat -Lc %s "$(debug_kernel_tarball)" 2>/dev/null || true; } | sha256sum)
	echo "$cache_dir/kernels/debug-${key:0:12}"
}

debug_kernel_make()
{
	local folder=$1 tree=$1/linux
	mkdir -p "$tree"
	say "unpacking the kernel source"
	debug_kernel_unpack "$tree"
	debug_kernel_patch "$tree"
	debug_kernel_configure "$tree"
	say "building the debug kernel; takes some minutes"
	debug_kernel_build "$tree" "$folder/build.log"
	debug_kernel_install "$tree" "$folder"
	rm "$folder/build.log"
}

# Most of the source is drivers for what no guest has; Kconfig needs to see
# their Kconfig files, nobody their code.
debug_kernel_unpack()
{
	tar -xf "$(debug_kernel_tarball)" -C "$1" --strip-components=1 \
		--exclude='*/Documentation/*.rst' --exclude='*/Documentation/*.yaml' \
		--exclude='*/Documentation/*.txt' --exclude='*/tools/testing' \
		--exclude='*/arch/arm*/*.[chS]' --exclude='*.dts' --exclude='*.dtsi' \
		--exclude='*/arch/mips/*.[chS]' --exclude='*/arch/powerpc/*.[chS]' \
		--exclude='*/sound/*.[ch]' --exclude='*/drivers/gpu/*.[ch]' \
		--exclude='*/drivers/media/*.[ch]' --exclude='*/drivers/net/?*/*.[ch]' \
		--exclude='*/drivers/staging/*.[ch]' --exclude='*/drivers/infiniband/*.[ch]' \
		--exclude='*/drivers/scsi/*.[ch]'
}

debug_kernel_configure()
{
	local tree=$1 wrong
	debug_kernel_fragments >"$tree/fragments"
	make -s -C "$tree" ARCH=x86_64 KCONFIG_ALLCONFIG=fragments allnoconfig
	wrong=$(debug_kernel_refused "$tree")
	[ -z "$wrong" ] || die "Kconfig does not take these lines of tests/vm/debug-kernel:"$'\n'"$wrong"
}

# 6.1's PVH entry cannot be built with KASAN: it runs before there is shadow
# memory. Leave it uninstrumented, and let it not look for Xen, which calls
# functions that are.
debug_kernel_patch()
{
	local pvh=$1/arch/x86/platform/pvh
	echo 'KASAN_SANITIZE := n' >>"$pvh/Makefile"
	sed -i 's/= xen_cpuid_base();/= 0;/' "$pvh/enlighten.c"
}

# Prints the fragments' lines that are not so in the configuration.
debug_kernel_refused()
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

debug_kernel_build()
{
	local tree=$1 log=$2 pid started=$SECONDS
	make -C "$tree" ARCH=x86_64 KBUILD_BUILD_USER=procirq KBUILD_BUILD_HOST=procirq \
		-j"$(nproc)" vmlinux modules >"$log" 2>&1 &
	pid=$!
	while kill -0 $pid 2>/dev/null; do
		sleep 1
		[ $(((SECONDS - started) % 30)) -ne 0 ] ||
			say "$((SECONDS - started)) s: $(grep -c '^  CC' "$log") files compiled"
	done
	wait $pid || {
		tail -n 40 "$log" >&2
		die "the debug kernel does not build"
	}
}

# Keeps what boots and what modules are built with.
debug_kernel_install()
{
	local tree=$1 folder=$2 release
	release=$(cat "$tree/include/config/kernel.release")
	make -s -C "$tree" ARCH=x86_64 INSTALL_MOD_PATH="$folder" modules_install >/dev/null
	rm -f "$folder/lib/modules/$release"/{build,source}
	strip -g -o "$folder/vmlinux" "$tree/vmlinux"
	(cd "$tree" && rm -rf Documentation block certs crypto drivers fs init io_uring ipc kernel lib mm net \
		rust samples security sound usr virt vmlinux*)
	find "$tree" \( -name '*.o' -o -name '*.a' -o -name '.*.cmd' \) -delete
	ln -s linux "$folder/build"
	echo "$release" >"$folder/release"
}
