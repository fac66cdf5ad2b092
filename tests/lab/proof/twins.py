"""The same kubeadm twice: the real one on the lab's machines, and the simulated one in a folder."""

import dataclasses
import subprocess
import time

from . import rack

# What kubeadm itself writes. What the kubelet adds comes in its own time.
FOLDERS = ("/etc/kubernetes",)
FILES = ("/var/lib/kubelet/config.yaml", "/var/lib/kubelet/kubeadm-flags.env")
PLACE = "/run/kubestep"
PATIENCE = 420  # seconds for one call

LIST = f"""
find {' '.join(FOLDERS)} {' '.join(FILES)} -type f -printf '%p %m %u:%g ' -exec sh -c 'sha256sum <"$1" | cut -c1-64' sh {{}} \\; 2>/dev/null
true
"""


@dataclasses.dataclass
class Said:
    """How a call ended, what it printed, and the files that it wrote and took away: path to mode and owner."""

    rc: int
    out: list
    err: list
    written: dict
    gone: list


def listed(text):
    """Path to mode and owner, and to the content's hash."""
    lines = (line.rsplit(" ", 3) for line in text.splitlines() if line.strip())
    return {path: (f"{mode} {owner}", digest) for path, mode, owner, digest in lines}


class Kind:
    """What both have in common: a call between two looks at the files."""

    def call(self, node, words):
        """Runs kubeadm with these words on a node."""
        before = self.files(node)
        done = self.run(node, words)
        after = self.files(node)
        written = {path: kind for path, (kind, digest) in after.items() if before.get(path, ("", ""))[1] != digest}
        gone = sorted(set(before) - set(after))
        return Said(done.returncode, done.stdout.splitlines(), done.stderr.splitlines(), written, gone)


class Real(Kind):
    """kubeadm on the lab's rack."""

    def run(self, node, words):
        """As on the node itself, without the network between."""
        command = [rack.HERE / "lab", "exec", node, "kubeadm", *words]
        return finished(command)

    def files(self, node):
        """What is there of kubeadm's files."""
        return listed(rack.on(node, "sh", "-c", LIST))

    def put(self, node, name, text):
        """Writes a configuration where kubestep does."""
        rack.on(node, "sh", "-c", f"mkdir -p {PLACE} && cat >{PLACE}/{name}", input=text)

    def read(self, node, path):
        """A file's text."""
        return rack.on(node, "cat", path)

    def remove(self, node, path):
        """Takes a file away."""
        rack.on(node, "rm", "-f", path)

    def await_api(self, node, seconds=240):
        """Until the node's own API server answers."""
        deadline = time.monotonic() + seconds
        while rack.on(node, "curl", "-skm5", "https://127.0.0.1:6443/livez", check=False).strip() != "ok":
            if time.monotonic() > deadline:
                raise TimeoutError(f"the API server of {node} never answered")
            time.sleep(1)


class Simulated(Kind):
    """The simulated kubeadm, a process a call."""

    def __init__(self, kubestep, folder, inventory):
        self.kubestep, self.folder = kubestep, folder
        subprocess.run([kubestep, "simulate", "--root", folder, "--rack", inventory], check=True)

    def run(self, node, words):
        """One process of its own."""
        return finished([self.kubestep, "simulate", "--root", self.folder, "--node", node, "--", "kubeadm", *words])

    def files(self, node):
        """What lies below the node's folder; all of it is root's."""
        top = self.folder / node
        if not top.exists():
            return {}
        made = subprocess.run(
            ["sh", "-c", LIST.replace(" /", " ./")], cwd=top, check=True, text=True, stdout=subprocess.PIPE
        )
        return {path.removeprefix("."): what for path, what in listed(made.stdout).items()}

    def put(self, node, name, text):
        """Writes a configuration where kubestep does."""
        path = self.folder / node / PLACE.strip("/") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def read(self, node, path):
        """A file's text."""
        return (self.folder / node / path.strip("/")).read_text()

    def remove(self, node, path):
        """Takes a file away."""
        (self.folder / node / path.strip("/")).unlink(missing_ok=True)

    def await_api(self, _node):
        """Simulated time passes fifty times faster here."""
        time.sleep(3)


def finished(command):
    """Runs a command to its end; one that hangs is an error."""
    return subprocess.run(
        list(map(str, command)), check=False, text=True, errors="replace", stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE,
    )
