//! All panes: how many, which has the focus, and what each shows.

use std::time::Duration;

use ratatui::layout::Rect;

use super::assign::{assign, is_done_with, running_nodes, unshown};
use super::grid::grid;
use super::pane::View;
use super::{Logs, Pane, Source, inner};
use crate::ids::{Attempt, PhaseId, StepId};
use crate::state::{RunState, Status, StepState};

/// One to six panes.
#[derive(Debug, Clone, PartialEq)]
pub struct Panes {
    all: Vec<Pane>,
    active: usize,
    zoomed: bool,
    /// A pane for every node on which something runs.
    per_node: bool,
}

impl Default for Panes {
    fn default() -> Self {
        Self::only(Source::Selected)
    }
}

impl Panes {
    /// Panes at most.
    pub const MOST: usize = 6;
    /// How long a pane of a node stays after the last thing that ran there, when others are enough.
    const LINGER: Duration = Duration::from_secs(10);

    /// One pane.
    pub fn only(source: Source) -> Self {
        Self { all: vec![Pane::new(source)], active: 0, zoomed: false, per_node: false }
    }

    /// A pane for every node on which something runs, coming and going with what runs.
    pub fn per_running_node() -> Self {
        Self { per_node: true, ..Self::only(Source::Running) }
    }

    /// The same phase on every node that has it, side by side: if there are too many, first where it runs, then where it
    /// failed. None if no node has it.
    pub fn by_node(phase: &PhaseId, run: &RunState) -> Option<Self> {
        let mut steps: Vec<&StepState> = run.steps().filter(|step| step.id().phase == *phase).collect();
        let place = |step: &StepState| run.steps().position(|other| other.id() == step.id());
        steps.sort_by_key(|step| match step.status {
            Status::Running { .. } => 0,
            Status::Failed | Status::RetryPlanned { .. } => 1,
            Status::Waiting => 3,
            _ => 2,
        });
        steps.truncate(Self::MOST);
        steps.sort_by_key(|step| place(step));
        let all: Vec<Pane> =
            steps.into_iter().map(|step| Pane::new(Source::Pinned(step.id().clone()))).collect();
        (!all.is_empty()).then_some(Self { all, active: 0, zoomed: false, per_node: false })
    }

    /// All of them, in their order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Pane> {
        self.all.iter()
    }

    /// The place of the one with the focus, from 0.
    pub const fn active(&self) -> usize {
        self.active
    }

    /// The pane at that place.
    pub fn get(&self, at: usize) -> Option<&Pane> {
        self.all.get(at)
    }

    /// The pane at that place, to move about in it; see [`Panes::view`].
    pub fn get_mut(&mut self, at: usize) -> Option<&mut Pane> {
        self.all.get_mut(at)
    }

    /// Whether only the one with the focus is shown.
    pub const fn is_zoomed(&self) -> bool {
        self.zoomed
    }

    /// Whether panes come and go with what runs.
    pub const fn is_per_node(&self) -> bool {
        self.per_node
    }

    /// Gives the focus to the pane at that place.
    pub fn focus(&mut self, at: usize) {
        self.active = at.min(self.all.len().saturating_sub(1));
    }

    /// Gives the focus to the next pane, or the one before; from the last to the first. False when it went round.
    pub fn turn(&mut self, forward: bool) -> bool {
        let (count, last) = (self.all.len(), self.all.len().saturating_sub(1));
        let round = self.active == if forward { last } else { 0 };
        self.active = if forward { (self.active + 1) % count } else { (self.active + last) % count };
        !round
    }

    /// Adds a pane after the one with the focus, looking in the same way, and gives it the focus. False when there are six.
    pub fn open(&mut self, source: Source) -> bool {
        if self.all.len() >= Self::MOST {
            return false;
        }
        let pane = self.like_active(source);
        self.active += 1;
        self.all.insert(self.active, pane);
        self.zoomed = false;
        true
    }

    /// Closes the pane with the focus. False when it is the last one.
    pub fn close(&mut self) -> bool {
        if self.all.len() < 2 {
            return false;
        }
        self.all.remove(self.active);
        self.active = self.active.min(self.all.len() - 1);
        self.per_node = false;
        self.zoomed = false;
        true
    }

    /// Shows only the pane with the focus, or all of them again.
    pub const fn zoom(&mut self) {
        self.zoomed = !self.zoomed;
    }

    /// Keeps the pane with the focus on its step; or lets it go with the selection again.
    pub fn pin(&mut self) {
        let Some(pane) = self.all.get_mut(self.active) else { return };
        pane.source = match (&pane.source, &pane.step) {
            (Source::Pinned(_), _) => Source::Selected,
            (_, Some(step)) => Source::Pinned(step.clone()),
            (source, None) => source.clone(),
        };
    }

    /// Gives every pane its step, and takes in the lines that are new. To be called after every batch of events, and
    /// after everything that changes the selection or a pane.
    pub fn settle(&mut self, run: &RunState, logs: &mut Logs, selected: Option<&StepId>, now: Duration) {
        for pane in &mut self.all {
            match pane.source.clone() {
                Source::Selected => pane.turn_to(selected.cloned()),
                Source::Pinned(step) => pane.turn_to(Some(step)),
                Source::Running => {}
            }
        }
        assign(&mut self.all, run, now, self.per_node);
        if self.per_node {
            self.come_and_go(run, now);
        }
        for pane in &mut self.all {
            let step = pane.step.as_ref().and_then(|step| run.step(step));
            let shows = step.map(|step| (step.id().clone(), pane.shown_attempt(step)));
            if let Some((step, attempt)) = &shows {
                logs.show(step, *attempt);
            }
            let ring = shows.as_ref().and_then(|(step, attempt)| logs.of(step, *attempt));
            pane.catch_up(shows.clone(), ring);
        }
    }

    /// The attempts that they show.
    pub fn shown(&self, run: &RunState) -> Vec<(StepId, Attempt)> {
        let mut shown: Vec<_> = self
            .all
            .iter()
            .filter_map(|pane| {
                let step = run.step(pane.step()?)?;
                Some((step.id().clone(), pane.shown_attempt(step)))
            })
            .collect();
        shown.sort();
        shown.dedup();
        shown
    }

    /// The output is another one from now on, if perhaps of the same attempts: what was found in it is looked for anew.
    pub fn forget(&mut self) {
        for pane in &mut self.all {
            pane.index = super::index::Index::default();
            pane.indexed = None;
        }
    }

    /// The areas of those that are shown, by their places. When there is no room for all, as many are as have room, the
    /// one with the focus among them.
    pub fn areas(&self, area: Rect) -> Vec<(usize, Rect)> {
        let count = self.all.len();
        let together = (2..=count).rev().filter(|_| !self.zoomed);
        let mut fit = together.filter_map(|some| grid(area, u16::try_from(some).unwrap_or(u16::MAX)));
        let Some(places) = fit.next() else { return vec![(self.active, area)] };
        let first = (self.active / places.len() * places.len()).min(count - places.len());
        (first..).zip(places).collect()
    }

    /// What the pane at that place looks at, when all are drawn in `area`.
    pub fn view<'a>(&self, at: usize, logs: &'a Logs, run: &'a RunState, area: Rect) -> View<'a> {
        let pane = self.all.get(at);
        let place = self.areas(area).into_iter().find(|(place, _)| *place == at);
        let inside = place.map_or(Rect::default(), |(_, area)| inner(area));
        let step = pane.and_then(|pane| run.step(pane.step()?));
        View {
            ring: pane.and_then(|pane| pane.ring(logs, run)),
            attempts: step.map_or(&[], |step| &step.attempts),
            width: inside.width,
            height: inside.height,
        }
    }

    fn like_active(&self, source: Source) -> Pane {
        let mut pane = Pane::new(source);
        if let Some(active) = self.all.get(self.active) {
            (pane.wrap, pane.times) = (active.wrap, active.times);
        }
        pane
    }

    fn come_and_go(&mut self, run: &RunState, now: Duration) {
        let mut nodes = running_nodes(&self.all, run);
        for step in unshown(&self.all, run) {
            if self.all.len() < Self::MOST && nodes.insert(step.id().node.clone()) {
                // A pane that still shows what is over on this node will have it in a moment.
                let soon = self.all.iter().any(|pane| {
                    pane.source == Source::Running
                        && pane.step().is_some_and(|shown| shown.node == step.id().node)
                });
                if !soon {
                    let mut pane = self.like_active(Source::Running);
                    pane.turn_to(Some(step.id().clone()));
                    self.all.push(pane);
                }
            }
        }
        let mut at = self.all.len();
        while at > 0 && self.all.len() > nodes.len().max(1) {
            at -= 1;
            if is_done_with(&self.all[at], run, now, Self::LINGER) && self.all[at].follows() {
                self.all.remove(at);
                if at < self.active || self.active == self.all.len() {
                    self.active -= 1;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_panes_are_shown_as_have_room_and_the_one_with_the_focus_is_among_them() {
        let mut panes = Panes::only(Source::Selected);
        while panes.open(Source::Running) {}
        for (width, height, shown) in [(60, 26, 5), (60, 12, 2), (40, 6, 1), (200, 60, Panes::MOST)] {
            for active in 0..Panes::MOST {
                panes.active = active;
                let areas = panes.areas(Rect::new(0, 0, width, height));
                let places: Vec<usize> = areas.iter().map(|(place, _)| *place).collect();
                assert_eq!(places.len(), shown, "{width}x{height}");
                assert!(places.contains(&active), "{width}x{height}: {active} in {places:?}");
                assert!(places.windows(2).all(|two| two[0] + 1 == two[1]) && places[shown - 1] < Panes::MOST);
            }
        }
        panes.zoomed = true;
        assert_eq!(panes.areas(Rect::new(0, 0, 200, 60)).len(), 1);
    }
}
