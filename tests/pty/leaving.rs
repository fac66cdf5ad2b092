//! Every way out.

use rustix::process::Signal;

use super::terminal::{Start, Terminal};

/// A demo that stands still at once.
pub(crate) fn still() -> Terminal {
    let terminal = Start::kubestep(&["demo", "--speed", "20", "--break", "certs"]).go();
    terminal.is_taken();
    terminal.shows("bettley");
    terminal.shows("paused");
    terminal
}

/// A demo that has ended.
pub(crate) fn ended() -> Terminal {
    let mut terminal = Start::kubestep(&["demo", "--speed", "200"]).go();
    terminal.is_taken();
    go_on(&mut terminal);
    terminal
}

/// Past the stop between the checks and the first change, to the end.
pub(crate) fn go_on(terminal: &mut Terminal) {
    terminal.shows("paused");
    terminal.send("c");
    terminal.shows(" 126/126 ");
}

/// A demo whose first control plane is at its preflight.
fn at_work(speed: &str) -> Terminal {
    let mut terminal = Start::kubestep(&["demo", "--speed", speed]).go();
    terminal.is_taken();
    terminal.shows("paused");
    terminal.send("c");
    terminal.shows("[preflight]");
    terminal
}

fn detach(terminal: &mut Terminal) {
    terminal.send("q");
    terminal.shows("leave the console");
    terminal.send("d");
}

#[test]
fn quit_after_the_end_leaves_a_summary() {
    let mut terminal = ended();
    terminal.send("q");
    let (code, last) = terminal.end();
    assert_eq!(code, 0);
    assert!(last.contains("journal  "), "{last}");
    assert!(!last.contains("resume"), "{last}");
}

#[test]
fn who_detaches_is_told_where_the_journal_is() {
    let mut terminal = still();
    detach(&mut terminal);
    let (code, last) = terminal.end();
    assert_eq!(code, 5);
    assert!(last.contains("journal  "), "{last}");
}

#[test]
fn signals_end_the_run_and_leave_a_summary() {
    for (signal, name) in [
        (Signal::TERM, "SIGTERM"),
        (Signal::HUP, "SIGHUP"),
        (Signal::INT, "Ctrl-C"),
        (Signal::QUIT, "SIGQUIT"),
    ] {
        let terminal = still();
        terminal.signal(signal);
        let (code, last) = terminal.end();
        assert_eq!(code, 5, "{name}: {last}");
        assert!(last.contains(name), "{name}: {last}");
        assert!(last.contains("journal  "), "{name}: {last}");
    }
}

#[test]
fn a_closed_window_ends_the_run_which_can_be_resumed() {
    let mut terminal = still();
    terminal.close();
    assert_eq!(terminal.wait(), 5);
    let (code, runs) = Start::kubestep(&["runs"]).beside(&terminal).go().end();
    assert_eq!(code, 0);
    assert!(runs.contains("cancelled"), "{runs}");
}

#[test]
fn what_runs_on_a_node_comes_to_its_end_behind_a_closed_window() {
    let mut terminal = at_work("5");
    terminal.close();
    assert_eq!(terminal.wait(), 5);
    let (code, told) = Start::kubestep(&["replay", "last", "--text"]).beside(&terminal).go().end();
    assert_eq!(code, 0);
    let preflight =
        |word: &str| told.lines().any(|line| line.contains("init/preflight") && line.contains(word));
    assert!(preflight("done"), "{told}");
    assert!(told.contains("ended early") && !told.contains("can't end"), "{told}");
}

#[test]
fn however_often_a_closed_window_is_told_what_runs_comes_to_its_end() {
    let terminal = at_work("5");
    for _ in 0..3 {
        terminal.signal(Signal::HUP);
        terminal.told("SIGHUP");
    }
    let (code, last) = terminal.end();
    assert_eq!(code, 5);
    assert!(last.contains("init/preflight") && !last.contains("SIGHUP again"), "{last}");
}

#[test]
fn a_signal_after_the_end_keeps_the_runs_own_status() {
    let terminal = ended();
    terminal.signal(Signal::TERM);
    let (code, last) = terminal.end();
    assert_eq!(code, 0, "{last}");
    assert!(last.contains("journal  "), "{last}");
}

#[test]
fn the_terminal_is_given_back_at_once_while_what_runs_comes_to_its_end() {
    let terminal = at_work("1");
    terminal.signal(Signal::TERM);
    terminal.is_given_back();
    terminal.told("once more stops");
    terminal.signal(Signal::TERM);
    let (code, last) = terminal.end();
    assert_eq!(code, 5);
    assert!(last.contains("SIGTERM again"), "{last}");
    assert!(last.contains("journal  "), "{last}");
}

#[test]
fn panics_give_the_terminal_back_and_can_be_read() {
    for (signal, said) in [(Signal::USR1, "provoked in a task"), (Signal::USR2, "provoked in the console")] {
        let terminal = still();
        terminal.signal(signal);
        terminal.is_given_back();
        let (code, last) = terminal.end();
        assert_eq!(code, 70, "{last}");
        assert!(last.contains(said), "{last}");
        assert!(last.contains("journal  "), "{last}");
    }
}
