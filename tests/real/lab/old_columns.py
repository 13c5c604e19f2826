"""What the columns of an old database hold: references by name, all others by type, but for those in old_values.py."""
import datetime
import re

from lab import hostile_json, old_values
from lab.old_values import COLUMNS, OMIT, SECOND

__all__ = ["COUNTS", "OMIT", "value"]

# Tables with another number of rows than asked for.
COUNTS = {
    "chat": lambda world: len(world.chats),
    "config": lambda world: world.count if world.has("config.key") else 3,
    "config_old": lambda world: 3,
    # 2f1211949ecc adds a column without a default, so upstream aborts if there is any row.
    "channel_member": lambda world: world.count if world.has("channel_member.joined_at") else 0,
    "auth": lambda world: len(old_values.accounts(world)),
}

# Where the name does not say it. A name that ends in _id and is not here refers to the table of that name.
REFERS = {"event_id": "calendar_event", "parent_group_id": "group", "directory_id": "knowledge_directory",
          "base_model_id": "model", "archived_by": "user", "deleted_by": "user", "updated_by": "user",
          "invited_by": "user", "pinned_by": "user", "reply_to_id": "message"}
OWN_TABLE = {"parent_id"}

# Columns that are unique together: the first counts up, so that the pairs of two tables of n rows are n * n.
PAIRS = {"group_member": ("group_id", "user_id"), "knowledge_file": ("knowledge_id", "file_id"),
         "chat_file": ("chat_id", "file_id"), "channel_file": ("channel_id", "file_id"),
         "pinned_note": ("user_id", "note_id"), "channel_member": ("channel_id", "user_id"),
         "calendar_event_attendee": ("event_id", "user_id"), "message_reaction": ("message_id", "user_id")}

NANOSECONDS = {"channel", "channel_member", "channel_webhook", "message", "message_reaction", "note", "pinned_note",
               "calendar", "calendar_event", "calendar_event_attendee", "automation", "automation_run", "app"}


# Text on both engines, JSON to everybody who reads it.
JSON_IN_TEXT = {"file.meta", "function.meta", "function.valves", "model.params", "model.meta", "tool.specs", "tool.meta", "tool.valves"}


def value(world, column, number):
    """The value of that row. Tables that are older than the chain want one where others take NULL."""
    made = wished(world, column, number)
    if made is None and column.needed:
        made = "{}" if str(column) in JSON_IN_TEXT else by_type(world, column, number, world.random(str(column), number, "needed"))
    width = re.search(r"char.*\((\d+)\)$", column.type)
    return made[:int(width[1])] if width and isinstance(made, str) else made


def wished(world, column, number):
    random = world.random(str(column), number)
    if make := COLUMNS.get(str(column)):
        return make(world, column, number, random)
    if column.name == "id" and "int" not in column.type:  # a key, if only by an index in the oldest databases
        return world.ids(column.table)[number]
    if column.table in PAIRS and column.name in PAIRS[column.table]:
        return of_a_pair(world, column, number)
    if refers := table_of(column):
        return reference(world, column, refers, number, random)
    return by_type(world, column, number, random)


def table_of(column):
    if column.refers or column.name in REFERS:
        return column.refers or REFERS[column.name]
    if column.name in OWN_TABLE:
        return column.table.removesuffix("_history") if column.table != "prompt_history" else None
    return column.name.removesuffix("_id") if column.name.endswith("_id") else None


def of_a_pair(world, column, number):
    ids = world.ids(table_of(column))
    if column.name == PAIRS[column.table][0]:
        return ids[number % len(ids)]
    return ids[(number * 7 + number // len(ids)) % len(ids)]


def reference(world, column, table, number, random):
    """Mostly to a row that is there; to an earlier one of the same table."""
    ids = world.ids(table)
    if table == column.table:
        ids = ids[:number]
    chance = random.random()
    if not column.needed and (chance < 0.2 or not ids):
        return None
    enforced = column.refers and world.engine == "postgresql"
    if chance > 0.93 and not enforced:
        return world.id("nobody", number)
    return random.choice(ids)


def by_type(world, column, number, random):
    """A value that the type takes and that is unique where it may have to be."""
    kind = column.type
    if not column.needed and random.random() < 0.2:
        return None
    if column.is_json:
        return hostile_json.any_for(number, world.engine)
    if "bool" in kind:
        return random.random() < 0.5
    if "timestamp" in kind or kind == "datetime":
        return str(datetime.datetime(2024, 1, 1) + datetime.timedelta(hours=number, microseconds=123))
    if kind == "date":
        return str(datetime.date(1970, 1, 1) + datetime.timedelta(days=number * 311))
    if "int" in kind:
        if column.key:
            return OMIT
        return time(column, number, random) if column.name.endswith("_at") or column.name == "timestamp" else number % 5
    if "char" in kind and kind.endswith("(50)"):
        return f"{column.name} {number} é"
    return f"{column.name} {number} {hostile_json.text(random)}"


def time(column, number, random):
    seconds = SECOND + 3600 * number + random.randrange(3600)
    return seconds * 10**9 + random.randrange(10**9) if column.table in NANOSECONDS else seconds
