//! Runs with an operator there: a failure waits for a word, and after any word the secrets are gone.

use kubestep::engine::Command;
use kubestep::event::{CancelStage, Envelope, EventKind, StepOutcome};
use kubestep::ids::StepId;

use super::console::Console;
use super::world::{World, faults, name, on_virtual_time, rack};

const FAULT: &str = "{ node: w1, phase: join/preflight, kind: fail, attempts: [1] }";

fn attended(world: &World) -> Console<'_> {
    let mut console = world.console();
    console.policy.interactive = true;
    console
}

fn fails(event: &Envelope) -> bool {
    matches!(&event.kind, EventKind::StepFinished { outcome: StepOutcome::Failed, .. })
}

/// Whether everything but `w1` and the first node's clean-up, which waits for everybody, is done.
fn others_are_done() -> impl FnMut(&Envelope) -> bool {
    let mut cleaned = 0;
    move |event| {
        let done = matches!(&event.kind, EventKind::StepFinished { node, phase, .. }
            if phase.as_str() == "clean-up" && (node.as_str() == "c2" || node.as_str() == "w2"));
        cleaned += usize::from(done);
        done && cleaned == 2
    }
}

#[test]
fn a_run_that_is_quit_after_a_failure_leaves_no_secrets_and_can_be_gone_on_with() {
    on_virtual_time(async {
        for stage in [CancelStage::Drain, CancelStage::Stop] {
            let world = World::new(rack(2, 2, ""), "v1.29.6", faults(&[FAULT]));
            let quit = Command::Cancel { stage, reason: "quit".into() };
            let left = attended(&world).command(others_are_done(), quit).go().await;
            left.assert_exit(5);
            assert!(!world.secrets.lock().unwrap().is_empty());
            world.assert_no_secrets();
            for node in world.nodes() {
                assert_eq!(left.story.ended(node.as_str(), "clean-up").outcome, StepOutcome::Succeeded);
            }
            attended(&world).resume(&left.run).go().await.assert_exit(0);
            world.assert_healthy().await;
        }
    });
}

#[test]
fn quitting_in_the_middle_leaves_no_secrets_either() {
    on_virtual_time(async {
        let world = World::new(rack(2, 2, ""), "v1.29.6", faults(&[FAULT]));
        let quit = Command::Cancel { stage: CancelStage::Stop, reason: "quit".into() };
        let joins = |event: &Envelope| matches!(&event.kind, EventKind::StepStarted { node, phase, .. } if node.as_str() == "c2" && phase.leaf() == "etcd");
        let left = attended(&world).leaves().command(joins, quit).go().await;
        left.assert_exit(5);
        assert!(!world.secrets.lock().unwrap().is_empty());
        world.assert_no_secrets();
    });
}

#[test]
fn a_failed_step_that_is_skipped_or_tried_again_lets_the_run_end_well() {
    on_virtual_time(async {
        let step = StepId::new(name("w1"), "join/preflight");
        for word in [
            Command::Skip { step: step.clone(), reason: "looked at by hand".into() },
            Command::Retry { step: step.clone(), undo: false },
        ] {
            let world = World::new(rack(2, 2, ""), "v1.29.6", faults(&[FAULT]));
            attended(&world).command(fails, word).go().await.assert_exit(0);
            world.assert_healthy().await;
        }
    });
}

/// The order to stop does not get through a cut link, and kubeadm goes on meanwhile: another try finds its work done, and
/// does not run a second kubeadm into the node that the first one has made.
#[test]
fn a_step_that_could_not_be_stopped_over_a_cut_link_is_not_done_twice() {
    on_virtual_time(async {
        let cut = "{ node: w1, phase: join/kubelet-start, kind: cut-link, after: 500ms, for: 5m }";
        let world = World::new(rack(2, 2, ""), "v1.20.2", faults(&[cut]));
        let join = StepId::new(name("w1"), "join/kubelet-start");
        let lost = |event: &Envelope| matches!(&event.kind, EventKind::LinkLost { .. });
        let stopped = |event: &Envelope| {
            matches!(&event.kind, EventKind::StepFinished { outcome: StepOutcome::Cancelled, .. })
        };
        let run = attended(&world)
            .command(lost, Command::Stop(join.clone()))
            .command(stopped, Command::Retry { step: join, undo: false })
            .go()
            .await;
        run.assert_exit(0);
        let ended = run.story.ended("w1", "join/kubelet-start");
        assert_eq!(ended.outcome, StepOutcome::Succeeded);
        assert_eq!(ended.reason, "an earlier try had done its work");
        world.assert_healthy().await;
    });
}
