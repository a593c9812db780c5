# SPDX-License-Identifier: GPL-2.0-or-later
# Percentile curve: the time (log) that a share of the samples does not exceed;
# x is 1 / (1 - share), log, so that each nine takes the same room. Dashed where
# fewer than ten samples lie beyond.
set logscale xy
set xlabel "percentile, %"
set ylabel unit
set xrange [1:x_high]
set yrange [y_low:y_high]
set key outside top center horizontal maxcols key_columns samplen 2
set border 3
set tics nomirror out scale 0.6
set grid xtics ytics lt 1 lw 0.5 lc rgb "#999999" dt (2,4)
plot for [i=1:n] data index 2*i-2 using 1:2 with lines lw 1.8 \
		lc rgb colour[i] title title[i], \
	for [i=1:n] data index 2*i-1 using 1:2 with lines lw 1.2 \
		dt (2,3) lc rgb colour[i] notitle
