//! Which lines a pane shows and where its search is found: kept, and extended as lines come.

use std::collections::VecDeque;

use super::ring::front_if;
use super::{Filter, Level, LogLine, Pattern, Ring};

/// Of one pane over one ring, up to `next`.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Index {
    next: u64,
    /// The first line of the problem being told, or the last line.
    block: u64,
    block_shown: bool,
    shown: VecDeque<u64>,
    hits: VecDeque<u64>,
}

impl Index {
    /// Takes in the lines before `end` that are new. A problem and the lines that go on with it are shown together: all of
    /// them if the filter finds any; with an inverse filter, if it doesn't find the first.
    pub(super) fn extend(
        &mut self,
        ring: &Ring,
        end: u64,
        search: Option<&Pattern>,
        filter: Option<&Filter>,
    ) {
        if search.is_none() && filter.is_none() {
            return;
        }
        for numbers in [&mut self.shown, &mut self.hits] {
            while front_if(numbers, |number| *number < ring.first()).is_some() {}
        }
        if self.next < ring.first() {
            (self.next, self.block, self.block_shown) = (ring.first(), ring.first(), false);
        }
        self.block = self.block.max(ring.first());
        while self.next < end {
            let number = self.next;
            let Some(line) = ring.get(number) else { return };
            self.next += 1;
            match filter {
                None => self.hit(number, line, search),
                Some(filter) => self.sift(ring, number, line, search, filter),
            }
        }
    }

    fn sift(&mut self, ring: &Ring, number: u64, line: &LogLine, search: Option<&Pattern>, filter: &Filter) {
        let head = !line.continues;
        if head {
            (self.block, self.block_shown) = (number, false);
        }
        let found = line.level == Level::Gap || filter.pattern.is_in(&line.text) != filter.inverse;
        if self.block_shown {
            self.show(number, line, search);
        } else if found && (head || !filter.inverse) {
            self.block_shown = true;
            for number in self.block..=number {
                if let Some(line) = ring.get(number) {
                    self.show(number, line, search);
                }
            }
        }
    }

    fn show(&mut self, number: u64, line: &LogLine, search: Option<&Pattern>) {
        self.shown.push_back(number);
        self.hit(number, line, search);
    }

    fn hit(&mut self, number: u64, line: &LogLine, search: Option<&Pattern>) {
        if line.level != Level::Gap && search.is_some_and(|search| search.is_in(&line.text)) {
            self.hits.push_back(number);
        }
    }

    /// Lines that pass the filter, in order; meaningless without one.
    pub(super) const fn shown(&self) -> &VecDeque<u64> {
        &self.shown
    }

    /// Lines among them in which the search is found, in order.
    pub(super) const fn hits(&self) -> &VecDeque<u64> {
        &self.hits
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    const LINES: [&str; 8] = [
        "[certs] a",
        "b",
        "ab",
        "    [ERROR Swap]: a",
        "    [ERROR Swap]: x",
        "error execution phase x: b",
        "W1122 10:10:55.090838   2 a.go:6] y",
        "To see the stack trace of this error execute with",
    ];

    /// The same, said in another way: by whole blocks.
    fn from_scratch(
        lines: &[LogLine],
        search: Option<&Pattern>,
        filter: Option<&Filter>,
    ) -> (Vec<u64>, Vec<u64>) {
        let mut blocks: Vec<Vec<u64>> = Vec::new();
        for (n, line) in (0u64..).zip(lines) {
            match blocks.last_mut().filter(|_| line.continues) {
                Some(block) => block.push(n),
                None => blocks.push(vec![n]),
            }
        }
        let text = |n: &u64| &*lines[usize::try_from(*n).unwrap()].text;
        let passes = |block: &Vec<u64>| match filter {
            None => true,
            Some(Filter { pattern, inverse: true }) => !pattern.is_in(text(&block[0])),
            Some(Filter { pattern, .. }) => block.iter().any(|n| pattern.is_in(text(n))),
        };
        let shown: Vec<u64> = blocks.into_iter().filter(passes).flatten().collect();
        let hits =
            shown.iter().copied().filter(|n| search.is_some_and(|search| search.is_in(text(n)))).collect();
        (shown, hits)
    }

    proptest! {
        #[test]
        fn extending_is_the_same_as_looking_at_everything(
            lines in prop::collection::vec((prop::sample::select(&LINES[..]), prop::bool::weighted(0.1)), 0..60),
            search in prop::option::of(prop::sample::select(&["a", "swap", "b$"][..])),
            filter in prop::option::of((prop::sample::select(&["a", "error", "x|y"][..]), any::<bool>())),
        ) {
            let search = search.and_then(Pattern::new);
            let filter = filter.map(|(text, inverse)| Filter { pattern: Pattern::new(text).unwrap(), inverse });
            let mut ring = Ring::default();
            let mut index = Index::default();
            let mut ever = Vec::new();
            for (line, shrink) in lines {
                ring.push(Duration::ZERO, line);
                ever.push(ring.get(ring.end() - 1).unwrap().clone());
                index.extend(&ring, ring.end(), search.as_ref(), filter.as_ref());
                if shrink {
                    ring.shrink(ring.bytes() / 2);
                    index.extend(&ring, ring.end(), search.as_ref(), filter.as_ref());
                }
                let (shown, hits) = from_scratch(&ever, search.as_ref(), filter.as_ref());
                let kept = |numbers: Vec<u64>| numbers.into_iter().filter(|n| *n >= ring.first()).collect::<VecDeque<u64>>();
                if filter.is_some() {
                    prop_assert_eq!(index.shown(), &kept(shown));
                }
                prop_assert_eq!(index.hits(), &kept(hits));
            }
        }
    }
}
