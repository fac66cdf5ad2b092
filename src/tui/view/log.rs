//! The output of the selected step.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::widgets::Block;

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
