//! The kubelet's way into the cluster: its certificate, its Node, its reports.

use super::kubeconfig::Parsed;
use super::objects::{AUTO_APPROVE, Csr, NODE_BOOTSTRAPPER, NodeObject, Taint};
use super::pki::{self, Pair, Subject, Validity};
use super::{Node, World, kubeconfig, paths};
use crate::sim::jitter;

impl World {
    /// A node of `cluster` whose controller manager works.
    pub(crate) fn controller(&self, cluster: &str) -> Option<&Node> {
        self.nodes.values().find(|node| {
            node.pod_ready("kube-controller-manager", self.now)
                && self.membership(&node.name).is_some_and(|(of, _)| of == cluster)
        })
    }

    /// TLS bootstrap: a certificate in exchange for a token.
    pub(super) fn bootstrap(&mut self, name: &str, cluster: &str, conf: &Parsed) {
        let now = self.now;
        let delay = self.around(&format!("bootstrap {name}"), 2_200, 3_800);
        let Some(found) = self.clusters.get_mut(cluster) else { return };
        let token = conf.token.as_deref().unwrap_or_default();
        if !found.objects.accepts_token(token) || !found.objects.others.contains(NODE_BOOTSTRAPPER) {
            return;
        }
        let by_hand = found.objects.csrs.iter().any(|csr| csr.node == name && csr.approved);
        let approves = by_hand || found.objects.others.contains(AUTO_APPROVE);
        let Some(node) = self.nodes.get_mut(name) else { return };
        let Some(due) = node.kubelet.bootstrap_at else {
            node.kubelet.bootstrap_at = Some(now + delay);
            let id = token.split('.').next().unwrap_or_default();
            found.objects.csrs.push(Csr {
                name: format!("csr-{}", jitter::hex(self.seed, &format!("csr {name} {now}"), 3)),
                requestor: format!("system:bootstrap:{id}"),
                approved: false,
                created: now,
                node: name.to_owned(),
            });
            return;
        };
        if due > now || !approves {
            return;
        }
        let node_name = node.node_name();
        let Some(pair) = self.kubelet_certificate(cluster, &node_name) else { return };
        if let Some(csr) = self
            .clusters
            .get_mut(cluster)
            .and_then(|c| c.objects.csrs.iter_mut().rfind(|c| !c.approved && c.node == name))
        {
            csr.approved = true;
        }
        let Some(node) = self.nodes.get_mut(name) else { return };
        node.disk.write(paths::KUBELET_CERT, 0o600, format!("{}{}", pair.cert, pair.key));
        let user = "default-auth";
        let file = kubeconfig::Credentials::File(paths::KUBELET_CERT.into());
        let text = kubeconfig::render(&conf.server, "default-cluster", user, &conf.ca, &file);
        node.disk.write(paths::KUBELET, 0o600, text);
    }

    fn kubelet_certificate(&self, cluster: &str, node_name: &str) -> Option<Pair> {
        let disk = &self.controller(cluster)?.disk;
        let ca = Pair {
            cert: disk.text("/etc/kubernetes/pki/ca.crt")?.to_owned(),
            key: disk.text("/etc/kubernetes/pki/ca.key")?.to_owned(),
        };
        let user = format!("system:node:{node_name}");
        let subject = Subject {
            common_name: &user,
            organizations: vec!["system:nodes"],
            client: true,
            ..Subject::default()
        };
        pki::sign(&ca, &subject, Validity::leaf(self.now)).ok()
    }

    /// Registers the node, renews its status, and rotates its first certificate.
    pub(super) fn report(&mut self, name: &str, cluster: &str) {
        let now = self.now;
        let register = self.around(&format!("register {name}"), 500, 1_100);
        let settle = self.around(&format!("settle {name}"), 2_500, 6_500);
        let install = self.around(&format!("cni {name}"), 7_000, 12_000);
        let Some(node) = self.nodes.get_mut(name) else { return };
        let due = *node.kubelet.register_at.get_or_insert(now + register);
        if due > now {
            return;
        }
        let node_name = node.node_name();
        let rotates = !node.disk.has(paths::KUBELET_CERT);
        let Some(found) = self.clusters.get_mut(cluster) else { return };
        let network = found.objects.network_since.is_some_and(|since| now >= since + install);
        if network && !node.has_cni() {
            node.disk.write(
                &format!("{}/10-simulated.conflist", paths::CNI),
                0o600,
                "{\"name\":\"simulated\"}\n",
            );
        }
        if node.has_cni() {
            node.kubelet.ready_at.get_or_insert(now + settle);
        }
        let ready = node.kubelet.ready_at.is_some_and(|at| at <= now);
        let new = !found.objects.nodes.contains_key(&node_name);
        node.note_object(now, new, ready);
        let object = found
            .objects
            .nodes
            .entry(node_name.clone())
            .or_insert_with(|| node.fresh_object(now, &node_name));
        object.heartbeat = now;
        if ready != object.ready {
            object.ready = ready;
            object.since = now;
            object.reason = if ready { String::new() } else { NO_NETWORK.into() };
        }
        if rotates
            && let Some(pair) = self.kubelet_certificate(cluster, &node_name)
            && let Some(node) = self.nodes.get_mut(name)
        {
            node.disk.write(paths::KUBELET_CERT, 0o600, format!("{}{}", pair.cert, pair.key));
        }
    }
}

const NO_NETWORK: &str = "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized";

impl Node {
    /// The name that the kubelet registers under.
    pub(crate) fn node_name(&self) -> String {
        let flags = self.disk.text(paths::KUBELET_FLAGS).unwrap_or_default();
        let given = flags
            .split("--hostname-override=")
            .nth(1)
            .map(|rest| rest.split([' ', '"']).next().unwrap_or_default());
        given.unwrap_or(&self.hardware.hostname).to_ascii_lowercase()
    }

    pub(super) fn fresh_object(&self, now: i64, node_name: &str) -> NodeObject {
        let arch = match self.hardware.arch.as_str() {
            "aarch64" => "arm64",
            "x86_64" => "amd64",
            other => other,
        };
        let labels = [
            ("beta.kubernetes.io/arch", arch),
            ("beta.kubernetes.io/os", "linux"),
            ("kubernetes.io/arch", arch),
            ("kubernetes.io/hostname", node_name),
            ("kubernetes.io/os", "linux"),
        ];
        let uid = jitter::hex(0, &format!("uid {node_name} {now}"), 16);
        NodeObject {
            uid,
            labels: labels.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect(),
            taints: self.flag_taints(),
            address: self.address().to_owned(),
            version: self.kubelet_version.to_string(),
            created: now,
            heartbeat: now,
            since: now,
            reason: NO_NETWORK.into(),
            ..NodeObject::default()
        }
    }

    /// Taints of `--register-with-taints`.
    fn flag_taints(&self) -> Vec<Taint> {
        let flags = self.disk.text(paths::KUBELET_FLAGS).unwrap_or_default();
        let Some(list) = flags.split("--register-with-taints=").nth(1) else { return Vec::new() };
        let list = list.split([' ', '"']).next().unwrap_or_default();
        list.split(',')
            .filter_map(|taint| {
                let (key, effect) = taint.split_once(':')?;
                let (key, value) = key.split_once('=').unwrap_or((key, ""));
                Some(Taint { key: key.into(), value: value.into(), effect: effect.into() })
            })
            .collect()
    }
}
