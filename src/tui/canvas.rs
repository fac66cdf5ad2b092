//! What ratatui draws on: crossterm's backend, but it never asks the terminal where its cursor is.
//!
//! `Terminal::clear` of ratatui 0.30 asks, to put the cursor back, also at every change of size. The answer comes among the
//! keys, which only our own reader reads; where it doesn't come, crossterm waits for two seconds and fails. Our cursor is
//! hidden and is nowhere.

use std::io;

use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};

use super::paper::Paper;

/// The backend.
#[derive(Debug)]
pub(super) struct Canvas(CrosstermBackend<Paper>);

impl Canvas {
    /// On that paper.
    pub(super) const fn new(paper: Paper) -> Self {
        Self(CrosstermBackend::new(paper))
    }
}

impl Backend for Canvas {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        self.0.draw(content)
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.0.hide_cursor()
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.0.show_cursor()
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(Position::ORIGIN)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.0.set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.0.clear()
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        self.0.clear_region(region)
    }

    fn size(&self) -> io::Result<Size> {
        self.0.size()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.0.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        Backend::flush(&mut self.0)
    }
}
