//! The rules that keep the crate in shape. Each failure names file, line and rule.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::collections::BTreeSet;
use std::path::Path;

#[path = "architecture/source.rs"]
mod source;

use source::{Source, crate_sources};

/// The layers, lowest first; `src/lib.rs` says what each is. A module imports from lower layers, and from modules
/// that stand before it in its own layer. The vocabulary's modules may use one another.
const LAYERS: &[&[&str]] = &[
    &["ids", "clock", "secret", "signature", "diag", "text", "version"],
    &["catalog", "teaching", "inventory", "survey", "artifact"],
    &["plan"],
    &["event", "state", "lesson"],
    &["engine"],
    &["transport", "sim"],
    &["journal", "runner"],
    &["report", "tui"],
    &["cli"],
];

/// Production lines that a file may have: what remains without its tests.
const FILE_LIMIT: usize = 400;

/// What may be written only in some places.
struct Rule {
    /// Any of these texts, as whole words where they begin or end with a letter.
    texts: &'static [&'static str],
    /// Modules where they are at home, with all that is in them.
    home: &'static [&'static str],
    /// Why.
    reason: &'static str,
}

const RULES: &[Rule] = &[
    Rule {
        texts: &["Instant::now", "SystemTime::now", "Timestamp::now", "Zoned::now"],
        home: &["clock", "cli"],
        reason: "time is passed in, so that runs can be simulated and replayed",
    },
    Rule {
        texts: &["rand"],
        // Tokens and keys have to come from somewhere.
        home: &["clock", "cli", "runner/material"],
        reason: "randomness is passed in",
    },
    Rule {
        texts: &["tokio", "tokio_util"],
        home: &["clock", "transport", "sim", "journal", "runner", "report", "tui", "cli"],
        reason: "decisions and knowledge are plain functions",
    },
    Rule {
        texts: &["println!", "eprintln!", "print!", "eprint!"],
        home: &["report", "cli", "main"],
        reason: "only the faces speak to people",
    },
    Rule { texts: &["ratatui", "crossterm"], home: &["tui"], reason: "the console is one face of several" },
    Rule {
        texts: &[".unwrap()", ".expect("],
        home: &[],
        reason: "a bring-up must not end in a panic: return an error that says what to do",
    },
];

fn sources() -> Vec<Source> {
    crate_sources(Path::new(env!("CARGO_MANIFEST_DIR")))
}

fn assert_none(broken: &[String]) {
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

#[test]
fn modules_import_only_from_lower_layers() {
    assert_none(&sources().iter().flat_map(upward_imports).collect::<Vec<_>>());
}

#[test]
fn every_module_has_a_layer() {
    let known: BTreeSet<&str> = LAYERS.iter().copied().flatten().copied().collect();
    let strangers: Vec<String> = sources()
        .iter()
        .filter(|source| !source.modules.is_empty() && !known.contains(source.part()))
        .map(|source| format!("{}: `{}` has no place in LAYERS", source.path.display(), source.part()))
        .collect();
    assert_none(&strangers);
}

#[test]
fn files_are_small() {
    let large: Vec<String> = sources()
        .iter()
        .filter(|source| source.lines > FILE_LIMIT)
        .map(|s| format!("{}: {} lines before tests, {FILE_LIMIT} at most", s.path.display(), s.lines))
        .collect();
    assert_none(&large);
}

#[test]
fn words_stay_where_they_are_at_home() {
    assert_none(&sources().iter().flat_map(broken_rules).collect::<Vec<_>>());
}

fn broken_rules(source: &Source) -> Vec<String> {
    let mut broken = Vec::new();
    for rule in RULES.iter().filter(|rule| !rule.home.iter().any(|home| is_in(source, home))) {
        for text in rule.texts {
            for at in occurrences(&source.code, text) {
                broken.push(format!("{}: `{text}` here: {}", place(source, at), rule.reason));
            }
        }
    }
    broken
}

/// Whether the file is that module, or lies in it.
fn is_in(source: &Source, home: &str) -> bool {
    source.part() == home || Path::new(&source.modules.join("/")).starts_with(home)
}

fn upward_imports(source: &Source) -> Vec<String> {
    imports(source)
        .into_iter()
        .filter(|(module, _)| !may_import(source.part(), module))
        .map(|(module, at)| format!("{}: `{}` may not use `{module}`", place(source, at), source.part()))
        .collect()
}

/// Layer, and place in it; none for `lib.rs` and `main.rs`, which stand above all.
fn rank(part: &str) -> Option<(usize, usize)> {
    LAYERS.iter().enumerate().find_map(|(layer, modules)| {
        // The vocabulary is one place.
        modules.iter().position(|m| *m == part).map(|within| (layer, if layer == 0 { 0 } else { within }))
    })
}

fn may_import(part: &str, module: &str) -> bool {
    match (rank(part), rank(module)) {
        (Some(own), Some(other)) => other <= own,
        _ => true,
    }
}

/// Top-level modules that a file names, with the byte where it does.
fn imports(source: &Source) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for root in ["crate", "kubestep"] {
        for at in occurrences(&source.code, root) {
            found.extend(named_after(&source.code, at + root.len()));
        }
    }
    // As many `super` as there are enclosing modules lead to the crate's root.
    let ascent = vec!["super"; source.modules.len()].join("::");
    if !ascent.is_empty() {
        for at in occurrences(&source.code, &ascent) {
            if !source.code[..at].ends_with("super::") {
                found.extend(named_after(&source.code, at + ascent.len()));
            }
        }
    }
    found
}

/// What follows a path's root: `::plan::…`, or each beginning in `::{plan::step, event}`.
fn named_after(code: &str, root_end: usize) -> Vec<(String, usize)> {
    let Some(rest) = code[root_end..].strip_prefix("::") else { return Vec::new() };
    let start = code.len() - rest.len();
    if !rest.starts_with('{') {
        return identifier(code, start).into_iter().collect();
    }
    let (mut depth, mut names, mut expects) = (0_usize, Vec::new(), false);
    for (offset, byte) in code.bytes().enumerate().skip(start) {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        match (depth, byte) {
            (0, _) => break,
            (1, b'{' | b',') => expects = true,
            (1, _) if expects && !byte.is_ascii_whitespace() => {
                names.extend(identifier(code, offset));
                expects = false;
            }
            _ => {}
        }
    }
    names
}

fn identifier(code: &str, start: usize) -> Option<(String, usize)> {
    let word: String = code[start..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!word.is_empty()).then_some((word, start))
}

/// Where `text` stands in `code` as whole words.
fn occurrences(code: &str, text: &str) -> Vec<usize> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(text)
        .map(|(at, _)| at)
        .filter(|at| !(text.starts_with(is_word) && code[..*at].ends_with(is_word)))
        .filter(|at| !(text.ends_with(is_word) && code[*at + text.len()..].starts_with(is_word)))
        .collect()
}

fn place(source: &Source, at: usize) -> String {
    let line = source.code[..at].matches('\n').count() + 1;
    format!("{}:{line}", source.path.display())
}

mod the_rules_themselves {
    use super::*;

    fn file(path: &str, text: &str) -> Source {
        Source::new(Path::new(path), text)
    }

    #[test]
    fn an_upward_import_is_found_however_it_is_written() {
        for text in [
            "use crate::engine::Engine;",
            "use crate::{ids, engine::{Engine, Input}};",
            "fn f() { crate::engine::f() }",
            "use super::super::engine::Engine;",
        ] {
            let broken = upward_imports(&file("src/plan/step.rs", &format!("\n{text}\n")));
            assert_eq!(broken, ["src/plan/step.rs:2: `plan` may not use `engine`"], "{text}");
        }
    }

    #[test]
    fn lower_layers_oneself_and_earlier_neighbours_may_be_imported() {
        for (path, text) in [
            (
                "src/plan/step.rs",
                "use crate::catalog::tree; use crate::plan::x; use super::engine; pub(crate) fn f() {}",
            ),
            ("src/state/mod.rs", "use crate::event::Event;"),
            ("src/diag.rs", "use crate::version::Version; use super::text;"),
            ("src/main.rs", "fn main() { kubestep::cli::main() }"),
        ] {
            assert_eq!(upward_imports(&file(path, text)), Vec::<String>::new(), "{text}");
        }
        let broken = upward_imports(&file("src/event/mod.rs", "use crate::state::RunState;"));
        assert_eq!(broken, ["src/event/mod.rs:1: `event` may not use `state`"]);
    }

    #[test]
    fn words_are_found_in_code_and_only_there() {
        let text = "// Instant::now()\n/* x.unwrap() /* */ */ fn f<'a>() { let s = \"a\\\" tokio\"; let c = '\"'; \
                    let r = r#\"println!(\"\")\"#; let operand = 1; }\n fn g() { x.unwrap(); }\n";
        let broken = broken_rules(&file("src/plan/step.rs", text));
        assert_eq!(broken.len(), 1, "{broken:?}");
        assert!(broken[0].starts_with("src/plan/step.rs:3: `.unwrap()` here"), "{broken:?}");
    }

    #[test]
    fn words_are_free_at_home_and_in_tests() {
        let tests = "fn f() {}\n#[cfg(test)]\nmod tests { fn g() { x.unwrap(); { y } } }\nfn h() { tokio::spawn(()); }\n";
        let broken = broken_rules(&file("src/plan/step.rs", tests));
        assert_eq!(broken.len(), 1, "{broken:?}");
        assert!(broken[0].starts_with("src/plan/step.rs:4: `tokio` here"), "{broken:?}");
        assert_eq!(broken_rules(&file("src/runner/mod.rs", "use tokio::sync::mpsc;")), Vec::<String>::new());
    }

    #[test]
    fn tests_and_only_they_do_not_count_as_lines() {
        let production = "fn f() {}\n\n// words\n".repeat(100);
        let tests = "\n#[cfg(test)]\nmod tests {\n    #[test]\n\n    fn f() {}\n}\n";
        assert_eq!(file("src/plan/step.rs", &production).lines, 300);
        assert!((300..=301).contains(&file("src/plan/step.rs", &(production.clone() + tests)).lines));
        assert!(file("src/plan/step.rs", &(tests.to_owned() + &production)).lines >= 300);
    }
}
