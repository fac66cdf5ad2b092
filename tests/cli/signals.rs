//! Ctrl-C, a reader that goes away.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStdout};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::program::{Place, objects};

struct Demo {
    place: Place,
    child: Child,
    out: BufReader<ChildStdout>,
    said: String,
}

impl Demo {
    /// The rack at a pace at which there is time to meddle.
    fn start(speed: &str, args: &[&str]) -> Self {
        let place = Place::new();
        let all: Vec<&str> = ["demo", "--auto", "--speed", speed].iter().chain(args).copied().collect();
        let mut child = place.command(&all).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { place, child, out, said: String::new() }
    }

    /// Reads on until a line has all of `words`.
    fn until(&mut self, words: &[&str]) {
        loop {
            let from = self.said.len();
            assert!(self.out.read_line(&mut self.said).unwrap() > 0, "no {words:?} in {}", self.said);
            if words.iter().all(|word| self.said[from..].contains(word)) {
                return;
            }
        }
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Exit status, and all it said.
    fn end(mut self) -> (i32, Vec<Value>, Place) {
        self.out.read_to_string(&mut self.said).unwrap();
        let mut err = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert_eq!(err, "");
        let code = self.child.wait().unwrap().code().expect("it ended by itself");
        (code, objects(&self.said), self.place)
    }
}

fn finished<'a>(events: &'a [Value], phase: &str) -> Vec<(&'a str, &'a str)> {
    let of_phase = |event: &&Value| event["kind"] == "step-finished" && event["phase"] == phase;
    let pair = |event: &'a Value| (event["node"].as_str().unwrap(), event["outcome"].as_str().unwrap());
    events.iter().filter(of_phase).map(pair).collect()
}

/// Every node that was given a file with secrets was rid of it.
fn assert_clean(events: &[Value]) {
    let given = finished(events, "config").into_iter().filter(|(_, outcome)| *outcome == "succeeded");
    let rid = finished(events, "clean-up");
    for (node, _) in given {
        assert!(rid.contains(&(node, "succeeded")), "{node}: {rid:?}");
    }
}

#[test]
fn one_interrupt_lets_what_runs_come_to_its_end() {
    let mut demo = Demo::start("5", &["--output", "json"]);
    demo.until(&["step-started", "init/preflight"]);
    demo.signal(Signal::INT);
    let (code, events, place) = demo.end();
    assert_eq!(code, 5);
    let cancelling: Vec<&Value> = events.iter().filter(|event| event["kind"] == "cancelling").collect();
    assert_eq!(cancelling.len(), 1);
    assert_eq!(cancelling[0]["stage"], "drain");
    assert_eq!(finished(&events, "init/preflight"), [("bettley", "succeeded")]);
    let from = cancelling[0]["seq"].as_u64().unwrap();
    let begun =
        events.iter().filter(|event| event["kind"] == "step-started" && event["seq"].as_u64() > Some(from));
    assert!(begun.clone().all(|event| event["phase"] == "clean-up"), "{:?}", begun.collect::<Vec<_>>());
    assert!(!finished(&events, "clean-up").is_empty());
    assert_clean(&events);
    assert!(place.run(&["runs"]).well().out.contains("cancelled"));
}

#[test]
fn a_second_interrupt_stops_it_on_the_nodes() {
    let mut demo = Demo::start("2", &["--output", "json"]);
    demo.until(&["step-started", "init/preflight"]);
    demo.signal(Signal::INT);
    demo.until(&["cancelling", "drain"]);
    demo.signal(Signal::INT);
    let (code, events, _) = demo.end();
    assert_eq!(code, 5);
    let stages: Vec<&str> = events.iter().filter_map(|event| event["stage"].as_str()).collect();
    assert_eq!(stages, ["drain", "stop"]);
    assert_eq!(finished(&events, "init/preflight"), [("bettley", "cancelled")]);
    assert_clean(&events);
}

#[test]
fn termination_and_hang_up_are_like_an_interrupt() {
    for (signal, name) in [(Signal::TERM, "SIGTERM"), (Signal::HUP, "SIGHUP")] {
        let mut demo = Demo::start("5", &["--output", "json"]);
        demo.until(&["step-started", "init/preflight"]);
        demo.signal(signal);
        let (code, events, _) = demo.end();
        assert_eq!(code, 5);
        assert!(events.last().unwrap()["reason"].as_str().unwrap().starts_with(name), "{events:?}");
        assert_clean(&events);
    }
}

#[test]
fn the_text_says_what_an_interrupt_does() {
    let mut demo = Demo::start("5", &[]);
    demo.until(&["init/certs/ca"]);
    demo.signal(Signal::INT);
    demo.until(&["Ctrl-C"]);
    let mut rest = String::new();
    demo.out.read_to_string(&mut rest).unwrap();
    assert_eq!(demo.child.wait().unwrap().code(), Some(5));
    insta::with_settings!({filters => vec![(r"\d+(\.\d+)?m?s|\d+m\d+s| \d+/\d+ |\d+ of \d+", "#")]}, {
        let told: Vec<&str> = demo.said.lines().skip_while(|line| !line.contains("Ctrl-C")).chain(rest.lines()).take(3).collect();
        insta::assert_snapshot!("interrupt", told.join("\n"));
    });
}

#[test]
fn a_reader_that_goes_away_does_not_stop_the_run() {
    let place = Place::new();
    let mut child = place.command(&["demo", "--auto"]).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert!(first.starts_with("kubestep demo"), "{first}");
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()), (Some(0), ""));
    assert!(place.run(&["runs"]).well().out.contains("succeeded"));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let place = Place::new();
    place.run(&["demo", "--auto", "--scenario", "leftovers"]);
    let goldentooth = crate::program::shipped("goldentooth.yaml");
    for args in [
        &["plan", "--offline", &goldentooth][..],
        &["plan", "--offline", &goldentooth, "--output", "json"],
        &["generate", "completions", "bash"],
        &["generate", "man"],
        &["explain"],
        &["runs"],
        &["replay", "last"],
        &["--help"],
    ] {
        let mut child = place.command(args).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(
            (output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()),
            (Some(0), ""),
            "{args:?}"
        );
    }
}

#[test]
fn what_a_killed_console_left_in_the_temporary_folder_goes_with_the_next_one() {
    let place = Place::new();
    // It takes connections and says nothing.
    let machine = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = machine.local_addr().unwrap().port();
    let rack = place.file(
        "rack.yaml",
        &format!(
            "apiVersion: kubestep/v1\nkind: Cluster\nmetadata: {{ name: rack }}\nspec:\n  kubernetes: {{ version: v1.29.6 }}\n  hosts:\n    - {{ name: box, role: control-plane, ssh: {{ address: 127.0.0.1, port: {port} }} }}\n  options: {{ timeouts: {{ connect: 8s }} }}\n"
        ),
    );
    let temporary = place.path().join("t");
    std::fs::create_dir(&temporary).unwrap();
    let left = || std::fs::read_dir(&temporary).unwrap().count();
    let console = || {
        let mut command = place.command(&["check", &rack]);
        command.env("TMPDIR", &temporary);
        command
    };
    let mut killed = console().spawn().unwrap();
    let connected = machine.accept().unwrap();
    kill_process(Pid::from_child(&killed), Signal::KILL).unwrap();
    killed.wait().unwrap();
    assert_eq!(left(), 1);
    let mut second = console().spawn().unwrap();
    let again = machine.accept().unwrap();
    assert_eq!(left(), 1, "its own, and not the other's any more");
    drop((connected, again, machine));
    assert_eq!(second.wait().unwrap().code(), Some(3));
    assert_eq!(left(), 0);
}
