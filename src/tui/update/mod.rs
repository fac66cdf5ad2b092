//! The only place that changes the model.

mod act;
mod calls;
mod cards;
mod ending;
mod events;
mod lesson;
mod log;
mod mouse;
mod moving;
mod run;
#[cfg(test)]
mod tests;
mod travel;

use crossterm::event::{KeyEvent, KeyEventKind, KeyModifiers};

use super::action::{Action, Key};
use super::effect::Effect;
use super::message::Message;
use super::model::Model;
use super::overlay::{Overlay, Purpose, Reply};
use super::view::Areas;

pub(super) use act::act;

/// Takes in one message, and says what is to be done.
pub(super) fn update(model: &mut Model, message: Message) -> Vec<Effect> {
    let effects = match message {
        Message::Key(key) => on_key(model, key),
        Message::Paste(text) => {
            if let Some(overlay) = model.overlays.last_mut() {
                overlay.paste(&text);
                model.dirty = true;
            }
            Vec::new()
        }
        Message::Resized(size) => {
            model.size = size;
            model.dirty = true;
            Vec::new()
        }
        Message::Events(batch) => events::take_in(model, batch),
        Message::Inventory(inventory) => {
            model.inventory = Some(inventory);
            model.dirty = true;
            Vec::new()
        }
        Message::Tick(now) => {
            tick(model, now);
            lesson::go_on(model)
        }
        Message::Frame(wall) => travel::frame(model, wall),
        Message::Past(past) => travel::take_in(model, past),
        Message::Over => {
            model.over = true;
            model.dirty = true;
            Vec::new()
        }
        Message::Typed { node, command, answer } => lesson::heard(model, node, command, answer),
        Message::Answered { node, what, answer } => {
            cards::answered(model, &node, what, answer);
            Vec::new()
        }
        Message::Mouse(event) => mouse::on_mouse(model, event),
        Message::Focused(_) => Vec::new(),
    };
    log::settle(model);
    let effects = looks_only(model, effects);
    let area = ratatui::layout::Rect::from((ratatui::layout::Position::ORIGIN, model.size));
    let rows = Areas::of(model, area).rack_rows();
    model.rack.scroll(rows);
    effects
}

/// Time has passed, by the run's clock.
fn tick(model: &mut Model, now: std::time::Duration) {
    match model.travel.as_mut() {
        None => {
            model.now = now;
            model.dirty |= model.run.end.is_none();
        }
        Some(travel) => {
            if let Some(present) = travel.present.as_mut() {
                present.now = now;
                model.dirty |= present.run.end.is_none();
            }
        }
    }
}

/// Whoever looks at another moment changes nothing in this one.
fn looks_only(model: &mut Model, mut effects: Vec<Effect>) -> Vec<Effect> {
    let Some(why) = model.only_looks() else { return effects };
    let before = effects.len();
    effects.retain(|effect| !effect.reaches_out());
    if effects.len() < before {
        model.say(why);
    }
    if !effects.iter().any(|effect| matches!(effect, Effect::Past(_))) {
        effects.extend(travel::missing(model));
    }
    effects
}

fn on_key(model: &mut Model, key: KeyEvent) -> Vec<Effect> {
    if key.kind == KeyEventKind::Release {
        return Vec::new();
    }
    model.dirty = true;
    model.word = None;
    if let Some(class) = &mut model.lesson {
        class.note_key(Key::from(key).to_string());
    }
    if let Some(mut overlay) = model.overlays.pop() {
        let ends = key.modifiers.contains(KeyModifiers::CONTROL)
            && model.keys.action(Key::from(key)) == Some(Action::Cancel);
        let reply = if ends { overlay.interrupt() } else { overlay.key(key, model) };
        return replied(model, overlay, reply);
    }
    let key = Key::from(key);
    let in_time = model.travel.as_ref().and_then(|_| model.keys.in_time(key));
    in_time.or_else(|| model.keys.action(key)).map_or_else(Vec::new, |action| act(model, action))
}

/// What becomes of `overlay`, which has been taken from the top.
fn replied(model: &mut Model, overlay: Box<dyn Overlay>, reply: Reply) -> Vec<Effect> {
    match reply {
        Reply::Stay => model.overlays.push(overlay),
        Reply::Close => {}
        Reply::Do(effects) => return effects,
        Reply::Beside(effect) => {
            model.overlays.push(overlay);
            return vec![effect];
        }
        Reply::Act(action) => return act(model, action),
        Reply::On(action, row) => {
            moving::reveal(model, &row);
            return act(model, action);
        }
        Reply::Go(row) => moving::reveal(model, &row),
        Reply::Wear { theme, stay } => {
            wear(model, &theme);
            if stay {
                model.overlays.push(overlay);
            }
        }
        Reply::Turn(page) => return lesson::turn_to(model, page),
        Reply::Typed(Purpose::Answer, text) => return lesson::answer(model, &text),
        Reply::Typed(purpose, text) => log::typed(model, purpose, &text),
    }
    Vec::new()
}

/// Takes a theme on.
fn wear(model: &mut Model, name: &str) {
    match model.look.as_ref().map(|look| look.named(name)) {
        Some(Ok(theme)) => model.theme = theme,
        Some(Err(unknown)) => model.say(unknown.to_string()),
        None => {}
    }
}
