//! Every field of kubeadm's documents, and in which API versions it is: kubeadm.md §3.

use super::ApiVersion::{self, V1Beta2, V1Beta3, V1Beta4};

/// A field by its path, the first and the last API version that has it.
pub(super) type Field = (&'static str, ApiVersion, ApiVersion);

const fn always(path: &'static str) -> Field {
    (path, V1Beta2, V1Beta4)
}

const fn since3(path: &'static str) -> Field {
    (path, V1Beta3, V1Beta4)
}

const fn since4(path: &'static str) -> Field {
    (path, V1Beta4, V1Beta4)
}

const CLUSTER: &[Field] = &[
    always("kubernetesVersion"),
    always("controlPlaneEndpoint"),
    always("clusterName"),
    always("certificatesDir"),
    always("imageRepository"),
    always("featureGates"),
    ("useHyperKubeImage", V1Beta2, V1Beta2),
    always("networking.serviceSubnet"),
    always("networking.podSubnet"),
    always("networking.dnsDomain"),
    always("etcd.local.dataDir"),
    always("etcd.local.extraArgs"),
    since4("etcd.local.extraEnvs"),
    always("etcd.local.serverCertSANs"),
    always("etcd.local.peerCertSANs"),
    always("etcd.local.imageRepository"),
    always("etcd.local.imageTag"),
    always("etcd.external.endpoints"),
    always("etcd.external.caFile"),
    always("etcd.external.certFile"),
    always("etcd.external.keyFile"),
    since4("etcd.external.httpEndpoints"),
    always("apiServer.certSANs"),
    always("apiServer.extraArgs"),
    always("apiServer.extraVolumes"),
    since4("apiServer.extraEnvs"),
    ("apiServer.timeoutForControlPlane", V1Beta2, V1Beta3),
    always("controllerManager.extraArgs"),
    always("controllerManager.extraVolumes"),
    since4("controllerManager.extraEnvs"),
    always("scheduler.extraArgs"),
    always("scheduler.extraVolumes"),
    since4("scheduler.extraEnvs"),
    ("dns.type", V1Beta2, V1Beta2),
    always("dns.imageRepository"),
    always("dns.imageTag"),
    since4("dns.disabled"),
    since4("proxy.disabled"),
    since4("encryptionAlgorithm"),
    since4("certificateValidityPeriod"),
    since4("caCertificateValidityPeriod"),
];

const INIT: &[Field] = &[
    always("bootstrapTokens"),
    always("nodeRegistration.name"),
    always("nodeRegistration.criSocket"),
    always("nodeRegistration.taints"),
    always("nodeRegistration.kubeletExtraArgs"),
    always("nodeRegistration.ignorePreflightErrors"),
    since3("nodeRegistration.imagePullPolicy"),
    since4("nodeRegistration.imagePullSerial"),
    always("localAPIEndpoint.advertiseAddress"),
    always("localAPIEndpoint.bindPort"),
    always("certificateKey"),
    since3("skipPhases"),
    since3("patches.directory"),
    since4("dryRun"),
    since4("timeouts.controlPlaneComponentHealthCheck"),
    since4("timeouts.kubeletHealthCheck"),
    since4("timeouts.kubernetesAPICall"),
    since4("timeouts.etcdAPICall"),
    since4("timeouts.tlsBootstrap"),
    since4("timeouts.discovery"),
    since4("timeouts.upgradeManifests"),
];

const JOIN: &[Field] = &[
    always("nodeRegistration.name"),
    always("nodeRegistration.criSocket"),
    always("nodeRegistration.taints"),
    always("nodeRegistration.kubeletExtraArgs"),
    always("nodeRegistration.ignorePreflightErrors"),
    since3("nodeRegistration.imagePullPolicy"),
    since4("nodeRegistration.imagePullSerial"),
    always("caCertPath"),
    since3("skipPhases"),
    since3("patches.directory"),
    since4("dryRun"),
    since4("timeouts.controlPlaneComponentHealthCheck"),
    since4("timeouts.kubeletHealthCheck"),
    since4("timeouts.kubernetesAPICall"),
    since4("timeouts.etcdAPICall"),
    since4("timeouts.tlsBootstrap"),
    since4("timeouts.discovery"),
    since4("timeouts.upgradeManifests"),
    always("discovery.bootstrapToken.token"),
    always("discovery.bootstrapToken.apiServerEndpoint"),
    always("discovery.bootstrapToken.caCertHashes"),
    always("discovery.bootstrapToken.unsafeSkipCAVerification"),
    always("discovery.file.kubeConfigPath"),
    always("discovery.tlsBootstrapToken"),
    ("discovery.timeout", V1Beta2, V1Beta3),
    always("controlPlane.localAPIEndpoint.advertiseAddress"),
    always("controlPlane.localAPIEndpoint.bindPort"),
    always("controlPlane.certificateKey"),
];

/// The fields of a kind of kubeadm's; none for kinds of others.
pub(super) fn of(kind: &str) -> Option<&'static [Field]> {
    match kind {
        "ClusterConfiguration" => Some(CLUSTER),
        "InitConfiguration" => Some(INIT),
        "JoinConfiguration" => Some(JOIN),
        _ => None,
    }
}
