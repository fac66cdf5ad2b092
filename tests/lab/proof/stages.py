"""The stages of a bring-up by keys alone, and what each must show."""

import time

FIRST = "bettley"
LAST = "gardener"
CUT, MARKED = "cargyll", "dalt"

# The leaves of kubeadm 1.20's init up to the first that needs the API, in its order, and our own steps between them.
LEAVES = """
config
init/preflight
init/certs/ca init/certs/apiserver init/certs/apiserver-kubelet-client init/certs/front-proxy-ca init/certs/front-proxy-client
init/certs/etcd-ca init/certs/etcd-server init/certs/etcd-peer init/certs/etcd-healthcheck-client
init/certs/apiserver-etcd-client init/certs/sa
init/kubeconfig/admin init/kubeconfig/kubelet init/kubeconfig/controller-manager init/kubeconfig/scheduler
init/kubelet-start
init/control-plane/apiserver init/control-plane/controller-manager init/control-plane/scheduler
init/etcd/local
wait/kubelet wait/api-server wait/endpoint
""".split()
LABEL = "disk=ssd"
REASON = "the lab's CoreDNS only sleeps"

SLOW = 240  # seconds that anything on real machines may take
BRIEF = 20  # seconds that the console may take for something of its own


class Stages:
    """Plays them in order on one console; `cable` pulls and puts back cables, and is none on simulated machines."""

    def __init__(self, checks, seat, cable):
        self.checks, self.seat, self.cable = checks, seat, cable

    def play(self):
        """From the gate to the end of the run."""
        self.stand_at_the_gate()
        self.set_the_breakpoint()
        self.step_leaf_by_leaf()
        self.stop_at_the_breakpoint()
        self.look_at_what_was_written()
        self.leave_coredns_out()
        self.edit_the_inventory()
        self.join_two_marked_workers()
        self.retry_after_the_cut()
        self.take_one_out_and_bring_it_back()
        self.go_to_the_end()

    def stage(self, name):
        """Tells which one is played."""
        print(f"  {time.strftime('%H:%M:%S')}  {name}", flush=True)

    def sees(self, what, *words, seconds=BRIEF):
        """All of these words come to the screen; keeps the screen."""
        screen = self.seat.await_words(*words, seconds=seconds)
        self.checks.that(True, what)
        return screen

    def settles(self, node, phase, state, seconds=SLOW):
        """A node's step has come to a state, by the pane's title of the selected step."""
        wanted = f"{node} {phase} {state}"
        return self.seat.await_that(lambda screen: wanted in screen.title, wanted, seconds)

    def select(self, node, phase=None):
        """By its number to the node, and by the palette to its step."""
        self.seat.press(str(1 + self.nodes().index(node)))
        if phase is None:
            return
        self.seat.press(":")
        self.seat.await_words("commands")
        self.seat.write(f"phase {phase.removeprefix('init/').removeprefix('join/')}")
        # Down and up again: the pane beside shows what the row itself is.
        self.seat.press("Enter", "j", "k")
        self.seat.await_that(
            lambda screen: f" {node} {phase} " in screen.title and " commands " not in screen,
            f"{phase} of {node} is selected",
        )

    def nodes(self):
        """In the order of the rack."""
        return [FIRST, "fenn", LAST, CUT, MARKED]

    def stand_at_the_gate(self):
        """Checked, and nothing begun."""
        self.stage("the gate")
        screen = self.seat.await_that(lambda s: "paused" in s.header and s.state(FIRST) == "held", "it stands at the gate", SLOW)
        over = {node: (screen.steps_over(node) or (0, 0))[0] for node in self.nodes()}
        self.checks.equal(over, dict.fromkeys(over, 3), "every node was met, asked and checked, and nothing else was done")
        self.seat.keep("gate", screen)

    def set_the_breakpoint(self):
        """Before upload-certs."""
        self.stage("a breakpoint before upload-certs")
        self.select(FIRST, "init/upload-certs")
        self.seat.press("b")
        screen = self.seat.await_that(
            lambda s: any("◆" in line and "upload-certs" in line for line in s.lines), "the mark of a breakpoint"
        )
        self.checks.that(True, "the breakpoint is seen")
        self.seat.keep("breakpoint", screen)

    def step_leaf_by_leaf(self):
        """One `s` a leaf, each seen to be over before the next."""
        self.stage("the first control plane, leaf by leaf")
        self.select(FIRST)
        stepped = []
        for wanted in LEAVES:
            stepped.append(self.step(FIRST))
            if wanted in ("init/preflight", "init/certs/ca", "init/certs/sa", "init/kubelet-start", "init/etcd/local", "wait/api-server"):
                self.seat.keep(wanted.replace("/", "-"))
        self.checks.equal(stepped, LEAVES, "each key ran the next leaf, in kubeadm's order")

    def step(self, node):
        """`s`: exactly one more of the node's steps is over; returns which, as the console names it."""
        before, of = self.seat.look().steps_over(node)
        self.seat.press("s")
        named = self.seat.await_that(lambda s: s.word.startswith("starting "), "it says what it starts").word
        screen = self.seat.await_that(lambda s: s.steps_over(node) > (before, of), f"{named}: done", SLOW)
        if screen.steps_over(node) != (before + 1, of) or screen.state(node) == "failed":
            self.checks.equal(screen.steps_over(node), (before + 1, of), f"{named}: one step and no more is over")
        return named.removeprefix("starting ").removesuffix(f" on {node}")

    def stop_at_the_breakpoint(self):
        """A run to the step behind it is held there; `s` passes it."""
        self.stage("the breakpoint")
        self.select(FIRST, "init/mark-control-plane")
        self.seat.press("u")
        self.sees("the run to a later step says so", "running to init/mark-control-plane on bettley")
        self.seat.await_that(lambda s: s.state("upload-config") == "done", "what comes before is done", SLOW)
        time.sleep(2)
        self.checks.equal(self.seat.look().state("upload-certs"), "held", "it is held at the breakpoint")
        self.select(FIRST, "init/upload-certs")
        self.seat.press("w")
        screen = self.sees("the console says why", "breakpoint")
        self.seat.keep("held-at-the-breakpoint", screen)
        self.seat.press("Escape")
        self.seat.press("s")
        self.settles(FIRST, "init/upload-certs", "done")
        self.select(FIRST, "init/bootstrap-token")
        self.seat.press("u")
        self.settles(FIRST, "init/bootstrap-token", "done")
        self.checks.that(True, "`s` passes it, and `u` runs up to a step")
        self.seat.keep("past-the-breakpoint")

    def look_at_what_was_written(self):
        """The files of a step, opened and decoded."""
        self.stage("what a step wrote")
        self.select(FIRST, "init/certs/apiserver")
        self.seat.press("i")
        self.sees("the step's files are listed", "/etc/kubernetes/pki/", "apiserver.crt", "apiserver.key")
        self.seat.press("Enter")
        screen = self.sees("a certificate is decoded", "CN=kube-apiserver", "10.4.0.10")
        self.checks.that("PRIVATE KEY" not in screen, "and no key is shown")
        self.seat.keep("files", screen)
        self.seat.press("Escape", "Escape")
        self.seat.await_that(lambda s: "CN=kube-apiserver" not in s, "the files are closed")

    def edit_the_inventory(self):
        """The other worker gets a label before it joins; $EDITOR writes it."""
        self.stage("the inventory is edited")
        self.seat.press("E")
        screen = self.sees("what changes is said", "what changes", f"{MARKED}.labels: now {LABEL}")
        self.seat.keep("inventory-edited", screen)
        self.seat.press("y")
        self.sees("it is applied", "the inventory is applied: 1 change")

    def leave_coredns_out(self):
        """With a reason; what that means is said before."""
        self.stage("CoreDNS is left out")
        self.select(FIRST, "init/addon/coredns")
        self.seat.press("S")
        screen = self.sees("it asks", "Leave out init/addon/coredns on bettley?", "reason:")
        self.seat.press("Enter")
        self.checks.that("reason:" in self.seat.look(), "not without a reason")
        self.seat.write(REASON)
        screen = self.sees("the reason is seen", REASON)
        self.seat.keep("reason", screen)
        self.seat.press("Enter")
        screen = self.settles(FIRST, "init/addon/coredns", "skipped")
        self.checks.that(REASON in screen, "the reason stays with the step", *screen.lines)
        self.seat.keep("skipped", screen)
        for phase in ("init/addon/kube-proxy", "cluster-info"):
            self.select(FIRST, phase)
            self.seat.press("u")
            self.settles(FIRST, phase, "done")
        self.checks.that(True, "the rest goes on without it")

    def join_two_marked_workers(self):
        """Both by the same keys, up to the join itself."""
        self.stage("two workers, marked")
        self.select(CUT)
        self.seat.press("m")
        self.select(MARKED)
        self.seat.press("m")
        screen = self.sees("two are marked", "2 nodes are marked")
        self.seat.keep("marked", screen)
        for phase in ("config", "wait/endpoint", "join/preflight"):
            before = self.seat.look()
            self.seat.press("s")
            self.sees(f"one key starts {phase} on both", f"starting {phase} on {CUT} and {MARKED}")
            for node in (CUT, MARKED):
                over = before.steps_over(node)
                self.seat.await_that(lambda s, n=node, o=over: s.steps_over(n) > o, f"{phase} on {node}: done", SLOW)
        self.seat.keep("before-the-join")

    def retry_after_the_cut(self):
        """The cable is pulled while both join; the one goes through, the other is stopped and tried again."""
        self.stage("a cable is pulled during the join")
        self.seat.press("s")
        self.sees("one key starts both joins", f"starting join/kubelet-start on {CUT} and {MARKED}")
        if self.cable:
            time.sleep(1)
            self.cable("cut", CUT)
        screen = self.seat.await_that(lambda s: f"link lost: {CUT}" in s.header, "the header says which link is lost", 60)
        self.seat.keep("link-lost", screen)
        self.checks.that("link lost" in (screen.row(CUT) or ""), "so does the node's row", screen.row(CUT))
        self.seat.press("M")
        self.select(MARKED, "join/kubelet-start")
        self.settles(MARKED, "join/kubelet-start", "done")
        self.checks.that(True, "the other worker joins all the same")
        self.select(CUT, "join/kubelet-start")
        self.seat.press("x")
        screen = self.sees("it is to be stopped", "stopping")
        self.seat.keep("stopping", screen)
        if self.cable:
            self.cable("heal", CUT)
        over = ("stopped", "cancelled", "failed")
        screen = self.seat.await_that(
            lambda s: any(f"{CUT} join/kubelet-start {word}" in s.title for word in over), "the join is over", SLOW
        )
        self.seat.keep("stopped", screen)
        self.seat.press("r")
        self.sees("it is tried again", f"trying join/kubelet-start on {CUT} again")
        screen = self.settles(CUT, "join/kubelet-start", "done")
        self.checks.that(True, "tried again, the join is done")
        self.seat.keep("joined", screen)

    def take_one_out_and_bring_it_back(self):
        """`R` on a worker that is a node of the cluster, while the run stands before its last look."""
        self.stage("a worker goes and comes back")
        self.select(LAST, "verify")
        self.seat.press("b", "c")
        screen = self.seat.await_that(lambda s: "at breakpoint" in s.header, "all else is done", 2 * SLOW)
        self.seat.keep("all-but-the-last-look", screen)
        self.select(MARKED)
        before = self.seat.look().steps_over(MARKED)
        self.seat.press("R")
        screen = self.sees("it asks", f"Reset {MARKED}?", f"kubectl delete node {MARKED}", f"{MARKED}: kubeadm reset")
        self.seat.press("Enter")
        self.checks.that(f"Reset {MARKED}?" in self.seat.look(), "not without the name")
        self.seat.write(MARKED)
        self.seat.keep("reset", self.seat.look())
        self.seat.press("Enter")
        screen = self.seat.await_that(lambda s: s.steps_over(MARKED) < before, f"{MARKED} is begun anew", SLOW)
        self.seat.keep("taken-out", screen)
        screen = self.seat.await_that(lambda s: s.state(MARKED) == "done", f"{MARKED} is back", SLOW)
        self.seat.keep("brought-back", screen)
        over, of = screen.steps_over(MARKED)
        self.checks.that(over == of > before[1], f"{MARKED} was taken out and brought back by steps of its own", screen.row(MARKED))

    def go_to_the_end(self):
        """The rest, and out."""
        self.stage("the end")
        self.seat.press("c")
        screen = self.seat.await_that(lambda s: "5/5 nodes" in s.header and "done" in s.header, "the run is over", SLOW)
        self.seat.keep("over", screen)
        self.seat.press("q")
        self.checks.equal(self.seat.exit_status(), 0, "the console ends with exit status 0")
        screen = self.seat.keep("summary")
        self.checks.that("everything is as asked" in screen, "what is left on the screen says that it is done", *screen.lines)
