//! Values that must not be seen, and the filter that keeps them from being seen.

use std::fmt;
use std::sync::{Arc, LazyLock, RwLock};

use regex::Regex;
use zeroize::Zeroizing;

/// A value that is neither shown nor serialised, and is wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the value over.
    pub fn new(value: impl Into<String>) -> Self {
        Self(Zeroizing::new(value.into()))
    }

    /// The value itself; name the place where it goes at the call.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What stands in a text where a secret was.
pub const MASK: &str = "[secret]";

/// Shorter values would blot out ordinary words.
const SHORTEST: usize = 6;

/// Replaces known secrets, and what looks like kubeadm's secrets, in everything that comes from a
/// node. Clones share what they know.
#[derive(Clone, Default)]
pub struct Redactor(Arc<RwLock<Vec<Secret>>>);

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redactor(…)")
    }
}

/// kubeadm prints bootstrap tokens (`[a-z0-9]{6}.[a-z0-9]{16}`), certificate keys (64 hex digits on a line
/// of their own or after the flag) and, in a join command, both. Source: kubeadm.md §4.3, §7.
static SHAPES: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"\b[a-z0-9]{6}\.[a-z0-9]{16}\b",
        r"(?i)(?:certificate[ -]key[ =:]+)([0-9a-f]{64})\b",
        r"(?m)^\s*([0-9a-f]{64})\s*$",
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----",
        r"(?:client-key-data|token):\s+([A-Za-z0-9+/=._-]{16,})",
    ]
    .iter()
    .filter_map(|shape| Regex::new(shape).ok())
    .collect()
});

impl Redactor {
    /// Adds a value to be hidden from now on. Values of fewer than six characters are too common to hide.
    pub fn learn(&self, secret: &Secret) {
        if secret.expose().len() < SHORTEST {
            return;
        }
        if let Ok(mut known) = self.0.write()
            && !known.contains(secret)
        {
            known.push(secret.clone());
        }
    }

    /// `text` without secrets.
    pub fn redact(&self, text: &str) -> String {
        let mut out = text.to_owned();
        if let Ok(known) = self.0.read() {
            for secret in known.iter() {
                if out.contains(secret.expose()) {
                    out = out.replace(secret.expose(), MASK);
                }
            }
        }
        for shape in SHAPES.iter() {
            if shape.is_match(&out) {
                out = shape.replace_all(&out, |found: &regex::Captures<'_>| mask(found)).into_owned();
            }
        }
        out
    }
}

fn mask(found: &regex::Captures<'_>) -> String {
    let whole = found.get(0).map_or("", |m| m.as_str());
    found.get(1).map_or_else(|| MASK.to_owned(), |inner| whole.replace(inner.as_str(), MASK))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kubeadm_secrets_are_masked_by_shape() {
        let redactor = Redactor::default();
        let key = "0f".repeat(32);
        for text in [
            "[bootstrap-token] Using token: abcdef.0123456789abcdef".to_owned(),
            format!("--certificate-key {key} and more"),
            key.clone(),
            format!("certificate key: {key}"),
        ] {
            let shown = redactor.redact(&text);
            assert!(!shown.contains(&key) && !shown.contains("0123456789abcdef"), "{shown}");
            assert!(shown.contains(MASK), "{shown}");
        }
        let hash = format!("--discovery-token-ca-cert-hash sha256:{key}");
        assert_eq!(redactor.redact(&hash), hash, "a CA hash is public");
    }

    #[test]
    fn learned_values_are_masked_wherever_they_stand() {
        let redactor = Redactor::default();
        redactor.clone().learn(&Secret::new("raspberry"));
        assert_eq!(redactor.redact("pw=raspberry!"), "pw=[secret]!");
        redactor.learn(&Secret::new("ab"));
        assert_eq!(redactor.redact("cab"), "cab");
    }
}
