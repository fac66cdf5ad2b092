//! What explanations are made of.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::{Deserialize, Deserializer, de};

use super::range::{Ranged, Release};

/// A few sentences, in the file a text or a text with a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The sentences.
    pub text: String,
    since: Option<Release>,
    until: Option<Release>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RangedText {
    text: String,
    since: Option<Release>,
    until: Option<Release>,
}

impl<'de> Deserialize<'de> for Said {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Said;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, or `text` with `since` or `until`")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Said, E> {
                Ok(Said { text: text.to_owned(), since: None, until: None })
            }
            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Said, A::Error> {
                let RangedText { text, since, until } =
                    RangedText::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Said { text, since, until })
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// A command to type.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shell {
    /// The command; words in capitals are to be filled in.
    pub run: String,
    /// What it shows or does.
    pub shows: String,
    since: Option<Release>,
    until: Option<Release>,
}

/// A file on the node that a phase writes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// Where kubeadm puts it by default.
    pub path: String,
    /// Whose it is.
    #[serde(default = "root")]
    pub owner: String,
    /// Its permissions, `0600`; none where nobody looked.
    pub mode: Option<String>,
    /// When it is worth nothing any more: `after 1 year`.
    pub expires: Option<String>,
    /// What else is to be said.
    pub text: Option<String>,
    since: Option<Release>,
    until: Option<Release>,
}

fn root() -> String {
    "root".to_owned()
}

impl Written {
    /// `root, 0600, ends after 1 year`.
    pub fn facts(&self) -> String {
        let expires = self.expires.as_ref().map(|time| format!("ends {time}"));
        let facts = [Some(self.owner.clone()), self.mode.clone(), expires];
        facts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// Something that is read, stored in the cluster, or removed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thing {
    /// A path, an object, or plain words.
    pub name: String,
    /// What is to be said of it.
    pub text: Option<String>,
    /// When it is gone: `after 2 hours`.
    pub expires: Option<String>,
    since: Option<Release>,
    until: Option<Release>,
}

/// A way to fail.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    /// What is seen: kubeadm's own words, where it says any.
    pub symptom: String,
    /// The rule by which the diagnosis card knows it.
    pub rule: Option<String>,
    /// What is behind it.
    pub means: String,
    /// Commands to look with; they change nothing.
    pub look: Vec<String>,
    /// What to do.
    pub fix: String,
    since: Option<Release>,
    until: Option<Release>,
}

/// What is different from some release on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The first release in which it is so.
    pub since: Release,
    /// What changed.
    pub text: String,
}

macro_rules! ranged {
    ($($part:ty),+) => {
        $(impl Ranged for $part {
            fn since(&self) -> Option<Release> {
                self.since
            }

            fn until(&self) -> Option<Release> {
                self.until
            }
        })+
    };
}

ranged!(Said, Shell, Written, Thing, Failure);
