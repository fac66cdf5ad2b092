//! The box that everything over the screen is said in: text that wraps and scrolls, and under it, always in sight, what
//! can be answered. It is no larger than what is in it.

use std::ops::Range;

use ratatui::Frame;
use ratatui::layout::{Constraint, Margin, Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear};
use unicode_width::UnicodeWidthStr as _;

use super::part::{Part, lay_out, pointed};
use crate::report::layout::wrap;
use crate::tui::theme::{Role, Theme};

/// Columns of a question at most: longer lines are hard to read.
pub const QUESTION: u16 = 84;

/// What stands at the bottom.
#[derive(Debug, Clone)]
pub enum Foot {
    /// An answer, its key first.
    Choice {
        /// The key's name.
        key: String,
        /// What it does.
        says: String,
        /// Enter would take it.
        selected: bool,
        /// It acts on the cluster.
        danger: bool,
    },
    /// Several answers in a row, as many as there is room for in a line: key and what it does.
    Keys(Vec<(char, String)>),
    /// A line as it is.
    Line(Line<'static>),
}

/// Everything that is to be seen, for one moment.
#[derive(Debug)]
pub struct Sheet<'a> {
    /// Of the frame.
    pub title: &'a str,
    /// What is to be known.
    pub body: &'a [Part],
    /// The answers.
    pub foot: Vec<Foot>,
    /// Columns at most.
    pub widest: u16,
    /// Lines of the body above the first one seen.
    pub scroll: usize,
    /// Which of the body's links is chosen.
    pub chosen: usize,
    /// Parts of the body that stand out.
    pub marked: Option<Range<usize>>,
    /// The frame warns.
    pub danger: bool,
    /// In the frame, what leads out of it where no answer says so.
    pub leave: &'static str,
}

/// A line of the foot, and which answer is where in it: its first column, and the part and the answer in that part.
type Feet = (Line<'static>, Vec<(usize, (usize, usize))>);

/// Where everything goes.
struct Places {
    frame: Rect,
    body: Rect,
    foot: Rect,
    lines: Vec<Line<'static>>,
    feet: Vec<Feet>,
}

impl Sheet<'_> {
    /// Which part of the foot is at `position`, and which of its answers.
    pub fn foot_at(&self, position: Position, area: Rect, theme: &Theme) -> Option<(usize, usize)> {
        let places = self.places(area, theme);
        if !places.foot.contains(position) {
            return None;
        }
        let (_, answers) = places.feet.get(usize::from(position.y - places.foot.y))?;
        let column = usize::from(position.x - places.foot.x);
        answers.iter().rev().find(|(first, _)| *first <= column).map(|(_, answer)| *answer)
    }

    /// Lines of the body seen at once, and how far it can be scrolled.
    pub fn extent(&self, area: Rect, theme: &Theme) -> (usize, usize) {
        let places = self.places(area, theme);
        let shown = usize::from(places.body.height);
        (shown, places.lines.len().saturating_sub(shown))
    }

    /// The lines on which the body's links stand.
    pub fn links(&self, area: Rect, theme: &Theme) -> Vec<usize> {
        let width = self.inner(area);
        let mut line = 0;
        let mut links = Vec::new();
        for part in self.body {
            if matches!(part, Part::Link(..)) {
                links.push(line);
            }
            line += part.lines(width, theme).len();
        }
        links
    }

    /// The lines of the parts that stand out.
    pub fn marked_lines(&self, area: Rect, theme: &Theme) -> Option<Range<usize>> {
        let marked = self.marked.clone()?;
        let width = self.inner(area);
        let count = |parts: &[Part]| parts.iter().map(|part| part.lines(width, theme).len()).sum::<usize>();
        let start = count(self.body.get(..marked.start)?);
        Some(start..start + count(self.body.get(marked)?))
    }

    /// Columns of the body at most.
    fn inner(&self, area: Rect) -> usize {
        usize::from(self.outer(area).saturating_sub(4))
    }

    /// Where there is room, the rack is still seen around it.
    fn outer(&self, area: Rect) -> u16 {
        let aside = if area.width > 90 { 12 } else { 2 };
        area.width.saturating_sub(aside).min(self.widest)
    }

    /// Draws it in the middle of `area`.
    pub fn render(&self, frame: &mut Frame<'_>, area: Rect, theme: &Theme) {
        let places = self.places(area, theme);
        frame.render_widget(Clear, places.frame);
        let (border, style) = theme.frame(true);
        let style = if self.danger { theme.style(Role::Danger) } else { style };
        let title = Span::styled(format!(" {} ", self.title), theme.style(Role::Title));
        let mut block = Block::bordered()
            .style(theme.style(Role::Text))
            .border_set(border)
            .border_style(style)
            .title(title)
            .title_bottom(self.leave);
        let shown = usize::from(places.body.height);
        let reach = places.lines.len().saturating_sub(shown);
        let first = self.scroll.min(reach);
        if reach > 0 {
            let below = reach - first;
            let note = if below > 0 { format!(" {below} more: pagedown ") } else { " pageup ".to_owned() };
            block = block.title_bottom(Line::from(note).right_aligned());
        }
        frame.render_widget(block, places.frame);
        let chosen = self.links(area, theme).get(self.chosen).copied();
        let marked = self.marked_lines(area, theme).unwrap_or_default();
        let body = places.lines.into_iter().enumerate().skip(first);
        for ((at, line), y) in body.zip(places.body.top()..places.body.bottom()) {
            let wide = usize::from(places.body.width);
            let line = if chosen == Some(at) { pointed(line, wide, theme) } else { line };
            frame.render_widget(line, Rect { y, height: 1, ..places.body });
            if marked.contains(&at) {
                let edge = Rect { x: places.body.x.saturating_sub(1), y, width: 1, height: 1 };
                frame.render_widget(
                    Span::styled(theme.glyphs.pick("▌", "|"), theme.style(Role::Operator)),
                    edge,
                );
            }
        }
        for ((line, _), y) in places.feet.iter().zip(places.foot.top()..places.foot.bottom()) {
            frame.render_widget(line, Rect { y, height: 1, ..places.foot });
        }
    }

    fn places(&self, area: Rect, theme: &Theme) -> Places {
        let (most, inner) = (self.outer(area), self.inner(area));
        let lines = lay_out(self.body, inner, theme);
        let feet: Vec<Feet> = self
            .foot
            .iter()
            .enumerate()
            .flat_map(|(part, foot)| foot_lines(part, foot, inner, theme))
            .collect();
        let widest =
            lines.iter().chain(feet.iter().map(|(line, _)| line)).map(Line::width).max().unwrap_or(0);
        let width =
            u16::try_from(widest.max(self.title.width() + 2)).unwrap_or(most).saturating_add(4).min(most);
        let short = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
        let room = area.height.saturating_sub(if area.height > 30 { 6 } else { 2 });
        let feet_height = short(feet.len()).min(room.saturating_sub(2));
        let gap = u16::from(!lines.is_empty() && !feet.is_empty());
        let body_height = short(lines.len()).min(room.saturating_sub(2 + feet_height + gap));
        let gap = if body_height == 0 { 0 } else { gap };
        let height = feet_height + gap + body_height + 2;
        let frame = area.centered(Constraint::Length(width), Constraint::Length(height.min(area.height)));
        let inside = frame.inner(Margin::new(2, 1));
        let body = Rect { height: body_height.min(inside.height), ..inside };
        let y = (inside.y + body.height + gap).min(inside.bottom());
        let foot = Rect { y, height: inside.bottom() - y, ..inside };
        Places { frame, body, foot, lines, feet }
    }
}

fn foot_lines(part: usize, foot: &Foot, width: usize, theme: &Theme) -> Vec<Feet> {
    match foot {
        Foot::Line(line) => vec![(line.clone(), vec![(0, (part, 0))])],
        Foot::Keys(keys) => {
            let mut lines: Vec<Feet> = Vec::new();
            for (at, (key, says)) in keys.iter().enumerate() {
                let wide = says.width() + 4;
                if lines.last().is_none_or(|(line, _)| line.width() + wide > width) {
                    lines.push(Feet::default());
                }
                if let Some((line, answers)) = lines.last_mut() {
                    answers.push((line.width(), (part, at)));
                    line.push_span(Span::styled(format!(" {key} "), theme.style(Role::Key)));
                    line.push_span(Span::raw(format!("{says} ")));
                }
            }
            lines
        }
        Foot::Choice { key, says, selected, danger } => {
            let lead = key.width().max(5) + 4;
            let role = if *danger { Role::Danger } else { Role::Text };
            let mark = if *selected { theme.glyphs.pick("▸", ">") } else { " " };
            let choice = |(at, words): (usize, String)| {
                let key = if at == 0 { format!("{mark} {key:>5}  ") } else { " ".repeat(lead) };
                let line = Line::from(vec![
                    Span::styled(key, theme.style(Role::Key)),
                    Span::styled(words, theme.style(role)),
                ]);
                let line = if *selected { line.patch_style(theme.style(Role::Selection)) } else { line };
                (line, vec![(0, (part, 0))])
            };
            wrap(says, width.saturating_sub(lead)).into_iter().enumerate().map(choice).collect()
        }
    }
}
