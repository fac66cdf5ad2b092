//! What is asked before it is done, and what each answer does.

use super::bench::{Bench, id, told};
use crate::catalog::RetryClass;
use crate::event::{CancelStage, EventKind};
use crate::ids::NodeName;
use crate::plan::step::{Step, Work};
use crate::state::Command;
use crate::tui::Leaving;
use crate::tui::effect::Effect;

fn cancel(stage: CancelStage, reason: &str) -> Vec<Command> {
    vec![Command::Cancel { stage, reason: reason.into() }]
}

#[test]
fn a_step_that_left_things_behind_is_cleaned_up_first() {
    let mut bench = Bench::paused().first_is_up();
    bench.fails("cargyll:join/etcd-join");
    bench.at("cargyll:join/etcd-join");
    for no in ["esc", "enter", "n", "C-c"] {
        assert_eq!(bench.press("r"), []);
        assert_eq!(bench.model.overlays.len(), 1);
        assert_eq!(bench.press(no), [], "{no}");
        assert!(bench.model.overlays.is_empty(), "{no}");
    }
    bench.press("r");
    assert!(bench.screen().contains("etcdctl"), "the undo is shown\n{}", bench.screen());
    let failed = id("cargyll:join/etcd-join");
    let retry = [Command::Retry { step: failed.clone(), undo: true }, Command::Step(Some(failed))];
    assert_eq!(told(bench.press("u")), retry);
    // The same by arrows.
    assert_eq!(told(bench.press("r down enter")), retry);
}

#[test]
fn a_check_that_failed_is_tried_again_with_new_answers() {
    let mut bench = Bench::paused();
    let check = Step {
        id: id("cargyll:check"),
        work: Work::Check,
        after: Vec::new(),
        holds: Vec::new(),
        covers: Vec::new(),
        retry: RetryClass::Safe,
        budget: std::time::Duration::from_secs(60),
    };
    bench.happens(EventKind::PlanExtended { steps: vec![check], complete: true });
    bench.fails("cargyll:check");
    bench.at("cargyll:check");
    assert_eq!(told(bench.press("r")), [Command::Recheck(NodeName::new("cargyll").unwrap())]);
}

#[test]
fn a_step_that_must_not_run_twice_leads_to_a_reset() {
    let mut bench = Bench::paused().first_is_up();
    bench.fails("fenn:join/kubelet-start");
    bench.at("fenn:join/kubelet-start");
    assert_eq!(bench.press("r"), []);
    let screen = bench.screen();
    assert!(
        screen.contains("must not run a second time") && !screen.contains("clean up as shown"),
        "{screen}"
    );
    assert_eq!(bench.press("u"), [], "there is no such answer");
    assert_eq!(bench.model.overlays.len(), 1);
    bench.press("S");
    assert!(bench.screen().contains("Leave out join/kubelet-start on fenn?"));
    bench.press("esc");
    bench.press("r R");
    assert!(bench.screen().contains("Reset fenn?"), "{}", bench.screen());
}

#[test]
fn a_reset_shows_its_commands_and_wants_the_nodes_name() {
    let mut bench = Bench::sized(100, 30).first_is_up();
    bench.fails("fenn:join/kubelet-start");
    bench.at("fenn");
    bench.press("R");
    let screen = bench.screen();
    for command in ["bettley: kubectl delete node fenn", "fenn: kubeadm reset --force"] {
        assert!(screen.contains(command), "{command}\n{screen}");
    }
    assert!(!screen.contains("etcdctl"), "a worker is no member\n{screen}");
    assert_eq!(bench.press("enter"), []);
    bench.write("fen");
    assert_eq!(bench.press("enter"), [], "not without the whole name");
    bench.write("n");
    assert_eq!(told(bench.press("enter")), [Command::Reset(NodeName::new("fenn").unwrap())]);
    assert!(bench.model.overlays.is_empty());
    bench.starts("erenford:join/preflight");
    bench.at("erenford");
    bench.press("R");
    assert_eq!(bench.word(), "reset node: join/preflight on erenford is running");
    bench.at("bettley");
    bench.press("R");
    assert!(bench.word().contains("in the cluster that bettley leads"), "{}", bench.word());
}

#[test]
fn marked_nodes_are_reset_together_for_the_clusters_name() {
    let mut bench = Bench::sized(100, 30).first_is_up();
    bench.fails("cargyll:join/etcd-join");
    bench.fails("fenn:join/kubelet-start");
    bench.at("cargyll").press("m");
    bench.at("fenn").press("m R");
    assert!(bench.screen().contains("etcdctl member remove"), "{}", bench.screen());
    bench.write("goldentooth");
    let reset = |name: &str| Command::Reset(NodeName::new(name).unwrap());
    assert_eq!(told(bench.press("enter")), [reset("cargyll"), reset("fenn")]);
}

#[test]
fn a_step_is_left_out_for_a_reason_and_only_for_one() {
    let mut bench = Bench::paused();
    bench.at("bettley:init/upload-certs");
    assert_eq!(bench.press("S enter"), []);
    assert_eq!(bench.model.overlays.len(), 1, "no reason, no skip");
    bench.write("   ");
    assert_eq!(bench.press("enter"), []);
    bench.write("keys are copied by hand ");
    let skip = |reason: &str| Command::Skip { step: id("bettley:init/upload-certs"), reason: reason.into() };
    assert_eq!(told(bench.press("enter")), [skip("keys are copied by hand")]);
    assert!(bench.model.overlays.is_empty());
    bench.press("S");
    bench.write("s q n S X");
    assert_eq!(told(bench.press("enter")), [skip("s q n S X")], "letters are no answers here");
    bench.press("S");
    bench.paste(&"all work and no play ".repeat(50_000));
    let sent = told(bench.press("enter"));
    let [Command::Skip { reason, .. }] = &sent[..] else { panic!("{sent:?}") };
    assert!((199..=200).contains(&reason.chars().count()), "cut at 200, a space at the end left out");
    bench.press("S");
    bench.paste("\u{1b}[2J\u{202e}dlo\r\nwen\u{7}\u{2028}é\u{e0041}");
    assert_eq!(told(bench.press("enter")), [skip("dlo wen é")]);
    bench.press("S");
    bench.write("no");
    assert_eq!(bench.press("esc"), []);
    assert!(bench.model.overlays.is_empty());
}

#[test]
fn a_skip_says_what_will_be_missing_to_whom() {
    let mut bench = Bench::sized(100, 40);
    bench.at("bettley:init/upload-certs");
    bench.press("S");
    insta::assert_snapshot!(bench.screen());
}

#[test]
fn a_group_is_left_out_as_a_whole_and_a_node_is_not() {
    let mut bench = Bench::paused();
    bench.at("bettley:init/certs/ca");
    bench.press("h S");
    bench.write("own certificates");
    let skip = |step: &str| Command::Skip { step: id(step), reason: "own certificates".into() };
    assert_eq!(
        told(bench.press("enter")),
        [skip("bettley:init/certs/ca"), skip("bettley:init/certs/apiserver")]
    );
    bench.at("bettley");
    assert_eq!(bench.press("S"), []);
    assert_eq!(bench.word(), "skip: select the step or group to leave out");
}

#[test]
fn killing_is_confirmed_with_the_command_and_enter_means_no() {
    let mut bench = Bench::paused();
    bench.starts("bettley:init/preflight");
    bench.at("bettley:init/preflight");
    assert_eq!(bench.press("X enter"), []);
    bench.press("X");
    assert!(bench.screen().contains("bettley: kubeadm init phase preflight"), "{}", bench.screen());
    assert_eq!(told(bench.press("X")), [Command::Kill(id("bettley:init/preflight"))]);
    bench.at("fenn");
    bench.press("X");
    assert_eq!(bench.word(), "kill: none of these steps: it is not running");
}

#[test]
fn a_run_is_ended_gently_or_not_and_insisting_stops_what_runs() {
    let mut bench = Bench::paused();
    let drain = cancel(CancelStage::Drain, "ended by the operator");
    let stop = cancel(CancelStage::Stop, "stopped by the operator");
    assert_eq!(told(bench.press("A e")), drain);
    assert_eq!(told(bench.press("A K")), stop);
    assert_eq!(told(bench.press("A enter")), []);
    assert_eq!(told(bench.press("C-c C-c")), stop);
    assert_eq!(told(bench.press("C-c esc")), []);
    bench.happens(EventKind::Cancelling { stage: CancelStage::Drain, reason: "x".into() });
    assert_eq!(told(bench.press("A e")), [], "it drains already");
    assert_eq!(told(bench.press("K")), stop);
    bench.happens(EventKind::Cancelling { stage: CancelStage::Stop, reason: "x".into() });
    assert_eq!(bench.press("A"), []);
    assert_eq!(bench.word(), "abort: the run is being ended");
}

#[test]
fn the_key_that_ends_the_run_only_closes_what_asks_for_something_else() {
    let mut bench = Bench::paused();
    bench.at("bettley:init/certs/ca");
    for open in [":", "?", "S", "/"] {
        bench.press(open);
        assert_eq!(bench.model.overlays.len(), 1, "{open}");
        assert_eq!(bench.press("C-c"), [], "{open}");
        assert!(bench.model.overlays.is_empty(), "{open}");
    }
}

#[test]
fn whoever_leaves_is_asked_what_becomes_of_the_run() {
    let mut bench = Bench::paused();
    assert_eq!(bench.press("q d"), [Effect::Leave(Leaving::Detached)]);
    assert_eq!(told(bench.press("q e")), cancel(CancelStage::Drain, "ended by the operator"));
    assert_eq!(told(bench.press("q C-c")), cancel(CancelStage::Stop, "stopped by the operator"));
    assert_eq!(bench.press("q enter"), []);
    bench.model.over = true;
    assert_eq!(bench.press("q"), [Effect::Leave(Leaving::Over)]);
    assert_eq!(bench.press("C-c"), [Effect::Leave(Leaving::Over)]);
}

#[test]
fn whoever_accepts_the_checks_need_not_let_the_run_go() {
    let warned = |bench: &mut Bench| {
        let finding = crate::survey::finding::Finding {
            check: "clock".into(),
            severity: crate::diag::Severity::Warning,
            message: "the clock goes wrong".into(),
            fix: None,
        };
        bench.happens(EventKind::NodeFinding { node: NodeName::new("bettley").unwrap(), finding });
    };
    let mut bench = Bench::paused();
    warned(&mut bench);
    bench.happens(EventKind::GateReached { obstacle: None });
    assert!(
        bench.screen().contains("C shows them; s goes step by step, c runs to the end"),
        "{}",
        bench.screen()
    );
    bench.press("C");
    let screen = bench.screen();
    assert!(screen.contains("s: go on step by step   c: run on to the end"), "{screen}");
    assert_eq!(told(bench.press("s")), [Command::Step(Some(id("bettley:init/preflight")))]);
    assert_eq!(told(bench.press("C c")), [Command::Continue]);
    // What stands in the way has to be mended first: neither is offered.
    bench.happens(EventKind::GateReached { obstacle: Some("the checks found an error on bettley".into()) });
    bench.press("C");
    let screen = bench.screen();
    assert!(!screen.contains("to the end") && screen.contains("esc: back"), "{screen}");
}

#[test]
fn a_join_that_found_nothing_published_is_mended_from_its_card() {
    let mut bench = Bench::sized(100, 30).first_is_up();
    let join = id("cargyll:join/control-plane-prepare/download-certs");
    bench.starts("cargyll:join/control-plane-prepare/download-certs");
    let output = ["error execution phase control-plane-prepare/download-certs: error downloading certs: Secret \"kubeadm-certs\" was not found in the \"kube-system\" Namespace. This Secret might have expired.".to_owned()];
    bench.happens(EventKind::StepFinished {
        node: join.node.clone(),
        phase: join.phase.clone(),
        attempt: crate::ids::Attempt(1),
        outcome: crate::event::StepOutcome::Failed,
        duration: std::time::Duration::from_secs(1),
        rc: Some(1),
        reason: Some(output[0].clone()),
        diagnosis: crate::catalog::diagnose(&join.phase, &output),
        lacking: Vec::new(),
    });
    bench.at("cargyll:join/control-plane-prepare/download-certs");
    bench.press("left right");
    // On the card in the pane, in the bar, and on the whole card.
    assert!(bench.screen().contains("J publish again"), "{}", bench.screen());
    bench.press("D");
    assert!(bench.screen().contains("J publish again, then retry"), "{}", bench.screen());
    assert_eq!(bench.press("J"), [], "it is asked about first");
    let screen = bench.screen();
    assert!(screen.contains("bettley: kubeadm init phase upload-certs"), "{screen}");
    assert_eq!(bench.press("esc"), []);
    bench.press("J");
    let publisher = id("bettley:init/upload-certs");
    assert_eq!(told(bench.press("J")), [Command::PublishAgain { publisher, join, undo: false }]);
    // Another failure has nothing to do with what is published.
    bench.fails("erenford:join/preflight");
    bench.at("erenford:join/preflight");
    assert_eq!(bench.press("J"), []);
    assert!(bench.word().contains("not one of what joins need"), "{}", bench.word());
    assert!(!bench.screen().contains("J publish again"), "{}", bench.screen());
}
