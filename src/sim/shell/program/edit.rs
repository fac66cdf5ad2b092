//! sed: lines replaced and deleted.

use regex::{Regex, RegexBuilder};

use super::super::call::{Call, Known};
use super::text::extended;
use super::{Program, now};

pub(super) const PROGRAMS: &[Program] =
    &[now("sed", "s/…/…/[g], /…/d and /…/s/…/…/; -i changes the file", 10, sed)];

/// One command of a script.
struct Edit {
    /// Only on lines that this is found in.
    only: Option<Regex>,
    deed: Deed,
}

enum Deed {
    Delete,
    Print,
    Replace { what: Regex, by: String, all: bool },
}

fn sed(call: &mut Call<'_>) -> i32 {
    let known = Known { switches: &["i", "n", "E", "r", "s"], valued: &["e"] };
    let options = match call.options(&known) {
        Ok(options) => options,
        Err(rc) => return rc,
    };
    let mut files = options.operands.clone();
    let mut scripts: Vec<String> = options.values(&["e"]).iter().map(|script| (*script).to_owned()).collect();
    if scripts.is_empty() {
        if files.is_empty() {
            return call.fail(1, "usage: sed [-i] SCRIPT FILE...");
        }
        scripts.push(files.remove(0));
    }
    let regular = options.has(&["E", "r"]);
    let mut edits = Vec::new();
    for script in
        scripts.iter().flat_map(|script| script.split(';')).filter(|script| !script.trim().is_empty())
    {
        match Edit::of(script.trim(), regular) {
            Some(edit) => edits.push(edit),
            None => return call.lacks(format!("`{script}`")),
        }
    }
    let mut rc = 0;
    for (name, content) in call.texts(&files, &mut rc) {
        let text = String::from_utf8_lossy(&content);
        let mut out = String::new();
        for line in text.lines() {
            edited(&edits, line, options.has(&["n"]), &mut out);
        }
        if options.has(&["i"]) && name != "-" {
            let path = call.session.absolute(&name);
            let Ok(node) = call.machine_mut() else { return 255 };
            if let Err(words) = node.put(&path, out.into_bytes()) {
                rc = call.fail(4, format!("couldn't open temporary file for {name}: {words}"));
            }
        } else {
            call.say(out);
        }
    }
    rc
}

fn edited(edits: &[Edit], line: &str, silent: bool, out: &mut String) {
    let mut line = line.to_owned();
    for edit in edits {
        if edit.only.as_ref().is_some_and(|only| !only.is_match(&line)) {
            continue;
        }
        match &edit.deed {
            Deed::Delete => return,
            Deed::Print => *out += &format!("{line}\n"),
            Deed::Replace { what, by, all } => {
                line = what.replacen(&line, usize::from(!all), by.as_str()).into_owned();
            }
        }
    }
    if !silent {
        *out += &format!("{line}\n");
    }
}

impl Edit {
    fn of(script: &str, regular: bool) -> Option<Self> {
        let regex = |text: &str| {
            let text = if regular { text.to_owned() } else { extended(text) };
            RegexBuilder::new(&text).size_limit(1 << 20).build().ok()
        };
        let (only, rest) = match script.strip_prefix('/') {
            Some(rest) => {
                let (address, rest) = part(rest, '/')?;
                (Some(regex(&address)?), rest.trim_start())
            }
            None => (None, script),
        };
        let deed = match rest {
            "d" => Deed::Delete,
            "p" => Deed::Print,
            _ => {
                let rest = rest.strip_prefix('s')?;
                let mark = rest.chars().next().filter(|mark| !mark.is_alphanumeric() && *mark != '\\')?;
                let (what, rest) = part(&rest[mark.len_utf8()..], mark)?;
                let (by, flags) = part(rest, mark)?;
                if !flags.chars().all(|flag| flag == 'g') {
                    return None;
                }
                Deed::Replace { what: regex(&what)?, by: replacement(&by), all: flags.contains('g') }
            }
        };
        Some(Self { only, deed })
    }
}

/// What stands before the next `mark`, and what comes after it.
fn part(text: &str, mark: char) -> Option<(String, &str)> {
    let mut out = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        if c == mark {
            return Some((out, &text[at + c.len_utf8()..]));
        }
        if c == '\\' {
            match chars.next() {
                Some((_, next)) if next == mark => out.push(mark),
                Some((_, next)) => out.extend(['\\', next]),
                None => out.push('\\'),
            }
        } else {
            out.push(c);
        }
    }
    None
}

/// `\1` and `&` as the regex crate has them.
fn replacement(sed: &str) -> String {
    let mut out = String::new();
    let mut chars = sed.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(digit) if digit.is_ascii_digit() => out += &format!("${{{digit}}}"),
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some(other) => out.push(other),
                None => {}
            },
            '&' => out += "${0}",
            '$' => out += "$$",
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn done(script: &str, text: &str) -> String {
        let edits = [Edit::of(script, false).unwrap()];
        let mut out = String::new();
        text.lines().for_each(|line| edited(&edits, line, false, &mut out));
        out
    }

    #[test]
    fn lines_are_edited_as_sed_does() {
        assert_eq!(done("/swap/d", "/dev/sda2 none swap sw 0 0\n/dev/sda1 / ext4"), "/dev/sda1 / ext4\n");
        assert_eq!(done("s/a = false/a = true/", "  a = false"), "  a = true\n");
        assert_eq!(done("s|/a|/b|g", "/a:/a"), "/b:/b\n");
        assert_eq!(done("s/a/b/", "aa"), "ba\n");
        assert_eq!(done("s/^ARGS=.*/ARGS=/", "ARGS=--x --y"), "ARGS=\n");
        assert_eq!(done(r"s/\(a\)b/\1&/", "ab"), "aab\n");
        assert_eq!(done("/swap/s/^/#/", "swap\nroot"), "#swap\nroot\n");
        assert_eq!(done("s/x/$1/", "x"), "$1\n", "a dollar is nothing special");
        assert_eq!(done(r"s/a\/b/c/", "a/b"), "c\n");
        assert!(Edit::of("s/a", false).is_none() && Edit::of("y/a/b/", false).is_none());
    }
}
