//! `${VAR}` and `${VAR:-default}` in string values; `$$` is a dollar. Keys are left alone.

use serde_yaml::Value;

use super::{Content, Node, Report};

/// Replaces variables in every string below `node`; a variable that is not set and has no default is an error.
pub(crate) fn substitute(
    node: &mut Node,
    variable: &dyn Fn(&str) -> Option<String>,
    report: &mut Report<'_>,
) {
    match &mut node.content {
        Content::List(items) => {
            for item in items {
                substitute(item, variable, report);
            }
        }
        Content::Map(entries) => {
            for entry in entries {
                substitute(&mut entry.value, variable, report);
            }
        }
        Content::Scalar { value: Value::String(text), .. } if text.contains('$') => {
            match expand(text, variable) {
                Ok((expanded, used)) => {
                    *text = expanded;
                    for (name, value) in used {
                        report.keep_out(&name, &value);
                    }
                }
                Err(Problem::Unset(name)) => report.error(
                    node.at,
                    format!("the variable {name} is not set"),
                    format!("set it, or give a default: ${{{name}:-value}}"),
                ),
                Err(Problem::Malformed) => {
                    report.error(
                        node.at,
                        "`$` that is no variable",
                        "write ${NAME}, ${NAME:-default}, or $$ for a dollar",
                    );
                }
            }
        }
        Content::Scalar { .. } => {}
    }
}

enum Problem {
    Unset(String),
    Malformed,
}

/// The text with its variables replaced, and which ones came from outside with which value.
type Expanded = (String, Vec<(String, String)>);

fn expand(text: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<Expanded, Problem> {
    let mut used = Vec::new();
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        if let Some(tail) = after.strip_prefix('$') {
            out.push('$');
            rest = tail;
        } else if let Some(inner) = after.strip_prefix('{') {
            let end = inner.find('}').ok_or(Problem::Malformed)?;
            let (name, default) = match inner[..end].split_once(":-") {
                Some((name, default)) => (name, Some(default)),
                None => (&inner[..end], None),
            };
            if !is_name(name) {
                return Err(Problem::Malformed);
            }
            // As in a shell, `:-` also stands in for a variable that is empty.
            let set = variable(name).filter(|value| default.is_none() || !value.is_empty());
            let unset = || Problem::Unset(name.to_owned());
            match &set {
                Some(value) => out.push_str(value),
                None => out.push_str(default.ok_or_else(unset)?),
            }
            used.extend(set.map(|value| (name.to_owned(), value)));
            rest = &inner[end + 1..];
        } else {
            out.push('$');
            rest = after;
        }
    }
    out.push_str(rest);
    Ok((out, used))
}

/// What a shell accepts as a variable's name.
pub(crate) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn expanded(text: &str) -> Option<String> {
        let environment = |name: &str| match name {
            "A" => Some("one: [two]".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        };
        expand(text, &environment).ok().map(|(text, _)| text)
    }

    #[test]
    fn variables_defaults_and_dollars() {
        for (text, want) in [
            ("x${A}y", Some("xone: [two]y")),
            ("${B:-d}", Some("d")),
            ("${EMPTY:-d}-${EMPTY}", Some("d-")),
            ("${B:-}", Some("")),
            ("$$A $${A} $A $", Some("$A ${A} $A $")),
            ("${B}", None),
            ("${A", None),
            ("${A-x}", None),
            ("${A$(id)}", None),
        ] {
            assert_eq!(expanded(text).as_deref(), want, "{text}");
        }
    }

    #[test]
    fn a_value_stays_one_scalar_and_keys_stay_as_they_are() {
        let source = super::super::Source::new("f", "'${A}': '${A}'\nb: ['${C}']\n".to_owned());
        let mut node = super::super::parse(&source).unwrap().remove(0);
        let mut report = Report::new(&source);
        substitute(&mut node, &|name| (name == "A").then(|| "x: {y: 1}".to_owned()), &mut report);
        assert_eq!(node.get("${A}").unwrap().to_value(), Value::String("x: {y: 1}".to_owned()));
        assert_eq!(report.found.len(), 1);
        assert_eq!(
            report.found[0].location.as_ref().map(|at| (at.line, at.column, at.width)),
            Some((2, 5, 6))
        );
    }
}
