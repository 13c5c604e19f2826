"""Who gives out S3 keys over HTTP, as AWS's platforms do: STS for a web identity, a container's agent, an instance's
metadata. The keys are real ones, of a session that a server gave."""
import datetime
import http.server
import json
import threading
import urllib.parse


class KeyGiver:
    """`keys()` gives access key, secret key and token; they end `lifetime` seconds from now."""

    def __init__(self, keys, lifetime=3600):
        self.keys, self.lifetime, self.asked, self.refuses = keys, lifetime, [], False
        giver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                giver.asked.append(f"{self.command} {self.path}")
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                status, text, *more = (503, "") if giver.refuses else giver.answer(self, body)
                self.send_response_only(status)
                for name, value in (more[0] if more else {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            do_PUT = do_POST = do_GET

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def fresh(self):
        ends = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=self.lifetime)
        return (*self.keys(), ends.strftime("%Y-%m-%dT%H:%M:%SZ"))

    def document(self):
        return json.dumps(dict(zip(("AccessKeyId", "SecretAccessKey", "Token", "Expiration"), self.fresh())) | {"Code": "Success"})


class Instance(KeyGiver):
    """Version 2 of the metadata service."""

    def answer(self, request, _):
        keys = "/latest/meta-data/iam/security-credentials/"
        if request.command == "PUT" and request.path == "/latest/api/token":
            return (200, "the-token") if request.headers.get("X-aws-ec2-metadata-token-ttl-seconds") else (400, "")
        if request.headers.get("X-aws-ec2-metadata-token") != "the-token":
            return 401, ""
        if request.path == keys:
            return 200, "the-role"
        return (200, self.document()) if request.path == f"{keys}the-role" else (404, "")


class Container(KeyGiver):
    def answer(self, request, _):
        return (200, self.document()) if request.headers.get("Authorization") == "the-authorization" else (403, "{}")


class STS(KeyGiver):
    def answer(self, _, body):
        fields = dict(urllib.parse.parse_qsl(body))
        if fields.get("WebIdentityToken") != "the+identity/token=":
            return 400, "<ErrorResponse><Error><Code>InvalidIdentityToken</Code></Error></ErrorResponse>"
        assert fields["Action"] == "AssumeRoleWithWebIdentity" and fields["RoleArn"] == "arn:aws:iam::1:role/backup"
        access, secret, token, ends = self.fresh()
        return 200, (f"<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>"
                     f"<AccessKeyId>{access}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey>"
                     f"<SessionToken>{token}</SessionToken><Expiration>{ends}</Expiration></Credentials>"
                     f"</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>")
