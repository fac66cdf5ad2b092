//! From YAML to a lesson, or to everything that is wrong with it, each with file, line and column.

mod ask;
mod condition;
mod deed;
mod ground;
mod page;
mod rack;

use super::model::Lesson;
use crate::diag::{Diagnostic, Severity};
use crate::ids::NodeName;
use crate::inventory::schema_of;
use crate::inventory::yaml::{self, Field, Fields, Kind, Report, Shape, Source, items, text};

use ground::Ground;

const API_VERSION: &str = "kubestep/v1";

/// The whole file.
const DOCUMENT: Shape = Shape {
    required: &["apiVersion", "kind", "name", "title", "about", "rack", "pages"],
    ..Shape::of(&[
        Field::new("apiVersion", "The version of this format.", Kind::Choice(&[API_VERSION])),
        Field::new("kind", "What this document describes.", Kind::Choice(&["Lesson"])),
        Field::new(
            "name",
            "As it is called on the command line; what its progress is kept under.",
            Kind::form("[a-z0-9]([-a-z0-9.]*[a-z0-9])?", &["one-control-plane"]),
        ),
        Field::new("title", "As people call it.", Kind::text(&["One control plane from nothing"])),
        Field::new("about", "One sentence for the list of lessons.", Kind::text(&["Every phase of init."])),
        Field::new("rack", "The machines, and what happens on them.", Kind::Map(&rack::SHAPE)),
        Field::new("pages", "The pages, in order.", Kind::List(&Kind::Map(&page::SHAPE))),
    ])
};

/// Reads a lesson from its text; `file` is what messages call it, `scenarios` are the names that its rack may use.
pub fn parse(file: &str, text: String, scenarios: &[&str]) -> Result<Lesson, Vec<Diagnostic>> {
    let source = Source::new(file, text);
    let documents = yaml::parse(&source).map_err(|problem| vec![*problem])?;
    let [root] = &documents[..] else {
        let message = format!("{file} holds {} documents, not one", documents.len());
        return Err(vec![
            Diagnostic::error(message, None).with_help("a lesson is one document of kind Lesson"),
        ]);
    };
    let mut report = Report::new(&source);
    let lesson = document(root, scenarios, &mut report);
    let mut found = report.found;
    found.sort_by_key(|finding| finding.location.as_ref().map(|at| (at.line, at.column)));
    match lesson {
        Some(lesson) if !found.iter().any(|finding| finding.severity == Severity::Error) => Ok(lesson),
        _ => Err(found),
    }
}

fn document(root: &yaml::Node, scenarios: &[&str], report: &mut Report<'_>) -> Option<Lesson> {
    if let Some(kind) = root.get("kind").filter(|kind| kind.as_text() != Some("Lesson")) {
        report.error(
            kind.at,
            format!("`{}` is not a lesson", kind.shown()),
            "a lesson begins with `kind: Lesson`",
        );
        return None;
    }
    let top = Fields::open(root, "the lesson", &DOCUMENT, |_| None, report)?;
    for (key, want) in [("apiVersion", API_VERSION), ("kind", "Lesson")] {
        let help = format!("write `{key}: {want}`");
        if let Some(node) = top.require(key, "the lesson", &help, report)
            && node.as_text() != Some(want)
        {
            report.error(node.at, format!("`{}` is not an {key} that can be read", node.shown()), help);
        }
    }
    let mut line = |key: &str, help: &str| {
        let node = top.require(key, "the lesson", help, report)?;
        Some(text(node, "a line of text", report)?.value)
    };
    let title = line("title", "give it a heading: `title: …`");
    let about = line("about", "say in one sentence what it is about: `about: …`");
    let help = "use lower-case letters, digits, `-` and `.`";
    let name = top.require("name", "the lesson", help, report);
    let name = name.and_then(|node| {
        yaml::parsed(node, "a lesson's name", help, report, |text| NodeName::new(text).ok())
    });
    let rack = top.require(
        "rack",
        "the lesson",
        "say which machines there are: `rack: { controlPlanes: [bettley] }`",
        report,
    );
    let rack = rack.and_then(|node| rack::read(node, scenarios, report));
    let pages = top.require("pages", "the lesson", "a lesson is made of `pages`", report);
    let pages = pages.and_then(|node| items(node, "pages", report).map(|items| (node.at, items)));
    // Without machines nothing on the pages can be checked.
    let (rack, (at, pages)) = (rack?, pages?);
    let ground = Ground::new(&rack);
    let read: Vec<_> = pages.iter().filter_map(|node| page::read(node, &ground, report)).collect();
    if pages.is_empty() {
        report.error(at, "a lesson without pages", "write one at least");
    }
    for (number, page) in read.iter().enumerate() {
        if read[..number].iter().any(|other| other.title == page.title) {
            let at = pages.get(number).and_then(|node| node.get("title")).map_or(at, |title| title.at);
            let help = "progress is kept by headings: give each page its own";
            report.error(at, format!("a second page is called `{}`", page.title), help);
        }
    }
    let name = name?.value.as_str().to_owned();
    let mut rack = rack;
    rack.inventory.cluster.clone_from(&name);
    Some(Lesson { name, title: title?, about: about?, rack, pages: read })
}

/// The JSON Schema of lessons, for editors; made of the shapes by which the reader refuses keys.
pub fn schema() -> serde_json::Value {
    let about = "A lesson for kubestep: pages beside a simulated run, with things to do and questions.";
    schema_of(&DOCUMENT, "kubestep lesson", about)
}
