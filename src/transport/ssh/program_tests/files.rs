//! What a run changes in the node's files is found, on every shell, and with busybox's programs.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use super::super::program::Task;
use super::node::{Node, done, key, on_each_shell, read};
use crate::artifact::{Artifact, Change, Withheld, told};
use crate::secret::Secret;
use crate::transport::request::Request;

const CONF: &str = "users:\n- name: a\n  user:\n    client-key-data: VEhJU0lTVEhFS0VZSVRTRUxG\n";

fn put(node: &Node, path: &str, text: &str) {
    let path = node.at("root").join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn furnished(node: &Node) {
    put(node, "etc/kubernetes/pki/ca.crt", "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n");
    put(node, "etc/kubernetes/pki/ca.key", "THE KEY");
    put(node, "etc/kubernetes/kubelet.conf", "a: 1\n");
    put(node, "etc/kubernetes/old.yaml", "b: 1\n");
    put(node, "var/lib/kubelet/pods/1/volumes/secret/token.yaml", "THE TOKEN");
    put(node, "var/lib/kubelet/pki/kubelet.crt", "");
    put(node, "var/lib/kubelet/cpu_manager_state", "{}");
}

fn tell(node: &Node, of: Option<&str>) -> (Option<String>, String) {
    let text = Request::Files { of: of.map(key) }.script();
    let said = read(node.start(Task::Ask { text: &Secret::new(text.expose()) }));
    assert_eq!(said.errors, "", "{:?}", node.shell);
    (said.end, said.output)
}

fn brief(files: &[Artifact]) -> Vec<(&str, Change)> {
    files.iter().map(|file| (file.path.as_str(), file.change)).collect()
}

const CHANGES: &str = r#"
    cd "$k_root/etc/kubernetes"
    printf '%s' "$CONF" >admin.conf; chmod 600 admin.conf
    echo 'a: 2' >kubelet.conf
    sleep 1.1; cat pki/ca.crt >x; cat x >pki/ca.crt; rm x
    echo 'NEW KEY' >pki/sa.key; chmod 640 pki/ca.key
    rm old.yaml; mkdir -p "$k_root/var/lib/etcd/member"; echo x >"$k_root/var/lib/etcd/member/db"
    ln -s kubelet.crt "$k_root/var/lib/kubelet/pki/current.pem"
    echo out; exit 7
"#;

fn finds(node: &Node, path: &str) {
    furnished(node);
    let text = format!("PATH={path}:$PATH; CONF='{CONF}'; {CHANGES}");
    let said = read(node.watched("k", &text));
    assert_eq!(said.end.as_deref(), Some("done 7 files"), "{:?}", node.shell);
    assert_eq!(said.output, "out\n");
    let (end, output) = tell(node, Some("k"));
    assert_eq!(end.as_deref(), Some("0"), "{:?}", node.shell);
    for secret in ["THE KEY", "NEW KEY", "VEhJU0lTVEhFS0VZSVRTRUxG", "THE TOKEN"] {
        assert!(!output.contains(secret), "{secret} has left the node: {output}");
    }
    let files = told::read(&output).unwrap().artifacts();
    // Without sums it is for the console to see that the text is the one it knows.
    let again =
        if output.contains("  etc/kubernetes/pki/ca.crt") { Change::Rewritten } else { Change::Changed };
    assert_eq!(
        brief(&files),
        [
            ("/etc/kubernetes/admin.conf", Change::Created),
            ("/etc/kubernetes/kubelet.conf", Change::Changed),
            ("/etc/kubernetes/old.yaml", Change::Removed),
            ("/etc/kubernetes/pki/ca.crt", again),
            ("/etc/kubernetes/pki/ca.key", Change::Owner),
            ("/etc/kubernetes/pki/sa.key", Change::Created),
            ("/var/lib/etcd", Change::Created),
            ("/var/lib/kubelet/pki/current.pem", Change::Created),
        ],
        "{:?}",
        node.shell
    );
    let file = |path: &str| files.iter().find(|file| file.path.ends_with(path)).unwrap();
    let conf = file("admin.conf");
    assert_eq!(conf.mode, "0600");
    assert_eq!(conf.content.as_deref(), Some("users:\n- name: a\n  user:\n    client-key-data: [secret]\n"));
    assert_eq!(file("kubelet.conf").content.as_deref(), Some("a: 2\n"));
    assert_eq!(file("sa.key").withheld, Some(Withheld::Key));
    assert!(file("ca.key").before.as_deref().is_some_and(|before| before.starts_with("0644 ")));
    assert_eq!(file("current.pem").target.as_deref(), Some("kubelet.crt"));
}

#[test]
fn what_a_run_changes_is_found_on_every_shell() {
    on_each_shell(|node| finds(node, "/usr/bin"));
}

#[test]
fn a_run_that_changes_nothing_says_nothing() {
    on_each_shell(|node| {
        furnished(node);
        assert_eq!(
            read(node.watched("k", "echo one; cat \"$k_root/etc/kubernetes/kubelet.conf\"")),
            done(0, "one\na: 1\n")
        );
        assert_eq!(tell(node, Some("k")).0.as_deref(), Some("3"), "{:?}", node.shell);
        assert_eq!(read(node.watched("n", "echo x >\"$k_root/var/lib/kubelet/pods/1/x\"")), done(0, ""));
    });
}

#[test]
fn a_node_without_kubernetes_is_a_node_without_files() {
    on_each_shell(|node| {
        std::fs::create_dir(node.at("root")).unwrap();
        assert_eq!(read(node.watched("k", "echo one")), done(0, "one\n"), "{:?}", node.shell);
        let (end, output) = tell(node, None);
        assert_eq!(end.as_deref(), Some("0"));
        assert_eq!(told::read(&output).unwrap().artifacts(), []);
        let text = "mkdir -p \"$k_root/etc/kubernetes\" && echo 'a: 1' >\"$k_root/etc/kubernetes/a.yaml\"";
        assert_eq!(read(node.watched("n", text)).end.as_deref(), Some("done 0 files"));
    });
}

#[test]
fn what_was_written_again_before_it_was_read_is_told_so() {
    on_each_shell(|node| {
        furnished(node);
        let write = "echo 'a: 2' >\"$k_root/etc/kubernetes/kubelet.conf\"";
        assert_eq!(read(node.watched("k", write)).end.as_deref(), Some("done 0 files"));
        put(node, "etc/kubernetes/kubelet.conf", "a: 3\n");
        let files = told::read(&tell(node, Some("k")).1).unwrap().artifacts();
        assert_eq!(files.len(), 1, "{:?}", node.shell);
        assert_eq!((&files[0].content, files[0].withheld), (&None, Some(Withheld::Overtaken)));
        let all = told::read(&tell(node, None).1).unwrap().artifacts();
        let paths: Vec<&str> = all.iter().map(|file| file.path.as_str()).collect();
        assert!(
            paths.contains(&"/etc/kubernetes/pki/ca.key")
                && !paths.iter().any(|path| path.contains("/pods/")),
            "{paths:?}"
        );
    });
}

#[test]
fn the_lists_go_with_the_run() {
    on_each_shell(|node| {
        furnished(node);
        let write = "echo 'a: 2' >\"$k_root/etc/kubernetes/kubelet.conf\"";
        assert_eq!(read(node.watched("k", write)).end.as_deref(), Some("done 0 files"));
        let mode = std::fs::metadata(node.at("base/run/r-k.now")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(read(node.start(Task::Forget)).end.as_deref(), Some("forgotten"));
        assert_eq!(std::fs::read_dir(node.at("base/run")).unwrap().count(), 0, "{:?}", node.shell);
    });
}

/// On a node whose programs are busybox's alone.
#[test]
fn busybox_lists_as_well() {
    let there = Command::new("busybox").arg("true").status().is_ok_and(|status| status.success());
    if !there {
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), "\n*** SKIPPED: busybox is not installed ***");
        return;
    }
    let node = Node { shell: &["busybox", "sh"], folder: tempfile::tempdir().unwrap() };
    let bin = node.at("bin");
    std::fs::create_dir(&bin).unwrap();
    for name in ["find", "stat", "sha256sum", "head", "sed", "grep"] {
        let path = bin.join(name);
        std::fs::write(&path, format!("#!/bin/sh\nexec busybox {name} \"$@\"\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    furnished(&node);
    let script = format!(
        "PATH={}:$PATH; k_root={}; {} k_list",
        bin.display(),
        node.at("root").display(),
        crate::artifact::script::LIST
    );
    let list = |with: &str| {
        let output = Command::new("busybox").args(["sh", "-c", with]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        told::read(&format!("=here\n{text}=end\n")).unwrap().here
    };
    let (theirs, ours) = (list(&script), list(&script.replacen("PATH=", "X=", 1)));
    assert!(theirs.len() >= 5);
    let bare = |list: &told::List| -> Vec<_> {
        list.iter()
            .map(|(path, entry)| {
                (path.clone(), entry.kind, entry.mode.clone(), entry.owner.clone(), entry.size)
            })
            .collect()
    };
    assert_eq!(bare(&theirs), bare(&ours), "as GNU's programs list them");
}
