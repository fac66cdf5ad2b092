//! What whoever starts the console for the first time should know.

use std::path::Path;

use super::action::{Action, Keymap};

/// As they are told.
const HINTS: [(Action, &str); 3] =
    [(Action::Step, "runs the next step"), (Action::Help, "shows every key"), (Action::Quit, "leaves")];

/// Whether the file `mark` was not there; it is from now on. Where it can't be made, nothing is hinted at: better
/// never than every time.
pub(super) fn is_first(mark: &Path) -> bool {
    std::fs::File::create_new(mark).is_ok()
}

/// The hints with the operator's own keys, in one line.
pub(super) fn text(keys: &Keymap) -> String {
    let hint = |(action, says): (Action, &str)| Some(format!("{} {says}", keys.keys(action).first()?));
    let hints: Vec<String> = HINTS.into_iter().filter_map(hint).collect();
    format!("first time here? {}", hints.join(", "))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn hints_come_once_and_name_the_keys() {
        let dir = tempfile::tempdir().unwrap();
        let mark = dir.path().join("hinted");
        assert!(is_first(&mark));
        assert!(!is_first(&mark));
        assert!(!is_first(&dir.path().join("missing/hinted")));
        assert_eq!(
            text(&Keymap::default()),
            "first time here? s runs the next step, ? shows every key, q leaves"
        );
    }
}
