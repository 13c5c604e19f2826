"""Who gives out tokens of Azure's identities: Entra ID, a service's identity endpoint, an instance's metadata. The tokens
are those that Azurite takes: it looks at all of one but the signature."""
import base64
import json
import time
import urllib.parse

from lab.keys import KeyGiver

TENANT, CLIENT, SECRET, ASSERTION = "the-tenant", "the-client", "the secret + of it", "the+assertion/of=it"
STORAGE = "https://storage.azure.com/"


def _part(**fields):
    return base64.urlsafe_b64encode(json.dumps(fields).encode()).rstrip(b"=").decode()


class TokenGiver(KeyGiver):
    """`tokens` has those that were given out; each ends `lifetime` seconds from now."""

    def __init__(self, lifetime=3600):
        super().__init__(None, lifetime)
        self.tokens = []

    def token(self):
        now = int(time.time())
        claims = {"aud": STORAGE.rstrip("/"), "iss": "https://sts.windows.net/the-tenant/", "iat": now, "nbf": now - 60,
                  "exp": now + 3600, "number": len(self.tokens)}
        self.tokens.append(f"{_part(alg='RS256', typ='JWT')}.{_part(**claims)}.{_part(of='nobody')}")
        return self.tokens[-1]


class Entra(TokenGiver):
    def answer(self, request, body):
        fields = dict(urllib.parse.parse_qsl(body))
        assert request.command == "POST" and request.path == f"/{TENANT}/oauth2/v2.0/token"
        assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
        assert fields["scope"] == f"{STORAGE}.default" and fields["grant_type"] == "client_credentials"
        if fields.get("client_assertion"):
            assert fields["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        if fields["client_id"] != CLIENT or (fields.get("client_secret"), fields.get("client_assertion")) not in (
                (SECRET, None), (None, ASSERTION)):
            return 401, json.dumps({"error": "invalid_client", "error_description":
                                    "AADSTS7000215: Invalid client secret provided.\r\nTrace ID: 0815"})
        return 200, json.dumps({"token_type": "Bearer", "expires_in": self.lifetime, "access_token": self.token()})


class Managed(TokenGiver):
    """Both give the end of a token as a text."""

    path, header = None, None

    def answer(self, request, _):
        url = urllib.parse.urlsplit(request.path)
        fields = dict(urllib.parse.parse_qsl(url.query))
        if url.path != self.path or request.headers.get(self.header[0]) != self.header[1]:
            return 404, ""
        assert fields["resource"] == STORAGE and fields["api-version"] == self.version
        if fields.get("client_id") not in (None, CLIENT):
            return 400, json.dumps({"error": "invalid_request", "error_description": "Identity not found"})
        return 200, json.dumps({"access_token": self.token(), "expires_on": str(int(time.time()) + self.lifetime)})


class Service(Managed):
    path, header, version = "/msi/token", ("X-IDENTITY-HEADER", "the-header"), "2019-08-01"


class Metadata(Managed):
    path, header, version = "/metadata/identity/oauth2/token", ("Metadata", "true"), "2018-02-01"
