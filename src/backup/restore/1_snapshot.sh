#!/bin/sh
# Brings a snapshot back without owctl: RESTORE.txt says how to use this, docs/backup-format.md of owctl what it reads.
# (In owctl's sources this is in parts, src/backup/restore/*.sh, which a repository gets as one file.)
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

# The IDs of the snapshots that begin with $1. What is called otherwise is none, and no name to work with.
ids() {
	for path in "$repository"/snapshots/"$1"*.json; do
		basename "$path" .json
	done | grep -xE '[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}' || :
}

# Who can write to the repository can put anything into a label: nothing of it goes to a terminal as it is.
list() {
	[ -n "$(ids '')" ] || fail "no snapshots in $repository/snapshots"
	for id in $(ids ''); do
		line=$id
		for name in rows files bytes missing label; do
			line="$line  $name $(member $name <"$repository/snapshots/$id.json")"
		done
		printf '%s\n' "$line" | tr '\001-\011\013-\037\177' '?'
	done
}

# The one snapshot whose ID begins with $1.
choose() {
	[ "$1" != latest ] || set -- ''
	found=
	for id in $(ids "$1"); do
		[ -z "$found" ] || [ -z "$1" ] || fail "more than one snapshot begins with '$1'"
		found=$id
	done
	[ -n "$found" ] || fail "no snapshot begins with '$1': sh restore.sh --list names them"
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
	digits=0123456789abcdefghijklmnopqrstuv
	{
		echo 'owctl repository key 1'
		tr -d '\n' <"$work/m/manifest.json" | sed -E 's/.*"recipients" *: *\[([^]]*)\].*/\1/' |
			tr ',' '\n' | tr -d '" ' | sed 's/^age1//' |
			tr $letters $digits | sort | tr $digits $letters | sed 's/^/age1/'
	} >"$work/recipients"
	head -n 1 "$record" >"$work/record"
	key=$(keyed_hash "$(member salt <"$repository/owctl-repository.json" | tr -d '"')" "$work/recipients")
	if [ "${#key}" != 64 ]; then
		say 'restore.sh: no openssl 3 here, so not looked whether who made the snapshot knew the public keys'
	elif [ "mac $(keyed_hash "$key" "$work/record")" != "$(sed -n 2p "$record")" ]; then
		fail "snapshots/$snapshot.json was changed, or was not made by who knew the public keys"
	fi
}

open_manifest() {
	[ "$(member format <"$record")" = 1 ] || fail "another format than this program reads: get a newer owctl"
	{
		sed -nE '1s/.*"manifest" *: *\{[^}]*"hash" *: *"([0-9a-f]{64})".*/\1/p' "$record" |
			sed "s|\$|  manifests/$snapshot.tar.age|"
		sed -n '1s/.*"packs" *: *\[//p' "$record" | tr '[' '\n' | sed -nE \
			's|^ *"(..)([0-9a-f]{30})" *, *[0-9]+ *, *"([0-9a-f]{64})".*|\3  packs/\1/\1\2.tar.age|p'
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
	touch "$work/places" "$work/wanted"
	sed -n 's|.*  packs/../||p' "$work/objects" >"$work/packs"
	while read -r pack; do
		pack=${pack%.tar.age}
		mkdir "$work/$pack"
		object=packs/${pack%"${pack#??}"}/$pack.tar.age
		age -d -i "$identity" -o "$work/pack.tar" "$repository/$object" </dev/null ||
			fail "$object does not open"
		tar -tf "$work/pack.tar" >"$work/names"
		! grep -vqE '^[0-9]+(\.zst)?$' "$work/names" || fail "the pack $pack has members with strange names"
		tar -xf "$work/pack.tar" -C "$work/$pack"
		rm "$work/pack.tar"
		(cd "$work/$pack" && xargs wc -c <"$work/names") | awk -v pack="$pack" -v OFS='\t' '
			$2 != "total" {
				print pack ":" at + 512, pack "/" $2, $1
				at += 512 + int(($1 + 511) / 512) * 512
			}' >>"$work/places"
	done <"$work/packs"
}
