//! An engine on a bench: inputs by hand, and what must hold after each of them.

use std::time::Duration;

use jiff::Timestamp;

use crate::event::{Envelope, EventKind, FORMAT, NodeInfo, RunOutcome, Stopping};
use crate::ids::{Attempt, NodeName, RunId, StepId};
use crate::inventory::model::Role;
use crate::plan::step::{Edge, Step, Work};
use crate::state::{self, Refusal, RunState};

use super::super::{Command, Effect, Engine, Exit, Failure, Input, Policy, Restored, Revised, Status, Timer};
use super::racks::{id, node, step, survey};

/// An engine with its events and whatever it has started.
pub(super) struct Bench {
    pub(super) engine: Engine,
    pub(super) now: Duration,
    pub(super) state: RunState,
    pub(super) events: Vec<EventKind>,
    pub(super) running: Vec<(StepId, Attempt)>,
    pub(super) flags: Vec<(StepId, bool, bool)>,
    pub(super) stopping: Vec<StepId>,
    pub(super) killed: Vec<StepId>,
    /// Given when the engine asks for the plan.
    pub(super) plan: Vec<Step>,
    pub(super) timers: Vec<Timer>,
}

impl Bench {
    pub(super) fn new(policy: Policy, steps: Vec<Step>) -> Self {
        Self::restored(policy, steps, Vec::new())
    }

    pub(super) fn restored(policy: Policy, steps: Vec<Step>, restored: Vec<Restored>) -> Self {
        let mut bench = Self::empty(policy);
        bench.started();
        bench.plan.clone_from(&steps);
        bench.give(Input::Extend { steps, complete: true, restored });
        bench
    }

    fn empty(policy: Policy) -> Self {
        Self {
            engine: Engine::new(policy),
            now: Duration::ZERO,
            state: RunState::default(),
            events: Vec::new(),
            running: Vec::new(),
            flags: Vec::new(),
            stopping: Vec::new(),
            killed: Vec::new(),
            plan: Vec::new(),
            timers: Vec::new(),
        }
    }

    /// A run that looks at the nodes first; `plan` follows when the looks went well.
    pub(super) fn surveying(policy: Policy, plan: Vec<Step>) -> Self {
        let mut bench = Self::empty(policy);
        bench.started();
        bench.plan = plan;
        bench.give(Input::Extend { steps: survey(), complete: false, restored: Vec::new() });
        bench
    }

    /// What the driver's planner does.
    fn planned(&self) -> Input {
        let looks = |step: &&state::StepState| step.plan.work.is_survey() && step.planned;
        if self.state.changed {
            return Input::Extend { steps: self.rest(), complete: true, restored: Vec::new() };
        }
        if self.state.steps().filter(looks).all(|step| step.status.is_settled()) {
            Input::Extend {
                steps: self.with_newcomer(self.plan.clone()),
                complete: true,
                restored: Vec::new(),
            }
        } else {
            Input::Refuse("mend it".into())
        }
    }

    /// The present plan without its looks.
    fn rest(&self) -> Vec<Step> {
        let planned = self.state.steps().filter(|step| step.planned && !step.plan.work.is_survey());
        self.with_newcomer(planned.map(|step| step.plan.clone()).collect())
    }

    /// `plan` with what the node that came later does, if it was looked at.
    fn with_newcomer(&self, mut plan: Vec<Step>) -> Vec<Step> {
        let fit =
            self.state.step(&id("y:check")).is_some_and(|check| check.planned && check.status.is_settled());
        let join = step("y:join/kubelet", &["y:check", "a:init/upload-certs"]);
        if fit && plan.iter().all(|step| step.id != join.id) {
            plan.push(join);
        }
        plan
    }

    /// A changed inventory: the node `y` comes, or goes if nothing was begun there.
    fn revised(&self) -> Revised {
        let there = self.state.node(&node("y")).is_some();
        let begun = self
            .state
            .steps_of(&node("y"))
            .any(|step| !step.plan.work.is_survey() && !step.attempts.is_empty());
        let stays = |name: &NodeName| name.as_str() != "y" || begun;
        let roles = &self.engine.policy.roles;
        let mut nodes: Vec<NodeInfo> = roles.iter().filter(|(name, _)| stays(name)).map(info).collect();
        let planned = self.state.steps().filter(|step| step.planned && stays(&step.id().node));
        let mut steps: Vec<Step> = planned.map(|step| step.plan.clone()).collect();
        let comes = !there && !begun;
        if comes {
            nodes.push(info((&node("y"), &Role::Worker)));
            steps.insert(0, step("y:connect", &[]));
            steps.insert(1, step("y:check", &["y:connect"]));
        }
        let checks = steps.iter().filter(|step| step.work == Work::Check && !self.state.changed);
        Revised {
            nodes,
            again: checks.map(|step| step.id.clone()).filter(|id| self.state.step(id).is_some()).collect(),
            complete: self.state.changed && !comes,
            steps,
            changes: vec!["y".into()],
            kept: Vec::new(),
            nodes_at_once: match self.engine.policy.nodes_at_once {
                few @ ..4 => few % 3 + 1,
                many => many,
            },
            joins_at_once: self.engine.policy.joins_at_once,
            workers_continue: true,
            worker_allowance: 0,
        }
    }

    /// The present plan with the node's way out in it.
    fn with_reset(&self, node: &NodeName) -> Vec<Step> {
        let planned = self.state.steps().filter(|step| step.planned).map(|step| step.plan.clone());
        let mut steps: Vec<Step> = planned.filter(|s| s.id.node != *node || !s.takes_out()).collect();
        let out = [
            step(&format!("{node}:reset"), &[]),
            step(&format!("{node}:sweep"), &[&format!("{node}:reset")]),
        ];
        for step in steps.iter_mut().filter(|step| step.id.node == *node && step.brings_in()) {
            if step.after.iter().all(|edge| edge.step != out[1].id) {
                step.after.push(Edge::done(out[1].id.clone()));
            }
        }
        let place = steps.iter().position(|step| step.id.node == *node).unwrap_or(0);
        steps.splice(place..place, out);
        steps
    }

    /// The run's first event comes from the driver: it names the nodes and their roles.
    fn started(&mut self) {
        let nodes = self.engine.policy.roles.iter().map(info).collect();
        self.take_in(EventKind::RunStarted {
            format: FORMAT,
            run: RunId::new("bench"),
            cluster: "bench".into(),
            command: "run".into(),
            inventory: "bench.yaml".into(),
            resumes: None,
            nodes,
        });
    }

    fn take_in(&mut self, kind: EventKind) {
        let seq = self.state.seq + 1;
        let envelope = Envelope { seq, at: Timestamp::UNIX_EPOCH, elapsed: self.now, kind: kind.clone() };
        self.state.apply(&envelope);
        self.events.push(kind);
    }

    pub(super) fn give(&mut self, input: Input) {
        self.now += Duration::from_secs(1);
        let (mut surveyed, mut replan, mut revise) = (false, None, false);
        for effect in self.engine.handle(self.now, input) {
            match effect {
                Effect::Emit(kind) => self.take_in(*kind),
                Effect::Start { step, attempt, reattach, undo } => {
                    let announced = self.events.iter().any(|event| {
                        matches!(event,
                        EventKind::StepStarted { node, phase, attempt: a, .. }
                        if *node == step.node && *phase == step.phase && *a == attempt)
                    });
                    assert!(announced, "{step} started before it was announced");
                    self.flags.push((step.clone(), reattach, undo));
                    self.running.push((step, attempt));
                }
                Effect::Stop { step, how: Stopping::Gently, .. } => self.stopping.push(step),
                Effect::Stop { step, how: Stopping::AtOnce, .. } => self.killed.push(step),
                Effect::Arm { timer, .. } => self.timers.push(timer),
                Effect::Surveyed => surveyed = true,
                Effect::Replan(node) => replan = Some(node),
                Effect::Revise(_) => revise = true,
                Effect::Finished => {}
            }
        }
        self.check();
        if surveyed {
            self.give(self.planned());
        }
        if let Some(node) = replan {
            self.give(Input::Replan(self.with_reset(&node)));
        }
        if revise {
            self.give(Input::Revised(Ok(Box::new(self.revised()))));
        }
    }

    /// A wish, which must be followed or refused as the events foretell.
    pub(super) fn ask(&mut self, command: Command) {
        let foretold = self.state.may(&command);
        let before = self.events.len();
        let wish = command.to_string();
        self.give(Input::Command(command));
        let refused = self.events[before..].iter().find_map(|event| match event {
            EventKind::Notice { text, .. } => Some(text.clone()),
            _ => None,
        });
        match foretold {
            Ok(()) => {
                assert_eq!(refused, None, "allowed: {wish}");
                assert!(self.events.len() > before, "nothing came of it: {wish}");
            }
            Err(Refusal::RunIsOver) => assert_eq!(self.events.len(), before, "{wish}"),
            Err(refusal) => assert_eq!(refused, Some(format!("can't {wish}: {refusal}"))),
        }
    }

    /// What must hold after every input.
    fn check(&self) {
        for (step, status, attempt) in self.engine.steps() {
            let seen = self.state.step(&step.id).unwrap();
            let same = match status {
                Status::Waiting => seen.status == state::Status::Waiting,
                Status::Running(_) | Status::Stopping(_) => {
                    matches!(seen.status, state::Status::Running { attempt: a, .. } if a == attempt)
                        && seen.stopping.is_some() == matches!(status, Status::Stopping(_))
                }
                Status::Pausing => matches!(seen.status, state::Status::RetryPlanned { .. }),
                Status::Succeeded => seen.status == state::Status::Succeeded,
                Status::Failed => seen.status == state::Status::Failed,
                Status::Skipped => seen.status == state::Status::Skipped,
                Status::Cancelled => seen.status == state::Status::Cancelled,
            };
            assert!(same, "{}: engine {status:?}, events {:?}", step.id, seen.status);
            assert_eq!(self.state.why(&step.id), self.engine.explain(&step.id), "{}", step.id);
        }
        let etcd = self.running.iter().filter(|(step, _)| step.phase.leaf() == "etcd").count();
        assert!(etcd <= 1, "two etcd joins at once");
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.running.iter().map(|(step, _)| format!("{}:{}", step.node, step.phase)).collect()
    }

    pub(super) fn end(&mut self, text: &str, exit: Exit) {
        let at = self
            .running
            .iter()
            .position(|(step, _)| *step == id(text))
            .unwrap_or_else(|| panic!("{text} does not run"));
        let (step, attempt) = self.running.remove(at);
        self.give(Input::Exited { step, attempt, exit });
    }

    pub(super) fn done(&mut self, text: &str) {
        self.end(text, Exit::Done { note: None });
    }

    pub(super) fn fail(&mut self, text: &str) {
        self.end(text, Exit::Failed(Failure { reason: "no".into(), permanent: true, ..Failure::default() }));
    }

    pub(super) fn outcome(&self) -> Option<(RunOutcome, u8)> {
        self.events.iter().find_map(|event| match event {
            EventKind::RunFinished { outcome, exit_code, .. } => Some((*outcome, *exit_code)),
            _ => None,
        })
    }

    pub(super) fn status(&self, text: &str) -> Status {
        self.engine.status(&id(text)).unwrap()
    }
}

fn info((name, role): (&NodeName, &Role)) -> NodeInfo {
    NodeInfo { name: name.clone(), role: *role, address: name.to_string(), rack: None }
}

/// The wish to go by a changed inventory; what becomes of the plan with it, the bench says.
pub(super) fn revise() -> Command {
    let text = "apiVersion: kubestep/v1\nkind: Cluster\nmetadata: { name: bench }\nspec:\n  hosts:\n    - { name: a, role: control-plane }\n";
    let parsed = crate::inventory::parse(
        std::path::Path::new("bench.yaml"),
        text.to_owned(),
        &crate::inventory::ThisMachine,
    );
    Command::Revise(std::sync::Arc::new(parsed.unwrap().0))
}

pub(super) fn through_upload(bench: &mut Bench) {
    bench.done("a:init/certs");
    bench.done("a:init/upload-certs");
}
