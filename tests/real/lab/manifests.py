"""The manifests of examples/kubernetes, as plain files or put together by kustomize, and what a kubelet makes of a container in
them: its command, and its environment."""
import shutil
import subprocess

import yaml

from lab.parts import TREE, part
from lab.workload import GROUPS

EXAMPLES = TREE / "examples/kubernetes"
PATHS = GROUPS | {"networkpolicies": "apis/networking.k8s.io/v1", "jobs": "apis/batch/v1", "cronjobs": "apis/batch/v1"}
PLURALS = {"NetworkPolicy": "networkpolicies"}


def documents(text):
    """[(its text, what it says)]"""
    found = [(one, yaml.safe_load(one)) for one in text.split("\n---\n")]
    return [(one, said) for one, said in found if said]


def files(namespace):
    """The plain ones, with what they tell to change changed: {path: documents}, but for kustomize's own."""
    return {path: documents(path.read_text().replace("namespace: open-webui", f"namespace: {namespace}"))
            for path in sorted(EXAMPLES.rglob("*.yaml")) if path.name != "kustomization.yaml"}


def built(folder, namespace, rollout=False):
    """What kustomize makes of a site's own overlay, in another namespace, of the examples."""
    shutil.copytree(EXAMPLES, folder / "owctl", dirs_exist_ok=True)
    overlay = folder / ("rollout-overlay" if rollout else "overlay")
    overlay.mkdir()
    (overlay / "kustomization.yaml").write_text(yaml.safe_dump({
        "namespace": namespace, "resources": ["../owctl/rollout" if rollout else "../owctl"]}))
    done = subprocess.run([part("kustomize") / "bin/kustomize", "build", overlay], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return documents(done.stdout)


def path_of(said, namespace):
    plural = PLURALS.get(said["kind"], said["kind"].lower() + "s")
    return f"/{PATHS.get(plural, 'api/v1')}/namespaces/{namespace}/{plural}/{said['metadata']['name']}"


def apply(api, text, said, namespace, dry_run=False):
    """By the server, which refuses what it does not know; its answer."""
    query = f"?fieldManager=test&fieldValidation=Strict{'&dryRun=All' if dry_run else ''}"
    return api("PATCH", path_of(said, namespace) + query, text.encode(), "application/apply-patch+yaml")


def template(said):
    """That of the pods of a Job or CronJob, or None."""
    spec = said.get("spec", {})
    return spec.get("jobTemplate", {}).get("spec", {}).get("template") or spec.get("template")


def containers(said):
    """In the order in which they run."""
    pod = template(said)["spec"]
    return [*pod.get("initContainers", []), *pod["containers"]]


class Kubelet:
    """`settings` are of the ConfigMap, `secrets` {name: {key: value}}, `mounts` {path in a pod: path of this machine}."""

    def __init__(self, settings, secrets, mounts):
        self.settings, self.secrets, self.mounts = settings, secrets, mounts

    def environment(self, container):
        found = {}
        for source in container.get("envFrom", []):
            if "configMapRef" in source:
                assert source["configMapRef"] == {"name": "owctl"}
                found |= self.settings
            else:
                found |= self.secrets[source["secretRef"]["name"]]
        for variable in container.get("env", []):
            if "value" in variable:
                found[variable["name"]] = variable["value"]
            else:
                wanted = variable["valueFrom"]["secretKeyRef"]
                found[variable["name"]] = self.secrets[wanted["name"]][wanted["key"]]
        return {name: self._here(value) for name, value in found.items()}

    def words(self, container):
        assert container["command"] == ["owctl"]
        return [self._here(word) for word in container["args"]]

    def run(self, owctl, container):
        return owctl(*self.words(container), env=self.environment(container))

    def _here(self, text):
        """A path that is mounted, as this machine knows it."""
        for inside, path in self.mounts.items():
            if text == inside or text.startswith(f"{inside}/"):
                return f"{path}{text[len(inside):]}"
        return text
