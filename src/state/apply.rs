//! The fold: one event at a time.

use std::sync::Arc;

use super::{
    AttemptState, Cancel, Conduct, End, Gate, Link, Message, NodeState, RunEnd, RunInfo, RunState, Seen,
};
use super::{Status, StepState, Tail, WaitView};
use crate::event::{Envelope, EventKind, Pace};
use crate::ids::{NodeName, PhaseId, StepId};
use crate::plan::step::{Step, Work};

impl RunState {
    /// The state after all of `events`.
    pub fn fold<'a>(events: impl IntoIterator<Item = &'a Envelope>) -> Self {
        let mut state = Self::default();
        for event in events {
            state.apply(event);
        }
        state
    }

    /// Takes one event in.
    pub fn apply(&mut self, envelope: &Envelope) {
        if let EventKind::RunStarted { resumes: None, .. } = &envelope.kind {
            *self = Self::default();
        }
        self.seq = envelope.seq;
        self.elapsed = envelope.elapsed;
        self.at = Some(envelope.at);
        match &envelope.kind {
            EventKind::RunStarted { .. } => self.run_started(envelope),
            EventKind::PlanExtended { steps, complete } => {
                for step in steps {
                    self.plan(step);
                }
                self.plan_complete = *complete;
                self.gate = None;
            }
            EventKind::Conduct { interactive, pace, nodes_at_once, joins_at_once } => {
                self.pace = *pace;
                self.conduct = Conduct {
                    interactive: *interactive,
                    nodes_at_once: *nodes_at_once,
                    joins_at_once: *joins_at_once,
                };
            }
            EventKind::PlanReplaced { steps, complete } => self.replace_plan(steps, *complete),
            EventKind::GateReached { obstacle } => self.gate = Some(Gate { obstacle: obstacle.clone() }),
            EventKind::Rechecked { node } => self.recheck(node),
            EventKind::NodeReset { node } => self.begin_anew(node),
            EventKind::InventoryChanged { nodes, nodes_at_once, joins_at_once, again, .. } => {
                self.conduct.nodes_at_once = *nodes_at_once;
                self.conduct.joins_at_once = *joins_at_once;
                self.change_inventory(nodes, again);
            }
            EventKind::PaceChanged { pace } => {
                self.pace = *pace;
                if *pace == Pace::Continuous {
                    self.pass_gate();
                }
            }
            EventKind::RunTo { target } => {
                self.target.clone_from(target);
                self.pass_gate();
            }
            EventKind::Cancelling { stage, reason } => {
                self.cancel = Some(Cancel { stage: *stage, reason: reason.clone() });
                self.gate = None;
            }
            EventKind::Notice { severity, text } => {
                self.say(Message { at: envelope.elapsed, severity: *severity, text: text.clone() });
            }
            EventKind::LessonPage(page) => self.page = Some(page.clone()),
            EventKind::RunFinished { outcome, exit_code, duration, reason } => {
                self.end = Some(RunEnd {
                    outcome: *outcome,
                    exit_code: *exit_code,
                    duration: *duration,
                    reason: reason.clone(),
                });
            }
            EventKind::NodeFacts { .. }
            | EventKind::NodeFinding { .. }
            | EventKind::LinkLost { .. }
            | EventKind::LinkRestored { .. } => self.node_event(envelope),
            _ => self.step_event(envelope),
        }
    }

    /// A new run begins from nothing; one that goes on keeps what is finished, all else waits again.
    fn run_started(&mut self, envelope: &Envelope) {
        let EventKind::RunStarted { run, cluster, command, inventory, resumes, nodes, .. } = &envelope.kind
        else {
            return;
        };
        let earlier = self.info.take();
        self.info = Some(RunInfo {
            id: run.clone(),
            cluster: cluster.clone(),
            command: command.clone(),
            inventory: inventory.clone(),
            resumes: resumes.clone(),
            started_at: earlier.as_ref().map_or(envelope.at, |info| info.started_at),
            sessions: earlier.map_or(1, |info| info.sessions.saturating_add(1)),
        });
        self.pace = Pace::Continuous;
        self.conduct = Conduct::default();
        (self.target, self.gate, self.changed) = (None, None, false);
        self.cancel = None;
        self.end = None;
        self.plan_complete = false;
        for node in self.nodes.values_mut().map(Arc::make_mut) {
            node.link = Link::Up;
            node.findings.clear();
        }
        for info in nodes {
            self.node_mut(&info.name).info = Some(info.clone());
        }
        for place in 0..self.steps.len() {
            self.change(place, |step| {
                for attempt in step.attempts.iter_mut().filter(|attempt| attempt.end.is_none()) {
                    attempt.interrupted = true;
                }
                (step.planned, step.breakpoint, step.passed) = (false, false, false);
                step.stopping = None;
                if !step.is_finished() {
                    step.status = Status::Waiting;
                }
            });
        }
    }

    pub(super) fn plan(&mut self, step: &Step) {
        if let Some(known) = self.steps.get_mut(&step.id).map(Arc::make_mut) {
            known.plan = step.clone();
            known.planned = true;
            return;
        }
        let (place, _) = self.steps.insert_full(step.id.clone(), Arc::new(StepState::new(step.clone())));
        self.index.add(place, Status::Waiting);
        self.node_mut(&step.id.node).steps.push(place);
    }

    fn say(&mut self, message: Message) {
        if self.messages.len() >= Self::MESSAGES {
            self.messages.remove(0);
        }
        self.messages.push(message);
    }

    fn node_event(&mut self, envelope: &Envelope) {
        match &envelope.kind {
            EventKind::NodeFacts { node, facts } => self.node_mut(node).facts = Some(facts.clone()),
            EventKind::NodeFinding { node, finding } => {
                let findings = &mut self.node_mut(node).findings;
                if !findings.contains(finding) {
                    findings.push(finding.clone());
                }
            }
            EventKind::LinkLost { node, reason } => {
                let node = self.node_mut(node);
                if node.link == Link::Up {
                    node.losses = node.losses.saturating_add(1);
                }
                node.link = Link::Lost { since: envelope.elapsed, reason: reason.clone() };
            }
            EventKind::LinkRestored { node, away } => {
                let node = self.node_mut(node);
                node.link = Link::Up;
                node.away = node.away.saturating_add(*away);
            }
            _ => {}
        }
    }

    fn step_event(&mut self, envelope: &Envelope) {
        let Some((node, phase)) = step_named(&envelope.kind) else { return };
        let id = StepId { node: node.clone(), phase: phase.clone() };
        let Some(place) = self.steps.get_index_of(&id) else {
            self.strays = self.strays.saturating_add(1);
            return;
        };
        if matches!(envelope.kind, EventKind::StepStarted { .. }) {
            self.begin(place);
        }
        let known = self.change(place, |step| step.apply(envelope));
        self.strays = self.strays.saturating_add(u64::from(!known));
        if let EventKind::StepFiles { attempt, found, .. } = &envelope.kind {
            self.node_mut(&id.node).files.learn(found, Some((&id.phase, *attempt)));
        }
        if let EventKind::StepFinished { lacking, .. } = &envelope.kind {
            self.mark_lacking(place, &id, lacking);
            self.look_at_reset(place);
        }
    }

    /// A wish leads past the gate, but not past what has to be mended first.
    fn pass_gate(&mut self) {
        self.gate.take_if(|gate| gate.obstacle.is_none());
    }

    /// What a step's start says of the run and of its node.
    fn begin(&mut self, place: usize) {
        let Some((_, step)) = self.steps.get_index(place) else { return };
        self.gate = None;
        self.changed |= !step.plan.work.is_survey();
        if step.plan.work == Work::Check {
            // A check says all that it finds, and takes back what a former one found.
            let node = step.id().node.clone();
            self.node_mut(&node).findings.clear();
        }
    }

    fn mark_lacking(&mut self, place: usize, id: &StepId, lacking: &[StepId]) {
        let Some((_, step)) = self.steps.get_index_mut(place) else { return };
        for before in std::mem::replace(&mut Arc::make_mut(step).lacking, lacking.to_vec()) {
            if let Some(step) = self.steps.get_mut(&before).map(Arc::make_mut) {
                step.lacks.remove(id);
            }
        }
        for now in lacking {
            if let Some(step) = self.steps.get_mut(now).map(Arc::make_mut) {
                step.lacks.insert(id.clone());
            }
        }
    }

    /// Every change of a step goes through here, so that the index follows its status.
    pub(super) fn change<T: Default>(&mut self, place: usize, change: impl FnOnce(&mut StepState) -> T) -> T {
        let Some((_, step)) = self.steps.get_index_mut(place) else { return T::default() };
        let before = step.status;
        let step = Arc::make_mut(step);
        let answer = change(step);
        self.index.shift(place, before, step.status);
        answer
    }

    pub(super) fn node_mut(&mut self, name: &NodeName) -> &mut NodeState {
        Arc::make_mut(
            self.nodes.entry(name.clone()).or_insert_with(|| Arc::new(NodeState::new(name.clone()))),
        )
    }
}

/// The step that an event is about.
const fn step_named(kind: &EventKind) -> Option<(&NodeName, &PhaseId)> {
    match kind {
        EventKind::StepStarted { node, phase, .. }
        | EventKind::StepOutput { node, phase, .. }
        | EventKind::WaitFacts { node, phase, .. }
        | EventKind::StepStopping { node, phase, .. }
        | EventKind::StepFinished { node, phase, .. }
        | EventKind::StepFiles { node, phase, .. }
        | EventKind::RetryPlanned { node, phase, .. }
        | EventKind::RetryDue { node, phase }
        | EventKind::RetryRequested { node, phase }
        | EventKind::Breakpoint { node, phase, .. }
        | EventKind::BreakpointPassed { node, phase }
        | EventKind::PhaseSeen { node, within: phase, .. } => Some((node, phase)),
        _ => None,
    }
}

impl StepState {
    /// Takes in an event about this step; false when it names a try that nobody knows.
    fn apply(&mut self, envelope: &Envelope) -> bool {
        let now = envelope.elapsed;
        match &envelope.kind {
            EventKind::StepStarted { .. } => self.start(envelope),
            EventKind::StepOutput { attempt, lines, .. } => {
                let Some(attempt) = self.attempt_mut(*attempt) else { return false };
                for line in lines {
                    attempt.output.push(line.clone());
                }
            }
            EventKind::StepFiles { attempt, found, .. } => {
                let Some(attempt) = self.attempt_mut(*attempt) else { return false };
                attempt.files = Some(match attempt.files.take() {
                    Some(earlier) => Arc::new(earlier.and(found)),
                    None => Arc::clone(found),
                });
            }
            EventKind::PhaseSeen { phase, .. } if self.seen.iter().all(|seen| seen.phase != *phase) => {
                self.seen.push(Seen { phase: phase.clone(), at: now });
            }
            EventKind::WaitFacts { waiting_for, facts, .. } => {
                let (waiting_for, facts) = (waiting_for.clone(), facts.clone());
                self.wait = Some(WaitView { at: now, waiting_for, facts });
            }
            EventKind::StepStopping { how, .. } => self.stopping = Some(*how),
            EventKind::StepFinished { .. } => return self.finish(envelope),
            EventKind::RetryPlanned { attempt, after, .. } => {
                self.status = Status::RetryPlanned { attempt: *attempt, at: now.saturating_add(*after) };
            }
            EventKind::RetryDue { .. } => self.status = Status::Waiting,
            EventKind::RetryRequested { .. } => {
                self.status = Status::Waiting;
                self.passed = true;
            }
            EventKind::Breakpoint { set, .. } => {
                self.breakpoint = *set;
                self.passed = false;
            }
            EventKind::BreakpointPassed { .. } => self.passed = true,
            _ => {}
        }
        true
    }

    fn start(&mut self, envelope: &Envelope) {
        let EventKind::StepStarted { attempt, command, reattached, .. } = &envelope.kind else { return };
        let mut since = envelope.elapsed;
        self.end = None;
        self.passed = true;
        self.anew = false;
        self.stopping = None;
        if let Some(known) = self.attempt_mut(*attempt).filter(|_| *reattached) {
            known.end = None;
            known.interrupted = false;
            known.reattached = true;
            since = known.started.min(since);
        } else {
            self.wait = None;
            self.seen.clear();
            self.attempts.push(AttemptState {
                number: *attempt,
                started: since,
                started_at: envelope.at,
                command: command.clone(),
                reattached: *reattached,
                interrupted: false,
                end: None,
                output: Tail::default(),
                files: None,
            });
        }
        self.status = Status::Running { attempt: *attempt, since };
    }

    fn finish(&mut self, envelope: &Envelope) -> bool {
        let EventKind::StepFinished { attempt, outcome, duration, rc, reason, diagnosis, .. } =
            &envelope.kind
        else {
            return false;
        };
        let end = End {
            outcome: *outcome,
            at: envelope.elapsed,
            duration: *duration,
            rc: *rc,
            reason: reason.clone(),
            diagnosis: diagnosis.clone(),
        };
        self.status = Status::from(*outcome);
        self.stopping = None;
        self.end = Some(end.clone());
        match self.attempt_mut(*attempt) {
            Some(known) => known.end = Some(end),
            None => return attempt.0 == 0,
        }
        true
    }
}
