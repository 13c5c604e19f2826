"""lab/broken.py: the real 0.9.6 makes the broken states that it is known for."""
import contextlib
import json
import sqlite3

import psycopg
import pytest

from lab import broken


@pytest.fixture
def make(request, upgrade_by, tmp_path):
    """make(engine, state): what the state's maker answers, and a connection to the database."""
    with contextlib.ExitStack() as stack:
        def make(engine, state):
            if engine == "sqlite":
                url = f"sqlite:///{tmp_path}/webui.db"
                connection = stack.enter_context(contextlib.closing(sqlite3.connect(tmp_path / "webui.db")))
            else:
                url = request.getfixturevalue("postgresql").create()
                connection = stack.enter_context(psycopg.connect(url))
            answer = state(upgrade_by(broken.RELEASE), connection, url)
            return answer, connection

        yield make


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_chats_stay_in_the_old_column(make, engine):
    _, connection = make(engine, broken.old_chat)
    rows = connection.execute("select chat, old_chat from chat").fetchall()
    assert rows == [(None, '{"title": "title"}')] * 2


def test_second_account_ends_b10670c03dd5(make):
    error, connection = make("sqlite", broken.info_json)
    assert "info_json" in error
    assert connection.execute("select version_num from alembic_version").fetchall() == [("2f1211949ecc",)]
    assert connection.execute("select info, info_json from user").fetchall() == [(None, None)] * 2


def test_settings_are_encoded_twice(make):
    _, connection = make("sqlite", broken.encoded_twice)
    [[settings]] = connection.execute("select settings from user")
    assert json.loads(json.loads(settings)) == json.loads(broken.SETTINGS)
