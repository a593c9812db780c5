# SPDX-License-Identifier: GPL-2.0-or-later
# Debian's packaged kernels: unpacked, and relocated so that modules can be built.
# shellcheck shell=bash

# Incremented when the layout of the unpacked tree changes.
debian_kernel_recipe=2

debian_kernel_folder()
{
	echo "$cache_dir/kernels/$1-r$debian_kernel_recipe"
}

# debian_kernel_suite K: prints the suite and the flavour of the meta-packages.
debian_kernel_suite()
{
	case $1 in
	6.1)    echo bookworm amd64 ;;
	6.1-rt) echo bookworm rt-amd64 ;;
	6.12)   echo bookworm-backports amd64 ;;
	6.12-rt) echo bookworm-backports rt-amd64 ;;
	newest) echo sid amd64 ;;
	arm64-6.1)    echo bookworm:arm64 arm64 ;;
	arm64-6.12)   echo bookworm-backports:arm64 arm64 ;;
	arm64-newest) echo sid:arm64 arm64 ;;
	riscv64-6.12) echo trixie:riscv64 riscv64 ;;
	esac
}

debian_kernel_make()
{
	local k=$1 folder=$2 suite ours flavour image headers release kbuild parts
	read -r suite flavour < <(debian_kernel_suite "$k")
	ours=${suite%:*}	# for programs that run on this machine
	with_lock "$cache_dir/lock/apt-$suite" apt_refresh "$suite"
	with_lock "$cache_dir/lock/apt-$ours" apt_refresh "$ours"
	image=$(apt_depends "$suite" "linux-image-$flavour" '^linux-image-[0-9]')
	headers=$(apt_depends "$suite" "linux-headers-$flavour" '^linux-headers-[0-9]')
	release=${image#linux-image-}
	[ "$headers" = "linux-headers-$release" ] ||
		die "linux-image-$flavour and linux-headers-$flavour of $suite disagree: '$image', '$headers'"
	# From 7.x on the image and its modules are separate packages.
	mapfile -t parts < <(
		apt_depends "$suite" "$headers" '^linux-headers-.*-common'
		apt_depends "$suite" "$image" '^linux-(binary|modules|base)-[0-9]'
	)
	kbuild=$(apt_depends "$suite" "$headers" '^linux-kbuild-')
	apt_unpack "$suite" "$folder" "$image" "$headers" "${parts[@]}"
	apt_unpack "$ours" "$folder" "${kbuild%:*}"

	debian_kernel_relocate "$folder" "$headers"
	if [ "$ours" = sid ] || [ "$ours" = trixie ]; then
		toolchain_attach "$suite" "$folder" "${folder%.new}" "$headers"
	else
		debian_kernel_compiler >>"$folder/build/.kernelvariables"
	fi
	debian_kernel_image "$folder"/{boot/vmlinuz-*,boot/vmlinux-*,lib/modules/*/vmlinuz} >"$folder/vmlinux"
	rm -rf "${folder:?}/boot"
	depmod -b "$folder" "$release"
	echo "$release" >"$folder/release"
}

# debian_tool K PACKAGE: unpacks the package of K's suite and prints its folder.
debian_tool()
{
	local suite folder
	read -r suite _ < <(debian_kernel_suite "$1")
	folder=$cache_dir/tools/$suite/$2
	if [ ! -d "$folder" ]; then
		with_lock "$cache_dir/lock/apt-$suite" apt_refresh "$suite"
		rm -rf "$folder.new"
		apt_unpack "$suite" "$folder.new" "$2"
		mv "$folder.new" "$folder"
	fi
	echo "$folder"
}

# The packages' makefiles have absolute paths; newer packages have the modules and the
# image in /usr/lib.
debian_kernel_relocate()
{
	local folder=$1 headers=$2 makefile=$1/usr/src/$2/Makefile
	sed -i 's|/usr/src/|$(procirq_src)/|' "$makefile"
	sed -i '1i procirq_src := $(abspath $(dir $(realpath $(lastword $(MAKEFILE_LIST))))..)' "$makefile"
	ln -s "usr/src/$headers" "$folder/build"
	mkdir -p "$folder/lib"
	[ ! -d "$folder/usr/lib/modules" ] || mv "$folder/usr/lib/modules" "$folder/lib/"
}

# Prints make's variables for the compiler: gcc 12 as for the kernel itself, or else the
# machine's gcc, which the headers accept, too.
debian_kernel_compiler()
{
	local version prefix=${arch_triple:+$arch_triple-}
	for version in 12 ''; do
		if command -v "${prefix}gcc${version:+-$version}" >/dev/null; then
			[ -z "$prefix" ] || echo "override CROSS_COMPILE = $prefix"
			echo "CC = ${prefix}gcc${version:+-$version}"
			return
		fi
	done
	die "no gcc to build kernel modules with; install it (packages.txt)"
}

# debian_kernel_image IMAGE...: writes to stdout what QEMU boots of the first of them that
# exists. That is the image itself on arm64 (Documentation/arch/arm64/booting.rst) and riscv64
# (Documentation/arch/riscv/boot-image-header.rst), where it is not packed.
debian_kernel_image()
{
	local image
	for image; do
		[ ! -e "$image" ] || break
	done
	case $(od -An -tx4 -j $((0x38)) -N 4 "$image" | tr -d ' ') in
	644d5241|05435352) cat "$image" ;;
	*)                 debian_kernel_decompress "$image" ;;
	esac
}

# debian_kernel_decompress BZIMAGE: writes the ELF image inside to stdout. QEMU boots it
# through its PVH entry: decompressing took 5 s of the 9 s that a guest needs to boot.
# Offsets: the kernel's Documentation/arch/x86/boot.rst.
debian_kernel_decompress()
{
	local image=$1 setup offset length
	setup=$(od -An -tu1 -j $((0x1f1)) -N 1 "$image")
	offset=$(od -An -tu4 -j $((0x248)) -N 4 "$image")
	length=$(od -An -tu4 -j $((0x24c)) -N 4 "$image")
	offset=$((offset + (setup + 1) * 512))
	# The last 4 bytes are the unpacked length.
	dd if="$image" bs=1M iflag=skip_bytes,count_bytes status=none skip=$offset \
		count=$((length - 4)) | debian_kernel_decompressor "$image" $offset
}

debian_kernel_decompressor()
{
	case $(od -An -tx1 -j "$2" -N 4 "$1" | tr -d ' ') in
	fd377a58) xz -dc ;;
	28b52ffd) zstd -qdc ;;
	1f8b*)    gzip -dc ;;
	*)        die "${1##*/}: packed in an unknown way" ;;
	esac
}
