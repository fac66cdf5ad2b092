//! The output of every attempt of every step.

use std::collections::BTreeMap;

use super::Ring;
use crate::catalog::{Expectation, knowledge};
use crate::event::{Envelope, EventKind};
use crate::ids::{Attempt, NodeName, PhaseId, StepId};
use crate::version::Version;

/// Rings by step and attempt, bounded together.
#[derive(Debug, Clone, PartialEq)]
pub struct Logs {
    rings: BTreeMap<(StepId, Attempt), Kept>,
    bytes: usize,
    bound: usize,
    shows: u64,
    versions: BTreeMap<NodeName, Version>,
    /// Leaves that a group's command has come to, before the lines that say so.
    begun: BTreeMap<StepId, Vec<(PhaseId, Expectation)>>,
}

#[derive(Debug, Clone, PartialEq, Default)]
struct Kept {
    ring: Ring,
    /// Greater if a pane showed it later; 0 if none ever did.
    shown: u64,
}

impl Default for Logs {
    fn default() -> Self {
        Self::bounded(Self::BYTES)
    }
}

impl Logs {
    /// Bytes that all attempts together take at most.
    pub const BYTES: usize = 64 * 1024 * 1024;
    /// What an attempt may keep as long as others have more.
    const FLOOR: usize = 64 * 1024;

    /// Nothing yet, and never more than `bytes`, as far as each attempt's last line leaves that to choose.
    pub fn bounded(bytes: usize) -> Self {
        Self {
            rings: BTreeMap::new(),
            bytes: 0,
            bound: bytes,
            shows: 0,
            versions: BTreeMap::new(),
            begun: BTreeMap::new(),
        }
    }

    /// Takes in what an event printed.
    pub fn apply(&mut self, envelope: &Envelope) {
        match &envelope.kind {
            EventKind::RunStarted { resumes: None, .. } => *self = Self::bounded(self.bound),
            EventKind::NodeFacts { node, facts } => {
                self.versions.extend(facts.kubeadm.clone().map(|version| (node.clone(), version)));
            }
            EventKind::StepStarted { node, phase, .. } => {
                self.begun.remove(&StepId::new(node.clone(), phase.clone()));
            }
            EventKind::PhaseSeen { node, phase, within } => self.begin(node, phase, within),
            EventKind::StepOutput { .. } => self.print(envelope),
            _ => {}
        }
    }

    /// The output of one attempt; none if it printed nothing.
    pub fn of(&self, step: &StepId, attempt: Attempt) -> Option<&Ring> {
        self.rings.get(&(step.clone(), attempt)).map(|kept| &kept.ring)
    }

    /// Counts lines that were passed over before they came here.
    pub fn pass_over(&mut self, step: StepId, attempt: Attempt, count: u64) {
        let kept = self.rings.entry((step, attempt)).or_default();
        self.bytes -= kept.ring.bytes();
        kept.ring.pass_over(count);
        self.bytes += kept.ring.bytes();
    }

    /// Takes over what another one has of some attempts, in place of what is here of them.
    pub fn adopt(&mut self, other: Self) {
        for (key, kept) in other.rings {
            self.bytes += kept.ring.bytes();
            if let Some(former) = self.rings.insert(key, kept) {
                self.bytes -= former.ring.bytes();
            }
        }
        if self.bytes > self.bound {
            self.make_room();
        }
    }

    /// A pane shows that attempt now: others make room before it does.
    pub fn show(&mut self, step: &StepId, attempt: Attempt) {
        if let Some(kept) = self.rings.get_mut(&(step.clone(), attempt)) {
            self.shows += 1;
            kept.shown = self.shows;
        }
    }

    /// What all lines take.
    #[cfg(test)]
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    fn begin(&mut self, node: &NodeName, leaf: &PhaseId, within: &PhaseId) {
        let Some(version) = self.versions.get(node) else { return };
        let Some(known) = knowledge(leaf, version) else { return };
        let step = StepId::new(node.clone(), within.clone());
        self.begun.entry(step).or_default().push((leaf.clone(), known.expect));
    }

    fn print(&mut self, envelope: &Envelope) {
        let EventKind::StepOutput { node, phase, attempt, lines } = &envelope.kind else { return };
        let step = StepId::new(node.clone(), phase.clone());
        let mut begun = self.begun.remove(&step).unwrap_or_default();
        let kept = self.rings.entry((step.clone(), *attempt)).or_default();
        self.bytes -= kept.ring.bytes();
        for text in lines {
            if let Some(at) = begun.iter().position(|(_, expect)| expect.matches(text)) {
                kept.ring.begin(begun.remove(at).0);
            }
            kept.ring.push(envelope.elapsed, text.as_str());
        }
        self.bytes += kept.ring.bytes();
        if !begun.is_empty() {
            self.begun.insert(step, begun);
        }
        if self.bytes > self.bound {
            self.make_room();
        }
    }

    /// Attempts shown least recently shrink first, to a floor; then all of them, in the same order, below it.
    fn make_room(&mut self) {
        let goal = self.bound - self.bound / 8;
        let mut order: Vec<_> = self
            .rings
            .iter()
            .map(|(key, kept)| {
                let last = kept.ring.end().checked_sub(1).and_then(|n| kept.ring.get(n)).map(|line| line.at);
                ((kept.shown, last), key.clone())
            })
            .collect();
        order.sort();
        for floor in [Self::FLOOR.min(self.bound / 16), 0] {
            for (_, key) in &order {
                if self.bytes <= goal {
                    return;
                }
                let Some(kept) = self.rings.get_mut(key) else { continue };
                let before = kept.ring.bytes();
                kept.ring.shrink(before.saturating_sub(self.bytes - goal).max(floor));
                self.bytes -= before - kept.ring.bytes();
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    fn step(n: usize) -> StepId {
        StepId::new(NodeName::new(format!("n{n}")).unwrap(), "init/certs")
    }

    fn output(n: usize, lines: usize) -> Envelope {
        let StepId { node, phase } = step(n);
        let lines = (0..lines).map(|n| format!("[certs] line {n}")).collect();
        Envelope {
            seq: 1,
            at: jiff::Timestamp::UNIX_EPOCH,
            elapsed: Duration::ZERO,
            kind: EventKind::StepOutput { node, phase, attempt: Attempt::FIRST, lines },
        }
    }

    fn kept(logs: &Logs, n: usize) -> u64 {
        logs.of(&step(n), Attempt::FIRST).map_or(0, |ring| ring.end() - ring.first())
    }

    #[test]
    fn what_was_shown_last_shrinks_last_and_nothing_goes_uncounted() {
        let mut logs = Logs::bounded(280_000);
        for n in 0..3 {
            logs.apply(&output(n, 1_000));
        }
        for n in [1, 0] {
            logs.show(&step(n), Attempt::FIRST);
        }
        assert_eq!([0, 1, 2].map(|n| kept(&logs, n)), [1_000; 3]);
        logs.apply(&output(3, 1_150));
        logs.show(&step(3), Attempt::FIRST);
        assert_eq!(
            [0, 1, 3].map(|n| kept(&logs, n)),
            [1_000, 1_000, 1_150],
            "the one nobody looked at gives"
        );
        assert!((1..1_000).contains(&kept(&logs, 2)));
        logs.apply(&output(3, 600));
        assert_eq!([0, 3].map(|n| kept(&logs, n)), [1_000, 1_750]);
        assert!(kept(&logs, 1) < 1_000);
        for n in 0..4 {
            let ring = logs.of(&step(n), Attempt::FIRST).unwrap();
            assert_eq!(ring.older() + kept(&logs, n), if n == 3 { 1_750 } else { 1_000 });
        }
    }

    proptest! {
        #[test]
        fn the_bound_holds_and_bytes_are_counted_right(
            prints in prop::collection::vec((0usize..6, 1usize..300, 0usize..8), 0..40)
        ) {
            let mut logs = Logs::bounded(60_000);
            for (n, lines, shown) in prints {
                logs.apply(&output(n, lines));
                logs.pass_over(step(n), Attempt::FIRST, (shown % 2) as u64);
                logs.show(&step(shown), Attempt::FIRST);
                prop_assert_eq!(logs.bytes(), logs.rings.values().map(|kept| kept.ring.bytes()).sum::<usize>());
                prop_assert!(logs.bytes() <= 61_000, "{}", logs.bytes());
            }
        }
    }
}
