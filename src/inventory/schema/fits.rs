//! Whether a document is as a schema wants it, for tests.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use regex::Regex;
use serde_json::{Value, json};

/// Whether `value` is as `schema` wants it: what of JSON Schema the schema is made of.
pub(crate) fn fits(value: &Value, schema: &Value) -> bool {
    let Value::Object(rules) = schema else { panic!("no schema: {schema}") };
    rules.iter().all(|(rule, wanted)| match rule.as_str() {
        "type" => match wanted {
            Value::Array(types) => types.iter().any(|name| is_a(value, name)),
            name => is_a(value, name),
        },
        "enum" => wanted.as_array().unwrap().contains(value),
        "pattern" => value.as_str().is_none_or(|text| matches(wanted.as_str().unwrap(), text)),
        "minimum" => value.as_u64().is_none_or(|number| number >= wanted.as_u64().unwrap()),
        "items" => value.as_array().is_none_or(|items| items.iter().all(|item| fits(item, wanted))),
        "required" => {
            let there = |key: &Value| value.get(key.as_str().unwrap()).is_some();
            !value.is_object() || wanted.as_array().unwrap().iter().all(there)
        }
        "properties" => {
            let all =
                |(key, schema): (&String, &Value)| value.get(key).is_none_or(|value| fits(value, schema));
            wanted.as_object().unwrap().iter().all(all)
        }
        "additionalProperties" => value.as_object().is_none_or(|map| {
            let known =
                |key: &String| rules.get("properties").is_some_and(|fields| fields.get(key).is_some());
            map.iter()
                .filter(|(key, _)| !known(key))
                .all(|(_, value)| *wanted != json!(false) && fits(value, wanted))
        }),
        "anyOf" => wanted.as_array().unwrap().iter().any(|schema| fits(value, schema)),
        "$schema" | "title" | "description" | "examples" => true,
        other => panic!("the test knows no `{other}`"),
    })
}

fn matches(pattern: &str, text: &str) -> bool {
    static KNOWN: LazyLock<Mutex<HashMap<String, Regex>>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap();
    known.entry(pattern.to_owned()).or_insert_with(|| Regex::new(pattern).unwrap()).is_match(text)
}

fn is_a(value: &Value, name: &Value) -> bool {
    match name.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "null" => value.is_null(),
        other => panic!("the test knows no type `{other}`"),
    }
}
