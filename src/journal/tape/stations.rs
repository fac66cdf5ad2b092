//! States of the run at some of its places.

use crate::state::RunState;

/// Stations at most; when there would be more, every second one goes.
const MOST: usize = 64;
/// Steps that all stations together may have: each costs some hundred bytes in each, even where nothing happened to it.
const STEPS: usize = 256 * 1024;
/// Bytes of journal between two stations at least.
const NEAREST: u64 = 64 * 1024;

/// States of the run, at ever greater distances as the journal grows.
#[derive(Debug)]
pub(super) struct Stations {
    kept: Vec<(usize, RunState)>,
    distance: u64,
    /// Bytes since the last one.
    since: u64,
}

impl Default for Stations {
    fn default() -> Self {
        Self { kept: Vec::new(), distance: NEAREST, since: 0 }
    }
}

impl Stations {
    /// `length` bytes of journal have led to `place`, where the run is as in `state`.
    pub(super) fn pass(&mut self, place: usize, length: u64, state: &RunState) {
        self.since += length;
        if self.since < self.distance {
            return;
        }
        self.since = 0;
        self.kept.push((place, state.clone()));
        let most = (STEPS / state.steps().len().max(1)).clamp(4, MOST);
        if self.kept.len() > most {
            self.thin_out();
        }
    }

    fn thin_out(&mut self) {
        self.distance = self.distance.saturating_mul(2);
        let mut keep = false;
        self.kept.retain(|_| {
            keep = !keep;
            !keep
        });
    }

    /// The last one that is not after `place`.
    pub(super) fn before(&self, place: usize) -> (usize, RunState) {
        let count = self.kept.partition_point(|(at, _)| *at <= place);
        self.kept[..count].last().cloned().unwrap_or_default()
    }

    #[cfg(test)]
    pub(super) const fn len(&self) -> usize {
        self.kept.len()
    }
}
