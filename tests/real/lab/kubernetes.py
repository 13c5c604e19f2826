"""The Kubernetes API: a real API server on an etcd of its own, with TLS, tokens and roles. Nothing runs in it, so what
controllers and kubelets would report is written by hand, in the form in which they do."""
import base64
import contextlib
import shutil
import signal

from lab.authority import Authority
from lab.parts import part
from lab.process import Process, free_port
from lab.rest import Refused, Rest, over_tls
from lab.workload import READER, Workload

ADMIN_TOKEN = "the-token-of-the-administrator"


class Etcd(Process):
    stop_signal = signal.SIGKILL  # nothing of it is kept

    def __init__(self, folder):
        super().__init__(folder)
        self.url = f"http://127.0.0.1:{free_port()}"

    def __str__(self):
        return "etcd"

    def start(self, inside):
        peers = f"http://127.0.0.1:{free_port()}"
        self.spawn([*inside, part("etcd") / "bin/etcd", "--data-dir", self.folder / "data", "--listen-client-urls", self.url,
                    "--advertise-client-urls", self.url, "--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers,
                    "--initial-cluster", f"default={peers}"], env={})
        return self


class Kubernetes(Process):
    """`api` is the administrator's. `url` is that of the server, whose certificate `authority` has signed, and that of
    clients who show one. It may run in a network apart."""

    stop_signal = signal.SIGKILL

    def __init__(self, folder, network=None):
        super().__init__(folder)
        self.network = network
        self.port = free_port()
        self.url = f"https://127.0.0.1:{self.port}"
        self.authority = Authority(folder)
        self.api = self.by_token(ADMIN_TOKEN)
        self.namespaces = 0

    def __str__(self):
        return "kube-apiserver"

    def start(self):
        folder = self.folder / "etcd"
        folder.mkdir()
        self.etcd = Etcd(folder)
        program = part("kube-apiserver") / "bin/kube-apiserver"
        inside = self.network.prefix if self.network else ()
        self.etcd.start(inside)
        tokens = self.folder / "tokens.csv"
        tokens.write_text(f'{ADMIN_TOKEN},administrator,1,"system:masters"\n')
        certificate, key = self.authority.server("server", "127.0.0.1")
        accounts, signing = self.authority.client("accounts", "/CN=accounts")
        self.spawn([*inside, program, f"--etcd-servers={self.etcd.url}", "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1",
                    f"--secure-port={self.port}", f"--tls-cert-file={certificate}", f"--tls-private-key-file={key}",
                    f"--client-ca-file={self.authority.certificate}", f"--token-auth-file={tokens}",
                    f"--service-account-key-file={accounts}", f"--service-account-signing-key-file={signing}",
                    "--service-account-issuer=https://kubernetes.default.svc", "--authorization-mode=RBAC",
                    "--service-cluster-ip-range=10.96.0.0/16", "--endpoint-reconciler-type=none",
                    "--disable-admission-plugins=ServiceAccount"], env={})
        return self

    def wait(self):
        def ready():
            with contextlib.suppress(Refused):
                return self.api("GET", "/readyz")

        self.wait_ready(ready, 60)
        return self

    def stop(self):
        super().stop()
        self.etcd.stop()

    def by_token(self, token):
        return Rest(self._connected, Authorization=f"Bearer {token}")

    def by_certificate(self, pair):
        return Rest(lambda: self._connected(pair))

    def _connected(self, pair=None):
        connection = over_tls(self.port, self.authority.certificate, pair)
        return self.network.connected(connection) if self.network else connection

    def workload(self, release="0.12.4", namespace=None):
        """Open WebUI, not yet deployed, in a namespace of its own."""
        self.namespaces += 1
        return Workload(self.api, namespace or f"chat-{self.namespaces}", release)

    def reader_certificate(self):
        """That of the user who may read as much as a workload's reader."""
        return self.authority.client(READER, f"/CN={READER}")

    def kubeconfig(self, file, namespace, token=None, certificate=None):
        """Writes one that kubectl takes: with a token, or with what a certificate and its key are."""
        user = f"token: {token}" if token else "\n      ".join(
            f"{name}: {base64.b64encode(path.read_bytes()).decode()}"
            for name, path in zip(("client-certificate-data", "client-key-data"), certificate))
        file.write_text(f"""\
apiVersion: v1
kind: Config
current-context: chat
contexts:
  - name: elsewhere
    context: {{cluster: elsewhere, user: nobody}}
  - name: chat
    context: {{cluster: lab, user: reader, namespace: {namespace}}}
clusters:
  - name: elsewhere
    cluster: {{server: "https://192.0.2.1:6443"}}
  - name: lab
    cluster:
      server: {self.url}
      certificate-authority: {self.authority.certificate}
users:
  - name: nobody
    user: {{}}
  - name: reader
    user:
      {user}
""")
        file.chmod(0o600)
        return file

    def in_cluster(self, folder, namespace, token):
        """What a pod finds in /var/run/secrets/kubernetes.io/serviceaccount, and its environment."""
        folder.mkdir()
        (folder / "token").write_text(token)
        (folder / "namespace").write_text(namespace)
        shutil.copy(self.authority.certificate, folder / "ca.crt")
        return {"KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": str(self.port)}


def in_pod(network, account):
    """The prefix of a command that is run as in a pod whose service account is in that folder (Kubernetes.in_cluster())."""
    place = 'mount -t tmpfs none /run; mkdir -p /run/secrets/kubernetes.io; cp -r "$0" /run/secrets/kubernetes.io/serviceaccount'
    return (*network.prefix, "unshare", "--mount", "sh", "-ec", f'{place}; exec "$@"', account)
