//! What our way costs beyond the bare one. Measurements, both ways in one run, that no test run waits for:
//! `just measure`.

use std::time::{Duration, Instant};

use kubestep::ids::NodeName;
use kubestep::secret::Redactor;
use kubestep::transport::ssh::{Fleet, SshOptions};
use kubestep::transport::{RunKey, Start};
use openssh::Session;
use tokio::sync::mpsc;

use super::far::far;
use super::node::{Console, Node, name};
use super::runs::{ask, run, shell};

const ROUNDS: u32 = 60;
const PHASES: usize = 12;

/// What a phase may cost beyond the bare command and one round trip: design.md's number.
const ALLOWANCE: Duration = Duration::from_millis(20);

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Median and least, in milliseconds.
fn figures(times: &mut [Duration]) -> String {
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    format!("median {:6.1} ms, least {:6.1} ms", ms(median(times)), ms(times[0]))
}

/// The openssh crate as it comes.
async fn bare(node: &Node, port: u16) -> Session {
    openssh::SessionBuilder::default()
        .keyfile(node.at("key"))
        .port(port)
        .user_known_hosts_file(node.at("known_hosts"))
        .known_hosts_check(openssh::KnownHosts::Strict)
        .control_directory("/tmp")
        .connect_mux("127.0.0.1")
        .await
        .unwrap()
}

async fn command(session: &Session) {
    let output = session.raw_command("true").stdin(openssh::Stdio::null()).output().await.unwrap();
    assert!(output.status.success());
}

/// Over loopback as it is, and over links with a way to go.
#[tokio::test]
#[ignore = "a measurement, not a test"]
async fn measure_a_phase() {
    for round_trip in [0, 20, 50].map(Duration::from_millis) {
        let Some(node) = Node::start("") else { return };
        measure_a_phase_over(&node, round_trip).await;
    }
}

/// As many files as a control plane has: they are listed before and after each run.
fn furnish(node: &Node) {
    for (folder, count) in
        [("etc/kubernetes/pki/etcd", 30), ("etc/kubernetes/manifests", 4), ("var/lib/kubelet/pki", 4)]
    {
        let folder = node.at("root").join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        for number in 0..count {
            std::fs::write(folder.join(format!("{number}.crt")), "a line of a certificate\n".repeat(70))
                .unwrap();
        }
    }
}

async fn measure_a_phase_over(node: &Node, round_trip: Duration) {
    let port = if round_trip.is_zero() { node.port } else { far(node.port, round_trip / 2) };
    node.know(port);
    furnish(node);
    let mut target = node.target();
    target.ssh.port = Some(port);
    let console = Console::new(target, node.options());
    console.fleet.connect(&name()).await.unwrap();
    let bare = bare(node, port).await;
    let (mut commands, mut questions, mut runs) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let begun = Instant::now();
        command(&bare).await;
        commands.push(begun.elapsed());
        let begun = Instant::now();
        ask(&console.fleet, &shell("true")).await.unwrap();
        questions.push(begun.elapsed());
        let begun = Instant::now();
        run(&console.fleet, &format!("k{round}"), &shell("true"), Start::Run).await.0.unwrap();
        runs.push(begun.elapsed());
    }
    println!("a round trip of {round_trip:?}");
    println!("  bare command over an open connection  {}", figures(&mut commands));
    println!("  short request                         {}", figures(&mut questions));
    println!("  remote run                            {}", figures(&mut runs));
    let more = median(&mut runs).saturating_sub(median(&mut commands));
    println!("  a remote run costs {more:.1?} more; {:.1?} are allowed", round_trip + ALLOWANCE);
    assert!(more <= round_trip + ALLOWANCE, "more than one round trip and {ALLOWANCE:?}");
    bare.close().await.unwrap();
    console.fleet.close().await;
}

#[tokio::test]
#[ignore = "a measurement, not a test"]
async fn measure_a_flood() {
    let Some(node) = Node::start("") else { return };
    let console = node.fleet();
    console.fleet.connect(&name()).await.unwrap();
    let bare = bare(&node, node.port).await;
    let flood = node.at("flood").display().to_string();
    let line =
        "I1122 09:51:03.000000 1 flood.go:42] a line as kubeadm prints them, of some hundred bytes in all\n";
    std::fs::write(&flood, line.repeat(1_000_000)).unwrap();
    let size = std::fs::metadata(&flood).unwrap().len();
    for round in 0..3 {
        let begun = Instant::now();
        let output =
            bare.raw_command(format!("cat {flood}")).stdin(openssh::Stdio::null()).output().await.unwrap();
        assert_eq!(output.stdout.len() as u64, size);
        let plain = begun.elapsed();
        let (send, mut receive) = mpsc::channel(16);
        let (bettley, key, request) =
            (name(), RunKey::new(&format!("k{round}")), shell(&format!("cat {flood}")));
        let begun = Instant::now();
        let following = async {
            let ended = console.fleet.run(&bettley, &key, &request, Start::Run, &send).await;
            drop(send);
            ended.unwrap()
        };
        let counting = async {
            let mut count = 0;
            while let Some(bytes) = receive.recv().await {
                count += bytes.len() as u64;
            }
            count
        };
        assert_eq!(tokio::join!(following, counting).1, size);
        #[expect(clippy::cast_precision_loss, reason = "megabytes")]
        let rate = |time: Duration| size as f64 / 1e6 / time.as_secs_f64();
        println!(
            "1,000,000 lines: bare {:4.0} MB/s, remote run {:4.0} MB/s",
            rate(plain),
            rate(begun.elapsed())
        );
    }
    bare.close().await.unwrap();
    console.fleet.close().await;
}

/// `KUBESTEP_MEASURE_NODES` connections, 20 by default; each connects and runs twelve phases that do nothing.
#[tokio::test]
#[ignore = "a measurement, not a test"]
async fn measure_fan_out() {
    let count =
        std::env::var("KUBESTEP_MEASURE_NODES").ok().and_then(|text| text.parse().ok()).unwrap_or(20_usize);
    let Some(node) = Node::start("MaxStartups 500") else { return };
    let node = std::rc::Rc::new(node);
    let tasks = tokio::task::LocalSet::new();
    let begun = Instant::now();
    let gate = std::rc::Rc::new(tokio::sync::Semaphore::new(8));
    for _ in 0..count {
        let (node, gate) = (std::rc::Rc::clone(&node), std::rc::Rc::clone(&gate));
        tasks.spawn_local(async move {
            let turn = gate.acquire().await.unwrap();
            let session = bare(&node, node.port).await;
            drop(turn);
            for _ in 0..PHASES {
                command(&session).await;
            }
            session.close().await.unwrap();
        });
    }
    tasks.await;
    let plain = begun.elapsed();
    let names: Vec<_> = (0..count).map(|i| NodeName::new(format!("n{i}")).unwrap()).collect();
    let targets = names.iter().map(|name| {
        let mut target = node.target();
        target.name = name.clone();
        target
    });
    let options: SshOptions = node.options();
    let fleet = Fleet::new(targets.collect(), options, Redactor::default(), mpsc::channel(1000).0).unwrap();
    let fleet = std::rc::Rc::new(fleet);
    let tasks = tokio::task::LocalSet::new();
    let begun = Instant::now();
    for name in names {
        let fleet = std::rc::Rc::clone(&fleet);
        tasks.spawn_local(async move {
            fleet.connect(&name).await.unwrap();
            let (send, _receive) = mpsc::channel(16);
            for phase in 0..PHASES {
                let key = RunKey::new(&format!("{name}-{phase}"));
                fleet.run(&name, &key, &shell("true"), Start::Run, &send).await.unwrap();
            }
        });
    }
    tasks.await;
    fleet.close().await;
    println!("{PHASES} phases on {count} connections: bare {plain:.2?}, remote runs {:.2?}", begun.elapsed());
}
