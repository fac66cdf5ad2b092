//! What the simulated kubeadm prints, held against what kubeadm is known to print.

use kubestep::sim::Scenario;
use kubestep::transport::Ended;

use super::driver::{CONFIG, Cluster, name};

fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

/// Output without what differs from run to run.
fn settled(text: &str) -> String {
    text.replace("0f".repeat(32).as_str(), "[key]").replace("abcdef.0123456789abcdef", "[token]")
}

#[tokio::test(start_paused = true)]
async fn a_whole_init_of_1_29_reads_like_kubeadms() {
    let cluster = Cluster::goldentooth("v1.29.6", Scenario::uneventful());
    cluster.put_config(cluster.first(), None, &[]).await;
    let line = words(&format!("init --config {CONFIG} --upload-certs"));
    let (ended, output) = cluster.kubeadm(cluster.first(), &line, 1).await;
    assert_eq!(ended, Ended::Exited(0), "{output}");
    let hash = cluster.ca_hash().await;
    insta::with_settings!({ filters => vec![(r"after \d+\.\d+ seconds", "after [seconds] seconds")] }, {
        insta::assert_snapshot!(settled(&output).replace(&hash, "sha256:[hash]"));
    });
}

#[tokio::test(start_paused = true)]
async fn a_control_planes_join_of_1_31_reads_like_kubeadms() {
    let cluster = Cluster::goldentooth("v1.31.4", Scenario::uneventful());
    cluster.bring_up_first().await;
    let node = name("fenn");
    cluster.put_config(&node, Some(&cluster.ca_hash().await), &[]).await;
    let (ended, output) = cluster.kubeadm(&node, &words(&format!("join --config {CONFIG}")), 1).await;
    assert_eq!(ended, Ended::Exited(0), "{output}");
    let filters = vec![
        (r"healthy after \S+", "healthy after [time]"),
        (r#""ts":"[^"]+""#, r#""ts":"[time]""#),
        (r"(?m)(^\{.*\n)+", "[etcd client's log]\n"),
    ];
    insta::with_settings!({ filters => filters }, { insta::assert_snapshot!(settled(&output)); });
}

#[tokio::test(start_paused = true)]
async fn false_successes_are_as_in_life() {
    let cluster = Cluster::goldentooth("v1.29.6", Scenario::uneventful());
    let node = cluster.first();
    cluster.put_config(node, None, &[]).await;
    for line in
        ["init phase wait-control-plane", "init phase nosuch", "init phase certs", "join phase check-etcd"]
    {
        let (ended, output) = cluster.kubeadm(node, &words(line), 1).await;
        assert_eq!(ended, Ended::Exited(0), "{line}");
        assert!(output.contains("Available Commands:"), "{line}: {output}");
    }
    let (ended, output) =
        cluster.kubeadm(node, &words(&format!("init phase upload-certs --config {CONFIG}")), 1).await;
    assert_eq!(ended, Ended::Exited(0));
    assert_eq!(output, "[upload-certs] Skipping phase. Please see --upload-certs\n");
    let (ended, output) =
        cluster.kubeadm(node, &words(&format!("init phase kubelet-finalize all --config {CONFIG}")), 1).await;
    assert_eq!((ended, output.as_str()), (Ended::Exited(0), ""));
}

#[tokio::test(start_paused = true)]
async fn mistakes_on_the_command_line_are_answered_as_kubeadm_does() {
    let cluster = Cluster::goldentooth("v1.29.6", Scenario::uneventful());
    let node = cluster.first();
    cluster.put_config(node, None, &[]).await;
    for (line, status, first) in [
        ("init --bogus", 1, "unknown flag: --bogus"),
        ("init phase certs nosuch", 1, "unknown command \"nosuch\" for \"kubeadm init phase certs\""),
        ("init --skip-phases=nosuch", 1, "invalid phase name: nosuch"),
        (
            "init --config /nowhere",
            1,
            "unable to read config from \"/nowhere\" : open /nowhere: no such file or directory",
        ),
        (
            "init --config /run/kubestep/kubeadm.yaml --token x",
            1,
            "can not mix '--config' with arguments [token]",
        ),
        (
            "init phase mark-control-plane --config /run/kubestep/kubeadm.yaml",
            1,
            "error execution phase mark-control-plane: failed to load admin kubeconfig: open /etc/kubernetes/admin.conf: no such file or directory",
        ),
        (
            "init phase certs apiserver --config /run/kubestep/kubeadm.yaml",
            1,
            "error execution phase certs/apiserver: couldn't load CA certificate ca: couldn't load ca certificate authority from /etc/kubernetes/pki",
        ),
        (
            "init phase show-join-command",
            1,
            "error execution phase show-join-command: unresolved dependencies: missing [bootstrap-token upload-certs] phase(s) needed by \"show-join-command\" phase",
        ),
        (
            "init --pod-network-cidr=nonsense",
            3,
            "podSubnet: Invalid value: \"nonsense\": couldn't parse subnet",
        ),
    ] {
        let (ended, output) = cluster.kubeadm(node, &words(line), 1).await;
        assert_eq!(ended, Ended::Exited(status), "{line}: {output}");
        assert_eq!(output.lines().next(), Some(first), "{line}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_configuration_file_must_suit_the_release() {
    let newer = Cluster::goldentooth("v1.31.4", Scenario::uneventful());
    newer.put_config(newer.first(), None, &[]).await;
    let text = newer.read(newer.first(), CONFIG).await.unwrap();
    let older = Cluster::goldentooth("v1.29.6", Scenario::uneventful());
    let content = kubestep::secret::Secret::new(text);
    older
        .ask(older.first(), kubestep::transport::Request::Put { path: CONFIG.into(), mode: 0o600, content })
        .await;
    let (ended, output) = older.attempt(older.first(), "init/certs/ca", 1).await;
    assert_eq!(ended, Ended::Exited(1));
    assert!(output.contains("strict.go:47] unknown configuration schema.GroupVersionKind"), "{output}");
    assert!(
        output.contains(
            "no kind \"ClusterConfiguration\" is registered for version \"kubeadm.k8s.io/v1beta4\""
        ),
        "{output}"
    );
}

#[tokio::test(start_paused = true)]
async fn output_comes_over_time() {
    let cluster = Cluster::goldentooth("v1.29.6", Scenario::uneventful());
    let node = cluster.first();
    cluster.put_config(node, None, &[]).await;
    let begun = cluster.clock.elapsed();
    let (sender, mut receiver) = tokio::sync::mpsc::channel(4);
    let request = kubestep::transport::Request::Kubeadm {
        args: words(&format!("init phase preflight --config {CONFIG}")),
    };
    let key = kubestep::transport::RunKey::new("preflight");
    let mut arrivals = Vec::new();
    let follow = async {
        cluster.rack.run(node, &key, &request, kubestep::transport::Start::Run, &sender).await.unwrap();
        drop(sender);
    };
    let collect = async {
        while receiver.recv().await.is_some() {
            arrivals.push((cluster.clock.elapsed().saturating_sub(begun)).as_millis());
        }
    };
    tokio::join!(follow, collect);
    assert!(arrivals.len() >= 2, "{arrivals:?}");
    assert!(arrivals[0] < 500 && *arrivals.last().unwrap() > 1_000, "{arrivals:?}");
    let took = cluster.clock.elapsed().saturating_sub(begun).as_secs();
    assert!((9..25).contains(&took), "a preflight with pulls of {took} s");
}

#[tokio::test(start_paused = true)]
async fn the_same_seed_prints_the_same_at_the_same_time() {
    let run = |seed| async move {
        let cluster = Cluster::seeded("v1.29.6", Scenario::uneventful(), seed);
        cluster.put_config(cluster.first(), None, &[]).await;
        let line = words(&format!("init --config {CONFIG} --skip-phases=show-join-command --upload-certs"));
        let (_, output) = cluster.kubeadm(cluster.first(), &line, 1).await;
        (output, cluster.clock.elapsed())
    };
    let (once, again, other) = (run(1).await, run(1).await, run(2).await);
    assert_eq!(once, again);
    assert_ne!(once.1, other.1);
}
