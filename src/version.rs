//! Kubernetes versions.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A Kubernetes release, `v1.29.6`. Suffixes after `-` or `+` are kept for display and ignored in comparisons of minors.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Version {
    /// 1.
    pub major: u16,
    /// 29 of v1.29.6.
    pub minor: u16,
    /// 6 of v1.29.6.
    pub patch: u16,
    /// `-rc.0` or `+k3s1`, with its sign; mostly empty.
    pub suffix: String,
}

/// Why a text is not a version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a Kubernetes version: write it like v1.29.6")]
pub struct InvalidVersion(pub String);

impl Version {
    /// A release without a suffix.
    pub const fn new(major: u16, minor: u16, patch: u16) -> Self {
        Self { major, minor, patch, suffix: String::new() }
    }

    /// Whether this is 1.`minor` or later.
    pub const fn at_least(&self, minor: u16) -> bool {
        self.major > 1 || (self.major == 1 && self.minor >= minor)
    }

    /// `1.29`.
    pub fn minor_name(&self) -> String {
        format!("{}.{}", self.major, self.minor)
    }
}

impl FromStr for Version {
    type Err = InvalidVersion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || InvalidVersion(text.to_owned());
        let bare = text.trim().strip_prefix('v').unwrap_or(text.trim());
        let cut = bare.find(['-', '+']).unwrap_or(bare.len());
        let (numbers, suffix) = bare.split_at(cut);
        let sound = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+');
        if !suffix.chars().all(sound) || suffix.len() == 1 {
            return Err(bad());
        }
        let mut parts = numbers.split('.').map(|part| {
            let digits = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| part.parse::<u16>().ok()).flatten().ok_or_else(bad)
        });
        let mut next = || parts.next().unwrap_or_else(|| Err(bad()));
        let version = Self { major: next()?, minor: next()?, patch: next()?, suffix: suffix.to_owned() };
        if parts.next().is_some() { Err(bad()) } else { Ok(version) }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("v{}.{}.{}{}", self.major, self.minor, self.patch, self.suffix))
    }
}

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Version;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a Kubernetes version like v1.29.6")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Version, E> {
                text.parse().map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_written_alike() {
        for text in ["v1.29.6", "v1.20.2", "v1.31.0-rc.0", "v1.30.1+k3s1"] {
            assert_eq!(text.parse::<Version>().map(|v| v.to_string()), Ok(text.to_owned()));
        }
        assert_eq!("1.29.6".parse(), Ok(Version::new(1, 29, 6)));
        for bad in
            ["", "v1", "1.29", "v1.29.x", "1.2.3.4", "v1.29.6;id", "v1.29.6-$(id)", "v1.+2.3", "latest"]
        {
            assert!(bad.parse::<Version>().is_err(), "{bad}");
        }
    }
}
