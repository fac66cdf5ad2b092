//! What a card or a question says, part by part, laid out for the width there is.

use std::ops::Range;

use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

use super::Sight;
use crate::artifact::compare::{Row, changed};
use crate::report::layout::{broken, wrap};
use crate::tui::theme::{Role, Theme};
use crate::tui::view::fit;

/// Pieces of a line are no narrower, in columns.
const LEAST: usize = 8;

/// A part of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// A heading.
    Head(String),
    /// Prose, in a role.
    Text(Role, String),
    /// Prose that belongs to the line above it, set in a little.
    Under(Role, String),
    /// A name, and what is to be said under it; each on a line of its own.
    Field(&'static str, Role, Vec<String>),
    /// Prose, so many steps to the right.
    Deep(usize, Role, String),
    /// A line as it is: a command, a line of a file.
    Verbatim(Role, String),
    /// A line that leads to something: what stands at its left, and at its right.
    Link(Role, String, String, Sight),
    /// A line of a text, and the same line of another one beside it.
    Beside(Row),
    /// A line of a text, and under it what it is by now.
    Against(Row),
    /// An empty line.
    Gap,
}

/// Columns before a field's text.
const FIELD: usize = 11;

impl Part {
    /// Plain prose.
    pub fn say(text: impl Into<String>) -> Self {
        Self::Text(Role::Text, text.into())
    }

    /// What is to be heeded.
    pub fn warn(text: impl Into<String>) -> Self {
        Self::Text(Role::Warning, text.into())
    }

    /// One of several.
    pub fn item(text: impl Into<String>) -> Self {
        Self::Under(Role::Dim, text.into())
    }

    /// What is typed or run, word for word.
    pub fn command(text: impl Into<String>) -> Self {
        Self::Under(Role::Key, text.into())
    }

    /// A field of ordinary text; nothing where there is nothing to say.
    pub fn field(name: &'static str, values: impl IntoIterator<Item = String>) -> Option<Self> {
        let values: Vec<String> = values.into_iter().filter(|value| !value.is_empty()).collect();
        (!values.is_empty()).then_some(Self::Field(name, Role::Text, values))
    }

    pub(super) fn lines(&self, width: usize, theme: &Theme) -> Vec<Line<'static>> {
        match self {
            Self::Deep(depth, role, text) => {
                let indent = "  ".repeat(*depth);
                wrap(text, width.saturating_sub(indent.len()))
                    .into_iter()
                    .map(|line| Line::styled(format!("{indent}{line}"), theme.style(*role)))
                    .collect()
            }
            Self::Link(role, text, more, _) => vec![link(*role, text, more, width, theme)],
            Self::Beside(row) => beside(row, width, theme),
            Self::Against(row) => against(row, width, theme),
            Self::Head(text) => vec![Line::styled(text.clone(), theme.style(Role::Title))],
            Self::Text(role, text) => {
                wrap(text, width).into_iter().map(|line| Line::styled(line, theme.style(*role))).collect()
            }
            Self::Under(role, text) => wrap(text, width.saturating_sub(2))
                .into_iter()
                .map(|line| Line::styled(format!("  {line}"), theme.style(*role)))
                .collect(),
            Self::Field(name, role, values) => {
                let room = width.saturating_sub(FIELD);
                let rows = values.iter().flat_map(|value| wrap(value, room));
                rows.enumerate()
                    .map(|(n, row)| {
                        let head = format!("{:FIELD$}", if n == 0 { *name } else { "" });
                        Line::from(vec![
                            Span::styled(head, theme.style(Role::Dim)),
                            Span::styled(row, theme.style(*role)),
                        ])
                    })
                    .collect()
            }
            Self::Verbatim(role, text) => broken(text, width.max(LEAST))
                .into_iter()
                .map(|line| Line::styled(line, theme.style(*role)))
                .collect(),
            Self::Gap => vec![Line::raw("")],
        }
    }
}

fn link(role: Role, text: &str, more: &str, width: usize, theme: &Theme) -> Line<'static> {
    let room = width.saturating_sub(more.width() + 3);
    let text = fit(text, room, theme.glyphs);
    let gap = " ".repeat(room.saturating_sub(text.width()) + 1);
    Line::from(vec![
        Span::raw("  "),
        Span::styled(text, theme.style(role)),
        Span::raw(gap),
        Span::styled(more.to_owned(), theme.style(Role::Dim)),
    ])
}

/// The link that is chosen.
pub(super) fn pointed(mut line: Line<'static>, width: usize, theme: &Theme) -> Line<'static> {
    if let Some(first) = line.spans.first_mut() {
        *first = Span::raw(theme.glyphs.pick("▸ ", "> "));
    }
    let gap = width.saturating_sub(line.width());
    line.push_span(Span::raw(" ".repeat(gap)));
    line.patch_style(theme.style(Role::Selection))
}

/// Text of which a part stands out.
struct Told<'a> {
    text: &'a str,
    /// In characters.
    stands_out: Range<usize>,
    role: Role,
}

impl<'a> Told<'a> {
    const fn whole(text: &'a str, role: Role) -> Self {
        Self { text, stands_out: 0..usize::MAX, role }
    }

    /// In pieces of at most `width` columns.
    fn broken(&self, width: usize, theme: &Theme) -> Vec<Line<'static>> {
        let mut at = 0;
        let line = |piece: String| {
            let mut spans: Vec<Span<'static>> = Vec::new();
            let mut last = None;
            for c in piece.chars() {
                let role = if self.stands_out.contains(&at) { self.role } else { Role::Text };
                at += 1;
                match spans.last_mut() {
                    Some(span) if last == Some(role) => span.content.to_mut().push(c),
                    _ => spans.push(Span::styled(c.to_string(), theme.style(role))),
                }
                last = Some(role);
            }
            Line::from(spans)
        };
        broken(self.text, width.max(LEAST)).into_iter().map(line).collect()
    }
}

/// Both lines of a row that are not alike.
fn both<'a>(left: &'a str, right: &'a str) -> (Told<'a>, Told<'a>) {
    let (gone, come) = changed(left, right);
    let told = |text, stands_out, role| Told { text, stands_out, role };
    (told(left, gone, Role::Removed), told(right, come, Role::Added))
}

/// Two columns with a mark between them: what is not alike is marked, without a colour too. What is alike is cut to one
/// line: the file as it is has the whole of it.
fn beside(row: &Row, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let column = width.saturating_sub(3) / 2;
    let (left, right, mark, role) = match row {
        Row::Same(line) => {
            let line = Line::styled(fit(line, column, theme.glyphs), theme.style(Role::Dim));
            (vec![line.clone()], vec![line], " ", Role::Dim)
        }
        Row::Differs(left, right) => {
            let (left, right) = both(left, right);
            (left.broken(column, theme), right.broken(column, theme), "~", Role::Warning)
        }
        Row::Left(line) => {
            (Told::whole(line, Role::Removed).broken(column, theme), Vec::new(), "<", Role::Removed)
        }
        Row::Right(line) => {
            (Vec::new(), Told::whole(line, Role::Added).broken(column, theme), ">", Role::Added)
        }
    };
    (0..left.len().max(right.len()))
        .map(|at| {
            let mut line = left.get(at).cloned().unwrap_or_default();
            let gap = " ".repeat(column.saturating_sub(line.width()));
            line.push_span(Span::styled(format!("{gap} {mark} "), theme.style(role)));
            line.extend(right.get(at).cloned().unwrap_or_default());
            line
        })
        .collect()
}

/// Lines that went above those that came.
fn against(row: &Row, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let room = width.saturating_sub(2);
    let marked = |told: Told<'_>, mark: &'static str, role| {
        let lines = told.broken(room, theme).into_iter();
        let style = theme.style(role);
        lines
            .map(|mut line| {
                line.spans.insert(0, Span::styled(mark, style));
                line
            })
            .collect::<Vec<_>>()
    };
    match row {
        Row::Same(line) => {
            vec![Line::styled(format!("  {}", fit(line, room, theme.glyphs)), theme.style(Role::Dim))]
        }
        Row::Differs(left, right) => {
            let (left, right) = both(left, right);
            let mut lines = marked(left, "- ", Role::Removed);
            lines.extend(marked(right, "+ ", Role::Added));
            lines
        }
        Row::Left(line) => marked(Told::whole(line, Role::Removed), "- ", Role::Removed),
        Row::Right(line) => marked(Told::whole(line, Role::Added), "+ ", Role::Added),
    }
}

/// All parts as lines of at most `width` columns.
pub fn lay_out(parts: &[Part], width: usize, theme: &Theme) -> Vec<Line<'static>> {
    parts.iter().flat_map(|part| part.lines(width, theme)).collect()
}
