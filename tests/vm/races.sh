# SPDX-License-Identifier: GPL-2.0-or-later
# What KCSAN reports. A race belongs to us if one of the two accesses is in a function of
# a module that we build, or in one that it calls to copy or print our data. The others
# are the kernel's own, even where one of our functions is farther down in a backtrace
# (request_irq(), a wake-up): they are counted and named, but they are no failure.
# shellcheck shell=bash

# races_sort LOG MODULES OTHERS: prints LOG without the reports of the kernel's own races,
# which go to the file OTHERS. MODULES: names of modules, with blanks between them.
races_sort()
{
	awk -v modules="$2" -v others="$3" '
	function names_ours(text,    i, n, name) {
		n = split(modules, name, " ")
		for (i = 1; i <= n; i++)
			if (index(text, "[" name[i] "]")) return 1
		return 0
	}
	function flush_report() {
		# No report of KCSAN is not ours to leave out.
		if (ours || report !~ /BUG: KCSAN:/) printf "%s", report
		else printf "%s", report >others
		report = ""; inside = ours = frames = 0
	}
	/\] =+\r?$/ {
		report = report $0 "\n"
		if (inside) flush_report()
		else inside = 1
		next
	}
	inside {
		report = report $0 "\n"
		if (/BUG: KCSAN:/) ours = names_ours($0)
		# The first two functions of each backtrace.
		if (/\] (read|write|read-write|race|assert)[^\/]* by (task|interrupt)/) frames = 2
		else if (frames && /\+0x[0-9a-f]+\/0x/) {
			if (frames == 2) helper = $0 ~ /\]  (_?copy_(to|from)_user|mem[a-z]+|str[a-z]+|seq_[a-z_]+|v?snprintf|kref_[a-z]+|__list_[a-z_]+)\+/
			if (frames == 2 || helper) ours = ours || names_ours($0)
			frames--
		}
		next
	}
	{ print }
	END { if (inside) flush_report() }' "$1"
}

# races_titles FILE: the races of a log, the most frequent first.
races_titles()
{
	sed -n 's/^.*BUG: KCSAN: //p' "$1" | sort | uniq -c | sort -rn
}
