//! kubectl on `ConfigMaps`: merges a patch into the data of one.

use serde_json::Value;

use super::{failed, said};
use crate::sim::model::objects::Objects;
use crate::transport::request::Reply;

fn not_found(name: &str) -> Reply {
    failed(1, format!("Error from server (NotFound): configmaps \"{name}\" not found\n"))
}

/// A merge patch: null takes a key away.
pub(super) fn patch(objects: &mut Objects, namespace: &str, name: &str, patch: &str) -> Reply {
    let Some(map) = objects.config_maps.get_mut(&format!("{namespace}/{name}")) else {
        return not_found(name);
    };
    let patch: Value = match serde_json::from_str(patch) {
        Ok(patch) => patch,
        Err(error) => return failed(1, format!("error: unable to parse \"{patch}\": {error}\n")),
    };
    for (key, value) in patch.get("data").and_then(Value::as_object).into_iter().flatten() {
        match value.as_str() {
            Some(text) => map.insert(key.clone(), text.to_owned()),
            None => map.remove(key),
        };
    }
    said(format!("configmap/{name} patched\n"))
}
