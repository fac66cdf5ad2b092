use super::*;
use crate::catalog::{Command, tree};
use crate::ids::PhaseId;
use crate::report::Style;
use crate::version::Version;
use unicode_width::UnicodeWidthStr;

const WIDE: Style = Style { unicode: true, width: 100, ..Style::PLAIN };

#[test]
fn the_trees_fit_the_screen() {
    for minor in 20..=36 {
        let text = phases(&Version::new(1, minor, 0), Style::PLAIN);
        assert!(text.lines().all(|line| line.width() <= 80), "{text}");
    }
    insta::assert_snapshot!("explain_tree", phases(&Version::new(1, 29, 0), WIDE));
}

#[test]
fn every_phase_of_every_release_can_be_explained() {
    for minor in 20..=36 {
        let version = Version::new(1, minor, 0);
        for found in Command::ALL.into_iter().flat_map(|command| tree(command, &version)) {
            let text = phase(&found.id, &version, WIDE);
            assert!(!text.contains("does not know"), "{text}");
            assert!(text.contains("\n  command  ") && text.contains("\n  again  "), "{text}");
            assert!(meant(found.id.as_str(), &version).contains(&found.id));
        }
    }
}

#[test]
fn a_phase_is_told_with_its_command_and_its_undo() {
    let version = Version::new(1, 29, 0);
    let told: Vec<String> =
        ["init/certs", "init/upload-certs", "join/control-plane-join/etcd", "init/wait-control-plane"]
            .map(|id| phase(&PhaseId::new(id), &version, WIDE))
            .into();
    insta::assert_snapshot!("explain_phases", told.join("\n"));
}

#[test]
fn short_names_mean_every_phase_of_that_name() {
    let version = Version::new(1, 29, 0);
    let ids = |name: &str| meant(name, &version).iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(ids("preflight"), ["init/preflight", "join/preflight", "reset/preflight"]);
    assert_eq!(ids("ca"), ["init/certs/ca"]);
    assert_eq!(ids("etcd/local"), ["init/etcd/local"]);
    assert_eq!(ids("nosuch"), [""; 0]);
}
