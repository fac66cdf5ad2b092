"""Whether two calls of kubeadm said the same, but for times, numbers of processes and what is drawn at random."""

import difflib
import re

PATTERNS = (
    # klog: level, date and time, process.
    (re.compile(r"^([IWEF])\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ "), r"\1 "),
    (re.compile(r"sha256:[0-9a-f]{64}"), "sha256:HASH"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "KEY"),
    (re.compile(r"\b[a-z0-9]{6}\.[a-z0-9]{16}\b"), "TOKEN"),
    (re.compile(r"after \d+\.\d+ seconds"), "after N seconds"),
    (re.compile(r"in \d+(\.\d+)?m?s\b"), "in DURATION"),
    (re.compile(r"127\.0\.0\.1:\d{5}->"), "127.0.0.1:PORT->"),
    (re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"), "TIME"),
    (re.compile(r"[ \t]+$"), ""),
)

# What the lab's machines are, and a simulated one is not; each is left out on both sides.
OF_THE_LAB = (
    # No way out: the newest release can't be asked for.
    re.compile(r"version\.go:\d+\] (could not fetch a Kubernetes version|falling back to the local client version)"),
)


def plain(lines):
    """The lines without what differs from call to call."""
    made = []
    for line in lines:
        for pattern, instead in PATTERNS:
            line = pattern.sub(instead, line)
        if not any(pattern.search(line) for pattern in OF_THE_LAB):
            made.append(line)
    return made


def settled(lines):
    """With the certificates of a join sorted: kubeadm walks a map, so that their order is another one each time."""
    made, block = [], []
    for line in [*lines, ""]:
        if re.match(r'\[certs\] (Generating|Using the existing) "(?!sa")', line):
            block.append(line)
        elif block and " serving cert is signed " in line:
            block[-1] += f"\n{line}"
        else:
            made += [line for entry in sorted(block) for line in entry.split("\n")]
            block = []
            made.append(line)
    return made[:-1]


def tags(lines):
    """The phases that spoke, in order, each once in a row."""
    found = []
    for line in lines:
        tag = re.match(r"\[([a-z-]+)\]", line)
        if tag and found[-1:] != [tag[1]]:
            found.append(tag[1])
    return found


def difference(real, simulated):
    """Lines of a comparison: none where both are the same, else with - (real) and + (simulated)."""
    lines = difflib.unified_diff(real, simulated, "real", "simulated", lineterm="", n=1)
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def compare(real, simulated):
    """What differs between two [`Said`], as pairs of a heading and its lines."""
    found = []
    if real.rc != simulated.rc:
        found.append(("exit status", [f"- {real.rc}", f"+ {simulated.rc}"]))
    for name in ("out", "err"):
        one, other = (settled(plain(getattr(said, name))) for said in (real, simulated))
        if tags(one) != tags(other):
            found.append((f"tags of std{name}", [f"- {' '.join(tags(one))}", f"+ {' '.join(tags(other))}"]))
        if one != other:
            found.append((f"std{name}", difference(one, other)))
    one = [f"{path} {kind}" for path, kind in sorted(real.written.items())]
    other = [f"{path} {kind}" for path, kind in sorted(simulated.written.items())]
    if one != other:
        found.append(("files written", difference(one, other)))
    if real.gone != simulated.gone:
        found.append(("files taken away", difference(real.gone, simulated.gone)))
    return found
