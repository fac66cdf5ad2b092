//! What the README says of the command line is so.

use std::collections::BTreeSet;

use clap::{CommandFactory as _, Parser as _};
use kubestep::cli::Cli;

use crate::program::Place;

const README: &str = include_str!("../../README.md");

/// The blocks of that language, fences left out.
fn blocks(language: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut open: Option<Vec<&str>> = None;
    for line in README.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(word)) => open = Some(vec![word]),
            (Some(lines), None) => lines.push(line),
            (Some(lines), Some(_)) => {
                if lines[0] == language {
                    blocks.push(lines[1..].join("\n"));
                }
                open = None;
            }
            (None, None) => {}
        }
    }
    blocks
}

/// Every call of kubestep in blocks of shell and between backquotes, as words.
fn calls() -> Vec<Vec<String>> {
    let shell = blocks("sh");
    let lines = shell.iter().flat_map(|block| block.lines());
    let quoted = README.split("```").step_by(2).flat_map(|text| text.split('`').skip(1).step_by(2));
    lines
        .chain(quoted)
        .filter_map(|call| {
            let call = call.split(" #").next().unwrap_or_default();
            let call = call
                .strip_prefix("cargo run --release -- ")
                .map(|rest| format!("kubestep {rest}"))
                .unwrap_or(call.to_owned());
            let words: Vec<String> = call.split_whitespace().map(str::to_owned).collect();
            (words.first().is_some_and(|word| word == "kubestep") && words.len() > 1).then_some(words)
        })
        .collect()
}

#[test]
fn every_call_is_understood() {
    let calls = calls();
    assert!(calls.len() >= 8, "{calls:?}");
    for call in calls {
        if let Err(error) = Cli::try_parse_from(&call) {
            panic!("{}: {error}", call.join(" "));
        }
    }
}

#[test]
fn every_command_is_called() {
    let called: BTreeSet<String> = calls().into_iter().map(|call| call[1].clone()).collect();
    for command in Cli::command().get_subcommands().filter(|command| !command.is_hide_set()) {
        assert!(called.contains(command.get_name()), "`{}` is not in the README", command.get_name());
    }
}

#[test]
fn every_flag_exists_and_every_flag_of_a_run_is_there() {
    let all = Cli::command();
    let flags: BTreeSet<String> = all
        .get_subcommands()
        .flat_map(|command| std::iter::once(command).chain(command.get_subcommands()))
        .flat_map(clap::Command::get_arguments)
        .chain(all.get_arguments())
        .filter_map(|arg| arg.get_long().map(|long| format!("--{long}")))
        .collect();
    let named: BTreeSet<String> = regex::Regex::new(r"--[a-z][a-z-]*")
        .unwrap()
        .find_iter(README)
        .map(|found| found.as_str().to_owned())
        .filter(|flag| flag != "--release")
        .collect();
    let strangers: Vec<&String> = named.difference(&flags).collect();
    assert!(strangers.is_empty(), "{strangers:?}");
    let run = all.find_subcommand("run").unwrap();
    let missing: Vec<String> = run
        .get_arguments()
        .filter_map(|arg| arg.get_long().map(|long| format!("--{long}")))
        .filter(|flag| !named.contains(flag))
        .collect();
    assert!(missing.is_empty(), "not in the README: {missing:?}");
}

#[test]
fn its_exit_statuses_are_those_of_the_help() {
    let help = Place::new().run(&["--help"]).well().out;
    let (_, table) = help.split_once("Exit status:\n").unwrap();
    for line in table.lines() {
        let (status, means) = line.trim().split_once(' ').unwrap();
        let row = format!("| {status} | {}", means.trim());
        assert!(README.contains(&row), "{row}");
    }
}

#[test]
fn its_keys_are_those_of_the_console() {
    let printed = Place::new().run(&["generate", "keys"]).well().out;
    let (_, rest) = README.split_once("<!-- keys -->\n").unwrap();
    let (table, _) = rest.split_once("<!-- end of keys -->").unwrap();
    assert_eq!(table, printed, "`kubestep generate keys` prints the table");
}

#[test]
fn its_inventory_is_sound() {
    let place = Place::new();
    place.file("flannel.yaml", "");
    for block in blocks("yaml").into_iter().filter(|block| block.contains("kind: Cluster")) {
        let rack = place.file("rack.yaml", &block);
        let plan = place.run(&["plan", "--offline", &rack]).well().out;
        assert!(plan.contains("kubectl apply -f") && plan.contains("worker06"), "{plan}");
    }
}

#[test]
fn its_scenarios_exist() {
    let list = Place::new().run(&["demo", "--list-scenarios"]).well().out;
    let known: BTreeSet<&str> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    for call in calls() {
        if let Some(at) = call.iter().position(|word| word == "--scenario") {
            assert!(known.contains(call[at + 1].as_str()), "{call:?}");
        }
    }
}
