//! Static Pod manifests, with the arguments that kubeadm gives each component.

use crate::sim::kubeadm::config::{ClusterConfig, Registration};
use crate::sim::kubeadm::etcd_tag;
use crate::version::Version;

/// What a manifest depends on.
pub(super) struct Site<'a> {
    pub(super) cluster: &'a ClusterConfig,
    pub(super) node: &'a Registration,
    pub(super) version: &'a Version,
}

/// Where a member listens for its peers.
pub(super) fn peer_url(advertise: &str) -> String {
    if advertise.contains(':') {
        format!("https://[{advertise}]:2380")
    } else {
        format!("https://{advertise}:2380")
    }
}

type Flags = Vec<(String, String)>;

fn flags(pairs: &[(&str, &str)]) -> Flags {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The operator's arguments over kubeadm's own, in the order of names.
fn merged(mut own: Flags, extra: Vec<(String, String)>) -> Flags {
    own.retain(|(name, _)| !extra.iter().any(|(other, _)| other == name));
    own.extend(extra);
    own.sort();
    own
}

fn pod(
    component: &str,
    image: &str,
    annotation: Option<(&str, &str)>,
    probe: (&str, &str, u16),
    flags: &Flags,
    folders: &[(&str, &str)],
) -> String {
    let annotations =
        annotation.map_or(String::new(), |(key, value)| format!("  annotations:\n    {key}: {value}\n"));
    let arguments =
        flags.iter().map(|(name, value)| format!("    - --{name}={value}\n")).collect::<Vec<_>>().concat();
    let (host, path, port) = probe;
    let mount = |(name, path): &(&str, &str)| format!("    - mountPath: {path}\n      name: {name}\n");
    let mounts = folders.iter().map(mount).collect::<Vec<_>>().concat();
    let volume = |(name, path): &(&str, &str)| {
        format!("  - hostPath:\n      path: {path}\n      type: DirectoryOrCreate\n    name: {name}\n")
    };
    let volumes = folders.iter().map(volume).collect::<Vec<_>>().concat();
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata:\n{annotations}  labels:\n    component: {component}\n    tier: control-plane\n  name: {component}\n  namespace: kube-system\nspec:\n  containers:\n  - command:\n    - {component}\n{arguments}    image: {image}\n    imagePullPolicy: IfNotPresent\n    livenessProbe:\n      failureThreshold: 8\n      httpGet:\n        host: {host}\n        path: {path}\n        port: {port}\n      initialDelaySeconds: 10\n      periodSeconds: 10\n      timeoutSeconds: 15\n    name: {component}\n    volumeMounts:\n{mounts}  hostNetwork: true\n  priorityClassName: system-node-critical\n  volumes:\n{volumes}status: {{}}\n"
    )
}

impl Site<'_> {
    fn image(&self, component: &str) -> String {
        format!("{}/{component}:{}", self.cluster.images, self.cluster.version)
    }

    fn etcd_image(&self) -> String {
        format!("{}/etcd:{}", self.cluster.images, etcd_tag(self.version.minor))
    }
}

const CERTIFICATES: &[(&str, &str)] = &[("ca-certs", "/etc/ssl/certs"), ("k8s-certs", "/etc/kubernetes/pki")];

pub(super) fn api_server(site: &Site<'_>) -> String {
    let (advertise, port) = (site.node.advertise.as_str(), site.node.port.to_string());
    let issuer = format!("https://kubernetes.default.svc.{}", site.cluster.dns_domain);
    let own = flags(&[
        ("advertise-address", advertise),
        ("allow-privileged", "true"),
        ("authorization-mode", "Node,RBAC"),
        ("client-ca-file", "/etc/kubernetes/pki/ca.crt"),
        ("enable-admission-plugins", "NodeRestriction"),
        ("enable-bootstrap-token-auth", "true"),
        ("etcd-cafile", "/etc/kubernetes/pki/etcd/ca.crt"),
        ("etcd-certfile", "/etc/kubernetes/pki/apiserver-etcd-client.crt"),
        ("etcd-keyfile", "/etc/kubernetes/pki/apiserver-etcd-client.key"),
        ("etcd-servers", "https://127.0.0.1:2379"),
        ("kubelet-client-certificate", "/etc/kubernetes/pki/apiserver-kubelet-client.crt"),
        ("kubelet-client-key", "/etc/kubernetes/pki/apiserver-kubelet-client.key"),
        ("kubelet-preferred-address-types", "InternalIP,ExternalIP,Hostname"),
        ("proxy-client-cert-file", "/etc/kubernetes/pki/front-proxy-client.crt"),
        ("proxy-client-key-file", "/etc/kubernetes/pki/front-proxy-client.key"),
        ("requestheader-allowed-names", "front-proxy-client"),
        ("requestheader-client-ca-file", "/etc/kubernetes/pki/front-proxy-ca.crt"),
        ("requestheader-extra-headers-prefix", "X-Remote-Extra-"),
        ("requestheader-group-headers", "X-Remote-Group"),
        ("requestheader-username-headers", "X-Remote-User"),
        ("secure-port", &port),
        ("service-account-issuer", &issuer),
        ("service-account-key-file", "/etc/kubernetes/pki/sa.pub"),
        ("service-account-signing-key-file", "/etc/kubernetes/pki/sa.key"),
        ("service-cluster-ip-range", &site.cluster.service_subnet),
        ("tls-cert-file", "/etc/kubernetes/pki/apiserver.crt"),
        ("tls-private-key-file", "/etc/kubernetes/pki/apiserver.key"),
    ]);
    let endpoint = format!("{advertise}:{port}");
    pod(
        "kube-apiserver",
        &site.image("kube-apiserver"),
        Some(("kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint", &endpoint)),
        (advertise, "/livez", site.node.port),
        &merged(own, site.cluster.extra_args("apiServer")),
        CERTIFICATES,
    )
}

pub(super) fn controller_manager(site: &Site<'_>) -> String {
    let conf = "/etc/kubernetes/controller-manager.conf";
    let mut own = flags(&[
        ("authentication-kubeconfig", conf),
        ("authorization-kubeconfig", conf),
        ("bind-address", "127.0.0.1"),
        ("client-ca-file", "/etc/kubernetes/pki/ca.crt"),
        ("cluster-name", "kubernetes"),
        ("cluster-signing-cert-file", "/etc/kubernetes/pki/ca.crt"),
        ("cluster-signing-key-file", "/etc/kubernetes/pki/ca.key"),
        ("controllers", "*,bootstrapsigner,tokencleaner"),
        ("kubeconfig", conf),
        ("leader-elect", "true"),
        ("requestheader-client-ca-file", "/etc/kubernetes/pki/front-proxy-ca.crt"),
        ("root-ca-file", "/etc/kubernetes/pki/ca.crt"),
        ("service-account-private-key-file", "/etc/kubernetes/pki/sa.key"),
        ("use-service-account-credentials", "true"),
    ]);
    if !site.cluster.pod_subnet.is_empty() {
        own.extend(flags(&[
            ("allocate-node-cidrs", "true"),
            ("cluster-cidr", &site.cluster.pod_subnet),
            ("service-cluster-ip-range", &site.cluster.service_subnet),
        ]));
    }
    let flags = merged(own, site.cluster.extra_args("controllerManager"));
    let folders = [CERTIFICATES[0], CERTIFICATES[1], ("kubeconfig", conf)];
    pod(
        "kube-controller-manager",
        &site.image("kube-controller-manager"),
        None,
        ("127.0.0.1", "/healthz", 10_257),
        &flags,
        &folders,
    )
}

pub(super) fn scheduler(site: &Site<'_>) -> String {
    let conf = "/etc/kubernetes/scheduler.conf";
    let own = flags(&[
        ("authentication-kubeconfig", conf),
        ("authorization-kubeconfig", conf),
        ("bind-address", "127.0.0.1"),
        ("kubeconfig", conf),
        ("leader-elect", "true"),
    ]);
    let flags = merged(own, site.cluster.extra_args("scheduler"));
    let path = if site.version.at_least(32) { "/livez" } else { "/healthz" };
    pod(
        "kube-scheduler",
        &site.image("kube-scheduler"),
        None,
        ("127.0.0.1", path, 10_259),
        &flags,
        &[("kubeconfig", conf)],
    )
}

/// etcd's manifest; `members` are all members, this one among them, when it joins an `existing` cluster.
pub(super) fn etcd(site: &Site<'_>, members: &[(String, String)], existing: bool) -> String {
    let peer = peer_url(&site.node.advertise);
    let client = peer.replace(":2380", ":2379");
    let initial: Vec<String> = members.iter().map(|(name, url)| format!("{name}={url}")).collect();
    let mut own = flags(&[
        ("advertise-client-urls", &client),
        ("cert-file", "/etc/kubernetes/pki/etcd/server.crt"),
        ("client-cert-auth", "true"),
        ("data-dir", "/var/lib/etcd"),
        ("initial-advertise-peer-urls", &peer),
        ("initial-cluster", &initial.join(",")),
        ("key-file", "/etc/kubernetes/pki/etcd/server.key"),
        ("listen-client-urls", &format!("https://127.0.0.1:2379,{client}")),
        ("listen-metrics-urls", "http://127.0.0.1:2381"),
        ("listen-peer-urls", &peer),
        ("name", &site.node.name),
        ("peer-cert-file", "/etc/kubernetes/pki/etcd/peer.crt"),
        ("peer-client-cert-auth", "true"),
        ("peer-key-file", "/etc/kubernetes/pki/etcd/peer.key"),
        ("peer-trusted-ca-file", "/etc/kubernetes/pki/etcd/ca.crt"),
        ("snapshot-count", "10000"),
        ("trusted-ca-file", "/etc/kubernetes/pki/etcd/ca.crt"),
    ]);
    if existing {
        own.extend(flags(&[("initial-cluster-state", "existing")]));
    }
    let flags = merged(own, site.cluster.extra_args("etcd.local"));
    let folders = [("etcd-data", "/var/lib/etcd"), ("etcd-certs", "/etc/kubernetes/pki/etcd")];
    pod(
        "etcd",
        &site.etcd_image(),
        Some(("kubeadm.kubernetes.io/etcd.advertise-client-urls", &client)),
        ("127.0.0.1", "/health", 2381),
        &flags,
        &folders,
    )
}
