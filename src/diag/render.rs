//! Findings drawn for people, with the line and a mark under what is meant.

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::{Diagnostic, Location, Severity};
use crate::text::sanitize;

/// Draws all of them, one after the other, with a count at the end; `colour` for terminals.
pub fn show(diagnostics: &[Diagnostic], colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let mut out = String::new();
    for diagnostic in diagnostics {
        out.push_str(&renderer.render(&[group(diagnostic)]));
        out.push_str("\n\n");
    }
    out.push_str(&count(diagnostics));
    out
}

fn group(diagnostic: &Diagnostic) -> Group<'_> {
    let level = match diagnostic.severity {
        Severity::Note => Level::NOTE,
        Severity::Warning => Level::WARNING,
        Severity::Error => Level::ERROR,
    };
    let title = level.primary_title(sanitize(&diagnostic.message));
    let mut group = match &diagnostic.location {
        Some(at) => title.element(
            Snippet::source(at.text.as_str())
                .line_start(at.line)
                .path(at.file.as_str())
                .annotation(AnnotationKind::Primary.span(bytes(at))),
        ),
        None => Group::with_title(title),
    };
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(sanitize(help)));
    }
    group
}

/// Columns as bytes of the line.
fn bytes(at: &Location) -> Range<usize> {
    let byte = |column: usize| at.text.char_indices().nth(column).map_or(at.text.len(), |(byte, _)| byte);
    let start = at.column.saturating_sub(1);
    byte(start)..byte(start + at.width.max(1))
}

fn count(diagnostics: &[Diagnostic]) -> String {
    let of = |severity, one: &str| {
        let count = diagnostics.iter().filter(|found| found.severity == severity).count();
        (count > 0).then(|| format!("{count} {one}{}", if count == 1 { "" } else { "s" }))
    };
    let counts: Vec<String> =
        [of(Severity::Error, "error"), of(Severity::Warning, "warning")].into_iter().flatten().collect();
    if counts.is_empty() { String::new() } else { format!("{}\n", counts.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_stands_under_what_is_meant() {
        let at = Location {
            file: "i.yaml".into(),
            line: 7,
            column: 9,
            width: 4,
            text: "  é: { rloe: worker }".into(),
        };
        let found = [
            Diagnostic::error("unknown key `rloe`", Some(at)).with_help("did you mean `role`?"),
            Diagnostic::warning("nothing to see", None),
        ];
        let drawn = [
            "error: unknown key `rloe`",
            " --> i.yaml:7:9",
            "  |",
            "7 |   é: { rloe: worker }",
            "  |         ^^^^",
            "  |",
            "  = help: did you mean `role`?",
            "",
            "warning: nothing to see",
            "",
            "1 error, 1 warning",
        ];
        assert_eq!(show(&found, false).lines().collect::<Vec<_>>(), drawn);
        assert!(show(&found, true).contains("\u{1b}["));
        assert!(!show(&found, false).contains('\u{1b}'));
    }

    #[test]
    fn places_beyond_the_line_and_odd_text_are_drawn() {
        for (column, width, text) in [(90, 3, "short"), (1, 0, ""), (1, 1, "\u{1b}[31mred"), (3, 2, "日本語")]
        {
            let at = Location { file: "i.yaml".into(), line: 1, column, width, text: text.into() };
            let drawn = show(&[Diagnostic::error("x", Some(at))], false);
            assert!(drawn.contains("i.yaml:1") && !drawn.contains('\u{1b}'), "{drawn:?}");
        }
    }
}
