//! The only place that changes the model.

mod act;
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

use crossterm::event::{KeyEvent, KeyEventKind, KeyModifiers};

use super::action::{Action, Key};
use super::card;
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
        Message::Tick(now) => {
            model.now = now;
            model.dirty |= model.run.end.is_none();
            lesson::go_on(model)
        }
        Message::Over => {
            model.over = true;
            model.dirty = true;
            Vec::new()
        }
        Message::Typed { node, command, answer } => lesson::heard(model, node, command, answer),
        Message::Answered { node, command, answer } => {
            model.lay(card::Page::new(format!("{command} on {node}"), card::answer(answer)));
            Vec::new()
        }
        Message::Mouse(event) => mouse::on_mouse(model, event),
        Message::Focused(_) => Vec::new(),
    };
    let area = ratatui::layout::Rect::from((ratatui::layout::Position::ORIGIN, model.size));
    let rows = Areas::of(model, area).rack_rows();
    model.rack.scroll(rows);
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
    let effects = model.keys.action(Key::from(key)).map_or_else(Vec::new, |action| act(model, action));
    log::settle(model);
    effects
}

/// What becomes of `overlay`, which has been taken from the top.
fn replied(model: &mut Model, overlay: Box<dyn Overlay>, reply: Reply) -> Vec<Effect> {
    match reply {
        Reply::Stay => model.overlays.push(overlay),
        Reply::Close => {}
        Reply::Do(effects) => return effects,
        Reply::Act(action) => return act(model, action),
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
