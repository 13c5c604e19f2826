"""JSON texts of every shape that a parser, a writer or a column can trip over. All are texts, since duplicate keys,
spellings of numbers and escapes do not survive a Python value."""
import json

WORDS = ("plain", "Grüße aus Köln", "日本語のテキスト", "🙂👩‍👩‍👧 astral 𝕏", "quote \" back \\ slash / tab\t", "line\nbreak",
         "'; drop table chat; --", "", " blanks ", "\u2028\u2029\ufeff", "e\u0301 combined", "<b>&amp;</b>", "x" * 700)

# Objects that json takes on both engines and in which upstream finds nothing to stumble over.
OBJECTS = (
    '{}',
    '{ "a" : 1 , "b":[ 1,2 , 3 ] }',
    '{"big": 123456789012345678901234567890, "negative": -9223372036854775809, "edge": 9223372036854775807}',
    '{"float": 1e5, "small": 1E-7, "long": 0.1000000000000000055511151231257827, "zero": -0.0, "int zero": -0}',
    '{"max": 1.7976931348623157e308, "tiny": 5e-324, "whole": 1.0, "rounded": 9007199254740993.0}',
    '{"twice": 1, "between": true, "twice": {"last": "wins"}}',
    '{"nested": {"a": {"b": {"c": [[[[{"d": null}]]]]}}}, "empty": {"o": {}, "a": []}}',
    '{"caf\\u00e9": "caf\u00e9", "\\ud83d\\ude42": "\U0001f642", "slash": "\\/", "control": "\\u0001\\b\\f"}',
    '{"": "empty key", "a.b": "dotted key", "$": "dollar", "\\"": "quote"}',
    '{"true": true, "false": false, "null": null, "text": "null", "number": "1"}',
)
# What JSON columns that no migration reads may hold beside objects.
OTHERS = ('[]', '[1, "two", null, {"three": 3.0}]', 'null', '"text"', '""', '"{\\"encoded\\": \\"twice\\"}"', 'true',
          '17')

# Python writes and reads these, SQLite's text takes them, PostgreSQL's json refuses them.
NOT_A_NUMBER = '{"nan": NaN, "up": Infinity, "down": -Infinity}'
NUL = '{"nul": "a\\u0000b"}'
SURROGATE = '{"half": "\\ud83d", "\\ude42": 1}'


def deep(levels):
    return '{"a":' * levels + "1" + "}" * levels


def dumps(value):
    """As a browser writes it, unlike json.dumps: no blanks, no escapes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def encoded_twice(value):
    return json.dumps(json.dumps(value))


def text(random):
    return random.choice(WORDS)


def object_for(number, engine):
    """Every kind in turn."""
    kinds = (*OBJECTS, SURROGATE, NOT_A_NUMBER) if engine == "sqlite" else (*OBJECTS, SURROGATE)
    return kinds[number % len(kinds)]


def any_for(number, engine):
    kinds = len(OBJECTS) + len(OTHERS)
    at = number * 7 % kinds
    return OTHERS[at - len(OBJECTS)] if at >= len(OBJECTS) else object_for(at, engine)
