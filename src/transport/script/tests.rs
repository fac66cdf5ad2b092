#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

/// A made-up node: a folder with a `bin` of fake programs in front of the real ones.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        std::fs::create_dir(place.at("bin")).unwrap();
        place
    }

    fn at(&self, path: &str) -> std::path::PathBuf {
        self.0.path().join(path)
    }

    fn put(&self, path: &str, text: &str) {
        std::fs::create_dir_all(self.at(path).parent().unwrap()).unwrap();
        std::fs::write(self.at(path), text).unwrap();
    }

    fn bin(&self, name: &str, text: &str) {
        self.put(&format!("bin/{name}"), &format!("#!/bin/sh\n{text}\n"));
        std::fs::set_permissions(self.at(&format!("bin/{name}")), std::fs::Permissions::from_mode(0o755))
            .unwrap();
    }

    fn command(&self, shell: &[&str]) -> Command {
        let mut command = Command::new(shell[0]);
        command
            .args(&shell[1..])
            .env_clear()
            .env("PATH", format!("{}:/usr/sbin:/usr/bin:/sbin:/bin", self.at("bin").display()))
            .env("HERE", self.0.path())
            .env("k_base", self.at("run"))
            .env("k_root", self.0.path())
            .current_dir(self.0.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn start(&self, shell: &[&str], request: &Request) -> Child {
        let mut child = self.command(shell).spawn().unwrap();
        // In one compound command, as the transport sends it.
        let text = format!("{{\neval {}\nexit\n}} </dev/null\n", quote::word(request.script().expose()));
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        child
    }

    fn run(&self, request: &Request) -> Output {
        self.start(&["sh"], request).wait_with_output().unwrap()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn strings(values: &[&str]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_text_is_one_word_to_sh(value in any::<String>(), other in "[ '\"$`\\\\;&|\n\t!*?~(){}<>#-]{0,12}") {
        let value = value.replace('\0', "");
        for value in [value, other] {
            let output = Command::new("sh").arg("-c").arg(format!("printf '%s|' {}", quote::word(&value))).output().unwrap();
            prop_assert_eq!(text(&output.stdout), format!("{value}|"));
        }
    }
}

#[test]
fn kubeadm_gets_its_arguments_as_they_are_and_an_empty_standard_input() {
    let place = Place::new();
    place.bin("kubeadm", "printf '<%s>' \"$@\"; cat; echo \"$LC_ALL $HOME\"; exit 3");
    let args = strings(&["init", "phase", "a b", "$(touch hacked)", "'; touch hacked; '", "--config=/x\n"]);
    let output = place.run(&Request::Kubeadm { args });
    assert_eq!(
        text(&output.stdout),
        "<init><phase><a b><$(touch hacked)><'; touch hacked; '><--config=/x\n>C /root\n",
        "{}",
        text(&output.stderr)
    );
    assert_eq!(output.status.code(), Some(3));
    assert!(!place.at("hacked").exists());
}

/// The first kubeadm holds the lock until it may go on; the second says that it waits, and does not start before.
fn one_at_a_time(place: &Place, change: impl Fn(Request) -> Request) {
    let mkfifo = Command::new("mkfifo").args([place.at("go"), place.at("began")]).status().unwrap();
    assert!(mkfifo.success());
    place.bin("kubeadm", "echo \"$1 starts\" >>$HERE/log; [ $1 != a ] || { echo >$HERE/began; read x <$HERE/go; }; echo \"$1 ends\" >>$HERE/log");
    let first = place.start(&["sh"], &change(Request::Kubeadm { args: strings(&["a"]) }));
    let mut began = String::new();
    std::fs::File::open(place.at("began")).unwrap().read_to_string(&mut began).unwrap();
    let mut second = place.start(&["sh"], &change(Request::Kubeadm { args: strings(&["b"]) }));
    let mut said = [0; 10];
    second.stderr.as_mut().unwrap().read_exact(&mut said).unwrap();
    assert_eq!(&said, b"[kubestep]");
    std::fs::write(place.at("go"), "\n").unwrap();
    assert!(first.wait_with_output().unwrap().status.success());
    assert!(second.wait_with_output().unwrap().status.success());
    assert_eq!(std::fs::read_to_string(place.at("log")).unwrap(), "a starts\na ends\nb starts\nb ends\n");
}

#[test]
fn kubeadm_waits_for_another_one_with_flock() {
    one_at_a_time(&Place::new(), |request| request);
}

#[test]
fn kubeadm_waits_for_another_one_without_flock() {
    let place = Place::new();
    let all = "command -v flock >/dev/null";
    let script = Request::Kubeadm { args: Vec::new() }.script();
    assert!(script.expose().contains(all), "the other way is reached by this test");
    one_at_a_time(&place, |request| Request::Shell { text: request.script().expose().replace(all, "false") });
    assert!(!place.at("run/lock.d").exists(), "the lock goes with its holder");
}

#[test]
fn a_file_is_put_with_its_mode_and_exact_content() {
    let place = Place::new();
    let content = "kind: Secret\nit's: '$HOME' `id` \\n \u{1}\0\n\n";
    let path = place.at("new folder/$(touch hacked)'.yaml");
    let put = |mode, content: &str| Request::Put {
        path: path.display().to_string(),
        mode,
        content: Secret::new(content),
    };
    let output = place.run(&put(0o600, content));
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), content);
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o7777, 0o600);
    assert!(place.run(&put(0o644, "")).status.success());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "");
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o7777, 0o644);
    let names: Vec<_> = std::fs::read_dir(path.parent().unwrap()).unwrap().collect();
    assert_eq!(names.len(), 1, "nothing is left beside the file");
    assert!(!place.at("hacked").exists());
}

#[test]
fn a_file_that_can_not_be_put_leaves_the_old_one() {
    let place = Place::new();
    place.put("etc/old", "old");
    place.bin("mv", "exit 1");
    let path = place.at("etc/old").display().to_string();
    let output = place.run(&Request::Put { path, mode: 0o600, content: Secret::new("new") });
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(std::fs::read_to_string(place.at("etc/old")).unwrap(), "old");
    assert_eq!(std::fs::read_dir(place.at("etc")).unwrap().count(), 1);
}

#[test]
fn files_are_read_and_removed() {
    let place = Place::new();
    place.put("a b", "content");
    let path = place.at("a b").display().to_string();
    let read = Request::Read { path: path.clone() };
    let output = place.run(&read);
    assert_eq!((text(&output.stdout).as_str(), output.status.code()), ("content", Some(0)));
    assert!(place.run(&Request::Remove { paths: vec![path, "-rf".into()] }).status.success());
    assert_eq!(place.run(&read).status.code(), Some(1));
    assert!(place.run(&Request::Remove { paths: Vec::new() }).status.success());
}

#[test]
fn kubectl_has_the_nodes_own_credentials_and_the_manifest() {
    let place = Place::new();
    place.bin("kubectl", "printf '<%s>' \"$@\"; echo \"$KUBECONFIG\"; cat");
    let args = strings(&["apply", "-f", "-"]);
    let output = place.run(&Request::Kubectl { args: args.clone(), stdin: Some(Secret::new("a: '1'\n")) });
    assert_eq!(text(&output.stdout), "<apply><-f><->/etc/kubernetes/admin.conf\na: '1'\n");
    let output = place.run(&Request::Kubectl { args, stdin: None });
    assert_eq!(text(&output.stdout), "<apply><-f><->/etc/kubernetes/admin.conf\n");
}

#[test]
fn the_sweep_removes_what_is_the_clusters_and_names_what_it_leaves() {
    let place = Place::new();
    for gone in [
        "var/lib/kubelet/pods/x/volumes/y",
        "var/lib/etcd/member/wal",
        "etc/kubernetes/admin.conf",
        "etc/kubernetes/kubelet.conf",
        "etc/kubernetes/pki/etcd/ca.key",
        "etc/kubernetes/manifests/etcd.yaml",
        "etc/cni/net.d/10-calico.conflist",
        "etc/cni/net.d/05-cilium.conflist",
    ] {
        place.put(gone, "x");
    }
    place.put(
        "root/.kube/config",
        "clusters:\n- cluster:\n    server: https://a\nusers:\n- name: kubernetes-admin\n",
    );
    for kept in
        ["etc/cni/net.d/10-lab.conflist", "etc/cni/net.d/87-podman.conflist", "etc/kubernetes/audit.yaml"]
    {
        place.put(kept, "x");
    }
    place.bin("dpkg-query", "exit 1");
    for name in ["iptables-legacy", "ip6tables-legacy"] {
        place.bin(&format!("{name}-save"), "exit 1");
    }
    for name in ["iptables", "ip6tables"] {
        place.bin(&format!("{name}-save"), "cat $HERE/rules 2>/dev/null");
        place.bin(&format!("{name}-restore"), &format!("echo \"$*\" >$HERE/{name}; cat >>$HERE/{name}"));
    }
    for name in ["nft", "ip", "ipset"] {
        place.bin(name, "exit 1");
    }
    place.put("rules", include_str!("tests/iptables-save.txt"));
    let output = place.run(&Request::Sweep);
    let said = text(&output.stdout).replace(&place.0.path().display().to_string(), "");
    assert_eq!(output.status.code(), Some(0), "{said}{}", text(&output.stderr));
    insta::assert_snapshot!("sweep_says", said);
    insta::assert_snapshot!(
        "sweep_of_the_packet_filter",
        std::fs::read_to_string(place.at("iptables")).unwrap()
    );
    let mut files = Vec::new();
    list(place.0.path(), &mut files);
    for file in &files {
        assert!(!file.contains("/var/lib/") && !file.contains("/pki/") && !file.contains(".kube"), "{file}");
    }
    assert!(
        place.at("etc/cni/net.d/10-lab.conflist").exists() && place.at("etc/kubernetes/audit.yaml").exists()
    );
    assert_eq!(place.run(&Request::Sweep).status.code(), Some(0), "a second sweep is no error");
}

fn list(folder: &Path, files: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            list(&entry.path(), files);
        } else {
            files.push(entry.path().display().to_string());
        }
    }
}

#[test]
fn a_kubeconfig_with_other_clusters_stays() {
    let place = Place::new();
    place.put("root/.kube/config", "server: https://a\nserver: https://b\nkubernetes-admin\n");
    for name in [
        "nft",
        "ip",
        "ipset",
        "iptables-save",
        "ip6tables-save",
        "iptables-legacy-save",
        "ip6tables-legacy-save",
    ] {
        place.bin(name, "exit 1");
    }
    let output = place.run(&Request::Sweep);
    assert!(text(&output.stdout).contains("left "), "{}", text(&output.stdout));
    assert!(place.at("root/.kube/config").exists());
}

#[test]
fn etcdctl_goes_by_the_host_the_container_or_the_pod() {
    let place = Place::new();
    let request = Request::Etcdctl { args: strings(&["member", "list", "-w", "json"]) };
    // The paths are the node's; the machine that runs the tests may have an etcdctl of its own.
    let script = request.script().expose().replace("/etc/kubernetes", &place.at("k8s").display().to_string());
    let own = "command -v etcdctl";
    assert!(script.contains(own));
    let hosts = Request::Shell { text: script.clone() };
    let request = Request::Shell { text: script.replace(own, "false") };
    let output = place.run(&request);
    assert_eq!(output.status.code(), Some(69));
    assert!(text(&output.stderr).contains("no etcd member on this node"));
    for file in ["ca.crt", "server.crt", "server.key"] {
        place.put(&format!("k8s/pki/etcd/{file}"), "x");
    }
    place.put("k8s/manifests/etcd.yaml", "    - --listen-peer-urls=x\n    - --name=bettley\n");
    place.bin("kubectl", "echo kubectl \"$@\"");
    place.bin("crictl", "case $1 in ps) echo;; exec) exit 1;; esac");
    let said = text(&place.run(&request).stdout);
    assert!(
        said.starts_with(
            "kubectl exec -n kube-system etcd-bettley -- etcdctl --endpoints=https://127.0.0.1:2379"
        ),
        "{said}"
    );
    place.bin("etcdctl", "echo \"$ETCDCTL_API\" \"$@\"");
    let said = text(&place.run(&hosts).stdout);
    assert!(said.starts_with("3 --endpoints=https://127.0.0.1:2379 --cacert="), "{said}");
    assert!(said.ends_with("member list -w json\n"), "{said}");
    place.bin("crictl", "case $1 in ps) echo abc123;; *) echo crictl \"$@\";; esac");
    let said = text(&place.run(&hosts).stdout);
    assert!(said.starts_with("crictl exec abc123 etcdctl --endpoints"), "{said}");
    assert!(said.contains("server.crt"), "{said}");
}
