//! Workflow commands, and lines that must not be taken for such.
//!
//! The runner reads `::name key=value::text` at the beginning of a line, blanks before it allowed, and the older
//! `##[name]text` anywhere. In a command's text `%`, CR and LF are written as percent codes, in its values `:` and `,`
//! as well. Sources: docs.github.com "Workflow commands", actions/runner `ActionCommand.cs`, actions/toolkit `command.ts`.

use crate::diag::Severity;
use crate::report::layout::clean;
use crate::text;

/// How an annotation is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Warning,
    Error,
}

impl From<Severity> for Level {
    fn from(severity: Severity) -> Self {
        if severity == Severity::Error { Self::Error } else { Self::Warning }
    }
}

/// An annotation of the job.
pub(super) fn annotation(level: Level, title: &str, text: &str) -> String {
    let name = match level {
        Level::Warning => "warning",
        Level::Error => "error",
    };
    format!("::{name} title={}::{}", value(&clean(title)), data(&text::sanitize(text)))
}

/// The beginning of a part that is folded away; ends with `::endgroup::`.
pub(super) fn group(title: &str) -> String {
    format!("::group::{}", data(title.trim()))
}

/// A line that the runner takes for text, whatever is in it.
pub(super) fn defuse(line: &str) -> String {
    let safe = line.replace("##[", "## [").replace(['\n', '\r'], " ");
    let blank = safe.len() - safe.trim_start().len();
    if safe[blank..].starts_with("::") {
        return format!("{}: {}", &safe[..blank], &safe[blank + 1..]);
    }
    safe
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn value(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn commands_are_escaped_as_the_runner_reads_them() {
        assert_eq!(
            annotation(Level::Error, "a:b,c", "100 %\nnext"),
            "::error title=a%3Ab%2Cc::100 %25%0Anext"
        );
        assert_eq!(group("  1.2s  n  ✔ done"), "::group::1.2s  n  ✔ done");
        assert_eq!(defuse("  ::error::x"), "  : :error::x");
        assert_eq!(defuse("a ##[error]x"), "a ## [error]x");
        assert_eq!(defuse("a::b"), "a::b");
    }

    proptest! {
        #[test]
        fn no_text_becomes_a_command(text in "[ \t:#\\[%a\n\r\u{a0}\u{3000}]{0,20}") {
            let line = defuse(&text);
            prop_assert!(!line.trim_start().starts_with("::"));
            prop_assert!(!line.contains("##["));
            prop_assert_eq!(line.lines().count().max(1), 1);
            prop_assert_eq!(annotation(Level::Warning, &text, &text).lines().count(), 1);
            prop_assert_eq!(annotation(Level::Warning, &text, "x").matches("::").count(), 2);
        }
    }
}
