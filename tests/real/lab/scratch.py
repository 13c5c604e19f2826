"""Databases that one test has made go with it: hundreds of them would fill the memory and keep autovacuum busy. What a
fixture of a wider scope makes stays."""
import contextlib

_wider = 0  # fixtures of a wider scope that are being set up
_made = []  # (server, name)


@contextlib.contextmanager
def fixture(scope):
    global _wider
    _wider += scope != "function"
    try:
        yield
    finally:
        _wider -= scope != "function"


def made(server, name):
    if not _wider:
        _made.append((server, name))


def drop():
    """Those of a server that has ended went with it."""
    for server, name in _made:
        if server.popen.poll() is None:
            server.drop_if_possible(name)
    _made.clear()
