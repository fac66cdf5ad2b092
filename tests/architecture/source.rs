//! Rust source as the rules see it: comments, texts and test code blanked out, lines kept where they are.

use std::fs;
use std::path::{Path, PathBuf};

/// One file of the crate.
pub(crate) struct Source {
    /// From the package's root: `src/plan/step.rs`.
    pub(crate) path: PathBuf,
    /// The modules that enclose its items, outermost first: `["plan", "step"]`; none for `lib.rs` and `main.rs`.
    pub(crate) modules: Vec<String>,
    /// What remains to be judged.
    pub(crate) code: String,
    /// Lines that aren't test code, comments and blank ones included.
    pub(crate) lines: usize,
}

impl Source {
    /// The file's top-level module; `lib.rs` and `main.rs` stand for themselves.
    pub(crate) fn part(&self) -> &str {
        match self.modules.first() {
            Some(module) => module,
            None => self.path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default(),
        }
    }

    /// Reads `text` as the file at `path`.
    pub(crate) fn new(path: &Path, text: &str) -> Self {
        let code = without_tests(&without_words(text));
        let lines = text.lines().count() - removed_lines(&without_words(text), &code);
        Self { path: path.to_owned(), modules: modules(path), code, lines }
    }
}

/// Every file below `src`, but for those that only tests use.
pub(crate) fn crate_sources(root: &Path) -> Vec<Source> {
    let mut files = Vec::new();
    collect(&root.join("src"), &mut files);
    files.sort();
    let texts: Vec<_> = files
        .into_iter()
        .map(|path| (fs::read_to_string(&path).unwrap(), path.strip_prefix(root).unwrap().to_owned()))
        .collect();
    let test_only: Vec<PathBuf> = texts.iter().flat_map(|(text, path)| test_modules(path, text)).collect();
    texts
        .iter()
        .filter(|(_, path)| {
            !test_only.iter().any(|only| path.starts_with(only) || *path == only.with_extension("rs"))
        })
        .map(|(text, path)| Source::new(path, text))
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn modules(path: &Path) -> Vec<String> {
    let inner = path.strip_prefix("src").unwrap_or(path).with_extension("");
    let mut names: Vec<String> = inner.iter().map(|name| name.to_string_lossy().into_owned()).collect();
    if names.last().is_some_and(|name| name == "mod") || names == ["lib"] || names == ["main"] {
        names.pop();
    }
    names
}

/// Where the modules live that are declared `#[cfg(test)] mod NAME;`, without extension.
fn test_modules(path: &Path, text: &str) -> Vec<PathBuf> {
    let folder = modules(path).iter().fold(PathBuf::from("src"), |folder, module| folder.join(module));
    let words: Vec<&str> = text.split_whitespace().collect();
    words
        .windows(3)
        .filter(|w| w[0] == "#[cfg(test)]" && w[1] == "mod" && w[2].ends_with(';'))
        .map(|w| folder.join(w[2].trim_end_matches(';')))
        .collect()
}

/// Blanks comments, and what stands inside quotes.
pub(crate) fn without_words(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = match bytes[at] {
            b'/' if bytes[at..].starts_with(b"//") => line_end(bytes, at),
            b'/' if bytes[at..].starts_with(b"/*") => block_comment_end(bytes, at),
            b'"' => quoted_end(bytes, at),
            b'r' if starts_raw(bytes, at) => raw_end(bytes, at),
            b'\'' => char_end(bytes, at),
            _ => at + 1,
        };
        if end > at + 1 {
            blank(&mut out[at..end]);
        }
        at = end;
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn blank(bytes: &mut [u8]) {
    for byte in bytes.iter_mut().filter(|byte| **byte != b'\n') {
        *byte = b' ';
    }
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |length| at + length)
}

fn block_comment_end(bytes: &[u8], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0_usize);
    while at < bytes.len() {
        if bytes[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if bytes[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    at
}

fn quoted_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(bytes.len())
}

/// `r"`, `r#"` and the like, but not an identifier that ends in r, nor a raw identifier.
fn starts_raw(bytes: &[u8], at: usize) -> bool {
    let before = if at > 0 { bytes[at - 1] } else { b' ' };
    let hashes = bytes[at + 1..].iter().take_while(|b| **b == b'#').count();
    let inside_word = before != b'b' && (before.is_ascii_alphanumeric() || before == b'_');
    !inside_word && bytes.get(at + 1 + hashes) == Some(&b'"')
}

fn raw_end(bytes: &[u8], at: usize) -> usize {
    let hashes = bytes[at + 1..].iter().take_while(|b| **b == b'#').count();
    let close: Vec<u8> = std::iter::once(b'"').chain(std::iter::repeat_n(b'#', hashes)).collect();
    let body = at + 2 + hashes;
    bytes[body..]
        .windows(close.len())
        .position(|window| window == close)
        .map_or(bytes.len(), |length| body + length + close.len())
}

/// A character in quotes; a lifetime is one byte long as far as we care.
fn char_end(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at + 1) {
        Some(b'\\') => bytes[at + 3..].iter().position(|b| *b == b'\'').map_or(bytes.len(), |n| at + 4 + n),
        // One character may be up to four bytes.
        Some(_) => (2..=5).find(|n| bytes.get(at + n) == Some(&b'\'')).map_or(at + 1, |n| at + n + 1),
        None => at + 1,
    }
}

/// Blanks every item under `#[cfg(test)]`; expects comments and texts to be blank already.
fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut out = code.as_bytes().to_vec();
    let mut from = 0;
    while let Some(found) = code[from..].find(MARK) {
        let start = from + found;
        let end = item_end(code, start + MARK.len());
        blank(&mut out[start..end]);
        from = end;
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Where the item ends that begins at `start`: at its `;`, or at the brace that closes its first one.
fn item_end(code: &str, start: usize) -> usize {
    let mut depth = 0_usize;
    for (offset, byte) in code.bytes().enumerate().skip(start) {
        match byte {
            b';' if depth == 0 => return offset + 1,
            b'{' => depth += 1,
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return offset + 1;
                }
            }
            _ => {}
        }
    }
    code.len()
}

fn removed_lines(before: &str, after: &str) -> usize {
    let blank = |line: &str| line.trim().is_empty();
    let mut inside = false;
    let mut count = 0;
    for (old, new) in before.lines().zip(after.lines()) {
        // Blank lines belong to the test code around them.
        inside = if blank(old) { inside } else { blank(new) };
        count += usize::from(inside);
    }
    count
}
