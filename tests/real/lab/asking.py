"""What a health check asks of replicas, asked plainly."""
import base64
import contextlib
import hashlib
import hmac
import json
import socket
import time
import uuid

import requests

POLLING = "/ws/socket.io/?EIO=4&transport=polling"
WEBSOCKET = "/ws/socket.io/?EIO=4&transport=websocket"
UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
TELLS_THE_KEY = "/api/v1/auths/"
GOOD_KEY, OTHER_KEY = "Invalid authentication request.", "401 Unauthorized"  # what 0.12.4 says of a token of nobody


def ask(url, path, token=None, headers=None, origin=None, whole=True):
    """The answer as it comes, or what comes until its head is there."""
    host, port = url.removeprefix("http://").split(":")
    lines = {"Host": f"{host}:{port}", **(headers or {"Connection": "close"})}
    lines |= {"Authorization": f"Bearer {token}"} if token else {}
    lines |= {"Origin": origin} if origin else {}
    with socket.create_connection((host, int(port)), 10) as connection:
        connection.sendall("\r\n".join([f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in lines.items()), "", ""]).encode())
        connection.settimeout(0.5)
        seen = b""
        with contextlib.suppress(TimeoutError):
            while (whole or b"\r\n\r\n" not in seen) and (more := connection.recv(65536)):
                seen += more
        return seen


def of_nobody(key):
    """A token for an account that is not there: what is said of it tells whether the key is right."""
    def part(value):
        return base64.urlsafe_b64encode(value).rstrip(b"=")

    claims = {"id": str(uuid.uuid4()), "exp": int(time.time()) + 3600}
    signed = part(b'{"alg":"HS256","typ":"JWT"}') + b"." + part(json.dumps(claims).encode())
    return (signed + b"." + part(hmac.new(key.encode(), signed, hashlib.sha256).digest())).decode()


def detail(url, token):
    return requests.get(url + TELLS_THE_KEY, headers={"Authorization": f"Bearer {token}"}, timeout=10).json()["detail"]


def opens(url, **how):
    """The status of a websocket's beginning."""
    return int(ask(url, WEBSOCKET, headers=UPGRADE, whole=False, **how).split()[1])


def answers_within(seconds, url):
    try:
        return requests.get(url, timeout=seconds).status_code
    except requests.Timeout:
        return None
