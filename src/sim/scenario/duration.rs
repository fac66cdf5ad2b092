//! Durations in scenario files.

use serde::{Deserialize, Deserializer, de};

use crate::sim::kubeadm::config::go_duration;

/// `18ms`, `8s`, `2m`.
pub(super) fn milliseconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    let ms = go_duration(&text).and_then(|ms| u64::try_from(ms).ok());
    ms.map(Some).ok_or_else(|| {
        de::Error::custom(format!("`{text}` is not a duration: write it like 300ms, 8s or 2m"))
    })
}
