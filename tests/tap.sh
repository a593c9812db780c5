# SPDX-License-Identifier: GPL-2.0-or-later
# What the test scripts share. Source it from the top folder: `. tests/tap.sh`. It
# prints TAP, one line for each test, and it makes the folder $scratch, which goes
# when the script ends. A script that has more to clean up defines at_exit.
#
# Tests:
#
#   result STATUS NAME [DETAILS]      passes when STATUS is 0. A failure shows DETAILS;
#                                     without them, what the file $scratch/why has
#   is NAME GOT WANT                  the two texts are equal
#   skip NAME REASON
#   skip_all REASON                   skips the whole script, and ends it
#   relay PREFIX                      the tests of a TAP stream (stdin), with PREFIX
#                                     before each name
#   tap_end                           ends the script
#
# Tests of a command, which is `tested ARG...`: ARG... itself unless the script defines
# tested. stdout and stderr are left in $scratch/out and $scratch/err.
#
#   check NAME STATUS OUT ERR ARG...  exit status, stdout and stderr. OUT and ERR are
#                                     regular expressions (grep -E); an empty one means
#                                     that nothing is printed, '*' allows anything.
#                                     Messages have one line
#   refused NAME REGEX ARG...         check NAME 1 '' REGEX: an error, in one line
#   says NAME STATUS REGEX ARG...     exit status, and REGEX on stdout when STATUS is 0,
#                                     else on stderr. An empty REGEX allows anything
#   status NAME STATUS ARG...         the exit status only; stdin is the script's
#
#   unread ARG...                     no test: runs ARG... with a pipe that has no reader
#                                     as stdout
#
# Waiting:
#
#   wait_for CONDITION [SECONDS]      evaluates CONDITION, a command as text, until it
#                                     succeeds; fails after SECONDS (default 20)
#
# Scripts in a guest source it too, so it is no bash: busybox runs it.
# shellcheck shell=dash

count=0
failed=0
scratch=$(mktemp -d "${TMPDIR:-/tmp}/procirq-test.XXXXXX") || exit
trap 'at_exit; rm -rf "$scratch"' EXIT
: >"$scratch/why"

at_exit()
{
	:
}

result()
{
	[ -n "$2" ] || set -- 1 "a test without a name" "${3-}"
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		[ $# -gt 2 ] || set -- "$1" "$2" "$(cat "$scratch/why" 2>/dev/null)"
		[ -z "$3" ] || printf '%s\n' "$3" | head -n 60 | sed 's/^/# /'
		failed=$((failed + 1))
	fi
	: >"$scratch/why"
}

is()
{
	[ "$2" = "$3" ]
	result $? "$1" "got:  $2
want: $3"
}

skip()
{
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}

# A stream that ends without its plan, or has another number of tests than planned, is
# a failed test.
relay()
{
	local text planned='' before=$count
	while IFS= read -r text; do
		case $text in
		'ok '[0-9]*' - '*)     result 0 "$1${text#* - }" ;;
		'not ok '[0-9]*' - '*) result 1 "$1${text#* - }" ;;
		1..[0-9]*)             planned=${text#1..} ;;
		'# '*)                 echo "$text" ;;
		*)                     echo "# $text" ;;
		esac
	done
	[ "$planned" = $((count - before)) ] ||
		result 1 "${1}every test ran" "planned: ${planned:-nothing}; ran: $((count - before))"
}

tap_end()
{
	echo "1..$count"
	exit $((failed != 0))
}

tested()
{
	"$@"
}

# matches REGEX FILE: as check has it.
matches()
{
	case $1 in
	'')  [ ! -s "$2" ] ;;
	'*') ;;
	*)   grep -Eq -- "$1" "$2" ;;
	esac
}

check()
{
	local name="$1" want="$2" out="$3" err="$4" got why=
	shift 4
	tested "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
	got=$?
	[ $got = "$want" ] || why="status $got, not $want"
	matches "$out" "$scratch/out" || why="$why${why:+; }stdout is not as expected"
	matches "$err" "$scratch/err" || why="$why${why:+; }stderr is not as expected"
	[ "$err" = '*' ] || [ "$(wc -l <"$scratch/err")" -le 1 ] || why="$why${why:+; }more than one line on stderr"
	[ -z "$why" ]
	result $? "$name" "$why
stdout: $(head -n 8 "$scratch/out")
stderr: $(head -n 3 "$scratch/err")"
}

refused()
{
	local name="$1" err="$2"
	shift 2
	check "$name" 1 '' "$err" "$@"
}

says()
{
	local name="$1" want="$2" regex="${3:-*}"
	shift 3
	if [ "$want" = 0 ]; then
		check "$name" "$want" "$regex" '*' "$@"
	else
		check "$name" "$want" '*' "$regex" "$@"
	fi
}

status()
{
	local name="$1" want="$2" got
	shift 2
	tested "$@" >"$scratch/out" 2>"$scratch/err"
	got=$?
	[ $got = "$want" ]
	result $? "$name" "status $got, not $want: $(head -n 3 "$scratch/err")"
}

# Opening it for writing waits for a reader, which then goes.
unread()
(
	[ -p "$scratch/pipe" ] || mkfifo "$scratch/pipe"
	exec 3<>"$scratch/pipe" 4>"$scratch/pipe" 3>&-
	tested "$@" >&4 4>&- 2>"$scratch/err" </dev/null
)

# zsh_reads FILE: a test that zsh takes its syntax.
zsh_reads()
{
	if command -v zsh >/dev/null; then
		zsh -n "$1" 2>"$scratch/err"
		result $? 'and zsh can read it' "$(cat "$scratch/err")"
	else
		skip 'and zsh can read it' 'zsh is not installed'
	fi
}

# Time since boot: nobody sets it.
wait_for()
{
	local tap_now tap_until
	read -r tap_now _ </proc/uptime
	tap_until=$((${tap_now%.*} + ${2:-20}))
	until eval "$1"; do
		read -r tap_now _ </proc/uptime
		[ "${tap_now%.*}" -le "$tap_until" ] || return 1
		sleep 0.05
	done
}
