//! One row of the tree, in columns: guides, glyph, name, a word on the side; count, time and state at the right.

use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

use super::fit::{first_fit, fit};
use super::note::{self, Note};
use super::time::{seconds, short};
use crate::state::{Outlook, Spent, Status, StepState};
use crate::tui::model::Model;
use crate::tui::rack::{Row, RowId};
use crate::tui::theme::{Mark, Role};

/// At least so wide, a level has two columns.
const ROOMY: usize = 40;
/// At least so wide, groups and nodes have both count and time.
const WIDE: usize = 44;
/// At least so wide, rows have a time.
const TIMED: usize = 26;
/// At least so wide, states have a word.
const WORDED: usize = 18;
/// Columns of a state's word, with the space before it.
const WORD: usize = 8;
/// Columns of a time or count, with the space before it.
const COLUMN: usize = 6;
/// A note in fewer columns says nothing.
const NOTE: usize = 6;

/// Draws rows of one width.
pub(super) struct Rows<'a> {
    pub(super) model: &'a Model,
    pub(super) outlook: Outlook<'a>,
    pub(super) width: usize,
}

impl Rows<'_> {
    /// The row as it is drawn.
    pub(super) fn line(&self, row: &Row, selected: bool) -> Line<'static> {
        let model = self.model;
        let theme = &model.theme;
        let glyphs = theme.glyphs;
        let step = match &row.id {
            RowId::Step(id) => model.run.step(id),
            _ => None,
        };
        let right = self.right(row, step);
        let mut spans = self.before(row);
        let used: usize = spans.iter().map(Span::width).sum();
        let room = self.width.saturating_sub(used + right.width());
        let label = fit(&row.label, room, glyphs);
        let mut left = room - label.width();
        spans.push(Span::styled(label, self.label(row)));
        let tries = step.map_or(0, |step| step.attempts.len());
        if tries > 1 {
            let tries = format!(" {}{tries}", glyphs.times());
            if tries.width() <= left {
                left -= tries.width();
                spans.push(Span::styled(tries, theme.style(Role::Retry)));
            }
        }
        if let Some((ways, role)) = self.note(row, step, selected)
            && left >= NOTE + 2
        {
            let note = first_fit(&ways, left - 2, glyphs);
            left -= note.width() + 2;
            spans.push(Span::styled(format!("  {note}"), theme.style(role)));
        }
        spans.push(Span::raw(" ".repeat(left)));
        spans.extend(right.spans);
        Line::from(spans)
    }

    /// What stands before the name: breakpoint or mark, guides, fold, glyph.
    fn before(&self, row: &Row) -> Vec<Span<'static>> {
        let theme = &self.model.theme;
        let glyphs = theme.glyphs;
        let dim = theme.style(Role::Dim);
        let guide = if self.width >= ROOMY { glyphs.stem() } else { glyphs.vertical() };
        let fold = match row.open {
            Some(true) => glyphs.unfolded(),
            Some(false) => glyphs.folded(),
            None if row.own => glyphs.pick("·", ":"),
            None => " ",
        };
        vec![
            self.gutter(row),
            Span::styled(guide.repeat(row.depth), dim),
            Span::styled(fold, dim),
            Span::styled(row.mark.glyph(glyphs), theme.style(row.mark.role())),
            Span::raw(" "),
        ]
    }

    fn gutter(&self, row: &Row) -> Span<'static> {
        let (model, theme) = (self.model, &self.model.theme);
        let breakpoint = match &row.id {
            RowId::Node(node) if model.rack.marked.contains(node) => {
                return Span::styled(theme.glyphs.marked(), theme.style(Role::Marked));
            }
            RowId::Step(id) => model.run.step(id).is_some_and(|step| step.breakpoint),
            RowId::Node(node) if row.open == Some(false) => {
                model.run.steps_of(node).any(|step| step.breakpoint)
            }
            RowId::Group(node, group) if row.open == Some(false) => model
                .run
                .steps_of(node)
                .any(|step| step.breakpoint && step.id().phase.is_within(group.as_str())),
            _ => false,
        };
        if breakpoint {
            Span::styled(theme.glyphs.breakpoint(), theme.style(Role::Operator))
        } else {
            Span::raw(" ")
        }
    }

    fn label(&self, row: &Row) -> Style {
        let theme = &self.model.theme;
        let role = match row.id {
            RowId::Node(_) => Role::Title,
            _ if row.mark == Mark::Failed => Role::Failed,
            _ if row.own => Role::Note,
            _ => Role::Text,
        };
        let style = theme.style(role);
        if row.own { style.add_modifier(Modifier::ITALIC) } else { style }
    }

    fn note(&self, row: &Row, step: Option<&StepState>, selected: bool) -> Option<Note> {
        let model = self.model;
        if let RowId::Node(node) = &row.id {
            return note::of_node(model.run.node(node)?, model.now);
        }
        let step = step?;
        let note = note::of_step(step, &model.run, &self.outlook, model.now, selected);
        note.or_else(|| {
            let kubeadm = !row.own && selected;
            // All of it or nothing: half of it would say the wrong thing.
            kubeadm.then(|| (vec![note::class(step.plan.retry).to_owned(), String::new()], Role::Dim))
        })
    }

    /// Count, time and word; a column that is empty leaves its room to what is before it.
    fn right(&self, row: &Row, step: Option<&StepState>) -> Line<'static> {
        let theme = &self.model.theme;
        let mut spans = Vec::new();
        let mut column = |text: String, role| {
            spans.push(Span::styled(format!("{text:>COLUMN$}"), theme.style(role)));
        };
        let time = if self.width >= TIMED { self.time(row, step) } else { None };
        match row.count.map(|(done, all)| format!("{done}/{all}")) {
            Some(count) if self.width >= WIDE => {
                column(count, Role::Dim);
                column(time.unwrap_or_default(), Role::Dim);
            }
            Some(count) if self.width >= TIMED => column(count, Role::Dim),
            Some(_) => {}
            None => {
                if let Some(time) = time {
                    column(time, if row.mark == Mark::Running { Role::Running } else { Role::Dim });
                }
            }
        }
        if self.width >= WORDED {
            let word = format!(" {:<1$}", row.mark.word(), WORD - 1);
            spans.push(Span::styled(word, theme.style(row.mark.role())));
        }
        Line::from(spans)
    }

    fn time(&self, row: &Row, step: Option<&StepState>) -> Option<String> {
        let model = self.model;
        match &row.id {
            RowId::Node(node) => model.run.spent_on(node, model.now).map(told),
            RowId::Group(node, group) => {
                let within = |step: &&StepState| step.id().phase.is_within(group.as_str());
                Spent::on(model.run.steps_of(node).filter(within), model.now).map(told)
            }
            RowId::Step(_) => {
                let step = step?;
                let time = step.time_spent(model.now)?;
                Some(told(Spent { time, runs: matches!(step.status, Status::Running { .. }) }))
            }
            RowId::Leaf(..) => None,
        }
    }
}

fn told(Spent { time, runs }: Spent) -> String {
    if runs { seconds(time) } else { short(time) }
}
