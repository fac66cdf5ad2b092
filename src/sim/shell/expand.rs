//! Words as they are written to words as programs get them.

use std::collections::BTreeSet;

use super::glob;
use super::session::Session;
use super::syntax::{Piece, Word};
use crate::sim::model::Node;

/// Words that one word becomes.
const MOST_WORDS: usize = 10_000;
/// Bytes that one command's words may have.
pub(super) const MOST_BYTES: usize = 2 * 1024 * 1024;

/// A part of a word whose value is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) text: String,
    /// No blanks and patterns are found in it.
    pub(super) quoted: bool,
    /// Blanks in it divide words.
    pub(super) splits: bool,
}

/// The known value of every piece but the outputs of scripts, which `output` gives.
pub(super) fn parts(word: &Word, session: &Session, mut outputs: impl Iterator<Item = String>) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut bytes = 0;
    for (index, piece) in word.0.iter().enumerate() {
        if bytes > MOST_BYTES {
            break;
        }
        let part = match piece {
            Piece::Quoted(text) => Part { text: text.clone(), quoted: true, splits: false },
            Piece::Bare(text) => {
                let home = (index == 0).then(|| text.strip_prefix('~')).flatten();
                let text = match home {
                    Some(rest) if rest.is_empty() || rest.starts_with('/') => {
                        format!("{}{rest}", session.variable("HOME"))
                    }
                    _ => text.clone(),
                };
                Part { text, quoted: false, splits: false }
            }
            Piece::Variable { name, quoted } => {
                let text = match name.as_str() {
                    "?" => session.status.to_string(),
                    "$" => "4711".to_owned(),
                    "#" => "0".to_owned(),
                    name => session.variable(name).to_owned(),
                };
                Part { text, quoted: *quoted, splits: !quoted }
            }
            Piece::Output { quoted, .. } => {
                let text = outputs.next().unwrap_or_default().trim_end_matches('\n').to_owned();
                Part { text, quoted: *quoted, splits: !quoted }
            }
        };
        bytes += part.text.len();
        parts.push(part);
    }
    parts
}

/// All of it as one word.
pub(super) fn joined(parts: &[Part]) -> String {
    parts.iter().map(|part| part.text.as_str()).collect()
}

/// The words that `parts` become: divided at blanks, with patterns that fit replaced by the paths they stand for.
pub(super) fn words(parts: &[Part], session: &Session, node: Option<&Node>) -> Vec<String> {
    let mut words = Vec::new();
    for word in divided(parts) {
        if words.len() >= MOST_WORDS {
            break;
        }
        let pattern = word.iter().any(|(text, quoted)| !quoted && glob::is_pattern(text));
        let text: String = word.iter().map(|(text, _)| text.as_str()).collect();
        let found = match node {
            Some(node) if pattern => paths(&word, session, node),
            _ => Vec::new(),
        };
        if found.is_empty() {
            words.push(text);
        } else {
            words.extend(found.into_iter().take(MOST_WORDS));
        }
    }
    words
}

type Pieces = Vec<(String, bool)>;

fn divided(parts: &[Part]) -> Vec<Pieces> {
    let mut words: Vec<Pieces> = Vec::new();
    let mut word: Pieces = Vec::new();
    // There is a word although it is empty: `""`.
    let mut begun = false;
    for part in parts {
        if !part.splits {
            begun |= part.quoted || !part.text.is_empty();
            word.push((part.text.clone(), part.quoted));
            continue;
        }
        for (index, text) in part.text.split([' ', '\t', '\n']).enumerate() {
            if index > 0 && std::mem::take(&mut begun) {
                words.push(std::mem::take(&mut word));
            }
            if !text.is_empty() {
                begun = true;
                word.push((text.to_owned(), false));
            }
        }
    }
    if begun {
        words.push(word);
    }
    words
}

/// The paths that a pattern stands for, in order.
fn paths(word: &Pieces, session: &Session, node: &Node) -> Vec<String> {
    // What is quoted stands for itself also where it has a pattern's characters.
    let pattern: String = word
        .iter()
        .map(|(text, quoted)| {
            if *quoted {
                text.replace('[', "[[]").replace('*', "[*]").replace('?', "[?]")
            } else {
                text.clone()
            }
        })
        .collect();
    let (start, rest) = match pattern.strip_prefix('/') {
        Some(rest) => ("/".to_owned(), rest),
        None => (String::new(), pattern.as_str()),
    };
    let mut found = vec![start];
    for part in rest.split('/').filter(|part| !part.is_empty()) {
        let mut next = Vec::new();
        for folder in &found {
            let place = session.absolute(if folder.is_empty() { "." } else { folder });
            let join = |name: &str| {
                if folder.is_empty() || folder.ends_with('/') {
                    format!("{folder}{name}")
                } else {
                    format!("{folder}/{name}")
                }
            };
            if glob::is_pattern(part) {
                let names: BTreeSet<String> = node.names_in(&place).unwrap_or_default();
                next.extend(names.iter().filter(|name| glob::matches(part, name)).map(|name| join(name)));
            } else {
                let path = join(part);
                if node.is_there(&session.absolute(&path)) {
                    next.push(path);
                }
            }
            if next.len() > MOST_WORDS {
                break;
            }
        }
        found = next;
    }
    found
}
