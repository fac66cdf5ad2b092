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
                    last.message.push(' ');
                    last.message.push_str(more.trim());
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(crate::text::sanitize).collect()
    }

    #[test]
    fn each_kind_of_line_is_told_apart() {
        let progress = |tag, text| Line::Progress { tag, text };
        for (line, kind) in [
            (
                "[certs] Generating \"ca\" certificate and key",
                progress("certs", "Generating \"ca\" certificate and key"),
            ),
            (
                "[kubelet-check] The kubelet is healthy after 1s",
                progress("kubelet-check", "The kubelet is healthy after 1s"),
            ),
            (
                "    [WARNING Hostname]: hostname \"cp1\" could not be reached",
                Line::Warning { name: "Hostname", text: "hostname \"cp1\" could not be reached" },
            ),
            (
                "    [ERROR Port-6443]: Port 6443 is in use",
                Line::Error { name: "Port-6443", text: "Port 6443 is in use" },
            ),
            (
                "error execution phase upload-config/kubeadm: failed to load admin kubeconfig: open x",
                Line::Fatal {
                    phase: "upload-config/kubeadm",
                    text: "failed to load admin kubeconfig: open x",
                },
            ),
            (
                "error: error execution phase preflight: [preflight] Some fatal errors occurred:",
                Line::Fatal { phase: "preflight", text: "[preflight] Some fatal errors occurred:" },
            ),
            (
                "W1122 10:10:55.090838   29397 cleanupnode.go:65] [reset] The kubelet service could not be stopped",
                Line::Klog {
                    level: 'W',
                    source: "cleanupnode.go:65",
                    text: "[reset] The kubelet service could not be stopped",
                },
            ),
            (
                "To see the stack trace of this error execute with --v=5 or higher",
                Line::Hint("To see the stack trace of this error execute with --v=5 or higher"),
            ),
            ("* The Kubelet was informed", Line::Continuation("* The Kubelet was informed")),
            ("[ not a tag ] x", Line::Continuation("[ not a tag ] x")),
            ("[]", Line::Continuation("[]")),
            ("", Line::Continuation("")),
        ] {
            assert_eq!(parse(line), kind, "{line}");
        }
    }

    const PREFLIGHT: &str = "[preflight] Running pre-flight checks
\t[WARNING Swap]: swap is enabled
error execution phase preflight: [preflight] Some fatal errors occurred:
\t[ERROR CRI]: container runtime is not running: output: E0101 validate service connection
, error: exit status 1
\t[ERROR Port-10250]: Port 10250 is in use
[preflight] If you know what you are doing, you can make a check non-fatal with `--ignore-preflight-errors=...`
To see the stack trace of this error execute with --v=5 or higher";

    #[test]
    fn failed_checks_keep_the_rest_of_their_message() {
        let failed = failed_checks(&lines(PREFLIGHT));
        let names: Vec<&str> = failed.iter().map(|check| check.name.as_str()).collect();
        assert_eq!(names, ["CRI", "Port-10250"]);
        assert!(failed[0].message.ends_with("connection , error: exit status 1"), "{}", failed[0].message);
        assert_eq!(failed[1].message, "Port 10250 is in use");
    }

    #[test]
    fn important_lines_are_the_error_without_its_hints() {
        let output = lines(PREFLIGHT);
        let told = important(&output, 10);
        assert_eq!(told.len(), 4, "{told:?}");
        assert!(told[0].starts_with("error execution phase preflight"));
        assert_eq!(important(&output, 2).len(), 2);

        let bare = lines(
            "unknown flag: --config\nTo see the stack trace of this error execute with --v=5 or higher",
        );
        assert_eq!(important(&bare, 10), ["unknown flag: --config"]);
        let progress = lines("[certs] a\n[certs] b\n");
        assert_eq!(important(&progress, 1), ["[certs] b"]);
        assert_eq!(important(&[], 10), Vec::<&str>::new());
    }

    proptest! {
        #[test]
        fn no_text_upsets_the_parser(text in "\\PC{0,80}", more in "(\\[|\\]|ERROR |WARNING |error execution phase |: |/|a){0,12}") {
            let output = vec![format!("{more}{text}"), format!("{text}{more}"), more];
            for line in &output {
                let _ = parse(line);
            }
            prop_assert!(important(&output, 2).len() <= 2);
            prop_assert!(failed_checks(&output).len() <= 3);
        }
    }
}
