//! Text: what is searched, cut, counted, sorted, replaced.

use regex::RegexBuilder;

use super::super::call::{Call, Known, lines as as_lines};
use super::{Program, now};

pub(super) const PROGRAMS: &[Program] = &[
    now("grep", "lines that a pattern is found in", 10, grep),
    now("egrep", "the same", 10, grep),
    now("head", "the first lines", 5, head),
    now("tail", "the last lines", 5, tail),
    now("wc", "counts lines, words and bytes", 5, wc),
    now("sort", "sorts lines", 5, sort),
    now("uniq", "leaves out lines that repeat", 5, uniq),
    now("cut", "fields of lines: -d -f", 5, cut),
    now("tr", "replaces or deletes characters", 5, tr),
    now("tee", "writes its input to files as well", 5, tee),
    now("less", "prints, without pages", 5, less),
    now("more", "prints, without pages", 5, less),
    now("sha256sum", "the checksum of its input or of files", 5, sha256sum),
    now("base64", "encodes, or decodes with -d", 5, base64),
];

/// The program's options, or its end.
macro_rules! options {
    ($call:ident, $switches:expr, $valued:expr) => {
        match $call.options(&Known { switches: $switches, valued: $valued }) {
            Ok(options) => options,
            Err(rc) => return rc,
        }
    };
}

/// A basic regular expression as an extended one.
pub(super) fn extended(basic: &str) -> String {
    let mut out = String::with_capacity(basic.len());
    let mut chars = basic.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(special @ ('(' | ')' | '{' | '}' | '|' | '+' | '?')) => out.push(special),
                Some(other) => out.extend(['\\', other]),
                None => out.push_str("\\\\"),
            },
            '(' | ')' | '{' | '}' | '|' | '+' | '?' => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
    out
}

fn grep(call: &mut Call<'_>) -> i32 {
    let switches =
        &["i", "v", "n", "c", "q", "s", "w", "x", "o", "E", "F", "r", "R", "l", "h", "H", "color", "a"];
    let options = options!(call, switches, &["e", "A", "B", "C", "m", "color"]);
    let mut operands = options.operands.clone();
    let mut patterns: Vec<String> =
        options.values(&["e"]).iter().map(|pattern| (*pattern).to_owned()).collect();
    if patterns.is_empty() {
        if operands.is_empty() {
            return call.fail(2, "usage: grep PATTERN [FILE]...");
        }
        patterns.push(operands.remove(0));
    }
    let patterns: Vec<String> = patterns
        .iter()
        .map(|pattern| {
            let pattern = if options.has(&["F"]) {
                regex::escape(pattern)
            } else if options.has(&["E"]) || call.name == "egrep" {
                pattern.clone()
            } else {
                extended(pattern)
            };
            match (options.has(&["w"]), options.has(&["x"])) {
                (_, true) => format!("^(?:{pattern})$"),
                (true, false) => format!(r"\b(?:{pattern})\b"),
                (false, false) => pattern,
            }
        })
        .collect();
    let whole = patterns.iter().map(|pattern| format!("(?:{pattern})")).collect::<Vec<_>>().join("|");
    let mut builder = RegexBuilder::new(&whole);
    builder.case_insensitive(options.has(&["i"])).size_limit(1 << 20);
    let Ok(pattern) = builder.build() else { return call.fail(2, "this pattern can't be used") };
    let number = |names: &[&str]| options.value(names).and_then(|value| value.parse::<usize>().ok());
    let (before, after) = (number(&["B", "C"]).unwrap_or(0), number(&["A", "C"]).unwrap_or(0));
    let most = number(&["m"]).unwrap_or(usize::MAX);
    let recursive = options.has(&["r", "R"]);
    if recursive {
        operands = below(call, if operands.is_empty() { vec![".".into()] } else { operands });
    }
    let named = (operands.len() > 1 || recursive || options.has(&["H"])) && !options.has(&["h"]);
    let mut rc = 0;
    let mut found = false;
    let mut out = String::new();
    for (name, content) in call.texts(&operands, &mut rc) {
        let text = String::from_utf8_lossy(&content);
        let lines: Vec<&str> = text.lines().collect();
        let hits: Vec<usize> = (0..lines.len())
            .filter(|&at| pattern.is_match(lines[at]) != options.has(&["v"]))
            .take(most)
            .collect();
        found |= !hits.is_empty();
        let prefix = if named { format!("{name}:") } else { String::new() };
        if options.has(&["l"]) {
            out += &if hits.is_empty() { String::new() } else { format!("{name}\n") };
        } else if options.has(&["c"]) {
            out += &format!("{prefix}{}\n", hits.len());
        } else if options.has(&["o"]) {
            for at in hits {
                for found in pattern.find_iter(lines[at]) {
                    out += &format!("{prefix}{}\n", found.as_str());
                }
            }
        } else {
            let shown = |at: usize| hits.iter().any(|&hit| at + before >= hit && at <= hit + after);
            for (at, line) in lines.iter().enumerate().filter(|&(at, _)| shown(at)) {
                let mark = if options.has(&["n"]) { format!("{}:", at + 1) } else { String::new() };
                out += &format!("{prefix}{mark}{line}\n");
            }
        }
    }
    if !options.has(&["q"]) {
        call.say(out);
    }
    if rc != 0 && !found { 2 } else { i32::from(!found) }
}

/// Every file below folders, and the files themselves.
fn below(call: &Call<'_>, operands: Vec<String>) -> Vec<String> {
    let Ok(node) = call.machine() else { return operands };
    let mut files = Vec::new();
    for operand in operands {
        let path = call.session.absolute(&operand);
        if node.is_folder(&path) {
            files.extend(node.disk.under(&path).filter_map(|(file, _)| {
                Some(format!(
                    "{}{}",
                    operand.trim_end_matches('/'),
                    file.strip_prefix(path.trim_end_matches('/'))?
                ))
            }));
        } else {
            files.push(operand);
        }
    }
    files
}

fn head(call: &mut Call<'_>) -> i32 {
    let options = options!(call, &["q", "v"], &["n", "c", "lines", "bytes"]);
    let mut rc = 0;
    let texts = call.texts(&options.operands, &mut rc);
    if let Some(bytes) = options.value(&["c", "bytes"]).and_then(|count| count.parse::<usize>().ok()) {
        for (_, content) in texts {
            call.printer.out.put(&content[..bytes.min(content.len())]);
        }
        return rc;
    }
    let given = options.value(&["n", "lines"]).unwrap_or("10");
    let Ok(count) = given.parse::<i64>() else {
        return call.fail(1, format!("invalid number of lines: '{given}'"));
    };
    for (_, content) in texts {
        let text = String::from_utf8_lossy(&content);
        let all = text.split_inclusive('\n').count();
        let wanted = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
        let wanted = if count < 0 { all.saturating_sub(wanted) } else { wanted };
        call.say(text.split_inclusive('\n').take(wanted).collect::<String>());
    }
    rc
}

fn tail(call: &mut Call<'_>) -> i32 {
    let options = options!(call, &["q", "v", "f", "F"], &["n", "lines"]);
    if options.has(&["f", "F"]) {
        return call.lacks("option -f: nothing is followed here; look again");
    }
    let given = options.value(&["n", "lines"]).unwrap_or("10");
    let (from_start, digits) = given.strip_prefix('+').map_or((false, given), |digits| (true, digits));
    let Ok(count) = digits.trim_start_matches('-').parse::<usize>() else {
        return call.fail(1, format!("invalid number of lines: '{given}'"));
    };
    let mut rc = 0;
    for (_, content) in call.texts(&options.operands, &mut rc) {
        let text = String::from_utf8_lossy(&content);
        let all = text.split_inclusive('\n').count();
        let skipped = if from_start { count.saturating_sub(1) } else { all.saturating_sub(count) };
        call.say(text.split_inclusive('\n').skip(skipped).collect::<String>());
    }
    rc
}

fn wc(call: &mut Call<'_>) -> i32 {
    let options = options!(call, &["l", "w", "c", "m"], &[]);
    let all = !options.has(&["l", "w", "c", "m"]);
    let mut rc = 0;
    let mut sums = [0; 3];
    let texts = call.texts(&options.operands, &mut rc);
    let shown = |counts: [usize; 3], name: &str| {
        let wanted = [options.has(&["l"]), options.has(&["w"]), options.has(&["c", "m"])];
        let columns: Vec<String> = counts
            .iter()
            .zip(wanted)
            .filter(|(_, wanted)| all || *wanted)
            .map(|(count, _)| if all { format!("{count:>7}") } else { count.to_string() })
            .collect();
        format!("{}{}\n", columns.join(" "), if name == "-" { String::new() } else { format!(" {name}") })
    };
    for (name, content) in &texts {
        let text = String::from_utf8_lossy(content);
        let counts = [text.matches('\n').count(), text.split_whitespace().count(), content.len()];
        for (sum, count) in sums.iter_mut().zip(counts) {
            *sum += count;
        }
        call.say(shown(counts, name));
    }
    if texts.len() > 1 {
        call.say(shown(sums, "total"));
    }
    rc
}

fn sort(call: &mut Call<'_>) -> i32 {
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

fn uniq(call: &mut Call<'_>) -> i32 {
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

fn cut(call: &mut Call<'_>) -> i32 {
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

fn tr(call: &mut Call<'_>) -> i32 {
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

fn tee(call: &mut Call<'_>) -> i32 {
    let options = options!(call, &["a"], &[]);
    let input = call.input.unwrap_or_default().to_vec();
    call.printer.out.put(&input);
    let mut rc = 0;
    for operand in &options.operands {
        let path = call.session.absolute(operand);
        let Ok(node) = call.machine_mut() else { return 255 };
        let mut content = Vec::new();
        if options.has(&["a"]) {
            content.extend_from_slice(&node.content(&path).unwrap_or_default());
        }
        content.extend_from_slice(&input);
        content.truncate(super::super::printer::MOST);
        if let Err(words) = node.put(&path, content) {
            rc = call.fail(1, format!("{operand}: {words}"));
        }
    }
    rc
}

fn less(call: &mut Call<'_>) -> i32 {
    let files: Vec<String> = call.args.iter().filter(|arg| !arg.starts_with('-')).cloned().collect();
    let mut rc = 0;
    for (_, content) in call.texts(&files, &mut rc) {
        call.printer.out.put(&content);
    }
    rc
}

fn sha256sum(call: &mut Call<'_>) -> i32 {
    use sha2::{Digest, Sha256};
    let mut rc = 0;
    for (name, content) in call.texts(call.args, &mut rc) {
        call.say(format!("{:x}  {name}\n", Sha256::digest(&content)));
    }
    rc
}

fn base64(call: &mut Call<'_>) -> i32 {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let options = options!(call, &["d", "decode", "D"], &["w", "wrap"]);
    let mut rc = 0;
    for (_, content) in call.texts(&options.operands, &mut rc) {
        if options.has(&["d", "decode", "D"]) {
            let text: String = String::from_utf8_lossy(&content).split_whitespace().collect();
            match STANDARD.decode(text) {
                Ok(bytes) => call.printer.out.put(&bytes),
                Err(_) => rc = call.fail(1, "invalid input"),
            }
            continue;
        }
        let text = STANDARD.encode(&content);
        let width = options.value(&["w", "wrap"]).and_then(|width| width.parse().ok()).unwrap_or(76_usize);
        if width == 0 {
            call.say(text);
        } else {
            for line in text.as_bytes().chunks(width) {
                call.say(format!("{}\n", String::from_utf8_lossy(line)));
            }
        }
    }
    rc
}
