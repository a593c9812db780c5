#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What make install puts where, what make uninstall leaves, and that programs are built with
# pkg-config from a private PREFIX: examples/, and what the library's manual pages show. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

# Under make test, make's own variables are in the environment.
run_make()
{
	env -u MAKEFLAGS -u MFLAGS -u MAKEOVERRIDES -u ARCH -u CROSS_COMPILE -u DESTDIR -u PREFIX \
		make --no-print-directory "$@"
}

prefix=$scratch/prefix
version=$(sed -n 's/^VERSION := //p' Makefile)
run_make install PREFIX="$prefix" >"$scratch/out" 2>"$scratch/why"
result $? 'installed in a folder of its own'
grep -q '^Run ldconfig' "$scratch/out" && grep -q "make -C $prefix/src/procirq-$version .*modules_install" "$scratch/out"
result $? 'what is left to do is said' "$(tail -n 4 "$scratch/out")"

missing=
for file in bin/irqlat bin/irqtop bin/procirq lib/libprocirq.so.0 lib/libprocirq.so lib/libprocirq.a \
	lib/pkgconfig/procirq.pc include/procirq/uapi/irqgen.h share/man/man3/uli.3 \
	share/bash-completion/completions/irqlat share/zsh/site-functions/_irqlat \
	share/doc/procirq/LICENSE share/doc/procirq/examples/edu.c share/doc/procirq/examples/zynq.dtso \
	"src/procirq-$version/dkms.conf" "src/procirq-$version/uapi/procirq.h"; do
	[ -s "$prefix/$file" ] || missing="$missing $file"
done
is 'everything has its place' "$missing" ''
missing=
for tool in irqlat irqtop procirq; do
	[ -x "$prefix/bin/$tool" ] && LD_LIBRARY_PATH=$prefix/lib "$prefix/bin/$tool" --version >/dev/null || missing="$missing $tool"
done
is 'the tools run' "$missing" ''
find "$prefix/src" -name '*.mod*' >"$scratch/why"
[ ! -s "$scratch/why" ]
result $? 'the source of the module has nothing that was built'

export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
is "pkg-config has the library's folder" "$(pkg-config --variable=libdir procirq)" "$prefix/lib"
read -ra flags < <(pkg-config --cflags --libs procirq)

# built NAME SOURCE: with all warnings, and nothing but what pkg-config says.
built()
{
	"${CC:-cc}" -Wall -Wextra -Werror "$2" -o "$scratch/program" "${flags[@]}" -lpthread 2>"$scratch/why"
	result $? "$1"
}

for source in examples/*.c; do
	built "$source is built" "$source"
done

# The form in which all pages and examples have them, each header on its own.
for header in procirq/procirq.h procirq/uli.h procirq/uapi/procirq.h procirq/uapi/irqgen.h; do
	printf '#include <%s>\nint main(void)\n{\n\treturn 0;\n}\n' "$header" >"$scratch/header.c"
	built "<$header> is enough by itself" "$scratch/header.c"
done
grep -hoE '^(\.In|#include <)[ ]*[a-z/]*(procirq|uli|irqgen)\.h' examples/*.c docs/*.md {libprocirq,module}/*.[1-8] |
	sed 's/.*[ <]//' | grep -v '^procirq/' >"$scratch/why"
[ ! -s "$scratch/why" ]
result $? 'no page and no example includes a header in another form'

# What a page shows between .Bd and .Ed, a file each.
for page in {libprocirq,module}/*.[1-8]; do
	awk -v to="$scratch/${page##*/}" '
		/^\.Ed/ { file = "" }
		file { gsub(/\\e/, "\\"); print >file }
		/^\.Bd -literal/ { file = to "." ++n ".block"; printf "" >file }' "$page"
done

# structs BLOCK: a program that compares the structs of a page with those of the headers.
structs()
{
	local tag='' member
	printf '#include <stddef.h>\n#include <procirq/procirq.h>\n'
	sed -E 's/struct (procirq_[a-z_]*)/struct page_\1/' "$1"
	echo 'int main(void)
{
	return 0;
}'
	while read -r member; do
		case $member in
		struct*) tag=${member#struct }
			echo "_Static_assert(sizeof(struct page_$tag) == sizeof(struct $tag), \"$tag\");" ;;
		*)	echo "_Static_assert(offsetof(struct page_$tag, $member) == offsetof(struct $tag, $member), \"$member\");" ;;
		esac
	done < <(sed -nE 's/^(struct procirq_[a-z_]*) \{.*/\1/p; s/^\t[^/;]* ([a-z_]+)(\[[0-9]+\])?;.*/\1/p' "$1")
}

# statements BLOCK: a program with a function that has them, beside what they name.
statements()
{
	printf '#include <errno.h>\n#include <stdio.h>\n#include <procirq/procirq.h>\n'
	echo 'void part(struct procirq *line)
{
	char why[PROCIRQ_EXPLAIN_BYTES];'
	cat "$1"
	echo '}
int main(void)
{
	return 0;
}'
}

cat >"$scratch/descriptor.c" <<'C'
#include <stdio.h>
#include <string.h>
#include <procirq/procirq.h>

int main(int argc, char **argv)
{
	struct procirq_descriptor descriptor;
	char why[PROCIRQ_EXPLAIN_BYTES];

	if (argc == 3 && !procirq_descriptor_load(&descriptor, argv[1], argv[2], why, sizeof(why)))
		return 0;
	fprintf(stderr, "%s\n", why);
	return 1;
}
C
built 'a program for descriptors is built' "$scratch/descriptor.c"
mv "$scratch/program" "$scratch/descriptor"

n=0
for block in "$scratch"/*.block; do
	name=${block##*/} && name=${name%.block}
	name="${name%.*}: block ${name##*.}"
	n=$((n + 1))
	case $(head -n 1 "$block") in
	'#include'*)
		cp "$block" "$scratch/block.c"
		built "$name, a program, is built" "$scratch/block.c"
		mv "$scratch/program" "$scratch/${block##*/}.program" ;;
	'struct '*'{')
		structs "$block" >"$scratch/block.c"
		built "$name has the structs of the headers" "$scratch/block.c" ;;
	'struct '*';')
		statements "$block" >"$scratch/block.c"
		built "$name, a part of a program, is built" "$scratch/block.c" ;;
	'device '*)
		sed 1d "$block" >"$scratch/block.irqdev"
		device=$(awk 'NR == 1 { print $2 }' "$block")
		case $device in
		platform:*) ;;
		*) device=0000:00:04.0 ;;
		esac
		LD_LIBRARY_PATH=$prefix/lib "$scratch/descriptor" "$scratch/block.irqdev" "$device" 2>"$scratch/why"
		result $? "$name, a descriptor, is read" ;;
	SUBSYSTEM*)
		# In the example as a whole, but for how rows are broken.
		tr -d '\\\n\t ' <"$block" >"$scratch/rule"
		grep -v '^#' examples/60-procirq-edu.rules | tr -d '\\\n\t ' | grep -qF "$(cat "$scratch/rule")"
		result $? "$name, a rule of udev, is in the example" "$(cat "$scratch/rule")" ;;
	'cd '*)
		sh -n "$block" 2>"$scratch/why"
		result $? "$name, commands, can be read" ;;
	*)
		result 1 "$name is of a kind that this test knows" "$(cat "$block")" ;;
	esac
done
[ $n -ge 9 ]
result $? 'all blocks of the pages were there' "$n blocks"

LD_LIBRARY_PATH=$prefix/lib "$scratch/procirq.3.3.block.program" 4000000000 2>"$scratch/err"
[ $? = 1 ] && grep -q 'no interrupt line 4000000000' "$scratch/err"
result $? 'the program of procirq(3) explains an error' "$(cat "$scratch/err")"

run_make uninstall PREFIX="$prefix" >/dev/null 2>"$scratch/why"
result $? 'uninstalled'
find "$prefix" ! -type d >"$scratch/why"
find "$prefix" -name '*procirq*' >>"$scratch/why"
[ ! -s "$scratch/why" ]
result $? 'and nothing of it is left'

# Folders of one's own, in a tree for a package.
unset PKG_CONFIG_PATH
run_make install DESTDIR="$scratch/root" PREFIX=/usr LIBDIR=/usr/lib/multi >"$scratch/out" 2>"$scratch/why"
result $? 'installed in a tree for a package'
! grep -q ldconfig "$scratch/out"
result $? 'which nobody is to run ldconfig for' "$(grep ldconfig "$scratch/out")"
is "libdir is another folder" \
	"$(PKG_CONFIG_LIBDIR=$scratch/root/usr/lib/multi/pkgconfig pkg-config --variable=libdir procirq)" /usr/lib/multi
[ -e "$scratch/root/usr/lib/multi/libprocirq.so.0" ] && [ -e "$scratch/root/usr/src/procirq-$version/dkms.conf" ]
result $? 'with the library, and the source where DKMS looks' "$(find "$scratch/root" -type d)"
zsh=site-functions
[ ! -e /usr/share/zsh/vendor-completions ] || zsh=vendor-completions
[ -e "$scratch/root/usr/share/zsh/$zsh/_irqlat" ]
result $? "and completions where this system's zsh looks" "$(find "$scratch/root" -name _irqlat)"
run_make uninstall DESTDIR="$scratch/root" PREFIX=/usr LIBDIR=/usr/lib/multi >/dev/null 2>"$scratch/why"
find "$scratch/root" ! -type d >>"$scratch/why"
[ ! -s "$scratch/why" ]
result $? 'nothing is left of that, either'
is 'the names of other projects are known' \
	"$(run_make -n install prefix=/opt/x libdir=/opt/x/lib64 DESTDIR=/d | grep -c '^install -d /d/opt/x/\(bin\|lib64\)$')" 3

# A kernel's build folder, which installs modules and leaves depmod out.
mkdir "$scratch/kernel" "$scratch/bin"
cat >"$scratch/kernel/Makefile" <<'MAKEFILE'
modules_install:
	@echo "installed in $(INSTALL_MOD_PATH)/lib"
MAKEFILE
printf '#!/bin/sh\necho depmod "$@"\n' >"$scratch/bin/depmod"
printf '#!/bin/sh\necho 6.1.0-x SMP preempt\n' >"$scratch/bin/modinfo"
chmod +x "$scratch/bin/depmod" "$scratch/bin/modinfo"
install_modules()
{
	PATH=$scratch/bin:$PATH run_make -s -C module modules_install KERNELDIR="$scratch/kernel" "$@" 2>&1 | tr '\n' ';'
}
is 'depmod is run after the modules are installed' "$(install_modules)" 'installed in /lib;depmod 6.1.0-x;'
is 'against their tree' "$(install_modules INSTALL_MOD_PATH=/tree)" 'installed in /tree/lib;depmod -b /tree 6.1.0-x;'
is 'by its other name, too' "$(install_modules DESTDIR=/tree)" 'installed in /tree/lib;depmod -b /tree 6.1.0-x;'
tap_end
