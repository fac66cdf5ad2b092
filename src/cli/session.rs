//! What every command that touches nodes needs: inventory, passwords, connections, faces.

use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use color_eyre::eyre::{Context as _, Result, bail};

use crate::diag::Diagnostic;
use crate::ids::NodeName;
use crate::inventory::ThisMachine;
use crate::inventory::model::{Inventory, Role};
use crate::report::colour::{self, ColourChoice};
use crate::report::{Faces, Github, Json, Junit, Plain, PlainOptions, Style, locale_is_unicode};

use super::args::{Colour, FaceArgs, Output};

/// Reads an inventory; what is wrong with it goes to standard error, as a compiler would say it.
pub(super) fn inventory(path: &Path, colour: Colour) -> Result<Option<Inventory>> {
    told(crate::inventory::load(path, &ThisMachine), colour)
}

/// The same for an inventory that is part of the program.
pub(super) fn embedded(name: &str, text: &str, colour: Colour) -> Result<Option<Inventory>> {
    told(crate::inventory::parse(Path::new(name), text.to_owned(), &ThisMachine), colour)
}

fn told(loaded: crate::inventory::Loaded, colour: Colour) -> Result<Option<Inventory>> {
    match loaded {
        Ok((inventory, warnings)) => {
            show(&warnings, colour)?;
            Ok(Some(inventory))
        }
        Err(errors) => {
            show(&errors, colour)?;
            Ok(None)
        }
    }
}

/// Tells what is wrong with a file, as a compiler would say it.
pub(super) fn show(diagnostics: &[Diagnostic], colour: Colour) -> Result<()> {
    use std::io::Write as _;
    if diagnostics.is_empty() {
        return Ok(());
    }
    let styled = wants_colour(colour, std::io::stderr().is_terminal());
    write!(std::io::stderr(), "{}", crate::diag::render::show(diagnostics, styled))
        .wrap_err("standard error is closed")
}

/// Whether to use colour on an output that is, or is not, a terminal.
pub(super) fn wants_colour(colour: Colour, is_tty: bool) -> bool {
    colour::decide(colour_choice(colour), |name| std::env::var_os(name), is_tty)
}

/// What the flag says.
pub(super) const fn colour_choice(colour: Colour) -> ColourChoice {
    match colour {
        Colour::Auto => ColourChoice::Auto,
        Colour::Always => ColourChoice::Always,
        Colour::Never => ColourChoice::Never,
    }
}

/// Colours, glyphs and width of standard output.
pub(super) fn style(colour: Colour) -> Style {
    let width = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    Style {
        colour: wants_colour(colour, std::io::stdout().is_terminal()),
        unicode: locale_is_unicode(|name| std::env::var_os(name)),
        width: width.or_else(terminal_width).unwrap_or(100),
    }
}

fn terminal_width() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok()?;
    (size.ws_col > 20).then_some(usize::from(size.ws_col))
}

/// The faces that a command line asks for.
pub(super) fn faces(
    args: &FaceArgs,
    colour: Colour,
    journal: Option<PathBuf>,
    resume: Option<String>,
) -> Result<Faces> {
    let mut faces = Faces::default();
    match args.output {
        Output::Text => faces.add(Box::new(plain(args, colour, journal, resume))),
        Output::Json => faces.add(Box::new(Json::new(out()))),
        Output::Github => {
            let summary = std::env::var_os("GITHUB_STEP_SUMMARY").map(PathBuf::from);
            faces.add(Box::new(Github::new(out(), options(args, colour, journal, resume), summary)));
        }
    }
    faces.add(Box::new(reports(args)?));
    Ok(faces)
}

/// Plain text on standard output.
pub(super) fn plain(
    args: &FaceArgs,
    colour: Colour,
    journal: Option<PathBuf>,
    resume: Option<String>,
) -> Plain {
    Plain::new(out(), options(args, colour, journal, resume))
}

/// A face that says nothing.
pub(super) fn silent() -> Plain {
    let style = Style { colour: false, unicode: false, width: 80 };
    Plain::new(Box::new(std::io::sink()), PlainOptions { style, verbose: false, journal: None, resume: None })
}

/// The faces that write files.
pub(super) fn reports(args: &FaceArgs) -> Result<Faces> {
    let mut faces = Faces::default();
    if let Some(path) = &args.junit {
        let junit = Junit::new(path)
            .wrap_err_with(|| format!("the report can't be written to {}", path.display()))?;
        faces.add(Box::new(junit));
    }
    Ok(faces)
}

fn out() -> Box<dyn std::io::Write + Send> {
    Box::new(std::io::stdout())
}

fn options(
    args: &FaceArgs,
    colour: Colour,
    journal: Option<PathBuf>,
    resume: Option<String>,
) -> PlainOptions {
    PlainOptions { style: style(colour), verbose: args.verbose, journal, resume }
}

/// Refuses nodes that the inventory hasn't got.
pub(super) fn known(inventory: &Inventory, nodes: &[NodeName]) -> Result<()> {
    let Some(stranger) = nodes.iter().find(|node| inventory.host(node).is_none()) else { return Ok(()) };
    let names: Vec<&str> = inventory.hosts.iter().map(|host| host.name.as_str()).collect();
    match crate::inventory::closest(stranger.as_str(), &names) {
        Some(name) => bail!("the inventory has no host `{stranger}`; did you mean `{name}`?"),
        None => bail!("the inventory has no host `{stranger}`; its hosts are {}", names.join(", ")),
    }
}

/// Every node's role.
pub(super) fn roles(inventory: &Inventory) -> BTreeMap<NodeName, Role> {
    inventory.hosts.iter().map(|host| (host.name.clone(), host.role)).collect()
}
