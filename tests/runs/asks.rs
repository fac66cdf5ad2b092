//! Questions of a console beside the run.

use kubestep::event::{Envelope, EventKind};
use kubestep::runner::Answer;

use super::world::{World, faults, on_virtual_time, rack};

fn ended(event: &Envelope, on: &str, what: &str) -> bool {
    matches!(&event.kind, EventKind::StepFinished { node, phase, .. } if node.as_str() == on && phase.as_str() == what)
}

#[test]
fn a_console_looks_closer_while_the_run_goes_on() {
    on_virtual_time(async {
        let world = World::new(rack(1, 1, ""), "v1.29.6", faults(&[]));
        let at = |event: &Envelope| ended(event, "w1", "join/preflight");
        let left = world
            .console()
            .ask(at, "c1", "crictl ps -a")
            .ask(at, "c1", "kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes -o wide")
            .ask(at, "c1", "crictl ps -a; touch /tmp/x")
            .ask(at, "c1", "cat /etc/kubernetes/admin.conf")
            .go()
            .await;
        left.assert_exit(0);
        world.assert_healthy().await;
        // The console of these tests asks in the opposite order of what falls due at the same time.
        let mut answers = left.answers.iter().rev();
        let mut next = || answers.next().unwrap();
        let Answer::Output { rc: 0, lines, cut: false } = next() else { panic!("{:?}", left.answers) };
        assert!(lines.iter().any(|line| line.contains("kube-apiserver")), "{lines:?}");
        let Answer::Output { .. } = next() else { panic!("{:?}", left.answers) };
        for _ in 0..2 {
            assert!(matches!(next(), Answer::Refused(_)), "{:?}", left.answers);
        }
    });
}

#[test]
fn a_node_that_does_not_answer_holds_nobody_up() {
    on_virtual_time(async {
        let fault = "{ node: w1, request: inspect, kind: hang, attempts: [] }";
        let world = World::new(rack(1, 1, ""), "v1.29.6", faults(&[fault]));
        let left = world.console().ask(|event| ended(event, "w1", "probe"), "w1", "ss -ltnp").go().await;
        left.assert_exit(0);
        assert!(matches!(&left.answers[0], Answer::Refused(why) if why.contains("10")), "{:?}", left.answers);
    });
}

#[test]
fn the_configuration_is_told_as_it_was_written_without_its_secrets() {
    on_virtual_time(async {
        let world = World::new(rack(1, 1, ""), "v1.29.6", faults(&[]));
        let left = world
            .console()
            .ask_config(|event| ended(event, "c1", "config"), "w1")
            .ask_config(|event| ended(event, "w1", "join/preflight"), "w1")
            .go()
            .await;
        left.assert_exit(0);
        let [Answer::Config(early), Answer::Config(late)] = &left.answers[..] else {
            panic!("{:?}", left.answers)
        };
        assert!(early.written.is_empty() && early.now.contains("known after init/certs/ca"), "{early:?}");
        assert_eq!(late.written, std::slice::from_ref(&late.now));
        assert!(late.now.contains("caCertHashes") && !late.now.contains("known after"), "{late:?}");
        let secrets = world.secrets.lock().unwrap();
        assert!(!secrets.is_empty() && secrets.iter().all(|secret| !late.now.contains(secret.as_str())));
    });
}
