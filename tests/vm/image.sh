# SPDX-License-Identifier: GPL-2.0-or-later
# Guest images: a base and our programs, which are kept, and an overlay, which is made for
# each run. The kernel unpacks the cpio archives one after the other.
# shellcheck shell=bash

# The kernel's own modules in a guest: for the runner's ports, for comparisons with our
# module, and for devices that raise interrupts.
image_modules='virtio_pci virtio_console uio uio_pci_generic vfio vfio_pci
vfio_iommu_type1 e1000e virtio_net virtio_blk nvme gpio_sim'

# Not compressed: unpacking takes time in an emulated machine.
image_pack()
{
	(cd "$1" && find . -mindepth 1 | sort | cpio --quiet -o -H newc --owner=+0:+0)
}

# image_is_of KEY FILE: the image is there, and was made of what KEY stands for.
image_is_of()
{
	[ -e "$2" ] && [ "$1" = "$(cat "$2.key" 2>/dev/null)" ]
}

# image_base KERNEL_FOLDER FILE: makes FILE unless it is up to date. The caller holds the
# kernel's lock.
image_base()
{
	local folder=$1 image=$2 key
	key=$(cat "$folder/release" "$vm_dir/image.sh" "$vm_dir/init.c" | cksum)
	! image_is_of "$key" "$image" || return 0
	need_command busybox
	need_command cpio
	need_command modprobe
	mkdir -p "$(dirname "$image")"
	image_base_make "$folder" "$image" "$key"
}

image_base_make()
{
	local folder=$1 image=$2 key=$3 root=$2.root
	rm -rf "$root"
	mkdir -p "$root"/{bin,dev,etc,files,proc,root,run,sys,tests,tmp,usr/bin,usr/sbin,usr/lib,var/tmp}
	chmod 755 "$root"
	image_programs "$root"
	image_etc "$root"
	image_kernel_modules "$folder" "$root/lib/modules/$(cat "$folder/release")"
	image_pack "$root" >"$image.new"
	# depmod needs the modules again, for the overlay's lists.
	rm -rf "$image.modules"
	mv "$root/lib/modules/$(cat "$folder/release")" "$image.modules"
	rm -rf "$root"
	mv "$image.new" "$image"
	echo "$key" >"$image.key"
}

image_programs()
{
	local root=$1 applet
	arch_compile -static -O2 -Wall -Wextra -Wno-unused-result -o "$root/init" "$vm_dir/init.c" ||
		die "init.c does not build; is its C library installed (packages.txt)?"
	cp "$(arch_busybox)" "$root/bin/busybox"
	for applet in $(busybox --list); do
		[ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"
	done
}

image_etc()
{
	local root=$1 term entry
	echo 'root::0:0:root:/root:/bin/sh' >"$root/etc/passwd"
	echo 'root:x:0:' >"$root/etc/group"
	echo 'PS1="guest# "' >"$root/etc/profile"
	for term in linux vt100 xterm xterm-256color screen screen-256color tmux-256color; do
		for entry in /lib/terminfo /usr/share/terminfo; do
			[ -e "$entry/${term:0:1}/$term" ] || continue
			mkdir -p "$root/lib/terminfo/${term:0:1}"
			cp -L "$entry/${term:0:1}/$term" "$root/lib/terminfo/${term:0:1}/"
			break
		done
	done
}

# Copies the modules and their dependencies, decompressed.
image_kernel_modules()
{
	local folder=$1 to=$2 release module file
	release=$(cat "$folder/release")
	mkdir -p "$to/kernel"
	cp "$folder/lib/modules/$release"/modules.{builtin,order} "$to/"
	for module in $image_modules; do
		modprobe -d "$folder" -S "$release" --show-depends "$module" 2>/dev/null || true
	done | awk '$1 == "insmod" { print $2 }' | sort -u | while IFS= read -r file; do
		case $file in
		*.xz)  xz -dc "$file" >"$to/kernel/$(basename "$file" .xz)" ;;
		*.zst) zstd -q -dc "$file" >"$to/kernel/$(basename "$file" .zst)" ;;
		*)     cp "$file" "$to/kernel/" ;;
		esac
	done
}

# image_ours RELEASE BASE_IMAGE MODULE_FOLDER FILE: makes FILE, with our programs and modules
# and what they need, unless it is up to date. The caller holds the kernel's lock.
image_ours()
{
	local release=$1 base=$2 modules=$3 image=$4 stage=$4.stage library key
	key=$({
		cat "$base.key"
		stat -Lc '%n %s %y' "$arch_programs"/{bin,tests,lib}/* "$modules"/*.ko 2>/dev/null || true
	} | cksum)
	! image_is_of "$key" "$image" || return 0
	rm -rf "$stage"
	mkdir -p "$stage"/{tests,usr/bin,usr/lib}
	image_link_all "$arch_programs/bin" "$stage/usr/bin"
	image_link_all "$arch_programs/tests" "$stage/tests"
	for library in "$arch_programs"/lib/*.so*; do
		[ ! -e "$library" ] || ln -s "$library" "$stage/usr/lib/"
	done
	image_libraries "$stage" "$stage"/usr/bin/* "$stage"/tests/*
	image_our_modules "$release" "$base" "$modules" "$stage"
	image_pack_links "$stage" >"$image.new"
	rm -rf "$stage"
	mv "$image.new" "$image"
	echo "$key" >"$image.key"
}

# image_overlay STAGE COMMAND_FILE FILE...: writes the overlay to stdout. STAGE gets links to
# its files, which cpio follows.
image_overlay()
{
	local stage=$1 command=$2 file
	shift 2
	mkdir -p "$stage/files"
	ln -s "$command" "$stage/command"
	for file; do
		ln -s "$(realpath "$file")" "$stage/files/${file##*/}"
	done
	[ $# = 0 ] || image_libraries "$stage" "$stage"/files/*
	image_pack_links "$stage"
}

image_pack_links()
{
	(cd "$1" && find -L . -mindepth 1 | sort | cpio --quiet -o -H newc --owner=+0:+0 -L)
}

# modprobe needs one list of dependencies, for the base's modules and ours together. What
# debuggers read of ours stays outside: half of what the guest would have to unpack.
image_our_modules()
{
	local release=$1 base=$2 modules=$3 stage=$4 tree=$4.depmod
	local to=$stage/lib/modules/$release from=$tree/lib/modules/$release file
	mkdir -p "$to" "$from"
	mkdir "$to/updates"
	for file in "$modules"/*.ko; do
		"${arch_triple:+$arch_triple-}strip" -g -o "$to/updates/${file##*/}" "$file"
	done
	cp -r "$base.modules/." "$from"
	cp -r "$to/updates" "$from"
	# It warns about a missing file that only modinfo reads.
	depmod -b "$tree" "$release" 2>/dev/null
	cp "$from/modules.dep" "$from/modules.alias" "$to"
	rm -rf "$tree"
}

image_link_all()
{
	local file
	for file in "$1"/*"${3:-}"; do
		case $file in
		*.o|*.d|*.a) ;;	# the build's
		*) [ ! -e "$file" ] || ln -s "$file" "$2/" ;;
		esac
	done
}

# image_libraries STAGE PROGRAM...: adds the shared libraries of the programs; our own are in
# the loader's default folder.
image_libraries()
{
	local stage=$1 library path
	shift
	arch_libraries "$@" |
		while read -r library path; do
			mkdir -p "$stage${path%/*}"
			ln -sf "$library" "$stage$path"
		done
}
