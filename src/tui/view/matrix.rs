//! The rack as a matrix: nodes across, phases down, a glyph each.

use ratatui::Frame;
use ratatui::layout::{Margin, Position, Rect};
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

use super::fit::fit;
use super::tree::{pane, scrollbar};
use crate::tui::model::Model;
use crate::tui::rack::{Cell, Grid};
use crate::tui::theme::{Mark, Role};

/// Columns of the phases' names, at most.
const NAMES: usize = 26;
/// Fewer rows than this, and nodes have numbers rather than names.
const TALL: usize = 20;

/// What of the matrix is on the screen.
struct Window {
    /// Columns of the phases' names.
    names: usize,
    /// Columns a node.
    wide: usize,
    /// Rows of the nodes' names.
    head: usize,
    /// Whether nodes have names across, one row.
    across: bool,
    /// The first node, and how many.
    nodes: (usize, usize),
    /// The first line, and how many.
    lines: (usize, usize),
}

pub(super) fn render(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    if area.is_empty() {
        return;
    }
    let inner = pane(frame, area, model, title(model, usize::from(area.width.saturating_sub(2))));
    let grid = &model.rack.grid;
    let lines = grid.lines();
    let window = Window::of(model, &lines, inner);
    let mut y = inner.top();
    let mut put = |line: Line<'static>| {
        if y < inner.bottom() {
            frame.render_widget(line, Rect { y, height: 1, ..inner });
            y += 1;
        }
    };
    for row in 0..window.head {
        put(window.heading(model, row));
    }
    put(window.summary(model));
    for &line in lines.iter().skip(window.lines.0).take(window.lines.1) {
        put(window.line(model, line));
    }
    let body = Rect {
        y: area.y + cells(window.head + 1),
        height: area.height.saturating_sub(cells(window.head + 1)),
        ..area
    };
    scrollbar(frame, body, model, window.lines.0, lines.len());
}

/// The cell at `position` on a screen whose rack is in `area`: of a name, the one of the node under the cursor.
pub fn cell_at(model: &Model, area: Rect, position: Position) -> Option<Cell> {
    let inner = area.inner(Margin::new(1, 1));
    if !inner.contains(position) {
        return None;
    }
    let lines = model.rack.grid.lines();
    let window = Window::of(model, &lines, inner);
    let row = usize::from(position.y - inner.y).checked_sub(window.head + 1);
    let line = match row {
        Some(row) => *lines.get(window.lines.0 + row).filter(|_| row < window.lines.1)?,
        None => model.rack.grid.at.line,
    };
    let node = match usize::from(position.x - inner.x).checked_sub(window.names) {
        Some(x) => window.nodes.0 + x / window.wide,
        None => model.rack.grid.at.node,
    };
    (node < model.run.nodes().len()).then_some(Cell { node, line })
}

fn cells(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

/// The selected cell in words.
fn title(model: &Model, width: usize) -> Line<'static> {
    let theme = &model.theme;
    let grid = &model.rack.grid;
    let Some(node) = model.run.nodes().nth(grid.at.node) else { return Line::raw(" rack ") };
    let phase = grid.phases.get(grid.at.line).map_or("", |phase| phase.group.as_str());
    let step = model.selected_step().filter(|step| step.node == node.name && grid.mark(grid.at).is_some());
    let name = step.map_or_else(|| phase.to_owned(), |step| step.phase.to_string());
    let step = step.and_then(|step| model.run.step(step));
    let shown =
        step.map(|step| Mark::of_step(step, Some(&model.run.outlook()))).or_else(|| grid.mark(grid.at));
    let state = match shown {
        Some(mark) => {
            Span::styled(format!("{} {} ", mark.glyph(theme.glyphs), mark.word()), theme.style(mark.role()))
        }
        None => Span::styled("none ", theme.style(Role::Dim)),
    };
    let room = width.saturating_sub(state.width() + 2);
    let name = fit(&format!("{} {name}", node.name), room, theme.glyphs);
    Line::from(vec![Span::styled(format!(" {name} "), theme.style(Role::Title)), state])
}

/// The first of a page of `size` that has `at` on it.
fn page(at: usize, size: usize, all: usize) -> usize {
    (at / size.max(1) * size.max(1)).min(all.saturating_sub(size))
}

impl Window {
    fn of(model: &Model, lines: &[usize], inner: Rect) -> Self {
        let grid = &model.rack.grid;
        let (width, height) = (usize::from(inner.width), usize::from(inner.height));
        let nodes = model.run.nodes().len();
        let label = |line: &usize| {
            grid.phases[*line].label().width() + if grid.phases[*line].leaf.is_some() { 4 } else { 2 }
        };
        let names = lines.iter().map(label).max().unwrap_or(0).clamp(6, NAMES).min(width / 2);
        let room = width.saturating_sub(names);
        let longest = model.run.nodes().map(|node| node.name.as_str().width()).max().unwrap_or(1);
        let across = nodes * (longest + 2) <= room;
        let wide = if across {
            longest + 2
        } else if nodes * 2 <= room {
            2
        } else {
            1
        };
        let head = if across {
            1
        } else if height >= TALL {
            longest.min(height / 4)
        } else {
            nodes.to_string().len()
        };
        let shown = (room / wide).max(1);
        let tall = height.saturating_sub(head + 1);
        let here = lines.iter().rposition(|&line| line <= grid.at.line).unwrap_or(0);
        Self {
            names,
            wide,
            head,
            across,
            nodes: (page(grid.at.node, shown, nodes), shown),
            lines: (page(here, tall, lines.len()), tall),
        }
    }

    /// One row of the nodes' names, or of their numbers.
    fn heading(&self, model: &Model, row: usize) -> Line<'static> {
        let theme = &model.theme;
        let mut spans = vec![Span::raw(" ".repeat(self.names))];
        let digits = model.run.nodes().len().to_string().len();
        for (place, node) in model.run.nodes().enumerate().skip(self.nodes.0).take(self.nodes.1) {
            let name = node.name.as_str();
            let text = if self.across {
                name.to_owned()
            } else if self.head == digits && name.width() != digits && self.head < 3 {
                let number = format!("{:>digits$}", place + 1);
                number.chars().nth(row).map(String::from).unwrap_or_default()
            } else {
                letter(name, row, self.head, theme.glyphs.pick("⋮", ":"))
            };
            let marked = model.rack.marked.contains(&node.name);
            let mut style = theme.style(if marked { Role::Marked } else { Role::Dim });
            if place == model.rack.grid.at.node {
                style = theme.style(Role::Title).add_modifier(Modifier::REVERSED);
            }
            let pad = self.wide.saturating_sub(text.width());
            spans.push(Span::styled(text, style));
            spans.push(Span::raw(" ".repeat(pad)));
        }
        Line::from(spans)
    }

    /// Each node as a whole.
    fn summary(&self, model: &Model) -> Line<'static> {
        let grid = &model.rack.grid;
        let nodes = model.run.nodes().len();
        let done = (0..nodes).filter(|&node| grid.tally(node).is_settled()).count();
        let label = format!(
            "{:<1$}",
            fit(&format!("nodes {done}/{nodes}"), self.names - 1, model.theme.glyphs),
            self.names
        );
        let mut spans = vec![Span::styled(label, model.theme.style(Role::Title))];
        for node in (self.nodes.0..nodes).take(self.nodes.1) {
            let tally = grid.tally(node);
            let text =
                if self.across { format!(" {}/{}", tally.settled(), tally.total()) } else { String::new() };
            spans.extend(self.cell(model, Some(tally.mark()).filter(|_| tally.total() > 0), &text, false));
        }
        Line::from(spans)
    }

    fn line(&self, model: &Model, line: usize) -> Line<'static> {
        let theme = &model.theme;
        let grid: &Grid = &model.rack.grid;
        let phase = &grid.phases[line];
        let fold = match grid.open(line) {
            Some(true) => theme.glyphs.pick("▾ ", "v "),
            Some(false) => theme.glyphs.pick("▸ ", "> "),
            None if phase.leaf.is_some() => "    ",
            None if phase.own => theme.glyphs.pick("· ", ": "),
            None => "  ",
        };
        let here = line == grid.at.line;
        let mut style = theme.style(if phase.own { Role::Note } else { Role::Text });
        if phase.own {
            style = style.add_modifier(Modifier::ITALIC);
        }
        if here {
            style = theme.style(Role::Title).add_modifier(Modifier::REVERSED);
        }
        let room = self.names.saturating_sub(fold.width() + 1);
        let name = fit(phase.label(), room, theme.glyphs);
        let pad = self.names.saturating_sub(fold.width() + name.width());
        let mut spans = vec![
            Span::styled(fold, theme.style(Role::Dim)),
            Span::styled(name, style),
            Span::raw(" ".repeat(pad)),
        ];
        let nodes = model.run.nodes().len();
        for node in (self.nodes.0..nodes).take(self.nodes.1) {
            let cell = Cell { node, line };
            spans.extend(self.cell(model, grid.mark(cell), "", cell == grid.at));
        }
        Line::from(spans)
    }

    fn cell(&self, model: &Model, mark: Option<Mark>, text: &str, selected: bool) -> [Span<'static>; 2] {
        let theme = &model.theme;
        let (glyph, role) = match mark {
            Some(mark) => (mark.glyph(theme.glyphs), mark.role()),
            None => (" ", Role::Dim),
        };
        let mut style = theme.style(role);
        if selected {
            style = style.patch(theme.style(Role::Selection)).add_modifier(Modifier::REVERSED);
        }
        let text = fit(text, self.wide.saturating_sub(1), theme.glyphs);
        let rest = format!("{text:<0$}", self.wide.saturating_sub(1));
        [Span::styled(glyph, style), Span::styled(rest, theme.style(Role::Dim))]
    }
}

/// A letter of a name that is written downwards, aligned at the bottom.
fn letter(name: &str, row: usize, rows: usize, more: &str) -> String {
    let length = name.chars().count();
    if length > rows {
        return if row + 1 == rows {
            more.to_owned()
        } else {
            name.chars().nth(row).map(String::from).unwrap_or_default()
        };
    }
    row.checked_sub(rows - length).and_then(|at| name.chars().nth(at)).map(String::from).unwrap_or_default()
}
