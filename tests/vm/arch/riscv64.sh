# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034  # lib.sh documents these
# Guests of 64-bit RISC-V.

. "$vm_dir/arch/cross.sh"

arch_debian=riscv64
arch_triple=riscv64-linux-gnu
arch_loader=ld-linux-riscv64-lp64d.so.1
arch_qemu=qemu-system-riscv64
# No MSI: the machine's interrupt controller is a PLIC.
arch_machine=(-M virt)
arch_programs=$build_dir/riscv64

# The machine has one serial port, which is enumerated first.
arch_console=ttyS0
arch_result=ttyS1
arch_result_port=(-device "pci-serial,chardev=result,addr=0x3")

arch_words=

arch_cpu()
{
	echo "${1:-rv64}"
}

# Debian 12's linker cannot link 13's C library statically; the kernel's can.
arch_compiler_option()
{
	echo "-B$("$vm_dir/kernel" dir riscv64-6.12)/toolchain/bin"
}
