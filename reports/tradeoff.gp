# SPDX-License-Identifier: GPL-2.0-or-later
# Latency (log) against the CPU time that the waits used: a circle at the median of each
# way, and a line from the minimum to p99. The further down and left, the better. Circles
# and not points: the page does not have the symbols that gnuplot defines for those.
set logscale y
set xlabel "share of a CPU used while waiting, %"
set ylabel unit
set xrange [-4:104]
set yrange [y_low:y_high]
set xtics 0,25,100
set key outside top center horizontal maxcols key_columns samplen 1
set border 3
set tics nomirror out scale 0.6
set grid xtics ytics lt 1 lw 0.5 lc rgb "#999999" dt (2,4)
if (n <= 8) {
	plot for [i=1:n] data index i-1 using 1:2:3:4 with yerrorbars pt 0 lw 1.4 \
			lc rgb colour[i] notitle, \
		for [i=1:n] data index i-1 using 1:2:(1) with circles \
			fs solid noborder lc rgb colour[i] title title[i]
} else {
	plot for [i=1:n] data index i-1 using 1:2:3:4 with yerrorbars pt 0 lw 1.4 \
			lc rgb colour[i] notitle, \
		for [i=1:8] data index i-1 using 1:2:(1) with circles \
			fs solid noborder lc rgb colour[i] title title[i], \
		for [i=9:n] data index i-1 using 1:2:(1) with circles \
			fs empty border lw 1.6 lc rgb colour[i] title title[i]
}
