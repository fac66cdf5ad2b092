//! Hosts that make trouble: each ends in a clear word, none in a hang.

use std::net::TcpListener;
use std::time::Duration;

use kubestep::ids::NodeName;
use kubestep::inventory::model::BecomeMethod;
use kubestep::secret::{Redactor, Secret};
use kubestep::transport::error::Fault;
use kubestep::transport::ssh::{Fleet, Target, UnfitTarget};
use kubestep::transport::{Ended, Greeting, Request, RunKey, Start};
use tokio::sync::mpsc;

use super::node::{Console, Node, has, name, skipped};
use super::runs::{LIMIT, ask, run, shell};
use super::sudo::{PASSWORD, fake_sudo, not_root};

async fn connect(console: &Console) -> Result<Greeting, Fault> {
    tokio::time::timeout(LIMIT, console.fleet.connect(&name()))
        .await
        .expect("no hang")
        .map_err(|error| error.fault)
}

pub async fn fault(console: &Console) -> Fault {
    connect(console).await.expect_err("it must not work")
}

/// Connects, asks and runs: all is well.
pub async fn works(console: &Console) {
    connect(console).await.unwrap();
    let reply = ask(&console.fleet, &shell("echo out; echo err >&2; exit 3")).await.unwrap();
    assert_eq!((reply.rc, reply.stdout.as_str(), reply.stderr.as_str()), (3, "out\n", "err\n"));
    let (ended, output) =
        run(&console.fleet, "works", &shell("echo it\\'s \\$1 '%s' \\!; exit 4"), Start::Run).await;
    assert_eq!(
        (ended.unwrap(), String::from_utf8_lossy(&output).as_ref()),
        (Ended::Exited(4), "it's $1 %s !\n")
    );
}

#[tokio::test]
async fn a_login_shell_that_prints_does_not_get_into_the_output() {
    let Some(node) =
        Node::start("ForceCommand echo hello; echo warning >&2; sh -c \"$SSH_ORIGINAL_COMMAND\"; echo bye")
    else {
        return;
    };
    // Read by a bash that sshd starts, where that is the login shell.
    std::fs::write(node.at(".bashrc"), "echo from .bashrc; echo from .bashrc >&2\n").unwrap();
    works(&node.fleet()).await;
}

#[tokio::test]
async fn any_login_shell_will_do() {
    for (program, option) in [("csh", "-c"), ("tcsh", "-c"), ("fish", "-c"), ("bash", "-c"), ("zsh", "-c")] {
        if !has(program) {
            skipped(&format!("{program} is not installed"));
            continue;
        }
        let line = format!("ForceCommand exec {program} {option} \"$SSH_ORIGINAL_COMMAND\"");
        let Some(node) = Node::start(&line) else { return };
        works(&node.fleet()).await;
        let mut target = node.target();
        target.r#become.method = BecomeMethod::Sudo;
        target.password = Some(Secret::new(PASSWORD));
        fake_sudo(&node);
        not_root(&node);
        works(&Console::new(target, node.options())).await;
    }
}

#[tokio::test]
async fn any_sh_will_do() {
    for (program, text) in
        [("dash", "exec dash"), ("bash", "exec bash --posix"), ("busybox", "exec busybox sh")]
    {
        if !has(program) {
            skipped(&format!("{program} is not installed"));
            continue;
        }
        let Some(node) = Node::start("") else { return };
        node.put_bin("sh", &format!("#!/bin/sh\n{text} \"$@\"\n"));
        works(&node.fleet()).await;
    }
}

#[tokio::test]
async fn a_login_shell_that_runs_nothing_is_named() {
    let Some(node) = Node::start("ForceCommand echo This account is currently not available.; exit 1") else {
        return;
    };
    let fault = fault(&node.fleet()).await;
    assert!(matches!(&fault, Fault::Shell { detail } if detail.contains("not available")), "{fault:?}");
}

#[tokio::test]
async fn one_session_is_enough() {
    let Some(node) = Node::start("MaxSessions 1") else { return };
    let console = node.fleet();
    works(&console).await;
    let fleet = &console.fleet;
    let request = shell("i=0; while [ $i -lt 40 ]; do echo $i; i=$((i+1)); sleep .05; done; exit 6");
    let following = run(fleet, "long", &request, Start::Run);
    let asking = async {
        for _ in 0..3 {
            assert_eq!(ask(fleet, &shell("exit 5")).await.unwrap().rc, 5);
        }
    };
    let ((ended, output), ()) = tokio::join!(following, asking);
    assert_eq!(ended.unwrap(), Ended::Exited(6));
    let whole = (0..40).fold(String::new(), |text, i| text + &format!("{i}\n"));
    assert_eq!(String::from_utf8_lossy(&output), whole);

    let request = shell("trap 'echo off; exit 1' TERM; echo on; sleep 1000 & wait");
    let following = run(fleet, "killed", &request, Start::Run);
    let key = RunKey::new("killed");
    let killing = async {
        while ask(fleet, &shell(&format!("[ -s {}/run/run/r-killed.out ]", node.at("").display())))
            .await
            .unwrap()
            .rc
            != 0
        {}
        fleet.kill(&name(), &key, Duration::from_secs(5)).await.unwrap()
    };
    let ((ended, output), killed) = tokio::join!(following, killing);
    assert_eq!((ended.unwrap(), output.as_slice()), (Ended::Exited(1), b"on\noff\n".as_slice()));
    assert_eq!(killed, Ended::Exited(1));
}

#[tokio::test]
async fn a_bastion_is_gone_through() {
    let (Some(gate), Some(node)) = (Node::start(""), Node::start("")) else { return };
    let key = node.at("a key of 100%");
    std::fs::rename(node.at("key"), &key).unwrap();
    let known = [&gate, &node].map(|node| std::fs::read_to_string(node.at("known_hosts")).unwrap()).concat();
    std::fs::write(node.at("known_hosts"), known).unwrap();
    std::fs::write(node.at("ssh_config"), format!("IdentityFile {}\n", gate.at("key").display())).unwrap();
    let mut target = node.target();
    target.ssh.key_path = Some(key);
    target.ssh.bastion = Some(format!("127.0.0.1:{}", gate.port));
    works(&Console::new(target, node.options())).await;
    assert!(gate.log().contains("Accepted publickey"), "{}", gate.log());
}

#[tokio::test]
async fn no_session_at_all_is_said() {
    let Some(node) = Node::start("MaxSessions 0") else { return };
    assert_eq!(fault(&node.fleet()).await, Fault::SessionLimit);
}

#[tokio::test]
async fn many_questions_at_once_find_the_limit() {
    let Some(node) = Node::start("MaxSessions 3") else { return };
    let console = node.fleet();
    connect(&console).await.unwrap();
    let questions = (0..30).map(|i| {
        let fleet = &console.fleet;
        async move { assert_eq!(ask(fleet, &shell(&format!("exit {i}"))).await.unwrap().rc, i) }
    });
    let questions: Vec<_> = questions.map(Box::pin).collect();
    for question in futures(questions).await {
        question.unwrap();
    }
}

/// All of them at once, on this thread.
async fn futures<F: Future<Output = ()>>(all: Vec<std::pin::Pin<Box<F>>>) -> Vec<Result<(), ()>> {
    let mut left: Vec<_> = all.into_iter().map(Some).collect();
    std::future::poll_fn(move |context| {
        for slot in &mut left {
            if slot.as_mut().is_some_and(|future| future.as_mut().poll(context).is_ready()) {
                *slot = None;
            }
        }
        if left.iter().all(Option::is_none) {
            std::task::Poll::Ready(vec![Ok(()); left.len()])
        } else {
            std::task::Poll::Pending
        }
    })
    .await
}

#[tokio::test]
async fn an_unknown_host_key_is_refused_or_taken_and_shown() {
    let Some(node) = Node::start("") else { return };
    std::fs::write(node.at("known_hosts"), "").unwrap();
    assert_eq!(fault(&node.fleet()).await, Fault::HostKeyUnknown);
    let mut options = node.options();
    options.accept_new_host_keys = true;
    let greeting = connect(&Console::new(node.target(), options.clone())).await.unwrap();
    let print =
        std::process::Command::new("ssh-keygen").arg("-lf").arg(node.at("host_key.pub")).output().unwrap();
    let print = String::from_utf8(print.stdout).unwrap();
    let shown = greeting.new_host_key.unwrap();
    assert!(shown.starts_with("SHA256:") && print.contains(&shown), "{shown} is not {print}");
    let greeting = connect(&Console::new(node.target(), options)).await.unwrap();
    assert_eq!(greeting.new_host_key, None, "known by now");
    works(&node.fleet()).await;
}

#[tokio::test]
async fn a_changed_host_key_is_refused_even_when_new_ones_are_taken() {
    let Some(node) = Node::start("") else { return };
    let other = std::fs::read_to_string(node.at("stranger.pub")).unwrap();
    std::fs::write(node.at("known_hosts"), format!("[127.0.0.1]:{} {other}", node.port)).unwrap();
    let mut options = node.options();
    options.accept_new_host_keys = true;
    for options in [node.options(), options] {
        let fault = fault(&Console::new(node.target(), options)).await;
        assert_eq!(fault, Fault::HostKeyChanged { address: "127.0.0.1".into() });
    }
}

#[tokio::test]
async fn a_key_that_is_not_authorised_is_refused_at_once() {
    let Some(node) = Node::start("") else { return };
    let mut target = node.target();
    target.ssh.key_path = Some(node.at("stranger"));
    let fault = fault(&Console::new(target, node.options())).await;
    assert!(
        matches!(&fault, Fault::LoginRefused { detail } if detail.contains("Permission denied")),
        "{fault:?}"
    );
}

#[tokio::test]
async fn nothing_that_listens_is_refused_and_tried_again_until_the_time_is_over() {
    let Some(node) = Node::start("") else { return };
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut target = node.target();
    target.ssh.port = Some(port);
    let mut options = node.options();
    options.connect_timeout = Duration::from_secs(2);
    assert_eq!(fault(&Console::new(target, options)).await, Fault::Refused { address: "127.0.0.1".into() });
}

#[tokio::test]
async fn a_host_that_says_nothing_is_given_up_in_time() {
    let Some(node) = Node::start("") else { return };
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut target = node.target();
    target.ssh.port = Some(silent.local_addr().unwrap().port());
    let mut options = node.options();
    options.connect_timeout = Duration::from_secs(2);
    let fault = fault(&Console::new(target, options)).await;
    assert!(matches!(fault, Fault::TimedOut { .. }), "{fault:?}");
}

#[tokio::test]
async fn a_name_nobody_knows_is_said() {
    let Some(node) = Node::start("") else { return };
    let mut target = node.target();
    target.ssh.address = "no-such-host.invalid".into();
    let fault = fault(&Console::new(target, node.options())).await;
    assert_eq!(fault, Fault::UnknownHost { address: "no-such-host.invalid".into() });
}

#[tokio::test]
async fn a_folder_that_can_not_be_written_is_said() {
    let Some(node) = Node::start("") else { return };
    let mut options = node.options();
    options.base_dir = "/proc/kubestep".into();
    let fault = fault(&Console::new(node.target(), options)).await;
    assert!(matches!(&fault, Fault::NotWritable { path, .. } if path == "/proc/kubestep"), "{fault:?}");
}

#[tokio::test]
async fn a_request_the_node_does_not_finish_in_time_is_given_up_and_ended() {
    let Some(node) = Node::start("") else { return };
    let console = node.fleet();
    connect(&console).await.unwrap();
    let mark = node.at("late").display().to_string();
    let request = Request::Shell { text: format!("trap 'echo x >{mark}; exit' TERM; sleep 1000 & wait") };
    let error = console.fleet.ask(&name(), &request, Duration::from_secs(1)).await.unwrap_err();
    assert!(matches!(error.fault, Fault::TimedOut { seconds: 1, .. }), "{error:?}");
    while ask(&console.fleet, &shell(&format!("[ -e {mark} ]"))).await.unwrap().rc != 0 {}
}

#[test]
fn a_fleet_may_be_shared_between_threads() {
    const fn shared<T: Send + Sync>() {}
    const { shared::<Fleet>() }
}

#[test]
fn values_that_ssh_would_take_for_something_else_are_refused() {
    let target = |change: &dyn Fn(&mut Target)| {
        let mut target = Target {
            name: NodeName::new("bettley").unwrap(),
            ssh: kubestep::inventory::model::Ssh { address: "10.4.0.11".into(), ..Default::default() },
            r#become: kubestep::inventory::model::Become {
                method: BecomeMethod::None,
                password: kubestep::inventory::model::PasswordSource::None,
            },
            password: None,
        };
        change(&mut target);
        target
    };
    let options = kubestep::transport::ssh::SshOptions::new(Secret::new("seed"));
    let make = |target| Fleet::new(vec![target], options.clone(), Redactor::default(), mpsc::channel(1).0);
    let bad: [&dyn Fn(&mut Target); 14] = [
        &|t| t.ssh.config_path = Some("/no/such/file".into()),
        &|t| t.ssh.address = "-oProxyCommand=touch hacked".into(),
        &|t| t.ssh.address = "a b".into(),
        &|t| t.ssh.address = "$(reboot)".into(),
        &|t| t.ssh.address = "ssh://a".into(),
        &|t| t.ssh.address = String::new(),
        &|t| t.ssh.user = Some("-l".into()),
        &|t| t.ssh.user = Some("a\nProxyCommand x".into()),
        &|t| t.ssh.bastion = Some("-W".into()),
        &|t| t.ssh.bastion = Some("a;b".into()),
        &|t| t.ssh.key_path = Some("/a\"\nProxyCommand x".into()),
        &|t| drop(t.ssh.options.insert("Proxy Command".into(), "x".into())),
        &|t| drop(t.ssh.options.insert("Ciphers".into(), "a\nProxyCommand x".into())),
        &|t| drop(t.ssh.options.insert("ControlPath".into(), "x".into())),
    ];
    for change in bad {
        let target = target(change);
        let shown = format!("{target:?}");
        assert!(matches!(make(target), Err(UnfitTarget::Value { .. })), "{shown}");
    }
    let good: [&dyn Fn(&mut Target); 5] = [
        &|t| t.ssh.address = "fe80::1%eth0".into(),
        &|t| t.ssh.address = "rack_1".into(),
        &|t| t.ssh.user = Some("DOMAIN\\user.name".into()),
        &|t| t.ssh.bastion = Some("pi@gate:2222,[::1]:22".into()),
        &|t| drop(t.ssh.options.insert("ProxyCommand".into(), "nc %h %p".into())),
    ];
    for change in good {
        make(target(change)).unwrap();
    }
}
