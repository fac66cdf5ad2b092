//! A made-up node: this machine with other /etc, /run, /var/lib and /var/log, and if wanted with few programs.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// The shells to try: name and command. Missing ones are named loudly.
pub(crate) fn shells() -> Vec<(&'static str, Vec<&'static str>)> {
    let all = [("dash", vec!["dash"]), ("bash", vec!["bash", "--posix"]), ("busybox", vec!["busybox", "sh"])];
    all.into_iter()
        .filter(|(name, _)| {
            let there = find(name).is_some();
            if !there {
                eprintln!("SKIPPED: {name} is not installed, the survey's scripts were not tried under it");
            }
            there
        })
        .collect()
}

pub(crate) fn find(program: &str) -> Option<PathBuf> {
    ["/usr/bin", "/bin", "/usr/sbin", "/sbin"]
        .iter()
        .map(|dir| Path::new(dir).join(program))
        .find(|p| p.exists())
}

/// Runs `script` with nothing but its text, on this machine.
pub(crate) fn run_here(shell: &[&str], script: &str) -> String {
    let output = Command::new("timeout")
        .arg("60")
        .args(shell)
        .arg("-c")
        .arg(script)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{shell:?}: {output:?}");
    assert!(output.stderr.is_empty(), "{shell:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A made-up node.
pub(crate) struct Node {
    root: TempDir,
    tools: bool,
}

const FOLDERS: [(&str, &str); 4] =
    [("etc", "/etc"), ("run", "/run"), ("lib", "/var/lib"), ("log", "/var/log")];

impl Node {
    /// None, said loudly, where this machine does not let us mount.
    pub(crate) fn new() -> Option<Self> {
        let root = TempDir::new().unwrap();
        for (name, _) in FOLDERS {
            fs::create_dir(root.path().join(name)).unwrap();
        }
        fs::create_dir(root.path().join("bin")).unwrap();
        let node = Self { root, tools: false };
        for file in ["passwd", "group", "nsswitch.conf", "resolv.conf"] {
            let _ = fs::copy(Path::new("/etc").join(file), node.root.path().join("etc").join(file));
        }
        node.put("/etc/os-release", "NAME=x\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n");
        node.put("/etc/hosts", "127.0.0.1 localhost\n");
        let works = node.command(&["true"]).status().is_ok_and(|status| status.success());
        if !works {
            eprintln!("SKIPPED: no mount namespaces for us on this machine, no made-up node");
        }
        works.then_some(node)
    }

    /// With these programs alone, besides the shells and what every system has.
    pub(crate) fn only(mut self, programs: &[&str]) -> Self {
        let every = [
            "sh", "dash", "busybox", "cat", "date", "id", "uname", "mkdir", "rmdir", "readlink", "df",
            "tail", "sleep", "grep", "ls", "nproc", "true", "kill",
        ];
        for program in every.iter().chain(programs) {
            if let Some(path) = find(program) {
                fs::copy(fs::canonicalize(path).unwrap(), self.root.path().join("bin").join(program))
                    .unwrap();
            }
        }
        self.tools = true;
        self
    }

    fn inside(&self, path: &str) -> PathBuf {
        let (name, folder) = FOLDERS
            .iter()
            .find(|(_, folder)| path.starts_with(&format!("{folder}/")))
            .expect("a folder of the node");
        self.root.path().join(name).join(&path[folder.len() + 1..])
    }

    pub(crate) fn put(&self, path: &str, content: impl AsRef<[u8]>) {
        let file = self.inside(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, content).unwrap();
    }

    /// A listening socket, as a container runtime has.
    pub(crate) fn socket(&self, path: &str) {
        let file = self.inside(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        drop(std::os::unix::net::UnixListener::bind(file).unwrap());
    }

    /// A program that shadows the machine's own.
    pub(crate) fn program(&self, name: &str, text: &str) {
        let file = self.root.path().join("bin").join(name);
        fs::write(&file, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut mounts = String::new();
        for (name, folder) in FOLDERS {
            mounts.extend(["mount --bind \"$R/", name, "\" ", folder, " && "]);
        }
        if self.tools {
            mounts += "mount --bind \"$R/bin\" /usr/sbin && mount --bind \"$R/bin\" /usr/bin && ";
        }
        let mut command = Command::new("timeout");
        command
            .args(["60", "unshare", "--user", "--map-root-user", "--mount", "/bin/sh", "-c"])
            .arg(format!("{mounts}exec \"$@\""))
            .arg("node")
            .args(args)
            .env("R", self.root.path())
            .env("PATH", format!("{}:/usr/bin:/usr/sbin:/bin:/sbin", self.root.path().join("bin").display()))
            .stdin(Stdio::null());
        command
    }

    /// What `script` prints on the node. It must say nothing else, and leave nothing behind.
    pub(crate) fn run(&self, shell: &[&str], script: &str) -> String {
        let before = self.files();
        let mut args = shell.to_vec();
        args.extend(["-c", script]);
        let output = self.command(&args).output().unwrap();
        assert!(output.status.success(), "{shell:?}: {output:?}");
        assert!(output.stderr.is_empty(), "{shell:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(before, self.files(), "{shell:?} left something behind");
        String::from_utf8(output.stdout).unwrap()
    }

    fn files(&self) -> BTreeSet<PathBuf> {
        let mut found = BTreeSet::new();
        let mut folders = vec![self.root.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let entry = entry.unwrap();
                if entry.file_type().unwrap().is_dir() {
                    folders.push(entry.path());
                }
                found.insert(entry.path());
            }
        }
        found
    }
}
