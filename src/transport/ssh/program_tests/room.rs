//! A node without room.

use std::io::Write as _;
use std::process::Command;
use std::time::Duration;

use super::super::program::Task;
use super::node::{Node, done, key, on_each_shell, read};
use crate::secret::Secret;
use crate::transport::request::Start;

#[test]
fn a_node_without_room_says_so() {
    on_each_shell(|node| {
        let text = Secret::new("echo x >$HERE/count");
        let follow = Task::Follow {
            key: &key("k"),
            start: Start::Run,
            text: &text,
            watched: false,
            boot: "b1",
            from: 0,
        };
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
