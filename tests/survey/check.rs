use std::collections::BTreeMap;

use kubestep::diag::Severity;
use kubestep::ids::NodeName;
use kubestep::inventory::model::{Endpoint, Inventory, Role};
use kubestep::survey::check::{self, CHECKS, Cell, listing, matrix, render};
use kubestep::survey::facts::Facts;
use kubestep::survey::finding::Finding;
use proptest::prelude::*;

use super::rack::{NODES, everyone, facts, inventory, joined, name};

const VERSIONS: [&str; 6] = ["v1.20.2", "v1.23.5", "v1.29.6", "v1.30.1", "v1.33.1", "v1.36.2"];

fn on(inv: &Inventory, node: &str, facts: &Facts) -> Vec<Finding> {
    check::node(inv, inv.host(&name(node)).unwrap(), facts)
}

/// The findings as `check severity`, one a line.
fn brief(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(|f| format!("{} {}", f.check, f.severity)).collect()
}

fn all(inv: &Inventory, facts: &BTreeMap<NodeName, Facts>) -> Vec<(NodeName, Finding)> {
    let mut found: Vec<(NodeName, Finding)> = Vec::new();
    for host in &inv.hosts {
        if let Some(facts) = facts.get(&host.name) {
            found.extend(check::node(inv, host, facts).into_iter().map(|f| (host.name.clone(), f)));
        }
    }
    found.extend(check::rack(inv, facts));
    found
}

fn between(inv: &Inventory, facts: &BTreeMap<NodeName, Facts>) -> Vec<String> {
    check::rack(inv, facts).iter().map(|(node, f)| format!("{node} {} {}", f.check, f.severity)).collect()
}

#[test]
fn a_sound_rack_has_no_findings_with_any_version() {
    let inv = inventory();
    for version in VERSIONS {
        assert_eq!(all(&inv, &everyone(|node| facts(node, version))), [], "{version}");
    }
}

#[test]
fn the_labs_containers_have_no_errors() {
    let inv = inventory();
    let rack = everyone(|node| Facts {
        cgroup: 1,
        product_uuid: "deadbeef-0000-0000-0000-000000000000".to_owned(),
        endpoint_answers: Some(false),
        cri_answers: None,
        ..facts(node, "v1.20.2")
    });
    let found = all(&inv, &rack);
    assert!(found.iter().all(|(_, f)| f.severity < Severity::Error), "{found:#?}");
    let uuids = found.iter().filter(|(_, f)| f.check == "product-uuid").count();
    assert_eq!(uuids, 5, "but the shared product_uuid is said");
}

#[test]
fn a_rack_that_is_done_has_only_notes() {
    let inv = inventory();
    for version in VERSIONS {
        let found = all(&inv, &everyone(|node| joined(node, version)));
        assert!(found.iter().all(|(_, f)| f.severity == Severity::Note), "{version}: {found:#?}");
        assert!(found.iter().all(|(_, f)| f.message.contains("nothing to do")), "{version}: {found:#?}");
    }
    // Since 1.33 a control plane's kubelet talks to its own API server.
    let mut own = joined("fenn", "v1.33.1");
    own.server = Some("https://10.4.0.15:6443".to_owned());
    assert_eq!(brief(&on(&inv, "fenn", &own)), ["leftovers note"]);
}

#[test]
fn a_member_is_not_held_to_what_preflight_wants() {
    let inv = inventory();
    let poor = Facts {
        cpus: 1,
        memory_mib: 900,
        swap: vec!["/dev/sda2".to_owned()],
        cgroup: 1,
        missing_programs: vec!["conntrack".to_owned()],
        cri_answers: Some(false),
        kubectl: false,
        free_mib: Some(100),
        not_writable: vec!["/run".to_owned()],
        machine_id: String::new(),
        ..joined("bettley", "v1.36.0")
    };
    let found = on(&inv, "bettley", &poor);
    assert!(found.iter().all(|f| f.severity < Severity::Error), "{found:#?}");
}

type Change = fn(&mut Facts);

#[test]
fn each_check_finds_what_it_is_for() {
    let inv = inventory();
    let cases: &[(&str, &str, Change, &[&str])] = &[
        ("dalt", "v1.29.6", |f| f.uid = Some(1000), &["root error"]),
        ("bettley", "v1.29.6", |f| f.cpus = 1, &["cpu error"]),
        ("bettley", "v1.29.6", |f| f.memory_mib = 1699, &["memory error"]),
        ("dalt", "v1.29.6", |f| (f.cpus, f.memory_mib) = (1, 900), &[]),
        ("dalt", "v1.29.6", |f| (f.cpus, f.memory_mib, f.cgroup) = (0, 0, 0), &[]),
        ("dalt", "v1.29.6", |f| f.free_mib = Some(1000), &["disk warning"]),
        ("dalt", "v1.29.6", |f| f.free_mib = Some(100), &["disk error"]),
        ("dalt", "v1.29.6", |f| f.not_writable = vec!["/run".into()], &["writable error"]),
        ("dalt", "v1.30.1", |f| f.cgroup = 1, &[]),
        ("dalt", "v1.34.1", |f| f.cgroup = 1, &["cgroup warning"]),
        ("dalt", "v1.35.0", |f| f.cgroup = 1, &["cgroup error"]),
        ("dalt", "v1.29.6", |f| f.cgroup_memory = false, &["cgroup error"]),
        ("dalt", "v1.22.9", |f| f.swap = vec!["/swap".into()], &["swap error"]),
        ("dalt", "v1.23.0", |f| f.swap = vec!["/swap".into()], &["swap warning"]),
        ("dalt", "v1.36.0", |f| f.sysctls[0].1 = "0".into(), &["sysctl error"]),
        ("dalt", "v1.29.6", |f| f.sysctls[2].1 = String::new(), &["sysctl error"]),
        ("dalt", "v1.30.1", |f| f.sysctls[2].1 = "0".into(), &[]),
        ("dalt", "v1.29.6", |f| f.missing_programs = vec!["crictl".into()], &["programs error"]),
        ("dalt", "v1.31.0", |f| f.missing_programs = vec!["crictl".into()], &["programs warning"]),
        (
            "dalt",
            "v1.32.0",
            |f| f.missing_programs = vec!["crictl".into(), "conntrack".into(), "socat".into()],
            &[],
        ),
        (
            "dalt",
            "v1.29.6",
            |f| f.missing_programs = vec!["socat".into(), "tc".into()],
            &["programs warning"],
        ),
        ("dalt", "v1.29.6", |f| f.cri_sockets.clear(), &["runtime error"]),
        ("dalt", "v1.29.6", |f| f.cri_answers = Some(false), &["runtime error"]),
        (
            "dalt",
            "v1.29.6",
            |f| f.cri_sockets.push("unix:///var/run/crio/crio.sock".into()),
            &["runtime note"],
        ),
        (
            "dalt",
            "v1.26.0",
            |f| f.cri_sockets.push("unix:///run/crio/crio.sock".into()),
            &["runtime warning"],
        ),
        ("dalt", "v1.29.6", |f| f.cri_sockets.push("unix:///var/run/containerd/containerd.sock".into()), &[]),
        ("dalt", "v1.29.6", |f| f.kubelet_enabled = "disabled".into(), &["kubelet warning"]),
        ("dalt", "v1.29.6", |f| f.kubelet_enabled = String::new(), &["kubelet warning"]),
        ("dalt", "v1.29.6", |f| f.kubeadm = None, &["version error"]),
        ("dalt", "v1.29.6", |f| f.kubelet = None, &["version error"]),
        ("dalt", "v1.29.6", |f| f.kubelet = Some("v1.30.0".parse().unwrap()), &["version error"]),
        ("dalt", "v1.29.6", |f| f.kubelet = Some("v1.27.0".parse().unwrap()), &["version warning"]),
        ("dalt", "v1.29.6", |f| f.kubelet = Some("v1.25.0".parse().unwrap()), &["version error"]),
        ("dalt", "v1.28.6", |f| f.kubelet = Some("v1.26.0".parse().unwrap()), &["version error"]),
        ("dalt", "v1.19.3", |_| (), &["version warning"]),
        ("bettley", "v1.29.6", |f| f.kubectl = false, &["version warning"]),
        ("dalt", "v1.29.6", |f| f.kubectl = false, &[]),
        ("bettley", "v1.29.6", |f| f.listening = vec![22, 6443, 2379], &["ports error", "ports error"]),
        ("dalt", "v1.29.6", |f| f.listening = vec![22, 6443, 10250], &["ports error"]),
        ("dalt", "v1.29.6", |f| f.hostname = "localhost".into(), &["name note"]),
        ("dalt", "v1.29.6", |f| f.name_resolves = false, &["name warning"]),
        ("dalt", "v1.29.6", |f| f.addresses = vec!["192.168.1.7".into()], &["address error"]),
        ("dalt", "v1.29.6", |f| f.addresses.clear(), &[]),
    ];
    for (node, version, change, expected) in cases {
        let mut changed = facts(node, version);
        change(&mut changed);
        let found = on(&inv, node, &changed);
        assert_eq!(brief(&found), *expected, "{node} {version}: {found:#?}");
        for finding in &found {
            assert!(finding.fix.is_some() || finding.severity < Severity::Error, "no fix: {finding:?}");
            assert!(!finding.message.ends_with('.'), "{finding:?}");
        }
    }
}

#[test]
fn what_an_earlier_kubeadm_left_is_weighed_by_what_will_run() {
    let inv = inventory();
    let with = |node: &str, version: &str, left: &[&str]| {
        let mut facts = facts(node, version);
        facts.leftovers = left.iter().map(|&path| path.to_owned()).collect();
        brief(&on(&inv, node, &facts))
    };
    let manifest = "/etc/kubernetes/manifests/etcd.yaml";
    let kubelet = "/etc/kubernetes/kubelet.conf";
    let ca = "/etc/kubernetes/pki/ca.crt";
    assert_eq!(with("bettley", "v1.29.6", &[manifest]), ["leftovers error"]);
    assert_eq!(with("bettley", "v1.29.6", &["/var/lib/etcd"]), ["leftovers error"]);
    // Certificates and kubeconfigs never stop an init: kubeadm.md §2.5.
    assert_eq!(
        with("bettley", "v1.29.6", &[ca, "/etc/kubernetes/admin.conf", kubelet]),
        ["leftovers warning"]
    );
    assert_eq!(with("fenn", "v1.29.6", &[kubelet]), ["leftovers error"]);
    assert_eq!(with("fenn", "v1.29.6", &[ca]), ["leftovers warning"]);
    assert_eq!(with("dalt", "v1.29.6", &[ca]), ["leftovers error"]);
    assert_eq!(with("dalt", "v1.29.6", &["/var/lib/etcd"]), ["leftovers warning"]);
    assert_eq!(with("dalt", "v1.22.1", &[manifest]), ["leftovers error"]);
    assert_eq!(with("dalt", "v1.23.1", &[manifest]), ["leftovers warning"]);

    let mut stopped = joined("dalt", "v1.29.6");
    stopped.leftovers.push("/var/lib/kubelet/pki/kubelet-client-current.pem".to_owned());
    stopped.listening = vec![22];
    stopped.kubelet_state = "failed".to_owned();
    let found = on(&inv, "dalt", &stopped);
    assert_eq!(brief(&found), ["leftovers error"]);
    assert_eq!(
        found[0].message,
        "was joined to the cluster at https://10.4.0.10:6443, but its kubelet is failed"
    );
}

#[test]
fn a_member_of_another_cluster_or_with_another_role_is_refused() {
    let inv = inventory();
    let mut foreign = joined("dalt", "v1.29.6");
    foreign.server = Some("https://192.0.2.1:6443".to_owned());
    foreign.listening = vec![22];
    let found = on(&inv, "dalt", &foreign);
    assert_eq!(brief(&found), ["leftovers error"]);
    assert!(found[0].message.contains("another cluster, at https://192.0.2.1:6443"), "{}", found[0].message);

    let mut wrong = inventory();
    wrong.hosts[4].role = Role::ControlPlane;
    let mut worker = joined("dalt", "v1.29.6");
    worker.listening = vec![22];
    let found = on(&wrong, "dalt", &worker);
    assert_eq!(brief(&found), ["leftovers error"]);
    assert!(found[0].message.contains("the inventory wants a control plane"), "{}", found[0].message);
}

#[test]
fn what_the_inventory_ignores_is_a_warning() {
    for ignored in ["NumCPU", "numcpu", "cpu", "all"] {
        let mut inv = inventory();
        inv.kubernetes.ignore_preflight_errors = vec![ignored.to_owned()];
        let found = on(&inv, "bettley", &Facts { cpus: 1, ..facts("bettley", "v1.29.6") });
        assert_eq!(brief(&found), ["cpu warning"], "{ignored}");
    }
    let mut inv = inventory();
    inv.kubernetes.ignore_preflight_errors =
        vec!["Port-6443".to_owned(), "DirAvailable--var-lib-etcd".to_owned()];
    let mut changed = facts("bettley", "v1.29.6");
    changed.listening = vec![6443, 10250];
    changed.leftovers = vec!["/var/lib/etcd".to_owned()];
    let mut found = brief(&on(&inv, "bettley", &changed));
    found.sort();
    assert_eq!(found, ["leftovers warning", "ports error", "ports warning"]);
}

#[test]
fn raw_documents_change_what_is_wrong() {
    let mut inv = inventory();
    inv.kubernetes.extra = vec![
        serde_yaml::from_str("{kind: KubeletConfiguration, failSwapOn: false, failCgroupV1: false}").unwrap(),
        serde_yaml::from_str("{kind: InitConfiguration, localAPIEndpoint: {bindPort: 7443}}").unwrap(),
        serde_yaml::from_str("{kind: ClusterConfiguration, etcd: {external: {endpoints: []}}}").unwrap(),
    ];
    let changed = Facts {
        swap: vec!["/swap".to_owned()],
        cgroup: 1,
        listening: vec![2379, 6443, 7443],
        ..facts("bettley", "v1.35.0")
    };
    assert_eq!(brief(&on(&inv, "bettley", &changed)), ["cgroup warning", "swap note", "ports error"]);
}

#[test]
fn the_wanted_version_is_held_against_each_kubeadm() {
    let mut inv = inventory();
    inv.kubernetes.version = Some("v1.29.6".parse().unwrap());
    for (kubeadm, expected) in [
        ("v1.29.1", vec![]),
        ("v1.28.9", vec!["version error"]),
        ("v1.30.0", vec!["version warning"]),
        ("v1.31.0", vec!["version error"]),
    ] {
        let found =
            on(&inv, "dalt", &Facts { kubelet: Some("v1.29.6".parse().unwrap()), ..facts("dalt", kubeadm) });
        assert_eq!(brief(&found), expected, "{kubeadm}");
    }
}

#[test]
fn clocks_are_held_against_the_median() {
    let inv = inventory();
    let mut rack = everyone(|node| Facts { clock_offset_ms: 900, ..facts(node, "v1.29.6") });
    assert_eq!(between(&inv, &rack), Vec::<String>::new());
    rack.get_mut(&name("dalt")).unwrap().clock_offset_ms = -3_600_000;
    rack.get_mut(&name("fenn")).unwrap().clock_offset_ms = 5_900;
    let found = check::rack(&inv, &rack);
    let said: Vec<String> =
        found.iter().map(|(node, f)| format!("{node} {} {}", f.severity, f.message)).collect();
    assert_eq!(
        said,
        [
            "fenn warning its clock is 5.0s ahead of the others'",
            "dalt error its clock is 1h00m behind the others'"
        ]
    );
    // All of them off together is this machine's trouble, not theirs.
    let rack = everyone(|node| Facts { clock_offset_ms: -90_000, ..facts(node, "v1.29.6") });
    assert_eq!(between(&inv, &rack), ["bettley clock note"]);
}

#[test]
fn twins_are_found() {
    let inv = inventory();
    let twin = |change: fn(&mut Facts)| {
        let mut rack = everyone(|node| facts(node, "v1.29.6"));
        for node in ["fenn", "dalt"] {
            change(rack.get_mut(&name(node)).unwrap());
        }
        between(&inv, &rack)
    };
    let both = |what: &str| vec![format!("fenn {what}"), format!("dalt {what}")];
    assert_eq!(twin(|f| f.machine_id = "a".repeat(32)), both("machine-id error"));
    assert_eq!(twin(|f| f.product_uuid = "x".to_owned()), both("product-uuid warning"));
    assert_eq!(twin(|f| f.macs.push("02:00:00:00:00:99".to_owned())), both("mac warning"));
    assert_eq!(twin(|f| f.hostname = "localhost".to_owned()), both("name warning"));
    assert_eq!(twin(|f| f.machine_id.clear()), Vec::<String>::new(), "unknown is not equal");
    assert_eq!(
        twin(|f| f.addresses.push("172.17.0.1".to_owned())),
        Vec::<String>::new(),
        "docker's bridge is everywhere"
    );
    assert_eq!(twin(|f| f.arch = "aarch64".to_owned()), both("runtime note"));
}

#[test]
fn an_address_given_to_one_host_is_not_that_of_another() {
    let inv = inventory();
    let mut rack = everyone(|node| facts(node, "v1.29.6"));
    rack.get_mut(&name("dalt")).unwrap().addresses.push("10.4.0.15".to_owned());
    assert_eq!(between(&inv, &rack), ["dalt address error"]);
}

#[test]
fn an_endpoint_that_can_not_work_is_found() {
    let fresh = |answers: Option<bool>| {
        everyone(|node| Facts { endpoint_answers: answers, ..facts(node, "v1.29.6") })
    };
    let at = |host: &str, port: u16| {
        let mut inv = inventory();
        inv.kubernetes.control_plane_endpoint = Some(Endpoint { host: host.to_owned(), port });
        inv
    };
    assert_eq!(
        between(&at("10.4.0.11", 6443), &fresh(None)),
        ["bettley endpoint warning"],
        "no way around bettley"
    );
    assert_eq!(between(&at("10.4.0.11", 8443), &fresh(None)), ["bettley endpoint warning"; 2]);
    assert_eq!(
        between(&at("10.4.0.15", 6443), &fresh(None)),
        ["fenn endpoint error"],
        "init runs on bettley"
    );
    assert_eq!(between(&at("dalt", 6443), &fresh(None)), ["dalt endpoint error"]);
    let mut balanced = fresh(None);
    balanced.get_mut(&name("dalt")).unwrap().listening.push(6443);
    assert_eq!(between(&at("dalt", 6443), &balanced), Vec::<String>::new(), "a load balancer lives there");

    assert_eq!(
        between(&inventory(), &fresh(Some(false))),
        ["bettley endpoint note"],
        "nothing there yet, maybe kube-vip"
    );
    let mut one = fresh(Some(true));
    one.get_mut(&name("dalt")).unwrap().endpoint_answers = Some(false);
    assert_eq!(between(&inventory(), &one), ["dalt endpoint warning"]);
}

#[test]
fn minors_are_one_across_the_rack() {
    let inv = inventory();
    let mut rack = everyone(|node| facts(node, "v1.29.6"));
    *rack.get_mut(&name("dalt")).unwrap() = facts("dalt", "v1.30.1");
    *rack.get_mut(&name("fenn")).unwrap() = facts("fenn", "v1.29.4");
    assert_eq!(between(&inv, &rack), ["fenn version note", "dalt version error", "dalt version error"]);
}

#[test]
fn members_of_an_earlier_cluster_at_the_same_address_are_found() {
    let inv = inventory();
    let mut rack = everyone(|node| facts(node, "v1.29.6"));
    rack.insert(name("dalt"), joined("dalt", "v1.29.6"));
    assert_eq!(between(&inv, &rack), ["dalt leftovers error"], "no control plane has a cluster");

    // A control plane whose kubelet is down may well have one.
    let mut down = joined("bettley", "v1.29.6");
    down.kubelet_state = "failed".to_owned();
    rack.insert(name("bettley"), down);
    assert_eq!(between(&inv, &rack), Vec::<String>::new());

    rack.insert(name("bettley"), joined("bettley", "v1.29.6"));
    assert_eq!(between(&inv, &rack), Vec::<String>::new());
    rack.get_mut(&name("dalt")).unwrap().ca_hash = Some(format!("sha256:{:064x}", 2));
    assert_eq!(between(&inv, &rack), ["dalt leftovers error"], "another CA");
}

#[test]
fn the_table_shows_what_is_wrong_and_names_what_is_right() {
    let inv = inventory();
    let mut rack = everyone(|node| facts(node, "v1.29.6"));
    rack.get_mut(&name("fenn")).unwrap().cpus = 1;
    rack.get_mut(&name("cargyll")).unwrap().swap = vec!["/dev/sda2".to_owned()];
    rack.get_mut(&name("cargyll")).unwrap().hostname = "x".to_owned();
    rack.remove(&name("dalt"));
    let mut found = all(&inv, &rack);
    found.push((
        name("dalt"),
        Finding {
            check: "connect".into(),
            severity: Severity::Error,
            message: "no route to host".into(),
            fix: None,
        },
    ));
    let nodes: Vec<NodeName> = NODES.iter().map(|(node, _, _)| name(node)).collect();
    let table = matrix(&nodes, &found);
    assert_eq!(table.columns.len(), CHECKS.len());
    assert_eq!(table.worst(), Some(Cell::Error));
    insta::assert_snapshot!(render(&table, 80, false), @r"
    node      connect  cpu      swap    name
    bettley   ✔ ok     ✔ ok     ✔ ok    ✔ ok
    fenn      ✔ ok     ✖ ERROR  ✔ ok    ✔ ok
    gardener  ✔ ok     ✔ ok     ✔ ok    ✔ ok
    cargyll   ✔ ok     ✔ ok     ▲ warn  · note
    dalt      ✖ ERROR  ? –      ? –     ? –

    ✔ ok on all that answered: root, memory, disk, writable, cgroup, sysctl,
      programs, runtime, kubelet, version, ports, leftovers, address, endpoint,
      clock, machine-id, product-uuid, mac
    ");
    insta::assert_snapshot!(render(&table, 40, true), @r"
    node      connect  cpu      swap
    bettley   + ok     + ok     + ok
    fenn      + ok     x ERROR  + ok
    gardener  + ok     + ok     + ok
    cargyll   + ok     + ok     ! warn
    dalt      x ERROR  ? -      ? -

    node      name
    bettley   + ok
    fenn      + ok
    gardener  + ok
    cargyll   * note
    dalt      ? -

    + ok on all that answered: root, memory,
      disk, writable, cgroup, sysctl,
      programs, runtime, kubelet, version,
      ports, leftovers, address, endpoint,
      clock, machine-id, product-uuid, mac
    ");
    insta::assert_snapshot!(listing(&found), @r"
    error: fenn: cpu: 1 processor; a control plane needs 2
      fix: use a bigger machine, or add NumCPU to ignorePreflightErrors
    error: dalt: connect: no route to host
    warning: cargyll: swap: swap is on: /dev/sda2; the kubelet won't start unless failSwapOn is false
      fix: swapoff -a, and take swap out of /etc/fstab (zram: systemctl disable --now its service)
    note: cargyll: name: calls itself x; in Kubernetes it will be cargyll
    ");
    let sound = matrix(&nodes[..1], &[]);
    insta::assert_snapshot!(render(&sound, 60, false), @r"
    ✔ ok everywhere: connect, root, cpu, memory, disk, writable,
      cgroup, swap, sysctl, programs, runtime, kubelet, version,
      ports, leftovers, name, address, endpoint, clock,
      machine-id, product-uuid, mac
    ");
}

fn any_facts() -> impl Strategy<Value = Facts> {
    let key = prop::sample::select(vec![
        "os",
        "arch",
        "cpus",
        "memory_kib",
        "cgroup",
        "cgroup_memory",
        "hostname",
        "machine_id",
        "mac",
        "address",
        "uid",
        "kubeadm",
        "kubelet",
        "kubectl",
        "cri_socket",
        "cri_answers",
        "swap",
        "listening",
        "free_kib",
        "not_writable",
        "missing_program",
        "sysctl",
        "kubelet_state",
        "kubelet_enabled",
        "leftover",
        "server",
        "ca_hash",
        "endpoint_answers",
        "name_resolves",
        "epoch_ms",
    ]);
    let value = prop_oneof![
        Just("yes".to_owned()),
        Just("no".to_owned()),
        Just("0".to_owned()),
        Just("6443".to_owned()),
        Just("99999999999999999999".to_owned()),
        Just("-9223372036854775808".to_owned()),
        Just("v1.20.2".to_owned()),
        Just("v1.65535.0".to_owned()),
        Just("10.4.0.15".to_owned()),
        Just("active".to_owned()),
        Just("/etc/kubernetes/kubelet.conf".to_owned()),
        Just("https://[::1".to_owned()),
        Just("net.ipv4.ip_forward=2".to_owned()),
        "\\PC{0,20}",
    ];
    prop::collection::vec((key, value), 0..60).prop_map(|lines| {
        let output = lines.iter().fold(String::new(), |text, (key, value)| text + key + "=" + value + "\n");
        kubestep::survey::probe::parse(&output, 0, std::time::Duration::ZERO, &|_, _| Vec::new())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_facts_can_be_checked(odd in prop::collection::vec(any_facts(), 5), width in 0usize..120) {
        let inv = inventory();
        let rack: BTreeMap<NodeName, Facts> = NODES.iter().zip(odd).map(|((node, _, _), facts)| (name(node), facts)).collect();
        let found = all(&inv, &rack);
        for (_, finding) in &found {
            prop_assert!(CHECKS.contains(&finding.check.as_str()), "{}", finding.check);
        }
        let nodes: Vec<NodeName> = rack.keys().cloned().collect();
        let table = matrix(&nodes, &found);
        for node in &nodes {
            prop_assert!(render(&table, width, true).contains(node.as_str()) || found.is_empty());
        }
        prop_assert!(render(&table, 200, true).is_ascii());
    }
}
