//! The last line, or two: the keys that matter now. What can't be done is grey.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

use crate::event::Pace;
use crate::state::Status;
use crate::tui::action::{Action, may};
use crate::tui::model::{Focus, Model};
use crate::tui::theme::Role;

/// A key on the bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What a click on it does.
    pub action: Action,
    /// Where it is.
    pub place: Rect,
    key: String,
    text: &'static str,
}

impl Item {
    /// As it is drawn.
    #[cfg(test)]
    pub fn text(&self) -> String {
        format!(" {} {} ", self.key, self.text)
    }
}

/// Those that matter, the most urgent first.
fn wanted(model: &Model) -> Vec<Action> {
    use Action::{
        Abort, Break, CopyLine, Diagnosis, EveryNode, Explain, Filter, Follow, Kill, Mark, Matrix,
        NextFailure, NextPane, NextWaiting, Pager, Palette, Pause, Preview, PreviousAttempt, Quit, Reset,
        Retry, RunTo, Search, Skip, Split, Step, Stop, Times, Unmark, Why, Wrap, Zoom,
    };
    let run = &model.run;
    let status = model.selected_step().and_then(|step| run.step(step)).map(|step| step.status);
    let mut actions = Vec::new();
    if model.focus == Focus::Lesson {
        // What turns its pages stands at its own foot.
        actions.extend([NextPane, Explain, Step, Action::Continue, Pause, Matrix, Zoom, Why, Search]);
    } else if model.focus == Focus::Log {
        actions.extend([
            Search,
            Filter,
            Follow,
            CopyLine,
            NextPane,
            Pager,
            Wrap,
            Times,
            PreviousAttempt,
            Split,
        ]);
    } else if let Some(travel) = &model.travel {
        let back = if travel.replays.is_some() { None } else { Some(Action::Now) };
        actions.extend(back);
        actions.extend([Action::Play, Action::NextNote, Action::NoteBefore, Action::NextTrouble]);
        actions.extend([Action::Earlier, Action::Later, Action::Slower, Action::Faster, Explain, NextPane]);
        actions.extend([Action::Beginning, Action::Now, Diagnosis, Search, Matrix]);
    } else if run.end.is_some() || model.over {
        actions.extend([Quit, NextPane, Search, Explain, Diagnosis, NextFailure, Matrix, Action::TimeBar]);
    } else {
        match status {
            Some(Status::Failed | Status::Cancelled) => {
                let publishes = may(model, Action::PublishAgain).is_ok();
                actions.extend(publishes.then_some(Action::PublishAgain));
                actions.extend([Retry, Diagnosis, Skip]);
            }
            Some(Status::Running { .. }) => actions.extend([Stop]),
            _ => {}
        }
        if !model.rack.marked.is_empty() {
            actions.push(Unmark);
        }
        let paused = run.pace == Pace::Paused;
        actions.extend(if paused {
            [Step, Action::Continue, RunTo]
        } else {
            [Pause, Step, Action::Continue]
        });
        if run.failed().next().is_some() {
            actions.push(NextFailure);
        }
        if paused {
            actions.push(Preview);
        }
        actions.extend([Break, Retry, Skip, Explain, Why, Mark, NextPane, Search, Matrix, Zoom, NextWaiting]);
        actions.extend([EveryNode, Stop, Kill, Reset, Abort, Action::TimeBar]);
    }
    actions.extend([Palette, Quit]);
    let mut once = Vec::new();
    actions.retain(|action| {
        !once.contains(action) && {
            once.push(*action);
            true
        }
    });
    actions
}

/// What the bar shows in `area`: whole words only, and the way to the help in any case, at the end of the first line.
pub fn items(model: &Model, area: Rect) -> Vec<Item> {
    let mut items = Vec::new();
    let item = |action: Action| {
        let key = model.keys.shown(action);
        Some((action, key, short(model, action)?)).filter(|(_, key, _)| !key.is_empty())
    };
    let width = |key: &str, text: &str| u16::try_from(key.width() + text.width() + 3).unwrap_or(u16::MAX);
    let mut end = area.right();
    if let Some((action, key, text)) = item(Action::Help)
        && area.width >= width(&key, text)
        && area.height > 0
    {
        end = area.right() - width(&key, text);
        items.push(Item {
            action,
            place: Rect { x: end, y: area.y, width: width(&key, text), height: 1 },
            key,
            text,
        });
    }
    let (mut x, mut y) = (area.x, area.y);
    for (action, key, text) in wanted(model).into_iter().filter_map(item) {
        let wide = width(&key, text);
        let mut right = if y == area.y { end } else { area.right() };
        if x.saturating_add(wide) > right && y + 1 < area.bottom() {
            (x, y, right) = (area.x, y + 1, area.right());
        }
        if y < area.bottom() && x.saturating_add(wide) <= right {
            items.push(Item { action, place: Rect { x, y, width: wide, height: 1 }, key, text });
            x += wide;
        }
    }
    items
}

/// What it is called, as things stand.
fn short(model: &Model, action: Action) -> Option<&'static str> {
    let travel = model.travel.as_ref();
    Some(match action {
        Action::Play if travel.is_some_and(|travel| travel.is_playing()) => "stop",
        Action::Now if travel.is_some_and(|travel| travel.replays.is_some()) => "end",
        Action::Now => "back to now",
        _ => action.entry()?.short,
    })
}

/// What a click at `position` on the bar does.
pub fn action_at(model: &Model, area: Rect, position: Position) -> Option<Action> {
    items(model, area).into_iter().find(|item| item.place.contains(position)).map(|item| item.action)
}

pub(super) fn render(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    let theme = &model.theme;
    frame.buffer_mut().set_style(area, theme.style(Role::Bar));
    for item in items(model, area) {
        let (key, text) = match (may(model, item.action), item.action.is_dangerous()) {
            (Err(_), _) => (Role::Disabled, Role::Disabled),
            (Ok(()), true) => (Role::Key, Role::Danger),
            (Ok(()), false) => (Role::Key, Role::Bar),
        };
        let line = Line::from(vec![
            Span::styled(format!(" {}", item.key), theme.style(key)),
            Span::styled(format!(" {} ", item.text), theme.style(text)),
        ]);
        frame.render_widget(line, item.place);
    }
}
