//! What is known of each phase: one table a command.

mod init;
mod init_files;
mod join;
mod reset;

use super::knowledge::Entry;

/// Every leaf of every release.
pub(super) fn entries() -> impl Iterator<Item = &'static Entry> {
    init::PHASES.iter().chain(init_files::PHASES).chain(join::PHASES).chain(reset::PHASES)
}

/// Every group, with what its `all` does.
pub(super) fn groups() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    init::GROUPS.iter().chain(join::GROUPS)
}
