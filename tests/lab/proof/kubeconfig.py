"""The operator's kubeconfig."""

import subprocess

from . import rack


def find(folder):
    """The kubeconfig among what kubestep wrote; None when there is none, an error when there are several."""
    command = ["grep", "-rlE", "--include=*", "^kind: Config$", str(folder)]
    found = subprocess.run(command, text=True, stdout=subprocess.PIPE).stdout.splitlines()
    assert len(found) <= 1, f"several kubeconfigs: {found}"
    return found[0] if found else None


def check(checks, path, count):
    """Only its owner may read it, and it leads to the cluster through the load balancer."""
    mode = oct(path.stat().st_mode & 0o777)
    checks.equal(mode, "0o600", "the operator's kubeconfig is for its owner alone")
    checks.that(rack.ENDPOINT in path.read_text(), "the operator's kubeconfig names the load balancer")
    kubectl = rack.CACHE / "bin" / "kubectl"
    listed = rack.lab("run", kubectl, "--kubeconfig", path, "get", "nodes", "--no-headers", check=False)
    checks.equal(len(listed.splitlines()), count, "the operator's kubeconfig works")
