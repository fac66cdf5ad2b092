//! From what kubeadm printed to a likely cause and a fix.

use serde::{Deserialize, Serialize};

/// A likely cause of a failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// The rule's name: `kubelet-unhealthy`, `port-in-use` …
    pub rule: String,
    /// kubeadm's own words that gave it away.
    pub symptom: String,
    /// The likely cause, a sentence.
    pub cause: String,
    /// What to do, a sentence.
    pub fix: String,
    /// Commands to look closer with on the node; read-only.
    pub look: Vec<String>,
}
