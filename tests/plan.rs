//! Plans for every release, from the same code that `run` uses.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::path::Path;

use kubestep::catalog::{self, Command};
use kubestep::ids::{NodeName, StepId};
use kubestep::inventory::model::Inventory;
use kubestep::inventory::{self, Surroundings};
use kubestep::plan::step::{Need, Resource, Step, Work};
use kubestep::plan::{self, Ground, Wish};
use kubestep::survey::facts::Facts;
use kubestep::version::Version;

const RACK: &str = r"
apiVersion: kubestep/v1
kind: Cluster
metadata: { name: rack }
spec:
  kubernetes: { controlPlaneEndpoint: 10.4.0.10:6443, podSubnet: 192.168.0.0/16, serviceSubnet: 172.16.0.0/20 }
  hosts:
    - { name: a, role: control-plane, ssh: { address: 10.4.0.11 } }
    - { name: b, role: control-plane, ssh: { address: 10.4.0.15 } }
    - { name: c, role: control-plane, ssh: { address: 10.4.0.16 } }
    - { name: w, role: worker, ssh: { address: 10.4.0.12 }, labels: { disk: ssd } }
";

struct Nowhere;

impl Surroundings for Nowhere {
    fn variable(&self, _: &str) -> Option<String> {
        None
    }
    fn read(&self, _: &Path) -> std::io::Result<String> {
        Err(std::io::ErrorKind::NotFound.into())
    }
    fn exists(&self, _: &Path) -> bool {
        false
    }
}

fn rack() -> Inventory {
    inventory::parse(Path::new("rack.yaml"), RACK.to_owned(), &Nowhere).expect("a sound inventory").0
}

fn node(name: &str) -> NodeName {
    NodeName::new(name).unwrap()
}

fn bare(inventory: &Inventory, version: &Version) -> BTreeMap<NodeName, Facts> {
    let mut facts = Facts { kubeadm: Some(version.clone()), ..Facts::default() };
    let shown = |command| {
        catalog::tree(command, version)
            .into_iter()
            .filter(|phase| !phase.hidden)
            .map(|phase| phase.id)
            .collect()
    };
    facts.phases.init = shown(Command::Init);
    facts.phases.join = shown(Command::Join);
    inventory.hosts.iter().map(|host| (host.name.clone(), facts.clone())).collect()
}

fn steps(version: &Version, wish: &Wish, change: impl Fn(&mut BTreeMap<NodeName, Facts>)) -> Vec<Step> {
    let inventory = rack();
    let mut facts = bare(&inventory, version);
    change(&mut facts);
    let leader = plan::leader(&inventory, &facts).unwrap();
    let ground = Ground {
        inventory: &inventory,
        facts: &facts,
        version,
        leader: &leader,
        resuming: false,
        init_config: "/run/kubestep/init.yaml",
        join_config: "/run/kubestep/join.yaml",
    };
    let mut steps = plan::survey(&inventory, wish);
    steps.extend(plan::run(&ground, wish));
    steps
}

/// A step a line: node, phase, command, and the steps right before it.
fn outline(steps: &[Step]) -> String {
    steps.iter().filter(|step| !matches!(step.work, Work::Connect | Work::Probe | Work::Check)).fold(
        String::new(),
        |mut out, step| {
            let after: Vec<String> = step
                .after
                .iter()
                .filter(|edge| edge.need == Need::Done && edge.step.phase.as_str() != "check")
                .map(|edge| format!("{}:{}", edge.step.node, edge.step.phase))
                .collect();
            let command = step.command().unwrap_or_default();
            let _ = writeln!(out, "{}:{} [{command}] after {}", step.id.node, step.id.phase, after.join(" "));
            out
        },
    )
}

/// What must hold for every plan: names are unique, edges point backwards, and so there is no circle.
fn assert_sound(steps: &[Step]) {
    let mut seen: HashSet<&StepId> = HashSet::new();
    let ids: HashSet<&StepId> = steps.iter().map(|step| &step.id).collect();
    for step in steps {
        for edge in &step.after {
            assert!(ids.contains(&edge.step), "{} waits for {}, which is not there", step.id, edge.step);
            let survey = matches!(step.work, Work::Check);
            let clean_up = matches!(step.work, Work::CleanUp);
            assert!(
                seen.contains(&edge.step) || survey || clean_up,
                "{} waits for {}, which comes later",
                step.id,
                edge.step
            );
        }
        assert!(seen.insert(&step.id), "{} is there twice", step.id);
    }
}

#[test]
fn every_release_has_a_sound_plan() {
    for minor in 20..=36 {
        for leaves in [false, true] {
            let version = Version::new(1, minor, 3);
            let steps = steps(&version, &Wish { leaves, kubeconfig: true, ..Wish::default() }, |_| {});
            assert_sound(&steps);
            let joins = |name: &str| {
                steps
                    .iter()
                    .filter(|step| step.id.node == node(name) && step.id.phase.is_within("join"))
                    .count()
            };
            assert!(joins("b") >= 4 && joins("w") == 2, "1.{minor}");
            let etcd: Vec<&Step> =
                steps.iter().filter(|step| step.holds.contains(&Resource::EtcdMembership)).collect();
            assert_eq!(etcd.len(), 2, "1.{minor}: one etcd join a joining control plane");
        }
    }
}

#[test]
fn plans_of_some_releases() {
    for (name, version) in [
        ("1.20", Version::new(1, 20, 2)),
        ("1.29", Version::new(1, 29, 6)),
        ("1.33", Version::new(1, 33, 0)),
        ("1.36", Version::new(1, 36, 2)),
    ] {
        let steps = steps(&version, &Wish { kubeconfig: true, ..Wish::default() }, |_| {});
        insta::assert_snapshot!(format!("plan-{name}"), outline(&steps));
    }
}

#[test]
fn a_phase_that_is_spoken_of_splits_its_group() {
    let version = Version::new(1, 29, 6);
    let has = |steps: &[Step], phase: &str| steps.iter().any(|step| step.id == StepId::new(node("a"), phase));
    let whole = steps(&version, &Wish::default(), |_| {});
    assert!(has(&whole, "init/addon") && !has(&whole, "init/addon/coredns"));
    let split = steps(&version, &Wish { split: vec!["addon/coredns".into()], ..Wish::default() }, |_| {});
    assert!(
        has(&split, "init/addon/coredns")
            && has(&split, "init/addon/kube-proxy")
            && !has(&split, "init/addon")
    );
    assert!(has(&split, "init/certs"), "other groups stay whole");
    let group = steps(&version, &Wish { split: vec!["addon".into()], ..Wish::default() }, |_| {});
    assert!(has(&group, "init/addon"), "a word about the whole group does not split it");
}

#[test]
fn from_and_until_leave_out_the_rest() {
    let version = Version::new(1, 29, 6);
    let wish = Wish {
        from: Some("init/upload-certs".into()),
        until: Some("init/bootstrap-token".into()),
        ..Wish::default()
    };
    let narrowed = steps(&version, &wish, |_| {});
    assert_sound(&narrowed);
    let of_a: Vec<&str> = narrowed
        .iter()
        .filter(|step| step.id.node == node("a") && step.command().is_some())
        .map(|step| step.id.phase.as_str())
        .collect();
    assert_eq!(of_a, ["init/upload-certs", "init/mark-control-plane", "init/bootstrap-token"]);
}

fn member(facts: &mut Facts, control_plane: bool) {
    facts.kubelet_state = "active".into();
    facts.leftovers = vec!["/etc/kubernetes/kubelet.conf".into()];
    if control_plane {
        facts.leftovers.push("/etc/kubernetes/manifests/kube-apiserver.yaml".into());
    }
}

#[test]
fn nodes_that_are_in_are_left_alone() {
    let version = Version::new(1, 29, 6);
    let all_in = |facts: &mut BTreeMap<NodeName, Facts>| {
        for (name, facts) in facts {
            member(facts, name.as_str() != "w");
        }
    };
    let nothing = steps(&version, &Wish::default(), all_in);
    assert!(nothing.iter().all(|step| step.command().is_none()), "{}", outline(&nothing));
    assert!(nothing.iter().any(|step| step.work == Work::Verify));
    let back = steps(&version, &Wish::default(), |facts| {
        all_in(facts);
        *facts.get_mut(&node("a")).unwrap() = bare(&rack(), &version)[&node("a")].clone();
    });
    assert_sound(&back);
    insta::assert_snapshot!("plan-first-control-plane-comes-back", outline(&back));
}

#[test]
fn a_reset_goes_one_control_plane_at_a_time_and_tells_the_cluster_first() {
    let inventory = rack();
    let version = Version::new(1, 29, 6);
    let mut facts = bare(&inventory, &version);
    for (name, facts) in &mut facts {
        member(facts, name.as_str() != "w");
    }
    let leader = node("a");
    let ground = Ground {
        inventory: &inventory,
        facts: &facts,
        version: &version,
        leader: &leader,
        resuming: false,
        init_config: "",
        join_config: "",
    };
    let some = plan::reset(&ground, &[node("w"), node("b"), node("a")]);
    insta::assert_snapshot!("plan-reset-some", outline(&some));
    let from_c = |step: &&Step| matches!(&step.work, Work::Evict { from, .. } if *from == node("c"));
    assert_eq!(some.iter().filter(from_c).count(), 6, "the one that stays is told, before and after");
    let all = plan::reset(&ground, &[]);
    assert!(all.iter().all(|step| !matches!(step.work, Work::Evict { .. })), "nobody stays to be told");
}
