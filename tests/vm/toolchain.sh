# SPDX-License-Identifier: GPL-2.0-or-later
# A compiler and kbuild programs that need a newer C library than this machine has: from
# the kernel's own suite, with that suite's C library.
# shellcheck shell=bash

# toolchain_attach SUITE FOLDER FINAL HEADERS: unpacks the compiler that the headers package
# depends on into FOLDER/toolchain, in the form that runs on this machine, and makes the
# kernel's build tree use it. FINAL is the later name of FOLDER: the programs have the
# absolute path of their loader.
toolchain_attach()
{
	local suite=$1 folder=$2 final=$3 headers=$4 ours=${1%:*} target kbuild compiler libraries
	target=${arch_triple:-x86_64-linux-gnu}
	compiler=$(apt_depends "$suite" "$headers" '^gcc-[0-9]*(-for-host)?$')
	compiler=${compiler%-for-host}
	[ -n "$compiler" ] || die "$headers of $suite names no compiler"
	kbuild=$(apt_depends "$suite" "$headers" '^linux-kbuild-')
	# The libraries of the compiler, of binutils and of objtool. Names of packages have no "_".
	mapfile -t libraries < <(
		apt_depends "$ours" "$compiler-${target/_/-}" '^lib(c6$|gmp|isl|mpc|mpfr|zstd|gcc-s1$|stdc\+\+6$)'
		apt_depends "$ours" "binutils-${target/_/-}" '^lib(binutils|ctf|jansson|sframe)|^zlib1g'
		apt_depends "$ours" "${kbuild%:*}" '^libelf'
	)
	apt_unpack "$ours" "$folder/toolchain" "$compiler-${target/_/-}" \
		"${compiler/gcc/cpp}-${target/_/-}" "binutils-${target/_/-}" "${libraries[@]}"
	rm -f "$folder"/toolchain/usr/bin/*lto-dump*
	toolchain_unwrap "$folder"
	toolchain_relocate "$folder" "$final"
	toolchain_select "$folder" "$final" "$target" "$compiler"
}

# Debian wraps these two in scripts that choose by target machine; we have one target.
toolchain_unwrap()
{
	local kbuild
	for kbuild in "$1"/usr/lib/linux-kbuild-*; do
		mv "$kbuild/scripts/mod/modpost.real-lsb-64" "$kbuild/scripts/mod/modpost"
		mv "$kbuild/tools/objtool/objtool.real-x86" "$kbuild/tools/objtool/objtool"
		rm -f "$kbuild"/scripts/mod/modpost.real-* "$kbuild"/tools/objtool/objtool.real-*
	done
}

# Makes every program use the unpacked C library. DT_RPATH, not DT_RUNPATH: it is also used
# for the libraries of libraries.
toolchain_relocate()
{
	local folder=$1 library=$2/toolchain/usr/lib/x86_64-linux-gnu file
	need_command patchelf
	find "$folder/toolchain/usr/bin" "$folder/toolchain/usr/libexec" "$folder"/usr/lib/linux-kbuild-* \
		-type f -perm -u+x | while IFS= read -r file; do
		[ "$(od -An -tx1 -N 4 "$file" | tr -d ' ')" = 7f454c46 ] || continue
		case $file in *.so*) continue ;; esac
		patchelf --set-interpreter "$library/ld-linux-x86-64.so.2" \
			--force-rpath --set-rpath "$library" "$file"
	done
}

toolchain_select()
{
	local folder=$1 final=$2 target=$3 compiler=$4 prefix=$2/toolchain/usr/bin/$3-
	# gcc looks for these two by their short names, in the folder named by -B.
	mkdir "$folder/toolchain/bin"
	ln -s "../usr/bin/$target-as" "$folder/toolchain/bin/as"
	ln -s "../usr/bin/$target-ld" "$folder/toolchain/bin/ld"
	cat >>"$folder/build/.kernelvariables" <<-END
	override CROSS_COMPILE = $prefix
	CC = ${prefix}$compiler -B$final/toolchain/bin
	END
}
