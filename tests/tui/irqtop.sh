#!/bin/bash
# irqtop's screen, driven in tmux and compared with tests/tui/golden/. TAP.
# `tests/tui/irqtop.sh --update` writes what it sees; look at it before committing.
set -u
cd "$(dirname "$0")/../.." || exit 1

golden=tests/tui/golden
program=${IRQTOP:-$PWD/build/bin/irqtop}
update=${1:-}
scratch=$(mktemp -d)
socket=irqtop-$$
count=0
failed=0
export LC_ALL=C.UTF-8 TZ=UTC TERM=screen-256color XDG_CONFIG_HOME=$scratch/xdg
unset NO_COLOR TMUX

if ! command -v tmux >/dev/null; then
	echo '1..0 # SKIP no tmux'
	exit 0
fi
t()
{
	tmux -L "$socket" -f /dev/null "$@"
}
t new-session -d -s s0 'exec sleep 1000'
t set -g default-terminal screen-256color \; set -g status off
trap 't kill-server 2>/dev/null; rm -rf "$scratch"' EXIT

result()
{
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		head -60 "$scratch/why" 2>/dev/null | sed 's/^/# /'
		failed=1
	fi
	: >"$scratch/why"
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

# await REGEX: until the screen has it, five seconds at most
await()
{
	for _ in $(seq 50); do
		screen | grep -qE -- "$1" && return 0
		sleep 0.1
	done
	{ echo "no '$1' in:"; screen; } >"$scratch/why"
	return 1
}

keys()
{
	local key
	for key; do
		t send-keys -t "s$session" "$key"
		sleep 0.15
	done
}

# same NAME TEXT [capture-pane's options]: the screen against its golden one
same()
{
	local name=$1 text=$2
	shift 2
	sleep 0.25
	# Only a recording's clock stands still.
	screen "$@" | sed '1s/every \(.*\)  [0-9:]*$/every \1  CLOCK/' >"$scratch/seen"
	if [ "$update" = --update ]; then
		cp "$scratch/seen" "$golden/$name"
	fi
	diff "$golden/$name" "$scratch/seen" >"$scratch/why"
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

start 40x10 "cd $scratch; $program --no-config --replay 2.rec -d 3600"
keys ')'; await 12/12
keys '?'
same help-40x10 'help on 40x10'
keys '?' Enter
same row-2-40x10 'a row on 40x10'
t resize-window -t "s$session" -x 19 -y 4
await 'too small'
result $? 'a terminal too small says so'

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
start 80x24 "$program --no-config --root $scratch/tree -s irq -d 0.3"
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

mkdir -p "$scratch/tree/sys/kernel/debug/procirq" "$scratch/tree/proc/irq/24"
echo 0-1 >"$scratch/tree/proc/irq/24/smp_affinity_list"
printf 'irq=%d pid=%d flags=0 due=5 delivered=5 coalesced=0 pending=0 comm=driver\n' \
	24 77 25 88 >"$scratch/tree/sys/kernel/debug/procirq/readers"
keys Home Enter
await 'readers +pid=77 .*comm=driver'
result $? 'an opened row lists the readers of its file'
screen | grep -q pid=88
result $((! $?)) 'and no others'
await 'affinity +0-1'
result $? 'and the affinity'

start 80x24 "$program -d 1 -t interrupts"
await ' LOC '
result $? 'the running kernel'
# Keys must not disturb the interval: were a key to sample, rates would vanish.
for _ in $(seq 40); do
	t send-keys -t "s$session" Down
	t send-keys -t "s$session" Up
	sleep 0.05
done
rate=$(screen | awk '$1 == "LOC" { print $2 }')
[ "${rate%%[.k]*}" -ge 5 ] 2>"$scratch/why"
result $? "keys do not disturb the interval (LOC $rate/s)"
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
sleep 1.3
[ "$(screen | head -1)" = "$before" ]
result $? 'pause holds the screen'
keys Space
sleep 1.3
[ "$(screen | head -1)" != "$before" ]
result $? 'and lets go'
keys W
await 'saved to .*/irqtop/config'
result $? 'settings are saved when asked'
grep -q '^interval = 1$' "$scratch/xdg/irqtop/config"
result $? 'in the file'
t send-keys -t "s$session" q
await 'exit 0'
result $? 'q ends it'

start 80x24 "TERM=nonsense $program --no-config"
await "terminal 'nonsense' is not known"
result $? 'an unknown terminal is an error that says so'
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
time.sleep(0.7)
os.read(master, 65536)
os.close(master)
for _ in range(30):
    time.sleep(0.1)
    if os.waitpid(pid, os.WNOHANG)[0]:
        sys.exit(0)
os.kill(pid, 9)
sys.exit("still running 3 s after its terminal was closed")
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
fi

echo "1..$count"
exit $failed
