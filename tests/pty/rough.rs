//! Terminals that are dragged about, and input that makes no sense.

use std::time::Duration;

use rustix::process::Signal;

use super::leaving::{ended, still};

#[test]
fn any_size_at_any_time() {
    let terminal = still();
    for n in 0..200_u16 {
        let (cols, rows) = [(1, 1), (300, 100), (2, 60), (80, 1), (60, 16), (20, 3)][usize::from(n % 6)];
        terminal.resize(cols + n % 7, rows + n % 5);
    }
    for (cols, rows) in [(1, 1), (300, 100), (80, 24)] {
        terminal.resize(cols, rows);
    }
    terminal.shows("goldentooth");
    terminal.shows("help");
    terminal.signal(Signal::TERM);
    assert_eq!(terminal.end().0, 5);
}

#[test]
fn a_question_stays_when_the_window_changes() {
    let mut terminal = still();
    terminal.send("q");
    terminal.shows("leave the console");
    terminal.resize(140, 45);
    terminal.shows("leave the console");
    terminal.resize(80, 24);
    terminal.shows("leave the console");
    terminal.send("\x1b");
    terminal.hides("leave the console");
    terminal.signal(Signal::TERM);
    assert_eq!(terminal.end().0, 5);
}

#[test]
fn garbage_is_no_reason_to_fall() {
    let mut terminal = still();
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut noise = Vec::new();
    while noise.len() < 100_000 {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        // Not the keys that leave, act on the cluster or start something.
        noise.extend(seed.to_le_bytes().into_iter().filter(|byte| {
            !byte.is_ascii_alphabetic() && !matches!(byte, 0x03 | 0x1a | b':' | b' ' | b'\r' | b'\n')
        }));
    }
    terminal.send(&noise);
    terminal.send(
        "\x1b[999999999999999999999;1~\x1b[<0;99999;99999M\x1b]52;c;?\x07\x1b[M\x7f\x7f\x7f\x1bP+q\x1b\\",
    );
    // What has begun is over after a silence; what was opened is closed.
    for _ in 0..8 {
        terminal.send("\x1b");
    }
    terminal.shows("goldentooth");
    terminal.signal(Signal::TERM);
    assert_eq!(terminal.end().0, 5);
}

#[test]
fn a_pasted_megabyte_is_swallowed_and_the_next_key_heard() {
    let mut terminal = still();
    let mut paste = b"\x1b[200~".to_vec();
    paste.resize(1 << 20, b'q');
    paste.extend_from_slice(b"\x1b[201~");
    terminal.send(&paste);
    terminal.send("q");
    terminal.shows("leave the console");
    terminal.send("d");
    assert_eq!(terminal.end().0, 5);
}

#[test]
fn a_paste_that_never_ends_ends() {
    let mut terminal = still();
    terminal.send("\x1b[200~qqqq");
    // Nothing more comes for a while, and then a key.
    std::thread::sleep(Duration::from_secs(4));
    terminal.send("q");
    terminal.shows("leave the console");
    terminal.send("d");
    assert_eq!(terminal.end().0, 5);
}

#[test]
fn where_nothing_changes_nothing_is_drawn() {
    let mut terminal = ended();
    // Both are answered, and so everything before them is drawn.
    terminal.send("E");
    terminal.shows("part of kubestep");
    terminal.send("\x1b");
    terminal.hides("part of kubestep");
    let before = terminal.count();
    // Three ticks go by, the focus goes and comes. No slowness can make a byte out of nothing.
    terminal.send("\x1b[O\x1b[I");
    std::thread::sleep(Duration::from_millis(1700));
    assert_eq!(terminal.count(), before);
    terminal.send("q");
    assert_eq!(terminal.end().0, 0);
}
