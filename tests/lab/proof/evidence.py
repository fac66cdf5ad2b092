"""What is kept of a test after the rack is gone."""

import shutil

from . import rack


def folder(*names):
    """A new, empty folder for a test's evidence."""
    path = rack.RESULTS.joinpath(*names)
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


def keep_machines(path):
    """Copies the machines' consoles, logs and the record of kubeadm's calls."""
    for node in rack.nodes():
        home = rack.HOME / node
        shutil.copytree(home / "log", path / "machines" / node, dirs_exist_ok=True, symlinks=True, ignore_dangling_symlinks=True)
        shutil.copy(home / "console.log", path / "machines" / node)


def show_run(run):
    """What to look at when a run did not end as it should."""
    print(f"        {run.name}: exit {run.exit}, outcome {run.stream.outcome()}, {len(run.stream.events)} events")
    for event in run.stream.failures():
        cause = event.get("diagnosis") or event.get("reason")
        print(f"        {event['phase']} on {event['node']} failed: {cause}")
    messages = (run.folder / f"{run.name}.messages").read_text().splitlines()
    for line in messages[-8:]:
        print(f"        | {line}")
