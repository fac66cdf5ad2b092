//! What services said, as systemd's journal keeps it.

use std::collections::VecDeque;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// Entries that are kept of a node; the oldest go.
const MOST: usize = 600;

/// A line of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// Milliseconds since 1970.
    pub(crate) at: i64,
    /// `kubelet`.
    pub(crate) unit: String,
    /// Who wrote it: the unit's process, or systemd about the unit.
    pub(crate) by: String,
    pub(crate) text: String,
}

impl Entry {
    /// As `journalctl` shows it.
    pub(crate) fn line(&self, host: &str) -> String {
        format!("{} {host} {}: {}\n", stamp(self.at), self.by, self.text)
    }
}

/// `Nov 29 10:54:15`, in the journal's own form.
fn stamp(ms: i64) -> String {
    let at = Timestamp::from_millisecond(ms).unwrap_or_default().to_zoned(TimeZone::UTC);
    at.strftime("%b %d %H:%M:%S").to_string()
}

/// A node's journal.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Journal {
    entries: VecDeque<Entry>,
}

impl Journal {
    fn push(&mut self, entry: Entry) {
        if self.entries.len() >= MOST {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    /// The unit's own process says `text`.
    pub(crate) fn say(&mut self, at: i64, unit: &str, pid: u32, text: impl Into<String>) {
        let by = format!("{unit}[{pid}]");
        self.push(Entry { at, unit: unit.to_owned(), by, text: text.into() });
    }

    /// systemd says `text` about the unit.
    pub(crate) fn systemd(&mut self, at: i64, unit: &str, text: impl Into<String>) {
        self.push(Entry { at, unit: unit.to_owned(), by: "systemd[1]".to_owned(), text: text.into() });
    }

    /// The same, unless something with these words was said in the last `span` milliseconds.
    pub(crate) fn say_now_and_then(
        &mut self,
        at: i64,
        span: i64,
        unit: &str,
        pid: u32,
        mark: &str,
        text: String,
    ) {
        let lately = self.entries.iter().rev().take_while(|entry| at - entry.at < span);
        if !lately.into_iter().any(|entry| entry.unit == unit && entry.text.contains(mark)) {
            self.say(at, unit, pid, text);
        }
    }

    /// What is kept of `unit`, oldest first.
    pub(crate) fn of<'a>(&'a self, unit: &'a str) -> impl DoubleEndedIterator<Item = &'a Entry> {
        self.entries.iter().filter(move |entry| entry.unit == unit)
    }

    /// All of it, oldest first.
    pub(crate) fn all(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_is_bounded_and_does_not_repeat_itself() {
        let mut journal = Journal::default();
        for at in 0..2_000 {
            journal.say(at, "kubelet", 7, format!("line {at}"));
        }
        assert_eq!(journal.all().count(), MOST);
        assert_eq!(
            journal.of("kubelet").next_back().map(|e| e.line("jast")).as_deref(),
            Some("Jan 01 00:00:01 jast kubelet[7]: line 1999\n")
        );
        for at in [2_000, 5_000, 13_000] {
            journal.say_now_and_then(
                at,
                10_000,
                "kubelet",
                7,
                "not ready",
                format!("network not ready at {at}"),
            );
        }
        assert_eq!(journal.of("kubelet").filter(|entry| entry.text.contains("not ready")).count(), 2);
    }
}
