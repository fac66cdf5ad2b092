#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;

use serde_json::{Value, json};

use super::fits;
use super::*;
use crate::diag::Severity;
use crate::inventory::{Surroundings, parse};

/// No variables; every file is there.
struct Desk;

impl Surroundings for Desk {
    fn variable(&self, _: &str) -> Option<String> {
        None
    }

    fn read(&self, _: &Path) -> std::io::Result<String> {
        Ok("apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n".to_owned())
    }

    fn exists(&self, _: &Path) -> bool {
        true
    }
}

/// JSON is YAML.
fn read(document: &Value) -> crate::inventory::Loaded {
    parse(Path::new("i.yaml"), format!("{document:#}"), &Desk)
}

/// What the reader finds, the worst first; none where it has nothing to say.
fn reader(document: &Value) -> Option<Severity> {
    let found = match read(document) {
        Ok((_, found)) | Err(found) => found,
    };
    found.iter().map(|finding| finding.severity).max()
}

fn errors(document: &Value) -> String {
    match read(document) {
        Ok(_) => String::new(),
        Err(found) => crate::inventory::show(&found, false),
    }
}

/// Everything that may stand at `kind`: each with its usual content, one difference at a time.
fn values(kind_: &Kind) -> Vec<Value> {
    match kind_ {
        Kind::Text { such_as, .. } | Kind::Choice(such_as) => {
            such_as.iter().map(|text| json!(text)).collect()
        }
        Kind::Number(least) => vec![json!(least.max(&7)), json!("7")],
        Kind::Flag => vec![json!(false), json!("true")],
        Kind::List(of) => values(of).into_iter().map(|value| json!([value])).collect(),
        Kind::Names { such_as, .. } => such_as.iter().map(|(key, value)| json!({ *key: value })).collect(),
        Kind::Map(shape) => documents(shape),
        Kind::Either(kinds) => kinds.iter().flat_map(values).collect(),
    }
}

/// A map with every field, and the same with each other value of each field.
fn documents(shape: &Shape) -> Vec<Value> {
    let whole: Map<String, Value> =
        shape.fields().map(|field| (field.key.to_owned(), values(&field.kind).remove(0))).collect();
    let mut all = vec![Value::Object(whole.clone())];
    for field in shape.fields() {
        for value in values(&field.kind).into_iter().skip(1) {
            let mut other = whole.clone();
            other.insert(field.key.to_owned(), value);
            all.push(Value::Object(other));
        }
    }
    all
}

/// Paths of all values in a document, maps and lists included.
fn paths(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| paths(value, &format!("{at}/{key}"), found)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, value)| paths(value, &format!("{at}/{n}"), found));
        }
        _ => {}
    }
}

fn whole() -> Value {
    documents(&DOCUMENT).remove(0)
}

#[test]
fn whatever_the_shapes_promise_is_read_and_fits() {
    let schema = schema();
    let all = documents(&DOCUMENT);
    assert!(all.len() > 40, "{}", all.len());
    for mut document in all {
        // Where the one host becomes a worker, there is still this one.
        if let Some(Value::Array(hosts)) = document.pointer_mut("/spec/hosts") {
            hosts.push(json!({
                "name": "cp9", "role": "control-plane", "privateAddress": "10.4.0.19", "ssh": { "address": "10.4.0.19" },
            }));
        }
        assert!(fits(&document, &schema), "{document:#}");
        assert_eq!(errors(&document), "", "{document:#}");
    }
}

#[test]
fn the_inventories_that_ship_fit() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("inventory");
    let files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() >= 3);
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let document: Value = serde_yaml::from_str(&text).unwrap();
        assert!(fits(&document, &schema()), "{}", file.display());
    }
}

/// At each place of a whole document: a key that nobody knows, the key left out, and values that make no sense. What the
/// reader takes without a word, the schema takes; keys it must have or can't know are refused by both.
#[test]
fn reader_and_schema_agree() {
    let (schema, whole) = (schema(), whole());
    assert_eq!(reader(&whole), None);
    let mut places = Vec::new();
    paths(&whole, "", &mut places);
    assert!(places.len() > 60);
    let junk = [
        json!(""),
        json!("a b;"),
        json!("-x"),
        json!(0),
        json!(-1),
        json!(true),
        json!([]),
        json!({}),
        json!("7"),
    ];
    let (mut refused, mut taken) = (0, 0);
    let mut agree = |document: &Value, what: &str| {
        let quiet = reader(document).is_none();
        let both = fits(document, &schema);
        assert!(both || !quiet, "only the schema refuses {what}: {document:#}");
        if quiet {
            taken += 1;
        } else {
            refused += 1;
        }
        (quiet, both)
    };
    // What a host says for itself is not looked at in the defaults; they have the same shapes.
    places.retain(|place| !place.starts_with("/spec/defaults/"));
    for place in &places {
        for value in &junk {
            let mut document = whole.clone();
            *document.pointer_mut(place).unwrap() = value.clone();
            agree(&document, &format!("{value} at {place}"));
        }
        let mut document = whole.clone();
        if let Some(Value::Object(map)) = document.pointer_mut(place) {
            map.insert("nobodyKnowsThis".to_owned(), json!("x"));
            let names =
                ["/labels", "/options"].iter().any(|end| place.ends_with(end)) && place != "/spec/options";
            let (quiet, both) = agree(&document, &format!("an unknown key at {place}"));
            assert_eq!((quiet, both), (names, names), "an unknown key at {place}");
        }
        if let Some((parent, key)) = place.rsplit_once('/')
            && let mut document = whole.clone()
            && let Some(Value::Object(map)) = document.pointer_mut(parent)
        {
            map.remove(key);
            let fits = fits(&document, &schema);
            let required = reader(&document) == Some(Severity::Error);
            // With a range in the addresses, and roles that come from the defaults, the reader sees more.
            let elsewhere = ["name", "role"].contains(&key) && place.starts_with("/spec/hosts");
            assert!(fits != required || elsewhere, "without {place}: {}", errors(&document));
        }
    }
    assert!(refused > 100 && taken > 20, "{refused} {taken}");
}

#[test]
fn the_schema_is_what_editors_were_given() {
    let mut schema = schema();
    // The parts are tested above; this is the shape of the whole.
    for part in ["hosts", "defaults", "options", "hooks"] {
        schema["properties"]["spec"]["properties"][part] = json!("…");
    }
    insta::assert_snapshot!("schema", serde_json::to_string_pretty(&schema).unwrap());
}
