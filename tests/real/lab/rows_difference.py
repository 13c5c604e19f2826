"""Where two databases that lab.rows has read differ, for people."""
import json

from lab.rows import Json

LINES = 40
WIDTH = 200


def _short(value):
    text = str(value) if isinstance(value, Json) else repr(value)
    return text if len(text) <= WIDTH else f"{text[:WIDTH]}.. ({len(text)} characters)"


def _same(one, other):
    return type(one) is type(other) and one == other


def _where(one, other, path=""):
    """(path, one, other) of the places where two JSON values part."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in {**one, **other}:
            if key in one and key in other:
                yield from _where(one[key], other[key], f"{path}.{key}")
            else:
                yield f"{path}.{key}", *(value[key] if key in value else "nothing" for value in (one, other))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, values in enumerate(zip(one, other)):
            yield from _where(*values, f"{path}[{number}]")
    elif json.dumps(one) != json.dumps(other):
        yield path, one, other


def _cell(place, one, other, names):
    if isinstance(one, Json) and isinstance(other, Json):
        places = _where(json.loads(one), json.loads(other))
    else:
        places = [("", one, other)]
    for path, *values in places:
        said = ", ".join(f"{name} {_short(value)}" for name, value in zip(names, values))
        yield f"{place}{path}: {said}"


def lines(expected, actual, names):
    for table in sorted(expected.keys() | actual.keys()):
        if table not in expected or table not in actual:
            yield f"{table}: only in {names[table in actual]}"
            continue
        left, right = expected[table], actual[table]
        for key in sorted(left.keys() | right.keys()):
            if key not in left or key not in right:
                row = left.get(key) or right[key]
                yield f"{table} [{_short(key)}]: only in {names[key in right]}: {_short(row)}"
                continue
            one, other = left[key], right[key]
            for column in {**one, **other}:
                if column not in one or column not in other:
                    yield f"{table}.{column}: only in {names[column in other]}"
                elif not _same(one[column], other[column]):
                    yield from _cell(f"{table} [{_short(key)}].{column}", one[column], other[column], names)


def difference(expected, actual, names=("upstream", "owctl")):
    """The differences of two answers of rows.read() as text, one a line; empty where there are none."""
    found = list(dict.fromkeys(lines(expected, actual, names)))
    more = [f".. and {len(found) - LINES} more"] if len(found) > LINES else []
    return "\n".join(found[:LINES] + more)
