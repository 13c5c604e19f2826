#!/bin/sh
# A pipeline's steps on the way to another release of Open WebUI: migrate-step.sh plan | migrate | health
#
#   plan      tells what is pending (status.json, plan.txt, plan.json), and fails where something is in the way
#   migrate   makes a backup, brings the database up, verifies it, and ends well only if nothing is pending any more;
#             run it while the servers are stopped, as their old release does not know the new tables
#   health    after the new servers were started: waits until all is well (health.txt, health.xml as JUnit, health.html)
#
# A step that finds nothing to do does nothing, so a pipeline that was stopped can be started again.
#
# Nothing is to be changed here. The environment of the pipeline says which installation it is, by the names that Open
# WebUI itself reads (DATABASE_URL or DATA_DIR, REDIS_URL, WEBUI_SECRET_KEY, WEBUI_URL), and
#   OWCTL_REPOSITORY, OWCTL_RECIPIENTS   where the backup goes, and for whom; with what the store wants (AWS_..)
#   BACKUP_OPTIONS                       --database-only, where uploaded files can't be read from here
#   OWCTL_REPLICAS                       where the replicas are, for `health`
#   RELEASE                              the release that is to run, 0.12.4; without it the newest that owctl knows
#   ARTEFACTS                            the folder for what is to be kept (owctl-artefacts)
#   HEALTH_WAIT                          how long `health` waits (5m)
set -eu

artefacts=${ARTEFACTS:-owctl-artefacts}
release=${RELEASE:-}

say() { printf '\n== %s\n' "$*"; }

# 0: the database is where it is to be, and whole; 2: something is pending or broken; else it could not be told.
gate() {
	if [ -z "$release" ]; then
		owctl migrate status --check --output json >"$artefacts/status.json"
	else
		owctl migrate status --output json >"$artefacts/status.json" || return
		pending=$(owctl migrate plan --to "$release" --output csv --no-headings --columns revision) || return
		[ -z "$pending" ] || return 2
	fi
}

is_done() {
	status=0
	gate || status=$?
	case $status in
	0 | 2) return "$status" ;;
	*) exit "$status" ;;
	esac
}

plan() {
	say "Plan"
	if is_done; then
		printf 'Nothing is pending.\n'
		return
	fi
	# Both are written whatever comes of it: what is in the way stands in them.
	status=0
	owctl migrate plan ${release:+--to "$release"} --output json >"$artefacts/plan.json" || status=$?
	owctl migrate plan ${release:+--to "$release"} >"$artefacts/plan.txt" || status=$?
	cat "$artefacts/plan.txt"
	return "$status"
}

# Between two releases an earlier run was cut off. A backup of that is no way back, and must not be taken for one.
moment() {
	if [ -n "$(owctl migrate status --output csv --no-headings --columns releases)" ]; then
		printf 'before-migration'
	else
		printf 'half-way'
	fi
}

migrate() {
	plan
	if ! is_done; then
		if [ "$(owctl migrate status --output csv --no-headings --columns state)" != empty ]; then
			say "Backup"
			# shellcheck disable=SC2086 # several words
			owctl backup create --tag "$(moment)" ${BACKUP_OPTIONS-} --output json \
				>"$artefacts/backup.json"
			cat "$artefacts/backup.json"
		fi
		say "Migrate"
		# The backup was just made. Of two pipelines that start at once, one waits for the other.
		owctl migrate up ${release:+--to "$release"} --no-backup --wait 10m
	fi
	say "Verify"
	owctl migrate verify
	say "Gate"
	gate
	printf 'Nothing is pending, and nothing is broken.\n'
}

# A warning needs somebody, but not now: what is critical or could not be told fails the pipeline.
health() {
	say "Health"
	status=0
	owctl health check --wait "${HEALTH_WAIT:-5m}" --junit "$artefacts/health.xml" \
		--report "$artefacts/health.html" >"$artefacts/health.txt" || status=$?
	cat "$artefacts/health.txt"
	[ "$status" -le 1 ] || return "$status"
}

mkdir -p "$artefacts"
case ${1-} in
plan | migrate | health) "$1" ;;
*)
	printf 'usage: %s plan|migrate|health\n' "$0" >&2
	exit 64
	;;
esac
