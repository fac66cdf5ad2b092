//! The last lines of an attempt's output.

use std::collections::VecDeque;

/// The last lines of an output, bounded in number and size; says how many came before them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tail {
    lines: VecDeque<String>,
    bytes: usize,
    dropped: u64,
}

impl Tail {
    /// Lines kept at most.
    pub const LINES: usize = 200;
    /// Bytes kept at most, unless a single line is longer.
    pub const BYTES: usize = 64 * 1024;

    /// Adds a line at the end and lets go of the oldest ones.
    pub fn push(&mut self, line: String) {
        self.bytes += line.len();
        self.lines.push_back(line);
        while self.lines.len() > Self::LINES || (self.bytes > Self::BYTES && self.lines.len() > 1) {
            if let Some(old) = self.lines.pop_front() {
                self.bytes -= old.len();
                self.dropped += 1;
            }
        }
    }

    /// The lines kept, oldest first.
    pub fn lines(&self) -> impl DoubleEndedIterator<Item = &str> + ExactSizeIterator {
        self.lines.iter().map(String::as_str)
    }

    /// The last `count` lines, oldest first.
    pub fn last(&self, count: usize) -> impl DoubleEndedIterator<Item = &str> + ExactSizeIterator {
        self.lines().skip(self.lines.len().saturating_sub(count))
    }

    /// How many older lines are no longer here; they are in the journal.
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Whether nothing was printed.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_lines_go_and_are_counted() {
        let mut tail = Tail::default();
        for n in 0..250 {
            tail.push(n.to_string());
        }
        assert_eq!(tail.lines().len(), Tail::LINES);
        assert_eq!(tail.dropped(), 50);
        assert_eq!(tail.lines().next(), Some("50"));
        assert_eq!(tail.last(2).collect::<Vec<_>>(), ["248", "249"]);
    }

    #[test]
    fn long_lines_are_bounded_by_bytes_but_the_last_one_stays() {
        let mut tail = Tail::default();
        for _ in 0..10 {
            tail.push("x".repeat(16 * 1024));
        }
        assert_eq!((tail.lines().len(), tail.dropped()), (4, 6));
        tail.push("y".repeat(Tail::BYTES * 2));
        assert_eq!((tail.lines().len(), tail.dropped()), (1, 10));
    }
}
