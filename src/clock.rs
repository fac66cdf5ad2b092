//! Time, the only place that reads it. Everything above is given durations since the run's start.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

/// How run time relates to the runtime's own time.
///
/// On a paused runtime (`start_paused`) the runtime's time is virtual: it jumps to the next timer whenever
/// nothing else can run, and so a simulated bring-up of minutes takes milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clock {
    start: Instant,
    epoch: Timestamp,
    /// Run time that had passed at `start`.
    before: Duration,
    speed: f64,
}

/// `duration` without its fraction of a millisecond.
pub fn whole_millis(duration: Duration) -> Duration {
    duration.saturating_sub(Duration::from_nanos(u64::from(duration.subsec_nanos() % 1_000_000)))
}

impl Clock {
    /// The clock of real runs, starting now.
    pub fn real() -> Self {
        Self::resumed(Timestamp::now())
    }

    /// The clock of a real run that began at `epoch` and is gone on with now.
    pub fn resumed(epoch: Timestamp) -> Self {
        let before = Duration::try_from(Timestamp::now().duration_since(epoch)).unwrap_or_default();
        Self { start: Instant::now(), epoch, before, speed: 1.0 }
    }

    /// A clock whose run starts at `epoch` by the calendar and passes `speed` times as fast as the runtime's.
    pub fn simulated(epoch: Timestamp, speed: f64) -> Self {
        let speed = if speed.is_finite() && speed > 0.0 { speed } else { 1.0 };
        Self { start: Instant::now(), epoch, before: Duration::ZERO, speed }
    }

    /// Lets the time of a paused runtime pass again. What comes back tells the same time on other threads, which have
    /// not seen it jump.
    #[must_use]
    pub fn thawed(self) -> Self {
        tokio::time::resume();
        let start = Instant::from_std(std::time::Instant::now());
        Self { start, before: self.elapsed(), ..self }
    }

    /// Time passed since the run's start, in whole milliseconds: as exact as the journal, so that who reads that back
    /// sees the same.
    pub fn elapsed(&self) -> Duration {
        whole_millis(self.before + self.start.elapsed().mul_f64(self.speed))
    }

    /// The calendar time at `elapsed` of the run.
    pub fn at(&self, elapsed: Duration) -> Timestamp {
        self.epoch.checked_add(elapsed).unwrap_or(self.epoch)
    }

    /// Comes round every `period` of run time, for the first time after one period.
    pub fn every(&self, period: Duration) -> tokio::time::Interval {
        let period = period.div_f64(self.speed).max(Duration::from_millis(1));
        let mut interval = tokio::time::interval_at(Instant::now() + period, period);
        interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        interval
    }

    /// Waits until `duration` of run time has passed.
    pub async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration.div_f64(self.speed)).await;
    }
}
