# shellcheck shell=bash
# What a script tells the person before it: phases with their duration, commands before they run, failures.

# Prints a heading and closes the phase before it with its duration.
phase() {
	phase_done
	printf '== %s\n' "$*"
	phase_name=$* phase_since=$(date +%s)
}

phase_done() {
	[ -z "${phase_name-}" ] && return
	printf -- '-- %s: %d s\n\n' "$phase_name" $(($(date +%s) - phase_since))
	phase_name=
}

# Shows a command as one would type it, then runs it.
run() {
	printf '$'
	printf ' %q' "$@"
	printf '\n'
	"$@"
}

fail() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# Ends a script of scripts/lab with 77: this machine can't have the part. The tests that need it are skipped with these
# words.
cannot() {
	printf '%s\n' "$*" >&2
	exit 77
}
