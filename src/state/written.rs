//! What was written when.

use crate::artifact::{Artifact, Change};
use crate::ids::{Attempt, NodeName, StepId};

use super::RunState;

/// A file as a step left it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Written<'a> {
    /// The step.
    pub step: &'a StepId,
    /// Which try.
    pub attempt: Attempt,
    /// The file.
    pub artifact: &'a Artifact,
}

impl RunState {
    /// What steps made of the file at `path` of `node`, oldest first; also that they only touched or removed it.
    pub fn written<'a>(&'a self, node: &NodeName, path: &str) -> Vec<Written<'a>> {
        let mut all: Vec<_> = self
            .steps_of(node)
            .flat_map(|step| step.attempts.iter().map(move |attempt| (step.id(), attempt)))
            .filter_map(|(step, attempt)| {
                let files = attempt.files.as_ref()?;
                let artifact = files.files.iter().find(|file| file.path == path)?;
                Some((attempt.started_at, Written { step, attempt: attempt.number, artifact }))
            })
            .collect();
        all.sort_by_key(|(at, _)| *at);
        all.into_iter().map(|(_, written)| written).collect()
    }

    /// What the file was before that step's try wrote it, if it was written in this run before.
    pub fn written_before<'a>(
        &'a self,
        node: &NodeName,
        path: &str,
        step: &StepId,
        attempt: Attempt,
    ) -> Option<Written<'a>> {
        let all = self.written(node, path);
        let here = all.iter().position(|written| written.step == step && written.attempt == attempt)?;
        let has_text = |written: &&Written<'_>| written.artifact.content.is_some();
        all.get(..here)?.iter().rev().find(has_text).copied()
    }

    /// The last writing of the file that left it as it is now.
    pub fn last_written<'a>(&'a self, node: &NodeName, path: &str) -> Option<Written<'a>> {
        let all = self.written(node, path);
        let writes = |written: &&Written<'_>| {
            matches!(written.artifact.change, Change::Created | Change::Changed | Change::Found)
        };
        all.iter().rev().find(writes).copied()
    }
}
