//! A recording of the console over a run's events, at the run's own times: the same events give the same bytes.

use std::time::Duration;

use super::cast::Cast;
use super::stage::Stage;
use crate::event::{Envelope, EventKind};

/// Between two pictures at least, by the recording's time: a terminal shows no more, and a reader sees no more.
const FRAME: Duration = Duration::from_millis(100);
/// Times on the screen go on so often.
const TICK: Duration = Duration::from_secs(1);

/// How a run's time becomes a recording's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Projection {
    /// How many seconds of the run a second of the recording has.
    pub speed: f64,
    /// Where nothing happens, the recording goes on after this time.
    pub idle: Option<Duration>,
}

impl Projection {
    /// What `stage` shows of `events`. Time in which no console followed the run is left out.
    pub fn record<E>(
        self,
        mut stage: Stage,
        (columns, rows): (u16, u16),
        title: &str,
        events: impl IntoIterator<Item = Result<Envelope, E>>,
    ) -> Result<Cast, E> {
        let mut cast = Cast::new(columns, rows, title);
        let mut screen = None;
        let (mut run, mut shown) = (Duration::ZERO, Duration::ZERO);
        let mut due: Vec<Envelope> = Vec::new();
        let mut draw = |stage: &mut Stage, due: &mut Vec<Envelope>, at: Duration, now: Duration| {
            stage.play(due.drain(..));
            stage.tick(now);
            let (picture, bytes) = stage.repaint(screen.as_ref());
            screen = Some(picture);
            cast.push(at.as_secs_f64(), &bytes);
        };
        let frame = self.of_run(FRAME);
        for event in events {
            let event = event?;
            let begins = matches!(event.kind, EventKind::RunStarted { .. });
            let wait = event.elapsed.saturating_sub(run);
            if wait >= frame && !due.is_empty() {
                draw(&mut stage, &mut due, shown, run);
            }
            if begins && wait > Duration::ZERO {
                run = event.elapsed;
            } else if wait >= frame {
                let idle = self.idle.map_or(Duration::MAX, |idle| self.of_run(idle));
                let lasts = wait.min(idle);
                let tick = TICK.max(frame);
                let mut passed = tick;
                while passed < lasts {
                    draw(&mut stage, &mut due, shown + self.of_cast(passed), run + passed);
                    passed += tick;
                }
                shown += self.of_cast(lasts);
                run = event.elapsed;
            }
            due.push(event);
        }
        draw(&mut stage, &mut due, shown, run);
        Ok(cast)
    }

    /// As long as `time` of the recording takes in the run.
    fn of_run(self, time: Duration) -> Duration {
        Duration::try_from_secs_f64(time.as_secs_f64() * self.speed).unwrap_or(Duration::MAX)
    }

    /// As long as `time` of the run takes in the recording.
    fn of_cast(self, time: Duration) -> Duration {
        Duration::try_from_secs_f64(time.as_secs_f64() / self.speed).unwrap_or(Duration::MAX)
    }
}
