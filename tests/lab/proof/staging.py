"""What people do to the lab's machines by mistake, how it is undone, and where kubestep must see it.

The names are those of the simulator's scenarios, which also say what the diagnosis is called."""

import base64
import dataclasses
import json
import re
import subprocess
import time

from . import cluster, rack
from .events import Moment

SCENARIOS = rack.HERE.parent.parent / "src" / "sim" / "scenarios"
FIRST = "bettley"
SIGNED = 90.0  # seconds that the controller manager may take to sign a changed cluster-info
AWAY = 45.0  # seconds for which a node's cable is out, so that the others are in before something happens
CERTS = "init phase upload-certs --upload-certs --skip-certificate-key-print --config /run/kubestep/init.yaml"
TOKEN = "init phase bootstrap-token --skip-token-print --config /run/kubestep/init.yaml"


def diagnosis(name, at):
    """What the simulator's scenario calls it where it shows at `at` (`check`, `join/preflight` …)."""
    text = (SCENARIOS / f"{name}.yaml").read_text()
    found = dict(re.findall(r"\bat: ([\w/.-]+),?\s+rule: ([\w-]+)", text))
    return found[at]


def sh(node, script, **options):
    """A script on a machine."""
    return rack.on(node, "sh", "-euc", script, **options)


def kubectl(*words, **options):
    return rack.on(FIRST, "kubectl", "--kubeconfig", "/etc/kubernetes/admin.conf", *words, **options)


def balancer(servers):
    """HAProxy with its backend's servers, or without."""
    home = rack.HOME / "allyrion"
    whole = home / "haproxy.cfg"
    shown = home / "staged.cfg"
    lines = whole.read_text().splitlines(keepends=True)
    shown.write_text("".join(line for line in lines if servers or not line.startswith("  server ")))
    former = (home / "haproxy.pid").read_text().split()
    command = ["ip", "netns", "exec", "lab-allyrion", "haproxy", "-D", "-p", str(home / "haproxy.pid"), "-f", str(shown), "-sf", *former]
    subprocess.run(command, check=True)


def forget_tokens():
    names = kubectl("-n", "kube-system", "get", "secrets", "-o", "name", "--field-selector", "type=bootstrap.kubernetes.io/token")
    kubectl("-n", "kube-system", "delete", *names.split())


def restore_old_invitation():
    """cluster-info with another authority, which the controller manager signs as well."""
    authority = sh(FIRST, "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=kubernetes -days 9 -keyout /dev/null 2>/dev/null")
    info = json.loads(kubectl("-n", "kube-public", "get", "cm", "cluster-info", "-o", "json"))
    data = base64.b64encode(authority.encode()).decode()
    text = re.sub(r"certificate-authority-data: \S+", f"certificate-authority-data: {data}", info["data"]["kubeconfig"])
    patch = json.dumps({"data": {"kubeconfig": text}})
    kubectl("-n", "kube-public", "patch", "cm", "cluster-info", "--type", "merge", "-p", patch)
    former, deadline = signatures(info), time.monotonic() + SIGNED
    while signatures(json.loads(kubectl("-n", "kube-public", "get", "cm", "cluster-info", "-o", "json"))) & former:
        if time.monotonic() > deadline:
            raise TimeoutError("cluster-info was not signed again")
        time.sleep(1)


def signatures(info):
    """Of the tokens' holders on a cluster-info."""
    return {value for key, value in info["data"].items() if key.startswith("jws-kubeconfig-")}


def take_name(node):
    """A Node of that name, Ready, as another machine would have made it."""
    body = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": node}}
    kubectl("create", "-f", "-", input=json.dumps(body))
    ready = {"type": "Ready", "status": "True", "reason": "KubeletReady", "message": "", "lastHeartbeatTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
    found = json.loads(kubectl("get", "node", node, "-o", "json"))
    found["status"] = {"conditions": [ready]}
    kubectl("replace", "--raw", f"/api/v1/nodes/{node}/status", "-f", "-", input=json.dumps(found))


def stale_member(node):
    address = rack.nodes()[node]
    cluster.etcdctl(FIRST, "member", "add", node, f"--peer-urls=https://{address}:2380")


def remove_member(node):
    address = rack.nodes()[node]
    listed = cluster.etcdctl(FIRST, "member", "list").splitlines()
    for line in listed:
        if f"https://{address}:2380" in line:
            cluster.etcdctl(FIRST, "member", "remove", line.split(",")[0])


@dataclasses.dataclass(frozen=True)
class Absent:
    """The node's cable is out while the others join; then something happens, and it is put back."""

    node: str
    meanwhile: object

    def __call__(self, _run):
        rack.lab("cut", self.node)
        time.sleep(AWAY)
        self.meanwhile()
        rack.lab("heal", self.node)
        return True


@dataclasses.dataclass(frozen=True)
class Case:
    """A fault: where it shows, how it comes about before the run or in it, and what mends it."""

    name: str
    node: str
    # The step, as the lab's kubeadm has it, and what the simulator's scenario calls the place.
    at: str
    like: str
    repair: object
    before: object = None
    moment: Moment = None
    deed: object = None
    # More of the inventory's options.
    options: str = ""


def absent(name, node, at, like, meanwhile, repair):
    """A case in which the node comes late."""
    return Case(name, node, at, like, repair, moment=Moment(wait="endpoint", node=node), deed=Absent(node, meanwhile))


PUBLISH = lambda line: lambda: rack.on(FIRST, "kubeadm", *line.split())
SQUAT = "setsid /usr/bin/python3 -m http.server 6443 >/dev/null 2>&1 </dev/null & echo $! >/run/squatter"
DISABLE_CRI = "cp /etc/containerd/config.toml /root/; echo 'disabled_plugins = [\"cri\"]' >/etc/containerd/config.toml; systemctl restart containerd"
ENABLE_CRI = "cp /root/config.toml /etc/containerd/config.toml; systemctl restart containerd"
FLAG = (
    "mkdir -p /etc/systemd/system/kubelet.service.d; "
    "sed -n 's/^ExecStart=\\/.*/[Service]\\nExecStart=\\n& --no-such-flag/p' /etc/systemd/system/kubelet.service.d/10-kubeadm.conf "
    ">/etc/systemd/system/kubelet.service.d/20-flag.conf; systemctl daemon-reload"
)
NO_FLAG = "rm /etc/systemd/system/kubelet.service.d/20-flag.conf; systemctl daemon-reload; systemctl restart kubelet"
SCHEDULER = f"k8s.gcr.io/kube-scheduler:{rack.VERSION}"


def on_all(script):
    for node in rack.nodes():
        sh(node, script)


CASES = [
    Case("port-in-use", FIRST, "check", "check", lambda: sh(FIRST, "kill $(cat /run/squatter)"), lambda: sh(FIRST, SQUAT)),
    Case(
        "leftovers", "fenn", "check", "check", lambda: sh("fenn", "kubeadm reset -f; rm -rf /var/lib/etcd/member"),
        lambda: sh("fenn", "mkdir -p /etc/kubernetes/manifests /var/lib/etcd/member; echo '#' >/etc/kubernetes/manifests/etcd.yaml; touch /var/lib/etcd/member/wal"),
    ),
    Case(
        "ip-forward", "cargyll", "check", "check", lambda: sh("cargyll", "sysctl -qw net.ipv4.ip_forward=1"),
        lambda: sh("cargyll", "sysctl -qw net.ipv4.ip_forward=0"),
    ),
    Case(
        "image-pull", FIRST, "init/preflight", "init/preflight",
        lambda: sh(FIRST, "ctr -n k8s.io images import /root/scheduler.tar >/dev/null"),
        lambda: sh(FIRST, f"ctr -n k8s.io images export /root/scheduler.tar {SCHEDULER}; ctr -n k8s.io images rm {SCHEDULER}"),
    ),
    Case(
        "balancer-empty", FIRST, "wait/endpoint", "wait/endpoint", lambda: balancer(True), lambda: balancer(False),
        options="{ timeouts: { controlPlane: 90s } }",
    ),
    Case(
        "cri-disabled", "cargyll", "join/kubelet-start", "join/preflight", lambda: sh("cargyll", ENABLE_CRI),
        lambda: sh("cargyll", DISABLE_CRI),
    ),
    Case(
        "kubelet-flag", "cargyll", "join/kubelet-start", "join/kubelet-start", lambda: sh("cargyll", NO_FLAG),
        lambda: sh("cargyll", FLAG),
    ),
    Case(
        "no-cni", FIRST, "verify", "verify", lambda: on_all("mv /root/*.conflist /etc/cni/net.d/; systemctl restart containerd"),
        lambda: on_all("mv /etc/cni/net.d/*.conflist /root/; systemctl restart containerd"),
        options="{ timeouts: { nodeReady: 60s } }",
    ),
    absent(
        "certs-expired", "gardener", "join/control-plane-prepare", "join/control-plane-prepare/download-certs",
        lambda: kubectl("-n", "kube-system", "delete", "secret", "kubeadm-certs"), PUBLISH(CERTS),
    ),
    absent("wrong-authority", "cargyll", "join/preflight", "join/preflight", restore_old_invitation, PUBLISH(TOKEN)),
    absent(
        "name-taken", "cargyll", "join/kubelet-start", "join/kubelet-start", lambda: take_name("cargyll"),
        lambda: kubectl("delete", "node", "cargyll"),
    ),
    absent(
        "stale-etcd-member", "gardener", "join/control-plane-join/etcd", "join/control-plane-join/etcd",
        lambda: stale_member("gardener"), lambda: remove_member("gardener"),
    ),
    absent("token-gone", "cargyll", "join/preflight", "join/preflight", forget_tokens, PUBLISH(TOKEN)),
    absent(
        "unsigned-request", "cargyll", "join/kubelet-start", "join/kubelet-start",
        lambda: kubectl("delete", "clusterrolebinding", "kubeadm:node-autoapprove-bootstrap"), PUBLISH(TOKEN),
    ),
]
