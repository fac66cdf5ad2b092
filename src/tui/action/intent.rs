//! What an action on the run would do as things stand: the keys, what is greyed, and the reasons given all come from here.

use super::aim::{Aim, What, named};
use super::{Action, Key};
use crate::catalog::{RetryClass, published_by};
use crate::event::{CancelStage, Pace};
use crate::ids::{NodeName, StepId};
use crate::plan::step::Work;
use crate::state::{Command, Refusal, RunState, Status, StepState, Why};
use crate::tui::model::Model;

/// What it would do.
#[derive(Debug, Clone, PartialEq)]
pub enum Intent {
    /// Tell the engine; with a word to the operator where the screen alone would not say which.
    Tell(Vec<Command>, Option<String>),
    /// Ask the operator first.
    Ask(Question),
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Some of these leave things behind that have to go first, or must not run twice.
    Retry(Vec<StepId>),
    /// Whether a step that publishes runs again before another try of a join.
    PublishAgain {
        /// What publishes.
        publisher: StepId,
        /// The join's step.
        join: StepId,
    },
    /// Why, and whether its consequences are meant.
    Skip(Vec<StepId>),
    /// Whether to kill these.
    Kill(Vec<StepId>),
    /// Whether to take these nodes out.
    Reset(Vec<NodeName>),
    /// How to end the run.
    Abort,
}

/// What `action` would do now, or why it can't be done; only for actions that conduct the run.
pub fn intent(model: &Model, action: Action) -> Result<Intent, String> {
    let run = &model.run;
    if let Some(why) = model.only_looks() {
        return Err(why);
    }
    if run.end.is_some() || model.over {
        return Err("the run is over".to_owned());
    }
    let aim = || Aim::of(model).ok_or_else(|| "there are no steps yet".to_owned());
    match action {
        Action::Step => step(run, &aim()?),
        Action::RunTo => run_to(run, &aim()?),
        Action::Continue => tell(run, Command::Continue),
        Action::Pause if run.pace == Pace::Paused && run.target.is_none() => tell(run, Command::Continue),
        Action::Pause => tell(run, Command::Pause),
        Action::Break => breakpoint(run, &aim()?),
        Action::Retry => retry(model, &aim()?),
        Action::PublishAgain => publish_again(run, &aim()?),
        Action::Skip => skip(run, &aim()?),
        Action::Stop => {
            let steps = those(run, &aim()?, Command::Stop)?;
            let word = Some(format!("stopping {}", named(&steps)));
            Ok(Intent::Tell(steps.into_iter().map(Command::Stop).collect(), word))
        }
        Action::Kill => Ok(Intent::Ask(Question::Kill(those(run, &aim()?, Command::Kill)?))),
        Action::Reset => reset(run, &aim()?),
        Action::Abort => {
            let stop = Command::Cancel { stage: CancelStage::Stop, reason: String::new() };
            run.may(&stop).map_err(|refusal| refusal.to_string())?;
            Ok(Intent::Ask(Question::Abort))
        }
        _ => Err("it does not conduct the run".to_owned()),
    }
}

fn tell(run: &RunState, command: Command) -> Result<Intent, String> {
    run.may(&command).map_err(|refusal| refusal.to_string())?;
    Ok(Intent::Tell(vec![command], None))
}

/// Those nodes of `aim` that may be reset; else the first one's reason.
fn reset(run: &RunState, aim: &Aim) -> Result<Intent, String> {
    let may = |node: &NodeName| run.may(&Command::Reset(node.clone()));
    let nodes: Vec<NodeName> = aim.nodes.iter().filter(|node| may(node).is_ok()).cloned().collect();
    if !nodes.is_empty() {
        return Ok(Intent::Ask(Question::Reset(nodes)));
    }
    let refusal = aim.nodes.first().and_then(|node| may(node).err());
    Err(refusal.map(|refusal| refusal.to_string()).unwrap_or_default())
}

/// Those steps of `aim` for which `command` may be given; else the first one's reason.
fn those(run: &RunState, aim: &Aim, command: impl Fn(StepId) -> Command) -> Result<Vec<StepId>, String> {
    let mut first = None;
    let mut steps = Vec::new();
    for step in aim.steps(run) {
        match run.may(&command(step.id().clone())) {
            Ok(()) => steps.push(step.id().clone()),
            Err(refusal) => {
                first.get_or_insert_with(|| refusal.to_string());
            }
        }
    }
    if !steps.is_empty() {
        return Ok(steps);
    }
    let reason = first.unwrap_or_else(|| "there is no such step on it".to_owned());
    Err(match (&aim.what, aim.nodes.len()) {
        (What::Phase(_), 1) => reason,
        (_, 1) => format!("none of these steps: {reason}"),
        (_, nodes) => format!("on none of {nodes} nodes: {reason}"),
    })
}

/// The first step of `aim` that can start on each of its nodes; without marks, else the next one anywhere.
fn step(run: &RunState, aim: &Aim) -> Result<Intent, String> {
    let may = |step: &&StepState| {
        step.status == Status::Waiting && run.may(&Command::Step(Some(step.id().clone()))).is_ok()
    };
    let steps: Vec<StepId> = aim
        .nodes
        .iter()
        .filter_map(|node| aim.steps_of(run, node).find(may))
        .map(|s| s.id().clone())
        .collect();
    if !steps.is_empty() {
        let word = format!("starting {}", named(&steps));
        return Ok(Intent::Tell(
            steps.into_iter().map(|step| Command::Step(Some(step))).collect(),
            Some(word),
        ));
    }
    if aim.marked {
        return Err(none_starts(run, aim));
    }
    let Some(next) = run.next_step() else {
        return Err(match aim.single().map(|step| run.why(&step)) {
            Some(why) if !matches!(why, Why::Over | Why::NotPlanned) => why.to_string(),
            _ => "no step can start now".to_owned(),
        });
    };
    let selected = aim.single().map(|step| run.why(&step));
    let word = match selected {
        Some(why) if !matches!(why, Why::Over) => {
            format!("starting {next}; the selected one {}", clause(&why))
        }
        _ => format!("starting {next}"),
    };
    Ok(Intent::Tell(vec![Command::Step(Some(next.clone()))], Some(word)))
}

/// Why nothing of `aim` can start: the reason of the first step that is not over, if there is one.
fn none_starts(run: &RunState, aim: &Aim) -> String {
    let left = aim.steps(run).find(|step| !step.status.is_over()).or_else(|| aim.steps(run).next());
    let Some(step) = left else { return "there is no such step on it".to_owned() };
    let reason = run.may(&Command::Step(Some(step.id().clone()))).err().map(|refusal| refusal.to_string());
    let reason = reason.unwrap_or_default();
    match aim.nodes.len() {
        1 => reason,
        nodes => format!("on none of {nodes} nodes: {reason}"),
    }
}

/// The reason as the rest of a sentence about the step.
fn clause(why: &Why) -> String {
    let text = why.to_string();
    let bare = text.strip_prefix("it ").unwrap_or(&text);
    if bare.starts_with("waits for") && bare.len() > 60 {
        "waits for others".to_owned()
    } else {
        bare.to_owned()
    }
}

fn run_to(run: &RunState, aim: &Aim) -> Result<Intent, String> {
    let Some(step) = aim.single() else {
        return Err("it goes to one step: select it, without marks".to_owned());
    };
    let command = Command::RunTo(step.clone());
    run.may(&command).map_err(|refusal| refusal.to_string())?;
    Ok(Intent::Tell(vec![command], Some(format!("running to {step}, then standing still"))))
}

/// Before the first step of a group, or before one phase; taken away where all of them have it.
fn breakpoint(run: &RunState, aim: &Aim) -> Result<Intent, String> {
    if aim.what == What::Any {
        return Err("select the step or group to stop before".to_owned());
    }
    let first = |set: bool| -> Vec<Command> {
        let order = |step: &StepState| Command::Break { step: step.id().clone(), set };
        aim.nodes
            .iter()
            .filter_map(|node| aim.steps_of(run, node).map(order).find(|command| run.may(command).is_ok()))
            .collect()
    };
    let has = aim.steps(run).filter(|step| !step.status.is_over()).any(|step| step.breakpoint);
    let set = if has { Vec::new() } else { first(true) };
    let commands = if set.is_empty() { first(false) } else { set };
    if commands.is_empty() {
        those(run, aim, |step| Command::Break { step, set: true })?;
    }
    Ok(Intent::Tell(commands, None))
}

/// The failed join under the cursor, if what it lacks can be published again: by what the diagnosis knows of it.
fn publish_again(run: &RunState, aim: &Aim) -> Result<Intent, String> {
    let failed = |step: &&StepState| step.status == Status::Failed;
    let join = aim.steps(run).find(failed).ok_or("it has not failed")?;
    let rule =
        join.end.as_ref().and_then(|end| end.diagnosis.as_ref()).map_or("", |found| found.rule.as_str());
    let phase = published_by(rule).ok_or("its failure is not one of what joins need to be published")?;
    let publishes = |step: &&StepState| step.planned && step.id().phase.as_str() == phase;
    let publisher = run.steps().find(publishes).ok_or_else(|| format!("the plan has no {phase}"))?;
    let (publisher, undo) = (publisher.id().clone(), join.plan.retry == RetryClass::NeedsCleanUp);
    let command = Command::PublishAgain { publisher: publisher.clone(), join: join.id().clone(), undo };
    run.may(&command).map_err(|refusal| refusal.to_string())?;
    Ok(Intent::Ask(Question::PublishAgain { publisher, join: join.id().clone() }))
}

fn retry(model: &Model, aim: &Aim) -> Result<Intent, String> {
    let run = &model.run;
    let ended = |step: &&StepState| {
        matches!(step.status, Status::Failed | Status::Cancelled | Status::RetryPlanned { .. })
    };
    let ids = |aim: &Aim| -> Vec<StepId> { aim.steps(run).filter(ended).map(|s| s.id().clone()).collect() };
    let mut steps = ids(aim);
    if steps.is_empty() && aim.marked {
        steps = ids(&aim.widened());
    }
    if steps.is_empty() {
        let reason = match those(run, aim, |step| Command::Retry { step, undo: false }) {
            Err(reason) => reason,
            Ok(_) => "it has not failed".to_owned(),
        };
        return Err(match (run.failed().next(), model.keys.keys(Action::NextFailure).first()) {
            (Some(failed), Some(key)) => {
                format!("{reason}; {} has ({} goes there)", failed.id(), Key::to_string(key))
            }
            _ => reason,
        });
    }
    // A check holds what the nodes said against what kubeadm needs: the node has to be asked anew.
    let checks = |step: &&StepId| run.step(step).is_some_and(|step| step.plan.work == Work::Check);
    if let Some(check) = steps.iter().find(checks) {
        let command = Command::Recheck(check.node.clone());
        run.may(&command).map_err(|refusal| refusal.to_string())?;
        let word = format!("asking {} anew, and checking again", check.node);
        return Ok(Intent::Tell(vec![command], Some(word)));
    }
    let refusal = |step: &StepId| {
        let undo = run.step(step).is_some_and(|step| step.plan.retry == RetryClass::NeedsCleanUp);
        run.may(&Command::Retry { step: step.clone(), undo }).err()
    };
    // One that must not run twice is asked about: there is another way for it.
    let (possible, others): (Vec<StepId>, Vec<StepId>) =
        steps.into_iter().partition(|step| matches!(refusal(step), None | Some(Refusal::NeverAlone(_))));
    if let (true, Some(first)) = (possible.is_empty(), others.first()) {
        return Err(refusal(first).map(|refusal| refusal.to_string()).unwrap_or_default());
    }
    let steps = possible;
    let safe = |step: &StepId| run.step(step).is_some_and(|step| step.plan.retry == RetryClass::Safe);
    if !steps.iter().all(safe) {
        return Ok(Intent::Ask(Question::Retry(steps)));
    }
    let mut word = format!("trying {} again", named(&steps));
    let others = run.failed().filter(|step| !steps.contains(step.id())).count();
    if others > 0 && !aim.marked {
        let (mark, retry) = (model.keys.shown(Action::Mark), model.keys.shown(Action::Retry));
        word.push_str(&format!(
            "; {others} more failed: {mark} marks nodes, and {retry} tries all that are marked"
        ));
    }
    Ok(Intent::Tell(again(run, steps.into_iter().map(|step| (step, false))), Some(word)))
}

/// Another try at these steps, with or without their undo. A paused run would only hold them: asked for by name, they start.
pub fn again(run: &RunState, steps: impl IntoIterator<Item = (StepId, bool)>) -> Vec<Command> {
    let stands = run.pace == Pace::Paused && run.target.is_none();
    let steps: Vec<(StepId, bool)> = steps.into_iter().collect();
    let starts = steps.iter().filter(|_| stands).map(|(step, _)| Command::Step(Some(step.clone())));
    let starts: Vec<Command> = starts.collect();
    steps.into_iter().map(|(step, undo)| Command::Retry { step, undo }).chain(starts).collect()
}

fn skip(run: &RunState, aim: &Aim) -> Result<Intent, String> {
    if aim.what == What::Any {
        return Err("select the step or group to leave out".to_owned());
    }
    let steps = those(run, aim, |step| Command::Skip { step, reason: "asked".to_owned() })?;
    Ok(Intent::Ask(Question::Skip(steps)))
}
