"""nginx as the load balancer."""
import os

from lab.balancer import Balancer
from lab.parts import part

UPGRADE = ["proxy_http_version 1.1;", "proxy_set_header Upgrade $http_upgrade;", "proxy_set_header Connection $to_upstream;"]


class Nginx(Balancer):
    def __str__(self):
        return "nginx"

    def command(self, settings):
        return [part("nginx") / "sbin/nginx", "-p", self.folder, "-e", "stderr", "-c", settings]

    def configuration(self):
        lines = ["daemon off;", "worker_processes 1;", f"pid {self.folder}/pid;", "error_log stderr warn;"]
        if os.geteuid() == 0:
            lines.append("user root;")  # its files lie in a folder of the tests' own
        lines += ["events { worker_connections 512; }", "http {", "access_log off;",
                  *(f"{what}_temp_path {self.folder}/{what};" for what in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")),
                  "map $http_upgrade $to_upstream { default upgrade; '' ''; }",
                  *(["limit_req_zone $binary_remote_addr zone=each:1m rate=10r/s;", "limit_req zone=each burst=12 nodelay;"]
                    if self.case.limited else []),
                  *self._upstream(), *self._server(), *self._redirect(), "}", ""]
        return "\n".join(lines)

    def _upstream(self):
        """Without max_fails and with the next one not tried, a dead member fails each request of its turn."""
        keeps = " max_fails=0" if self.case.dead else ""
        backup = [" backup" if self.case.only_first and number else "" for number in range(len(self.members))]
        return ["upstream replicas {", *(["ip_hash;"] if self.case.sticky else []),
                *(f"server {member}{keeps}{kind};" for member, kind in zip(self.members, backup)), "}"]

    def _server(self):
        case = self.case
        tls = []
        if case.certificate:
            tls = [f"ssl_certificate {case.certificate};", f"ssl_certificate_key {case.certificate.with_suffix('.key')};",
                   *(['ssl_protocols TLSv1 TLSv1.1 TLSv1.2;', 'ssl_ciphers DEFAULT:@SECLEVEL=0;'] if case.old_tls else [])]
        return ["server {", f"listen 127.0.0.1:{self.port}{' ssl' if tls else ''};", *tls,
                f"client_max_body_size {case.body}m;", f"proxy_read_timeout {case.read_timeout}s;",
                *(["gzip on;", "gzip_types *;", "gzip_min_length 0;"] if case.collects else []),
                *(["add_header Strict-Transport-Security 'max-age=31536000' always;"] if case.hsts else []),
                "location / {", *self._passes(), "}",
                "location /ws/ {", *self._passes(), f"proxy_read_timeout {case.silence}s;", "}", "}"]

    def _passes(self):
        case = self.case
        return ["proxy_pass http://replicas;", "proxy_set_header Host $http_host;",
                f"proxy_buffering {'on' if case.buffering or case.collects else 'off'};", "proxy_set_header X-Forwarded-Proto $scheme;",
                "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
                *(UPGRADE if case.websocket else []), *(["proxy_next_upstream off;"] if case.dead else []),
                *([] if case.authorization else ["proxy_set_header Authorization '';"])]

    def _redirect(self):
        if not self.case.redirect:
            return []
        return ["server {", f"listen 127.0.0.1:{self.case.redirect};", f"return 301 https://localhost:{self.port}$request_uri;", "}"]
