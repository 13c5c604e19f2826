"""What a database's catalogue says, as plain structures that can be compared and kept as JSON.

Two databases whose catalogues are equal here can't be told apart by Open WebUI or by a later migration, however the
statements that made them were written. What is left out is what upstream itself varies from run to run: the order of
constraints and indexes (it comes from the iteration of sets), white space and quotes in SQLite's stored text, the
numbers that SQLite gives to its automatic indexes, and PostgreSQL's numbering of columns after a drop. Everything else
counts: names, order of columns, types as declared, defaults, constraints with their names, indexes, sequences.
"""
import re

TOKEN = re.compile(r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | `[^`]*` | \[[^\]]*\] | --[^\n]* | [\w.]+ | <> | \|\| | \S""", re.X)
TABLE_CONSTRAINTS = {"constraint", "primary", "unique", "check", "foreign"}


def tokens(sql):
    """SQL as a list of words: names without quotes, everything but literals in lower case, no comments."""
    words = []
    for word in TOKEN.findall(sql):
        if word.startswith("--"):
            continue
        if word[0] in '"`[':
            words.append(word[1:-1].lower())
        else:
            words.append(word if word[0] == "'" else word.lower())
    return words


def split_definitions(sql):
    """The definitions between the outer parentheses of a CREATE TABLE, each as a list of words."""
    parts, part, depth = [], [], 0
    for word in tokens(sql):
        if word == "(":
            depth += 1
            if depth == 1:
                continue
        elif word == ")":
            depth -= 1
            if depth == 0:
                break
        if depth == 1 and word == ",":
            parts.append(part)
            part = []
        elif depth >= 1:
            part.append(word)
    return [*parts, part]


def sqlite_table_text(sql):
    """What only the text of a CREATE TABLE tells: (extras of columns, table constraints).

    The extras are a column's definition without NOT NULL and DEFAULT, which table_xinfo tells in any order."""
    columns, constraints = {}, []
    for words in split_definitions(sql):
        if words[0] in TABLE_CONSTRAINTS:
            constraints.append(" ".join(words))
            continue
        text = " ".join(words)
        text = text.replace(" not null", "")
        text = re.sub(r" default (\( .*? \)|'(?:[^']|'')*'|\S+)", "", text)
        columns[words[0]] = text
    return columns, sorted(constraints)


def sqlite_foreign_keys(rows, table):
    found = {}
    listed = rows("select * from pragma_foreign_key_list(?)", table)
    for number, _, parent, column, parent_column, on_update, on_delete, match in listed:
        _, columns = found.setdefault(number, ([parent, on_update, on_delete, match], []))
        columns.append([column, parent_column])
    return sorted([*what, columns] for what, columns in found.values())


def sqlite_indexes(rows, table):
    """(indexes by name, those that SQLite made for constraints)"""
    named, automatic = {}, []
    for _, index, unique, origin, partial in rows("select * from pragma_index_list(?)", table):
        listed = rows("select name, desc, coll from pragma_index_xinfo(?) where key", index)
        found = {"unique": unique, "origin": origin, "columns": listed}
        if partial or any(column is None for column, _, _ in listed):  # an expression has no name
            [[sql]] = rows("select sql from sqlite_master where type = 'index' and name = ?", index)
            found["sql"] = " ".join(tokens(sql))
        if origin == "c":
            named[index] = found
        else:
            automatic.append(found)
    return named, sorted(automatic, key=repr)


def sqlite_table(rows, name, sql):
    texts, constraints = sqlite_table_text(sql)
    named, automatic = sqlite_indexes(rows, name)
    listed = rows('select name, type, "notnull", dflt_value, pk, hidden from pragma_table_xinfo(?)', name)
    labels = ("name", "type", "not null", "default", "key", "hidden", "text")
    return {
        "columns": [dict(zip(labels, [*column, texts.get(column[0].lower())])) for column in listed],
        "constraints": constraints,
        "foreign keys": sqlite_foreign_keys(rows, name),
        "indexes": named,
        "automatic indexes": automatic,
        "without rowid, strict": rows("select wr, strict from pragma_table_list(?)", name),
    }


def of_sqlite(connection):
    """The catalogue of an SQLite database (an open sqlite3 connection)."""

    def rows(sql, *values):
        return [list(row) for row in connection.execute(sql, values)]

    master = [row for row in rows("select type, name, sql from sqlite_master") if not row[1].startswith("sqlite_")]
    return {
        "tables": {name: sqlite_table(rows, name, sql) for kind, name, sql in master if kind == "table"},
        "others": {f"{kind} {name}": " ".join(tokens(sql)) for kind, name, sql in master if kind not in ("table", "index")},
    }


PG_RELATIONS = """
    select c.relname, c.relkind::text, c.relpersistence::text, c.reloptions::text
    from pg_class c where c.relnamespace = %(schema)s::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')"""
PG_COLUMNS = """
    select a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid),
           a.attidentity::text, a.attgenerated::text, l.collname
    from pg_attribute a
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    left join pg_collation l on l.oid = a.attcollation
    where a.attrelid = %(relation)s::regclass and a.attnum > 0 and not a.attisdropped
    order by a.attnum"""
PG_CONSTRAINTS = """
    select conname, pg_get_constraintdef(oid), convalidated
    from pg_constraint where conrelid = %(relation)s::regclass"""
PG_INDEXES = """
    select i.relname, pg_get_indexdef(i.oid), x.indisvalid, x.indisprimary
    from pg_index x join pg_class i on i.oid = x.indexrelid where x.indrelid = %(relation)s::regclass"""
PG_SEQUENCES = """
    select c.relname, format_type(s.seqtypid, null), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle,
           (select format('%%s.%%s', t.relname, a.attname)
            from pg_depend d join pg_class t on t.oid = d.refobjid
            join pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid
            where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i') and d.refobjsubid > 0)
    from pg_sequence s join pg_class c on c.oid = s.seqrelid where c.relnamespace = %(schema)s::regnamespace"""
PG_OTHERS = """
    select 'type ' || typname, typtype::text from pg_type t
    where typnamespace = %(schema)s::regnamespace and typtype in ('e', 'd', 'r')
    union all
    select 'function ' || proname, pg_get_function_identity_arguments(oid) from pg_proc
    where pronamespace = %(schema)s::regnamespace
    union all
    select 'view ' || relname, pg_get_viewdef(oid) from pg_class
    where relnamespace = %(schema)s::regnamespace and relkind in ('v', 'm')
    union all
    select 'trigger ' || tgname, pg_get_triggerdef(t.oid) from pg_trigger t join pg_class c on c.oid = tgrelid
    where c.relnamespace = %(schema)s::regnamespace and not tgisinternal"""


def postgresql_table(rows, relation, schema):
    def unqualified(text):
        return text.replace(f' "{schema}".', " ").replace(f" {schema}.", " ")

    labels = ("name", "type", "not null", "default", "identity", "generated", "collation")
    return {
        "columns": [dict(zip(labels, row)) for row in rows(PG_COLUMNS, relation=relation)],
        "constraints": {row[0]: row[1:] for row in rows(PG_CONSTRAINTS, relation=relation)},
        "indexes": {row[0]: [unqualified(row[1]), *row[2:]] for row in rows(PG_INDEXES, relation=relation)},
    }


def of_postgresql(connection, schema="public"):
    """The catalogue of one schema of a PostgreSQL database (an open connection of psycopg or psycopg2)."""
    quoted = f'"{schema}"'
    with connection.cursor() as cursor:

        def rows(sql, **values):
            cursor.execute(sql, values)
            return [list(row) for row in cursor.fetchall()]

        # Definitions name what lies outside the search path by its schema.
        [[path]] = rows("select current_setting('search_path')")
        rows("select set_config('search_path', %(path)s, false)", path=quoted)
        tables = {}
        for name, *about in rows(PG_RELATIONS, schema=quoted):
            tables[name] = {"relation": about, **postgresql_table(rows, f'"{name}"', schema)}
        sequences = {row[0]: row[1:] for row in rows(PG_SEQUENCES, schema=quoted)}
        others = dict(rows(PG_OTHERS, schema=quoted))
        rows("select set_config('search_path', %(path)s, false)", path=path)
    return {"tables": tables, "sequences": sequences, "others": others}


def flatten(value, path=""):
    """(path, leaf) of everything in a catalogue; a list of named things is addressed by position and name."""
    if isinstance(value, dict) and value:
        for key in value:
            yield from flatten(value[key], f"{path}/{key}")
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for position, item in enumerate(value):
            name = item.get("name") if isinstance(item, dict) else None
            yield from flatten(item, f"{path}/{position}" + (f" {name}" if name else ""))
    else:
        yield path, value


def difference(expected, actual, names=("expected", "actual")):
    """The differences of two catalogues as text, one a line; empty where there are none."""
    missing = object()
    left, right = dict(flatten(expected)), dict(flatten(actual))
    lines = []
    for path in sorted(left.keys() | right.keys()):
        one, other = left.get(path, missing), right.get(path, missing)
        if one is missing or other is missing:
            there, value = (names[1], other) if one is missing else (names[0], one)
            lines.append(f"{path}: only in {there}: {value!r}")
        elif one != other:
            lines.append(f"{path}: {names[0]} {one!r}, {names[1]} {other!r}")
    return "\n".join(lines)
