//! The page that GitHub shows for a run, as Markdown.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use crate::report::layout::clean;
use crate::report::plain::{headline, important, slowest};
use crate::report::tally::tally;
use crate::state::RunState;
use crate::text;

/// Failed steps shown in full; a page has room for 1 MiB.
const FAILED: usize = 20;

/// Adds the page to the file at `path`, as steps of one job share it.
pub(super) fn append(path: &Path, state: &RunState) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    file.write_all(page(state).as_bytes())
}

/// The page.
pub(super) fn page(state: &RunState) -> String {
    let mut page = String::new();
    let title =
        state.info.as_ref().map_or_else(String::new, |info| format!("{} {}", info.command, info.cluster));
    let (mark, what) = headline(state);
    let reason = state.end.as_ref().and_then(|end| end.reason.as_deref()).unwrap_or_default();
    let _ = writeln!(page, "## kubestep {}\n\n**{}**: {}\n", escape(&title), mark.word(), escape(&what));
    if !reason.is_empty() {
        let _ = writeln!(page, "{}\n", escape(reason));
    }
    let _ = writeln!(page, "| node | role | | steps | time | |\n|---|---|---|---:|---:|---|");
    for node in state.nodes() {
        let sum = tally(state, node);
        let role = node.info.as_ref().map_or_else(String::new, |info| info.role.to_string());
        let at = sum.failed_at.map_or_else(String::new, |phase| format!("at {}", escape(phase.as_str())));
        let (word, time) = (sum.mark.word(), text::duration(sum.time));
        let _ = writeln!(
            page,
            "| {} | {role} | {word} | {}/{} | {time} | {at} |",
            node.name, sum.settled, sum.total
        );
    }
    for step in state.failed().take(FAILED) {
        let _ = writeln!(page, "\n### {} failed\n", escape(&step.id().to_string()));
        let end = step.end.as_ref();
        if let Some(reason) = end.and_then(|end| end.reason.as_deref()) {
            let _ = writeln!(page, "{}\n", escape(reason));
        }
        if let Some(found) = end.and_then(|end| end.diagnosis.as_ref()) {
            let _ =
                writeln!(page, "- **cause**: {}\n- **fix**: {}", escape(&found.cause), escape(&found.fix));
            for look in &found.look {
                let _ = writeln!(page, "- **look**: <code>{}</code>", html(look));
            }
        }
        let said = step.last_attempt().map(important).unwrap_or_default();
        if !said.is_empty() {
            let said: Vec<_> = said.into_iter().map(html).collect();
            let _ = writeln!(page, "\n<pre>{}</pre>", said.join("\n"));
        }
    }
    let slow = slowest(state);
    if !slow.is_empty() {
        let _ = writeln!(page, "\n<details><summary>slowest steps</summary>\n\n| step | time |\n|---|---:|");
        for (time, step) in slow {
            let _ = writeln!(page, "| {} | {} |", escape(&step.id().to_string()), text::duration(time));
        }
        let _ = writeln!(page, "\n</details>");
    }
    page
}

/// Text that Markdown and HTML leave as it is.
fn escape(raw: &str) -> String {
    let mut out = String::new();
    for c in clean(raw).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '@' => out.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '(' | ')' | '|' | '#' | '~' | '!' | '$' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// Text inside an HTML element on one line.
fn html(raw: &str) -> String {
    clean(raw).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
