"""What upstream 0.12.4 aborts on: {revision: {feature of hostile_features.py: {engine: what its error says}}}.

Tried from starts all along the chain: the same feature can make another revision abort that comes first. On SQLite the
revisions before are done then and this one may be half done; on PostgreSQL everything is undone. owctl has to find
these rows before it changes anything, or to do what was meant.
"""


def both(text):
    return {"sqlite": text, "postgresql": text}


ABORTS = {
    "6a39f3d8e55c": {
        "document_list": both("'list' object has no attribute 'get'"),
        "document_not_json": both("Expecting property name enclosed in double quotes"),
        "document_without_title": dict(sqlite="NOT NULL constraint failed: knowledge.name",
                                       postgresql="null value in column"),
    },
    "242a2047eae0": {
        "chat_null": both("the JSON object must be str, bytes or bytearray, not NoneType"),
        "chat_deep": both("maximum recursion depth exceeded"),
        "chat_nan": dict(postgresql="invalid input syntax for type json"),
    },
    "1af9b942657b": {
        "tag_without_name": both("'NoneType' object has no attribute 'replace'"),
    },
    "3ab32c4b8f59": {
        "tag_without_user": dict(postgresql="contains null values"),
    },
    "c29facfe716b": {
        "file_meta_null": both("argument of type 'NoneType' is not iterable"),
        "file_meta_number": both("argument of type 'int' is not iterable"),
        "file_meta_not_json": dict(sqlite="Expecting property name enclosed in double quotes",
                                   postgresql="invalid input syntax for type json"),
        "file_path_list": dict(sqlite="Error binding parameter 1: type 'list' is not supported"),
    },
    "37f288994c47": {
        "member_twice": dict(sqlite="UNIQUE constraint failed: group_member.group_id, group_membe",
                             postgresql="duplicate key value violates unique constraint"),
        "member_null": dict(sqlite="NOT NULL constraint failed: group_member.user_id",
                            postgresql="null value in column"),
        "member_unknown": dict(postgresql="insert or update on table"),
        "member_number": dict(postgresql="insert or update on table"),
    },
    "2f1211949ecc": {
        "channel_member_without_joined_at": dict(sqlite="Cannot add a NOT NULL column with default value NULL",
                                                 postgresql="contains null values"),
    },
    "b10670c03dd5": {
        "settings_not_json": dict(postgresql="invalid input syntax for type json"),
        "settings_empty": dict(postgresql="invalid input syntax for type json"),
    },
    "3e0e00844bb0": {
        "file_twice": dict(sqlite="UNIQUE constraint failed: knowledge_file.knowledge_id, knowl",
                           postgresql="duplicate key value violates unique constraint"),
        "file_ids_null": both("'NoneType' object is not iterable"),
        "file_id_number": dict(postgresql="operator does not exist: character varying = integer"),
    },
    "374d2f66af06": {
        "prompt_same_command": dict(sqlite="UNIQUE constraint failed: prompt_new.command",
                                    postgresql="duplicate key value violates unique constraint"),
        "prompt_without_title": dict(sqlite="NOT NULL constraint failed: prompt_new.name",
                                     postgresql="null value in column"),
        "prompt_without_user": dict(sqlite="NOT NULL constraint failed: prompt_new.user_id",
                                    postgresql="null value in column"),
        "prompt_without_time": dict(sqlite="NOT NULL constraint failed: prompt_new.created_at",
                                    postgresql="null value in column"),
    },
    "8452d01d26d7": {
        "chat_not_json": dict(sqlite="Expecting property name enclosed in double quotes"),
        "chat_empty_text": dict(sqlite="Expecting value"),
        "chat_list": both("'list' object has no attribute 'get'"),
        "chat_number": both("'int' object has no attribute 'get'"),
        "chat_true": both("'bool' object has no attribute 'get'"),
        "chat_text_with_a_list": both("'list' object has no attribute 'get'"),
        "chat_deep": both("maximum recursion depth exceeded"),
    },
    "f1e2d3c4b5a6": {
        "access_read_null": both("'NoneType' object has no attribute 'get'"),
        "access_read_list": both("'list' object has no attribute 'get'"),
        "access_ids_null": both("'NoneType' object is not iterable"),
        "access_id_list": both("unhashable type: 'list'"),
        "access_id_null": dict(postgresql="current transaction is aborted, commands ignored until end o"),
    },
    "c1d2e3f4a5b6": {
        "shared_original_without_user": dict(sqlite="NOT NULL constraint failed: shared_chat.user_id",
                                             postgresql="null value in column"),
    },
    "4de81c2a3af1": {
        "pinned_note_without_user": dict(sqlite="NOT NULL constraint failed: pinned_note.user_id",
                                         postgresql="null value in column"),
    },
    "3ff2c63645b8": {
        "config_list": both("'list' object has no attribute 'items'"),
        "config_number": both("'int' object has no attribute 'items'"),
        "config_true": both("'bool' object has no attribute 'items'"),
        "config_text_with_a_list": both("'list' object has no attribute 'items'"),
    },
    "9a1b2c3d4e5f": {
        "chat_deep": both("maximum recursion depth exceeded"),
        "message_parent_list": both("unhashable type: 'list'"),
        "message_parent_object": both("unhashable type: 'dict'"),
        "message_id_surrogate": both("'utf-8' codec can't encode character '\\ud83d' in position 0:"),
        "list_times_mixed": both("'>' not supported between instances of 'str' and 'int'"),
        "list_time_object": both("'>' not supported between instances of 'dict' and 'dict'"),
        "list_id_list": both("unhashable type: 'list'"),
        "list_parent_list": both("unhashable type: 'list'"),
        "message_id_nul": dict(postgresql="A string literal cannot contain NUL (0x00) characters."),
    },
    "f0bd01a18a3d": {
        "email_twice": both("duplicate emails exist"),
        "email_empty_twice": both("duplicate emails exist"),
        "email_twice_umlaut": dict(postgresql="duplicate emails exist"),
    },
    "6d09d1bf1f23": {
        "oauth_not_json": dict(sqlite="Expecting property name enclosed in double quotes"),
        "oauth_empty": dict(sqlite="Expecting value"),
    },
    "d4c1a8e37b62": {
        "chat_meta_empty": dict(sqlite="malformed JSON"),
        "chat_meta_not_json": dict(sqlite="malformed JSON"),
        "chat_meta_nan": dict(sqlite="malformed JSON"),
        "chat_meta_deeper": dict(sqlite="malformed JSON"),
        "timer_infinite": both("cannot convert float infinity to integer"),
        "timer_too_large": dict(sqlite="Python int too large to convert to SQLite INTEGER",
                                postgresql="bigint out of range"),
        "timer_far_too_large": dict(sqlite="Python int too large to convert to SQLite INTEGER",
                                    postgresql="bigint out of range"),
        "chat_meta_nul": dict(postgresql="unsupported Unicode escape sequence"),
        "chat_meta_surrogate": dict(postgresql="invalid input syntax for type json"),
    },
    "d6a8c3f912ab": {
        "skill_meta_empty": dict(sqlite="Expecting value"),
        "skill_meta_not_json": dict(sqlite="Expecting property name enclosed in double quotes"),
        "skill_meta_deep": both("maximum recursion depth exceeded"),
    },
    "e7b9d4a023bc": {
        "model_meta_null": both("'NoneType' object has no attribute 'pop'"),
        "model_meta_list": both("pop expected at most 1 argument, got 2"),
        "model_meta_empty": both("Expecting value"),
        "model_meta_number": both("'int' object has no attribute 'pop'"),
        "model_meta_text": both("'str' object has no attribute 'pop'"),
        "model_meta_not_json": both("Expecting property name enclosed in double quotes"),
        "model_meta_deep": both("maximum recursion depth exceeded"),
        "model_params_empty": both("Expecting value"),
        "model_params_not_json": both("Expecting property name enclosed in double quotes"),
        "model_params_deep": both("maximum recursion depth exceeded"),
        "model_meta_nan": dict(postgresql="invalid input syntax for type json"),
        "model_params_nan": dict(postgresql="invalid input syntax for type json"),
    },
    "f8c0e5b134cd": {
        "tool_meta_null": both("'NoneType' object has no attribute 'pop'"),
        "tool_meta_list": both("pop expected at most 1 argument, got 2"),
        "tool_meta_number": both("'int' object has no attribute 'pop'"),
        "tool_meta_text": both("'str' object has no attribute 'pop'"),
        "tool_meta_not_json": both("Expecting property name enclosed in double quotes"),
        "tool_meta_deep": both("maximum recursion depth exceeded"),
        "function_meta_null": both("'NoneType' object has no attribute 'pop'"),
        "function_meta_list": both("pop expected at most 1 argument, got 2"),
        "function_meta_number": both("'int' object has no attribute 'pop'"),
        "function_meta_text": both("'str' object has no attribute 'pop'"),
        "function_meta_not_json": both("Expecting property name enclosed in double quotes"),
        "function_meta_deep": both("maximum recursion depth exceeded"),
        "tool_meta_nan": dict(postgresql="invalid input syntax for type json"),
        "function_meta_nan": dict(postgresql="invalid input syntax for type json"),
    },
}


MESSAGES = "8452d01d26d7"


def after(revision, engine, chain):
    """{feature: error} of what aborts in a later revision of `chain`, a list of ids, for whoever is at `revision`."""
    found = {}
    for id in chain[chain.index(revision) + 1:]:
        for feature, errors in ABORTS.get(id, {}).items():
            # 9a1b2c3d4e5f reads a message in chat.chat only if its chat has no rows in chat_message.
            read = not feature.startswith("message_") or chain.index(revision) >= chain.index(MESSAGES)
            if engine in errors and read:
                found.setdefault(feature, errors[engine])
    return found
