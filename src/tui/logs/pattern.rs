//! What is looked for in output.

use std::ops::Range;

use regex::{Regex, RegexBuilder};

/// A search: a regular expression if it is one, else the text as it stands; in whatever case, unless it has a capital.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    regex: Regex,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Pattern {
    /// None for an empty text.
    pub fn new(text: &str) -> Option<Self> {
        if text.is_empty() {
            return None;
        }
        let any_case = !text.chars().any(char::is_uppercase);
        let build = |text: &str| {
            RegexBuilder::new(text)
                .case_insensitive(any_case)
                .size_limit(1 << 20)
                .dfa_size_limit(1 << 20)
                .build()
        };
        let regex = build(text).or_else(|_| build(&regex::escape(text))).ok()?;
        Some(Self { text: text.to_owned(), regex })
    }

    /// As it was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is in `line`.
    pub fn is_in(&self, line: &str) -> bool {
        self.regex.is_match(line)
    }

    /// Where it is in `line`, in bytes; places without any length left out.
    pub fn places<'a>(&'a self, line: &'a str) -> impl Iterator<Item = Range<usize>> {
        self.regex.find_iter(line).map(|found| found.range()).filter(|range| !range.is_empty())
    }
}

/// Which lines are shown at all.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// What is looked for.
    pub pattern: Pattern,
    /// Whether the lines that have it are hidden, rather than the others.
    pub inverse: bool,
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_regular_expressions_where_they_can_be() {
        for (pattern, line, found) in [
            ("certs?", "[cert] a", true),
            ("error", "[ERROR Swap]", true),
            ("Error", "[ERROR Swap]", false),
            ("[certs", "[certs] a", true),
            ("a(b", "xa(by", true),
            ("\\d+s", "after 12s", true),
            ("*", "a*b", true),
        ] {
            assert_eq!(Pattern::new(pattern).unwrap().is_in(line), found, "{pattern}");
        }
        assert!(Pattern::new("").is_none());
        assert_eq!(Pattern::new("x*").unwrap().places("axxbx").collect::<Vec<_>>(), [1..3, 4..5]);
    }
}
