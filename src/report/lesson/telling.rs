//! What is told of a lesson that is played.

use std::io;

use crate::event::LessonPage;
use crate::lesson::{Answer, Course, Page};
use crate::report::layout::{counted, wrap};
use crate::report::style::Mark;
use crate::report::{Sink, Style};
use crate::state::RunState;
use crate::text;

/// The open page, for the journal.
pub fn page_turned(course: &Course) -> LessonPage {
    let page = course.page();
    LessonPage {
        lesson: course.lesson().title.clone(),
        page: course.at() + 1,
        pages: course.lesson().pages.len(),
        title: page.map(|page| page.title.clone()).unwrap_or_default(),
        note: page.and_then(|page| page.note.clone()),
    }
}

/// Lines on a sink.
pub(super) struct Telling {
    out: Sink,
    style: Style,
}

/// Before what is said under a page's heading.
const INDENT: usize = 7;

impl Telling {
    pub(super) const fn new(out: Sink, style: Style) -> Self {
        Self { out, style }
    }

    fn under(&mut self, head: &str, said: &str) -> io::Result<()> {
        let room = self.style.width.saturating_sub(INDENT + 2);
        for (at, line) in wrap(said, room).iter().enumerate() {
            let head = if at == 0 { head } else { " " };
            writeln!(self.out, "{}{head} {line}", " ".repeat(INDENT))?;
        }
        Ok(())
    }

    /// The next page.
    pub(super) fn turn(&mut self, course: &Course) -> io::Result<()> {
        let lesson = course.lesson();
        let pages = lesson.pages.len();
        if course.at() == 0 {
            let nodes = counted(lesson.rack.inventory.hosts.len(), "machine");
            let about = format!("{}, kubeadm {}, {nodes}", counted(pages, "page"), lesson.rack.version);
            writeln!(self.out, "{}  {}\n", self.style.bold(&lesson.title), self.style.dim(&about))?;
        }
        let title = course.page().map_or("", |page| page.title.as_str());
        let number = format!("{:>2}/{pages}", course.at() + 1);
        writeln!(self.out, "{number:>5}  {}", self.style.bold(title))
    }

    /// What the page wanted is so.
    pub(super) fn done(&mut self, page: &Page, run: &RunState) -> io::Result<()> {
        let at = format!("at {}", text::duration(run.elapsed));
        for deed in &page.deeds {
            let said = format!("{deed}: done {at}");
            self.under("-", &said)?;
        }
        if !page.until.is_empty() {
            let is: Vec<String> = page.until.iter().map(ToString::to_string).collect();
            self.under("-", &format!("{} ({at})", is.join("; ")))?;
        }
        Ok(())
    }

    /// Its question is answered.
    pub(super) fn answered(&mut self, page: &Page, because: Option<&str>) -> io::Result<()> {
        let Some(ask) = &page.ask else { return Ok(()) };
        self.under("?", &ask.text)?;
        if let Answer::Choices(choices) = &ask.answer {
            let right = choices.iter().find(|choice| choice.right != crate::lesson::Right::Fixed(false));
            if let Some(choice) = right {
                self.under("=", &choice.text)?;
            }
        }
        because.filter(|because| !because.is_empty()).map_or(Ok(()), |because| self.under(" ", because))
    }

    /// How it ended.
    pub(super) fn end(&mut self, how: &Result<(), String>, run: &RunState) -> io::Result<()> {
        let (mark, said) = match how {
            Ok(()) => (Mark::Done, format!("every page, in {} of the run", text::duration(run.elapsed))),
            Err(why) => (Mark::Failed, why.clone()),
        };
        writeln!(self.out, "\n{}  {said}", self.style.mark(mark))
    }
}
