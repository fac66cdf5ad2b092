//! Every command by name, and jumps: `:step`, `:node bettley`, `:phase certs/ca`.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::{Margin, Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear};
use unicode_width::UnicodeWidthStr as _;

use super::input::Field;
use super::{Overlay, Reply};
use crate::ids::{NodeName, StepId};
use crate::tui::action::{Action, Entry, Scope, fuzzy, may};
use crate::tui::model::Model;
use crate::tui::rack::RowId;
use crate::tui::theme::{Role, Theme};
use crate::tui::view::fit;

/// Columns at most.
const WIDEST: u16 = 84;
/// Columns of names.
const NAMES: usize = 18;

/// A line to write in, and what fits it.
#[derive(Debug)]
pub struct Palette {
    field: Field,
    at: usize,
}

/// Something to choose.
#[derive(Debug, Clone, PartialEq)]
enum Item {
    Act(&'static Entry),
    Node(NodeName),
    Phase(StepId),
}

impl Default for Palette {
    fn default() -> Self {
        Self { field: Field::new(80), at: 0 }
    }
}

impl Palette {
    /// What fits, the best first; without a word those used lately, and what can't be done last.
    fn items(&self, model: &Model) -> Vec<Item> {
        let text = self.field.text();
        let text = text.trim_start();
        if let Some(rest) = text.strip_prefix("phase ") {
            return phases(model, rest);
        }
        if let Some(rest) = text.strip_prefix("node ") {
            return ranked(nodes(model), |node| fuzzy(rest, node_name(node)));
        }
        let actions = Action::list().iter().filter(|entry| {
            !matches!(entry.action, Action::Palette) && !matches!(entry.action, Action::Node(2..))
        });
        let recent = |entry: &Entry| model.recent.iter().position(|action| *action == entry.action);
        if text.trim().is_empty() {
            let mut entries: Vec<&'static Entry> = actions.collect();
            entries.sort_by_key(|entry| {
                let refused = may(model, entry.action).is_err();
                (recent(entry).unwrap_or(usize::MAX), refused, entry.scope == Scope::Move)
            });
            return entries.into_iter().map(Item::Act).collect();
        }
        let all = actions.map(Item::Act).chain(nodes(model));
        ranked(all, |item| match item {
            Item::Act(entry) => {
                let name = fuzzy(text, entry.name).map(|fit| fit * 2);
                // A title has many letters: only whole pieces of it count.
                let title = fuzzy(text, entry.title).filter(|fit| *fit >= 1500);
                let fit = name.max(title)?;
                let exact = usize::from(text.trim() == entry.name) * 1_000_000;
                Some(fit + exact + usize::from(recent(entry).is_some()) * 100)
            }
            other => fuzzy(text, node_name(other)),
        })
    }

    fn take(&self, at: usize, model: &Model) -> Reply {
        match self.items(model).get(at) {
            Some(Item::Act(entry)) if may(model, entry.action).is_err() => Reply::Stay,
            Some(Item::Act(entry)) => Reply::Act(entry.action),
            Some(Item::Node(node)) => Reply::Go(RowId::Node(node.clone())),
            Some(Item::Phase(step)) => Reply::Go(RowId::Step(step.clone())),
            None => Reply::Stay,
        }
    }
}

fn nodes(model: &Model) -> impl Iterator<Item = Item> {
    model.run.nodes().map(|node| Item::Node(node.name.clone()))
}

fn node_name(item: &Item) -> &str {
    if let Item::Node(node) = item { node.as_str() } else { "" }
}

/// Each phase of the plan once: on the selected node if it has it.
fn phases(model: &Model, text: &str) -> Vec<Item> {
    let here = model.rack.selected().map(|row| row.id.node());
    let mut steps: Vec<&StepId> = Vec::new();
    let own = model.run.steps().filter(|step| Some(&step.id().node) == here);
    for step in own.chain(model.run.steps()) {
        if !steps.iter().any(|other| other.phase == step.id().phase) {
            steps.push(step.id());
        }
    }
    let items = steps.into_iter().map(|step| Item::Phase(step.clone()));
    ranked(items, |item| match item {
        Item::Phase(step) => fuzzy(text, step.phase.as_str()),
        _ => None,
    })
}

fn ranked(items: impl Iterator<Item = Item>, fit: impl Fn(&Item) -> Option<usize>) -> Vec<Item> {
    let mut fitting: Vec<(usize, Item)> = items.filter_map(|item| Some((fit(&item)?, item))).collect();
    fitting.sort_by_key(|(fit, _)| std::cmp::Reverse(*fit));
    fitting.into_iter().map(|(_, item)| item).collect()
}

/// The frame, the line that is written, and the list.
fn places(area: Rect) -> (Rect, Rect, Rect) {
    let width = area.width.saturating_sub(2).min(WIDEST);
    let height = area.height.saturating_sub(2).min(22);
    let frame =
        Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 3, width, height };
    let inside = frame.inner(Margin::new(1, 1));
    let line = Rect { height: inside.height.min(1), ..inside };
    let list = Rect { y: inside.y + line.height, height: inside.height - line.height, ..inside };
    (frame, line, list)
}

/// The first item to be seen, so that the selected one is.
const fn first(at: usize, height: usize) -> usize {
    (at + 1).saturating_sub(height)
}

impl Overlay for Palette {
    fn key(&mut self, key: KeyEvent, model: &Model) -> Reply {
        let last = self.items(model).len().saturating_sub(1);
        match key.code {
            KeyCode::Esc => return Reply::Close,
            KeyCode::Backspace if self.field.text().is_empty() => return Reply::Close,
            KeyCode::Enter => return self.take(self.at.min(last), model),
            KeyCode::Up | KeyCode::BackTab => self.at = self.at.min(last).checked_sub(1).unwrap_or(last),
            KeyCode::Down | KeyCode::Tab => self.at = if self.at >= last { 0 } else { self.at + 1 },
            KeyCode::PageUp => self.at = self.at.saturating_sub(10),
            KeyCode::PageDown => self.at = (self.at + 10).min(last),
            _ => {
                if self.field.key(key) {
                    self.at = 0;
                }
            }
        }
        Reply::Stay
    }

    fn paste(&mut self, text: &str) {
        self.field.insert(text);
        self.at = 0;
    }

    fn click(&mut self, at: Position, area: Rect, model: &Model) -> Reply {
        let (frame, _, list) = places(area);
        if !frame.contains(at) {
            return Reply::Close;
        }
        if !list.contains(at) {
            return Reply::Stay;
        }
        self.at = first(self.at, usize::from(list.height)) + usize::from(at.y - list.y);
        self.take(self.at, model)
    }

    fn render(&self, frame: &mut Frame<'_>, area: Rect, model: &Model) {
        let theme = &model.theme;
        let (outer, line, list) = places(area);
        frame.render_widget(Clear, outer);
        let (border, style) = theme.frame(true);
        let title = Span::styled(" commands ", theme.style(Role::Title));
        frame.render_widget(Block::bordered().border_set(border).border_style(style).title(title), outer);
        let mut spans = vec![Span::styled(":", theme.style(Role::Key))];
        let hint = "a command, or: node NAME, phase PATH";
        spans.extend(self.field.line(usize::from(line.width).saturating_sub(1), hint, theme).spans);
        frame.render_widget(Line::from(spans), line);
        let items = self.items(model);
        if items.is_empty() {
            frame.render_widget(Line::styled(" nothing fits", theme.style(Role::Dim)), list);
        }
        let at = self.at.min(items.len().saturating_sub(1));
        let height = usize::from(list.height);
        for ((place, item), y) in
            items.iter().enumerate().skip(first(at, height)).zip(list.top()..list.bottom())
        {
            let row = Rect { y, height: 1, ..list };
            let mut line = row_of(item, model, usize::from(row.width));
            if place == at {
                line = line.patch_style(theme.style(Role::Selection));
            }
            frame.render_widget(line, row);
        }
    }
}

fn row_of(item: &Item, model: &Model, width: usize) -> Line<'static> {
    let theme = &model.theme;
    match item {
        Item::Act(entry) => {
            let refused = may(model, entry.action).err();
            let keys: Vec<String> = model.keys.keys(entry.action).iter().map(ToString::to_string).collect();
            let (name, role) = match (&refused, entry.action.is_dangerous()) {
                (Some(_), _) => (Role::Disabled, Role::Disabled),
                (None, true) => (Role::Danger, Role::Text),
                (None, false) => (Role::Text, Role::Dim),
            };
            let text = refused.map_or_else(|| entry.title.to_owned(), |why| format!("not now: {why}"));
            row(entry.name, name, &text, role, &keys.join(" "), width, theme)
        }
        Item::Node(node) => {
            let info = model.run.node(node).and_then(|node| node.info.as_ref());
            let address = info.map(|info| info.address.clone()).unwrap_or_default();
            row("node", Role::Text, &format!("{node}  {address}"), Role::Text, "", width, theme)
        }
        Item::Phase(step) => row("phase", Role::Text, &step.to_string(), Role::Text, "", width, theme),
    }
}

fn row(
    name: &str,
    name_role: Role,
    text: &str,
    role: Role,
    keys: &str,
    width: usize,
    theme: &Theme,
) -> Line<'static> {
    let room = width.saturating_sub(NAMES + keys.width() + 2);
    let text = fit(text, room, theme.glyphs);
    let gap = " ".repeat(room.saturating_sub(text.width()) + 1);
    Line::from(vec![
        Span::styled(format!(" {name:<width$}", width = NAMES - 1), theme.style(name_role)),
        Span::styled(text, theme.style(role)),
        Span::raw(gap),
        Span::styled(format!("{keys} "), theme.style(Role::Key)),
    ])
}
