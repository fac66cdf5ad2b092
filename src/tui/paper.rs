//! What a frame is written on before it goes to the terminal, in one piece.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::terminal;

const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";

/// Collects a frame. It reaches the terminal as one synchronized update, or not at all: where nothing changed, or
/// where the terminal is no longer ours. Clones are the same sheet: one to write on, one to show.
#[derive(Debug, Default, Clone)]
pub(super) struct Paper(Arc<Mutex<Vec<u8>>>);

impl Paper {
    /// Shows what was collected.
    pub(super) fn show(&self) -> io::Result<()> {
        let mut frame = self.take();
        if !draws(&frame) {
            return Ok(());
        }
        frame.splice(..0, BEGIN.iter().copied());
        frame.extend_from_slice(END);
        terminal::tell(&frame)
    }

    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Text comes only after the cursor was moved to its place; without that, a frame sets colours for nothing.
fn draws(frame: &[u8]) -> bool {
    frame.contains(&b'H') || frame.contains(&b'J')
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    /// Only [`Paper::show`] shows: a frame is flushed in the midst of it, too.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ratatui::backend::CrosstermBackend;
    use ratatui::{Terminal, TerminalOptions, Viewport};

    use super::*;

    #[test]
    fn a_frame_without_a_change_draws_nothing() {
        let area = ratatui::layout::Rect::new(0, 0, 20, 4);
        let options = TerminalOptions { viewport: Viewport::Fixed(area) };
        let paper = Paper::default();
        let mut screen = Terminal::with_options(CrosstermBackend::new(paper.clone()), options).unwrap();
        for (text, drawn) in [("a", true), ("a", false), ("b", true), ("b", false)] {
            screen.draw(|frame| frame.render_widget(text, area)).unwrap();
            let frame = paper.take();
            assert!(!frame.is_empty());
            assert_eq!(draws(&frame), drawn, "{text}: {}", frame.escape_ascii());
        }
    }
}
