//! kubeadm's help texts, in the shapes that its readers rely on.

use std::collections::BTreeMap;

use crate::catalog::{Command, Phase, tree};
use crate::version::Version;

/// One line on each phase, as kubeadm's own help has it.
fn short(id: &str) -> &'static str {
    match id {
        "init/preflight" => "Run pre-flight checks",
        "join/preflight" => "Run join pre-flight checks",
        "reset/preflight" => "Run reset pre-flight checks",
        "init/certs" => "Certificate generation",
        "init/certs/ca" => {
            "Generate the self-signed Kubernetes CA to provision identities for other Kubernetes components"
        }
        "init/certs/apiserver" => "Generate the certificate for serving the Kubernetes API",
        "init/certs/apiserver-kubelet-client" => {
            "Generate the certificate for the API server to connect to kubelet"
        }
        "init/certs/front-proxy-ca" => "Generate the self-signed CA to provision identities for front proxy",
        "init/certs/front-proxy-client" => "Generate the certificate for the front proxy client",
        "init/certs/etcd-ca" => "Generate the self-signed CA to provision identities for etcd",
        "init/certs/etcd-server" => "Generate the certificate for serving etcd",
        "init/certs/etcd-peer" => "Generate the certificate for etcd nodes to communicate with each other",
        "init/certs/etcd-healthcheck-client" => {
            "Generate the certificate for liveness probes to healthcheck etcd"
        }
        "init/certs/apiserver-etcd-client" => "Generate the certificate the apiserver uses to access etcd",
        "init/certs/sa" => {
            "Generate a private key for signing service account tokens along with its public key"
        }
        "init/kubeconfig" => {
            "Generate all kubeconfig files necessary to establish the control plane and the admin kubeconfig file"
        }
        "init/kubeconfig/admin" => "Generate a kubeconfig file for the admin to use and for kubeadm itself",
        "init/kubeconfig/super-admin" => "Generate a kubeconfig file for the super-admin",
        "init/kubeconfig/kubelet" => {
            "Generate a kubeconfig file for the kubelet to use *only* for cluster bootstrapping purposes"
        }
        "init/kubeconfig/controller-manager" => {
            "Generate a kubeconfig file for the controller manager to use"
        }
        "init/kubeconfig/scheduler" => "Generate a kubeconfig file for the scheduler to use",
        "init/kubelet-start" => "Write kubelet settings and (re)start the kubelet",
        "join/kubelet-start" => "Write kubelet settings, certificates and (re)start the kubelet",
        "init/control-plane" => {
            "Generate all static Pod manifest files necessary to establish the control plane"
        }
        "init/control-plane/apiserver" => "Generates the kube-apiserver static Pod manifest",
        "init/control-plane/controller-manager" => {
            "Generates the kube-controller-manager static Pod manifest"
        }
        "init/control-plane/scheduler" => "Generates the kube-scheduler static Pod manifest",
        "init/etcd" => "Generate static Pod manifest file for local etcd",
        "init/etcd/local" => {
            "Generate the static Pod manifest file for a local, single-node local etcd instance"
        }
        "init/wait-control-plane" | "join/wait-control-plane" => "Wait for the control plane to start",
        "init/upload-config" => "Upload the kubeadm and kubelet configuration to a ConfigMap",
        "init/upload-config/kubeadm" => "Upload the kubeadm ClusterConfiguration to a ConfigMap",
        "init/upload-config/kubelet" => "Upload the kubelet component config to a ConfigMap",
        "init/upload-certs" => "Upload certificates to kubeadm-certs",
        "init/mark-control-plane" | "join/control-plane-join/mark-control-plane" => {
            "Mark a node as a control-plane"
        }
        "init/bootstrap-token" => "Generates bootstrap tokens used to join a node to a cluster",
        "init/kubelet-finalize" => "Updates settings relevant to the kubelet after TLS bootstrap",
        "init/kubelet-finalize/enable-client-cert-rotation"
        | "init/kubelet-finalize/experimental-cert-rotation" => "Enable kubelet client certificate rotation",
        "init/addon" => "Install required addons for passing Conformance tests",
        "init/addon/coredns" => "Install the CoreDNS addon to a Kubernetes cluster",
        "init/addon/kube-proxy" => "Install the kube-proxy addon to a Kubernetes cluster",
        "init/show-join-command" => "Show the join command for control-plane and worker node",
        "join/control-plane-prepare" => "Prepare the machine for serving a control plane",
        "join/control-plane-prepare/download-certs" => {
            "[EXPERIMENTAL] Download certificates shared among control-plane nodes from the kubeadm-certs Secret"
        }
        "join/control-plane-prepare/certs" => {
            "Generate the certificates for the new control plane components"
        }
        "join/control-plane-prepare/kubeconfig" => {
            "Generate the kubeconfig for the new control plane components"
        }
        "join/control-plane-prepare/control-plane" => {
            "Generate the manifests for the new control plane components"
        }
        "join/etcd-join" => "Join etcd for control plane nodes",
        "join/kubelet-wait-bootstrap" => "Wait for the kubelet to bootstrap itself",
        "join/control-plane-join" => "Join a machine as a control plane instance",
        "join/control-plane-join/etcd" => "Add a new local etcd member",
        "join/control-plane-join/update-status" => {
            "Register the new control-plane node into the ClusterStatus maintained in the kubeadm-config ConfigMap"
        }
        "reset/update-cluster-status" => "Remove this node from the ClusterStatus object.",
        "reset/remove-etcd-member" => "Remove a local etcd member.",
        "reset/cleanup-node" => "Run cleanup node.",
        _ => "",
    }
}

/// What a group's `all` does; none where the group has no such word.
fn all(group: &str) -> Option<&'static str> {
    match group {
        "init/certs" => Some("Generate all certificates"),
        "init/kubeconfig" => Some("Generate all kubeconfig files"),
        "init/control-plane" => Some("Generate all static Pod manifest files"),
        "init/etcd" => None,
        "init/upload-config" => Some("Upload all configuration to a config map"),
        "init/kubelet-finalize" => Some("Run all kubelet-finalize phases"),
        "init/addon" => Some("Install all the addons"),
        _ => Some(short(group)),
    }
}

/// Groups that say what they do and give an example; the others say that they are none to be run.
fn example(group: &str) -> Option<&'static str> {
    match group {
        "init/kubelet-finalize" => Some(
            "  # Updates settings relevant to the kubelet after TLS bootstrap\"\n  kubeadm init phase kubelet-finalize all --config",
        ),
        "join/control-plane-prepare" => Some(
            "  # Prepares the machine for serving a control plane\n  kubeadm join phase control-plane-prepare all",
        ),
        "join/control-plane-join" => Some(
            "  # Joins a machine as a control plane instance\n  kubeadm join phase control-plane-join all",
        ),
        _ => None,
    }
}

/// What every command of kubeadm takes besides its own flags, until klog's were taken out in 1.26.
const GLOBAL_FLAGS: &str = "

Global Flags:
      --add-dir-header           If true, adds the file directory to the header of the log messages
      --log-file string          If non-empty, use this log file
      --log-file-max-size uint   Defines the maximum size a log file can grow to. Unit is megabytes. If the value is 0, the maximum file size is unlimited. (default 1800)
      --one-output               If true, only write logs to their native severity level (vs also writing to each lower severity level
      --rootfs string            [EXPERIMENTAL] The path to the 'real' host root filesystem.
      --skip-headers             If true, avoid header prefixes in the log messages
      --skip-log-headers         If true, avoid headers when opening log files
  -v, --v Level                  number for the log level verbosity";

/// The narrowest column of names.
const NARROWEST: usize = 11;

fn about(command: Command) -> &'static str {
    match command {
        Command::Init => "Run this command in order to set up the Kubernetes control plane",
        Command::Join => "Run this on any machine you wish to join an existing cluster",
        Command::Reset => {
            "Performs a best effort revert of changes made to this host by 'kubeadm init' or 'kubeadm join'"
        }
    }
}

fn visible(command: Command, version: &Version) -> Vec<Phase> {
    tree(command, version).into_iter().filter(|phase| !phase.hidden).collect()
}

/// The block of phases of `kubeadm COMMAND --help`, with the sentence before it and its fences.
pub(crate) fn block(command: Command, version: &Version) -> Vec<String> {
    let rows: Vec<(usize, String, &str)> = visible(command, version)
        .iter()
        .map(|phase| {
            let path = phase.id.as_str().trim_start_matches(command.as_str()).trim_start_matches('/');
            let depth = path.matches('/').count();
            let name = path.rsplit('/').next().unwrap_or(path);
            let shown = if depth > 0 { format!("/{name}") } else { name.to_owned() };
            (depth, shown, short(phase.id.as_str()))
        })
        .collect();
    let width = rows.iter().map(|(_, name, _)| name.len()).max().unwrap_or(0) + 2;
    let mut lines =
        vec![format!("The \"{command}\" command executes the following phases:"), "```".to_owned()];
    lines.extend(
        rows.iter().map(|(depth, name, text)| format!("{}{name:<width$}{text}", "  ".repeat(*depth))),
    );
    lines.push("```".into());
    lines
}

/// The help of a command path: `["init"]`, `["init", "phase"]`, `["init", "phase", "certs"]`.
pub(crate) fn text(path: &[String], version: &Version) -> String {
    let command =
        Command::ALL.into_iter().find(|command| path.first().is_some_and(|word| word == command.as_str()));
    let usage = format!("kubeadm {}", path.join(" "));
    let Some(command) = command else { return root(version) };
    let phases = visible(command, version);
    let tail = format!(
        "\n\nFlags:\n  -h, --help   help for {}{}\n\nUse \"{usage} [command] --help\" for more information about a command.",
        path.last().map_or("", String::as_str),
        if version.at_least(26) { "" } else { GLOBAL_FLAGS }
    );
    if path.len() == 1 {
        return format!(
            "{}\n\n{}\n\nUsage:\n  {usage} [flags]\n  {usage} [command]\n\nAvailable Commands:\n  phase       Use this command to invoke single phase of the {command} workflow{tail}",
            about(command),
            block(command, version).join("\n"),
        );
    }
    let group = path.get(2).map(|top| format!("{command}/{top}"));
    let mut children: BTreeMap<String, &str> = phases
        .iter()
        .filter(|phase| match (&group, phase.id.parent()) {
            (None, None) => true,
            (Some(group), Some(parent)) => parent.as_str() == group,
            _ => false,
        })
        .map(|phase| (phase.id.leaf().to_owned(), short(phase.id.as_str())))
        .collect();
    let heading = match &group {
        None => format!("Use this command to invoke single phase of the {command} workflow"),
        Some(group) if children.is_empty() => short(group).to_owned(),
        Some(group) => {
            children.extend(all(group).map(|text| ("all".to_owned(), text)));
            match example(group) {
                Some(_) => short(group).to_owned(),
                None => "This command is not meant to be run on its own. See list of available subcommands."
                    .to_owned(),
            }
        }
    };
    if children.is_empty() {
        return format!("{heading}\n\nUsage:\n  {usage} [flags]{tail}");
    }
    let width = children.keys().map(String::len).max().unwrap_or(0).max(NARROWEST) + 1;
    let rows: Vec<String> = children.iter().map(|(name, text)| format!("  {name:<width$}{text}")).collect();
    let alone = if group.is_some() { format!("  {usage} [flags]\n") } else { String::new() };
    let aliases = match group.as_deref() {
        Some("init/upload-config") => "\n\nAliases:\n  upload-config, uploadconfig",
        _ => "",
    };
    let examples =
        group.as_deref().and_then(example).map_or_else(String::new, |text| format!("\n\nExamples:\n{text}"));
    format!(
        "{heading}\n\nUsage:\n{alone}  {usage} [command]{aliases}{examples}\n\nAvailable Commands:\n{}{tail}",
        rows.join("\n")
    )
}

fn root(version: &Version) -> String {
    let rows: Vec<String> =
        Command::ALL.iter().map(|command| format!("  {:<12}{}", command.as_str(), about(*command))).collect();
    format!(
        "kubeadm: easily bootstrap a secure Kubernetes cluster (simulated {version})\n\nUsage:\n  kubeadm [command]\n\nAvailable Commands:\n{}\n  version     Print the version of kubeadm",
        rows.join("\n")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_visible_phase_of_every_release_has_its_line() {
        for minor in 20..=36 {
            let version = Version::new(1, minor, 3);
            for command in Command::ALL {
                for phase in visible(command, &version) {
                    assert!(!short(phase.id.as_str()).is_empty(), "{} in 1.{minor}", phase.id);
                }
            }
        }
    }

    #[test]
    fn the_block_is_laid_out_as_kubeadm_does() {
        let block = block(Command::Init, &Version::new(1, 20, 2));
        assert_eq!(block[2], "preflight                    Run pre-flight checks");
        assert_eq!(
            block[4],
            "  /ca                          Generate the self-signed Kubernetes CA to provision identities for other Kubernetes components"
        );
    }
}
