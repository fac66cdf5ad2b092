//! Maps with a fixed set of keys, and lists.

use super::{Content, Entry, Node, Report, Shape, Span, closest};

/// A map whose keys have been checked.
pub(crate) struct Fields<'n> {
    /// Where the map begins.
    pub(crate) at: Span,
    node: &'n Node,
}

impl<'n> Fields<'n> {
    /// Opens `node`, called `what` in messages. Keys that are not in `shape` or come twice are reported; `hint` may
    /// know better what such a key means.
    pub(crate) fn open(
        node: &'n Node,
        what: &str,
        shape: &Shape,
        hint: impl Fn(&str) -> Option<&'static str>,
        report: &mut Report<'_>,
    ) -> Option<Self> {
        Self::with_keys(node, what, &shape.keys(), hint, report)
    }

    /// The same with the keys that there are.
    pub(crate) fn with_keys(
        node: &'n Node,
        what: &str,
        known: &[&str],
        hint: impl Fn(&str) -> Option<&'static str>,
        report: &mut Report<'_>,
    ) -> Option<Self> {
        for entry in entries(node, what, report)? {
            if known.contains(&entry.key.as_str()) {
                continue;
            }
            let help = if let Some(help) = hint(&entry.key) {
                help.to_owned()
            } else if let Some(key) = closest(&entry.key, known) {
                format!("did you mean `{key}`?")
            } else {
                format!("known here: {}", known.join(", "))
            };
            report.error(entry.at, format!("unknown key `{}` in {what}", entry.key), help);
        }
        Some(Self { at: node.at, node })
    }

    /// The value under `key`, if there is one.
    pub(crate) fn get(&self, key: &str) -> Option<&'n Node> {
        self.node.get(key)
    }

    /// The same; its absence is an error.
    pub(crate) fn require(
        &self,
        key: &str,
        what: &str,
        help: &str,
        report: &mut Report<'_>,
    ) -> Option<&'n Node> {
        let found = self.get(key);
        if found.is_none() {
            report.error(self.at, format!("{what} has no `{key}`"), help);
        }
        found
    }
}

/// The entries of a map; keys that come twice are reported.
pub(crate) fn entries<'n>(node: &'n Node, what: &str, report: &mut Report<'_>) -> Option<&'n [Entry]> {
    let Content::Map(entries) = &node.content else {
        report.error(node.at, format!("{what} must be a map of keys and values"), "");
        return None;
    };
    for (index, entry) in entries.iter().enumerate() {
        if let Some(first) = entries[..index].iter().find(|other| other.key == entry.key) {
            let first = first.at.line;
            report.error(
                entry.at,
                format!("`{}` stands here twice", entry.key),
                format!("first in line {first}"),
            );
        }
    }
    Some(entries)
}

/// The items of a list.
pub(crate) fn items<'n>(node: &'n Node, what: &str, report: &mut Report<'_>) -> Option<&'n [Node]> {
    if let Content::List(items) = &node.content {
        return Some(items);
    }
    report.error(node.at, format!("{what} must be a list"), "write it as `- item`, or `[one, two]`");
    None
}
