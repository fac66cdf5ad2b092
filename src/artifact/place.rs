//! Which file is which, by where it is.

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// One or more certificates.
    Certificate,
    /// A private key, or something that holds nothing else worth knowing.
    Key,
    /// The public half of a key pair.
    PublicKey,
    /// How somebody logs in to the cluster.
    Kubeconfig,
    /// What the kubelet runs without being told by anybody.
    Manifest,
    /// The kubelet's configuration.
    KubeletConfig,
    /// The kubelet's arguments of this node.
    KubeletFlags,
    /// Of a network plug-in.
    Network,
    /// Where etcd keeps its data.
    EtcdData,
    /// A `ConfigMap`.
    ConfigMap,
    /// A `Secret`, by names and sizes.
    Secret,
    /// YAML or JSON that nothing more is known of.
    Text,
    /// Anything else.
    Other,
}

impl Place {
    /// In a word or two.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::Key => "private key",
            Self::PublicKey => "public key",
            Self::Kubeconfig => "kubeconfig",
            Self::Manifest => "static Pod",
            Self::KubeletConfig => "kubelet's configuration",
            Self::KubeletFlags => "kubelet's arguments",
            Self::Network => "network",
            Self::EtcdData => "etcd's data",
            Self::ConfigMap => "ConfigMap",
            Self::Secret => "Secret",
            Self::Text => "text",
            Self::Other => "file",
        }
    }

    /// Whether its content is ever asked for.
    pub const fn is_read(self) -> bool {
        !matches!(self, Self::Key | Self::EtcdData | Self::Other)
    }
}

/// What the file at `path` is.
pub fn place(path: &str) -> Place {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    let within = |folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    match path {
        _ if path.starts_with("configmap ") => Place::ConfigMap,
        _ if path.starts_with("secret ") => Place::Secret,
        "/var/lib/etcd" => Place::EtcdData,
        "/var/lib/kubelet/config.yaml" | "/var/lib/kubelet/instance-config.yaml" => Place::KubeletConfig,
        "/var/lib/kubelet/kubeadm-flags.env" => Place::KubeletFlags,
        _ => match extension {
            "crt" | "pem" => Place::Certificate,
            "key" => Place::Key,
            "pub" => Place::PublicKey,
            "yaml" | "yml" | "json" if within("/etc/kubernetes/manifests") => Place::Manifest,
            "conf" | "conflist" | "json" if within("/etc/cni/net.d") => Place::Network,
            "conf" if within("/etc/kubernetes") => Place::Kubeconfig,
            "yaml" | "yml" | "json" | "conf" | "env" => Place::Text,
            _ => Place::Other,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_place() {
        for (path, is) in [
            ("/etc/kubernetes/pki/etcd/ca.crt", Place::Certificate),
            ("/etc/kubernetes/pki/etcd/ca.key", Place::Key),
            ("/etc/kubernetes/pki/sa.pub", Place::PublicKey),
            ("/etc/kubernetes/admin.conf", Place::Kubeconfig),
            ("/etc/kubernetes/manifests/etcd.yaml", Place::Manifest),
            ("/var/lib/kubelet/config.yaml", Place::KubeletConfig),
            ("/var/lib/kubelet/pki/kubelet-client-current.pem", Place::Certificate),
            ("/var/lib/kubelet/kubeadm-flags.env", Place::KubeletFlags),
            ("/var/lib/etcd", Place::EtcdData),
            ("/etc/cni/net.d/10-flannel.conflist", Place::Network),
            ("/etc/cni/net.d/calico-kubeconfig", Place::Other),
            ("configmap kube-system/kubeadm-config", Place::ConfigMap),
            ("secret kube-system/kubeadm-certs", Place::Secret),
        ] {
            assert_eq!(place(path), is, "{path}");
        }
    }
}
