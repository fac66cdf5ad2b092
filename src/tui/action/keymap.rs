//! Which key does what.

use std::collections::HashMap;

use super::{Action, Key};

/// Keys to actions, and back.
#[derive(Debug, Clone, PartialEq)]
pub struct Keymap {
    /// The keys of each action that has any, the one to show first.
    bound: HashMap<Action, Vec<Key>>,
    keys: HashMap<Key, Action>,
}

impl Default for Keymap {
    fn default() -> Self {
        Self::of(Action::list().iter().map(|entry| (entry.action, entry.default_keys())))
    }
}

impl Keymap {
    /// Each action with its keys; no key may come twice.
    pub(super) fn of(bound: impl IntoIterator<Item = (Action, Vec<Key>)>) -> Self {
        let bound: HashMap<Action, Vec<Key>> = bound.into_iter().collect();
        let keys = bound.iter().flat_map(|(action, keys)| keys.iter().map(|key| (*key, *action))).collect();
        Self { bound, keys }
    }

    /// What `key` does.
    pub fn action(&self, key: Key) -> Option<Action> {
        self.keys.get(&key).copied()
    }

    /// The keys of `action`, the one to show first.
    pub fn keys(&self, action: Action) -> &[Key] {
        self.bound.get(&action).map_or(&[], Vec::as_slice)
    }

    /// The key of `action` to show; empty if it has none.
    pub fn shown(&self, action: Action) -> String {
        self.keys(action).first().map(Key::to_string).unwrap_or_default()
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

    #[test]
    fn upper_case_letters_that_conduct_the_run_are_those_that_are_asked_about() {
        for entry in Action::list().iter().filter(|entry| entry.scope == super::super::Scope::Run) {
            let upper = entry.keys.iter().any(|key| key.len() == 1 && key.chars().all(char::is_uppercase));
            let acts = !matches!(entry.action, Action::Mark | Action::Unmark);
            assert_eq!(upper && acts, entry.action.is_dangerous(), "{}", entry.name);
        }
        for entry in Action::list() {
            assert!(
                !entry.keys.iter().any(|key| key.starts_with("A-")),
                "{}: Alt is for terminals",
                entry.name
            );
        }
    }
}
