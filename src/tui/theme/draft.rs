//! Reads one theme file.

use std::sync::LazyLock;

use indexmap::IndexMap;
use ratatui::style::Modifier;
use regex::Regex;

use super::scheme::{Scheme, Wish};
use super::{Background, Colour, Role};
use crate::diag::Diagnostic;
use crate::inventory::yaml::{self, At, Fields, Node, Report, Source, entries, flag, parsed, text};

/// A theme as its file has it, with the places for messages.
pub(super) struct Draft {
    pub(super) source: Source,
    pub(super) name: At<String>,
    pub(super) extends: Option<At<String>>,
    title: Option<String>,
    background: Option<Background>,
    palette: IndexMap<String, Colour>,
    wishes: Vec<(Role, Change)>,
}

/// What a file says of one role; the rest is as in the theme that it extends.
#[derive(Default)]
struct Change {
    fg: Option<At<String>>,
    bg: Option<At<String>>,
    on: Modifier,
    off: Modifier,
}

const KEYS: [&str; 6] = ["name", "title", "extends", "background", "palette", "roles"];
const LOOKS: [&str; 8] = ["fg", "bg", "bold", "dim", "italic", "underline", "reversed", "strike"];
const MODIFIERS: [(&str, Modifier); 6] = [
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underline", Modifier::UNDERLINED),
    ("reversed", Modifier::REVERSED),
    ("strike", Modifier::CROSSED_OUT),
];
/// Takes away the colour that the extended theme gives.
const NONE: &str = "none";
const COLOURS: &str = "write #rrggbb in quotes, a name of the palette, `default`, or one of the terminal's own, like `ansi-red`";
const QUOTES: &str = "a colour needs quotes, as in \"#ff8700\": YAML takes a bare `#` for a comment";

/// A colour without quotes.
static BARE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?m)^[^#\n]*:\s+#[0-9A-Fa-f]{6}\b").ok());

impl Draft {
    /// Reads a file, or says all that is wrong with it; `file` is what messages call it.
    pub(super) fn read(file: &str, text: String) -> Result<Self, Vec<Diagnostic>> {
        let source = Source::new(file, text);
        let mut documents = yaml::parse(&source).map_err(|problem| {
            let bare = BARE.as_ref().is_some_and(|bare| bare.is_match(&source.text));
            vec![if bare { problem.with_help(QUOTES) } else { *problem }]
        })?;
        if documents.len() != 1 {
            let message = format!("{file} holds {} documents, not one", documents.len());
            return Err(vec![Diagnostic::error(message, None).with_help("a theme is one YAML document")]);
        }
        let mut report = Report::new(&source);
        let read = document(&documents.remove(0), &mut report);
        let found = report.found;
        match read {
            Some(read) if found.is_empty() => Ok(Self { source, ..read }),
            _ => Err(found),
        }
    }

    /// The theme: what the file says, over what `base` says.
    pub(super) fn over(&self, base: &Scheme) -> Result<Scheme, Vec<Diagnostic>> {
        let mut scheme = base.clone();
        scheme.name.clone_from(&self.name.value);
        scheme.title.clone_from(self.title.as_ref().unwrap_or(&self.name.value));
        scheme.background = self.background.unwrap_or(base.background);
        scheme.palette.extend(self.palette.iter().map(|(name, colour)| (name.clone(), *colour)));
        let mut report = Report::new(&self.source);
        for (role, change) in &self.wishes {
            let known = [&change.fg, &change.bg].map(|wish| colour(wish.as_ref(), &scheme, &mut report));
            let [fg, bg] = known;
            let wish = &mut scheme.wishes[*role as usize];
            let pick = |given: Option<String>, before: Option<String>| match given {
                Some(text) if text == NONE => None,
                given => given.or(before),
            };
            *wish = Wish {
                fg: pick(fg, wish.fg.take()),
                bg: pick(bg, wish.bg.take()),
                modifier: (wish.modifier - change.off) | change.on,
            };
        }
        if report.found.is_empty() { Ok(scheme) } else { Err(report.found) }
    }

    /// The background that the file names.
    pub(super) const fn background(&self) -> Option<Background> {
        self.background
    }

    /// The roles that the file itself speaks of.
    #[cfg(test)]
    pub(super) fn roles(&self) -> Vec<Role> {
        self.wishes.iter().map(|(role, _)| *role).collect()
    }
}

/// A colour that is written or that the palette has.
fn colour(wish: Option<&At<String>>, scheme: &Scheme, report: &mut Report<'_>) -> Option<String> {
    let At { value, at } = wish?;
    if value != NONE && scheme.colour(value).is_none() {
        let names: Vec<&str> = scheme.palette.keys().map(String::as_str).collect();
        let help = yaml::closest(value, &names).filter(|_| !value.starts_with('#'));
        let help = help.map_or_else(|| COLOURS.to_owned(), |name| format!("did you mean `{name}`?"));
        report.error(*at, format!("`{value}` is no colour"), help);
    }
    Some(value.clone())
}

fn document(root: &Node, report: &mut Report<'_>) -> Option<Draft> {
    let fields = Fields::with_keys(root, "a theme", &KEYS, |_| None, report)?;
    let name = fields.require("name", "the theme", "a name is how --theme asks for it", report);
    let name = name.and_then(|node| parsed(node, "a name", NAME, report, sound_name));
    let title = fields.get("title").and_then(|node| text(node, "a title", report));
    let extends = fields.get("extends").and_then(|node| text(node, "the name of a theme", report));
    let background = fields.get("background").and_then(|node| {
        parsed(node, "a background", "it is `dark` or `light`", report, |text| match text {
            "dark" => Some(Background::Dark),
            "light" => Some(Background::Light),
            _ => None,
        })
    });
    let palette = fields.get("palette").map(|node| palette(node, report)).unwrap_or_default();
    let wishes = fields.get("roles").map(|node| roles(node, report)).unwrap_or_default();
    Some(Draft {
        source: Source::new("", String::new()),
        name: name?,
        extends,
        title: title.map(|title| title.value),
        background: background.map(|background| background.value),
        palette,
        wishes,
    })
}

const NAME: &str = "use lower-case letters, digits and `-`";

fn sound_name(text: &str) -> Option<String> {
    let sound = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (!text.is_empty() && text.len() <= 40 && text.chars().all(sound)).then(|| text.to_owned())
}

fn palette(node: &Node, report: &mut Report<'_>) -> IndexMap<String, Colour> {
    let mut palette = IndexMap::new();
    for entry in entries(node, "the palette", report).unwrap_or_default() {
        if entry.key == NONE || Colour::parse(&entry.key).is_some() {
            let help = "choose another name";
            report.error(entry.at, format!("`{}` already means something", entry.key), help);
        } else if entry.value.is_null() {
            report.error(entry.at, format!("`{}` has no colour", entry.key), QUOTES);
        } else if let Some(colour) = parsed(&entry.value, "a colour", COLOURS, report, Colour::parse) {
            palette.insert(entry.key.clone(), colour.value);
        }
    }
    palette
}

fn roles(node: &Node, report: &mut Report<'_>) -> Vec<(Role, Change)> {
    let names = Role::ALL.map(Role::name);
    if Fields::with_keys(node, "the roles", &names, |_| None, report).is_none() {
        return Vec::new();
    }
    let role = |role: Role| Some((role, change(role, node.get(role.name())?, report)?));
    Role::ALL.into_iter().filter_map(role).collect()
}

fn change(role: Role, node: &Node, report: &mut Report<'_>) -> Option<Change> {
    let what = format!("the role `{}`", role.name());
    let fields = Fields::with_keys(node, &what, &LOOKS, |_| None, report)?;
    for entry in entries(node, &what, report)?.iter().filter(|entry| entry.value.is_null()) {
        let help = if matches!(entry.key.as_str(), "fg" | "bg") { QUOTES } else { "say true or false" };
        report.error(entry.at, format!("`{}` has no value", entry.key), help);
    }
    let mut change = Change {
        fg: fields.get("fg").and_then(|node| text(node, "a colour", report)),
        bg: fields.get("bg").and_then(|node| text(node, "a colour", report)),
        ..Change::default()
    };
    for (key, modifier) in MODIFIERS {
        match fields.get(key).and_then(|node| flag(node, report)) {
            Some(true) => change.on |= modifier,
            Some(false) => change.off |= modifier,
            None => {}
        }
    }
    Some(change)
}
