//! What waits wait for.

use serde::{Deserialize, Serialize};

/// What our own waits wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Awaited {
    /// The kubelet answers on 127.0.0.1:10248.
    Kubelet,
    /// This node's own API server answers.
    ApiServer,
    /// The control-plane endpoint answers from this node.
    Endpoint,
}
