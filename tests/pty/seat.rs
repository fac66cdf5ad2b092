//! With the console, or without.

use super::terminal::Start;

#[test]
fn the_first_frame_is_the_rack() {
    let mut terminal = Start::kubestep(&["demo", "--speed", "20", "--break", "certs"]).go();
    terminal.is_taken();
    terminal.shows("bettley");
    terminal.shows("first time here?");
    terminal.told("\x1b[?2026h");
    terminal.shows("bettley");
    terminal.send("q");
    terminal.shows("leave the console");
    terminal.hides("first time here?");
    terminal.send("d");
    assert_eq!(terminal.wait(), 5);
    // The hints come once.
    let again = Start::kubestep(&["demo", "--speed", "20", "--break", "certs"]).beside(&terminal).go();
    again.shows("bettley");
    again.hides("first time here?");
}

#[test]
fn a_dumb_terminal_and_a_build_server_get_lines() {
    for (name, value) in [("TERM", "dumb"), ("CI", "true"), ("TERM", "")] {
        let terminal = Start::kubestep(&["demo"]).env(name, value).go();
        terminal.told("journal  ");
        let (code, said) = terminal.end();
        assert_eq!(code, 0);
        assert!(!said.contains("\x1b[?"), "{said}");
    }
}

#[test]
fn the_console_can_be_asked_for() {
    let terminal = Start::kubestep(&["demo", "--console"]).env("TERM", "dumb").go();
    let (code, said) = terminal.end();
    assert_eq!(code, 2);
    assert!(said.contains("the console can't be shown: TERM is dumb"), "{said}");

    let mut terminal =
        Start::kubestep(&["demo", "--console", "--speed", "20", "--break", "certs"]).env("CI", "1").go();
    terminal.is_taken();
    terminal.shows("bettley");
    terminal.send("q");
    terminal.shows("leave the console");
    terminal.send("d");
    assert_eq!(terminal.end().0, 5);
}

#[test]
fn output_that_goes_elsewhere_is_lines() {
    let command = format!("{} demo | cat", super::terminal::PROGRAM);
    let terminal = Start::program("sh", &["-c", &command]).go();
    terminal.told("journal  ");
    let (code, said) = terminal.end();
    assert_eq!(code, 0);
    assert!(!said.contains("\x1b["), "{said}");
}
