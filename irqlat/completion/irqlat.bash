# bash completion for irqlat					-*- shell-script -*-
# SPDX-License-Identifier: GPL-2.0-or-later

_irqlat_stages()
{
	irqlat trace --stage '?' -d 0.1 2>&1 | sed -n 's/.* is none of: //p' | tr -d ','
}

_irqlat()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} words=
	local command=${COMP_WORDS[1]} before=${COMP_WORDS[COMP_CWORD - 3]:-}
	if [ "$COMP_CWORD" = 1 ]; then
		words=$(irqlat help 2>/dev/null | sed -n 's/^  \([a-z-]*\) .*/\1/p')
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
		return
	fi
	case $command:$prev in
	trace:--stage)
		# The last of a list with commas.
		words=$(_irqlat_stages | tr ' ' '\n' | sed "s/^/${cur%"${cur##*,}"}/") ;;
	trace:--end|explain:--end) words='user task all' ;;
	trace:-[Ta]|trace:--threshold|trace:--auto)
		[[ $cur = *:* ]] && words=$(_irqlat_stages | tr ' ' '\n' | sed "s/.*/${cur%:*}:&=/") ;;
	trace::)
		# bash splits words at a colon: -T eth0 : queue
		case $before in
		-[Ta]|--threshold|--auto) words=$(_irqlat_stages | tr ' ' '\n' | sed 's/$/=/') ;;
		esac ;;
	bench:-s|bench:--source) words='irqgen edu pl031 gic gpio-sim timer' ;;
	bench:--entry) words='stamp trace' ;;
	check:--root|report:-o|report:--output)
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return ;;
	*)
		case $cur in
		-*) words=$(irqlat "$command" --help 2>/dev/null | grep -o -e '--[a-z-]*' | sort -u) ;;
		*)
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			return ;;
		esac ;;
	esac
	[[ $words != *= ]] || compopt -o nospace 2>/dev/null
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -F _irqlat irqlat
