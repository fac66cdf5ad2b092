//! Ctrl-Z, fg, and stops from elsewhere.

use rustix::process::Signal;
use rustix::termios::LocalModes;

use super::leaving::still;
use super::terminal::{PROGRAM, Start};

#[test]
fn ctrl_z_leads_to_the_shell_and_fg_back() {
    let mut terminal = Start::program("sh", &["-i"]).go();
    terminal.shows("$ ");
    terminal.send(format!("{PROGRAM} demo --speed 20 --break certs\n"));
    terminal.is_taken();
    terminal.shows("bettley");
    terminal.shows("paused");
    for _ in 0..3 {
        terminal.send("\x1a");
        terminal.is_given_back();
        terminal.shows("Stopped");
        terminal.send("stty size; fg\n");
        terminal.is_taken();
        terminal.shows("paused");
    }
    // The window may change while nobody looks.
    terminal.send("\x1a");
    terminal.shows("Stopped");
    terminal.resize(120, 40);
    terminal.send("fg\n");
    terminal.is_taken();
    terminal.shows("paused");
    terminal.send("q");
    terminal.shows("leave the console");
    terminal.send("d");
    terminal.is_given_back();
    terminal.shows("journal");
    terminal.send("exit 7\n");
    assert_eq!(terminal.wait(), 7);
}

#[test]
fn a_stop_from_elsewhere_does_no_harm() {
    let terminal = still();
    terminal.signal(Signal::STOP);
    terminal.cook();
    assert!(terminal.modes().local_modes.contains(LocalModes::ICANON));
    terminal.signal(Signal::CONT);
    terminal.is_taken();
    terminal.signal(Signal::TERM);
    assert_eq!(terminal.end().0, 5);
}

#[test]
fn where_no_shell_could_continue_it_it_is_not_stopped() {
    let mut terminal = still();
    terminal.send("\x1a");
    terminal.shows("was not stopped");
    terminal.is_taken();
    terminal.signal(Signal::TERM);
    assert_eq!(terminal.end().0, 5);
}
