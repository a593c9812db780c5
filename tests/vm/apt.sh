# SPDX-License-Identifier: GPL-2.0-or-later
# Packages of any Debian suite, without root and without a change of the machine's apt:
# an apt state under the cache folder, with the machine's mirror and keyring. SUITE below is
# the name of a suite, with packages of amd64, or of another architecture: sid:arm64.
# shellcheck shell=bash

# Prints "uri|suites|components|keyring" for each enabled binary source of the machine,
# in either format of apt's.
apt_machine_sources()
{
	local etc=/etc/apt
	{ cat "$etc"/sources.list "$etc"/sources.list.d/*.list 2>/dev/null || true; } | awk '
	$1 == "deb" {
		key = ""; i = 2
		if ($2 ~ /^\[/) {
			for (; i <= NF; i++) {
				option = $i
				gsub(/[][]/, "", option)
				if (option ~ /^signed-by=/)
					key = substr(option, 11)
				if ($i ~ /\]$/) { i++; break }
			}
		}
		parts = ""
		for (j = i + 2; j <= NF && $j !~ /^#/; j++)
			parts = parts " " $j
		print $i "|" $(i + 1) "|" parts "|" key
	}'
	# A stanza may have comments between its lines.
	for file in "$etc"/sources.list.d/*.sources; do
		[ -e "$file" ] || continue
		sed '/^#/d' "$file"
		echo
	done | awk '
	function flush_stanza() {
		if (types ~ /(^| )deb( |$)/ && enabled !~ /^(no|false|0)/)
			print uri "|" suites "|" parts "|" key
		types = uri = suites = parts = key = enabled = ""
	}
	/^[ \t]*$/ { flush_stanza(); next }
	{
		name = tolower($1); value = $0
		sub(/^[^:]*:[ \t]*/, "", value)
		if (name == "types:") types = value
		else if (name == "uris:") { split(value, u, " "); uri = u[1] }
		else if (name == "suites:") suites = value
		else if (name == "components:") parts = value
		else if (name == "signed-by:") key = value
		else if (name == "enabled:") enabled = value
	}
	END { flush_stanza() }'
}

# apt_source main|security: prints the first source of Debian itself. Vendors use the same
# suite names, so the keyring or the path must be Debian's.
apt_source()
{
	apt_machine_sources | awk -F'|' -v want="$1" '
	$3 !~ /(^| )main( |$)/ { next }
	$4 !~ /debian-archive/ && $1 !~ /\/debian(-security)?\/?$/ { next }
	{ security = $2 ~ /-security/ || $1 ~ /debian-security/ }
	security == (want == "security") {
		key = $4 ~ /^\// ? $4 : ""
		print $1, key
		exit
	}'
}

# apt_arch SUITE
apt_arch()
{
	case $1 in
	*:*) echo "${1#*:}" ;;
	*)   echo amd64 ;;
	esac
}

apt_sources_list()
{
	local suite=${1%:*} arch uri key security keyring=/usr/share/keyrings/debian-archive-keyring.gpg
	arch=$(apt_arch "$1")
	read -r uri key < <(apt_source main) || true
	[ -n "$uri" ] || die "no Debian mirror in /etc/apt/sources.list*; add one to fetch kernels"
	[ -n "$key" ] || [ ! -e $keyring ] || key=$keyring
	echo "deb [arch=$arch${key:+ signed-by=$key}] $uri $suite main"
	[ "$suite" = bookworm ] || return 0
	read -r security _ < <(apt_source security) || true
	security=${security:-${uri%/}-security}
	echo "deb [arch=$arch${key:+ signed-by=$key}] $security $suite-security main"
}

# apt_run SUITE PROGRAM ARGS...: apt-get or apt-cache with the suite's own state. Its
# status file is empty: no package is installed. A mirror may stand still, and sid's lists
# are valid for a week: what they name is signed all the same, and only a guest runs it.
apt_run()
{
	local state=$cache_dir/apt/$1 arch program=$2
	arch=$(apt_arch "$1")
	shift 2
	"$program" -q -o Dir::State="$state" -o Dir::State::status="$state/status" \
		-o Dir::Cache="$state/cache" -o Dir::Etc::sourcelist="$state/sources.list" \
		-o Dir::Etc::sourceparts="$state/none" -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts="$state/none" \
		-o APT::Architecture="$arch" -o APT::Architectures="$arch" -o APT::Sandbox::User=root \
		-o Acquire::Languages=none -o Acquire::Retries=3 -o Acquire::Check-Valid-Until=false \
		-o APT::Get::List-Cleanup=false "$@"
}

# The lists are read again after a day, or after a failed download.
apt_refresh()
{
	local suite=$1 state=$cache_dir/apt/$1
	mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$state/none"
	: >"$state/status"
	apt_sources_list "$suite" >"$state/sources.list.new"
	if [ -e "$state/fresh" ] && cmp -s "$state/sources.list.new" "$state/sources.list" &&
	   [ -n "$(find "$state/fresh" -mmin -1440)" ]; then
		return
	fi
	mv "$state/sources.list.new" "$state/sources.list"
	say "reading the package lists of $suite"
	apt_run "$suite" apt-get update >"$state/log" 2>&1 || {
		cat "$state/log" >&2
		die "apt-get update failed for $suite"
	}
	touch "$state/fresh"
}

# apt_depends SUITE PACKAGE PATTERN: prints those dependencies whose names match, maybe
# none.
apt_depends()
{
	apt_run "$1" apt-cache depends --no-recommends --no-suggests --no-conflicts \
		--no-breaks --no-replaces --no-enhances "$2" |
		awk -v pattern="$3" '$1 ~ /Depends:/ && $2 ~ pattern { print $2 }'
}

# apt_closure SUITE PACKAGE...: prints the packages and what they depend on, directly or not.
apt_closure()
{
	local suite=$1
	shift
	apt_run "$suite" apt-get install --simulate --no-install-recommends "$@" |
		awk '$1 == "Inst" { print $2 }'
}

# apt_unpack SUITE FOLDER PACKAGE...: downloads and unpacks, installs nothing.
apt_unpack()
{
	local suite=$1 folder=$2 debs deb
	shift 2
	debs=$folder.debs
	rm -rf "$debs"
	mkdir -p "$debs" "$folder"
	say "downloading $# packages of $suite: $*"
	(cd "$debs" && apt_run "$suite" apt-get download "$@" >"$debs.log" 2>&1) || {
		cat "$debs.log" >&2
		rm -f "$cache_dir/apt/$suite/fresh"
		die "download failed; the lists of $suite are read again next time"
	}
	# Without documentation and drivers for devices that no guest has.
	for deb in "$debs"/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$folder" --no-same-owner \
			--exclude='*/usr/share/doc' --exclude='*/kernel/sound' \
			--exclude='*/kernel/drivers/gpu' --exclude='*/kernel/drivers/media' \
			--exclude='*/kernel/drivers/infiniband' --exclude='*/kernel/drivers/staging' \
			--exclude='*/kernel/drivers/iio' --exclude='*/kernel/drivers/net/wireless'
	done
	rm -rf "$debs" "$debs.log"
}
