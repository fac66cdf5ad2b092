//! What a node said when it was asked.

use super::Part;
use crate::runner::Answer;
use crate::tui::theme::Role;

/// The answer, line by line.
pub fn answer(answer: Answer) -> Vec<Part> {
    let (rc, lines, cut) = match answer {
        Answer::Output { rc, lines, cut } => (rc, lines, cut),
        Answer::Files(files) => {
            return files.into_iter().map(|file| Part::Verbatim(Role::Text, file.path)).collect();
        }
        Answer::Config(config) => {
            return config.now.lines().map(|line| Part::Verbatim(Role::Text, line.to_owned())).collect();
        }
        Answer::Refused(why) => return vec![Part::Text(Role::Failed, why)],
    };
    let mut parts = match rc {
        0 => Vec::new(),
        124 => vec![Part::Text(Role::Warning, "It took too long and was ended.".to_owned()), Part::Gap],
        rc => vec![Part::Text(Role::Warning, format!("It ended with status {rc}.")), Part::Gap],
    };
    if lines.is_empty() {
        parts.push(Part::Text(Role::Dim, "It printed nothing.".to_owned()));
    }
    parts.extend(lines.into_iter().map(|line| Part::Verbatim(Role::Text, line)));
    if cut {
        parts.push(Part::Text(Role::Note, "There was more; a shell on the node shows all.".to_owned()));
    }
    parts
}
