"""A load balancer in front of replicas: as a cluster needs it, or wrong in the ways that a Case tells."""
import dataclasses
import pathlib
import ssl
import urllib.error
import urllib.request

from lab.process import Process


@dataclasses.dataclass(frozen=True)
class Case:
    """`dead`: the address of a member that is not there, and is asked in its turn all the same. `certificate`: the path of a chain,
    beside which lies its key (lab/certificates.py); without one, no TLS. `redirect`: a port on which HTTP is sent to HTTPS."""

    websocket: bool = True
    sticky: bool = False  # nginx by the client's address, HAProxy by a cookie
    only_first: bool = False  # the others would only help out; not together with `sticky`
    body: int = 100  # MB of a request that it lets through
    read_timeout: int = 600  # s
    silence: int = 600  # s, of a websocket
    buffering: bool = False
    collects: bool = False  # an answer is passed on when the whole of it is there
    dead: str = ""
    certificate: pathlib.Path = None
    redirect: int = 0
    hsts: bool = False
    old_tls: bool = False
    authorization: bool = True  # the header is passed on
    limited: bool = False  # ten requests a second from one address; nginx alone


class Balancer(Process):
    """`replicas` have a `.url`; `authority` is the certificate that clients trust. It answers at `url`."""

    def __init__(self, folder, port, replicas, case=Case(), authority=None):
        super().__init__(folder)
        folder.mkdir(exist_ok=True)
        self.port, self.case = port, case
        self.members = [replica.url.removeprefix("http://") for replica in replicas] + [case.dead] * bool(case.dead)
        self.authority = authority if case.certificate else None
        self.url = f"https://localhost:{port}" if case.certificate else f"http://127.0.0.1:{port}"

    def start(self):
        settings = self.folder / "settings"
        settings.write_text(self.configuration())
        self.spawn(self.command(settings), cwd=self.folder)
        return self

    def wait(self, seconds=10):
        self.wait_ready(self._answers, seconds)
        return self

    def _answers(self):
        """Anything: what it stands before may be broken."""
        unchecked = ssl.create_default_context()
        unchecked.check_hostname, unchecked.verify_mode = False, ssl.CERT_NONE
        try:
            urllib.request.urlopen(self.url + "/health", timeout=5, context=unchecked).close()
        except urllib.error.HTTPError as error:
            error.close()
        return True
