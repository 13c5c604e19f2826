# shellcheck shell=bash
# What the scripts of scripts/lab share. Each of them installs one real part, if it is not there yet, and prints where
# it is; it ends with 77 and says why if this machine can't have it. With OWCTL_NO_DOWNLOAD set they install nothing.

lib=$(dirname "${BASH_SOURCE[0]}")
lab=$lib/../lab
# shellcheck source=scripts/lib/say.sh
. "$lib/say.sh"
# shellcheck source=scripts/lib/apt.sh
. "$lib/apt.sh"
# shellcheck source=scripts/lib/cache.sh
. "$lib/cache.sh"

# Debian's own Python, whatever else is in PATH.
python_release() { /usr/bin/python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])'; }

uv() {
	local home
	home=$("$lab/uv") &&
		UV_CACHE_DIR=$cache/uv-cache UV_LINK_MODE=hardlink UV_PYTHON_DOWNLOADS=never "$home/bin/uv" --quiet "$@"
}

# apt_need_stopped PURPOSE [PACKAGE [SERVICE]] - as apt_need, for a server: Debian starts one for the whole machine,
# which nobody has asked for.
apt_need_stopped() {
	local package=${2-$1} service=${3-$1} fresh=
	installed "$package" || fresh=1
	apt_need "$1"
	[ -z "$fresh" ] || [ ! -d /run/systemd/system ] ||
		as_root systemctl --quiet disable --now "$service.service" >&2
}

new_venv() { uv venv --relocatable --allow-existing --python /usr/bin/python3 "$1"; }

# venv_install FOLDER WHAT.. - exactly what is named: a lock file names everything.
venv_install() { uv pip install --no-deps --python "$1/bin/python" "${@:2}"; }

# go_install FOLDER PACKAGE@VERSION - builds a program into FOLDER/bin; what else the build brings is not kept. Its
# modules are those that its own go.sum names. OWCTL_GO_BUILDS may be a folder for what several builds have in common,
# which its owner removes.
# go_install FOLDER PACKAGE MODULE - where that is not enough: those that go.mod and go.sum of the folder MODULE name.
go_install() {
	local go status=0 work=${OWCTL_GO_BUILDS:-$1/go}
	go=$("$lab/go") || return
	# The compiler is done before its memory would have to be collected.
	GOPATH=$work GOCACHE=$work/build GOBIN=$1/bin GOGC=400 GOFLAGS='-modcacherw -trimpath' GOTOOLCHAIN=local \
		CGO_ENABLED=0 \
		"$go/bin/go" ${3:+-C "$3"} install -ldflags '-s -w' "$2" || status=$?
	rm -rf "$1/go"
	return $status
}
