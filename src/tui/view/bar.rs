//! The last line: the keys that matter now.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::tui::action::Action;
use crate::tui::model::Model;
use crate::tui::theme::Role;

const SHOWN: [Action; 11] = [
    Action::Step,
    Action::Continue,
    Action::Pause,
    Action::Retry,
    Action::Skip,
    Action::Break,
    Action::Explain,
    Action::Search,
    Action::Palette,
    Action::Help,
    Action::Quit,
];

pub(super) fn render(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    let mut spans = Vec::new();
    for action in SHOWN {
        let (Some(entry), Some(key)) = (action.entry(), model.keys.keys(action).first().copied()) else {
            continue;
        };
        spans.push(Span::styled(format!(" {key} "), model.theme.style(Role::Key)));
        spans.push(Span::raw(entry.short));
    }
    frame.render_widget(Line::from(spans).style(model.theme.style(Role::Bar)), area);
}
