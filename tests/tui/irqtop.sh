#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# irqtop's screen, driven in tmux and compared with tests/tui/golden/. TAP.
# `tests/tui/irqtop.sh --update` writes what it sees; look at it before committing.
set -u
cd "$(dirname "$0")/../.." || exit 1

golden=tests/tui/golden
program=${IRQTOP:-$PWD/build/bin/irqtop}
update=${1:-}
socket=irqtop-$$
. tests/tap.sh
export LC_ALL=C.UTF-8 TZ=UTC TERM=screen-256color XDG_CONFIG_HOME=$scratch/xdg
unset NO_COLOR TMUX

command -v tmux >/dev/null || skip_all 'no tmux'
t()
{
	tmux -L "$socket" -f /dev/null "$@"
}
t new-session -d -s s0 'exec sleep 1000'
t set -g default-terminal screen-256color \; set -g status off

at_exit()
{
	t kill-server 2>/dev/null
}

# start WIDTHxHEIGHT COMMAND: in a fresh terminal
session=0
start()
{
	[ $session = 0 ] || t kill-session -t "s$session"
	session=$((session + 1))
	# With job control, so that Ctrl-Z means something; Enter goes on after it.
	t new-session -d -s "s$session" -x "${1%x*}" -y "${1#*x}" \
		bash -mc "$2; s=\$?; while [ \$s = 148 ]; do read -r; fg; s=\$?; done
			echo exit \$s; exec sleep 600"
}

screen()
{
	t capture-pane -p -t "s$session" "$@" | sed 's/ *$//'
}

# await REGEX: until the screen has it
await()
{
	# shellcheck disable=SC2034 # used by the condition
	awaited=$1
	wait_for 'screen | grep -qE -- "$awaited"' && return
	{ echo "no '$1' in:"; screen; } >"$scratch/why"
	return 1
}

# settle: until irqtop has read what was typed, and sleeps again. tmux writes to the
# terminal before it answers the next command.
settle()
{
	local pane
	pane=$(t display-message -p -t "s$session" '#{pane_pid}')
	wait_for "! pgrep -P $pane -r R,D >/dev/null" || true
}

# One key after the other: what Escape begins is another key.
keys()
{
	local key
	for key; do
		t send-keys -t "s$session" "$key"
		sleep 0.1
		settle
	done
}

# Only a recording's clock stands still.
screen_without_clock()
{
	screen "$@" | sed '1s/every \(.*\)  [0-9:]*$/every \1  CLOCK/'
}

# looks_as FILE [capture-pane's options]
looks_as()
{
	screen_without_clock "${@:2}" >"$scratch/seen"
	diff "$1" "$scratch/seen" >"$scratch/why"
}

# same NAME TEXT [capture-pane's options]: the screen against its golden one, which it
# becomes in time
same()
{
	local name=$1 text=$2
	shift 2
	sleep 0.25
	[ "$update" != --update ] || screen_without_clock "$@" >"$golden/$name"
	wait_for "looks_as $golden/$name $*"
	result $? "$text"
}

for cpus in 2 64 512; do
	nodes=$((cpus / 64))
	tests/fixtures/irqtop/recording "$scratch/$cpus.rec" --cpus $cpus --rows 120 \
		--samples 12 --nodes $nodes
done

# --- golden screens ------------------------------------------------------------

for cpus in 2 64 512; do
	for size in 80x24 200x50 40x10; do
		start $size "cd $scratch; $program --no-config --replay $cpus.rec -d 3600"
		await '1/12' || true
		keys ')'
		await '12/12' || true
		same "list-$cpus-$size" "$cpus CPUs on $size"
	done
done

start 200x50 "cd $scratch; COLUMNS=80 LINES=24 $program --no-config --replay 64.rec -d 3600"
keys ')'; await 12/12
same list-64-200x50 'the size is that of the terminal, not of COLUMNS and LINES'
start 80x24 "cd $scratch; $program --no-config --replay 64.rec -d 3600 --theme light"
keys ')'; await 12/12
same light-64-80x24 'light theme' -e
start 80x24 "cd $scratch; NO_COLOR=1 $program --no-config --replay 64.rec -d 3600"
keys ')'; await 12/12
same nocolor-64-80x24 'NO_COLOR' -e
start 80x24 "cd $scratch; $program --no-config --replay 64.rec -d 3600 --ascii"
keys ')'; await 12/12
same ascii-64-80x24 'ASCII only'
LC_ALL=C grep -q '[^ -~]' "$scratch/seen"
result $((! $?)) 'no byte beyond ASCII'
start 80x24 "cd $scratch; LC_ALL=C $program --no-config --replay 64.rec -d 3600"
keys ')'; await 12/12
screen | LC_ALL=C grep -q '[^ -~]'
result $((! $?)) 'nor in the C locale'

start 80x24 "cd $scratch; $program --no-config --replay 512.rec -d 3600"
keys ')'; await 12/12
keys Down Down Down Enter
same row-512-80x24 'a row opened'
keys Escape I Enter
same row-irq-512-80x24 'an interrupt opened'
keys Escape '?'
same help-80x24 'help'
keys '?' c c
same cpu-512-80x24 'one place per CPU'
keys Right Right
same cpu-right-512-80x24 'scrolled right'
keys x
same cpu-wide-512-80x24 'and over the whole width'
keys x
keys c c
same range-512-80x24 'by range'
keys / 'LOC' Enter
same filter-512-80x24 'a filter'
keys / C-u 'n' 'o' 'n' 'e' 'x' Enter
same filter-none-512-80x24 'a filter that nothing passes'
keys '\' T r
same total-512-80x24 'sorted by total, reversed'
keys R r '('
same first-512-80x24 'the first sample is blank, not zero'
t send-keys -t "s$session" ']'; await ' 2/12 ' &&
	{ t send-keys -t "s$session" '}'; await '12/12'; } &&
	{ t send-keys -t "s$session" '['; await '11/12'; } &&
	{ t send-keys -t "s$session" '{'; await ' 1/12 '; }
result $? 'a recording is stepped through and jumped in'

start 200x50 "cd $scratch; $program --no-config --replay 512.rec -d 3600 --wide"
keys ')'; await 12/12
same wide-512-200x50 '512 CPUs, wide'
start 80x24 "cd $scratch; $program --no-config --replay 512.rec -d 3600 --group node -s irq"
keys ')'; await 12/12
same node-512-80x24 'by node, in a recording'
tests/fixtures/irqtop/generate "$scratch/nodes" --cpus 512 --rows 60 --nodes 8
start 80x24 "$program --no-config --idle --root $scratch/nodes --group node -s irq -d 3600"
await '512 CPUs by node, 0 to 7'
result $? 'CPUs by node'
keys / 'n' 'o' 'd' 'e' ':' '3' Enter
await 'filter: node:3' && await '^ +52 .* mlx5_comp28'
result $? 'a filter for a node'
screen | grep -q ' 24 .*mlx5_comp0@'
result $((! $?)) 'leaves out what never hit it'

# One CPU at 20,000 per second among 1152 that are nearly idle.
tests/fixtures/irqtop/recording "$scratch/1152.rec" --cpus 1152 --rows 60 --samples 3 \
	--nodes 0 --hot 777
start 120x40 "cd $scratch; $program --no-config --replay 1152.rec -d 3600"
keys ')'; await 3/3
same hot-1152-120x40 '1152 CPUs, one of them busy'
await 'busiest 777: 20[0-9]*/s'
result $? 'the busiest is named'
# Its group's bar is the only high one: of 32, the 25th.
strip=$(screen | sed -n '3s/.*\[\(.*\)\].*/\1/p')
[ "$(sed 's/[ ▁▂]//g' <<<"$strip")" = █ ]
result $? "and stands out ($strip)"
mkdir -p "$scratch/soft/proc"
soft()
{
	printf '           CPU0       CPU1\n 24:        100        100   PCI-MSI 1-edge      eth0\n' \
		>"$scratch/soft/proc/interrupts"
	printf '                    CPU0       CPU1\n      NET_RX:  %10d        100\n' "$1" >"$scratch/new"
	mv "$scratch/new" "$scratch/soft/proc/softirqs"
}
soft 100
start 80x24 "cd $scratch; $program --no-config --idle -S --root soft -d 0.2"
await '^ *NET_RX'
# shellcheck disable=SC2034 # used by the condition
rise=0
wait_for 'soft $((rise += 1000)); sleep 0.1
	screen | sed -n 3p | grep -q "^softirqs, CPUs 0-1 of 2 \[█ \]"'
result $? 'the strip of -S is that of softirqs'
start 40x10 "cd $scratch; $program --no-config --replay 2.rec -d 3600"
keys ')'; await 12/12
keys '?'
same help-40x10 'help on 40x10'
keys End
same help-end-40x10 'scrolled to its end'
keys '?' Enter
same row-2-40x10 'a row on 40x10'
keys Escape d C-u
t send-keys -t "s$session" -l "$(printf 'x%.0s' $(seq 50))"
keys Enter
await "^'x{39}$" && await '^x{11}. is not a number of seconds$'
result $? 'a message that does not fit takes more lines'
t resize-window -t "s$session" -x 19 -y 4
await 'too small'
result $? 'a terminal too small says so'
t resize-window -t "s$session" -x 5 -y 6
keys Escape '>' '<' Enter '?' e
t resize-window -t "s$session" -x 40 -y 10
keys Escape Escape
await '^ +.?IRQ '
result $? 'and takes keys without harm'
start 40x10 "cd $scratch; $program --no-config --replay 2.rec -d 3600 -c cpus,history"
await CPUS
keys '>' '<' q
await 'exit 0'
result $? 'pictures alone leave nothing to sort by'

# --- a row for each CPU

for size in 80x24 200x50 40x10; do
	start $size "cd $scratch; $program --no-config --replay 64.rec -d 3600"
	keys ')'; await '12/12'
	keys C
	same "cpus-64-$size" "64 CPUs as rows on $size"
done
start 80x24 "cd $scratch; $program --no-config --replay 64.rec -d 3600 -t cpus"
keys ')'; await '12/12'
keys Down Enter
same cpu-64-80x24 'a CPU opened'
keys q C
await '^ +IRQ ' && ! screen | grep -q MARKS
result $? 'and back to the interrupts'
keys C / 'c' 'p' 'u' ':' '7' - '9' Enter
await '3 of 64 rows' && await '^ +8 '
result $? 'filtered by number'
tests/fixtures/irqtop/cpus "$scratch/four"
start 100x24 "$program --no-config --root $scratch/four/b -t cpus -s cpu -d 3600"
same cpus-4-100x24 'vectors, softnet and marks'

# --- rows collapsed by device and by driver

for size in 80x24 200x50 40x10; do
	start $size "cd $scratch; $program --no-config --replay 64.rec -d 3600"
	keys ')'; await '12/12'
	keys v Escape
	same "devices-64-$size" "64 CPUs, by device, on $size"
done
keys v
await 'collapsed by driver'
result $? 'then by driver'
keys v
await 'each row' && await 'mlx5_c'
result $? 'and expanded again'
start 80x24 "cd $scratch; $program --no-config --replay 64.rec -d 3600 -t devices -s group"
keys ')'; await '12/12'
keys Enter
same device-64-80x24 'a device opened'

# --- a plan of affinities

tests/fixtures/irqtop/cpus "$scratch/plan"
for size in 110x16 80x24 40x10; do
	start $size "$program --no-config --root $scratch/plan/b -t devices -s group -d 3600"
	await '0000:01:00.0'
	keys m Enter
	same "plan-4-$size" "a plan on $size"
done
start 80x24 "$program --no-config --idle --root $scratch/plan/b -t interrupts -s irq -d 3600"
await 'nvme0q2'
keys m
await 'filter the rows to move, open one'
result $? 'one row is not meant by accident'
keys / n v m e Enter m C-u 1 Enter
await '^Plan: nvme to 1' && await '^ +28 .* 0 +1 +moves' && await '^ +29 .* 1 +1 +is there'
result $? 'what the filter shows is moved'
keys a
await 'not the running system: nothing to set'
result $? 'a copied tree is not'
keys q m C-u 7 Enter
await 'none of these CPUs is online'
result $? 'nor to where no CPU is'
keys M
await '^Plan: nvme to 1'
result $? 'and the plan before is still there'
keys u
await 'nothing was moved'
result $? 'there is nothing to undo'

# An interrupt on an isolated CPU, off the node of its device.
start 100x24 "$program --no-config --idle --root $scratch/four/b -d 0.2 -s irq -t interrupts"
await '^ +24! ' && ! screen | grep -q '^ *25!'
result $? 'an interrupt off the node of its device is marked'
keys Down Enter
await '^IRQ 25 '
for rise in $(seq 1 40); do
	sed -i "s/^\( 25:.* \)[0-9]* \( PCI.*\)/\1$((2000 + rise)) \2/" "$scratch/four/b/proc/interrupts"
	# It is there for as long as there is a rate.
	screen >"$scratch/why"
	grep -q '^isolation *on isolated CPU 3; its affinity 0-3 allows it' "$scratch/why" && break
	sleep 0.1
done
grep -q '[; ] echo 0-1' "$scratch/why"
result $? 'an interrupt on an isolated CPU says how it is kept away'
keys q Up Enter
await '^node *its CPUs are on another node'
result $? 'and one off its node says so'

start 100x30 "$program --no-config --root $PWD/tests/fixtures/irqtop/hostile -s irq -t interrupts -c irq,total,name -d 3600"
await '^ *LOC'
same hostile-100x30 'hostile names' -e

# --- behaviour -------------------------------------------------------------------

tree()
{
	mkdir -p "$scratch/tree/proc"
	{
		echo '           CPU0       CPU1       '
		for irq in $(seq 24 "$1"); do
			printf '%3d: %10d          0   IO-APIC   1-edge      dev%d\n' "$irq" "$2" "$irq"
		done
	} >"$scratch/new"
	mv "$scratch/new" "$scratch/tree/proc/interrupts"
}
tree 40 0
start 80x24 "$program --no-config --idle --root $scratch/tree -s irq -d 0.3"
await dev40
tree 27 5
await '^ +27 .*dev27' && await ' 4 rows'
result $? 'rows that went away leave no ghosts'
sleep 0.5
screen | grep -q dev28
result $((! $?)) 'none at all'
tree 40 5
await '28\+.*dev28'
result $? 'rows that come are marked'

# A container's runtime mounts an empty file over it, and takes it away again.
printf '                    CPU0       CPU1\n      NET_RX:      90100        100\n' \
	>"$scratch/tree/proc/softirqs"
await '^ *NET_RX '
cp "$scratch/tree/proc/interrupts" "$scratch/new"
: >"$scratch/tree/proc/interrupts"
await '^/proc/interrupts: empty: masked, as container runtimes do' && await '^ *NET_RX ' &&
	! screen | grep -q dev24
result $? 'interrupts that are masked leave the softirqs, and it is said'
mv "$scratch/new" "$scratch/tree/proc/interrupts"
await dev24 && ! screen | grep -q masked
result $? 'until they are back'
rm "$scratch/tree/proc/softirqs"

mkdir -p "$scratch/tree/proc/procirq" "$scratch/tree/proc/irq/24"
echo 0-1 >"$scratch/tree/proc/irq/24/smp_affinity_list"
printf 'irq=%d pid=%d flags=0 due=5 delivered=5 coalesced=0 pending=0 comm=driver\n' \
	24 77 25 88 >"$scratch/tree/proc/procirq/readers"
keys Home Enter
await 'readers +pid=77 .*comm=driver'
result $? 'an opened row lists the readers of its file'
screen | grep -q pid=88
result $((! $?)) 'and no others'
await 'affinity +0-1'
result $? 'and the affinity'

# mouse BUTTON X Y: as a terminal reports it, places counted from 1; a click is a
# press and a release. Buttons: 0 left, 64 wheel up, 65 wheel down.
mouse()
{
	# Apart, as a hand would: two at once are a double click.
	t send-keys -t "s$session" -l "$(printf '\033[<%d;%d;%dM\033[<%d;%d;%dm' "$@" "$@")"
	sleep 0.15
	settle
}

# The first line of the list that is shown in reverse: the row under the cursor.
selected()
{
	t capture-pane -p -e -t "s$session" | sed 1,4d | grep -m 1 $'\033\[[0-9;]*7m' |
		sed $'s/\033\[[0-9;]*m//g' | awk '{ print $1 }'
}

tree 60 5
start 80x24 "TERM=xterm-256color $program --no-config --idle --root $scratch/tree -s irq -d 3600"
await dev24
mouse 0 3 8
wait_for '[ "$(selected)" = 27 ]'
result $? "a click selects the row ($(selected))"
mouse 65 20 10
mouse 65 20 10
wait_for '[ "$(selected)" = 33 ]'
result $? "the wheel moves down ($(selected))"
for _ in 1 2 3 4 5; do mouse 65 20 10; done
wait_for '[ "$(selected)" = 48 ]' && ! screen | grep -q dev24
result $? "and scrolls ($(selected))"
for _ in $(seq 9); do mouse 64 20 10; done
wait_for '[ "$(selected)" = 24 ]'
result $? "and up to the first row again ($(selected))"
mouse 0 "$(screen | sed -n 4p | awk '{ print index($0, "NAME") }')" 4
await 'sorted by NAME' && screen | sed -n 4p | grep -q 'NAME^'
result $? 'a click on a title sorts by its column'
mouse 0 "$(screen | sed -n 4p | awk '{ print index($0, "NAME") }')" 4
await reversed && [ "$(screen | sed -n 5p | awk '{ print $1 }')" = 60 ]
result $? 'another one turns the order'
mouse 0 "$(screen | sed -n 4p | awk '{ print index($0, "CPUS") }')" 4
screen | sed -n 4p | grep -q 'NAMEv'
result $? 'a picture is nothing to sort by'
mouse 0 3 24
mouse 0 3 2
! screen | grep -q ^IRQ
result $? 'a click beside the list does nothing'
mouse 0 3 6
mouse 0 3 6
await '^IRQ 59 ' && await 'counts '
result $? 'a double click opens the row'
mouse 65 3 6
mouse 64 3 6
await '^IRQ 59 '
result $? 'where the wheel leaves it open'
mouse 0 3 6
await 'NAMEv'
result $? 'a click goes back'
t send-keys -t "s$session" q
await 'exit 0'
start 80x24 "TERM=screen-256color $program --no-config --idle --root $scratch/tree -s irq -d 3600"
await dev24
t send-keys -t "s$session" -H 1b 5b 4d 20 23 28
wait_for '[ "$(selected)" = 27 ]'
result $? "the mouse of older terminals ($(selected))"
start 80x24 "TERM=xterm-256color $program --no-config --idle --no-mouse --root $scratch/tree -s irq -d 3600"
await dev24
[ "$(t display-message -p -t "s$session" '#{mouse_any_flag}')" = 0 ]
result $? '--no-mouse leaves it to the terminal'

# hot IRQ: a tree of three rows where only this one counts, from now on
total=0
hot()
{
	local irq
	total=$((total + 1000))
	mkdir -p "$scratch/hot/proc/irq/24"
	{
		echo '           CPU0       CPU1       '
		for irq in 24 25 26; do
			if [ "$irq" = "$1" ]; then
				last[irq]=$((${last[irq]:-0} + total))
			fi
			printf '%3d: %10d          0   IO-APIC   1-edge      dev%d\n' "$irq" "${last[irq]:-0}" "$irq"
		done
	} >"$scratch/new"
	mv "$scratch/new" "$scratch/hot/proc/interrupts"
}
last=()

# order: the rows' numbers from the top
order()
{
	screen | sed -n '5,$p' | awk '$1 ~ /^2[456]$/ { printf "%s ", $1 }'
}

# heat IRQ [SECONDS]: makes it hot until its total is the greatest, and its row the first
heat()
{
	wait_for "hot $1; sleep 0.25; [ \"\$(order | cut -d' ' -f1)\" = $1 ]" "${2:-20}" && return 0
	echo "the order is $(order)" >"$scratch/why"
	return 1
}

hot 24
start 80x24 "$program --no-config --idle --root $scratch/hot -d 0.2 --alert '25:rate>1' \
	--alert-command 'echo \"\$IRQTOP_IRQ \$IRQTOP_COLUMN\"; echo \$IRQTOP_IRQ >$scratch/alerted'"
await dev24
hot 25
await 'alert: 25 rate_hz .*25:rate>1'
result $? 'an alert is shown'
wait_for '[ "$(cat "$scratch/alerted" 2>/dev/null)" = 25 ]'
result $? 'its command is run'
screen | grep -q '25 rate_hz$'
result $((! $?)) 'and keeps off the screen'
start 80x24 "$program --no-config --idle --root $scratch/hot -s total -d 0.2"
await dev24
heat 26
result $? 'rows are sorted by what the column says now'
keys '='
before=$(order)
! heat 25 2 && [ "$(order)" = "$before" ] && screen | sed -n 4p | grep -q '=TOTAL'
result $? "a frozen order stays ($(order))"
keys '='
heat 25
result $? 'and moves again'
keys End F
lowest=$(selected)
[ "$lowest" != 25 ] && heat "$lowest" && [ "$(selected)" = "$lowest" ]
result $? "the cursor follows its row ($(selected))"
keys F
heat 25 && [ "$(selected)" = 25 ]
result $? "or keeps its line ($(selected))"
keys a
# It is active in the intervals in which it counts.
wait_for 'hot 25; screen | grep -q "1 of 3 rows"' && await 'filter: active'
result $? 'only active rows'
keys a
await ' 3 rows'
result $? 'and all again'
keys d C-u 5 Enter
await 'every 5 s  '
result $? 'another interval'
keys +
await 'every 6 s  '
result $? 'longer'
keys - -
await 'every 4 s  '
result $? 'shorter'
keys d C-u 7 2 0 0 Enter
await 'every 7200 s  '
result $? 'as long as the option may say'
keys +
await 'every 7201 s  '
result $? 'and longer'
keys d C-u . 0 5 Enter
await 'every 0.05 s  '
result $? 'as short as the option may say'
keys -
sleep 0.3
await 'every 0.05 s  '
result $? 'and no shorter'
keys d C-u 4 Enter d C-u y Left x Right C-h Enter
await "'x' is not a number of seconds"
result $? 'what is no interval is told so'
keys / C-u '/(/' Enter
await '/\(/: .*[Uu]nmatched' || await '[Uu]nmatched'
result $? 'as is what is no filter'
keys d C-u . 3 Enter Escape
echo 0-1 >"$scratch/hot/proc/irq/24/smp_affinity_list"
keys I Home Enter
await 'affinity +0-1$'
echo 1 >"$scratch/hot/proc/irq/24/smp_affinity_list"
await 'affinity +1$'
result $? 'an affinity that somebody else changes is seen'
hot 0
sed -i '/ 24:/d' "$scratch/hot/proc/interrupts"
await 'the row is gone'
result $? 'an opened row that goes away says so'

# A list of CPUs that no cell holds: every other one of 512.
list=$(seq -s, 0 2 510)
mkdir -p "$scratch/tree/proc/irq/25"
echo "$list" >"$scratch/tree/proc/irq/25/smp_affinity_list"
start 80x24 "$program --no-config --idle --root $scratch/tree -s irq -c irq,affinity,name -d 3600"
await dev25
screen | grep -qE '^ +25 0,2,4,6,8…'
result $? 'a long list of CPUs ends in dots in the table'
keys Down Enter
await 'affinity +0,2,4'
seen=
for _ in $(seq 40); do
	# What is on the page joined, page after page.
	seen="$seen
$(screen | sed -n '2,23p')"
	keys Down
done
[ "$(printf '%s\n' "$seen" | grep -E '^(affinity)? +[0-9,]+$' | tr -dc '0-9,\n' | tr , '\n' |
	grep . | sort -n -u | tr '\n' ' ')" = \
	"$(seq -s' ' 0 2 510) " ]
result $? 'and is whole in the opened row'
$program --no-config --root "$scratch/tree" --once -f dev25 --csv -c affinity | sed 1d | cut -d, -f3- | tr -d '"\r' >"$scratch/why"
[ "$(cat "$scratch/why")" = "$list" ]
result $? 'and without a screen'

rate_of()
{
	screen | awk -v row="$1" '$1 == row { print $2 }'
}

start 80x24 "$program -d 1 -t interrupts"
await ' LOC '
wait_for '[ "$(rate_of LOC)" != - ]'
result $? 'the running kernel'
# Keys must not disturb the interval: were a key to sample, rates would vanish.
for _ in $(seq 40); do
	t send-keys -t "s$session" Down
	t send-keys -t "s$session" Up
	sleep 0.05
done
wait_for 'rate=$(rate_of LOC); [ -n "$rate" ]'
[ "${rate%%[.k]*}" -ge 5 ] 2>"$scratch/why"
result $? "keys do not disturb the interval (LOC $rate/s)"
for _ in $(seq 10); do
	t resize-window -t "s$session" -x 81 -y 24
	sleep 0.1
	t resize-window -t "s$session" -x 80 -y 24
	sleep 0.1
done
wait_for 'rate=$(rate_of LOC); [ -n "$rate" ]'
[ "${rate%%[.k]*}" -ge 5 ] 2>"$scratch/why"
result $? "nor does a new size (LOC $rate/s)"
keys t
await 'SCHED' ; ! screen | grep -q ' LOC '
result $? 'only softirqs'
keys t t
await ' LOC '
result $? 'only interrupts again'
keys Escape
t resize-window -t "s$session" -x 40 -y 10
await '^\? help  / filter'
result $? 'resized down'
t resize-window -t "s$session" -x 120 -y 30
await 'Enter: open'
result $? 'resized up'
t send-keys -t "s$session" C-z
await Stopped
result $? 'Ctrl-Z stops it'
t send-keys -t "s$session" Enter
await 'Enter: open'
result $? 'and fg brings the screen back'
keys Space
await PAUSED
before=$(screen | head -1)
# Longer than an interval: time itself is what the pause is about.
sleep 1.3
[ "$(screen | head -1)" = "$before" ]
result $? 'pause holds the screen'
keys Space
wait_for '[ "$(screen | head -1)" != "$before" ]'
result $? 'and lets go'
keys W
await 'saved to .*/irqtop/config'
result $? 'settings are saved when asked'
grep -q '^interval = 1$' "$scratch/xdg/irqtop/config"
result $? 'in the file'
t send-keys -t "s$session" q
await 'exit 0'
result $? 'q ends it'

sed -i 's/^interval.*/interval = 7/; s/^wide.*/wide = yes/' "$scratch/xdg/irqtop/config"
start 80x24 "$program"
await 'every 7 s' && wait_for 'screen | sed -n 4p | grep -qE "^ +IRQ +vRATE CPUS +NAME\$"'
result $? 'and hold the next time'
t send-keys -t "s$session" q
await 'exit 0'
[ "$(stat -c %a "$scratch/xdg/irqtop")" = 700 ]
result $? 'their folder is private'

start 80x24 "$program --no-config -d 0.2 -n 2"
await 'exit 0'
result $? 'so many samples, and no more'
start 80x24 "TERM=nonsense $program --no-config"
await "terminal 'nonsense' is not known"
result $? 'an unknown terminal is an error that says so'
start 80x24 "TERM=dumb $program --no-config"
await "terminal 'dumb' cannot move its cursor; use --batch" && await 'exit 1'
result $? 'so is one that cannot move its cursor'
start 80x24 "$program --no-config -d 0.2 </dev/null"
await ' LOC '
result $? 'standard input from /dev/null: keys come from the terminal'
t send-keys -t "s$session" q
await 'exit 0'
result $? 'and work'

# The other end goes away without a signal: no busy loop, it ends.
python3 - "$program" <<'END' >"$scratch/why" 2>&1
import os, pty, signal, sys, time
pid, master = pty.fork()
if pid == 0:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    os.environ["TERM"] = "xterm"
    os.execv(sys.argv[1], [sys.argv[1], "--no-config"])
# It has drawn its screen.
while b"IRQ" not in os.read(master, 65536):
    pass
os.close(master)
for _ in range(200):
    time.sleep(0.1)
    if os.waitpid(pid, os.WNOHANG)[0]:
        sys.exit(0)
os.kill(pid, 9)
sys.exit("still running 20 s after its terminal was closed")
END
result $? 'a closed terminal ends it'

irq=$(awk -F: '/^ *[0-9]+:/ { print $1 + 0; exit }' /proc/interrupts)
if [ -n "$irq" ] && [ "$(id -u)" = 0 ] && [ -e "/proc/irq/$irq/smp_affinity_list" ]; then
	start 100x24 "$program --no-config -s irq -t interrupts"
	await '^ +[0-9]+ '
	keys Enter e C-u 9 9 9 Enter
	await "IRQ $irq: the kernel says"
	result $? "the kernel's refusal of an affinity is shown"
	now=$(cat "/proc/irq/$irq/smp_affinity_list")
	keys e C-u "$now" Enter
	await "IRQ $irq: the kernel (took $now|says)"
	result $? "its answer to one it has is shown"
	keys e C-u
	t send-keys -t "s$session" -l "$(printf "$now,%.0s" $(seq 300))$now"
	await "CPUs for IRQ $irq: .*,$now\$" || true
	keys Enter
	await "IRQ $irq: the kernel (took $now|says)"
	result $? "a list of any length can be typed"
	keys e C-u 0 , - Enter
	await "'0,-' is not a list of CPUs like 0-3,8"
	result $? "what is no list is told so"
	cp "$program" "$scratch/irqtop"
	chmod 711 "$scratch"
	chmod 755 "$scratch/irqtop"
	start 100x24 "exec setpriv --reuid 65534 --regid 65534 --clear-groups $scratch/irqtop --no-config -s irq -t interrupts"
	await '^ +[0-9]+ '
	keys e C-u 0 Enter
	await "IRQ $irq: the kernel says Permission denied: only root may"
	result $? "and what only root may do"
	keys L
	await "no tracing: .*(root|Permission)"
	result $? "nor is tracing for anyone else"
fi

tap_end
