//! The themes by name; the console wears the selected one at once.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

use super::{Overlay, Reply};
use crate::tui::card::{Foot, QUESTION, Sheet};
use crate::tui::model::Model;
use crate::tui::theme::Role;
use crate::tui::view::fit;

/// Rows at most.
const ROWS: usize = 14;

/// A list of themes, and the one to go back to.
#[derive(Debug)]
pub struct ThemeList {
    former: String,
    names: Vec<(String, String)>,
    at: usize,
}

impl ThemeList {
    /// Of the themes there are; none where the console was given none to choose from.
    pub fn of(model: &Model) -> Option<Self> {
        let names: Vec<(String, String)> = model
            .look
            .as_ref()?
            .themes
            .list()
            .map(|(name, summary)| (name.to_owned(), summary.to_owned()))
            .collect();
        let former = model.theme.name.clone();
        let at = names.iter().position(|(name, _)| *name == former).unwrap_or(0);
        Some(Self { former, names, at })
    }

    fn wear(&self, stay: bool) -> Reply {
        let theme = self.names.get(self.at).map_or_else(|| self.former.clone(), |(name, _)| name.clone());
        Reply::Wear { theme, stay }
    }

    fn select(&mut self, at: usize) -> Reply {
        self.at = at.min(self.names.len().saturating_sub(1));
        self.wear(true)
    }

    fn first(&self) -> usize {
        (self.at + 1).saturating_sub(ROWS)
    }

    fn sheet(&self, model: &Model) -> Sheet<'_> {
        let theme = &model.theme;
        let widest = self.names.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        let mut foot: Vec<Foot> = self
            .names
            .iter()
            .enumerate()
            .skip(self.first())
            .take(ROWS)
            .map(|(at, (name, summary))| {
                let line = Line::from(vec![
                    Span::styled(format!(" {name:<widest$}  "), theme.style(Role::Title)),
                    Span::styled(fit(summary, 46, theme.glyphs), theme.style(Role::Dim)),
                ]);
                Foot::Line(if at == self.at { line.patch_style(theme.style(Role::Selection)) } else { line })
            })
            .collect();
        foot.push(Foot::Line(Line::raw("")));
        foot.push(Foot::Line(Line::styled(" enter keep   esc back to the former", theme.style(Role::Key))));
        Sheet {
            title: "themes",
            body: &[],
            foot,
            scroll: 0,
            marked: None,
            chosen: 0,
            danger: false,
            widest: QUESTION,
            leave: "",
        }
    }
}

impl Overlay for ThemeList {
    fn key(&mut self, key: KeyEvent, _: &Model) -> Reply {
        match key.code {
            KeyCode::Up | KeyCode::Char('k') => self.select(self.at.saturating_sub(1)),
            KeyCode::Down | KeyCode::Char('j') => self.select(self.at + 1),
            KeyCode::Home | KeyCode::Char('g') => self.select(0),
            KeyCode::End | KeyCode::Char('G') => self.select(usize::MAX),
            KeyCode::Enter => self.wear(false),
            KeyCode::Esc | KeyCode::Char('q') => self.interrupt(),
            _ => Reply::Stay,
        }
    }

    fn interrupt(&self) -> Reply {
        Reply::Wear { theme: self.former.clone(), stay: false }
    }

    fn click(&mut self, at: Position, area: Rect, model: &Model) -> Reply {
        let part = self.sheet(model).foot_at(at, area, &model.theme);
        match part.map(|(part, _)| self.first() + part).filter(|at| *at < self.names.len()) {
            Some(at) => self.select(at),
            None => Reply::Stay,
        }
    }

    fn render(&self, frame: &mut Frame<'_>, area: Rect, model: &Model) {
        self.sheet(model).render(frame, area, &model.theme);
    }
}
