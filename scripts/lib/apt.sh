# shellcheck shell=bash
# Debian packages: installs what is missing, and only that, so that a complete machine needs neither network nor root.

apt_list=$(dirname "${BASH_SOURCE[0]}")/packages

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		fail "needs root or sudo for: $*"
	fi
}

installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# The packages of the purposes named that are not there. `a|b` is one name in one Debian, the other in another.
apt_missing() {
	local purpose names package name
	for purpose; do
		names=$(sed -n "s/^$purpose: //p" "$apt_list")
		for package in $names; do
			for name in ${package//|/ }; do
				installed "$name" && continue 2
			done
			printf '%s\n' "$package"
		done
	done
}

apt_need() {
	local missing package names=()
	missing=$(apt_missing "$@")
	[ -z "$missing" ] && return
	[ -z "${OWCTL_NO_DOWNLOAD-}" ] || cannot "not installed: ${missing//$'\n'/ }"
	(
		flock 9 # one at a time: apt-get update does not wait for another
		printf 'looking up packages\n' >&2
		apt_run update
		for package in $missing; do
			names+=("$(apt_choose "$package")")
		done
		printf 'installing %s\n' "${names[*]}" >&2
		apt_run install --yes --no-install-recommends "${names[@]}"
	) 9</var/lib/dpkg
}

# Of `a|b` the first one that this Debian has.
apt_choose() {
	local name
	for name in ${1//|/ }; do
		apt-cache show "$name" >/dev/null 2>&1 && break
	done
	printf '%s\n' "$name"
}

# apt-get talks a lot; it is heard only if it fails.
apt_run() {
	local log
	log=$(mktemp)
	if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 "$@" \
		>"$log" 2>&1 </dev/null; then
		tail -n 30 "$log" >&2
		rm -f "$log"
		fail "apt-get $1 failed"
	fi
	rm -f "$log"
}
