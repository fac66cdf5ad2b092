//! The operator's changes to the keys.
//!
//! ```yaml
//! bind:
//!   stop: [k, f5]
//!   up: [up]
//!   kill: []
//! ```
//!
//! Actions that are not named keep their keys.

use std::collections::HashMap;

use super::{Action, Entry, Key, Keymap};
use crate::diag::Diagnostic;
use crate::inventory::closest;
use crate::inventory::yaml::{Content, Fields, Node, Report, Source, Span, entries, parse};

/// The keys of one action as the file has them.
struct Binding {
    at: Span,
    keys: Vec<(Key, Span)>,
}

impl Keymap {
    /// The default keys with the changes of a key file, or everything that is wrong with it.
    pub fn patched(file: &str, text: String) -> Result<Self, Vec<Diagnostic>> {
        let source = Source::new(file, text);
        let documents = parse(&source).map_err(|error| vec![*error])?;
        let mut report = Report::new(&source);
        let mut bindings = HashMap::new();
        if let [first, rest @ ..] = &documents[..] {
            for more in rest {
                report.error(more.at, "a second document", "one `bind` holds all keys");
            }
            if let Some(fields) = Fields::with_keys(first, "the key file", &["bind"], |_| None, &mut report)
                && let Some(bind) = fields.get("bind")
            {
                bindings = read(bind, &mut report);
            }
        }
        let keymap = merge(&bindings, &mut report);
        if report.found.is_empty() { Ok(keymap) } else { Err(report.found) }
    }
}

fn read(bind: &Node, report: &mut Report<'_>) -> HashMap<Action, Binding> {
    let mut bindings = HashMap::new();
    for entry in entries(bind, "`bind`", report).unwrap_or_default() {
        let Some(action) = Action::named(&entry.key) else {
            let names: Vec<&str> = Action::list().iter().map(|entry| entry.name).collect();
            let help = closest(&entry.key, &names).map_or_else(
                || "`kubestep generate keys` lists them".to_owned(),
                |name| format!("did you mean `{name}`?"),
            );
            report.error(entry.at, format!("there is no command `{}`", entry.key), help);
            continue;
        };
        let written = match &entry.value.content {
            Content::List(items) => items.iter().collect(),
            _ => vec![&entry.value],
        };
        let keys = written.into_iter().filter_map(|node| key(node, report)).collect();
        bindings.insert(action, Binding { at: entry.at, keys });
    }
    bindings
}

fn key(node: &Node, report: &mut Report<'_>) -> Option<(Key, Span)> {
    let Some(text) = node.as_text() else {
        report.error(node.at, "not a key", "write signs that YAML has a use for in quotes: \"~\"");
        return None;
    };
    match text.parse() {
        Ok(key) => Some((key, node.at)),
        Err(error) => {
            report.error(node.at, super::InvalidKey::to_string(&error), "");
            None
        }
    }
}

fn merge(bindings: &HashMap<Action, Binding>, report: &mut Report<'_>) -> Keymap {
    let mut owners: HashMap<(Key, bool), (&str, Option<Span>)> = HashMap::new();
    let mut bound = Vec::new();
    // The operator's own first: a default key that is in the way is the other one, whatever the order of the list.
    let (own, rest): (Vec<&Entry>, Vec<&Entry>) =
        Action::list().iter().partition(|entry| bindings.contains_key(&entry.action));
    for entry in own.into_iter().chain(rest) {
        let keys: Vec<(Key, Option<Span>)> = match bindings.get(&entry.action) {
            Some(binding) => binding.keys.iter().map(|(key, at)| (*key, Some(*at))).collect(),
            None => entry.default_keys().into_iter().map(|key| (key, None)).collect(),
        };
        for (key, at) in &keys {
            if let Some((other, first)) =
                owners.insert((*key, entry.action.is_of_time_bar()), (entry.name, *at))
            {
                let help = match (at, first) {
                    (Some(_), Some(first)) => format!("first in line {}", first.line),
                    _ => format!("give `{0}` other keys, or none: `{0}: []`", entry.name),
                };
                let message = if other == entry.name {
                    format!("`{key}` stands twice for `{other}`")
                } else {
                    format!("`{key}` is bound to both `{other}` and `{}`", entry.name)
                };
                report.error(at.or(first).unwrap_or_default(), message, help);
            }
        }
        bound.push((entry.action, keys.into_iter().map(|(key, _)| key).collect()));
    }
    let keymap = Keymap::of(bound);
    let way_out = "C-c".parse::<Key>().ok();
    if let Some(binding) = bindings.get(&Action::Cancel)
        && !keymap.keys(Action::Cancel).iter().any(|key| Some(*key) == way_out)
    {
        report.error(binding.at, "`cancel` must keep C-c", "there must always be a way out");
    }
    keymap
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::diag::render::show;

    fn wrong(text: &str) -> String {
        show(&Keymap::patched("keys.yaml", text.to_owned()).unwrap_err(), false)
    }

    #[test]
    fn a_key_file_changes_only_what_it_names() {
        let text = "bind:\n  stop: [k, f5]\n  up: up\n  kill: []\n  top: [home]\n  node-1: [g, \"1\"]\n";
        let keymap = Keymap::patched("keys.yaml", text.to_owned()).unwrap();
        let action = |key: &str| keymap.action(key.parse().unwrap());
        assert_eq!(
            [action("k"), action("f5"), action("up")],
            [Some(Action::Stop), Some(Action::Stop), Some(Action::Up)]
        );
        assert_eq!([action("x"), action("X")], [None, None]);
        assert_eq!(action("g"), Some(Action::Node(1)));
        assert!(keymap.keys(Action::Kill).is_empty());
        assert_eq!(keymap.shown(Action::Stop), "k");
        for entry in Action::list() {
            if !["stop", "up", "kill", "top", "node-1"].contains(&entry.name) {
                assert_eq!(keymap.keys(entry.action), entry.default_keys(), "{}", entry.name);
            }
        }
    }

    #[test]
    fn an_empty_file_changes_nothing() {
        for text in ["", "# nothing\n", "bind:\n", "bind: {}\n"] {
            assert_eq!(Keymap::patched("k", text.to_owned()).unwrap(), Keymap::default(), "{text:?}");
        }
    }

    #[test]
    fn every_mistake_is_shown_where_it_is() {
        insta::assert_snapshot!(wrong(
            "binds: {}\nbind:\n  stpe: [f5]\n  frobnicate: [f6]\n  retry: [C-, hyper-x, ~, {a: b}]\n"
        ));
    }

    #[test]
    fn a_key_for_two_actions_names_both() {
        insta::assert_snapshot!(wrong(
            "bind:\n  step: [n]\n  stop: [f5, f5]\n  retry: [f6]\n  pause: [f6]\n  cancel: [f7]\n  quit: [C-c]\n"
        ));
    }

    #[test]
    fn what_is_not_a_key_file_is_told_so() {
        insta::assert_snapshot!(
            [wrong("- a\n"), wrong("bind: [a]\n"), wrong("bind: {a: [}\n"), wrong("a: 1\n---\nb: 1\n")]
                .join("\n")
        );
    }
}
