//! Several faces at once.

use std::io;
use std::time::Duration;

use super::Face;
use crate::event::Envelope;
use crate::state::RunState;

/// Shows a run on all of these; one that fails does not keep the others from it.
#[derive(Default)]
pub struct Faces(Vec<Box<dyn Face>>);

impl Faces {
    /// Adds one, shown after those before it.
    pub fn add(&mut self, face: Box<dyn Face>) {
        self.0.push(face);
    }

    fn each(&mut self, mut show: impl FnMut(&mut dyn Face) -> io::Result<()>) -> io::Result<()> {
        let mut first = Ok(());
        for face in &mut self.0 {
            let shown = show(face.as_mut());
            if first.is_ok() {
                first = shown;
            }
        }
        first
    }
}

impl Face for Faces {
    fn event(&mut self, envelope: &Envelope, state: &RunState) -> io::Result<()> {
        self.each(|face| face.event(envelope, state))
    }

    fn tick(&mut self, now: Duration, state: &RunState) -> io::Result<()> {
        self.each(|face| face.tick(now, state))
    }

    fn finish(&mut self, state: &RunState) -> io::Result<()> {
        self.each(|face| face.finish(state))
    }
}
