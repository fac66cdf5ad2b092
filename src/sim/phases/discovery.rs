//! Discovery: from a token and the CA's hash to the cluster, and its configuration. Every join process does it anew.

use crate::catalog::Command;
use crate::secret::Secret;
use crate::signature::of_cluster_info;
use crate::sim::kubeadm::config::ClusterConfig;
use crate::sim::kubeadm::run::Kubeadm;
use crate::sim::kubeadm::{Exit, Outcome};
use crate::sim::model::objects::{CLUSTER_INFO, KUBEADM_CONFIG};
use crate::sim::model::{World, kubeconfig, paths, pki};

/// What a join knows of the cluster it joins.
#[derive(Debug, Clone)]
pub(crate) struct Joined {
    pub(crate) cluster_id: String,
    /// `https://10.4.0.10:6443`.
    pub(crate) server: String,
    /// PEM.
    pub(crate) ca: String,
    pub(crate) cluster: ClusterConfig,
}

/// Between two tries.
const RETRY_MS: u64 = 5_000;

fn cluster_info_url(server: &str) -> String {
    format!("{server}/api/v1/namespaces/kube-public/configmaps/cluster-info?timeout=10s")
}

/// One look at the public `ConfigMap`: the cluster, or why not (kubeadm's or Go's words).
fn cluster_info(world: &World, node: &str, endpoint: &str, token: &str) -> Result<(String, String), String> {
    let server = format!("https://{endpoint}");
    let id = world
        .api(node, &server, None)
        .map_err(|words| format!("Get \"{}\": {words}", cluster_info_url(&server)))?;
    let objects = world.clusters.get(&id).map(|cluster| &cluster.objects).ok_or("EOF")?;
    let info = objects
        .config_maps
        .get(CLUSTER_INFO)
        .and_then(|map| map.get("kubeconfig"))
        .ok_or("configmaps \"cluster-info\" is forbidden: User \"system:anonymous\" cannot get resource \"configmaps\" in API group \"\" in the namespace \"kube-public\"")?;
    // The signature is the controller manager's work: it comes a moment after the token and goes with it. Until then,
    // whoever has the token may have signed.
    let by_hand = || {
        let (key, signature) = of_cluster_info(info, &Secret::new(token))?;
        objects.config_maps.get(CLUSTER_INFO)?.get(&key).filter(|found| **found == signature)
    };
    let signed = objects.accepts_token(token) && (world.controller(&id).is_some() || by_hand().is_some());
    if !signed {
        let token_id = token.split('.').next().unwrap_or_default();
        let known = objects.secrets.contains_key(&format!("kube-system/bootstrap-token-{token_id}"));
        return Err(if known && world.controller(&id).is_some() {
            "failed to verify JWS signature of received cluster info object, can't trust this API Server"
                .into()
        } else {
            format!(
                "could not find a JWS signature in the cluster-info ConfigMap for token ID \"{token_id}\""
            )
        });
    }
    Ok((id, info.clone()))
}

/// Finds the cluster through the token, trusting it by the hash of its CA.
async fn discover(kubeadm: &Kubeadm) -> Outcome<(String, String, String)> {
    let process = &kubeadm.process;
    let join = &kubeadm.config.join;
    let failed =
        |words: String| Exit::phase(format!("couldn't validate the identity of the API Server: {words}"));
    let mut last = String::new();
    let node = process.node.clone();
    let found =
        process
            .poll(RETRY_MS.min(join.discovery_timeout.max(1)), join.discovery_timeout, |world| {
                match cluster_info(world, &node, &join.endpoint, &join.token) {
                    Ok(found) => Some(Ok(found)),
                    Err(words) if words.starts_with("failed to verify") => Some(Err(words)),
                    Err(words) => {
                        last = words;
                        None
                    }
                }
            })
            .await;
    let (id, info) = match found {
        Some(Ok(found)) => found,
        Some(Err(words)) => return Err(failed(words)),
        None => return Err(failed(last)),
    };
    let info = kubeconfig::parse(&info)
        .ok_or_else(|| failed("couldn't parse the kubeconfig file in the cluster-info ConfigMap".into()))?;
    let hash = pki::read(&info.ca).map(|card| card.key_hash).unwrap_or_default();
    if !join.unsafe_skip && !join.hashes.iter().any(|known| known.eq_ignore_ascii_case(&hash)) {
        return Err(failed(format!(
            "cluster CA found in cluster-info ConfigMap is invalid: none of the public keys \"{hash}\" are pinned"
        )));
    }
    let trusted =
        process.world(|world| world.api(&node, &format!("https://{}", join.endpoint), Some(&info.ca)));
    trusted.map_err(|words| {
        failed(format!("Get \"{}\": {words}", cluster_info_url(&format!("https://{}", join.endpoint))))
    })?;
    Ok((id, info.server, info.ca))
}

/// What a join process needs to know, found once and kept.
pub(crate) async fn joined(kubeadm: &Kubeadm) -> Outcome<&Joined> {
    if let Some(joined) = kubeadm.joined.get() {
        return Ok(joined);
    }
    kubeadm.process.work(350).await;
    let (cluster_id, server, ca) = discover(kubeadm).await?;
    let cluster = fetch(kubeadm, &cluster_id).await?;
    Ok(kubeadm.joined.get_or_init(|| Joined { cluster_id, server, ca, cluster }))
}

/// The same for phases that come after the node has an admin.conf, which they use instead.
pub(crate) async fn with_admin(kubeadm: &Kubeadm) -> Outcome<&Joined> {
    if let Some(joined) = kubeadm.joined.get() {
        return Ok(joined);
    }
    let cluster_id =
        kubeadm.admin("Get", "/api/v1/namespaces/kube-system/configmaps/kubeadm-config?timeout=10s").await?;
    let conf =
        kubeadm.process.read(paths::ADMIN).and_then(|text| kubeconfig::parse(&text)).unwrap_or_default();
    let cluster = fetch(kubeadm, &cluster_id).await?;
    Ok(kubeadm.joined.get_or_init(|| Joined { cluster_id, server: conf.server, ca: conf.ca, cluster }))
}

/// Says that kubeadm's own configuration is asked for.
pub(super) fn announce(kubeadm: &Kubeadm) {
    let tag = if kubeadm.command == Command::Reset { "reset" } else { "preflight" };
    let lines: [&str; 2] = if kubeadm.version.at_least(32) {
        [
            "Reading configuration from the \"kubeadm-config\" ConfigMap in namespace \"kube-system\"...",
            "Use 'kubeadm init phase upload-config --config your-config-file' to re-upload it.",
        ]
    } else {
        [
            "Reading configuration from the cluster...",
            "FYI: You can look at this config file with 'kubectl -n kube-system get cm kubeadm-config -o yaml'",
        ]
    };
    kubeadm.process.say(lines.map(|line| format!("[{tag}] {line}")).join("\n"));
}

/// Reads kubeadm's own configuration from the cluster.
async fn fetch(kubeadm: &Kubeadm, id: &str) -> Outcome<ClusterConfig> {
    let process = &kubeadm.process;
    announce(kubeadm);
    process.work(120).await;
    let missing = |map: &str| {
        let token_id = kubeadm.config.join.token.split('.').next().unwrap_or_default();
        format!(
            "configmaps \"{map}\" is forbidden: User \"system:bootstrap:{token_id}\" cannot get resource \"configmaps\" in API group \"\" in the namespace \"kube-system\""
        )
    };
    let text = kubeadm
        .look(id, |cluster| {
            cluster
                .objects
                .config_maps
                .get(KUBEADM_CONFIG)
                .and_then(|map| map.get("ClusterConfiguration"))
                .cloned()
        })
        .ok_or_else(|| {
            Exit::phase(format!(
                "unable to fetch the kubeadm-config ConfigMap: failed to get config map: {}",
                missing("kubeadm-config")
            ))
        })?;
    let document = serde_yaml::from_str(&text)
        .map_err(|error| Exit::phase(format!("failed to decode cluster configuration data: {error}")))?;
    let mut cluster = ClusterConfig::from_document(document, &kubeadm.version)?;
    let api = cluster.document.get("apiVersion").and_then(serde_yaml::Value::as_str).unwrap_or_default();
    if api.ends_with("v1beta4") && !kubeadm.version.at_least(31) {
        return Err(Exit::phase(
            "unable to fetch the kubeadm-config ConfigMap: failed to decode cluster configuration data: no kind \"ClusterConfiguration\" is registered for version \"kubeadm.k8s.io/v1beta4\" in scheme \"k8s.io/kubernetes/cmd/kubeadm/app/apis/kubeadm/scheme/scheme.go:31\"",
        ));
    }
    let name = super::upload::kubelet_config_name(kubeadm, &cluster.version);
    let kubelet = kubeadm.look(id, |cluster| {
        cluster
            .objects
            .config_maps
            .get(&format!("kube-system/{name}"))
            .and_then(|map| map.get("kubelet"))
            .cloned()
    });
    let kubelet = kubelet.ok_or_else(|| {
        Exit::phase(format!(
            "unable to fetch the kubeadm-config ConfigMap: failed to get component configs: could not download the kubelet configuration from ConfigMap \"{name}\": {}",
            missing(&name)
        ))
    })?;
    cluster.kubelet = serde_yaml::from_str(&kubelet).ok();
    Ok(cluster)
}
