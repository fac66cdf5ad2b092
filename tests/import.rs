//! Ansible inventories become ours: what is carried over, what is told to be left, and that no secret is repeated.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::path::Path;

use kubestep::inventory::import::{Import, import};
use kubestep::inventory::model::{BecomeMethod, Inventory, PasswordSource, Role};
use kubestep::inventory::{ThisMachine, parse, show};

fn made(path: &str) -> Import {
    import(&Path::new("tests/imports").join(path), None, &ThisMachine)
        .unwrap_or_else(|problem| panic!("{problem}"))
}

/// The import read back: it is sound but for what `allowed` says.
fn read(made: &Import) -> Inventory {
    match parse(Path::new("i.yaml"), made.yaml.clone(), &ThisMachine) {
        Ok((inventory, _)) => inventory,
        Err(found) => panic!("{}\n{}", show(&found, false), made.yaml),
    }
}

fn told(made: &Import) -> String {
    let left: Vec<String> = made.left.iter().map(ToString::to_string).collect();
    format!("{}---\n{}\n", made.yaml, left.join("\n"))
}

#[test]
fn kubesprays_inventory_is_carried_over() {
    let made = made("kubespray/inventory.ini");
    insta::assert_snapshot!("kubespray", told(&made));
    let inventory = read(&made);
    let names: Vec<&str> = inventory.hosts.iter().map(|host| host.name.as_str()).collect();
    assert_eq!(names, ["node2", "node1", "node3", "node04", "node05", "node06"], "the group's first begins");
    let third = &inventory.hosts[2];
    assert_eq!((third.role, third.schedulable), (Role::ControlPlane, true), "in both groups");
    assert_eq!(third.ssh.bastion.as_deref(), Some("ops@192.0.2.1:2222"));
    assert_eq!(third.r#become.password, PasswordSource::Prompt);
    assert_eq!(inventory.hosts[3].labels["disk"], "ssd");
}

#[test]
fn the_seeds_inventory_is_carried_over() {
    let made = made("goldentooth/hosts.yaml");
    insta::assert_snapshot!("goldentooth", told(&made));
    let inventory = read(&made);
    assert_eq!(inventory.control_planes().count(), 3);
    let velaryon = inventory.hosts.iter().find(|host| host.name.as_str() == "velaryon").unwrap();
    assert_eq!(velaryon.ssh.user.as_deref(), Some("nathan"), "its own over everybody's");
    assert_eq!(velaryon.labels["arch"], "");
    assert!(inventory.hosts.iter().all(|host| !host.schedulable && host.name.as_str() != "allyrion"));
    assert_eq!(inventory.kubernetes.control_plane_endpoint.as_ref().unwrap().to_string(), "10.4.0.10:6443");
}

#[test]
fn roles_may_be_variables_and_a_file_without_an_ending_is_recognised() {
    let made = made("geerlingguy/hosts");
    insta::assert_snapshot!("geerlingguy", told(&made));
    let inventory = read(&made);
    assert_eq!(inventory.hosts.len(), 3);
    assert_eq!(inventory.hosts[0].ssh.port, Some(2200));
    assert_eq!(inventory.hosts[2].ssh.bastion.as_deref(), Some("ops@jump.lan"));
    assert_eq!(inventory.hosts[1].r#become.method, BecomeMethod::Sudo);
    assert_eq!(inventory.kubernetes.pod_subnet.as_deref(), Some("10.244.0.0/16"));
}

#[test]
fn no_secret_is_repeated() {
    for path in ["kubespray/inventory.ini", "geerlingguy/hosts"] {
        let said = format!("{}{:?}", told(&made(path)), made(path));
        for secret in ["hunter2", "letmein", "36343", "ANSIBLE_VAULT"] {
            assert!(!said.contains(secret), "{secret} of {path}: {said}");
        }
    }
}

/// An inventory's file alone, under this name.
fn of_text(name: &str, text: &str) -> Result<Import, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    import(&path, Some("t"), &ThisMachine).map_err(|problem| problem.to_string())
}

#[test]
fn what_is_hostile_stays_text_or_is_refused() {
    let text = "[masters]\na ansible_host='x, role: worker } #' ansible_user='$(id)${HOME}' rack=\"y\\\"s: {n}\"\n[workers]\n-oProxyCommand=id\n";
    let made = of_text("hosts.ini", text).unwrap();
    let found = parse(Path::new("i.yaml"), made.yaml.clone(), &ThisMachine).unwrap_err();
    let messages: Vec<&str> = found.iter().map(|finding| finding.message.as_str()).collect();
    assert!(
        messages.iter().any(|message| message.contains("is not an address")),
        "{messages:?}\n{}",
        made.yaml
    );
    assert!(messages.iter().any(|message| message.contains("is not a user name")), "{messages:?}");
    assert!(!messages.iter().any(|message| message.contains("not valid YAML")), "{messages:?}");
}

#[test]
fn an_inventory_that_says_nothing_of_roles_is_refused_with_a_word() {
    let said = of_text("hosts", "[web]\na\nb\n").unwrap_err();
    assert!(said.contains("names no control plane"), "{said}");
    assert!(of_text("hosts.yaml", "all: [").unwrap_err().contains("not valid YAML"));
    assert!(import(Path::new("nowhere"), None, &ThisMachine).is_err());
    // A circle of groups, a range too many, a host of no group.
    let text = "[a:children]\nb\n[b:children]\na\n[masters]\nm[1:2\nm1\n[workers:children]\na\n";
    let made = of_text("x.ini", text).unwrap();
    assert!(made.left.iter().any(|left| left.why.contains("a range ends with")), "{:?}", made.left);
}
