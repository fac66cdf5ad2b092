//! The questions before actions on the run: what exactly will be done, and what it means.

use super::written::{Wanted, Written};
use super::{Confirm, Overlay};
use crate::catalog::{self, RetryClass};
use crate::event::{CancelStage, Pace};
use crate::ids::{NodeName, StepId};
use crate::inventory::model::Role;
use crate::state::{Command, Status, StepState};
use crate::tui::action::{Action, Question, consequences, knowledge_of, named, nodes_named, tried_again};
use crate::tui::card::Part;
use crate::tui::effect::Effect;
use crate::tui::model::Model;

/// Characters of a reason at most.
const LONGEST_REASON: usize = 200;
/// Of many steps so many are named.
const NAMED: usize = 6;

/// What is laid over the screen for a question.
pub fn question(model: &Model, question: Question) -> Box<dyn Overlay> {
    match question {
        Question::Retry(steps) => Box::new(retry(model, &steps)),
        Question::PublishAgain { publisher, join } => Box::new(publish_again(model, &publisher, &join)),
        Question::Skip(steps) => Box::new(skip(model, &steps)),
        Question::Kill(steps) => Box::new(kill(model, &steps)),
        Question::Reset(nodes) => Box::new(reset(model, &nodes)),
        Question::Abort => Box::new(abort(model)),
    }
}

fn tell(commands: impl IntoIterator<Item = Command>) -> Vec<Effect> {
    commands.into_iter().map(Effect::Command).collect()
}

fn list(steps: &[StepId]) -> Vec<Part> {
    let mut passages: Vec<_> = steps.iter().take(NAMED).map(|step| Part::item(step.to_string())).collect();
    if let Some(more) = steps.len().checked_sub(NAMED + 1) {
        passages.push(Part::item(format!("and {} more", more + 1)));
    }
    passages
}

fn retry(model: &Model, steps: &[StepId]) -> Confirm {
    let class = |step: &StepId| model.run.step(step).map_or(RetryClass::NeedsCleanUp, |step| step.plan.retry);
    let (never, again): (Vec<StepId>, Vec<StepId>) =
        steps.iter().cloned().partition(|step| class(step) == RetryClass::NeverAlone);
    let (dirty, _): (Vec<StepId>, Vec<StepId>) =
        again.iter().cloned().partition(|step| class(step) == RetryClass::NeedsCleanUp);
    let mut body = Vec::new();
    if !dirty.is_empty() {
        body.push(Part::say(format!("{} left things behind. They go first:", named(&dirty))));
        body.extend(undo(model, &dirty));
    }
    if !never.is_empty() {
        if !body.is_empty() {
            body.push(Part::Gap);
        }
        body.push(Part::warn(format!(
            "{} must not run a second time: the node's place in the cluster would be taken twice. Reset the node, \
             and let it join anew.",
            named(&never)
        )));
    }
    let mut confirm = Confirm::of(format!("Try {} again?", named(steps)), body);
    if !again.is_empty() {
        let says = if dirty.len() == again.len() {
            "clean up as shown, then try again".to_owned()
        } else {
            format!("clean up as shown, then try {} again", named(&again))
        };
        let retries = again.iter().map(|step| (step.clone(), class(step) == RetryClass::NeedsCleanUp));
        confirm = confirm.choice('u', says, tell(tried_again(&model.run, retries)));
    }
    if !never.is_empty() {
        confirm = confirm.leads('R', "reset the node; it joins anew", Action::Reset);
    }
    confirm.leads('S', "leave it out instead, with a reason", Action::Skip)
}

fn publish_again(model: &Model, publisher: &StepId, join: &StepId) -> Confirm {
    let command = |id: &StepId| {
        let command = model.run.step(id).and_then(|step| step.plan.command());
        Part::command(format!("{}: {}", id.node, command.unwrap_or_else(|| id.phase.to_string())))
    };
    let dirty = model.run.step(join).is_some_and(|step| step.plan.retry == RetryClass::NeedsCleanUp);
    let mut body = vec![
        Part::say(format!("{publisher} runs once more. It puts the run's own secrets back, as they were:")),
        command(publisher),
    ];
    if dirty {
        body.push(Part::say(format!("{join} left things behind. They go first:")));
        body.extend(undo(model, std::slice::from_ref(join)));
    }
    body.push(Part::say(if dirty {
        "And then the join's step again:"
    } else {
        "Then the join's step again:"
    }));
    body.push(command(join));
    let wish = Command::PublishAgain { publisher: publisher.clone(), join: join.clone(), undo: dirty };
    Confirm::of(format!("Publish again what {} joins with?", join.node), body).choice(
        'J',
        "publish it again, then try the join again",
        tell([wish]),
    )
}

/// The commands of the catalog for these steps, each once.
fn undo(model: &Model, steps: &[StepId]) -> Vec<Part> {
    let mut commands: Vec<&'static str> = Vec::new();
    for command in steps.iter().filter_map(|step| knowledge_of(&model.run, step)).flat_map(|known| known.undo)
    {
        if !commands.contains(&command) {
            commands.push(command);
        }
    }
    if commands.is_empty() {
        return vec![Part::item("what the phase wrote, as far as it is known")];
    }
    commands.into_iter().map(Part::command).collect()
}

fn skip(model: &Model, steps: &[StepId]) -> Written {
    let run = &model.run;
    let mut body = Vec::new();
    if let [step] = steps
        && let Some(known) = knowledge_of(run, step)
    {
        body.push(Part::say(format!("What it would do: {}", known.summary)));
    } else if steps.len() > 1 {
        body.extend(list(steps));
    }
    if let Some(status) = steps.first().and_then(|step| run.step(step)).map(|step| step.status)
        && status == Status::Failed
    {
        body.push(Part::warn("It failed: what it did half stays on the node."));
    }
    let found = consequences(run, steps);
    for (word, relying) in &found.lacking {
        body.push(Part::warn(format!("Nobody else provides `{word}`. It is missing to:")));
        body.extend(list(relying));
    }
    if found.without.is_empty() {
        body.push(Part::say("No step waits for it."));
    } else {
        body.push(Part::say("Waiting for it, and started without it:"));
        body.extend(list(&found.without));
    }
    let commands =
        steps.iter().map(|step| Command::Skip { step: step.clone(), reason: String::new() }).collect();
    Written::new(format!("Leave out {}?", named(steps)), body, Wanted::Reason, LONGEST_REASON, commands)
}

fn kill(model: &Model, steps: &[StepId]) -> Confirm {
    let mut body = vec![Part::say(
        "Its processes on the node are killed at once (SIGKILL), with no time to put things in order:",
    )];
    for step in steps {
        let command = model.run.step(step).and_then(|step| step.plan.command());
        body.push(Part::command(match command {
            Some(command) => format!("{}: {command}", step.node),
            None => step.to_string(),
        }));
    }
    body.push(Part::say(format!(
        "What it did half stays there. `{}` asks it to stop first, and gives it a while.",
        model.keys.shown(Action::Stop)
    )));
    Confirm::of(format!("Kill {}?", named(steps)), body).choice(
        'X',
        format!("kill {}", named(steps)),
        tell(steps.iter().cloned().map(Command::Kill)),
    )
}

fn reset(model: &Model, nodes: &[NodeName]) -> Written {
    let names: Vec<&NodeName> = nodes.iter().collect();
    let word = match nodes {
        [node] => node.to_string(),
        _ => model.run.info.as_ref().map_or_else(|| "reset".to_owned(), |info| info.cluster.clone()),
    };
    let mut body = vec![Part::warn(format!(
        "{} will be taken out of the cluster, and what kubeadm left there is removed:",
        nodes_named(&names)
    ))];
    for node in nodes.iter().take(NAMED) {
        body.extend(way_out(model, node).into_iter().map(Part::command));
    }
    if nodes.len() > NAMED {
        body.push(Part::item(format!("and the same for {} more", nodes.len() - NAMED)));
    }
    if model.run.pace == Pace::Paused {
        body.push(Part::say(format!(
            "Then it is begun anew, in this run. The run is paused, so that this only plans it: `{}` runs it step by \
             step, `{}` goes on with everything.",
            model.keys.shown(Action::Step),
            model.keys.shown(Action::Continue)
        )));
    } else {
        body.push(Part::say("Then it is begun anew, in this run; the others go on meanwhile."));
    }
    let commands = nodes.iter().cloned().map(Command::Reset).collect();
    Written::new(format!("Reset {}?", nodes_named(&names)), body, Wanted::Word(word), 253, commands)
}

/// What the reset of a node runs, where it may have joined others.
fn way_out(model: &Model, node: &NodeName) -> Vec<String> {
    let mut commands = Vec::new();
    let leader = model.run.steps().map(StepState::id).find(|id| id.phase.is_within("init"));
    if let Some(leader) = leader.map(|id| &id.node).filter(|leader| *leader != node) {
        let info = model.run.node(node).and_then(|node| node.info.as_ref());
        if info.is_some_and(|info| info.role == Role::ControlPlane) {
            commands.push(format!("{leader}: etcdctl member remove ID   # {node}'s, if it has one"));
        }
        commands.push(format!("{leader}: kubectl delete node {node} --ignore-not-found --timeout=60s"));
    }
    let socket = model.inventory.as_ref().map(|inventory| inventory.kubernetes.cri_socket.as_str());
    commands.push(format!("{node}: kubeadm {}", catalog::reset_args(socket).join(" ")));
    commands.push(format!("{node}: rm of CNI, iptables rules and kubeconfigs that kubeadm reset leaves"));
    commands
}

fn abort(model: &Model) -> Confirm {
    let cancel = |stage, reason: &str| tell([Command::Cancel { stage, reason: reason.to_owned() }]);
    let running: Vec<StepId> = model.run.running().map(|step| step.id().clone()).collect();
    let mut body = if running.is_empty() {
        vec![Part::say("Nothing runs just now.")]
    } else {
        let mut body = vec![Part::say("Under way:")];
        body.extend(list(&running));
        body
    };
    body.push(Part::say("Nothing is undone; --resume goes on from there."));
    let mut confirm = Confirm::of("End the run?", body);
    if model.run.cancel.is_none() {
        confirm = confirm.choice(
            'e',
            "let running phases end, then end the run",
            cancel(CancelStage::Drain, "ended by the operator"),
        );
    }
    confirm
        .choice(
            'K',
            "stop what runs on the nodes, then end the run",
            cancel(CancelStage::Stop, "stopped by the operator"),
        )
        .insist()
}
