# bash completion for irqtop					-*- shell-script -*-
# SPDX-License-Identifier: GPL-2.0-or-later

_irqtop()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} words=
	case $prev in
	-t|--tables) words='interrupts softirqs both cpus devices drivers' ;;
	-s|--sort) words=$(irqtop --help-columns 2>/dev/null | cut -d' ' -f1) ;;
	-c|--columns|-o|--output)
		# The last of a list with commas.
		words=$(irqtop --help-columns 2>/dev/null | cut -d' ' -f1 |
			sed "s/^/${cur%"${cur##*,}"}/") ;;
	--group) words='auto cpu cache node range' ;;
	--color) words='auto never 8 256' ;;
	--theme) words='dark light' ;;
	--record|--replay|--diff|--explain|--config|-i|--input)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return ;;
	--root)
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return ;;
	*) words=$(irqtop --help 2>/dev/null | grep -o -e '--[a-z-]*' | sort -u) ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -F _irqtop irqtop
