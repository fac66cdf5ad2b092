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
