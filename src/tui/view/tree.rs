//! The rack as a tree: only the rows on the screen are drawn.

use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Scrollbar, ScrollbarOrientation, ScrollbarState};

use super::row::Rows;
use crate::tui::model::{Focus, Model};
use crate::tui::rack::RowId;
use crate::tui::theme::Role;

pub(super) fn render(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    if area.is_empty() {
        return;
    }
    let inner = pane(frame, area, model, title(model));
    let rack = &model.rack;
    let rows = Rows { model, outlook: model.run.outlook(), width: usize::from(inner.width) };
    let shown = rack.rows.iter().enumerate().skip(rack.top);
    for ((at, row), y) in shown.zip(inner.top()..inner.bottom()) {
        let selected = at == rack.at;
        let mut line = rows.line(row, selected);
        if selected {
            line = line.patch_style(model.theme.style(Role::Selection));
        }
        frame.render_widget(line, Rect { y, height: 1, ..inner });
    }
    scrollbar(frame, area, model, rack.top, rack.rows.len());
}

/// The rack's frame; says what is inside.
pub(super) fn pane(frame: &mut Frame<'_>, area: Rect, model: &Model, title: Line<'static>) -> Rect {
    let (lines, style) = model.theme.frame(model.focus == Focus::Rack);
    let block = Block::bordered().border_set(lines).border_style(style).title(title);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    inner
}

/// Where the rows on the screen are among all, on the frame's right side.
pub(super) fn scrollbar(frame: &mut Frame<'_>, area: Rect, model: &Model, top: usize, rows: usize) {
    let height = usize::from(area.height.saturating_sub(2));
    if rows <= height || height < 3 {
        return;
    }
    let theme = &model.theme;
    let bar = Scrollbar::new(ScrollbarOrientation::VerticalRight)
        .begin_symbol(None)
        .end_symbol(None)
        .track_symbol(None)
        .thumb_symbol(theme.glyphs.scrollbar().thumb)
        .thumb_style(theme.style(Role::Dim));
    let mut state = ScrollbarState::new(rows - height).position(top).viewport_content_length(height);
    frame.render_stateful_widget(bar, area.inner(Margin { horizontal: 0, vertical: 1 }), &mut state);
}

/// How many nodes there are; or, where its row is above the screen, which one the first rows are of.
fn title(model: &Model) -> Line<'static> {
    let rack = &model.rack;
    let nodes = match model.run.nodes().len() {
        1 => "1 node".to_owned(),
        nodes => format!("{nodes} nodes"),
    };
    let above = rack.rows.get(rack.top).filter(|row| !matches!(row.id, RowId::Node(_)));
    let mut spans = match above {
        None => vec![Span::raw(format!(" {nodes} "))],
        Some(row) => vec![
            Span::styled(format!(" {} ", row.id.node()), model.theme.style(Role::Title)),
            Span::raw(format!("of {nodes} ")),
        ],
    };
    if !rack.marked.is_empty() {
        let marked = format!("{} marked ", rack.marked.len());
        spans.push(Span::styled(marked, model.theme.style(Role::Marked)));
    }
    Line::from(spans)
}
