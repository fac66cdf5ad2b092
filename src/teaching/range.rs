//! The releases in which a part of a text holds.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, de};

use crate::version::Version;

/// A minor release, `1.29`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release(u16);

/// Why a text is not a release.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a release: write it like \"1.29\"")]
pub struct InvalidRelease(String);

impl FromStr for Release {
    type Err = InvalidRelease;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let minor = text.strip_prefix("1.").and_then(|minor| minor.parse().ok());
        minor.map(Self).ok_or_else(|| InvalidRelease(text.to_owned()))
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("1.{}", self.0))
    }
}

impl<'de> Deserialize<'de> for Release {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // As text: the number 1.30 would be 1.3.
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// What holds in some releases only.
pub trait Ranged {
    /// The first release in which it holds; none: all early ones.
    fn since(&self) -> Option<Release>;

    /// The last release in which it holds; none: all later ones.
    fn until(&self) -> Option<Release>;

    /// Whether it holds in `version`.
    fn holds(&self, version: &Version) -> bool {
        self.since().is_none_or(|Release(first)| version.at_least(first))
            && self.until().is_none_or(|Release(last)| !version.at_least(last + 1))
    }
}

/// Those that hold in `version`.
pub(super) fn at<'a, T: Ranged>(parts: &'a [T], version: &Version) -> impl Iterator<Item = &'a T> {
    parts.iter().filter(|part| part.holds(version))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::teaching::Said;

    fn said(yaml: &str) -> Result<Said, String> {
        serde_yaml::from_str(yaml).map_err(|error| error.to_string())
    }

    #[test]
    fn both_ends_belong_to_the_range() {
        let part = said("{text: x, since: \"1.29\", until: \"1.30\"}");
        let holds = |minor| part.as_ref().is_ok_and(|part| part.holds(&Version::new(1, minor, 3)));
        assert_eq!([28, 29, 30, 31].map(holds), [false, true, true, false]);
        assert!(said("always").is_ok_and(|part| part.holds(&Version::new(1, 20, 0))));
    }

    #[test]
    fn a_release_is_a_text_with_or_without_quotes() {
        for yaml in ["{text: x, since: \"1.30\"}", "{text: x, since: 1.30}"] {
            let first = said(yaml).map(|part| part.since().map(|release| release.to_string()));
            assert_eq!(first, Ok(Some("1.30".to_owned())));
        }
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for (yaml, word) in [
            ("{text: x, since: 29}", "1.29"),
            ("{text: x, since: \"v1.29\"}", "1.29"),
            ("{text: x, sinse: \"1.29\"}", "sinse"),
            ("{since: \"1.29\"}", "text"),
        ] {
            let error = said(yaml).err().unwrap_or_default();
            assert!(error.contains(word), "{yaml}: {error}");
        }
    }
}
