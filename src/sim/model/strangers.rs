//! What others do to a cluster from outside of the rack.

use super::objects::{CLUSTER_INFO, NodeObject};
use super::pki::{self, Validity};
use super::{Hardware, Node, World, kubeconfig, paths};

/// A machine that nobody wrote into the inventory, and its address.
const SPARE: (&str, &str) = ("spare", "10.4.0.99");
/// The id of a member that somebody announced and never started.
const STALE: &str = "a1f0c3d2b4e59687";

impl World {
    /// Somebody puts an old backup of kube-public back: its `cluster-info` names another authority. The controller
    /// manager signs whatever stands there.
    pub(crate) fn restore_old_invitation(&mut self) {
        let Ok(other) = pki::authority("kubernetes", Validity::authority(self.now, true)) else { return };
        for cluster in self.clusters.values_mut() {
            let Some(info) = cluster.objects.config_maps.get_mut(CLUSTER_INFO) else { continue };
            let server = info.get("kubeconfig").and_then(|text| kubeconfig::parse(text));
            let server = server.map(|conf| conf.server).unwrap_or_default();
            let nobody = kubeconfig::Credentials::Token(String::new());
            let text = kubeconfig::render(&server, "\"\"", "\"\"", &other.cert, &nobody);
            info.insert("kubeconfig".to_owned(), text);
        }
    }

    /// A try by hand that announced `name`'s etcd and came no further.
    pub(crate) fn leave_stale_member(&mut self, name: &str) {
        let Some(address) = self.nodes.get(name).map(|node| node.address().to_owned()) else { return };
        let peer = format!("https://{address}:2380");
        for cluster in self.clusters.values_mut() {
            // A cluster that has such a member already keeps it.
            let _ = cluster.add(STALE.to_owned(), name, &peer, true);
        }
    }

    /// A machine that calls itself like `name` joins, as a clone of its disk does.
    pub(crate) fn take_name(&mut self, name: &str) {
        let Some((cluster, server, ca)) = self.way_in() else { return };
        let Some(twin) = self.nodes.get(name) else { return };
        let called = twin.node_name();
        let mut hardware = Hardware::pi(self.seed, SPARE.0);
        hardware.hostname.clone_from(&called);
        let mut spare = Node::new(SPARE.0, vec![SPARE.1.to_owned()], twin.kubeadm.clone(), hardware);
        crate::sim::spec::equip(&mut spare);
        let file = kubeconfig::Credentials::File(paths::KUBELET_CERT.into());
        let conf = kubeconfig::render(&server, "default-cluster", "default-auth", &ca, &file);
        for (path, text) in [
            (paths::KUBELET, conf.as_str()),
            (paths::KUBELET_CERT, "-----BEGIN CERTIFICATE-----\n"),
            (paths::KUBELET_CONFIG, "kind: KubeletConfiguration\ncgroupDriver: systemd\n"),
            ("/etc/cni/net.d/10-rack.conflist", "{}\n"),
        ] {
            spare.disk.write(path, 0o600, text);
        }
        let now = self.now;
        spare.kubelet.start(now);
        (spare.kubelet.enabled, spare.kubelet.healthy_at) = (true, Some(now));
        (spare.kubelet.register_at, spare.kubelet.ready_at) = (Some(now), Some(now));
        let object = NodeObject { ready: true, ..spare.fresh_object(now, &called) };
        self.add(spare);
        if let Some(found) = self.clusters.get_mut(&cluster) {
            found.objects.nodes.insert(called, object);
        }
    }

    /// A cluster, the address of its API and its authority.
    fn way_in(&self) -> Option<(String, String, String)> {
        self.nodes.values().find_map(|node| {
            let conf = node.disk.text(paths::ADMIN).and_then(kubeconfig::parse)?;
            let cluster = self.api(&node.name, &conf.server, Some(&conf.ca)).ok()?;
            Some((cluster, conf.server, conf.ca))
        })
    }
}
