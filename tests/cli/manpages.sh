#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Man pages say what the code does: every public function and every option has its place.
# install.sh builds their examples. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1

irqlat=${IRQLAT:-build/bin/irqlat}
. tests/tap.sh

missing=
for function in $(grep -o 'procirq_[a-z_]*(' libprocirq/procirq.h | tr -d '(' | sort -u); do
	grep -q "^\.Fn $function " libprocirq/procirq.3 || missing="$missing $function"
done
[ -z "$missing" ]
result $? 'procirq(3) has every public function' "missing:$missing"

missing=
for function in $(grep -o 'ULI_[a-z_]*(' libprocirq/uli.h | tr -d '(' | sort -u); do
	grep -q "^\.Fn $function " libprocirq/uli.3 || missing="$missing $function"
done
[ -z "$missing" ]
result $? 'uli(3) has every public function' "missing:$missing"

missing=
for command in bench report; do
	for option in $("$irqlat" "$command" --help | grep -o '^ .*--[a-z-]*' | grep -o -- '--[a-z-]*$'); do
		[ "$option" != --help ] || continue
		grep -q "Fl -${option#--}\( \|$\)" irqlat/irqlat.1 || missing="$missing $option"
	done
done
[ -z "$missing" ]
result $? 'irqlat(1) has every option' "missing:$missing"

{ "$irqlat" bench --help; "$irqlat" report --help; "$irqlat" help; } >"$scratch/help"
unknown=
for option in $(grep -o 'Fl -[a-z-]*' irqlat/irqlat.1 | sed 's/Fl -/--/' | sort -u); do
	grep -q -- "$option" "$scratch/help" || unknown="$unknown $option"
done
[ -z "$unknown" ]
result $? 'irqlat(1) has no option that is not there' "unknown:$unknown"

missing=
for option in $("$irqlat" diff --help | grep -o '^ .*--[a-z-]*' | grep -o -- '--[a-z-]*$'); do
	grep -q "^\.It.* Fl -${option#--}\( \|$\)" irqlat/irqlat-diff.1 || missing="$missing $option"
done
[ -z "$missing" ]
result $? 'irqlat-diff(1) has every option' "missing:$missing"

missing=
for command in bind unbind list wait attach inject info; do
	for option in $(build/bin/procirq "$command" --help | grep -o -- '--[a-z-]*'); do
		[ "$option" != --help ] || continue
		grep -q "Fl -${option#--} Ns\|Fl -${option#--}$" procirq/procirq.1 || missing="$missing $option"
	done
done
[ -z "$missing" ]
result $? 'procirq(1) has every option' "missing:$missing"

# What the interface promises, the page has: each errno, flag, state, request,
# parameter, tracepoint and tracepoint field.
missing=
for word in $(grep -oE '\b(E[A-Z]{3,}|PROCIRQ_(FLAG|STATE|IOC|EVENTFD|DESC|OP|SPACE)_[A-Z_]+)\b' module/uapi/procirq.h | sort -u) \
	$(sed -n 's/^module_param\(_named\|_cb\|_array_named\|\)(\([a-z_]*\),.*/\2/p' module/[!i]*.c) \
	$(grep -oE '(TRACE_EVENT|DEFINE_EVENT)\((procirq_line, |procirq_file, |)procirq_[a-z]+' module/trace.h | grep -o 'procirq_[a-z]*$') \
	$(sed -n 's/.*__field(u[0-9]*, \([a-z_]*\)).*/\1/p' module/trace.h | sort -u); do
	case $word in
	EPOLLHUP|EPOLLERR|PROCIRQ_FLAGS_ALL|PROCIRQ_IOC_MAGIC) continue ;;
	esac
	grep -qE "^\.(It|Dv|Va|Er|Em|Cm).*\b$word\b" module/procirq.4 || missing="$missing $word"
done
[ -z "$missing" ]
result $? 'procirq(4) has every name of the interface' "missing:$missing"

for page in {irqlat,irqtop,libprocirq,module,procirq}/*.[1-8]; do
	[ -e "$page" ] || continue
	if command -v mandoc >/dev/null; then
		mandoc -T lint -W warning "$page" >"$scratch/err" 2>&1
		result $? "mandoc finds nothing in ${page##*/}" "$(head -3 "$scratch/err")"
	else
		skip "mandoc finds nothing in ${page##*/}" 'mandoc is not installed'
	fi
done

tap_end
