"""Servers that speak S3: MinIO and versitygw. `client()` is a small client of the tests' own, which signs by itself."""
import datetime
import hashlib
import hmac
import http.client
import json
import re
import ssl
import urllib.parse

from lab.parts import part
from lab.process import Process, free_port

ROOT = ("root-of-the-lab", "a-secret-of-the-lab-0123456789")


def quote(text, safe=""):
    return urllib.parse.quote(text, safe=safe + "-._~")


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()
        self.text = self.body.decode(errors="replace")

    def ok(self):
        assert self.status < 300, f"{self.status}: {self.text}"
        return self


class Client:
    """client(method, path, query, body, headers): one request, signed."""

    def __init__(self, port, access, secret, token=None, region="us-east-1", service="s3", authority=None):
        self.port, self.access, self.secret, self.token = port, access, secret, token
        self.region, self.service, self.authority = region, service, authority

    def __call__(self, method, path="/", query=None, body=b"", headers=None):
        path = quote(path, "/")
        pairs = sorted((quote(name), quote(value)) for name, value in (query or {}).items())
        query = "&".join(f"{name}={value}" for name, value in pairs)
        headers = self.signed(method, path, query, body, headers or {})
        connection = self.connection()
        try:
            connection.request(method, f"{path}?{query}" if query else path, body, headers)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def connection(self):
        if not self.authority:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        trusted = ssl.create_default_context(cafile=self.authority)
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60, context=trusted)

    def signed(self, method, path, query, body, headers):
        at = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        payload = hashlib.sha256(body).hexdigest()
        headers = {name.lower(): value for name, value in headers.items()}
        headers |= {"host": f"127.0.0.1:{self.port}", "x-amz-date": at, "x-amz-content-sha256": payload}
        if self.token:
            headers["x-amz-security-token"] = self.token
        names = ";".join(sorted(headers))
        lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
        canonical = f"{method}\n{path}\n{query}\n{lines}\n{names}\n{payload}"
        scope = f"{at[:8]}/{self.region}/{self.service}/aws4_request"
        key = f"AWS4{self.secret}".encode()
        for word in scope.split("/"):
            key = hmac.digest(key, word.encode(), "sha256")
        to_sign = f"AWS4-HMAC-SHA256\n{at}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
        headers["authorization"] = (f"AWS4-HMAC-SHA256 Credential={self.access}/{scope}, SignedHeaders={names}, "
                                    f"Signature={signature}")
        return headers


class S3Server(Process):
    region = "us-east-1"

    def __init__(self, folder):
        super().__init__(folder)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.buckets, self.authority = 0, None

    def wait(self):
        self.wait_ready(lambda: self.client()("GET").status == 200, 60)
        return self

    def client(self, access=ROOT[0], secret=ROOT[1], **options):
        return Client(self.port, access, secret, **{"region": self.region, "authority": self.authority, **options})

    def bucket(self):
        """A new one; its name."""
        self.buckets += 1
        name = f"bucket-{self.buckets}"
        self.client()("PUT", f"/{name}").ok()
        return name

    def location(self, bucket, prefix="", **parameters):
        query = urllib.parse.urlencode({"endpoint": self.url, "region": self.region, **parameters})
        return f"s3://{bucket}/{quote(prefix, '/')}?{query}"

    def uploads(self, bucket):
        """The keys of multipart uploads that are under way."""
        return re.findall("<Key>(.*?)</Key>", self.client()("GET", f"/{bucket}", {"uploads": ""}).ok().text)


class MinIO(S3Server):
    def __str__(self):
        return "MinIO"

    def start(self, *options, **environment):
        data = self.folder / "data"
        data.mkdir(exist_ok=True)
        settings = {"MINIO_ROOT_USER": ROOT[0], "MINIO_ROOT_PASSWORD": ROOT[1], "HOME": str(self.folder),
                    "MINIO_BROWSER": "off", "MINIO_UPDATE": "off", "CI": "true", **environment}
        self.spawn([part("minio") / "bin/minio", "server", *options, "--address", f"127.0.0.1:{self.port}", data],
                   env=settings)
        return self

    def start_with_tls(self, certificates):
        """A folder of private.key and public.crt, which is its own authority."""
        self.url = self.url.replace("http:", "https:")
        self.authority = certificates / "public.crt"
        return self.start("--certs-dir", certificates)

    def session(self, policy):
        """Keys of a session that may do what the statements of `policy` allow, for a quarter of an hour."""
        body = urllib.parse.urlencode({
            "Action": "AssumeRole", "Version": "2011-06-15", "DurationSeconds": "900",
            "Policy": json.dumps({"Version": "2012-10-17", "Statement": policy})}).encode()
        answer = self.client(service="sts")("POST", "/", body=body, headers={
            "Content-Type": "application/x-www-form-urlencoded"}).ok()
        return tuple(re.search(f"<{name}>(.*?)</{name}>", answer.text)[1]
                     for name in ("AccessKeyId", "SecretAccessKey", "SessionToken"))


class Versitygw(S3Server):
    def __str__(self):
        return "versitygw"

    def start(self):
        data = self.folder / "data"
        data.mkdir(exist_ok=True)
        self.spawn([part("versitygw") / "bin/versitygw", "--access", ROOT[0], "--secret", ROOT[1], "--region", self.region,
                    "--port", f"127.0.0.1:{self.port}", "posix", "--sidecar", self._sidecar(), data])
        return self

    def _sidecar(self):
        """For what would be extended attributes, which not every file system has."""
        sidecar = self.folder / "sidecar"
        sidecar.mkdir(exist_ok=True)
        return sidecar
