//! Failures with an operator there: the run waits for a word, and whatever the word is, the secrets go.

use super::super::{Command, Exit, Input, Policy, Status};
use super::bench::{Bench, through_upload};
use super::racks::{NODES, id, policy, rack_with_secrets};
use crate::event::{CancelStage, RunOutcome};

fn attended() -> Bench {
    Bench::new(Policy { interactive: true, ..policy() }, rack_with_secrets())
}

fn clean_up(bench: &mut Bench, nodes: &[&str]) {
    for node in nodes {
        bench.done(&format!("{node}:clean-up"));
    }
}

fn cancel(bench: &mut Bench, stage: CancelStage) {
    bench.give(Input::Command(Command::Cancel { stage, reason: "q".into() }));
}

#[test]
fn a_node_is_cleaned_up_when_it_is_done_and_a_failed_one_waits_for_the_operator() {
    let mut bench = attended();
    through_upload(&mut bench);
    bench.fail("w:join/kubelet");
    bench.done("x:join/kubelet");
    assert!(bench.names().contains(&"x:clean-up".to_owned()));
    assert!(!bench.names().contains(&"w:clean-up".to_owned()), "another try needs its configuration");
    bench.give(Input::Command(Command::Retry { step: id("w:join/kubelet"), undo: false }));
    bench.done("w:join/kubelet");
    assert!(bench.names().contains(&"w:clean-up".to_owned()));
}

#[test]
fn a_run_that_is_cancelled_after_a_failure_cleans_up_everywhere() {
    let mut bench = attended();
    through_upload(&mut bench);
    for text in ["a:init/addon", "x:join/kubelet", "b:join/prepare", "c:join/prepare"] {
        bench.done(text);
    }
    bench.done("x:clean-up");
    bench.fail("b:join/etcd");
    bench.fail("w:join/kubelet");
    bench.done("c:join/etcd");
    bench.done("c:clean-up");
    assert!(bench.names().is_empty());
    assert_eq!(bench.outcome(), None, "the operator decides");
    cancel(&mut bench, CancelStage::Drain);
    assert_eq!(bench.names(), ["a:clean-up", "b:clean-up", "w:clean-up"]);
    clean_up(&mut bench, &["b", "w"]);
    assert_eq!(bench.outcome(), None);
    clean_up(&mut bench, &["a"]);
    assert_eq!(bench.outcome(), Some((RunOutcome::Cancelled, 5)));
}

#[test]
fn a_failed_step_that_is_skipped_lets_the_run_go_on_to_its_end() {
    let mut bench = attended();
    through_upload(&mut bench);
    bench.fail("b:join/prepare");
    bench.give(Input::Command(Command::Skip { step: id("b:join/prepare"), reason: "done by hand".into() }));
    assert!(bench.names().contains(&"b:join/etcd".to_owned()));
    for text in ["b:join/etcd", "c:join/prepare", "c:join/etcd", "a:init/addon", "x:join/kubelet"] {
        bench.done(text);
    }
    bench.fail("w:join/kubelet");
    clean_up(&mut bench, &["b", "c", "x"]);
    assert_eq!(bench.outcome(), None);
    bench.give(Input::Command(Command::Skip { step: id("w:join/kubelet"), reason: "broken disk".into() }));
    clean_up(&mut bench, &["w", "a"]);
    assert_eq!(bench.outcome(), Some((RunOutcome::Succeeded, 0)));
}

#[test]
fn quitting_stops_what_runs_and_cleans_up_wherever_secrets_may_be() {
    let mut bench = attended();
    through_upload(&mut bench);
    bench.fail("w:join/kubelet");
    bench.done("b:join/prepare");
    cancel(&mut bench, CancelStage::Stop);
    let stopped = ["a:init/addon", "c:join/prepare", "x:join/kubelet", "b:join/etcd"];
    assert_eq!(bench.stopping.len(), stopped.len());
    assert_eq!(bench.names().last().unwrap(), "w:clean-up", "where nothing runs, at once");
    for text in stopped {
        assert_eq!(bench.outcome(), None);
        bench.end(text, Exit::STOPPED);
    }
    clean_up(&mut bench, &NODES);
    assert_eq!(bench.outcome(), Some((RunOutcome::Cancelled, 5)));
    assert_eq!(bench.status("c:join/etcd"), Status::Waiting, "nothing new has begun");
}

#[test]
fn nothing_is_taken_up_again_in_a_run_that_ends() {
    let mut bench = attended();
    through_upload(&mut bench);
    bench.fail("w:join/kubelet");
    cancel(&mut bench, CancelStage::Drain);
    bench.give(Input::Command(Command::Retry { step: id("w:join/kubelet"), undo: false }));
    assert_eq!(bench.status("w:join/kubelet"), Status::Failed, "its configuration is being removed");
    bench.give(Input::Command(Command::Skip { step: id("w:join/kubelet"), reason: "by hand".into() }));
    assert_eq!(bench.status("w:join/kubelet"), Status::Failed);
}
