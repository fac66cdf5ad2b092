//! What a scenario teaches, in a form that can be played: how its trouble shows, and what mends it.

use serde::Deserialize;

/// One way in which the trouble shows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Trouble {
    /// On which node, by name or title.
    pub on: String,
    /// In which step: `check`, `wait/api-server`, `join/preflight` …
    pub at: String,
    /// Checks that the operator overrules first (`ignorePreflightErrors` of the inventory), by our names or kubeadm's.
    #[serde(default)]
    pub ignoring: Vec<String>,
    /// The check that finds it, or the diagnosis' name.
    pub rule: String,
    /// Words of kubeadm's, or of what it started, that are to be read there.
    #[serde(default)]
    pub words: Vec<String>,
    /// How long the step takes to fail, in seconds: at least, and at most.
    #[serde(default)]
    pub seconds: Option<(u64, u64)>,
}

/// One thing to do: just one of `run`, `retry` and `reset`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Deed {
    /// On which node, by name or title.
    pub on: String,
    /// Typed in a shell there.
    #[serde(default)]
    pub run: Option<String>,
    /// In the console: this step again.
    #[serde(default)]
    pub retry: Option<String>,
    /// With its clean-up before it.
    #[serde(default)]
    pub undo: bool,
    /// In the console: the node is taken out of the cluster, wiped and begun anew.
    #[serde(default)]
    pub reset: bool,
}

impl Deed {
    pub(super) fn check(&self) -> Result<(), String> {
        match (&self.run, &self.retry, self.reset) {
            (Some(_), None, false) | (None, Some(_), _) if !self.reset => Ok(()),
            (None, None, true) => Ok(()),
            _ => Err("a deed is one of `run`, `retry` and `reset`".to_owned()),
        }
    }
}
