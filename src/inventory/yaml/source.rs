//! A file's text, places in it, and what was found there.

use std::sync::LazyLock;

use regex::Regex;

use crate::diag::{Diagnostic, Location, Severity};
use crate::secret::MASK;

/// A stretch of one line; line and column from 1, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Span {
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) width: usize,
}

/// A file as it was read.
pub(crate) struct Source {
    pub(crate) file: String,
    pub(crate) text: String,
    lines: Vec<String>,
}

impl Source {
    pub(crate) fn new(file: &str, text: String) -> Self {
        let lines = text.lines().map(str::to_owned).collect();
        Self { file: file.to_owned(), text, lines }
    }

    /// Line `number` as it stands, from 1.
    pub(crate) fn line(&self, number: usize) -> &str {
        number.checked_sub(1).and_then(|at| self.lines.get(at)).map_or("", String::as_str)
    }

    /// The rest of the line from a place on.
    pub(crate) fn rest(&self, line: usize, column: usize) -> &str {
        let text = self.line(line);
        let start = text.char_indices().nth(column.saturating_sub(1)).map_or(text.len(), |(at, _)| at);
        &text[start..]
    }

    /// The place for a message, its line without passwords.
    pub(crate) fn location(&self, span: Span) -> Location {
        let (text, column, width) = hide_passwords(self.line(span.line), span.column, span.width);
        Location { file: self.file.clone(), line: span.line.max(1), column, width, text }
    }
}

/// A key that holds something secret, and its value: quoted, or up to the end of a flow item or of the line.
static PASSWORDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?i)["']?\w*(?:password|passwd|passphrase|secret|token|certificate_?key)["']?\s*:\s+("(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?|(?:\$\{[^}]*\}|[^\s,}\]#])[^,}\]#]*)"#,
    )
    .ok()
});

/// Where a password comes from is no secret.
fn is_reference(value: &str) -> bool {
    let bare = value.trim().trim_matches(['"', '\'']);
    let start = |text: &str| bare.starts_with(text);
    let variable = start("${") && bare.ends_with('}') && !bare.contains(":-");
    matches!(bare, "prompt" | "none" | "null" | "~") || start("env:") || start("cmd:") || variable
}

/// The line with [`MASK`] for each password, and the stretch moved along with its text.
fn hide_passwords(line: &str, column: usize, width: usize) -> (String, usize, usize) {
    let line = line.replace('\t', " ");
    let (mut column, mut width) = (column.max(1), width.max(1));
    let mut out = String::new();
    let mut done = 0;
    for found in PASSWORDS.iter().flat_map(|shape| shape.captures_iter(&line)) {
        let Some(value) = found.get(1).filter(|value| !is_reference(value.as_str())) else { continue };
        let shown = value.as_str().trim_end();
        let (start, end) = (value.start(), value.start() + shown.len());
        out.push_str(&line[done..start]);
        let masked_column = out.chars().count() + 1;
        out.push_str(MASK);
        done = end;
        let (was, len) = (line[..start].chars().count() + 1, shown.chars().count());
        let moved = |place: usize| (place + MASK.len()).saturating_sub(len);
        if column >= was + len {
            column = moved(column);
        } else if column >= was {
            (column, width) = (masked_column, MASK.len());
        } else if column + width > was {
            width = moved(width).max(1);
        }
    }
    out.push_str(&line[done..]);
    let room = (out.chars().count() + 1).saturating_sub(column).max(1);
    (out, column, width.min(room))
}

/// What was found in one file.
pub(crate) struct Report<'s> {
    pub(crate) source: &'s Source,
    pub(crate) found: Vec<Diagnostic>,
    /// Values of variables and how they stand in the file: the environment may hold secrets.
    variables: Vec<(String, String)>,
}

/// Shorter values of variables would blot out ordinary words.
const SHORTEST: usize = 6;

impl<'s> Report<'s> {
    pub(crate) fn new(source: &'s Source) -> Self {
        Self { source, found: Vec::new(), variables: Vec::new() }
    }

    /// From now on messages show `${name}` for `value`.
    pub(crate) fn keep_out(&mut self, name: &str, value: &str) {
        if value.chars().count() >= SHORTEST {
            self.variables.push((value.to_owned(), format!("${{{name}}}")));
        }
    }

    fn without_values(&self, text: String) -> String {
        self.variables.iter().fold(text, |text, (value, name)| text.replace(value, name))
    }

    /// Adds a finding; the same one at the same place counts once.
    fn add(&mut self, severity: Severity, at: Option<Span>, message: String, help: String) {
        let location = at.map(|span| self.source.location(span));
        let message = self.without_values(message);
        let help = (!help.is_empty()).then(|| self.without_values(help));
        let diagnostic = Diagnostic { severity, message, help, location };
        if !self.found.contains(&diagnostic) {
            self.found.push(diagnostic);
        }
    }

    /// What is wrong at a place, and what to do; an empty `help` says nothing.
    pub(crate) fn error(&mut self, at: Span, message: impl Into<String>, help: impl Into<String>) {
        self.add(Severity::Error, Some(at), message.into(), help.into());
    }

    /// What may hurt, said at the first place only.
    pub(crate) fn warning_once(&mut self, at: Span, message: impl Into<String>, help: impl Into<String>) {
        let message = message.into();
        if !self.found.iter().any(|found| found.message == message) {
            self.warning(at, message, help);
        }
    }

    /// What may hurt.
    pub(crate) fn warning(&mut self, at: Span, message: impl Into<String>, help: impl Into<String>) {
        self.add(Severity::Warning, Some(at), message.into(), help.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_hidden_and_places_move_with_the_text() {
        let shown = |line: &str, column| hide_passwords(line, column, 4);
        assert_eq!(shown("password: hunter2", 11), ("password: [secret]".into(), 11, 8));
        assert_eq!(
            shown("become: { password: hunter2, metod: sudo }", 30),
            ("become: { password: [secret], metod: sudo }".into(), 31, 4)
        );
        assert_eq!(shown("ansible_become_password: \"a b, c", 1).0, "ansible_become_password: [secret]");
        for plain in
            ["password: prompt", "password: env:PW", "password: ${PW}", "become: { password: cmd:pass x }"]
        {
            assert_eq!(shown(plain, 1).0, plain);
        }
        assert_eq!(shown("x", 90).2, 1);
    }
}
