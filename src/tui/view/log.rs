//! The panes of output, and below the selected one why its step failed.

use jiff::tz::TimeZone;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::widgets::{Block, Borders, Clear};
use unicode_width::UnicodeWidthStr as _;

use crate::state::{Status, StepState};
use crate::tui::action::{Action, may};
use crate::tui::card::{failure, lay_out};
use crate::tui::logs::{self, Scene, Waits};
use crate::tui::model::{Focus, Model};
use crate::tui::theme::{Mark, Role};

pub(super) fn render(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    if area.is_empty() {
        return;
    }
    let zone = TimeZone::UTC;
    let opens = model.keys.keys(Action::Pager).first().map(ToString::to_string).unwrap_or_default();
    let look = Scene {
        logs: &model.logs,
        run: &model.run,
        theme: &model.theme,
        now: model.now,
        zone: &zone,
        opens: &opens,
    };
    for (at, place) in model.panes.areas(area) {
        let Some(pane) = model.panes.get(at) else { continue };
        let waits =
            pane.step().and_then(|id| model.run.step(id)).filter(|step| step.status == Status::Waiting);
        let waits = waits.map(|step| {
            let outlook = model.run.outlook();
            Waits { mark: Mark::of_step(step, Some(&outlook)), why: outlook.why(step).to_string() }
        });
        let focused = model.focus == Focus::Log && at == model.panes.active();
        logs::render(frame, place, pane, &look, waits.as_ref(), focused);
        let failed = |step: &&StepState| step.status == Status::Failed;
        if let Some(step) = pane.step().and_then(|id| model.run.step(id)).filter(failed) {
            card(frame, logs::inner(place), step, model);
        }
    }
}

/// Why it failed, over the lower part of its output.
fn card(frame: &mut Frame<'_>, area: Rect, step: &StepState, model: &Model) {
    let theme = &model.theme;
    let lines = lay_out(&failure(&model.run, step), usize::from(area.width.saturating_sub(2)), theme);
    let wanted = u16::try_from(lines.len() + 1).unwrap_or(u16::MAX).min(area.height * 2 / 3);
    let [_, card] = Layout::vertical([Constraint::Fill(1), Constraint::Length(wanted)]).areas(area);
    let keys = [
        (Action::Diagnosis, "all of it"),
        (Action::PublishAgain, "publish again"),
        (Action::Retry, "retry"),
        (Action::Skip, "skip"),
    ];
    let can = |action: &Action| *action != Action::PublishAgain || may(model, *action).is_ok();
    let keys = keys
        .iter()
        .filter(|(action, _)| can(action))
        // From the past there is nothing to be done about it.
        .filter(|(action, _)| *action == Action::Diagnosis || model.travel.is_none())
        .filter_map(|(action, says)| Some(format!("{} {says}", model.keys.keys(*action).first()?)));
    let mut title = " why it failed ".to_owned();
    for key in keys {
        if title.width() + key.width() + 3 <= usize::from(area.width) {
            title = format!("{title}  {key} ");
        }
    }
    let block = Block::new()
        .borders(Borders::TOP)
        .border_set(theme.glyphs.border())
        .style(theme.style(Role::Text))
        .border_style(theme.style(Role::Failed))
        .title(title);
    let inner = block.inner(card);
    frame.render_widget(Clear, card);
    frame.render_widget(block, card);
    for (line, y) in lines.into_iter().zip(inner.top()..inner.bottom()) {
        frame
            .render_widget(line, Rect { x: inner.x + 1, y, width: inner.width.saturating_sub(2), height: 1 });
    }
}
