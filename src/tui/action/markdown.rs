//! The keys as a table for the README.

use super::{Action, Entry, Scope};

/// The default keys in Markdown, a table for each scope.
pub fn markdown() -> String {
    let mut text = String::new();
    for scope in Scope::ALL {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&format!("| {} | | command |\n|---|---|---|\n", scope.title()));
        for entry in Action::list().iter().filter(|entry| entry.scope == scope) {
            if let Some(keys) = keys(entry) {
                text.push_str(&format!("| {keys} | {} | `{}` |\n", entry.title, entry.name));
            }
        }
    }
    text
}

/// The nine nodes are one row.
fn keys(entry: &Entry) -> Option<String> {
    match entry.action {
        Action::Node(1) => Some("`1` … `9`".to_owned()),
        Action::Node(_) => None,
        _ => Some(entry.keys.iter().map(|key| code(key)).collect::<Vec<_>>().join(" ")),
    }
}

fn code(key: &str) -> String {
    match key {
        // Three signs for one: it would end the code.
        "`" => "<code>&#96;</code>".to_owned(),
        // Bars end a cell even in code.
        "|" => "`\\|`".to_owned(),
        _ => format!("`{key}`"),
    }
}
