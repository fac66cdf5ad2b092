//! The lines of one attempt, bounded.

use std::collections::VecDeque;
use std::time::Duration;

/// One line of output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// When it came, by the run's time.
    pub at: Duration,
    /// Redacted and without control characters.
    pub text: String,
}

/// The last lines of one attempt, bounded in number and size. Lines are numbered from 0 as they came; a number stays
/// with its line when older ones go.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ring {
    lines: VecDeque<LogLine>,
    bytes: usize,
    first: u64,
}

impl Ring {
    /// Lines kept at most.
    pub const LINES: usize = 20_000;
    /// Bytes kept at most.
    pub const BYTES: usize = 4 * 1024 * 1024;

    /// Adds a line, and lets go of the oldest ones.
    pub fn push(&mut self, line: LogLine) {
        self.bytes += line.text.len();
        self.lines.push_back(line);
        while self.lines.len() > Self::LINES || (self.bytes > Self::BYTES && self.lines.len() > 1) {
            if let Some(old) = self.lines.pop_front() {
                self.bytes -= old.text.len();
                self.first += 1;
            }
        }
    }

    /// The number of the oldest line kept: how many are only in the journal.
    pub const fn first(&self) -> u64 {
        self.first
    }

    /// The number that the next line gets.
    pub fn end(&self) -> u64 {
        self.first + self.lines.len() as u64
    }

    /// The line with that number.
    pub fn get(&self, number: u64) -> Option<&LogLine> {
        let at = usize::try_from(number.checked_sub(self.first)?).ok()?;
        self.lines.get(at)
    }

    /// Counts lines that never came here.
    pub const fn pass_over(&mut self, count: u64) {
        self.first += count;
    }
}
