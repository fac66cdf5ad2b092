"""What must be true of a cluster that was brought up on the lab's rack, asked of the cluster itself."""

import json
import subprocess
import time

from . import rack

ROLE = "node-role.kubernetes.io/"
HEALTH = "node.kubernetes.io/"
STATIC_PODS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
PKI = "/etc/kubernetes/pki/etcd"


def kubectl(*words):
    """kubectl as the administrator, on the first control plane."""
    first = next(iter(rack.nodes("control-planes")))
    return rack.on(first, "kubectl", "--kubeconfig", "/etc/kubernetes/admin.conf", *words)


def objects(*words):
    """The items of `kubectl get … -o json`."""
    return json.loads(kubectl("get", *words, "-o", "json"))["items"]


def check(checks, control_planes, workers, without=()):
    """Everything that the cluster can be asked; `without` names what the run left out."""
    planes, others = rack.nodes("control-planes"), rack.nodes("workers")
    checks.equal((len(planes), len(others)), (control_planes, workers), "the rack has the machines asked for")
    check_nodes(checks, planes, others)
    check_etcd(checks, planes)
    check_pods(checks, planes, others, without)
    check_records(checks, planes)
    check_endpoint(checks, planes, others)


def condition(thing, name):
    """`True`, `False`, `Unknown`, or None."""
    return next((c["status"] for c in thing["status"].get("conditions", []) if c["type"] == name), None)


def check_nodes(checks, planes, others):
    """All there, all Ready, labels and taints as kubeadm 1.20 makes them."""
    nodes = {node["metadata"]["name"]: node for node in objects("nodes")}
    checks.equal(sorted(nodes), sorted([*planes, *others]), "the cluster's nodes are the rack's machines")
    ready = {name: condition(node, "Ready") for name, node in nodes.items()}
    checks.equal(ready, dict.fromkeys(nodes, "True"), "every node is Ready")
    versions = {node["status"]["nodeInfo"]["kubeletVersion"] for node in nodes.values()}
    checks.equal(versions, {rack.VERSION}, f"every kubelet is {rack.VERSION}")
    addresses = {
        name: next(a["address"] for a in node["status"]["addresses"] if a["type"] == "InternalIP")
        for name, node in nodes.items()
    }
    checks.equal(addresses, {**planes, **others}, "every node has its machine's address")
    roles = {name: sorted(l[len(ROLE):] for l in node["metadata"]["labels"] if l.startswith(ROLE)) for name, node in nodes.items()}
    wanted = {name: ["control-plane", "master"] if name in planes else [] for name in nodes}
    checks.equal(roles, wanted, "control planes alone have the role labels")
    # Kubernetes' own marks of a node's health come and go a few seconds after it.
    taints = {
        name: [f"{t['key']}:{t['effect']}" for t in node["spec"].get("taints", []) if not t["key"].startswith(HEALTH)]
        for name, node in nodes.items()
    }
    wanted = {name: [f"{ROLE}master:NoSchedule"] if name in planes else [] for name in nodes}
    checks.equal(taints, wanted, "control planes alone are tainted")


def etcdctl(node, *words):
    """etcdctl on a control plane, against its own member."""
    return rack.on(
        node, "env", "ETCDCTL_API=3", "etcdctl", "--endpoints=https://127.0.0.1:2379", f"--cacert={PKI}/ca.crt",
        f"--cert={PKI}/server.crt", f"--key={PKI}/server.key", *words, stderr=subprocess.STDOUT,
    )


def check_etcd(checks, planes):
    """As many members as control planes, all started voters, all healthy."""
    first = next(iter(planes))
    members = json.loads(etcdctl(first, "member", "list", "-w", "json"))["members"]
    # A member has no name and no client URLs until it has started.
    started = {m["name"]: m["peerURLs"] for m in members if m.get("name") and m.get("clientURLs")}
    wanted = {name: [f"https://{address}:2380"] for name, address in planes.items()}
    checks.equal((len(members), started), (len(planes), wanted), "etcd's members are the control planes, all started")
    checks.equal([m for m in members if m.get("isLearner")], [], "every etcd member votes")
    health = etcdctl(first, "endpoint", "health", "--cluster")
    checks.equal(health.count("is healthy"), len(planes), "every etcd member is healthy")


def check_pods(checks, planes, others, without=(), patience=90):
    """Static pods and kube-proxy run and are ready; their probes start late, hence the patience (seconds)."""
    wanted = {f"{pod}-{plane}" for pod in STATIC_PODS for plane in planes}
    deadline = time.monotonic() + patience
    while True:
        pods = objects("pods", "-n", "kube-system")
        ready = {pod["metadata"]["name"] for pod in pods if condition(pod, "Ready") == "True"}
        proxies = sorted(
            pod["spec"].get("nodeName", "?") for pod in pods
            if pod["metadata"]["labels"].get("k8s-app") == "kube-proxy" and condition(pod, "Ready") == "True"
        )
        if (wanted <= ready and len(proxies) == len(planes) + len(others)) or time.monotonic() > deadline:
            break
        time.sleep(1)
    checks.equal(sorted(wanted - ready), [], "the control planes' static pods run and are ready")
    checks.equal(proxies, sorted([*planes, *others]), "kube-proxy runs on every node")
    names = {item["metadata"]["name"] for item in objects("deployments", "-n", "kube-system")}
    wanted = {"coredns"} - set(without)
    checks.equal(names, wanted, "CoreDNS is deployed" if wanted else "CoreDNS is not deployed, as it was left out")


def check_records(checks, planes):
    """kubeadm's own record of the cluster is the inventory's."""
    data = json.loads(kubectl("get", "configmap", "-n", "kube-system", "kubeadm-config", "-o", "json"))["data"]
    record = data["ClusterConfiguration"]
    for line in (
        f"controlPlaneEndpoint: {rack.ENDPOINT}", f"kubernetesVersion: {rack.VERSION}",
        "podSubnet: 192.168.0.0/16", "serviceSubnet: 172.16.0.0/20",
    ):
        checks.that(line in record, f"kubeadm's record has `{line}`", record)
    missing = [name for name in planes if f"\n  {name}:\n" not in data["ClusterStatus"]]
    checks.equal(missing, [], "kubeadm's record has every control plane's endpoint")


def check_endpoint(checks, planes, others):
    """Every node reaches the API through the load balancer, and every API server answers by itself."""
    def answers(node, address):
        command = ("curl", "-sk", "-m5", f"https://{address}/livez")
        return rack.on(node, *command, check=False).strip() == "ok"

    silent = [name for name in [*planes, *others] if not answers(name, rack.ENDPOINT)]
    checks.equal(silent, [], "the load balancer answers every node")
    first = next(iter(planes))
    silent = [name for name, address in planes.items() if not answers(first, f"{address}:6443")]
    checks.equal(silent, [], "every API server answers")


def fingerprint():
    """Of the cluster's CA on the first control plane; None when there is none yet."""
    first = next(iter(rack.nodes("control-planes")))
    made = rack.on(first, "sh", "-c", "sha256sum </etc/kubernetes/pki/ca.crt", check=False, stderr=subprocess.DEVNULL)
    return made.split()[0] if made else None
