//! The ideas behind the phases.

use super::super::Style;
use super::super::layout::wrap;
use super::sections::Lines;
use crate::teaching;
use crate::version::Version;

/// All ideas, a sentence each.
pub fn ideas(style: Style) -> String {
    let mut lines = vec![style.bold("ideas")];
    let widest = teaching::ideas().iter().map(|idea| idea.idea.len() + 2).max().unwrap_or(0);
    for idea in teaching::ideas() {
        let room = style.width.max(60).saturating_sub(widest + 2);
        for (n, part) in wrap(&idea.short, room).iter().enumerate() {
            let name = if n == 0 { format!("  {}", idea.idea) } else { String::new() };
            lines.push(format!("{name:widest$}  {part}"));
        }
    }
    lines.join("\n") + "\n"
}

/// All about one idea; nothing when there is none of that name.
pub fn idea(name: &str, version: &Version, style: Style) -> Option<String> {
    let idea = teaching::idea_named(name)?;
    let mut lines = Lines::new(style);
    lines.lines.push(style.bold(&idea.title));
    for section in teaching::idea(name, version) {
        lines.section(&section);
    }
    Some(lines.text())
}
