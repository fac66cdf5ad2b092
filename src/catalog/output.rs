//! The grammar of kubeadm's output, one line at a time (kubeadm.md §4).
//!
//! Lines come as [`crate::text::LineSplitter`] makes them: tabs are spaces.

use std::sync::LazyLock;

use regex::Regex;

/// What a line is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line<'a> {
    /// `[certs] Generating "ca" certificate and key`.
    Progress {
        /// `certs`.
        tag: &'a str,
        /// Without the tag.
        text: &'a str,
    },
    /// `    [WARNING Swap]: running with swap on is not supported`.
    Warning {
        /// The check's name.
        name: &'a str,
        /// Its message.
        text: &'a str,
    },
    /// `    [ERROR Port-6443]: Port 6443 is in use`.
    Error {
        /// The check's name.
        name: &'a str,
        /// Its message.
        text: &'a str,
    },
    /// `error execution phase certs/ca: …`: the command ended here.
    Fatal {
        /// `certs/ca`, without the command.
        phase: &'a str,
        /// The message.
        text: &'a str,
    },
    /// A line of Go's klog.
    Klog {
        /// `I`, `W`, `E` or `F`.
        level: char,
        /// `strict.go:54`.
        source: &'a str,
        /// The message.
        text: &'a str,
    },
    /// A hint that ends an error, not part of what went wrong.
    Hint(&'a str),
    /// Everything else: goes on with what came before it.
    Continuation(&'a str),
}

static KLOG: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^([IWEF])\d{4} \d\d:\d\d:\d\d\.\d{6} +\d+ ([\w.\-/]+\.go:\d+)\] ?(.*)$").ok()
});

const HINTS: [&str; 2] = [
    "To see the stack trace of this error execute with",
    "[preflight] If you know what you are doing, you can make",
];

/// What `line` is.
pub fn parse(line: &str) -> Line<'_> {
    let text = line.trim();
    if HINTS.iter().any(|hint| text.starts_with(hint)) {
        return Line::Hint(text);
    }
    if let Some(found) = KLOG.as_ref().and_then(|klog| klog.captures(text)) {
        let part = |at: usize| found.get(at).map_or("", |m| m.as_str());
        return Line::Klog { level: part(1).chars().next().unwrap_or('I'), source: part(2), text: part(3) };
    }
    if let Some((phase, text)) = fatal(text) {
        return Line::Fatal { phase, text };
    }
    if let Some((tag, rest)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        let message = rest.trim_start_matches(':').trim_start();
        if let Some(name) = tag.strip_prefix("WARNING ") {
            return Line::Warning { name, text: message };
        }
        if let Some(name) = tag.strip_prefix("ERROR ") {
            return Line::Error { name, text: message };
        }
        if is_tag(tag) && rest.starts_with(' ') {
            return Line::Progress { tag, text: message };
        }
    }
    Line::Continuation(line.trim_end())
}

fn fatal(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_prefix("error: ").unwrap_or(text);
    text.strip_prefix("error execution phase ")?.split_once(": ")
}

fn is_tag(tag: &str) -> bool {
    !tag.is_empty() && tag.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// A check that failed in preflight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedCheck {
    /// `Port-6443`, as `ignorePreflightErrors` takes it.
    pub name: String,
    /// What kubeadm says of it; several lines are joined with spaces.
    pub message: String,
}

/// The checks that failed, in their order.
pub fn failed_checks(output: &[String]) -> Vec<FailedCheck> {
    let mut failed: Vec<FailedCheck> = Vec::new();
    let mut open = false;
    for line in output {
        match parse(line) {
            Line::Error { name, text } => {
                failed.push(FailedCheck { name: name.to_owned(), message: text.to_owned() });
                open = true;
            }
            Line::Continuation(more) if open => {
                if let Some(last) = failed.last_mut() {
                    last.message = format!("{} {}", last.message, more.trim()).trim_end().to_owned();
                }
            }
            // The other stream may have been in between.
            Line::Klog { .. } | Line::Progress { .. } => {}
            _ => open = false,
        }
    }
    failed
}

/// The lines that say what went wrong: the error and what belongs to it; without an error of kubeadm's own, the last lines
/// that are neither progress nor hints. At most `most` lines.
pub fn important(output: &[String], most: usize) -> Vec<&str> {
    let lines: Vec<(&str, Line<'_>)> = output.iter().map(|line| (line.as_str(), parse(line))).collect();
    let starts = |line: &Line<'_>| matches!(line, Line::Fatal { .. } | Line::Error { .. });
    let start = lines.iter().position(|(_, line)| starts(line));
    let telling = |line: &Line<'_>| match line {
        Line::Hint(_) | Line::Progress { .. } => false,
        Line::Klog { level, .. } => matches!(level, 'E' | 'F'),
        Line::Continuation(text) => !text.trim().is_empty(),
        _ => true,
    };
    let told = lines[start.unwrap_or(0)..].iter().filter(|(_, line)| telling(line)).map(|(raw, _)| *raw);
    if start.is_some() {
        return told.take(most).collect();
    }
    let mut last: Vec<&str> = told.collect();
    if last.is_empty() {
        last = output.iter().map(String::as_str).filter(|line| !line.trim().is_empty()).collect();
    }
    last.split_off(last.len().saturating_sub(most))
}
