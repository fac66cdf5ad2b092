#![allow(clippy::unwrap_used)]

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::catalog::class::RetryClass;
use crate::event::{CancelStage, Envelope, EventKind, NodeInfo, Pace, RunOutcome, StepOutcome};
use crate::ids::{Attempt, NodeName, PhaseId, RunId, StepId};
use crate::inventory::model::Role;
use crate::plan::step::{Step, Work};

const PHASES: [&str; 3] = ["init/preflight", "init/certs", "join/kubelet-start"];

fn node(n: usize) -> NodeName {
    NodeName::new(format!("n{n}")).unwrap()
}

fn step(n: usize, phase: &str) -> Step {
    Step {
        id: StepId::new(node(n), phase),
        work: Work::Kubeadm { args: vec!["init".into()] },
        after: Vec::new(),
        holds: Vec::new(),
        covers: Vec::new(),
        retry: RetryClass::Safe,
        budget: Duration::from_mins(1),
    }
}

fn started(resumes: Option<&str>) -> EventKind {
    let info = |n| NodeInfo { name: node(n), role: Role::Worker, address: "10.0.0.1".into(), rack: None };
    EventKind::RunStarted {
        format: 1,
        run: RunId::new("r1"),
        cluster: "gold".into(),
        command: "run".into(),
        inventory: "i.yaml".into(),
        resumes: resumes.map(RunId::new),
        nodes: vec![info(0), info(1)],
    }
}

fn plan() -> EventKind {
    let steps = (0..2).flat_map(|n| PHASES.map(|phase| step(n, phase))).collect();
    EventKind::PlanExtended { steps, complete: true }
}

fn begin(n: usize, phase: usize, attempt: u32) -> EventKind {
    EventKind::StepStarted {
        node: node(n),
        phase: PHASES[phase].into(),
        attempt: Attempt(attempt),
        command: None,
        reattached: false,
    }
}

fn end(n: usize, phase: usize, attempt: u32, outcome: StepOutcome, lacking: Vec<StepId>) -> EventKind {
    EventKind::StepFinished {
        node: node(n),
        phase: PHASES[phase].into(),
        attempt: Attempt(attempt),
        outcome,
        duration: Duration::from_secs(3),
        rc: Some(1),
        reason: Some("why".into()),
        diagnosis: None,
        lacking,
    }
}

fn id(n: usize, phase: usize) -> StepId {
    StepId::new(node(n), PHASES[phase])
}

fn envelopes(kinds: impl IntoIterator<Item = EventKind>) -> Vec<Envelope> {
    let number = |(n, kind): (usize, EventKind)| Envelope {
        seq: n as u64 + 1,
        at: jiff::Timestamp::from_second(1_800_000_000 + i64::try_from(n).unwrap()).unwrap(),
        elapsed: Duration::from_secs(n as u64),
        kind,
    };
    kinds.into_iter().enumerate().map(number).collect()
}

fn fold(kinds: impl IntoIterator<Item = EventKind>) -> RunState {
    RunState::fold(&envelopes(kinds))
}

#[test]
fn a_step_goes_from_waiting_to_its_end() {
    let state = fold([started(None), plan(), begin(0, 0, 1)]);
    let running: Vec<_> = state.running().map(|step| step.id().clone()).collect();
    assert_eq!(running, [id(0, 0)]);
    assert_eq!(
        state.step(&id(0, 0)).unwrap().status,
        Status::Running { attempt: Attempt(1), since: Duration::from_secs(2) }
    );
    assert_eq!(
        state.step(&id(0, 0)).unwrap().time_spent(Duration::from_secs(9)),
        Some(Duration::from_secs(7))
    );

    let state = fold([started(None), plan(), begin(0, 0, 1), end(0, 0, 1, StepOutcome::Succeeded, vec![])]);
    let step = state.step(&id(0, 0)).unwrap();
    assert_eq!(step.status, Status::Succeeded);
    assert_eq!(step.end, step.attempts[0].end);
    assert_eq!(step.time_spent(Duration::from_secs(9)), Some(Duration::from_secs(3)));
    assert_eq!(state.finished_ids().collect::<Vec<_>>(), [&id(0, 0)]);
    let progress = state.progress();
    assert_eq!((progress.succeeded, progress.waiting, progress.total(), progress.over()), (1, 5, 6, 1));
    assert_eq!(state.steps_of(&node(1)).count(), 3);
}

#[test]
fn what_a_skip_takes_away_is_marked_until_a_later_success() {
    let skip = end(0, 1, 0, StepOutcome::Skipped, vec![id(0, 2), id(1, 2)]);
    let state = fold([started(None), plan(), skip.clone()]);
    assert!(state.step(&id(1, 2)).unwrap().lacks.contains(&id(0, 1)));
    assert_eq!(state.strays, 0, "attempt 0 says that it never started");
    let retry = EventKind::RetryRequested { node: node(0), phase: PHASES[1].into() };
    let state = fold([
        started(None),
        plan(),
        skip,
        retry,
        begin(0, 1, 1),
        end(0, 1, 1, StepOutcome::Succeeded, vec![]),
    ]);
    assert!(state.step(&id(1, 2)).unwrap().lacks.is_empty());
}

#[test]
fn output_waits_and_leaves_belong_to_their_try() {
    let lines = |attempt, text: &str| EventKind::StepOutput {
        node: node(0),
        phase: PHASES[0].into(),
        attempt: Attempt(attempt),
        lines: vec![text.into()],
    };
    let seen =
        EventKind::PhaseSeen { node: node(0), phase: "init/certs/ca".into(), within: PHASES[0].into() };
    let wait = EventKind::WaitFacts {
        node: node(0),
        phase: PHASES[0].into(),
        waiting_for: "the kubelet".into(),
        facts: vec![("kubelet".into(), "inactive".into())],
    };
    let retry = EventKind::RetryPlanned {
        node: node(0),
        phase: PHASES[0].into(),
        attempt: Attempt(2),
        after: Duration::MAX,
    };
    let first = [started(None), plan(), begin(0, 0, 1), lines(1, "a"), seen.clone(), seen, wait];
    let state = fold(first.clone());
    assert_eq!(state.step(&id(0, 0)).unwrap().seen.len(), 1);
    assert!(state.step(&id(0, 0)).unwrap().wait.is_some());
    let mut all = first.to_vec();
    all.extend([end(0, 0, 1, StepOutcome::Failed, vec![]), retry]);
    let state = fold(all.clone());
    assert_eq!(
        state.step(&id(0, 0)).unwrap().status,
        Status::RetryPlanned { attempt: Attempt(2), at: Duration::MAX }
    );
    all.extend([begin(0, 0, 2), lines(2, "b"), lines(9, "stray")]);
    let state = fold(all);
    let step = state.step(&id(0, 0)).unwrap();
    let printed: Vec<Vec<_>> = step.attempts.iter().map(|attempt| attempt.output.lines().collect()).collect();
    assert_eq!(printed, [["a"], ["b"]]);
    assert!(step.seen.is_empty() && step.wait.is_none() && step.end.is_none());
    assert_eq!(state.strays, 1);
}

#[test]
fn a_resumed_run_keeps_what_is_settled_and_follows_what_ran() {
    let before = [
        started(None),
        plan(),
        begin(0, 0, 1),
        end(0, 0, 1, StepOutcome::Succeeded, vec![]),
        begin(0, 1, 1),
        end(1, 0, 0, StepOutcome::Cancelled, vec![]),
        EventKind::Cancelling { stage: CancelStage::Drain, reason: "q".into() },
        EventKind::PaceChanged { pace: Pace::Paused },
        EventKind::RunFinished {
            outcome: RunOutcome::Cancelled,
            exit_code: 5,
            duration: Duration::from_secs(8),
            reason: None,
        },
    ];
    let mut all = before.to_vec();
    all.push(started(Some("r1")));
    let state = fold(all.clone());
    assert_eq!(state.info.as_ref().unwrap().sessions, 2);
    assert_eq!(state.info.as_ref().unwrap().started_at.as_second(), 1_800_000_000);
    assert!(state.end.is_none() && state.cancel.is_none() && state.pace == Pace::Continuous);
    assert_eq!(state.step(&id(0, 0)).unwrap().status, Status::Succeeded);
    assert_eq!(state.step(&id(0, 1)).unwrap().status, Status::Waiting);
    assert!(state.step(&id(0, 1)).unwrap().attempts[0].interrupted);
    assert_eq!(state.step(&id(1, 0)).unwrap().status, Status::Waiting);
    all.push(EventKind::StepStarted {
        node: node(0),
        phase: PHASES[1].into(),
        attempt: Attempt(1),
        command: None,
        reattached: true,
    });
    let state = fold(all);
    let step = state.step(&id(0, 1)).unwrap();
    assert_eq!(step.attempts.len(), 1);
    assert!(step.attempts[0].reattached && !step.attempts[0].interrupted);
    assert_eq!(step.status, Status::Running { attempt: Attempt(1), since: Duration::from_secs(4) });
}

#[test]
fn what_does_not_outlive_the_console_waits_again() {
    let mut connect = step(0, "connect");
    connect.work = Work::Connect;
    let on = |kind: fn(PhaseId) -> EventKind| kind(PhaseId::new("connect"));
    let start = on(|phase| EventKind::StepStarted {
        node: node(0),
        phase,
        attempt: Attempt(1),
        command: None,
        reattached: false,
    });
    let done = on(|phase| EventKind::StepFinished {
        node: node(0),
        phase,
        attempt: Attempt(1),
        outcome: StepOutcome::Succeeded,
        duration: Duration::ZERO,
        rc: None,
        reason: None,
        diagnosis: None,
        lacking: vec![],
    });
    let plan = EventKind::PlanExtended { steps: vec![connect], complete: false };
    let mut all = vec![started(None), plan, start.clone(), done, started(Some("r1"))];
    let state = fold(all.clone());
    assert_eq!(state.finished_ids().count(), 0);
    assert_eq!(state.progress().waiting, 1);
    all.push(start);
    let state = fold(all);
    let step = state.running().next().unwrap();
    assert_eq!(step.attempts.len(), 2, "the same number again, but another try");
    assert!(step.attempts[0].end.is_some() && step.attempts[1].end.is_none());
}

#[test]
fn a_new_run_in_the_same_stream_begins_from_nothing() {
    let state = fold([started(None), plan(), begin(0, 0, 1), started(None)]);
    assert_eq!(state.steps().len(), 0);
    assert_eq!(state.nodes().len(), 2);
}

#[test]
fn links_are_counted_once_per_loss() {
    let lost = || EventKind::LinkLost { node: node(0), reason: "reset by peer".into() };
    let back = EventKind::LinkRestored { node: node(0), away: Duration::from_secs(30) };
    let state = fold([started(None), lost(), lost()]);
    assert_eq!(state.node(&node(0)).unwrap().losses, 1);
    assert!(matches!(state.node(&node(0)).unwrap().link, Link::Lost { .. }));
    let state = fold([started(None), lost(), lost(), back]);
    assert_eq!(state.node(&node(0)).unwrap().link, Link::Up);
    assert_eq!(state.node(&node(0)).unwrap().away, Duration::from_secs(30));
}

fn any_event() -> impl Strategy<Value = EventKind> {
    let place = (0usize..3, 0usize..3, 0u32..4);
    let outcome = prop_oneof![
        Just(StepOutcome::Succeeded),
        Just(StepOutcome::Failed),
        Just(StepOutcome::Skipped),
        Just(StepOutcome::Cancelled)
    ];
    prop_oneof![
        1 => Just(started(None)),
        1 => Just(started(Some("r1"))),
        2 => Just(plan()),
        4 => place.clone().prop_map(|(n, phase, attempt)| begin(n, phase, attempt)),
        4 => (place.clone(), outcome, place.clone())
            .prop_map(|((n, phase, attempt), outcome, (m, other, _))| end(n, phase, attempt, outcome, vec![id(m, other)])),
        2 => place.clone().prop_map(|(n, phase, attempt)| EventKind::StepOutput {
            node: node(n), phase: PHASES[phase].into(), attempt: Attempt(attempt), lines: vec!["x".into()] }),
        1 => place.clone().prop_map(|(n, phase, _)| EventKind::RetryRequested { node: node(n), phase: PHASES[phase].into() }),
        1 => (place.clone(), any::<u64>()).prop_map(|((n, phase, attempt), ms)| EventKind::RetryPlanned {
            node: node(n), phase: PHASES[phase].into(), attempt: Attempt(attempt), after: Duration::from_millis(ms) }),
        1 => place.clone().prop_map(|(n, phase, _)| EventKind::PhaseSeen {
            node: node(n), phase: PhaseId::new("init/certs/ca"), within: PHASES[phase].into() }),
        1 => place.prop_map(|(n, _, _)| EventKind::LinkLost { node: node(n), reason: "r".into() }),
        1 => (0usize..3).prop_map(|n| EventKind::LinkRestored { node: node(n), away: Duration::MAX }),
    ]
}

proptest! {
    #[test]
    fn odd_sequences_leave_a_consistent_state(kinds in prop::collection::vec(any_event(), 0..80)) {
        let state = fold(kinds);
        let progress = state.progress();
        prop_assert_eq!(progress.total(), state.steps().len());
        let count = |test: fn(&Status) -> bool| state.steps().filter(|step| test(&step.status)).count();
        prop_assert_eq!(progress.running, count(|status| matches!(status, Status::Running { .. })));
        prop_assert_eq!(progress.failed, count(|status| matches!(status, Status::Failed)));
        prop_assert_eq!(progress.over(), count(|status| status.is_over()));
        prop_assert_eq!(state.running().count(), progress.running);
        prop_assert_eq!(state.failed().count(), progress.failed);
        let by_node: usize = state.nodes().map(|node| state.steps_of(&node.name).count()).sum();
        prop_assert_eq!(by_node, state.steps().len());
        for step in state.steps() {
            for lacked in &step.lacks {
                prop_assert!(state.step(lacked).is_some_and(|other| other.lacking.contains(step.id())));
            }
        }
    }
}
