//! Every place is what a fold from the beginning gives, and none costs more than the way from the station before.
#![allow(clippy::unwrap_used)]

use std::io::Cursor;

use proptest::prelude::*;

use super::*;
use crate::catalog::class::RetryClass;
use crate::event::EventKind;
use crate::event::{FORMAT, StepOutcome};
use crate::ids::{NodeName, RunId};
use crate::plan::step::{Step, Work};

struct Pen {
    text: String,
    events: Vec<Envelope>,
    now: Duration,
}

impl Pen {
    fn new() -> Self {
        let mut pen = Self { text: String::new(), events: Vec::new(), now: Duration::ZERO };
        pen.write(EventKind::RunStarted {
            format: FORMAT,
            run: RunId::new("r1"),
            cluster: "rack".into(),
            command: "run".into(),
            inventory: "rack.yaml".into(),
            resumes: None,
            nodes: Vec::new(),
        });
        pen
    }

    fn write(&mut self, kind: EventKind) {
        let seq = self.events.len() as u64 + 1;
        let event = Envelope { seq, at: jiff::Timestamp::UNIX_EPOCH, elapsed: self.now, kind };
        self.text += &(event.to_line().unwrap() + "\n");
        self.events.push(event);
        self.now += Duration::from_millis(7);
    }

    fn plan(&mut self, nodes: usize, phases: usize) {
        let step = |node: usize, phase: usize| Step {
            id: id(node, phase),
            work: Work::Kubeadm { args: vec!["init".into()] },
            after: Vec::new(),
            holds: Vec::new(),
            covers: Vec::new(),
            retry: RetryClass::Safe,
            budget: Duration::from_mins(1),
        };
        let steps = (0..nodes).flat_map(|node| (0..phases).map(move |phase| step(node, phase))).collect();
        self.write(EventKind::PlanExtended { steps, complete: true });
    }

    fn run(&mut self, id: &StepId, events: usize, lines: usize) {
        let StepId { node, phase } = id.clone();
        let attempt = Attempt::FIRST;
        self.write(EventKind::StepStarted {
            node: node.clone(),
            phase: phase.clone(),
            attempt,
            command: None,
            reattached: false,
        });
        for event in 0..events {
            let lines = (0..lines).map(|n| format!("line {} of {id}", event * lines + n)).collect();
            self.write(EventKind::StepOutput { node: node.clone(), phase: phase.clone(), attempt, lines });
        }
        self.write(EventKind::StepFinished {
            node,
            phase,
            attempt,
            outcome: StepOutcome::Succeeded,
            duration: Duration::from_secs(1),
            rc: Some(0),
            reason: None,
            diagnosis: None,
            lacking: Vec::new(),
        });
    }

    fn tape(&self) -> Tape<Cursor<Vec<u8>>> {
        let mut tape = Tape::new(Cursor::new(self.text.clone().into_bytes()), Path::new("events.jsonl"));
        tape.catch_up().unwrap();
        tape
    }
}

fn id(node: usize, phase: usize) -> StepId {
    StepId::new(NodeName::new(format!("n{node:03}")).unwrap(), format!("init/p{phase}").as_str())
}

#[test]
fn a_rack_of_200_nodes_is_gone_through_in_short_ways_and_bounded_memory() {
    let mut pen = Pen::new();
    pen.plan(200, 40);
    for phase in 0..40 {
        for node in 0..200 {
            pen.run(&id(node, phase), 1, 6);
        }
    }
    let mut tape = pen.tape();
    let events = pen.events.len();
    assert_eq!(tape.chart().events, events);
    assert!(tape.stations() <= STEPS_AT_MOST, "{}", tape.stations());
    let most = 2 * events / (STEPS_AT_MOST / 2) + 2_000;
    let mut far = 0;
    for place in [1, events / 2, events / 7, events - 1, 40, events / 3, events / 3 * 2] {
        let before = tape.folded();
        let state = tape.state(place).unwrap();
        far = far.max(tape.folded() - before);
        assert_eq!(state.seq, place as u64);
    }
    assert!(far <= most as u64, "{far} events folded in one move, of {events}");
    // Forwards, as when it is played: no event twice.
    let before = tape.folded();
    let start = tape.state(events / 2).unwrap().seq;
    let first = tape.folded() - before;
    for more in 1..=100 {
        tape.state(events / 2 + more).unwrap();
    }
    assert_eq!(start, events as u64 / 2);
    assert!(tape.folded() - before - first <= 100);
}

/// 8000 steps, see the stations' own bound.
const STEPS_AT_MOST: usize = 32;

#[test]
fn of_a_million_lines_only_the_last_are_read() {
    let mut pen = Pen::new();
    pen.plan(1, 1);
    pen.run(&id(0, 0), 1_000, 1_000);
    let mut tape = pen.tape();
    let printed = tape.printed(&id(0, 0), Attempt::FIRST, 903, 2_500).unwrap();
    let outputs = printed.events.iter().filter(|event| matches!(event.kind, EventKind::StepOutput { .. }));
    assert_eq!(outputs.count(), 3);
    assert_eq!(printed.older, 897_000);
    assert_eq!(tape.printed(&id(0, 0), Attempt(2), 903, 10).unwrap().events.len(), 1, "only its start");
}

#[test]
fn what_is_added_is_taken_in_and_half_a_line_waits() {
    let mut pen = Pen::new();
    pen.plan(2, 2);
    pen.run(&id(0, 0), 2, 2);
    let whole = pen.text.clone();
    let temp = tempfile::tempdir().unwrap();
    let path = temp.path().join("events.jsonl");
    std::fs::write(&path, &whole[..whole.len() - 20]).unwrap();
    let mut tape = Tape::open(&path).unwrap();
    tape.catch_up().unwrap();
    assert_eq!(tape.chart().events, pen.events.len() - 1);
    let early = tape.state(2).unwrap();
    std::fs::write(&path, whole + "not an event\n").unwrap();
    tape.catch_up().unwrap();
    assert_eq!(tape.chart().events, pen.events.len());
    assert_eq!(tape.state(usize::MAX).unwrap(), RunState::fold(&pen.events));
    assert_eq!(tape.state(2).unwrap(), early);
}

#[test]
fn moments_are_found_by_time_and_by_what_is_of_note() {
    let mut pen = Pen::new();
    pen.plan(1, 2);
    pen.run(&id(0, 0), 2, 1);
    pen.run(&id(0, 1), 1, 1);
    let mut tape = pen.tape();
    assert_eq!(tape.find(Spot::Time(Duration::from_millis(20))), (3, Duration::from_millis(20)));
    assert_eq!(tape.find(Spot::Event(3)), (3, Duration::from_millis(14)));
    let chart = tape.chart();
    let places: Vec<usize> = chart.notes.iter().map(|note| note.place).collect();
    assert_eq!(places, [1, 3, 6, 7, 9]);
    assert_eq!(chart.next_after(3, |_| true).unwrap().place, 6);
    assert_eq!(chart.last_before(5).unwrap().place, 3);
    assert!(matches!(tape.noted(5).unwrap().unwrap().kind, EventKind::StepStarted { .. }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn every_place_is_what_a_fold_gives(
        runs in prop::collection::vec((0usize..4, 0usize..3, 0usize..40, 0usize..60), 1..60),
        moves in prop::collection::vec(0.0f64..1.0, 1..20),
    ) {
        let mut pen = Pen::new();
        pen.plan(4, 3);
        for (node, phase, events, lines) in runs {
            pen.run(&id(node, phase), events, lines);
        }
        let mut tape = pen.tape();
        for part in moves {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
            let place = (part * pen.events.len() as f64) as usize;
            prop_assert_eq!(tape.state(place).unwrap(), RunState::fold(&pen.events[..place]));
        }
    }
}
