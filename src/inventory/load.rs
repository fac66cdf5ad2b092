//! From a file to a checked model.

use std::path::Path;

use super::check;
use super::kubeadm::{adopt, documents};
use super::model::Inventory;
use super::read::{self, Context, Places};
use super::surroundings::Surroundings;
use super::yaml::{self, At, Node, Report, Source};
use crate::diag::{Diagnostic, Severity};

/// An inventory and what may hurt, or everything that is wrong, in the order of the file.
pub type Loaded = Result<(Inventory, Vec<Diagnostic>), Vec<Diagnostic>>;

/// Reads the inventory at `path`.
pub fn load(path: &Path, outside: &dyn Surroundings) -> Loaded {
    match outside.read(path) {
        Ok(text) => parse(path, text, outside),
        Err(error) => {
            let message = format!("can't read {}: {error}", path.display());
            Err(vec![Diagnostic::error(message, None).with_help("name an inventory file that you can read")])
        }
    }
}

/// Reads an inventory from its text; `path` is what messages call it, and where relative paths start.
pub fn parse(path: &Path, text: String, outside: &dyn Surroundings) -> Loaded {
    let source = Source::new(&path.display().to_string(), text);
    let mut documents = yaml::parse(&source).map_err(|problem| vec![*problem])?;
    if documents.len() != 1 {
        let message = format!("{} holds {} documents, not one", source.file, documents.len());
        return Err(vec![
            Diagnostic::error(message, None).with_help("an inventory is one document of kind Cluster"),
        ]);
    }
    let mut report = Report::new(&source);
    let mut root = documents.remove(0);
    yaml::substitute(&mut root, &|name| outside.variable(name), &mut report);
    let context = Context { path, outside };
    let (mut inventory, mut places) = read::document(root, context, &mut report);
    let more = match places.config.clone() {
        Some(config) => documents_of(&mut inventory, &config, &mut places, outside, &mut report),
        None => Vec::new(),
    };
    check::check(&inventory, &places, outside, &mut report);
    let mut found = report.found;
    found.sort_by_key(|finding| finding.location.as_ref().map(|at| (at.line, at.column)));
    found.extend(more);
    if found.iter().any(|finding| finding.severity == Severity::Error) {
        return Err(found);
    }
    Ok((inventory, found))
}

/// Reads the operator's own documents into the model.
fn documents_of(
    inventory: &mut Inventory,
    config: &At<std::path::PathBuf>,
    places: &mut Places,
    outside: &dyn Surroundings,
    report: &mut Report<'_>,
) -> Vec<Diagnostic> {
    let (documents, file, mut found) = documents::read(config, report, outside);
    if let Some(file) = file {
        let mut report = Report::new(&file);
        adopt::adopt(&documents, config.at, &mut inventory.kubernetes, places, &mut report);
        found.append(&mut report.found);
        found.sort_by_key(|finding| finding.location.as_ref().map(|at| (at.line, at.column)));
    }
    inventory.kubernetes.extra = documents.iter().map(Node::to_value).collect();
    found
}
