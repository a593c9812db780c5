#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The examples for platform devices, built as a user cross-builds them from an installed
# library, in a guest of arm64 with its real-time clock pl031. TAP.
#
#   tests/vm/examples-platform.sh --kernel K      default arm64-6.1
set -u
cd "$(dirname "$0")/../.." || exit 1

. tests/vm/lib.sh
. tests/tap.sh

[ $# -gt 0 ] || set -- --kernel arm64-6.1
kernel=$2
arch_use "$kernel"

# The program for UIO, changed as the page says: what it takes out has to be there.
port()
{
	python3 - examples/rtc-uio.c docs/from-uio_pdrv_genirq.md <<'PYTHON'
import re, sys
program, page = (open(path).read() for path in sys.argv[1:])
diff = re.search(r"^```diff\n(.*?)^```", page, re.M | re.S).group(1)
old, new = ("".join(row[1:] + "\n" for row in diff.splitlines() if row[0] == sign) for sign in "-+")
assert program.count(old) == 1, "not in the program: " + old
print(program.replace(old, new), end="")
PYTHON
}

make --no-print-directory ARCH=arm64 install DESTDIR="$scratch/root" PREFIX=/usr >"$scratch/install" 2>&1
result $? 'the library is installed' "$(tail -3 "$scratch/install")"
port >"$scratch/rtc.c" 2>"$scratch/err"
result $? 'what the page changes is in rtc-uio.c' "$(tail -1 "$scratch/err")"
"${CC:-cc}" -Wall -Wextra -Werror -c examples/rtc-uio.c -o "$scratch/rtc-uio.o" 2>"$scratch/err"
result $? 'rtc-uio.c builds' "$(head -3 "$scratch/err")"
arch_compile -Wall -Wextra -Werror "$scratch/rtc.c" -o "$scratch/rtc" 2>"$scratch/err"
result $? 'and so does what it becomes' "$(head -3 "$scratch/err")"
arch_compile -Wall -Wextra -Werror -I"$scratch/root/usr/include" examples/pl031.c -o "$scratch/pl031" \
	-L"$scratch/root/usr/lib" -lprocirq 2>"$scratch/err"
result $? 'pl031.c builds' "$(head -3 "$scratch/err")"
[ "$(wc -l <examples/pl031.c)" -lt 150 ]
result $? 'pl031.c has less than 150 lines'
dtc -@ -I dts -O dtb -o "$scratch/zynq.dtbo" examples/zynq.dtso 2>"$scratch/err"
result $? 'the overlay of a device tree compiles' "$(head -3 "$scratch/err")"

# What the guest runs.
cat >"$scratch/guest.sh" <<'GUEST'
. /files/tap.sh
modprobe procirq
echo 9010000.pl031 >/sys/bus/amba/drivers/rtc-pl031/unbind
modprobe platdev
echo 'plat.rtc mem=0x9010000,0x1000 node=/pl031@9010000 name=alarm' >/sys/module/platdev/parameters/add
says 'pl031.c' 0 '^alarm 3 at [0-9]* s$' /files/pl031 platform:plat.rtc 3
refused 'pl031.c without its device' 'pl031: .*no such device' /files/pl031 platform:none 1
procirq bind plat.rtc >/dev/null
says 'the program that was one for UIO' 0 '^3$' sh -c '/files/rtc | grep -c "^alarm at"'
procirq unbind plat.rtc
rmmod platdev && rmmod procirq
result $? 'the modules go'
tap_end
GUEST
tests/vm/run --kernel "$kernel" --file "$scratch/pl031" --file "$scratch/rtc" --file tests/tap.sh \
	--file "$scratch/guest.sh" -- 'sh /files/guest.sh' >"$scratch/out" 2>"$scratch/err"
status=$?
result $status 'the guest is well' "status $status: $(tail -5 "$scratch/err")"
relay '' <"$scratch/out"
tap_end
