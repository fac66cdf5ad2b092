//! What steps are found to have written, held against what the catalog knows of them; and that no key is among it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use base64::Engine as _;
use kubestep::artifact::{Artifact, Change, Pki, Withheld, compare};
use kubestep::catalog;
use kubestep::event::EventKind;
use kubestep::ids::{NodeName, PhaseId};
use kubestep::plan::step::Work;
use kubestep::sim::Scenario;
use kubestep::transport::Request;
use kubestep::version::Version;

use super::console::Left;
use super::world::{GOLDENTOOTH, World, faults, name, on_virtual_time, parsed, rack};

/// What the kubelet writes by itself once it runs, whichever step runs meanwhile; `verify` finds the rest.
fn is_the_kubelets(path: &str) -> bool {
    path.starts_with("/var/lib/kubelet/pki/")
        || path == "/etc/kubernetes/kubelet.conf"
        || path == "/var/lib/etcd"
        || path.starts_with("/etc/cni/")
}

/// Paths that each kubeadm step changed, by node and phase.
fn found(left: &Left) -> BTreeMap<(NodeName, PhaseId), BTreeSet<String>> {
    let mut found = BTreeMap::<_, BTreeSet<String>>::new();
    for event in &left.story.0 {
        if let EventKind::StepFiles { node, phase, found: files, .. } = &event.kind {
            let changed = files.files.iter().filter(|file| {
                matches!(file.change, Change::Created | Change::Changed | Change::Rewritten)
                    && !file.is_object()
            });
            let paths = changed.map(|file| file.path.clone());
            found.entry((node.clone(), phase.clone())).or_default().extend(paths);
        }
    }
    found
}

async fn holds_against_the_catalog(version: &str, leaves: bool) {
    let world = World::new(parsed(GOLDENTOOTH), version, Scenario::uneventful());
    let left = if leaves { world.console().leaves() } else { world.console() }.go().await;
    left.assert_exit(0);
    let release: Version = version.parse().unwrap();
    let found = found(&left);
    let state = left.state.as_ref().unwrap();
    let mut compared = 0;
    for step in state.steps().filter(|step| matches!(step.plan.work, Work::Kubeadm { .. })) {
        let id = step.id();
        let mut phases = step.plan.covers.clone();
        phases.push(id.phase.clone());
        let known: BTreeSet<String> = phases
            .iter()
            .filter_map(|phase| catalog::knowledge(phase, &release))
            .filter(|known| !known.no_op)
            .flat_map(|known| known.writes)
            .map(str::to_owned)
            .collect();
        let seen = found.get(&(id.node.clone(), id.phase.clone())).cloned().unwrap_or_default();
        let unknown: Vec<_> = seen.difference(&known).filter(|path| !is_the_kubelets(path)).collect();
        assert!(unknown.is_empty(), "{version}: {id} wrote {unknown:?}, which the catalog does not know");
        let shelf = &state.node(&id.node).unwrap().files;
        let missing: Vec<_> = known
            .difference(&seen)
            // On most releases it comes and goes within the step.
            .filter(|path| !path.ends_with("bootstrap-kubelet.conf"))
            // A control plane has ca.crt before its kubelet starts; what the kubelet writes may come later.
            .filter(|path| {
                !(is_the_kubelets(path) || (path.ends_with("/ca.crt") && shelf.get(path).is_some()))
            })
            .collect();
        assert!(missing.is_empty(), "{version}: {id} was not seen to write {missing:?}");
        compared += seen.len();
    }
    assert!(compared > 60, "{compared} files were compared");
}

macro_rules! releases {
    ($($test:ident $version:literal $leaves:literal)*) => {
        $(
            #[test]
            fn $test() {
                on_virtual_time(holds_against_the_catalog($version, $leaves));
            }
        )*
    };
}

releases! {
    files_of_1_20 "v1.20.2" false
    files_of_1_20_leaf_by_leaf "v1.20.2" true
    files_of_1_29 "v1.29.6" false
    files_of_1_29_leaf_by_leaf "v1.29.6" true
    files_of_1_34 "v1.34.3" false
    files_of_1_34_leaf_by_leaf "v1.34.3" true
}

/// Every key on the rack's disks: whole, and a piece of its middle.
async fn keys(world: &World, left: &Left) -> Vec<String> {
    let mut keys = Vec::new();
    for node in left.state.as_ref().unwrap().nodes() {
        let read = async |path: &str| {
            let request = Request::Read { path: path.to_owned() };
            world.rack.ask(&node.name, &request, Duration::from_secs(60)).await.unwrap().stdout
        };
        for (file, _) in node.files.all() {
            let text = read(&file.path).await;
            if text.contains("PRIVATE KEY") {
                let start = text.find("PRIVATE KEY-----").unwrap() + "PRIVATE KEY-----".len();
                let body: String = text[start..].split("-----").next().unwrap().split_whitespace().collect();
                keys.push(body[20..60].to_owned());
            }
            for line in text.lines().filter(|line| line.contains("client-key-data")) {
                let data = line.split(": ").nth(1).unwrap();
                keys.push(data.to_owned());
                keys.push(data[40..100].to_owned());
                let pem = base64::engine::general_purpose::STANDARD.decode(data).unwrap();
                assert!(String::from_utf8(pem).unwrap().contains("PRIVATE KEY"));
            }
        }
    }
    keys
}

#[test]
fn no_key_is_in_the_journal_and_all_that_is_public_is() {
    on_virtual_time(async {
        let world = World::new(rack(2, 1, ""), "v1.29.6", Scenario::uneventful());
        let left = world.console().leaves().go().await;
        left.assert_exit(0);
        let journal = String::from_utf8_lossy(&left.journal).into_owned();
        let keys = keys(&world, &left).await;
        assert!(keys.len() > 30, "{} keys", keys.len());
        for text in [&journal, &left.verbose, &left.json, &left.text, &format!("{:?}", left.state)] {
            for key in &keys {
                assert!(!text.contains(key.as_str()), "a key is seen");
            }
            assert!(!text.contains("PRIVATE KEY"));
        }
        let state = left.state.as_ref().unwrap();
        let plane = state.node(&name("c1")).unwrap();
        let key = plane.files.get("/etc/kubernetes/pki/ca.key").unwrap();
        assert_eq!((key.withheld, key.mode.as_str()), (Some(Withheld::Key), "0600"));
        assert!(plane.files.get("/etc/kubernetes/pki/ca.crt").unwrap().content.is_some());
        // The journal, read back, knows the same.
        let read = kubestep::state::RunState::fold(&left.story.0);
        assert_eq!(read.node(&name("c1")).unwrap().files, plane.files);
    });
}

#[test]
fn a_run_with_nothing_to_do_knows_what_is_there() {
    on_virtual_time(async {
        let world = World::new(rack(1, 1, ""), "v1.29.6", Scenario::uneventful());
        world.console().go().await.assert_exit(0);
        let left = world.console().go().await;
        left.assert_exit(0);
        let state = left.state.as_ref().unwrap();
        for (node, path) in [
            ("c1", "/etc/kubernetes/manifests/etcd.yaml"),
            ("c1", "/etc/kubernetes/pki/ca.crt"),
            ("w1", "/var/lib/kubelet/config.yaml"),
        ] {
            let file = state.node(&name(node)).unwrap().files.get(path).unwrap();
            assert!(file.change == Change::Found && file.content.is_some(), "{file:?}");
        }
    });
}

#[test]
fn the_cluster_and_its_certificates_are_told() {
    on_virtual_time(async {
        let world = World::new(rack(3, 2, ""), "v1.29.6", Scenario::uneventful());
        let left = world.console().go().await;
        left.assert_exit(0);
        let state = left.state.as_ref().unwrap();
        let files = &state.node(&name("c1")).unwrap().files;
        for object in [
            "configmap kube-system/kubeadm-config",
            "configmap kube-public/cluster-info",
            "secret kube-system/kubeadm-certs",
        ] {
            assert!(files.get(object).is_some_and(|object| object.content.is_some()), "{object}");
        }
        let certs = files.get("secret kube-system/kubeadm-certs").unwrap().content.clone().unwrap();
        assert!(certs.contains("key ca.key ") && certs.contains("expires "), "{certs}");
        let all =
            state.nodes().flat_map(|node| node.files.all().map(move |(file, _)| (node.name.as_str(), file)));
        let pki = Pki::of(all);
        let roots: Vec<&str> = pki.roots.iter().map(|root| root.certificate.name.as_str()).collect();
        assert_eq!(roots, ["kubernetes", "etcd-ca", "front-proxy-ca"], "nothing is signed by a stranger");
        let kubernetes = &pki.roots[0];
        assert_eq!(kubernetes.keys, ["c1", "c2", "c3"]);
        let names: BTreeSet<&str> =
            kubernetes.signed.iter().map(|one| one.certificate.name.as_str()).collect();
        for user in ["kubernetes-admin", "kube-apiserver", "system:node:w1", "system:node:c3"] {
            assert!(names.contains(user), "{user} in {names:?}");
        }
        assert_eq!(pki.roots[1].signed.len(), 3 * 4, "server, peer, healthcheck client, API server's client");
    });
}

#[test]
fn etcd_on_two_control_planes_differs_where_it_must() {
    on_virtual_time(async {
        let world = World::new(parsed(GOLDENTOOTH), "v1.29.6", Scenario::uneventful());
        let left = world.console().go().await;
        left.assert_exit(0);
        let state = left.state.as_ref().unwrap();
        let manifest = |node: &str| {
            let files = &state.node(&name(node)).unwrap().files;
            files.get("/etc/kubernetes/manifests/etcd.yaml").unwrap().content.clone().unwrap()
        };
        let rows = compare::rows(&manifest("bettley"), &manifest("fenn"));
        let mut differ = BTreeSet::new();
        for row in &rows {
            let line = match row {
                compare::Row::Same(_) => continue,
                compare::Row::Differs(line, _) | compare::Row::Left(line) | compare::Row::Right(line) => line,
            };
            differ.insert(line.trim().trim_start_matches("- ").split(['=', ' ']).next().unwrap().to_owned());
        }
        let expected = [
            "--advertise-client-urls",
            "--initial-advertise-peer-urls",
            "--initial-cluster",
            "--initial-cluster-state",
            "--listen-client-urls",
            "--listen-peer-urls",
            "--name",
            "kubeadm.kubernetes.io/etcd.advertise-client-urls:",
        ];
        assert_eq!(differ, expected.into_iter().map(str::to_owned).collect());
    });
}

#[test]
fn what_a_failed_try_left_and_what_the_next_one_added_is_known() {
    on_virtual_time(async {
        let fault =
            "{ node: c1, phase: init/kubeconfig/scheduler, kind: fail, output: 'error: no', attempts: [1] }";
        let world = World::new(rack(1, 0, ""), "v1.29.6", faults(&[fault]));
        let left = world.console().go().await;
        left.assert_exit(0);
        let state = left.state.as_ref().unwrap();
        let step = state.steps().find(|step| step.id().phase.as_str() == "init/kubeconfig").unwrap();
        let created: Vec<Vec<&str>> = step
            .attempts
            .iter()
            .map(|attempt| attempt.files.iter().flat_map(|found| &found.files).map(Artifact::name).collect())
            .collect();
        let first = ["admin.conf", "controller-manager.conf", "kubelet.conf", "super-admin.conf"];
        assert_eq!(created, [&first[..], &["scheduler.conf"]]);
    });
}

#[test]
fn the_look_at_files_goes_wrong_without_harm() {
    on_virtual_time(async {
        let scenario = faults(&[
            "{ node: '*', request: files, kind: fail, output: 'no', attempts: [] }",
            "{ node: '*', request: objects, kind: hang, attempts: [] }",
        ]);
        let world = World::new(rack(1, 1, ""), "v1.29.6", scenario);
        let left = world.console().go().await;
        left.assert_exit(0);
        assert!(!left.story.0.iter().any(|event| matches!(event.kind, EventKind::StepFiles { .. })));
        world.assert_healthy().await;
    });
}
