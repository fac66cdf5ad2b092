//! Text that is sorted, cut into fields, translated.

use super::super::call::{Call, Known, lines as as_lines};
use super::text::options;

pub(super) fn sort(call: &mut Call<'_>) -> i32 {
    let options = options!(call, &["r", "n", "u", "h", "V"], &["k", "t"]);
    let mut rc = 0;
    let mut lines = Vec::new();
    for (_, content) in call.texts(&options.operands, &mut rc) {
        lines.extend(String::from_utf8_lossy(&content).lines().map(str::to_owned));
    }
    let field =
        options.value(&["k"]).and_then(|key| key.split(['.', ',', 'n', 'r']).next()?.parse::<usize>().ok());
    let divider = options.value(&["t"]).map(str::to_owned);
    let key = |line: &str| -> String {
        match (field, &divider) {
            (None | Some(0), _) => line.to_owned(),
            (Some(field), Some(divider)) => {
                line.split(divider.as_str()).nth(field - 1).unwrap_or_default().to_owned()
            }
            (Some(field), None) => line.split_whitespace().nth(field - 1).unwrap_or_default().to_owned(),
        }
    };
    let numeric = options.has(&["n", "h"]) || options.value(&["k"]).is_some_and(|key| key.contains('n'));
    lines.sort_by(|a, b| {
        let (ka, kb) = (key(a), key(b));
        let number = |text: &str| {
            let digits = text.trim_start();
            let end =
                digits.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-')).unwrap_or(digits.len());
            digits[..end].parse::<f64>().unwrap_or(0.0)
        };
        let order = if numeric { number(&ka).total_cmp(&number(&kb)) } else { ka.cmp(&kb) };
        order.then_with(|| a.cmp(b))
    });
    if options.has(&["r"]) {
        lines.reverse();
    }
    if options.has(&["u"]) {
        lines.dedup();
    }
    call.say(as_lines(lines));
    rc
}

pub(super) fn uniq(call: &mut Call<'_>) -> i32 {
    let options = options!(call, &["c", "d"], &[]);
    let mut rc = 0;
    let mut runs: Vec<(usize, String)> = Vec::new();
    for (_, content) in call.texts(&options.operands, &mut rc) {
        for line in String::from_utf8_lossy(&content).lines() {
            match runs.last_mut() {
                Some((count, last)) if last == line => *count += 1,
                _ => runs.push((1, line.to_owned())),
            }
        }
    }
    for (count, line) in runs.iter().filter(|(count, _)| !options.has(&["d"]) || *count > 1) {
        call.say(if options.has(&["c"]) { format!("{count:>7} {line}\n") } else { format!("{line}\n") });
    }
    rc
}

pub(super) fn cut(call: &mut Call<'_>) -> i32 {
    let options = options!(call, &["s"], &["d", "f", "c"]);
    let (chars, list) = match (options.value(&["f"]), options.value(&["c"])) {
        (Some(list), _) => (false, list),
        (None, Some(list)) => (true, list),
        (None, None) => return call.fail(1, "you must specify a list of bytes, characters, or fields"),
    };
    let ranges: Vec<(usize, usize)> = list
        .split(',')
        .filter_map(|part| match part.split_once('-') {
            None => part.parse().ok().map(|at| (at, at)),
            Some((low, high)) => Some((low.parse().unwrap_or(1), high.parse().unwrap_or(usize::MAX))),
        })
        .collect();
    let wanted = |at: usize| ranges.iter().any(|&(low, high)| (low..=high).contains(&at));
    let divider = options.value(&["d"]).unwrap_or("\t").to_owned();
    let mut rc = 0;
    for (_, content) in call.texts(&options.operands, &mut rc) {
        for line in String::from_utf8_lossy(&content).lines() {
            let text: String = if chars {
                line.chars().enumerate().filter(|(at, _)| wanted(at + 1)).map(|(_, c)| c).collect()
            } else if divider.is_empty() || !line.contains(&divider) {
                line.to_owned()
            } else {
                let fields = line.split(&divider).enumerate().filter(|(at, _)| wanted(at + 1));
                fields.map(|(_, field)| field).collect::<Vec<_>>().join(&divider)
            };
            call.say(text + "\n");
        }
    }
    rc
}

/// `a-z`, `[:upper:]` and `\n` written out.
fn set(text: &str) -> Vec<char> {
    let text = text
        .replace("[:upper:]", "A-Z")
        .replace("[:lower:]", "a-z")
        .replace("[:digit:]", "0-9")
        .replace("[:space:]", " \t\n")
        .replace("\\n", "\n")
        .replace("\\t", "\t");
    let chars: Vec<char> = text.chars().collect();
    let mut set = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if at + 2 < chars.len() && chars[at + 1] == '-' && chars[at] <= chars[at + 2] {
            set.extend((chars[at]..=chars[at + 2]).take(1_000));
            at += 3;
        } else {
            set.push(chars[at]);
            at += 1;
        }
    }
    set
}

pub(super) fn tr(call: &mut Call<'_>) -> i32 {
    let options = options!(call, &["d", "s"], &[]);
    let text = String::from_utf8_lossy(call.input.unwrap_or_default()).into_owned();
    let sets: Vec<Vec<char>> = options.operands.iter().map(|operand| set(operand)).collect();
    let changed: String = match (sets.as_slice(), options.has(&["d"]), options.has(&["s"])) {
        ([gone], true, _) => text.chars().filter(|c| !gone.contains(c)).collect(),
        ([squeezed], false, true) => {
            let mut last = None;
            text.chars().filter(|&c| last.replace(c) != Some(c) || !squeezed.contains(&c)).collect()
        }
        ([from, to], false, _) if !to.is_empty() => text
            .chars()
            .map(|c| from.iter().position(|&f| f == c).map_or(c, |at| to[at.min(to.len() - 1)]))
            .collect(),
        _ => return call.fail(1, "usage: tr [-ds] SET1 [SET2]"),
    };
    call.say(changed);
    0
}
