"""Things that are made once a run, by whichever worker wants them first, and then copied."""
import fcntl
import shutil


class Once:
    def __init__(self, folder):
        self.folder = folder

    def __call__(self, name, make):
        """The folder `name`, which make(folder) has filled. Workers that want the same one wait for it."""
        home = self.folder / name
        home.parent.mkdir(parents=True, exist_ok=True)
        with open(f"{home}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            done = home / ".complete"
            if not done.exists():
                shutil.rmtree(home, ignore_errors=True)
                home.mkdir()
                make(home)
                done.touch()
        return home
