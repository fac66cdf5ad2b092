//! The output of the selected step.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::widgets::{Block, Borders};

use crate::state::{Status, StepState};
use crate::tui::action::Action;
use crate::tui::card::{failure, lay_out};
use crate::tui::model::{Focus, Model};
use crate::tui::theme::Role;

pub(super) fn render(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    if area.is_empty() {
        return;
    }
    let theme = &model.theme;
    let role = if model.focus == Focus::Log { Role::Focus } else { Role::Border };
    let step = model.selected_step();
    let title = step.map_or_else(String::new, |step| format!(" {step} "));
    let block = Block::bordered().border_style(theme.style(role)).title(title);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let inner = failed(frame, inner, model);
    let attempt = step
        .and_then(|step| model.run.step(step))
        .and_then(|step| step.last_attempt())
        .map(|attempt| attempt.number);
    let Some(ring) = step.zip(attempt).and_then(|(step, attempt)| model.logs.of(step, attempt)) else {
        return;
    };
    let first = ring.end().saturating_sub(u64::from(inner.height)).max(ring.first());
    for (number, y) in (first..ring.end()).zip(inner.top()..inner.bottom()) {
        let Some(line) = ring.get(number) else { continue };
        frame.render_widget(line.text.as_str(), Rect { y, height: 1, ..inner });
    }
}

/// Why the selected step failed, below its output; what is left for that.
fn failed(frame: &mut Frame<'_>, area: Rect, model: &Model) -> Rect {
    let failed = |step: &&StepState| step.status == Status::Failed;
    let Some(step) = model.selected_step().and_then(|id| model.run.step(id)).filter(failed) else {
        return area;
    };
    let theme = &model.theme;
    let lines = lay_out(&failure(step), usize::from(area.width.saturating_sub(2)), theme);
    let wanted = u16::try_from(lines.len() + 1).unwrap_or(u16::MAX);
    let [log, card] =
        Layout::vertical([Constraint::Fill(1), Constraint::Length(wanted.min(area.height * 2 / 3))])
            .areas(area);
    let keys = [(Action::Diagnosis, "all of it"), (Action::Retry, "retry"), (Action::Skip, "skip")];
    let keys = keys
        .iter()
        .filter_map(|(action, says)| Some(format!("{} {says}", model.keys.keys(*action).first()?)));
    let title = format!(" why it failed   {} ", keys.collect::<Vec<_>>().join("   "));
    let block = Block::new().borders(Borders::TOP).border_style(theme.style(Role::Failed)).title(title);
    let inner = block.inner(card);
    frame.render_widget(block, card);
    for (line, y) in lines.into_iter().zip(inner.top()..inner.bottom()) {
        frame
            .render_widget(line, Rect { x: inner.x + 1, y, width: inner.width.saturating_sub(2), height: 1 });
    }
    log
}
