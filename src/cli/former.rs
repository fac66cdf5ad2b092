//! The last run of a cluster: what it left, and what to do about it before a new one begins.

use color_eyre::eyre::{Result, bail};
use jiff::Timestamp;

use crate::event::RunOutcome;
use crate::journal::{Reader, RunEntry, RunVerdict, StateDir, latest_unfinished};
use crate::state::{RunState, StepState};
use crate::text;

use super::prompt;

/// What the operator said of the last run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Former {
    /// Go on with it.
    Resume,
    /// Let it be.
    Fresh,
    /// Nothing: a last run that left something half-way is in the way; on a terminal, they may be asked.
    Unsaid {
        /// Somebody is there to ask.
        ask: bool,
        /// The answer is yes.
        yes: bool,
    },
}

/// The run to go on with, none for a new one; an error where the operator has to decide.
pub(super) fn settle(dir: &StateDir, cluster: &str, command: &str, said: Former) -> Result<Option<RunEntry>> {
    if said == Former::Fresh {
        return Ok(None);
    }
    let last = latest_unfinished(dir, cluster)?;
    let Former::Unsaid { ask, yes } = said else {
        return match last {
            Some(run) if run.command == command => Ok(Some(run)),
            Some(run) => bail!(
                "the last thing done to cluster {cluster} was a {}, and it {}: that can't be gone on with by `kubestep {command} --resume`",
                run.command,
                ended(run.verdict)
            ),
            None => {
                bail!("there is no unfinished run of cluster {cluster} to go on with; see `kubestep runs`")
            }
        };
    };
    let Some(run) = last else { return Ok(None) };
    let left = traces(&run);
    if left.as_ref().is_some_and(Vec::is_empty) {
        return Ok(None);
    }
    let story = story(&run, left.as_deref());
    if run.command != command {
        bail!(
            "{story}\n  finish it:        kubestep {} …\n  begin a new run:  {}",
            run.command,
            again("--fresh")
        );
    }
    if yes || (ask && prompt::yes(&format!("{story}\nGo on with it?"))?) {
        return Ok(Some(run));
    }
    bail!(
        "{story}\n  go on with it:    {}\n  begin a new one:  {}\n  look at it:       kubestep replay {}",
        again("--resume"),
        again("--fresh"),
        run.id
    )
}

/// The command line as it was typed, with `flag`, and without what the run to come doesn't want again.
pub(super) fn again(flag: &str) -> String {
    line(std::env::args().skip(1), flag)
}

fn line(args: impl Iterator<Item = String>, flag: &str) -> String {
    const DECIDED: [&str; 4] = ["--resume", "--fresh", "--yes", "-y"];
    let mut words = vec!["kubestep".to_owned()];
    let mut args = args;
    while let Some(arg) = args.next() {
        if arg == "--break" {
            args.next();
        } else if !DECIDED.contains(&arg.as_str()) && !arg.starts_with("--break=") {
            words.push(word(&arg));
        }
    }
    if !words.iter().any(|word| word == "--auto") {
        words.push("--auto".to_owned());
    }
    words.push(flag.to_owned());
    words.join(" ")
}

/// One word for a shell, quoted only where it must be.
fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@%+".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text::sanitize(text).replace('\'', "'\\''"))
}

fn story(run: &RunEntry, left: Option<&[String]>) -> String {
    let ago = run.started.map_or_else(String::new, |at| {
        let since = std::time::Duration::try_from(Timestamp::now().duration_since(at)).unwrap_or_default();
        format!(", begun {} ago", text::duration(since))
    });
    let what = match left {
        Some(nodes) => format!("It had begun to change {}.", nodes.join(", ")),
        None => "What it changed can't be read from its journal.".to_owned(),
    };
    let cluster = text::sanitize(&run.cluster);
    format!("the last {} of cluster {cluster} ({}{ago}) {}. {what}", run.command, run.id, ended(run.verdict))
}

const fn ended(verdict: RunVerdict) -> &'static str {
    match verdict {
        RunVerdict::Ended(RunOutcome::Succeeded) => "succeeded",
        RunVerdict::Ended(RunOutcome::SucceededPartly) => "succeeded but for some workers",
        RunVerdict::Ended(RunOutcome::Failed) => "failed",
        RunVerdict::Ended(RunOutcome::Unreachable) => "ended because a node could not be reached",
        RunVerdict::Ended(RunOutcome::Cancelled) => "was cancelled",
        RunVerdict::Interrupted => "was interrupted",
        RunVerdict::Running => "is under way",
        RunVerdict::Unreadable => "can't be read here",
    }
}

/// The nodes on which the run began to change something that stays; none when its journal can't be read.
fn traces(run: &RunEntry) -> Option<Vec<String>> {
    let mut state = RunState::default();
    for event in Reader::open(&run.journal).ok()? {
        state.apply(&event.ok()?);
    }
    let nodes = state.nodes().filter(|node| state.steps_of(&node.name).any(StepState::left_traces));
    Some(nodes.map(|node| node.name.to_string()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_is_typed_again_without_what_was_decided() {
        let typed = |args: &[&str], flag| line(args.iter().map(|&arg| arg.to_owned()), flag);
        assert_eq!(
            typed(
                &["run", "my rack.yaml", "--auto", "--break", "certs", "--skip=addon=it's ours"],
                "--resume"
            ),
            "kubestep run 'my rack.yaml' --auto '--skip=addon=it'\\''s ours' --resume"
        );
        assert_eq!(
            typed(&["run", "a.yaml", "--resume", "--break=certs"], "--fresh"),
            "kubestep run a.yaml --auto --fresh"
        );
    }
}
