# SPDX-License-Identifier: GPL-2.0-or-later
# Latency histogram: how often (log) each time (log) was seen. What comes before
# this text sets the terminal, the output, data, n, title[], colour[], key_columns,
# unit and the tics.
set logscale xy
set xlabel unit
set ylabel "samples"
set xrange [x_low:x_high]
set yrange [0.8:*]
set format y "%.0f"
set key outside top center horizontal maxcols key_columns samplen 2
set border 3
set tics nomirror out scale 0.6
set grid xtics ytics lt 1 lw 0.5 lc rgb "#999999" dt (2,4)
plot for [i=1:n] data index i-1 using 1:2 with filledcurves y=0.8 \
		fs transparent solid 0.08 noborder lc rgb colour[i] notitle, \
	for [i=1:n] data index i-1 using 1:2 with lines lw 1.6 \
		lc rgb colour[i] title title[i]
