//! Every command by name, with what it is about where that is natural: `:step`, `:skip certs/ca`, `:reset fenn`,
//! `:theme nord`; and jumps: `:node bettley`, `:phase certs/ca`.

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
    /// The theme to go back to, while another one is tried on.
    former: Option<String>,
}

/// Something to choose.
#[derive(Debug, Clone, PartialEq)]
enum Item {
    Act(&'static Entry),
    Node(NodeName),
    Phase(StepId),
    /// An action on this row.
    On(&'static Entry, RowId),
    /// A theme: its name, and what it is.
    Theme(String, String),
}

impl Default for Palette {
    fn default() -> Self {
        Self { field: Field::new(80), at: 0, former: None }
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
        if let Some(rest) = text.strip_prefix("theme ") {
            return themes(model, rest.trim());
        }
        if let Some((entry, rest)) = text.split_once(' ').and_then(|(name, rest)| Some((about(name)?, rest)))
        {
            return on_rows(model, entry, rest.trim());
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
            Some(Item::On(entry, row)) => Reply::On(entry.action, row.clone()),
            Some(Item::Theme(name, _)) => Reply::Wear { theme: name.clone(), stay: false },
            None => Reply::Stay,
        }
    }

    /// Tries on the theme that is selected, or takes the former one on again.
    fn try_on(&mut self, model: &Model) -> Reply {
        let items = self.items(model);
        let selected = match items.get(self.at.min(items.len().saturating_sub(1))) {
            Some(Item::Theme(name, _)) => Some(name.clone()),
            _ => None,
        };
        let wanted = match selected {
            Some(name) => {
                self.former.get_or_insert_with(|| model.theme.name.clone());
                Some(name)
            }
            None => self.former.take(),
        };
        match wanted.filter(|name| *name != model.theme.name) {
            Some(theme) => Reply::Wear { theme, stay: true },
            None => Reply::Stay,
        }
    }

    /// Leaves nothing behind.
    fn leave(&self) -> Reply {
        match &self.former {
            Some(theme) => Reply::Wear { theme: theme.clone(), stay: false },
            None => Reply::Close,
        }
    }
}

/// The command of that name, if it can be told what it is about.
fn about(name: &str) -> Option<&'static Entry> {
    let entry = Action::list().iter().find(|entry| entry.name == name)?;
    (of_steps(entry.action) || of_nodes(entry.action)).then_some(entry)
}

const fn of_steps(action: Action) -> bool {
    matches!(
        action,
        Action::Step
            | Action::RunTo
            | Action::Break
            | Action::Retry
            | Action::Skip
            | Action::Stop
            | Action::Kill
            | Action::Explain
            | Action::Why
            | Action::Diagnosis
    )
}

const fn of_nodes(action: Action) -> bool {
    matches!(action, Action::Reset | Action::Shell | Action::Config | Action::Mark)
}

/// The steps that `text` names, on the selected node or on the one that it names first; or the nodes.
fn on_rows(model: &Model, entry: &'static Entry, text: &str) -> Vec<Item> {
    if of_nodes(entry.action) {
        let nodes = model.run.nodes().map(|node| Item::On(entry, RowId::Node(node.name.clone())));
        return ranked(nodes, |item| match item {
            Item::On(_, row) => fuzzy(text, row.node().as_str()),
            _ => None,
        });
    }
    let first = text.split(' ').next().unwrap_or_default();
    let named = model.run.nodes().map(|node| &node.name).find(|node| node.as_str() == first);
    let (node, rest) = match (named, model.rack.selected()) {
        (Some(node), _) => (node, text[first.len()..].trim()),
        (None, Some(row)) => (row.id.node(), text),
        (None, None) => return Vec::new(),
    };
    let steps = model.run.steps_of(node).filter(|step| step.planned);
    let items = steps.map(|step| Item::On(entry, RowId::Step(step.id().clone())));
    let fitting = ranked(items, |item| match item {
        Item::On(_, RowId::Step(step)) => fuzzy(rest, step.phase.as_str()),
        _ => None,
    });
    if !fitting.is_empty() || named.is_some() {
        return fitting;
    }
    // This node hasn't got it: perhaps another one.
    let elsewhere = phases(model, rest).into_iter().filter_map(|item| match item {
        Item::Phase(step) => Some(Item::On(entry, RowId::Step(step))),
        _ => None,
    });
    elsewhere.collect()
}

fn themes(model: &Model, text: &str) -> Vec<Item> {
    let Some(look) = &model.look else { return Vec::new() };
    let items = look.themes.list().map(|(name, summary)| Item::Theme(name.to_owned(), summary.to_owned()));
    ranked(items, |item| match item {
        Item::Theme(name, _) => fuzzy(text, name),
        _ => None,
    })
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
            KeyCode::Esc => return self.leave(),
            KeyCode::Backspace if self.field.text().is_empty() => return self.leave(),
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
        self.try_on(model)
    }

    fn interrupt(&self) -> Reply {
        self.leave()
    }

    fn paste(&mut self, text: &str) {
        self.field.insert(text);
        self.at = 0;
    }

    fn click(&mut self, at: Position, area: Rect, model: &Model) -> Reply {
        let (frame, _, list) = places(area);
        if !frame.contains(at) {
            return self.leave();
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
        let hint = "a command; with a step, a node or a theme: skip certs/ca, reset NAME, theme NAME";
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
        Item::On(entry, of) => {
            let text = of.step().map_or_else(|| of.node().to_string(), ToString::to_string);
            let role = if entry.action.is_dangerous() { Role::Danger } else { Role::Text };
            row(entry.name, role, &text, Role::Text, "", width, theme)
        }
        Item::Theme(name, summary) => {
            row("theme", Role::Text, &format!("{name}  {summary}"), Role::Text, "", width, theme)
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
