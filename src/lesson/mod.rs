//! Lessons: pages to read beside a simulated run, with what is to be done on each, and questions about what was seen.
//!
//! ```text
//! model      a lesson as it was read: its rack, its pages
//! text       a page's text: paragraphs, emphasis, commands; and its lines for a width
//! condition  what has to be so in the run, checked against the fold of its events and against what nodes said
//! read       YAML to a lesson, or located diagnostics
//! course     one reader's way through it: the page, what is still to be done for it, answers
//! progress   what of that is kept
//! shipped    the lessons that are part of the program
//! ```
//!
//! A lesson never acts by itself: a [`Course`] says which commands its page asks for, and a face sends them. The run beneath is
//! the simulator's, the same for the same lesson, so that going on another day is playing the pages before once more.

mod condition;
mod course;
mod deed;
mod model;
mod progress;
mod question;
mod rack;
mod read;
mod shipped;
#[cfg(test)]
mod tests;
pub mod text;

pub use condition::{Condition, NodeStanding, RunStanding, Said, Spoken, Standing};
pub use course::{Course, Errand, Place};
pub use deed::Deed;
pub use model::{Lesson, Look, More, Page, Show};
pub use progress::Progress;
pub use question::{Answer, Choice, Question, Right, Verdict};
pub use rack::LessonRack;
pub use read::{parse, schema};
pub use shipped::{EXAMPLE, named, shipped};
