//! The themes there are: ours, and those of the operator's directory.

use std::path::Path;
use std::sync::LazyLock;
use std::{fs, io};

use thiserror::Error;

use super::draft::Draft;
use super::fit::{Poorer, fit};
use super::scheme::Scheme;
use super::{Depth, Glyphs, Theme};
use crate::diag::Diagnostic;
use crate::inventory::closest;
use crate::inventory::yaml::At;

macro_rules! shipped {
    ($($name:literal),+ $(,)?) => {
        [$((concat!($name, ".yaml"), include_str!(concat!("../../../themes/", $name, ".yaml")))),+]
    };
}

/// The files of `themes/`, in the order that lists show.
pub(super) const SHIPPED: &[(&str, &str)] = &shipped![
    "default-dark",
    "default-light",
    "high-contrast",
    "okabe-ito",
    "catppuccin-mocha",
    "dracula",
    "gruvbox-dark",
    "nord",
    "solarized-light",
    "tokyo-night",
    "terminal",
    "mono",
];

/// They are the same in every process; the tests read each of them.
static OURS: LazyLock<Vec<Scheme>> = LazyLock::new(|| {
    let drafts = SHIPPED.iter().filter_map(|(file, text)| Draft::read(file, (*text).to_owned()).ok());
    resolve(&drafts.collect::<Vec<_>>(), &[]).0
});

/// A file this large is no theme.
const LARGEST: u64 = 256 * 1024;

/// Every theme that can be chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Themes(Vec<Scheme>);

/// A theme that nobody wrote.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("there is no theme `{name}`; {hint}")]
pub struct UnknownTheme {
    /// As it was asked for.
    pub name: String,
    /// The likely one, or all of them.
    pub hint: String,
}

impl Themes {
    /// Ours alone.
    pub fn shipped() -> Self {
        Self(OURS.clone())
    }

    /// Ours and those in `directory`, and what is wrong with the latter: a broken file takes no other with it. A
    /// directory that is not there holds none.
    pub fn with_directory(directory: &Path) -> (Self, Vec<Diagnostic>) {
        let mut found = Vec::new();
        let files = files(directory).unwrap_or_else(|error| {
            found.push(unread(directory, &error));
            Vec::new()
        });
        let read = files.iter().filter_map(|path| match read(path) {
            Ok(text) => Some((path.display().to_string(), text)),
            Err(error) => {
                found.push(unread(path, &error));
                None
            }
        });
        let read: Vec<_> = read.collect();
        let (themes, more) = Self::with_files(read);
        found.extend(more);
        (themes, found)
    }

    /// The same from names and texts of files.
    pub fn with_files(files: impl IntoIterator<Item = (String, String)>) -> (Self, Vec<Diagnostic>) {
        let mut found = Vec::new();
        let mut drafts: Vec<Draft> = Vec::new();
        for (file, text) in files {
            match Draft::read(&file, text) {
                Ok(draft) => match drafts.iter().find(|other| other.name.value == draft.name.value) {
                    Some(other) => {
                        let message = format!(
                            "there is a theme `{}` in {} already",
                            draft.name.value, other.source.file
                        );
                        found.extend(located(&draft, None, message, ""));
                    }
                    None => drafts.push(draft),
                },
                Err(problems) => found.extend(problems),
            }
        }
        let (theirs, problems) = resolve(&drafts, &OURS);
        found.extend(problems);
        let mut themes = OURS.clone();
        for theirs in theirs {
            match themes.iter_mut().find(|ours| ours.name == theirs.name) {
                Some(ours) => *ours = theirs,
                None => themes.push(theirs),
            }
        }
        (Self(themes), found)
    }

    /// Names and titles, ours first.
    pub fn list(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|scheme| (scheme.name.as_str(), scheme.title.as_str()))
    }

    /// The theme of that name as this terminal can show it.
    pub fn theme(&self, name: &str, depth: Depth, glyphs: Glyphs) -> Result<Theme, UnknownTheme> {
        let get = |name: &str| self.0.iter().find(|scheme| scheme.name == name);
        let scheme = get(name).ok_or_else(|| self.unknown(name))?;
        let bare = Scheme::bare("bare");
        let poorer = Poorer { sixteen: get("terminal").unwrap_or(&bare), none: get("mono").unwrap_or(&bare) };
        Ok(fit(scheme, &poorer, depth, glyphs))
    }

    fn unknown(&self, name: &str) -> UnknownTheme {
        let names: Vec<&str> = self.list().map(|(name, _)| name).collect();
        let hint = match closest(name, &names) {
            Some(likely) => format!("did you mean `{likely}`?"),
            None => format!("there are {}", names.join(", ")),
        };
        UnknownTheme { name: name.to_owned(), hint }
    }
}

/// The YAML files of a directory, by name.
fn files(directory: &Path) -> io::Result<Vec<std::path::PathBuf>> {
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    files.retain(|path| path.extension().is_some_and(|kind| kind == "yaml" || kind == "yml"));
    files.sort();
    Ok(files)
}

fn read(path: &Path) -> io::Result<String> {
    let about = fs::metadata(path)?;
    if !about.is_file() || about.len() > LARGEST {
        return Err(io::Error::other("not a file of at most 256 KiB"));
    }
    fs::read_to_string(path)
}

fn unread(path: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic::error(format!("can't read {}: {error}", path.display()), None)
}

/// An error in a draft's file.
fn located(draft: &Draft, place: Option<&At<String>>, message: String, help: &str) -> Vec<Diagnostic> {
    let location = draft.source.location(place.unwrap_or(&draft.name).at);
    let error = Diagnostic::error(message, Some(location));
    vec![if help.is_empty() { error } else { error.with_help(help) }]
}

/// Puts every draft over the theme it extends; `ours` are the ones that are there before.
fn resolve(drafts: &[Draft], ours: &[Scheme]) -> (Vec<Scheme>, Vec<Diagnostic>) {
    let mut found = Vec::new();
    let mut themes = Vec::new();
    for draft in drafts {
        match lineage(draft, drafts, ours).and_then(|(root, chain)| over(root, &chain)) {
            Ok(scheme) => themes.push(scheme),
            Err(problems) => found.extend(problems),
        }
    }
    (themes, found)
}

/// The finished theme at the root and the drafts over it, the nearest to the root first.
fn lineage<'d>(
    draft: &'d Draft,
    drafts: &'d [Draft],
    ours: &[Scheme],
) -> Result<(Scheme, Vec<&'d Draft>), Vec<Diagnostic>> {
    let finished = |name: &str| ours.iter().find(|scheme| scheme.name == name).cloned();
    let mut chain = vec![draft];
    let mut top = draft;
    while let Some(wanted) = &top.extends {
        // One that takes the name of ours extends ours.
        let other = drafts.iter().find(|other| other.name.value == wanted.value && other.name != top.name);
        let Some(other) = other else {
            let root = finished(&wanted.value).ok_or_else(|| nowhere(draft, top, wanted, drafts, ours))?;
            chain.reverse();
            return Ok((root, chain));
        };
        if chain.iter().any(|draft| std::ptr::eq(*draft, other)) {
            let names: Vec<&str> = chain.iter().map(|draft| draft.name.value.as_str()).collect();
            let message =
                format!("themes extend one another in a circle: {}, {}", names.join(", "), wanted.value);
            return Err(located(draft, draft.extends.as_ref(), message, ""));
        }
        chain.push(other);
        top = other;
    }
    let background = top.background().unwrap_or_default();
    let root = finished(background.default_theme()).unwrap_or_else(|| Scheme::bare("bare"));
    chain.reverse();
    Ok((root, chain))
}

/// Each over the one before. What is wrong in one of the others is said where that one is read.
fn over(root: Scheme, chain: &[&Draft]) -> Result<Scheme, Vec<Diagnostic>> {
    let mut scheme = root;
    for (at, draft) in chain.iter().enumerate() {
        scheme = draft.over(&scheme).map_err(|problems| match chain.last() {
            Some(last) if at + 1 < chain.len() => broken(last, draft),
            _ => problems,
        })?;
    }
    Ok(scheme)
}

fn broken(draft: &Draft, base: &Draft) -> Vec<Diagnostic> {
    let message = format!("`{}` builds on `{}`, which has mistakes", draft.name.value, base.name.value);
    located(draft, draft.extends.as_ref(), message, "")
}

fn nowhere(
    draft: &Draft,
    top: &Draft,
    wanted: &At<String>,
    drafts: &[Draft],
    ours: &[Scheme],
) -> Vec<Diagnostic> {
    if !std::ptr::eq(draft, top) {
        return broken(draft, top);
    }
    let names = ours.iter().map(|scheme| scheme.name.as_str());
    let names: Vec<&str> = names.chain(drafts.iter().map(|draft| draft.name.value.as_str())).collect();
    let help = match closest(&wanted.value, &names) {
        Some(likely) => format!("did you mean `{likely}`?"),
        None => format!("there are {}", names.join(", ")),
    };
    located(draft, Some(wanted), format!("there is no theme `{}`", wanted.value), &help)
}
