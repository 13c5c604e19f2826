"""The process of recorded.py: python run_recorded.py RECORDED.json '{"sockets": [..], "latencies": [..], "key": ..}'"""
import asyncio
import base64
import email.utils
import hashlib
import hmac
import json
import secrets
import socket
import sys

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def is_signed(token, key):
    try:
        signed, _, signature = token.rpartition(".")
        wanted = hmac.new(key.encode(), signed.encode(), hashlib.sha256).digest()
        return hmac.compare_digest(base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4)), wanted)
    except ValueError:
        return False


class Replica:
    def __init__(self, recorded, latency, key):
        self.recorded = {name: text.encode("latin-1") for name, text in recorded.items()}
        self.latency, self.key = latency, key

    def choose(self, path, headers):
        if path.startswith("/static/"):
            path = path.partition("?")[0]
        if path == "/api/v1/auths/":
            scheme, _, token = headers.get("authorization", "").partition(" ")
            if not token:
                return "/api/v1/auths/ without a token"
            return path if is_signed(token, self.key) else "/api/v1/auths/ with another key"
        if path.endswith("transport=websocket") and headers.get("upgrade", "").lower() != "websocket":
            return "without the upgrade"
        return path if path in self.recorded else None

    def answer(self, path, headers, keeps, port):
        chosen = self.choose(path, headers)
        if chosen is None:
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        head, _, body = self.recorded[chosen].partition(b"\r\n\r\n")
        head = head.replace(b"ETAG", b"%d" % port)  # each has its own file
        lines = [line for line in head.split(b"\r\n") if keeps is False or line.lower() != b"connection: close"]
        lines.insert(1, b"date: " + email.utils.formatdate(usegmt=True).encode())
        if b" 101 " in lines[0]:
            accepted = base64.b64encode(hashlib.sha1(headers.get("sec-websocket-key", "").encode() + GUID).digest())
            lines.append(b"Sec-WebSocket-Accept: " + accepted)
            packet = body[2:].replace(b"SID", secrets.token_urlsafe(15).encode())
            body = bytes([0x81, len(packet)]) + packet
        return b"\r\n".join(lines) + b"\r\n\r\n" + body

    async def serve(self, reader, writer):
        try:
            keeps, port = True, writer.get_extra_info("sockname")[1]
            while keeps:
                request, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
                keeps = headers.get("connection", "").lower() != "close"
                await asyncio.sleep(self.latency)
                writer.write(self.answer(request.split(" ")[1], headers, keeps, port))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def main(file, told):
    with open(file) as text:
        answers = text.read()
    for what, instead in told["instead"].items():
        answers = answers.replace(what, instead)
    recorded = json.loads(answers)
    for number, latency in zip(told["sockets"], told["latencies"]):
        await asyncio.start_server(Replica(recorded, latency, told["key"]).serve, sock=socket.socket(fileno=number))
    await asyncio.Event().wait()


asyncio.run(main(sys.argv[1], json.loads(sys.argv[2])))
