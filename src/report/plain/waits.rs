//! What is under way and why it takes its time, told calmly.

use std::collections::HashMap;
use std::time::Duration;

use super::lines::Columns;
use crate::ids::StepId;
use crate::report::layout::counted;
use crate::report::style::Mark;
use crate::state::{RunState, Status, StepState, WaitView};
use crate::text;

/// A step that runs longer is worth a line at its start.
const LONG: Duration = Duration::from_secs(3);
/// Between two lines about one wait.
const BETWEEN: Duration = Duration::from_secs(5);
/// Between two looks at what runs.
const LOOK: Duration = Duration::from_millis(500);
/// Without any other line, how far the run is.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// What was told of running steps.
#[derive(Debug, Default)]
pub(super) struct Waits {
    told: HashMap<StepId, Told>,
    looked: Duration,
    spoke: Duration,
}

#[derive(Debug)]
struct Told {
    since: Duration,
    at: Duration,
    sight: Option<(String, Vec<(String, String)>)>,
}

impl Waits {
    /// Something else was told; no heartbeat is needed for a while.
    pub(super) const fn spoke(&mut self, now: Duration) {
        self.spoke = now;
    }

    /// The lines due by `now`.
    pub(super) fn due(&mut self, now: Duration, state: &RunState, columns: &Columns) -> Vec<String> {
        if now < self.looked {
            *self = Self { looked: now, spoke: now, ..Self::default() };
        }
        if state.end.is_some() || now.saturating_sub(self.looked) < LOOK {
            return Vec::new();
        }
        self.looked = now;
        self.told
            .retain(|id, _| state.step(id).is_some_and(|step| matches!(step.status, Status::Running { .. })));
        let mut lines = Vec::new();
        for step in state.running() {
            lines.extend(self.step(now, step, columns));
        }
        if !lines.is_empty() {
            self.spoke = now;
        } else if now.saturating_sub(self.spoke) >= HEARTBEAT {
            self.spoke = now;
            let progress = state.progress();
            let steps = counted(progress.total(), "step");
            let what = format!("{} of {steps} over, {} running", progress.over(), progress.running);
            let started = |step: &&StepState| match step.status {
                Status::Running { since, .. } => since,
                _ => now,
            };
            let longest = state.running().min_by_key(started);
            let longest = longest.map_or_else(String::new, |step| format!("longest: {}", step.id()));
            lines.extend(columns.line(now, "", Mark::Note, &what, &longest));
        }
        lines
    }

    fn step(&mut self, now: Duration, step: &StepState, columns: &Columns) -> Vec<String> {
        let Status::Running { since, attempt } = step.status else { return Vec::new() };
        let node = step.id().node.as_str();
        let sight = step.wait.as_ref().map(|wait| (wait.waiting_for.clone(), wait.facts.clone()));
        let told = self.told.get(step.id()).filter(|told| told.since == since);
        let fresh = match told {
            None => now.saturating_sub(since) >= LONG,
            Some(told) => sight.is_some() && told.sight != sight && now.saturating_sub(told.at) >= BETWEEN,
        };
        if !fresh {
            return Vec::new();
        }
        self.told.insert(step.id().clone(), Told { since, at: now, sight });
        let phase = step.id().phase.as_str();
        let time = text::duration(now.saturating_sub(since));
        match &step.wait {
            Some(wait) => columns.line(now, node, Mark::Waiting, phase, &sentence(wait)),
            None if attempt.0 > 1 => {
                columns.line(now, node, Mark::Running, phase, &format!("attempt {attempt}, for {time}"))
            }
            None => columns.line(now, node, Mark::Running, phase, &format!("for {time}")),
        }
    }
}

fn sentence(wait: &WaitView) -> String {
    let facts: Vec<_> = wait.facts.iter().map(|(name, value)| format!("{name} {value}")).collect();
    if facts.is_empty() {
        wait.waiting_for.clone()
    } else {
        format!("{} ({})", wait.waiting_for, facts.join(", "))
    }
}
