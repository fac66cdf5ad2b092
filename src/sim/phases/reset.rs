//! `kubeadm reset`: what init and join did to the node is undone, best effort.

use super::discovery;
use crate::sim::kubeadm::run::Kubeadm;
use crate::sim::kubeadm::{Exit, Outcome};
use crate::sim::model::{kubeconfig, paths};

pub(super) async fn run(kubeadm: &Kubeadm, path: &str) -> Outcome {
    match path {
        "preflight" => preflight(kubeadm).await,
        "update-cluster-status" => {
            forget_status(kubeadm);
            Ok(())
        }
        "remove-etcd-member" => remove_member(kubeadm).await,
        "cleanup-node" => clean_up(kubeadm).await,
        _ => Err(Exit::phase(format!("the simulated kubeadm has no phase {path}"))),
    }
}

async fn preflight(kubeadm: &Kubeadm) -> Outcome {
    let process = &kubeadm.process;
    if !kubeadm.args.has("force") {
        let lead = if kubeadm.version.at_least(24) {
            process.err("W reset.go: [reset] WARNING: Changes made to this host by 'kubeadm init' or 'kubeadm join' will be reverted.");
            ""
        } else {
            "[reset] WARNING: Changes made to this host by 'kubeadm init' or 'kubeadm join' will be reverted.\n"
        };
        // Standard input is empty here, which counts as a no.
        process.say(format!("{lead}[reset] Are you sure you want to proceed? [y/N]: "));
        return Err(Exit::phase("aborted reset operation"));
    }
    process.say("[preflight] Running pre-flight checks");
    process.work(300).await;
    Ok(())
}

async fn remove_member(kubeadm: &Kubeadm) -> Outcome {
    let process = &kubeadm.process;
    let manifest = format!("{}/etcd.yaml", paths::MANIFESTS);
    let knows = kubeadm.joined.get().is_some();
    if !knows {
        let place =
            if kubeadm.version.at_least(23) { "removeetcdmember.go:106" } else { "removeetcdmember.go:79" };
        process.log('W', place, "[reset] No kubeadm config, using etcd pod spec to get data directory");
    }
    if !knows && !process.has(&manifest) {
        process.say("[reset] No etcd config found. Assuming external etcd\n[reset] Please, manually reset etcd to prevent further issues");
        return Ok(());
    }
    let _ = kubeadm.had_etcd.set(());
    process.work(500).await;
    let node = process.node.clone();
    let conf = process.read(paths::ADMIN).and_then(|text| kubeconfig::parse(&text));
    let Some(conf) = conf.filter(|_| knows) else {
        delete_data(kubeadm);
        return Ok(());
    };
    let removed = process.world(|world| {
        let id = world.api(&node, &conf.server, Some(&conf.ca))?;
        let up = world.members_up(&id);
        let Some(cluster) = world.clusters.get_mut(&id) else { return Ok(()) };
        let member =
            cluster.members.iter().find(|member| member.node == node).map(|member| member.id.clone());
        // The last member stays: there would be nobody left to tell.
        if let Some(member) = member.filter(|_| cluster.members.len() > 1) {
            cluster.remove(&member, &up).map_err(|refused| refused.to_string())?;
        }
        Ok(())
    });
    match removed {
        Ok(()) => {
            if kubeadm.version.at_least(24) {
                process.say("[reset] Deleted contents of the etcd data directory: /var/lib/etcd");
            }
        }
        Err::<(), String>(words) => process.log(
            'W',
            "removeetcdmember.go:61",
            &format!("[reset] failed to remove etcd member: {words}, please manually remove this etcd member using etcdctl"),
        ),
    }
    delete_data(kubeadm);
    Ok(())
}

/// A control plane's entry in kubeadm's record of the cluster, until 1.22 did away with it.
fn forget_status(kubeadm: &Kubeadm) {
    let process = &kubeadm.process;
    let is_control_plane = process.has(&format!("{}/kube-apiserver.yaml", paths::MANIFESTS));
    if is_control_plane && kubeadm.joined.get().is_some() && !kubeadm.version.at_least(22) {
        process.say(format!("[reset] Removing info for node \"{}\" from the ConfigMap \"kubeadm-config\" in the \"kube-system\" Namespace", process.node));
    }
}

/// What comes before the first phase: where there is an admin.conf, the cluster is asked for its configuration.
pub(crate) async fn prologue(kubeadm: &Kubeadm) {
    let process = &kubeadm.process;
    if !process.has(paths::ADMIN) {
        return;
    }
    if let Err(exit) = discovery::with_admin(kubeadm).await {
        discovery::announce(kubeadm);
        let words = format!("[reset] Unable to fetch the kubeadm-config ConfigMap from cluster: {exit}");
        process.log('W', if kubeadm.version.at_least(21) { "reset.go:101" } else { "reset.go:99" }, &words);
    }
}

/// Each phase cleans its own since 1.26; before, only the whole command does (kubeadm.md §2.6).
fn delete_data(kubeadm: &Kubeadm) {
    if kubeadm.whole || kubeadm.version.at_least(26) {
        kubeadm.process.on_node(|node| node.disk.remove(paths::ETCD_DATA));
    }
}

async fn clean_up(kubeadm: &Kubeadm) -> Outcome {
    let process = &kubeadm.process;
    process.say("[reset] Stopping the kubelet service");
    process.work(600).await;
    process.on_node(|node| node.kubelet.stop());
    process.say("[reset] Unmounting mounted directories in \"/var/lib/kubelet\"");
    process.work(900).await;
    process.on_node(|node| node.pods.clear());
    let confs = ["admin", "super-admin", "kubelet", "bootstrap-kubelet", "controller-manager", "scheduler"];
    let confs = confs.iter().filter(|name| **name != "super-admin" || kubeadm.version.at_least(29));
    let confs: Vec<String> = confs.map(|name| format!("/etc/kubernetes/{name}.conf")).collect();
    if kubeadm.version.at_least(26) {
        process.say(format!(
            "[reset] Deleting contents of directories: [{} {}]",
            paths::MANIFESTS,
            paths::PKI
        ));
    } else {
        process.say(format!(
            "[reset] Deleting contents of config directories: [{} {}]",
            paths::MANIFESTS,
            paths::PKI
        ));
    }
    process.say(format!("[reset] Deleting files: [{}]", confs.join(" ")));
    process.on_node(|node| {
        for path in confs.iter().map(String::as_str).chain([paths::MANIFESTS, paths::PKI]) {
            node.disk.remove(path);
        }
        if kubeadm.whole || kubeadm.version.at_least(26) {
            node.disk.remove("/var/lib/kubelet");
        }
    });
    Ok(())
}

/// What the whole command says and removes at its end.
pub(crate) fn epilogue(kubeadm: &Kubeadm) {
    if !kubeadm.version.at_least(26) {
        let etcd = if kubeadm.had_etcd.get().is_some() { "/var/lib/etcd " } else { "" };
        kubeadm.process.say(format!("[reset] Deleting contents of stateful directories: [{etcd}/var/lib/kubelet /var/lib/dockershim /var/run/kubernetes /var/lib/cni]"));
    }
    kubeadm.process.say("\nThe reset process does not clean CNI configuration. To do so, you must remove /etc/cni/net.d\n\nThe reset process does not reset or clean up iptables rules or IPVS tables.\nIf you wish to reset iptables, you must do so manually by using the \"iptables\" command.\n\nIf your cluster was setup to utilize IPVS, run ipvsadm --clear (or similar)\nto reset your system's IPVS tables.\n\nThe reset process does not clean your kubeconfig files and you must remove them manually.\nPlease, check the contents of the $HOME/.kube/config file.");
}
