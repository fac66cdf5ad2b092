//! The programs alone, on every shell that may be a node's `sh`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::marks::Marks;
use super::program::{Task, program};
use crate::secret::Secret;
use crate::transport::request::{RunKey, Start};

const SHELLS: [&[&str]; 4] = [&["dash"], &["bash"], &["bash", "--posix"], &["busybox", "sh"]];

/// A node's folder and its shell.
struct Node {
    shell: &'static [&'static str],
    folder: TempDir,
}

/// What a program printed.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    end: Option<String>,
    output: String,
    errors: String,
}

/// Does `test` on each shell; says so where one is missing.
fn on_each_shell(test: impl Fn(&Node)) {
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

fn key(text: &str) -> RunKey {
    RunKey::new(text)
}

fn read(mut child: Child) -> Said {
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
    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn base(&self) -> String {
        self.at("base").display().to_string()
    }

    /// As sshd starts it: in a session of its own, with a pipe that stays open.
    fn shell(&self) -> Child {
        Command::new("setsid")
            .args(self.shell)
            .current_dir(self.folder.path())
            .env("HERE", self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    fn start(&self, task: Task<'_>) -> Child {
        self.start_in(task, &self.base())
    }

    fn start_in(&self, task: Task<'_>, base: &str) -> Child {
        let mut child = self.shell();
        child.stdin.as_mut().unwrap().write_all(program(task, base, "w0rd").expose().as_bytes()).unwrap();
        child
    }

    fn hello(&self, new: &str) -> Said {
        read(self.start(Task::Hello { new }))
    }

    fn begin(&self, name: &str, text: &str, from: u64, start: Start) -> Child {
        self.start(Task::Follow { key: &key(name), start, text: &Secret::new(text), boot: "b1", from })
    }

    fn run(&self, name: &str, text: &str) -> Said {
        read(self.begin(name, text, 0, Start::Run))
    }

    fn attach(&self, name: &str, from: u64) -> Said {
        read(self.begin(name, "", from, Start::Attach))
    }

    fn kill(&self, name: &str) -> Said {
        read(self.start(Task::Kill { key: &key(name), grace: Duration::from_millis(500) }))
    }

    /// A named pipe: how the tests wait for a run, and it for them.
    fn pipe(&self, name: &str) -> PathBuf {
        assert!(Command::new("mkfifo").arg(self.at(name)).status().unwrap().success());
        self.at(name)
    }
}

fn done(rc: i32, output: &str) -> Said {
    Said { end: Some(format!("done {rc}")), output: output.into(), errors: String::new() }
}

fn wait_for(path: PathBuf) {
    let mut word = String::new();
    std::fs::File::open(path).unwrap().read_to_string(&mut word).unwrap();
}

#[test]
fn a_run_is_started_once_and_can_be_read_again_from_anywhere() {
    on_each_shell(|node| {
        let text = "echo x >>$HERE/count; printf 'one\\ntwo\\n'; echo err >&2; umask; pwd; cat; exit 7";
        let whole = "one\ntwo\nerr\n0022\n/\n";
        assert_eq!(node.run("k", text), done(7, whole), "{:?}", node.shell);
        assert_eq!(node.run("k", "echo another text"), done(7, whole));
        for from in [0, 1, 4, whole.len()] {
            assert_eq!(node.attach("k", from as u64), done(7, &whole[from..]), "{:?}", node.shell);
        }
        assert_eq!(std::fs::read_to_string(node.at("count")).unwrap(), "x\n");
        assert_eq!(node.attach("other", 0).end.as_deref(), Some("unknown"));
        assert_eq!(
            read(node.start(Task::Forget { keys: &[key("k"), key("none")] })).end.as_deref(),
            Some("forgotten")
        );
        assert_eq!(node.attach("k", 0).end.as_deref(), Some("unknown"));
    });
}

#[test]
fn two_starts_at_once_are_one() {
    on_each_shell(|node| {
        let go = node.pipe("go");
        let text = "echo x >>$HERE/count; read x <$HERE/go; echo out; exit 4";
        let followers: Vec<_> = (0..5).map(|_| node.begin("k", text, 0, Start::Run)).collect();
        std::fs::write(go, "\n").unwrap();
        for follower in followers {
            assert_eq!(read(follower), done(4, "out\n"), "{:?}", node.shell);
        }
        assert_eq!(std::fs::read_to_string(node.at("count")).unwrap(), "x\n");
    });
}

#[test]
fn a_program_cut_off_does_nothing() {
    on_each_shell(|node| {
        let text = Secret::new("echo x >>$HERE/count");
        let task = Task::Follow { key: &key("k"), start: Start::Run, text: &text, boot: "b1", from: 0 };
        let whole = program(task, &node.base(), "w0rd");
        let whole = whole.expose().as_bytes();
        let (last, step) = (whole.len() - 2, whole.len() / 23);
        for length in (0..last).step_by(step).chain(last - 8..last) {
            let mut child = node.shell();
            child.stdin.take().unwrap().write_all(&whole[..length]).unwrap();
            assert_eq!(read(child).end, None, "{length} of {} bytes", whole.len());
        }
        assert!(!node.at("count").exists(), "{:?}", node.shell);
        assert_eq!(node.attach("k", 0).end.as_deref(), Some("unknown"));
    });
}

#[test]
fn a_run_outlives_its_follower_and_holds_nothing_of_it() {
    on_each_shell(|node| {
        for how in ["let go", "killed"] {
            let (began, go) = (node.pipe(&format!("{how} began")), node.pipe(&format!("{how} go")));
            let text = format!(
                "echo first; echo >\"$HERE/{how} began\"; read x <\"$HERE/{how} go\"; echo second; exit 9"
            );
            let mut follower = node.begin(how, &text, 0, Start::Run);
            wait_for(began);
            if how == "killed" {
                let group = format!("-{}", follower.id());
                assert!(Command::new("kill").args(["-KILL", "--", &group]).status().unwrap().success());
            } else {
                drop(follower.stdin.take());
            }
            // Ends only when nobody holds the streams any more.
            let said = read(follower);
            assert_eq!(said.end, None);
            assert!("first\n".starts_with(&said.output), "{said:?}");
            let again = node.begin(how, &text, said.output.len() as u64, Start::Run);
            std::fs::write(go, "\n").unwrap();
            let rest = read(again);
            assert_eq!(rest.end.as_deref(), Some("done 9"), "{:?}", node.shell);
            assert_eq!(said.output + &rest.output, "first\nsecond\n", "{:?}", node.shell);
        }
    });
}

#[test]
fn another_boot_starts_nothing() {
    on_each_shell(|node| {
        assert_eq!(node.hello("b2").end.as_deref(), Some("hello b1"), "one mark a boot");
        std::fs::remove_dir_all(node.base()).unwrap();
        assert_eq!(node.run("k", "echo x >$HERE/count").end.as_deref(), Some("rebooted"));
        assert_eq!(node.hello("b2").end.as_deref(), Some("hello b2"));
        assert_eq!(node.run("k", "echo x >$HERE/count").end.as_deref(), Some("rebooted"));
        assert!(!node.at("count").exists(), "{:?}", node.shell);
    });
}

#[test]
fn a_kill_ends_the_whole_tree_and_nothing_else() {
    on_each_shell(|node| {
        let began = node.pipe("began");
        let other = node.pipe("other");
        let bystander = node.begin("other", "echo >$HERE/other; exec sleep 1000", 0, Start::Run);
        wait_for(other);
        let text = "trap 'echo told' TERM\nsetsid sleep 1001 & env -i /bin/sleep 1002 & (trap '' TERM; sleep 1003; sleep 1003) &\n\
                    echo $! >$HERE/child; echo >$HERE/began; wait; wait; exit 5";
        let follower = node.begin("k", text, 0, Start::Run);
        wait_for(began);
        let killed = node.kill("k");
        assert!(
            killed.end.as_deref().is_some_and(|end| end.starts_with("done ")),
            "{:?} {killed:?}",
            node.shell
        );
        let said = read(follower);
        assert_eq!(said.end, killed.end, "{:?}", node.shell);
        let left = Command::new("sh")
            .arg("-c")
            .arg("grep -lF \"KUBESTEP_RUN=$0/run/r-k:\" /proc/[0-9]*/environ 2>/dev/null; grep -lE '^sleep.100[123]|^/bin/sleep.100[123]' /proc/[0-9]*/cmdline 2>/dev/null")
            .arg(node.base())
            .output()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&left.stdout), "", "{:?}", node.shell);
        assert_eq!(node.kill("k").end, killed.end, "a second kill tells the same");
        assert_eq!(node.kill("other").end.as_deref(), Some("done 143"), "{:?}", node.shell);
        assert_eq!(read(bystander).end.as_deref(), Some("done 143"));
    });
}

#[test]
fn a_kill_before_the_start_keeps_it_from_starting() {
    on_each_shell(|node| {
        assert_eq!(node.kill("k").end.as_deref(), Some("unknown"));
        assert_eq!(node.run("k", "echo x >$HERE/count").end.as_deref(), Some("unknown"));
        assert!(!node.at("count").exists(), "{:?}", node.shell);
    });
}

#[test]
fn a_runner_that_is_gone_is_lost() {
    on_each_shell(|node| {
        let began = node.pipe("began");
        let follower = node.begin("k", "echo out; echo >$HERE/began; exec sleep 1000", 0, Start::Run);
        wait_for(began);
        let text = std::fs::read_to_string(node.at("base/run/r-k.pid")).unwrap();
        let runner = text.split(' ').next().unwrap();
        let kill =
            Command::new("kill").args(["-KILL", "--", runner, &format!("-{runner}")]).status().unwrap();
        assert!(kill.success());
        assert_eq!(
            read(follower),
            Said { end: Some("lost".into()), output: "out\n".into(), errors: String::new() }
        );
        assert_eq!(node.attach("k", 2).end.as_deref(), Some("lost"), "{:?}", node.shell);
    });
}

#[test]
fn much_output_of_any_bytes_comes_through_whole() {
    on_each_shell(|node| {
        let block: Vec<u8> = (0..=255).cycle().take(1 << 20).collect();
        std::fs::write(node.at("block"), &block).unwrap();
        let mut follower = node.begin("k", "cat $HERE/block $HERE/block; sleep 1000 & exit 3", 0, Start::Run);
        let mut stdout = Vec::new();
        follower.stdout.take().unwrap().read_to_end(&mut stdout).unwrap();
        let mut marks = Marks::new("w0rd");
        let output = marks.push(&stdout);
        let _ = follower.wait();
        assert_eq!(marks.end(), Some("done 3"));
        assert!(output == [block.as_slice(), &block].concat(), "{:?}: {} bytes", node.shell, output.len());
        // What it left in the background is the operator's business, but not the tests'.
        let text = std::fs::read_to_string(node.at("base/run/r-k.pid")).unwrap();
        let _ = Command::new("kill")
            .args(["-KILL", "--", &format!("-{}", text.split(' ').next().unwrap())])
            .status();
    });
}

#[test]
fn the_text_shows_in_no_process_list_and_no_file() {
    on_each_shell(|node| {
        let (began, go) = (node.pipe("began"), node.pipe("go"));
        let word = "raspberry-0451";
        let text = format!("secret={word}; : $secret; echo >$HERE/began; read x <$HERE/go");
        let follower = node.begin("k", &text, 0, Start::Run);
        wait_for(began);
        let found = Command::new("sh")
            .arg("-c")
            .arg("cd /; w=raspberry; grep -l $w-0451 /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null; grep -rlF $w-0451 \"$HERE/base\" /tmp/sh-thd* 2>/dev/null")
            .env("HERE", node.folder.path())
            .output()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&found.stdout), "", "{:?}", node.shell);
        std::fs::write(go, "\n").unwrap();
        assert_eq!(read(follower), done(0, ""));
    });
}

#[test]
fn a_question_is_answered_on_both_streams() {
    on_each_shell(|node| {
        let ask = |text: &str| read(node.start(Task::Ask { text: &Secret::new(text) }));
        let said = ask("echo out; echo err >&2; cat; echo \"$k_mark$k_text\"; exit 3");
        let errors = "err\n".to_owned();
        assert_eq!(
            said,
            Said { end: Some("3".into()), output: "out\n\n".into(), errors },
            "{:?}",
            node.shell
        );
        assert_eq!(ask("false; x='").end.as_deref().map(|rc| rc != "0"), Some(true), "{:?}", node.shell);
    });
}

#[test]
fn a_question_ends_when_the_console_goes() {
    on_each_shell(|node| {
        let began = node.pipe("began");
        let text = Secret::new("echo >$HERE/began; sleep 1000; echo late");
        let mut child = node.start(Task::Ask { text: &text });
        wait_for(began);
        drop(child.stdin.take());
        let said = read(child);
        assert_eq!((said.end, said.output.as_str()), (None, ""), "{:?}", node.shell);
    });
}

#[test]
fn a_node_without_room_says_so() {
    on_each_shell(|node| {
        let text = Secret::new("echo x >$HERE/count");
        let follow = Task::Follow { key: &key("k"), start: Start::Run, text: &text, boot: "b1", from: 0 };
        for task in [Task::Hello { new: "b" }, follow, Task::Kill { key: &key("k"), grace: Duration::ZERO }] {
            let said = read(node.start_in(task, "/proc/kubestep"));
            assert!(said.end.as_deref().is_some_and(|end| end.starts_with("full ")), "{said:?}");
        }
        full_disk(node, follow);
        assert!(!node.at("count").exists());
    });
}

/// Only root may mount the small disk for it.
fn full_disk(node: &Node, follow: Task<'_>) {
    let disk = node.at("disk");
    std::fs::create_dir(&disk).unwrap();
    let mount = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=64k,nr_inodes=40", "none"])
        .arg(&disk)
        .output();
    if !mount.is_ok_and(|mount| mount.status.success()) {
        let _ = writeln!(std::io::stderr(), "\n*** SKIPPED the full disk: no right to mount ***");
        return;
    }
    let base = disk.display().to_string();
    let hello = read(node.start_in(Task::Hello { new: "b1" }, &base));
    let fill = Command::new("sh")
        .arg("-c")
        .arg("cat /dev/zero >\"$0/fill\" 2>/dev/null")
        .arg(&disk)
        .status()
        .unwrap();
    let refused = read(node.start_in(follow, &base));
    let greeting = read(node.start_in(Task::Hello { new: "b1" }, &base));
    let again = std::fs::remove_file(disk.join("fill")).map(|()| read(node.start_in(follow, &base)));
    let _ = Command::new("umount").arg("-l").arg(&disk).status();
    assert_eq!((hello.end.as_deref(), fill.success()), (Some("hello b1"), false));
    for said in [refused, greeting] {
        assert!(said.end.as_deref().is_some_and(|end| end.starts_with("full ")), "{:?} {said:?}", node.shell);
    }
    assert_eq!(again.unwrap(), done(0, ""), "{:?}: nothing had been started", node.shell);
    std::fs::remove_file(node.at("count")).unwrap();
}
