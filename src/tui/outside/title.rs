//! The window's title, and the progress that some terminals show in it or in the task bar.

use std::ffi::OsString;

use super::one_line;
use crate::event::RunOutcome;
use crate::state::RunState;

/// What the terminal was told last; it is told only changes.
#[derive(Debug, Default)]
#[expect(clippy::struct_field_names, reason = "the window's title is one of two things told")]
pub(in crate::tui) struct Title {
    has_title: bool,
    has_progress: bool,
    title: String,
    progress: String,
}

impl Title {
    /// For the terminal that `env` tells of.
    pub(in crate::tui) fn of(env: impl Fn(&str) -> Option<OsString>) -> Self {
        let is = |name: &str, values: &[&str]| {
            env(name).is_some_and(|value| values.contains(&value.to_string_lossy().as_ref()))
        };
        let term = env("TERM").unwrap_or_default();
        let term = term.to_string_lossy();
        let vte = env("VTE_VERSION").and_then(|version| version.to_string_lossy().parse::<u32>().ok());
        Self {
            has_title: !term.starts_with("linux") && !term.starts_with("vt"),
            // A multiplexer in between keeps these variables, and may not keep the sequence to itself.
            has_progress: env("TMUX").is_none()
                && env("STY").is_none()
                && (env("WT_SESSION").is_some()
                    || is("ConEmuANSI", &["ON"])
                    || is("TERM_PROGRAM", &["ghostty", "WezTerm"])
                    || vte.is_some_and(|version| version >= 7900)),
            ..Self::default()
        }
    }

    /// What to tell the terminal now; empty where nothing has changed.
    pub(in crate::tui) fn change(&mut self, run: &RunState) -> String {
        let (title, progress) = (title(run), progress(run));
        let mut told = String::new();
        if self.has_title && title != self.title {
            if self.title.is_empty() {
                // Kept, to be put back.
                told.push_str("\x1b[22;2t");
            }
            told += &format!("\x1b]2;{title}\x07");
            self.title = title;
        }
        if self.has_progress && progress != self.progress {
            told += &format!("\x1b]9;4;{progress}\x07");
            self.progress = progress;
        }
        told
    }

    /// Puts back what was there before; the next change is told again.
    pub(in crate::tui) fn clear(&mut self) -> String {
        let mut told = String::new();
        if !std::mem::take(&mut self.title).is_empty() {
            told.push_str("\x1b]2;\x07\x1b[23;2t");
        }
        if !std::mem::take(&mut self.progress).is_empty() {
            told.push_str("\x1b]9;4;0;0\x07");
        }
        told
    }
}

fn title(run: &RunState) -> String {
    let cluster = run.info.as_ref().map_or("kubestep", |info| info.cluster.as_str());
    let progress = run.progress();
    let word = match (&run.end, &run.cancel) {
        (Some(end), _) => match end.outcome {
            RunOutcome::Succeeded | RunOutcome::SucceededPartly => "done",
            RunOutcome::Cancelled => "ended early",
            RunOutcome::Failed | RunOutcome::Unreachable => "failed",
        },
        (None, Some(_)) => "ending",
        (None, None) if run.pace == crate::event::Pace::Paused => "paused",
        (None, None) => "running",
    };
    let failed = if progress.failed > 0 { format!(", {} failed", progress.failed) } else { String::new() };
    one_line(&format!(
        "{cluster} {}/{} {word}{failed}",
        progress.over().saturating_sub(progress.failed),
        progress.total()
    ))
}

/// State and percentage: 1 is ordinary, 2 an error, 3 not known how far, 4 waiting.
fn progress(run: &RunState) -> String {
    let progress = run.progress();
    let percent = progress.over() * 100 / progress.total().max(1);
    match &run.end {
        Some(end) => match end.outcome {
            RunOutcome::Succeeded | RunOutcome::SucceededPartly => "0;0".to_owned(),
            _ => format!("2;{percent}"),
        },
        None if progress.total() == 0 => "3;0".to_owned(),
        None if progress.failed > 0 => format!("2;{percent}"),
        None if run.pace == crate::event::Pace::Paused => format!("4;{percent}"),
        None => format!("1;{percent}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_changes_are_told_and_all_is_taken_back() {
        let mut title = Title::of(|name| match name {
            "TERM" => Some("xterm-256color".into()),
            "WT_SESSION" => Some("x".into()),
            _ => None,
        });
        let run = RunState::default();
        assert_eq!(title.change(&run), "\x1b[22;2t\x1b]2;kubestep 0/0 running\x07\x1b]9;4;3;0\x07",);
        assert_eq!(title.change(&run), "");
        assert_eq!(title.clear(), "\x1b]2;\x07\x1b[23;2t\x1b]9;4;0;0\x07");
        assert_eq!(title.clear(), "");
        assert!(title.change(&run).contains("]2;"));
    }

    #[test]
    fn terminals_are_told_only_what_they_understand() {
        let run = RunState::default();
        let told = |vars: &'static [(&str, &str)]| {
            Title::of(|name| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into()))
                .change(&run)
        };
        assert_eq!(told(&[("TERM", "linux")]), "");
        assert!(!told(&[("TERM", "xterm")]).contains("9;4"));
        assert!(told(&[("TERM", "xterm-256color"), ("VTE_VERSION", "8003")]).contains("9;4"));
        assert!(!told(&[("TERM", "tmux"), ("WT_SESSION", "x"), ("TMUX", "/tmp/x")]).contains("9;4"));
    }
}
