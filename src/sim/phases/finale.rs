//! What whole commands say at their end.

use crate::sim::kubeadm::run::Kubeadm;
use crate::sim::kubeadm::{Exit, Outcome};
use crate::sim::model::{kubeconfig, paths, pki};

/// `show-join-command`: only as the end of a whole init.
pub(super) fn show_join_command(kubeadm: &Kubeadm) -> Outcome {
    if !kubeadm.whole {
        return Err(Exit::phase(
            "unresolved dependencies: missing [bootstrap-token upload-certs] phase(s) needed by \"show-join-command\" phase",
        ));
    }
    init(kubeadm);
    Ok(())
}

/// The words after an init.
pub(crate) fn init(kubeadm: &Kubeadm) {
    let process = &kubeadm.process;
    process.say("\nYour Kubernetes control-plane has initialized successfully!\n\nTo start using your cluster, you need to run the following as a regular user:\n\n  mkdir -p $HOME/.kube\n  sudo cp -i /etc/kubernetes/admin.conf $HOME/.kube/config\n  sudo chown $(id -u):$(id -g) $HOME/.kube/config\n\nYou should now deploy a pod network to the cluster.\nRun \"kubectl apply -f [podnetwork].yaml\" with one of the options listed at:\n  https://kubernetes.io/docs/concepts/cluster-administration/addons/\n");
    let Some(command) = join_command(kubeadm) else { return };
    if kubeadm.cluster().is_ok_and(|cluster| cluster.endpoint.is_some()) {
        let key = kubeadm.made_key.get().map(|key| format!(" --certificate-key {key}")).unwrap_or_default();
        process.say(format!("You can now join any number of the control-plane node running the following command on each as root:\n\n  {command} \\\n\t--control-plane{key}\n"));
    }
    process.say(format!(
        "Then you can join any number of worker nodes by running the following on each as root:\n\n{command}"
    ));
}

fn join_command(kubeadm: &Kubeadm) -> Option<String> {
    let token = kubeadm.made_token.get()?;
    let admin = kubeconfig::parse(&kubeadm.process.read(paths::ADMIN)?)?;
    let hash = pki::read(&admin.ca)?.key_hash;
    let endpoint = admin.server.trim_start_matches("https://");
    Some(format!("kubeadm join {endpoint} --token {token} \\\n\t--discovery-token-ca-cert-hash {hash}"))
}

/// The words after a join.
pub(crate) fn join(kubeadm: &Kubeadm) {
    if kubeadm.config.join.control_plane {
        kubeadm.process.say("\nThis node has joined the cluster and a new control plane instance was created:\n\n* Certificate signing request was sent to apiserver and approval was received.\n* The Kubelet was informed of the new secure connection details.\n* Control plane label and taint were applied to the new node.\n* The Kubernetes control plane instances scaled up.\n* A new etcd member was added to the local/stacked etcd cluster.\n\nTo start administering your cluster from this node, you need to run the following as a regular user:\n\n\tmkdir -p $HOME/.kube\n\tsudo cp -i /etc/kubernetes/admin.conf $HOME/.kube/config\n\tsudo chown $(id -u):$(id -g) $HOME/.kube/config\n\nRun 'kubectl get nodes' to see this node join the cluster.\n");
    } else {
        kubeadm.process.say("\nThis node has joined the cluster:\n* Certificate signing request was sent to apiserver and a response was received.\n* The Kubelet was informed of the new secure connection details.\n\nRun 'kubectl get nodes' on the control-plane to see this node join the cluster.\n");
    }
}
