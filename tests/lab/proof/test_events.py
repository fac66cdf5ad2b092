"""The lab's own reading of kubestep's events."""

import json
import unittest

from proof.events import Moment, Stream, own_cost


def stream(*events):
    """A stream that has read these events; `at` is milliseconds."""
    made = Stream()
    for seq, (at, kind, fields) in enumerate(events, 1):
        made.read(json.dumps({"seq": seq, "at": "2026-11-22T10:00:00Z", "elapsed_ms": at, "kind": kind, **fields}))
    return made


def step(node, phase, work, covers=()):
    return {"id": {"node": node, "phase": phase}, "work": work, "covers": list(covers)}


PLAN = (0, "plan-extended", {"complete": True, "steps": [
    step("a", "connect", {"type": "connect"}),
    step("a", "init/certs", {"type": "kubeadm"}, ["init/certs/ca"]),
    step("b", "join/preflight", {"type": "kubeadm"}),
    step("a", "wait/api", {"type": "wait", "what": "api-server"}),
    step("a", "verify", {"type": "verify"}),
]})


def started(at, node, phase):
    return at, "step-started", {"node": node, "phase": phase, "attempt": 1}


def finished(at, node, phase, outcome="succeeded"):
    return at, "step-finished", {"node": node, "phase": phase, "attempt": 1, "outcome": outcome, "duration_ms": 1}


class Reading(unittest.TestCase):
    def test_lines_that_are_no_events_are_kept_apart(self):
        made = Stream()
        for line in ("hello\n", '{"seq": 1}\n', "[]\n", "1\n"):
            self.assertIsNone(made.read(line))
        self.assertEqual((len(made.malformed), made.events), (4, []))

    def test_a_failure_that_was_mended_is_none(self):
        made = stream(PLAN, finished(5, "a", "init/certs", "failed"), finished(6, "b", "join/preflight", "failed"),
                      finished(9, "a", "init/certs"))
        self.assertEqual([e["phase"] for e in made.failures()], ["join/preflight"])

    def test_an_unfinished_run_has_no_outcome(self):
        self.assertIsNone(stream(PLAN).outcome())
        self.assertEqual(stream(PLAN, (9, "run-finished", {"outcome": "failed"})).outcome(), "failed")


class Moments(unittest.TestCase):
    def reached(self, moment, *event):
        made = stream(PLAN, event)
        return moment.is_now(made, made.events[-1])

    def test_a_group_is_reached_by_its_own_start_or_by_a_leaf(self):
        self.assertTrue(self.reached(Moment("init/certs"), *started(1, "a", "init/certs")))
        self.assertTrue(self.reached(Moment("init/certs"), *started(1, "a", "init/certs/ca")))
        self.assertTrue(self.reached(Moment("init/certs/ca"), *started(1, "a", "init/certs")))
        self.assertFalse(self.reached(Moment("init/cert"), *started(1, "a", "init/certs")))
        self.assertFalse(self.reached(Moment("init/certs"), *finished(1, "a", "init/certs")))

    def test_node_and_wait_narrow_it(self):
        self.assertFalse(self.reached(Moment("init/certs", node="b"), *started(1, "a", "init/certs")))
        self.assertTrue(self.reached(Moment(wait="api-server"), *started(1, "a", "wait/api")))
        self.assertFalse(self.reached(Moment(wait="endpoint"), *started(1, "a", "wait/api")))


class Cost(unittest.TestCase):
    def test_what_overlaps_counts_once_and_our_own_steps_do_not(self):
        made = stream(
            PLAN, started(0, "a", "connect"), finished(100, "a", "connect"),
            started(100, "a", "init/certs"), started(150, "b", "join/preflight"),
            finished(300, "a", "init/certs"), finished(200, "b", "join/preflight"),
            started(350, "a", "wait/api"), finished(400, "a", "wait/api"), (420, "run-finished", {"outcome": "succeeded"}),
        )
        self.assertEqual(own_cost(made), (100 + 50 + 20, 420))

    def test_a_last_look_waits_from_when_it_says_so(self):
        made = stream(
            PLAN, started(0, "a", "verify"), (30, "wait-facts", {"node": "a", "phase": "verify"}),
            (60, "wait-facts", {"node": "a", "phase": "verify"}), finished(90, "a", "verify"),
            (100, "run-finished", {"outcome": "succeeded"}),
        )
        self.assertEqual(own_cost(made), (30 + 10, 100))


if __name__ == "__main__":
    unittest.main()
