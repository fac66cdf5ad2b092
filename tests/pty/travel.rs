//! Back and forth in time: from a journal, and while a run goes on.

use super::leaving::go_on;
use super::terminal::{Start, Terminal};

const LEFT: &str = "\x1b[D";
const RIGHT: &str = "\x1b[C";
const HOME: &str = "\x1b[H";
const END: &str = "\x1b[F";

/// A run that was.
fn recorded() -> Terminal {
    let mut terminal = Start::kubestep(&["demo", "--auto"]).go();
    assert_eq!(terminal.wait(), 0);
    terminal
}

#[test]
fn a_recorded_run_is_gone_through_and_the_terminal_given_back() {
    let run = recorded();
    let mut terminal = Start::kubestep(&["replay", "last"]).beside(&run).go();
    terminal.is_taken();
    terminal.shows("replay");
    terminal.send(END);
    terminal.shows(" 126/126 ");
    terminal.shows("the run is over");
    terminal.send(HOME);
    terminal.shows("0:00 of");
    terminal.send(RIGHT);
    terminal.shows("0:05 of");
    terminal.send(RIGHT);
    terminal.shows("0:10 of");
    terminal.shows("[preflight]");
    terminal.send(LEFT);
    terminal.shows("0:05 of");
    terminal.send("s");
    terminal.shows("there is no cluster behind it");
    terminal.send("> > > > > > ");
    terminal.shows("x64");
    terminal.send(" ");
    terminal.shows("the run is over");
    terminal.send("q");
    let (code, last) = terminal.end();
    assert_eq!((code, last.replace("\x1b[?25h", "").trim()), (0, ""), "nothing is left to say");
}

#[test]
fn a_signal_ends_a_replay_and_gives_the_terminal_back() {
    let run = recorded();
    let terminal = Start::kubestep(&["replay", "last", "--speed", "2"]).beside(&run).go();
    terminal.is_taken();
    terminal.shows("replay");
    terminal.signal(rustix::process::Signal::TERM);
    terminal.is_given_back();
    assert_eq!(terminal.end().0, 0);
}

#[test]
fn a_run_goes_on_while_one_looks_back() {
    let mut terminal = Start::kubestep(&["demo", "--speed", "50"]).go();
    terminal.is_taken();
    terminal.shows("paused");
    terminal.send("c");
    terminal.shows("certs");
    terminal.send("O");
    terminal.shows("PAST");
    terminal.send(HOME);
    terminal.shows("0:00 of");
    terminal.send("s");
    terminal.shows("leads back to now");
    terminal.send("O");
    terminal.hides("PAST");
    terminal.shows(" 126/126 ");
    terminal.send("q");
    assert_eq!(terminal.end().0, 0);
}

#[test]
fn the_time_of_a_demo_is_stopped_and_hurried() {
    let mut terminal = Start::kubestep(&["demo", "--speed", "1"]).go();
    terminal.is_taken();
    terminal.shows("paused");
    terminal.send("0");
    terminal.shows("time stands still");
    terminal.send(">>>>>>");
    terminal.hides("time stands still");
    terminal.shows("x64");
    go_on(&mut terminal);
    terminal.send("q");
    assert_eq!(terminal.end().0, 0);
}
