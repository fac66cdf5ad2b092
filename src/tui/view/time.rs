//! Times in columns of five.

use std::time::Duration;

use crate::text;

/// Of what goes on: in whole seconds, since tenths would flicker.
pub(super) fn seconds(time: Duration) -> String {
    match time.as_secs() {
        short @ 0..60 => format!("{short}s"),
        long => minutes(long),
    }
}

/// Of what is over: `0.2s`, `13.0s`, `1m12s`, `25m`, `2h05m`.
pub(super) fn short(time: Duration) -> String {
    match time.as_secs() {
        // So that 59.96 is not told as 60.0.
        0..60 if time.as_millis() < 59_950 => format!("{:.1}s", time.as_secs_f64()),
        long => minutes(long.max(60)),
    }
}

/// On a recording's clock: `0:07`, `12:34`, `2:05:00`.
pub(super) fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

fn minutes(seconds: u64) -> String {
    match seconds {
        600..3600 => format!("{}m", seconds / 60),
        _ => text::duration(Duration::from_secs(seconds)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_keep_to_five_columns() {
        for ms in (0..100_000).step_by(7).chain((0..36_000_000).step_by(997)) {
            let time = Duration::from_millis(ms);
            assert!(seconds(time).len() <= 5 && short(time).len() <= 5, "{}, {}", seconds(time), short(time));
        }
        let told =
            [200, 13_000, 59_960, 72_000, 1_500_000, 7_500_000].map(|ms| short(Duration::from_millis(ms)));
        assert_eq!(told, ["0.2s", "13.0s", "1m00s", "1m12s", "25m", "2h05m"]);
    }
}
