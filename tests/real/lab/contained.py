"""The real Open WebUI in a container: what of the machine its release needs is mounted in an image that has nothing but
links, for a copy of it all would be gigabytes."""
from lab.openwebui import environment, python
from lab.parts import TREE, part

LINKS = {name: f"usr/{name}" for name in ("bin", "sbin", "lib", "lib64")}
SECOND = 1_000_000_000


def contained(docker, release, data_dir):
    """An image, whose tag is v and the release as upstream's also are, and options for Docker.container() or Docker.service().
    It listens on PORT, or 8080."""
    program = python(release)
    probe = ("import os, urllib.request as http; port = os.environ.get('PORT', '8080');"
             " http.urlopen(f'http://127.0.0.1:{port}/health', timeout=3)")
    start = f"exec {program} -m uvicorn open_webui.main:app --host ${{HOST:-0.0.0.0}} --port ${{PORT:-8080}}"
    read = ("/usr", "/etc", part("openwebui", release), TREE / "tests/real/lab/inside")
    return docker.image(f"v{release}", {}, LINKS), {
        "command": ["/bin/sh", "-c", start], "folder": data_dir,
        "mounts": [{"Type": "bind", "Source": str(path), "Target": str(path), "ReadOnly": path != data_dir}
                   for path in (*read, data_dir)],
        "healthcheck": {"Test": ["CMD-SHELL", f'{program} -c "{probe}" 2>/dev/null || exit 1'], "Interval": 2 * SECOND,
                        "Timeout": 5 * SECOND, "Retries": 3, "StartPeriod": 120 * SECOND},
        **environment(release, data_dir)}
