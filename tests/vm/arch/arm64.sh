# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034  # lib.sh documents these
# Guests of 64-bit ARM.

. "$vm_dir/arch/cross.sh"

arch_debian=arm64
arch_triple=aarch64-linux-gnu
arch_loader=ld-linux-aarch64.so.1
arch_qemu=qemu-system-aarch64
# GICv3 has an ITS, without which PCI devices have no MSI.
arch_machine=(-M "virt,gic-version=3")
arch_programs=$build_dir/arm64

# The machine has one serial port.
arch_console=ttyAMA0
arch_result=ttyS0
arch_result_port=(-device "pci-serial,chardev=result,addr=0x3")

arch_words=

# The counter is every CPU's clock: at 1 GHz, --icount makes it count instructions. The
# signatures of pointers that "max" has take half of its time, if they are the architecture's.
arch_cpu()
{
	case ${1:-cortex-a57} in
	max) echo "max,cntfrq=1000000000,pauth-impdef=on" ;;
	*)   echo "${1:-cortex-a57},cntfrq=1000000000" ;;
	esac
}
