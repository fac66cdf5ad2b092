//! Which key does what.

use std::collections::HashMap;

use super::{Action, Key};

/// Keys to actions, and back.
#[derive(Debug, Clone, PartialEq)]
pub struct Keymap {
    /// The keys of each action that has any, the one to show first.
    bound: HashMap<Action, Vec<Key>>,
    keys: HashMap<Key, Action>,
    /// What keys do while the time bar is open.
    in_time: HashMap<Key, Action>,
}

impl Default for Keymap {
    fn default() -> Self {
        Self::of(Action::list().iter().map(|entry| (entry.action, entry.default_keys())))
    }
}

impl Keymap {
    /// Each action with its keys; no key may come twice, but for those of the time bar.
    pub(super) fn of(bound: impl IntoIterator<Item = (Action, Vec<Key>)>) -> Self {
        let bound: HashMap<Action, Vec<Key>> = bound.into_iter().collect();
        let all = bound.iter().flat_map(|(action, keys)| keys.iter().map(|key| (*key, *action)));
        let (in_time, keys) = all.partition(|(_, action)| action.is_of_time_bar());
        Self { bound, keys, in_time }
    }

    /// What `key` does.
    pub fn action(&self, key: Key) -> Option<Action> {
        self.keys.get(&key).copied()
    }

    /// What `key` does while the time bar is open, if that is something else.
    pub fn in_time(&self, key: Key) -> Option<Action> {
        self.in_time.get(&key).copied()
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
                let in_time = entry.action.is_of_time_bar();
                assert!(seen.insert((*key, in_time)), "{key} twice");
                let keys = Keymap::default();
                let action = if in_time { keys.in_time(parsed) } else { keys.action(parsed) };
                assert_eq!(action, Some(entry.action));
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
