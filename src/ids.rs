//! Names of the field: nodes, phases, steps, attempts, runs.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};

/// A node's name as Kubernetes knows it: an RFC 1123 subdomain of at most 253 characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct NodeName(String);

/// Why a text is not a node name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a node name: use lower-case letters, digits, `-` and `.`, beginning and ending with a letter or digit, at most 253 characters"
)]
pub struct InvalidNodeName(pub String);

impl NodeName {
    /// Checks `text` against RFC 1123, the rule that the kubelet applies to node names.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidNodeName> {
        let text = text.into();
        let label = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        if text.len() <= 253 && text.split('.').all(label) {
            Ok(Self(text))
        } else {
            Err(InvalidNodeName(text))
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for NodeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl<'de> Deserialize<'de> for NodeName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // A visitor rather than `try_from`, so that YAML errors point at the scalar itself.
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = NodeName;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a node name (lower-case letters, digits, `-` and `.`)")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<NodeName, E> {
                NodeName::new(text).map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

/// A phase by its path: `init/certs/ca`, `join/kubelet-start`, `reset/cleanup-node`; our own
/// phases have no command in front: `connect`, `probe`, `check`, `config`, `verify`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PhaseId(String);

impl PhaseId {
    /// A phase path as it stands.
    pub fn new(path: impl Into<String>) -> Self {
        Self(path.into())
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last segment: `ca` of `init/certs/ca`.
    pub fn leaf(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The enclosing phase: `init/certs` of `init/certs/ca`; none for `init/preflight` and for our own.
    pub fn parent(&self) -> Option<Self> {
        let (parent, _) = self.0.rsplit_once('/')?;
        parent.contains('/').then(|| Self(parent.to_owned()))
    }

    /// Whether `self` is `other` or lies below it; `other` may also be a command alone (`init`).
    pub fn is_within(&self, other: &str) -> bool {
        self.0 == other || (self.0.starts_with(other) && self.0.as_bytes().get(other.len()) == Some(&b'/'))
    }

    /// Whether a person who typed `text` means this phase: the whole path, the path without its
    /// command (`certs/ca`), or a group above it.
    pub fn matches(&self, text: &str) -> bool {
        let text = text.trim_matches('/');
        self.is_within(text)
            || self.0.split_once('/').is_some_and(|(_, rest)| Self(rest.to_owned()).is_within(text))
    }
}

impl fmt::Display for PhaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<&str> for PhaseId {
    fn from(path: &str) -> Self {
        Self(path.to_owned())
    }
}

/// One phase on one node: the unit that is stepped, retried or skipped.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StepId {
    /// Where it runs.
    pub node: NodeName,
    /// What runs.
    pub phase: PhaseId,
}

impl StepId {
    /// `phase` on `node`.
    pub fn new(node: NodeName, phase: impl Into<PhaseId>) -> Self {
        Self { node, phase: phase.into() }
    }
}

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", self.phase, self.node)
    }
}

/// The how-manieth try of a step, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Attempt(pub u32);

impl Attempt {
    /// The first try.
    pub const FIRST: Self = Self(1);

    /// The try after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A run's name, made of its start in UTC and a random tail: `20261122-095103-4f2a`. Safe as a file name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(String);

impl RunId {
    /// A run's name as it stands; only letters, digits and `-` are kept.
    pub fn new(text: &str) -> Self {
        Self(text.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect())
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_names_follow_rfc_1123() {
        for good in ["bettley", "w01", "a.b-c.d", "10-4-0-11"] {
            assert!(NodeName::new(good).is_ok(), "{good}");
        }
        for bad in ["", "Bettley", "a_b", "-a", "a-", "a..b", "a b", "a;reboot", "$(id)", "é"] {
            assert!(NodeName::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn phases_are_found_by_path_group_or_short_name() {
        let ca = PhaseId::new("init/certs/ca");
        for text in ["init/certs/ca", "certs/ca", "certs", "init/certs", "init"] {
            assert!(ca.matches(text), "{text}");
        }
        for text in ["ca", "init/cert", "join/certs", "certs/ca-x"] {
            assert!(!ca.matches(text), "{text}");
        }
        assert_eq!(ca.parent(), Some(PhaseId::new("init/certs")));
        assert_eq!(PhaseId::new("init/preflight").parent(), None);
        assert_eq!(PhaseId::new("connect").parent(), None);
    }
}
