"""An authority of the tests' own, and what it signs."""
import subprocess


class Authority:
    """`certificate` is that of the authority itself. All end in two days."""

    def __init__(self, folder, name="Authority of the lab"):
        self.folder = folder
        self.certificate, self.key = self._make("ca", f"/CN={name}", "basicConstraints=critical,CA:true")

    def server(self, name, *addresses):
        """A certificate and its key, for IP addresses."""
        names = ",".join(f"IP:{address}" for address in addresses)
        return self._make(name, f"/CN={addresses[0]}", f"subjectAltName={names}", "extendedKeyUsage=serverAuth", *self._signed)

    def client(self, name, subject):
        """`subject`, such as "/O=readers/CN=owctl"."""
        return self._make(name, subject, "extendedKeyUsage=clientAuth", *self._signed)

    @property
    def _signed(self):
        return "-CA", self.certificate, "-CAkey", self.key

    def _make(self, name, subject, *more):
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}-key.pem"
        extensions = [word for line in more if "=" in str(line) for word in ("-addext", line)]
        options = [word for word in more if "=" not in str(word)]
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-subj", subject, "-keyout", key, "-out", certificate, *extensions, *options],
                       check=True, capture_output=True)
        return certificate, key
