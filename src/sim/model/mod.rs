//! What the simulated machines and their cluster are, and how they change as time passes.

pub(crate) mod cluster;
pub(crate) mod disk;
mod etcd;
mod files;
pub(crate) mod journal;
pub(crate) mod kubeconfig;
pub(crate) mod kubelet;
pub(crate) mod network;
pub(crate) mod node;
pub(crate) mod noting;
pub(crate) mod objects;
pub(crate) mod pki;
pub(crate) mod pods;
mod registration;
mod strangers;
pub(crate) mod units;
pub(crate) mod world;

pub(crate) use node::{Hardware, Node};
pub(crate) use world::World;

/// Paths that kubeadm and the kubelet use.
pub(crate) mod paths {
    pub(crate) const PKI: &str = "/etc/kubernetes/pki";
    pub(crate) const MANIFESTS: &str = "/etc/kubernetes/manifests";
    pub(crate) const ADMIN: &str = "/etc/kubernetes/admin.conf";
    pub(crate) const SUPER_ADMIN: &str = "/etc/kubernetes/super-admin.conf";
    pub(crate) const KUBELET: &str = "/etc/kubernetes/kubelet.conf";
    pub(crate) const BOOTSTRAP: &str = "/etc/kubernetes/bootstrap-kubelet.conf";
    pub(crate) const KUBELET_CONFIG: &str = "/var/lib/kubelet/config.yaml";
    pub(crate) const INSTANCE_CONFIG: &str = "/var/lib/kubelet/instance-config.yaml";
    pub(crate) const KUBELET_FLAGS: &str = "/var/lib/kubelet/kubeadm-flags.env";
    pub(crate) const KUBELET_CERT: &str = "/var/lib/kubelet/pki/kubelet-client-current.pem";
    pub(crate) const ETCD_DATA: &str = "/var/lib/etcd";
    pub(crate) const CNI: &str = "/etc/cni/net.d";
}
