"""A real Open WebUI server and the few requests that tests make of it."""
import json
import subprocess
import urllib.error
import urllib.request

from lab.parts import TREE, part
from lab.process import Process, free_port

SECRET_KEY = "the secret key of the tests"
LEAN = {
    "FROM_INIT_PY": "true", "OFFLINE_MODE": "true", "HF_HUB_OFFLINE": "1", "BYPASS_EMBEDDING_AND_RETRIEVAL": "true",
    "RAG_EMBEDDING_ENGINE": "openai", "AUDIO_STT_ENGINE": "openai", "ENABLE_OLLAMA_API": "false", "ENABLE_OPENAI_API": "false",
    "ENABLE_VERSION_UPDATE_CHECK": "false", "ANONYMIZED_TELEMETRY": "false",
}


def environment(release, data_dir, **more):
    """What a release needs to start without its machine-learning part, and nothing of the machine's."""
    path = f"{part('openwebui', release)}/bin:/usr/bin:/bin"
    own = {"PATH": path, "PYTHONPATH": TREE / "tests/real/lab/inside", "HOME": data_dir, "DATA_DIR": data_dir,
           "WEBUI_SECRET_KEY": SECRET_KEY, **LEAN, **more}
    return {name: str(value) for name, value in own.items()}


def python(release):
    return part("openwebui", release) / "bin/python"


def migrate(release, data_dir, revision="head", **more):
    """Runs the release's own migrations and nothing else of it. A DATABASE_URL in `more` is migrated instead of webui.db."""
    script = TREE / "tests/real/lab/run_migrations.py"
    done = subprocess.run([python(release), script, revision], env=environment(release, data_dir, **more), cwd=data_dir,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr


class Answer:
    def __init__(self, status, content_type, body):
        self.status = status
        self.body = body
        self.is_json = content_type.startswith("application/json")

    def json(self):
        return json.loads(self.body)


class OpenWebUI(Process):
    def __init__(self, release, folder, data_dir=None, **environment):
        super().__init__(folder)
        self.release = release
        self.data_dir = data_dir or folder / "data"
        self.data_dir.mkdir(exist_ok=True)
        self.settings = environment
        self.before = []  # words before the command, of a program that then runs it
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def __str__(self):
        return f"Open WebUI {self.release}"

    def start(self):
        # -P: the modules beside the script are not the release's.
        command = [*self.before, python(self.release), "-P", TREE / "tests/real/lab/run_server.py", self.port]
        self.spawn(command, env=environment(self.release, self.data_dir, **self.settings), cwd=self.folder)
        return self

    def wait(self, seconds=120):
        def answers():
            return self.get("/api/version").is_json

        self.wait_ready(answers, seconds)
        return self

    def restart(self):
        self.stop()
        return self.start().wait()

    def request(self, method, path, body=None, token=None, timeout=30):
        request = urllib.request.Request(self.url + path, method=method)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        return self._answer(request, timeout)

    def _answer(self, request, timeout):
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return Answer(answer.status, answer.headers["Content-Type"] or "", answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers["Content-Type"] or "", error.read())

    def get(self, path, token=None):
        return self.request("GET", path, token=token)

    def post(self, path, body, token=None):
        return self.request("POST", path, body, token)

    def upload(self, path, name, content, token):
        """A file as a browser's form sends it."""
        head = f'--part\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: text/plain\r\n\r\n'
        request = urllib.request.Request(self.url + path, head.encode() + content + b"\r\n--part--\r\n", method="POST")
        request.add_header("Content-Type", "multipart/form-data; boundary=part")
        request.add_header("Authorization", f"Bearer {token}")
        return self._answer(request, timeout=60)

    def signup(self, name, email, password):
        return self.post("/api/v1/auths/signup", {"name": name, "email": email, "password": password})

    def signin(self, email, password):
        return self.post("/api/v1/auths/signin", {"email": email, "password": password})

    def token(self, email, password):
        answer = self.signin(email, password)
        assert answer.status == 200, answer.body
        return answer.json()["token"]

    def whoami(self, token):
        """The signed-in user; 401 for a token that is no longer good."""
        return self.get("/api/v1/auths/", token)

    def add_user(self, admin, name, email, password, role="user"):
        body = {"name": name, "email": email, "password": password, "role": role}
        return self.post("/api/v1/auths/add", body, admin)

    def users(self, admin):
        """All of them, whatever the release's page size."""
        found, page = [], 1
        while True:
            answer = self.get(f"/api/v1/users/?page={page}", admin)
            assert answer.status == 200, answer.body
            body = answer.json()
            some = body["users"] if isinstance(body, dict) else body
            found += some
            if not some or len(found) >= body["total"]:
                return found
            page += 1

    def download_database(self, admin):
        """As the admin panel does: the server opens and closes its own database file, which drops its SQLite locks."""
        return self.get("/api/v1/utils/db/download", admin)
