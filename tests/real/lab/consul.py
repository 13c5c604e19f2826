"""Consul: an agent that is a server of its own, which tells nobody anything who shows no token."""
import contextlib
import http.client
import json

from lab.parts import part
from lab.process import Process, free_port
from lab.rest import Refused, Rest

MANAGER = "11111111-1111-4111-8111-111111111111"


class Consul(Process):
    """`dns_port` answers for NAME.service.consul: addresses, and ports by SRV. Its state is in memory."""

    def __init__(self, folder):
        super().__init__(folder)
        self.port, self.dns_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.api = self.by_token(MANAGER)

    def __str__(self):
        return "Consul"

    def by_token(self, token=None):
        return Rest(lambda: http.client.HTTPConnection("127.0.0.1", self.port, timeout=60),
                    **({"X-Consul-Token": token} if token else {}))

    def start(self):
        settings = self.folder / "consul.json"
        settings.write_text(json.dumps({
            "bind_addr": "127.0.0.1", "disable_update_check": True, "log_level": "warn", "ports": {
                "http": self.port, "dns": self.dns_port, "serf_lan": free_port(), "server": free_port(), "serf_wan": -1,
                "grpc": -1, "grpc_tls": -1},
            "acl": {"enabled": True, "default_policy": "deny", "tokens": {"initial_management": MANAGER, "agent": MANAGER}}}))
        self.spawn([part("consul") / "bin/consul", "agent", "-dev", "-config-file", settings], env={"HOME": str(self.folder)})
        return self

    def wait(self):
        self.wait_ready(self._leads, 60)
        return self

    def _leads(self):
        with contextlib.suppress(Refused):
            return self.api("GET", "/v1/status/leader") and self.api("GET", "/v1/acl/token/self")

    def register(self, number, address, port=8080, name="open-webui", status="passing", **meta):
        """A replica, as one who deploys it says that it is."""
        self.api("PUT", "/v1/agent/service/register", {
            "ID": f"{name}-{number}", "Name": name, "Address": address, "Port": port, "Tags": ["chat"], "Meta": meta,
            "Check": {"TTL": "1h", "Status": status}})
        return self

    def reader(self, name="open-webui"):
        """A token that may read that one service, and where it runs."""
        rules = f'service "{name}" {{ policy = "read" }}\nnode_prefix "" {{ policy = "read" }}'
        self.api("PUT", "/v1/acl/policy", {"Name": f"reader-of-{name}", "Rules": rules})
        return self.api("PUT", "/v1/acl/token", {"Policies": [{"Name": f"reader-of-{name}"}]})["SecretID"]
