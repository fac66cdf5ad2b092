//! The pages of the lesson, to jump to one.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

use super::{Overlay, Reply};
use crate::tui::card::{Foot, QUESTION, Sheet};
use crate::tui::model::Model;
use crate::tui::theme::{Mark, Role};
use crate::tui::view::fit;

/// Rows at most.
const ROWS: usize = 16;

/// A list of pages.
#[derive(Debug)]
pub struct Contents {
    pages: Vec<(String, bool)>,
    at: usize,
}

impl Contents {
    /// Of the lesson; none where there is none.
    pub fn of(model: &Model) -> Option<Self> {
        let course = &model.lesson.as_ref()?.course;
        let pages = course.lesson().pages.iter().enumerate();
        let pages = pages.map(|(at, page)| (page.title.clone(), course.is_finished(at))).collect();
        Some(Self { pages, at: course.at() })
    }

    /// Pages above the first one seen: what is before and after the chosen one is seen too.
    fn first(&self) -> usize {
        (self.at + ROWS / 2).saturating_sub(ROWS - 1).min(self.pages.len().saturating_sub(ROWS))
    }

    fn select(&mut self, at: usize) -> Reply {
        self.at = at.min(self.pages.len().saturating_sub(1));
        Reply::Stay
    }

    fn sheet(&self, model: &Model) -> Sheet<'_> {
        let theme = &model.theme;
        let mut foot: Vec<Foot> = self
            .pages
            .iter()
            .enumerate()
            .skip(self.first())
            .take(ROWS)
            .map(|(at, (title, done))| {
                let mark = if *done { Mark::Done } else { Mark::Waiting };
                let line = Line::from(vec![
                    Span::styled(format!(" {} ", mark.glyph(theme.glyphs)), theme.style(mark.role())),
                    Span::styled(format!("{:>2} ", at + 1), theme.style(Role::Dim)),
                    Span::styled(fit(title, 60, theme.glyphs), theme.style(Role::Text)),
                ]);
                Foot::Line(if at == self.at { line.patch_style(theme.style(Role::Selection)) } else { line })
            })
            .collect();
        foot.push(Foot::Line(Line::raw("")));
        let above = self.first();
        let below = self.pages.len().saturating_sub(above + ROWS);
        let mut keys = " enter go there   esc stay".to_owned();
        for (count, side) in [(above, "above"), (below, "below")].into_iter().filter(|(count, _)| *count > 0)
        {
            keys.push_str(&format!("   {count} {side}"));
        }
        foot.push(Foot::Line(Line::styled(keys, theme.style(Role::Key))));
        Sheet {
            title: "pages",
            body: &[],
            foot,
            scroll: 0,
            danger: false,
            widest: QUESTION,
            leave: "",
            marked: None,
            chosen: 0,
        }
    }
}

impl Overlay for Contents {
    fn key(&mut self, key: KeyEvent, _: &Model) -> Reply {
        match key.code {
            KeyCode::Up | KeyCode::Char('k') => self.select(self.at.saturating_sub(1)),
            KeyCode::Down | KeyCode::Char('j') => self.select(self.at + 1),
            KeyCode::PageUp => self.select(self.at.saturating_sub(ROWS)),
            KeyCode::PageDown => self.select(self.at + ROWS),
            KeyCode::Home | KeyCode::Char('g') => self.select(0),
            KeyCode::End | KeyCode::Char('G') => self.select(usize::MAX),
            KeyCode::Enter => Reply::Turn(self.at),
            KeyCode::Esc | KeyCode::Char('q') => Reply::Close,
            _ => Reply::Stay,
        }
    }

    fn click(&mut self, at: Position, area: Rect, model: &Model) -> Reply {
        let part = self.sheet(model).foot_at(at, area, &model.theme);
        match part.map(|(part, _)| self.first() + part).filter(|at| *at < self.pages.len()) {
            Some(at) if at == self.at => Reply::Turn(at),
            Some(at) => self.select(at),
            None => Reply::Stay,
        }
    }

    fn render(&self, frame: &mut Frame<'_>, area: Rect, model: &Model) {
        self.sheet(model).render(frame, area, &model.theme);
    }
}
