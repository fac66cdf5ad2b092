//! The inventory in the operator's editor.

use std::ffi::OsString;
use std::path::Path;

use tokio::process::Command;

use super::words::program;
use crate::diag::{Diagnostic, Severity};
use crate::inventory::ThisMachine;
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

/// What is to be said of `file` after it was edited: a sentence, or a page of what is wrong with it.
pub(in crate::tui) fn read_again(file: &Path) -> Result<String, Page> {
    match crate::inventory::load(file, &ThisMachine) {
        Ok((_, warnings)) if warnings.is_empty() => {
            Ok(format!("{} is sound; what has begun keeps the inventory it began with", file.display()))
        }
        Ok((_, found)) | Err(found) => Err(page(file, &found)),
    }
}

fn page(file: &Path, found: &[Diagnostic]) -> Page {
    let mut parts = Vec::new();
    for line in crate::diag::render::show(found, false).lines() {
        parts.push(if line.is_empty() { Part::Gap } else { Part::Verbatim(Role::Text, line.to_owned()) });
    }
    let errors = found.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
    let verdict = if errors > 0 { "can't be used as it is" } else { "can be used" };
    let action = crate::tui::action::Action::Edit;
    Page::new(format!("{} {verdict}", file.display()), parts).action('E', "edit again", action)
}
