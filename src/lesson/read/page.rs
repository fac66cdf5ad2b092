//! A page.

use super::ground::Ground;
use super::{ask, condition, deed};
use crate::ids::{PhaseId, StepId};
use crate::inventory::yaml::{Field, Fields, Kind, Node, Report, Shape, closest, parsed, text};
use crate::lesson::deed::Deed;
use crate::lesson::model::{Look, More, Page, Show};
use crate::lesson::text::blocks;
use crate::teaching;

pub(super) const SHAPE: Shape = Shape {
    required: &["title", "text"],
    ..Shape::of(&[
        Field::new("title", "The heading; no two pages have the same.", Kind::text(&["The first key"])),
        Field::new(
            "text",
            "What is to be read: paragraphs, `- ` items, `$ ` commands; *this* stands out, `this` is code.",
            Kind::text(&["Read *this* first."]),
        ),
        Field::new("look", "What is to be looked at.", Kind::Map(&LOOK)),
        Field::new(
            "more",
            "What the key e explains here: an idea, or a phase.",
            Kind::text(&["quorum", "init/certs/ca"]),
        ),
        Field::new("do", "What is to be done, by the reader or for them.", deed::KIND),
        Field::new("until", "What has to be so before the page counts as done.", condition::KIND),
        Field::new("ask", "A question.", Kind::Map(&ask::SHAPE)),
        Field::new("note", "For whoever presents it.", Kind::text(&["Ask the room first."])),
    ])
};

const LOOK: Shape = Shape::of(&[
    Field::new("node", "The node to go to.", Kind::text(&["bettley"])),
    Field::new("phase", "The phase to go to.", Kind::text(&["init/certs/ca"])),
    Field::new(
        "show",
        "What is shown of it.",
        Kind::Choice(&[
            "output",
            "matrix",
            "explain",
            "config",
            "checks",
            "diagnosis",
            "why",
            "files",
            "pki",
        ]),
    ),
    Field::new(
        "file",
        "The file on the node that is opened, decoded; an object of the cluster by its kind and name.",
        Kind::text(&["/etc/kubernetes/manifests/etcd.yaml", "configmap kube-system/kubeadm-config"]),
    ),
]);

pub(super) fn read(node: &Node, ground: &Ground, report: &mut Report<'_>) -> Option<Page> {
    let fields = Fields::open(node, "a page", &SHAPE, |_| None, report)?;
    let title = fields.require("title", "a page", "give it a heading: `title: …`", report);
    let title = title.and_then(|node| text(node, "a heading", report));
    let body = fields.require("text", "a page", "write what is to be read: `text: …`", report);
    let body = body.and_then(|node| prose(node, report));
    let look = fields.get("look").and_then(|node| look(node, ground, report));
    let more = fields.get("more").and_then(|node| more(node, report));
    let deeds = fields.get("do").map(|node| deed::read(node, ground, report)).unwrap_or_default();
    let until = fields.get("until").map(|node| condition::read(node, ground, report)).unwrap_or_default();
    let silent = deeds.iter().find(|deed| matches!(deed, Deed::Recheck(_) | Deed::Reset(_) | Deed::Continue));
    if let (Some(deed), true, Some(at)) = (silent, fields.get("until").is_none(), fields.get("do")) {
        let help = "say with `until` what has to have come of it";
        report.error(at.at, format!("nobody can tell when this is done: {deed}"), help);
    }
    let ask = fields.get("ask").and_then(|node| ask::read(node, ground, report));
    let note = fields.get("note").and_then(|node| prose(node, report));
    Some(Page { title: title?.value, text: blocks(&body?), look, more, deeds, until, ask, note })
}

/// Text of several lines.
pub(super) fn prose(node: &Node, report: &mut Report<'_>) -> Option<String> {
    let sound = |text: &str| !text.trim().is_empty() && !text.chars().any(|c| c.is_control() && c != '\n');
    let found = parsed(node, "a text", "", report, |text| sound(text).then(|| text.trim_end().to_owned()));
    found.map(|found| found.value)
}

fn look(node: &Node, ground: &Ground, report: &mut Report<'_>) -> Option<Look> {
    let fields = Fields::open(node, "look", &LOOK, |_| None, report)?;
    let on = match fields.get("node") {
        Some(node) => Some(ground.node(node, report)?),
        None => None,
    };
    let step: Option<StepId> = match fields.get("phase") {
        Some(phase) => ground.steps(phase, on.as_ref(), report)?.1.into_iter().next(),
        None => None,
    };
    let file = match fields.get("file") {
        Some(node) => Some(file(node, report)?),
        None => None,
    };
    let show = match fields.get("show") {
        Some(node) => {
            let names = Show::NAMES.map(|(name, _)| name);
            let help = format!("write one of {}", names.join(", "));
            let named =
                |text: &str| Show::NAMES.iter().find(|(name, _)| *name == text).map(|(_, show)| *show);
            parsed(node, "something that can be shown", &help, report, named)?.value
        }
        None if file.is_some() => Show::Files,
        None => Show::default(),
    };
    if step.is_none() && on.is_none() && !matches!(show, Show::Matrix | Show::Checks | Show::Pki) {
        report.error(node.at, "nothing to look at", "name a `node`, or a `phase`");
    }
    if file.is_some() && show != Show::Files {
        report.error(node.at, "a file, and something else", "leave out `show`, or `file`");
    }
    Some(Look { step, node: on, file, show })
}

/// A path, or an object of the cluster.
fn file(node: &Node, report: &mut Report<'_>) -> Option<String> {
    let help = "write its whole path, or `configmap kube-system/kubeadm-config`";
    let known = |text: &str| {
        ["/", "configmap ", "secret "].iter().any(|kind| text.starts_with(kind)).then(|| text.to_owned())
    };
    Some(parsed(node, "a file", help, report, known)?.value)
}

/// An idea, or a phase of kubeadm's.
fn more(node: &Node, report: &mut Report<'_>) -> Option<More> {
    let written = node.as_text().unwrap_or_default();
    if written.contains('/') {
        let phase = PhaseId::new(written);
        if teaching::explanation(&phase).is_none() {
            let known: Vec<&str> = teaching::explanations().iter().map(|one| one.phase.as_str()).collect();
            let help = match closest(written, &known) {
                Some(name) => format!("did you mean `{name}`?"),
                None => "`kubestep explain` lists the phases".to_owned(),
            };
            report.error(node.at, format!("nothing is told of a phase `{}`", node.shown()), help);
            return None;
        }
        return Some(More::Phase(phase));
    }
    if teaching::idea_named(written).is_some() {
        return Some(More::Idea(written.to_owned()));
    }
    let ideas: Vec<&str> = teaching::ideas().iter().map(|idea| idea.idea.as_str()).collect();
    let help = match closest(written, &ideas) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("write a phase such as `init/certs/ca`, or one of {}", ideas.join(", ")),
    };
    report.error(node.at, format!("no idea is called `{}`", node.shown()), help);
    None
}
