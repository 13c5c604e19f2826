"""Google Cloud Storage, as far as it is to be had here: fake-gcs-server keeps objects and their generations, but speaks
the JSON API only. `XmlApi` before it takes owctl's requests to the XML API: looks at their signatures and tokens,
refuses what Google's documentation says is refused, and passes the rest on in the other API's words. So what is proved
is the signature as documented, conditions on generations, and the protocol of resumable uploads; not how Google's own
XML looks."""
import hashlib
import hmac
import http.client
import http.server
import json
import re
import threading
import urllib.parse
from xml.sax.saxutils import escape

from lab.faulty import reply
from lab.parts import part
from lab.process import Process, free_port
from lab.s3 import quote

KEYS = ("GOOG1EXAMPLE0ACCESS", "a-secret-of-the-lab/0123456789abcdef+ABCD")
XML = "<?xml version='1.0' encoding='UTF-8'?>"
JSON_API = ("/storage/", "/upload/", "/download/", "/batch/")


class FakeGCS(Process):
    def __init__(self, folder):
        super().__init__(folder)
        self.port = free_port()
        self.buckets = 0

    def start(self):
        self.spawn([part("fake-gcs-server") / "bin/fake-gcs-server", "-scheme", "http", "-host", "127.0.0.1",
                    "-port", self.port, "-backend", "memory"], env={"HOME": str(self.folder)})
        return self

    def wait(self):
        self.wait_ready(lambda: self.json("GET", "/storage/v1/b").status == 200, 60)
        return self

    def json(self, method, path, document=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        body = json.dumps(document) if document is not None else None
        connection.request(method, path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.text = answer.read().decode()
        connection.close()
        return answer

    def bucket(self):
        self.buckets += 1
        name = f"bucket-{self.buckets}"
        assert self.json("POST", "/storage/v1/b", {"name": name}).status == 200
        return name

    def object(self, bucket, name):
        """What the server says of an object; None: there is none."""
        answer = self.json("GET", f"/storage/v1/b/{bucket}/o/{quote(name)}")
        return json.loads(answer.text) if answer.status == 200 else None


class XmlApi:
    """`tokens`: those that are taken. `seen`: "METHOD path?query" of each request. `most`: so many bytes of a chunk it
    takes at most, and leaves the others to be sent again; 0: all."""

    def __init__(self, server):
        self.server, self.tokens, self.seen, self.most, self.sessions = server, set(), [], 0, {}
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            upstream = None

            def log_message(self, *_):
                pass

            def handle_one_request(self):
                try:
                    super().handle_one_request()
                except OSError:
                    self.close_connection = True

            def answer(self):
                Request(api, self).answer()

            do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_PATCH = answer

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    def __enter__(self):
        threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.http.shutdown()
        self.http.server_close()

    def location(self, bucket, prefix="", **parameters):
        query = urllib.parse.urlencode({"endpoint": self.url, **parameters})
        return f"gs://{bucket}/{quote(prefix, '/')}?{query}"


class Said(Exception):
    """An error that Google would answer."""


class Request:
    def __init__(self, api, handler):
        self.api, self.handler, self.headers = api, handler, handler.headers
        self.method = handler.command
        self.body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        self.path, _, self.query = handler.path.partition("?")
        self.parameters = dict(urllib.parse.parse_qsl(self.query, keep_blank_values=True))
        _, bucket, name = (self.path + "/").split("/", 2)
        self.bucket, self.name = urllib.parse.unquote(bucket), urllib.parse.unquote(name.removesuffix("/"))

    def answer(self):
        self.api.seen.append(f"{self.method} {self.handler.path}")
        if self.path.startswith(JSON_API):
            reply(self.handler, self.ask(self.method, self.handler.path, self.body, dict(self.headers)))
            return
        try:
            self.authenticate()
            reply(self.handler, self.translated())
        except Said as said:
            self.refuse(*said.args)

    def refuse(self, status, code, message=""):
        body = f"{XML}<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()
        self.handler.send_response(status)
        self.handler.send_header("Content-Type", "application/xml; charset=UTF-8")
        self.handler.send_header("Content-Length", str(len(body)))
        self.handler.end_headers()
        if self.method != "HEAD":
            self.handler.wfile.write(body)

    def ask(self, method, path, body=b"", headers=None):
        handler = self.handler
        handler.upstream = handler.upstream or http.client.HTTPConnection("127.0.0.1", self.api.server.port, timeout=60)
        handler.upstream.request(method, path, body, {name: value for name, value in (headers or {}).items()
                                                      if name.lower() not in ("host", "connection", "content-length")})
        answer = handler.upstream.getresponse()
        answer.content = answer.read()
        return answer

    # ---- who asks ----

    def authenticate(self):
        if any(name.lower().startswith("x-amz-") for name in self.headers):
            raise Said(400, "ExcessHeaderValues", "Requests cannot specify both x-amz and x-goog headers.")
        kind, _, rest = self.headers.get("Authorization", "").partition(" ")
        if kind == "Bearer":
            if rest not in self.api.tokens:
                raise Said(401, "AuthenticationRequired", f"Invalid credentials {rest}")
        elif kind == "GOOG4-HMAC-SHA256":
            self.check_signature(dict(re.findall(r"(\w+)=([^,\s]+)", rest)))
        else:
            raise Said(403, "AccessDenied", "Anonymous caller")

    def check_signature(self, given):
        """As "Signatures" and "Canonical requests" of Google's documentation have it."""
        access, day, region, service, request = given["Credential"].split("/")
        if access != KEYS[0]:
            raise Said(403, "InvalidSecurity", "The provided security credentials are not valid.")
        names = given["SignedHeaders"].split(";")
        extra = {name.lower() for name in self.headers if name.lower().startswith("x-goog-")}
        assert names == sorted(names) and {"host", "x-goog-date"} <= set(names) and extra <= set(names)
        payload = self.headers["x-goog-content-sha256"]
        assert payload == hashlib.sha256(self.body).hexdigest()
        query = "&".join(f"{quote(name)}={quote(value)}" for name, value in sorted(self.parameters.items()))
        lines = "".join(f"{name}:{' '.join(self.headers[name].split())}\n" for name in names)
        canonical = f"{self.method}\n{self.path}\n{query}\n{lines}\n{';'.join(names)}\n{payload}"
        at, scope = self.headers["x-goog-date"], f"{day}/{region}/{service}/{request}"
        assert at[:8] == day and (region, service, request) == ("auto", "storage", "goog4_request")
        key = f"GOOG4{KEYS[1]}".encode()
        for word in scope.split("/"):
            key = hmac.digest(key, word.encode(), "sha256")
        to_sign = f"GOOG4-HMAC-SHA256\n{at}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        if hmac.digest(key, to_sign.encode(), "sha256").hex() != given["Signature"]:
            raise Said(403, "SignatureDoesNotMatch", "Access denied.")

    # ---- what is asked ----

    def translated(self):
        if self.name:
            answer = getattr(self, f"object_{self.method.lower()}")()
        else:
            answer = self.listed()
        if answer.status == 404:
            there = self.ask("GET", f"/storage/v1/b/{self.bucket}").status == 200
            raise Said(404, *(("NoSuchKey", "The specified key does not exist.") if there
                              else ("NoSuchBucket", "The specified bucket does not exist.")))
        if answer.status == 412:
            raise Said(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold.")
        return answer

    def of_object(self, api="/storage"):
        return f"{api}/v1/b/{self.bucket}/o/{quote(self.name)}"

    def object_get(self):
        return self.ask(self.method, f"{self.of_object('/download/storage')}?alt=media", headers=dict(self.headers))

    object_head = object_get

    def object_delete(self):
        if "upload_id" in self.parameters:
            return self.ask("DELETE", f"/upload/storage/v1/b/{self.bucket}/o?upload_id={self.parameters['upload_id']}")
        return self.ask("DELETE", self.of_object())

    def condition(self):
        condition = self.headers.get("x-goog-if-generation-match")
        return f"&ifGenerationMatch={condition}" if condition else ""

    def document(self):
        """What the object is to be, as the JSON API has it."""
        meta = {name.lower().removeprefix("x-goog-meta-"): value for name, value in self.headers.items()
                if name.lower().startswith("x-goog-meta-")}
        document = {"name": self.name, "metadata": meta,
                    "storageClass": self.headers.get("x-goog-storage-class", "STANDARD")}
        return document | ({"md5Hash": self.headers["Content-MD5"]} if "Content-MD5" in self.headers else {})

    def object_post(self):
        if "uploads" in self.parameters and self.condition():
            raise Said(400, "NotImplemented", "A header you provided implies functionality that is not implemented.")
        assert self.headers.get("x-goog-resumable") == "start" and not self.body
        answer = self.ask("POST", f"/upload/storage/v1/b/{self.bucket}/o?uploadType=resumable&name={quote(self.name)}"
                          f"{self.condition()}", json.dumps(self.document()), {"Content-Type": "application/json"})
        if answer.status == 200:
            session = urllib.parse.parse_qs(urllib.parse.urlsplit(answer.headers["Location"]).query)["upload_id"][0]
            answer.status = 201
            answer.headers.replace_header("Location", f"https://elsewhere.example{self.path}?upload_id={session}&x=y")
        return answer

    def object_put(self):
        if "upload_id" in self.parameters:
            assert not self.condition()
            session = f"uploadType=resumable&upload_id={self.parameters['upload_id']}"
            body, placed, id_ = self.body, self.headers["Content-Range"], self.parameters["upload_id"]
            begins = re.match(r"bytes (\d+)-", placed)
            assert not begins or int(begins[1]) <= self.api.sessions.get(id_, 0), "a gap before it"
            if self.api.most and len(body) > self.api.most:
                body = body[:self.api.most]
                begin = int(placed.removeprefix("bytes ").partition("-")[0])
                placed = f"bytes {begin}-{begin + len(body) - 1}/*"
            self.api.sessions[id_] = self.api.sessions.get(id_, 0) + len(body)
            return self.ask("PUT", f"/upload/storage/v1/b/{self.bucket}/o?{session}", body, {"Content-Range": placed})
        parts = (b'--b\r\nContent-Type: application/json\r\n\r\n', json.dumps(self.document()).encode(),
                 b'\r\n--b\r\nContent-Type: application/octet-stream\r\n\r\n', self.body, b'\r\n--b--\r\n')
        return self.ask("POST", f"/upload/storage/v1/b/{self.bucket}/o?uploadType=multipart&name={quote(self.name)}"
                        f"{self.condition()}", b"".join(parts), {"Content-Type": "multipart/related; boundary=b"})

    def listed(self):
        assert self.method == "GET" and self.parameters["list-type"] == "2"
        asked = {"prefix": self.parameters["prefix"], "maxResults": self.parameters["max-keys"],
                 "pageToken": self.parameters.get("continuation-token", "")}
        answer = self.ask("GET", f"/storage/v1/b/{self.bucket}/o?{urllib.parse.urlencode(asked)}")
        if answer.status != 200:
            return answer
        page = json.loads(answer.content)
        entries = "".join(f"<Contents><Key>{escape(item['name'])}</Key><Generation>{item['generation']}</Generation>"
                          f"<LastModified>{item['updated']}</LastModified><ETag>{escape(item['etag'])}</ETag>"
                          f"<Size>{item['size']}</Size></Contents>" for item in page.get("items") or [])
        more = page.get("nextPageToken")
        going_on = f"<NextContinuationToken>{escape(more)}</NextContinuationToken>" if more else ""
        answer.content = (f"{XML}<ListBucketResult xmlns='http://doc.s3.amazonaws.com/2006-03-01'>"
                          f"<Name>{self.bucket}</Name><IsTruncated>{'true' if more else 'false'}</IsTruncated>"
                          f"{going_on}{entries}</ListBucketResult>").encode()
        return answer
