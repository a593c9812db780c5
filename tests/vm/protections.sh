#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Whether the tests notice when what they are about is gone: takes one protection at a time
# out of a copy of the sources, and runs the test of it, which has to fail. TAP.
#
#   tests/vm/protections.sh [-n] [WORD]...   default: all; else those of the areas (files of
#                                            tests/vm/protections) WORD..., and those whose
#                                            name has a WORD
#
# -n only checks that each substitution finds its place, and that tests/README.md has the
# test; it starts no guest. tests/lint does that.
#
# The files of tests/vm/protections are the table, with a call for each protection:
#
#   without NAME KERNEL PROGRAM[,SETTING]... TEST[,TEST]... (FILE SUBSTITUTION)...
#
# PROGRAM is one of tests/vm/cases, or a script of tests/vm that boots its own guests; perl
# makes the SUBSTITUTIONs in the module's FILEs, or in the library's, which are part of the
# program.
#
# One guest serves many entries, because booting takes longer than a test: for each it runs
# the test with the module as it is, which has to pass, and with the changed one, which has
# to fail, or to bring the kernel down. If that leaves something behind, so that the next
# test fails as it is, there is a new guest for the rest.
set -u

cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/vm/complaints.sh

# Entries in one guest, and seconds without a word from it after which it hangs.
batch=16
patience=300

guests=1
[ "${1-}" != -n ] || { guests=0; shift; }
words=("$@")
tree=$scratch/tree
area=

# The entries that are to run in a guest, by number.
names=() kernel_of=() program_of=() tests_of=()

wanted()
{
	local word
	[ ${#words[@]} -gt 0 ] || return 0
	for word in "${words[@]}"; do
		[ "$word" != "$area" ] || return 0
		[ ! -e "tests/vm/protections/$word.sh" ] || continue
		case $1 in *"$word"*) return 0 ;; esac
	done
	return 1
}

# --- what is changed ----------------------------------------------------------------

# Puts the files back as they are.
restore()
{
	cp --parents "$@" "$tree"
}

# The command that kbuild ran for a file, which it has noted.
kbuild_command()
{
	sed -n '1s/^[a-z]*cmd_[^ ]* := //p' "$1/.$2.cmd"
}

# kbuild_run FARM TARGET: runs that command; it may be several, of which each has to succeed.
kbuild_run()
{
	bash -ec "$(kbuild_command "$1" "$2")"
}

# What procirq.o needs of the kernel.
module_needs()
{
	nm -u "$1/procirq.o" | sort
}

# module_compile BUILD FARM FILE...: makes procirq.ko with kbuild's commands, but without all
# that kbuild looks at, which takes most of the time. Fails if that is not enough: a header
# has changed, or the module needs more of the kernel.
module_compile()
{
	local farm=$2 file
	[ -e "$farm/needs" ] && [[ " ${*:3} " != *".h "* ]] && cd "$1" || return
	for file in "${@:3}"; do
		kbuild_run "$farm" "$(basename "$file" .c).o" || return
	done
	kbuild_run "$farm" procirq.o && [ -z "$(module_needs "$farm" | comm -13 "$farm/needs" -)" ] &&
		kbuild_run "$farm" procirq.ko
}

# module_make KERNEL BUILD FARM: makes procirq.ko. No debugging information.
module_make()
{
	local -a arguments=()
	[ ! -e "${2%build}make-arguments" ] || mapfile -t arguments <"${2%build}make-arguments"
	make -s -C "$2" M="$3" "${arguments[@]}" KCFLAGS='-Werror -g0' CONFIG_DEBUG_INFO_BTF_MODULES= \
		CONFIG_PAHOLE_VERSION=0 PAHOLE=none -j2 modules && module_needs "$3" >"$3/needs"
}

# module_build KERNEL FILE: procirq.ko of the copied sources. What is compiled stays in
# build/protections for the next entry, and for the next run.
module_build()
{
	local build file to farm made
	local -a changed=()
	build=$(tests/vm/kernel dir "$1")/build
	farm=$PWD/build/protections/$(cat "${build%build}release")
	made=$farm/made/$(cat "$tree"/module/*.[ch] "$tree"/module/uapi/*.h "$tree/module/Kbuild" | sha1sum | cut -c1-20).ko
	[ ! -e "$made" ] || { cp "$made" "$2"; return; }
	mkdir -p "$farm/uapi" "$farm/made"
	for file in "$tree"/module/*.[ch] "$tree"/module/uapi/*.h "$tree"/module/Kbuild; do
		to=$farm/${file#"$tree/module/"}
		cmp -s "$file" "$to.original" && continue
		cp "$file" "$to.original"
		cp "$file" "$to"
		changed+=("$to")
	done
	sed -i 's/^obj-m .*/obj-m := procirq.o/' "$farm/Kbuild"
	(module_compile "$build" "$farm" "${changed[@]}") >"$scratch/why" 2>&1 ||
		module_make "$1" "$build" "$farm" >"$scratch/why" 2>&1 || return
	: >"$scratch/why"
	cp "$farm/procirq.ko" "$made" && cp "$made" "$2"
}

# program_build KERNEL PROGRAM FILE: the test program with the copied library.
program_build()
{
	local made=build/tests/$2
	local -a arch=()
	[[ $1 != arm64-* ]] || made=build/arm64/tests/$2 arch=(ARCH=arm64)
	make -s -C "$tree" "${arch[@]}" "$made" >"$scratch/why" 2>&1 && cp "$tree/$made" "$3"
}

# Builds what an entry changes, for entry_round(): the module, a program, or both.
build_changed()
{
	local kernel=$1 program=${2%%,*} number=$3 file module='' library=''
	shift 3
	rm -f "$scratch/$number".{ko,program}
	for file; do
		case $file in
		module/*)     module=1 ;;
		libprocirq/*) library=1 ;;
		esac
	done
	[ -z "$module" ] || module_build "$kernel" "$scratch/$number.ko" || return
	[ -z "$library" ] || program_build "$kernel" "$program" "$scratch/$number.program"
}

# check_catalogue TEST[,TEST]...: tests/README.md names them.
check_catalogue()
{
	local test status=0
	for test in ${1//,/ }; do
		grep -q "\`$test\`" tests/README.md || { echo "no $test in tests/README.md" >>"$scratch/why"; status=1; }
	done
	return $status
}

without()
{
	local name=$1 kernel=$2 program=$3 tests=$4 file number=${#names[@]}
	local -a files=()
	shift 4
	wanted "$name" || return 0
	while [ $# -gt 0 ]; do
		file=$1
		case " ${files[*]-} " in
		*" ./$file "*) ;;
		*) files+=("./$file") ;;
		esac
		cp "$tree/$file" "$scratch/before"
		perl -0pi -e "$2" "$tree/$file" || exit
		if cmp -s "$scratch/before" "$tree/$file"; then
			result 1 "without $name" "nothing to take out of $file: $2"
			restore "${files[@]}"
			return
		fi
		shift 2
	done
	if [ $guests = 0 ]; then
		check_catalogue "$tests"
		result $? "without $name: every substitution finds its place, and tests/README.md has its test"
	elif [[ $program == *.sh* ]]; then
		script_entry "$name" "$kernel" "$program" "$tests"
	elif build_changed "$kernel" "$program" "$number" "${files[@]#./}"; then
		names+=("$name") kernel_of+=("$kernel") program_of+=("$program") tests_of+=("$tests")
	else
		result 1 "without $name" "what is left does not compile: $(tail -n 5 "$scratch/why")"
	fi
	restore "${files[@]}"
}

# --- scripts that boot their own guests ------------------------------------------------

# script_entry NAME KERNEL SCRIPT[,ARGUMENT]... TEST: once here, once with the changed copy.
script_entry()
{
	local status=0
	local -a command
	IFS=, read -ra command <<<"$3"
	command[0]=tests/vm/${command[0]}
	if ! "${command[@]}" --kernel "$2" >"$scratch/out" 2>&1 </dev/null; then
		result 1 "without $1: $4" "fails with it already: $(grep '^not ok' "$scratch/out")"
		return
	fi
	tests/vm/kernel modules "$2" "$tree/module" "$tree/build/modules/$2" >"$scratch/out" 2>&1 || status=3
	[ $status != 0 ] || (cd "$tree" && "${command[@]}" --kernel "$2") >"$scratch/out" 2>&1 </dev/null || status=$?
	[ $status = 1 ] && grep -q '^not ok' "$scratch/out"
	result $? "without $1: $4 fails ($2)" "$(tail -n 5 "$scratch/out")"
	grep '^not ok' "$scratch/out" | sed 's/^/#   /'
}

# --- a guest for many -------------------------------------------------------------------

# guest_script ENTRY...: what runs in the guest. Lines that begin with "@" are for
# follow_guest.
guest_script()
{
	local number
	echo "complaints='$complaints'"
	cat <<'END'
module=/lib/modules/$(uname -r)/updates/procirq.ko
cp $module /tmp/procirq.ko
unload() {
	for override in /sys/bus/pci/devices/*/driver_override; do echo >$override; done
	[ ! -e /sys/module/procirq ] || timeout 20 rmmod procirq || return
	[ ! -e /sys/module/irqgen ] || timeout 20 rmmod irqgen
}
# round NUMBER HOW PROGRAM ARGUMENT...: the program with the module that is installed.
round() {
	echo "@round $1 $2"
	shift 2
	dmesg -c >/dev/null
	modprobe irqgen lines=0 && modprobe procirq storm_rate=0 || echo "@failed procirq and irqgen do not load"
	timeout -s KILL 220 "/tests/$@" </dev/null
	[ $? -lt 2 ] || echo "@failed $1 ended early"
	unload || echo "@spoilt the modules do not unload"
	dmesg | grep -E "$complaints" | head -n 1 | sed 's/^/@complaint /'
	echo "@end"
}
# entry NUMBER PROGRAM ARGUMENT...
entry() {
	number=$1
	program=/tests/$2
	shift
	round $number intact "$@"
	cp $program /tmp/program
	[ ! -e /files/$number.ko ] || cp /files/$number.ko $module
	[ ! -e /files/$number.program ] || cp /files/$number.program $program
	round $number changed "$@"
	cp /tmp/procirq.ko $module
	cp /tmp/program $program
}
END
	for number; do
		echo "entry $number ${program_of[$number]//,/ } ${tests_of[$number]//,/ }"
	done
}

# Says what became of an entry, and that it needs no other guest.
entry_result()
{
	result "$2" "without ${names[$1]}: ${tests_of[$1]} fails (${kernel_of[$1]})" "$3"
	[ "$2" != 0 ] || printf '#   %s\n' "$3"
	left=("${left[@]:1}")
}

# Reads what the guest says, until an entry needs another guest, or to the end. Sets
# number, how (of the last round), red (why it failed, or ''), spoilt, ended.
follow_guest()
{
	local text green
	number='' how='' red='' spoilt='' ended=1 fresh=1
	while IFS= read -r -t $patience text; do
		case $text in
		'@round '*)
			read -r _ number how <<<"$text"
			red='' ended='' green='it passes without' ;;
		'not ok '*)    red=${red:-${text#not ok * - }} ;;
		'ok '*'# SKIP'*)
			green="skipped: ${text#ok * - }"
			[ "$how" = changed ] || red=${red:-$green} ;;
		'@failed '*)   red=${red:-${text#@failed }} ;;
		'@complaint '*)
			red=${red:+$red; }${text#@complaint }
			[[ ! $text =~ BUG|corruption|refcount_t ]] || spoilt=1 ;;
		'@spoilt '*)   red=${red:-${text#@spoilt }} spoilt=1 ;;
		@end)
			ended=1
			if [ "$how" = changed ]; then
				[ -n "$red" ]
				entry_result "$number" $? "${red:-$green}"
				fresh=
			elif [ -n "$red" ]; then
				# In a new guest it may pass.
				[ -z "$fresh" ] || entry_result "$number" 1 "fails with it already: $red"
				return 0
			fi
			[ -z "$spoilt" ] || return 0 ;;
		esac
	done
	[ -n "$ended" ] || return 1
}

# The guest died, or hung, in the middle of a round.
guest_died()
{
	local why
	why=$(grep -a '^run: ' "$scratch/err" | tail -n 1)
	if [ "$how" = changed ]; then
		entry_result "$number" 0 "${red:+$red; }the guest died or hung: ${why#run: }"
	elif [ -n "$fresh" ]; then
		entry_result "${left[0]}" 1 "no guest: $why"
	fi
}

# run_guest KERNEL: boots one for the entries in left, and takes those out that have run.
run_guest()
{
	local number how red spoilt ended fresh files=() entry guest
	local -a now=("${left[@]:0:$batch}")
	for entry in "${now[@]}"; do
		[ ! -e "$scratch/$entry.ko" ] || files+=(--file "$scratch/$entry.ko")
		[ ! -e "$scratch/$entry.program" ] || files+=(--file "$scratch/$entry.program")
	done
	rm -f "$scratch/stream"
	mkfifo "$scratch/stream"
	tests/vm/run --kernel "$1" "${files[@]}" --append softlockup_panic=1 --timeout 3600 -- "$(guest_script "${now[@]}")" \
		>"$scratch/stream" 2>"$scratch/err" </dev/null &
	guest=$!
	exec 5<"$scratch/stream"
	if follow_guest <&5; then
		exec 5<&-
		kill $guest 2>/dev/null
		wait $guest 2>/dev/null
	else
		kill $guest 2>/dev/null
		wait $guest 2>/dev/null
		exec 5<&-
		guest_died
	fi
}

run_entries()
{
	local kernel entry
	local -a left
	while read -r kernel; do
		left=()
		for entry in "${!names[@]}"; do
			[ "${kernel_of[$entry]}" != "$kernel" ] || left+=("$entry")
		done
		while [ ${#left[@]} -gt 0 ]; do
			run_guest "$kernel"
		done
	done < <(printf '%s\n' "${kernel_of[@]}" | sort -u)
}

# --- all of it -----------------------------------------------------------------------------

mkdir "$tree"
git ls-files -z | cpio -0pdm --quiet "$tree" || exit
# With what is built: only what changes is built again.
for folder in obj lib tests bin arm64; do
	[ $guests = 1 ] && [ -e "build/$folder" ] || continue
	mkdir -p "$tree/build" && cp -a "build/$folder" "$tree/build" || exit
done
for file in tests/vm/protections/*.sh; do
	area=$(basename "$file" .sh)
	# shellcheck disable=SC1090  # a table
	. "$file"
done
[ ${#names[@]} = 0 ] || run_entries
tap_end
