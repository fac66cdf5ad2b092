//! `key=value` lines as the survey's scripts print them.

use crate::text;

/// The longest value kept, in characters.
const LONGEST: usize = 8 * 1024;

/// The lines of `output` that are `key=value`, in order, made harmless. Keys are lower-case letters, `.` and `_`.
pub(super) fn fields(output: &str) -> impl Iterator<Item = (&str, String)> {
    output.lines().filter_map(|line| {
        let (key, value) = line.split_once('=')?;
        let sound = |c: char| c.is_ascii_lowercase() || c == '.' || c == '_';
        if key.is_empty() || !key.chars().all(sound) {
            return None;
        }
        let value: String = text::sanitize(value).chars().take(LONGEST).collect();
        Some((key, value.trim_end().to_owned()))
    })
}

/// `yes` or `no`; anything else is not known.
pub(super) fn yes_no(value: &str) -> Option<bool> {
    match value {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}
