//! The journal, read.

use super::super::call::{Call, Known};
use crate::sim::model::journal::Entry;

/// Lines that are shown where nobody says how many.
const USUAL: usize = 1_000;

pub(super) fn journalctl(call: &mut Call<'_>) -> i32 {
    let known = Known {
        switches: &[
            "f",
            "e",
            "x",
            "r",
            "q",
            "a",
            "k",
            "b",
            "no-pager",
            "follow",
            "reverse",
            "quiet",
            "no-hostname",
            "all",
        ],
        valued: &[
            "u", "unit", "n", "lines", "o", "output", "since", "until", "S", "U", "g", "grep", "p", "t",
        ],
    };
    let options = match call.options(&known) {
        Ok(options) => options,
        Err(rc) => return rc,
    };
    if options.has(&["f", "follow"]) {
        return call.lacks("option -f: nothing is followed here; look again");
    }
    for missing in ["since", "until", "S", "U", "p", "k"] {
        if options.has(&[missing]) {
            return call.lacks(format!("option {missing}"));
        }
    }
    let units: Vec<&str> = options
        .values(&["u", "unit", "t"])
        .iter()
        .map(|unit| unit.strip_suffix(".service").unwrap_or(unit))
        .collect();
    let Ok(node) = call.machine() else { return 255 };
    let pattern = options.value(&["g", "grep"]).unwrap_or_default().to_lowercase();
    let mine = |entry: &&Entry| {
        (units.is_empty() || units.contains(&entry.unit.as_str()))
            && entry.text.to_lowercase().contains(&pattern)
    };
    let most = match options.value(&["n", "lines"]) {
        Some("all") => usize::MAX,
        Some(given) => match given.parse() {
            Ok(most) => most,
            Err(_) => return call.fail(1, format!("Failed to parse lines '{given}'")),
        },
        None => USUAL,
    };
    let bare = options.value(&["o", "output"]) == Some("cat");
    let host = &node.hardware.hostname;
    let mut shown: Vec<String> = node
        .journal
        .all()
        .rev()
        .filter(mine)
        .take(most)
        .map(|entry| if bare { format!("{}\n", entry.text) } else { entry.line(host) })
        .collect();
    if !options.has(&["r", "reverse"]) {
        shown.reverse();
    }
    // What is so now, and was not noted when it came.
    if units.contains(&"containerd") {
        shown.extend(super::units::said(node, "containerd").into_iter().map(|line| line + "\n"));
    }
    if shown.is_empty() {
        call.say("-- No entries --\n");
    }
    call.say(shown.concat());
    0
}
