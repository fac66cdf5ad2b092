//! Questions at the terminal.

use std::io::{BufRead as _, Write as _};

use color_eyre::eyre::{Result, bail};
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

use crate::secret::Secret;

/// Asks for a line that is not shown.
pub(super) fn hidden(question: &str) -> Result<Secret> {
    let stdin = std::io::stdin();
    let before = tcgetattr(&stdin)?;
    let mut quiet = before.clone();
    quiet.local_modes.remove(LocalModes::ECHO);
    tcsetattr(&stdin, OptionalActions::Flush, &quiet)?;
    let answer = ask(question);
    tcsetattr(&stdin, OptionalActions::Flush, &before)?;
    writeln!(std::io::stderr())?;
    Ok(Secret::new(answer?))
}

/// Asks a question that only `word` answers with yes.
pub(super) fn confirm(question: &str, word: &str) -> Result<bool> {
    Ok(ask(&format!("{question}\nType {word} to go on: "))? == word)
}

fn ask(question: &str) -> Result<String> {
    write!(std::io::stderr(), "{question}")?;
    std::io::stderr().flush()?;
    let mut line = String::new();
    if std::io::stdin().lock().read_line(&mut line)? == 0 {
        bail!("no answer");
    }
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}
