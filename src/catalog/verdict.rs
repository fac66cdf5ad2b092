//! Whether a phase did its work: exit status 0 is not enough (kubeadm.md §2.1).

use super::knowledge::{Expectation, Knowledge, knowledge};
use super::output::{Line, parse};
use crate::ids::PhaseId;
use crate::version::Version;

/// How a phase ended, judged by its exit status and its output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It did its work.
    Succeeded {
        /// What it said that deserves a look, a sentence each.
        warnings: Vec<String>,
    },
    /// Exit status 0, but it didn't do its work.
    FalseSuccess {
        /// What gives it away, a sentence.
        why: String,
        /// What to do, a sentence.
        advice: String,
    },
    /// It failed by its own word.
    Failed,
}

/// Judges a command that ran `phase`: `covers` are the leaves it ran, empty when `phase` is a leaf itself. `output` is all that
/// it printed, both streams.
///
/// Leaves that an external etcd makes idle (`init/etcd/local`, `join/*/etcd`) must not be in `covers`: older releases say nothing
/// of them.
pub fn verdict(
    phase: &PhaseId,
    covers: &[PhaseId],
    version: &Version,
    rc: i32,
    output: &[String],
) -> Verdict {
    if rc != 0 {
        return Verdict::Failed;
    }
    let itself = std::slice::from_ref(phase);
    let ran = if covers.is_empty() { itself } else { covers };
    let false_success = printed_help(output)
        .or_else(|| gave_up(output))
        .or_else(|| ran.iter().find_map(|leaf| said_nothing(leaf, version, output)));
    match false_success {
        Some((why, advice)) => Verdict::FalseSuccess { why, advice },
        None => Verdict::Succeeded { warnings: warnings(phase, output) },
    }
}

type Reason = (String, String);

/// Until 1.31 an unknown, hidden or childless phase prints help, and that counts as success.
fn printed_help(output: &[String]) -> Option<Reason> {
    let at = output.iter().position(|line| line.trim_end() == "Usage:")?;
    let usage = output.get(at + 1)?.trim_start();
    usage.starts_with("kubeadm ").then(|| {
        (
            "kubeadm printed its help instead of running the phase: it doesn't offer it as a sub-command".to_owned(),
            "Compare the phases that `kubeadm init phase --help` and `kubeadm join phase --help` list on this node".to_owned(),
        )
    })
}

/// Lines with which a phase says that it didn't do it, and ends well nevertheless.
fn gave_up(output: &[String]) -> Option<Reason> {
    output.iter().find_map(|line| {
        let text = message(line);
        if text.contains("Skipping phase. Please see --") {
            Some((
                format!("the phase skipped itself: {text}"),
                "Run it with the flag that it names".to_owned(),
            ))
        } else if text.contains("WARNING: unable to start the kubelet service") {
            Some((
                format!("the kubelet did not start: {text}"),
                "Look at `systemctl status kubelet` and `journalctl -u kubelet -n 100`, and run the phase again".to_owned(),
            ))
        } else {
            None
        }
    })
}

/// A line's text, without klog's header.
fn message(line: &str) -> &str {
    match parse(line) {
        Line::Klog { text, .. } => text,
        _ => line.trim(),
    }
}

fn said_nothing(leaf: &PhaseId, version: &Version, output: &[String]) -> Option<Reason> {
    let known = knowledge(leaf, version)?;
    let Expectation::Line(starts) = known.expect else { return None };
    if starts.is_empty() || output.iter().any(|line| known.expect.matches(line)) {
        return None;
    }
    Some((
        format!("{leaf} ended with status 0 but never said `{}`", starts[0].trim_end()),
        advice(leaf, &known),
    ))
}

fn advice(leaf: &PhaseId, known: &Knowledge) -> String {
    match leaf.as_str() {
        "join/control-plane-join/etcd" if known.no_op => {
            "In this release the phase does nothing: run `kubeadm join phase etcd-join`, or the whole join, instead".to_owned()
        }
        "join/control-plane-prepare/download-certs" => {
            "The configuration lacks controlPlane.certificateKey: without it nothing is downloaded".to_owned()
        }
        path if path.starts_with("init/kubelet-finalize") => {
            "The kubelet's /var/lib/kubelet/pki/kubelet-client-current.pem is not there yet: once the kubelet has made it, run the phase again".to_owned()
        }
        path if path.starts_with("join/control-plane") || path == "join/etcd-join" => {
            "Without controlPlane in the JoinConfiguration these phases do nothing".to_owned()
        }
        _ => "Run it again, and look at its whole output".to_owned(),
    }
}

/// What deserves a look although all went well: fields of the configuration that kubeadm doesn't know, old API versions,
/// the kubelet's complaints, preflight warnings.
fn warnings(phase: &PhaseId, output: &[String]) -> Vec<String> {
    let mut warnings: Vec<String> = Vec::new();
    for line in output {
        let warning = match parse(line) {
            Line::Klog { source, text, .. } if is_noise(phase, source, text) => None,
            Line::Klog { level: 'W', source, text } => Some(of_klog(source, text)),
            Line::Warning { name, text } => Some(format!("{name}: {text}")),
            Line::Progress { tag, text } => {
                text.strip_prefix("WARNING: ").map(|text| format!("{tag}: {text}"))
            }
            _ => None,
        };
        warnings.extend(warning.filter(|text| !warnings.contains(text)));
    }
    warnings
}

/// `certs sa` before 1.31 takes no configuration file, so that it looks for a version that it doesn't use.
fn is_noise(phase: &PhaseId, source: &str, text: &str) -> bool {
    (phase.as_str() == "init/certs/sa" && source.starts_with("version.go"))
        || text.starts_with("cannot automatically set CgroupDriver")
}

fn of_klog(source: &str, text: &str) -> String {
    if source.starts_with("strict.go") {
        let field =
            text.rsplit_once("unknown field ").or_else(|| text.rsplit_once("key ")).map(|(_, field)| field);
        let what =
            field.map_or_else(|| text.to_owned(), |field| format!("unknown or repeated field {field}"));
        return format!("kubeadm ignored a part of its configuration: {what}");
    }
    text.strip_prefix("WARNING: ").unwrap_or(text).to_owned()
}

/// Which of the leaves in `covers` a line of output belongs to: shows how far one command for many leaves has come.
pub fn seen<'a>(covers: &'a [PhaseId], version: &Version, line: &str) -> Option<&'a PhaseId> {
    covers.iter().find(|leaf| knowledge(leaf, version).is_some_and(|known| known.expect.matches(line)))
}
