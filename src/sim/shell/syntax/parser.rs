//! Words and operators to commands.

use super::lexer::Token;
use super::{Command, DEEPEST, Flaw, MOST_COMMANDS, Piece, Pipeline, Redirection, Script, When, Word};

/// Words that begin what is not there.
const COMPOUND: [&str; 14] = [
    "if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case", "esac", "function",
    "[[",
];

/// Reads a text from its beginning to its end.
#[derive(Debug)]
pub(super) struct Parser {
    pub(super) chars: Vec<char>,
    pub(super) at: usize,
    pub(super) depth: usize,
    commands: usize,
}

impl Parser {
    pub(super) fn new(text: &str, depth: usize) -> Self {
        Self { chars: text.chars().collect(), at: 0, depth, commands: 0 }
    }

    pub(super) fn whole(mut self) -> Result<Script, Flaw> {
        let script = self.script()?;
        match self.peek(0) {
            None => Ok(script),
            Some(character) => Err(Flaw::Unexpected(format!("\"{character}\""))),
        }
    }

    /// A script within a word, up to the bracket that ends it.
    pub(super) fn nested(&mut self) -> Result<Script, Flaw> {
        if self.depth >= DEEPEST {
            return Err(Flaw::TooMuch("eight substitutions within one another"));
        }
        self.depth += 1;
        let script = self.script();
        self.depth -= 1;
        script
    }

    fn script(&mut self) -> Result<Script, Flaw> {
        let mut script = Script::default();
        let mut when = When::Always;
        loop {
            let (pipeline, end) = self.pipeline()?;
            let is_empty = pipeline.commands.is_empty();
            if !is_empty {
                script.0.push((when, pipeline));
            }
            let needs_more = is_empty && when != When::Always;
            match end {
                Token::Line if needs_more => {}
                Token::End if needs_more => return Err(Flaw::Unfinished("end of text unexpected")),
                Token::End => return Ok(script),
                Token::Line => when = When::Always,
                Token::Operator(operator) if is_empty => {
                    return Err(Flaw::Unexpected(format!("\"{operator}\"")));
                }
                Token::Operator(";;") => return Err(Flaw::Unexpected("\";;\"".into())),
                Token::Operator("&&") => when = When::Succeeded,
                Token::Operator("||") => when = When::Failed,
                Token::Operator("&") => return Err(Flaw::Missing("background (`&`)".into())),
                _ => when = When::Always,
            }
        }
    }

    /// A pipeline, perhaps an empty one, and what ends it.
    fn pipeline(&mut self) -> Result<(Pipeline, Token), Flaw> {
        let mut pipeline = Pipeline::default();
        loop {
            let (command, end) = self.command(&mut pipeline)?;
            let is_empty = command == Command::default();
            let piped = matches!(end, Token::Operator("|" | "|&"));
            if !is_empty {
                self.commands += 1;
                if self.commands > MOST_COMMANDS {
                    return Err(Flaw::TooMuch("500 commands at once"));
                }
                pipeline.commands.push(command);
            } else if piped {
                return Err(Flaw::Unexpected("\"|\"".into()));
            } else if !pipeline.commands.is_empty() {
                match end {
                    // A line that ends with `|` goes on in the next.
                    Token::Line => continue,
                    Token::End => return Err(Flaw::Unfinished("end of text unexpected")),
                    Token::Operator(operator) => return Err(Flaw::Unexpected(format!("\"{operator}\""))),
                    _ => {}
                }
            }
            if !piped {
                return Ok((pipeline, end));
            }
            if end == Token::Operator("|&")
                && let Some(last) = pipeline.commands.last_mut()
            {
                last.redirections.push(Redirection::Join { error: true });
            }
        }
    }

    fn command(&mut self, pipeline: &mut Pipeline) -> Result<(Command, Token), Flaw> {
        let mut command = Command::default();
        loop {
            match self.token()? {
                Token::Word(word) => {
                    let plain = plain(&word);
                    let first = command.words.is_empty();
                    match plain {
                        Some("!") if first && pipeline.commands.is_empty() => pipeline.negated = true,
                        Some(keyword) if first && (COMPOUND.contains(&keyword) || keyword == "{") => {
                            return Err(Flaw::Missing(format!("`{keyword}`")));
                        }
                        _ => match first.then(|| assignment(&word)).flatten() {
                            Some(assignment) => command.assignments.push(assignment),
                            None => command.words.push(word),
                        },
                    }
                }
                Token::Redirect { stream, operator } => {
                    let redirection = self.redirection(stream, operator)?;
                    command.redirections.push(redirection);
                }
                Token::Operator("(") => {
                    let what = if command.words.is_empty() { "subshells" } else { "functions" };
                    return Err(Flaw::Missing(what.into()));
                }
                end => return Ok((command, end)),
            }
        }
    }

    fn redirection(&mut self, stream: Option<u32>, operator: &'static str) -> Result<Redirection, Flaw> {
        if stream.is_some_and(|stream| stream > 2) {
            return Err(Flaw::Missing("streams beyond 2".into()));
        }
        let Token::Word(word) = self.token()? else {
            return Err(Flaw::Unexpected("newline".into()));
        };
        let error = stream == Some(2);
        Ok(match operator {
            "<" => Redirection::Read(word),
            "<<<" => {
                let mut word = word;
                word.0.push(Piece::Quoted("\n".into()));
                Redirection::Text(word)
            }
            "<<" | "<<-" => Redirection::Text(self.lines(&word, operator == "<<-")?),
            "&>" | "&>>" => Redirection::WriteBoth { append: operator == "&>>", to: word },
            ">&" => match plain(&word) {
                Some("1") if error => Redirection::Join { error: true },
                Some("2") if !error => Redirection::Join { error: false },
                _ => return Err(Flaw::Missing("such a `>&`".into())),
            },
            _ => Redirection::Write { error, append: operator == ">>", to: word },
        })
    }

    /// The lines after this one up to `end`; they are taken out of the text.
    fn lines(&mut self, end: &Word, strip: bool) -> Result<Word, Flaw> {
        const OPEN: Flaw = Flaw::Unfinished("here-document without its end");
        let delimiter: String = end
            .0
            .iter()
            .map(|piece| match piece {
                Piece::Quoted(text) | Piece::Bare(text) => text.as_str(),
                _ => "",
            })
            .collect();
        let literal = end.0.iter().any(|piece| matches!(piece, Piece::Quoted(_)));
        let begin = self.at + self.chars[self.at..].iter().position(|&c| c == '\n').ok_or(OPEN)? + 1;
        let mut body = String::new();
        let mut at = begin;
        loop {
            let rest = self.chars.get(at..).unwrap_or_default();
            if rest.is_empty() {
                return Err(OPEN);
            }
            let length = rest.iter().position(|&c| c == '\n').unwrap_or(rest.len());
            let line: String = rest[..length].iter().collect();
            let line = if strip { line.trim_start_matches('\t') } else { &line };
            at += length + 1;
            if line == delimiter {
                break;
            }
            body.push_str(line);
            body.push('\n');
        }
        self.chars.drain(begin..at.min(self.chars.len()));
        if literal {
            return Ok(Word(vec![Piece::Quoted(body)]));
        }
        let mut pieces = Vec::new();
        Self::new(&body, self.depth).double_quoted(&mut pieces, None)?;
        Ok(Word(pieces))
    }
}

/// The text of a word in which nothing is quoted or replaced.
fn plain(word: &Word) -> Option<&str> {
    match word.0.as_slice() {
        [Piece::Bare(text)] => Some(text),
        _ => None,
    }
}

/// `NAME=value`.
fn assignment(word: &Word) -> Option<(String, Word)> {
    let Some(Piece::Bare(text)) = word.0.first() else { return None };
    let (name, value) = text.split_once('=')?;
    let is_name = name.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic())
        && name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric());
    if !is_name {
        return None;
    }
    let mut pieces = vec![Piece::Quoted(value.to_owned())];
    pieces.extend(word.0.iter().skip(1).cloned());
    Some((name.to_owned(), Word(pieces)))
}
