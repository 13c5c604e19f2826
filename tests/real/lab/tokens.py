"""Who gives out tokens of Google's: the token endpoint of OAuth, and the metadata server of an instance."""
import base64
import json
import subprocess
import time
import urllib.parse
import uuid

from lab.keys import KeyGiver

MAIL = "backup@lab.example"
GOOGLE = "https://oauth2.googleapis.com/token"  # whom Google's own libraries name, wherever they go
SCOPE = "https://www.googleapis.com/auth/devstorage.read_write"


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class TokenGiver(KeyGiver):
    """For a service account whose key is in `folder`, and for a user. `tokens`: those that are good are added to it."""

    def __init__(self, tokens, folder):
        super().__init__(lambda: ())
        self.tokens, self.folder = tokens, folder
        self.url += "/token"
        self.openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "key.pem")
        self.openssl("pkey", "-in", "key.pem", "-pubout", "-out", "public.pem")

    def openssl(self, *words, **options):
        return subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True, **options)

    def account(self):
        return {"type": "service_account", "client_email": MAIL, "token_uri": self.url, "private_key_id": "1",
                "private_key": (self.folder / "key.pem").read_text()}

    def user(self):
        return {"type": "authorized_user", "client_id": "id", "client_secret": "the secret/+",
                "refresh_token": "refresh&me", "token_uri": self.url}

    def answer(self, request, body):
        fields = dict(urllib.parse.parse_qsl(body))
        self.asked[-1] = fields["grant_type"].rpartition(":")[2]
        if not (self.is_signed(fields["assertion"]) if "assertion" in fields else self.is_user(fields)):
            return 400, json.dumps({"error": "invalid_grant", "error_description": "no"})
        self.tokens.add(token := f"ya29.{uuid.uuid4()}")
        return 200, json.dumps({"access_token": token, "expires_in": self.lifetime, "token_type": "Bearer"})

    def is_user(self, fields):
        return all(fields[name] == self.user()[name] for name in ("client_id", "client_secret", "refresh_token"))

    def is_signed(self, assertion):
        """By the account's key, as RFC 7515 and 7523 have it."""
        header, claims, signature = assertion.split(".")
        (self.folder / "signature").write_bytes(decoded(signature))
        self.openssl("dgst", "-sha256", "-verify", "public.pem", "-signature", "signature",
                     input=f"{header}.{claims}".encode())
        assert json.loads(decoded(header)) == {"alg": "RS256", "typ": "JWT", "kid": "1"}
        claims = json.loads(decoded(claims))
        assert claims["aud"] in (self.url, GOOGLE) and SCOPE in claims["scope"].split()
        assert claims["exp"] - claims["iat"] == 3600
        return claims["iss"] == MAIL and abs(claims["iat"] - time.time()) < 60


class Metadata(KeyGiver):
    def __init__(self, tokens, lifetime=3600):
        super().__init__(lambda: (), lifetime)
        self.tokens, self.given, self.status = tokens, [], 200
        self.host = self.url.removeprefix("http://")

    def answer(self, request, _):
        assert request.headers["Metadata-Flavor"] == "Google"
        assert request.path == "/computeMetadata/v1/instance/service-accounts/default/token"
        self.given.append(f"ya29.{uuid.uuid4()}")
        self.tokens.add(self.given[-1])
        document = {"access_token": self.given[-1], "expires_in": self.lifetime, "token_type": "Bearer"}
        return self.status, json.dumps(document), {"Metadata-Flavor": "Google"}
