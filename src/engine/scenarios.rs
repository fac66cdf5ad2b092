//! The engine driven by hand: no clock, no nodes.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;

use crate::catalog::class::RetryClass;
use crate::event::{CancelStage, Envelope, EventKind, Pace, RunOutcome, StepOutcome};
use crate::ids::{Attempt, NodeName, StepId};
use crate::inventory::model::Role;
use crate::plan::step::{Edge, Resource, Step, Work};
use crate::state::{self, RunState};

use super::{Command, Effect, Engine, Exit, Explain, Failure, Input, Policy, Restored, Status, Timer, Was};

fn node(name: &str) -> NodeName {
    NodeName::new(name).unwrap()
}

/// `bettley:init/certs`.
fn id(text: &str) -> StepId {
    let (name, phase) = text.split_once(':').unwrap();
    StepId::new(node(name), phase)
}

fn step(text: &str, after: &[&str]) -> Step {
    let id = id(text);
    let holds = if id.phase.leaf() == "etcd" { vec![Resource::EtcdMembership] } else { Vec::new() };
    let retry = if id.phase.leaf() == "etcd" { RetryClass::NeedsCleanUp } else { RetryClass::Safe };
    let work =
        if id.phase.as_str() == "clean-up" { Work::CleanUp } else { Work::Kubeadm { args: Vec::new() } };
    let need = |text: &&str| match text.strip_prefix('~') {
        Some(over) => Edge::over(self::id(over)),
        None => Edge::done(self::id(text)),
    };
    Step {
        id,
        work,
        after: after.iter().map(need).collect(),
        holds,
        covers: Vec::new(),
        retry,
        budget: Duration::from_secs(60),
    }
}

/// Two control planes and two workers in short.
fn rack() -> Vec<Step> {
    vec![
        step("a:init/certs", &[]),
        step("a:init/upload", &["a:init/certs"]),
        step("a:init/addon", &["a:init/upload"]),
        step("b:join/prepare", &["a:init/upload"]),
        step("b:join/etcd", &["b:join/prepare"]),
        step("c:join/prepare", &["a:init/upload"]),
        step("c:join/etcd", &["c:join/prepare"]),
        step("w:join/kubelet", &["a:init/upload"]),
        step("x:join/kubelet", &["a:init/upload"]),
        step(
            "a:clean-up",
            &["~a:init/addon", "~b:join/etcd", "~c:join/etcd", "~w:join/kubelet", "~x:join/kubelet"],
        ),
    ]
}

fn policy() -> Policy {
    let roles = [
        ("a", Role::ControlPlane),
        ("b", Role::ControlPlane),
        ("c", Role::ControlPlane),
        ("w", Role::Worker),
        ("x", Role::Worker),
    ];
    Policy::auto(roles.into_iter().map(|(name, role)| (node(name), role)).collect::<BTreeMap<_, _>>())
}

/// An engine with its events and whatever it has started.
struct Bench {
    engine: Engine,
    now: Duration,
    state: RunState,
    events: Vec<EventKind>,
    running: Vec<(StepId, Attempt)>,
    flags: Vec<(StepId, bool, bool)>,
    stopping: Vec<StepId>,
    timers: Vec<Timer>,
}

impl Bench {
    fn new(policy: Policy, steps: Vec<Step>) -> Self {
        Self::restored(policy, steps, Vec::new())
    }

    fn restored(policy: Policy, steps: Vec<Step>, restored: Vec<Restored>) -> Self {
        let mut bench = Self {
            engine: Engine::new(policy),
            now: Duration::ZERO,
            state: RunState::default(),
            events: Vec::new(),
            running: Vec::new(),
            flags: Vec::new(),
            stopping: Vec::new(),
            timers: Vec::new(),
        };
        bench.give(Input::Extend { steps, complete: true, restored });
        bench
    }

    fn give(&mut self, input: Input) {
        self.now += Duration::from_secs(1);
        for effect in self.engine.handle(self.now, input) {
            match effect {
                Effect::Emit(kind) => {
                    let seq = self.state.seq + 1;
                    let envelope =
                        Envelope { seq, at: Timestamp::UNIX_EPOCH, elapsed: self.now, kind: (*kind).clone() };
                    self.state.apply(&envelope);
                    self.events.push(*kind);
                }
                Effect::Start { step, attempt, reattach, undo } => {
                    let announced = self.events.iter().any(|event| {
                        matches!(event,
                        EventKind::StepStarted { node, phase, attempt: a, .. }
                        if *node == step.node && *phase == step.phase && *a == attempt)
                    });
                    assert!(announced, "{step} started before it was announced");
                    self.flags.push((step.clone(), reattach, undo));
                    self.running.push((step, attempt));
                }
                Effect::Stop { step, .. } => self.stopping.push(step),
                Effect::Arm { timer, .. } => self.timers.push(timer),
                Effect::Surveyed | Effect::Finished => {}
            }
        }
        self.check();
    }

    /// What must hold after every input.
    fn check(&self) {
        for (step, status, attempt) in self.engine.steps() {
            let seen = self.state.step(&step.id).unwrap();
            let same = match status {
                // A planned try whose pause is over may still have to wait for its turn.
                Status::Waiting => {
                    matches!(seen.status, state::Status::Waiting | state::Status::RetryPlanned { .. })
                }
                Status::Running(_) | Status::Stopping(_) => {
                    matches!(seen.status, state::Status::Running { attempt: a, .. } if a == attempt)
                }
                Status::Pausing => matches!(seen.status, state::Status::RetryPlanned { .. }),
                Status::Succeeded => seen.status == state::Status::Succeeded,
                Status::Failed => seen.status == state::Status::Failed,
                Status::Skipped => seen.status == state::Status::Skipped,
                Status::Cancelled => seen.status == state::Status::Cancelled,
            };
            assert!(same, "{}: engine {status:?}, events {:?}", step.id, seen.status);
        }
        let etcd = self.running.iter().filter(|(step, _)| step.phase.leaf() == "etcd").count();
        assert!(etcd <= 1, "two etcd joins at once");
    }

    fn names(&self) -> Vec<String> {
        self.running.iter().map(|(step, _)| format!("{}:{}", step.node, step.phase)).collect()
    }

    fn end(&mut self, text: &str, exit: Exit) {
        let at = self
            .running
            .iter()
            .position(|(step, _)| *step == id(text))
            .unwrap_or_else(|| panic!("{text} does not run"));
        let (step, attempt) = self.running.remove(at);
        self.give(Input::Exited { step, attempt, exit });
    }

    fn done(&mut self, text: &str) {
        self.end(text, Exit::Done { note: None });
    }

    fn fail(&mut self, text: &str) {
        self.end(text, Exit::Failed(Failure { reason: "no".into(), permanent: true, ..Failure::default() }));
    }

    fn outcome(&self) -> Option<(RunOutcome, u8)> {
        self.events.iter().find_map(|event| match event {
            EventKind::RunFinished { outcome, exit_code, .. } => Some((*outcome, *exit_code)),
            _ => None,
        })
    }

    fn status(&self, text: &str) -> Status {
        self.engine.status(&id(text)).unwrap()
    }
}

fn through_upload(bench: &mut Bench) {
    bench.done("a:init/certs");
    bench.done("a:init/upload");
}

#[test]
fn joins_go_side_by_side_and_etcd_takes_turns() {
    let mut bench = Bench::new(policy(), rack());
    assert_eq!(bench.names(), ["a:init/certs"]);
    through_upload(&mut bench);
    assert_eq!(
        bench.names(),
        ["a:init/addon", "b:join/prepare", "c:join/prepare", "w:join/kubelet", "x:join/kubelet"]
    );
    bench.done("c:join/prepare");
    bench.done("b:join/prepare");
    assert!(bench.names().contains(&"c:join/etcd".to_owned()));
    assert!(!bench.names().contains(&"b:join/etcd".to_owned()));
    assert_eq!(
        bench.engine.explain(&id("b:join/etcd")).unwrap(),
        Explain::TakesTurns { resource: Resource::EtcdMembership, with: id("c:join/etcd") }
    );
    bench.done("c:join/etcd");
    for text in ["b:join/etcd", "a:init/addon", "w:join/kubelet", "x:join/kubelet"] {
        assert_eq!(bench.outcome(), None);
        bench.done(text);
    }
    bench.done("a:clean-up");
    assert_eq!(bench.outcome(), Some((RunOutcome::Succeeded, 0)));
}

#[test]
fn a_failed_worker_does_not_stop_the_others() {
    for (allowance, outcome) in [(0, (RunOutcome::Failed, 1)), (1, (RunOutcome::SucceededPartly, 4))] {
        let mut bench = Bench::new(Policy { worker_allowance: allowance, ..policy() }, rack());
        through_upload(&mut bench);
        bench.fail("w:join/kubelet");
        for text in [
            "a:init/addon",
            "b:join/prepare",
            "b:join/etcd",
            "c:join/prepare",
            "c:join/etcd",
            "x:join/kubelet",
            "a:clean-up",
        ] {
            bench.done(text);
        }
        assert_eq!(bench.outcome(), Some(outcome));
    }
}

#[test]
fn a_failed_control_plane_bars_those_that_have_not_begun() {
    let mut steps = rack();
    for step in &mut steps {
        if step.id == id("c:join/prepare") {
            step.after.push(Edge::done(id("a:init/addon")));
        }
    }
    let mut bench = Bench::new(policy(), steps);
    through_upload(&mut bench);
    bench.fail("b:join/prepare");
    bench.done("a:init/addon");
    assert_eq!(bench.engine.explain(&id("c:join/prepare")), Some(Explain::OtherControlPlaneFailed));
    bench.done("w:join/kubelet");
    bench.done("x:join/kubelet");
    bench.done("a:clean-up");
    assert_eq!(bench.outcome(), Some((RunOutcome::Failed, 1)));
    assert_eq!(bench.status("c:join/prepare"), Status::Waiting);
}

#[test]
fn safe_steps_are_tried_again_with_growing_pauses_and_others_are_not() {
    let mut bench = Bench::new(policy(), rack());
    let passing = || Exit::Failed(Failure { reason: "link".into(), ..Failure::default() });
    let mut pauses = Vec::new();
    for _ in 0..2 {
        bench.end("a:init/certs", passing());
        let planned = bench.events.iter().rev().find_map(|event| match event {
            EventKind::RetryPlanned { after, .. } => Some(*after),
            _ => None,
        });
        pauses.push(planned.unwrap().as_secs());
        let timer =
            bench.timers.iter().rev().find(|timer| matches!(timer, Timer::Retry { .. })).cloned().unwrap();
        bench.give(Input::Timer(timer));
    }
    assert_eq!(pauses, [5, 10]);
    bench.end("a:init/certs", passing());
    bench.done("a:clean-up");
    assert_eq!(bench.outcome(), Some((RunOutcome::Failed, 1)));

    let mut bench = Bench::new(policy(), rack());
    through_upload(&mut bench);
    bench.done("b:join/prepare");
    bench.end("b:join/etcd", passing());
    assert_eq!(bench.status("b:join/etcd"), Status::Failed, "an etcd join is never repeated by itself");
}

#[test]
fn an_operator_steps_breaks_skips_and_retries() {
    let interactive = Policy { interactive: true, pace: Pace::Paused, ..policy() };
    let mut bench = Bench::new(interactive, rack());
    assert!(bench.names().is_empty());
    bench.give(Input::Command(Command::Step(None)));
    assert_eq!(bench.names(), ["a:init/certs"]);
    bench.fail("a:init/certs");
    assert_eq!(bench.outcome(), None, "the operator decides");
    bench.give(Input::Command(Command::Skip { step: id("a:init/certs"), reason: " ".into() }));
    assert_eq!(bench.status("a:init/certs"), Status::Failed, "a reason is needed");
    bench.give(Input::Command(Command::Skip { step: id("a:init/certs"), reason: "made by hand".into() }));
    let lacking = bench.events.iter().find_map(|event| match event {
        EventKind::StepFinished { outcome: StepOutcome::Skipped, lacking, .. } => Some(lacking.clone()),
        _ => None,
    });
    assert_eq!(lacking, Some(vec![id("a:init/upload")]));
    bench.give(Input::Command(Command::Break { step: id("w:join/kubelet"), set: true }));
    bench.give(Input::Command(Command::Continue));
    bench.done("a:init/upload");
    assert!(!bench.names().contains(&"w:join/kubelet".to_owned()));
    assert_eq!(bench.engine.explain(&id("w:join/kubelet")), Some(Explain::AtBreakpoint));
    bench.give(Input::Command(Command::Step(Some(id("w:join/kubelet")))));
    assert!(bench.names().contains(&"w:join/kubelet".to_owned()));
    bench.done("b:join/prepare");
    bench.fail("b:join/etcd");
    bench.give(Input::Command(Command::Retry { step: id("b:join/etcd"), undo: false }));
    assert_eq!(bench.status("b:join/etcd"), Status::Failed, "its clean-up is needed first");
    bench.give(Input::Command(Command::Retry { step: id("b:join/etcd"), undo: true }));
    assert_eq!(bench.flags.last(), Some(&(id("b:join/etcd"), false, true)));
}

#[test]
fn cancelling_drains_first_and_stops_then() {
    let mut bench = Bench::new(policy(), rack());
    through_upload(&mut bench);
    bench.done("b:join/prepare");
    bench.give(Input::Command(Command::Cancel { stage: CancelStage::Drain, reason: "enough".into() }));
    assert!(bench.stopping.is_empty());
    bench.done("c:join/prepare");
    assert!(!bench.names().contains(&"c:join/etcd".to_owned()), "nothing new starts");
    bench.give(Input::Command(Command::Cancel { stage: CancelStage::Stop, reason: "now".into() }));
    assert_eq!(bench.stopping.len(), 4);
    for text in ["a:init/addon", "b:join/etcd", "w:join/kubelet", "x:join/kubelet"] {
        bench.end(text, Exit::STOPPED);
    }
    assert_eq!(bench.names(), ["a:clean-up"], "secrets are removed all the same");
    bench.done("a:clean-up");
    assert_eq!(bench.outcome(), Some((RunOutcome::Cancelled, 5)));
}

#[test]
fn a_step_out_of_time_is_stopped_and_has_failed() {
    let mut bench = Bench::new(Policy { retries: 0, ..policy() }, rack());
    let timer = bench.timers[0].clone();
    bench.give(Input::Timer(timer.clone()));
    assert_eq!(bench.stopping, [id("a:init/certs")]);
    bench.end("a:init/certs", Exit::Stopped { note: Some("the kubelet is down".into()), diagnosis: None });
    let seen = bench.state.step(&id("a:init/certs")).unwrap();
    assert_eq!(seen.status, state::Status::Failed);
    assert_eq!(
        seen.end.as_ref().unwrap().reason.as_deref(),
        Some("not there after 1m00s: the kubelet is down")
    );
    let before = bench.events.len();
    bench.give(Input::Timer(timer));
    assert_eq!(bench.events.len(), before, "an old timer does nothing");
}

#[test]
fn resumed_steps_stay_done_are_followed_or_cleaned_up() {
    let restored = vec![
        Restored { step: id("a:init/certs"), attempt: Attempt(1), was: Was::Done },
        Restored { step: id("a:init/upload"), attempt: Attempt(2), was: Was::Done },
        Restored { step: id("a:init/addon"), attempt: Attempt(1), was: Was::Skipped("none".into()) },
        Restored { step: id("b:join/prepare"), attempt: Attempt(1), was: Was::Done },
        Restored { step: id("b:join/etcd"), attempt: Attempt(1), was: Was::Ended },
        Restored { step: id("w:join/kubelet"), attempt: Attempt(3), was: Was::Running },
    ];
    let bench = Bench::restored(policy(), rack(), restored);
    let at =
        |text: &str| bench.running.iter().find(|(step, _)| *step == id(text)).map(|(_, attempt)| attempt.0);
    assert_eq!(at("w:join/kubelet"), Some(3), "the same attempt is followed");
    assert_eq!(at("b:join/etcd"), Some(2));
    assert!(bench.flags.contains(&(id("w:join/kubelet"), true, false)));
    assert!(bench.flags.contains(&(id("b:join/etcd"), false, true)));
    assert_eq!(bench.status("a:init/addon"), Status::Skipped);
    assert_eq!(at("a:init/certs"), None);
}

#[test]
fn a_breakpoint_ends_a_headless_run_and_cleans_up() {
    let mut bench = Bench::new(Policy { breaks: vec!["join/kubelet".into()], ..policy() }, rack());
    through_upload(&mut bench);
    for text in ["a:init/addon", "b:join/prepare", "b:join/etcd", "c:join/prepare", "c:join/etcd"] {
        bench.done(text);
    }
    assert_eq!(bench.names(), ["a:clean-up"]);
    bench.done("a:clean-up");
    assert_eq!(bench.outcome(), Some((RunOutcome::Cancelled, 5)));
}

#[derive(Debug, Clone)]
enum Move {
    End(usize, u8),
    Timer(usize),
    Step(usize),
    Continue,
    Pause,
    Retry(usize, bool),
    Skip(usize),
    Break(usize, bool),
    Stop(usize),
    Cancel(bool),
}

fn any_move() -> impl Strategy<Value = Move> {
    prop_oneof![
        8 => (any::<usize>(), 0u8..6).prop_map(|(at, how)| Move::End(at, how)),
        2 => any::<usize>().prop_map(Move::Timer),
        1 => any::<usize>().prop_map(Move::Step),
        1 => Just(Move::Continue),
        1 => Just(Move::Pause),
        1 => (any::<usize>(), any::<bool>()).prop_map(|(at, undo)| Move::Retry(at, undo)),
        1 => any::<usize>().prop_map(Move::Skip),
        1 => (any::<usize>(), any::<bool>()).prop_map(|(at, set)| Move::Break(at, set)),
        1 => any::<usize>().prop_map(Move::Stop),
        1 => any::<bool>().prop_map(Move::Cancel),
    ]
}

proptest! {
    /// Whatever happens in whatever order: the events tell the engine's own view, etcd takes turns, nothing
    /// starts before what it needs, and a headless run that nobody pauses comes to an end.
    #[test]
    fn events_tell_the_engines_view(moves in prop::collection::vec(any_move(), 0..80), interactive: bool) {
        let mut bench = Bench::new(Policy { interactive, ..policy() }, rack());
        let ids: Vec<StepId> = rack().into_iter().map(|step| step.id).collect();
        let pick = |at: usize| ids[at % ids.len()].clone();
        for one in moves {
            match one {
                Move::End(at, how) => {
                    if bench.running.is_empty() { continue }
                    let (step, attempt) = bench.running.remove(at % bench.running.len());
                    let exit = match how {
                        0 => Exit::Failed(Failure { reason: "x".into(), ..Failure::default() }),
                        1 => Exit::Failed(Failure { reason: "x".into(), permanent: true, unreachable: true, ..Failure::default() }),
                        2 => Exit::STOPPED,
                        _ => Exit::Done { note: None },
                    };
                    bench.give(Input::Exited { step, attempt, exit });
                }
                Move::Timer(at) => {
                    if bench.timers.is_empty() { continue }
                    let timer = bench.timers[at % bench.timers.len()].clone();
                    bench.give(Input::Timer(timer));
                }
                Move::Step(at) => bench.give(Input::Command(Command::Step((at % 3 > 0).then(|| pick(at))))),
                Move::Continue => bench.give(Input::Command(Command::Continue)),
                Move::Pause => bench.give(Input::Command(Command::Pause)),
                Move::Retry(at, undo) => bench.give(Input::Command(Command::Retry { step: pick(at), undo })),
                Move::Skip(at) => bench.give(Input::Command(Command::Skip { step: pick(at), reason: "r".into() })),
                Move::Break(at, set) => bench.give(Input::Command(Command::Break { step: pick(at), set })),
                Move::Stop(at) => bench.give(Input::Command(Command::Stop(pick(at)))),
                Move::Cancel(hard) => {
                    let stage = if hard { CancelStage::Stop } else { CancelStage::Drain };
                    bench.give(Input::Command(Command::Cancel { stage, reason: "c".into() }));
                }
            }
        }
        bench.give(Input::Command(Command::Continue));
        for _ in 0..200 {
            if bench.outcome().is_some() { break }
            if let Some((step, attempt)) = bench.running.pop() {
                bench.give(Input::Exited { step, attempt, exit: Exit::Done { note: None } });
            } else if let Some(timer) = bench.timers.pop() {
                bench.give(Input::Timer(timer));
            } else {
                break;
            }
        }
        if !interactive {
            prop_assert!(bench.outcome().is_some(), "the run hangs: {:?}", bench.engine.steps().map(|(s, st, _)| (s.id.to_string(), st)).collect::<Vec<_>>());
        }
    }
}

#[test]
fn a_step_may_wait_for_one_that_comes_later_in_the_plan() {
    let steps = vec![step("a:apply", &["a:init/upload"]), step("a:init/upload", &[])];
    let mut bench = Bench::new(policy(), steps);
    assert_eq!(bench.names(), ["a:init/upload"]);
    bench.done("a:init/upload");
    assert_eq!(bench.names(), ["a:apply"]);
}
