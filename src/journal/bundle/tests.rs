//! What is handed on can be replayed elsewhere, and tells nothing that is nobody's business; what comes is not trusted.
#![allow(clippy::unwrap_used)]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::event::{Envelope, EventKind, FORMAT, NodeInfo};
use crate::ids::{Attempt, NodeName};
use crate::inventory::model::Role;
use crate::journal::{Reader, StateDir};
use crate::state::RunState;
use crate::survey::facts::Facts;

const TOKEN: &str = "abcdef.0123456789abcdef";
const MACHINE: &str = "0123456789abcdef0123456789abcdef";
const MAC: &str = "dc:a6:32:01:02:03";
const PRINT: &str = "SHA256:uNiVztksCsDhcc0u9e8BrwIxSSFLZYZ5kKMlcmmtxXw";

fn name(text: &str) -> NodeName {
    NodeName::new(text).unwrap()
}

fn node(text: &str, role: Role, address: &str) -> NodeInfo {
    NodeInfo { name: name(text), role, address: address.into(), rack: Some("cellar".into()) }
}

fn envelope(seq: u64, kind: EventKind) -> Envelope {
    Envelope { seq, at: jiff::Timestamp::UNIX_EPOCH, elapsed: Duration::from_secs(seq), kind }
}

/// A run that says more than it should.
fn chatty() -> Vec<Envelope> {
    let facts = Facts {
        hostname: "bettley".into(),
        machine_id: MACHINE.into(),
        product_uuid: "12345678-1234-1234-1234-1234567890AB".into(),
        macs: vec![MAC.into()],
        addresses: vec!["10.4.0.11".into(), "fd00:4::11".into()],
        server: Some("https://lb:6443".into()),
        ca_hash: Some(format!("sha256:{}", "ab".repeat(32))),
        ..Facts::default()
    };
    let step: crate::plan::step::Step = serde_json::from_value(serde_json::json!({
        "id": { "node": "bettley", "phase": "init/certs/ca" },
        "work": { "type": "hook", "run": "curl https://alice:pw@vault.corp.example.com/x?token=t0ps3cret" },
        "after": [], "holds": [{ "kubeadm": "bettley" }, "etcd-membership"], "covers": [],
        "retry": "safe", "budget_ms": 1000,
    }))
    .unwrap();
    let output = [
        "[certs] apiserver serving cert is signed for DNS names [bettley kubernetes kubernetes.default.svc.cluster.local]",
        "and IPs [10.96.0.1 10.4.0.11 10.4.0.10 127.0.0.1] and fd00:4::11 but not ::1",
        "W1122 10:10:55.090838    2104 utils.go:69] dial tcp: lookup lb on 10.4.0.1:53: no such host",
        "static pod etcd-bettley on BETTLEY, bettleyish is another; /home/alice/.kube and alice@10.4.0.11",
        "registry.k8s.io/pause:3.9@sha256:7031c1b283388d2c2e09b57badb803c05ebed362dc88d84b480cc47f72a21097 v3@v3.5.10",
        "net.ipv4.ip_forward is 1; see kubelet.service; ntp.corp.example.com answers",
        &format!("token {TOKEN} key {PRINT} {MAC} {MACHINE}"),
    ]
    .map(str::to_owned);
    let kinds = vec![
        EventKind::RunStarted {
            format: FORMAT,
            run: RunId::new("20261122-095103-4f2a"),
            cluster: "goldentooth".into(),
            command: "run".into(),
            inventory: "/home/alice/racks/goldentooth.yaml".into(),
            resumes: None,
            nodes: vec![
                node("bettley", Role::ControlPlane, "10.4.0.11"),
                node("check", Role::Worker, "check.corp.example.com"),
            ],
        },
        EventKind::NodeFacts { node: name("bettley"), facts: Box::new(facts) },
        EventKind::PlanExtended { steps: vec![step], complete: true },
        EventKind::StepStarted {
            node: name("bettley"),
            phase: "init/certs/ca".into(),
            attempt: Attempt::FIRST,
            command: None,
            reattached: false,
        },
        EventKind::StepOutput {
            node: name("bettley"),
            phase: "init/certs/ca".into(),
            attempt: Attempt::FIRST,
            lines: output.to_vec(),
        },
    ];
    kinds.into_iter().zip(1..).map(|(kind, seq)| envelope(seq, kind)).collect()
}

struct Place {
    temp: TempDir,
}

impl Place {
    fn new() -> Self {
        Self { temp: tempfile::tempdir().unwrap() }
    }

    fn journal(&self, events: &[Envelope]) -> PathBuf {
        let path = self.temp.path().join("events.jsonl");
        let text: String = events.iter().map(|event| event.to_line().unwrap() + "\n").collect();
        std::fs::write(&path, text).unwrap();
        path
    }

    fn pack(&self, events: &[Envelope], privacy: Privacy) -> PathBuf {
        let (journal, path) = (self.journal(events), self.temp.path().join("run.kubestep"));
        let out = std::fs::File::create(&path).unwrap();
        let home = Some(Path::new("/home/alice"));
        pack(&journal, &RunId::new("20261122-095103-4f2a"), privacy, home, out).unwrap();
        path
    }

    /// A file that claims to be a bundle.
    fn forged(&self, header: &str, lines: &[&str]) -> PathBuf {
        let path = self.temp.path().join("forged.kubestep");
        let file = std::fs::File::create(&path).unwrap();
        let mut out = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
        for line in std::iter::once(&header).chain(lines) {
            writeln!(out, "{line}").unwrap();
        }
        out.finish().unwrap();
        path
    }
}

fn text(path: &Path) -> String {
    let mut text = String::new();
    let mut packed = flate2::read::MultiGzDecoder::new(std::fs::File::open(path).unwrap());
    std::io::Read::read_to_string(&mut packed, &mut text).unwrap();
    text
}

const HEADER: &str = r#"{"kubestep-bundle":1,"made-by":"x","run":"r1","events":1,"anonymous":false}"#;

#[test]
fn what_is_personal_always_goes_and_names_stay_unless_asked() {
    let place = Place::new();
    let text = text(&place.pack(&chatty(), Privacy::Personal));
    let private = [TOKEN, MACHINE, MAC, PRINT, "alice", "t0ps3cret", "12345678-1234", &"ab".repeat(32)];
    for private in private {
        assert!(!text.to_lowercase().contains(&private.to_lowercase()), "{private} in\n{text}");
    }
    for kept in [
        "bettley",
        "10.4.0.11",
        "goldentooth.yaml",
        "vault.corp.example.com",
        "v3@v3.5.10",
        "pause:3.9@sha256:",
    ] {
        assert!(text.contains(kept), "{kept} not in\n{text}");
    }
    let run = RunState::fold(
        &unpack(&place.temp.path().join("run.kubestep")).unwrap().map(Result::unwrap).collect::<Vec<_>>(),
    );
    let facts = run.node(&name("bettley")).unwrap().facts.clone().unwrap();
    assert_eq!(facts.macs, ["02:00:00:00:00:01"]);
    assert_eq!(facts.machine_id, format!("{:032x}", 1), "the same wherever it is told");
    assert!(text.contains(&format!(" {:032x}\"", 1)));
}

#[test]
fn an_anonymous_bundle_has_no_name_and_no_address() {
    let place = Place::new();
    let text = text(&place.pack(&chatty(), Privacy::Anonymous));
    for private in [
        "bettley ",
        "bettley\"",
        "goldentooth",
        "10.4.",
        "10.96.",
        "fd00",
        "corp",
        "cellar",
        "//lb:",
        "lookup lb ",
    ] {
        assert!(!text.to_lowercase().contains(private), "{private} in\n{text}");
    }
    for kept in [
        "127.0.0.1",
        "and 2001:db8::1 but",
        "::1",
        "kubernetes.default.svc.cluster.local",
        "registry.k8s.io",
        "net.ipv4.ip_forward",
        "kubelet.service",
        "utils.go:69",
        "static pod etcd-cp-1 on cp-1, bettleyish is another",
        "10:10:55.090838",
    ] {
        assert!(text.contains(kept), "{kept} not in\n{text}");
    }
    let events: Vec<Envelope> =
        unpack(&place.temp.path().join("run.kubestep")).unwrap().map(Result::unwrap).collect();
    let run = RunState::fold(&events);
    let nodes: Vec<_> =
        run.nodes().map(|node| (node.name.to_string(), node.info.clone().unwrap().address)).collect();
    assert_eq!(nodes, [("cp-1".into(), "198.18.0.1".into()), ("w-1".into(), "w-1".into())]);
    assert_eq!(run.strays, 0);
    assert!(run.steps().all(|step| step.id().node == name("cp-1")));
}

#[test]
fn the_same_run_gives_the_same_bytes_and_comes_back_as_it_was() {
    let place = Place::new();
    let journals = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/journals/v2/cancelled.jsonl");
    let events: Vec<Envelope> = Reader::open(&journals).unwrap().map(Result::unwrap).collect();
    let path = place.pack(&events, Privacy::Personal);
    let first = std::fs::read(&path).unwrap();
    assert_eq!(std::fs::read(place.pack(&events, Privacy::Personal)).unwrap(), first);
    assert!(first.len() < std::fs::read(&journals).unwrap().len() / 4);
    let dir = StateDir::new(place.temp.path().join("state"));
    let header = import(&path, &dir).unwrap();
    let there: Vec<Envelope> = Reader::open(&dir.events(&header.run)).unwrap().map(Result::unwrap).collect();
    let (mut before, mut after) = (RunState::fold(&events), RunState::fold(&there));
    let (was, is) = (before.info.take().unwrap(), after.info.take().unwrap());
    assert_eq!(is.command, format!("{} (imported)", was.command), "nobody goes on with it");
    assert_eq!(is.inventory, "goldentooth.yaml");
    assert_eq!(before, after);
    assert!(matches!(import(&path, &dir), Err(BundleError::Kept { .. })), "never twice");
    let bare: Vec<Envelope> = unpack(&journals).unwrap().map(Result::unwrap).collect();
    assert_eq!(bare.len(), events.len(), "a bare journal is read as well");
}

#[test]
fn files_that_steps_wrote_keep_their_lines() {
    let place = Place::new();
    let journals = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/journals/v3/files.jsonl");
    let events: Vec<Envelope> = Reader::open(&journals).unwrap().map(Result::unwrap).collect();
    let there: Vec<Envelope> =
        unpack(&place.pack(&events, Privacy::Personal)).unwrap().map(Result::unwrap).collect();
    assert_eq!(there.last(), events.last());
}

#[test]
fn what_is_no_bundle_is_refused_with_a_reason() {
    let place = Place::new();
    let plain = place.temp.path().join("plain");
    std::fs::write(&plain, "hello\n").unwrap();
    assert!(!is_bundle(&plain));
    assert!(matches!(unpack(&plain), Err(BundleError::Foreign { .. })));
    for (header, said) in [
        ("{}", "no bundle"),
        ("not JSON", "no bundle"),
        (r#"{"kubestep-bundle":2,"made-by":"kubestep 9\u001b[31m"}"#, "made by kubestep 9 in form 2"),
        (r#"{"kubestep-bundle":1,"made-by":"x","run":"../..","events":1,"anonymous":false}"#, "names no run"),
    ] {
        let error = unpack(&place.forged(header, &[])).unwrap_err().to_string();
        assert!(error.contains(said) && !error.contains('\u{1b}'), "{error}");
    }
    let whole = std::fs::read(place.pack(&chatty(), Privacy::Personal)).unwrap();
    let cut = place.temp.path().join("cut.kubestep");
    std::fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
    let dir = StateDir::new(place.temp.path().join("state"));
    assert!(import(&cut, &dir).is_err());
    assert!(!dir.runs().exists(), "nothing is left of what could not be read");
}

#[test]
fn hostile_bundles_can_not_write_elsewhere_nor_on_the_screen_nor_go_on_for_ever() {
    let place = Place::new();
    let started = r#"{"seq":1,"at":"2026-11-22T09:51:03Z","elapsed_ms":0,"kind":"run-started","format":2,"run":"../../x","cluster":"a\u001b]0;owned\u0007b","command":"run\nfake","inventory":"\u001b[2Jx","resumes":null,"nodes":[]}"#;
    let header = r#"{"kubestep-bundle":1,"made-by":"x","run":"../../../etc/x","events":1,"anonymous":false}"#;
    let dir = StateDir::new(place.temp.path().join("state"));
    let header = import(&place.forged(header, &[started]), &dir).unwrap();
    assert_eq!(header.run.as_str(), "etcx");
    let kept = std::fs::read_to_string(dir.events(&header.run)).unwrap();
    assert!(!kept.contains("\\u001b") && !kept.contains('\u{1b}') && kept.contains("\"ab\""), "{kept}");
    assert!(kept.contains("run fake (imported)"), "{kept}");
    let late = started.replace("\"elapsed_ms\":0", "\"elapsed_ms\":99999999999999");
    let error = unpack(&place.forged(HEADER, &[&late])).unwrap().next().unwrap().unwrap_err();
    assert!(matches!(error, BundleError::Beyond { .. }), "{error}");
    let nodes = vec![r#"{"name":"a","role":"worker","address":"x","rack":null}"#; 200_001].join(",");
    let many = started.replace("\"nodes\":[]", &format!("\"nodes\":[{nodes}]"));
    let error = unpack(&place.forged(HEADER, &[&many])).unwrap().next().unwrap().unwrap_err();
    assert!(error.to_string().contains("steps or nodes"), "{error}");
    // Some kilobytes that unpack to half a gigabyte.
    let zeros = " ".repeat(1024 * 1024);
    let path = place.forged(HEADER, &vec![zeros.as_str(); 513]);
    assert!(std::fs::metadata(&path).unwrap().len() < 8 * 1024 * 1024);
    let error = unpack(&path).unwrap().find_map(Result::err).unwrap();
    assert!(matches!(error, BundleError::Beyond { .. }), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_learnt_name_and_no_address_survives_wherever_it_stands(
        before in "[ \\[(\"'=/,:-]{0,2}", after in "[ \\])\"',:/.;-]{0,2}", octets in any::<[u8; 4]>(), upper in any::<bool>(),
    ) {
        let mut disguise = disguise::Disguise::new(Privacy::Anonymous, None);
        for event in chatty() {
            disguise.learn(&event);
        }
        disguise.settle();
        let address = std::net::Ipv4Addr::from(octets);
        let name = if upper { "BETTLEY" } else { "bettley" };
        let told = disguise.text(&format!("x{before} {name}{after} {before}{address}{after} y"));
        prop_assert!(!told.to_lowercase().contains("bettley"), "{told}");
        let kept = address.is_loopback() || address.is_unspecified() || octets[0] == 255;
        prop_assert!(kept || octets[..2] == [198, 18] || !told.contains(&address.to_string()), "{told}");
    }
}
