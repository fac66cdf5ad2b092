//! What the keys of the lesson do.

use ratatui::layout::{Position, Rect};

use super::{cards, moving};
use crate::lesson::{Errand, More, Show, Spoken, Verdict};
use crate::runner::Answer;
use crate::state::Command;
use crate::tui::action::Action;
use crate::tui::card;
use crate::tui::effect::Effect;
use crate::tui::lesson::{Onward, Panel, panel};
use crate::tui::model::{Focus, Model};
use crate::tui::overlay::{Contents, Purpose, Typing};
use crate::tui::rack::RowId;
use crate::tui::view::Areas;

/// Takes an action that is the lesson's; none if it is not.
pub(super) fn act(model: &mut Model, action: Action) -> Option<Vec<Effect>> {
    match action {
        Action::Lesson => toggle(model),
        Action::NextPage => return Some(turn_by(model, 1)),
        Action::PreviousPage => return Some(turn_by(model, -1)),
        Action::Contents => {
            if let Some(contents) = Contents::of(model) {
                model.lay(contents);
            }
        }
        Action::DoPage => {
            if let Some(class) = &mut model.lesson {
                class.course.act();
            }
            return Some(go_on(model));
        }
        _ if model.focus == Focus::Lesson => return focused(model, action),
        _ => return None,
    }
    Some(Vec::new())
}

/// Where the panel has the focus.
fn focused(model: &mut Model, action: Action) -> Option<Vec<Effect>> {
    let rows = laid_out(model).map_or(1, |panel| panel.rows());
    let page = isize::try_from(rows).unwrap_or(1).max(1);
    match action {
        Action::Open => return Some(onward(model)),
        Action::Up => scroll(model, -1),
        Action::Down => scroll(model, 1),
        Action::PageUp => scroll(model, -page),
        Action::PageDown => scroll(model, page),
        Action::HalfUp => scroll(model, -page / 2),
        Action::HalfDown => scroll(model, page / 2),
        Action::Top => scroll(model, isize::MIN),
        Action::Bottom => scroll(model, isize::MAX),
        Action::Left => return Some(turn_by(model, -1)),
        Action::Right => return Some(turn_by(model, 1)),
        Action::Node(number) if model.lesson.as_ref().is_some_and(|class| class.choices() > 0) => {
            return Some(answer(model, &number.to_string()));
        }
        Action::Explain if explain(model) => {}
        _ => return None,
    }
    Some(Vec::new())
}

fn laid_out(model: &Model) -> Option<Panel> {
    let screen = Rect::from((Position::ORIGIN, model.size));
    panel(model, Areas::of(model, screen).lesson)
}

fn toggle(model: &mut Model) {
    let Some(class) = &mut model.lesson else { return };
    class.open = !class.open || model.focus != Focus::Lesson && model.zoomed;
    model.focus = if class.open { Focus::Lesson } else { Focus::Rack };
}

fn scroll(model: &mut Model, by: isize) {
    let Some(panel) = laid_out(model) else { return };
    if let Some(class) = &mut model.lesson {
        class.top = class.top.min(panel.furthest()).saturating_add_signed(by).min(panel.furthest());
    }
}

fn turn_by(model: &mut Model, by: isize) -> Vec<Effect> {
    let Some(class) = &model.lesson else { return Vec::new() };
    let to = class.course.at().saturating_add_signed(by);
    if to == class.course.at() || to >= class.course.lesson().pages.len() {
        let last = if by < 0 { "this is the first page" } else { "this is the last page" };
        model.say(last);
        return Vec::new();
    }
    turn_to(model, to)
}

/// Turns to a page.
pub(super) fn turn_to(model: &mut Model, page: usize) -> Vec<Effect> {
    if let Some(class) = &mut model.lesson {
        class.open = true;
        if class.course.turn_to(page) {
            class.top = 0;
            class.looked = None;
        }
    }
    model.focus = Focus::Lesson;
    go_on(model)
}

/// The one key that leads through the whole lesson.
fn onward(model: &mut Model) -> Vec<Effect> {
    let below = laid_out(model).map_or(0, |panel| panel.below());
    let Some(class) = &mut model.lesson else { return Vec::new() };
    match class.onward(&model.run, below) {
        Onward::Read => {
            let rows = laid_out(model).map_or(1, |panel| panel.rows()).saturating_sub(1).max(1);
            scroll(model, isize::try_from(rows).unwrap_or(1));
        }
        Onward::Do => {
            class.course.act();
            return go_on(model);
        }
        // The foot says it.
        Onward::Wait => {}
        Onward::Look(show) => {
            class.looked = Some(class.course.at());
            return open(model, show);
        }
        Onward::Choose(count) => model.say(format!("answer with a number from 1 to {count}")),
        Onward::Write => model.lay(Typing::new(Purpose::Answer, "")),
        Onward::Turn => return turn_by(model, 1),
        Onward::Over => {
            let key = model.keys.shown(Action::Quit);
            model.say(format!("that was the last page; {key} leaves"));
        }
    }
    Vec::new()
}

/// Opens the card that a page names.
fn open(model: &mut Model, show: Show) -> Vec<Effect> {
    let look = model.lesson.as_ref().and_then(|class| class.course.page()?.look.clone());
    if let Some((node, path)) = look.as_ref().and_then(|look| Some((look.on()?, look.file.as_ref()?))) {
        let page = card::file(model, node, path);
        model.lay(page);
        return Vec::new();
    }
    let action = match show {
        Show::Explain => Action::Explain,
        Show::Config => Action::Config,
        Show::Checks => Action::Check,
        Show::Diagnosis => Action::Diagnosis,
        Show::Why => Action::Why,
        Show::Files => Action::Files,
        Show::Pki => Action::Pki,
        Show::Output | Show::Matrix => return Vec::new(),
    };
    cards::open(model, action)
}

/// The explanation that the page names; whether there is one.
fn explain(model: &mut Model) -> bool {
    let more = model.lesson.as_ref().and_then(|class| class.course.page()?.more.clone());
    let page = match more {
        Some(More::Idea(name)) => card::idea(&name, &version(model)),
        Some(More::Phase(phase)) => card::phase(&phase, &version(model)),
        None => None,
    };
    page.map(|page| model.lay(page)).is_some()
}

fn version(model: &Model) -> crate::version::Version {
    model.lesson.as_ref().map_or_else(
        || crate::version::Version::new(1, 29, 0),
        |class| class.course.lesson().rack.version.clone(),
    )
}

/// Takes an answer to the open page's question.
pub(super) fn answer(model: &mut Model, text: &str) -> Vec<Effect> {
    let Some(class) = model.lesson.as_mut().filter(|_| !text.trim().is_empty()) else { return Vec::new() };
    match class.course.answer(text, &model.run) {
        // Both are said on the page.
        Verdict::Right(_) | Verdict::Wrong(_) => {}
        Verdict::Unknown => model.say("that can't be told yet: do what the page says first"),
    }
    // What was said to it stands at the end.
    scroll(model, isize::MAX);
    model.lesson.as_ref().map(|class| Effect::Keep(class.course.progress())).into_iter().collect()
}

/// Looks at the run: what the page wants done now, and what has to be told because it was turned to.
pub(super) fn go_on(model: &mut Model) -> Vec<Effect> {
    let now = model.now;
    // Whoever looks at another moment changes nothing in this one.
    let Some(class) = model.lesson.as_mut().filter(|_| model.travel.is_none()) else { return Vec::new() };
    let runs = model.run.info.is_some() && model.run.end.is_none() && !model.over;
    let mut effects = Vec::new();
    let at = class.course.at();
    if class.told != Some(at) && model.run.info.is_some() {
        // Where nothing was looked at yet, what the pages before were about.
        let back = if class.told.is_none() { 0 } else { at };
        class.told = Some(at);
        effects.push(Effect::Keep(class.course.progress()));
        if runs {
            effects.push(Effect::Command(Command::Turn(crate::report::page_turned(&class.course))));
        }
        let pages = class.course.lesson().pages.get(back..=at).unwrap_or_default();
        let look = pages.iter().rev().find_map(|page| page.look.clone());
        if let Some(look) = look {
            go_to(model, &look);
        }
    }
    let Some(class) = &mut model.lesson else { return effects };
    for errand in class.course.errands(&model.run, now) {
        if runs {
            effects.push(match errand {
                Errand::Tell(command) => Effect::Command(command),
                Errand::Type { node, command } => Effect::Type { node, command },
            });
        }
    }
    effects
}

/// Puts the cursor where the page wants it; the panel keeps the focus.
fn go_to(model: &mut Model, look: &crate::lesson::Look) {
    let focus = model.focus;
    if model.rack.matrix != (look.show == Show::Matrix) {
        model.rack.toggle_matrix(&model.run);
    }
    if let Some(step) = &look.step {
        moving::reveal(model, &RowId::Step(step.clone()));
    } else if let Some(node) = &look.node {
        moving::reveal(model, &RowId::Node(node.clone()));
    }
    // From here the cursor goes along with what the page runs.
    model.rack.touched = false;
    model.focus = focus;
}

/// A node has said something to what was typed there.
pub(super) fn heard(
    model: &mut Model,
    node: crate::ids::NodeName,
    command: String,
    answer: Answer,
) -> Vec<Effect> {
    match answer {
        Answer::Output { rc, lines, .. } => {
            let spoken = Spoken { exit: rc, text: lines.join("\n") };
            if let Some(class) = &mut model.lesson {
                class.course.hear(node, command, spoken);
            }
        }
        Answer::Config(_) | Answer::Files(_) => {}
        Answer::Refused(why) => model.say(format!("{node}: {why}")),
    }
    model.dirty = true;
    go_on(model)
}
