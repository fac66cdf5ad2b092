//! Lessons without the console: listed, checked, and played from start to end.

mod errands;
mod player;
mod telling;

use crate::lesson::{Lesson, Progress};

use super::layout::{fit, wrap};
use super::style::Style;

pub use player::{Played, Player, caught_up};
pub use telling::page_turned;

/// One line a lesson: its name, what it is about, and how far somebody came.
pub fn lessons_table(lessons: &[(Lesson, Option<Progress>)], style: Style) -> Vec<String> {
    let name = lessons.iter().map(|(lesson, _)| lesson.name.len()).max().unwrap_or(0);
    let mut lines = Vec::new();
    for (lesson, progress) in lessons {
        let pages = lesson.pages.len();
        let far = match progress {
            Some(progress) if progress.finished => format!("{pages} pages, read to the end"),
            Some(progress) => format!("page {} of {pages}", progress.place(lesson) + 1),
            None => format!("{pages} pages"),
        };
        lines.push(format!(
            "{}  {}  {}",
            style.bold(&fit(&lesson.name, name, style.unicode)),
            lesson.title,
            style.dim(&far)
        ));
        let room = style.width.saturating_sub(name + 2);
        lines.extend(
            wrap(&lesson.about, room).into_iter().map(|line| format!("{}  {line}", " ".repeat(name))),
        );
    }
    lines
}
