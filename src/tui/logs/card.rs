//! What a pane shows of a step that printed nothing: what it is, why it waits, what it sees.

use ratatui::text::{Line, Span};

use super::draw::{Scene, Waits};
use super::wrap::{columns, cut, wrap};
use crate::catalog::knowledge;
use crate::ids::PhaseId;
use crate::plan::step::Step;
use crate::state::{Status, StepState, WaitView};
use crate::text::duration;
use crate::tui::theme::Role;
use crate::version::Version;

/// The release whose words are used for a node that hasn't said which it has.
const NEWEST: Version = Version::new(1, 36, 0);

/// Lines, wrapped to `width`.
struct Card<'a> {
    scene: &'a Scene<'a>,
    width: usize,
    lines: Vec<Line<'static>>,
}

/// Of a pane without a step.
pub(super) fn nothing(scene: &Scene<'_>, width: usize, runs: bool) -> Vec<Line<'static>> {
    let mut card = Card { scene, width, lines: Vec::new() };
    card.say(Role::Dim, if runs { "Nothing runs." } else { "No step is selected." });
    card.lines
}

/// Of a step.
pub(super) fn of(
    scene: &Scene<'_>,
    width: usize,
    step: &StepState,
    waits: Option<&Waits>,
) -> Vec<Line<'static>> {
    let mut card = Card { scene, width, lines: Vec::new() };
    card.what(step);
    card.standing(step, waits);
    // What it waited for, and has got, is no news.
    if let Some(wait) = step.wait.as_ref().filter(|_| step.status != Status::Succeeded) {
        card.facts(wait);
    }
    card.lines
}

impl Card<'_> {
    fn say(&mut self, role: Role, text: &str) {
        let style = self.scene.theme.style(role);
        let text = self.scene.theme.glyphs.fit(text);
        for row in wrap(&text, self.width) {
            self.lines.push(Line::styled(text[row].to_owned(), style));
        }
    }

    fn space(&mut self) {
        if self.lines.last().is_some_and(|line| line.width() > 0) {
            self.lines.push(Line::default());
        }
    }

    fn what(&mut self, step: &StepState) {
        let Step { id, work, covers, .. } = &step.plan;
        let version = self.scene.run.node(&id.node).and_then(|node| node.facts.as_ref()?.kubeadm.clone());
        let known = knowledge(&id.phase, &version.unwrap_or(NEWEST));
        let text = known.map_or_else(|| work.sentence(), |known| known.summary.to_owned());
        self.say(Role::Text, &text);
        if let Some(command) = step.plan.command() {
            self.space();
            self.say(Role::Key, &format!("$ {command}"));
        }
        if !covers.is_empty() {
            let names: Vec<&str> = covers.iter().map(PhaseId::leaf).collect();
            self.say(Role::Dim, &format!("{} phases: {}", names.len(), names.join(", ")));
        }
    }

    fn standing(&mut self, step: &StepState, waits: Option<&Waits>) {
        self.space();
        let now = self.scene.now;
        let reason = step.end.as_ref().and_then(|end| end.reason.as_deref());
        match step.status {
            Status::Waiting => match waits {
                Some(Waits { mark, why }) => self.say(mark.role(), why),
                None => self.say(Role::Waiting, "Not started yet."),
            },
            Status::Running { since, .. } if step.wait.is_none() => {
                let spent = duration(now.saturating_sub(since));
                self.say(Role::Running, &format!("Under way for {spent}; it has printed nothing yet."));
            }
            Status::Running { .. } => {}
            Status::RetryPlanned { at, .. } => {
                self.say(Role::Retry, &format!("Tried again in {}.", duration(at.saturating_sub(now))));
            }
            Status::Succeeded => self.say(Role::Done, reason.unwrap_or("Done; it printed nothing.")),
            Status::Failed => self.say(Role::Failed, reason.unwrap_or("Failed; it printed nothing.")),
            Status::Skipped => {
                self.say(Role::Skipped, &format!("Skipped: {}", reason.unwrap_or("no reason given")));
            }
            Status::Cancelled => self.say(Role::Stopped, reason.unwrap_or("Ended by the operator.")),
        }
    }

    fn facts(&mut self, wait: &WaitView) {
        self.space();
        let role = if self.lines.is_empty() { Role::Text } else { Role::Running };
        self.say(role, &wait.waiting_for);
        let name_width =
            wait.facts.iter().map(|(name, _)| columns(name)).max().unwrap_or(0).min(self.width / 3);
        let (dim, text) = (self.scene.theme.style(Role::Dim), self.scene.theme.style(Role::Text));
        for (name, value) in &wait.facts {
            let value = self.scene.theme.glyphs.fit(value);
            let rows = wrap(&value, self.width.saturating_sub(name_width + 2));
            for (n, row) in rows.into_iter().enumerate() {
                let name = if n == 0 { &name[cut(name, 0, name_width).1] } else { "" };
                let pad = " ".repeat((name_width + 2).saturating_sub(columns(name)));
                let spans =
                    [Span::styled(format!("{name}{pad}"), dim), Span::styled(value[row].to_owned(), text)];
                self.lines.push(Line::from_iter(spans));
            }
        }
        let ago = duration(self.scene.now.saturating_sub(wait.at));
        self.say(Role::Dim, &format!("unchanged for {ago}"));
    }
}
