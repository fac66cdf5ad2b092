//! Colours where they are wanted, and only there.

use crate::program::Place;

/// Whether a call with these settings writes escape sequences; standard output is no terminal here.
fn coloured(args: &[&str], variables: &[(&str, &str)]) -> bool {
    let place = Place::new();
    let all: Vec<&str> = ["demo", "--auto", "--scenario", "leftovers"].iter().chain(args).copied().collect();
    let done = Place::finish(place.command(&all).envs(variables.iter().copied()));
    assert_eq!(done.code, 1, "{}", done.err);
    done.out.contains('\u{1b}')
}

#[test]
fn the_flag_wins_over_the_environment() {
    assert!(!coloured(&[], &[]), "no terminal, no colours");
    assert!(coloured(&["--color", "always"], &[]));
    assert!(coloured(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(!coloured(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(coloured(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&[], &[("CLICOLOR_FORCE", "0")]));
    assert!(!coloured(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
}

#[test]
fn json_is_never_coloured() {
    assert!(!coloured(&["--output", "json", "--color", "always"], &[]));
}

#[test]
fn diagnostics_are_coloured_alike() {
    let place = Place::new();
    let file = place.file("rack.yaml", "apiVersion: nonsense\n");
    assert!(!place.run(&["plan", &file]).refused(2).contains('\u{1b}'));
    assert!(place.run(&["plan", &file, "--color", "always"]).refused(2).contains('\u{1b}'));
}

#[test]
fn ascii_where_the_locale_has_no_more() {
    let place = Place::new();
    let args = ["demo", "--auto", "--scenario", "leftovers"];
    let plain = Place::finish(place.command(&args).env("LC_ALL", "C"));
    assert!(plain.out.is_ascii(), "{}", plain.out);
    assert!(!Place::finish(&mut place.command(&args)).out.is_ascii());
}

#[test]
fn lines_keep_to_the_columns() {
    let place = Place::new();
    for columns in [60, 80, 120] {
        let args = ["demo", "--auto", "--scenario", "swap-everywhere"];
        let done = Place::finish(place.command(&args).env("COLUMNS", columns.to_string()));
        // Paths and commands are not broken: they are there to be copied.
        let whole = |line: &str| line.starts_with("journal") || line.contains("journalctl");
        let wide = |line: &&str| line.chars().count() > columns && !whole(line);
        assert_eq!(done.out.lines().filter(wide).collect::<Vec<_>>(), [""; 0], "{columns}");
    }
}
