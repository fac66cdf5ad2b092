//! Cards: what is to be known of a step, written out.

mod answer;
mod config;
mod diagnosis;
mod differences;
mod explain;
mod files;
mod page;
mod part;
mod preview;
mod revision;
mod sheet;
mod sight;
mod why;

pub use answer::answer;
pub use config::{Configs, config, config_as_run, rendered};
pub use diagnosis::{diagnosis, failure};
pub use explain::{explain, idea, ideas, phase};
pub use files::telling;
pub use page::Page;
pub use part::{Part, lay_out};
pub use preview::preview;
pub use revision::revision;
pub use sheet::{Foot, QUESTION, Sheet};
pub use sight::{Sight, file};
pub use why::why;

#[cfg(test)]
mod tests;
