//! A pane on the screen.

use std::ops::Range;
use std::time::Duration;

use jiff::tz::TimeZone;
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Block;

use super::pane::Times;
use super::window::Part;
use super::wrap::cut;
use super::{Level, LogLine, Logs, Pane, Ring, Source, card, title};
use crate::state::RunState;
use crate::tui::theme::{Mark, Role, Theme};

/// What panes are drawn from.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// The output.
    pub logs: &'a Logs,
    /// The run.
    pub run: &'a RunState,
    /// Colours and glyphs.
    pub theme: &'a Theme,
    /// By the run's time.
    pub now: Duration,
    /// For times by the calendar.
    pub zone: &'a TimeZone,
    /// The key that opens the whole log.
    pub opens: &'a str,
}

/// How a step waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waits {
    /// For its turn, for the operator, or for nothing that comes.
    pub mark: Mark,
    /// Why.
    pub why: String,
}

/// The room inside the frame of a pane in `area`.
pub fn inner(area: Rect) -> Rect {
    Block::bordered().inner(area)
}

/// Draws a pane; `waits` says how its step waits, if it does. The pane must have caught up with its output.
pub fn render(
    frame: &mut Frame<'_>,
    area: Rect,
    pane: &Pane,
    scene: &Scene<'_>,
    waits: Option<&Waits>,
    focused: bool,
) {
    let area = area.intersection(frame.area());
    if area.is_empty() {
        return;
    }
    let step = pane.step().and_then(|id| scene.run.step(id));
    let ring = pane.ring(scene.logs, scene.run);
    let width = usize::from(area.width.saturating_sub(2));
    let missing = title::missing(scene, ring, width);
    let state = title::state(scene, pane, ring.filter(|ring| ring.end() > ring.first()));
    let whose = title::whose(scene, pane, step, waits, width.saturating_sub(state.width()));
    let card = ring.is_none_or(|ring| ring.end() == ring.first());
    let looks = title::looks(scene, pane, step.filter(|_| !card), width.saturating_sub(missing.width()));
    let (border, style) = scene.theme.frame(focused);
    let block = Block::bordered()
        .border_set(border)
        .border_style(style)
        .style(scene.theme.style(Role::Text))
        .title_top(whose)
        .title_top(state.right_aligned())
        .title_bottom(looks)
        .title_bottom(missing.right_aligned());
    let inside = block.inner(area);
    frame.render_widget(block, area);
    let canvas = Canvas { scene, pane, area: inside };
    match (ring, step) {
        (Some(ring), _) if !card => canvas.output(frame.buffer_mut(), ring, focused),
        (_, Some(step)) => {
            canvas.lines(frame.buffer_mut(), card::of(scene, canvas.width(), step, waits));
        }
        _ => {
            let runs = pane.source == Source::Running;
            canvas.lines(frame.buffer_mut(), card::nothing(scene, canvas.width(), runs));
        }
    }
}

struct Canvas<'a> {
    scene: &'a Scene<'a>,
    pane: &'a Pane,
    area: Rect,
}

impl Canvas<'_> {
    fn width(&self) -> usize {
        usize::from(self.area.width)
    }

    fn style(&self, role: Role) -> Style {
        self.scene.theme.style(role)
    }

    fn lines(&self, buffer: &mut Buffer, lines: Vec<Line<'static>>) {
        for (line, y) in lines.into_iter().zip(self.area.y..self.area.bottom()) {
            buffer.set_line(self.area.x, y, &line, self.area.width);
        }
    }

    fn output(&self, buffer: &mut Buffer, ring: &Ring, focused: bool) {
        let window = self.pane.window(ring, self.area.width, self.area.height);
        let Some(top) = self.pane.top(&window) else {
            let text = if self.pane.sieve().is_some() { "No line passes the filter." } else { "Gone since." };
            return self.lines(buffer, vec![Line::styled(text, self.style(Role::Dim))]);
        };
        let selected = self.pane.selection().or(self.pane.cursor.filter(|_| focused).map(|at| (at, at)));
        for ((number, part), y) in window.rows(top).into_iter().zip(self.area.y..) {
            let text = matches!(part, Part::Text(_) | Part::Gap(_));
            let marked = text && selected.is_some_and(|(first, last)| (first..=last).contains(&number));
            let line = self.row(ring, number, &part, window.width, marked);
            if marked {
                buffer.set_style(Rect { y, height: 1, ..self.area }, self.style(Role::Selection));
            }
            buffer.set_line(self.area.x, y, &line, self.area.width);
        }
    }

    fn row(&self, ring: &Ring, number: u64, part: &Part, width: usize, marked: bool) -> Line<'static> {
        let Some(entry) = ring.get(number) else { return Line::default() };
        let glyphs = self.scene.theme.glyphs;
        let dots = glyphs.pick("…", "...");
        match part {
            Part::Older(count) => {
                let (count, key) = (title::grouped(*count), self.scene.opens);
                Line::styled(
                    format!("{dots} {count} older lines: {key} opens the whole log"),
                    self.style(Role::Note),
                )
            }
            Part::Gap(count) => {
                let (count, key) = (title::grouped(*count), self.scene.opens);
                let text = format!("{dots} {count} lines came too fast: {key} opens the whole log");
                Line::styled(text, self.style(Role::Note))
            }
            Part::Section => {
                let phase = ring.section(number).map_or("", |phase| phase.as_str());
                let dash = glyphs.horizontal();
                let rule = dash.repeat(self.width().saturating_sub(phase.len() + 4));
                let spans = [
                    Span::styled(dash.repeat(2), self.style(Role::Dim)),
                    Span::styled(format!(" {phase} "), self.style(Role::Title)),
                    Span::styled(rule, self.style(Role::Dim)),
                ];
                Line::from_iter(spans)
            }
            Part::Text(range) => {
                let mut spans = self.time(entry, range.start == 0);
                let (mut range, mut more) = (range.clone(), false);
                if !self.pane.wrap {
                    let (gap, part, cut_off) = cut(&entry.text, self.pane.left, width);
                    (range, more) = (part, cut_off);
                    spans.push(Span::raw(" ".repeat(gap)));
                    if more {
                        range = cut(&entry.text, self.pane.left, width.saturating_sub(1)).1;
                    }
                }
                spans.extend(self.pieces(number, entry, &range, marked));
                if more {
                    let used: usize = spans.iter().map(Span::width).sum();
                    let room = self.width().saturating_sub(used + 1);
                    let end = format!("{}{}", " ".repeat(room), glyphs.pick("›", ">"));
                    spans.push(Span::styled(end, self.style(Role::Dim)));
                }
                Line::from(spans)
            }
        }
    }

    fn time(&self, entry: &LogLine, first: bool) -> Vec<Span<'static>> {
        let width = self.pane.times.width();
        let text = match self.pane.times {
            Times::Off => return Vec::new(),
            _ if !first => String::new(),
            Times::Run => {
                let tenths = entry.at.subsec_millis() / 100;
                let seconds = entry.at.as_secs();
                format!("{:>9}", format!("{}:{:02}.{tenths}", seconds / 60, seconds % 60))
            }
            Times::Calendar => {
                let start = self.scene.run.info.as_ref().map(|info| info.started_at);
                let at = start.and_then(|start| start.checked_add(entry.at).ok());
                at.map(|at| at.to_zoned(self.scene.zone.clone()).strftime("%H:%M:%S").to_string())
                    .unwrap_or_default()
            }
        };
        vec![Span::styled(format!("{text:<width$}"), self.style(Role::LogTime))]
    }

    /// A part of a line's text, cut where its look changes.
    fn pieces(&self, number: u64, entry: &LogLine, range: &Range<usize>, marked: bool) -> Vec<Span<'static>> {
        let base = self.style(match entry.level {
            Level::Plain | Level::Tag => Role::Text,
            Level::Klog => Role::LogKlog,
            Level::Hint => Role::Dim,
            Level::Gap => Role::Note,
            Level::Warning => Role::LogWarning,
            Level::Error => Role::LogError,
        });
        let mut looks = Vec::new();
        if entry.level == Level::Tag {
            let tag = entry.text.find('[').zip(entry.text.find(']'));
            looks.extend(tag.map(|(from, to)| (from..to + 1, self.style(Role::LogTag))));
        }
        if marked {
            looks.push((0..entry.text.len(), self.style(Role::Selection)));
        }
        if let Some(pattern) = self.pane.pattern() {
            let here = self.pane.cursor == Some(number);
            let style = self.style(if here { Role::MatchHere } else { Role::Match });
            looks.extend(pattern.places(&entry.text).map(|place| (place, style)));
        }
        let mut edges: Vec<usize> = looks.iter().flat_map(|(place, _)| [place.start, place.end]).collect();
        edges.retain(|edge| range.start < *edge && *edge < range.end);
        edges.extend([range.start, range.end]);
        edges.sort_unstable();
        edges.dedup();
        let piece = |edges: &[usize]| {
            let over = looks.iter().filter(|(place, _)| place.start <= edges[0] && edges[1] <= place.end);
            let style = over.fold(base, |style, (_, scene)| style.patch(*scene));
            let text = &entry.text[edges[0]..edges[1]];
            Span::styled(self.scene.theme.glyphs.fit(text).into_owned(), style)
        };
        edges.windows(2).map(piece).collect()
    }
}
