//! Where a process prints, and the headers of its log lines.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Takes what a process prints, a line at a time and in order.
pub(crate) trait Sink: Send + Sync {
    /// A line without its end; `error` is the standard error's.
    fn line(&self, error: bool, text: &str);
}

/// A klog line: `W1122 07:48:00.233294   24547 strict.go:54] message`.
pub(crate) fn klog(level: char, now_ms: i64, pid: u32, place: &str, message: &str) -> String {
    let at = Timestamp::from_millisecond(now_ms).unwrap_or_default().to_zoned(TimeZone::UTC);
    let micros = at.subsec_nanosecond() / 1_000;
    format!(
        "{level}{:02}{:02} {:02}:{:02}:{:02}.{micros:06} {pid:>7} {place}] {message}",
        at.month(),
        at.day(),
        at.hour(),
        at.minute(),
        at.second()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_lines_have_klogs_header() {
        let line = klog('W', 1_795_333_680_233, 24_547, "strict.go:54", "unknown field");
        assert_eq!(line, "W1122 07:48:00.233000   24547 strict.go:54] unknown field");
    }
}
