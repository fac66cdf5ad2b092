//! Questions of a face to a node while the run goes on. Nothing is changed by them, and the engine hears
//! nothing of them.

use std::time::Duration;

use tokio::sync::oneshot;

use crate::artifact::{Artifact, Objects};
use crate::catalog;
use crate::ids::NodeName;
use crate::secret::MASK;
use crate::text::sanitize;
use crate::transport::Request;

use super::{Context, Hands, config, files, material};
use crate::sim;

/// A little more than what the node gives the command.
const LIMIT: Duration = Duration::from_secs(10);
/// With it a node can ask the cluster.
const ADMIN: &str = "/etc/kubernetes/admin.conf";
/// Kept of what a command prints.
const MOST: usize = 64 * 1024;

/// A question.
#[derive(Debug)]
pub struct Ask {
    /// About which node.
    pub node: NodeName,
    /// What is asked.
    pub what: Question,
    /// Where the answer goes; whoever doesn't want it any more drops the other end.
    pub answer: oneshot::Sender<Answer>,
}

/// What can be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// What a command says that a diagnosis names ([`crate::catalog::Diagnosis::look`]); no other one is run.
    Look(String),
    /// What a shell says to this line. It may change the node; on simulated ones only.
    Typed(String),
    /// kubeadm's configuration on the node.
    Config,
    /// All files of Kubernetes' on it; on a control plane also what kubeadm keeps in the cluster.
    Files,
}

/// An answer, fit for a screen: redacted and without control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// What the command printed.
    Output {
        /// Its exit status; 124 when its time was up.
        rc: i32,
        /// Without line ends.
        lines: Vec<String>,
        /// Whether there was more than is kept.
        cut: bool,
    },
    /// kubeadm's configuration, with secrets masked.
    Config(Config),
    /// What it has.
    Files(Vec<Artifact>),
    /// Why there is no answer.
    Refused(String),
}

/// kubeadm's configuration on a node as the run has it: with the CA's hash and the checks it ignores, secrets masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Where it is on the node.
    pub path: String,
    /// What would be written now.
    pub now: String,
    /// What was written, the oldest first; the same text in a row only once.
    pub written: Vec<String>,
}

/// Answers one question.
pub(super) async fn answer(context: &Context, ask: Ask) {
    let said = match &ask.what {
        Question::Look(command) => look(context, &ask.node, command).await,
        Question::Typed(line) => type_in(context, &ask.node, line).await,
        Question::Files => files(context, &ask.node).await,
        Question::Config => config::shown(context, &ask.node).map_or_else(Answer::Refused, Answer::Config),
    };
    let _ = ask.answer.send(said);
}

/// What a shell on a simulated node says to `line`.
async fn type_in(context: &Context, node: &NodeName, line: &str) -> Answer {
    let Hands::Sim(rack) = &context.hands else {
        return Answer::Refused("on real nodes, type it in a shell there".to_owned());
    };
    let mut session = sim::Session::login();
    match tokio::time::timeout(LIMIT, rack.shell(node, &mut session, line)).await {
        Ok(Ok(reply)) => {
            let (lines, cut) = clean(context, &(reply.stdout + &reply.stderr));
            Answer::Output { rc: reply.rc, lines, cut }
        }
        Ok(Err(error)) => Answer::Refused(error.fault.to_string()),
        Err(_) => Answer::Output { rc: 124, lines: Vec::new(), cut: false },
    }
}

async fn files(context: &Context, node: &NodeName) -> Answer {
    let mut all = match files::files(context, node, None).await {
        Ok(all) => all,
        Err(why) => return Answer::Refused(why),
    };
    // A worker can't ask the cluster, and a control plane may not be able to yet.
    if all.iter().any(|file| file.path == ADMIN)
        && let Ok(objects) = files::objects(context, node, Objects::All).await
    {
        all.extend(objects);
    }
    Answer::Files(all)
}

async fn look(context: &Context, node: &NodeName, command: &str) -> Answer {
    if let Err(why) = catalog::runnable_look(command, crate::survey::look::commands()) {
        return Answer::Refused(why.to_string());
    }
    let leader =
        context.leader.borrow().clone().filter(|leader| leader != node && catalog::is_about_cluster(command));
    let request = Request::Inspect { command: command.to_owned() };
    match context.hands.ask(leader.as_ref().unwrap_or(node), &request, LIMIT).await {
        Ok(reply) => {
            let (mut lines, cut) = clean(context, &(reply.stdout + &reply.stderr));
            if let Some(leader) = leader {
                lines.insert(0, format!("({leader} was asked)"));
            }
            Answer::Output { rc: reply.rc, lines, cut }
        }
        Err(error) => Answer::Refused(error.fault.to_string()),
    }
}

/// Our own secrets are known by heart; other tokens are known by their shape.
fn clean(context: &Context, text: &str) -> (Vec<String>, bool) {
    let text = context.redactor.redact(&sanitize(text));
    let mut kept = 0;
    let mut lines = Vec::new();
    for line in text.lines() {
        kept += line.len() + 1;
        if kept > MOST {
            return (lines, true);
        }
        lines.push(mask_tokens(line));
    }
    (lines, false)
}

fn mask_tokens(line: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '.';
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = rest.find(is_part) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c| !is_part(c)).unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        out.push_str(before);
        out.push_str(if material::is_token(word) { MASK } else { word });
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_masked_wherever_they_stand() {
        let line = "abcdef.0123456789abcdef  23h  node.example.com --token=a1b2c3.aaaaaaaaaaaaaaaa";
        assert_eq!(mask_tokens(line), format!("{MASK}  23h  node.example.com --token={MASK}"));
        assert_eq!(mask_tokens("10.4.0.11:6443 \u{25cf} é"), "10.4.0.11:6443 \u{25cf} é");
    }
}
