//! Values as YAML that kubeadm reads as they are.
//!
//! kubeadm's parser follows YAML 1.1, where `on`, `y`, `1_000` or `0o7` are no texts. `serde_yaml` writes these
//! bare, after YAML 1.2. So texts stay bare here only if no version of YAML could see anything else in them.

use std::fmt::Write;

use serde_yaml::{Mapping, Value};

/// Writes documents one after the other, separated by `---`.
pub(super) fn emit(documents: &[Mapping]) -> String {
    let mut out = String::new();
    for (index, document) in documents.iter().enumerate() {
        if index > 0 {
            out.push_str("---\n");
        }
        if document.is_empty() {
            out.push_str("{}\n");
        }
        map(&mut out, document, 0);
    }
    out
}

fn indent(out: &mut String, depth: usize) {
    out.extend(std::iter::repeat_n("  ", depth));
}

fn map(out: &mut String, map: &Mapping, depth: usize) {
    for (index, (key, value)) in map.iter().enumerate() {
        if index > 0 || depth == 0 || !out.ends_with("- ") {
            indent(out, depth);
        }
        scalar(out, key);
        out.push(':');
        nested(out, value, depth);
    }
}

/// A value behind `key:`, with the end of its line.
fn nested(out: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Mapping(inner) if !inner.is_empty() => {
            out.push('\n');
            map(out, inner, depth + 1);
        }
        Value::Sequence(items) if !items.is_empty() => {
            out.push('\n');
            list(out, items, depth);
        }
        value => {
            out.push(' ');
            scalar(out, value);
            out.push('\n');
        }
    }
}

fn list(out: &mut String, items: &[Value], depth: usize) {
    for (index, item) in items.iter().enumerate() {
        if index > 0 || !out.ends_with("- ") {
            indent(out, depth);
        }
        out.push_str("- ");
        match item {
            Value::Mapping(inner) if !inner.is_empty() => map(out, inner, depth + 1),
            Value::Sequence(inner) if !inner.is_empty() => list(out, inner, depth + 1),
            item => {
                scalar(out, item);
                out.push('\n');
            }
        }
    }
}

fn scalar(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => out.push_str(&number.to_string()),
        Value::String(text) if is_plain(text) => out.push_str(text),
        Value::String(text) => quoted(out, text),
        Value::Sequence(_) => out.push_str("[]"),
        Value::Mapping(_) => out.push_str("{}"),
        Value::Tagged(tagged) => scalar(out, &tagged.value),
    }
}

/// Words that some YAML reads as a boolean or as nothing.
const WORDS: &[&str] = &["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

/// Whether a text needs no quotes: it begins with a letter or `/`, holds nothing that means anything, and is no word of YAML.
fn is_plain(text: &str) -> bool {
    let inner =
        |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'/' | b':' | b'=' | b',');
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        && text.bytes().all(inner)
        && !text.ends_with(':')
        && !WORDS.contains(&text.to_ascii_lowercase().as_str())
}

fn quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            ' '..='~' => out.push(c),
            c if u32::from(c) <= 0xff => {
                let _ = write!(out, "\\x{:02x}", u32::from(c));
            }
            c if u32::from(c) <= 0xffff => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => {
                let _ = write!(out, "\\U{:08x}", u32::from(c));
            }
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn back(text: &str) -> Vec<Value> {
        use serde::Deserialize as _;
        serde_yaml::Deserializer::from_str(text)
            .map(|document| Value::deserialize(document).unwrap())
            .collect()
    }

    #[test]
    fn what_old_yaml_would_misread_is_quoted() {
        for text in [
            "",
            "y",
            "Yes",
            "NO",
            "on",
            "off",
            "~",
            "null",
            "TRUE",
            "1_000",
            "0o17",
            "017",
            "0x1F",
            "1e3",
            "12:30:45",
            "2001-01-01",
            ".5",
            ".inf",
            "=",
            "<<",
            "-",
            "- a",
            "a: b",
            "a #b",
            "a:",
            "---",
            "...",
            "!!str",
            "&a",
            "*a",
            "{a}",
            "[a]",
            "%TAG",
            "@a",
            "`a`",
            "$(id)",
            "'",
            "\"",
            " a",
            "a ",
            "a\nb",
            "a\tb",
            "é",
            "\u{85}",
            "\u{2028}",
        ] {
            assert!(!is_plain(text), "{text:?}");
        }
        for text in ["bettley", "v1.29.6", "unix:///run/containerd/containerd.sock", "kubeadm.k8s.io/v1beta4"]
        {
            assert!(is_plain(text), "{text:?}");
        }
    }

    #[test]
    fn documents_are_laid_out_for_people() {
        let value: Value =
            serde_yaml::from_str("{a: {b: [1, {c: x, d: []}, [p, [q]]], e: {}}, f: ~}").unwrap();
        let Value::Mapping(document) = value else { unreachable!() };
        let text = emit(&[document.clone(), document]);
        assert!(text.starts_with("a:\n  b:\n  - 1\n  - c: x\n    d: []\n"), "{text}");
        assert_eq!(back(&text).len(), 2);
    }

    fn value() -> impl Strategy<Value = Value> {
        let text = prop_oneof![
            any::<String>(),
            "[-:#&*!|>'\"%@`{}\\[\\], \n\t$()a-z0-9~]{0,12}",
            Just("---".to_owned()),
            Just("a\n---\nb".to_owned()),
            Just("!!binary x".to_owned()),
        ];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            text.clone().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 5, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Sequence),
                prop::collection::vec((text.clone().prop_map(Value::from), inner), 0..5)
                    .prop_map(|pairs| Value::Mapping(pairs.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_value_comes_back_as_it_was(values in prop::collection::vec(value(), 1..4)) {
            let documents: Vec<Mapping> =
                values.into_iter().map(|value| Mapping::from_iter([(Value::from("k"), value)])).collect();
            let text = emit(&documents);
            prop_assert!(text.chars().all(|c| c == '\n' || (' '..='~').contains(&c)));
            prop_assert_eq!(back(&text), documents.into_iter().map(Value::Mapping).collect::<Vec<_>>());
        }
    }
}
