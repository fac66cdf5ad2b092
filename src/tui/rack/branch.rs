//! The rows of one node.

use std::collections::{BTreeMap, BTreeSet};

use super::tally::Tally;
use super::{Row, RowId};
use crate::ids::{NodeName, PhaseId};
use crate::plan::step::Work;
use crate::state::{Outlook, Status, StepState};
use crate::tui::theme::Mark;

/// What the operator folded or unfolded; everything else folds by itself when done, and opens when it runs or fails.
pub type Folds = BTreeMap<RowId, bool>;

/// kubeadm's commands; a node that runs several has them one after the other.
const COMMANDS: [&str; 3] = ["init", "join", "reset"];

/// Makes a node's rows.
pub(super) struct Branch<'a> {
    /// What the operator wants open or folded.
    pub(super) folds: &'a Folds,
    /// Rows that are open because the cursor is within them.
    pub(super) kept: &'a [RowId],
    /// What is to be expected of what waits.
    pub(super) outlook: Option<&'a Outlook<'a>>,
}

/// A step and how it stands.
type Marked<'a> = (&'a StepState, Mark);

impl Branch<'_> {
    /// Adds the rows of `node`; says how each of `steps` stands.
    pub(super) fn grow(&self, rows: &mut Vec<Row>, node: &NodeName, steps: &[&StepState]) -> Vec<Mark> {
        let marked: Vec<Marked<'_>> =
            steps.iter().map(|step| (*step, Mark::of_step(step, self.outlook))).collect();
        let steps: Vec<Marked<'_>> = marked.iter().filter(|(step, _)| is_shown(step)).copied().collect();
        let tally = tally(&steps);
        let begun = steps.iter().any(|(step, _)| !step.attempts.is_empty() && !step.plan.work.is_survey());
        let id = RowId::Node(node.clone());
        let open = self.is_open(&id, tally.count(Mark::Failed) > 0 || (begun && !tally.is_settled()));
        rows.push(parent(id, 0, node.to_string(), tally, open));
        if open {
            let commands: BTreeSet<&str> = steps.iter().filter_map(|(step, _)| command(step)).collect();
            if commands.len() > 1 {
                self.commands(rows, node, &steps);
            } else {
                self.phases(rows, &steps, 1);
            }
        }
        marked.into_iter().map(|(_, mark)| mark).collect()
    }

    /// Each command with what lies between its first phase and its last.
    fn commands(&self, rows: &mut Vec<Row>, node: &NodeName, steps: &[Marked<'_>]) {
        let mut grouped = BTreeSet::new();
        let (mut at, mut loose) = (0, 0);
        while at < steps.len() {
            let Some(name) = command(steps[at].0).filter(|name| grouped.insert(*name)) else {
                at += 1;
                continue;
            };
            self.phases(rows, &steps[loose..at], 1);
            let last = steps.iter().rposition(|(step, _)| command(step) == Some(name)).unwrap_or(at);
            let members = &steps[at..=last];
            let id = RowId::Group(node.clone(), PhaseId::new(name));
            if self.group(rows, id, 1, format!("kubeadm {name}"), members) {
                self.phases(rows, members, 2);
            }
            at = last + 1;
            loose = at;
        }
        self.phases(rows, &steps[loose..], 1);
    }

    /// Steps, those of one phase together.
    fn phases(&self, rows: &mut Vec<Row>, steps: &[Marked<'_>], depth: usize) {
        let mut at = 0;
        while at < steps.len() {
            let id = steps[at].0.id();
            let Some(phase) = id.phase.parent() else {
                self.step(rows, steps[at], depth, without_command(&id.phase));
                at += 1;
                continue;
            };
            let within = |(step, _): &&Marked<'_>| step.id().phase.parent().as_ref() == Some(&phase);
            let members = &steps[at..at + steps[at..].iter().take_while(within).count().max(1)];
            at += members.len();
            let label = without_command(&phase).to_owned();
            if self.group(rows, RowId::Group(id.node.clone(), phase), depth, label, members) {
                for member in members {
                    self.step(rows, *member, depth + 1, member.0.id().phase.leaf());
                }
            }
        }
    }

    fn group(
        &self,
        rows: &mut Vec<Row>,
        id: RowId,
        depth: usize,
        label: String,
        members: &[Marked<'_>],
    ) -> bool {
        let tally = tally(members);
        let begun = members.iter().any(|(step, _)| !step.attempts.is_empty());
        let open = self.is_open(&id, tally.is_lively() || (begun && !tally.is_settled()));
        rows.push(parent(id, depth, label, tally, open));
        open
    }

    fn step(&self, rows: &mut Vec<Row>, (step, mark): Marked<'_>, depth: usize, label: &str) {
        let id = RowId::Step(step.id().clone());
        let leaves = &step.plan.covers;
        let by_itself = matches!(mark, Mark::Running | Mark::Failed | Mark::Retry);
        let open = (!leaves.is_empty()).then(|| self.is_open(&id, by_itself));
        let own = is_own(&step.plan.work);
        rows.push(Row { id, depth, label: label.to_owned(), mark, open, count: None, own });
        if open == Some(true) {
            for leaf in leaves {
                let seen = step.seen.iter().any(|seen| seen.phase == *leaf);
                let mark = match step.status {
                    Status::Succeeded => Mark::Done,
                    Status::Skipped => Mark::Skipped,
                    _ if seen => Mark::Done,
                    _ => Mark::Waiting,
                };
                let id = RowId::Leaf(step.id().clone(), leaf.clone());
                let label = leaf.leaf().to_owned();
                rows.push(Row { id, depth: depth + 1, label, mark, open: None, count: None, own });
            }
        }
    }

    fn is_open(&self, id: &RowId, by_itself: bool) -> bool {
        self.folds.get(id).copied().unwrap_or_else(|| by_itself || self.kept.contains(id))
    }
}

fn parent(id: RowId, depth: usize, label: String, tally: Tally, open: bool) -> Row {
    let count = Some((tally.settled(), tally.total()));
    Row { id, depth, label, mark: tally.mark(), open: Some(open), count, own: false }
}

fn tally(steps: &[Marked<'_>]) -> Tally {
    Tally::of(steps.iter().map(|(_, mark)| *mark))
}

/// Steps of an earlier console that the present plan hasn't got are shown for what they did.
fn is_shown(step: &StepState) -> bool {
    step.planned || !step.attempts.is_empty()
}

const fn is_own(work: &Work) -> bool {
    !matches!(work, Work::Kubeadm { .. })
}

fn command(step: &StepState) -> Option<&str> {
    let command = step.id().phase.as_str().split('/').next()?;
    COMMANDS.contains(&command).then_some(command)
}

/// Without kubeadm's command: a node seldom runs more than one of them, and then each stands above its phases.
pub(super) fn without_command(phase: &PhaseId) -> &str {
    let path = phase.as_str();
    path.split_once('/').filter(|(command, _)| COMMANDS.contains(command)).map_or(path, |(_, rest)| rest)
}
