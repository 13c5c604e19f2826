"""Databases that Open WebUI's own migrations made, once a run; every test works on its own copy."""
import shutil

from lab import openwebui


class Templates:
    def __init__(self, once):
        self.once = once

    def sqlite(self, release, folder):
        """Puts a release's empty webui.db into `folder`, which is then a DATA_DIR; the path of the file."""
        made = self.once(f"sqlite-{release}", lambda home: openwebui.migrate(release, home))
        return shutil.copy(made / "webui.db", folder / "webui.db")

    def postgresql(self, server, release, folder):
        """The URL of a fresh database on `server` with a release's schema."""
        def fill(url):
            openwebui.migrate(release, folder, DATABASE_URL=url)

        return server.create(server.template(f"openwebui-{release}", fill))
