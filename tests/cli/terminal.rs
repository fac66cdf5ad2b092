//! What is different on a terminal.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::process::Child;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};

use crate::program::{Place, shipped};

/// A call with a terminal of 80 columns for all three streams.
struct Seat {
    child: Child,
    console: File,
    shown: String,
}

impl Seat {
    fn sit(place: &Place, args: &[&str]) -> Self {
        let console = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&console).unwrap();
        unlockpt(&console).unwrap();
        let size = Winsize { ws_row: 50, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&console, size).unwrap();
        let name = ptsname(&console, Vec::new()).unwrap().into_string().unwrap();
        // Ours are closed with the command, so that the program's end is the end of what is shown.
        let terminal: OwnedFd = File::options().read(true).write(true).open(name).unwrap().into();
        let mut command = place.command(args);
        let child = command
            .env_remove("COLUMNS")
            .env("TERM", "xterm-256color")
            .stdin(terminal.try_clone().unwrap())
            .stdout(terminal.try_clone().unwrap())
            .stderr(terminal)
            .spawn()
            .unwrap();
        Self { child, console: File::from(console), shown: String::new() }
    }

    /// Reads until `words` are shown.
    fn until(&mut self, words: &str) {
        let mut buffer = [0; 4096];
        while !self.shown.contains(words) {
            // The program's end is an error here, on Linux.
            match self.console.read(&mut buffer) {
                Ok(0) | Err(_) => panic!("no {words:?} in {}", self.shown),
                Ok(count) => self.shown.push_str(&String::from_utf8_lossy(&buffer[..count])),
            }
        }
    }

    fn echoes(&self) -> bool {
        tcgetattr(&self.console).unwrap().local_modes.contains(LocalModes::ECHO)
    }

    fn types(&mut self, text: &str) {
        self.console.write_all(text.as_bytes()).unwrap();
    }

    /// Exit status, and all that was shown.
    fn end(mut self) -> (i32, String) {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = self.console.read(&mut buffer) {
            self.shown.push_str(&String::from_utf8_lossy(&buffer[..count]));
        }
        (self.child.wait().unwrap().code().unwrap(), self.shown)
    }
}

/// Two machines where nothing listens, whose sudo asks for a password.
fn asking(place: &Place) -> String {
    place.file(
        "rack.yaml",
        "apiVersion: kubestep/v1\nkind: Cluster\nmetadata: { name: rack }\nspec:\n  kubernetes: { version: v1.29.6 }\n  defaults: { ssh: { user: ops, port: 1 }, become: { method: sudo, password: prompt } }\n  hosts:\n    - { name: box, role: control-plane, ssh: { address: 127.0.0.1 } }\n    - { name: bux, role: worker, ssh: { address: 127.0.0.2 } }\n  options: { timeouts: { connect: 1s } }\n",
    )
}

#[test]
fn lines_fit_the_terminal_and_have_colours_there() {
    let place = Place::new();
    let (code, shown) = Seat::sit(&place, &["demo", "--scenario", "leftovers", "--auto"]).end();
    assert_eq!(code, 1);
    assert!(shown.contains("\u{1b}[32m"), "colours on a terminal: {shown}");
    let wide = |line: &&str| uncoloured(line).chars().count() > 80 && !line.starts_with("journal");
    assert_eq!(shown.lines().filter(wide).collect::<Vec<_>>(), [""; 0]);
}

fn uncoloured(line: &str) -> String {
    regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap().replace_all(line, "").into_owned()
}

#[test]
fn a_password_is_asked_for_once_and_not_shown() {
    let place = Place::new();
    let mut seat = Seat::sit(&place, &["check", &asking(&place)]);
    seat.until("sudo password of ops on box, bux: ");
    seat.types("open sesame\r");
    let (code, shown) = seat.end();
    assert_eq!(code, 3, "{shown}");
    assert!(!shown.contains("sesame") && shown.matches("password").count() == 1, "{shown}");
}

#[test]
fn ctrl_c_at_the_password_gives_the_terminal_back_as_it_was() {
    let place = Place::new();
    let mut seat = Seat::sit(&place, &["run", &asking(&place), "--auto"]);
    assert!(seat.echoes());
    seat.until("sudo password of ops on box, bux: ");
    seat.types("half a passw\u{3}");
    seat.until("kubestep: no password was given");
    assert!(seat.echoes());
    let (code, shown) = seat.end();
    assert_eq!(code, 2, "{shown}");
}

#[test]
fn a_reset_is_confirmed_by_name() {
    let place = Place::new();
    let rack = shipped("goldentooth.yaml");
    for (nodes, word, told) in [
        (&["jast"][..], "jast", "This takes jast out of goldentooth"),
        (&["jast", "dalt"], "goldentooth", "This takes jast, dalt out of goldentooth"),
        (&[], "goldentooth", "This resets EVERY node of goldentooth"),
    ] {
        let args: Vec<&str> = ["reset", &rack].iter().chain(nodes).copied().collect();
        let mut seat = Seat::sit(&place, &args);
        seat.until(&format!("Type {word} to go on: "));
        seat.types("yes\r");
        let (code, shown) = seat.end();
        assert_eq!(code, 5);
        assert!(shown.contains(told), "{shown}");
    }
    assert!(!place.state().exists(), "nothing was begun");
}
