//! What `--help` says, and that what it says is true.

use std::collections::BTreeSet;

use clap::CommandFactory as _;
use kubestep::cli::Cli;

use crate::program::Place;

fn commands() -> Vec<String> {
    Cli::command()
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
        .map(|command| command.get_name().to_owned())
        .collect()
}

#[test]
fn every_command_helps() {
    let place = Place::new();
    insta::assert_snapshot!("help", place.run(&["--help"]).well().out);
    for command in commands() {
        let long = place.run(&[&command, "--help"]).well().out;
        insta::assert_snapshot!(format!("help_{command}"), long);
        let short = place.run(&[&command, "-h"]).well().out;
        assert!(short.contains(&format!("Usage: kubestep {command}")), "{short}");
        let wide = |text: &str| text.lines().find(|line| line.chars().count() > 100).map(str::to_owned);
        assert_eq!((wide(&short), wide(&long)), (None, None));
    }
}

#[test]
fn commands_that_end_in_several_ways_say_how() {
    let place = Place::new();
    for command in ["demo", "run", "check", "plan", "reset"] {
        let help = place.run(&[command, "--help"]).well().out;
        for status in [0, 1, 2, 3, 4, 5, 70] {
            assert!(help.contains(&format!("\n  {status:<3} ")), "{command}: {status}");
        }
    }
}

#[test]
fn the_version_is_the_packages() {
    let version = format!("kubestep {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(Place::new().run(&["--version"]).well().out, version);
}

#[test]
fn without_a_command_the_help_comes_as_an_error() {
    let said = Place::new().run(&[]).refused(2);
    assert!(said.contains("Usage: kubestep [OPTIONS] <COMMAND>"), "{said}");
}

#[test]
fn completions_know_every_command() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = place.run(&["generate", "completions", shell]).well().out;
        for command in commands() {
            assert!(script.contains(&command), "{shell}: {command}");
        }
        assert!(script.contains("accept-new-host-keys"), "{shell}");
    }
    assert!(place.run(&["generate", "completions", "tcsh"]).refused(2).contains("possible values"));
}

#[test]
fn bash_takes_the_completions() {
    let place = Place::new();
    let script = place.file("complete.bash", &place.run(&["generate", "completions", "bash"]).well().out);
    let bash = std::process::Command::new("bash")
        .args(["-c", "source \"$1\" && complete -p kubestep", "bash", &script])
        .current_dir(place.path())
        .output();
    // Completions are for those who have bash.
    let Ok(bash) = bash else { return };
    assert!(bash.status.success(), "{}", String::from_utf8_lossy(&bash.stderr));
}

#[test]
fn man_pages_have_every_flag_and_the_exit_statuses() {
    let place = Place::new();
    let whole = place.run(&["generate", "man"]).well().out;
    assert!(whole.starts_with(".ie") && whole.contains(".TH kubestep 1") && whole.contains("Exit status"));
    for command in commands() {
        let page = place.run(&["generate", "man", &command]).well().out;
        assert!(page.contains(&format!(".TH kubestep-{command} 1")), "{page}");
        let all = Cli::command();
        let flags: BTreeSet<String> = all
            .find_subcommand(&command)
            .unwrap()
            .get_arguments()
            .filter_map(|arg| Some(arg.get_long()?.replace('-', "\\-")))
            .collect();
        for flag in flags {
            assert!(page.contains(&flag), "{command} {flag}");
        }
    }
    assert!(place.run(&["generate", "man", "nosuch"]).refused(2).contains("there is no command `nosuch`"));
}

#[test]
fn phases_are_explained() {
    let place = Place::new();
    let tree = place.run(&["explain", "--kubernetes", "v1.29.6"]).well().out;
    assert!(tree.contains("kubeadm init, v1.29.6") && tree.contains("super-admin"), "{tree}");
    let etcd = place.run(&["explain", "control-plane-join/etcd", "--kubernetes", "v1.29.6"]).well().out;
    assert!(etcd.contains("kubeadm join phase control-plane-join etcd --config FILE"), "{etcd}");
    assert!(etcd.contains("etcdctl member remove ID"), "{etcd}");
    let gone = place.run(&["explain", "super-admin", "--kubernetes", "v1.22.0"]).refused(2);
    assert_eq!(
        gone,
        "kubestep: kubeadm v1.22.0 has no phase `super-admin`, but 1.29 to 1.36 have it: add --kubernetes v1.36.0\n"
    );
    assert!(place.run(&["explain", "nosuch"]).refused(2).contains("no kubeadm has a phase `nosuch`"));
}

#[test]
fn ideas_are_explained_and_all_of_it_can_be_had_as_pages() {
    let place = Place::new();
    let list = place.run(&["explain"]).well().out;
    assert!(list.starts_with("ideas\n  authorities "), "{list}");
    let quorum = place.run(&["explain", "quorum"]).well().out;
    assert!(quorum.starts_with("Stacked etcd and quorum\n"), "{quorum}");
    place.run(&["generate", "pages", "docs/phases", "--kubernetes", "v1.29.6"]).well();
    let read = |file: &str| std::fs::read_to_string(place.path().join("docs/phases").join(file)).unwrap();
    assert!(read("index.md").contains("](init-kubeconfig-super-admin.md)"));
    assert!(read("idea-quorum.md").starts_with("# Stacked etcd and quorum\n"));
    std::fs::write(place.path().join("taken"), "").unwrap();
    assert!(place.run(&["generate", "pages", "taken"]).refused(2).contains("cannot make the folder taken"));
}
