//! Values below a map, by dotted path.

use serde_yaml::{Mapping, Value};

/// The value at `path`; `null` counts as absent.
pub(super) fn get<'v>(map: &'v Mapping, path: &str) -> Option<&'v Value> {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let value = map.get(first)?;
    match rest {
        None => Some(value).filter(|value| !value.is_null()),
        Some(rest) => get(value.as_mapping()?, rest),
    }
}

/// Puts `value` at `path`; what is in the way and no map gives way.
pub(super) fn set(map: &mut Mapping, path: &str, value: impl Into<Value>) {
    let Some((first, rest)) = path.split_once('.') else {
        map.insert(Value::from(path), value.into());
        return;
    };
    let child = map.entry(Value::from(first)).or_insert_with(|| Value::Mapping(Mapping::new()));
    if !child.is_mapping() {
        *child = Value::Mapping(Mapping::new());
    }
    if let Value::Mapping(child) = child {
        set(child, rest, value);
    }
}

/// Takes the value at `path` out; a parent that becomes empty goes too.
pub(super) fn take(map: &mut Mapping, path: &str) -> Option<Value> {
    let Some((first, rest)) = path.split_once('.') else {
        return map.remove(path);
    };
    let child = map.get_mut(first)?.as_mapping_mut()?;
    let found = take(child, rest);
    if child.is_empty() {
        map.remove(first);
    }
    found
}

/// Adds to `ours` what it doesn't have yet, map by map.
pub(super) fn merge_under(ours: &mut Mapping, theirs: Mapping) {
    for (key, value) in theirs {
        match (ours.get_mut(&key), value) {
            (None, value) => {
                ours.insert(key, value);
            }
            (Some(Value::Mapping(ours)), Value::Mapping(theirs)) => merge_under(ours, theirs),
            (Some(_), _) => {}
        }
    }
}

/// The texts of a list; anything else has none.
pub(super) fn texts(value: Option<&Value>) -> Vec<String> {
    let items = value.and_then(Value::as_sequence).into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn values_are_set_found_taken_and_merged_by_path() {
        let mut map = Mapping::new();
        set(&mut map, "a.b", "x");
        set(&mut map, "c", Value::Null);
        assert_eq!(get(&map, "a.b"), Some(&Value::from("x")));
        assert_eq!((get(&map, "c"), get(&map, "a.b.d"), get(&map, "z.z")), (None, None, None));
        let theirs = serde_yaml::from_str("{a: {b: y, e: 1}, f: 2}").unwrap();
        merge_under(&mut map, theirs);
        assert_eq!(
            Value::Mapping(map.clone()),
            serde_yaml::from_str::<Value>("{a: {b: x, e: 1}, c: ~, f: 2}").unwrap()
        );
        assert_eq!(take(&mut map, "a.b"), Some(Value::from("x")));
        take(&mut map, "a.e");
        assert!(!map.contains_key("a"));
    }
}
