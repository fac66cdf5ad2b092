//! Extra arguments of components: a map up to v1beta3, a list of name and value since v1beta4.

use serde_yaml::{Mapping, Value};

use super::paths::{get, set};
use super::{ApiVersion, RenderError};

/// Where extra arguments stand, in all kinds.
pub(super) const FIELDS: &[&str] = &[
    "apiServer.extraArgs",
    "controllerManager.extraArgs",
    "scheduler.extraArgs",
    "etcd.local.extraArgs",
    "nodeRegistration.kubeletExtraArgs",
];

/// Name and value of each argument, of either form.
pub(super) fn read(field: &str, value: Option<&Value>) -> Result<Vec<(String, String)>, RenderError> {
    let bad = || RenderError::BadArguments(field.to_owned());
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Mapping(map)) => {
            map.iter().map(|(name, value)| text(name).zip(text(value)).ok_or_else(bad)).collect()
        }
        Some(Value::Sequence(list)) => list
            .iter()
            .map(|item| {
                let value = item.get("value").map_or(Some(String::new()), text);
                item.get("name").and_then(text).zip(value).ok_or_else(bad)
            })
            .collect(),
        Some(_) => Err(bad()),
    }
}

/// An argument's value is a text whatever it looks like.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Writes arguments in the form of `api`.
pub(super) fn write(
    field: &str,
    arguments: Vec<(String, String)>,
    api: ApiVersion,
) -> Result<Value, RenderError> {
    if api >= ApiVersion::V1Beta4 {
        let item = |(name, value): (String, String)| {
            let pair = [(Value::from("name"), Value::from(name)), (Value::from("value"), Value::from(value))];
            Value::Mapping(Mapping::from_iter(pair))
        };
        return Ok(Value::Sequence(arguments.into_iter().map(item).collect()));
    }
    let mut map = Mapping::new();
    for (name, value) in arguments {
        if map.insert(Value::from(name.as_str()), Value::from(value)).is_some() {
            return Err(RenderError::RepeatedArgument { field: field.to_owned(), argument: name, api });
        }
    }
    Ok(Value::Mapping(map))
}

/// Brings every argument field of a document into the form of `api`.
pub(super) fn convert(document: &mut Mapping, api: ApiVersion) -> Result<(), RenderError> {
    for field in FIELDS {
        if let Some(value) = get(document, field) {
            let written = write(field, read(field, Some(value))?, api)?;
            set(document, field, written);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn yaml(text: &str) -> Value {
        serde_yaml::from_str(text).unwrap()
    }

    #[test]
    fn either_form_becomes_the_other() {
        let map = yaml("{v: 4, bind-address: 0.0.0.0, profiling: false}");
        let list = yaml(
            "[{name: v, value: '4'}, {name: bind-address, value: 0.0.0.0}, {name: profiling, value: 'false'}]",
        );
        let texts = yaml("{v: '4', bind-address: 0.0.0.0, profiling: 'false'}");
        for form in [&map, &list] {
            let arguments = read("x", Some(form)).unwrap();
            assert_eq!(write("x", arguments.clone(), ApiVersion::V1Beta4).unwrap(), list);
            assert_eq!(write("x", arguments, ApiVersion::V1Beta3).unwrap(), texts);
        }
    }

    #[test]
    fn what_a_map_cannot_hold_is_an_error() {
        let twice = read("x", Some(&yaml("[{name: a, value: '1'}, {name: a, value: '2'}]"))).unwrap();
        assert!(write("x", twice.clone(), ApiVersion::V1Beta4).is_ok());
        assert!(matches!(write("x", twice, ApiVersion::V1Beta2), Err(RenderError::RepeatedArgument { .. })));
        for bad in ["text", "[a]", "{a: [1]}", "[{value: x}]"] {
            assert!(read("x", Some(&yaml(bad))).is_err(), "{bad}");
        }
    }
}
