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
    /// What `stage` shows of `events`, and the stage as it is then. Time in which no console followed the run is left out.
    pub fn record<E>(
        self,
        mut stage: Stage,
        (columns, rows): (u16, u16),
        title: &str,
        events: impl IntoIterator<Item = Result<Envelope, E>>,
    ) -> Result<(Cast, Stage), E> {
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
        Ok((cast, stage))
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::convert::Infallible;

    use serde_json::Value;

    use super::*;
    use crate::tui::testing::Demo;
    use crate::tui::theme::Theme;

    const SIZE: (u16, u16) = (90, 28);

    fn recorded(speed: f64, idle: Option<u64>) -> (Vec<(f64, String)>, Stage, String) {
        let events = Demo::rack(1, 2).faults(&[FAULT]).events().into_iter().map(Ok::<_, Infallible>);
        let projection = Projection { speed, idle: idle.map(Duration::from_secs) };
        let stage = Stage::new(SIZE.0, SIZE.1, Theme::default());
        let Ok((cast, stage)) = projection.record(stage, SIZE, "a run", events);
        let mut lines = cast.text().lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let header = lines.next().unwrap();
        assert_eq!(
            (&header["version"], &header["width"], &header["height"]),
            (&2.into(), &90.into(), &28.into())
        );
        let frames = lines
            .map(|line| {
                assert_eq!(line[1], "o");
                (line[0].as_f64().unwrap(), line[2].as_str().unwrap().to_owned())
            })
            .collect();
        (frames, stage, cast.text().to_owned())
    }

    const FAULT: &str = "{ node: w001, phase: join/kubelet-start, kind: fail, attempts: [], output: 'no' }";

    #[test]
    fn played_on_a_terminal_it_ends_with_the_stages_last_screen() {
        let (frames, mut stage, _) = recorded(1.0, None);
        let mut terminal = vt100::Parser::new(SIZE.1.try_into().unwrap(), SIZE.0.try_into().unwrap(), 0);
        for (_, bytes) in &frames {
            terminal.process(bytes.as_bytes());
        }
        let shown: Vec<String> =
            terminal.screen().rows(0, SIZE.0).map(|row| row.trim_end().to_owned()).collect();
        let last: Vec<String> = stage.text().lines().map(str::to_owned).collect();
        assert_eq!(shown, last);
        assert!(last[0].contains("1 failed"), "{}", last[0]);
    }

    #[test]
    fn time_goes_on_at_its_speed_and_nothing_lasts_longer_than_asked() {
        let length = Demo::rack(1, 2).faults(&[FAULT]).events().last().unwrap().elapsed.as_secs_f64();
        let (frames, ..) = recorded(4.0, None);
        assert!(frames.windows(2).all(|pair| pair[0].0 <= pair[1].0));
        let last = frames.last().unwrap().0;
        assert!((length / 4.0 - 1.0..=length / 4.0).contains(&last), "{last} of {length}");
        let (capped, ..) = recorded(1.0, Some(1));
        assert!(capped.windows(2).all(|pair| pair[1].0 - pair[0].0 <= 1.001));
        assert!(capped.last().unwrap().0 < length * 0.9);
    }

    #[test]
    fn the_same_run_gives_the_same_bytes() {
        assert_eq!(recorded(2.0, Some(2)).2, recorded(2.0, Some(2)).2);
    }
}
