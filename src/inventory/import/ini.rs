//! Ansible's INI: `[group]`, `[group:children]`, `[group:vars]`, and hosts with variables on their line.

use serde_yaml::Value;

use super::Left;
use super::ansible::{ALL, Ansible, Place, Var, Vars};

#[derive(Clone, Copy)]
enum Section {
    Hosts,
    Children,
    Vars,
    /// Of a kind that nobody knows.
    Strange,
}

pub(super) fn read(file: &str, text: &str, ansible: &mut Ansible, left: &mut Vec<Left>) {
    let (mut group, mut section) = (String::from("ungrouped"), Section::Hosts);
    for (at, line) in text.lines().enumerate() {
        let place = Place { file: file.to_owned(), line: at + 1 };
        let line = line.trim();
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some((name, kind)) = header(line) {
            name.clone_into(&mut group);
            section = match kind {
                None => Section::Hosts,
                Some("children") => Section::Children,
                Some("vars") => Section::Vars,
                Some(kind) => {
                    left.push(Left::new(
                        &place,
                        format!("the section [{name}:{kind}]"),
                        "no such kind of section",
                    ));
                    Section::Strange
                }
            };
            ansible.group(&group);
            continue;
        }
        match section {
            Section::Strange => {}
            Section::Children => {
                let (words, _) = words(line);
                for child in words {
                    ansible.group(&child);
                    let children = &mut ansible.group(&group).children;
                    if !children.contains(&child) {
                        children.push(child);
                    }
                }
            }
            Section::Vars => {
                if let Some((name, value)) = line.split_once('=') {
                    let value = unquoted(value.trim());
                    let var = Var { value: Value::String(value), place };
                    ansible.group(&group).vars.insert(name.trim().to_owned(), var);
                } else {
                    left.push(Left::new(
                        &place,
                        "a line without `=`".to_owned(),
                        "variables are written name=value",
                    ));
                }
            }
            Section::Hosts => host(line, &group, &place, ansible, left),
        }
    }
    ansible.group(ALL);
}

fn host(line: &str, group: &str, place: &Place, ansible: &mut Ansible, left: &mut Vec<Left>) {
    let (words, comment) = words(line);
    let mut words = words.into_iter();
    let Some(name) = words.next() else { return };
    let mut vars = Vars::new();
    for word in words {
        match word.split_once('=') {
            Some((name, value)) => {
                let var = Var { value: Value::String(value.to_owned()), place: place.clone() };
                vars.insert(name.to_owned(), var);
            }
            None => left.push(Left::new(place, format!("`{word}`"), "variables are written name=value")),
        }
    }
    ansible.add(group, &name, &vars, place, left);
    // People fill in kubespray's sample and forget to take away the `#`.
    let is_name =
        |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let names: Vec<&str> = comment
        .split_whitespace()
        .filter_map(|word| word.split_once('=').map(|(name, _)| name.trim_start_matches('#')))
        .filter(|name| is_name(name))
        .collect();
    if !names.is_empty() {
        let what = format!("{} of `{name}`", names.join(", "));
        left.push(Left::new(place, what, "looks like a variable, but stands in a comment"));
    }
}

/// `[name]` or `[name:kind]`, with nothing but a comment behind.
fn header(line: &str) -> Option<(&str, Option<&str>)> {
    let (inside, rest) = line.strip_prefix('[')?.split_once(']')?;
    let rest = rest.trim();
    if !(rest.is_empty() || rest.starts_with(['#', ';'])) || inside.contains(char::is_whitespace) {
        return None;
    }
    match inside.split_once(':') {
        Some((name, kind)) => Some((name, Some(kind))),
        None => Some((inside, None)),
    }
}

/// A line in words, as a shell would see them, and the comment at its end.
pub(super) fn words(line: &str) -> (Vec<String>, &str) {
    let (mut all, mut word, mut begun) = (Vec::new(), String::new(), false);
    let mut quote = None;
    let mut chars = line.char_indices();
    while let Some((at, c)) = chars.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some('\''), c) => word.push(c),
            (_, '\\') => word.extend(chars.next().map(|(_, c)| c)),
            (Some(_), c) => word.push(c),
            (None, '"' | '\'') => (quote, begun) = (Some(c), true),
            (None, '#') if !begun => return (all, &line[at..]),
            (None, c) if c.is_whitespace() => {
                if begun {
                    all.push(std::mem::take(&mut word));
                }
                begun = false;
            }
            (None, c) => {
                word.push(c);
                begun = true;
            }
        }
    }
    if begun {
        all.push(word);
    }
    (all, "")
}

fn unquoted(value: &str) -> String {
    match value.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let inside = &value[1..];
            inside.split(quote).next().unwrap_or_default().to_owned()
        }
        _ => value.split(" #").next().unwrap_or_default().trim().to_owned(),
    }
}
