"""Certificates of an authority of the tests' own, for "localhost", 127.0.0.1 and "chat.example": a good one and those that are wrong in one way.
`authority` is the root's, which clients trust; an intermediate signs."""
import os
import subprocess

from lab.parts import part

HERE = "subjectAltName=DNS:localhost,IP:127.0.0.1,DNS:chat.example"
ELSEWHERE = "subjectAltName=DNS:elsewhere.example"
# name: (what it is for, days that it lasts, days ago that it was made, who signs it, who else is in the chain)
LEAVES = {
    "good": (HERE, 90, 0, "intermediate", ["intermediate"]),
    "expired": (HERE, 30, 40, "intermediate", ["intermediate"]),
    "expires-soon": (HERE, 90, 85, "intermediate", ["intermediate"]),
    "not-yet": (HERE, 90, -10, "intermediate", ["intermediate"]),
    "other-name": (ELSEWHERE, 90, 0, "intermediate", ["intermediate"]),
    "incomplete": (HERE, 90, 0, "intermediate", []),
    "unknown-authority": (HERE, 90, 0, "stranger", []),
    "self-signed": (HERE, 90, 0, None, []),
}


class Certificates:
    """Each is made when it is first asked for; NAME.crt has the chain, NAME.pem the key as well."""

    def __init__(self, folder):
        self.folder = folder
        self.authority = folder / "root.crt"
        self._authority("root")
        self._authority("stranger")
        self._leaf("intermediate", ["basicConstraints=critical,CA:true", "keyUsage=keyCertSign,cRLSign"], 365, 60, "root")

    def __call__(self, name):
        """The path of its chain."""
        chain = self.folder / f"{name}.crt"
        if not chain.exists():
            purpose, days, ago, signer, others = LEAVES[name]
            self._leaf(name, [purpose, "basicConstraints=critical,CA:false"], days, ago, signer)
            chain.write_text("".join((self.folder / f"{one}.crt").read_text() for one in [name, *others]))
            (self.folder / f"{name}.pem").write_text(chain.read_text() + (self.folder / f"{name}.key").read_text())
        return chain

    def _authority(self, name):
        self._openssl(60, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", f"{name}.key",
                      "-out", f"{name}.crt", "-days", "365", "-subj", f"/CN={name} of the tests")

    def _leaf(self, name, extensions, days, ago, signer):
        self._openssl(ago, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", f"{name}.key",
                      "-out", f"{name}.csr", "-subj", f"/CN={name}")
        (self.folder / f"{name}.ext").write_text("\n".join(extensions))
        signs = ["-CA", f"{signer}.crt", "-CAkey", f"{signer}.key", "-CAcreateserial"] if signer else ["-signkey", f"{name}.key"]
        self._openssl(ago, "x509", "-req", "-in", f"{name}.csr", *signs, "-days", str(days), "-extfile", f"{name}.ext",
                      "-out", f"{name}.crt")

    def _openssl(self, ago, *words):
        """With a clock that many days back."""
        past = {"LD_PRELOAD": str(part("faketime") / "libfaketime.so.1"), "FAKETIME": f"{-ago:+}d"} if ago else {}
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True, env=os.environ | past)
