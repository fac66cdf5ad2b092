//! The JSON Schema of the inventory, for editors. It is made of the shapes by which the reader refuses keys, and knows our
//! own names only, not those of other tools, which the reader takes with a warning.

#[cfg(test)]
mod fits;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

use super::read::DOCUMENT;
#[cfg(test)]
pub(crate) use fits::fits;

use super::yaml::{Field, Kind, Shape};

/// A value that the environment decides may look like anything.
const VARIABLE: &str = r"\$\{";

/// The schema, as draft 7: what editors understand best.
pub fn schema() -> Value {
    let about = "A cluster for kubestep: its machines, and how kubeadm is to set it up.";
    schema_of(&DOCUMENT, "kubestep inventory", about)
}

/// The schema of a document of that shape.
pub(crate) fn schema_of(shape: &Shape, title: &str, about: &str) -> Value {
    let mut schema = map(shape);
    let head = [
        ("$schema", json!("http://json-schema.org/draft-07/schema#")),
        ("title", json!(title)),
        ("description", json!(about)),
    ];
    let mut whole: Map<String, Value> =
        head.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    whole.append(&mut schema);
    Value::Object(whole)
}

fn map(shape: &Shape) -> Map<String, Value> {
    let properties: Map<String, Value> =
        shape.fields().map(|field| (field.key.to_owned(), property(field))).collect();
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), Value::Object(properties));
    if !shape.required.is_empty() {
        schema.insert("required".to_owned(), json!(shape.required));
    }
    schema.insert("additionalProperties".to_owned(), json!(false));
    schema
}

fn property(field: &Field) -> Value {
    let mut schema = Map::new();
    schema.insert("description".to_owned(), json!(field.about));
    if let Value::Object(mut rest) = kind(&field.kind) {
        schema.append(&mut rest);
    }
    Value::Object(schema)
}

fn kind(kind_: &Kind) -> Value {
    match kind_ {
        Kind::Text { form, such_as } => {
            let mut schema = json!({ "type": ["string", "number", "boolean"] });
            if let Some(form) = form {
                schema["pattern"] = json!(pattern(form));
            }
            schema["examples"] = json!(such_as);
            schema
        }
        Kind::Choice(words) => json!({ "anyOf": [{ "enum": words }, variable()] }),
        Kind::Number(least) => json!({ "anyOf": [
            { "type": "integer", "minimum": least },
            { "type": "string", "pattern": pattern(r"\+?[0-9]+") },
        ] }),
        Kind::Flag => json!({ "anyOf": [
            { "type": "boolean" },
            { "type": "string", "pattern": pattern("true|True|TRUE|false|False|FALSE") },
        ] }),
        Kind::List(of) => json!({ "type": "array", "items": kind(of) }),
        Kind::Names { of, such_as } => json!({
            "type": "object",
            "additionalProperties": { "anyOf": [kind(of), { "type": "null" }] },
            "examples": such_as.iter().map(|(key, value)| json!({ *key: value })).collect::<Vec<_>>(),
        }),
        Kind::Map(shape) => Value::Object(map(shape)),
        Kind::Either(kinds) => json!({ "anyOf": kinds.iter().map(kind).collect::<Vec<_>>() }),
    }
}

fn variable() -> Value {
    json!({ "type": "string", "pattern": VARIABLE })
}

fn pattern(form: &str) -> String {
    format!("^(?:{form})$|{VARIABLE}")
}
