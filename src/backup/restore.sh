#!/bin/sh
# Brings a snapshot back without owctl: RESTORE.txt says how to use this, docs/backup-format.md of owctl what it reads.
set -eu
LC_ALL=C PGCLIENTENCODING=UTF8
export LC_ALL PGCLIENTENCODING
umask 077

say() { printf '%s\n' "$*" >&2; }
fail() {
	say "restore.sh: $*"
	exit 1
}
usage() {
	say 'usage: sh restore.sh IDENTITY SNAPSHOT|latest TARGET [FILES-FOLDER]
       sh restore.sh --list
IDENTITY is the file with the secret key (AGE-SECRET-KEY-1..). TARGET is the path of a new SQLite database, or what
psql connects to: an empty database of PostgreSQL, as in postgresql://user@host/name. Files come below FILES-FOLDER.'
	exit 64
}
needed() {
	for program; do
		command -v "$program" >/dev/null || fail "the program $program is needed, and not installed"
	done
}

# A member of the JSON object in the first line of standard input, of which a text has its quotes and escapes.
member() { sed -nE '1s/.*"'"$1"'" *: *("([^"\\]|\\.)*"|[^],}]*).*/\1/p'; }

list() {
	for record in "$repository"/snapshots/*.json; do
		[ -e "$record" ] || fail "no snapshots in $repository/snapshots"
		line="$(basename "$record" .json)"
		for name in rows files bytes missing label; do
			line="$line  $name $(member $name <"$record")"
		done
		printf '%s\n' "$line"
	done
}

# The one snapshot whose ID begins with $1.
choose() {
	[ "$1" != latest ] || set -- ''
	found=
	for record in "$repository"/snapshots/"$1"*.json; do
		[ -e "$record" ] || fail "no snapshot begins with '$1': sh restore.sh --list names them"
		[ -z "$found" ] || [ -z "$1" ] || fail "more than one snapshot begins with '$1'"
		found=$(basename "$record" .json)
	done
	printf '%s\n' "$found"
}

# check_hashes FOLDER WHAT: standard input has a line for each file, its hash and its path.
check_hashes() {
	cat >"$work/hashes"
	[ ! -s "$work/hashes" ] || (cd "$1" && b2sum -l 256 -c --quiet - <"$work/hashes" >&2) ||
		fail "$2 damaged or missing: get them from another copy of the repository, or restore another snapshot"
}

keyed_hash() { openssl mac -macopt size:32 -macopt "hexkey:$1" -in "$2" BLAKE2BMAC 2>/dev/null | tr A-F a-f; }

# Whether it was written by who knew the recipients. coreutils can't tell, OpenSSL 3 can.
check_mac() {
	letters=qpzry9x8gf2tvdw0s3jn54khce6mua7l # of age1.., in the order of what they stand for
	{
		echo 'owctl repository key 1'
		tr -d '\n' <"$work/m/manifest.json" | sed -E 's/.*"recipients" *: *\[([^]]*)\].*/\1/' | tr ',' '\n' | tr -d '" ' |
			sed 's/^age1//' | tr $letters 0123456789abcdefghijklmnopqrstuv | sort |
			tr 0123456789abcdefghijklmnopqrstuv $letters | sed 's/^/age1/'
	} >"$work/recipients"
	head -n 1 "$record" >"$work/record"
	key=$(keyed_hash "$(member salt <"$repository/owctl-repository.json" | tr -d '"')" "$work/recipients")
	if [ "${#key}" != 64 ]; then
		say 'restore.sh: no openssl 3 here: not looked whether the snapshot was made by who knew the public keys'
	elif [ "mac $(keyed_hash "$key" "$work/record")" != "$(sed -n 2p "$record")" ]; then
		fail "snapshots/$snapshot.json was changed, or was not made by who knew the public keys"
	fi
}

open_manifest() {
	[ "$(member format <"$record")" = 1 ] || fail "another format than this program reads: get a newer owctl"
	{
		sed -nE '1s/.*"manifest" *: *\{[^}]*"hash" *: *"([0-9a-f]{64})".*/\1/p' "$record" |
			sed "s|\$|  manifests/$snapshot.tar.age|"
		sed -n '1s/.*"packs" *: *\[//p' "$record" | tr '[' '\n' |
			sed -nE 's|^ *"(..)([0-9a-f]{30})" *, *[0-9]+ *, *"([0-9a-f]{64})".*|\3  packs/\1/\1\2.tar.age|p'
	} >"$work/objects"
	grep -q manifests/ "$work/objects" || fail "snapshots/$snapshot.json is damaged"
	check_hashes "$repository" 'objects of the repository are' <"$work/objects"
	age -d -i "$identity" -o "$work/m.tar" "$repository/manifests/$snapshot.tar.age" ||
		fail "$identity does not open the snapshot"
	mkdir "$work/m"
	tar -xf "$work/m.tar" -C "$work/m"
	zstd -dq --rm "$work"/m/*.zst
	check_mac
}

# Every member of every pack becomes a file; $work/places has: PACK:OFFSET path size
open_packs() {
	sed -n 's|.*  packs/../||p' "$work/objects" >"$work/packs"
	while read -r pack; do
		pack=${pack%.tar.age}
		mkdir "$work/$pack"
		age -d -i "$identity" -o "$work/pack.tar" "$repository/packs/${pack%"${pack#??}"}/$pack.tar.age" </dev/null
		tar -tf "$work/pack.tar" >"$work/names"
		! grep -vqE '^[0-9]+(\.zst)?$' "$work/names" || fail "the pack $pack has members with strange names"
		tar -xf "$work/pack.tar" -C "$work/$pack"
		rm "$work/pack.tar"
		(cd "$work/$pack" && xargs wc -c <"$work/names") | awk -v pack="$pack" '
			$2 != "total" {
				print pack ":" at + 512, pack "/" $2, $1
				at += 512 + int(($1 + 511) / 512) * 512
			}' >>"$work/places"
	done <"$work/packs"
}

# awk: file(place) looks a place up, and writes its hash into the list that is checked.
looking_up='
	function stop(what) { print "restore.sh: " what > "/dev/stderr"; bad = 1; exit 1 }
	function file(place,  part, key) {
		sub(/^z/, "", place)
		split(place, part, ":")
		key = part[1] ":" part[2]
		if (!(key in path) || size[key] != part[3]) stop("the manifest names what is in no pack: " place)
		if (!(key in looked_up)) print part[4] "  " path[key] > hashes
		looked_up[key] = 1
		return path[key]
	}
	function plain(text,  done, at, letter) { # without the escapes of a list
		while ((at = index(text, "\\"))) {
			letter = substr(text, at + 1, 1)
			done = done substr(text, 1, at - 1) (letter == "t" ? "\t" : letter == "n" ? "\n" : letter == "r" ? "\r" : letter)
			text = substr(text, at + 2)
		}
		return done text
	}
	FNR == NR { path[$1] = $2; size[$1] = $3; next }
'

# For table N: rows/N.parts, the files that have its rows; rows/N.odd, of its odd values the first row and the file;
# rows/N.columns, what its columns are; rows/N.head, what stands before its rows. rows/list has N and how many there are.
plan_rows() {
	mkdir "$work/rows"
	awk -F '\t' -v engine="$engine" -v hashes="$work/wanted" -v rows="$work/rows/" "$looking_up"'
		function name(text,  done, at) {
			for (text = plain(text); (at = index(text, "\"")); text = substr(text, at + 1))
				done = done substr(text, 1, at) "\""
			text = done text
			if (engine == "postgresql") return "\"" text "\""
			for (done = ""; (at = index(text, "\\")); text = substr(text, at + 1)) # it will be taken for an escape
				done = done substr(text, 1, at) "\\"
			return "\"" done text "\""
		}
		# docs/backup-format.md
		function kind(type) {
			if (type ~ /int/) return "number"
			if (type ~ /char|clob|text/ || type == "") return "text"
			if (type ~ /blob/) return "bytes"
			if (type ~ /real|floa|doub/) return "real"
			return type ~ /bool/ ? "boolean" : type ~ /bytea|binary/ ? "bytes" : "number"
		}
		FILENAME ~ /tables$/ {
			table[$1] = ++count
			names = kinds = ""
			for (i = 4; i <= NF; i += 2) {
				names = names (i > 4 ? ", " : "") name($i)
				kinds = kinds kind($(i + 1)) "\n"
			}
			head = rows count ".head"
			if (engine == "sqlite") print "INSERT INTO " name($1) "(" names ") VALUES(" > head
			else print "COPY " name($1) " (" names ") FROM stdin;" > head
			close(head)
			printf "%s", kinds > (rows count ".columns")
			close(rows count ".columns")
			print count, $2 > (rows "list")
			next
		}
		{
			number = table[$1]
			print file($4) >> (rows number ".parts")
			if ($5 != "") print begun[number] + 0, file($5) >> (rows number ".odd")
			close(rows number ".parts")
			close(rows number ".odd")
			begun[number] += $2
		}' FS=' ' "$work/places" FS='\t' "$work/m/main.tables" "$work/m/main.segments"
}

# The rows of table $1, all $2 of them, as lines of COPY's text.
rows_of() {
	{ [ ! -e "$work/rows/$1.parts" ] || (cd "$work" && xargs zstd -dcq <"$work/rows/$1.parts"); } || echo 'zstd failed' >>"$work/failed"
}

# Odd values of table $1: row, column, class, value; rows are counted from the table's first.
odd_of() {
	[ ! -e "$work/rows/$1.odd" ] || while read -r begun file; do
		zstd -dcq "$work/$file" | awk -F '\t' -v OFS='\t' -v begun="$begun" '{ $1 += begun; print }'
	done <"$work/rows/$1.odd"
}

# The one that the snapshot has the rows of: new, or empty.
check_target() {
	case $engine:$target in
	sqlite:postgres*:* | sqlite:*dbname=* | sqlite:*host=*)
		fail 'the snapshot is of SQLite: give the path of a new file; `owctl backup restore` loads it into PostgreSQL' ;;
	postgresql:postgres*:* | postgresql:*=*) needed psql ;;
	postgresql:*)
		fail 'the snapshot is of PostgreSQL: give postgresql://..; `owctl backup restore` loads it into SQLite' ;;
	sqlite:*) needed sqlite3 ;;
	*) fail "no database of SQLite or PostgreSQL is in the snapshot" ;;
	esac
	if [ "$engine" = sqlite ]; then
		for path in "$target" "$target-wal" "$target-journal" "$target.restoring"; do
			[ ! -e "$path" ] || fail "$path is there already: nothing was changed"
		done
		return
	fi
	found=$(psql -XAtq -d "$target" -c "SELECT count(*) FROM pg_catalog.pg_class c
		WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
		AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')") ||
		fail 'psql did not get there: nothing was changed'
	[ "$found" = 0 ] || fail "the database has $found tables or views already: nothing was changed"
}

# Lines of COPY's text become INSERTs. Quotes are doubled before; escapes are resolved after, but for newlines, which
# become \001 within replace(): the shell of SQLite is slow with statements of many lines.
rows_as_sql='
	function stop(what) { print "restore.sh: " what "\n" > "/dev/stderr"; bad = 1; exit 1 }
	# Exactly that one: what SQLite reads from 17 digits may be its neighbour.
	function real(text,  value, sign, exponent) {
		if (text ~ /Infinity/) return (text ~ /^-/ ? "-" : "") "9e999"
		value = text + 0
		if (value == 0) return text ~ /^-/ ? "-0.0" : "0.0"
		if (length(text) < 16 && text !~ /[eE]/) return text (text ~ /[.]/ ? "" : ".0")
		if (value < 0) { sign = "-"; value = -value }
		for (exponent = 0; value >= 9007199254740992; exponent++) value /= 2
		for (; value != int(value); exponent--) value *= 2
		return sprintf("ieee754(%s%.0f,%d)", sign, value, exponent)
	}
	function number(text,  digits, most) {
		digits = text
		sub(/^-/, "", digits)
		most = digits == text ? "9223372036854775807" : "9223372036854775808"
		if (text ~ /[.eE]/ || text ~ /^-0+$/) return real(text)
		return length(digits) > 19 || (length(digits) == 19 && digits "" > most) ? real(text) : text
	}
	function put_hex(text,  at, size, letter, part) {
		print "CAST(x\047"
		for (size = length(text); ++at <= size; ) {
			letter = substr(text, at, 1)
			if (letter == "\047") at++
			if (letter != "\\") part = part code[letter]
			else if ((letter = substr(text, ++at, 1)) == "x") { part = part substr(text, at + 1, 2); at += 2 }
			else part = part (letter in escape ? escape[letter] : code[letter])
			if (at % 512 == 0) { print part; part = "" }
		}
		print part
		print "\047 AS TEXT)"
	}
	function put_text(text) {
		if (!index(text, "\\n") && !index(text, "\\x0")) { print "\047"; print text; print "\047" }
		else if (index(text, "\\x0") || index(text, "\001")) put_hex(text)
		else { print "replace(\047"; print text; print "\047,char(1),char(10))" }
	}
	function put_bytes(text) { print "x\047"; print substr(text, 4); print "\047" }
	function put(text, kind) {
		if (text == "\\N") print "NULL"
		else if (kind == "boolean" && (text == "t" || text == "f")) print (text == "t" ? "1" : "0")
		else if (kind == "bytes" && text ~ /^\\\\x([0-9a-f][0-9a-f])*$/) put_bytes(text)
		else if (kind == "real" && text ~ /^-?Infinity$/) print real(text)
		else if ((kind == "real" || kind == "number") && length(text) < 64 &&
			text ~ /^-?[0-9]+([.][0-9]+)?([eE][-+]?[0-9]+)?$/) print number(text)
		else put_text(text)
	}
	function put_odd(class, text) {
		if (class == "text") put_hex(text)
		else if (class == "blob") put_bytes(text)
		else print (class == "real" ? real(text) : text)
	}
	BEGIN {
		ORS = ""
		for (i = 1; i < 256; i++) code[sprintf("%c", i)] = sprintf("%02x", i)
		escape["b"] = "08"; escape["t"] = "09"; escape["n"] = "0a"; escape["v"] = "0b"; escape["f"] = "0c"; escape["r"] = "0d"
	}
	FILENAME ~ /columns$/ { kinds[columns = FNR] = $1; next }
	FILENAME ~ /head$/ { head = head (FNR > 1 ? "\n" : "") $0; next }
	FILENAME ~ /odd$/ { odd[$1, $2 + 1] = $3; value[$1, $2 + 1] = $4; next }
	{
		if (NF != columns && (NF || columns != 1)) stop("a row has " NF " values, not " columns)
		print head
		for (i = 1; i <= columns; i++) {
			if (i > 1) print ","
			if ((count, i) in odd) put_odd(odd[count, i], value[count, i])
			else put($i, kinds[i])
		}
		print ");\n"
		count++
	}
	END { if (!bad && count != want) stop("a table has " count + 0 " rows, not " want) }
'

sqlite_rows() {
	odd_of "$1" | sed "s/'/''/g" >"$work/odd"
	rows_of "$1" "$2" | sed "s/'/''/g" | {
		awk -F '\t' -v want="$2" "$rows_as_sql" count=0 "$work/rows/$1.columns" "$work/rows/$1.head" "$work/odd" - ||
			echo 'awk failed' >>"$work/failed"
	} | sed -f "$work/escapes"
}

load_sqlite() {
	{
		printf '/\\\\/!b\ns/\\\\\\\\/\\\n/g\n/\\\\/!{\ns/\\n/\\\\/g\nb\n}\n'
		printf 's/\\\\%s/%b/g\n' n '\001' t '\t' r '\r' b '\b' f '\f' v '\v'
		printf 's/\\n/\\\\/g\n'
	} >"$work/escapes"
	part=$target.restoring made=$target.restoring
	{
		echo '.dbconfig dqs_ddl on'
		echo 'PRAGMA journal_mode = off; PRAGMA synchronous = off; PRAGMA foreign_keys = off; BEGIN;'
		cat "$work/m/main.before.sql"
		while read -r number rows; do sqlite_rows "$number" "$rows"; done <"$work/rows/list"
		cat "$work/m/main.after.sql"
		[ -s "$work/failed" ] || echo 'COMMIT;'
	} | sqlite3 -batch -bail -init /dev/null "$part" >/dev/null || fail 'SQLite did not take it: the database is as it was'
	[ ! -s "$work/failed" ] || fail "$(cat "$work/failed"): the database is as it was"
	sync
	mv "$part" "$target"
}

load_postgresql() {
	{
		echo 'BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;'
		echo "SET LOCAL standard_conforming_strings = on; SET LOCAL datestyle = 'ISO';"
		cat "$work/m/main.before.sql"
		while read -r number rows; do
			cat "$work/rows/$number.head"
			rows_of "$number" "$rows" | awk -v want="$rows" '{ print } END { exit NR != want }' ||
				echo 'a table has not as many rows as it should' >>"$work/failed"
			echo '\.'
		done <"$work/rows/list"
		cat "$work/m/main.after.sql"
		[ -s "$work/failed" ] || echo 'COMMIT;'
	} | psql -Xq -v ON_ERROR_STOP=1 -d "$target" >/dev/null || fail 'PostgreSQL did not take it: the database is as it was'
	[ ! -s "$work/failed" ] || fail "$(cat "$work/failed"): the database is as it was"
}

# put HASH SECONDS PATH MEMBER..: a file of several members; they are checked when they are together.
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
	touch -m -d "@$seconds" "$files/$path"
}

plan_files() {
	awk -F '\t' -v hashes="$work/wanted" -v compressed="$work/compressed" -v contents="$work/contents" "$looking_up"'
		function quoted(text,  done, at) {
			for (; (at = index(text, "\047")); text = substr(text, at + 1))
				done = done substr(text, 1, at) "\\\047\047"
			return "\047" done text "\047"
		}
		{
			name = plain($2)
			if (($1 != "uploads" && $1 != "vectors") || ("/" name "/") ~ /\/(\.\.?)?\//) stop("no name for a file: " $2)
			if ($3 == "-") { print "restore.sh: was missing when the snapshot was made: " $1 "/" $2 > "/dev/stderr"; next }
			line = "put " $5 " " substr($4, 1, length($4) - 9) " " quoted($1 "/" name) (NF == 5 ? " /dev/null" : "")
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
		}' FS=' ' "$work/places" FS='\t' "$work/m/files" >"$work/put"
}

restore_files() {
	touch "$work/compressed" "$work/contents"
	(cd "$work" && xargs zstd -dq --rm <compressed)
	check_hashes "$work" 'files are' <"$work/contents"
	mkdir -p "$files/uploads" "$files/vectors"
	# shellcheck source=/dev/null
	. "$work/put"
}

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
