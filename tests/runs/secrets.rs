//! The run's secrets are nowhere but where kubeadm needs them, for as long as it does.

use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex};

use kubestep::event::{Envelope, EventKind};
use kubestep::secret::Secret;
use tracing_subscriber::fmt::MakeWriter;

use super::console::{Console, Left};
use super::world::{World, faults, on_virtual_time, rack, scenario};

const PASSWORD: &str = "correct horse battery staple";

/// What our own diagnostics say, at the highest verbosity.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Everything that anybody might see of a run, by name.
fn traces(world: &World, left: &Left, log: &Log) -> Vec<(&'static str, String)> {
    let commands: Vec<String> = world.rack.calls().iter().map(|call| call.args.join(" ")).collect();
    vec![
        ("journal", String::from_utf8_lossy(&left.journal).into_owned()),
        ("text", left.text.clone()),
        ("verbose text", left.verbose.clone()),
        ("json", left.json.clone()),
        ("github", left.github.clone()),
        ("github's summary", left.summary.clone()),
        ("junit", left.junit.clone()),
        ("command lines", commands.join("\n")),
        ("log", String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned()),
        ("debug output of the end", format!("{:?}", left.state)),
    ]
}

/// Whole secrets, and what would be enough to guess them from.
fn pieces(secrets: &BTreeSet<String>) -> Vec<String> {
    let mut pieces = vec![PASSWORD.to_owned()];
    for secret in secrets {
        pieces.push(secret.clone());
        // A token's first part is its public name.
        let hidden = secret.split_once('.').map_or(secret.as_str(), |(_, hidden)| hidden);
        let (first, second) = hidden.split_at(hidden.len() / 2);
        pieces.extend([hidden, first, second].map(str::to_owned));
    }
    pieces
}

async fn assert_silent(world: &World, console: Console<'_>) -> Left {
    let log = Log::default();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let mut console = console;
    console.redactor.learn(&Secret::new(PASSWORD));
    console.kubeconfig = true;
    let left = console.go().await;
    let secrets = world.secrets.lock().unwrap().clone();
    assert!(
        secrets.iter().any(|secret| secret.len() == 23) && secrets.iter().any(|secret| secret.len() == 64),
        "{secrets:?}"
    );
    for (place, text) in traces(world, &left, &log) {
        let at_the_end = ["github's summary", "log", "junit"].contains(&place);
        assert!(at_the_end || !text.is_empty(), "{place}");
        for piece in pieces(&secrets) {
            if let Some(at) = text.find(&piece) {
                let line = text[..at].rfind('\n').map_or(0, |at| at + 1);
                panic!("{piece} stands in the {place}: {}", text[line..].lines().next().unwrap());
            }
        }
        assert!(!text.contains("PRIVATE KEY"), "{place}");
        for (at, name) in text.match_indices("client-key-data:") {
            assert!(text[at + name.len()..].starts_with(" [secret]"), "{place}");
        }
    }
    left
}

#[test]
fn a_good_run_says_nothing_of_its_secrets() {
    on_virtual_time(async {
        for version in ["v1.20.2", "v1.29.6", "v1.34.3"] {
            for leaves in [false, true] {
                let world = World::new(rack(3, 2, ""), version, faults(&[]));
                let console = if leaves { world.console().leaves() } else { world.console() };
                assert_silent(&world, console).await.assert_exit(0);
                world.assert_no_secrets();
            }
        }
    });
}

#[test]
fn nodes_that_print_secrets_are_not_repeated() {
    on_virtual_time(async {
        let printed = format!("error execution phase preflight: sudo said {PASSWORD}");
        let fault =
            format!("{{ node: w1, phase: join/preflight, kind: fail, attempts: [], output: '{printed}' }}");
        let asked = format!(
            "{{ node: c1, request: kubectl, kind: fail, attempts: [], output: 'token: {PASSWORD}' }}"
        );
        let shell = format!("nodes: {{ '*': {{ shell: 'password {PASSWORD} for root' }} }}\n");
        let more = "  hooks:\n    - { at: before-node, run: cat /etc/shadow }\n";
        let mut inventory = rack(1, 1, more);
        inventory.hosts[0].labels.insert("disk".to_owned(), "ssd".to_owned());
        let world = World::new(inventory, "v1.29.6", scenario(&shell, &[&fault, &asked]));
        let left = assert_silent(&world, world.console()).await;
        left.assert_exit(1);
        assert!(left.verbose.contains("password [secret] for root"), "{}", left.verbose);
        assert!(left.story.ended("w1", "join/preflight").reason.contains("sudo said [secret]"));
        world.assert_no_secrets();
    });
}

#[test]
fn secrets_of_a_console_lost_at_the_very_end_go_with_any_later_run() {
    on_virtual_time(async {
        let world = World::new(rack(2, 1, ""), "v1.29.6", faults(&[]));
        let verified = |event: &Envelope| matches!(&event.kind, EventKind::StepStarted { node, phase, .. } if node.as_str() == "c2" && phase.as_str() == "clean-up");
        let killed = world.console().killed(verified).go().await;
        assert!(killed.ending.is_none());
        let secrets = world.secrets.lock().unwrap().clone();
        assert!(secrets.iter().any(|secret| !world.rack.files_with(secret).is_empty()));
        let calls = world.rack.calls();
        world.console().go().await.assert_exit(0);
        assert_eq!(world.rack.calls(), calls, "there was nothing else to do");
        world.assert_no_secrets();
    });
}

#[test]
fn logs_of_a_killed_console_go_with_a_fresh_run() {
    on_virtual_time(async {
        let world = World::new(rack(2, 1, ""), "v1.29.6", faults(&[]));
        let joining = |event: &Envelope| matches!(&event.kind, EventKind::StepStarted { node, phase, .. } if node.as_str() == "w1" && phase.is_within("join"));
        let killed = world.console().killed(joining).go().await;
        assert!(killed.ending.is_none());
        let first = world.rack.kept_runs();
        assert!(first.len() > 5, "{first:?}");
        world.pass(300).await;
        let fresh = world.console().go().await;
        fresh.assert_exit(0);
        assert_ne!(fresh.run, killed.run);
        world.assert_healthy().await;
    });
}

#[test]
fn secrets_go_after_failures_cancels_and_lost_consoles_as_well() {
    on_virtual_time(async {
        let world = World::new(rack(3, 2, ""), "v1.29.6", faults(&[]));
        let killed = assert_silent(&world, world.console().killed(|event| event.seq >= 120)).await;
        assert!(killed.ending.is_none());
        let first = world.secrets.lock().unwrap().clone();
        assert!(
            first.iter().any(|secret| !world.rack.files_with(secret).is_empty()),
            "a killed console can't tidy up"
        );
        let left = assert_silent(&world, world.console().resume(&killed.run)).await;
        left.assert_exit(0);
        assert_eq!(*world.secrets.lock().unwrap(), first, "the same secrets were taken up again");
        world.assert_healthy().await;
    });
}
