"""HAProxy as the load balancer. It passes an upgrade on by itself, so that it has to be told to drop it."""
from lab.balancer import Balancer
from lab.parts import part


class HAProxy(Balancer):
    def __str__(self):
        return "HAProxy"

    def command(self, settings):
        return [part("haproxy") / "sbin/haproxy", "-db", "-q", "-f", settings]

    def configuration(self):
        case = self.case
        lines = ["global", " maxconn 512", *self._versions(), "defaults", " mode http", " timeout connect 2s",
                 " timeout client 600s", f" timeout server {case.read_timeout}s", f" timeout tunnel {case.silence}s",
                 f" retries {0 if case.dead else 3}", *([] if case.dead else [" option redispatch"]),
                 "frontend people", f" bind 127.0.0.1:{self.port}{self._tls()}", *self._on_requests(), " default_backend replicas",
                 "backend replicas", " balance roundrobin", *([" option http-buffer-request"] if case.buffering else []),
                 *([" cookie replica insert indirect nocache"] if case.sticky else []),
                 *(self._server(number, member) for number, member in enumerate(self.members)), *self._redirect(), ""]
        return "\n".join(lines)

    def _versions(self):
        if self.case.old_tls:
            return [" ssl-default-bind-ciphers DEFAULT:@SECLEVEL=0", " ssl-default-bind-options ssl-min-ver TLSv1.0"]
        return [" ssl-default-bind-options ssl-min-ver TLSv1.2"]

    def _tls(self):
        return f" ssl crt {self.case.certificate.with_suffix('.pem')}" if self.case.certificate else ""

    def _on_requests(self):
        case = self.case
        lines = [" option forwardfor", f" http-request deny deny_status 413 if {{ req.body_size gt {case.body * 1048576} }}"]
        if not case.websocket:
            lines += [" http-request del-header Upgrade", " http-request del-header Connection"]
        if not case.authorization:
            lines.append(" http-request del-header Authorization")
        if case.collects:
            lines.append(" http-response wait-for-body time 10s")
        if case.hsts:
            lines.append(" http-response set-header Strict-Transport-Security max-age=31536000")
        return lines

    def _server(self, number, member):
        """A dead member is one that nobody checks."""
        words = [f" server replica{number} {member}"]
        if not self.case.dead:
            words.append("check inter 500")
        if self.case.only_first and number:
            words.append("backup")
        if self.case.sticky:
            words.append(f"cookie replica{number}")
        return " ".join(words)

    def _redirect(self):
        if not self.case.redirect:
            return []
        return ["frontend plain", f" bind 127.0.0.1:{self.case.redirect}",
                f" http-request redirect location https://localhost:{self.port}%[capture.req.uri] code 301"]
