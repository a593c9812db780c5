# What the test scripts print: TAP. Sourced from the top folder.
# shellcheck shell=bash

count=0
failed=0

# result STATUS NAME [DETAILS]: one test; of a failure, the details are shown.
result()
{
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		[ -z "${3:-}" ] || printf '%s\n' "$3" | head -40 | sed 's/^/# /'
		failed=$((failed + 1))
	fi
}

# skip NAME REASON
skip()
{
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

# skip_all REASON: instead of every test
skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}

# The script's end, and its exit status.
tap_end()
{
	echo "1..$count"
	[ "$failed" = 0 ]
	exit
}
