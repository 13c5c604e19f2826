"""The release build under valgrind: what sanitizers don't look at (libraries, reading what was never set), and leaks."""
import os
import shutil
import subprocess

import pytest
from lab.parts import TREE

PROGRAM = TREE / "build/owctl"
MEMCHECK = ["valgrind", "--quiet", "--error-exitcode=99", "--leak-check=full", "--show-leak-kinds=definite,indirect",
            "--errors-for-leak-kinds=definite,indirect"]
PEOPLE = "email,name,password_hash,groups\n" + "".join(f"p{n}@x.org,Ä {n},$2b$12${'a' * 53},Staff\n" for n in range(600))


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def checked(request, tmp_path):
    """checked(status, *words): runs owctl under memcheck; it must end so and memcheck have nothing to say."""
    if not shutil.which("valgrind"):
        pytest.skip("valgrind is not installed")
    if not PROGRAM.exists():
        pytest.skip("build/owctl is not built")
    where = {"DATA_DIR": str(tmp_path)} if request.param == "SQLite" else {"DATABASE_URL": request.getfixturevalue("make_postgresql")()}

    def run(status, *words, stdin=""):
        done = subprocess.run([*MEMCHECK, PROGRAM, *words], input=stdin.encode(), capture_output=True, timeout=120,
                              env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), **where})
        assert done.returncode == status and b"==" not in done.stderr, (words, done.stderr.decode(errors="replace"))
        return done.stdout.decode()

    return run


def test_accounts_from_import_to_deletion(checked):
    checked(0, "migrate", "up")
    checked(0, "user", "create", "first@x.org", "--role", "admin", "--no-password")
    checked(0, "user", "import", "-", "--create-groups", stdin=PEOPLE)
    checked(65, "user", "import", "-", stdin=PEOPLE)
    assert checked(0, "user", "list", "-o", "json", "--search", "ä 5").count('"id"') == 111
    assert checked(0, "user", "export").count("\n") == 602
    checked(0, "user", "passwd", "p1@x.org", "--password-stdin", stdin="another password")
    checked(0, "user", "delete", "p1@x.org", "--yes")
    checked(77, "user", "delete", "first@x.org", "--yes")
