"""Run by owctl with the Python of an Open WebUI: its server on the loopback port that is the argument, on a copy that is thrown
away. It ends with owctl, and is kept from the world: what automations, webhooks and functions of the installation do must not
be done a second time. So it connects to its own database and to nothing else."""
import importlib.util
import os
import pathlib
import signal
import socket
import sys
import threading
import time
import urllib.parse


def end_with_owctl():
    """Standard input is at its end when owctl is."""
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(10)
    os.killpg(0, signal.SIGKILL)


def database_addresses():
    url = urllib.parse.urlsplit(os.environ["DATABASE_URL"])
    if not url.hostname:
        return set()
    found = socket.getaddrinfo(url.hostname, url.port or 5432, type=socket.SOCK_STREAM)
    return {address[:2] for *_, address in found}


def keep_from_the_world():
    allowed = database_addresses()

    def refuse(event, arguments):
        if event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple) and arguments[1][:2] not in allowed:
            raise PermissionError("a drill connects to nothing but its database")

    sys.addaudithook(refuse)


def prepare():
    """No .env file of another installation is read."""
    spec = importlib.util.find_spec("open_webui")
    folders = map(pathlib.Path, spec.submodule_search_locations or [] if spec else [])
    if any((folder / "frontend").is_dir() for folder in folders):
        os.environ["FROM_INIT_PY"] = "true"
    try:
        import dotenv
        dotenv.load_dotenv = lambda *_, **__: False
    except ImportError:
        pass


threading.Thread(target=end_with_owctl, daemon=True).start()
keep_from_the_world()
prepare()
import open_webui.main
import uvicorn

uvicorn.run(open_webui.main.app, host="127.0.0.1", port=int(sys.argv[1]))
