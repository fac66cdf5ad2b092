//! The only place that changes the model.

mod act;
mod cards;
mod events;

use crossterm::event::{KeyEvent, KeyEventKind};

use super::action::Key;
use super::effect::Effect;
use super::message::Message;
use super::model::Model;
use super::overlay::Reply;
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
            Vec::new()
        }
        Message::Over => {
            model.over = true;
            model.dirty = true;
            Vec::new()
        }
        Message::Say(text) => {
            model.say(text);
            Vec::new()
        }
        Message::Mouse(_) | Message::Focused(_) => Vec::new(),
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
    if let Some(mut overlay) = model.overlays.pop() {
        return match overlay.key(key, model) {
            Reply::Stay => {
                model.overlays.push(overlay);
                Vec::new()
            }
            Reply::Close => Vec::new(),
            Reply::Do(effects) => effects,
            Reply::Act(action) => act(model, action),
            Reply::Open(other) => {
                model.overlays.extend([overlay, other]);
                Vec::new()
            }
        };
    }
    model.keys.action(Key::from(key)).map_or_else(Vec::new, |action| act(model, action))
}
