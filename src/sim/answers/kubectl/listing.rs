//! Objects of one kind, shown as a table, as documents or by name.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::{failed, said};
use super::args::Parsed;
use crate::transport::request::Reply;

/// Objects of one kind.
pub(super) struct Listing {
    /// `node`; as `-o name` has it.
    pub(super) kind: &'static str,
    /// `nodes`; as errors have it.
    pub(super) plural: &'static str,
    pub(super) namespaced: bool,
    /// Headings after NAME, and those of `-o wide` only.
    pub(super) headings: (&'static [&'static str], &'static [&'static str]),
    pub(super) items: Vec<Item>,
}

/// One object.
pub(super) struct Item {
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) labels: BTreeMap<String, String>,
    pub(super) cells: (Vec<String>, Vec<String>),
    pub(super) object: Value,
}

impl Listing {
    /// Shows those of `names`, or all; in the namespace that was asked for.
    pub(super) fn show(mut self, names: &[&str], parsed: &Parsed) -> Reply {
        if self.namespaced && !parsed.all_namespaces {
            self.items.retain(|item| item.namespace == parsed.namespace());
        }
        if let Some(missing) = names.iter().find(|name| !self.items.iter().any(|item| item.name == **name)) {
            return if parsed.ignore_not_found {
                said("")
            } else {
                failed(1, not_found(self.plural, missing))
            };
        }
        self.items.retain(|item| names.is_empty() || names.contains(&item.name.as_str()));
        if !parsed.selector.is_empty() {
            self.items.retain(|item| selects(&parsed.selector, &item.labels));
        }
        let single = names.len() == 1;
        match parsed.output.as_str() {
            "" => self.table(parsed, false),
            "wide" => self.table(parsed, true),
            "name" => said(
                self.items.iter().fold(String::new(), |out, item| out + self.kind + "/" + &item.name + "\n"),
            ),
            "json" => said(format!("{:#}\n", self.document(single))),
            "yaml" => match serde_yaml::to_string(&self.document(single)) {
                Ok(text) => said(text),
                Err(error) => failed(1, format!("error: {error}\n")),
            },
            output => match output.strip_prefix("jsonpath=") {
                Some(path) => match path_of(&self.document(single), path) {
                    Some(text) => said(text),
                    None => failed(1, format!("error: the simulation's kubectl has no jsonpath {path}\n")),
                },
                None => failed(1, format!("error: the simulation's kubectl has no output format {output}\n")),
            },
        }
    }

    fn document(&self, single: bool) -> Value {
        match (single, self.items.as_slice()) {
            (true, [one]) => one.object.clone(),
            _ => json!({
                "apiVersion": "v1",
                "kind": "List",
                "items": self.items.iter().map(|item| item.object.clone()).collect::<Vec<_>>(),
            }),
        }
    }

    fn table(&self, parsed: &Parsed, wide: bool) -> Reply {
        if self.items.is_empty() {
            let place = match (self.namespaced, parsed.all_namespaces) {
                (true, false) => format!(" in {} namespace", parsed.namespace()),
                _ => String::new(),
            };
            return Reply { rc: 0, stdout: String::new(), stderr: format!("No resources found{place}.\n") };
        }
        let mut rows: Vec<Vec<String>> = Vec::new();
        let with_namespace = self.namespaced && parsed.all_namespaces;
        if !parsed.no_headers {
            let mut heading: Vec<&str> =
                if with_namespace { vec!["NAMESPACE", "NAME"] } else { vec!["NAME"] };
            heading.extend(self.headings.0);
            if wide {
                heading.extend(self.headings.1);
            }
            if parsed.show_labels {
                heading.push("LABELS");
            }
            rows.push(heading.into_iter().map(str::to_owned).collect());
        }
        for item in &self.items {
            let mut row = if with_namespace { vec![item.namespace.clone()] } else { Vec::new() };
            row.push(item.name.clone());
            row.extend(item.cells.0.iter().cloned());
            if wide {
                row.extend(item.cells.1.iter().cloned());
            }
            if parsed.show_labels {
                let labels: Vec<String> =
                    item.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
                row.push(if labels.is_empty() { "<none>".into() } else { labels.join(",") });
            }
            rows.push(row);
        }
        said(table(&rows))
    }
}

/// Rows with every column as wide as its widest cell.
pub(crate) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let wide = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(wide).collect();
    let mut out = String::new();
    for row in rows {
        let cells: Vec<String> =
            row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        out += cells.join("   ").trim_end();
        out.push('\n');
    }
    out
}

pub(super) fn not_found(plural: &str, name: &str) -> String {
    format!("Error from server (NotFound): {plural} \"{name}\" not found\n")
}

/// `key=value`, `key!=value`, `key`, `!key`, divided by commas.
fn selects(selector: &str, labels: &BTreeMap<String, String>) -> bool {
    selector.split(',').all(|part| match (part.split_once("!="), part.split_once('=')) {
        (Some((key, value)), _) => labels.get(key).is_none_or(|known| known != value),
        (None, Some((key, value))) => {
            labels.get(key).is_some_and(|known| known == value.trim_start_matches('='))
        }
        (None, None) => match part.strip_prefix('!') {
            Some(key) => !labels.contains_key(key),
            None => labels.contains_key(part),
        },
    })
}

/// `{.metadata.name}`, `{.items[*].metadata.name}`, and text between such.
fn path_of(value: &Value, path: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = path.trim_matches('\'');
    while let Some((text, after)) = rest.split_once('{') {
        out += text;
        let (inside, after) = after.split_once('}')?;
        rest = after;
        if let Some(quoted) = inside.strip_prefix('"').and_then(|inside| inside.strip_suffix('"')) {
            out += &quoted.replace("\\n", "\n").replace("\\t", "\t");
            continue;
        }
        let mut found: Vec<&Value> = vec![value];
        // A dot within a key is written with a backslash before it.
        let steps = inside.strip_prefix('.')?.replace("\\.", "\u{0}");
        for step in steps.split('.') {
            let (key, index) = step
                .strip_suffix(']')
                .and_then(|step| step.split_once('['))
                .map_or((step, None), |(key, index)| (key, Some(index)));
            let key = key.replace('\u{0}', ".");
            found = found
                .into_iter()
                .filter_map(|value| if key.is_empty() { Some(value) } else { value.get(&key) })
                .collect();
            found = match index {
                None => found,
                Some("*") => found.into_iter().filter_map(Value::as_array).flatten().collect(),
                Some(index) => {
                    let index: usize = index.parse().ok()?;
                    found.into_iter().filter_map(|value| value.get(index)).collect()
                }
            };
        }
        let texts: Vec<String> = found
            .iter()
            .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            .collect();
        out += &texts.join(" ");
    }
    Some(out + rest)
}

/// An age as kubectl shows it.
pub(super) fn age(ms: i64) -> String {
    let seconds = ms.max(0) / 1_000;
    let (minutes, hours) = (seconds / 60, seconds / 3_600);
    match seconds {
        0..120 => format!("{seconds}s"),
        120..600 if seconds % 60 == 0 => format!("{minutes}m"),
        120..600 => format!("{minutes}m{}s", seconds % 60),
        600..10_800 => format!("{minutes}m"),
        10_800..28_800 => format!("{hours}h{}m", minutes % 60),
        28_800..172_800 => format!("{hours}h"),
        _ => format!("{}d", hours / 24),
    }
}

/// A time as objects have it.
pub(super) fn time(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms - ms.rem_euclid(1_000)).unwrap_or_default().to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn paths_lead_into_objects() {
        let value = json!({ "items": [{ "metadata": { "name": "a", "k.x/y": "1" } }, { "metadata": { "name": "b" } }] });
        assert_eq!(path_of(&value, "{.items[*].metadata.name}").unwrap(), "a b");
        assert_eq!(path_of(&value, "x{.items[1].metadata.name}{\"\\n\"}").unwrap(), "xb\n");
        assert_eq!(path_of(&value, "{.items[0].metadata.k\\.x/y}").unwrap(), "1");
        assert_eq!(path_of(&value, "{.nothing}").unwrap(), "");
        assert_eq!(path_of(&value, "{range .items[*]}"), None);
    }

    #[test]
    fn ages_are_kubectls() {
        for (seconds, shown) in
            [(0, "0s"), (119, "119s"), (125, "2m5s"), (660, "11m"), (3 * 3_600 + 60, "3h1m"), (200_000, "2d")]
        {
            assert_eq!(age(seconds * 1_000), shown);
        }
    }
}
