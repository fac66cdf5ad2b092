//! A line of the shell's language, as POSIX has it, to what it means: pipelines, lists, redirections, quotes,
//! variables and substitutions. Loops and conditions are not there, and said to be not.

mod lexer;
mod parser;
#[cfg(test)]
mod tests;

/// Longer lines are refused.
const LONGEST: usize = 64 * 1024;
/// Substitutions within substitutions.
const DEEPEST: usize = 8;
/// Commands in one line, those in substitutions with them.
const MOST_COMMANDS: usize = 500;

/// Pipelines one after the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Script(pub(super) Vec<(When, Pipeline)>);

/// Whether a pipeline is run, by how the one before it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Always,
    /// `&&`.
    Succeeded,
    /// `||`.
    Failed,
}

/// Commands of which each reads what the one before it prints.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Pipeline {
    /// `!` stands before it.
    pub(super) negated: bool,
    pub(super) commands: Vec<Command>,
}

/// A program with its arguments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Command {
    pub(super) assignments: Vec<(String, Word)>,
    pub(super) words: Vec<Word>,
    pub(super) redirections: Vec<Redirection>,
}

/// Where a stream of a command goes to, or comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Redirection {
    /// `N> file` or `N>> file`.
    Write { error: bool, append: bool, to: Word },
    /// `&> file`.
    WriteBoth { append: bool, to: Word },
    /// `2>&1` and `1>&2`.
    Join { error: bool },
    /// `< file`.
    Read(Word),
    /// The lines after `<<`, or the word after `<<<`.
    Text(Word),
}

/// What becomes one word or, by blanks and globs in it, several.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Word(pub(super) Vec<Piece>);

/// A part of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Taken as it is.
    Quoted(String),
    /// `*`, `?` and `[…]` stand for names of files.
    Bare(String),
    /// `$NAME`.
    Variable { name: String, quoted: bool },
    /// `$(…)`: what a script prints.
    Output { script: Script, quoted: bool },
}

/// Why a text can't be run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Flaw {
    /// More lines may mend it.
    #[error("Syntax error: {0}")]
    Unfinished(&'static str),
    #[error("Syntax error: {0} unexpected")]
    Unexpected(String),
    #[error("the simulation's shell has no {0}")]
    Missing(String),
    #[error("the simulation's shell takes no more than {0}")]
    TooMuch(&'static str),
}

/// Reads `text`.
pub(super) fn parse(text: &str) -> Result<Script, Flaw> {
    if text.len() > LONGEST {
        return Err(Flaw::TooMuch("64 KiB at once"));
    }
    parser::Parser::new(text, 0).whole()
}
