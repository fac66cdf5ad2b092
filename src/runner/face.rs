//! What follows a run: a face, or a test.

use std::io;
use std::time::Duration;

use crate::event::Envelope;
use crate::state::RunState;

/// One way of showing a run.
pub trait Face: Send {
    /// Shows one event; `state` has taken it in already.
    fn event(&mut self, envelope: &Envelope, state: &RunState) -> io::Result<()>;

    /// Time has passed without an event: `now` is the run's time. Called every second or so, or never.
    fn tick(&mut self, now: Duration, state: &RunState) -> io::Result<()> {
        let _ = (now, state);
        Ok(())
    }

    /// The run is over, or no more of it will be shown.
    fn finish(&mut self, state: &RunState) -> io::Result<()>;
}
