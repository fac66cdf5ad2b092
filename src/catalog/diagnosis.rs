//! From what kubeadm printed to a likely cause and a fix.

use serde::{Deserialize, Serialize};

use super::output::{Line, important, parse};
use super::preflight;
use super::rules::{self, Rule, generic, specific};
use crate::ids::PhaseId;

/// A likely cause of a failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// The rule's name: `kubelet-unhealthy`, `port-in-use` …
    pub rule: String,
    /// kubeadm's own words that gave it away.
    pub symptom: String,
    /// The likely cause, a sentence.
    pub cause: String,
    /// What to do, a sentence.
    pub fix: String,
    /// Commands to look closer with on the node; read-only.
    pub look: Vec<String>,
}

/// How much of an error is told, in lines.
const MOST: usize = 60;

/// The most likely cause of the failure of `phase`, from all that its command printed, the kubelet's log lines included if there
/// are any; none when nothing is recognised.
///
/// Failed preflight checks come first. Then the error's own words are tried on every rule, then everything else that was printed,
/// and last the rules for what merely ran out of time.
pub fn diagnose(phase: &PhaseId, output: &[String]) -> Option<Diagnosis> {
    if let Some(first) = preflight::diagnose(output).into_iter().next() {
        return Some(first);
    }
    let said_nothing_of_etcd =
        || !output.iter().any(|line| line.contains("[etcd]") || line.contains("external etcd"));
    let failed = output.iter().any(|line| matches!(parse(line), Line::Fatal { .. }));
    let own = important(output, MOST);
    let all: Vec<&str> = output.iter().map(String::as_str).collect();
    find(specific(), phase, &own)
        .or_else(|| find(specific(), phase, &all))
        .or_else(|| find(generic(), phase, &all))
        .or_else(|| {
            (is_etcd_no_op(phase) && !failed && !output.is_empty() && said_nothing_of_etcd()).then(etcd_no_op)
        })
}

/// etcd lists the node as a member that never started, and nothing else is known: most likely it is one of an earlier try. kubeadm
/// 1.20 says nothing of it, and that all is well (`phases/etcd/local.go`: a member that is listed isn't added again).
pub fn stale_member(symptom: &str) -> Option<Diagnosis> {
    rules::named("etcd-stale-member", symptom)
}

/// kubeadm did not end by itself: what it printed last is where it was, not why it ended.
pub fn killed(signal: i32) -> Diagnosis {
    let (cause, fix) = match signal {
        9 => (
            "Something on the node killed kubeadm: the kernel when memory ran out, or somebody by hand.",
            "See whether memory ran out, and make room if it did.",
        ),
        _ => (
            "Something on the node ended kubeadm: a shutdown, a service that was stopped, or somebody by hand.",
            "See what the node was doing at that time, and let it come to its end.",
        ),
    };
    Diagnosis {
        rule: "killed".to_owned(),
        symptom: format!("kubeadm was ended by signal {signal}"),
        cause: cause.to_owned(),
        fix: fix.to_owned(),
        look: [
            "journalctl -k -n 200 --no-pager | grep -i -e 'out of memory' -e oom",
            "free -m",
            "last -x -n 5",
        ]
        .map(str::to_owned)
        .into(),
    }
}

/// One diagnosis for each kind of failed preflight check, the most telling first.
pub fn diagnose_checks(output: &[String]) -> Vec<Diagnosis> {
    preflight::diagnose(output)
}

fn find(
    mut rules: impl Iterator<Item = &'static Rule>,
    phase: &PhaseId,
    lines: &[&str],
) -> Option<Diagnosis> {
    let lowered: Vec<String> = lines.iter().map(|line| line.to_lowercase()).collect();
    rules.find_map(|rule| {
        if !rule.is_about(phase) {
            return None;
        }
        let at = lowered.iter().position(|line| rule.matches(line))?;
        Some(rule.diagnosis(lines[at].trim()))
    })
}

fn is_etcd_no_op(phase: &PhaseId) -> bool {
    phase.as_str() == "join/control-plane-join/etcd"
}

pub(super) const ETCD_PODS: &str =
    "kubectl --kubeconfig /etc/kubernetes/admin.conf -n kube-system get pod -l component=etcd -o wide";

fn etcd_no_op() -> Diagnosis {
    Diagnosis {
        rule: "etcd-join-no-op".to_owned(),
        symptom: "no line of [etcd]".to_owned(),
        cause:
            "Since 1.33 `control-plane-join etcd` does nothing and ends with status 0; `etcd-join` took over."
                .to_owned(),
        fix: "Run `kubeadm join phase etcd-join`, or the rest of the whole join where that phase is hidden."
            .to_owned(),
        look: vec!["kubeadm join phase --help".to_owned(), ETCD_PODS.to_owned()],
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(crate::text::sanitize).collect()
    }

    #[test]
    fn what_was_killed_is_not_explained_by_what_it_was_waiting_for() {
        let waited = killed(9);
        assert_eq!(
            (waited.rule.as_str(), waited.symptom.as_str()),
            ("killed", "kubeadm was ended by signal 9")
        );
        assert!(waited.cause.contains("memory"), "{}", waited.cause);
        assert!(!killed(15).cause.contains("memory"));
    }

    fn rule(phase: &str, text: &str) -> String {
        diagnose(&phase.into(), &lines(text)).map_or_else(|| "none".to_owned(), |found| found.rule)
    }

    /// Failures as kubeadm shows them (its own words, from 1.20.2's output and source and from public issues), by phase.
    const CASES: &[(&str, &str, &str)] = &[
        (
            "kubelet-unhealthy",
            "wait",
            "[kubelet-check] Initial timeout of 40s passed.\n[kubelet-check] It seems like the kubelet isn't running or healthy.\n[kubelet-check] The HTTP call equal to 'curl -sSL http://localhost:10248/healthz' failed with error: Get \"http://localhost:10248/healthz\": dial tcp 127.0.0.1:10248: connect: connection refused.\n\n\tUnfortunately, an error has occurred:\n\t\ttimed out waiting for the condition\nerror execution phase wait-control-plane: couldn't initialize a Kubernetes cluster",
        ),
        (
            "kubelet-unhealthy",
            "init/wait-control-plane",
            "[kubelet-check] Waiting for a healthy kubelet at http://127.0.0.1:10248/healthz. This can take up to 4m0s\n[kubelet-check] The kubelet is not healthy after 4m0.002309002s\n\nUnfortunately, an error has occurred:\n\tThe HTTP call equal to 'curl -sSL http://127.0.0.1:10248/healthz' returned error: Get \"http://127.0.0.1:10248/healthz\": context deadline exceeded\nerror: error execution phase wait-control-plane: failed while waiting for the kubelet to start",
        ),
        (
            "control-plane-timeout",
            "init/wait-control-plane",
            "[wait-control-plane] Waiting for the kubelet to boot up the control plane\n\nUnfortunately, an error has occurred:\n\ttimed out waiting for the condition\nerror execution phase wait-control-plane: couldn't initialize a Kubernetes cluster",
        ),
        (
            "control-plane-timeout",
            "init/wait-control-plane",
            "[api-check] Waiting for a healthy API server. This can take up to 4m0s\n[api-check] The API server is not healthy after 4m0.000294535s",
        ),
        (
            "container-runtime",
            "init/preflight",
            "error execution phase preflight: [preflight] Some fatal errors occurred:\n\t[ERROR CRI]: container runtime is not running: output: time=\"2023-03-03T03:03:03Z\" level=fatal msg=\"validate service connection: CRI v1 runtime API is not implemented for endpoint: rpc error: code = Unimplemented desc = unknown service runtime.v1.RuntimeService\"\n, error: exit status 1",
        ),
        (
            "container-runtime",
            "init/upload-config/kubelet",
            "rpc error: code = Unimplemented desc = unknown service runtime.v1alpha2.RuntimeService",
        ),
        (
            "cannot-assign-address",
            "wait",
            "{\"level\":\"fatal\",\"msg\":\"discovery failed\",\"error\":\"listen tcp 203.0.113.7:2380: bind: cannot assign requested address\"}",
        ),
        (
            "files-left",
            "init/preflight",
            "error execution phase preflight: [preflight] Some fatal errors occurred:\n\t[ERROR FileAvailable--etc-kubernetes-manifests-kube-apiserver.yaml]: /etc/kubernetes/manifests/kube-apiserver.yaml already exists",
        ),
        (
            "port-in-use",
            "join/preflight",
            "error execution phase preflight: [preflight] Some fatal errors occurred:\n\t[ERROR Port-10250]: Port 10250 is in use",
        ),
        (
            "etcd-data-left",
            "init/preflight",
            "\t[ERROR Port-2379]: Port 2379 is in use\n\t[ERROR DirAvailable--var-lib-etcd]: /var/lib/etcd is not empty",
        ),
        (
            "image-pull",
            "init/preflight",
            "\t[ERROR ImagePull]: failed to pull image k8s.gcr.io/kube-apiserver:v1.20.2: output: Error response, error: exit status 1",
        ),
        (
            "endpoint-unreachable",
            "init/upload-config",
            "error execution phase upload-config/kubeadm: could not bootstrap the admin user in file admin.conf: unable to create ClusterRoleBinding: Post \"https://10.4.0.10:6443/apis/rbac.authorization.k8s.io/v1/clusterrolebindings?timeout=10s\": context deadline exceeded",
        ),
        (
            "endpoint-unreachable",
            "join/kubelet-start",
            "error execution phase kubelet-start: couldn't validate the identity of the API Server: Get \"https://127.0.0.1:1/api/v1/namespaces/kube-public/configmaps/cluster-info?timeout=10s\": dial tcp 127.0.0.1:1: connect: connection refused",
        ),
        (
            "token",
            "join/preflight",
            "error execution phase preflight: couldn't validate the identity of the API Server: could not find a JWS signature in the cluster-info ConfigMap for token ID \"abcdef\"",
        ),
        (
            "token",
            "join/kubelet-start",
            "error execution phase kubelet-start: couldn't validate the identity of the API Server: token id \"abcdef\" is invalid for this cluster or it has expired. Use \"kubeadm token create\" on the control-plane node to create a new valid token",
        ),
        (
            "ca-hash",
            "join/preflight",
            "error execution phase preflight: couldn't validate the identity of the API Server: cluster CA found in cluster-info ConfigMap is invalid: none of the public keys \"sha256:8b6a\" are pinned",
        ),
        (
            "kubeadm-certs-missing",
            "join/control-plane-prepare",
            "error execution phase control-plane-prepare/download-certs: error downloading certs: error downloading the secret: Secret \"kubeadm-certs\" was not found in the \"kube-system\" Namespace. This Secret might have expired. Please, run `kubeadm init phase upload-certs --upload-certs` on a control plane to generate a new one",
        ),
        (
            "certificate-key",
            "join/control-plane-prepare",
            "error execution phase control-plane-prepare/download-certs: error downloading certs: error decoding secret data with provided key: cipher: message authentication failed",
        ),
        (
            "node-not-registered",
            "join/kubelet-start",
            "[kubelet-start] Waiting for the kubelet to perform the TLS Bootstrap...\nerror execution phase kubelet-start: error uploading crisocket: nodes \"w1\" not found",
        ),
        (
            "old-kubelet-credentials",
            "join/kubelet-start",
            "[kubelet-check] Initial timeout of 40s passed.\nerror execution phase kubelet-start: error uploading crisocket: Unauthorized",
        ),
        (
            "etcd-unhealthy",
            "join/control-plane-tail",
            "[check-etcd] Checking that the etcd cluster is healthy\nerror execution phase check-etcd: etcd cluster is not healthy: failed to dial endpoint https://10.4.0.12:2379 with maintenance client: context deadline exceeded",
        ),
        (
            "etcd-unhealthy",
            "join/control-plane-join/etcd",
            "error execution phase control-plane-join/etcd: error creating local etcd static pod manifest file: timeout waiting for etcd cluster to be available",
        ),
        (
            "etcd-stale-member",
            "join/control-plane-join/etcd",
            "error execution phase control-plane-join/etcd: error creating local etcd static pod manifest file: etcdserver: Peer URLs already exists",
        ),
        (
            "etcd-learner",
            "join/etcd-join",
            "{\"level\":\"warn\",\"logger\":\"etcd-client\",\"error\":\"rpc error: code = FailedPrecondition desc = etcdserver: can only promote a learner member which is in sync with leader\"}\nerror: error execution phase etcd-join: error creating local etcd static pod manifest file: context deadline exceeded",
        ),
        ("etcd-learner", "join/etcd-join", "etcdserver: too many learner members in cluster"),
        (
            "tls-bootstrap",
            "join/kubelet-start",
            "[kubelet-start] Waiting for the kubelet to perform the TLS Bootstrap...\n[kubelet-check] Initial timeout of 40s passed.\nerror execution phase kubelet-start: timed out waiting for the condition",
        ),
        (
            "node-name-taken",
            "join/kubelet-start",
            "error execution phase kubelet-start: a Node with name \"fenn\" and status \"Ready\" already exists in the cluster. You must delete the existing Node or change the name of this new joining Node",
        ),
        (
            "clock-skew",
            "join/preflight",
            "error execution phase preflight: couldn't validate the identity of the API Server: Get \"https://10.4.0.10:6443/api/v1/namespaces/kube-public/configmaps/cluster-info?timeout=10s\": x509: certificate has expired or is not yet valid: current time 2022-01-01T00:00:00Z is before 2022-01-01T01:00:00Z",
        ),
        (
            "address-not-in-certificate",
            "init/upload-certs",
            "error: error execution phase upload-certs: could not bootstrap the admin user in file admin.conf: unable to create ClusterRoleBinding: Post \"https://10.0.2.15:6443/apis/rbac.authorization.k8s.io/v1/clusterrolebindings\": tls: failed to verify certificate: x509: certificate is valid for 10.96.0.1, 192.168.56.10, not 10.0.2.15",
        ),
        (
            "another-authority",
            "init/kubeconfig",
            "error execution phase kubeconfig/admin: a kubeconfig file \"/etc/kubernetes/admin.conf\" exists already but has got the wrong CA cert",
        ),
        (
            "several-runtimes",
            "init/certs",
            "Found multiple CRI endpoints on the host. Please define which one do you wish to use by setting the 'criSocket' field in the kubeadm configuration file: unix:///var/run/containerd/containerd.sock, unix:///var/run/cri-dockerd.sock",
        ),
        (
            "swap",
            "init/preflight",
            "\t[ERROR Swap]: running with swap on is not supported. Please disable swap",
        ),
        (
            "swap",
            "wait",
            "[kubelet-check] The kubelet is not healthy after 4m0.00096433s\nE0707 19:46:43.349802    5328 run.go:72] \"command failed\" err=\"failed to run Kubelet: running with swap on is not supported, please disable swap or set --fail-swap-on flag to false\"",
        ),
        (
            "admin-rights",
            "init/upload-config",
            "error execution phase upload-config/kubeadm: could not bootstrap the admin user in file admin.conf: the ClusterRoleBinding for the kubeadm:cluster-admins Group is missing but there is no super-admin.conf to create it",
        ),
        (
            "admin-rights",
            "init/addon",
            "deployments.apps is forbidden: User \"kubernetes-admin\" cannot create resource \"deployments\" in API group \"apps\"",
        ),
        (
            "cgroup-v1",
            "init/preflight",
            "\t[ERROR SystemVerification]: cgroups v1 support was deprecated and will be removed in a future release",
        ),
        (
            "system-verification",
            "init/preflight",
            "\t[ERROR SystemVerification]: missing required cgroups: memory",
        ),
        (
            "other-minor",
            "join/kubelet-start",
            "error execution phase kubelet-start: configmaps \"kubelet-config-1.20\" is forbidden: User \"system:bootstrap:abcdef\" cannot get resource \"configmaps\" in API group \"\" in the namespace \"kube-system\"",
        ),
        ("too-many-open-files", "wait", "failed to create fsnotify watcher: too many open files"),
        (
            "etcd-join-no-op",
            "join/control-plane-join/etcd",
            "[preflight] Reading configuration from the cluster...",
        ),
        (
            "no-network-plugin",
            "verify",
            "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized",
        ),
        (
            "no-admin-conf",
            "init/upload-config",
            "error execution phase upload-config/kubeadm: failed to load admin kubeconfig: open /etc/kubernetes/admin.conf: no such file or directory",
        ),
        (
            "no-admin-conf",
            "join/control-plane-join/etcd",
            "File /etc/kubernetes/admin.conf does not exists. Please use 'kubeadm join phase control-plane-prepare' subcommands to generate it.",
        ),
        (
            "no-endpoint",
            "join/preflight",
            "unable to add a new control plane instance a cluster that doesn't have a stable controlPlaneEndpoint address",
        ),
        (
            "config-version",
            "init/certs",
            "no kind \"ClusterConfiguration\" is registered for version \"kubeadm.k8s.io/v1beta3\" in scheme \"k8s.io/kubernetes/cmd/kubeadm/app/apis/kubeadm/scheme/scheme.go:31\"",
        ),
        ("usage", "init/certs/sa", "unknown flag: --config"),
        ("reset-aborted", "reset/preflight", "error execution phase preflight: aborted reset operation"),
        (
            "cannot-write",
            "init/certs",
            "error execution phase certs/ca: open /etc/kubernetes/pki/ca.crt: read-only file system",
        ),
        (
            "cgroup-driver",
            "wait",
            "misconfiguration: kubelet cgroup driver: \"systemd\" is different from docker cgroup driver: \"cgroupfs\"",
        ),
        (
            "cgroup-driver",
            "wait",
            "E0707 19:46:43.349802    5328 kuberuntime_manager.go:1166] \"CreatePodSandbox for pod failed\" err=\"rpc error: code = Unknown desc = failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: expected cgroupsPath to be of format \\\"slice:prefix:name\\\" for systemd cgroups, got \\\"/kubepods/burstable/pod6f1c/8b2d\\\" instead: unknown\"",
        ),
        (
            "kubelet-flag",
            "wait",
            "E0707 19:46:43.349802    5328 run.go:74] \"command failed\" err=\"failed to parse kubelet flag: unknown flag: --network-plugin\"",
        ),
        ("kubelet-masked", "wait", "Failed to start kubelet.service: Unit kubelet.service is masked."),
        ("no-network-plugin", "verify", "not Ready: no pod network yet, a CNI plugin has to be installed"),
        (
            "node-not-registered",
            "init/mark-control-plane",
            "error execution phase mark-control-plane: error applying control-plane label and taints: timed out waiting for the condition",
        ),
    ];

    #[test]
    fn failures_are_recognised() {
        for (expected, phase, text) in CASES {
            assert_eq!(rule(phase, text), *expected, "{phase}: {text}");
        }
    }

    #[test]
    fn every_rule_has_a_case_and_says_what_to_do() {
        let tried: BTreeSet<&str> = CASES.iter().map(|(rule, _, _)| *rule).collect();
        for rule in specific().chain(generic()) {
            let told = rule.diagnosis("x");
            assert!(tried.contains(told.rule.as_str()), "{}", told.rule);
            assert!(told.cause.ends_with('.') && told.fix.ends_with('.'), "{}", told.rule);
        }
    }

    #[test]
    fn the_most_telling_check_comes_first_and_the_others_are_counted() {
        let output = lines(
            "\t[ERROR Port-6443]: Port 6443 is in use\n\t[ERROR Port-10250]: Port 10250 is in use\n\t[ERROR FileAvailable--etc-kubernetes-kubelet.conf]: /etc/kubernetes/kubelet.conf already exists\n\t[ERROR CRI]: container runtime is not running\n\t[ERROR Novelty]: no idea",
        );
        let found = diagnose_checks(&output);
        let rules: Vec<&str> = found.iter().map(|d| d.rule.as_str()).collect();
        assert_eq!(rules, ["container-runtime", "files-left", "port-in-use", "preflight"]);
        assert!(found[0].symptom.ends_with("(and 4 more checks)"), "{}", found[0].symptom);
        assert!(found[1].cause.starts_with("/etc/kubernetes/kubelet.conf is there"), "{}", found[1].cause);
        assert_eq!(found[2].look[0], "ss -ltnp 'sport = :6443'");
        assert!(found[3].cause.contains("Novelty"));
    }

    /// What a node says must not become a command that people copy.
    #[test]
    fn names_from_nodes_do_not_become_commands() {
        let found = diagnose_checks(&lines(
            "\t[ERROR FileExisting-$(reboot);x'`]: nope\n\t[ERROR DirAvailable--x]: /a;reboot$(id) is not empty",
        ));
        let look: Vec<&String> = found.iter().flat_map(|d| &d.look).collect();
        assert_eq!(look, ["ls -la /arebootid", "command -v rebootx"]);
    }

    #[test]
    fn whether_a_phase_may_be_run_again_is_left_to_its_class() {
        for fix in specific().chain(generic()).map(Rule::fix).chain(preflight::fixes()) {
            for claim in ["phase again", "try again.", "safe to"] {
                assert!(!fix.contains(claim), "{fix}");
            }
        }
    }

    #[test]
    fn commands_to_look_with_name_the_host_that_was_asked() {
        let looks = |text: &str| diagnose(&"join/preflight".into(), &lines(text)).map(|found| found.look);
        let refused = |host: &str| looks(&format!("Get \"https://{host}:6443/api\": connection refused"));
        assert_eq!(refused("10.4.0.10").expect("known")[1], "curl -k https://10.4.0.10:6443/healthz");
        assert_eq!(refused("$(reboot)").expect("known")[0], "getent hosts ENDPOINT");
    }

    #[test]
    fn what_went_well_is_not_diagnosed() {
        for text in [
            "",
            "[certs] Generating \"ca\" certificate and key",
            "[etcd] Creating static Pod manifest for \"etcd\"",
        ] {
            assert_eq!(rule("init/certs", text), "none", "{text}");
            assert_eq!(rule("join/control-plane-join/etcd", "[etcd] Announced new etcd member"), "none");
        }
    }

    #[test]
    fn warnings_alone_do_not_hide_the_error() {
        let text = "W0101 10:00:00.000000    1234 round_trippers.go:1] Get \"https://10.4.0.10:6443/healthz\": dial tcp 10.4.0.10:6443: connect: connection refused\nerror execution phase control-plane-join/etcd: etcdserver: Peer URLs already exists";
        assert_eq!(rule("join/control-plane-join/etcd", text), "etcd-stale-member");
    }
}
