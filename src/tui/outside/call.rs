//! Calls the operator who looks elsewhere.

use std::ffi::OsString;

use super::one_line;

/// What is known of the window's focus; not every terminal tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::tui) enum Focus {
    /// The terminal has not said anything.
    #[default]
    Unknown,
    /// The operator is here.
    Here,
    /// The operator looks at another window.
    Elsewhere,
}

/// The sequence that calls: nothing while the operator is here, the bell alone where that is not known.
pub(in crate::tui) fn call(text: &str, focus: Focus, env: impl Fn(&str) -> Option<OsString>) -> String {
    let text = one_line(text);
    match focus {
        Focus::Here => String::new(),
        Focus::Unknown => "\x07".to_owned(),
        Focus::Elsewhere => {
            let term = env("TERM").unwrap_or_default();
            let term = term.to_string_lossy();
            // These know the other kind of notification. `;` divides its fields.
            if ["rxvt", "foot", "ghostty"].iter().any(|known| term.contains(known)) {
                format!("\x07\x1b]777;notify;kubestep;{}\x07", text.replace(';', ","))
            } else {
                // Some take a number and `;` at its beginning for something else than text.
                format!("\x07\x1b]9;kubestep: {text}\x07")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_here_is_not_called() {
        let xterm = |name: &str| (name == "TERM").then(|| "xterm-256color".into());
        let foot = |name: &str| (name == "TERM").then(|| "foot".into());
        assert_eq!(call("x", Focus::Here, xterm), "");
        assert_eq!(call("x", Focus::Unknown, xterm), "\x07");
        assert_eq!(call("4;1;\x1b\\x\n", Focus::Elsewhere, xterm), "\x07\x1b]9;kubestep: 4;1;x\x07");
        assert_eq!(call("a; b", Focus::Elsewhere, foot), "\x07\x1b]777;notify;kubestep;a, b\x07");
    }
}
