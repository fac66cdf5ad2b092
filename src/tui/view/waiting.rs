//! What is waited for, since when, and what is seen meanwhile.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::text;
use crate::tui::model::Model;
use crate::tui::theme::Role;

pub(super) fn render(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    let theme = &model.theme;
    if let Some((_, word)) = &model.word {
        frame.render_widget(Line::raw(format!(" {word}")).style(theme.style(Role::Operator)), area);
        return;
    }
    let Some((step, wait)) = model.run.running().find_map(|step| Some((step, step.wait.as_ref()?))) else {
        return;
    };
    let since = step.time_spent(model.now).unwrap_or_default();
    let since = text::duration(std::time::Duration::from_secs(since.as_secs()));
    let line = Line::raw(format!(" {} {since}: {}", step.id(), wait.waiting_for));
    frame.render_widget(line.style(theme.style(Role::Waiting)), area);
}
