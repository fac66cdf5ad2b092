//! What the checks found: nodes by checks, and what each finding means.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear};
use unicode_width::UnicodeWidthStr;

use super::{Overlay, Reply};
use crate::diag::Severity;
use crate::engine::Command;
use crate::ids::NodeName;
use crate::report::layout::counted;
use crate::survey::check::{Cell, Matrix, matrix, meaning, word};
use crate::survey::finding::Finding;
use crate::tui::action::{Action, may};
use crate::tui::card::{Part, lay_out};
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::theme::{Glyphs, Role, Theme};
use crate::tui::view::first_fit;

/// The table with a cursor in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checks {
    row: usize,
    column: usize,
}

/// The table's content, made anew from the run's state whenever it is needed.
struct Table {
    matrix: Matrix,
    findings: Vec<(NodeName, Finding)>,
    /// Columns of the matrix where some node has something to say.
    told: Vec<usize>,
}

impl Table {
    fn of(model: &Model) -> Self {
        let nodes: Vec<NodeName> = model.run.nodes().map(|node| node.name.clone()).collect();
        let findings: Vec<(NodeName, Finding)> = model
            .run
            .nodes()
            .flat_map(|node| node.findings.iter().map(|finding| (node.name.clone(), finding.clone())))
            .collect();
        let matrix = matrix(&nodes, &findings);
        let told = (0..matrix.columns.len())
            .filter(|&at| {
                matrix.rows.iter().any(|row| row.cells.get(at).is_some_and(|cell| *cell > Cell::Passed))
            })
            .collect();
        Self { matrix, findings, told }
    }

    fn of_cell(&self, row: usize, column: usize) -> Vec<&Finding> {
        let node = self.matrix.rows.get(row).map(|row| &row.node);
        let check = self.told.get(column).and_then(|&at| self.matrix.columns.get(at));
        let here = |(on, finding): &&(NodeName, Finding)| Some(on) == node && Some(&finding.check) == check;
        self.findings.iter().filter(here).map(|(_, finding)| finding).collect()
    }
}

impl Checks {
    /// With the cursor on the worst finding.
    pub fn new(model: &Model) -> Self {
        let table = Table::of(model);
        let worst = (0..table.matrix.rows.len())
            .flat_map(|row| (0..table.told.len()).map(move |column| (row, column)))
            .max_by_key(|&(row, column)| {
                let cell = table.matrix.rows[row].cells[table.told[column]];
                (cell, std::cmp::Reverse((row, column)))
            });
        worst.map_or_else(Self::default, |(row, column)| Self { row, column })
    }
}

impl Overlay for Checks {
    fn key(&mut self, key: KeyEvent, model: &Model) -> Reply {
        let table = Table::of(model);
        match key.code {
            KeyCode::Char('k') | KeyCode::Up => self.row = self.row.saturating_sub(1),
            KeyCode::Char('j') | KeyCode::Down => self.row += 1,
            KeyCode::Char('h') | KeyCode::Left => self.column = self.column.saturating_sub(1),
            KeyCode::Char('l') | KeyCode::Right => self.column += 1,
            KeyCode::Char('c') => return Reply::Act(Action::Continue),
            KeyCode::Char('s') => return Reply::Act(Action::Step),
            KeyCode::Char('r') => {
                let node = table.matrix.rows.get(self.row).map(|row| row.node.clone());
                return node
                    .map_or(Reply::Stay, |node| Reply::Do(vec![Effect::Command(Command::Recheck(node))]));
            }
            KeyCode::Esc | KeyCode::Enter | KeyCode::Char('q' | 'C') => return Reply::Close,
            _ => {}
        }
        self.row = self.row.min(table.matrix.rows.len().saturating_sub(1));
        self.column = self.column.min(table.told.len().saturating_sub(1));
        Reply::Stay
    }

    fn render(&self, frame: &mut Frame<'_>, area: Rect, model: &Model) {
        let theme = &model.theme;
        let table = Table::of(model);
        frame.render_widget(Clear, area);
        let (border, style) = theme.frame(true);
        let block = Block::bordered()
            .border_set(border)
            .border_style(style)
            .style(theme.style(Role::Text))
            .title(" checks ")
            .title_bottom(self.keys(&table, model, usize::from(area.width.saturating_sub(2))));
        let inner = block.inner(area);
        frame.render_widget(block, area);
        let wanted = u16::try_from(table.matrix.rows.len() + 2).unwrap_or(u16::MAX);
        let [grid, rest] =
            Layout::vertical([Constraint::Max(wanted.min(inner.height / 2 + 1)), Constraint::Fill(1)])
                .areas(inner);
        self.grid(frame, grid, &table, theme);
        let parts = self.parts(&table);
        let room = Rect { x: rest.x + 1, width: rest.width.saturating_sub(2), ..rest };
        let mut lines = lay_out(&parts, usize::from(room.width), theme);
        let rows = usize::from(room.height);
        if lines.len() > rows {
            lines.truncate(rows);
            if let Some(last) = lines.last_mut() {
                *last = Line::styled(theme.glyphs.pick("…", "..."), theme.style(Role::Dim));
            }
        }
        for (line, y) in lines.into_iter().zip(room.top()..room.bottom()) {
            frame.render_widget(line, Rect { y, height: 1, ..room });
        }
    }
}

impl Checks {
    /// What can be done from here as things stand.
    fn keys(&self, table: &Table, model: &Model, width: usize) -> String {
        let node = table.matrix.rows.get(self.row).map(|row| row.node.clone());
        let recheck = node.is_some_and(|node| model.run.may(&Command::Recheck(node)).is_ok());
        let keys = [
            (may(model, Action::Step).is_ok(), ["s: go on step by step", "s: step by step", "s: by step"]),
            (
                may(model, Action::Continue).is_ok(),
                ["c: run on to the end", "c: run to the end", "c: to the end"],
            ),
            (recheck, ["r: check this node again", "r: check again", "r: again"]),
            (true, ["esc: back"; 3]),
        ];
        let way = |way: usize| {
            let told = keys.iter().filter(|(can, _)| *can).map(|(_, says)| says[way]);
            format!(" {} ", told.collect::<Vec<_>>().join("   "))
        };
        first_fit(&[way(0), way(1), way(2)], width, model.theme.glyphs)
    }

    fn grid(&self, frame: &mut Frame<'_>, area: Rect, table: &Table, theme: &Theme) {
        let names =
            table.matrix.rows.iter().map(|row| row.node.as_str().width()).max().unwrap_or(0).clamp(4, 24);
        let width = |column: usize| table.matrix.columns[table.told[column]].width().max(7) + 2;
        // The cursor's column is always seen.
        let mut first = 0;
        let fits = |first: usize| {
            let used: usize = (first..=self.column.min(table.told.len().saturating_sub(1))).map(width).sum();
            names + 2 + used <= usize::from(area.width)
        };
        while first < self.column && !table.told.is_empty() && !fits(first) {
            first += 1;
        }
        let columns: Vec<usize> = (first..table.told.len()).collect();
        let head = columns.iter().map(|&column| {
            let name = &table.matrix.columns[table.told[column]];
            let style = theme.style(if column == self.column { Role::Title } else { Role::Dim });
            Span::styled(format!("{name:>width$}", width = width(column)), style)
        });
        let head = [Span::raw(" ".repeat(names + 2))].into_iter().chain(head).collect::<Line<'_>>();
        frame.render_widget(head, Rect { height: area.height.min(1), ..area });
        let room = usize::from(area.height.saturating_sub(1));
        let top = (self.row + 1).saturating_sub(room);
        for ((at, row), y) in
            table.matrix.rows.iter().enumerate().skip(top).zip(area.top() + 1..area.bottom())
        {
            let style = theme.style(if at == self.row { Role::Title } else { Role::Text });
            let mut spans = vec![Span::styled(format!(" {:names$} ", row.node), style)];
            for &column in &columns {
                let cell = row.cells.get(table.told[column]).copied().unwrap_or(Cell::Unknown);
                let word = word(cell, theme.glyphs == Glyphs::Ascii);
                let mut style = theme.style(role(cell));
                if (at, column) == (self.row, self.column) {
                    style = style.patch(theme.style(Role::Selection));
                }
                spans.push(Span::raw("  "));
                spans.push(Span::styled(format!("{word:>width$}", width = width(column) - 2), style));
            }
            frame.render_widget(Line::from(spans), Rect { y, height: 1, ..area });
        }
    }

    fn parts(&self, table: &Table) -> Vec<Part> {
        let mut parts = vec![Part::Gap];
        let columns = table.matrix.columns.iter().enumerate();
        let passed: Vec<&str> =
            columns.filter(|(at, _)| !table.told.contains(at)).map(|(_, name)| name.as_str()).collect();
        let count =
            |severity: Severity| table.findings.iter().filter(|(_, f)| f.severity == severity).count();
        let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
        parts.push(Part::Text(
            Role::Dim,
            format!(
                "{}, {}; all nodes passed {}",
                counted(errors, "error"),
                counted(warnings, "warning"),
                counted(passed.len(), if table.told.is_empty() { "check" } else { "other check" })
            ),
        ));
        let found = self.finding(table);
        if found.is_empty() && !table.told.is_empty() {
            parts.push(Part::Text(Role::Done, "Nothing to say here.".to_owned()));
        }
        for finding in found {
            let role = match finding.severity {
                Severity::Error => Role::Failed,
                Severity::Warning => Role::Warning,
                Severity::Note => Role::Note,
            };
            let node = table.matrix.rows.get(self.row).map_or("", |row| row.node.as_str());
            parts.push(Part::Gap);
            parts.push(Part::Text(role, format!("{node}, {}: {}", finding.check, finding.message)));
            parts.extend(Part::field("fix", finding.fix.clone()));
        }
        for (group, said) in meaning(&passed) {
            parts.push(Part::Gap);
            parts.extend(Part::field(group, [said.join(", ")]));
        }
        parts
    }

    fn finding<'a>(&self, table: &'a Table) -> Vec<&'a Finding> {
        table.of_cell(self.row, self.column)
    }
}

const fn role(cell: Cell) -> Role {
    match cell {
        Cell::Unknown => Role::Dim,
        Cell::Passed => Role::Done,
        Cell::Note => Role::Note,
        Cell::Warning => Role::Warning,
        Cell::Error => Role::Failed,
    }
}
