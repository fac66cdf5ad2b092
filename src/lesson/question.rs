//! Questions, and whether an answer is right.

use super::condition::{Condition, Said};
use crate::ids::NodeName;
use crate::state::RunState;

/// A question about what was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// As it is asked.
    pub text: String,
    /// What can be answered.
    pub answer: Answer,
    /// Said after a wrong answer that has no hint of its own.
    pub hint: Option<String>,
    /// Said after the right one.
    pub because: Option<String>,
    /// What the right answer rests on: it has to be so when the question is asked.
    pub given: Vec<Condition>,
}

/// What can be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// One of these; at most nine.
    Choices(Vec<Choice>),
    /// Words: any of these, whatever their case, and what the command prints on the node if one is named.
    Words {
        /// Any of these is right.
        accept: Vec<String>,
        /// What this prints is right.
        prints: Option<(NodeName, String)>,
    },
}

/// One answer to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// As it is shown.
    pub text: String,
    /// Whether it is right.
    pub right: Right,
    /// Said when it was chosen and is wrong.
    pub hint: Option<String>,
}

/// Whether a choice is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Right {
    /// As it was written.
    Fixed(bool),
    /// As the run stands.
    When(Vec<Condition>),
}

impl Right {
    /// Whether it is.
    pub fn holds(&self, run: &RunState, said: &Said) -> bool {
        match self {
            Self::Fixed(right) => *right,
            Self::When(conditions) => conditions.iter().all(|condition| condition.holds(run, said)),
        }
    }
}

/// What becomes of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is right, and why.
    Right(String),
    /// It is not; what helps.
    Wrong(String),
    /// It can't be told yet.
    Unknown,
}

impl Question {
    /// Whether `answer` is right: the number of a choice from 1, or words.
    pub fn judge(&self, answer: &str, run: &RunState, said: &Said) -> Verdict {
        let wrong = |own: Option<&String>| {
            let hint = own.or(self.hint.as_ref()).cloned();
            Verdict::Wrong(hint.unwrap_or_else(|| "not quite; read the page again".to_owned()))
        };
        let right = || Verdict::Right(self.because.clone().unwrap_or_default());
        match &self.answer {
            Answer::Choices(choices) => {
                let number: Option<usize> = answer.trim().parse().ok();
                let Some(choice) = number.and_then(|n| n.checked_sub(1)).and_then(|at| choices.get(at))
                else {
                    return Verdict::Wrong(format!("answer with a number from 1 to {}", choices.len()));
                };
                if choice.right.holds(run, said) { right() } else { wrong(choice.hint.as_ref()) }
            }
            Answer::Words { accept, prints } => {
                let printed = prints.as_ref().and_then(|asked| said.get(asked));
                let same = |other: &str| plain(other) == plain(answer);
                if accept.iter().any(|text| same(text)) || printed.is_some_and(|spoken| same(&spoken.text)) {
                    right()
                } else if prints.is_some() && printed.is_none() {
                    Verdict::Unknown
                } else {
                    wrong(None)
                }
            }
        }
    }

    /// The right answer as things stand, as [`Question::judge`] takes it; none if there is none.
    pub fn solution(&self, run: &RunState, said: &Said) -> Option<String> {
        match &self.answer {
            Answer::Choices(choices) => {
                choices.iter().position(|choice| choice.right.holds(run, said)).map(|at| (at + 1).to_string())
            }
            Answer::Words { accept, prints } => prints
                .as_ref()
                .and_then(|asked| said.get(asked))
                .map(|spoken| spoken.text.trim().to_owned())
                .or_else(|| accept.first().cloned()),
        }
    }

    /// What nodes have to be asked before it can be judged.
    pub(super) fn questions(&self) -> impl Iterator<Item = (&NodeName, &String)> {
        let (choices, prints) = match &self.answer {
            Answer::Choices(choices) => (&choices[..], None),
            Answer::Words { prints, .. } => (&[][..], prints.as_ref()),
        };
        let whens = choices.iter().filter_map(|choice| match &choice.right {
            Right::When(conditions) => Some(conditions),
            Right::Fixed(_) => None,
        });
        self.given
            .iter()
            .chain(whens.flatten())
            .filter_map(Condition::question)
            .chain(prints.map(|(node, command)| (node, command)))
    }
}

/// What two answers have in common that are meant to be the same.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").trim_matches(['.', '`', '"']).to_lowercase()
}
