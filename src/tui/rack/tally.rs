//! Several steps told in one word.

use crate::tui::theme::Mark;

/// How many steps stand in which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally([usize; Mark::ALL.len()]);

impl Tally {
    /// Of these marks.
    pub fn of(marks: impl IntoIterator<Item = Mark>) -> Self {
        let mut tally = Self::default();
        marks.into_iter().for_each(|mark| tally.add(mark));
        tally
    }

    /// Counts one more.
    pub const fn add(&mut self, mark: Mark) {
        self.0[mark as usize] += 1;
    }

    /// How many stand so.
    pub const fn count(&self, mark: Mark) -> usize {
        self.0[mark as usize]
    }

    /// How many are done or left out.
    pub const fn settled(&self) -> usize {
        self.count(Mark::Done) + self.count(Mark::Skipped)
    }

    /// How many there are.
    pub fn total(&self) -> usize {
        self.0.iter().sum()
    }

    /// Whether nothing remains to be done.
    pub fn is_settled(&self) -> bool {
        self.total() > 0 && self.settled() == self.total()
    }

    /// Whether the operator should see what is in it.
    pub const fn is_lively(&self) -> bool {
        self.count(Mark::Failed)
            + self.count(Mark::Running)
            + self.count(Mark::Retry)
            + self.count(Mark::Held)
            > 0
    }

    /// The one mark that tells most of them.
    pub fn mark(&self) -> Mark {
        let first = [Mark::Failed, Mark::Running, Mark::Retry, Mark::Held];
        let then = [Mark::Stopped, Mark::Barred];
        let any = |mark: &Mark| self.count(*mark) > 0;
        if let Some(mark) = first.into_iter().find(any) {
            mark
        } else if self.is_settled() {
            if any(&Mark::Done) { Mark::Done } else { Mark::Skipped }
        } else {
            then.into_iter().find(any).unwrap_or(Mark::Waiting)
        }
    }
}
