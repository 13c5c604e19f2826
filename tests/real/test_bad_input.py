"""Bad input: for every row of the table (bad_input/) the exact exit status, a message that says what is wrong and a hint that
says what to do; under sanitizers, without a raw control byte, with the same words as JSON, and never with a secret."""
import pathlib
import shutil
import tempfile

import pytest

from bad_input import envfiles, files, passwords, profiles, revisions, rows, servers, urls, words
from bad_input.case import check_case
from bad_input.world import World

CASES = [case for module in (urls, files, revisions, rows, envfiles, profiles, words, passwords, servers) for case in module.CASES]


@pytest.fixture
def world():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="owctl-bad-"))
    folder.chmod(0o755)
    yield World(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bad_input(case, world, request):
    if case.db:
        world.db
    for name, contents in case.files.items():
        world.write(name, contents)
    if case.setup:
        world.names |= case.setup(world, *map(request.getfixturevalue, case.needs)) or {}
    check_case(case, world)
