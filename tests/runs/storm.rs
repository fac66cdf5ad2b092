//! Several things go wrong in one run, and consoles die: what is drawn from a seed can be drawn again.

use std::fmt::Write as _;

use kubestep::event::EventKind;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::world::{World, faults, on_virtual_time, rack};

const VERSIONS: [&str; 4] = ["v1.20.2", "v1.29.6", "v1.33.0", "v1.36.2"];

#[derive(Debug, Clone)]
struct Storm {
    version: &'static str,
    faults: Vec<String>,
    /// Each console but the last dies after so many of its events.
    lives: Vec<u64>,
    pauses: Vec<u64>,
}

fn trouble() -> impl Strategy<Value = String> {
    let place = prop_oneof![
        (
            Just("c1"),
            prop::sample::select(vec![
                "init/preflight",
                "init/certs",
                "init/kubeconfig",
                "init/kubelet-start",
                "init/control-plane",
                "init/upload-config",
                "init/upload-certs",
                "init/bootstrap-token",
                "init/addon"
            ])
        ),
        (
            prop::sample::select(vec!["c2", "c3"]),
            prop::sample::select(vec![
                "join/preflight",
                "join/control-plane-prepare",
                "join/kubelet-start",
                "join/control-plane-join",
                "join/etcd-join"
            ])
        ),
        (Just("w1"), prop::sample::select(vec!["join/preflight", "join/kubelet-start"])),
    ];
    let kind = prop_oneof![
        (1_u64..60).prop_map(|long| format!("kind: cut-link, for: {long}s")),
        (5_u64..90).prop_map(|long| format!("kind: power-off, for: {long}s")),
        Just("kind: kill".to_owned()),
        Just("kind: hang".to_owned()),
        Just(
            "kind: fail, output: 'error execution phase something: read: connection reset by peer'"
                .to_owned()
        ),
        (2_u64..8).prop_map(|factor| format!("kind: slow, factor: {factor}")),
    ];
    (place, kind, 0_u64..6_000).prop_map(|((node, phase), kind, after)| {
        let after = if kind.contains("slow") { String::new() } else { format!(", after: {after}ms") };
        format!("{{ node: {node}, phase: {phase}, {kind}{after} }}")
    })
}

fn storm() -> impl Strategy<Value = Storm> {
    (
        prop::sample::select(VERSIONS.to_vec()),
        prop::collection::vec(trouble(), 1..4),
        prop::collection::vec(5_u64..250, 0..3),
        prop::collection::vec(0_u64..120, 8),
    )
        .prop_map(|(version, faults, lives, pauses)| Storm { version, faults, lives, pauses })
}

/// Consoles one after the other until one is content; the cluster must be there then.
async fn weather(storm: &Storm) -> Result<(), TestCaseError> {
    let list: Vec<&str> = storm.faults.iter().map(String::as_str).collect();
    let world = World::new(rack(3, 1, ""), storm.version, faults(&list));
    let mut lives = storm.lives.iter().copied();
    let mut said = String::new();
    let mut run = None;
    let mut code = None;
    for pause in &storm.pauses {
        let console = match &run {
            Some(run) => world.console().resume(run),
            None => world.console(),
        };
        let console = match lives.next() {
            Some(life) => {
                let mut left = life;
                console.killed(move |_| {
                    left = left.saturating_sub(1);
                    left == 0
                })
            }
            None => console,
        };
        let left = console.go().await;
        writeln!(said, "--- console, exit {:?}\n{}", left.ending, left.text).unwrap();
        run = Some(left.run.clone());
        code = left.ending.map(|ending| ending.exit_code);
        if code == Some(0) {
            break;
        }
        world.pass(*pause).await;
    }
    prop_assert_eq!(code, Some(0), "{:?} never came to a good end:\n{}", storm, said);
    // The last of the trouble may come when the last console is gone already.
    world.pass(200).await;
    world.assert_healthy().await;
    let again = world.console().go().await;
    prop_assert_eq!(again.ending.unwrap().exit_code, 0, "{}", again.text);
    let kubeadms = again
        .story
        .0
        .iter()
        .filter(|event| matches!(&event.kind, EventKind::StepStarted { command: Some(_), .. }))
        .count();
    prop_assert_eq!(kubeadms, 0, "nothing is left to do");
    Ok(())
}

#[test]
fn storms_are_weathered() {
    let cases: u32 = std::env::var("KUBESTEP_STORMS").ok().and_then(|text| text.parse().ok()).unwrap_or(24);
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 60, ..Config::default() };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let result = runner.run(&storm(), |storm| on_virtual_time(weather(&storm)));
    if let Err(error) = result {
        panic!("{error}");
    }
}
