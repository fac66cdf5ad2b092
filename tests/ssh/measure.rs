//! What a remote run costs beyond the bare command: `cargo test --test ssh_loopback -- --ignored --nocapture measure`.

use std::time::{Duration, Instant};

use kubestep::transport::Start;

use super::node::{Node, name};
use super::runs::{ask, run, shell};

const ROUNDS: u32 = 60;

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

#[tokio::test]
#[ignore = "a measurement, not a test"]
async fn measure_the_cost_of_a_phase() {
    let Some(node) = Node::start("") else { return };
    let console = node.fleet();
    console.fleet.connect(&name()).await.unwrap();
    let bare = openssh::SessionBuilder::default()
        .keyfile(node.at("key"))
        .port(node.port)
        .user_known_hosts_file(node.at("known_hosts"))
        .known_hosts_check(openssh::KnownHosts::Strict)
        .control_directory("/tmp")
        .connect_mux("127.0.0.1")
        .await
        .unwrap();
    let (mut commands, mut questions, mut runs) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let begun = Instant::now();
        let output = bare.raw_command("true").stdin(openssh::Stdio::null()).output().await.unwrap();
        commands.push(begun.elapsed());
        assert!(output.status.success());
        let begun = Instant::now();
        ask(&console.fleet, &shell("true")).await.unwrap();
        questions.push(begun.elapsed());
        let begun = Instant::now();
        run(&console.fleet, &format!("k{round}"), &shell("true"), Start::Run).await.0.unwrap();
        runs.push(begun.elapsed());
    }
    let (command, question, phase) = (median(commands), median(questions), median(runs));
    println!("bare command over an open connection: {command:?}");
    println!("short request: {question:?}, {:?} more", question.saturating_sub(command));
    println!("remote run: {phase:?}, {:?} more", phase.saturating_sub(command));
    bare.close().await.unwrap();
    console.fleet.close().await;
}
