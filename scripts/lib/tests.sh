# shellcheck shell=bash
# How scripts/check runs the tests. Each leaves its results as JUnit XML in the folder RESULTS, which tally.py counts.

lab=scripts/lab

# Every part that the tests ask for, so that the time that installing takes is seen apart from theirs. One that this
# machine can't have says so here, and the tests that need it are skipped with the same words. What is compiled keeps
# the cores busy, what is only fetched the network: both at once.
install_parts() {
	local status=0 compiling
	parts_compiled &
	compiling=$!
	parts_fetched &
	wait $! || status=$?
	wait "$compiling" || status=$?
	[ "$status" = 0 ] || exit "$status"
}

# They have many modules in common, so each of these is compiled once.
parts_compiled() (
	OWCTL_GO_BUILDS=$(mktemp -d)
	export OWCTL_GO_BUILDS
	trap 'rm -rf "$OWCTL_GO_BUILDS"' EXIT
	part_installed minio
	part_installed versitygw
	part_installed fake-gcs-server
	part_installed kube-apiserver
	part_installed consul
	part_installed kustomize
	part_installed telemetry-reader
)

parts_fetched() {
	local release
	part_installed python-tests
	for release in "$lab"/locks/openwebui-*.wheel.txt; do
		release=${release##*/openwebui-}
		part_installed openwebui "${release%.wheel.txt}"
	done
	part_installed postgresql debian
	part_installed postgresql newest
	part_installed postgresql pgvector
	part_installed redis
	part_installed nginx
	part_installed haproxy
	part_installed faketime
	part_installed systemd
	part_installed chromium
	part_installed dnsmasq
	part_installed sshd
	part_installed age
	part_installed azurite
	part_installed dockerd
	part_installed docker-compose
	part_installed hcl2
	part_installed etcd
	part_installed lintian
	part_installed roots bookworm
	part_installed roots trixie
}

part_installed() {
	local status=0
	"$lab/$1" "${@:2}" >/dev/null || status=$?
	[ "$status" = 0 ] || [ "$status" = 77 ] || fail "$* can't be installed"
}

# unit_tests RESULTS PATTERN - all at once: the longest of them only wait.
unit_tests() {
	local program
	for program in build/asan/unit/test_*; do
		if [[ ${program##*/} == *"$2"* && -x $program ]]; then
			unit_test "$1" "$program" &
		fi
	done
	wait
}

unit_test() {
	local name=${2##*/}
	if CMOCKA_MESSAGE_OUTPUT=xml CMOCKA_XML_FILE=$1/$name-%g.xml "$2" 2>"$1/$name.err" </dev/null; then
		printf '%s\n' "$name"
	else
		unit_failed "$1" "$name"
	fi
}

# cmocka's XML has the failed tests. A program that died has told it nothing: then what it said is the failure.
unit_failed() {
	local reports=("$1/$2"-*.xml)
	printf '%s FAILED\n' "$2"
	tail -n 50 "$1/$2.err"
	if ! sed -n '/<testcase/h; /<failure/{x;p;x}; /<failure/,/<\/failure/p' "${reports[@]}" 2>/dev/null |
		grep .; then
		one_failure "$2 ended without naming a failed test" >"$1/$2-died.xml"
	fi
}

# one_result NAME OUTCOME - a report of a single test.
one_result() {
	printf '<testsuites><testsuite><testcase name="%s"><%s/></testcase></testsuite></testsuites>\n' "$1" "$2"
}

one_failure() { one_result "$1" failure; }

# real_tests RESULTS QUICK PATTERN
real_tests() {
	local python status=0 options=()
	python=$("$lab/python-tests") || status=$?
	if [ "$status" = 77 ]; then
		one_result tests/real skipped >"$1/real.xml"
		return
	elif [ "$status" != 0 ]; then
		fail "the Python environment of the tests can't be installed"
	fi
	# Many tests wait, for a time-out or a server, so one more worker than there are cores keeps these busy.
	options+=(--numprocesses $(($(nproc) + 1)) --durations 20 --durations-min 5)
	[ -z "$2" ] || options+=(-m quick)
	[ -z "$3" ] || options+=(-k "$3")
	"$python/bin/python" -m pytest tests/real --junitxml "$1/real.xml" -o junit_family=xunit1 \
		"${options[@]}" </dev/null || status=$?
	# 1 is failed tests, which the results name; 5 is that PATTERN chose none.
	if [ "$status" -gt 1 ] && [ "$status" != 5 ]; then
		printf 'pytest ended with %d before it was done\n' "$status"
		one_failure "pytest ended with $status" >"$1/real-died.xml"
	fi
}
