//! The loop: one input at a time into the engine, its effects out, everything recorded in between.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::{JoinSet, LocalSet};

use crate::diag::Severity;
use crate::engine::{Command, Effect, Engine, Exit, Failure, Input, Timer};
use crate::event::{EventKind, RunOutcome};
use crate::ids::{Attempt, StepId};
use crate::plan::step::Step;
use crate::state::RunState;
use crate::transport::LinkEvent;

use super::ask::{self, Ask};
use super::files;
use super::halt::Halt;
use super::perform::{How, perform};
use super::planner::{Goal, Planner};
use super::report::{Report, Voice, Word};
use super::{Context, Recorder};

/// Words waiting for the loop; beyond it, steps wait.
const WORDS: usize = 256;
/// How often faces may say that time passes.
const TICK: Duration = Duration::from_secs(1);
/// Timers that have gone off and wait for the loop.
const TIMERS: usize = 64;
/// Words taken before the journal is written.
const DRAIN: usize = 256;

/// One run, ready to go.
#[derive(Debug)]
pub struct Run {
    /// Shared by all steps.
    pub context: Context,
    /// The decisions.
    pub engine: Engine,
    /// Journal and faces.
    pub recorder: Recorder,
    /// Makes the plan once the nodes were asked.
    pub planner: Planner,
    /// The operator's wishes.
    pub commands: mpsc::Receiver<Command>,
    /// Questions that change nothing.
    pub asks: mpsc::Receiver<Ask>,
    /// From the transport.
    pub links: mpsc::Receiver<LinkEvent>,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// In a word.
    pub outcome: RunOutcome,
    /// The process's exit status.
    pub exit_code: u8,
}

impl Run {
    /// Runs to the end and says how it ended and what became of everything. Needs a current-thread runtime.
    pub async fn go(self, started: EventKind) -> (Ending, RunState) {
        let local = LocalSet::new();
        // Boxed here and below: the whole of a run as one type would be too deep for the compiler.
        local.run_until(Box::pin(self.steer(started))).await
    }

    async fn steer(self, started: EventKind) -> (Ending, RunState) {
        let Self { mut context, engine, mut recorder, planner, mut commands, mut asks, mut links } = self;
        // Whoever names a phase to go on from has been there before.
        context.resuming |= planner.wish.from.is_some();
        context.resetting = matches!(planner.goal, Goal::Reset(_));
        recorder.push(started);
        let context = Rc::new(context);
        let (to_loop, mut words) = mpsc::channel(WORDS);
        let (timers_in, mut timers) = mpsc::channel(TIMERS);
        let mut wheel = Wheel {
            context: Rc::clone(&context),
            engine,
            recorder,
            planner,
            to_loop,
            timers: timers_in,
            tasks: JoinSet::new(),
            names: HashMap::new(),
            stops: HashMap::new(),
            steps: HashMap::new(),
            ending: None,
        };
        let first = wheel.planner.survey(&context);
        wheel.feed(first).await;
        let mut ticks = context.clock.every(TICK);
        while wheel.ending.is_none() {
            tokio::select! {
                // The same things at the same time give the same journal.
                biased;
                Some(command) = commands.recv() => wheel.feed(Input::Command(command)).await,
                Some(ask) = asks.recv() => wheel.ask(ask),
                Some(timer) = timers.recv() => wheel.feed(Input::Timer(timer)).await,
                Some(link) = links.recv() => wheel.link(link),
                Some(report) = words.recv() => {
                    wheel.hear(report).await;
                    for _ in 0..DRAIN {
                        let Ok(report) = words.try_recv() else { break };
                        wheel.hear(report).await;
                    }
                }
                Some(ended) = wheel.tasks.join_next_with_id() => wheel.task_ended(ended).await,
                () = ticks.tick() => wheel.recorder.tick(),
                else => break,
            }
            wheel.recorder.flush().await;
        }
        context.hands.close().await;
        wheel.recorder.flush().await;
        wheel.recorder.finish();
        let ending = wheel.ending.unwrap_or(Ending { outcome: RunOutcome::Failed, exit_code: 70 });
        (ending, wheel.recorder.state)
    }
}

struct Wheel {
    context: Rc<Context>,
    engine: Engine,
    recorder: Recorder,
    planner: Planner,
    to_loop: mpsc::Sender<Report>,
    timers: mpsc::Sender<Timer>,
    tasks: JoinSet<()>,
    names: HashMap<tokio::task::Id, (StepId, Attempt)>,
    stops: HashMap<StepId, Halt>,
    steps: HashMap<StepId, Rc<Step>>,
    ending: Option<Ending>,
}

impl Wheel {
    async fn feed(&mut self, input: Input) {
        let mut inputs = vec![input];
        while let Some(input) = inputs.pop() {
            let effects = self.engine.handle(self.context.clock.elapsed(), input);
            for effect in effects {
                match effect {
                    Effect::Emit(kind) => {
                        if let EventKind::PlanExtended { steps, .. } | EventKind::PlanReplaced { steps, .. } =
                            &*kind
                        {
                            self.steps
                                .extend(steps.iter().map(|step| (step.id.clone(), Rc::new(step.clone()))));
                        }
                        if let EventKind::RunFinished { outcome, exit_code, .. } = &*kind {
                            self.ending = Some(Ending { outcome: *outcome, exit_code: *exit_code });
                        }
                        self.recorder.push(*kind);
                    }
                    Effect::Start { step, attempt, reattach, undo } => {
                        // On disk before it is on the node.
                        self.recorder.flush().await;
                        self.start(step, attempt, How { reattach, undo });
                    }
                    Effect::Stop { step, how, .. } => {
                        if let Some(stop) = self.stops.get(&step) {
                            stop.order(how);
                        }
                    }
                    Effect::Arm { timer, after } => self.arm(timer, after),
                    Effect::Surveyed => {
                        // The planner reads how the last of the looks ended.
                        self.recorder.flush().await;
                        let plan = self.planner.plan(&self.context, &self.recorder.state).await;
                        for (severity, text) in plan.notices {
                            self.recorder.push(EventKind::Notice { severity, text });
                        }
                        // The restored steps must be in place before the plan's first step could start.
                        inputs.extend(plan.inputs.into_iter().rev());
                    }
                    Effect::Replan(node) => {
                        self.recorder.flush().await;
                        let plan = self.planner.anew(&self.context, &self.recorder.state, &node);
                        inputs.push(Input::Replan(plan));
                    }
                    Effect::Revise(inventory) => {
                        self.recorder.flush().await;
                        let state = &self.recorder.state;
                        let revised = self.planner.revise(&self.context, state, &inventory);
                        inputs.push(Input::Revised(revised.map(Box::new)));
                    }
                    Effect::Finished => {}
                }
            }
        }
    }

    fn start(&mut self, step: StepId, attempt: Attempt, how: How) {
        let Some(work) = self.steps.get(&step).cloned() else { return };
        let stop = Halt::default();
        self.stops.insert(step.clone(), stop.clone());
        let voice = Voice { step: step.clone(), attempt, to: self.to_loop.clone() };
        let context = Rc::clone(&self.context);
        let handle = self.tasks.spawn_local(async move {
            let exit = Box::pin(perform(&context, &voice, &work, how, &stop)).await;
            voice.say(Word::Exit(exit)).await;
        });
        self.names.insert(handle.id(), (step, attempt));
    }

    /// Answers beside the run, which doesn't wait for it.
    fn ask(&self, ask: Ask) {
        let context = Rc::clone(&self.context);
        tokio::task::spawn_local(async move { ask::answer(&context, ask).await });
    }

    fn arm(&self, timer: Timer, after: Duration) {
        let (clock, to) = (self.context.clock.clone(), self.timers.clone());
        tokio::task::spawn_local(async move {
            clock.sleep(after).await;
            let _ = to.send(timer).await;
        });
    }

    async fn hear(&mut self, report: Report) {
        let Report { step, attempt, word } = report;
        let StepId { node, phase } = step.clone();
        let kind = match word {
            Word::Lines(lines) => EventKind::StepOutput { node, phase, attempt, lines },
            Word::Seen(leaf) => EventKind::PhaseSeen { node, phase: leaf, within: phase },
            Word::Wait { waiting_for, facts } => EventKind::WaitFacts { node, phase, waiting_for, facts },
            Word::Facts(facts) => EventKind::NodeFacts { node, facts },
            Word::Finding(node, finding) => EventKind::NodeFinding { node, finding },
            Word::Notice(severity, text) => EventKind::Notice { severity, text },
            Word::Look(sight) => {
                let context = Rc::clone(&self.context);
                let voice = Voice { step, attempt, to: self.to_loop.clone() };
                tokio::task::spawn_local(async move { files::tell(&context, &voice, sight).await });
                return;
            }
            Word::Files(files) => {
                let known = self.recorder.state.node(&node).map(|node| &node.files);
                let Some(found) = files::news(files, known) else { return };
                EventKind::StepFiles { node, phase, attempt, found: Arc::new(found) }
            }
            Word::Exit(exit) => {
                self.stops.remove(&step);
                self.feed(Input::Exited { step, attempt, exit }).await;
                return;
            }
        };
        self.recorder.push(kind);
    }

    fn link(&mut self, link: LinkEvent) {
        self.recorder.push(match link {
            LinkEvent::Lost { node, reason } => EventKind::LinkLost { node, reason },
            LinkEvent::Restored { node, away } => {
                EventKind::LinkRestored { node, away: crate::clock::whole_millis(away) }
            }
        });
    }

    /// A task that panicked never said how its step ended.
    async fn task_ended(&mut self, ended: Result<(tokio::task::Id, ()), tokio::task::JoinError>) {
        let id = match &ended {
            Ok((id, ())) => *id,
            Err(error) => error.id(),
        };
        let Some((step, attempt)) = self.names.remove(&id) else { return };
        if let Err(error) = ended {
            let text = format!("kubestep itself failed in {step}: {error}; please report this");
            self.recorder.push(EventKind::Notice { severity: Severity::Error, text: text.clone() });
            self.stops.remove(&step);
            let failure = Failure { reason: text, permanent: true, ..Failure::default() };
            self.feed(Input::Exited { step, attempt, exit: Exit::Failed(failure) }).await;
        }
    }
}
