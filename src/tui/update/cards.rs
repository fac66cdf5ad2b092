//! Cards on what is selected.

use std::sync::Arc;

use super::moving;
use crate::artifact::{Artifact, Files};
use crate::ids::{Attempt, NodeName};
use crate::runner::{Answer, Question};
use crate::state::{Status, StepState};
use crate::tui::action::{Action, may};
use crate::tui::card::{self, Page, Sight};
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::overlay::Checks;
use crate::tui::rack::RowId;

/// Opens the card that `action` asks for, or says why there is none.
pub(super) fn open(model: &mut Model, action: Action) -> Vec<Effect> {
    if action == Action::Check {
        model.lay(Checks::new(model));
        return Vec::new();
    }
    if action == Action::Files {
        return files(model);
    }
    if action == Action::Config && !model.over && model.travel.is_none() {
        // The run knows what it writes better than the console does.
        return moving::node(model).map(Effect::Config).into_iter().collect();
    }
    match page(model, action) {
        Ok(page) => model.lay(page),
        Err(why) => model.say(why),
    }
    Vec::new()
}

fn page(model: &Model, action: Action) -> Result<Page, String> {
    if action == Action::Config {
        return config(model);
    }
    if action == Action::Pki {
        return Ok(Sight::Pki.page(model));
    }
    if action == Action::Preview {
        let step = next(model).ok_or("nothing is left to run")?;
        let version = model.version_of(&step.id().node);
        let parts = card::preview(&model.run, step, &version);
        let page = Page::new(format!("what would run next: {}", step.id()), parts);
        return Ok(page.action('s', "run it", Action::Step));
    }
    let (row, step) = selected(model)?;
    let version = model.version_of(&step.id().node);
    match action {
        Action::Explain => {
            let phase = match row {
                RowId::Leaf(_, leaf) => leaf,
                _ => &step.id().phase,
            };
            let page = Page::new(format!("{phase}, kubeadm {version}"), card::explain(step, phase, &version));
            let ideas = card::ideas(phase, &version).into_iter().zip('1'..);
            Ok(ideas.fold(page, |page, ((name, idea), key)| page.opens(key, name, idea)))
        }
        Action::Why => {
            let parts = card::why(&model.run, step, model.theme.glyphs);
            Ok(Page::new(format!("why {} is not running", step.id()), parts))
        }
        Action::Diagnosis if step.status == Status::Failed => {
            let page = Page::new(format!("{} failed", step.id()), card::diagnosis(&model.run, step));
            let looks =
                step.end.iter().filter_map(|end| end.diagnosis.as_ref()).flat_map(|found| &found.look);
            let page = looks.take(9).zip('1'..).fold(page, |page, (command, key)| {
                let number = key as usize - '1' as usize;
                let program = command.split(' ').next().unwrap_or("look");
                page.effect(key, program, Effect::Look { step: step.id().clone(), number })
            });
            let page = if may(model, Action::PublishAgain).is_ok() {
                page.action('J', "publish again, then retry", Action::PublishAgain)
            } else {
                page
            };
            Ok(page
                .action('r', "retry", Action::Retry)
                .action('S', "skip", Action::Skip)
                .action('o', "whole output", Action::Pager)
                .action('t', "shell", Action::Shell)
                .action('R', "reset node", Action::Reset))
        }
        _ => Err(format!("{} has not failed", step.id())),
    }
}

/// The files of what is selected; a node of which none are known is asked.
fn files(model: &mut Model) -> Vec<Effect> {
    let Some(row) = model.rack.selected().map(|row| row.id.clone()) else {
        model.say("nothing is selected");
        return Vec::new();
    };
    let sight = match row {
        RowId::Step(step) | RowId::Leaf(step, _) => {
            let attempt = model.run.step(&step).map_or(Attempt::FIRST, card::telling);
            Sight::Step(step, attempt)
        }
        RowId::Group(node, group) => Sight::Group(node, group),
        RowId::Node(node) => {
            let known = model.files_of(&node).is_some_and(|shelf| !shelf.is_empty());
            if !known && model.can_ask() {
                return vec![Effect::List(node)];
            }
            Sight::Node(node)
        }
    };
    model.lay(sight.page(model));
    Vec::new()
}

/// A node has told all of its files.
fn listed(model: &mut Model, node: NodeName, files: Vec<Artifact>) {
    let files = Arc::new(Files::bounded(files));
    let known = model.files_of(&node).cloned().unwrap_or_default();
    model.seen.insert(node.clone(), known.renewed(&files));
    model.lay(Sight::Node(node).page(model));
}

/// Lays out what came back.
pub(super) fn answered(model: &mut Model, node: &NodeName, what: Question, answer: Answer) {
    let page = match (what, answer) {
        (_, Answer::Files(files)) => return listed(model, node.clone(), files),
        (Question::Files, answer) => Page::new(format!("files on {node}"), card::answer(answer)),
        (_, Answer::Config(config)) => config_page(node, card::config_as_run(node, &config)),
        (Question::Config, Answer::Refused(why)) => match config(model) {
            Ok(page) => page,
            Err(_) => {
                Page::new(format!("kubeadm's configuration on {node}"), card::answer(Answer::Refused(why)))
            }
        },
        (Question::Config, answer) => Page::new(node.to_string(), card::answer(answer)),
        (Question::Look(command) | Question::Typed(command), answer) => {
            Page::new(format!("{command} on {node}"), card::answer(answer))
        }
    };
    model.lay(page);
}

fn config_page(node: &NodeName, parts: Vec<card::Part>) -> Page {
    let edit = Action::Edit;
    Page::new(format!("kubeadm's configuration on {node}"), parts).action('E', "edit the inventory", edit)
}

fn config(model: &Model) -> Result<Page, String> {
    let node = model.rack.selected().map(|row| row.id.node().clone()).ok_or("no node is selected")?;
    let inventory = model.inventory.as_ref().ok_or("a run that is replayed has no inventory")?;
    let parts = card::config(&model.run, inventory, &model.configs, &node).ok_or_else(|| {
        format!("{node} gets no configuration in this run, or it has not been asked about itself yet")
    })?;
    Ok(config_page(&node, parts))
}

/// The selected step; of a group or a node the one that tells most.
fn selected(model: &Model) -> Result<(&RowId, &StepState), String> {
    let row = model.rack.selected().ok_or("nothing is selected")?;
    let step = match &row.id {
        RowId::Step(step) | RowId::Leaf(step, _) => model.run.step(step),
        RowId::Group(node, group) => {
            telling(model.run.steps_of(node).filter(|step| step.id().phase.is_within(group.as_str())))
        }
        RowId::Node(node) => telling(model.run.steps_of(node)),
    };
    step.map(|step| (&row.id, step)).ok_or_else(|| "there is no step here yet".to_owned())
}

/// The failed one, else the running one, else the next one, else the last one.
fn telling<'a>(steps: impl Iterator<Item = &'a StepState>) -> Option<&'a StepState> {
    steps.reduce(|best, step| {
        let weight = |step: &StepState| match step.status {
            Status::Failed => 4,
            Status::Running { .. } => 3,
            Status::RetryPlanned { .. } => 2,
            Status::Waiting => 1,
            _ => 0,
        };
        match weight(step).cmp(&weight(best)) {
            std::cmp::Ordering::Greater => step,
            std::cmp::Ordering::Equal if weight(step) == 0 => step,
            _ => best,
        }
    })
}

/// The selected step if it could start, else the next one.
fn next(model: &Model) -> Option<&StepState> {
    let waiting = |step: &&StepState| step.status == Status::Waiting;
    let selected = model.selected_step().and_then(|id| model.run.step(id)).filter(waiting);
    selected
        .or_else(|| model.run.next_step().and_then(|id| model.run.step(id)))
        .or_else(|| model.run.steps().find(waiting))
}
