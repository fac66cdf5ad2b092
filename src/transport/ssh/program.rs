//! The programs sent to a node's `sh`.
//!
//! A program is one compound command: a shell reads it whole before it runs any of it, so a program cut off on its
//! way does nothing. It comes on standard input, never as an argument, because it may hold secrets.

use std::fmt::Write as _;
use std::sync::LazyLock;
use std::time::Duration;

use crate::secret::Secret;
use crate::transport::request::{RunKey, Start};
use crate::transport::script::quote;

static FUNCTIONS: LazyLock<String> =
    LazyLock::new(|| bare(&[include_str!("remote_run.sh"), include_str!("ask.sh")].concat()));
static LIST: LazyLock<String> = LazyLock::new(|| bare(crate::artifact::script::LIST));
static RUNNER: LazyLock<String> = LazyLock::new(|| bare(include_str!("runner.sh")));

/// What is to be done on the node.
#[derive(Debug, Clone, Copy)]
pub(super) enum Task<'a> {
    /// Make ready, and tell the boot mark; `new` becomes it if there is none.
    Hello { new: &'a str },
    /// Answer a short request.
    Ask { text: &'a Secret },
    /// Start or follow a run, from a byte of its output on.
    Follow {
        key: &'a RunKey,
        start: Start,
        text: &'a Secret,
        /// The node's files are listed before and after.
        watched: bool,
        boot: &'a str,
        from: u64,
    },
    /// End a run.
    Kill { key: &'a RunKey, grace: Duration },
    /// Forget all runs that are over.
    Forget,
}

/// The program for `task`. `word` sets its lines apart; `base` is where the node keeps runs.
pub(super) fn program(task: Task<'_>, base: &str, mark: &str) -> Secret {
    let mut text = String::with_capacity(FUNCTIONS.len() + 1024);
    text.push_str("{\nexec 3<&0 </dev/null\n");
    let mut set = |name: &str, value: &str| {
        let _ = writeln!(text, "k_{name}={}", quote::word(value));
    };
    set("mark", mark);
    set("base", base);
    let call = match task {
        Task::Hello { new } => {
            set("new", new);
            "hello"
        }
        Task::Ask { text } => {
            set("text", text.expose());
            "ask"
        }
        Task::Follow { key, start, text, watched, boot, from } => {
            folder(&mut set, base, key);
            set("from", &from.to_string());
            match start {
                Start::Run => {
                    set("want", boot);
                    set("text", runner(text, watched, base, key).expose());
                    "start"
                }
                Start::Attach => "attach",
            }
        }
        Task::Kill { key, grace } => {
            folder(&mut set, base, key);
            set("grace", &grace.as_millis().div_ceil(100).to_string());
            "kill"
        }
        Task::Forget => "forget",
    };
    text.push_str(&FUNCTIONS);
    let _ = write!(text, "k_{call}\nexit 0\n}}\n");
    Secret::new(text)
}

fn folder(set: &mut impl FnMut(&str, &str), base: &str, key: &RunKey) {
    set("key", key.as_str());
    set("run", &format!("{base}/run/{}", entry(key)));
}

/// The program of a run's own shell, in one compound command like ours.
fn runner(text: &Secret, watched: bool, base: &str, key: &RunKey) -> Secret {
    Secret::new(format!(
        "{{\nk_run={}\nk_base={}\nk_text={}\nk_watched={}\n{}{}exit 0\n}}",
        quote::word(&format!("{base}/run/{}", entry(key))),
        quote::word(base),
        quote::word(text.expose()),
        if watched { "1" } else { "" },
        if watched { LIST.as_str() } else { "" },
        *RUNNER
    ))
}

/// Without comments and indentation: fewer bytes for every exchange. Our own files have no line in a string that
/// begins with `#` or a space.
fn bare(text: &str) -> String {
    text.lines()
        .map(str::trim_start)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .fold(String::new(), |bare, line| bare + line + "\n")
}

/// The files of a run; a key of dots alone must not lead out of their folder.
fn entry(key: &RunKey) -> String {
    format!("r-{}", key.as_str())
}
