//! Nodes as their requests see them: files, kubectl, etcdctl, shells, hooks.

use kubestep::secret::Secret;
use kubestep::sim::{Rack, RackSpec, Scenario, list};
use kubestep::transport::Request;

use super::driver::{Cluster, name};

#[tokio::test(start_paused = true)]
async fn files_are_put_read_and_removed() {
    let cluster = Cluster::goldentooth("v1.29.6", Scenario::uneventful());
    let node = name("jast");
    let path = "/run/kubestep/x".to_owned();
    let put = Request::Put { path: path.clone(), mode: 0o600, content: Secret::new("hello\n") };
    assert_eq!(cluster.ask(&node, put).await.rc, 0);
    assert_eq!(cluster.read(&node, &path).await.as_deref(), Some("hello\n"));
    cluster.ask(&node, Request::Remove { paths: vec!["/run/kubestep".into()] }).await;
    assert_eq!(cluster.read(&node, &path).await, None);
}

#[tokio::test(start_paused = true)]
async fn kubectl_does_what_a_bring_up_needs_and_says_what_it_cannot() {
    let cluster = Cluster::goldentooth("v1.29.6", Scenario::uneventful());
    let early = cluster.kubectl("get nodes").await;
    assert_eq!(early.stderr, "error: stat /etc/kubernetes/admin.conf: no such file or directory\n");
    cluster.bring_up_first().await;
    assert_eq!(cluster.kubectl("get nodes -o name").await.stdout, "node/bettley\n");
    assert_eq!(cluster.kubectl("label node bettley rack=left-2 --overwrite").await.rc, 0);
    let json: serde_json::Value =
        serde_json::from_str(&cluster.kubectl("get nodes -o json").await.stdout).unwrap();
    let node = &json["items"][0];
    assert_eq!(node["metadata"]["labels"]["rack"], "left-2");
    assert_eq!(node["spec"]["taints"][0]["key"], "node-role.kubernetes.io/control-plane");
    let missing = cluster.kubectl("delete node nobody").await;
    assert_eq!(
        (missing.rc, missing.stderr.as_str()),
        (1, "Error from server (NotFound): nodes \"nobody\" not found\n")
    );
    let odd = cluster.kubectl("explain pods").await;
    assert_eq!(odd.stderr, "error: the simulation's kubectl has no `explain pods`\n");
}

#[tokio::test(start_paused = true)]
async fn nodes_become_ready_when_a_manifest_brings_the_network() {
    let scenario = Scenario::parse("x", "name: x\nabout: y\nwithoutCni: true\n").unwrap();
    let cluster = Cluster::goldentooth("v1.29.6", scenario);
    cluster.bring_up_first().await;
    cluster.clock.sleep(std::time::Duration::from_secs(30)).await;
    let wrong = cluster.standing().await;
    assert_eq!(wrong.nodes["bettley"].ready, Some(false));
    assert!(wrong.nodes["bettley"].message.contains("cni plugin not initialized"));
    let manifest =
        "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: { name: kindnet, namespace: kube-system }\n";
    let args = ["apply", "-f", "-"].map(str::to_owned).into();
    let reply =
        cluster.ask(cluster.first(), Request::Kubectl { args, stdin: Some(Secret::new(manifest)) }).await;
    assert_eq!(reply.stdout, "daemonset/kindnet created\n");
    cluster.clock.sleep(std::time::Duration::from_secs(30)).await;
    assert_eq!(cluster.standing().await.nodes["bettley"].ready, Some(true));
}

#[tokio::test(start_paused = true)]
async fn shells_run_scripts_unless_the_scenario_says_what_they_say() {
    let shell = |scenario| async move {
        let cluster = Cluster::goldentooth("v1.29.6", scenario);
        let reply = cluster
            .ask(
                cluster.first(),
                Request::Shell { text: "nproc && cat /proc/sys/net/ipv4/ip_forward".into() },
            )
            .await;
        (reply.rc, reply.stdout, reply.stderr)
    };
    let none = shell(Scenario::uneventful()).await;
    assert_eq!(none, (0, "4\n1\n".into(), String::new()));
    let told = Scenario::parse("x", "name: x\nabout: y\nnodes: { '*': { shell: fine } }\n").unwrap();
    assert_eq!(shell(told).await, (0, "fine".into(), String::new()));
}

#[tokio::test(start_paused = true)]
async fn certificates_are_real() {
    use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};
    let cluster = Cluster::goldentooth("v1.29.6", Scenario::uneventful());
    cluster.bring_up_first().await;
    let pem = cluster.read(cluster.first(), "/etc/kubernetes/pki/apiserver.crt").await.unwrap();
    let (_, block) = x509_parser::pem::parse_x509_pem(pem.as_bytes()).unwrap();
    let (_, cert) = X509Certificate::from_der(&block.contents).unwrap();
    let sans = cert.subject_alternative_name().unwrap().unwrap();
    let dns: Vec<&str> = sans
        .value
        .general_names
        .iter()
        .filter_map(|name| if let GeneralName::DNSName(name) = name { Some(*name) } else { None })
        .collect();
    assert_eq!(
        dns,
        [
            "bettley",
            "kubernetes",
            "kubernetes.default",
            "kubernetes.default.svc",
            "kubernetes.default.svc.cluster.local",
        ]
    );
    let ips: Vec<&[u8]> = sans
        .value
        .general_names
        .iter()
        .filter_map(|name| if let GeneralName::IPAddress(bytes) = name { Some(*bytes) } else { None })
        .collect();
    assert_eq!(ips, [[172, 16, 0, 1].as_slice(), &[10, 4, 0, 11], &[10, 4, 0, 10]]);
    let days = (cert.validity().not_after.timestamp() - cert.validity().not_before.timestamp()) / 86_400;
    assert_eq!(days, 365);
    let usage = cert.extended_key_usage().unwrap().unwrap().value;
    assert!(usage.server_auth && !usage.client_auth);
    let pem = cluster.read(cluster.first(), "/etc/kubernetes/pki/ca.crt").await.unwrap();
    let (_, block) = x509_parser::pem::parse_x509_pem(pem.as_bytes()).unwrap();
    let (_, ca) = X509Certificate::from_der(&block.contents).unwrap();
    assert!(ca.is_ca());
    assert_eq!(cert.issuer(), ca.subject());
    // verified by hand of the CA's key: the signature bytes are over the certificate's body
    assert_ne!(cert.signature_value.data.len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_thousand_nodes_are_no_trouble() {
    let nodes = (0..1_000u32).map(|index| kubestep::sim::NodeSpec {
        name: name(&format!("n{index}")),
        role: if index < 3 {
            kubestep::inventory::model::Role::ControlPlane
        } else {
            kubestep::inventory::model::Role::Worker
        },
        address: format!("10.8.{}.{}", index / 250, index % 250 + 1),
        aliases: Vec::new(),
    });
    let spec = RackSpec {
        nodes: nodes.collect(),
        balancer: None,
        kubeadm: "v1.29.6".parse().unwrap(),
        cri_socket: "unix:///run/containerd/containerd.sock".into(),
        network_by_manifest: false,
        scenario: Scenario::uneventful(),
    };
    let clock = kubestep::clock::Clock::simulated("2026-11-22T10:00:00Z".parse().unwrap(), 1.0);
    let rack = Rack::new(spec, clock, 1);
    let mut asked = Vec::new();
    for index in 0..1_000 {
        let rack = rack.clone();
        asked
            .push(tokio::spawn(async move { rack.connect(&name(&format!("n{index}"))).await.unwrap().boot }));
    }
    let mut boots = std::collections::BTreeSet::new();
    for boot in asked {
        boots.insert(boot.await.unwrap());
    }
    assert_eq!(boots.len(), 1_000);
}

#[test]
fn scenarios_are_listed() {
    let names: Vec<String> = list().into_iter().map(|(name, _)| name).collect();
    assert!(names.is_sorted() && names.iter().any(|name| name == "goldentooth"), "{names:?}");
}

#[tokio::test(start_paused = true)]
async fn a_hundred_workers_join_side_by_side() {
    let mut cluster = Cluster::goldentooth("v1.29.6", Scenario::uneventful());
    let template = cluster.inventory.host(&name("jast")).unwrap().clone();
    cluster.inventory.hosts.retain(|host| host.name == cluster.planes[0]);
    for index in 0..100_u8 {
        let mut host = template.clone();
        host.name = name(&format!("n{index}"));
        host.private_address = Some([10, 8, 0, index + 1].into());
        host.ssh.address = String::new();
        cluster.inventory.hosts.push(host);
    }
    let spec = RackSpec::from_inventory(&cluster.inventory, cluster.version.clone());
    cluster.rack = Rack::new(spec, cluster.clock.clone(), 7);
    cluster.bring_up_first().await;
    let hash = cluster.ca_hash().await;
    let cluster = std::sync::Arc::new(cluster);
    let mut joins = tokio::task::JoinSet::new();
    for index in 0..100 {
        let (cluster, hash) = (cluster.clone(), hash.clone());
        joins.spawn(async move { cluster.join_worker(&name(&format!("n{index}")), &hash).await });
    }
    while let Some(joined) = joins.join_next().await {
        joined.unwrap();
    }
    cluster.clock.sleep(std::time::Duration::from_secs(20)).await;
    assert_eq!(cluster.wrong().await, []);
}
