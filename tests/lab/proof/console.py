"""kubestep itself, run where the operator stands."""

import os
import pathlib
import signal
import subprocess
import sys
import threading
import time

from . import rack
from .events import Stream

CHECKOUT = rack.HERE.parent.parent
KUBESTEP = pathlib.Path(os.environ.get("KUBESTEP", CHECKOUT / "target" / "release" / "kubestep")).absolute()
PATIENCE = 900  # seconds that one run may take


class Run:
    """One run of kubestep, with its events, its exit status and how long it took."""

    def __init__(self, folder, name, inventory, *options):
        self.folder, self.name = folder, name
        self.stream = Stream()
        self.exit = None
        self.seconds = None
        self.reached = None
        self.struck = None
        self.command = [KUBESTEP, "run", inventory, "--auto", "--output", "json", *options]
        self.process = None

    def to_its_end(self, moment=None, deed=None, then=None):
        """Follows the run; when `moment` comes, does `deed` to it meanwhile. `then` is a further moment and its deed."""
        started = time.monotonic()
        self.process = start(self.folder, self.name, self.command)
        watchdog = threading.Timer(PATIENCE, self.process.kill)
        watchdog.start()
        doing = after = None
        with open(self.folder / f"{self.name}.events", "w", encoding="utf-8") as record:
            for line in self.process.stdout:
                record.write(line)
                event = self.stream.read(line)
                if event and moment and doing is None and moment.is_now(self.stream, event):
                    self.reached = event
                    doing = threading.Thread(target=self.do_after, args=(moment.after, deed))
                    doing.start()
                if event and then and after is None and then[0].is_now(self.stream, event):
                    after = threading.Thread(target=then[1])
                    after.start()
        self.exit = self.process.wait()
        self.seconds = time.monotonic() - started
        watchdog.cancel()
        for deed in (doing, after):
            if deed:
                deed.join()
        return self

    def do_after(self, seconds, deed):
        """Sleeps, then acts; keeps the deed's own word on whether it met anything."""
        time.sleep(seconds)
        self.struck = deed(self)

    def kill(self):
        """With -9, so that it can tidy up nothing."""
        os.kill(self.process.pid, signal.SIGKILL)


def require():
    """Ends the script when there is no kubestep to run."""
    if not os.access(KUBESTEP, os.X_OK):
        sys.exit(f"no kubestep at {KUBESTEP}: run `cargo build --release`, or set KUBESTEP")


def environment(folder):
    """The operator's own, with a home that is empty and can be searched afterwards; a person's, also on a build server."""
    home = folder / "home"
    home.mkdir(parents=True, exist_ok=True)
    others = {"CI", "NO_COLOR", "GITHUB_ACTIONS"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG_") and name not in others}
    return kept | {"HOME": str(home), "LAB_PI_PASSWORD": "raspberry"}


def start(folder, name, command):
    """Starts kubestep on the rack's network; its messages go to a file."""
    with open(folder / f"{name}.messages", "w", encoding="utf-8") as messages:
        return subprocess.Popen(
            ["ip", "netns", "exec", rack.NETWORK_NAMESPACE, *map(str, command)],
            cwd=folder, env=environment(folder), text=True, errors="replace",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=messages,
        )


def reset(folder, inventory, node):
    """`kubestep reset` of one node; returns its exit status."""
    process = start(folder, f"reset-{node}", [KUBESTEP, "reset", inventory, node, "--yes"])
    (folder / f"reset-{node}.out").write_text(process.communicate()[0])
    return process.returncode
