//! How phases fail, and what helps.

use std::time::Duration;

use kubestep::ids::PhaseId;
use kubestep::secret::Secret;
use kubestep::signature::of_cluster_info;
use kubestep::sim::Scenario;
use kubestep::transport::{Ended, Request};

use super::driver::{CONFIG, Cluster, name};

fn uneventful(version: &str) -> Cluster {
    Cluster::goldentooth(version, Scenario::uneventful())
}

#[tokio::test(start_paused = true)]
async fn a_join_with_another_cas_hash_is_refused() {
    let cluster = uneventful("v1.29.6");
    cluster.bring_up_first().await;
    let node = name("jast");
    cluster.put_config(&node, Some(&format!("sha256:{}", "00".repeat(32))), &[]).await;
    let (ended, output) = cluster.attempt(&node, "join/preflight", 1).await;
    assert_eq!(ended, Ended::Exited(1));
    let hash = cluster.ca_hash().await;
    assert!(output.contains(&format!("none of the public keys \"{hash}\" are pinned")), "{output}");
    assert!(
        output.contains("error execution phase preflight: couldn't validate the identity of the API Server"),
        "{output}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_join_with_an_unknown_token_gives_up_after_five_minutes() {
    let mut cluster = uneventful("v1.29.6");
    cluster.bring_up_first().await;
    cluster.token = "zzzzzz.0123456789abcdef".into();
    let node = name("jast");
    cluster.put_config(&node, Some(&cluster.ca_hash().await), &[]).await;
    let begun = cluster.clock.elapsed();
    let (ended, output) = cluster.attempt(&node, "join/preflight", 1).await;
    assert_eq!(ended, Ended::Exited(1));
    assert!(
        output
            .contains("could not find a JWS signature in the cluster-info ConfigMap for token ID \"zzzzzz\""),
        "{output}"
    );
    let waited = cluster.clock.elapsed().saturating_sub(begun).as_secs();
    assert!((300..310).contains(&waited), "{waited} s");
}

#[tokio::test(start_paused = true)]
async fn shared_keys_need_the_right_certificate_key_and_a_fresh_secret() {
    let mut cluster = uneventful("v1.29.6");
    cluster.bring_up_first().await;
    let hash = cluster.ca_hash().await;
    let node = name("fenn");
    let right = std::mem::replace(&mut cluster.key, "11".repeat(32));
    cluster.put_config(&node, Some(&hash), &[]).await;
    let (ended, output) = cluster.attempt(&node, "join/control-plane-prepare/download-certs", 1).await;
    assert_eq!(ended, Ended::Exited(1));
    assert!(output.contains("cipher: message authentication failed"), "{output}");

    cluster.key = right;
    cluster.put_config(&node, Some(&hash), &[]).await;
    cluster.clock.sleep(Duration::from_secs(7_300)).await;
    let (ended, output) = cluster.attempt(&node, "join/control-plane-prepare/download-certs", 2).await;
    assert_eq!(ended, Ended::Exited(1));
    assert!(output.contains("Secret \"kubeadm-certs\" was not found"), "{output}");

    cluster.kubeadm(cluster.first(), &cluster.line(&PhaseId::new("init/upload-certs")), 2).await;
    let (ended, _) = cluster.attempt(&node, "join/control-plane-prepare/download-certs", 3).await;
    assert_eq!(ended, Ended::Exited(0));
    let ours = cluster.read(&node, "/etc/kubernetes/pki/ca.key").await;
    assert_eq!(ours, cluster.read(cluster.first(), "/etc/kubernetes/pki/ca.key").await);
}

#[tokio::test(start_paused = true)]
async fn later_join_phases_want_the_admins_kubeconfig() {
    let cluster = uneventful("v1.29.6");
    cluster.bring_up_first().await;
    let node = name("fenn");
    cluster.put_config(&node, Some(&cluster.ca_hash().await), &[]).await;
    let (ended, output) = cluster.attempt(&node, "join/control-plane-join/etcd", 1).await;
    assert_eq!(ended, Ended::Exited(1));
    assert!(output.starts_with("File /etc/kubernetes/admin.conf does not exists."), "{output}");
}

#[tokio::test(start_paused = true)]
async fn preflight_after_a_partial_init_names_what_is_there() {
    let cluster = uneventful("v1.20.2");
    cluster.bring_up_first().await;
    let (ended, output) = cluster.attempt(cluster.first(), "init/preflight", 2).await;
    assert_eq!(ended, Ended::Exited(1));
    assert!(
        output.contains("error execution phase preflight: [preflight] Some fatal errors occurred:"),
        "{output}"
    );
    let named: Vec<&str> =
        output.lines().filter_map(|line| line.strip_prefix("\t[ERROR ")?.split(']').next()).collect();
    assert_eq!(
        named,
        [
            "Port-6443",
            "Port-10259",
            "Port-10257",
            "FileAvailable--etc-kubernetes-manifests-kube-apiserver.yaml",
            "FileAvailable--etc-kubernetes-manifests-kube-controller-manager.yaml",
            "FileAvailable--etc-kubernetes-manifests-kube-scheduler.yaml",
            "FileAvailable--etc-kubernetes-manifests-etcd.yaml",
            "Port-10250",
            "Port-2379",
            "Port-2380",
            "DirAvailable--var-lib-etcd",
        ]
    );
    let ignored: Vec<String> = named.iter().map(|name| (*name).to_owned()).collect();
    cluster.put_config(cluster.first(), None, &ignored).await;
    let (ended, output) = cluster.attempt(cluster.first(), "init/preflight", 3).await;
    assert_eq!(ended, Ended::Exited(0), "{output}");
    assert!(output.contains("\t[WARNING Port-6443]: Port 6443 is in use"), "{output}");
}

#[tokio::test(start_paused = true)]
async fn a_node_that_is_ready_keeps_its_name() {
    let cluster = uneventful("v1.29.6");
    cluster.bring_up_first().await;
    let hash = cluster.ca_hash().await;
    let (first, second) = (name("jast"), name("dalt"));
    cluster.join_worker(&first, &hash).await;
    cluster.clock.sleep(Duration::from_secs(20)).await;
    cluster.put_config(&first, Some(&hash), &[]).await;
    let stolen = cluster.read(&first, CONFIG).await.unwrap();
    let put = Request::Put { path: CONFIG.into(), mode: 0o600, content: Secret::new(stolen) };
    cluster.ask(&second, put).await;
    let (ended, output) = cluster.attempt(&second, "join/kubelet-start", 1).await;
    assert_eq!(ended, Ended::Exited(1));
    assert!(
        output.contains("a Node with name \"jast\" and status \"Ready\" already exists in the cluster."),
        "{output}"
    );
}

#[tokio::test(start_paused = true)]
async fn reset_takes_a_control_plane_out_and_it_can_come_back() {
    for version in ["v1.20.2", "v1.29.6", "v1.35.1"] {
        let cluster = uneventful(version);
        Box::pin(cluster.bring_up()).await;
        let node = name("fenn");
        let line: Vec<String> = ["reset", "--force"].map(str::to_owned).into();
        let (ended, output) = cluster.kubeadm(&node, &line, 1).await;
        assert_eq!(ended, Ended::Exited(0), "{output}");
        cluster.ask(&node, Request::Sweep).await;
        assert_eq!(cluster.kubectl("delete node fenn").await.stdout, "node \"fenn\" deleted\n");
        assert_eq!(cluster.etcdctl("member list").await.stdout.lines().count(), 2, "{version}");
        assert_eq!(cluster.facts(&node).await.leftovers, Vec::<String>::new(), "{version}");
        // the remote runs of the first join are forgotten, or nothing would start
        cluster.rack.forget(&node).await.unwrap();
        cluster.join_plane(&node, &cluster.ca_hash().await).await;
        cluster.clock.sleep(Duration::from_secs(30)).await;
        assert_eq!(cluster.wrong().await, [], "{version}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_learner_waits_for_the_first() {
    let cluster = uneventful("v1.29.6");
    cluster.bring_up_first().await;
    let hash = cluster.ca_hash().await;
    let (fenn, gardener) = (name("fenn"), name("gardener"));
    tokio::join!(cluster.join_plane(&fenn, &hash), cluster.join_plane(&gardener, &hash));
    cluster.clock.sleep(Duration::from_secs(30)).await;
    let members = cluster.etcdctl("member list").await.stdout;
    assert_eq!(members.lines().filter(|line| line.ends_with(", false")).count(), 3, "{members}");
}

#[tokio::test(start_paused = true)]
async fn a_stale_member_stops_the_next_join_where_kubeadm_does_not_tolerate_it() {
    for (version, tolerated) in [("v1.28.9", true), ("v1.29.6", false), ("v1.32.4", true)] {
        let cluster = uneventful(version);
        cluster.bring_up_first().await;
        let hash = cluster.ca_hash().await;
        // Two members first: with one alone, a second that never starts takes the quorum away.
        cluster.join_plane(&name("fenn"), &hash).await;
        let node = name("gardener");
        cluster.rack.connect(&node).await.unwrap();
        cluster.put_config(&node, Some(&hash), &[]).await;
        for phase in cluster.leaves(&node, kubestep::catalog::Command::Join).await {
            if phase.as_str() == "join/control-plane-join/etcd" {
                break;
            }
            cluster.good(&node, &phase, &[], &cluster.line(&phase)).await;
        }
        // The first try is killed when the member is announced and not yet started.
        let line = cluster.line(&PhaseId::new("join/control-plane-join/etcd"));
        let key = kubestep::transport::RunKey::new("first try");
        let killed = async {
            for _ in 0..1_000 {
                cluster.clock.sleep(Duration::from_millis(20)).await;
                if cluster.etcdctl("member list").await.stdout.contains("unstarted") {
                    break;
                }
            }
            cluster.rack.kill(&node, &key, Duration::from_secs(1)).await.unwrap()
        };
        let (ended, (followed, _)) =
            tokio::join!(killed, cluster.run(&node, &key, &line, kubestep::transport::Start::Run));
        assert_eq!((ended, followed), (Ended::Exited(143), Ended::Exited(143)));
        cluster
            .ask(&node, Request::Remove { paths: vec!["/etc/kubernetes/manifests/etcd.yaml".into()] })
            .await;
        let (ended, output) = cluster.kubeadm(&node, &line, 2).await;
        if tolerated {
            assert_eq!(ended, Ended::Exited(0), "{version}: {output}");
        } else {
            assert_eq!(ended, Ended::Exited(1), "{version}: {output}");
            assert!(output.contains("etcdserver: Peer URLs already exists"), "{output}");
            let stale = cluster.etcdctl("member list").await.stdout;
            let stale = stale
                .lines()
                .find(|line| line.contains("10.4.0.16"))
                .unwrap()
                .split(',')
                .next()
                .unwrap()
                .to_owned();
            assert_eq!(cluster.etcdctl(&format!("member remove {stale}")).await.rc, 0);
            let (ended, output) = cluster.kubeadm(&node, &line, 3).await;
            assert_eq!(ended, Ended::Exited(0), "{output}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn without_the_token_phase_no_kubelet_gets_in() {
    let cluster = uneventful("v1.29.6");
    cluster.bring_up_first().await;
    let hash = cluster.ca_hash().await;
    let node = name("jast");
    cluster.put_config(&node, Some(&hash), &[]).await;
    // the controller manager is what approves
    cluster
        .ask(
            cluster.first(),
            Request::Remove { paths: vec!["/etc/kubernetes/manifests/kube-controller-manager.yaml".into()] },
        )
        .await;
    let (ended, output) = cluster.attempt(&node, "join/kubelet-start", 1).await;
    assert_eq!(ended, Ended::Exited(1), "{output}");
    assert!(output.contains("could not find a JWS signature"), "nobody signs any more: {output}");
}

#[tokio::test(start_paused = true)]
async fn whoever_has_the_token_can_sign_before_the_controller_manager_does() {
    let cluster = uneventful("v1.29.6");
    cluster.bring_up_first().await;
    let manifest = "/etc/kubernetes/manifests/kube-controller-manager.yaml";
    cluster.ask(cluster.first(), Request::Remove { paths: vec![manifest.into()] }).await;
    let map = cluster.kubectl("get cm cluster-info -n kube-public -o json").await.stdout;
    let map: serde_json::Value = serde_json::from_str(&map).unwrap();
    let info = map["data"]["kubeconfig"].as_str().unwrap();
    let node = name("jast");
    cluster.put_config(&node, Some(&cluster.ca_hash().await), &[]).await;
    for (attempt, (secret, ended)) in (1..).zip([("abcdef.0000000000000000", 1), (cluster.token.as_str(), 0)])
    {
        let (key, signature) = of_cluster_info(info, &Secret::new(secret)).unwrap();
        let patch = serde_json::json!({ "data": { key: signature } }).to_string();
        let patch =
            format!("patch configmap cluster-info --namespace kube-public --type merge --patch {patch}");
        assert_eq!(cluster.kubectl(&patch).await.stdout, "configmap/cluster-info patched\n");
        let (was, output) = cluster.attempt(&node, "join/preflight", attempt).await;
        assert_eq!(was, Ended::Exited(ended), "{output}");
    }
    let missing = cluster.kubectl("patch cm nothing -n kube-public -p {}").await;
    assert_eq!(missing.stderr, "Error from server (NotFound): configmaps \"nothing\" not found\n");
}
