//! `key=value:Effect` as kubeadm's configuration writes it.

use serde_yaml::{Mapping, Value};

use super::RenderError;
use crate::inventory::model::Host;

/// The node's taints; none leaves kubeadm's own default.
pub(super) fn taints(host: &Host) -> Result<Option<Value>, RenderError> {
    match &host.taints {
        Some(taints) => {
            taints.iter().map(|text| taint(text)).collect::<Result<_, _>>().map(Value::Sequence).map(Some)
        }
        None => Ok(host.schedulable.then(|| Value::Sequence(Vec::new()))),
    }
}

fn taint(text: &str) -> Result<Value, RenderError> {
    let (pair, effect) = text.rsplit_once(':').ok_or_else(|| RenderError::BadTaint(text.to_owned()))?;
    let (key, value) = pair.split_once('=').map_or((pair, None), |(key, value)| (key, Some(value)));
    let mut map = Mapping::new();
    map.insert("key".into(), key.into());
    if let Some(value) = value.filter(|value| !value.is_empty()) {
        map.insert("value".into(), value.into());
    }
    map.insert("effect".into(), effect.into());
    Ok(Value::Mapping(map))
}
