//! The screen, a pure function of the model.
//!
//! ```text
//! header    cluster, progress, pace, time
//! rack      | output of the selected step
//! time      where one looks, when that is not now
//! wait      what is waited for, and why
//! bar       the keys that matter now
//! ```

mod bar;
mod fit;
mod header;
mod layout;
mod log;
mod matrix;
mod note;
mod row;
mod time;
mod timebar;
mod tree;
mod waiting;

use ratatui::Frame;

use super::model::Model;
use super::theme::Role;

pub(super) use bar::action_at;
#[cfg(test)]
pub(super) use bar::items as bar_items;
pub(super) use fit::{first_fit, fit};
pub(super) use layout::Areas;
pub(super) use matrix::cell_at;
pub(super) use timebar::time_at;

/// Draws everything.
pub(super) fn view(model: &Model, frame: &mut Frame<'_>) {
    // A theme's colours are made for its own ground, not for the terminal's.
    let ground = model.theme.style(Role::Text);
    let everywhere = frame.area();
    frame.buffer_mut().set_style(everywhere, ground);
    let areas = Areas::of(model, frame.area());
    header::render(frame, areas.header, model);
    if model.rack.matrix {
        matrix::render(frame, areas.rack, model);
    } else {
        tree::render(frame, areas.rack, model);
    }
    log::render(frame, areas.log, model);
    super::lesson::render(frame, areas.lesson, model);
    timebar::render(frame, areas.time, model);
    waiting::render(frame, areas.waiting, model);
    bar::render(frame, areas.bar, model);
    for overlay in &model.overlays {
        overlay.render(frame, frame.area(), model);
    }
}
