//! Values of variables: which can be taken as they stand, and which Ansible alone can tell.

use serde_yaml::{Mapping, Value};

use super::Left;
use super::ansible::Vars;
use super::folders::VAULT;

/// Reads variables; what can't be taken over is left, and said.
pub(super) struct Reading<'a> {
    pub(super) vars: &'a Vars,
    pub(super) left: &'a mut Vec<Left>,
}

impl Reading<'_> {
    /// The first of `names` that is there, unless its value is a template or encrypted.
    pub(super) fn any(&mut self, names: &[&str]) -> Option<Value> {
        let name = self.name_of(names);
        let value = &self.vars.get(name)?.value;
        let value = (!value.is_null()).then(|| value.clone())?;
        match untold(&value) {
            None => Some(value),
            Some(why) => {
                self.leave(name, why);
                None
            }
        }
    }

    /// The same as a text that isn't empty.
    pub(super) fn text(&mut self, names: &[&str]) -> Option<String> {
        let value = self.any(names)?;
        let text = text_of(&value);
        if text.is_none() {
            self.leave(self.name_of(names), "is no text");
        }
        text.filter(|text| !text.is_empty())
    }

    /// A list of texts.
    pub(super) fn texts(&mut self, name: &str) -> Option<Value> {
        let value = self.any(&[name])?;
        let list = match structured(&value) {
            Value::Sequence(items) => items.iter().map(text_of).collect::<Option<Vec<_>>>(),
            _ => None,
        };
        match list {
            Some(list) if list.is_empty() => None,
            Some(list) => Some(list.into_iter().map(Value::String).collect::<Vec<_>>().into()),
            None => {
                self.leave(name, "is no list of texts");
                None
            }
        }
    }

    /// The name among `names` that is there, or the first.
    pub(super) fn name_of<'n>(&self, names: &[&'n str]) -> &'n str {
        let found = names.iter().find(|name| self.vars.contains_key(**name));
        found.or(names.first()).copied().unwrap_or_default()
    }

    /// Says that `what`, or the variable of that name at its end, is not carried over.
    pub(super) fn leave(&mut self, what: &str, why: &str) {
        let name = what.rsplit(' ').next().unwrap_or(what);
        let place = self.vars.get(name).map(|var| var.place.clone()).unwrap_or_default();
        self.left.push(Left::new(&place, what.to_owned(), why));
    }
}

/// Why a value can't be known here.
fn untold(value: &Value) -> Option<&'static str> {
    match value {
        Value::String(text) if text.contains("{{") || text.contains("{%") => {
            Some("is a template, which Ansible alone can fill in")
        }
        Value::String(text) if text.starts_with(VAULT) => Some("is encrypted"),
        Value::Sequence(items) => items.iter().find_map(untold),
        Value::Mapping(map) => map.values().find_map(untold),
        _ => None,
    }
}

pub(super) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Bool(_) | Value::Number(_) => {
            serde_yaml::to_string(value).ok().map(|text| text.trim().to_owned())
        }
        _ => None,
    }
}

/// A map whose values are texts.
pub(super) fn map_of(value: &Value) -> Option<Mapping> {
    let Value::Mapping(map) = structured(value) else { return None };
    map.iter()
        .map(|(key, value)| {
            let value = if value.is_null() { Some(String::new()) } else { text_of(value) };
            Some((Value::String(text_of(key)?), Value::String(value?)))
        })
        .collect()
}

/// In INI, lists and maps are written as Python would; mostly that is YAML as well.
pub(super) fn structured(value: &Value) -> Value {
    match value {
        Value::String(text) if text.starts_with(['{', '[']) => {
            serde_yaml::from_str(text).unwrap_or_else(|_| value.clone())
        }
        _ => value.clone(),
    }
}

pub(super) fn put(map: &mut Mapping, key: &str, value: String) {
    map.insert(Value::String(key.to_owned()), Value::String(value));
}
