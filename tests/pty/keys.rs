//! Every key of the help, pressed in the real program, does what the help says.

use std::collections::BTreeSet;

use super::leaving::still;
use super::terminal::{PROGRAM, Start, Terminal};

const ESC: &str = "\x1b";
const TAB: &str = "\t";
const FAILURE: &str = "name: once\nabout: one failure\nfaults:\n  - node: bettley\n    phase: init/certs/ca\n    kind: fail\n    output: \"W1122 09:51:03.000000 1 certs.go:1] odd\\nI1122 09:51:03.000000 1 certs.go:2] a line that is longer than the pane is wide, to its very END-OF-LINE\\nerror execution phase certs/ca: it does not work\"\n";

/// What is pressed for an action, what comes to the screen by that (with `!`, what goes), and how it is taken back: keys, and
/// what goes with them (with `+`, what comes).
type Row = (&'static str, &'static str, &'static str, &'static str, &'static str);

/// Where the run stands between the checks and the first change.
const AT_THE_GATE: &[Row] = &[
    ("help", "?", " keys ", ESC, " keys "),
    ("palette", ":", " commands ", ESC, " commands "),
    ("theme", "H", " themes ", ESC, " themes "),
    ("check", "C", "all nodes passed", ESC, "all nodes passed"),
    ("explain", "e", "config, kubeadm v1.29.6", ESC, "config, kubeadm v1.29.6"),
    ("why", "w", "why config on bettley is not running", ESC, "why config on bettley"),
    ("preview", "p", "what would run next: config on bettley", ESC, "what would run next"),
    ("config", "d", "kubeadm's configuration on bettley", ESC, "kubeadm's configuration on"),
    ("files", "i", "files on bettley", ESC, "files on bettley"),
    ("pki", "U", "PKI: who signed whom", ESC, "PKI: who signed whom"),
    ("edit", "E", "there is no file goldentooth.yaml", "", ""),
    ("reset", "R", "Reset bettley?", ESC, "Reset bettley?"),
    ("abort", "A", "End the run?", ESC, "End the run?"),
    ("next-failure", "!", "nothing has failed", "", ""),
    ("diagnosis", "D", "diagnosis: it has not failed", "", ""),
    ("mark", "m", "1 node is marked", "", ""),
    ("unmark", "M", "!1 node is marked", "", ""),
    ("mouse", "\x1bOQ", "the mouse is left to the terminal", "\x1bOQ", "the mouse is left to the terminal"),
    ("drawer", "`", " diagnostics ", ESC, " diagnostics "),
    ("still", "0", "time stands still", "0", "time stands still"),
    ("slower", "<", " x16 ", "", ""),
    ("faster", ">", " x32 ", "", ""),
    ("matrix", "V", "download-certs", "V", "download-certs"),
    ("every-node", "a", "Nothing runs.", "a", "Nothing runs."),
    ("zoom", "z", "!┐┌", "z", "+┐┌"),
    ("wider", "+", "bettley  cp 10.4.0.11", "-", "bettley  cp 10.4.0.11"),
    ("narrower", "-", "▸◔ bettley  cp       3/40", "+", "▸◔ bettley  cp       3/40"),
    ("more", ".", "tab next pane", ".", "tab next pane"),
    ("node-1", "2", " cargyll check done", "", ""),
    ("up", "k", " bettley check done", "", ""),
    ("down", "j", " cargyll check done", "", ""),
    ("top", "g", " bettley check done", "", ""),
    ("bottom", "G", " jast check done", "", ""),
    ("page-up", "\x1b[5~", " bettley check done", "", ""),
    ("page-down", "\x1b[6~", " jast check done", "", ""),
    ("half-up", "\x15", " bettley check done", "", ""),
    ("half-down", "\x04", " jast check done", "1", " jast check done"),
    ("right", "l", "·✔ connect", "", ""),
    ("left", "h", "▸◔ bettley", "", ""),
    ("open", "\r", "▾◔ bettley", "", ""),
    ("down", "jj", "bettley probe done", "", ""),
    ("by-node", "B", "cargyll probe done", "", ""),
    ("close-pane", "__", "!cargyll probe done", "aa", "+ bettley probe done"),
    ("split", "|", "┃┌", "_", "┃┌"),
    ("fold-all", "Z", "▸◔ bettley", "", ""),
    ("next-waiting", "N", " bettley config held", "", ""),
    ("skip", "S", "Leave out config on bettley?", ESC, "Leave out config"),
    ("stop", "x", "stop: it is not running", "", ""),
    ("kill", "X", "kill: it is not running", "", ""),
    ("publish-again", "J", "publish again: it has not failed", "", ""),
    ("break", "b", "◆│·◔ config", "b", "◆│·◔ config"),
    ("node-1", "1", "!bettley config held", "", ""),
    ("next-pane", TAB, "& filter", "", ""),
    ("search", "/", "search:", ESC, "search:"),
    ("filter", "&", "only lines with:", ESC, "only lines with:"),
    ("filter-out", "^", "only lines without:", ESC, "only lines without:"),
    ("previous-pane", "\x1b[Z", "s step", "", ""),
    ("run-to", "Nu", " bettley config done", "", ""),
    ("step", "s", "starting init/preflight on bettley", "", ""),
    ("pause", " ", "!◔ paused", " ", "+◔ paused"),
];

/// Where the demo is in the past.
const IN_THE_PAST: &[Row] = &[
    ("time-bar", "O", "PAST", "", ""),
    ("beginning", "\x1b[H", " 0:00 of ", "", ""),
    ("later", "\x1b[C", "! 0:00 of ", "", ""),
    ("earlier", "\x1b[D", " 0:00 of ", "", ""),
    ("next-note", "..........", "!planning…", "", ""),
    ("note-before", ",,,,,,,,,,", "starting", "", ""),
    ("next-trouble", "!", "nothing went wrong in this run", "", ""),
    ("play", " ", "▶", " ", "▶"),
    ("now", "\x1b[F", "!PAST", "", ""),
];

/// Where the first certificate has failed.
const AT_A_FAILURE: &[Row] = &[
    ("next-failure", "g!", "init/certs/ca failed", "", ""),
    ("diagnosis", "D", "init/certs/ca on bettley failed after", ESC, "init/certs/ca on bettley failed after"),
    ("next-pane", TAB, "& filter", "", ""),
    ("times", "T", "!│W1122", "TT", "+│W1122"),
    ("freeze", "F", "FROZEN", "F", "FROZEN"),
    ("follow", "f", "!FOLLOW", "f", "+FOLLOW"),
    ("wrap", "W", "!END-OF-LINE", "W", "+END-OF-LINE"),
    ("select", "v", "1 line selected", "v", "1 line selected"),
    ("copy", "y", "copied 1 line", "", ""),
    ("copy-all", "Y", "copied 3 lines", "", ""),
    ("search", "/certs\r", "/certs 1 of 3", "", ""),
    ("next-match", "n", "/certs 2 of 3", "", ""),
    ("previous-match", "P", "/certs 1 of 3", "", ""),
    ("filter", "&odd\r", "&odd", "", ""),
    ("retry", "r", "attempt 2/2", "", ""),
    ("previous-attempt", "[", "attempt 1/2", "", ""),
    ("next-attempt", "]", "attempt 2/2", "", ""),
];

/// On the pages of a lesson.
const IN_A_LESSON: &[Row] = &[
    ("lesson", "L", "!1/27 Two machines", "L", "+1/27 Two machines"),
    ("next-page", ")", "2/27 The words you need", "", ""),
    ("previous-page", "(", "1/27 Two machines", "", ""),
    ("contents", "'", " 7 The cluster's authority", ESC, " 7 The cluster's authority"),
    ("next-page", "))))))", "7/27 The cluster's authority", "", ""),
    ("do-page", "=", "✔ run init/certs/ca on bettley", "", ""),
];

/// Pressed in other tests of this folder.
const ELSEWHERE: &[&str] = &["suspend", "cancel", "shell", "pager", "quit", "continue", "close"];

/// Nothing but colours changes on the screen, or nothing at all: held by the tests of `tui::update` and `tui::logs`.
const UNSEEN: &[&str] = &["next-error", "previous-error", "pin", "redraw"];

fn press(terminal: &mut Terminal, rows: &[Row]) {
    for (action, keys, shows, back, hides) in rows {
        terminal.send(keys);
        match shows.strip_prefix('!') {
            Some(gone) => terminal.hides_for(action, gone),
            None => terminal.shows_for(action, shows),
        }
        if back.is_empty() {
            continue;
        }
        terminal.send(back);
        match hides.strip_prefix('+') {
            Some(there) => terminal.shows_for(action, there),
            None => terminal.hides_for(action, hides),
        }
    }
}

#[test]
fn keys_at_the_gate() {
    press(&mut still(), AT_THE_GATE);
}

#[test]
fn keys_in_a_lesson() {
    let mut terminal = Start::kubestep(&["lesson", "one-control-plane", "--speed", "40"]).go();
    terminal.is_taken();
    terminal.shows("1/27 Two machines");
    press(&mut terminal, IN_A_LESSON);
}

#[test]
fn keys_in_the_past() {
    press(&mut still(), IN_THE_PAST);
}

#[test]
fn keys_at_a_failure() {
    let start = Start::kubestep(&[
        "demo",
        "--speed",
        "20",
        "--leaves",
        "--scenario",
        "once.yaml",
        "--break",
        "kubeconfig",
    ]);
    let mut terminal = start.with("once.yaml", FAILURE).go();
    terminal.is_taken();
    terminal.shows("paused");
    terminal.send("c");
    terminal.shows("why it failed");
    press(&mut terminal, AT_A_FAILURE);
}

#[test]
fn no_key_of_the_help_is_left_out() {
    let told = std::process::Command::new(PROGRAM).args(["generate", "keys"]).output().unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    let named = told.lines().filter_map(|line| line.strip_suffix("` |")?.rsplit('`').next());
    let named: BTreeSet<&str> = named.collect();
    let rows = [AT_THE_GATE, IN_THE_PAST, AT_A_FAILURE, IN_A_LESSON].concat();
    let pressed: BTreeSet<&str> = rows.iter().map(|row| row.0).chain([ELSEWHERE, UNSEEN].concat()).collect();
    assert!(named.len() > 60, "{named:?}");
    assert_eq!(named.difference(&pressed).collect::<Vec<_>>(), Vec::<&&str>::new());
    assert_eq!(pressed.difference(&named).collect::<Vec<_>>(), Vec::<&&str>::new());
}
