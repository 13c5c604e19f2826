"""`owctl migrate` where a database's owner has set something otherwise: the end is the same, value by value."""
import time

import pytest

from lab.rows_difference import difference
from test_migrate_rows import OLDEST, everything, migrate, old  # noqa: F401 (fixtures)
from test_old_database import copy, engine  # noqa: F401

SETTINGS = {
    "bytea_output": "escape", "standard_conforming_strings": "off", "statement_timeout": "20ms", "lock_timeout": "1ms",
    "idle_in_transaction_session_timeout": "20ms", "idle_session_timeout": "20ms", "client_encoding": "LATIN1",
    "default_transaction_isolation": "serializable", "extra_float_digits": "0", "datestyle": "German"}


@pytest.fixture(scope="module")
def ends():
    """What it comes to without any setting."""
    return {}


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
@pytest.mark.parametrize("setting", SETTINGS)
def test_the_end_is_the_same(migrate, old, copy, postgresql, ends, engine, setting):  # noqa: F811
    url, since = old(OLDEST, seed=5, count=30), time.time()
    if not ends:
        whole = copy(url)
        migrate(whole).ok()
        ends["rows"] = everything(whole, since)
    name = url.rsplit("/", 1)[1]
    postgresql.execute(f"alter database {name} set {setting} = '{SETTINGS[setting]}'")
    done = migrate(url)
    postgresql.execute(f"alter database {name} reset all")
    done.ok()
    assert difference(ends["rows"], everything(url, since)) == ""
