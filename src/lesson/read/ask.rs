//! Questions.

use super::condition;
use super::ground::Ground;
use super::page::prose;
use crate::inventory::yaml::{Content, Field, Fields, Kind, Node, Report, Shape, flag, items, text};
use crate::lesson::question::{Answer, Choice, Question, Right};

pub(super) const SHAPE: Shape = Shape {
    required: &["question"],
    ..Shape::of(&[
        Field::new("question", "As it is asked.", Kind::text(&["How many members has etcd now?"])),
        Field::new("choices", "Answers to choose from, nine at most.", Kind::List(&Kind::Map(&CHOICE))),
        Field::new(
            "accept",
            "Words of which each is a right answer; what is typed may differ in case.",
            Kind::List(&Kind::text(&["three", "3"])),
        ),
        Field::new("prints", "A command whose output is the right answer.", Kind::Map(&PRINTS)),
        Field::new("hint", "Said after a wrong answer.", Kind::text(&["Count the nodes that run etcd."])),
        Field::new("because", "Said after the right one.", Kind::text(&["Each control plane runs one."])),
        Field::new(
            "given",
            "What the right answer rests on; `--auto` fails where it is not so.",
            condition::KIND,
        ),
    ])
};

const CHOICE: Shape = Shape {
    required: &["text"],
    ..Shape::of(&[
        Field::new("text", "As it is shown.", Kind::text(&["Three"])),
        Field::new(
            "right",
            "Whether it is right: true, or conditions on the run.",
            Kind::Either(&[Kind::Flag, condition::KIND]),
        ),
        Field::new(
            "hint",
            "Said when it was chosen and is wrong.",
            Kind::text(&["One of them has only just been added."]),
        ),
    ])
};

const PRINTS: Shape = Shape {
    required: &["shell", "node"],
    ..Shape::of(&[
        Field::new("shell", "The command.", Kind::text(&["hostname"])),
        Field::new("node", "Where it is typed.", Kind::text(&["bettley"])),
    ])
};

pub(super) fn read(node: &Node, ground: &Ground, report: &mut Report<'_>) -> Option<Question> {
    let fields = Fields::open(node, "a question", &SHAPE, |_| None, report)?;
    let asked = fields.require("question", "`ask`", "write what is asked: `question: …`", report);
    let asked = asked.and_then(|node| prose(node, report));
    let mut said = |key: &str| fields.get(key).and_then(|node| prose(node, report));
    let (hint, because) = (said("hint"), said("because"));
    let given = fields.get("given").map(|node| condition::read(node, ground, report)).unwrap_or_default();
    let words = fields.get("accept").is_some() || fields.get("prints").is_some();
    let answer = match (fields.get("choices"), words) {
        (Some(list), false) => Answer::Choices(choices(list, ground, report)?),
        (None, true) => {
            let mut accept = Vec::new();
            if let Some(list) = fields.get("accept") {
                for item in items(list, "accept", report)? {
                    accept.extend(text(item, "an answer", report).map(|found| found.value));
                }
            }
            let prints = match fields.get("prints") {
                Some(node) => {
                    let fields = Fields::open(node, "prints", &PRINTS, |_| None, report)?;
                    let command = fields.require("shell", "`prints`", "write the command", report)?;
                    let on = fields.require("node", "`prints`", "say on which node", report)?;
                    Some((ground.node(on, report)?, text(command, "a command", report)?.value))
                }
                None => None,
            };
            Answer::Words { accept, prints }
        }
        _ => {
            let help = "give it `choices`, or say which words it takes with `accept` or `prints`";
            report.error(node.at, "a question with no way to answer it, or with two", help);
            return None;
        }
    };
    Some(Question { text: asked?, answer, hint, because, given })
}

fn choices(list: &Node, ground: &Ground, report: &mut Report<'_>) -> Option<Vec<Choice>> {
    let nodes = items(list, "choices", report)?;
    let mut choices = Vec::new();
    for node in nodes {
        let fields = Fields::open(node, "a choice", &CHOICE, |_| None, report)?;
        let shown = fields.require("text", "a choice", "write the answer: `text: …`", report)?;
        let right = match fields.get("right") {
            None => Right::Fixed(false),
            Some(node) if matches!(node.content, Content::Scalar { .. }) => {
                Right::Fixed(flag(node, report).unwrap_or(false))
            }
            Some(node) => Right::When(condition::read(node, ground, report)),
        };
        let hint = fields.get("hint").and_then(|node| prose(node, report));
        choices.push(Choice { text: text(shown, "an answer", report)?.value, right, hint });
    }
    let rights = choices.iter().filter(|choice| choice.right != Right::Fixed(false)).count();
    if rights == 0 {
        report.error(
            list.at,
            "none of these answers is right",
            "mark one with `right: true`, or with conditions",
        );
    } else if rights == choices.len() && choices.iter().all(|choice| choice.right == Right::Fixed(true)) {
        report.error(list.at, "all of these answers are right", "leave `right` out where an answer is wrong");
    }
    if !(2..=9).contains(&choices.len()) {
        report.error(list.at, format!("{} answers to choose from", choices.len()), "give two to nine");
    }
    Some(choices)
}
