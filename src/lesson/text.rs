//! A page's text: paragraphs with simple emphasis, items, and commands as they are typed.
//!
//! Empty lines part paragraphs. A line that begins with `- ` begins an item, one that begins with `$ ` or four blanks stands as
//! it is. Within prose `*this*` stands out and `` `this` `` is something to type or a name of a thing.

use unicode_width::UnicodeWidthStr as _;

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A paragraph.
    Prose(Vec<Piece>),
    /// An item of a list.
    Item(Vec<Piece>),
    /// A line as it is.
    Verbatim(String),
}

/// A stretch of text of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Its words.
    pub text: String,
    /// How they stand out.
    pub weight: Weight,
}

/// How a stretch of text stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Not at all.
    Plain,
    /// It matters.
    Strong,
    /// A command, a file, a name.
    Code,
}

/// The blocks of a text.
pub fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() {
            open = false;
        } else if line.starts_with("    ") || trimmed.starts_with("$ ") {
            blocks.push(Block::Verbatim(line.strip_prefix("    ").unwrap_or(trimmed).trim_end().to_owned()));
            open = false;
        } else if let Some(item) = trimmed.strip_prefix("- ") {
            blocks.push(Block::Item(vec![plain(item)]));
            open = true;
        } else if let (true, Some(Block::Prose(pieces) | Block::Item(pieces))) = (open, blocks.last_mut()) {
            pieces.push(plain(trimmed));
        } else {
            blocks.push(Block::Prose(vec![plain(trimmed)]));
            open = true;
        }
    }
    for block in &mut blocks {
        if let Block::Prose(pieces) | Block::Item(pieces) = block {
            let lines: Vec<&str> = pieces.iter().map(|piece| piece.text.as_str()).collect();
            *pieces = emphasis(&lines.join(" "));
        }
    }
    blocks
}

fn plain(text: &str) -> Piece {
    Piece { text: text.to_owned(), weight: Weight::Plain }
}

/// A mark counts where a second one closes it.
fn emphasis(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['*', '`']) {
        let (before, from) = rest.split_at(at);
        let mark = &from[..1];
        let inner = &from[1..];
        let closed = inner.find(mark).filter(|end| *end > 0 && !inner.starts_with(' '));
        let Some(end) = closed else {
            pieces.push(plain(&rest[..=at]));
            rest = inner;
            continue;
        };
        if !before.is_empty() {
            pieces.push(plain(before));
        }
        let weight = if mark == "*" { Weight::Strong } else { Weight::Code };
        pieces.push(Piece { text: inner[..end].to_owned(), weight });
        rest = &inner[end + 1..];
    }
    if !rest.is_empty() {
        pieces.push(plain(rest));
    }
    pieces
}

/// The lines of `blocks` in `width` columns; where `airy`, an empty line also before each item and command.
pub fn lines(blocks: &[Block], width: usize, airy: bool) -> Vec<Vec<Piece>> {
    let width = width.max(16);
    let mut lines: Vec<Vec<Piece>> = Vec::new();
    for (at, block) in blocks.iter().enumerate() {
        let same = at
            .checked_sub(1)
            .is_some_and(|before| std::mem::discriminant(&blocks[before]) == std::mem::discriminant(block));
        let prose = matches!(block, Block::Prose(_));
        if at > 0 && (airy && !same || prose || (!same && !matches!(block, Block::Item(_)))) {
            lines.push(Vec::new());
        }
        match block {
            Block::Prose(pieces) => lines.extend(wrap(pieces, width, 0)),
            Block::Item(pieces) => {
                for (at, mut line) in wrap(pieces, width - 2, 2).into_iter().enumerate() {
                    line.insert(0, plain(if at == 0 { "- " } else { "  " }));
                    lines.push(line);
                }
            }
            Block::Verbatim(text) => {
                lines.extend(
                    typed(text, width).into_iter().map(|text| vec![Piece { text, weight: Weight::Code }]),
                );
            }
        }
    }
    lines
}

/// A command, as a shell takes it in several lines where one has no room for it.
fn typed(text: &str, width: usize) -> Vec<String> {
    if text.width() + 2 <= width {
        return vec![format!("  {text}")];
    }
    let whole = Piece { text: text.to_owned(), weight: Weight::Code };
    let parts = wrap(&[whole], width - 6, 0);
    let last = parts.len().saturating_sub(1);
    let line = |(at, pieces): (usize, Vec<Piece>)| {
        let text: String = pieces.into_iter().map(|piece| piece.text).collect();
        format!("{}{text}{}", if at == 0 { "  " } else { "    " }, if at < last { " \\" } else { "" })
    };
    parts.into_iter().enumerate().map(line).collect()
}

/// Words that hang together: no blank between them.
fn words(pieces: &[Piece]) -> Vec<Vec<Piece>> {
    let mut words: Vec<Vec<Piece>> = Vec::new();
    let mut glued = false;
    for piece in pieces {
        let mut first = true;
        for word in piece.text.split(' ') {
            if !first {
                glued = false;
            }
            first = false;
            if word.is_empty() {
                continue;
            }
            let part = Piece { text: word.to_owned(), weight: piece.weight };
            match words.last_mut() {
                Some(last) if glued => last.push(part),
                _ => words.push(vec![part]),
            }
            glued = true;
        }
    }
    words
}

fn wrap(pieces: &[Piece], width: usize, _indent: usize) -> Vec<Vec<Piece>> {
    let mut lines = Vec::new();
    let mut line: Vec<Piece> = Vec::new();
    let mut used = 0;
    for word in words(pieces) {
        let wide: usize = word.iter().map(|part| part.text.width()).sum();
        if used > 0 && used + 1 + wide > width {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        let mut gap = used > 0;
        used += wide + usize::from(gap);
        for part in word {
            let text = if std::mem::take(&mut gap) { format!(" {}", part.text) } else { part.text };
            match line.last_mut() {
                Some(last) if last.weight == part.weight => last.text.push_str(&text),
                // The blank before a word that stands out is the line's own.
                _ if text.starts_with(' ') && part.weight != Weight::Plain => {
                    match line.last_mut() {
                        Some(last) if last.weight == Weight::Plain => last.text.push(' '),
                        _ => line.push(plain(" ")),
                    }
                    line.push(Piece { text: text[1..].to_owned(), weight: part.weight });
                }
                _ => line.push(Piece { text, weight: part.weight }),
            }
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// `blocks` in lines without emphasis.
pub fn flat(blocks: &[Block], width: usize) -> Vec<String> {
    let join = |line: Vec<Piece>| line.into_iter().map(|piece| piece.text).collect();
    lines(blocks, width, false).into_iter().map(join).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_paragraphs_items_and_commands() {
        let text = "One *two three*, `four`.\nStill one.\n\nNext:\n- an item\n  goes on\n- another\n\n$ kubectl get nodes\n";
        let flat = flat(&blocks(text), 24);
        assert_eq!(
            flat,
            [
                "One two three, four.",
                "Still one.",
                "",
                "Next:",
                "- an item goes on",
                "- another",
                "",
                "  $ kubectl get nodes",
            ]
        );
        let Some(Block::Prose(pieces)) = blocks(text).into_iter().next() else { return };
        let strong: Vec<&str> =
            pieces.iter().filter(|piece| piece.weight == Weight::Strong).map(|p| p.text.as_str()).collect();
        assert_eq!(strong, ["two three"]);
    }

    #[test]
    fn a_command_that_is_too_long_can_be_typed_as_it_stands() {
        let command = "$ openssl req -x509 -newkey rsa:2048 -keyout ca.key -out ca.crt -nodes";
        let flat = flat(&blocks(command), 40);
        assert_eq!(
            flat,
            ["  $ openssl req -x509 -newkey \\", "    rsa:2048 -keyout ca.key -out \\", "    ca.crt -nodes"]
        );
    }

    #[test]
    fn marks_that_are_never_closed_are_letters() {
        for text in ["5 * 3 = 15", "a ` b", "**", "*"] {
            assert_eq!(flat(&blocks(text), 40), [text], "{text}");
        }
    }

    #[test]
    fn no_line_is_wider_than_its_width_unless_a_word_is() {
        let text = "The quick *brown fox jumps* over `the lazy` dog, again and again and (*again*).";
        for width in 16..60 {
            for line in flat(&blocks(text), width) {
                assert!(line.width() <= width, "{line}");
            }
        }
        let whole = flat(&blocks(text), 200);
        assert_eq!(whole, [text.replace(['*', '`'], "")]);
    }
}
