# A compiler and kbuild programs that need a newer C library than this machine has: from
# the kernel's own suite, with that suite's C library.
# shellcheck shell=bash

# toolchain_attach SUITE FOLDER FINAL HEADERS: unpacks the compiler that the headers package
# depends on into FOLDER/toolchain and makes the kernel's build tree use it. FINAL is the
# later name of FOLDER: the programs have the absolute path of their loader.
toolchain_attach()
{
	local suite=$1 folder=$2 final=$3 headers=$4 compiler libraries
	compiler=$(apt_depends "$suite" "$headers" '^gcc-[0-9]*(-for-host)?$')
	compiler=${compiler%-for-host}
	[ -n "$compiler" ] || die "$headers of $suite names no compiler"
	# The libraries of the compiler, of binutils and of objtool.
	mapfile -t libraries < <(
		apt_depends "$suite" "$compiler-x86-64-linux-gnu" '^lib(c6|gmp|isl|mpc|mpfr|zstd|gcc-s|stdc\+\+)'
		apt_depends "$suite" binutils-x86-64-linux-gnu '^lib(binutils|ctf|jansson|sframe)|^zlib1g'
		apt_depends "$suite" "$(apt_depends "$suite" "$headers" '^linux-kbuild-')" '^libelf'
	)
	apt_unpack "$suite" "$folder/toolchain" "$compiler-x86-64-linux-gnu" \
		"${compiler/gcc/cpp}-x86-64-linux-gnu" binutils-x86-64-linux-gnu "${libraries[@]}"
	rm -f "$folder"/toolchain/usr/bin/*lto-dump*
	toolchain_unwrap "$folder"
	toolchain_relocate "$folder" "$final"
	toolchain_select "$folder" "$final" "$compiler"
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
	local folder=$1 final=$2 compiler=$3 prefix=$2/toolchain/usr/bin/x86_64-linux-gnu-
	# gcc looks for these two by their short names, in the folder named by -B.
	mkdir "$folder/toolchain/bin"
	ln -s "../usr/bin/x86_64-linux-gnu-as" "$folder/toolchain/bin/as"
	ln -s "../usr/bin/x86_64-linux-gnu-ld" "$folder/toolchain/bin/ld"
	cat >>"$folder/build/.kernelvariables" <<-END
	override CROSS_COMPILE = $prefix
	CC = ${prefix}$compiler -B$final/toolchain/bin
	END
}
