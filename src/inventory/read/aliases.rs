//! Other tools' names for our fields: read with a warning, moved to where ours stand.

use std::collections::BTreeSet;

use serde_yaml::Value;

use crate::inventory::yaml::{Content, Entry, Node, Report};

/// Another tool's path and ours, both from the same map.
type Alias = (&'static str, &'static str);

/// Below `spec`. Sources: `KubeOne`, k0sctl, RKE, `KubeKey`, kubespray; peers.md §3.1.
pub(crate) const SPEC: &[Alias] = &[
    ("apiEndpoint.alternativeNames", "kubernetes.certSANs"),
    ("apiEndpoint", "kubernetes.controlPlaneEndpoint"),
    ("externalAddress", "kubernetes.controlPlaneEndpoint"),
    ("loadbalancer_apiserver", "kubernetes.controlPlaneEndpoint"),
    ("versions.kubernetes", "kubernetes.version"),
    ("kubernetes_version", "kubernetes.version"),
    ("kube_version", "kubernetes.version"),
    ("k0s.version", "kubernetes.version"),
    ("clusterNetwork.podSubnet", "kubernetes.podSubnet"),
    ("clusterNetwork.serviceSubnet", "kubernetes.serviceSubnet"),
    ("clusterNetwork.serviceDomainName", "kubernetes.dnsDomain"),
    ("network.podCIDR", "kubernetes.podSubnet"),
    ("network.kubePodsCIDR", "kubernetes.podSubnet"),
    ("network.pod.cidr", "kubernetes.podSubnet"),
    ("kube_pods_subnet", "kubernetes.podSubnet"),
    ("cluster_cidr", "kubernetes.podSubnet"),
    ("network.serviceCIDR", "kubernetes.serviceSubnet"),
    ("network.kubeServiceCIDR", "kubernetes.serviceSubnet"),
    ("network.service.cidr", "kubernetes.serviceSubnet"),
    ("kube_service_addresses", "kubernetes.serviceSubnet"),
    ("service_cluster_ip_range", "kubernetes.serviceSubnet"),
    ("supplementary_addresses_in_ssl_keys", "kubernetes.certSANs"),
    ("apiserverCertExtraSans", "kubernetes.certSANs"),
    ("nodes", "hosts"),
    ("machines", "hosts"),
    ("concurrency", "options.concurrency"),
    ("forks", "options.concurrency.limit"),
];

/// Below `spec.kubernetes`.
pub(crate) const KUBERNETES: &[Alias] = &[
    ("kubernetesVersion", "version"),
    ("kubernetes_version", "version"),
    ("kube_version", "version"),
    ("apiEndpoint", "controlPlaneEndpoint"),
    ("externalAddress", "controlPlaneEndpoint"),
    ("loadbalancer_apiserver", "controlPlaneEndpoint"),
    ("networking.podSubnet", "podSubnet"),
    ("networking.serviceSubnet", "serviceSubnet"),
    ("networking.dnsDomain", "dnsDomain"),
    ("podCIDR", "podSubnet"),
    ("kubePodsCIDR", "podSubnet"),
    ("kube_pods_subnet", "podSubnet"),
    ("cluster_cidr", "podSubnet"),
    ("serviceCIDR", "serviceSubnet"),
    ("kubeServiceCIDR", "serviceSubnet"),
    ("kube_service_addresses", "serviceSubnet"),
    ("service_cluster_ip_range", "serviceSubnet"),
    ("alternativeNames", "certSANs"),
    ("sans", "certSANs"),
    ("apiserverCertExtraSans", "certSANs"),
    ("supplementary_addresses_in_ssl_keys", "certSANs"),
    ("tls-san", "certSANs"),
];

/// Below `spec.options`.
pub(crate) const OPTIONS: &[Alias] = &[
    ("forks", "concurrency.limit"),
    ("timeouts.waitControlPlane", "timeouts.controlPlane"),
    ("onFailure.worker", "onFailure.workers"),
];

/// Below a host and `spec.defaults`.
pub(crate) const HOST: &[Alias] = &[
    ("hostname", "name"),
    ("hostname_override", "name"),
    ("nodeName", "name"),
    ("publicAddress", "ssh.address"),
    ("address", "ssh.address"),
    ("ansible_host", "ssh.address"),
    ("ansible_ssh_host", "ssh.address"),
    ("sshUsername", "ssh.user"),
    ("ansible_user", "ssh.user"),
    ("ansible_ssh_user", "ssh.user"),
    ("user", "ssh.user"),
    ("sshPort", "ssh.port"),
    ("ansible_port", "ssh.port"),
    ("ansible_ssh_port", "ssh.port"),
    ("port", "ssh.port"),
    ("sshPrivateKeyFile", "ssh.keyPath"),
    ("ansible_ssh_private_key_file", "ssh.keyPath"),
    ("ssh_key_path", "ssh.keyPath"),
    ("privateKeyPath", "ssh.keyPath"),
    ("private_key", "ssh.keyPath"),
    ("ssh.privateKeyPath", "ssh.keyPath"),
    ("ssh.pk", "ssh.keyPath"),
    ("bastion", "ssh.bastion"),
    ("bastion_host", "ssh.bastion"),
    ("proxyJump", "ssh.bastion"),
    ("ssh.proxyJump", "ssh.bastion"),
    ("bastionUser", "ssh.bastion.user"),
    ("bastionPort", "ssh.bastion.port"),
    ("internalAddress", "privateAddress"),
    ("internal_address", "privateAddress"),
    ("internal_ipv4", "privateAddress"),
    ("ipv4_address", "privateAddress"),
    ("access_ip", "privateAddress"),
    ("ip", "privateAddress"),
    ("isLeader", "leader"),
    ("node_labels", "labels"),
    ("node_taints", "taints"),
    ("ansible_become_method", "become.method"),
    ("ansible_become_password", "become.password"),
    ("ansible_become_pass", "become.password"),
];

/// Renames what other tools call differently; each name is warned about once in a file.
pub(crate) struct Renamer {
    warned: BTreeSet<&'static str>,
}

impl Renamer {
    pub(crate) fn new() -> Self {
        Self { warned: BTreeSet::new() }
    }

    /// Moves what `table` names below `node` to our places.
    pub(crate) fn rename(&mut self, node: &mut Node, table: &'static [Alias], report: &mut Report<'_>) {
        for (from, to) in table {
            let Some(entry) = take(node, from) else { continue };
            self.warn(from, to, &entry, report);
            put(node, to, entry, report);
        }
    }

    /// The same for hosts, with the names whose values change too.
    pub(crate) fn rename_host(&mut self, node: &mut Node, report: &mut Report<'_>) {
        self.rename(node, HOST, report);
        for from in ["sudo", "ansible_become"] {
            let Some(entry) = take(node, from) else { continue };
            self.warn(from, "become.method", &entry, report);
            let method = if entry.value.as_text() == Some("false") { "none" } else { "sudo" };
            let value = scalar(&entry, Value::String(method.to_owned()));
            put(node, "become.method", Entry { value, ..entry }, report);
        }
        if let Some(entry) = take(node, "noTaints") {
            self.warn("noTaints", "schedulable", &entry, report);
            put(node, "schedulable", entry, report);
        }
    }

    fn warn(&mut self, from: &'static str, to: &str, entry: &Entry, report: &mut Report<'_>) {
        if self.warned.insert(from) {
            report.warning(
                entry.at,
                format!("`{from}` is called `{to}` here"),
                "it is understood; rename it",
            );
        }
    }
}

fn scalar(like: &Entry, value: Value) -> Node {
    let written = like.value.shown();
    Node { at: like.value.at, content: Content::Scalar { value, written } }
}

/// Removes the entry at `path`; a parent that becomes empty goes too.
fn take(node: &mut Node, path: &str) -> Option<Entry> {
    let Content::Map(entries) = &mut node.content else { return None };
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let index = entries.iter().position(|entry| entry.key == first)?;
    let Some(rest) = rest else { return Some(entries.remove(index)) };
    let child = &mut entries.get_mut(index)?.value;
    let found = take(child, rest)?;
    if matches!(&child.content, Content::Map(left) if left.is_empty()) {
        entries.remove(index);
    }
    Some(found)
}

/// Puts the entry at `path`; what stands there already is an error.
fn put(node: &mut Node, path: &str, mut entry: Entry, report: &mut Report<'_>) {
    if let Content::Scalar { .. } = &node.content {
        // A bastion may be a text alone; with a user of its own it becomes a map.
        let address = std::mem::replace(&mut node.content, Content::Map(Vec::new()));
        let value = Node { at: node.at, content: address };
        node.content = Content::Map(vec![Entry { key: "address".to_owned(), at: node.at, value }]);
    }
    let Content::Map(entries) = &mut node.content else {
        report.error(
            entry.at,
            format!("`{}` doesn't go with the list of line {}", entry.key, node.at.line),
            "",
        );
        return;
    };
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let index = entries.iter().position(|other| other.key == first);
    match (index, rest) {
        (Some(index), None) => {
            let line = entries[index].at.line;
            report.error(
                entry.at,
                format!("`{}` and `{first}` say the same", entry.key),
                format!("`{first}` is in line {line}"),
            );
        }
        (None, None) => {
            first.clone_into(&mut entry.key);
            entries.push(entry);
        }
        (Some(index), Some(rest)) => put(&mut entries[index].value, rest, entry, report),
        (None, Some(rest)) => {
            let at = entry.at;
            let mut value = Node { at, content: Content::Map(Vec::new()) };
            put(&mut value, rest, entry, report);
            entries.push(Entry { key: first.to_owned(), at, value });
        }
    }
}

/// What keys of other tools mean here, where we have nothing of the kind, and where keys of ours belong.
pub(crate) fn hint(key: &str) -> Option<&'static str> {
    Some(match key {
        "hostKey" | "sshHostPublicKey" => "put the key into ~/.ssh/known_hosts: the system's ssh is used",
        "files" => "copy files with your own tools, or fetch them in a `before-node` hook",
        "annotations" => "set annotations in an `after-node` hook",
        "cni" | "cniPlugin" | "kube_network_plugin" | "network" => {
            "name the network plugin's manifest under spec.kubernetes.manifests"
        }
        "loadBalancer" => "the load balancer is yours; name it as spec.kubernetes.controlPlaneEndpoint",
        "skipPhases" => "skip phases on the command line: --skip PHASE=REASON",
        "evidence" => "leave it out: evidence is kept until `kubestep reset`",
        "uploads" => "leave it out: nothing large is uploaded",
        "ansible_password" | "ansible_ssh_pass" => {
            "ssh logs in with keys: ssh.keyPath, an agent, or ~/.ssh/config"
        }
        "ansible_connection" => "leave it out: nodes are reached over ssh",
        "controlPlane" | "staticWorkers" | "roleGroups" => {
            "list every machine under spec.hosts, each with its `role`"
        }
        "version"
        | "controlPlaneEndpoint"
        | "podSubnet"
        | "serviceSubnet"
        | "dnsDomain"
        | "criSocket"
        | "certSANs"
        | "imageRepository"
        | "ignorePreflightErrors"
        | "manifests" => "it belongs under spec.kubernetes",
        "keyPath" | "configPath" => "it belongs under `ssh`",
        "password" => "it belongs under `become`",
        "timeouts" | "onFailure" => "it belongs under spec.options",
        _ => return None,
    })
}
