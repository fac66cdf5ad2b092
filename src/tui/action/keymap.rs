//! Which key does what.

use std::collections::HashMap;

use super::{Action, Key};

/// Keys to actions, and back.
#[derive(Debug, Clone, PartialEq)]
pub struct Keymap {
    keys: HashMap<Key, Action>,
}

impl Default for Keymap {
    fn default() -> Self {
        let keys = Action::list()
            .iter()
            .flat_map(|entry| entry.keys.iter().map(|key| (key, entry.action)))
            .filter_map(|(key, action)| Some((key.parse().ok()?, action)))
            .collect();
        Self { keys }
    }
}

impl Keymap {
    /// What `key` does.
    pub fn action(&self, key: Key) -> Option<Action> {
        self.keys.get(&key).copied()
    }

    /// The keys of `action`, the first of the list first.
    pub fn keys(&self, action: Action) -> Vec<Key> {
        let mut keys: Vec<Key> =
            self.keys.iter().filter(|(_, bound)| **bound == action).map(|(key, _)| *key).collect();
        let place = |key: &Key| {
            let name = key.to_string();
            action
                .entry()
                .and_then(|entry| entry.keys.iter().position(|listed| *listed == name))
                .unwrap_or(usize::MAX)
        };
        keys.sort_by_key(|key| (place(key), key.to_string()));
        keys
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_key_of_the_list_is_a_key_and_has_one_action() {
        let mut seen = BTreeSet::new();
        for entry in Action::list() {
            for key in entry.keys {
                let parsed: Key = key.parse().unwrap();
                assert_eq!(&parsed.to_string(), key);
                assert!(seen.insert(*key), "{key} twice");
                assert_eq!(Keymap::default().action(parsed), Some(entry.action));
            }
        }
        let names: BTreeSet<_> = Action::list().iter().map(|entry| entry.name).collect();
        assert_eq!(names.len(), Action::list().len());
    }
}
