//! What is done with the panes of output.

use ratatui::layout::Rect;

use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::logs::{LogAction, Panes, Source};
use crate::tui::model::{Focus, Model};
use crate::tui::overlay::{Purpose, Typing};

/// The same movement keys, where the output has the focus.
pub(super) const fn movement(action: Action) -> Option<LogAction> {
    Some(match action {
        Action::Up => LogAction::Scroll(-1),
        Action::Down => LogAction::Scroll(1),
        Action::HalfUp => LogAction::HalfUp,
        Action::HalfDown => LogAction::HalfDown,
        Action::PageUp => LogAction::PageUp,
        Action::PageDown => LogAction::PageDown,
        Action::Top => LogAction::Top,
        Action::Bottom => LogAction::End,
        Action::Left => LogAction::Left,
        Action::Right => LogAction::Right,
        _ => return None,
    })
}

const fn of_pane(action: Action) -> Option<LogAction> {
    Some(match action {
        Action::Follow => LogAction::Follow,
        Action::Freeze => LogAction::Freeze,
        Action::Wrap => LogAction::Wrap,
        Action::Times => LogAction::Times,
        Action::NextMatch => LogAction::NextMatch,
        Action::PreviousMatch => LogAction::PreviousMatch,
        Action::NextError => LogAction::NextProblem,
        Action::PreviousError => LogAction::PreviousProblem,
        Action::PreviousAttempt => LogAction::EarlierAttempt,
        Action::NextAttempt => LogAction::LaterAttempt,
        Action::Select => LogAction::Select,
        _ => return None,
    })
}

/// Does it, if it is about output; none if it is not.
pub(super) fn act(model: &mut Model, action: Action) -> Option<Vec<Effect>> {
    if let Some(action) = of_pane(action) {
        on_pane(model, action);
        return Some(Vec::new());
    }
    let mut effects = Vec::new();
    match action {
        Action::Search => model.lay(Typing::new(Purpose::Search, "")),
        Action::Filter => model.lay(Typing::new(Purpose::Filter, "")),
        Action::FilterOut => model.lay(Typing::new(Purpose::FilterOut, "")),
        Action::CopyLine => effects.extend(copied(model, false)),
        Action::CopyAll => effects.extend(copied(model, true)),
        Action::Pager => effects.extend(page(model)),
        Action::Split => {
            let source = shown(model).map_or(Source::Running, Source::Pinned);
            if !model.panes.open(source) {
                model.say(format!("there are {} panes already", Panes::MOST));
            }
        }
        Action::Pin => model.panes.pin(),
        Action::ClosePane => {
            if !model.panes.close() {
                model.say("the last pane stays");
            }
        }
        Action::ByNode => {
            let panes = shown(model).and_then(|step| Panes::by_node(&step.phase, &model.run));
            match panes {
                Some(panes) => {
                    model.panes = panes;
                    let (shown, all) = (model.panes.areas(area(model)).len(), model.panes.iter().len());
                    if shown < all {
                        model.say(format!("{shown} of {all} panes have room here; tab leads to the others"));
                    }
                }
                None => model.say("select a step first"),
            }
        }
        Action::EveryNode => {
            model.panes = if model.panes.is_per_node() {
                Panes::only(Source::Selected)
            } else {
                Panes::per_running_node()
            };
        }
        _ => return None,
    }
    Some(effects)
}

/// What the pane with the focus shows.
fn shown(model: &Model) -> Option<crate::ids::StepId> {
    model.panes.get(model.panes.active())?.step().cloned()
}

/// Where the panes are.
pub(super) fn area(model: &Model) -> Rect {
    let screen = Rect::from((ratatui::layout::Position::ORIGIN, model.size));
    crate::tui::view::Areas::of(model, screen).log
}

/// Does it in the pane with the focus.
pub(super) fn on_pane(model: &mut Model, action: LogAction) {
    with_pane(model, |pane, view| pane.act(action, view));
}

fn with_pane(
    model: &mut Model,
    change: impl FnOnce(&mut crate::tui::logs::Pane, &crate::tui::logs::View<'_>),
) {
    let (at, area) = (model.panes.active(), area(model));
    let view = model.panes.view(at, &model.logs, &model.run, area);
    // The view borrows the rings, not the panes.
    if let Some(pane) = model.panes.get(at).cloned() {
        let mut changed = pane;
        change(&mut changed, &view);
        if let Some(place) = model.panes.get_mut(at) {
            *place = changed;
        }
    }
}

/// Gives the panes what they are to show: after every message, whatever it has changed.
pub(super) fn settle(model: &mut Model) {
    let selected = model.shown_step().cloned();
    model.panes.settle(&model.run, &mut model.logs, selected.as_ref(), model.now);
}

/// A typed line has come.
pub(super) fn typed(model: &mut Model, purpose: Purpose, text: &str) {
    with_pane(model, |pane, view| match purpose {
        Purpose::Search => pane.search(text, view),
        Purpose::Filter => pane.filter(text, false, view),
        Purpose::FilterOut => pane.filter(text, true, view),
        Purpose::Answer => {}
    });
    model.focus = Focus::Log;
}

fn copied(model: &mut Model, all: bool) -> Option<Effect> {
    let at = model.panes.active();
    let view = model.panes.view(at, &model.logs, &model.run, area(model));
    let pane = model.panes.get(at)?;
    let text = if all { view.ring.and_then(crate::tui::logs::Ring::text) } else { pane.copy(&view) };
    if text.is_none() {
        model.say("there is nothing to copy");
    }
    text.map(Effect::Copy)
}

fn page(model: &mut Model) -> Option<Effect> {
    let step = shown(model).and_then(|id| model.run.step(&id));
    let pane = model.panes.get(model.panes.active());
    let effect = step
        .zip(pane)
        .filter(|(step, _)| !step.attempts.is_empty())
        .map(|(step, pane)| Effect::Page { step: step.id().clone(), attempt: pane.shown_attempt(step) });
    if effect.is_none() {
        model.say("it has not printed anything yet");
    }
    effect
}

/// A click in a pane gives it the focus, and looks at the line.
pub(super) fn click(model: &mut Model, at: ratatui::layout::Position) {
    let areas = model.panes.areas(area(model));
    let Some((pane, place)) = areas.into_iter().find(|(_, place)| place.contains(at)) else { return };
    model.panes.focus(pane);
    let inside = crate::tui::logs::inner(place);
    if inside.contains(at) {
        with_pane(model, |pane, view| pane.click(at.y - inside.y, view));
    }
}

/// With the button held, lines are selected.
pub(super) fn drag(model: &mut Model, at: ratatui::layout::Position) {
    let areas = model.panes.areas(area(model));
    let Some((_, place)) = areas.into_iter().find(|(pane, _)| *pane == model.panes.active()) else { return };
    let inside = crate::tui::logs::inner(place);
    if inside.contains(at) {
        with_pane(model, |pane, view| pane.drag(at.y - inside.y, view));
    }
}
