"""kubestep's events, as `--output json` prints them: one object a line."""

import dataclasses
import json

ENVELOPE = ("seq", "at", "elapsed_ms", "kind")


@dataclasses.dataclass
class Stream:
    """The events of one run so far, and the plan that they tell of."""

    events: list = dataclasses.field(default_factory=list)
    malformed: list = dataclasses.field(default_factory=list)
    steps: dict = dataclasses.field(default_factory=dict)

    def read(self, line):
        """Takes a line in; returns the event, or None when the line is not one."""
        try:
            event = json.loads(line)
            missing = [field for field in ENVELOPE if field not in event]
        except (ValueError, TypeError):
            missing = ENVELOPE
        if missing:
            self.malformed.append(line)
            return None
        self.events.append(event)
        for step in event.get("steps", []) if event["kind"] == "plan-extended" else []:
            self.steps[step["id"]["node"], step["id"]["phase"]] = step
        return event

    def of_kind(self, kind):
        """Events of a kind, in order."""
        return [event for event in self.events if event["kind"] == kind]

    def work(self, event):
        """What the step of an event does: `kubeadm`, `wait` …"""
        return self.steps.get((event["node"], event["phase"]), {}).get("work", {})

    def phases(self, event):
        """The phase of an event, and those that its one command runs."""
        covered = self.steps.get((event["node"], event["phase"]), {}).get("covers", [])
        return [event["phase"], *covered]

    def failures(self):
        """Steps that failed and were not done later."""
        last = {(e["node"], e["phase"]): e for e in self.of_kind("step-finished")}
        return [event for event in last.values() if event["outcome"] == "failed"]

    def outcome(self):
        """Of the run; None when its last line was never printed."""
        last = self.events[-1] if self.events else {}
        return last.get("outcome") if last.get("kind") == "run-finished" else None


@dataclasses.dataclass(frozen=True)
class Moment:
    """When a step starts: a phase, or one of our own waits, on a node or on any."""

    phase: str = ""
    wait: str = ""
    node: str = ""
    after: float = 0.0  # seconds from the step's start

    def is_now(self, stream, event):
        """Whether this event is the start of such a step."""
        if event["kind"] != "step-started" or (self.node and event["node"] != self.node):
            return False
        if self.wait:
            return stream.work(event).get("what") == self.wait
        return any(p == self.phase or p.startswith(self.phase + "/") for p in stream.phases(event))

    def __str__(self):
        what = f"the wait for {self.wait}" if self.wait else self.phase
        where = f" on {self.node}" if self.node else ""
        return f"{self.after:g} s into {what}{where}"


@dataclasses.dataclass(frozen=True)
class Failure:
    """When a step fails."""

    phase: str
    node: str

    def is_now(self, _stream, event):
        """Whether this event is that failure."""
        here = (event.get("phase"), event.get("node")) == (self.phase, self.node)
        return event["kind"] == "step-finished" and event["outcome"] == "failed" and here


def busy_intervals(stream):
    """When a node ran kubeadm, or a step waited for the cluster: pairs of milliseconds since the run's start.

    Waits are the steps that are planned as waits, and any other step from the moment it says what it waits for
    (the last look at the cluster waits until every node is Ready).
    """
    began, intervals = {}, []
    for event in stream.events:
        step = (event.get("node"), event.get("phase"))
        if event["kind"] == "step-started" and stream.work(event).get("type") in ("kubeadm", "wait"):
            began[step] = event["elapsed_ms"]
        elif event["kind"] == "wait-facts":
            began.setdefault(step, event["elapsed_ms"])
        elif event["kind"] == "step-finished" and step in began:
            intervals.append((began.pop(step), event["elapsed_ms"]))
    return intervals


def own_cost(stream):
    """Milliseconds of the run in which no node ran kubeadm or a wait, and of the whole run."""
    whole = stream.events[-1]["elapsed_ms"]
    covered = end = 0
    for begin, finish in sorted(busy_intervals(stream)):
        covered += max(0, finish - max(begin, end))
        end = max(end, finish)
    return whole - covered, whole
