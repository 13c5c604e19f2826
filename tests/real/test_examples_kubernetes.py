"""examples/kubernetes: the API server takes every manifest, as restrictive as a namespace can be, plain and from kustomize; its
account may do what its Job does and no more; and what stands in the Jobs runs, on a real database."""
import pytest
import yaml

from lab.backups import Keys, Repository
from lab.kubernetes import in_pod
from lab.manifests import Kubelet, apply, built, containers, files, template
from lab.owctl import Owctl
from lab.parts import TREE
from lab.rest import Refused
from lab.s3 import ROOT
from lab.workload import MERGE
from test_health_discovery import pods  # noqa: F401 (a fixture)

OLD = "0.11.4"
RESTRICTED = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn")}


@pytest.fixture
def manifests(tmp_path):
    """manifests(namespace): all of them, by kustomize."""
    def make(namespace):
        return [*built(tmp_path, namespace), *built(tmp_path, namespace, rollout=True)]

    return make


@pytest.fixture
def restricted(kubernetes):
    workload = kubernetes.workload()
    workload.api("PATCH", f"/api/v1/namespaces/{workload.namespace}", {"metadata": {"labels": RESTRICTED}}, MERGE)
    return workload


def test_server_takes_every_manifest(restricted, manifests):
    plain = [one for found in files(restricted.namespace).values() for one in found]
    for text, said in [*plain, *manifests(restricted.namespace)]:
        taken = apply(restricted.api, text, said, restricted.namespace, dry_run=True)
        assert taken["kind"] == said["kind"], said
    for text, said in plain:
        broken = text.replace("spec:", "spec:\n  nobodyKnows: 1", 1)
        if broken != text:
            with pytest.raises(Refused, match="nobodyKnows"):
                apply(restricted.api, broken, said, restricted.namespace, dry_run=True)


def test_kustomize_puts_together_what_the_plain_files_have(manifests):
    """With its namespace, the image, and a suffix of the Jobs of a rollout."""
    made = {(said["kind"], said["metadata"]["name"]): said for _, said in manifests("elsewhere")}
    plain = [(path, said) for path, found in files("elsewhere").items() for _, said in found]
    assert len(made) == len(plain)
    for path, said in plain:
        name = said["metadata"]["name"] + ("-0-12-4" if path.parent.name == "rollout" else "")
        one = made[said["kind"], name]
        assert one["metadata"]["namespace"] == "elsewhere"
        if template(said):
            assert [container["args"] for container in containers(one)] == [container["args"] for container in containers(said)]
            assert {container["image"] for container in containers(one)} == {"registry.example/owctl:0.1.0"}
            # What can't get at the repository that the settings name is critical for `health check`.
            assert all({"secretRef": {"name": "owctl-repository"}} in container["envFrom"]
                       for container in containers(one) if container["args"][0] == "health")
    assert made["RoleBinding", "owctl-health"]["subjects"][0]["namespace"] == "elsewhere"
    assert {said["spec"]["concurrencyPolicy"] for (kind, _), said in made.items() if kind == "CronJob"} == {"Forbid"}


def test_policy_is_for_all_pods_and_lets_them_to_what_they_work_with(manifests):
    """The ports that names, Open WebUI, PostgreSQL, Redis, stores and the API of Kubernetes have."""
    found = [said for _, said in manifests("elsewhere")]
    [policy] = [said["spec"] for said in found if said["kind"] == "NetworkPolicy"]
    ports = {port["port"] for rule in policy["egress"] for port in rule["ports"]}
    assert (policy["policyTypes"], policy["ingress"], ports) == (["Ingress", "Egress"], [], {53, 8080, 5432, 6379, 443, 6443})
    pods = [template(said)["metadata"]["labels"] for said in found if template(said)]
    assert pods and all(labels.items() >= policy["podSelector"]["matchLabels"].items() for labels in pods)
    mounted = [mount for said in found if template(said) for container in containers(said) for mount in container.get("volumeMounts", [])]
    assert {mount.get("readOnly") for mount in mounted if mount["name"] in ("data", "identity")} == {True}


def test_pods_may_run_where_only_restricted_ones_may(restricted, manifests):
    path = restricted.path("pods") + "?dryRun=All&fieldValidation=Strict"
    found = [said for _, said in manifests(restricted.namespace) if template(said)]
    assert len(found) == 5
    for said in found:
        pod = {"metadata": {"name": said["metadata"]["name"]}, "spec": template(said)["spec"]}
        restricted.api("POST", path, pod)
        for container in containers(said):
            assert container["securityContext"]["readOnlyRootFilesystem"] and container["resources"]["limits"]["memory"]
        del pod["spec"]["securityContext"]["runAsNonRoot"]
        with pytest.raises(Refused, match="runAsNonRoot"):
            restricted.api("POST", path, pod)


def test_account_of_health_may_look_and_no_more(kubernetes, pods, manifests, owctl, network, tmp_path):  # noqa: F811
    """What the CronJob runs, with the token of its account, as it would in its pod."""
    workload = pods(2).service().slice().budget(maxUnavailable=1)
    made = manifests(workload.namespace)
    for text, said in made:
        if said["kind"] in ("ServiceAccount", "Role", "RoleBinding"):
            apply(workload.api, text, said, workload.namespace)
    [job] = [said for _, said in made if said["kind"] == "CronJob" and said["metadata"]["name"] == "owctl-health"]
    [settings] = [said["data"] for _, said in made if said["kind"] == "ConfigMap"]
    account = template(job)["spec"]["serviceAccountName"]
    token = workload.api("POST", workload.path("serviceaccounts", account) + "/token", {"spec": {}})["status"]["token"]

    [container] = containers(job)
    kubelet = Kubelet(settings | {"WEBUI_URL": ""}, {"owctl-health": {}, "owctl-repository": {}}, {"/app/backend/data": tmp_path})
    inside = Owctl(owctl.home, in_pod(network, tmp_path / "account"))
    environment = kubernetes.in_cluster(tmp_path / "account", workload.namespace, token) | kubelet.environment(container)
    done = inside(*kubelet.words(container), "--only", "replicas", "--only", "orchestrator", "-o", "json", env=environment)
    states = {row["code"]: row["state"] for row in done.json()}
    codes = ("OW101", "OW102", "OW104", "OW601", "OW602", "OW611", "OW614", "OW615")
    assert [states[code] for code in codes] == ["good"] * len(codes), states
    assert "unknown" not in states.values()

    mine = kubernetes.by_token(token)
    assert len(workload.list("pods", mine)) == 2
    for method, path in (("GET", workload.path("secrets")), ("GET", workload.path("configmaps")), ("GET", "/api/v1/pods"),
                         ("DELETE", workload.path("pods", workload.pods[0]["metadata"]["name"])), ("GET", "/api/v1/namespaces")):
        with pytest.raises(Refused) as refused:
            mine(method, path)
        assert refused.value.status == 403


def test_account_has_the_rights_that_the_documentation_tells(manifests):
    text = (TREE / "docs/health-rights.md").read_text()
    told = yaml.safe_load(text[text.index("    rules:"):])
    [role] = [said for _, said in manifests("chat") if said["kind"] == "Role"]
    assert role["rules"] == told["rules"]


def test_other_account_may_nothing_at_all(restricted, kubernetes, manifests):
    for text, said in manifests(restricted.namespace):
        if said["kind"] in ("ServiceAccount", "Role", "RoleBinding"):
            apply(restricted.api, text, said, restricted.namespace)
    token = restricted.api("POST", restricted.path("serviceaccounts", "owctl") + "/token", {"spec": {}})["status"]["token"]
    with pytest.raises(Refused) as refused:
        restricted.list("pods", kubernetes.by_token(token))
    assert refused.value.status == 403


def test_jobs_migrate_back_up_and_drill(manifests, owctl, make_postgresql, minio, tmp_path):
    """On PostgreSQL, into a bucket, with what each finds in its pod."""
    made = {(said["kind"], said["metadata"]["name"]): said for _, said in manifests("chat")}
    keys = Keys(owctl, tmp_path)
    account = dict(zip(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), ROOT))
    repository = Repository(owctl, minio.location(minio.bucket(), "open-webui"), keys, account).init()
    url = make_postgresql(OLD)
    data = tmp_path / "data"
    for folder in (data / "uploads", tmp_path / "scratch", tmp_path / "identity", tmp_path / "tmp"):
        folder.mkdir(parents=True)
    (tmp_path / "identity/identity").write_bytes(keys.file.read_bytes())
    (tmp_path / "identity/identity").chmod(0o440)
    kubelet = Kubelet(
        made["ConfigMap", "owctl"]["data"] | {"OWCTL_REPOSITORY": repository.location, "OWCTL_RECIPIENTS": keys.recipient},
        {"open-webui": {"DATABASE_URL": url, "WEBUI_SECRET_KEY": "a secret key of theirs"}, "owctl-repository": account,
         "owctl-drill": account},
        {"/app/backend/data": data, "/scratch": tmp_path / "scratch", "/run/owctl": tmp_path / "identity", "/tmp": tmp_path / "tmp"})

    said = [kubelet.run(owctl, container).ok() for container in containers(made["Job", "owctl-migrate-0-12-4"])]
    assert "a7d3e9f2b641" in said[0].out and "migrate up" in said[2].err  # its line of the audit log
    assert owctl("migrate", "status", "--check", "--database", url).ok()
    for name in ("owctl-backup", "owctl-drill"):
        [container] = containers(made["CronJob", name])
        done = kubelet.run(owctl, container).ok()
        assert not done.out
    tags = [snapshot["tags"] for snapshot in repository.list()]
    assert sorted(tags) == [[], ["before-migration"], ["rollout"]] and not list((tmp_path / "scratch").iterdir())
