//! The tree of a YAML document with the place of every key and scalar.
//!
//! `serde_yaml` gives places to errors only. So each scalar is answered with an error, whose place is kept, and
//! reading goes on: its event has been consumed by then. Maps and lists stand where their first key or item stands.

use std::cell::RefCell;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::{Number, Value};

use super::{Source, Span};
use crate::diag::Diagnostic;

/// A value and its place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) at: Span,
    pub(crate) content: Content,
}

/// What a node holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Content {
    /// `value`: null, a boolean, a number or a string. `written`: as it stands in the file, for messages.
    Scalar {
        value: Value,
        written: String,
    },
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key of a map and its value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) at: Span,
    pub(crate) value: Node,
}

impl Node {
    /// The value under `key`; `null` counts as absent.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        let Content::Map(entries) = &self.content else { return None };
        entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value).filter(|node| !node.is_null())
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(&self.content, Content::Scalar { value: Value::Null, .. })
    }

    /// The same without places.
    pub(crate) fn to_value(&self) -> Value {
        match &self.content {
            Content::Scalar { value, .. } => value.clone(),
            Content::List(items) => Value::Sequence(items.iter().map(Self::to_value).collect()),
            Content::Map(entries) => Value::Mapping(
                entries
                    .iter()
                    .map(|entry| (Value::String(entry.key.clone()), entry.value.to_value()))
                    .collect(),
            ),
        }
    }
}

/// Every document of a file that is not empty.
pub(crate) fn parse(source: &Source) -> Result<Vec<Node>, Box<Diagnostic>> {
    let mut documents = Vec::new();
    for document in serde_yaml::Deserializer::from_str(&source.text) {
        let node = Seed { source }.deserialize(document).map_err(|error| Box::new(syntax(source, &error)))?;
        if !node.is_null() {
            documents.push(node);
        }
    }
    Ok(documents)
}

fn syntax(source: &Source, error: &serde_yaml::Error) -> Diagnostic {
    let location = error.location().map(|at| {
        let last = source.text.lines().count().max(1);
        let line = at.line().clamp(1, last);
        source.location(Span { line, column: if line == at.line() { at.column() } else { 1 }, width: 1 })
    });
    let text = error.to_string();
    // The place is shown next to the message already.
    let message = text.rfind(" at line ").map_or(text.as_str(), |at| &text[..at]);
    let message = message.rsplit_once("]: ").map_or(message, |(_, rest)| rest);
    Diagnostic::error(format!("not valid YAML: {message}"), location)
}

/// Marks a scalar that has been taken; never seen by people.
const TAKEN: &str = "scalar taken";

struct Seed<'s> {
    source: &'s Source,
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        let taken = RefCell::new(None);
        match deserializer.deserialize_any(Taker { source: self.source, taken: &taken }) {
            Ok(node) => Ok(node),
            Err(error) => match taken.into_inner() {
                Some(value) => Ok(scalar(self.source, value, place(&error.to_string()))),
                None => Err(error),
            },
        }
    }
}

/// The line and column at the end of an error's text. The very start of a file has none.
fn place(error: &str) -> (usize, usize) {
    let numbers = error.rsplit_once(" at line ").and_then(|(_, tail)| {
        let (line, column) = tail.split_once(" column ")?;
        Some((line.parse().ok()?, column.parse().ok()?))
    });
    numbers.unwrap_or((1, 1))
}

fn scalar(source: &Source, value: Value, (line, column): (usize, usize)) -> Node {
    let written = written(source.rest(line, column), &value);
    let width = written.chars().count().max(1);
    let written = match &value {
        Value::String(text) => text.clone(),
        _ => written.to_owned(),
    };
    Node { at: Span { line, column, width }, content: Content::Scalar { value, written } }
}

/// The part of `rest` that is the scalar at its beginning.
fn written<'t>(rest: &'t str, value: &Value) -> &'t str {
    let until = |end: usize| &rest[..end.min(rest.len())];
    match rest.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let mut escaped = false;
            let close = rest.char_indices().skip(1).find(|&(_, c)| {
                let closes = c == quote && !escaped;
                escaped = c == '\\' && quote == '"' && !escaped;
                closes
            });
            close.map_or_else(|| rest.trim_end(), |(at, _)| until(at + 1))
        }
        Some('|' | '>') => until(1),
        _ => match value {
            Value::String(text) if rest.starts_with(text.as_str()) => until(text.len()),
            _ => until(rest.find([',', '}', ']', '#']).unwrap_or(rest.len())).trim_end(),
        },
    }
}

/// `<<: *other` stands for the other map's entries, as far as the map has none of that name.
fn merge_keys(entries: Vec<Entry>) -> Vec<Entry> {
    if !entries.iter().any(|entry| entry.key == "<<") {
        return entries;
    }
    let (merges, mut own): (Vec<Entry>, Vec<Entry>) = entries
        .into_iter()
        .partition(|entry| entry.key == "<<" && !matches!(entry.value.content, Content::Scalar { .. }));
    for merge in merges {
        let maps = match merge.value.content {
            Content::List(maps) => maps,
            content => vec![Node { at: merge.value.at, content }],
        };
        for map in maps {
            let Content::Map(others) = map.content else { continue };
            for other in others {
                if !own.iter().any(|entry| entry.key == other.key) {
                    own.push(other);
                }
            }
        }
    }
    own
}

struct Taker<'s, 't> {
    source: &'s Source,
    taken: &'t RefCell<Option<Value>>,
}

impl Taker<'_, '_> {
    fn take<E: de::Error>(&self, value: Value) -> Result<Node, E> {
        *self.taken.borrow_mut() = Some(value);
        Err(E::custom(TAKEN))
    }
}

impl<'de> Visitor<'de> for Taker<'_, '_> {
    type Value = Node;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("plain YAML without `!` tags")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Node, E> {
        self.take(Value::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Node, E> {
        self.take(Value::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Node, E> {
        self.take(Value::Bool(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Node, E> {
        self.take(Value::Number(Number::from(value)))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Node, E> {
        self.take(Value::Number(Number::from(value)))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Node, E> {
        self.take(Value::Number(Number::from(value)))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Node, E> {
        self.take(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut items: Vec<Node> = Vec::new();
        while let Some(item) = access.next_element_seed(Seed { source: self.source })? {
            items.push(item);
        }
        let at = items.first().map_or_else(Span::default, |item| item.at);
        Ok(Node { at, content: Content::List(items) })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut entries: Vec<Entry> = Vec::new();
        while let Some(key) = access.next_key_seed(Seed { source: self.source })? {
            let Content::Scalar { written, .. } = key.content else {
                return Err(de::Error::custom("a key must be plain text"));
            };
            let mut value: Node = access.next_value_seed(Seed { source: self.source })?;
            if value.at == Span::default() {
                value.at = key.at;
            }
            entries.push(Entry { key: written, at: key.at, value });
        }
        let at = entries.first().map_or_else(Span::default, |entry| entry.at);
        Ok(Node { at, content: Content::Map(merge_keys(entries)) })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    fn tree(text: &str) -> Node {
        parse(&Source::new("f", text.to_owned())).unwrap().remove(0)
    }

    fn at(node: &Node) -> (usize, usize, usize) {
        (node.at.line, node.at.column, node.at.width)
    }

    #[test]
    fn every_scalar_knows_its_place() {
        let node = tree("a: 1\nb:\n  - x y # note\n  - { c: \"q\\\" r\", d: [0x10, ~] }\né: v1.30\n");
        assert_eq!(at(node.get("a").unwrap()), (1, 4, 1));
        let Content::List(items) = &node.get("b").unwrap().content else { panic!() };
        assert_eq!(at(&items[0]), (3, 5, 3));
        assert_eq!(at(items[1].get("c").unwrap()), (4, 10, 7));
        let Content::List(numbers) = &items[1].get("d").unwrap().content else { panic!() };
        assert_eq!(at(&numbers[0]), (4, 23, 4));
        assert!(numbers[1].is_null());
        assert_eq!(at(node.get("é").unwrap()), (5, 4, 5));
    }

    #[test]
    fn merge_keys_fill_in_what_is_missing() {
        let node =
            tree("base: &b { user: pi, port: 1 }\none: { <<: *b, port: 2 }\ntwo: { <<: [*b, {x: 3}] }\n");
        let value = |path: &str| node.get(path).unwrap().to_value();
        assert_eq!(value("one"), serde_yaml::from_str::<Value>("{port: 2, user: pi}").unwrap());
        assert_eq!(value("two"), serde_yaml::from_str::<Value>("{user: pi, port: 1, x: 3}").unwrap());
    }

    #[test]
    fn the_tree_equals_the_value() {
        let text = "a: &x {b: [1, 2.5, true, ~, '3', -4]}\nc: *x\n";
        assert_eq!(tree(text).to_value(), serde_yaml::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn numbers_keep_how_they_were_written() {
        let node = tree("version: 1.30");
        let Content::Scalar { written, .. } = &node.get("version").unwrap().content else { panic!() };
        assert_eq!(written, "1.30");
    }

    #[test]
    fn what_is_not_yaml_is_located() {
        for (text, line) in
            [("a: [1\nb: 2", 2), ("a: !x 1", 1), ("a: *b", 1), ("\t- x", 1), ("? [a]\n: 1", 1)]
        {
            let error = parse(&Source::new("f", text.to_owned())).unwrap_err();
            assert_eq!(error.location.as_ref().map(|at| at.line), Some(line), "{text}: {error}");
        }
        let bomb = "a: &a [x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d]\n";
        assert!(parse(&Source::new("f", bomb.to_owned())).is_err());
    }
}
