//! Earlier runs as a table.

use jiff::tz::TimeZone;
use unicode_width::UnicodeWidthStr;

use super::layout::{clean, fit};
use super::style::{Mark, Style};
use crate::event::RunOutcome;
use crate::journal::{RunEntry, RunVerdict};
use crate::text;

/// One line a run, with times of day in `zone`; the lines have no end.
pub fn runs_table(runs: &[RunEntry], zone: &TimeZone, style: Style) -> Vec<String> {
    let rows: Vec<[String; 5]> = runs.iter().map(|run| row(run, zone)).collect();
    let heads = ["RUN", "CLUSTER", "COMMAND", "STARTED", "TIME"];
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].width());
        cells.chain([heads[column].len()]).max().unwrap_or(0).min(40)
    };
    let widths: [usize; 5] = std::array::from_fn(width);
    let line = |cells: [&str; 5], last: &str| {
        let cells = cells.iter().zip(widths).map(|(cell, width)| fit(cell, width, style.unicode));
        format!("{}  {last}", cells.collect::<Vec<_>>().join("  ")).trim_end().to_owned()
    };
    let mut lines = vec![style.bold(&line(heads, "OUTCOME"))];
    for (run, row) in runs.iter().zip(&rows) {
        let cells = std::array::from_fn(|column| row[column].as_str());
        lines.push(line(cells, &style.mark_as(mark(run.verdict), word(run.verdict))));
    }
    lines
}

fn row(run: &RunEntry, zone: &TimeZone) -> [String; 5] {
    let started = run.started.map(|at| at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string());
    let dash = |text: String| if text.is_empty() { "-".to_owned() } else { text };
    [
        run.id.to_string(),
        dash(clean(&run.cluster)),
        dash(clean(&run.command)),
        dash(started.unwrap_or_default()),
        text::duration(run.duration),
    ]
}

const fn mark(verdict: RunVerdict) -> Mark {
    match verdict {
        RunVerdict::Ended(RunOutcome::Succeeded) => Mark::Done,
        RunVerdict::Ended(RunOutcome::Failed | RunOutcome::Unreachable) => Mark::Failed,
        RunVerdict::Ended(RunOutcome::Cancelled) | RunVerdict::Interrupted => Mark::Stopped,
        RunVerdict::Running => Mark::Running,
        RunVerdict::Ended(RunOutcome::SucceededPartly) | RunVerdict::Unreadable => Mark::Warning,
    }
}

const fn word(verdict: RunVerdict) -> &'static str {
    match verdict {
        RunVerdict::Ended(RunOutcome::Succeeded) => "succeeded",
        RunVerdict::Ended(RunOutcome::SucceededPartly) => "succeeded partly",
        RunVerdict::Ended(RunOutcome::Failed) => "failed",
        RunVerdict::Ended(RunOutcome::Unreachable) => "unreachable",
        RunVerdict::Ended(RunOutcome::Cancelled) => "cancelled",
        RunVerdict::Interrupted => "interrupted",
        RunVerdict::Running => "running",
        RunVerdict::Unreadable => "not readable here",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::path::PathBuf;
    use std::time::Duration;

    use super::*;
    use crate::ids::RunId;

    #[test]
    fn runs_stand_in_columns() {
        let run = |id: &str, cluster: &str, verdict, seconds| RunEntry {
            id: RunId::new(id),
            cluster: cluster.into(),
            command: if cluster.is_empty() { String::new() } else { "run".into() },
            started: (!cluster.is_empty()).then(|| "2026-11-22T09:51:03Z".parse().unwrap()),
            verdict,
            duration: Duration::from_secs(seconds),
            journal: PathBuf::new(),
        };
        let runs = [
            run("20261122-095103-4f2a", "goldentooth", RunVerdict::Ended(RunOutcome::Succeeded), 72),
            run("20261122-080000-0001", "lab", RunVerdict::Interrupted, 7500),
            run("20261121-080000-0002", "", RunVerdict::Unreadable, 0),
        ];
        let table = runs_table(&runs, &TimeZone::UTC, Style { unicode: true, ..Style::PLAIN });
        insta::assert_snapshot!("runs", table.join("\n"));
    }
}
