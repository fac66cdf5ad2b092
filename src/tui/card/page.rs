//! Text in parts, laid out for the width there is, and scrolled.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Frame;
use ratatui::layout::{Constraint, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear};
use unicode_width::UnicodeWidthStr;

use super::Sight;
use crate::artifact::compare::Row;
use crate::report::layout::wrap;
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::overlay::{Overlay, Reply};
use crate::tui::theme::{Role, Theme};
use crate::tui::view::fit;

/// A part of a page.
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
    /// A line of a text, and the same line of another one.
    Beside(Row),
    /// An empty line.
    Gap,
}

/// Columns before a field's text.
const FIELD: usize = 11;

impl Part {
    /// A field of ordinary text; nothing where there is nothing to say.
    pub fn field(name: &'static str, values: impl IntoIterator<Item = String>) -> Option<Self> {
        let values: Vec<String> = values.into_iter().filter(|value| !value.is_empty()).collect();
        (!values.is_empty()).then_some(Self::Field(name, Role::Text, values))
    }

    fn lines(&self, width: usize, theme: &Theme) -> Vec<Line<'static>> {
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
            Self::Verbatim(role, text) => {
                broken(text, width).into_iter().map(|line| Line::styled(line, theme.style(*role))).collect()
            }
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

/// Two columns with a mark between them: what is not alike is marked, without a colour too.
fn beside(row: &Row, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let column = width.saturating_sub(3) / 2;
    let (left, right, mark, role) = match row {
        Row::Same(line) => (line.as_str(), line.as_str(), " ", Role::Dim),
        Row::Differs(left, right) => (left.as_str(), right.as_str(), "~", Role::Warning),
        Row::Left(line) => (line.as_str(), "", "<", Role::Removed),
        Row::Right(line) => ("", line.as_str(), ">", Role::Added),
    };
    let (left, right) = (broken(left, column), broken(right, column));
    (0..left.len().max(right.len()))
        .map(|at| {
            let cell = |lines: &[String]| lines.get(at).cloned().unwrap_or_default();
            let (left, right) = (cell(&left), cell(&right));
            let gap = " ".repeat(column.saturating_sub(left.width()));
            let (left_role, right_role) = match row {
                Row::Differs(..) => (Role::Removed, Role::Added),
                _ => (role, role),
            };
            Line::from(vec![
                Span::styled(left, theme.style(left_role)),
                Span::styled(format!("{gap} {mark} "), theme.style(role)),
                Span::styled(right, theme.style(right_role)),
            ])
        })
        .collect()
}

/// A line in pieces of at most `width` columns, nothing of it lost.
fn broken(text: &str, width: usize) -> Vec<String> {
    let width = width.max(8);
    let mut lines = vec![String::new()];
    let mut used = 0;
    for c in text.chars() {
        let wide = unicode_width::UnicodeWidthChar::width(c).unwrap_or(0);
        if used + wide > width {
            lines.push(String::new());
            used = 0;
        }
        used += wide;
        if let Some(line) = lines.last_mut() {
            line.push(c);
        }
    }
    lines
}

/// All parts as lines of at most `width` columns.
pub fn lay_out(parts: &[Part], width: usize, theme: &Theme) -> Vec<Line<'static>> {
    parts.iter().flat_map(|part| part.lines(width, theme)).collect()
}

/// Something that a key on the page does.
#[derive(Debug, Clone, PartialEq)]
enum Does {
    Act(Action),
    Effect(Effect),
    Open(Box<Page>),
    Show(Sight),
}

/// A page over the screen.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    title: String,
    parts: Vec<Part>,
    top: usize,
    /// Which of its links is chosen.
    at: usize,
    keys: Vec<(char, String, Does)>,
    /// The page from which this one was opened.
    back: Option<Box<Page>>,
}

impl Page {
    /// A page of `parts`.
    pub fn new(title: impl Into<String>, parts: Vec<Part>) -> Self {
        Self { title: title.into(), parts, top: 0, at: 0, keys: Vec::new(), back: None }
    }

    /// A key that takes an action, told at the page's foot.
    #[must_use]
    pub fn action(mut self, key: char, says: impl Into<String>, action: Action) -> Self {
        self.keys.push((key, says.into(), Does::Act(action)));
        self
    }

    /// A key that does something outside, told at the page's foot.
    #[must_use]
    pub fn effect(mut self, key: char, says: impl Into<String>, effect: Effect) -> Self {
        self.keys.push((key, says.into(), Does::Effect(effect)));
        self
    }

    /// A key that opens another page, from which `esc` leads back, told at the page's foot.
    #[must_use]
    pub fn opens(mut self, key: char, says: impl Into<String>, page: Self) -> Self {
        self.keys.push((key, says.into(), Does::Open(Box::new(page))));
        self
    }

    /// A key that shows something else, from which `esc` leads back, told at the page's foot.
    #[must_use]
    pub fn shows(mut self, key: char, says: impl Into<String>, sight: Sight) -> Self {
        self.keys.push((key, says.into(), Does::Show(sight)));
        self
    }

    /// Links, each with the line on which it stands.
    fn links(&self, width: usize, theme: &Theme) -> Vec<(usize, &Sight)> {
        let mut line = 0;
        let mut links = Vec::new();
        for part in &self.parts {
            if let Part::Link(.., sight) = part {
                links.push((line, sight));
            }
            line += part.lines(width, theme).len();
        }
        links
    }

    /// Another page over this one, which is gone back to from there.
    fn go_on(&mut self, page: Self) {
        let back = std::mem::replace(self, page);
        self.back = Some(Box::new(back));
    }

    /// What is on it.
    #[cfg(test)]
    pub(super) fn parts(&self) -> &[Part] {
        &self.parts
    }

    fn inner(area: Rect) -> Rect {
        let outer = place(area);
        Rect {
            x: outer.x + 2,
            y: outer.y + 1,
            width: outer.width.saturating_sub(4),
            height: outer.height.saturating_sub(2),
        }
    }

    fn foot(&self, width: usize, theme: &Theme) -> Vec<Line<'static>> {
        let mut lines = vec![Line::default()];
        for (key, says, _) in &self.keys {
            let wide = says.width() + 4;
            if lines.last().is_some_and(|line| line.width() > 0 && line.width() + wide > width) {
                lines.push(Line::default());
            }
            if let Some(line) = lines.last_mut() {
                line.push_span(Span::styled(format!(" {key} "), theme.style(Role::Key)));
                line.push_span(Span::raw(format!("{says} ")));
            }
        }
        lines.retain(|line| line.width() > 0);
        lines
    }

    fn furthest(&self, area: Rect, theme: &Theme) -> usize {
        let inner = Self::inner(area);
        let width = usize::from(inner.width);
        let room = usize::from(inner.height).saturating_sub(self.foot(width, theme).len());
        lay_out(&self.parts, width, theme).len().saturating_sub(room)
    }
}

/// The link that is chosen.
fn pointed(mut line: Line<'static>, width: usize, theme: &Theme) -> Line<'static> {
    if let Some(first) = line.spans.first_mut() {
        *first = Span::raw(theme.glyphs.pick("▸ ", "> "));
    }
    let gap = width.saturating_sub(line.width());
    line.push_span(Span::raw(" ".repeat(gap)));
    line.patch_style(theme.style(Role::Selection))
}

/// Most of the screen, with the rack still seen around it where there is room.
fn place(area: Rect) -> Rect {
    let width = area.width.saturating_sub(if area.width > 90 { 12 } else { 2 }).min(110);
    let height = area.height.saturating_sub(if area.height > 30 { 6 } else { 2 });
    area.centered(Constraint::Length(width), Constraint::Length(height))
}

impl Page {
    /// Among links the keys that move go from one to the next, and Enter follows the chosen one.
    fn choose(&mut self, key: KeyEvent, control: bool, model: &Model) -> Option<Reply> {
        let area = Rect::from((ratatui::layout::Position::ORIGIN, model.size));
        let width = usize::from(Self::inner(area).width);
        let foot = self.foot(width, &model.theme).len();
        let room = usize::from(Self::inner(area).height).saturating_sub(foot).max(1);
        let links = self.links(width, &model.theme);
        let last = links.len().checked_sub(1)?;
        let at = match key.code {
            KeyCode::Char('u') if control => self.at.saturating_sub(room / 2),
            KeyCode::Char('d') if control => self.at + room / 2,
            KeyCode::Char('k') | KeyCode::Up => self.at.saturating_sub(1),
            KeyCode::Char('j') | KeyCode::Down => self.at + 1,
            KeyCode::PageUp => self.at.saturating_sub(room),
            KeyCode::PageDown | KeyCode::Char(' ') => self.at + room,
            KeyCode::Char('g') | KeyCode::Home => 0,
            KeyCode::Char('G') | KeyCode::End => last,
            KeyCode::Enter | KeyCode::Char('l') | KeyCode::Right => {
                let page = links.get(self.at).map(|(_, sight)| sight.page(model))?;
                self.go_on(page);
                return Some(Reply::Stay);
            }
            _ => return None,
        };
        let at = at.min(last);
        let line = links.get(at).map_or(0, |(line, _)| *line);
        self.at = at;
        // What stands above the first one is seen with it.
        self.top = if at == 0 { 0 } else { self.top.min(line) }.max((line + 1).saturating_sub(room));
        Some(Reply::Stay)
    }
}

impl Overlay for Page {
    fn key(&mut self, key: KeyEvent, model: &Model) -> Reply {
        let area = Rect::from((ratatui::layout::Position::ORIGIN, model.size));
        let page = usize::from(Self::inner(area).height).max(1);
        let furthest = self.furthest(area, &model.theme);
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        if let KeyCode::Char(pressed) = key.code
            && !control
            && let Some((_, _, does)) = self.keys.iter().find(|(key, _, _)| *key == pressed)
        {
            return match does {
                Does::Act(action) => Reply::Act(*action),
                Does::Effect(effect) => Reply::Do(vec![effect.clone()]),
                Does::Open(page) => {
                    let page = (**page).clone();
                    self.go_on(page);
                    Reply::Stay
                }
                Does::Show(sight) => {
                    let page = sight.page(model);
                    self.go_on(page);
                    Reply::Stay
                }
            };
        }
        if let Some(reply) = self.choose(key, control, model) {
            return reply;
        }
        self.top = match key.code {
            KeyCode::Char('u') if control => self.top.saturating_sub(page / 2),
            KeyCode::Char('d') if control => self.top + page / 2,
            KeyCode::Char('k') | KeyCode::Up => self.top.saturating_sub(1),
            KeyCode::Char('j') | KeyCode::Down => self.top + 1,
            KeyCode::PageUp => self.top.saturating_sub(page),
            KeyCode::PageDown | KeyCode::Char(' ') => self.top + page,
            KeyCode::Char('g') | KeyCode::Home => 0,
            KeyCode::Char('G') | KeyCode::End => furthest,
            KeyCode::Esc | KeyCode::Enter | KeyCode::Char('q') => {
                let Some(back) = self.back.take() else { return Reply::Close };
                *self = *back;
                return Reply::Stay;
            }
            _ => self.top,
        }
        .min(furthest);
        Reply::Stay
    }

    fn render(&self, frame: &mut Frame<'_>, area: Rect, model: &Model) {
        let theme = &model.theme;
        let outer = place(area);
        let inner = Self::inner(area);
        frame.render_widget(Clear, outer);
        let more = self.top < self.furthest(area, theme);
        let hint = match (self.top > 0, more) {
            (_, true) => " j k: more below ",
            (true, false) => " end ",
            (false, false) => "",
        };
        let block = Block::bordered()
            .style(theme.style(Role::Text))
            .border_style(theme.style(Role::Focus))
            .title(format!(" {} ", self.title))
            .title_bottom(Line::raw(hint).right_aligned())
            .title_bottom(" esc: back ");
        frame.render_widget(block, outer);
        let width = usize::from(inner.width);
        let foot = self.foot(width, theme);
        let room = usize::from(inner.height).saturating_sub(foot.len());
        let lines = lay_out(&self.parts, width, theme);
        let body = lines.into_iter().skip(self.top).take(room);
        let chosen = self.links(width, theme).get(self.at).map(|(line, _)| *line);
        for (at, (line, y)) in body.zip(inner.top()..).enumerate() {
            let line = if chosen == Some(self.top + at) { pointed(line, width, theme) } else { line };
            frame.render_widget(line, Rect { y, height: 1, ..inner });
        }
        let below = inner.bottom().saturating_sub(u16::try_from(foot.len()).unwrap_or(0));
        for (line, y) in foot.into_iter().zip(below..inner.bottom()) {
            frame.render_widget(line, Rect { y, height: 1, ..inner });
        }
    }
}
