//! The first line: which run, how far, how it goes.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::event::{Pace, RunOutcome};
use crate::text;
use crate::tui::model::Model;
use crate::tui::theme::{Mark, Role, Theme};

pub(super) fn render(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    let theme = &model.theme;
    let run = &model.run;
    let progress = run.progress();
    let cluster = run.info.as_ref().map_or("kubestep", |info| info.cluster.as_str());
    let mut spans = vec![
        Span::styled(format!(" {cluster} "), theme.style(Role::Title)),
        Span::raw(format!(" {}/{} ", progress.over() - progress.failed, progress.total())),
    ];
    spans.push(standing(model, theme));
    if progress.failed > 0 {
        let mark = Mark::Failed;
        spans.push(Span::styled(
            format!("  {} {} failed", mark.glyph(theme.glyphs), progress.failed),
            theme.style(mark.role()),
        ));
    }
    let time = format!(" {} ", text::duration(whole_seconds(model)));
    let left = Line::from(spans);
    let room = usize::from(area.width).saturating_sub(left.width() + time.len());
    let mut spans = left.spans;
    spans.push(Span::raw(" ".repeat(room)));
    spans.push(Span::raw(time));
    frame.render_widget(Line::from(spans).style(theme.style(Role::Bar)), area);
}

fn whole_seconds(model: &Model) -> std::time::Duration {
    let time = model.run.end.as_ref().map_or(model.now, |end| end.duration);
    std::time::Duration::from_secs(time.as_secs())
}

fn standing(model: &Model, theme: &Theme) -> Span<'static> {
    let run = &model.run;
    let (mark, word) = match (&run.end, &run.cancel, run.pace) {
        (Some(end), _, _) => match end.outcome {
            RunOutcome::Succeeded => (Mark::Done, "done"),
            RunOutcome::SucceededPartly => (Mark::Done, "done, but for some workers"),
            RunOutcome::Cancelled => (Mark::Stopped, "ended early"),
            RunOutcome::Failed | RunOutcome::Unreachable => (Mark::Failed, "ended: failed"),
        },
        (None, Some(_), _) => (Mark::Stopped, "ending"),
        (None, None, Pace::Paused) => (Mark::Held, "paused"),
        (None, None, Pace::Continuous) => (Mark::Running, "running"),
    };
    Span::styled(format!(" {} {word}", mark.glyph(theme.glyphs)), theme.style(mark.role()))
}
