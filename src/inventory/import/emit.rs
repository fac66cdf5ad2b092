//! Our inventory as text.

use std::fmt::Write as _;
use std::path::Path;

use serde_yaml::{Mapping, Value};

/// What hosts may share; a key below `ssh`, or one of their own.
const SHARED: [&[&str]; 6] = [
    &["ssh", "user"],
    &["ssh", "port"],
    &["ssh", "keyPath"],
    &["ssh", "bastion"],
    &["ssh", "options"],
    &["become"],
];

pub(super) fn inventory(from: &Path, name: &str, settings: Mapping, mut hosts: Vec<Mapping>) -> String {
    let defaults = shared(&mut hosts);
    let from = crate::text::sanitize(&from.display().to_string());
    let mut text = format!(
        "# Made of {from} by `kubestep import`.\napiVersion: kubestep/v1\nkind: Cluster\nmetadata: {{ name: {} }}\nspec:\n",
        scalar(name)
    );
    for (key, map) in [("kubernetes", settings), ("defaults", defaults)] {
        if !map.is_empty() {
            let _ = writeln!(text, "  {key}:");
            for (key, value) in &map {
                let _ = writeln!(text, "    {}: {}", flow(key), flow(value));
            }
        }
    }
    text.push_str("  hosts:\n");
    for host in hosts {
        let _ = writeln!(text, "    - {}", flow(&Value::Mapping(host)));
    }
    text
}

/// Takes out of the hosts what all of them have alike.
fn shared(hosts: &mut [Mapping]) -> Mapping {
    let mut defaults = Mapping::new();
    if hosts.len() < 2 {
        return defaults;
    }
    for path in SHARED {
        let value = |host: &Mapping| match path {
            [outer, inner] => host.get(*outer).and_then(|map| map.get(*inner)).cloned(),
            _ => host.get(path[0]).cloned(),
        };
        let Some(first) = hosts.first().and_then(value) else { continue };
        if hosts.iter().any(|host| value(host).as_ref() != Some(&first)) {
            continue;
        }
        for host in hosts.iter_mut() {
            take(host, path);
        }
        match path {
            [outer, inner] => {
                let map = defaults.entry((*outer).into()).or_insert_with(|| Mapping::new().into());
                if let Value::Mapping(map) = map {
                    map.insert((*inner).into(), first);
                }
            }
            _ => drop(defaults.insert(path[0].into(), first)),
        }
    }
    defaults
}

fn take(host: &mut Mapping, path: &[&str]) {
    let [outer, inner] = path else {
        host.shift_remove(path[0]);
        return;
    };
    if let Some(Value::Mapping(map)) = host.get_mut(*outer) {
        map.shift_remove(*inner);
        if map.is_empty() {
            host.shift_remove(*outer);
        }
    }
}

/// A value on one line.
fn flow(value: &Value) -> String {
    match value {
        Value::Mapping(map) => {
            let pairs: Vec<String> =
                map.iter().map(|(key, value)| format!("{}: {}", flow(key), flow(value))).collect();
            format!("{{ {} }}", pairs.join(", "))
        }
        Value::Sequence(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Bool(flag) => flag.to_string(),
        Value::String(text) => scalar(text),
        _ => "null".to_owned(),
    }
}

/// A text as YAML reads it back as that text; a dollar would begin a variable.
fn scalar(text: &str) -> String {
    let text = text.replace('$', "$$");
    let inner = |c: char| c.is_ascii_alphanumeric() || "-_./@".contains(c);
    let word = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '~')
        && text.chars().skip(1).all(|c| inner(c) || c == ':')
        && !text.ends_with(':')
        && text.len() > 1;
    let address = text.matches('.').count() >= 3
        && text.starts_with(|c: char| c.is_ascii_digit())
        && text.ends_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_digit() || ".:/".contains(c));
    let number = !text.starts_with('0') && text.len() < 10 && text.bytes().all(|byte| byte.is_ascii_digit());
    let meant_otherwise =
        ["true", "false", "null", "yes", "no", "on", "off"].contains(&text.to_ascii_lowercase().as_str());
    if (word || address || number && !text.is_empty()) && !meant_otherwise {
        text
    } else {
        serde_json::to_string(&text).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_text_is_read_back_as_it_was(text in any::<String>(), near in "[ a-z0-9:.,/#'\"{}\\[\\]&*!|>%@`~$=-]{0,8}") {
            for text in [text, near] {
                let value = Value::Mapping([(Value::from("k"), Value::from(text.as_str()))].into_iter().collect());
                let read: Value = serde_yaml::from_str(&flow(&value)).unwrap();
                let read = match read.get("k").unwrap() {
                    Value::String(text) => text.clone(),
                    Value::Number(number) => number.to_string(),
                    other => panic!("{other:?}"),
                };
                prop_assert_eq!(read, text.replace('$', "$$"));
            }
        }
    }
}
