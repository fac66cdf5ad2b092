//! Programs that get the terminal for a while.

use rustix::process::Signal;

use super::leaving::go_on;
use super::terminal::{Start, Terminal};

/// Selects bettley's first step, which is long over.
fn select_first_step(terminal: &mut Terminal) {
    terminal.send("g");
    terminal.send("\x1b[C");
    terminal.send("j");
    terminal.shows("connect");
}

#[test]
fn the_pager_gets_the_terminal_and_the_console_gets_it_back() {
    let folder = tempfile::tempdir().unwrap();
    let pager = folder.path().join("my pager");
    // Waits for a line of its own on the terminal; what is typed is not the console's.
    std::fs::write(&pager, "#!/bin/sh\necho \"pager: $1\"; cat; read word </dev/tty; echo \"read $word\"\n")
        .unwrap();
    let executable = <std::fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o755);
    std::fs::set_permissions(&pager, executable).unwrap();
    let mut terminal = Start::kubestep(&["demo", "--speed", "200"])
        .env("PAGER", &format!("'{}' '$(id); x'", pager.display()))
        .go();
    terminal.is_taken();
    go_on(&mut terminal);
    select_first_step(&mut terminal);
    for _ in 0..2 {
        terminal.send("o");
        terminal.is_given_back();
        terminal.shows("pager: $(id); x");
        terminal.shows("printed nothing");
        terminal.send("qqqd\n");
        terminal.told("read qqqd");
        terminal.is_taken();
        terminal.shows(" 126/126 ");
    }
    terminal.send("q");
    assert_eq!(terminal.end().0, 0);
}

#[test]
fn a_pager_that_is_not_there_is_told() {
    let mut terminal = Start::kubestep(&["demo", "--speed", "200"]).env("PAGER", "/nowhere/pager").go();
    go_on(&mut terminal);
    select_first_step(&mut terminal);
    terminal.send("o");
    terminal.shows("/nowhere/pager could not be run");
    terminal.is_taken();
    terminal.send("q");
    assert_eq!(terminal.end().0, 0);
}

#[test]
fn a_signal_while_a_child_has_the_terminal_ends_both() {
    let mut terminal =
        Start::kubestep(&["demo", "--speed", "200"]).env("PAGER", "sh -c 'echo here; exec sleep 600'").go();
    go_on(&mut terminal);
    select_first_step(&mut terminal);
    terminal.send("o");
    terminal.shows("here");
    // Ctrl-C is the child's; it dies of it, and we don't.
    terminal.send("\x03");
    terminal.is_taken();
    terminal.shows("ended with signal");
    terminal.send("o");
    terminal.is_given_back();
    terminal.signal(Signal::TERM);
    let (code, last) = terminal.end();
    assert_eq!(code, 0);
    assert!(last.contains("journal  "), "{last}");
}

#[test]
fn who_looks_elsewhere_is_called_and_who_wants_no_bell_is_not() {
    let mut terminal = Start::kubestep(&["demo", "--speed", "20", "--break", "certs"]).go();
    terminal.is_taken();
    terminal.shows("paused");
    terminal.send("\x1b[O");
    terminal.send("c");
    terminal.told("\x07\x1b]9;kubestep: ");
    let mut silent = Start::kubestep(&["demo", "--speed", "20", "--break", "certs", "--no-bell"]).go();
    silent.is_taken();
    silent.shows("paused");
    silent.send("\x1b[O");
    silent.send("c");
    silent.shows("breakpoint");
    assert!(!silent.has_told("\x1b]9;kubestep: "));
}
