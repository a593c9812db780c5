# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034  # lib.sh documents these
# Guests of x86-64, on a machine of x86-64.

arch_debian=amd64
arch_qemu=qemu-system-x86_64
arch_machine=(-M q35)
arch_programs=$build_dir

arch_console=ttyS0
arch_result=ttyS1
arch_result_port=(-serial chardev:result)

# tsc=reliable: the TSCs of emulated CPUs are synchronous, but the kernel cannot know;
# without it each clock read is an HPET access (1-2 us). no_timer_check: on a busy machine
# the boot-time check counts too few timer interrupts and panics. For autopsy: an NMI makes
# the kernel panic and print a backtrace of every CPU.
arch_words='tsc=reliable no_timer_check unknown_nmi_panic panic_print=0x40'

arch_cpu()
{
	echo "${1:-max}"
}

arch_compile()
{
	gcc "$@"
}

arch_prepare()
{
	:
}

arch_busybox()
{
	local busybox
	busybox=$(command -v busybox)
	! ldd "$busybox" >/dev/null 2>&1 ||
		die "busybox is not static; install busybox-static (packages.txt)"
	echo "$busybox"
}

arch_libraries()
{
	local library
	# ldd fails for scripts and static programs, which have no libraries.
	{ LD_LIBRARY_PATH=$arch_programs/lib ldd "$@" 2>/dev/null || true; } |
		sed -n 's|^[^/]*\(/[^ ]*\.so[^ ]*\) (0x.*|\1|p' | sort -u | while IFS= read -r library; do
		case $library in
		"$arch_programs"/lib/*) ;;
		*) echo "$library $library" ;;
		esac
	done
}
