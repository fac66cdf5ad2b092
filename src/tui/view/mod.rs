//! The screen, a pure function of the model.
//!
//! ```text
//! header    cluster, progress, pace, time
//! rack      | output of the selected step
//! wait      what is waited for, and why
//! bar       the keys that matter now
//! ```

mod bar;
mod header;
mod layout;
mod log;
pub(super) mod popup;
mod tree;
mod waiting;

use ratatui::Frame;

use super::model::Model;

pub(super) use layout::Areas;

/// Draws everything.
pub(super) fn view(model: &Model, frame: &mut Frame<'_>) {
    let areas = Areas::of(model, frame.area());
    header::render(frame, areas.header, model);
    tree::render(frame, areas.rack, model);
    log::render(frame, areas.log, model);
    waiting::render(frame, areas.waiting, model);
    bar::render(frame, areas.bar, model);
    for overlay in &model.overlays {
        overlay.render(frame, frame.area(), model);
    }
}
