//! An earlier run, shown again.

use std::io;
use std::time::Duration;

use super::Face;
use crate::event::{Envelope, EventKind};
use crate::journal::ReadError;
use crate::state::RunState;

/// Why a replay ended before the journal did.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The journal.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Where it is shown.
    #[error("can't show the run: {0}")]
    Show(#[from] io::Error),
}

/// Between two ticks, by the run's time.
const TICK: Duration = Duration::from_secs(1);

/// Shows every event of `journal` on `face`, waiting with `sleep` as long as it took then, divided by `speed`; all at
/// once when `speed` is none or not a positive number. Time in which no console followed the run is left out.
pub fn replay(
    journal: impl Iterator<Item = Result<Envelope, ReadError>>,
    face: &mut dyn Face,
    speed: Option<f64>,
    mut sleep: impl FnMut(Duration),
) -> Result<RunState, ReplayError> {
    let speed = speed.filter(|speed| speed.is_finite() && *speed > 0.0);
    let mut state = RunState::default();
    for event in journal {
        let event = event?;
        if let Some(speed) = speed
            && !matches!(event.kind, EventKind::RunStarted { .. })
        {
            let mut wait = |from: Duration, to: Duration| {
                let part = to.saturating_sub(from);
                sleep(Duration::try_from_secs_f64(part.as_secs_f64() / speed).unwrap_or(Duration::MAX));
            };
            let mut now = state.elapsed;
            while let Some(tick) = after(now).filter(|tick| *tick < event.elapsed) {
                wait(now, tick);
                now = tick;
                face.tick(now, &state)?;
            }
            wait(now, event.elapsed);
        }
        state.apply(&event);
        face.event(&event, &state)?;
    }
    face.finish(&state)?;
    Ok(state)
}

/// The next tick: those of the run itself come every second from its start.
fn after(now: Duration) -> Option<Duration> {
    Some(Duration::from_secs(now.as_secs()).saturating_add(TICK)).filter(|tick| *tick > now)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::report::Json;
    use crate::report::story::{Page, events};

    fn slept(speed: Option<f64>) -> (Duration, String) {
        let (mut slept, page) = (Duration::ZERO, Page::default());
        let journal = events().into_iter().map(Ok);
        replay(journal, &mut Json::new(page.sink()), speed, |part| slept += part).unwrap();
        (slept, page.text())
    }

    #[test]
    fn time_passes_as_it_did_divided_by_the_speed() {
        let (time, shown) = slept(Some(10.0));
        assert_eq!(time.as_millis(), 6_512);
        let lines: String = events().iter().map(|event| event.to_line().unwrap() + "\n").collect();
        assert_eq!(shown, lines);
        assert_eq!(slept(None).0, Duration::ZERO);
        assert_eq!(slept(Some(0.0)).0, Duration::ZERO);
    }

    #[test]
    fn waits_between_events_are_ticked() {
        struct Ticks(Vec<Duration>);
        impl Face for Ticks {
            fn event(&mut self, _: &Envelope, _: &RunState) -> io::Result<()> {
                Ok(())
            }
            fn tick(&mut self, now: Duration, _: &RunState) -> io::Result<()> {
                self.0.push(now);
                Ok(())
            }
            fn finish(&mut self, _: &RunState) -> io::Result<()> {
                Ok(())
            }
        }
        let mut ticks = Ticks(Vec::new());
        replay(events().into_iter().map(Ok), &mut ticks, Some(1.0), |_| {}).unwrap();
        assert!(ticks.0.windows(2).all(|pair| pair[1] > pair[0]));
        assert!(ticks.0.contains(&Duration::from_secs(56)), "a tick in the silence while the link was away");
    }
}
