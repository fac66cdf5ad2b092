//! The same kubeadm as processes that share a folder.

use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use kubestep::sim::{RackSpec, init_folder, kubeadm_main};

use super::driver::Cluster;
use kubestep::sim::Scenario;

#[derive(Clone, Default)]
struct Sheet(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Sheet {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Sheet {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

fn kubeadm(root: &Path, node: &str, line: &str) -> (i32, String, String) {
    let (out, err) = (Sheet::default(), Sheet::default());
    let args: Vec<String> = line.split(' ').map(str::to_owned).collect();
    let rc = kubeadm_main(&args, root, node, out.clone(), err.clone());
    (rc, out.text(), err.text())
}

/// Puts what a run renders where the node's kubeadm finds it.
fn config(root: &Path, node: &str, text: &str) {
    let folder = root.join(node).join("run/kubestep");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("kubeadm.yaml"), text).unwrap();
}

/// The configuration of a run, rendered by way of a simulated rack in memory.
fn rendered(node: &str, ca_hash: Option<&str>) -> String {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let cluster = Cluster::goldentooth("v1.29.6", Scenario::uneventful());
        let node = super::driver::name(node);
        cluster.put_config(&node, ca_hash, &[]).await;
        cluster.read(&node, super::driver::CONFIG).await.unwrap()
    })
}

#[test]
fn processes_that_share_a_folder_build_a_cluster() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("inventory/goldentooth.yaml");
    let (inventory, _) = kubestep::inventory::load(&file, &kubestep::inventory::ThisMachine).unwrap();
    let spec = RackSpec::from_inventory(&inventory, "v1.29.6".parse().unwrap());
    init_folder(root, &spec, 1).unwrap();

    assert_eq!(kubeadm(root, "bettley", "version -o short"), (0, "v1.29.6\n".into(), String::new()));
    config(root, "bettley", &rendered("bettley", None));
    let (rc, out, err) = kubeadm(root, "bettley", "init --config /run/kubestep/kubeadm.yaml --upload-certs");
    assert_eq!(rc, 0, "{out}{err}");
    assert!(out.contains("Your Kubernetes control-plane has initialized successfully!"), "{out}");
    assert!(err.is_empty(), "{err}");

    let ca = root.join("bettley/etc/kubernetes/pki/ca.crt");
    let openssl = Command::new("openssl").args(["x509", "-noout", "-subject", "-in"]).arg(&ca).output();
    if let Ok(said) = openssl {
        assert!(String::from_utf8_lossy(&said.stdout).contains("kubernetes"), "{said:?}");
    }
    let hash = out.split("sha256:").nth(1).map(|rest| format!("sha256:{}", &rest[..64])).unwrap();
    config(root, "jast", &rendered("jast", Some(&hash)));
    let (rc, out, err) = kubeadm(root, "jast", "join --config /run/kubestep/kubeadm.yaml");
    assert_eq!(rc, 0, "{out}{err}");
    assert!(root.join("jast/etc/kubernetes/kubelet.conf").exists());
    assert!(!root.join("jast/etc/kubernetes/bootstrap-kubelet.conf").exists());

    let (rc, _, err) = kubeadm(root, "jast", "join phase preflight --config /run/kubestep/kubeadm.yaml");
    assert_eq!(rc, 1);
    assert!(err.contains("[ERROR FileAvailable--etc-kubernetes-kubelet.conf]"), "{err}");
    let (rc, out, _) = kubeadm(root, "jast", "reset --force");
    assert_eq!(rc, 0, "{out}");
    assert!(!root.join("jast/etc/kubernetes/kubelet.conf").exists());
}

#[test]
fn a_folder_without_a_cluster_is_said_to_be_one() {
    let root = tempfile::tempdir().unwrap();
    let (rc, _, err) = kubeadm(root.path(), "bettley", "version");
    assert_eq!(rc, 70);
    assert!(err.contains("no simulated cluster"), "{err}");
}
