//! Becoming root with sudo, its password, and without.

use kubestep::inventory::model::BecomeMethod;
use kubestep::secret::Secret;
use kubestep::transport::error::Fault;
use kubestep::transport::ssh::Target;

use super::hosts::{fault, works};
use super::node::{Console, Node, has, is_root, skipped};
use super::runs::{ask, shell};

pub const PASSWORD: &str = "raspberry";

/// Asks as sudo does: only with -S, on standard input, three times at most; prints the lecture first.
pub fn fake_sudo(node: &Node) {
    node.put_bin("sudo", include_str!("sudo.sh"));
}

pub fn sudo_target(node: &Node, password: Option<&str>) -> Target {
    let mut target = node.target();
    target.r#become.method = BecomeMethod::Sudo;
    target.password = password.map(Secret::new);
    target
}

/// As root there is nothing to become: `id` says otherwise for these tests.
pub fn not_root(node: &Node) {
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
