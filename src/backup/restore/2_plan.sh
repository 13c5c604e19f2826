
# ---- what is where ----

# awk: file(place) looks a place up, and writes its hash into the list that is checked.
# shellcheck disable=SC2016 # it is awk
looking_up='
	function stop(what) { print "restore.sh: " what > "/dev/stderr"; bad = 1; exit 1 }
	function file(place,  part, key) {
		sub(/^z/, "", place)
		split(place, part, ":")
		key = part[1] ":" part[2]
		if (!(key in path) || size[key] != part[3]) stop("the manifest names what is in no pack: " place)
		if (!(key in looked_up)) print part[4] "  " path[key] >> hashes
		looked_up[key] = 1
		return path[key]
	}
	function plain(text,  done, at, letter) { # without the escapes of a list
		while ((at = index(text, "\\"))) {
			letter = substr(text, at + 1, 1)
			if (letter in control) letter = control[letter]
			done = done substr(text, 1, at - 1) letter
			text = substr(text, at + 2)
		}
		return done text
	}
	BEGIN { control["t"] = "\t"; control["n"] = "\n"; control["r"] = "\r" }
	FILENAME ~ /places$/ { path[$1] = $2; size[$1] = $3; next }
'

# The database that all below is about: where it goes, and in $plan what is known of its rows.
use() {
	database=$1 plan=$work/rows-$1
	case $database in
	main) target=$main_target ;;
	vectors) target=$vectors_target ;;
	esac
	engine=$(tr -d '\n' <"$work/m/manifest.json" | sed -E 's/.*"databases" *: *\[([^]]*)\].*/\1/' | tr '{' '\n' |
		grep "\"name\" *: *\"$database\"" | sed -nE 's/.*"engine" *: *"([a-z]*)".*/\1/p')
}

# For table N: rows/N.parts, the files that have its lines; rows/N.odd, of its odd values the first line and the file;
# rows/N.skip, of lines that are no rows the first one and how many; rows/N.columns, what its columns are; rows/N.head,
# what stands before its rows. rows/list has each N and its rows.
plan_rows() {
	mkdir "$plan"
	touch "$plan/list"
	awk -F '\t' -v engine="$engine" -v hashes="$work/wanted" -v rows="$plan/" "$looking_up"'
		function name(text,  done, at) {
			for (text = plain(text); (at = index(text, "\"")); text = substr(text, at + 1))
				done = done substr(text, 1, at) "\""
			text = done text
			if (engine == "postgresql") return "\"" text "\""
			# These become INSERTs, whose escapes are resolved.
			for (done = ""; (at = index(text, "\\")); text = substr(text, at + 1))
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
			printf "" > (rows count ".skip")
			close(rows count ".skip")
			print count, $2 > (rows "list")
			next
		}
		{
			number = table[$1]
			print file($4) >> (rows number ".parts")
			if ($5 != "") print begun[number] + 0, file($5) >> (rows number ".odd")
			close(rows number ".parts")
			close(rows number ".odd")
			ranges = split($6, range, ",")
			for (i = 1; i <= ranges; i++) {
				more = split(range[i], part, "+") > 1 ? part[2] : 1
				print begun[number] + part[1] "\t" more >> (rows number ".skip")
			}
			close(rows number ".skip")
			begun[number] += $2
		}' "$work/places" "$work/m/$database.tables" "$work/m/$database.segments"
}

# The lines of table $1, of COPY's text.
lines_of() {
	[ ! -e "$plan/$1.parts" ] || (cd "$work" && xargs zstd -dcq <"$plan/$1.parts") ||
		echo 'zstd failed' >>"$work/failed"
}

# awk, for lines that come after rows/N.skip: passes those over that are no rows.
# shellcheck disable=SC2016 # it is awk
skipping='
	FILENAME ~ /skip$/ { skip[++skips] = $1; until[skips] = $1 + $2; next }
	FILENAME !~ /(columns|head|odd)$/ {
		while (skipping < skips && FNR > until[skipping]) skipping++
		if (FNR > skip[skipping] && FNR <= until[skipping]) next
	}
	BEGIN { skipping = 1 }
'

# Odd values of table $1: line, column, class, value; lines are counted from the table's first.
odd_of() {
	[ ! -e "$plan/$1.odd" ] || while read -r begun file; do
		zstd -dcq "$work/$file" | awk -F '\t' -v OFS='\t' -v begun="$begun" '{ $1 += begun; print }'
	done <"$plan/$1.odd"
}

# The one that the snapshot has the rows of: new, or empty.
check_target() {
	case $engine:$target in
	sqlite:postgres*:* | sqlite:*dbname=* | sqlite:*host=*)
		fail 'the snapshot is of SQLite: give the path of a new file (into PostgreSQL: owctl backup restore)' ;;
	postgresql:postgres*:* | postgresql:*=*) needed psql ;;
	postgresql:*)
		fail 'the snapshot is of PostgreSQL: give postgresql://.. (into SQLite: owctl backup restore)' ;;
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
