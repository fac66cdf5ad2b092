//! `kubestep files`: what a run left on its nodes, read from its journal.

use std::io::Write as _;

use color_eyre::eyre::{Result, bail, eyre};
use serde_json::json;

use crate::artifact::{Artifact, certificates};
use crate::ids::NodeName;
use crate::journal::{Reader, StateDir};
use crate::report::files;
use crate::state::RunState;

use super::args::{Colour, FilesArgs, FilesOutput};
use super::exit::Exit;
use super::{history, session};

pub(super) fn files(args: &FilesArgs, colour: Colour) -> Result<Exit> {
    let dir = StateDir::find(|name| std::env::var_os(name))?;
    let run = history::find(&dir, &args.run)?;
    let mut state = RunState::default();
    for event in Reader::open(&run.journal)? {
        state.apply(&event?);
    }
    let style = session::style(colour);
    if args.pki {
        if args.output == FilesOutput::Json {
            writeln!(std::io::stdout(), "{}", serde_json::to_string(&files::tree(&state))?)?;
            return Ok(Exit::Done);
        }
        return print(&files::pki(&state, style));
    }
    let nodes: Vec<&NodeName> = match &args.node {
        Some(node) => vec![node],
        None => state.nodes().map(|node| &node.name).collect(),
    };
    if let Some(unknown) = nodes.iter().find(|node| state.node(node).is_none()) {
        bail!("run {} has no node {unknown}", run.id);
    }
    let Some(path) = &args.path else {
        return match args.output {
            FilesOutput::Json => as_json(&state, &nodes, None),
            FilesOutput::Text => {
                let lines = files::list(&state, &nodes);
                if lines.is_empty() {
                    bail!(
                        "run {} knows of no files; one made by an earlier kubestep did not look for them",
                        run.id
                    );
                }
                print(&lines)
            }
        };
    };
    if args.output == FilesOutput::Json {
        return as_json(&state, &nodes, Some(path));
    }
    let Some(node) = &args.node else { bail!("name a node before the path") };
    let file = found(&state, node, path)?;
    if let Some(other) = &args.beside {
        let theirs = text(found(&state, other, path)?, other)?;
        return print(&files::beside((node.as_str(), text(file, node)?), (other.as_str(), theirs), style));
    }
    if args.raw {
        write!(std::io::stdout(), "{}", text(file, node)?)?;
        return Ok(Exit::Done);
    }
    print(&files::file(&state, node, file, style))
}

fn print(lines: &[String]) -> Result<Exit> {
    let mut out = std::io::stdout().lock();
    for line in lines {
        writeln!(out, "{line}")?;
    }
    Ok(Exit::Done)
}

fn as_json(state: &RunState, nodes: &[&NodeName], path: Option<&str>) -> Result<Exit> {
    let mut out = std::io::stdout().lock();
    for node in nodes {
        let Some(known) = state.node(node) else { continue };
        for (file, _) in known.files.all().filter(|(file, _)| path.is_none_or(|path| file.path == path)) {
            let read = certificates(file.content.as_deref().unwrap_or_default());
            writeln!(out, "{}", json!({ "node": node, "file": file, "certificates": read }))?;
        }
    }
    Ok(Exit::Done)
}

/// By its path, or by the end of it if no other file ends so.
fn found<'a>(state: &'a RunState, node: &NodeName, path: &str) -> Result<&'a Artifact> {
    let known = state.node(node).ok_or_else(|| eyre!("this run has no node {node}"))?;
    if let Some(file) = known.files.get(path) {
        return Ok(file);
    }
    let end = format!("/{path}");
    let ending: Vec<&Artifact> =
        known.files.all().map(|(file, _)| file).filter(|file| file.path.ends_with(&end)).collect();
    match ending[..] {
        [file] => Ok(file),
        [] => bail!("no file {path} is known on {node}; `kubestep files RUN {node}` lists them"),
        _ => bail!("several files on {node} end with {path}; write more of it"),
    }
}

fn text<'a>(file: &'a Artifact, node: &NodeName) -> Result<&'a str> {
    file.content.as_deref().ok_or_else(|| {
        let why = file.withheld.map_or("Its text is not known.", |why| why.as_str());
        eyre!("{} on {node}: {why}", file.path)
    })
}
