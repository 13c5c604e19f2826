
# ---- files ----

# put HASH SECONDS PATH MEMBER..: of one member the content was checked before.
put() {
	hash=$1 seconds=$2 path=$3
	shift 3
	case $path in */*) mkdir -p "$files/${path%/*}" ;; esac
	if [ $# = 1 ] && [ "$1" != /dev/null ]; then
		cp "$work/$1" "$files/$path"
	else
		(cd "$work" && cat "$@") >"$files/$path"
		[ "$(b2sum -l 256 <"$files/$path")" = "$hash  -" ] || fail "$path is damaged"
	fi
	touch -m -d "@$seconds" "$files/$path" 2>/dev/null || touch -m -d "@${seconds%.*}" "$files/$path" 2>/dev/null ||
		say "restore.sh: $path has another time now"
}

plan_files() {
	awk -F '\t' -v hashes="$work/wanted" -v compressed="$work/compressed" -v contents="$work/contents" \
		"$looking_up"'
		function quoted(text,  done, at) {
			for (; (at = index(text, "\047")); text = substr(text, at + 1))
				done = done substr(text, 1, at) "\\\047\047"
			return "\047" done text "\047"
		}
		{
			name = plain($2)
			if (($1 != "uploads" && $1 != "vectors") || ("/" name "/") ~ /\/(\.\.?)?\//)
				stop("no name for a file: " $2)
			if ($3 == "-") {
				print "restore.sh: was missing when the snapshot was made: " $1 "/" $2 > "/dev/stderr"
				next
			}
			if ($4 !~ /^[0-9]+$/ || $5 !~ /^[0-9a-f]+$/) stop("no time and hash of a file: " $2)
			for (time = $4; length(time) < 10; ) time = "0" time
			sub(/.........$/, ".&", time)
			line = "put " $5 " " time " " quoted($1 "/" name) (NF == 5 ? " /dev/null" : "")
			for (i = 6; i <= NF; i++) {
				member = file($i)
				if ($i ~ /^z/) {
					if (!(member in zipped)) print member > compressed
					zipped[member] = 1
					sub(/\.zst$/, "", member)
				}
				line = line " " member
			}
			if (NF == 6) print $5 "  " member > contents
			print line
		}' "$work/places" "$work/m/files" >"$work/put"
}

restore_files() {
	touch "$work/compressed" "$work/contents"
	[ ! -s "$work/compressed" ] || (cd "$work" && xargs zstd -dq --rm <compressed)
	check_hashes "$work" 'files are' <"$work/contents"
	mkdir -p "$files/uploads" "$files/vectors"
	# shellcheck source=/dev/null
	. "$work/put"
}

# ---- one after the other ----

repository=$(dirname -- "$0")
case ${1-} in
--list)
	list
	exit
	;;
esac
[ $# = 3 ] || [ $# = 4 ] || usage
needed age tar zstd b2sum awk sed xargs
identity=$1 target=${3#sqlite:///} files=${4-}
[ -r "$identity" ] || fail "there is no file $identity with the secret key"
snapshot=$(choose "$2")
record=$repository/snapshots/$snapshot.json
case $files in '' | /*) ;; *) files=$PWD/$files ;; esac
for path in "$files/uploads" "$files/vectors"; do
	[ -z "$files" ] || [ -z "$(ls -A "$path" 2>/dev/null)" ] || fail "$path has files already: nothing was changed"
done
made=
work=$(mktemp -d "${TMPDIR:-/tmp}/owctl-restore.XXXXXX")
work=$(cd "$work" && pwd)
trap 'rm -rf "$work" ${made:+"$made"}' EXIT
trap 'exit 130' HUP INT TERM

say "restore.sh: checking the snapshot $snapshot"
open_manifest
engine=$(tr -d '\n' <"$work/m/manifest.json" | sed -nE 's/.*"databases" *: *\[[^]]*"engine" *: *"([a-z]*)".*/\1/p')
check_target
say 'restore.sh: decrypting'
open_packs
plan_rows
[ -z "$files" ] || plan_files
check_hashes "$work" 'members of packs are' <"$work/wanted"
if [ -n "$files" ]; then
	say "restore.sh: writing files below $files"
	restore_files
fi
say "restore.sh: loading $(awk '{ rows += $2 } END { print rows + 0 }' "$work/rows/list") rows"
"load_$engine"
say "restore.sh: done. What is left to do for Open WebUI stands in RESTORE.txt"
