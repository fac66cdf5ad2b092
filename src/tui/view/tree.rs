//! The rack as a tree.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Block;

use crate::state::Status;
use crate::text;
use crate::tui::model::{Focus, Model};
use crate::tui::rack::{Row, RowId};
use crate::tui::theme::Role;

pub(super) fn render(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    if area.is_empty() {
        return;
    }
    let theme = &model.theme;
    let role = if model.focus == Focus::Rack { Role::Focus } else { Role::Border };
    let block = Block::bordered().border_style(theme.style(role)).title(" rack ");
    let inner = block.inner(area);
    frame.render_widget(block, area);
    for (row, y) in model.rack.rows.iter().skip(model.rack.top).zip(inner.top()..inner.bottom()) {
        let place = Rect { y, height: 1, ..inner };
        let selected = model.rack.selected().is_some_and(|selected| selected.id == row.id);
        let mut line = line(row, model, usize::from(inner.width));
        if selected {
            line = line.patch_style(theme.style(Role::Selection));
        }
        frame.render_widget(line, place);
    }
}

fn line(row: &Row, model: &Model, width: usize) -> Line<'static> {
    let theme = &model.theme;
    let arrow = match row.open {
        Some(true) => theme.glyphs.pick("▾", "v"),
        Some(false) => theme.glyphs.pick("▸", ">"),
        None => " ",
    };
    let name = if row.depth == 0 { theme.style(Role::Title) } else { theme.style(Role::Text) };
    let left = Line::from(vec![
        Span::raw("  ".repeat(row.depth)),
        Span::styled(format!("{arrow} "), theme.style(Role::Dim)),
        Span::styled(format!("{} ", row.mark.glyph(theme.glyphs)), theme.style(row.mark.role())),
        Span::styled(row.label.clone(), name),
    ]);
    let right = match row.count {
        Some((done, all)) => format!("{done}/{all}"),
        None => time(row, model),
    };
    let right = format!("{right} {:8}", row.mark.word());
    let room = width.saturating_sub(left.width() + right.len());
    let mut spans = left.spans;
    spans.push(Span::raw(" ".repeat(room)));
    spans.push(Span::styled(right, theme.style(row.mark.role())));
    Line::from(spans)
}

fn time(row: &Row, model: &Model) -> String {
    let RowId::Step(id) = &row.id else { return String::new() };
    let Some(step) = model.run.step(id) else { return String::new() };
    let Some(spent) = step.time_spent(model.now) else { return String::new() };
    match step.status {
        Status::Running { .. } => text::duration(std::time::Duration::from_secs(spent.as_secs())),
        _ => text::duration(spent),
    }
}
