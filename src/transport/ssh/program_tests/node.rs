//! A node's folder and its shell, as sshd would start it.

use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::super::marks::Marks;
use super::super::program::{Task, program};
use crate::secret::Secret;
use crate::transport::request::{RunKey, Start};

const SHELLS: [&[&str]; 4] = [&["dash"], &["bash"], &["bash", "--posix"], &["busybox", "sh"]];

/// A node's folder and its shell.
pub(super) struct Node {
    pub(super) shell: &'static [&'static str],
    pub(super) folder: TempDir,
}

/// What a program printed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) end: Option<String>,
    pub(super) output: String,
    pub(super) errors: String,
}

/// Does `test` on each shell; says so where one is missing.
pub(super) fn on_each_shell(test: impl Fn(&Node)) {
    for shell in SHELLS {
        let there =
            Command::new(shell[0]).args(&shell[1..]).arg("-c").arg(":").status().is_ok_and(|s| s.success());
        if there {
            let node = Node { shell, folder: tempfile::tempdir().unwrap() };
            assert_eq!(node.hello("b1").end.as_deref(), Some("hello b1"), "{shell:?}");
            test(&node);
        } else {
            let _ = writeln!(std::io::stderr(), "\n*** SKIPPED on {shell:?}: not installed ***");
        }
    }
}

pub(super) fn key(text: &str) -> RunKey {
    RunKey::new(text)
}

pub(super) fn read(mut child: Child) -> Said {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    child.stdout.take().unwrap().read_to_end(&mut out).unwrap();
    child.stderr.take().unwrap().read_to_end(&mut err).unwrap();
    let _ = child.wait();
    let (mut stdout, mut stderr) = (Marks::new("w0rd"), Marks::new("w0rd"));
    let output = stdout.push(&out);
    let errors = if err.contains(&1) { stderr.push(&err) } else { err };
    Said {
        end: stdout.end().map(str::to_owned),
        output: String::from_utf8_lossy(&output).into_owned(),
        errors: String::from_utf8_lossy(&errors).into_owned(),
    }
}

impl Node {
    pub(super) fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn base(&self) -> String {
        self.at("base").display().to_string()
    }

    /// As sshd starts it: in a session of its own, with a pipe that stays open.
    pub(super) fn shell(&self) -> Child {
        Command::new("setsid")
            .args(self.shell)
            .current_dir(self.folder.path())
            .env("HERE", self.folder.path())
            .env("k_root", self.at("root"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    pub(super) fn start(&self, task: Task<'_>) -> Child {
        self.start_in(task, &self.base())
    }

    pub(super) fn start_in(&self, task: Task<'_>, base: &str) -> Child {
        let mut child = self.shell();
        child.stdin.as_mut().unwrap().write_all(program(task, base, "w0rd").expose().as_bytes()).unwrap();
        child
    }

    pub(super) fn hello(&self, new: &str) -> Said {
        read(self.start(Task::Hello { new }))
    }

    pub(super) fn begin(&self, name: &str, text: &str, from: u64, start: Start) -> Child {
        self.start(Task::Follow {
            key: &key(name),
            start,
            text: &Secret::new(text),
            watched: false,
            boot: "b1",
            from,
        })
    }

    /// A run with the node's files listed before and after it.
    pub(super) fn watched(&self, name: &str, text: &str) -> Child {
        let text = Secret::new(text);
        self.start(Task::Follow {
            key: &key(name),
            start: Start::Run,
            text: &text,
            watched: true,
            boot: "b1",
            from: 0,
        })
    }

    pub(super) fn run(&self, name: &str, text: &str) -> Said {
        read(self.begin(name, text, 0, Start::Run))
    }

    pub(super) fn attach(&self, name: &str, from: u64) -> Said {
        read(self.begin(name, "", from, Start::Attach))
    }

    pub(super) fn kill(&self, name: &str) -> Said {
        read(self.start(Task::Kill { key: &key(name), grace: Duration::from_millis(500) }))
    }

    /// A named pipe: how the tests wait for a run, and it for them.
    pub(super) fn pipe(&self, name: &str) -> PathBuf {
        assert!(Command::new("mkfifo").arg(self.at(name)).status().unwrap().success());
        self.at(name)
    }
}

pub(super) fn done(rc: i32, output: &str) -> Said {
    Said { end: Some(format!("done {rc}")), output: output.into(), errors: String::new() }
}

pub(super) fn wait_for(path: PathBuf) {
    let mut word = String::new();
    std::fs::File::open(path).unwrap().read_to_string(&mut word).unwrap();
}
