//! Characters to words and operators.

use super::parser::Parser;
use super::{DEEPEST, Flaw, Piece, Word};

/// What a line is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Word(Word),
    /// `|`, `&&`, `;` …
    Operator(&'static str),
    /// `>`, `>>`, `<`, `<<`, `<<<`, `>&` and the stream before it.
    Redirect {
        stream: Option<u32>,
        operator: &'static str,
    },
    Line,
    End,
}

/// The longest first.
const OPERATORS: [&str; 8] = ["&&", "||", ";;", "|&", ";", "|", "&", "("];
const REDIRECTS: [&str; 9] = ["<<<", "<<-", "&>>", "<<", "&>", ">>", ">&", ">", "<"];

impl Parser {
    pub(super) fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn starts_with(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(ahead, character)| self.peek(ahead) == Some(character))
    }

    /// The next token, which is then behind.
    pub(super) fn token(&mut self) -> Result<Token, Flaw> {
        self.skip_blanks();
        let Some(first) = self.peek(0) else { return Ok(Token::End) };
        if first == '\n' {
            self.at += 1;
            return Ok(Token::Line);
        }
        if first == ')' {
            return Ok(Token::End);
        }
        let digits = (0..3).take_while(|&ahead| self.peek(ahead).is_some_and(|c| c.is_ascii_digit())).count();
        if digits > 0 && matches!(self.peek(digits), Some('>' | '<')) {
            let number: String = self.chars[self.at..self.at + digits].iter().collect();
            self.at += digits;
            let operator = self.redirect().unwrap_or(">");
            return Ok(Token::Redirect { stream: number.parse().ok(), operator });
        }
        if let Some(operator) = self.redirect() {
            return Ok(Token::Redirect { stream: None, operator });
        }
        if let Some(operator) = OPERATORS.into_iter().find(|operator| self.starts_with(operator)) {
            self.at += operator.len();
            return Ok(Token::Operator(operator));
        }
        self.word().map(Token::Word)
    }

    fn redirect(&mut self) -> Option<&'static str> {
        let found = REDIRECTS.into_iter().find(|operator| self.starts_with(operator))?;
        self.at += found.len();
        Some(found)
    }

    fn skip_blanks(&mut self) {
        loop {
            match self.peek(0) {
                Some(' ' | '\t' | '\r') => self.at += 1,
                Some('\\') if self.peek(1) == Some('\n') => self.at += 2,
                Some('#') => {
                    while self.peek(0).is_some_and(|c| c != '\n') {
                        self.at += 1;
                    }
                }
                _ => return,
            }
        }
    }

    fn word(&mut self) -> Result<Word, Flaw> {
        let mut pieces = Vec::new();
        let mut bare = String::new();
        while let Some(character) = self.peek(0) {
            match character {
                ' ' | '\t' | '\r' | '\n' | ';' | '|' | '&' | '<' | '>' | '(' | ')' => break,
                '\'' => {
                    take(&mut bare, &mut pieces);
                    pieces.push(Piece::Quoted(self.single_quoted()?));
                }
                '"' => {
                    take(&mut bare, &mut pieces);
                    self.at += 1;
                    self.double_quoted(&mut pieces, Some('"'))?;
                }
                '\\' => {
                    let Some(next) = self.peek(1) else { return Err(Flaw::Unfinished("end after \\")) };
                    self.at += 2;
                    if next != '\n' {
                        take(&mut bare, &mut pieces);
                        pieces.push(Piece::Quoted(next.to_string()));
                    }
                }
                '$' | '`' => {
                    if let Some(piece) = self.dollar(false)? {
                        take(&mut bare, &mut pieces);
                        pieces.push(piece);
                    } else {
                        bare.push('$');
                    }
                }
                _ => {
                    bare.push(character);
                    self.at += 1;
                }
            }
        }
        take(&mut bare, &mut pieces);
        Ok(Word(pieces))
    }

    fn single_quoted(&mut self) -> Result<String, Flaw> {
        self.at += 1;
        let rest = &self.chars[self.at..];
        let length = rest.iter().position(|&c| c == '\'').ok_or(UNTERMINATED)?;
        let text = rest[..length].iter().collect();
        self.at += length + 1;
        Ok(text)
    }

    /// Up to `end`, or to the end of everything.
    pub(super) fn double_quoted(&mut self, pieces: &mut Vec<Piece>, end: Option<char>) -> Result<(), Flaw> {
        let mut text = String::new();
        loop {
            let Some(character) = self.peek(0) else {
                if end.is_some() {
                    return Err(UNTERMINATED);
                }
                break;
            };
            if Some(character) == end {
                self.at += 1;
                break;
            }
            match (character, self.peek(1)) {
                ('\\', Some('\n')) => self.at += 2,
                ('\\', Some(next @ ('$' | '`' | '\\'))) => {
                    text.push(next);
                    self.at += 2;
                }
                ('\\', Some('"')) if end.is_some() => {
                    text.push('"');
                    self.at += 2;
                }
                ('$' | '`', _) => match self.dollar(true)? {
                    Some(piece) => {
                        pieces.push(Piece::Quoted(std::mem::take(&mut text)));
                        pieces.push(piece);
                    }
                    None => text.push('$'),
                },
                _ => {
                    text.push(character);
                    self.at += 1;
                }
            }
        }
        // Kept also when it is empty: `""` is a word.
        pieces.push(Piece::Quoted(text));
        Ok(())
    }

    /// What `$` or a backquote begins; none if it stands for itself.
    fn dollar(&mut self, quoted: bool) -> Result<Option<Piece>, Flaw> {
        if self.peek(0) == Some('`') {
            return self.backquoted(quoted).map(Some);
        }
        let name_at = |c: Option<char>| c.is_some_and(|c| c == '_' || c.is_ascii_alphabetic());
        match self.peek(1) {
            Some('(') if self.peek(2) == Some('(') => Err(Flaw::Missing("arithmetic".into())),
            Some('(') => {
                self.at += 2;
                let script = self.nested()?;
                if self.peek(0) != Some(')') {
                    return Err(Flaw::Unfinished("end of text (expecting \")\")"));
                }
                self.at += 1;
                Ok(Some(Piece::Output { script, quoted }))
            }
            Some('{') => {
                let rest = &self.chars[self.at + 2..];
                let length = rest.iter().position(|&c| c == '}').ok_or(Flaw::Unfinished("missing }"))?;
                let name: String = rest[..length].iter().collect();
                let is_name = name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric());
                if name.is_empty() || !(is_name || name == "?") {
                    return Err(Flaw::Missing(format!("${{{name}}}")));
                }
                self.at += length + 3;
                Ok(Some(Piece::Variable { name, quoted }))
            }
            Some(special @ ('?' | '$' | '#' | '0'..='9')) => {
                self.at += 2;
                Ok(Some(Piece::Variable { name: special.to_string(), quoted }))
            }
            next if name_at(next) => {
                self.at += 1;
                let mut name = String::new();
                while let Some(c) = self.peek(0).filter(|&c| c == '_' || c.is_ascii_alphanumeric()) {
                    name.push(c);
                    self.at += 1;
                }
                Ok(Some(Piece::Variable { name, quoted }))
            }
            _ => {
                self.at += 1;
                Ok(None)
            }
        }
    }

    fn backquoted(&mut self, quoted: bool) -> Result<Piece, Flaw> {
        let rest = &self.chars[self.at + 1..];
        let length = rest.iter().position(|&c| c == '`').ok_or(Flaw::Unfinished("missing `"))?;
        let text: String = rest[..length].iter().collect();
        self.at += length + 2;
        if self.depth >= DEEPEST {
            return Err(Flaw::TooMuch("eight substitutions within one another"));
        }
        let script = Self::new(&text, self.depth + 1).whole()?;
        Ok(Piece::Output { script, quoted })
    }
}

const UNTERMINATED: Flaw = Flaw::Unfinished("Unterminated quoted string");

fn take(bare: &mut String, pieces: &mut Vec<Piece>) {
    if !bare.is_empty() {
        pieces.push(Piece::Bare(std::mem::take(bare)));
    }
}
