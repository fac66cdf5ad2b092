//! Scalars read as what they mean.

use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use serde_yaml::Value;

use super::{Content, Node, Report, Span};

/// A value and where it was written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct At<T> {
    pub(crate) value: T,
    pub(crate) at: Span,
}

impl Node {
    /// The text of a scalar: a string, or a number or boolean as it was written.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar { value: Value::String(text), .. } => Some(text),
            Content::Scalar { value: Value::Bool(_) | Value::Number(_), written } => Some(written),
            _ => None,
        }
    }

    /// What stands in the file, before substitution: the environment may hold secrets, messages must not.
    pub(crate) fn shown(&self) -> String {
        match &self.content {
            Content::Scalar { written, .. } => crate::text::sanitize(written),
            Content::List(_) => "a list".to_owned(),
            Content::Map(_) => "a map".to_owned(),
        }
    }
}

/// A scalar that `parse` understands; `expected` finishes "… is not".
pub(crate) fn parsed<T>(
    node: &Node,
    expected: &str,
    help: &str,
    report: &mut Report<'_>,
    parse: impl Fn(&str) -> Option<T>,
) -> Option<At<T>> {
    let value = node.as_text().and_then(parse);
    if value.is_none() {
        report.error(node.at, format!("`{}` is not {expected}", node.shown()), help);
    }
    value.map(|value| At { value, at: node.at })
}

/// Text without control characters, not empty.
pub(crate) fn text(node: &Node, what: &str, report: &mut Report<'_>) -> Option<At<String>> {
    let sound = |text: &str| !text.trim().is_empty() && !text.chars().any(char::is_control);
    parsed(node, what, "", report, |text| sound(text).then(|| text.to_owned()))
}

/// A whole number.
pub(crate) fn number<T: FromStr>(node: &Node, expected: &str, report: &mut Report<'_>) -> Option<T> {
    parsed(node, expected, "", report, |text| text.parse().ok()).map(|found| found.value)
}

/// `true` or `false`.
pub(crate) fn flag(node: &Node, report: &mut Report<'_>) -> Option<bool> {
    parsed(node, "true or false", "", report, |text| match text {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    })
    .map(|found| found.value)
}

/// An IP address.
pub(crate) fn address(node: &Node, report: &mut Report<'_>) -> Option<At<IpAddr>> {
    parsed(node, "an IP address", "", report, |text| text.parse().ok())
}

/// `10s`, `5m`, `1h30m`: more than nothing.
pub(crate) fn duration(node: &Node, report: &mut Report<'_>) -> Option<Duration> {
    let help = "write it like 30s, 10m or 1h30m";
    parsed(node, "a duration", help, report, parse_duration).map(|found| found.value)
}

fn parse_duration(text: &str) -> Option<Duration> {
    let mut total = Duration::ZERO;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let amount: u64 = rest[..digits].parse().ok()?;
        let unit = &rest[digits..];
        let unit = &unit[..unit.find(|c: char| c.is_ascii_digit()).unwrap_or(unit.len())];
        total = total.checked_add(match unit {
            "ms" => Duration::from_millis(amount),
            "s" => Duration::from_secs(amount),
            "m" => Duration::from_secs(amount.checked_mul(60)?),
            "h" => Duration::from_secs(amount.checked_mul(3600)?),
            _ => return None,
        })?;
        rest = &rest[digits + unit.len()..];
    }
    (!total.is_zero()).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_go_writes_them() {
        for (text, seconds) in [("10s", 10), ("5m", 300), ("1h30m", 5400), ("1m5s", 65)] {
            assert_eq!(parse_duration(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        for bad in
            ["", "10", "0s", "5 m", "-1s", "1d", "99999999999999999999s", "1.5h", "18446744073709551615h"]
        {
            assert_eq!(parse_duration(bad), None, "{bad}");
        }
    }
}
