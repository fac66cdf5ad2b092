"""Whether a secret of the run was left anywhere: on the machines' disks, in their memory file systems, in their
logs and process lists, or in what kubestep wrote for the operator."""

import base64
import re
import subprocess

from . import cluster, rack

# What only a kubeadm configuration with secrets has, whatever the values are.
SHAPES = (r"certificateKey: *.?[0-9a-f]{64}", r"token: *.?[a-z0-9]{6}\.[a-z0-9]{16}", r"tlsBootstrapToken: *.?[a-z0-9]{6}\.")

# What a machine wrote to its disks, below its folder on the host. etcd keeps the token as the Secret that it is.
DISKS = ("upper", "kubelet", "log")
NOT_A_LEAK = "/var/lib/etcd/"

# Reads the patterns on standard input; prints where on the machine one of them is, but for its disks.
SEARCH_MEMORY = r"""
patterns=$(mktemp -p /dev/shm)
cat >"$patterns"
find /run /tmp /dev/shm -xdev -type f ! -path "$patterns" -exec grep -laEsf "$patterns" {} +
journalctl -q -o cat --no-pager | grep -aEf "$patterns" | sed 's/^/journal: /'
for process in /proc/[0-9]*; do
  for part in cmdline environ; do
    tr '\0' ' ' <"$process/$part" 2>/dev/null | grep -aqEf "$patterns" && echo "$process/$part"
  done
done
rm -f "$patterns"
"""


def tokens():
    """The bootstrap tokens that the cluster knows."""
    found = []
    for secret in cluster.objects("secrets", "-n", "kube-system"):
        if secret["type"] == "bootstrap.kubernetes.io/token":
            parts = (base64.b64decode(secret["data"][key]).decode() for key in ("token-id", "token-secret"))
            found.append(".".join(parts))
    return found


def below(patterns, folders):
    """Files below the folders in which one of the patterns occurs."""
    command = ["grep", "-rlaEs", "--devices=skip", "-f", "-", *map(str, folders)]
    found = subprocess.run(command, text=True, stdout=subprocess.PIPE, input="\n".join(patterns))
    return found.stdout.splitlines()


def on_node(node, patterns):
    """Where on a machine one of the patterns is."""
    home = rack.HOME / node
    disks = [path for path in below(patterns, [home / disk for disk in DISKS]) if NOT_A_LEAK not in path]
    memory = rack.on(node, "sh", "-c", SEARCH_MEMORY, check=False, input="\n".join(patterns))
    return disks + memory.splitlines()


def check(checks, written=None, secrets=()):
    """`written` is the folder of everything that kubestep wrote for the operator; `secrets` are further values."""
    values = [*tokens(), *secrets]
    checks.that(values, "the cluster knows the token that is looked for")
    patterns = [re.escape(value) for value in values] + list(SHAPES)
    for node in rack.nodes():
        found = on_node(node, patterns)
        checks.that(not found, f"no secret of the run is left on {node}", *found)
    if written:
        found = below(patterns, [written])
        checks.that(not found, "no secret of the run is in what kubestep wrote or printed", *found)
