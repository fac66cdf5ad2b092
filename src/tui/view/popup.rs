//! A box in the middle of the screen.

use ratatui::Frame;
use ratatui::layout::{Constraint, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear, Paragraph, Wrap};

use crate::tui::theme::{Role, Theme};

/// A box as large as `lines` need it, as far as the screen has room.
pub(in crate::tui) fn lines(
    frame: &mut Frame<'_>,
    area: Rect,
    title: &str,
    lines: Vec<Line<'_>>,
    theme: &Theme,
) {
    let widest = lines.iter().map(Line::width).max().unwrap_or(0).max(title.len() + 4);
    let width = u16::try_from(widest + 4).unwrap_or(u16::MAX).min(area.width.saturating_sub(2));
    let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX).min(area.height.saturating_sub(2));
    let place = area.centered(Constraint::Length(width), Constraint::Length(height));
    frame.render_widget(Clear, place);
    let block = Block::bordered().border_style(theme.style(Role::Focus)).title(format!(" {title} "));
    let inner = block.inner(place);
    frame.render_widget(block, place);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    frame.render_widget(Paragraph::new(lines).wrap(Wrap { trim: false }), inner);
}
