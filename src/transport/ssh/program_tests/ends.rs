//! How runs end: killed, lost, forgotten.

use std::process::Command;

use super::super::program::Task;
use super::node::{Said, done, on_each_shell, read, wait_for};
use crate::transport::request::Start;

#[test]
fn what_is_over_is_forgotten_and_nothing_else() {
    on_each_shell(|node| {
        let (began, go) = (node.pipe("began"), node.pipe("go"));
        assert_eq!(node.run("run.1", "exit 3").end.as_deref(), Some("done 3"));
        assert_eq!(node.kill("fenced").end.as_deref(), Some("unknown"));
        let follower =
            node.begin("runs", "echo a; echo >$HERE/began; read x <$HERE/go; echo b; exit 6", 0, Start::Run);
        wait_for(began);
        let lost = node.at("base/run/r-lost");
        // Number and start time of a process that is long gone, half a removal, and a claim just made.
        std::fs::write(lost.with_extension("pid"), "1 1\n").unwrap();
        std::fs::write(lost.with_extension("rc"), "run\n").unwrap();
        std::fs::write(node.at("base/run/r-half.out"), "token").unwrap();
        std::fs::write(node.at("base/run/r-claim.pid"), "").unwrap();
        assert_eq!(read(node.start(Task::Forget)).end.as_deref(), Some("forgotten"));
        let mut left: Vec<_> = std::fs::read_dir(node.at("base/run"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, ["r-claim.pid", "r-runs.out", "r-runs.pid", "r-runs.rc"], "{:?}", node.shell);
        std::fs::write(go, "\n").unwrap();
        assert_eq!(read(follower), done(6, "a\nb\n"), "{:?}", node.shell);
        assert_eq!(read(node.start(Task::Forget)).end.as_deref(), Some("forgotten"));
        assert_eq!(std::fs::read_dir(node.at("base/run")).unwrap().count(), 1, "{:?}", node.shell);
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
