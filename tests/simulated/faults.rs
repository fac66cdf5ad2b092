//! Scenarios: what goes wrong on the way, on the link and with the power.

use std::time::Duration;

use kubestep::ids::PhaseId;
use kubestep::sim::Scenario;
use kubestep::survey::awaited::Awaited;
use kubestep::transport::error::Fault;
use kubestep::transport::ssh::LinkEvent;
use kubestep::transport::{Ended, Request, RunKey, Start};
use tokio::sync::mpsc;

use super::driver::{Cluster, LIMIT, name};

fn scenario(rest: &str) -> Scenario {
    Scenario::parse("test", &format!("name: test\nabout: a test\n{rest}")).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_phase_fails_as_told_and_then_works() {
    let text = "faults:\n- { node: bettley, phase: init/certs/ca, kind: fail, rc: 1, output: 'error execution phase certs/ca: disk full' }\n";
    let cluster = Cluster::goldentooth("v1.29.6", scenario(text));
    cluster.put_config(cluster.first(), None, &[]).await;
    let (ended, output) = cluster.attempt(cluster.first(), "init/certs/ca", 1).await;
    assert_eq!((ended, output.as_str()), (Ended::Exited(1), "error execution phase certs/ca: disk full\n"));
    assert_eq!(cluster.read(cluster.first(), "/etc/kubernetes/pki/ca.crt").await, None, "nothing was done");
    assert_eq!(cluster.attempt(cluster.first(), "init/certs/ca", 2).await.0, Ended::Exited(0));
}

#[tokio::test(start_paused = true)]
async fn a_false_success_does_nothing() {
    let cluster = Cluster::goldentooth(
        "v1.29.6",
        scenario("faults: [{ node: '*', phase: init/certs/ca, kind: false-success }]\n"),
    );
    cluster.put_config(cluster.first(), None, &[]).await;
    assert_eq!(cluster.attempt(cluster.first(), "init/certs/ca", 1).await, (Ended::Exited(0), String::new()));
    assert_eq!(cluster.read(cluster.first(), "/etc/kubernetes/pki/ca.crt").await, None);
}

#[tokio::test(start_paused = true)]
async fn what_hangs_is_killed_and_never_starts_again_under_its_key() {
    let cluster = Cluster::goldentooth(
        "v1.29.6",
        scenario("faults: [{ node: bettley, phase: init/certs/ca, kind: hang }]\n"),
    );
    let node = cluster.first();
    cluster.put_config(node, None, &[]).await;
    let (key, line) = (RunKey::new("one"), cluster.line(&PhaseId::new("init/certs/ca")));
    let killed = async {
        cluster.clock.sleep(Duration::from_secs(60)).await;
        cluster.rack.kill(node, &key, Duration::from_secs(5)).await.unwrap()
    };
    let (killed, (ended, _)) = tokio::join!(killed, cluster.run(node, &key, &line, Start::Run));
    assert_eq!((killed, ended), (Ended::Exited(143), Ended::Exited(143)));
    assert_eq!(cluster.run(node, &key, &line, Start::Run).await.0, Ended::Exited(143), "the key is used up");
    assert_eq!(cluster.attempt(node, "init/certs/ca", 2).await.0, Ended::Exited(0));
    // a key that is killed before it starts never does
    let early = RunKey::new("early");
    cluster.rack.kill(node, &early, Duration::ZERO).await.unwrap();
    assert_eq!(cluster.run(node, &early, &line, Start::Run).await.0, Ended::Exited(137), "without grace");
}

#[tokio::test(start_paused = true)]
async fn work_goes_on_without_a_follower_and_is_followed_from_its_start() {
    let cluster = Cluster::goldentooth("v1.29.6", Scenario::uneventful());
    let node = cluster.first();
    cluster.put_config(node, None, &[]).await;
    let (key, line) = (RunKey::new("preflight"), cluster.line(&PhaseId::new("init/preflight")));
    let left = tokio::time::timeout(Duration::from_secs(2), cluster.run(node, &key, &line, Start::Run)).await;
    assert!(left.is_err(), "the follower left early");
    cluster.clock.sleep(Duration::from_secs(60)).await;
    let begun = cluster.clock.elapsed();
    let (ended, output) = cluster.run(node, &key, &line, Start::Attach).await;
    assert_eq!(ended, Ended::Exited(0));
    assert!(output.starts_with("[preflight] Running pre-flight checks\n"), "{output}");
    assert!(cluster.clock.elapsed().saturating_sub(begun) < Duration::from_secs(1), "it was over long ago");
    let unknown = cluster.run(node, &RunKey::new("never"), &line, Start::Attach).await;
    assert_eq!(unknown, (Ended::Unknown, String::new()));
    cluster.rack.forget(node).await.unwrap();
    assert_eq!(cluster.run(node, &key, &line, Start::Attach).await.0, Ended::Unknown);
}

#[tokio::test(start_paused = true)]
async fn one_kubeadm_at_a_time_on_a_node() {
    let cluster = Cluster::goldentooth("v1.29.6", Scenario::uneventful());
    let node = cluster.first();
    cluster.put_config(node, None, &[]).await;
    let second = async {
        cluster.clock.sleep(Duration::from_millis(300)).await;
        cluster.attempt(node, "init/certs/ca", 1).await
    };
    let (_, (ended, output)) = tokio::join!(cluster.attempt(node, "init/preflight", 1), second);
    assert_eq!(ended, Ended::Exited(0));
    assert!(output.starts_with("[kubestep] another kubeadm"), "{output}");
}

#[tokio::test(start_paused = true)]
async fn a_cut_link_loses_nothing_and_is_reported() {
    let text =
        "faults: [{ node: jast, phase: join/kubelet-start, kind: cut-link, after: 200ms, for: 30s }]\n";
    let cluster = Cluster::goldentooth("v1.29.6", scenario(text));
    let (links, mut events) = mpsc::channel(8);
    cluster.rack.report_links(links);
    cluster.bring_up_first().await;
    let node = name("jast");
    let begun = cluster.clock.elapsed();
    cluster.join_worker(&node, &cluster.ca_hash().await).await;
    assert!(cluster.clock.elapsed().saturating_sub(begun) >= Duration::from_secs(30));
    assert!(matches!(events.recv().await, Some(LinkEvent::Lost { node, .. }) if node.as_str() == "jast"));
    let Some(LinkEvent::Restored { away, .. }) = events.recv().await else { panic!("the link came back") };
    assert!((20..32).contains(&away.as_secs()), "{away:?}");
}

#[tokio::test(start_paused = true)]
async fn requests_over_a_cut_link_time_out() {
    let text = "faults: [{ node: jast, request: read, kind: cut-link, for: 60s }]\n";
    let cluster = Cluster::goldentooth("v1.29.6", scenario(text));
    let node = name("jast");
    cluster.rack.connect(&node).await.unwrap();
    let request = Request::Read { path: "/etc/hostname".into() };
    let error = cluster.rack.ask(&node, &request, Duration::from_secs(5)).await.unwrap_err();
    assert!(matches!(error.fault, Fault::TimedOut { seconds: 5, .. }), "{error}");
    cluster.clock.sleep(Duration::from_secs(70)).await;
    assert_eq!(cluster.rack.ask(&node, &request, LIMIT).await.unwrap().rc, 1);
}

#[tokio::test(start_paused = true)]
async fn a_node_that_loses_power_forgets_its_runs() {
    let cluster = Cluster::goldentooth("v1.29.6", Scenario::named("worker-dies").unwrap());
    cluster.bring_up_first().await;
    let hash = cluster.ca_hash().await;
    let node = name("inchfield");
    let greeting = cluster.rack.connect(&node).await.unwrap();
    cluster.put_config(&node, Some(&hash), &[]).await;
    cluster.phase(&node, "join/preflight").await;
    let line = cluster.line(&PhaseId::new("join/kubelet-start"));
    let (ended, _) = cluster.kubeadm(&node, &line, 1).await;
    assert_eq!(ended, Ended::Unknown);
    let (ended, _) = cluster.kubeadm(&node, &line, 2).await;
    assert_eq!(ended, Ended::Rebooted, "nothing starts on a connection from before");
    let again = cluster.rack.connect(&node).await.unwrap();
    assert_ne!(greeting.boot, again.boot);
    // the run folder was in memory: the configuration is gone, what kubeadm wrote is not
    assert_eq!(cluster.read(&node, super::driver::CONFIG).await, None);
    let reset: Vec<String> = ["reset", "--force"].map(str::to_owned).into();
    assert_eq!(cluster.kubeadm(&node, &reset, 1).await.0, Ended::Exited(0));
    cluster.rack.forget(&node).await.unwrap();
    cluster.kubectl("delete node inchfield --ignore-not-found").await;
    cluster.join_worker(&node, &hash).await;
}

#[tokio::test(start_paused = true)]
async fn nodes_that_let_nobody_in_say_so() {
    let text = "faults: [{ node: jast, kind: unreachable }, { node: dalt, kind: login-refused }]\n";
    let cluster = Cluster::goldentooth("v1.29.6", scenario(text));
    let fault = |node: &'static str| {
        let cluster = &cluster;
        async move { cluster.rack.connect(&name(node)).await.unwrap_err().fault }
    };
    assert!(matches!(fault("jast").await, Fault::Refused { .. }));
    assert!(matches!(fault("dalt").await, Fault::LoginRefused { .. }));
    assert!(matches!(fault("nobody").await, Fault::UnknownHost { .. }));
}

#[tokio::test(start_paused = true)]
async fn swap_keeps_the_kubelet_down_in_its_own_words() {
    let cluster = Cluster::goldentooth("v1.29.6", Scenario::named("swap-on").unwrap());
    cluster.bring_up_first().await;
    let hash = cluster.ca_hash().await;
    let node = name("jast");
    cluster.put_config(&node, Some(&hash), &[]).await;
    let (ended, output) = cluster.attempt(&node, "join/preflight", 1).await;
    assert_eq!(ended, Ended::Exited(0));
    assert!(output.contains("[WARNING Swap]"), "{output}");
    let (ended, output) = cluster.attempt(&node, "join/kubelet-start", 1).await;
    assert_eq!(ended, Ended::Exited(1));
    assert!(
        output.contains("[kubelet-check] It seems like the kubelet isn't running or healthy."),
        "{output}"
    );
    let look = cluster.look(&node, Awaited::Kubelet).await;
    assert!(look.facts.iter().any(|(_, value)| value.contains("swap")), "{look:?}");
}

#[tokio::test(start_paused = true)]
async fn a_slow_first_api_server_takes_longer() {
    let of = |scenario: Scenario| async move {
        let cluster = Cluster::goldentooth("v1.29.6", scenario);
        cluster.bring_up_first().await;
        cluster.clock.elapsed()
    };
    let usual = of(Scenario::uneventful()).await;
    let slow = of(Scenario::named("first-api-slow").unwrap()).await;
    assert!(slow > usual + Duration::from_secs(10), "{usual:?} {slow:?}");
}

#[tokio::test(start_paused = true)]
async fn standing_troubles_meet_preflight_and_probe() {
    let text = "nodes: { bettley: { cpus: 1, memory: 900, missing: [conntrack], sysctls: { net.ipv4.ip_forward: '0' }, clockOffset: -90s, machineId: abc } }\nfaults: [{ node: bettley, kind: port-in-use, port: 10259 }, { node: bettley, kind: leftovers }]\n";
    let cluster = Cluster::goldentooth("v1.29.6", scenario(text));
    let node = cluster.first();
    let facts = cluster.facts(node).await;
    assert_eq!((facts.cpus, facts.memory_mib, facts.machine_id.as_str()), (1, 900, "abc"));
    assert!((-90_100..-89_900).contains(&facts.clock_offset_ms), "{}", facts.clock_offset_ms);
    assert!(facts.listening.contains(&10_259));
    assert!(facts.has("/etc/kubernetes/manifests/etcd.yaml"));
    cluster.put_config(node, None, &[]).await;
    let (ended, output) = cluster.attempt(node, "init/preflight", 1).await;
    assert_eq!(ended, Ended::Exited(1));
    for check in [
        "NumCPU",
        "Mem",
        "Port-10259",
        "FileExisting-conntrack",
        "FileContent--proc-sys-net-ipv4-ip_forward",
        "FileAvailable--etc-kubernetes-manifests-etcd.yaml",
        "DirAvailable--var-lib-etcd",
    ] {
        assert!(output.contains(&format!("[ERROR {check}]")), "{check}: {output}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_balancer_that_forwards_nothing_stops_the_first_api_phase() {
    let cluster = Cluster::goldentooth("v1.29.6", scenario("balancer: { forwards: false }\n"));
    let node = cluster.first();
    cluster.put_config(node, None, &[]).await;
    for phase in ["init/certs", "init/kubeconfig", "init/etcd", "init/control-plane", "init/kubelet-start"] {
        let (ended, output) = cluster.attempt(node, phase, 1).await;
        assert_eq!(ended, Ended::Exited(0), "{output}");
    }
    cluster.wait_for(node, Awaited::ApiServer).await;
    let look = cluster.look(node, Awaited::Endpoint).await;
    assert!(!look.ready, "{look:?}");
    let (ended, output) = cluster.attempt(node, "init/upload-config", 1).await;
    assert_eq!(ended, Ended::Exited(1));
    assert!(output.contains("Post \"https://10.4.0.10:6443/"), "{output}");
}

#[tokio::test(start_paused = true)]
async fn the_shipped_scenarios_with_broken_links_end_well() {
    let cluster = Cluster::goldentooth("v1.29.6", Scenario::named("flaky-links").unwrap());
    Box::pin(cluster.bring_up()).await;
    assert_eq!(cluster.wrong().await, []);
}

#[tokio::test(start_paused = true)]
async fn a_killed_kubeadm_ends_with_the_signals_status_in_the_middle() {
    let text = "faults: [{ node: control-plane.1, phase: init/preflight, kind: kill, after: 2s }]\n";
    let cluster = Cluster::goldentooth("v1.29.6", scenario(text));
    cluster.put_config(cluster.first(), None, &[]).await;
    let (ended, output) = cluster.attempt(cluster.first(), "init/preflight", 1).await;
    assert_eq!(ended, Ended::Exited(137));
    assert!(output.contains("[preflight] Pulling images"), "{output}");
    assert_eq!(cluster.attempt(cluster.first(), "init/preflight", 2).await.0, Ended::Exited(0));
}

#[tokio::test(start_paused = true)]
async fn slowness_stretches_a_phase() {
    let of = |rest: &'static str| async move {
        let cluster = Cluster::goldentooth("v1.29.6", scenario(rest));
        cluster.put_config(cluster.first(), None, &[]).await;
        let begun = cluster.clock.elapsed();
        cluster.phase(cluster.first(), "init/preflight").await;
        cluster.clock.elapsed().saturating_sub(begun)
    };
    let usual = of("").await;
    let slow = of("faults: [{ node: '*', phase: init/preflight, kind: slow, factor: 5 }]\n").await;
    assert!(slow > usual * 4 && slow < usual * 6, "{usual:?} {slow:?}");
}

#[tokio::test(start_paused = true)]
async fn a_unit_that_cannot_start_is_only_a_warning_to_kubeadm() {
    for (version, stream) in [("v1.20.2", "stdout"), ("v1.29.6", "stderr")] {
        let cluster =
            Cluster::goldentooth(version, scenario("faults: [{ node: bettley, kind: unit-fails }]\n"));
        let node = cluster.first();
        cluster.put_config(node, None, &[]).await;
        for phase in ["init/certs", "init/kubeconfig"] {
            cluster.attempt(node, phase, 1).await;
        }
        let line = cluster.line(&PhaseId::new("init/kubelet-start"));
        let reply = cluster.ask(node, Request::Kubeadm { args: line }).await;
        assert_eq!(reply.rc, 0);
        let on = if stream == "stdout" { &reply.stdout } else { &reply.stderr };
        assert!(on.contains("WARNING: unable to start the kubelet service"), "{version}: {reply:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_kubelet_that_recovers_lets_the_next_try_through() {
    let text = "faults: [{ node: jast, phase: join/kubelet-start, kind: kubelet-down, for: 5m, output: 'failed to run Kubelet: no cgroups' }]\n";
    let cluster = Cluster::goldentooth("v1.29.6", scenario(text));
    cluster.bring_up_first().await;
    let node = name("jast");
    cluster.put_config(&node, Some(&cluster.ca_hash().await), &[]).await;
    let (ended, output) = cluster.attempt(&node, "join/kubelet-start", 1).await;
    assert_eq!(ended, Ended::Exited(1), "{output}");
    let look = cluster.look(&node, Awaited::Kubelet).await;
    assert!(look.facts.iter().any(|(_, value)| value.contains("no cgroups")), "{look:?}");
    cluster.clock.sleep(Duration::from_secs(300)).await;
    let (ended, output) = cluster.attempt(&node, "join/kubelet-start", 2).await;
    assert_eq!(ended, Ended::Exited(0), "{output}");
}

#[tokio::test(start_paused = true)]
async fn tokens_and_shared_keys_can_go_and_the_balancer_can_pause() {
    let text = "faults:\n- { node: jast, phase: join/preflight, kind: token-expired }\n- { node: dalt, phase: join/preflight, kind: no-lb, for: 20s }\n- { node: fenn, phase: join/control-plane-prepare/download-certs, kind: certs-expired }\n";
    let cluster = Cluster::goldentooth("v1.29.6", scenario(text));
    cluster.bring_up_first().await;
    let hash = cluster.ca_hash().await;
    for node in ["jast", "dalt", "fenn"] {
        cluster.put_config(&name(node), Some(&hash), &[]).await;
    }
    let (fenn, dalt, jast) = (name("fenn"), name("dalt"), name("jast"));
    let (ended, output) = cluster.attempt(&fenn, "join/control-plane-prepare/download-certs", 1).await;
    assert_eq!(ended, Ended::Exited(1));
    assert!(output.contains("This Secret might have expired"), "{output}");
    let begun = cluster.clock.elapsed();
    assert_eq!(
        cluster.attempt(&dalt, "join/preflight", 1).await.0,
        Ended::Exited(0),
        "discovery waits for the balancer"
    );
    assert!(cluster.clock.elapsed().saturating_sub(begun) > Duration::from_secs(19));
    let (ended, output) = cluster.attempt(&jast, "join/preflight", 1).await;
    assert_eq!(ended, Ended::Exited(1));
    assert!(output.contains("could not find a JWS signature"), "{output}");
}

#[tokio::test(start_paused = true)]
async fn links_break_by_themselves_too() {
    let cluster = Cluster::goldentooth(
        "v1.29.6",
        scenario("faults: [{ node: worker.1, kind: cut-link, after: 5s, for: 60s }]\n"),
    );
    let node = name("cargyll");
    cluster.rack.connect(&node).await.unwrap();
    cluster.clock.sleep(Duration::from_secs(10)).await;
    let error = cluster.rack.connect(&node).await.unwrap_err();
    assert!(matches!(error.fault, Fault::TimedOut { .. }), "{error}");
}
