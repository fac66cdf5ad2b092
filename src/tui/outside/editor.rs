//! The inventory in the operator's editor.

use std::ffi::OsString;
use std::path::Path;

use tokio::process::Command;

use super::words::program;
use crate::diag::Diagnostic;
use crate::inventory::ThisMachine;
use crate::inventory::model::Inventory;
use crate::tui::card::{Page, Part};
use crate::tui::theme::Role;

/// What edits `file`, or why nothing can.
pub(in crate::tui) fn editor(file: &Path, env: impl Fn(&str) -> Option<OsString>) -> Result<Command, String> {
    if !file.is_file() {
        return Err(format!("there is no file {}: this inventory is part of kubestep", file.display()));
    }
    let words = program(env, &["VISUAL", "EDITOR"], "vi")?;
    let mut editor = Command::new(&words[0]);
    editor.args(&words[1..]).arg(file);
    Ok(editor)
}

/// `file` after it was edited, with what is to be heeded in it; or a page of what is wrong with it.
pub(in crate::tui) fn read_again(file: &Path) -> Result<(Inventory, Vec<Diagnostic>), Page> {
    crate::inventory::load(file, &ThisMachine).map_err(|found| page(file, &found))
}

fn page(file: &Path, found: &[Diagnostic]) -> Page {
    Page::new(format!("{} can't be used as it is", file.display()), found_in(found)).action(
        'E',
        "edit again",
        crate::tui::action::Action::Edit,
    )
}

/// What was found in a file, as a compiler would show it.
pub(in crate::tui) fn found_in(found: &[Diagnostic]) -> Vec<Part> {
    let shown = crate::diag::render::show(found, false);
    let part = |line: &str| match line {
        "" => Part::Gap,
        line => Part::Verbatim(Role::Text, line.to_owned()),
    };
    shown.lines().map(part).collect()
}
