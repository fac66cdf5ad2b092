//! Where events stand in the journal, and which of them printed.

use std::collections::HashMap;
use std::time::Duration;

use crate::event::{Envelope, EventKind};
use crate::ids::{Attempt, NodeName, StepId};

/// One event.
#[derive(Debug, Clone, Copy)]
struct Entry {
    start: u64,
    length: u32,
    /// In milliseconds; never before the event before.
    at: u64,
}

/// Something that shows in the output of a step.
#[derive(Debug, Clone, Copy)]
struct Told {
    event: u32,
    /// None: it is told in the output of whatever try runs.
    attempt: Option<Attempt>,
    lines: u32,
}

/// All events of a journal.
#[derive(Debug, Default)]
pub(super) struct Index {
    entries: Vec<Entry>,
    told: HashMap<StepId, Vec<Told>>,
    facts: HashMap<NodeName, Vec<u32>>,
}

impl Index {
    /// Takes an event in, and says how many there are now.
    pub(super) fn add(&mut self, start: u64, length: u64, event: &Envelope) -> usize {
        let number = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        let elapsed = u64::try_from(event.elapsed.as_millis()).unwrap_or(u64::MAX);
        let at = self.entries.last().map_or(elapsed, |before| before.at.max(elapsed));
        self.entries.push(Entry { start, length: u32::try_from(length).unwrap_or(u32::MAX), at });
        let (node, phase, attempt, lines) = match &event.kind {
            EventKind::NodeFacts { node, .. } => {
                self.facts.entry(node.clone()).or_default().push(number);
                return self.entries.len();
            }
            EventKind::StepOutput { node, phase, attempt, lines } => {
                (node, phase, Some(*attempt), lines.len())
            }
            EventKind::StepStarted { node, phase, .. } | EventKind::PhaseSeen { node, within: phase, .. } => {
                (node, phase, None, 0)
            }
            _ => return self.entries.len(),
        };
        let told = Told { event: number, attempt, lines: u32::try_from(lines).unwrap_or(u32::MAX) };
        self.told.entry(StepId { node: node.clone(), phase: phase.clone() }).or_default().push(told);
        self.entries.len()
    }

    pub(super) const fn len(&self) -> usize {
        self.entries.len()
    }

    /// The run's time after `place` events.
    pub(super) fn time(&self, place: usize) -> Duration {
        let last = place.checked_sub(1).and_then(|at| self.entries.get(at));
        last.map_or(Duration::ZERO, |entry| Duration::from_millis(entry.at))
    }

    /// How many events had happened at that time.
    pub(super) fn before(&self, time: Duration) -> usize {
        self.entries.partition_point(|entry| Duration::from_millis(entry.at) <= time)
    }

    /// Where the event is, in bytes: its start and its length.
    pub(super) fn range(&self, at: usize) -> Option<(u64, usize)> {
        self.entries.get(at).map(|entry| (entry.start, entry.length as usize))
    }

    /// The events that tell the last `most` lines of an attempt before `place`, and how many lines came before them.
    pub(super) fn printed(
        &self,
        step: &StepId,
        attempt: Attempt,
        place: usize,
        most: u64,
    ) -> (Vec<usize>, u64) {
        let told = self.told.get(step).map_or(&[][..], Vec::as_slice);
        let told = &told[..told.partition_point(|told| (told.event as usize) < place)];
        let (mut events, mut lines, mut older) = (Vec::new(), 0, 0);
        for told in told.iter().rev().filter(|told| told.attempt.is_none_or(|of| of == attempt)) {
            if lines >= most {
                older += u64::from(told.lines);
                continue;
            }
            lines += u64::from(told.lines);
            events.push(told.event as usize);
        }
        let facts = self.facts.get(&step.node).into_iter().flatten();
        events.extend(facts.map(|at| *at as usize).filter(|at| *at < place).max());
        events.sort_unstable();
        (events, older)
    }
}
