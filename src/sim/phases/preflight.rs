//! `preflight` of init and join: checks against the node's true state, and the images.

use std::fmt::Write as _;

use super::discovery;
use crate::sim::kubeadm::run::Kubeadm;
use crate::sim::kubeadm::{Exit, Outcome};
use crate::sim::model::{Node, paths};
use crate::version::Version;

/// What one check found: its name, and whether it is an error.
struct Found {
    name: String,
    error: bool,
    message: String,
}

struct Checks<'a> {
    node: &'a Node,
    now: i64,
    version: &'a Version,
    found: Vec<Found>,
}

impl Checks<'_> {
    fn error(&mut self, name: impl Into<String>, message: impl Into<String>) {
        self.found.push(Found { name: name.into(), error: true, message: message.into() });
    }

    fn warn(&mut self, name: impl Into<String>, message: impl Into<String>) {
        self.found.push(Found { name: name.into(), error: false, message: message.into() });
    }

    fn port(&mut self, port: u16) {
        if self.node.listening(self.now).contains(&port) {
            self.error(format!("Port-{port}"), format!("Port {port} is in use"));
        }
    }

    fn file_available(&mut self, path: &str) {
        if self.node.disk.has(path) {
            self.error(format!("FileAvailable-{}", path.replace('/', "-")), format!("{path} already exists"));
        }
    }

    fn dir_available(&mut self, path: &str) {
        if !self.node.disk.is_empty_dir(path) {
            self.error(format!("DirAvailable-{}", path.replace('/', "-")), format!("{path} is not empty"));
        }
    }

    fn content(&mut self, setting: &str) {
        let path = format!("/proc/sys/{}", setting.replace('.', "/"));
        let name = format!("FileContent-{}", path.replace('/', "-"));
        match self.node.hardware.sysctls.get(setting).map(String::as_str) {
            Some("1") => {}
            Some(value) if !value.is_empty() => self.error(name, format!("{path} contents are not set to 1")),
            _ => self.error(name, format!("{path} does not exist")),
        }
    }

    fn program(&mut self, program: &str, mandatory: bool) {
        if self.node.hardware.missing_programs.iter().any(|missing| missing == program) {
            let message = format!("{program} not found in system path");
            if mandatory {
                self.error(format!("FileExisting-{program}"), message);
            } else {
                self.warn(format!("FileExisting-{program}"), message);
            }
        }
    }

    /// Of the control plane, first or further.
    fn control_plane(&mut self, cluster_version: &Version) {
        let hardware = &self.node.hardware;
        let (cpus, memory) = (hardware.cpus, hardware.memory_mib);
        if cpus < 2 {
            self.error("NumCPU", format!("the number of available CPUs {cpus} is less than the required 2"));
        }
        if memory < 1_700 {
            self.error("Mem", format!("the system RAM ({memory} MB) is less than the minimum 1700 MB"));
        }
        if cluster_version.minor > self.version.minor {
            self.warn("KubernetesVersion", format!("Kubernetes version is greater than kubeadm version. Please consider to upgrade kubeadm. Kubernetes version: {}. Kubeadm version: {}.x", cluster_version.to_string().trim_start_matches('v'), self.version.minor_name()));
        }
        for port in [6443, 10_259, 10_257] {
            self.port(port);
        }
        for component in ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"] {
            self.file_available(&format!("{}/{component}.yaml", paths::MANIFESTS));
        }
    }

    fn etcd(&mut self) {
        self.port(2379);
        self.port(2380);
        self.dir_available(paths::ETCD_DATA);
    }

    /// Of every node.
    fn common(&mut self, node_name: &str) {
        let (minor, hardware) = (self.version.minor, self.node.hardware.clone());
        if !hardware.cri_answers {
            self.error("CRI", "container runtime is not running: output: time=\"now\" level=fatal msg=\"validate service connection: CRI v1 runtime API is not implemented for endpoint \\\"unix:///run/containerd/containerd.sock\\\": rpc error: code = Unimplemented desc = unknown service runtime.v1.RuntimeService\"\n, error: exit status 1");
        }
        if minor <= 31 {
            self.program("crictl", minor <= 30);
        }
        if minor <= 29 {
            self.content("net.bridge.bridge-nf-call-iptables");
        }
        self.content("net.ipv4.ip_forward");
        if !hardware.swap.is_empty() {
            if minor <= 22 {
                self.error("Swap", "running with swap on is not supported. Please disable swap");
            } else {
                self.warn("Swap", "swap is supported for cgroup v2 only. The kubelet must be properly configured to use swap. Please refer to https://kubernetes.io/docs/concepts/architecture/nodes/#swap-memory, or disable swap on the node");
            }
        }
        if minor <= 31 {
            self.program("conntrack", true);
        }
        if minor <= 32 {
            for program in ["ip", "iptables"] {
                self.program(program, true);
            }
        }
        self.program("mount", true);
        if minor <= 32 {
            self.program("nsenter", true);
            if minor <= 31 {
                self.program("ebtables", false);
                self.program("socat", false);
            }
            for program in ["ethtool", "tc", "touch"] {
                self.program(program, false);
            }
        } else {
            self.program("cp", true);
            self.program("losetup", true);
        }
        if !hardware.cgroup_memory {
            self.error("SystemVerification", "missing required cgroups: memory");
        } else if hardware.cgroup == 1 && minor >= 35 {
            self.error("SystemVerification", "cgroups v1 support is deprecated and will be removed in a future release. Please migrate to cgroups v2");
        }
        if !hardware.name_resolves {
            self.warn("Hostname", format!("hostname \"{node_name}\" could not be reached"));
            self.warn("Hostname", format!("hostname \"{node_name}\": lookup {node_name}: no such host"));
        }
        if self.node.kubelet_version.minor > self.version.minor {
            let (kubelet, plane) = (self.node.kubelet_version.to_string(), self.version.to_string());
            self.error("KubeletVersion", format!("the kubelet version is higher than the control plane version. This is not a supported version skew and may lead to a malfunctional cluster. Kubelet version: \"{}\" Control plane version: \"{}\"", kubelet.trim_start_matches('v'), plane.trim_start_matches('v')));
        }
        if !self.node.kubelet.enabled {
            self.warn(
                "Service-Kubelet",
                "kubelet service is not enabled, please run 'systemctl enable kubelet.service'",
            );
        }
        self.port(10_250);
    }
}

impl Kubeadm {
    fn ignores(&self, name: &str) -> bool {
        self.config
            .node
            .ignored
            .iter()
            .any(|ignored| ignored.eq_ignore_ascii_case("all") || ignored.eq_ignore_ascii_case(name))
    }

    /// Runs checks, prints what they found, and fails if an error is left.
    fn check(&self, run: impl FnOnce(&mut Checks<'_>)) -> Outcome {
        let version = self.version.clone();
        let found = self.process.world(|world| {
            let now = world.now;
            world.nodes.get(&self.process.node).map(|node| {
                let mut checks = Checks { node, now, version: &version, found: Vec::new() };
                run(&mut checks);
                checks.found
            })
        });
        self.report(found.unwrap_or_default())
    }

    fn report(&self, found: Vec<Found>) -> Outcome {
        let mut errors = String::new();
        for one in found {
            if one.error && !self.ignores(&one.name) {
                let _ = writeln!(errors, "\t[ERROR {}]: {}", one.name, one.message);
            } else {
                self.process.err(format!("\t[WARNING {}]: {}", one.name, one.message));
            }
        }
        if errors.is_empty() {
            return Ok(());
        }
        Err(Exit::phase(format!(
            "[preflight] Some fatal errors occurred:\n{errors}[preflight] If you know what you are doing, you can make a check non-fatal with `--ignore-preflight-errors=...`"
        )))
    }

    /// Pulls the control plane's images, unless they are here.
    async fn pull_images(&self) -> Outcome {
        let process = &self.process;
        process.say("[preflight] Pulling images required for setting up a Kubernetes cluster");
        process.say(
            "[preflight] This might take a minute or two, depending on the speed of your internet connection",
        );
        process.say(
            "[preflight] You can also perform this action in beforehand using 'kubeadm config images pull'",
        );
        let cluster = self.cluster()?;
        let registry = cluster.images.split('/').next().unwrap_or_default();
        let (here, reachable, blocked) = process.world(|world| {
            world.nodes.get(&process.node).map_or((false, false, false), |node| {
                (node.images, node.hardware.images_reachable, node.hosts_block(registry))
            })
        });
        if here {
            process.work(300).await;
            return Ok(());
        }
        if blocked || !reachable {
            // Five tries each; a name that leads nowhere is refused at once.
            process.work(if blocked { 4_000 } else { 31_000 }).await;
            let found = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"].map(|image| {
                let full = format!("{}/{image}:{}", cluster.images, cluster.version);
                let why = if blocked {
                    format!("failed to do request: Head \"https://{registry}/v2/{image}/manifests/{}\": dial tcp 0.0.0.0:443: connect: connection refused", cluster.version)
                } else {
                    format!("dial tcp: lookup {registry}: i/o timeout")
                };
                Found { name: "ImagePull".into(), error: true, message: format!("failed to pull image {full}: output: failed to resolve reference \"{full}\": {why}\n, error: exit status 1") }
            });
            return self.report(found.into());
        }
        process.work(11_000).await;
        process.on_node(|node| node.images = true);
        Ok(())
    }
}

pub(super) async fn init(kubeadm: &Kubeadm) -> Outcome {
    let process = &kubeadm.process;
    process.say("[preflight] Running pre-flight checks");
    process.work(1_400).await;
    let version = kubeadm.cluster()?.version.clone();
    kubeadm.check(|checks| {
        checks.control_plane(&version);
        checks.common(&kubeadm.config.node.name);
        checks.etcd();
    })?;
    kubeadm.pull_images().await
}

pub(super) async fn join(kubeadm: &Kubeadm) -> Outcome {
    let process = &kubeadm.process;
    let control_plane = kubeadm.config.join.control_plane;
    process.say("[preflight] Running pre-flight checks");
    process.work(1_200).await;
    kubeadm.check(|checks| {
        if checks.version.minor <= 22 {
            checks.dir_available(paths::MANIFESTS);
        }
        checks.file_available(paths::KUBELET);
        checks.file_available(paths::BOOTSTRAP);
        checks.common(&kubeadm.config.node.name);
        if !control_plane {
            checks.file_available("/etc/kubernetes/pki/ca.crt");
        }
    })?;
    let joined = discovery::joined(kubeadm).await?;
    if !control_plane {
        return Ok(());
    }
    if joined.cluster.endpoint.is_none() {
        return Err(Exit::phase(
            "\nOne or more conditions for hosting a new control plane instance is not satisfied.\n\nunable to add a new control plane instance to a cluster that doesn't have a stable controlPlaneEndpoint address\n\nPlease ensure that:\n* The cluster has a stable controlPlaneEndpoint address.\n* The certificates that must be shared among control plane instances are provided.\n",
        ));
    }
    if kubeadm.config.join.certificate_key.is_none() && !process.has("/etc/kubernetes/pki/ca.key") {
        return Err(Exit::phase(
            "\nOne or more conditions for hosting a new control plane instance is not satisfied.\n\n[failure loading certificate for CA: couldn't load the certificate file /etc/kubernetes/pki/ca.crt: open /etc/kubernetes/pki/ca.crt: no such file or directory]\n\nPlease ensure that:\n* The cluster has a stable controlPlaneEndpoint address.\n* The certificates that must be shared among control plane instances are provided.\n",
        ));
    }
    process.say("[preflight] Running pre-flight checks before initializing the new control plane instance");
    let version = joined.cluster.version.clone();
    kubeadm.check(|checks| {
        checks.control_plane(&version);
        checks.etcd();
    })?;
    kubeadm.pull_images().await
}
