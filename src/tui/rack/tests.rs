#![allow(clippy::unwrap_used)]

use super::*;
use crate::event::{Envelope, EventKind, Pace};
use crate::state::RunState;
use crate::tui::testing::{Demo, step, then, until};
use crate::tui::theme::Mark;

const FAULT: &str = "{ node: erenford, phase: join/kubelet-start, kind: fail, attempts: [], output: 'no' }";

fn play(rack: &mut Rack, run: &mut RunState, events: &[Envelope]) -> usize {
    for event in events {
        run.apply(event);
        rack.hear(event);
    }
    rack.catch_up(run)
}

fn played(events: &[Envelope]) -> (Rack, RunState) {
    let (mut rack, mut run) = (Rack::default(), RunState::default());
    play(&mut rack, &mut run, events);
    (rack, run)
}

fn row<'a>(rack: &'a Rack, node: &str, label: &str) -> Option<&'a Row> {
    rack.rows.iter().find(|row| row.id.node().as_str() == node && row.label == label)
}

fn select(rack: &mut Rack, node: &str, label: &str) {
    rack.touched = true;
    let at = rack.rows.iter().position(|row| row.id.node().as_str() == node && row.label == label);
    rack.select(at.unwrap());
}

#[test]
fn groups_open_when_they_run_and_fold_when_they_are_done() {
    let events = Demo::goldentooth().events();
    let (rack, _) = played(&until(&events, "bettley", "init/preflight"));
    assert_eq!(row(&rack, "bettley", "bettley").unwrap().open, Some(true));
    assert_eq!(row(&rack, "bettley", "certs").unwrap().open, Some(false));
    assert_eq!(row(&rack, "cargyll", "cargyll").unwrap().open, Some(false), "looks alone open no node");
    let (rack, _) = played(&until(&events, "bettley", "init/certs/sa"));
    assert_eq!(row(&rack, "bettley", "certs").unwrap().open, Some(true));
    assert!(row(&rack, "bettley", "sa").is_some());
    let (rack, _) = played(&until(&events, "bettley", "init/kubeconfig/admin"));
    assert_eq!(row(&rack, "bettley", "certs").unwrap().open, Some(false));
    let (rack, run) = played(&events);
    assert_eq!(rack.rows.len(), run.nodes().len(), "all is done, all is folded");
    assert!(rack.rows.iter().all(|row| row.mark == Mark::Done && row.open == Some(false)));
}

#[test]
fn what_the_operator_folds_stays_folded_whatever_happens_in_it() {
    let events = Demo::goldentooth().faults(&[FAULT]).events();
    let (mut rack, mut run) = played(&until(&events, "erenford", "join/preflight"));
    select(&mut rack, "erenford", "erenford");
    rack.fold(&run);
    select(&mut rack, "bettley", "certs");
    rack.unfold(&run);
    let rest = &events[usize::try_from(run.seq).unwrap()..];
    play(&mut rack, &mut run, rest);
    let node = row(&rack, "erenford", "erenford").unwrap();
    assert_eq!((node.mark, node.open), (Mark::Failed, Some(false)));
    assert!(row(&rack, "bettley", "sa").is_some());
    assert!(rack.next_failure(&run), "what is looked for is shown all the same");
    assert_eq!(rack.selected().unwrap().id.step(), Some(&step("erenford", "join/kubelet-start")));
}

#[test]
fn the_cursor_keeps_its_place_on_the_screen_while_rows_above_it_come_and_go() {
    let events = Demo::goldentooth().events();
    let start = until(&events, "bettley", "init/kubelet-start");
    let (mut rack, mut run) = played(&start);
    select(&mut rack, "fenn", "fenn");
    rack.scroll(12);
    let (mut moved, place, id) = (false, rack.at - rack.top, rack.selected().unwrap().id.clone());
    for event in &events[start.len()..] {
        let before = rack.at;
        play(&mut rack, &mut run, std::slice::from_ref(event));
        assert_eq!(rack.selected().unwrap().id, id);
        moved |= rack.at != before;
        if rack.at >= place && rack.rows.len() >= rack.top + 12 {
            let free = rack.top;
            rack.scroll(12);
            assert_eq!((rack.at - rack.top, rack.top), (place, free), "after {:?}", event.kind);
        }
    }
    assert!(moved);
}

#[test]
fn a_group_does_not_fold_under_the_cursor() {
    let events = Demo::goldentooth().events();
    let (mut rack, mut run) = played(&until(&events, "bettley", "init/certs/sa"));
    select(&mut rack, "bettley", "etcd-ca");
    let rest = &events[usize::try_from(run.seq).unwrap()..];
    play(&mut rack, &mut run, rest);
    assert_eq!(rack.selected().unwrap().label, "etcd-ca");
    assert_eq!(row(&rack, "bettley", "kubeconfig").unwrap().open, Some(false));
    select(&mut rack, "jast", "jast");
    rack.refresh(&run);
    assert_eq!(row(&rack, "bettley", "etcd-ca"), None, "it folds when the cursor has gone");
}

#[test]
fn rows_made_bit_by_bit_are_those_made_at_once() {
    let fault = "{ node: fenn, phase: join/control-plane-join/etcd, kind: fail, attempts: [], output: 'no' }";
    let events = Demo::goldentooth().faults(&[fault]).skip("addon/coredns", "another DNS").events();
    let half = events.len() / 2;
    let mut events = then(events[..half].to_vec(), EventKind::PaceChanged { pace: Pace::Paused });
    for set in [true, false] {
        let at = step("fenn", "join/preflight");
        events = then(events, EventKind::Breakpoint { node: at.node, phase: at.phase, set });
    }
    events = then(events, EventKind::PaceChanged { pace: Pace::Continuous });
    events.extend(
        Demo::goldentooth().faults(&[fault]).skip("addon/coredns", "another DNS").events().split_off(half),
    );
    let (mut rack, mut run) = (Rack::default(), RunState::default());
    for batch in events.chunks(3) {
        play(&mut rack, &mut run, batch);
        let mut whole = rack.clone();
        whole.refresh(&run);
        assert_eq!(rack.rows, whole.rows, "after {:?}", batch.last().unwrap().kind);
        assert_eq!(rack.grid, whole.grid, "after {:?}", batch.last().unwrap().kind);
    }
}

#[test]
fn an_event_concerns_its_node_and_no_other() {
    let events = Demo::rack(3, 197).at_once(10).events();
    let (mut rack, mut run) = (Rack::default(), RunState::default());
    let (mut made, mut alone) = (0, 0);
    for event in &events {
        let nodes = play(&mut rack, &mut run, std::slice::from_ref(event));
        match &event.kind {
            EventKind::StepOutput { .. } | EventKind::WaitFacts { .. } => assert_eq!(nodes, 0),
            EventKind::StepStarted { .. } | EventKind::StepFinished { .. } => {
                assert!(nodes <= 1, "{nodes} nodes made anew after {:?}", event.kind);
                made += nodes;
                alone += 1;
            }
            _ => {}
        }
    }
    assert!(alone > 200 * 16 && made <= alone);
}

/// Moving about makes no row anew, however many there are.
#[test]
fn scrolling_through_two_hundred_open_nodes_makes_no_row() {
    let events = Demo::rack(3, 197).at_once(10).events();
    let planned = events.iter().position(
        |event| matches!(event.kind, EventKind::StepStarted { ref phase, .. } if phase.is_within("init")),
    );
    let (mut rack, run) = played(&events[..planned.unwrap()]);
    rack.fold_all(&run);
    rack.fold_all(&run);
    for node in 1..=run.nodes().len() {
        rack.go_to_node(&run, node);
        rack.unfold(&run);
    }
    assert!(rack.rows.len() > 200 * 9, "{}", rack.rows.len());
    let before = rack.rows.clone();
    rack.step_by(isize::MIN);
    for _ in 0..rack.rows.len() {
        rack.step_by(1);
        rack.scroll(40);
        assert_eq!(rack.catch_up(&run), 0);
        assert!((rack.top..rack.top + 40).contains(&rack.at));
    }
    assert_eq!(rack.at, before.len() - 1);
    assert!(rack.rows == before);
}

#[test]
fn failures_are_found_one_after_the_other_and_round_again() {
    let more = "{ node: jast, phase: join/preflight, kind: fail, attempts: [], output: 'no' }";
    let events = Demo::goldentooth().faults(&[FAULT, more]).events();
    let (mut rack, run) = played(&events);
    rack.fold_all(&run);
    assert_eq!(rack.rows.len(), 9);
    let mut found = Vec::new();
    for _ in 0..3 {
        assert!(rack.next_failure(&run));
        found.push(rack.selected().unwrap().id.to_string());
    }
    assert_eq!(found[0], found[2]);
    assert_eq!(found[..2], ["join/kubelet-start on erenford", "join/preflight on jast"]);
    let (mut rack, run) = played(&Demo::goldentooth().events());
    assert!(!rack.next_failure(&run) && !rack.next_waiting(&run));
}

#[test]
fn waits_are_those_for_something_and_those_for_the_operator() {
    let events = Demo::goldentooth().events();
    let (mut rack, run) = played(&until(&events, "bettley", "wait/api-server"));
    assert!(rack.next_waiting(&run));
    assert_eq!(rack.selected().unwrap().id.to_string(), "wait/api-server on bettley");
    let until_etcd = until(&events, "bettley", "init/certs/sa");
    let paused = then(until_etcd, EventKind::PaceChanged { pace: Pace::Paused });
    let (rack, _) = played(&paused);
    assert_eq!(row(&rack, "bettley", "kubelet-start").unwrap().mark, Mark::Waiting);
    let done = events.iter().find(|event| {
        matches!(&event.kind, EventKind::StepFinished { phase, .. } if phase.as_str() == "init/certs/sa")
    });
    let (mut rack, run) = played(&then(paused, done.unwrap().kind.clone()));
    assert!(run.running().next().is_none());
    assert!(rack.next_waiting(&run));
    let first = rack.selected().unwrap().clone();
    assert_eq!((first.id.to_string().as_str(), first.mark), ("init/kubeconfig/admin on bettley", Mark::Held));
    assert_eq!(row(&rack, "bettley", "bettley").unwrap().mark, Mark::Held);
    assert!(rack.next_waiting(&run));
    assert_eq!(rack.selected().unwrap().id.to_string(), "config on cargyll");
}

#[test]
fn what_can_no_longer_run_says_so() {
    let fault = "{ node: bettley, phase: init/certs/ca, kind: fail, attempts: [], output: 'no' }";
    let events = Demo::goldentooth().faults(&[fault]).events();
    let at = events.iter().position(|event| {
        matches!(&event.kind, EventKind::StepFinished { phase, .. } if phase.as_str() == "init/certs/ca")
    });
    let (rack, _) = played(&events[..=at.unwrap()]);
    assert_eq!(row(&rack, "bettley", "certs").unwrap().mark, Mark::Failed);
    assert_eq!(row(&rack, "bettley", "kubelet-start").unwrap().mark, Mark::Barred);
    assert_eq!(row(&rack, "jast", "jast").unwrap().mark, Mark::Barred);
    assert_eq!(row(&rack, "jast", "jast").unwrap().open, Some(false));
}

#[test]
fn each_command_stands_above_its_phases_where_a_node_runs_several() {
    let events = Demo::goldentooth().events();
    let (mut rack, mut run) = played(&until(&events, "bettley", "init/preflight"));
    let EventKind::PlanExtended { steps, .. } =
        &events.iter().rev().find(|event| matches!(event.kind, EventKind::PlanExtended { .. })).unwrap().kind
    else {
        panic!()
    };
    let mut reset = steps.iter().find(|step| step.id.phase.as_str() == "init/preflight").unwrap().clone();
    reset.id.phase = "reset".into();
    let more = EventKind::PlanExtended { steps: vec![reset], complete: true };
    let all = then(until(&events, "bettley", "init/preflight"), more);
    play(&mut rack, &mut run, &all[all.len() - 1..]);
    let labels: Vec<(&str, usize)> =
        rack.rows.iter().take(8).map(|row| (row.label.as_str(), row.depth)).collect();
    let own = [("bettley", 0), ("connect", 1), ("probe", 1), ("check", 1), ("config", 1)];
    assert_eq!(labels[..5], own);
    assert_eq!(labels[5..], [("kubeadm init", 1), ("preflight", 2), ("certs", 2)]);
    assert_eq!(row(&rack, "bettley", "kubeadm reset").unwrap().depth, 1);
}

#[test]
fn the_same_thing_is_on_the_same_line_whatever_the_command() {
    let (mut rack, run) = played(&Demo::goldentooth().events());
    let names = |rack: &Rack| -> Vec<String> {
        rack.grid.lines().iter().map(|&line| rack.grid.phases[line].label().to_owned()).collect()
    };
    insta::assert_snapshot!(names(&rack).join("\n"));
    rack.toggle_matrix(&run);
    let lines = rack.grid.lines();
    let at = |name: &str| lines[names(&rack).iter().position(|label| label == name).unwrap()];
    let fenn = run.nodes().position(|node| node.name.as_str() == "fenn").unwrap();
    for phase in ["preflight", "certs", "etcd", "control-plane", "kubelet-start", "mark-control-plane"] {
        for node in [0, fenn] {
            assert_eq!(rack.grid.mark(Cell { node, line: at(phase) }), Some(Mark::Done), "{phase} {node}");
        }
    }
    assert_eq!(rack.grid.mark(Cell { node: 1, line: at("certs") }), None);
}

#[test]
fn tree_and_matrix_have_one_selection() {
    let (mut rack, run) = played(&Demo::goldentooth().events());
    rack.go_to(&run, step("gardener", "join/control-plane-join/etcd"));
    rack.toggle_matrix(&run);
    let cell = rack.grid.at;
    assert_eq!(run.nodes().nth(cell.node).unwrap().name.as_str(), "gardener");
    assert_eq!(rack.grid.phases[cell.line].label(), "etcd");
    rack.step_cell(&run, -1, 0);
    assert_eq!(rack.selected().unwrap().id.to_string(), "join/control-plane-join/etcd on fenn");
    rack.step_cell(&run, -1, 0);
    assert_eq!(rack.selected().unwrap().id.to_string(), "erenford", "a worker has no such phase");
    rack.step_cell(&run, -3, 0);
    assert_eq!(rack.selected().unwrap().id.to_string(), "init/etcd/local on bettley");
    rack.step_cell(&run, 0, -2);
    assert_eq!(rack.selected().unwrap().id.to_string(), "init/certs/sa on bettley");
    rack.step_cell(&run, 0, isize::MIN);
    assert_eq!(rack.selected().unwrap().id.to_string(), "connect on bettley");
    rack.step_cell(&run, isize::MAX, isize::MAX);
    assert_eq!(rack.selected().unwrap().id.to_string(), "clean-up on jast");
    rack.toggle_matrix(&run);
    assert_eq!(rack.selected().unwrap().id.to_string(), "clean-up on jast");
}

#[test]
fn groups_of_the_matrix_have_lines_of_their_own_when_asked() {
    let (mut rack, run) = played(&Demo::goldentooth().events());
    rack.go_to(&run, step("bettley", "init/certs/etcd-ca"));
    rack.toggle_matrix(&run);
    let folded = rack.grid.lines().len();
    assert!(rack.toggle_line());
    assert_eq!(rack.grid.lines().len(), folded + 11);
    rack.step_cell(&run, 0, 2);
    assert_eq!(rack.selected().unwrap().id.to_string(), "init/certs/apiserver on bettley");
    assert!(!rack.toggle_line(), "there is nothing in a sub-phase");
}

#[test]
fn nothing_to_show_is_no_trouble() {
    let (mut rack, run) = (Rack::default(), RunState::default());
    rack.refresh(&run);
    rack.follow(&run);
    rack.step_by(isize::MIN);
    rack.step_cell(&run, 1, 1);
    rack.fold(&run);
    rack.unfold(&run);
    rack.fold_all(&run);
    rack.toggle_mark();
    rack.scroll(0);
    assert!(!rack.toggle(&run) && !rack.toggle_line() && !rack.go_to_node(&run, 1));
    assert!(!rack.next_failure(&run) && !rack.next_waiting(&run) && rack.selected().is_none());
}
