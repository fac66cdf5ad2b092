//! `plan --offline`: what would run on a bare rack.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::program::{Place, shipped};

#[test]
fn as_text() {
    let place = Place::new();
    let text = place.run(&["plan", "--offline", &shipped("goldentooth.yaml")]).well().out;
    insta::assert_snapshot!("plan_goldentooth", text);
    let mut narrow = place.command(&["plan", "--offline", &shipped("goldentooth.yaml")]);
    let narrow = Place::finish(narrow.env("COLUMNS", "80")).well().out;
    let copied = |line: &str| line.trim_start().starts_with("kubeadm ");
    assert!(narrow.lines().filter(|line| !copied(line)).all(|line| line.chars().count() <= 80), "{narrow}");
}

#[test]
fn as_json() {
    let place = Place::new();
    let text = place.run(&["plan", "--offline", &shipped("goldentooth.yaml"), "--output", "json"]).well().out;
    let plan: Value = serde_json::from_str(&text).unwrap();
    let steps = plan["steps"].as_array().unwrap();
    let name = |step: &Value| {
        (step["node"].as_str().unwrap().to_owned(), step["phase"].as_str().unwrap().to_owned())
    };
    let mut known = BTreeSet::new();
    for step in steps {
        let kubeadm = step["work"]["type"] == "kubeadm";
        assert_eq!(
            step["command"].as_str().is_some_and(|typed| typed.starts_with("kubeadm ")),
            kubeadm,
            "{step}"
        );
        assert!(known.insert(name(step)), "twice: {step}");
    }
    for step in steps {
        for edge in step["after"].as_array().unwrap() {
            assert!(known.contains(&name(&edge["step"])), "{} waits for nobody: {edge}", name(step).1);
        }
    }
    let configs = plan["configs"].as_object().unwrap();
    assert_eq!(configs.len(), 9);
    for (node, config) in configs {
        let content = config["content"].as_str().unwrap();
        assert!(content.contains("[secret]") && content.contains(&format!("name: {node}")), "{content}");
        let documents: Result<Vec<Value>, _> = serde_yaml::Deserializer::from_str(content)
            .map(serde::Deserialize::deserialize)
            .collect::<Result<_, serde_yaml::Error>>();
        documents.unwrap();
    }
    assert_eq!(configs["bettley"]["path"], "/run/kubestep/init.yaml");
    assert_eq!(configs["jast"]["path"], "/run/kubestep/join.yaml");
    let certs = steps.iter().find(|step| step["phase"] == "init/certs").unwrap();
    insta::assert_snapshot!("plan_json_step", serde_json::to_string_pretty(certs).unwrap());
}

#[test]
fn as_a_flowchart() {
    let place = Place::new();
    let text =
        place.run(&["plan", "--offline", &shipped("goldentooth.yaml"), "--output", "mermaid"]).well().out;
    let boxes: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.trim().split_once("[\"").map(|(name, _)| name))
        .filter(|name| !name.starts_with("subgraph"))
        .collect();
    for line in text.lines().filter(|line| line.contains("-->")) {
        let (from, to) = line.trim().split_once(" --> ").unwrap();
        assert!(boxes.contains(from) && boxes.contains(to), "{line}");
    }
    insta::assert_snapshot!("plan_goldentooth_mermaid", text);
}

#[test]
fn every_shipped_inventory_can_be_planned() {
    let place = Place::new();
    for (name, version) in [("goldentooth.yaml", ""), ("ha-sudo.yaml", "v1.35.1")] {
        let mut command = place.command(&["plan", "--offline", &shipped(name)]);
        let text = Place::finish(command.env("KUBERNETES_VERSION", version)).well().out;
        assert!(text.ends_with("Nothing was changed.\n"), "{text}");
    }
    // Its version is that of the kubeadm on the node, which --offline does not ask.
    let said = place.run(&["plan", "--offline", &shipped("single.yaml")]).refused(2);
    assert_eq!(said, "kubestep: --offline needs spec.kubernetes.version in the inventory\n");
}

#[test]
fn the_flags_shape_the_plan() {
    let place = Place::new();
    let plan = |flags: &[&str]| {
        let rack = shipped("goldentooth.yaml");
        let args: Vec<&str> = ["plan", "--offline", &rack].iter().chain(flags).copied().collect();
        place.run(&args).well().out
    };
    let leaves = plan(&["--leaves"]);
    assert!(
        leaves.contains("kubeadm init phase certs ca ") && !leaves.contains("phase certs all"),
        "{leaves}"
    );
    let two = plan(&["--only", "bettley,jast"]);
    assert!(two.contains("\njast\n") && !two.contains("\nfenn, gardener\n"), "{two}");
    let from = plan(&["--from", "upload-config"]);
    assert!(!from.contains("phase certs all") && from.contains("phase upload-config all"), "{from}");
    let until = plan(&["--until", "kubeconfig"]);
    assert!(until.contains("phase kubeconfig all") && !until.contains("phase etcd local"), "{until}");
    assert!(!until.contains("kubeadm join"), "nobody waits for what is left for later: {until}");
    let split = plan(&["--break", "certs/sa"]);
    assert!(split.contains("kubeadm init phase certs sa"), "{split}");
}

#[test]
fn what_a_run_would_refuse_is_said() {
    let done = Place::new().run(&["plan", "--offline", &shipped("goldentooth.yaml"), "--only", "jast"]);
    assert_eq!(done.code, 0);
    assert!(done.err.starts_with("kubestep: `run` would stop before all that: "), "{}", done.err);
    assert!(done.err.contains("bring bettley up first, or name it as well"), "{}", done.err);
}
