"""Health: who gets in, what browsers may do, and who reads along. Settings are made as rows, as the admin panel makes them."""
import os
import shutil
import tempfile

import pytest

from lab import findings
from lab.findings import changing, look
from lab.parts import NEWEST

DRAWN = "k3Vw9tQm" * 5


class Laptop:
    def __init__(self, folder):
        self.folder = folder
        self.url = f"sqlite:///{folder}/webui.db"
        self.settings = {"DATA_DIR": folder}


@pytest.fixture
def laptop(templates, tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    templates.sqlite(NEWEST, folder)
    laptop = Laptop(folder)
    with changing(laptop.url) as execute:
        findings.add_user(execute, "admin")
    return laptop


# --- the key

@pytest.mark.parametrize("key, state", [("t0p-s3cr3t", "critical"), ("short", "critical"), ("openwebuisecretkey", "warning"),
                                        ("dGhpcyBpcyBkcmF3bg", None), (DRAWN, None), ("a" * 40, None)])
def test_the_secret_key(owctl, laptop, key, state):
    found = look(owctl, "OW801", WEBUI_SECRET_KEY=key, **laptop.settings)
    assert [row["state"] for row in found.get("OW801", [])] == ([state] if state else [])
    assert key not in str(found)


# --- what the database says

def test_a_laptop_is_well(owctl, laptop):
    found = look(owctl, "security", WEBUI_SECRET_KEY=DRAWN, **laptop.settings)
    assert not found and found.rc == 0, found


def test_open_sign_up(owctl, laptop):
    def said(**values):
        with changing(laptop.url) as execute:
            findings.set_config(execute, **values)
        found = look(owctl, "OW803", **laptop.settings)
        return found.one("OW803")[0] if found else None

    assert said(ui__enable_signup=True) is None  # they are pending
    assert said(ui__default_user_role="user") == "warning"
    assert said(ui__default_user_role="admin") == "critical"
    assert not look(owctl, "OW803", ENABLE_PERSISTENT_CONFIG="false", **laptop.settings)
    assert said(ui__enable_signup=False) is None


def test_before_anybody_signed_up_it_has_to_be_open(owctl, laptop):
    with changing(laptop.url) as execute:
        execute('delete from "user"')
        findings.set_config(execute, ui__enable_signup=True, ui__default_user_role="user")
    assert not look(owctl, "security", **laptop.settings)


def test_ldap(owctl, laptop):
    with changing(laptop.url) as execute:
        findings.set_config(execute, ldap__enable=False, ldap__server__use_tls=False)
    assert not look(owctl, "OW815", **laptop.settings)
    with changing(laptop.url) as execute:
        findings.set_config(execute, ldap__enable=True)
    assert "without TLS" in look(owctl, "OW815", **laptop.settings).one("OW815")[1]
    with changing(laptop.url) as execute:
        findings.set_config(execute, ldap__server__use_tls=True, ldap__server__validate_cert=False)
    assert "certificate" in look(owctl, "OW815", **laptop.settings).one("OW815")[1]


def test_a_sign_in_that_never_ends(owctl, laptop):
    for lifetime, wrong in ("4w", False), ("-1", True):
        with changing(laptop.url) as execute:
            findings.set_config(execute, auth__jwt_expiry=lifetime)
        assert bool(look(owctl, "OW809", **laptop.settings)) == wrong


def test_administrators(owctl, laptop):
    with changing(laptop.url) as execute:
        for _ in range(11):
            findings.add_user(execute, "admin")
    assert look(owctl, "OW804", **laptop.settings).one("OW804") == ("info", "12 of 12 accounts are administrators")
    with changing(laptop.url) as execute:
        execute("update \"user\" set role = 'user'")
    found = look(owctl, "OW804", **laptop.settings)
    assert found.rc == 2 and found.one("OW804")[0] == "critical"


def test_api_keys(owctl, laptop):
    with changing(laptop.url) as execute:
        for role in ("admin", "user"):
            user = findings.add_user(execute, role)
            execute("insert into api_key (id, user_id, key, created_at, updated_at) values (?, ?, ?, 1, 1)", user, user, f"sk-{user}")
    assert not look(owctl, "OW805", **laptop.settings)  # they are switched off
    with changing(laptop.url) as execute:
        findings.set_config(execute, auth__enable_api_keys=True)
    found = look(owctl, "OW805", **laptop.settings)
    assert found.one("OW805") == ("info", "2 API keys, 1 of them of administrators, never end and may do anything") and "sk-" not in str(found)
    with changing(laptop.url) as execute:
        findings.set_config(execute, auth__api_key__endpoint_restrictions=True)
    assert not look(owctl, "OW805", **laptop.settings)


def test_the_settings_of_old_releases_are_read(owctl, templates, tmp_path):
    """Before 0.10 they are one document."""
    folder = tmp_path / "old"
    folder.mkdir()
    url = f"sqlite:///{templates.sqlite('0.8.12', folder)}"
    with changing(url) as execute:
        findings.add_user(execute, "admin")
        execute("insert into config (data, version) values (?, 0)", '{"ui": {"enable_signup": true, "default_user_role": "user"}, "auth": {"jwt_expiry": "-1"}}')
    assert look(owctl, "security", DATA_DIR=folder).worst() == {"OW803", "OW809"}


# --- files and ways

def test_a_file_that_everybody_changes(owctl, laptop):
    """Where the folders above let nobody in, its own rights say nothing."""
    os.chmod(laptop.folder / "webui.db", 0o666)
    assert not look(owctl, "OW811", **laptop.settings)
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.chmod(folder, 0o755)
        file = shutil.copy(laptop.folder / "webui.db", folder)
        os.chmod(file, 0o644)
        assert look(owctl, "OW811", DATA_DIR=folder).one("OW811")[0] == "info"
        os.chmod(file, 0o666)
        found = look(owctl, "OW811", DATA_DIR=folder)
        assert found.rc == 2 and "changed by everybody" in found.one("OW811")[1]
        os.chmod(file, 0o600)
        assert not look(owctl, "OW811", DATA_DIR=folder)
        os.chmod(folder, 0o777)
        assert look(owctl, "OW811", DATA_DIR=folder).one("OW811")[0] == "critical"


def test_the_database_s_role(owctl, make_postgresql, postgresql):
    url = make_postgresql(NEWEST)
    found = look(owctl, "OW812", "OW814", DATABASE_URL=url)
    assert "OW812" not in found  # it is this machine
    assert found.one("OW814")[0] == "info"
    with changing(url) as execute:
        execute("do $$ begin if not exists (select from pg_roles where rolname = 'plain') then create role plain login; end if; end $$")
        execute("grant pg_read_all_data to plain")
    assert not look(owctl, "OW812", "OW814", DATABASE_URL=url.replace("owner@", "plain@"))


# --- browsers

@pytest.mark.parametrize("installation", [f"on {NEWEST}"], indirect=True)
def test_what_a_replica_lets_browsers_do(owctl, installation):
    """As Open WebUI comes: * is mentioned, and is a warning where people come by HTTPS."""
    where = {name: str(value) for name, value in installation.where.items()}
    found = look(owctl, "security", replica=installation.server.url, **where)
    assert found.rc == 0 and found.one("OW807")[0] == "info" and set(found) == {"OW807"}
    https = {"WEBUI_URL": "https://127.0.0.1:1"}
    found = look(owctl, "OW807", "OW808", replica=installation.server.url, **where, **https)
    assert found.one("OW807")[0] == "warning" and "OW808" not in found
    assert look(owctl, "OW808", replica=installation.server.url, WEBUI_SESSION_COOKIE_SECURE="False", **where, **https).one("OW808")[0] == "warning"
    assert not look(owctl, "OW808", replica=installation.server.url, WEBUI_SESSION_COOKIE_SECURE="true", **where, **https)


def test_a_server_without_sign_in_behind_a_header(owctl, start_openwebui, laptop):
    """One server of each kind of carelessness: nobody signs in there, and a header would say who it is."""
    with changing(laptop.url) as execute:
        execute('delete from "user"')
    server = start_openwebui(NEWEST, laptop.folder, WEBUI_AUTH="False", CORS_ALLOW_ORIGIN="https://chat.example",
                             WEBUI_AUTH_TRUSTED_EMAIL_HEADER="X-Email").wait()
    found = look(owctl, "security", replica=server.url, **laptop.settings)
    assert found.one("OW802")[0] == "info" and "OW807" not in found and "OW810" not in found
    others = server.url.replace("127.0.0.1", "0.0.0.0")  # leads there, and is no address of this machine alone
    found = look(owctl, "security", replica=others, **laptop.settings)
    assert found.rc == 2 and found.one("OW802")[0] == "critical" and found.one("OW810")[0] == "warning"
