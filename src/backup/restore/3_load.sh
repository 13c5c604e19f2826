
# ---- the database ----

# Lines of COPY's text become INSERTs. Quotes are doubled before; escapes are resolved after, but for newlines, which
# become \001 within replace(): the shell of SQLite is slow with statements of many lines.
# shellcheck disable=SC2016 # it is awk
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
			else if ((letter = substr(text, ++at, 1)) != "x")
				part = part (letter in escape ? escape[letter] : code[letter])
			else {
				part = part substr(text, at + 1, 2)
				at += 2
			}
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
		count = 0
		for (i = 1; i < 256; i++) code[sprintf("%c", i)] = sprintf("%02x", i)
		split("b t n v f r", escapes, " ")
		for (i in escapes) escape[escapes[i]] = sprintf("%02x", i + 7)
	}
	FILENAME ~ /columns$/ { kinds[columns = FNR] = $1; next }
	FILENAME ~ /head$/ { head = head (FNR > 1 ? "\n" : "") $0; next }
	FILENAME ~ /odd$/ { odd[$1, $2 + 1] = $3; value[$1, $2 + 1] = $4; next }
	{
		if (NF != columns && (NF || columns != 1)) stop("a row has " NF " values, not " columns)
		print head
		for (i = 1; i <= columns; i++) {
			if (i > 1) print ","
			if ((FNR - 1, i) in odd) put_odd(odd[FNR - 1, i], value[FNR - 1, i])
			else put($i, kinds[i])
		}
		print ");\n"
		count++
	}
	END { if (!bad && count != want) stop("a table has " count + 0 " rows, not " want) }
'

sqlite_rows() {
	odd_of "$1" | sed "s/'/''/g" >"$work/odd"
	lines_of "$1" | sed "s/'/''/g" | {
		awk -F '\t' -v want="$2" "$skipping$rows_as_sql" "$plan/$1.columns" "$plan/$1.head" \
			"$work/odd" "$plan/$1.skip" - ||
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
		cat "$work/m/$database.before.sql"
		while read -r number rows; do sqlite_rows "$number" "$rows"; done <"$plan/list"
		cat "$work/m/$database.after.sql"
		[ -s "$work/failed" ] || echo 'COMMIT;'
	} | sqlite3 -batch -bail -init /dev/null "$part" >/dev/null ||
		fail 'SQLite did not take it: the database is as it was'
	[ ! -s "$work/failed" ] || fail "$(cat "$work/failed"): the database is as it was"
	sync
	mv "$part" "$target"
}

load_postgresql() {
	{
		echo 'BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;'
		echo "SET LOCAL standard_conforming_strings = on; SET LOCAL datestyle = 'ISO';"
		cat "$work/m/$database.before.sql"
		while read -r number rows; do
			cat "$plan/$number.head"
			lines_of "$number" |
				awk -F '\t' -v want="$rows" \
					"$skipping"'{ print; rows++ } END { exit rows + 0 != want }' \
					"$plan/$number.skip" - ||
				echo 'a table has not as many rows as it should' >>"$work/failed"
			echo '\.'
		done <"$plan/list"
		cat "$work/m/$database.after.sql"
		[ -s "$work/failed" ] || echo 'COMMIT;'
	} | psql -Xq -v ON_ERROR_STOP=1 -d "$target" >/dev/null ||
		fail 'PostgreSQL did not take it: the database is as it was'
	[ ! -s "$work/failed" ] || fail "$(cat "$work/failed"): the database is as it was"
}
