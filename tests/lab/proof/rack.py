"""The rack in a box, as the tests use it."""

import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent.parent
HOME = pathlib.Path(os.environ.get("LAB_HOME", "/var/tmp/k8s-lab"))
CACHE = pathlib.Path(os.environ.get("LAB_CACHE", "/var/cache/k8s-lab"))
RESULTS = pathlib.Path(os.environ.get("LAB_RESULTS", "/var/tmp/k8s-lab-results")).absolute()
ENDPOINT = "10.4.0.10:6443"
VERSION = "v1.20.2"
NETWORK_NAMESPACE = "k8s-lab"

# A kubeadm call that changes something; discovery calls --help and version.
CALL = re.compile(r"^[0-9.]+ ((?:init|join|reset)\b.*)$")


def lab(*words, **options):
    """Runs `lab WORDS`, and returns what it printed. A non-zero exit is an error."""
    options = {"check": True, "text": True, "stdout": subprocess.PIPE, "stdin": subprocess.DEVNULL} | options
    if "input" in options:
        options.pop("stdin")
    return subprocess.run([HERE / "lab", *map(str, words)], **options).stdout


def fresh(control_planes, workers):
    """A rack of so many machines, on which kubeadm never ran. An error while another rack is up."""
    try:
        lab("up", control_planes, workers)
    except subprocess.CalledProcessError:
        sys.exit("no fresh rack: see above")


def down():
    """Everything away."""
    lab("down")


def nodes(role=None):
    """Names and addresses of the machines, `role` being control-planes or workers."""
    lines = lab("nodes", *([role] if role else [])).splitlines()
    return dict(line.split() for line in lines)


def on(node, *command, **options):
    """Runs a command on a machine, without the network, and returns what it printed."""
    return lab("exec", node, *command, **options)


def inventory(control_planes, workers, user, path):
    """Writes kubestep's inventory of the rack to `path`."""
    made = subprocess.run(
        [HERE / "inventory", str(control_planes), str(workers), user], check=True, text=True, stdout=subprocess.PIPE
    )
    path.write_text(made.stdout)
    return path


def kubeadm_calls(node):
    """Every `kubeadm init|join|reset` that ran on the machine, in order, but for those that ask for help."""
    record = HOME / node / "log" / "kubeadm-calls"
    if not record.exists():
        return []
    calls = (CALL.match(line) for line in record.read_text().splitlines())
    return [call.group(1) for call in calls if call and "--help" not in call.group(1)]
