# bash completion for procirq					-*- shell-script -*-
# SPDX-License-Identifier: GPL-2.0-or-later

# The devices that are bound, by their links in the drivers' folders.
_procirq_bound()
{
	local link
	for link in /sys/bus/pci/drivers/procirq-pci/[0-9a-f]*; do
		[ ! -L "$link" ] || echo "${link##*/}"
	done
	for link in /sys/bus/platform/drivers/procirq-platform/*; do
		[ ! -d "$link/procirq" ] || echo "platform:${link##*/}"
	done
}

_procirq()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} words=
	local command=${COMP_WORDS[1]}
	if [ "$COMP_CWORD" = 1 ]; then
		words=$(procirq help 2>/dev/null | sed -n 's/^  \([a-z-]*\) .*/\1/p')
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
		return
	fi
	case $command:$prev in
	bind:-k|bind:--kind) words='auto msix msi intx' ;;
	wait:-d|wait:--device|attach:attach)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return ;;
	*)
		case $cur in
		-*) words=$(procirq "$command" --help 2>/dev/null | grep -o -e '--[a-z-]*' | sort -u) ;;
		*)
			case $command in
			bind|attach) words=$(cd /sys/bus/pci/devices 2>/dev/null && echo *
				cd /sys/bus/platform/devices 2>/dev/null && printf 'platform:%s\n' *) ;;
			unbind) words=$(_procirq_bound) ;;
			wait|inject|info) words=$(cd /proc/irq 2>/dev/null && echo [0-9]*; _procirq_bound) ;;
			esac ;;
		esac ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
	# Addresses have colons, at which bash splits words.
	! declare -F __ltrim_colon_completions >/dev/null || __ltrim_colon_completions "$cur"
}
complete -F _procirq procirq
