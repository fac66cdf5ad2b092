"""What goes wrong on purpose, and when. A deed is called with the run, and returns whether it met what it was to hit."""

import dataclasses
import subprocess
import time

from . import rack
from .events import Moment


def kill_console(run):
    """The operator's machine loses kubestep."""
    alive = run.process.poll() is None
    run.kill()
    return alive


@dataclasses.dataclass(frozen=True)
class CutLink:
    """Somebody pulls the node's cable, and puts it back."""

    node: str
    seconds: float = 30.0

    def __call__(self, _run):
        rack.lab("cut", self.node)
        time.sleep(self.seconds)
        rack.lab("heal", self.node)
        return True


@dataclasses.dataclass(frozen=True)
class PowerCycle:
    """The node's power goes, and comes back."""

    node: str
    seconds: float = 5.0

    def __call__(self, _run):
        rack.lab("kill", self.node)
        time.sleep(self.seconds)
        rack.lab("boot", self.node)
        return True


@dataclasses.dataclass(frozen=True)
class KillKubeadm:
    """Something on the node ends kubeadm, as the kernel does when memory is short."""

    node: str

    def __call__(self, _run):
        # Inside the machine's own process namespace; only kubeadm itself has that name there.
        found = rack.on(self.node, "pgrep", "-x", "kubeadm", check=False).split()
        for pid in found:
            rack.on(self.node, "kill", "-9", pid, check=False, stderr=subprocess.DEVNULL)
        return bool(found)


@dataclasses.dataclass(frozen=True)
class Case:
    """One fault: when, what, and the node whose work may have to be done again."""

    name: str
    moment: Moment
    deed: object
    redone: str = ""

    @property
    def kills_console(self):
        """Whether the run is over with the fault, so that it has to be resumed."""
        return self.deed is kill_console


def killed(name, **moment):
    """The console is killed at that moment."""
    return Case(f"console-killed-in-{name}", Moment(**moment), kill_console)


CASES = [
    killed("preflight", phase="init/preflight", after=0.1),
    killed("certs", phase="init/certs", after=0.2),
    killed("kubelet-start", phase="init/kubelet-start", after=0.1),
    killed("api-wait", wait="api-server", after=4),
    killed("upload-certs", phase="init/upload-certs", after=0.05),
    killed("join-preflight", phase="join/preflight", node="fenn", after=0.1),
    killed("join-kubelet-start", phase="join/kubelet-start", node="fenn", after=2),
    killed("etcd-join", phase="join/control-plane-join/etcd", after=2),
    Case("link-cut-in-etcd-join", Moment("join/control-plane-join/etcd", node="fenn", after=1), CutLink("fenn"), "fenn"),
    Case("link-cut-in-kubelet-start", Moment("init/kubelet-start", node="bettley", after=0.1), CutLink("bettley"), "bettley"),
    Case("worker-powered-off", Moment("join/kubelet-start", node="cargyll", after=1), PowerCycle("cargyll"), "cargyll"),
    Case("kubeadm-killed", Moment("join/kubelet-start", node="cargyll", after=1), KillKubeadm("cargyll"), "cargyll"),
]
