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

use super::node::{Console, Node, has, is_root, name, skipped};
use super::runs::{LIMIT, ask, run, shell};

async fn connect(console: &Console) -> Result<Greeting, Fault> {
    tokio::time::timeout(LIMIT, console.fleet.connect(&name()))
        .await
        .expect("no hang")
        .map_err(|error| error.fault)
}

async fn fault(console: &Console) -> Fault {
    connect(console).await.expect_err("it must not work")
}

/// Connects, asks and runs: all is well.
async fn works(console: &Console) {
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
        while ask(fleet, &shell(&format!("[ -s {}/run/run/r-killed/out ]", node.at("").display())))
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

const PASSWORD: &str = "raspberry";

/// Asks as sudo does: only with -S, on standard input, three times at most; prints the lecture first.
fn fake_sudo(node: &Node) {
    node.put_bin("sudo", include_str!("sudo.sh"));
}

fn sudo_target(node: &Node, password: Option<&str>) -> Target {
    let mut target = node.target();
    target.r#become.method = BecomeMethod::Sudo;
    target.password = password.map(Secret::new);
    target
}

/// As root there is nothing to become: `id` says otherwise for these tests.
fn not_root(node: &Node) {
    node.put_bin("id", "#!/bin/sh\necho 1000\n");
}

#[tokio::test]
async fn sudo_with_a_password_is_asked_once_and_never_shows_it() {
    let Some(node) = Node::start("") else { return };
    fake_sudo(&node);
    not_root(&node);
    works(&Console::new(sudo_target(&node, Some(PASSWORD)), node.options())).await;
    let log = std::fs::read_to_string(node.at("sudo.log")).unwrap();
    assert!(log.contains("as root") && !log.contains(PASSWORD) && !log.contains("wrong"), "{log}");
}

#[tokio::test]
async fn a_wrong_or_missing_password_is_said_after_one_try() {
    let Some(node) = Node::start("") else { return };
    fake_sudo(&node);
    not_root(&node);
    let missing = fault(&Console::new(sudo_target(&node, None), node.options())).await;
    assert_eq!(missing, Fault::SudoPasswordNeeded);
    let wrong = fault(&Console::new(sudo_target(&node, Some("strawberry")), node.options())).await;
    assert_eq!(wrong, Fault::SudoPasswordWrong);
    let log = std::fs::read_to_string(node.at("sudo.log")).unwrap();
    assert_eq!(log.matches("wrong").count(), 1, "{log}");
}

#[tokio::test]
async fn sudo_that_asks_for_nothing_needs_no_password_and_gets_none() {
    let Some(node) = Node::start("") else { return };
    fake_sudo(&node);
    not_root(&node);
    std::fs::write(node.at("nopasswd"), "").unwrap();
    works(&Console::new(sudo_target(&node, Some(PASSWORD)), node.options())).await;
    let log = std::fs::read_to_string(node.at("sudo.log")).unwrap();
    assert!(!log.contains("asked"), "{log}");
}

#[tokio::test]
async fn a_password_that_sudo_stops_asking_for_is_not_run_as_a_command() {
    let Some(node) = Node::start("") else { return };
    fake_sudo(&node);
    not_root(&node);
    let password = "touch pwned; echo";
    std::fs::write(node.at("password"), password).unwrap();
    let console = Console::new(sudo_target(&node, Some(password)), node.options());
    works(&console).await;
    std::fs::write(node.at("nopasswd"), "").unwrap();
    assert_eq!(ask(&console.fleet, &shell("[ -e pwned ]; echo $?")).await.unwrap().stdout, "1\n");
}

#[tokio::test]
async fn sudo_that_refuses_or_is_not_there_is_said() {
    let Some(node) = Node::start("") else { return };
    not_root(&node);
    for words in ["sudo: sorry, you must have a tty to run sudo", "pi is not in the sudoers file."] {
        node.put_bin("sudo", &format!("#!/bin/sh\necho '{words}' >&2\nexit 1\n"));
        let fault = fault(&Console::new(sudo_target(&node, Some(PASSWORD)), node.options())).await;
        assert_eq!(fault, Fault::SudoRefused { detail: words.into() });
    }
    std::fs::remove_file(node.at("bin/sudo")).unwrap();
    // A PATH without the machine's own sudo.
    for program in ["sh", "cat", "mkdir", "rm", "ln", "grep", "env", "sleep"] {
        let path = ["/usr/bin", "/bin"].map(|folder| format!("{folder}/{program}"));
        let path = path.iter().find(|path| std::path::Path::new(path).exists()).unwrap();
        std::os::unix::fs::symlink(path, node.at("bin").join(program)).unwrap();
    }
    let bin = node.at("bin").display().to_string();
    let alone = format!("ForceCommand PATH={bin}; export PATH; exec sh -c \"$SSH_ORIGINAL_COMMAND\"");
    let Some(other) = Node::start(&alone) else { return };
    let fault = fault(&Console::new(sudo_target(&other, Some(PASSWORD)), other.options())).await;
    assert_eq!(fault, Fault::NoSudo);
}

/// As root it asks for nothing; as anybody else the password comes from `KUBESTEP_TEST_SUDO_PASSWORD`.
#[tokio::test]
async fn the_machines_own_sudo_works() {
    let password = std::env::var("KUBESTEP_TEST_SUDO_PASSWORD").ok();
    if !has("sudo") || !(is_root() || password.is_some()) {
        return skipped("it takes sudo, and root or KUBESTEP_TEST_SUDO_PASSWORD");
    }
    let Some(node) = Node::start("") else { return };
    if is_root() {
        not_root(&node);
    } else {
        let wrong = fault(&Console::new(sudo_target(&node, Some("not this one")), node.options())).await;
        assert_eq!(wrong, Fault::SudoPasswordWrong);
        let missing = fault(&Console::new(sudo_target(&node, None), node.options())).await;
        assert_eq!(missing, Fault::SudoPasswordNeeded);
    }
    let console = Console::new(sudo_target(&node, password.as_deref()), node.options());
    works(&console).await;
    let request = shell(&format!("[ $(stat -c %u /proc/self) = 0 ] && rm -rf {}", node.at("run").display()));
    assert_eq!(ask(&console.fleet, &request).await.unwrap().rc, 0, "it is root's shell");
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
    let bad: [&dyn Fn(&mut Target); 13] = [
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
