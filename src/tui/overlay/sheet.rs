//! The box that questions are asked in: text that wraps and scrolls, and under it, always in sight, the answers.

use ratatui::Frame;
use ratatui::layout::{Constraint, Margin, Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::tui::theme::{Role, Theme};

/// Lines longer than this are hard to read.
const WIDEST: u16 = 84;

/// A paragraph of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    text: String,
    role: Role,
    indent: usize,
}

impl Passage {
    /// Plain text.
    pub fn say(text: impl Into<String>) -> Self {
        Self { text: text.into(), role: Role::Text, indent: 0 }
    }

    /// What is to be heeded.
    pub fn warn(text: impl Into<String>) -> Self {
        Self { text: text.into(), role: Role::Warning, indent: 0 }
    }

    /// One of several.
    pub fn item(text: impl Into<String>) -> Self {
        Self { text: text.into(), role: Role::Dim, indent: 2 }
    }

    /// What is typed or run, word for word.
    pub fn command(text: impl Into<String>) -> Self {
        Self { text: text.into(), role: Role::Key, indent: 2 }
    }

    /// A line between others.
    pub fn blank() -> Self {
        Self::say("")
    }
}

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
    /// A line as it is.
    Line(Line<'static>),
}

/// Everything that is to be seen, for one moment.
#[derive(Debug)]
pub struct Sheet<'a> {
    /// Of the frame.
    pub title: &'a str,
    /// What is to be known.
    pub body: &'a [Passage],
    /// The answers.
    pub foot: Vec<Foot>,
    /// Lines of the body above the first one seen.
    pub scroll: usize,
    /// The frame warns.
    pub danger: bool,
}

/// Where everything goes.
struct Places {
    frame: Rect,
    body: Rect,
    foot: Rect,
    lines: Vec<Line<'static>>,
    /// Lines of the foot, and which of its parts each belongs to.
    feet: Vec<(usize, Line<'static>)>,
}

impl Sheet<'_> {
    /// How far the body can be scrolled on that screen.
    pub fn reach(&self, area: Rect, theme: &Theme) -> usize {
        let places = self.places(area, theme);
        places.lines.len().saturating_sub(usize::from(places.body.height))
    }

    /// Which part of the foot is at `position`.
    pub fn foot_at(&self, position: Position, area: Rect, theme: &Theme) -> Option<usize> {
        let places = self.places(area, theme);
        if !places.foot.contains(position) {
            return None;
        }
        places.feet.get(usize::from(position.y - places.foot.y)).map(|(part, _)| *part)
    }

    /// Draws it in the middle of `area`.
    pub fn render(&self, frame: &mut Frame<'_>, area: Rect, theme: &Theme) {
        let places = self.places(area, theme);
        frame.render_widget(Clear, places.frame);
        let (border, style) = theme.frame(true);
        let style = if self.danger { theme.style(Role::Danger) } else { style };
        let title = Span::styled(format!(" {} ", self.title), theme.style(Role::Title));
        let mut block = Block::bordered().border_set(border).border_style(style).title(title);
        let shown = usize::from(places.body.height);
        let reach = places.lines.len().saturating_sub(shown);
        let first = self.scroll.min(reach);
        if reach > 0 {
            let below = reach - first;
            let note = if below > 0 { format!(" {below} more: pagedown ") } else { " pageup ".to_owned() };
            block = block.title_bottom(Line::from(note).right_aligned());
        }
        frame.render_widget(block, places.frame);
        for (line, y) in places.lines.iter().skip(first).zip(places.body.top()..places.body.bottom()) {
            frame.render_widget(line, Rect { y, height: 1, ..places.body });
        }
        for ((_, line), y) in places.feet.iter().zip(places.foot.top()..places.foot.bottom()) {
            frame.render_widget(line, Rect { y, height: 1, ..places.foot });
        }
    }

    fn places(&self, area: Rect, theme: &Theme) -> Places {
        let most = area.width.saturating_sub(2).min(WIDEST);
        let inner = usize::from(most.saturating_sub(4));
        let mut lines: Vec<Line<'static>> = Vec::new();
        for passage in self.body {
            let style = theme.style(passage.role);
            let parts = wrap(&passage.text, inner.saturating_sub(passage.indent));
            let indent = " ".repeat(passage.indent);
            lines.extend(parts.into_iter().map(|part| Line::styled(format!("{indent}{part}"), style)));
        }
        let feet: Vec<_> = self
            .foot
            .iter()
            .enumerate()
            .flat_map(|(part, foot)| foot_lines(foot, inner, theme).into_iter().map(move |line| (part, line)))
            .collect();
        let widest =
            lines.iter().chain(feet.iter().map(|(_, line)| line)).map(Line::width).max().unwrap_or(0);
        let width =
            u16::try_from(widest.max(self.title.width() + 2)).unwrap_or(most).saturating_add(4).min(most);
        let short = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
        let room = area.height.saturating_sub(2);
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

fn foot_lines(foot: &Foot, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    match foot {
        Foot::Line(line) => vec![line.clone()],
        Foot::Choice { key, says, selected, danger } => {
            let lead = key.width().max(5) + 4;
            let role = if *danger { Role::Danger } else { Role::Text };
            let mark = if *selected { theme.glyphs.pick("▸", ">") } else { " " };
            wrap(says, width.saturating_sub(lead))
                .into_iter()
                .enumerate()
                .map(|(at, part)| {
                    let key = if at == 0 { format!("{mark} {key:>5}  ") } else { " ".repeat(lead) };
                    let line = Line::from(vec![
                        Span::styled(key, theme.style(Role::Key)),
                        Span::styled(part, theme.style(role)),
                    ]);
                    if *selected { line.patch_style(theme.style(Role::Selection)) } else { line }
                })
                .collect()
        }
    }
}

/// `text` in lines of at most `width` columns, broken between words where that is possible.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split_inclusive(' ') {
        let bare = word.trim_end_matches(' ').width();
        if used > 0 && used + bare > width {
            lines.push(String::new());
            used = 0;
        }
        for c in word.chars() {
            let wide = c.width().unwrap_or(0);
            if used + wide > width {
                if c == ' ' {
                    continue;
                }
                lines.push(String::new());
                used = 0;
            }
            if let Some(line) = lines.last_mut() {
                line.push(c);
                used += wide;
            }
        }
    }
    for line in &mut lines {
        line.truncate(line.trim_end().len());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::Glyphs;
    use crate::tui::view::fit;
    use proptest::prelude::*;

    #[test]
    fn words_stay_whole_where_they_fit() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij k", 4), ["abcd", "efgh", "ij k"]);
        assert_eq!(wrap("", 4), [""]);
        assert_eq!(fit("one two", 5, Glyphs::Unicode), "one…");
        assert_eq!(fit("one", 3, Glyphs::Unicode), "one");
    }

    proptest! {
        #[test]
        fn nothing_is_wider_than_its_room(text in "\\PC{0,80}", width in 2usize..40) {
            for line in wrap(&text, width) {
                prop_assert!(line.width() <= width, "{line:?}");
            }
            prop_assert!(fit(&text, width, Glyphs::Unicode).width() <= width);
        }
    }
}
