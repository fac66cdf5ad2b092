//! Time, the only place that reads it. Everything above is given durations since the run's start.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::{Instant, Sleep};

/// The slowest that a clock may be told to go, short of standing still.
const SLOWEST: f64 = 0.01;
/// The fastest.
const FASTEST: f64 = 10_000.0;

/// How run time relates to the runtime's own time. Clones are the same clock.
///
/// On a paused runtime (`start_paused`) the runtime's time is virtual: it jumps to the next timer whenever
/// nothing else can run, and so a simulated bring-up of minutes takes milliseconds.
#[derive(Debug, Clone)]
pub struct Clock {
    epoch: Timestamp,
    rate: Arc<watch::Sender<Rate>>,
}

/// A stretch of time that passes evenly.
#[derive(Debug, Clone, Copy)]
struct Rate {
    start: Instant,
    /// Run time that had passed at `start`.
    before: Duration,
    /// Run time by the runtime's; 0: it stands still.
    speed: f64,
    /// The runtime's time has jumped and goes on evenly: the system's is asked, which is the same on every thread.
    thawed: bool,
}

impl Rate {
    fn now(&self) -> Instant {
        if self.thawed { Instant::from_std(std::time::Instant::now()) } else { Instant::now() }
    }

    fn elapsed(&self) -> Duration {
        self.before.saturating_add(self.now().saturating_duration_since(self.start).mul_f64(self.speed))
    }

    /// The runtime's time until `due`; none while the clock stands still.
    fn until(&self, due: Duration) -> Option<Duration> {
        let left = due.saturating_sub(self.elapsed());
        (self.speed > 0.0).then(|| left.div_f64(self.speed))
    }
}

/// `duration` without its fraction of a millisecond.
pub fn whole_millis(duration: Duration) -> Duration {
    duration.saturating_sub(Duration::from_nanos(u64::from(duration.subsec_nanos() % 1_000_000)))
}

/// What a clock can keep up with: nothing below 0, nothing that is no number.
fn sensible(speed: f64) -> f64 {
    if speed == 0.0 { 0.0 } else { speed.clamp(SLOWEST, FASTEST) }
}

impl Clock {
    /// The clock of real runs, starting now.
    pub fn real() -> Self {
        Self::resumed(Timestamp::now())
    }

    /// The clock of a real run that began at `epoch` and is gone on with now.
    pub fn resumed(epoch: Timestamp) -> Self {
        let before = Duration::try_from(Timestamp::now().duration_since(epoch)).unwrap_or_default();
        Self::new(epoch, before, 1.0)
    }

    /// A clock whose run starts at `epoch` by the calendar and passes `speed` times as fast as the runtime's.
    pub fn simulated(epoch: Timestamp, speed: f64) -> Self {
        let speed = if speed.is_finite() && speed > 0.0 { sensible(speed) } else { 1.0 };
        Self::new(epoch, Duration::ZERO, speed)
    }

    fn new(epoch: Timestamp, before: Duration, speed: f64) -> Self {
        let rate = Rate { start: Instant::now(), before, speed, thawed: false };
        Self { epoch, rate: Arc::new(watch::Sender::new(rate)) }
    }

    /// Lets the time of a paused runtime pass again, and this clock be the same on threads that have not seen it jump.
    /// To be called on that runtime, once.
    pub fn thaw(&self) {
        tokio::time::resume();
        self.rate.send_modify(|rate| {
            let before = rate.elapsed();
            *rate = Rate { thawed: true, before, ..*rate };
            rate.start = rate.now();
        });
    }

    /// Time passed since the run's start, in whole milliseconds: as exact as the journal, so that who reads that back
    /// sees the same.
    pub fn elapsed(&self) -> Duration {
        whole_millis(self.rate.borrow().elapsed())
    }

    /// The calendar time at `elapsed` of the run.
    pub fn at(&self, elapsed: Duration) -> Timestamp {
        self.epoch.checked_add(elapsed).unwrap_or(self.epoch)
    }

    /// How many times as fast as the runtime's this clock's time passes; 0 while it stands still.
    pub fn speed(&self) -> f64 {
        self.rate.borrow().speed
    }

    /// From now on, time passes `speed` times as fast as the runtime's, for whoever waits already too; 0 stops it. Nothing
    /// jumps: what has passed stays passed. Speeds beyond 0.01 and 10,000 become those; what is no number changes nothing.
    pub fn set_speed(&self, speed: f64) {
        if speed.is_nan() || speed < 0.0 {
            return;
        }
        self.rate.send_modify(|rate| {
            *rate = Rate { start: rate.now(), before: rate.elapsed(), speed: sensible(speed), ..*rate };
        });
    }

    /// Comes round every `period` of run time, for the first time after one period.
    pub fn every(&self, period: Duration) -> Ticks {
        let rate = self.rate.subscribe();
        let next = rate.borrow().elapsed().saturating_add(period);
        Ticks { rate, period, next, timer: None }
    }

    /// Waits until `duration` of run time has passed.
    pub async fn sleep(&self, duration: Duration) {
        let mut rate = self.rate.subscribe();
        let due = rate.borrow().elapsed().saturating_add(duration);
        loop {
            let left = rate.borrow_and_update().until(due);
            tokio::select! {
                biased;
                _ = rate.changed() => {}
                () = tokio::time::sleep(left.unwrap_or_default()), if left.is_some() => return,
            }
        }
    }
}

/// Comes round again and again; see [`Clock::every`]. One that is late is not made up for.
#[derive(Debug)]
pub struct Ticks {
    rate: watch::Receiver<Rate>,
    period: Duration,
    /// In run time.
    next: Duration,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Ticks {
    /// Waits for the next time. May be dropped at any point.
    pub async fn tick(&mut self) {
        loop {
            if self.rate.has_changed().unwrap_or(false) {
                self.timer = None;
            }
            let left = self.rate.borrow_and_update().until(self.next);
            if let Some(left) = left {
                let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(left)));
                tokio::select! {
                    biased;
                    Ok(()) = self.rate.changed() => self.timer = None,
                    () = timer => break,
                }
            } else if self.rate.changed().await.is_err() {
                // Nobody is left who could let time go on.
                std::future::pending::<()>().await;
            }
        }
        self.timer = None;
        self.next = self.rate.borrow().elapsed().saturating_add(self.period);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(speed: f64) -> Clock {
        Clock::simulated(Timestamp::UNIX_EPOCH, speed)
    }

    async fn pass(ms: u64) {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }

    #[test]
    fn time_that_jumped_is_told_alike_on_other_threads() {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        let Ok(runtime) = builder.enable_all().start_paused(true).build() else { return };
        runtime.block_on(async {
            let clock = clock(3.0);
            pass(1_000_000).await;
            clock.thaw();
            let other = clock.clone();
            let (here, there) = (clock.elapsed(), std::thread::spawn(move || other.elapsed()).join());
            assert!(here >= Duration::from_secs(3_000));
            let there = there.unwrap_or_default();
            assert!(
                there >= here && there.saturating_sub(here) < Duration::from_secs(60),
                "{here:?} {there:?}"
            );
        });
    }

    #[tokio::test(start_paused = true)]
    async fn a_change_of_speed_lets_nothing_jump() {
        let clock = clock(1.0);
        pass(4_000).await;
        clock.set_speed(8.0);
        assert_eq!(clock.elapsed(), Duration::from_secs(4));
        pass(1_000).await;
        assert_eq!(clock.elapsed(), Duration::from_secs(12));
        clock.clone().set_speed(0.5);
        pass(2_000).await;
        assert_eq!(clock.elapsed(), Duration::from_secs(13), "clones are the same clock");
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_already_wakes_by_the_new_speed() {
        let clock = clock(1.0);
        let began = Instant::now();
        let waiting = tokio::spawn({
            let clock = clock.clone();
            async move {
                clock.sleep(Duration::from_secs(100)).await;
                (Instant::now(), clock.elapsed())
            }
        });
        pass(10_000).await;
        clock.set_speed(10.0);
        let Ok((woke, elapsed)) = waiting.await else { return assert!(clock.speed().is_nan()) };
        assert_eq!(woke - began, Duration::from_secs(19), "ten slow seconds and ninety quick ones");
        assert_eq!(elapsed, Duration::from_secs(100));
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_stands_still_wakes_nobody() {
        let clock = clock(1.0);
        clock.set_speed(0.0);
        let mut ticks = clock.every(Duration::from_secs(1));
        tokio::select! {
            () = ticks.tick() => assert!(clock.speed().is_nan(), "it came round"),
            () = clock.sleep(Duration::ZERO) => assert!(clock.speed().is_nan(), "it woke"),
            () = pass(3_600_000) => {}
        }
        assert_eq!(clock.elapsed(), Duration::ZERO);
        clock.set_speed(1.0);
        ticks.tick().await;
        assert_eq!(clock.elapsed(), Duration::from_secs(1));
    }

    #[tokio::test(start_paused = true)]
    async fn ticks_follow_the_speed_and_survive_being_dropped() {
        let clock = clock(1.0);
        let mut ticks = clock.every(Duration::from_secs(10));
        tokio::select! {
            () = ticks.tick() => assert!(clock.speed().is_nan(), "too early"),
            () = pass(5_000) => {}
        }
        clock.set_speed(5.0);
        let before = Instant::now();
        ticks.tick().await;
        assert_eq!(before.elapsed(), Duration::from_secs(1));
        ticks.tick().await;
        assert_eq!(before.elapsed(), Duration::from_secs(3));
        assert_eq!(clock.elapsed(), Duration::from_secs(20));
    }

    #[test]
    fn speeds_are_kept_within_reason() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        let Ok(runtime) = runtime else { return };
        let _entered = runtime.enter();
        let clock = clock(f64::NAN);
        for (given, kept) in
            [(f64::INFINITY, FASTEST), (1e-300, SLOWEST), (f64::NAN, SLOWEST), (-1.0, SLOWEST), (0.0, 0.0)]
        {
            clock.set_speed(given);
            assert!((clock.speed() - kept).abs() < f64::EPSILON, "{given}");
        }
    }
}
