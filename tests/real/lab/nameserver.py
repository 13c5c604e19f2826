"""A name server in a network apart, and what runs there asks it."""
import socket

from lab.parts import part
from lab.process import Process


class NameServer(Process):
    """dnsmasq, with lines of its configuration."""

    def __init__(self, folder, network, *lines, address="127.0.0.1"):
        super().__init__(folder)
        self.network, self.address = network, address
        self.settings = folder / "dnsmasq.conf"
        self.settings.write_text("\n".join((
            "keep-in-foreground", "log-facility=-", "log-queries", "user=root", "pid-file=", "no-resolv", "no-hosts", "local=/test/",
            "bind-interfaces", f"listen-address={address}", *lines, "")))

    def __str__(self):
        return "dnsmasq"

    def start(self):
        self.spawn([*self.network.prefix, part("dnsmasq") / "sbin/dnsmasq", f"--conf-file={self.settings}"], env={})
        return self

    def wait(self):
        def listens():
            with self.network.entered(), socket.create_connection((self.address, 53), 1):
                return True

        self.wait_ready(listens, 10)
        return self


def asking(prefix, folder, *addresses):
    """The prefix of a command that asks these name servers."""
    file = folder / "resolv.conf"
    file.write_text("".join(f"nameserver {address}\n" for address in addresses))
    return (*prefix, "unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/resolv.conf && exec "$@"', str(file))
