"""Replicas that answer as the real one does, recorded, and late; and curl asking them the same questions."""
from lab.recorded import Recorded

KEY = "k" * 40
ASKED = ("/api/version", "/api/config", "/ready", "/health/db", "/api/v1/auths/")
WORKS = ((3, None), (200, None), (200, 1.5))  # how many, and how late one of them is, in seconds; the others are 20 ms late


def look(owctl, folder, number):
    """Yields (work, what owctl runs, what curl does)."""
    for count, slow in WORKS:
        place = folder / f"replicas-{count}-{slow}"
        place.mkdir()
        with Recorded(place, count, 0.02, key=KEY, slow={number: slow} if slow else None) as replicas:
            replicas.start().wait()
            settings = place / "settings.env"
            settings.write_text(f"WEBUI_SECRET_KEY={KEY}\nOWCTL_REPLICAS={','.join(replicas.urls)}\n")
            urls = place / "urls"
            urls.write_text("".join(f'url = "{url}{path}"\noutput = "/dev/null"\n' for url in replicas.urls for path in ASKED))
            late = f", one of them {slow} s late" if slow else ""
            yield (f"health of {count} replicas{late}",
                   [owctl, "health", "check", "--env-file", settings, "--only", "replicas,same-release,same-secret-key,same-settings"],
                   ["curl", "-s", "--parallel", "--parallel-max", "300", "--parallel-immediate", "-K", urls])
