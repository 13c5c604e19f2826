#!/bin/sh
# Brings an installation of several replicas to another release of Open WebUI: upgrade.sh SITE RELEASE [STEP]
#
#   look      health, and what the migration would do: what is in the way is told while nothing has been touched
#   backup    while people work; it is the long one
#   drain     the load balancer sends nobody to the replicas any more; what they are at ends, and they are stopped
#   again     another backup, of the little that was written since
#   migrate   the database is brought up, and verified
#   start     one replica after the other, in the new release; only one that is well gets people
#   check     all of it, until it is well
#
# Where the new release has the same tables nothing has to stand still: look, backup, in_turn (each replica is drained,
# stopped, started and looked at, while the others serve), check.
#
# Whatever fails ends it, and it tells the way back and the way on: with STEP it begins at that step. From `drain` on
# the file SITE.RELEASE has how far it got, and which backup is the way back, also where it was killed and could tell
# nothing: then it does not begin anew by itself.
#
# SITE is a file like site.sh beside this one, with the commands of your installation. There is nothing to change here.
# What owctl needs (DATABASE_URL, .., OWCTL_REPOSITORY) comes from the environment or from what SITE sets. More of it:
#   DRAIN_SECONDS    how long a drained replica has to end what it is at (30)
#   WAIT             how long a started replica, and all of them at the end, may take until they are well (5m)
#   DESPITE_HEALTH   set: begin although the installation is not well
#   BACKUP_OPTIONS   --database-only, where uploaded files can't be read from here
set -eu

step=usage
changed=
snapshot=

usage() {
	sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p;}' "$0" >&2
	exit 64
}

say() { printf '\n== %s\n' "$*"; }

# What is there is the way back; a backup of what has been begun to be changed is none.
way_back_is_kept() {
	[ -n "$changed" ] || return 1
	printf 'The migration was begun already: no other backup, the way back is %s.\n' "${snapshot:-the last one}"
}

# The next step makes a backup, however old the last one is.
look() {
	status=0
	owctl health check --skip backup-fresh || status=$?
	if [ "$status" -gt 1 ] && [ -z "${DESPITE_HEALTH-}" ]; then
		printf 'Mend that first, or set DESPITE_HEALTH.\n' >&2
		return "$status"
	fi
	owctl migrate plan --to "$release"
}

backup() {
	! way_back_is_kept || return 0
	# shellcheck disable=SC2086 # several words
	snapshot=$(owctl backup create --tag before-migration ${BACKUP_OPTIONS-} \
		--output csv --no-headings --columns snapshot)
	printf 'Snapshot %s\n' "$snapshot"
}

again() { backup; }

drain() {
	for replica in $REPLICAS; do
		site_drain "$replica"
	done
	sleep "${DRAIN_SECONDS:-30}"
	for replica in $REPLICAS; do
		site_stop "$replica"
	done
}

migrate() {
	owctl migrate up --to "$release" --no-backup
	owctl migrate verify
}

start() {
	for replica in $REPLICAS; do
		start_one "$replica"
	done
}

# 1 is a warning, as that there is only this one yet.
start_one() {
	site_start "$1" "$release"
	status=0
	owctl health check --replica "http://$1" --only replicas --only revision-of-release \
		--wait "${WAIT:-5m}" || status=$?
	[ "$status" -le 1 ] || return "$status"
	site_undrain "$1"
}

replace() {
	site_drain "$1"
	sleep "${DRAIN_SECONDS:-30}"
	site_stop "$1"
	start_one "$1"
}

serves() {
	status=0
	owctl health check --quiet --replica "http://$1" --only replicas >/dev/null 2>&1 || status=$?
	[ "$status" -le 1 ]
}

# First those that an earlier run left behind: else the last one that serves would be drained.
in_turn() {
	replaced=
	for replica in $REPLICAS; do
		serves "$replica" || {
			replace "$replica"
			replaced="$replaced $replica"
		}
	done
	for replica in $REPLICAS; do
		case "$replaced " in
		*" $replica "*) ;;
		*) replace "$replica" ;;
		esac
	done
}

check() {
	status=0
	owctl health check --wait "${WAIT:-5m}" || status=$?
	[ "$status" -le 1 ] || return "$status"
}

# What there is to do: nothing is pending also where `migrate` was done by an earlier run, which then named its STEP.
steps_from() {
	pending=$(owctl migrate plan --quiet --to "$release" --output csv --no-headings --columns revision) ||
		pending=unknown
	case $pending$1 in
	look | backup | in_turn) printf 'look backup in_turn check' ;;
	*) printf 'look backup drain again migrate start check' ;;
	esac
}

# ---- how far it got ----

remember() {
	printf '%s\n%s\n%s\n' "$step" "${changed:-0}" "$snapshot" >"$memory.new"
	mv "$memory.new" "$memory"
}

recall() {
	{
		read -r cut_off
		read -r changed
		read -r snapshot
	} <"$memory"
	[ "$changed" != 0 ] || changed=
}

must_say_how() {
	printf 'An earlier run to %s did not get behind the step "%s".\n' "$release" "$cut_off" >&2
	printf 'To go on, once the cause is mended:  %s %s %s %s\n' "$0" "$site" "$release" "$cut_off" >&2
	printf 'Anew, after the way back:            %s %s %s look\n' "$0" "$site" "$release" >&2
	tell_way_back
	exit 64
}

tell_way_back() {
	if [ -z "$changed" ]; then
		printf 'The way back: start the old release where it was stopped, and let people in again;\n' >&2
		printf '  the database is as it was.\n' >&2
	else
		printf 'The way back, unless it says that nothing was changed: stop all replicas, bring back the\n' >&2
		printf '  backup (what people have written since is not in it), and start the old release.\n' >&2
		printf '  owctl backup restore %s --replace --yes --identity KEY-FILE\n' "${snapshot:-SNAPSHOT}" >&2
		[ -n "$snapshot" ] ||
			printf '  (SNAPSHOT: owctl backup list, the last one from before the migration)\n' >&2
	fi
}

ended() {
	status=$?
	trap - EXIT
	[ "$status" != 0 ] && [ "$step" != usage ] || exit "$status"
	printf '\nStopped at: %s (exit status %s)\n' "$step" "$status" >&2
	tell_way_back
	printf 'The way on, once the cause is mended:\n  %s %s %s %s\n' "$0" "$site" "$release" "$step" >&2
	exit "$status"
}

case $# in
2 | 3) site=$1 release=$2 first=${3-} ;;
*) usage ;;
esac
# It gets into commands of SITE, which another machine's shell may read.
case $release in
'' | [!0-9]* | *[!0-9A-Za-z.]*)
	printf '"%s" is no release, as in 0.12.4.\n' "$release" >&2
	exit 64
	;;
esac
case $first in
"" | look | backup | drain | again | migrate | start | check | in_turn) ;;
*) usage ;;
esac
case $site in
*/*) ;;
*) site=./$site ;;
esac
# shellcheck source=site.sh
. "$site"

memory=$site.$release
if [ -e "$memory" ] && [ "$first" != look ]; then
	recall
	[ -n "$first" ] || must_say_how
fi
first=${first:-look}

trap ended EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
step=look
begun=
for step in $(steps_from "$first"); do
	[ "$step" != "$first" ] || begun=1
	[ -n "$begun" ] || continue
	case $step in
	migrate | start) changed=1 ;;
	check) [ "$first" != check ] || [ -e "$memory" ] || changed=1 ;;
	esac
	case $step in
	look | backup) ;;
	*) remember ;;
	esac
	say "$step"
	"$step"
	[ "$step" != look ] || rm -f "$memory"
done
if [ -z "$begun" ]; then
	printf 'There is no step "%s" on the way to %s.\n' "$first" "$release" >&2
	exit 64
fi
rm -f "$memory"
say "Open WebUI $release runs"
