//! `upload-config` and `upload-certs`: what joining nodes fetch from the cluster.

use serde_yaml::Value;

use super::{kubelet_start, vault};
use crate::sim::jitter;
use crate::sim::kubeadm::run::Kubeadm;
use crate::sim::kubeadm::{Exit, Outcome};
use crate::sim::model::objects::{KUBEADM_CERTS, KUBEADM_CONFIG, SecretObject};
use crate::sim::model::paths;

/// The files that all control planes share, under their names in the Secret.
pub(super) const SHARED: [(&str, &str); 8] = [
    ("ca.crt", "ca.crt"),
    ("ca.key", "ca.key"),
    ("etcd-ca.crt", "etcd/ca.crt"),
    ("etcd-ca.key", "etcd/ca.key"),
    ("front-proxy-ca.crt", "front-proxy-ca.crt"),
    ("front-proxy-ca.key", "front-proxy-ca.key"),
    ("sa.key", "sa.key"),
    ("sa.pub", "sa.pub"),
];

/// How long the Secret lives.
const TWO_HOURS: i64 = 7_200_000;

fn config_maps(namespace: &str) -> String {
    format!("/api/v1/namespaces/{namespace}/configmaps?timeout=10s")
}

/// Puts a phase's own words before the error of a call.
pub(super) fn wrap(words: &'static str) -> impl Fn(Exit) -> Exit {
    move |exit| match exit {
        Exit::Phase(text) if text.starts_with("failed to load admin") => Exit::Phase(text),
        Exit::Phase(text) => Exit::Phase(format!("{words}: {text}")),
        other => other,
    }
}

pub(super) async fn kubeadm_config(kubeadm: &Kubeadm) -> Outcome {
    let process = &kubeadm.process;
    let cluster = kubeadm
        .admin("Post", &config_maps("kube-system"))
        .await
        .map_err(wrap("error uploading the kubeadm ClusterConfiguration"))?;
    process.say("[upload-config] Storing the configuration used in ConfigMap \"kubeadm-config\" in the \"kube-system\" Namespace");
    process.work(220).await;
    let document = stored_document(kubeadm)?;
    kubeadm.change(&cluster, |objects| {
        objects
            .config_maps
            .insert(KUBEADM_CONFIG.into(), [("ClusterConfiguration".to_owned(), document)].into());
        objects.others.insert("role/kube-system/kubeadm:nodes-kubeadm-config".into());
    });
    Ok(())
}

/// The `ClusterConfiguration` as kubeadm stores it: complete, in the API version that it writes.
fn stored_document(kubeadm: &Kubeadm) -> Outcome<String> {
    let cluster = kubeadm.cluster()?;
    let api = match kubeadm.version.minor {
        ..=21 => "kubeadm.k8s.io/v1beta2",
        22..=30 => "kubeadm.k8s.io/v1beta3",
        _ => "kubeadm.k8s.io/v1beta4",
    };
    let mut document = cluster.document.clone();
    if let Value::Mapping(map) = &mut document {
        map.insert("apiVersion".into(), api.into());
        map.insert("kind".into(), "ClusterConfiguration".into());
        map.insert("kubernetesVersion".into(), cluster.version.to_string().into());
        for (key, value) in [
            ("certificatesDir", paths::PKI),
            ("clusterName", "kubernetes"),
            ("imageRepository", &cluster.images),
        ] {
            if !map.contains_key(key) {
                map.insert(key.into(), value.into());
            }
        }
    }
    serde_yaml::to_string(&document).map_err(|error| Exit::phase(error.to_string()))
}

/// The `ConfigMap`'s name: with the minor until 1.23 (kubeadm.md §3).
pub(super) fn kubelet_config_name(kubeadm: &Kubeadm, version: &crate::version::Version) -> String {
    if kubeadm.version.at_least(24) {
        "kubelet-config".into()
    } else {
        format!("kubelet-config-{}", version.minor_name())
    }
}

pub(super) async fn kubelet_config(kubeadm: &Kubeadm) -> Outcome {
    let process = &kubeadm.process;
    let cluster = kubeadm
        .admin("Post", &config_maps("kube-system"))
        .await
        .map_err(wrap("error creating kubelet configuration ConfigMap"))?;
    let settings = kubeadm.cluster()?;
    let name = kubelet_config_name(kubeadm, &settings.version);
    process.say(format!("[kubelet] Creating a ConfigMap \"{name}\" in namespace kube-system with the configuration for the kubelets in the cluster"));
    process.work(240).await;
    let text = kubelet_start::kubelet_config(settings);
    kubeadm.change(&cluster, |objects| {
        objects.config_maps.insert(format!("kube-system/{name}"), [("kubelet".to_owned(), text)].into());
        objects.others.insert(format!("role/kube-system/kubeadm:{name}"));
    });
    annotate_socket(kubeadm, &cluster).await
}

/// Writes the runtime's socket to the Node, once there is one.
pub(super) async fn annotate_socket(kubeadm: &Kubeadm, cluster: &str) -> Outcome {
    let node = &kubeadm.config.node;
    let socket = node.cri_socket.clone();
    let found = kubeadm
        .process
        .poll(500, 120_000, |world| {
            let object = world.clusters.get_mut(cluster)?.objects.nodes.get_mut(&node.name)?;
            object.annotations.insert("kubeadm.alpha.kubernetes.io/cri-socket".into(), socket.clone());
            Some(())
        })
        .await;
    found.ok_or_else(|| {
        let words = if kubeadm.command == crate::catalog::Command::Join {
            "error uploading crisocket"
        } else {
            "error writing Crisocket information for the control-plane node"
        };
        Exit::phase(format!("{words}: nodes \"{}\" not found", node.name))
    })
}

pub(super) async fn certs(kubeadm: &Kubeadm) -> Outcome {
    let process = &kubeadm.process;
    if !kubeadm.args.has("upload-certs") {
        process.say("[upload-certs] Skipping phase. Please see --upload-certs");
        return Ok(());
    }
    let cluster = kubeadm
        .admin("Post", "/api/v1/namespaces/kube-system/secrets?timeout=10s")
        .await
        .map_err(wrap("error uploading certs: error creating token"))?;
    let key = kubeadm
        .config
        .certificate_key
        .clone()
        .or_else(|| kubeadm.args.value("certificate-key").map(str::to_owned));
    let key = key.unwrap_or_else(|| {
        let now = process.store.now();
        jitter::hex(process.world(|world| world.seed), &format!("certificate key {now} {}", process.pid), 32)
    });
    process.say("[upload-certs] Storing the certificates in Secret \"kubeadm-certs\" in the \"kube-system\" Namespace");
    process.work(380).await;
    let mut data = std::collections::BTreeMap::new();
    for (name, file) in SHARED {
        let path = format!("{}/{file}", paths::PKI);
        let text = process.read(&path).ok_or_else(|| {
            Exit::phase(format!("error uploading certs: open {path}: no such file or directory"))
        })?;
        data.insert(name.to_owned(), vault::seal(&key, name, text.as_bytes()));
    }
    let expires = Some(process.store.now() + TWO_HOURS);
    kubeadm.change(&cluster, |objects| {
        objects.secrets.insert(KUBEADM_CERTS.into(), SecretObject { data, expires });
    });
    if !kubeadm.args.has("skip-certificate-key-print") {
        process.say(format!("[upload-certs] Using certificate key:\n{key}"));
    }
    let _ = kubeadm.made_key.set(key);
    Ok(())
}
