//! Every key, as they are now: made from the list of actions and the operator's keymap.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Frame;
use ratatui::layout::{Margin, Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear};
use unicode_width::UnicodeWidthStr as _;

use super::input::Field;
use super::{Overlay, Reply};
use crate::report::layout::wrap;
use crate::tui::action::{Action, Entry, Scope, fuzzy};
use crate::tui::model::{Focus, Model};
use crate::tui::theme::{Role, Theme};

/// Columns of keys.
const KEYS: usize = 11;
/// A column narrower than this is hard to read.
const COLUMN: usize = 56;

/// The keys, what they do, and a line that narrows them down.
#[derive(Debug)]
pub struct Help {
    field: Field,
    scroll: usize,
}

impl Default for Help {
    fn default() -> Self {
        Self { field: Field::new(40), scroll: 0 }
    }
}

/// What can be done where one is comes first: in the past, getting about in it.
const fn scopes(focus: Focus, past: bool) -> [Scope; 7] {
    match focus {
        _ if past => {
            [Scope::Time, Scope::Move, Scope::Look, Scope::Log, Scope::Lesson, Scope::Console, Scope::Run]
        }
        Focus::Rack | Focus::Lesson => Scope::ALL,
        Focus::Log => {
            [Scope::Log, Scope::Run, Scope::Move, Scope::Look, Scope::Lesson, Scope::Time, Scope::Console]
        }
    }
}

impl Help {
    fn lines(&self, model: &Model, width: usize) -> Vec<Line<'static>> {
        let theme = &model.theme;
        let text = self.field.text();
        // One letter that is a key asks what that key does.
        let one = text.chars().count() == 1
            && Action::list().iter().any(|entry| keys(entry, model).split(' ').any(|key| key == text));
        let mut lines = Vec::new();
        for scope in scopes(model.focus, model.travel.is_some()) {
            let fits = |entry: &&Entry| {
                let keys = keys(entry, model);
                entry.scope == scope
                    && !matches!(entry.action, Action::Node(2..))
                    && (keys.split(' ').any(|key| key == text)
                        || !one
                            && (fuzzy(&text, entry.name).is_some()
                                || fuzzy(&text, entry.title)
                                    .is_some_and(|fit| fit >= 1500 || text.is_empty())))
            };
            let entries: Vec<&Entry> = Action::list().iter().filter(fits).collect();
            if entries.is_empty() {
                continue;
            }
            if !lines.is_empty() {
                lines.push(Line::raw(""));
            }
            lines.push(Line::styled(scope.title(), theme.style(Role::Title)));
            for entry in entries {
                lines.extend(told(entry, model, width));
            }
        }
        if lines.is_empty() {
            lines.push(Line::styled("nothing fits", theme.style(Role::Dim)));
        } else if text.is_empty() {
            lines.push(Line::raw(""));
            let notes = [
                "Lower-case keys are safe or can be taken back. Upper-case ones that act on the cluster ask first.",
                "With the mouse: click to select, turn the wheel to scroll; hold Shift to mark text as always.",
            ];
            for part in notes.iter().flat_map(|note| wrap(note, width)) {
                lines.push(Line::styled(part, theme.style(Role::Dim)));
            }
        }
        lines
    }

    /// The lines in as many columns as there is room for.
    fn columns(&self, model: &Model, width: usize) -> (Vec<Vec<Line<'static>>>, usize) {
        let count = (width / COLUMN).max(1);
        let each = (width - (count - 1) * 2) / count;
        let lines = self.lines(model, each);
        let height = lines.len().div_ceil(count).max(1);
        (lines.chunks(height).map(<[Line<'static>]>::to_vec).collect(), each)
    }

    fn reach(&self, model: &Model, area: Rect) -> usize {
        let (_, inside) = places(area);
        let (columns, _) = self.columns(model, usize::from(inside.width));
        columns.first().map_or(0, Vec::len).saturating_sub(usize::from(inside.height))
    }

    fn scroll_by(&mut self, by: isize, model: &Model) {
        let reach = self.reach(model, Rect::from((Position::ORIGIN, model.size)));
        self.scroll = self.scroll.min(reach).saturating_add_signed(by).min(reach);
    }
}

fn keys(entry: &Entry, model: &Model) -> String {
    let shown = |action: Action| model.keys.shown(action);
    if entry.action == Action::Node(1) {
        return format!("{}…{}", shown(Action::Node(1)), shown(Action::Node(9)));
    }
    model.keys.keys(entry.action).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn told(entry: &Entry, model: &Model, width: usize) -> Vec<Line<'static>> {
    let theme: &Theme = &model.theme;
    let keys = keys(entry, model);
    let lead = KEYS.max(keys.width() + 2);
    let (keys, role) = match keys.as_str() {
        "" => (format!(":{}", entry.name), Role::Dim),
        _ => (keys, Role::Key),
    };
    let lead = lead.max(keys.width() + 2);
    let text = if entry.action.is_dangerous() { Role::Danger } else { Role::Text };
    wrap(entry.title, width.saturating_sub(lead))
        .into_iter()
        .enumerate()
        .map(|(at, part)| {
            let keys = if at == 0 { keys.as_str() } else { "" };
            Line::from(vec![
                Span::styled(format!(" {keys:<pad$}", pad = lead - 1), theme.style(role)),
                Span::styled(part, theme.style(text)),
            ])
        })
        .collect()
}

/// The frame, and where the lines go.
fn places(area: Rect) -> (Rect, Rect) {
    let width = area.width.min(126);
    let frame = Rect { x: area.x + (area.width - width) / 2, width, ..area };
    (frame, frame.inner(Margin::new(2, 1)))
}

impl Overlay for Help {
    fn key(&mut self, key: KeyEvent, model: &Model) -> Reply {
        let page = isize::try_from(model.size.height.saturating_sub(3)).unwrap_or(1).max(1);
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Esc if self.field.text().is_empty() => return Reply::Close,
            KeyCode::Esc => {
                self.field.clear();
                self.scroll = 0;
            }
            KeyCode::F(1) => return Reply::Close,
            KeyCode::Char('?' | 'q') if self.field.text().is_empty() => return Reply::Close,
            KeyCode::Up => self.scroll_by(-1, model),
            KeyCode::Down => self.scroll_by(1, model),
            KeyCode::PageUp => self.scroll_by(-page, model),
            KeyCode::PageDown => self.scroll_by(page, model),
            KeyCode::Char('d') if control => self.scroll_by(page / 2, model),
            KeyCode::Char('u') if control && self.field.text().is_empty() => self.scroll_by(-page / 2, model),
            KeyCode::Home => self.scroll = 0,
            KeyCode::End => self.scroll = self.reach(model, Rect::from((Position::ORIGIN, model.size))),
            _ => {
                if self.field.key(key) {
                    self.scroll = 0;
                }
            }
        }
        Reply::Stay
    }

    fn paste(&mut self, text: &str) {
        self.field.insert(text);
        self.scroll = 0;
    }

    fn wheel(&mut self, by: isize, model: &Model) -> Reply {
        self.scroll_by(by, model);
        Reply::Stay
    }

    fn render(&self, frame: &mut Frame<'_>, area: Rect, model: &Model) {
        let theme = &model.theme;
        let (outer, inside) = places(area);
        let (columns, each) = self.columns(model, usize::from(inside.width));
        let rows = columns.first().map_or(0, Vec::len);
        let height = usize::from(inside.height);
        let scroll = self.scroll.min(rows.saturating_sub(height));
        let below = rows.saturating_sub(scroll + height);
        frame.render_widget(Clear, outer);
        let mut title = vec![Span::styled(" keys ", theme.style(Role::Title))];
        if self.field.text().is_empty() {
            title.push(Span::styled("type to search ", theme.style(Role::Dim)));
        } else {
            title.extend(self.field.line(24, "", theme).spans);
            title.push(Span::raw(" "));
        }
        let foot = match (below, scroll) {
            (0, 0) => " esc ".to_owned(),
            (0, _) => " end · esc ".to_owned(),
            (more, _) => format!(" {more} more: down · esc "),
        };
        let (border, style) = theme.frame(true);
        let block = Block::bordered()
            .border_set(border)
            .border_style(style)
            .title(Line::from(title))
            .title_bottom(Line::from(foot).right_aligned());
        frame.render_widget(block, outer);
        let each = u16::try_from(each).unwrap_or(inside.width);
        for (column, lines) in columns.iter().enumerate() {
            let x = inside.x + u16::try_from(column).unwrap_or(0) * (each + 2);
            for (line, y) in lines.iter().skip(scroll).zip(inside.top()..inside.bottom()) {
                frame.render_widget(
                    line,
                    Rect { x, y, width: each.min(inside.right().saturating_sub(x)), height: 1 },
                );
            }
        }
    }
}
