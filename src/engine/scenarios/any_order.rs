//! Moves at random.

use proptest::prelude::*;

use crate::event::{CancelStage, Pace};
use crate::ids::StepId;
use crate::plan::step::Work;

use super::super::{Command, Exit, Failure, Input, Policy};
use super::bench::{Bench, revise};
use super::racks::{id, policy, rack_with_secrets, survey};

#[derive(Debug, Clone)]
enum Move {
    End(usize, u8),
    Timer(usize),
    Ask(Ask, usize),
}

#[derive(Debug, Clone)]
enum Ask {
    Step,
    Continue,
    Pause,
    Retry(bool),
    PublishAgain(bool),
    Skip,
    Break(bool),
    Stop,
    Kill,
    RunTo,
    Recheck,
    Reset,
    Revise,
    Cancel(CancelStage),
}

fn any_move() -> impl Strategy<Value = Move> {
    prop_oneof![
        8 => (any::<usize>(), 0u8..6).prop_map(|(at, how)| Move::End(at, how)),
        2 => any::<usize>().prop_map(Move::Timer),
        8 => (any_ask(), any::<usize>()).prop_map(|(ask, at)| Move::Ask(ask, at)),
    ]
}

fn any_ask() -> impl Strategy<Value = Ask> {
    prop_oneof![
        3 => Just(Ask::Step),
        2 => Just(Ask::Continue),
        2 => Just(Ask::Pause),
        3 => any::<bool>().prop_map(Ask::Retry),
        3 => any::<bool>().prop_map(Ask::PublishAgain),
        2 => Just(Ask::Skip),
        3 => any::<bool>().prop_map(Ask::Break),
        2 => Just(Ask::Stop),
        2 => Just(Ask::Kill),
        3 => Just(Ask::RunTo),
        2 => Just(Ask::Recheck),
        3 => Just(Ask::Reset),
        2 => Just(Ask::Revise),
        1 => prop_oneof![Just(CancelStage::Drain), Just(CancelStage::Stop)].prop_map(Ask::Cancel),
    ]
}

proptest! {
    /// Whatever happens in whatever order: the events tell the engine's own view and why each step waits, every wish
    /// is followed or refused as foretold, etcd takes turns, nothing starts before what it needs, a headless run that
    /// nobody pauses comes to an end, and so does any run that its operator quits; then no clean-up was left out.
    #[test]
    fn events_tell_the_engines_view(moves in prop::collection::vec(any_move(), 0..80), interactive: bool, paused: bool, looks: bool, gate: bool, nodes_at_once in 1usize..4, joins_at_once in 1usize..4) {
        let pace = if paused { Pace::Paused } else { Pace::Continuous };
        let gate_after_check = gate && interactive;
        let policy = Policy { interactive, pace, gate_after_check, nodes_at_once, joins_at_once, ..policy() };
        let rack = rack_with_secrets();
        let ids: Vec<StepId> = survey().into_iter().chain(rack.clone()).map(|step| step.id).collect();
        let mut bench = if looks { Bench::surveying(policy, rack) } else { Bench::new(policy, rack) };
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
                Move::Ask(ask, at) => {
                    let command = match ask {
                        Ask::Step => Command::Step((at % 3 > 0).then(|| pick(at))),
                        Ask::Continue => Command::Continue,
                        Ask::Pause => Command::Pause,
                        Ask::Retry(undo) => Command::Retry { step: pick(at), undo },
                        Ask::PublishAgain(undo) => {
                            let publisher = if at % 5 > 0 { id("a:init/upload-certs") } else { pick(at / 7) };
                            Command::PublishAgain { publisher, join: pick(at), undo }
                        }
                        Ask::Skip => Command::Skip { step: pick(at), reason: "r".into() },
                        Ask::Break(set) => Command::Break { step: pick(at), set },
                        Ask::Stop => Command::Stop(pick(at)),
                        Ask::Kill => Command::Kill(pick(at)),
                        Ask::RunTo => Command::RunTo(pick(at)),
                        Ask::Recheck => Command::Recheck(pick(at).node),
                        Ask::Reset => Command::Reset(pick(at).node),
                        Ask::Revise => revise(),
                        Ask::Cancel(stage) => Command::Cancel { stage, reason: "c".into() },
                    };
                    bench.ask(command);
                }
            }
        }
        bench.give(Input::Command(Command::Continue));
        if interactive {
            let cancel = Command::Cancel { stage: CancelStage::Stop, reason: "q".into() };
            bench.give(Input::Command(cancel));
        }
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
        prop_assert!(bench.outcome().is_some(), "the run hangs: {:?}", bench.engine.steps().map(|(s, st, _)| (s.id.to_string(), st)).collect::<Vec<_>>());
        for (step, status, _) in bench.engine.steps().filter(|(step, ..)| step.work == Work::CleanUp) {
            // Where nothing was begun but looking, there is nothing to remove.
            prop_assert!(status.is_over() || !bench.state.changed, "{} is {status:?}", step.id);
        }
        for node in bench.state.nodes() {
            let mut way = bench.state.steps_of(&node.name).filter(|step| step.plan.takes_out());
            prop_assert_eq!(node.leaves, way.any(|step| !step.status.is_settled()), "{}", &node.name);
        }
    }
}
