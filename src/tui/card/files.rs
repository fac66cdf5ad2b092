//! Files that steps wrote and nodes have: as lists, decoded, as they are, and held against each other.

use super::sight::{At, Lines, Sight, Spot};
use super::{Page, Part};
use crate::artifact::compare;
use crate::artifact::{Artifact, Block, Change, Pki, decode, place};
use crate::ids::{Attempt, NodeName, PhaseId, StepId};
use crate::plan::step::Work;
use crate::report::layout::counted;
use crate::state::{StepState, Written};
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::theme::Role;

/// Seconds since 1970, by the run's last event.
fn now(model: &Model) -> Option<i64> {
    model.run.at.map(jiff::Timestamp::as_second)
}

pub(super) fn text(role: Role, words: impl Into<String>) -> Part {
    Part::Text(role, words.into())
}

const fn mark(change: Change) -> (&'static str, Role) {
    match change {
        Change::Created => ("+", Role::Added),
        Change::Changed => ("~", Role::Warning),
        Change::Rewritten => ("=", Role::Dim),
        Change::Owner => ("%", Role::Note),
        Change::Removed => ("-", Role::Removed),
        Change::Found => (" ", Role::Text),
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes}"),
        1_000..1_000_000 => format!("{}.{}k", bytes / 1_000, bytes % 1_000 / 100),
        _ => format!("{}M", bytes / 1_000_000),
    }
}

fn link(file: &Artifact, sight: Sight) -> Part {
    let (mark, role) = mark(file.change);
    let more = match (file.change, file.is_object()) {
        (Change::Removed, _) => "removed".to_owned(),
        (_, true) => place(&file.path).as_str().to_owned(),
        _ => format!("{:>6} {}", size(file.size), file.mode),
    };
    let path = file.path.trim_start_matches("configmap ").trim_start_matches("secret ");
    Part::Link(role, format!("{mark} {path}"), more, sight)
}

fn list<'a>(files: impl Iterator<Item = (&'a Artifact, Sight)>) -> Vec<Part> {
    let mut parts = Vec::new();
    let (objects, on_disk): (Vec<_>, Vec<_>) = files.partition(|(file, _)| file.is_object());
    parts.extend(on_disk.into_iter().map(|(file, sight)| link(file, sight)));
    if !objects.is_empty() {
        parts.push(Part::Gap);
        parts.push(Part::Head("in the cluster".to_owned()));
        parts.extend(objects.into_iter().map(|(file, sight)| link(file, sight)));
    }
    parts
}

/// What the marks of a list mean, as far as they are in it.
fn legend<'a>(files: impl Iterator<Item = &'a Artifact>) -> Option<Part> {
    let seen: Vec<Change> = files.map(|file| file.change).collect();
    let all = [Change::Created, Change::Changed, Change::Rewritten, Change::Owner, Change::Removed];
    let words: Vec<String> = all
        .into_iter()
        .filter(|change| seen.contains(change))
        .map(|change| format!("{} {}", mark(change).0, change.as_str()))
        .collect();
    (!words.is_empty()).then(|| text(Role::Dim, words.join("   ")))
}

pub(super) fn of_step(model: &Model, id: &StepId, number: Attempt) -> Page {
    let title = format!("files: {id}");
    let Some(step) = model.run.step(id) else {
        return Page::new(title, vec![text(Role::Dim, "This step is not known any more.")]);
    };
    let attempt = step.attempts.iter().find(|attempt| attempt.number == number);
    let mut parts = Vec::new();
    if step.attempts.len() > 1 {
        parts.push(text(Role::Note, format!("attempt {number} of {}", step.attempts.len())));
    }
    match attempt.and_then(|attempt| attempt.files.as_ref()) {
        Some(found) if !found.files.is_empty() => {
            parts.push(text(
                Role::Text,
                format!("{}, found by comparing the node's files before and after.", found.summary()),
            ));
            parts.extend(legend(found.files.iter()));
            parts.push(Part::Gap);
            parts.extend(list(found.files.iter().map(|file| (file, Sight::File(spot(id, number, file))))));
            if found.left_out > 0 {
                parts.push(text(Role::Note, format!("and {} more", found.left_out)));
            }
        }
        _ => parts.push(text(Role::Dim, nothing(model, step, attempt.is_some()))),
    }
    let mut page = Page::new(title, parts);
    let numbers = || step.attempts.iter().map(|attempt| attempt.number);
    if let Some(before) = numbers().filter(|other| *other < number).max() {
        page = page.shows('[', "attempt before", Sight::Step(id.clone(), before));
    }
    if let Some(after) = numbers().filter(|other| *other > number).min() {
        page = page.shows(']', "next attempt", Sight::Step(id.clone(), after));
    }
    closing(model, page.shows('n', "all of the node", Sight::Node(id.node.clone())), &id.node)
}

fn spot(id: &StepId, attempt: Attempt, file: &Artifact) -> Spot {
    Spot { node: id.node.clone(), path: file.path.clone(), at: At::Step(id.clone(), attempt) }
}

/// Why there is nothing to show.
fn nothing(model: &Model, step: &StepState, tried: bool) -> String {
    let node = &step.id().node;
    match &step.plan.work {
        _ if !tried => "It has not run yet.".to_owned(),
        Work::Kubeadm { .. } | Work::Hook { .. } if step.end.is_none() => {
            "It is still running: what it changes is told at its end.".to_owned()
        }
        Work::Kubeadm { .. } | Work::Hook { .. } => {
            let known = model.run.node(node).is_some_and(|node| !node.files.is_empty());
            if known {
                format!("It changed none of the files that Kubernetes keeps on {node}.")
            } else {
                format!(
                    "Nothing is known of files on {node}: this run was made by a kubestep that did not look, or the node did not tell."
                )
            }
        }
        Work::CleanUp => {
            "It removes kubestep's own files from /run/kubestep, and nothing of Kubernetes'.".to_owned()
        }
        Work::WriteConfig => "It writes kubeadm's configuration, which `d` shows.".to_owned(),
        _ => format!("It is not a command on {node}, and changes no files there."),
    }
}

/// The step's last try with files, else its last one.
pub fn telling(step: &StepState) -> Attempt {
    let with_files = step.attempts.iter().rev().find(|attempt| attempt.files.is_some());
    with_files.or(step.attempts.last()).map_or(Attempt::FIRST, |attempt| attempt.number)
}

pub(super) fn of_group(model: &Model, node: &NodeName, group: &PhaseId) -> Page {
    let mut parts = Vec::new();
    let within = |step: &&StepState| step.id().phase.is_within(group.as_str());
    for step in model.run.steps_of(node).filter(within) {
        let number = telling(step);
        let attempt = step.attempts.iter().find(|attempt| attempt.number == number);
        let Some(found) = attempt.and_then(|attempt| attempt.files.as_ref()) else { continue };
        if !parts.is_empty() {
            parts.push(Part::Gap);
        }
        parts.push(Part::Head(step.id().phase.to_string()));
        parts.extend(list(found.files.iter().map(|file| (file, Sight::File(spot(step.id(), number, file))))));
    }
    if parts.is_empty() {
        parts.push(text(Role::Dim, "None of its steps has changed a file yet."));
    }
    let page = Page::new(format!("files: {group} on {node}"), parts);
    closing(model, page.shows('n', "all of the node", Sight::Node(node.clone())), node)
}

pub(super) fn of_node(model: &Model, node: &NodeName) -> Page {
    let shelf = model.files_of(node);
    let mut parts = Vec::new();
    match shelf.filter(|shelf| !shelf.is_empty()) {
        Some(shelf) => {
            let asked = model.travel.is_none() && model.seen.contains_key(node);
            parts.push(text(
                Role::Text,
                if asked {
                    "As the node told when it was asked."
                } else {
                    "As the steps of this run left them."
                },
            ));
            parts.extend(legend(shelf.all().map(|(file, _)| file)));
            parts.push(Part::Gap);
            parts.extend(list(shelf.all().map(|(file, _)| {
                let spot = Spot { node: node.clone(), path: file.path.clone(), at: At::Last };
                (file, Sight::File(spot))
            })));
        }
        None => parts.push(text(Role::Dim, "No files of Kubernetes' are known on it.")),
    }
    closing(model, Page::new(format!("files on {node}"), parts), node)
}

/// What every list has at its foot.
fn closing(model: &Model, page: Page, node: &NodeName) -> Page {
    let page = page.shows('U', "PKI", Sight::Pki);
    if !model.can_ask() {
        return page;
    }
    page.effect('a', "ask the node now", Effect::List(node.clone()))
}

/// What a file holds, explained.
pub(super) fn file(model: &Model, spot: &Spot) -> Page {
    let title = format!("{} on {}", spot.path, spot.node);
    let Some(own) = spot.artifact(model) else {
        return Page::new(title, vec![text(Role::Dim, "It is not there any more.")]);
    };
    let shown = spot.with_text(model).unwrap_or(own);
    let mut parts = vec![text(Role::Note, facts(model, spot, own))];
    parts.push(Part::Gap);
    if own.change == Change::Removed {
        parts.push(text(Role::Dim, "It was removed."));
    } else {
        parts.extend(drawn(decode(shown, now(model))));
    }
    let mut page = Page::new(title, parts);
    if shown.content.is_some() {
        page = page.shows('r', "as it is", Sight::Raw(spot.clone()));
    }
    if before(model, spot).is_some() {
        page = page.shows('=', "against before", Sight::Since(spot.clone(), Lines::All));
    }
    if shown.content.is_some() && others_of(model, spot).next().is_some() {
        page = page.shows('b', "beside another node's", Sight::Others(spot.clone()));
    }
    page
}

fn facts(model: &Model, spot: &Spot, file: &Artifact) -> String {
    let mut facts = vec![place(&file.path).as_str().to_owned()];
    if !file.mode.is_empty() {
        facts.push(format!("{} {}", file.mode, file.owner));
        facts.push(counted(usize::try_from(file.size).unwrap_or(usize::MAX), "byte"));
    }
    if let Some(before) = &file.before {
        facts.push(format!("before: {before}"));
    }
    match &spot.at {
        At::Step(step, attempt) => {
            let again =
                if *attempt > Attempt::FIRST { format!(", attempt {attempt}") } else { String::new() };
            facts.push(format!("{} by {}{again}", file.change.as_str(), step.phase));
        }
        At::Last => {
            if let Some(written) = model.run.last_written(&spot.node, &spot.path) {
                facts.push(format!("{} by {}", written.artifact.change.as_str(), written.step.phase));
            }
        }
    }
    facts.join(", ")
}

/// Blocks as parts of a page.
fn drawn(blocks: Vec<Block>) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for block in blocks {
        match block {
            Block::Head(head) => {
                if !parts.is_empty() {
                    parts.push(Part::Gap);
                }
                parts.push(Part::Head(head));
            }
            Block::Say(words) => parts.push(text(Role::Text, words)),
            Block::Warn(words) => parts.push(text(Role::Warning, words)),
            Block::Field(name, values) => parts.extend(Part::field(name, values)),
            Block::Line { text: line, says } => {
                parts.push(Part::Verbatim(Role::Key, line));
                if !says.is_empty() {
                    parts.push(Part::Under(Role::Text, says));
                }
            }
            Block::Twig(depth, name, says) => {
                if depth == 0 && !parts.is_empty() {
                    parts.push(Part::Gap);
                }
                parts.push(Part::Deep(depth, if depth == 0 { Role::Title } else { Role::Key }, name));
                parts.extend(says.lines().map(|line| Part::Deep(depth + 1, Role::Dim, line.to_owned())));
            }
        }
    }
    parts
}

/// The text as it is, without secrets.
pub(super) fn raw(model: &Model, spot: &Spot) -> Page {
    let content = spot.with_text(model).and_then(|file| file.content.as_deref()).unwrap_or_default();
    let parts = content.lines().map(|line| Part::Verbatim(Role::Text, line.to_owned())).collect();
    let page = Page::new(format!("{} on {}, as it is", spot.path, spot.node), parts);
    page.effect('y', "copy", Effect::Copy(content.to_owned()))
}

/// What the file was before.
pub(super) fn before<'m>(model: &'m Model, spot: &Spot) -> Option<Written<'m>> {
    match &spot.at {
        At::Step(step, attempt) => {
            spot.artifact(model)?.content.as_ref()?;
            model.run.written_before(&spot.node, &spot.path, step, *attempt)
        }
        At::Last => {
            let last = model.run.last_written(&spot.node, &spot.path)?;
            last.artifact.content.as_ref()?;
            model.run.written_before(&spot.node, &spot.path, last.step, last.attempt)
        }
    }
}

/// Other nodes whose file of that path has a text.
fn others_of<'m>(model: &'m Model, spot: &Spot) -> impl Iterator<Item = &'m NodeName> {
    let (own, path) = (spot.node.clone(), spot.path.clone());
    model.run.nodes().map(|node| &node.name).filter(move |name| {
        **name != own && model.file(name, &path).is_some_and(|file| file.content.is_some())
    })
}

pub(super) fn others(model: &Model, spot: &Spot) -> Page {
    let own = spot.with_text(model).and_then(|file| file.content.as_deref()).unwrap_or_default();
    let mut parts =
        vec![text(Role::Text, format!("{} of {}, beside that of:", spot.path, spot.node)), Part::Gap];
    parts.extend(others_of(model, spot).map(|name| {
        let theirs =
            model.file(name, &spot.path).and_then(|file| file.content.as_deref()).unwrap_or_default();
        let more = match compare::differences(&compare::rows(own, theirs)) {
            0 => "the same".to_owned(),
            count => counted(count, "difference"),
        };
        Part::Link(Role::Text, name.to_string(), more, Sight::Beside(spot.clone(), name.clone(), Lines::All))
    }));
    Page::new("beside which node's?", parts)
}

/// Who signed whom.
pub(super) fn pki(model: &Model) -> Page {
    let shelves =
        model.run.nodes().filter_map(|node| Some((node.name.as_str(), model.files_of(&node.name)?)));
    let files = shelves.flat_map(|(node, shelf)| shelf.all().map(move |(file, _)| (node, file)));
    let blocks = Pki::of(files).blocks(now(model));
    Page::new("PKI: who signed whom", drawn(blocks))
}
