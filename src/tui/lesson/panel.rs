//! The page as it is drawn.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use ratatui::widgets::Block;
use unicode_width::UnicodeWidthStr as _;

use super::{Class, Onward};
use crate::lesson::text::{Piece, Weight, lines};
use crate::lesson::{Answer, Page, Place, Show};
use crate::report::layout::{broken, wrap};
use crate::tui::action::Action;
use crate::tui::model::{Focus, Model};
use crate::tui::theme::{Mark, Role, Theme};
use crate::tui::view::fit;

/// Rows of what a node said that are shown.
const HEARD: usize = 8;

/// What is on the panel, laid out for its place.
pub struct Panel {
    lines: Vec<Line<'static>>,
    inner: Rect,
    top: usize,
}

impl Panel {
    /// Lines that are below what is seen.
    pub fn below(&self) -> usize {
        self.lines.len().saturating_sub(self.top + usize::from(self.inner.height))
    }

    /// Lines seen at once.
    pub const fn rows(&self) -> usize {
        self.inner.height as usize
    }

    /// The first line that can be at the top.
    pub fn furthest(&self) -> usize {
        self.lines.len().saturating_sub(self.rows())
    }
}

/// Lays the open page out for `area`; none where there is no lesson, or no room.
pub fn panel(model: &Model, area: Rect) -> Option<Panel> {
    let class = model.lesson.as_ref()?;
    if area.width < 10 || area.height < 3 {
        return None;
    }
    let margin = margin(class, area.width);
    let inner = Rect {
        x: area.x + 1 + margin,
        y: area.y + 1,
        width: area.width.saturating_sub(2 + 2 * margin),
        height: area.height.saturating_sub(2),
    };
    let mut lines = body(class, model, usize::from(inner.width));
    if class.present && 2 * lines.len() <= usize::from(inner.height) {
        lines = lines.into_iter().flat_map(|line| [line, Line::default()]).collect();
    }
    let furthest = lines.len().saturating_sub(usize::from(inner.height));
    Some(Panel { lines, inner, top: class.top.min(furthest) })
}

/// Rows that the whole page takes, its frame among them, where it is so wide.
pub fn rows_for(model: &Model, width: u16) -> u16 {
    let Some(class) = &model.lesson else { return 0 };
    let room = width.saturating_sub(2 + 2 * margin(class, width));
    u16::try_from(body(class, model, usize::from(room)).len() + 2).unwrap_or(u16::MAX)
}

/// Columns left free on either side.
fn margin(class: &Class, width: u16) -> u16 {
    if class.present { (width / 12).min(8) } else { 1 }
}

/// Draws it.
pub fn render(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    let (Some(class), Some(panel)) = (&model.lesson, panel(model, area)) else { return };
    let theme = &model.theme;
    let (border, style) = theme.frame(model.focus == Focus::Lesson);
    let course = &class.course;
    let pages = course.lesson().pages.len();
    let width = usize::from(area.width.saturating_sub(4));
    let title = course.page().map_or("", |page| page.title.as_str());
    let number = format!(" {}/{pages} ", course.at() + 1);
    let keys = class.pressed.iter().cloned().collect::<Vec<_>>().join("  ");
    let corner = if class.present && !keys.is_empty() { format!(" keys: {keys} ") } else { String::new() };
    let head = Line::from(vec![
        Span::styled(number.clone(), theme.style(Role::Dim)),
        Span::styled(
            format!("{} ", fit(title, width.saturating_sub(number.width() + corner.width()), theme.glyphs)),
            theme.style(Role::Title),
        ),
    ]);
    let block = Block::bordered()
        .border_set(border)
        .border_style(style)
        .title(head)
        .title(Line::styled(corner, theme.style(Role::Key)).right_aligned())
        .title_bottom(foot(class, model, panel.below(), width));
    frame.render_widget(block, area);
    let inner = panel.inner;
    for (line, y) in panel.lines.into_iter().skip(panel.top).zip(inner.top()..inner.bottom()) {
        frame.render_widget(line, Rect { y, height: 1, ..inner });
    }
}

fn styled(pieces: Vec<Piece>, theme: &Theme) -> Line<'static> {
    let spans = pieces.into_iter().map(|piece| {
        let style = match piece.weight {
            Weight::Plain => theme.style(Role::Text),
            Weight::Strong => theme.style(Role::Text).add_modifier(Modifier::BOLD),
            Weight::Code => theme.style(Role::Key),
        };
        Span::styled(piece.text, style)
    });
    spans.collect()
}

fn body(class: &Class, model: &Model, width: usize) -> Vec<Line<'static>> {
    let Some(page) = class.course.page() else { return Vec::new() };
    let theme = &model.theme;
    let mut body: Vec<Line<'static>> =
        lines(&page.text, width, class.present).into_iter().map(|line| styled(line, theme)).collect();
    let tasks = tasks(class, page, model, width);
    if !tasks.is_empty() {
        body.push(Line::default());
        body.extend(tasks);
    }
    let heard = spoken(class, model, width);
    if !heard.is_empty() {
        body.push(Line::default());
        body.extend(heard);
    }
    let asks = question(class, page, model, width);
    if !asks.is_empty() {
        body.push(Line::default());
        body.extend(asks);
    }
    body
}

/// A mark, and text beside it.
fn marked(mark: Mark, role: Role, text: &str, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let glyph = mark.glyph(theme.glyphs);
    wrap(text, width.saturating_sub(2))
        .into_iter()
        .enumerate()
        .map(|(at, line)| {
            let head = if at == 0 { format!("{glyph} ") } else { "  ".to_owned() };
            Line::from(vec![
                Span::styled(head, theme.style(mark.role())),
                Span::styled(line, theme.style(role)),
            ])
        })
        .collect()
}

/// What the page wants done, and what of it is.
fn tasks(class: &Class, page: &Page, model: &Model, width: usize) -> Vec<Line<'static>> {
    let course = &class.course;
    let mut found = Vec::new();
    let mut open = true;
    for (text, done) in course.deeds_done(&model.run) {
        let mark = match (done, course.is_idle()) {
            (true, _) => Mark::Done,
            (false, false) if std::mem::take(&mut open) => Mark::Running,
            _ => Mark::Waiting,
        };
        found.extend(marked(mark, if done { Role::Dim } else { Role::Text }, &text, width, &model.theme));
    }
    if let Place::ToDo(open) = course.place(&model.run)
        && page.deeds.is_empty()
    {
        for text in open {
            found.extend(marked(
                Mark::Waiting,
                Role::Text,
                &format!("waits until {text}"),
                width,
                &model.theme,
            ));
        }
    }
    found
}

/// What was typed on nodes, and the end of what they said.
fn spoken(class: &Class, model: &Model, width: usize) -> Vec<Line<'static>> {
    let theme = &model.theme;
    let mut found = Vec::new();
    for (node, command, spoken) in class.course.spoken() {
        if spoken.text.trim().is_empty() {
            continue;
        }
        let command = fit(command, width.saturating_sub(node.as_str().width() + 3), theme.glyphs);
        found.push(Line::from(vec![
            Span::styled(format!("{node}"), theme.style(Role::Dim)),
            Span::styled(format!(" $ {command}"), theme.style(Role::Key)),
        ]));
        let room = width.saturating_sub(2);
        let rows: Vec<String> = spoken.text.lines().flat_map(|line| broken(line, room)).collect();
        let above = rows.len().saturating_sub(HEARD);
        if above > 0 {
            let shell = model.keys.shown(Action::Shell);
            let more = format!("  {above} lines before these; {shell} opens a shell, to see them all");
            found.push(Line::styled(fit(&more, width, theme.glyphs), theme.style(Role::Dim)));
        }
        let shown = rows.into_iter().skip(above);
        found.extend(shown.map(|row| Line::styled(format!("  {row}"), theme.style(Role::Text))));
    }
    found
}

fn question(class: &Class, page: &Page, model: &Model, width: usize) -> Vec<Line<'static>> {
    let (Some(ask), theme) = (&page.ask, &model.theme) else { return Vec::new() };
    if !matches!(class.course.place(&model.run), Place::ToAnswer | Place::Open) {
        return Vec::new();
    }
    let plain = |role: Role, text: &str| -> Vec<Line<'static>> {
        wrap(text, width).into_iter().map(|line| Line::styled(line, theme.style(role))).collect()
    };
    let mut found = plain(Role::Operator, &ask.text);
    let answered = class.course.because();
    if let Answer::Choices(choices) = &ask.answer {
        for (at, choice) in choices.iter().enumerate() {
            let text = wrap(&choice.text, width.saturating_sub(4));
            for (row, line) in text.into_iter().enumerate() {
                let head = if row == 0 { format!(" {} ", at + 1) } else { "   ".to_owned() };
                let role = if answered.is_some() { Role::Dim } else { Role::Text };
                found.push(Line::from(vec![
                    Span::styled(head, theme.style(Role::Key)),
                    Span::styled(format!(" {line}"), theme.style(role)),
                ]));
            }
        }
    }
    if let Some(because) = answered {
        let text = if because.is_empty() { "Right.".to_owned() } else { format!("Right. {because}") };
        found.extend(marked(Mark::Done, Role::Text, &text, width, theme));
    } else if let Some(hint) = class.course.hint() {
        found.extend(marked(Mark::Failed, Role::Warning, hint, width, theme));
    }
    found
}

/// What `enter` does now, and the other keys of the panel, as far as there is room.
fn foot(class: &Class, model: &Model, below: usize, width: usize) -> Line<'static> {
    let theme = &model.theme;
    let key = |action: Action| model.keys.shown(action);
    let next = class.onward(&model.run, below);
    let onward = match next {
        Onward::Read => "more of this page".to_owned(),
        Onward::Do => "do it for me".to_owned(),
        Onward::Wait => "wait: it is being done".to_owned(),
        Onward::Look(show) => format!("look at {}", named(show)),
        Onward::Choose(count) => format!("answer with 1 to {count}"),
        Onward::Write => "write an answer".to_owned(),
        Onward::Turn => "next page".to_owned(),
        Onward::Over => "the end".to_owned(),
    };
    let focused = model.focus == Focus::Lesson;
    let turns = focused && matches!(next, Onward::Turn | Onward::Over);
    let first = match next {
        _ if !focused => (key(Action::NextPane), "to the lesson".to_owned()),
        Onward::Choose(count) => (format!("1-{count}"), "answer".to_owned()),
        Onward::Wait => (String::new(), onward),
        _ => (key(Action::Open), onward),
    };
    let mut items = vec![first, (key(Action::PreviousPage), "back".to_owned())];
    if class.course.page().is_some_and(|page| page.more.is_some()) && focused {
        items.push((key(Action::Explain), "tells more".to_owned()));
    }
    if !turns {
        items.push((key(Action::NextPage), "next page".to_owned()));
    }
    items.extend([(key(Action::Contents), "pages".to_owned()), (key(Action::Lesson), "hide".to_owned())]);
    let mut spans = Vec::new();
    let mut used = 0;
    for (key, says) in items {
        let wide = key.width() + says.width() + 3;
        if used + wide > width {
            break;
        }
        used += wide;
        spans.push(Span::styled(format!(" {key}"), theme.style(Role::Key)));
        spans.push(Span::styled(format!(" {says} "), theme.style(Role::Bar)));
    }
    Line::from(spans)
}

/// What a card is called.
const fn named(show: Show) -> &'static str {
    match show {
        Show::Output => "the output",
        Show::Matrix => "all nodes",
        Show::Explain => "what it is for",
        Show::Config => "the configuration",
        Show::Checks => "the checks",
        Show::Diagnosis => "why it failed",
        Show::Why => "why it waits",
        Show::Files => "what was written",
        Show::Pki => "who signed whom",
    }
}
