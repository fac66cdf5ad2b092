//! The catalog against the help and the output of a real kubeadm 1.20.2.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use kubestep::catalog::{
    Command, Paths, Phase, RetryClass, Verdict, args, control_plane_tail, discover, effective, effects,
    ignores_after, knowledge, leaves, reset_args, retry_class, runnable_alone, runs_whole, seen, tree,
    verdict, why_not_alone, worker_tail,
};
use kubestep::ids::PhaseId;
use kubestep::version::Version;
use std::fmt::Write as _;

const INIT_HELP: &str = include_str!("catalog/init-help.txt");
const JOIN_HELP: &str = include_str!("catalog/join-help.txt");
const RESET_HELP: &str = include_str!("catalog/reset-help.txt");

fn help(command: Command) -> &'static str {
    match command {
        Command::Init => INIT_HELP,
        Command::Join => JOIN_HELP,
        Command::Reset => RESET_HELP,
    }
}

fn releases() -> impl Iterator<Item = Version> {
    (20..=36).map(|minor| Version::new(1, minor, 0))
}

fn ids(phases: &[Phase]) -> Vec<PhaseId> {
    phases.iter().map(|p| p.id.clone()).collect()
}

fn visible(phases: &[Phase]) -> Vec<PhaseId> {
    phases.iter().filter(|p| !p.hidden).map(|p| p.id.clone()).collect()
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

fn draw(phases: &[Phase]) -> String {
    phases.iter().fold(String::new(), |mut out, p| {
        let indent = if p.id.parent().is_some() { "  " } else { "" };
        let mark = |on: bool, text: &'static str| if on { text } else { "" };
        let _ = writeln!(
            out,
            "{indent}{}{}{}",
            p.id.leaf(),
            mark(p.hidden, " (hidden)"),
            mark(p.deprecated, " (deprecated)")
        );
        out
    })
}

/// Every release's tree, written out where it differs from the release before.
#[test]
fn trees_of_every_release() {
    for command in Command::ALL {
        let mut out = String::new();
        let mut before = String::new();
        for version in releases().chain([Version::new(1, 34, 3)]) {
            let now = draw(&tree(command, &version));
            if now == before {
                let _ = writeln!(out, "== {version}: the same");
            } else {
                let _ = writeln!(out, "== {version}\n{now}");
            }
            before = now;
        }
        insta::assert_snapshot!(format!("tree-{command}"), out);
    }
}

#[test]
fn the_catalog_agrees_with_kubeadm_1_20_2() {
    let version = Version::new(1, 20, 2);
    for command in Command::ALL {
        let found = discover(command, help(command));
        assert_eq!(found, visible(&tree(command, &version)), "{command}");
        assert_eq!(effective(command, &version, &found), tree(command, &version), "{command}");
    }
}

#[test]
fn lists_of_sub_commands_are_understood_too() {
    let version = Version::new(1, 20, 2);
    for (command, text) in [
        (Command::Init, include_str!("catalog/init-phase-help.txt")),
        (Command::Join, include_str!("catalog/join-phase-help.txt")),
        (Command::Reset, include_str!("catalog/reset-phase-help.txt")),
    ] {
        let found = discover(command, text);
        assert!(!found.is_empty());
        assert_eq!(effective(command, &version, &found), tree(command, &version), "{command}");
        // The whole command's help lists only `phase` there, which is no phase.
        let both = format!("{}\n{text}", help(command));
        assert_eq!(discover(command, &both), discover(command, help(command)), "{command}");
    }
    let certs = discover(Command::Init, include_str!("catalog/init-phase-certs-help.txt"));
    assert_eq!(certs.len(), 12, "{certs:?}");
    assert_eq!(certs[0], PhaseId::new("init/certs"));
    assert!(
        certs.contains(&PhaseId::new("init/certs/sa")) && !certs.contains(&PhaseId::new("init/certs/all"))
    );
}

#[test]
fn garbage_has_no_phases() {
    let fence = "executes the following phases:\n```\n";
    let many: String = (0..5000).fold(fence.to_owned(), |mut text, n| {
        let _ = writeln!(text, "p{n}  x");
        text
    });
    assert!(discover(Command::Init, &many).len() <= 200);
    for text in [
        "",
        "```",
        "```\ncerts\n```",
        "bash: kubeadm: command not found",
        "Available Commands:\n  phase  x\n",
    ] {
        assert_eq!(discover(Command::Init, text), Vec::new(), "{text:?}");
    }
    let odd = format!(
        "{fence}certs   Certificates\n        /ca\n  /$(reboot)  x\n  /ca  The CA\n; rm -rf /\n  a b\n"
    );
    assert_eq!(discover(Command::Init, &odd)[..2], ["init/certs".into(), "init/certs/ca".into()]);
    assert!(discover(Command::Init, &odd).iter().all(|id| !id.as_str().contains(['$', ';', ' '])));
}

#[test]
fn a_node_s_own_phases_win_and_unknown_ones_stay_in_place() {
    let version = Version::new(1, 37, 0);
    let help = "executes the following phases:\n```\npreflight  x\nnovelty  New\n  /part  A part\ncerts  x\n  /ca  x\n\
                  /moon  New\nwait-control-plane  x\nupload-certs x\n```\n";
    let found = discover(Command::Init, help);
    let phases = effective(Command::Init, &version, &found);
    assert_eq!(ids(&phases), found);
    assert!(phases.iter().all(|p| !p.hidden));
    let groups: Vec<&str> = phases.iter().filter(|p| p.group).map(|p| p.id.leaf()).collect();
    assert_eq!(groups, ["novelty", "certs"]);
    // Nothing but a name is known of a new phase, so it is not repeated without a look.
    assert_eq!(knowledge(&"init/novelty/part".into(), &version), None);
    assert_eq!(retry_class(&"init/novelty/part".into(), &version), RetryClass::NeedsCleanUp);
    assert!(runnable_alone(&"init/novelty/part".into(), &version, &found));
    assert!(!runnable_alone(&"init/kubelet-start".into(), &version, &found));
}

#[test]
fn a_patch_release_that_shows_etcd_join_is_believed() {
    let hidden = Version::new(1, 33, 0);
    let shown: Vec<PhaseId> = {
        let mut found = visible(&tree(Command::Join, &hidden));
        let at = found.iter().position(|id| id.leaf() == "kubelet-start").unwrap() + 1;
        found.insert(at, "join/etcd-join".into());
        found
    };
    let etcd = PhaseId::new("join/etcd-join");
    assert!(!runnable_alone(&etcd, &hidden, &[]));
    assert!(runnable_alone(&etcd, &hidden, &shown));
    assert_eq!(
        draw(&effective(Command::Join, &hidden, &shown)),
        draw(&tree(Command::Join, &hidden)).replace("etcd-join (hidden)", "etcd-join")
    );

    let tail = control_plane_tail(&hidden, "F", &[]).unwrap();
    assert_eq!(
        tail.args.join(" "),
        "join --config F --skip-phases=preflight,control-plane-prepare,kubelet-start"
    );
    let covers: Vec<&str> = tail.covers.iter().map(PhaseId::as_str).collect();
    assert_eq!(
        covers,
        [
            "join/etcd-join",
            "join/kubelet-wait-bootstrap",
            "join/control-plane-join/mark-control-plane",
            "join/wait-control-plane"
        ]
    );
    let tail = control_plane_tail(&hidden, "F", &shown).unwrap();
    assert_eq!(tail.phase.as_str(), "join/kubelet-wait-bootstrap");
    assert_eq!(
        tail.args.join(" "),
        "join --config F --skip-phases=preflight,control-plane-prepare,check-etcd,kubelet-start,etcd-join"
    );
    for version in [Version::new(1, 20, 2), Version::new(1, 32, 9), Version::new(1, 35, 0)] {
        assert_eq!(control_plane_tail(&version, "F", &[]), None, "{version}");
    }
}

#[test]
fn manifests_come_before_the_kubelet_since_1_28() {
    let place = |minor: u16, path: &str| {
        let found = ids(&tree(Command::Init, &Version::new(1, minor, 0)));
        found.iter().position(|id| id.as_str() == path).unwrap()
    };
    for minor in 20..=36 {
        let kubelet = place(minor, "init/kubelet-start");
        assert_eq!(kubelet < place(minor, "init/control-plane"), minor < 28, "1.{minor}");
        assert_eq!(kubelet < place(minor, "init/etcd"), minor < 28, "1.{minor}");
        assert!(kubelet < place(minor, "init/wait-control-plane"), "1.{minor}");
    }
}

#[test]
fn every_phase_of_every_release_is_known_and_what_it_needs_is_provided() {
    for version in releases() {
        let provided: Vec<&str> = Command::ALL
            .iter()
            .flat_map(|command| tree(*command, &version))
            .flat_map(|p| knowledge(&p.id, &version).unwrap().provides)
            .collect();
        for phase in Command::ALL.iter().flat_map(|command| tree(*command, &version)) {
            let known = knowledge(&phase.id, &version).unwrap_or_else(|| panic!("{version} {}", phase.id));
            assert!(known.summary.ends_with('.') && known.summary.len() < 140, "{}", known.summary);
            assert!(known.budget.as_secs() >= 60, "{}", phase.id);
            assert!(known.effects.iter().all(|path| known.writes.contains(path)), "{}", phase.id);
            for need in &known.needs {
                assert!(provided.contains(need), "{version} {} needs {need}", phase.id);
            }
            assert_eq!(phase.group, leaves(&phase.id, &version) != [phase.id.clone()], "{}", phase.id);
        }
    }
}

#[test]
fn a_second_etcd_join_is_safe_in_some_releases_only() {
    let class = |minor: u16, path: &str| retry_class(&path.into(), &Version::new(1, minor, 0));
    for minor in 20..=32 {
        let safe = (23..29).contains(&minor) || minor >= 32;
        let expected = if safe { RetryClass::Safe } else { RetryClass::NeedsCleanUp };
        assert_eq!(class(minor, "join/control-plane-join/etcd"), expected, "1.{minor}");
        assert_eq!(class(minor, "join/control-plane-join"), expected, "1.{minor}");
    }
    let known = knowledge(&"join/control-plane-join/etcd".into(), &Version::new(1, 20, 2)).unwrap();
    assert!(known.undo.iter().any(|command| command.contains("etcdctl member remove")));
}

/// The command line of every phase of every release; written out where it differs from the release before.
#[test]
fn command_lines_of_every_release() {
    let paths = Paths {
        config: "/run/k.yaml",
        cert_dir: None,
        cri_socket: Some("unix:///run/containerd/containerd.sock"),
    };
    let mut out = String::new();
    let mut before: Vec<String> = Vec::new();
    for version in releases() {
        let now: Vec<String> = Command::ALL
            .iter()
            .flat_map(|command| tree(*command, &version))
            .map(|p| match why_not_alone(&p.id, &version, &[]) {
                None if p.group => {
                    format!("{} [whole: {}]", args(&p.id, &version, &paths).join(" "), runs_whole(&p.id))
                }
                None => args(&p.id, &version, &paths).join(" "),
                Some(why) => format!("({}: {why})", p.id),
            })
            .collect();
        let _ = writeln!(out, "== {version}");
        for line in before.iter().filter(|line| !now.contains(line)) {
            let _ = writeln!(out, "- {line}");
        }
        for line in now.iter().filter(|line| !before.contains(line)) {
            let _ = writeln!(out, "+ {line}");
        }
        before = now;
    }
    let _ = writeln!(out, "== whole");
    let _ = writeln!(out, "{}", worker_tail(&Version::new(1, 29, 0), "/run/k.yaml").args.join(" "));
    let _ = writeln!(out, "{}", reset_args(paths.cri_socket).join(" "));
    insta::assert_snapshot!("command-lines", out);
}

/// A command of kubeadm 1.20.2 on the lab's nodes: exit status, arguments, what it printed.
struct Record {
    rc: i32,
    command: String,
    output: Vec<String>,
}

fn records() -> Vec<Record> {
    include_str!("catalog/phases-1.20.2.txt")
        .split("### rc=")
        .skip(1)
        .map(|record| {
            let (head, body) = record.split_once('\n').unwrap();
            let (rc, command) = head.split_once(' ').unwrap();
            Record { rc: rc.parse().unwrap(), command: command.to_owned(), output: lines(body) }
        })
        .collect()
}

/// The phase that a command line runs, and the leaves when it is a group.
fn phase_of(command: &str, version: &Version) -> (PhaseId, Vec<PhaseId>) {
    let words: Vec<&str> = command.split_whitespace().take_while(|w| !w.starts_with('-')).collect();
    match words.as_slice() {
        ["kubeadm", command, "phase", group, "all"] => {
            let id = PhaseId::new(format!("{command}/{group}"));
            let covers = leaves(&id, version);
            (id, covers)
        }
        ["kubeadm", command, "phase", path @ ..] => {
            (PhaseId::new(format!("{command}/{}", path.join("/"))), Vec::new())
        }
        _ => {
            let tail = worker_tail(version, "F");
            (tail.phase, tail.covers)
        }
    }
}

/// What real kubeadm printed, phase by phase, on nodes that really became a cluster (and a few attempts that must not count).
#[test]
fn verdicts_on_a_real_bring_up() {
    let version = Version::new(1, 20, 2);
    let mut out = String::new();
    for record in records() {
        let (phase, covers) = phase_of(&record.command, &version);
        let judged = match verdict(&phase, &covers, &version, record.rc, &record.output) {
            Verdict::Succeeded { warnings } if warnings.is_empty() => "ok".to_owned(),
            Verdict::Succeeded { warnings } => format!("ok, warned: {}", warnings.join("; ")),
            Verdict::FalseSuccess { why, .. } => format!("FALSE SUCCESS: {why}"),
            Verdict::Failed => "failed".to_owned(),
        };
        let _ = writeln!(out, "{} => {judged}", record.command);
    }
    insta::assert_snapshot!("verdicts", out);
}

#[test]
fn a_false_success_is_found_and_told() {
    let version = Version::new(1, 20, 2);
    let why = |phase: &str, version: &Version, text: &str| match verdict(
        &phase.into(),
        &[],
        version,
        0,
        &lines(text),
    ) {
        Verdict::FalseSuccess { why, advice } => {
            assert!(!advice.is_empty());
            why
        }
        other => panic!("{phase}: {other:?}"),
    };
    let help = include_str!("catalog/init-phase-hidden.txt");
    assert!(why("init/wait-control-plane", &version, help).contains("its help"));
    assert!(why("init/novelty", &Version::new(1, 31, 0), help).contains("its help"));
    assert!(
        why("init/upload-certs", &version, "[upload-certs] Skipping phase. Please see --upload-certs")
            .contains("skipped itself")
    );
    assert!(why("init/kubelet-finalize/experimental-cert-rotation", &version, "").contains("never said"));
    assert!(why("join/control-plane-prepare/download-certs", &version, "").contains("never said"));
    assert!(why("join/control-plane-join/etcd", &Version::new(1, 33, 0), "").contains("never said"));

    let stdout = "[kubelet-start] Starting the kubelet\n\
        [kubelet-start] WARNING: unable to start the kubelet service: [failed to reload systemd: exit status 1]\n\
        [kubelet-start] Please ensure kubelet is reloaded and running manually.";
    assert!(why("init/kubelet-start", &version, stdout).contains("did not start"));
    let stderr = "[kubelet-start] Starting the kubelet\nW0101 10:00:00.000000    1234 kubelet.go:51] [kubelet-start] \
        WARNING: unable to start the kubelet service: [couldn't start]";
    assert!(why("init/kubelet-start", &Version::new(1, 29, 6), stderr).contains("did not start"));

    // One leaf of a group that said nothing is enough.
    let prepare = PhaseId::new("join/control-plane-prepare");
    let record = records().into_iter().find(|r| r.command.contains("control-plane-prepare all")).unwrap();
    let without: Vec<String> =
        record.output.into_iter().filter(|line| !line.starts_with("[kubeconfig]")).collect();
    let judged = verdict(&prepare, &leaves(&prepare, &version), &version, 0, &without);
    assert!(
        matches!(judged, Verdict::FalseSuccess { why, .. } if why.contains("control-plane-prepare/kubeconfig"))
    );
}

#[test]
fn a_field_that_kubeadm_ignored_is_a_warning() {
    let text = r#"[certs] Generating "ca" certificate and key
W1122 10:09:47.931156   28002 strict.go:54] error unmarshaling configuration schema.GroupVersionKind{Group:"kubeadm.k8s.io", Version:"v1beta2", Kind:"ClusterConfiguration"}: error unmarshaling JSON: while decoding JSON: json: unknown field "foo"
    [WARNING Hostname]: hostname "cp1" could not be reached"#;
    let judged = verdict(&"init/certs/ca".into(), &[], &Version::new(1, 20, 2), 0, &lines(text));
    let Verdict::Succeeded { warnings } = judged else { panic!("{judged:?}") };
    assert_eq!(
        warnings,
        [
            "kubeadm ignored a part of its configuration: unknown or repeated field \"foo\"",
            "Hostname: hostname \"cp1\" could not be reached"
        ]
    );
}

/// Silence is no failure where the release does nothing, or where kubeadm never says anything.
#[test]
fn silence_is_fine_where_nothing_is_to_be_said() {
    for (phase, minor) in [
        ("join/control-plane-join/update-status", 25),
        ("reset/remove-etcd-member", 20),
        ("reset/update-cluster-status", 22),
        ("join/wait-control-plane", 34),
        ("init/novelty", 36),
    ] {
        let judged = verdict(&phase.into(), &[], &Version::new(1, minor, 0), 0, &[]);
        assert_eq!(judged, Verdict::Succeeded { warnings: Vec::new() }, "{phase}");
    }
}

/// The real output of `certs all` and friends, line by line.
#[test]
fn progress_inside_a_group_is_seen() {
    let version = Version::new(1, 20, 2);
    for (group, again) in [("certs", "certs all"), ("kubeconfig", "kubeconfig all")] {
        let covers = leaves(&PhaseId::new(format!("init/{group}")), &version);
        let record = records().into_iter().find(|r| r.command.contains(again)).unwrap();
        let found: Vec<&PhaseId> =
            record.output.iter().filter_map(|line| seen(&covers, &version, line)).collect();
        assert_eq!(found, covers.iter().collect::<Vec<_>>(), "{group}");
    }
    let covers = leaves(&"init/certs".into(), &version);
    let line = r#"[certs] Generating "etcd/ca" certificate and key"#;
    assert_eq!(seen(&covers, &version, line).map(PhaseId::as_str), Some("init/certs/etcd-ca"));
    assert_eq!(seen(&covers, &version, "[certs] Using certificateDir folder"), None);
    // Every join phase reads the configuration first, which is not its preflight.
    let covers = leaves(&"join/control-plane-prepare".into(), &version);
    assert_eq!(seen(&covers, &version, "[preflight] Reading configuration from the cluster..."), None);
}

fn finished(phases: &[&str]) -> Vec<PhaseId> {
    phases.iter().map(|&p| p.into()).collect()
}

/// Exactly the names of real preflights that ran again on half-made nodes.
#[test]
fn preflight_ignores_exactly_what_our_own_phases_cause() {
    let version = Version::new(1, 20, 2);
    let failed = |part: &str, nth: usize| -> Vec<String> {
        let record =
            records().into_iter().filter(|r| r.rc == 1 && r.command.contains(part)).nth(nth).unwrap();
        let mut names: Vec<String> =
            kubestep::catalog::output::failed_checks(&record.output).into_iter().map(|c| c.name).collect();
        names.sort();
        names
    };
    let sorted = |mut names: Vec<String>| {
        names.sort();
        names
    };
    let init = finished(&[
        "init/preflight",
        "init/certs",
        "init/kubeconfig",
        "init/kubelet-start",
        "init/control-plane",
        "init/etcd/local",
    ]);
    assert_eq!(sorted(ignores_after(&init, &version, true, 6443)), failed("init phase preflight", 0));
    assert!(ignores_after(&init, &version, true, 8443).contains(&"Port-8443".to_owned()));

    let worker = finished(&["join/preflight", "join/kubelet-start"]);
    let names = ignores_after(&worker, &version, false, 6443);
    for name in failed("join phase preflight", 1) {
        assert!(names.contains(&name), "{name}");
    }
    assert_eq!(names.len(), 4, "{names:?}");
    assert!(!ignores_after(&worker, &version, true, 6443).iter().any(|name| name.contains("pki-ca.crt")));

    // Certificates and kubeconfigs never make preflight fail; before the kubelet runs, nothing listens.
    assert_eq!(
        ignores_after(&finished(&["init/certs", "init/kubeconfig"]), &version, true, 6443),
        Vec::<String>::new()
    );
    let names = ignores_after(&finished(&["init/control-plane/apiserver"]), &version, true, 6443);
    assert_eq!(names, ["FileAvailable--etc-kubernetes-manifests-kube-apiserver.yaml"]);

    let prepared = finished(&["join/control-plane-prepare"]);
    let manifests = "DirAvailable--etc-kubernetes-manifests".to_owned();
    assert!(ignores_after(&prepared, &version, true, 6443).contains(&manifests));
    assert!(!ignores_after(&prepared, &Version::new(1, 23, 0), true, 6443).contains(&manifests));
}

#[test]
fn what_must_be_there_afterwards_is_listed() {
    let version = Version::new(1, 29, 6);
    assert_eq!(effects(&"init/certs".into(), &version).len(), 22);
    assert!(effects(&"init/kubeconfig".into(), &version).contains(&"/etc/kubernetes/super-admin.conf"));
    assert!(
        !effects(&"init/kubeconfig".into(), &Version::new(1, 28, 0))
            .contains(&"/etc/kubernetes/super-admin.conf")
    );
    // The bootstrap kubeconfig is written and removed again.
    assert_eq!(
        effects(&"join/kubelet-start".into(), &version),
        [
            "/var/lib/kubelet/config.yaml",
            "/var/lib/kubelet/kubeadm-flags.env",
            "/etc/kubernetes/kubelet.conf"
        ]
    );
    assert!(
        !effects(&"join/kubelet-start".into(), &Version::new(1, 35, 0))
            .contains(&"/etc/kubernetes/kubelet.conf")
    );
    assert_eq!(effects(&"init/novelty".into(), &version), Vec::<&str>::new());
}
