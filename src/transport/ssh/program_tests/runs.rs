//! Runs: started once, read from anywhere, outliving whoever follows.

use std::io::{Read as _, Write as _};
use std::process::Command;

use super::super::marks::Marks;
use super::super::program::{Task, program};
use super::node::{done, key, on_each_shell, read, wait_for};
use crate::secret::Secret;
use crate::transport::request::Start;

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
        assert_eq!(read(node.start(Task::Forget)).end.as_deref(), Some("forgotten"));
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
        let task = Task::Follow {
            key: &key("k"),
            start: Start::Run,
            text: &text,
            watched: false,
            boot: "b1",
            from: 0,
        };
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
