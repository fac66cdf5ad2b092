//! Which rows of the log a pane shows. Whatever is asked, only about as many lines are looked at as fit in it.

use std::ops::Range;

use super::Lines;
use super::wrap::wrap;

/// A row of the log: a line's, counted from what stands before its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Spot {
    pub(super) line: u64,
    pub(super) row: usize,
}

/// What stands in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// How many older lines there are, before the first one kept.
    Older(u64),
    /// A phase begins.
    Section,
    /// How many lines are missing here.
    Gap(u64),
    /// A part of the line's text, in bytes; all of it unless wrapped.
    Text(Range<usize>),
}

/// Lines, laid out for a size.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window<'a> {
    pub(super) lines: Lines<'a>,
    pub(super) wrapped: bool,
    /// For text: without the times before it.
    pub(super) width: usize,
    pub(super) height: usize,
}

impl Window<'_> {
    /// The rows of a line.
    pub(super) fn parts(&self, number: u64) -> Vec<Part> {
        let Some(line) = self.lines.get(number) else { return Vec::new() };
        let mut parts = Vec::new();
        let ring = self.lines.ring;
        if number == ring.first() && ring.older() > 0 {
            parts.push(Part::Older(ring.older()));
        }
        if ring.section(number).is_some() {
            parts.push(Part::Section);
        }
        match ring.gap(number) {
            Some(count) => parts.push(Part::Gap(count)),
            None if self.wrapped => parts.extend(wrap(&line.text, self.width).into_iter().map(Part::Text)),
            None => parts.push(Part::Text(0..line.text.len())),
        }
        parts
    }

    /// The rows from `top` on, as many as fit.
    pub(super) fn rows(&self, top: Spot) -> Vec<(u64, Part)> {
        let mut rows = Vec::with_capacity(self.height);
        let mut skip = top.row;
        let mut next = self.lines.at_or_after(top.line);
        while let Some(line) = next.filter(|_| rows.len() < self.height) {
            let space = self.height - rows.len();
            rows.extend(self.parts(line).into_iter().skip(skip).take(space).map(|part| (line, part)));
            skip = 0;
            next = self.lines.after(line);
        }
        rows
    }

    /// The row that is at the top when the last one is at the bottom; none if there are no lines.
    pub(super) fn end(&self) -> Option<Spot> {
        let line = self.lines.last()?;
        let row = self.parts(line).len().saturating_sub(1);
        Some(self.up(Spot { line, row }, self.height.saturating_sub(1)))
    }

    /// The first row; none if there are no lines.
    pub(super) fn start(&self) -> Option<Spot> {
        Some(Spot { line: self.lines.first()?, row: 0 })
    }

    /// `spot`, if it is a row of the log now that leaves no room below the last one; else the closest that is.
    pub(super) fn fit(&self, spot: Spot) -> Option<Spot> {
        let end = self.end()?;
        let Some(line) = self.lines.at_or_after(spot.line) else { return Some(end) };
        let row = if line == spot.line { spot.row.min(self.parts(line).len().saturating_sub(1)) } else { 0 };
        Some(Spot { line, row }.min(end))
    }

    /// `by` rows further up, at most to the first.
    pub(super) fn up(&self, from: Spot, by: usize) -> Spot {
        let (mut spot, mut by) = (from, by);
        while by > spot.row {
            let Some(line) = self.lines.before(spot.line) else { return Spot { row: 0, ..spot } };
            by -= spot.row + 1;
            spot = Spot { line, row: self.parts(line).len().saturating_sub(1) };
        }
        Spot { row: spot.row - by, ..spot }
    }

    /// `by` rows further down, at most to the last.
    pub(super) fn down(&self, from: Spot, by: usize) -> Spot {
        let (mut spot, mut by) = (from, by);
        loop {
            let below = self.parts(spot.line).len().saturating_sub(spot.row + 1);
            if by <= below {
                return Spot { row: spot.row + by, ..spot };
            }
            let Some(line) = self.lines.after(spot.line) else {
                return Spot { row: spot.row + below, ..spot };
            };
            by -= below + 1;
            spot = Spot { line, row: 0 };
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::VecDeque;
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::tui::logs::Ring;

    proptest! {
        #[test]
        fn windows_are_cut_out_of_one_long_list_of_rows(
            lines in prop::collection::vec(("[a-c ]{0,40}", prop::bool::weighted(0.2)), 1..40),
            (lost, passed) in (0usize..1_000, 0u64..3),
            hidden in prop::collection::vec(any::<bool>(), 40),
            (filtered, wrapped) in any::<(bool, bool)>(),
            (width, height) in (2usize..30, 1usize..12),
            (line, row, by) in (0u64..45, 0usize..9, 0usize..40),
        ) {
            let mut ring = Ring::default();
            for (text, section) in &lines {
                if *section {
                    ring.begin("init/certs/ca".into());
                }
                ring.push(Duration::ZERO, text.as_str());
            }
            ring.pass_over(passed);
            ring.shrink(ring.bytes().saturating_sub(lost));
            let shown: VecDeque<u64> = (ring.first()..ring.end()).filter(|n| !hidden.get(usize::try_from(*n).unwrap()).unwrap_or(&false)).collect();
            let lines = Lines { ring: &ring, shown: filtered.then_some(&shown), end: ring.end() };
            let window = Window { lines, wrapped, width, height };
            let numbers: Vec<u64> = if filtered { shown.iter().copied().collect() } else { (ring.first()..ring.end()).collect() };
            let all: Vec<(u64, Part)> = numbers.iter().flat_map(|n| window.parts(*n).into_iter().map(|part| (*n, part))).collect();
            let place = |spot: Spot| all.iter().position(|(n, _)| *n == spot.line).unwrap() + spot.row;
            if numbers.is_empty() {
                prop_assert_eq!(window.fit(Spot { line, row }), None);
                return Ok(());
            }
            let last = all.len().saturating_sub(height);
            prop_assert_eq!(place(window.end().unwrap()), last);
            let spot = window.fit(Spot { line, row }).unwrap();
            let at = place(spot);
            prop_assert!(at <= last, "scrolling never leaves the log");
            prop_assert_eq!(&window.rows(spot)[..], &all[at..(at + height).min(all.len())]);
            prop_assert_eq!(place(window.up(spot, by)), at.saturating_sub(by));
            prop_assert_eq!(place(window.down(spot, by)), (at + by).min(all.len() - 1));
            prop_assert_eq!(place(window.start().unwrap()), 0);
        }
    }
}
