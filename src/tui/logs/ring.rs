//! The lines of one attempt, bounded.

use std::collections::VecDeque;
use std::time::Duration;

use super::Level;
use super::level::Reader;
use crate::ids::PhaseId;

/// One line of output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// When it came, by the run's time.
    pub at: Duration,
    /// Redacted and without control characters.
    pub text: Box<str>,
    /// What it is.
    pub level: Level,
    /// Whether it goes on with the problem that the line before tells.
    pub continues: bool,
}

/// The last lines of one attempt, bounded in number and size. Entries are numbered from 0 as they came; a number stays
/// with its line when older ones go. Where lines were passed over stands one entry for all of them, a [`Level::Gap`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ring {
    lines: VecDeque<LogLine>,
    bytes: usize,
    first: u64,
    older: u64,
    reader: Reader,
    problems: VecDeque<u64>,
    sections: VecDeque<(u64, PhaseId)>,
    gaps: VecDeque<(u64, u64)>,
}

/// What a line takes beside its text.
const OVERHEAD: usize = size_of::<LogLine>() + 16;

impl Ring {
    /// Lines kept at most.
    pub const LINES: usize = 100_000;
    /// Bytes kept at most, all that a line takes counted.
    pub const BYTES: usize = 16 * 1024 * 1024;

    /// Adds a line, and lets go of the oldest ones.
    pub fn push(&mut self, at: Duration, text: impl Into<Box<str>>) {
        let text = text.into();
        let (level, continues) = self.reader.read(&text);
        if level.is_problem() && !continues {
            self.problems.push_back(self.end());
        }
        self.enter(LogLine { at, text, level, continues });
    }

    /// Counts lines that never came here: they would have been next.
    pub fn pass_over(&mut self, count: u64) {
        self.reader.interrupt();
        if self.lines.is_empty() {
            self.older += count;
        } else if let Some((_, so_far)) =
            self.gaps.back_mut().filter(|(at, _)| at + 1 == self.first + self.lines.len() as u64)
        {
            *so_far += count;
        } else if count > 0 {
            let at = self.lines.back().map_or(Duration::ZERO, |line| line.at);
            self.gaps.push_back((self.end(), count));
            self.enter(LogLine { at, text: Box::default(), level: Level::Gap, continues: false });
        }
    }

    /// The next line is the first that `phase` prints.
    pub fn begin(&mut self, phase: PhaseId) {
        let next = self.end();
        if self.sections.back().is_none_or(|(at, _)| *at != next) {
            self.sections.push_back((next, phase));
        }
    }

    /// Lets go of the oldest lines, until those that stay take at most `bytes`; the last one always stays.
    pub fn shrink(&mut self, bytes: usize) {
        while self.bytes > bytes && self.lines.len() > 1 {
            self.forget_oldest();
        }
        if self.lines.capacity() > 2 * self.lines.len() + 16 {
            self.lines.shrink_to_fit();
        }
    }

    /// What its lines take.
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// The number of the oldest entry kept.
    pub const fn first(&self) -> u64 {
        self.first
    }

    /// The number that the next entry gets.
    pub fn end(&self) -> u64 {
        self.first + self.lines.len() as u64
    }

    /// How many lines came before the oldest one kept, and are only in the journal.
    pub const fn older(&self) -> u64 {
        self.older
    }

    /// How many lines of this attempt are only in the journal, wherever they were.
    pub fn missing(&self) -> u64 {
        self.older + self.gaps.iter().map(|(_, count)| count).sum::<u64>()
    }

    /// The entry with that number.
    pub fn get(&self, number: u64) -> Option<&LogLine> {
        #[cfg(test)]
        touched::one();
        let at = usize::try_from(number.checked_sub(self.first)?).ok()?;
        self.lines.get(at)
    }

    /// The phase that begins with that line, where that is known.
    pub fn section(&self, number: u64) -> Option<&PhaseId> {
        let found = self.sections.binary_search_by_key(&number, |(at, _)| *at).ok()?;
        self.sections.get(found).map(|(_, phase)| phase)
    }

    /// How many lines were passed over at that entry.
    pub fn gap(&self, number: u64) -> Option<u64> {
        let found = self.gaps.binary_search_by_key(&number, |(at, _)| *at).ok()?;
        self.gaps.get(found).map(|(_, count)| *count)
    }

    /// Where warnings and errors begin.
    pub const fn problems(&self) -> &VecDeque<u64> {
        &self.problems
    }

    fn enter(&mut self, line: LogLine) {
        self.bytes += line.text.len() + OVERHEAD;
        self.lines.push_back(line);
        while self.lines.len() > Self::LINES || (self.bytes > Self::BYTES && self.lines.len() > 1) {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        let Some(old) = self.lines.pop_front() else { return };
        self.bytes -= old.text.len() + OVERHEAD;
        self.older += match front_if(&mut self.gaps, |(at, _)| *at == self.first) {
            Some((_, count)) => count,
            None => 1,
        };
        front_if(&mut self.problems, |at| *at == self.first);
        front_if(&mut self.sections, |(at, _)| *at == self.first);
        self.first += 1;
    }
}

/// Takes the first out, if it is of that kind.
pub(super) fn front_if<T>(queue: &mut VecDeque<T>, is: impl FnOnce(&T) -> bool) -> Option<T> {
    queue.front().is_some_and(is).then(|| queue.pop_front())?
}

/// How many lines were looked at, for tests of what a frame costs.
#[cfg(test)]
pub(super) mod touched {
    use std::cell::Cell;

    thread_local!(static LINES: Cell<usize> = const { Cell::new(0) });

    pub(super) fn one() {
        LINES.set(LINES.get() + 1);
    }

    /// How many since the last time.
    pub(in crate::tui::logs) fn take() -> usize {
        LINES.replace(0)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone)]
    enum Deed {
        Push(String),
        PassOver(u64),
        Shrink(usize),
    }

    fn deed() -> impl Strategy<Value = Deed> {
        prop_oneof![
            6 => "(\\[certs\\] x|error execution phase a: b|more|W1122 10:10:55.090838   2 a.go:6\\] x){1}[a-z]{0,30}"
                .prop_map(Deed::Push),
            1 => (0u64..5).prop_map(Deed::PassOver),
            1 => (0usize..2_000).prop_map(Deed::Shrink),
        ]
    }

    proptest! {
        #[test]
        fn numbers_stay_with_their_lines_and_every_line_is_counted(deeds in prop::collection::vec(deed(), 0..120)) {
            let mut ring = Ring::default();
            // Every entry ever made: its text, or how many lines it stands for.
            let mut ever: Vec<Result<String, u64>> = Vec::new();
            let (mut came, mut before) = (0, 0);
            for deed in deeds {
                match deed {
                    Deed::Push(text) => {
                        came += 1;
                        ring.push(Duration::ZERO, text.clone());
                        ever.push(Ok(text));
                    }
                    Deed::PassOver(count) => {
                        came += count;
                        ring.pass_over(count);
                        match ever.last_mut() {
                            None => before += count,
                            Some(Err(so_far)) => *so_far += count,
                            Some(Ok(_)) if count > 0 => ever.push(Err(count)),
                            Some(Ok(_)) => {}
                        }
                    }
                    Deed::Shrink(bytes) => {
                        ring.shrink(bytes);
                        prop_assert!(ring.bytes() <= bytes || ring.end() - ring.first() <= 1);
                    }
                }
                prop_assert_eq!(ring.end(), ever.len() as u64);
                let gone = usize::try_from(ring.first()).unwrap();
                let lost: u64 = ever[..gone].iter().map(|entry| entry.as_ref().err().copied().unwrap_or(1)).sum();
                prop_assert_eq!(ring.older(), before + lost);
                let mut kept = 0;
                for (n, entry) in ever.iter().enumerate().skip(gone) {
                    let line = ring.get(n as u64).unwrap();
                    match entry {
                        Ok(text) => {
                            kept += 1;
                            prop_assert_eq!(&*line.text, text.as_str());
                            let listed = ring.problems().contains(&(n as u64));
                            prop_assert_eq!(listed, line.level.is_problem() && !line.continues);
                        }
                        Err(count) => prop_assert_eq!(ring.gap(n as u64), Some(*count)),
                    }
                }
                prop_assert_eq!(kept + ring.missing(), came);
                prop_assert!(ring.get(ring.end()).is_none());
            }
        }
    }

    #[test]
    fn an_attempt_is_bounded_in_lines_and_bytes() {
        let mut ring = Ring::default();
        for n in 0..Ring::LINES + 5 {
            ring.push(Duration::ZERO, n.to_string());
        }
        assert_eq!((ring.first(), ring.older()), (5, 5));
        let mut ring = Ring::default();
        for _ in 0..2_000 {
            ring.push(Duration::ZERO, "x".repeat(16 * 1024));
        }
        assert!(ring.bytes() <= Ring::BYTES && ring.end() == 2_000, "{}", ring.bytes());
    }
}
