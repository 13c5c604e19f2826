"""Open WebUI in a namespace of Kubernetes: what a Helm chart installs, and what controllers and kubelets write about it."""
import time
import urllib.parse

IMAGE = "ghcr.io/open-webui/open-webui"
NAME, READER = "open-webui", "owctl-health"
LABELS = {"app.kubernetes.io/component": NAME, "app.kubernetes.io/instance": NAME}
TEMPLATE = "5d4c7b9f8"  # the hash of the Deployment's template, in its ReplicaSet's name
MERGE = "application/merge-patch+json"
# The least that finding and judging the replicas needs.
READS = (("", "pods"), ("", "services"), ("discovery.k8s.io", "endpointslices"), ("policy", "poddisruptionbudgets"),
         ("autoscaling", "horizontalpodautoscalers"), ("apps", "deployments"), ("apps", "statefulsets"),
         ("apps", "replicasets"))
GROUPS = {"deployments": "apis/apps/v1", "replicasets": "apis/apps/v1", "statefulsets": "apis/apps/v1",
          "endpointslices": "apis/discovery.k8s.io/v1", "poddisruptionbudgets": "apis/policy/v1",
          "horizontalpodautoscalers": "apis/autoscaling/v2", "roles": "apis/rbac.authorization.k8s.io/v1",
          "rolebindings": "apis/rbac.authorization.k8s.io/v1"}
SINCE = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 3600))


def _port(pod):
    return pod["spec"]["containers"][0]["ports"][0]["containerPort"]


def _ready(pod):
    return pod["status"]["containerStatuses"][0]["ready"]


class Workload:
    """`release` is that of the image. Pods are made one by one: how many there should be says deploy()."""

    def __init__(self, api, namespace, release):
        self.api, self.namespace, self.image = api, namespace, f"{IMAGE}:{release}"
        self.owner, self.pods = None, []
        api("POST", "/api/v1/namespaces", {"metadata": {"name": namespace}})

    def path(self, kind, name=""):
        path = f"/{GROUPS.get(kind, 'api/v1')}/namespaces/{self.namespace}/{kind}"
        return f"{path}/{name}" if name else path

    def list(self, kind, api=None, selector=None):
        query = f"?labelSelector={urllib.parse.quote(selector)}" if selector else ""
        return (api or self.api)("GET", self.path(kind) + query)["items"]

    def make(self, kind, name, status=None, **fields):
        metadata = {"name": name, "labels": LABELS, **fields.pop("metadata", {})}
        made = self.api("POST", self.path(kind), {"metadata": metadata, **fields})
        return self.api("PATCH", self.path(kind, name) + "/status", {"status": status}, MERGE) if status else made

    def deploy(self, replicas, ready=None, kind="deployments"):
        """A Deployment, or kind="statefulsets", that wants that many, of which so many are ready."""
        ready = replicas if ready is None else ready
        spec = {"replicas": replicas, "selector": {"matchLabels": LABELS}, "template": self._template(8080, {}, None)}
        if kind == "statefulsets":
            spec["serviceName"] = NAME
        made = self.make(kind, NAME, spec=spec, status={
            "observedGeneration": 1, "replicas": replicas, "readyReplicas": ready, "updatedReplicas": replicas,
            "availableReplicas": ready})
        if kind == "deployments":
            made = self.make("replicasets", f"{NAME}-{TEMPLATE}", metadata={"ownerReferences": [self._owned_by(made)]},
                             spec=spec | {"selector": {"matchLabels": LABELS}})
        self.owner = made
        return self

    def pod(self, address, port=8080, image=None, memory="1Gi", environment=None, **state):
        """One that runs, at that address, and is as report() says."""
        number = len(self.pods)
        stateful = self.owner and self.owner["kind"] == "StatefulSet"
        name = f"{NAME}-{number}" if stateful else f"{NAME}-{TEMPLATE}-{number:05d}"
        template = self._template(port, environment or {}, memory, image)
        owners = {"ownerReferences": [self._owned_by(self.owner)]} if self.owner else {}
        hashed = {} if stateful else {"pod-template-hash": TEMPLATE}
        self.pods.append(self.make("pods", name, metadata={"labels": LABELS | hashed} | owners, spec=template["spec"], status={
            "phase": "Running", "podIP": address, "podIPs": [{"ip": address}], "hostIP": "192.0.2.1", "startTime": SINCE}))
        return self.report(number, **state)

    def report(self, number, ready=True, restarts=0, last=None):
        """What a kubelet says of the pod of that number. `last` is how its container ended before: OOMKilled, Error, .."""
        pod = self.pods[number]
        ended = {"exitCode": 137 if last == "OOMKilled" else 1, "reason": last, "startedAt": SINCE, "finishedAt": SINCE}
        status = {
            "conditions": [{"type": kind, "status": str(kind == "PodScheduled" or ready), "lastTransitionTime": SINCE}
                           for kind in ("PodScheduled", "ContainersReady", "Ready")],
            "containerStatuses": [{
                "name": NAME, "image": pod["spec"]["containers"][0]["image"], "imageID": f"{IMAGE}@sha256:{'ab' * 32}",
                "ready": ready, "started": True, "restartCount": restarts, "state": {"running": {"startedAt": SINCE}},
                "lastState": {"terminated": ended} if last else {}}]}
        self.pods[number] = self.api("PATCH", self.path("pods", pod["metadata"]["name"]) + "/status", {"status": status}, MERGE)
        return self.pods[number]

    def service(self):
        self.make("services", NAME, spec={"selector": LABELS, "ports": [{"name": "http", "port": 80, "targetPort": "http"}]})
        return self

    def slice(self, *addresses):
        """One for each port that pods listen on, as the controller writes them. It can't name an address of the loopback
        network, so `addresses` are to stand for those of the pods then."""
        reached = list(zip(self.pods, addresses or (pod["status"]["podIP"] for pod in self.pods), strict=True))
        for port in sorted({_port(pod) for pod in self.pods}):
            endpoints = [{
                "addresses": [address], "targetRef": {
                    "kind": "Pod", "namespace": self.namespace, "name": pod["metadata"]["name"], "uid": pod["metadata"]["uid"]},
                "conditions": {"ready": _ready(pod), "serving": _ready(pod), "terminating": False}}
                for pod, address in reached if _port(pod) == port]
            self.make("endpointslices", f"{NAME}-{port}", metadata={"labels": LABELS | {"kubernetes.io/service-name": NAME}},
                      addressType="IPv4", endpoints=endpoints, ports=[{"name": "http", "protocol": "TCP", "port": port}])
        return self

    def budget(self, name=NAME, selector=None, **spec):
        """minAvailable=.. or maxUnavailable=.., numbers."""
        healthy = sum(map(_ready, self.pods))
        wanted = spec.get("minAvailable", len(self.pods) - spec.get("maxUnavailable", 0))
        self.make("poddisruptionbudgets", name, spec={"selector": selector or {"matchLabels": LABELS}, **spec}, status={
            "observedGeneration": 1, "currentHealthy": healthy, "desiredHealthy": wanted, "expectedPods": len(self.pods),
            "disruptionsAllowed": max(0, healthy - wanted)})
        return self

    def autoscaler(self, least, most, kind="Deployment", name=NAME, target=NAME, **conditions):
        """Of a condition its status and reason: ScalingLimited="True TooManyReplicas"."""
        told = {"AbleToScale": "True ReadyForNewScale", "ScalingActive": "True ValidMetricFound",
                "ScalingLimited": "False DesiredWithinRange"} | conditions
        self.make("horizontalpodautoscalers", name, spec={
            "minReplicas": least, "maxReplicas": most, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": kind, "name": target},
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {
                "type": "Utilization", "averageUtilization": 80}}}]}, status={
            "currentReplicas": len(self.pods), "desiredReplicas": len(self.pods), "conditions": [
                {"type": kind, "status": status, "reason": reason, "message": f"said by {kind}", "lastTransitionTime": SINCE}
                for kind, (status, reason) in ((kind, said.split()) for kind, said in told.items())]})
        return self

    def reader(self):
        """The token of an account that may read what READS has, and nothing else; nor may the user of that name, who comes
        with a certificate."""
        self.make("serviceaccounts", READER)
        self.make("roles", READER, rules=[{"apiGroups": [group], "resources": [kind], "verbs": ["get", "list"]}
                                          for group, kind in READS])
        self.make("rolebindings", READER, roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": READER},
                  subjects=[{"kind": "ServiceAccount", "name": READER, "namespace": self.namespace},
                            {"kind": "User", "name": READER, "apiGroup": "rbac.authorization.k8s.io"}])
        return self.api("POST", self.path("serviceaccounts", READER) + "/token", {"spec": {}})["status"]["token"]

    def restrict(self, *kinds):
        """The reader may not read these any more."""
        self.api("PATCH", self.path("roles", READER), {"rules": [
            {"apiGroups": [group], "resources": [kind], "verbs": ["get", "list"]} for group, kind in READS if kind not in kinds]}, MERGE)

    @staticmethod
    def _owned_by(made):
        return {"apiVersion": made["apiVersion"], "kind": made["kind"], "name": made["metadata"]["name"],
                "uid": made["metadata"]["uid"], "controller": True}

    def _template(self, port, environment, memory, image=None):
        def probe(path, **more):
            return {"httpGet": {"path": path, "port": "http"}, **more}

        variables = [{"name": name, **({"value": str(value)} if not isinstance(value, dict) else {"valueFrom": value})}
                     for name, value in environment.items()]
        container = {"name": NAME, "image": image or self.image, "env": variables,
                     "ports": [{"name": "http", "containerPort": port}],
                     "readinessProbe": probe("/ready", periodSeconds=10), "livenessProbe": probe("/health", failureThreshold=3),
                     "resources": {"limits": {"memory": memory}, "requests": {"memory": memory}} if memory else {}}
        return {"metadata": {"labels": LABELS}, "spec": {"containers": [container]}}
