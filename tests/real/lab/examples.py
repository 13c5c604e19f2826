"""How many examples a property is tried with.

A check tries the same examples every time, so that it says the same of the same tree. `EXAMPLES=20 scripts/check -k NAME`
tries twenty times as many, other ones each time; what it finds becomes an @example.
"""
import os

from hypothesis import HealthCheck, settings

FACTOR = int(os.environ.get("EXAMPLES", "1"))


def examples(count):
    return settings(max_examples=count * FACTOR, derandomize=FACTOR == 1, database=None, deadline=None,
                    suppress_health_check=[HealthCheck.function_scoped_fixture])
