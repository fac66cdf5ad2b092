//! Two texts held against each other.

use std::ops::Range;

use similar::{DiffOp, TextDiff};

/// A line of a text against another one's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// In both.
    Same(String),
    /// In both, but not alike.
    Differs(String, String),
    /// Only in the first.
    Left(String),
    /// Only in the second.
    Right(String),
}

/// `left` and `right` line by line; of lines that are not alike those stand side by side that say something of the same
/// thing.
pub fn rows(left: &str, right: &str) -> Vec<Row> {
    let (old, new): (Vec<&str>, Vec<&str>) = (left.lines().collect(), right.lines().collect());
    let diff = TextDiff::from_slices(&old, &new);
    let mut rows = Vec::new();
    for op in diff.ops() {
        match *op {
            DiffOp::Equal { old_index, len, .. } => {
                rows.extend(old.iter().skip(old_index).take(len).map(|line| Row::Same((*line).to_owned())));
            }
            DiffOp::Delete { old_index, old_len, .. } => {
                rows.extend(
                    old.iter().skip(old_index).take(old_len).map(|line| Row::Left((*line).to_owned())),
                );
            }
            DiffOp::Insert { new_index, new_len, .. } => {
                rows.extend(
                    new.iter().skip(new_index).take(new_len).map(|line| Row::Right((*line).to_owned())),
                );
            }
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                let gone: Vec<&str> = old.iter().skip(old_index).take(old_len).copied().collect();
                let come: Vec<&str> = new.iter().skip(new_index).take(new_len).copied().collect();
                pair(&gone, &come, &mut rows);
            }
        }
    }
    rows
}

/// What a line is about: an argument's name, or a key.
fn subject(line: &str) -> &str {
    let line = line.trim_start();
    let end = if line.trim_start_matches("- ").starts_with("--") { line.find('=') } else { line.find(':') };
    line.get(..end.unwrap_or(line.len())).unwrap_or(line)
}

/// Both in their order; a line meets the first one after the last meeting that is about the same.
fn pair(gone: &[&str], come: &[&str], rows: &mut Vec<Row>) {
    let mut next = 0;
    for line in gone {
        let same = |other: &&str| subject(other) == subject(line);
        match come.iter().skip(next).position(same) {
            Some(at) => {
                rows.extend(come.iter().skip(next).take(at).map(|line| Row::Right((*line).to_owned())));
                if let Some(other) = come.get(next + at) {
                    rows.push(Row::Differs((*line).to_owned(), (*other).to_owned()));
                }
                next += at + 1;
            }
            None => rows.push(Row::Left((*line).to_owned())),
        }
    }
    rows.extend(come.iter().skip(next).map(|line| Row::Right((*line).to_owned())));
}

/// Where two lines that are not alike differ: in characters of each, whole words and names of them.
pub fn changed(left: &str, right: &str) -> (Range<usize>, Range<usize>) {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let parts = |c: &char| " /:=,\"'".contains(*c);
    let mut before = left.iter().zip(&right).take_while(|(one, other)| one == other).count();
    let within = |line: &[char], at: usize| {
        let next = line.get(at).is_some_and(|c| !parts(c));
        at > 0 && next && !parts(&line[at - 1])
    };
    // Back to where the word begins, and below on to where it ends.
    while within(&left, before) || within(&right, before) {
        before -= 1;
    }
    let room = (left.len() - before).min(right.len() - before);
    let ends = left.iter().rev().zip(right.iter().rev()).take(room);
    let mut after = ends.take_while(|(one, other)| one == other).count();
    while after > 0 && (within(&left, left.len() - after) || within(&right, right.len() - after)) {
        after -= 1;
    }
    (before..left.len() - after, before..right.len() - after)
}

/// How many rows are not alike.
pub fn differences(rows: &[Row]) -> usize {
    rows.iter().filter(|row| !matches!(row, Row::Same(_))).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_about_the_same_stand_side_by_side() {
        let left = "a:\n- --initial-cluster=bettley=https://10.4.0.11:2380\n- --name=bettley\nz: 1\n";
        let right = "a:\n- --initial-cluster=bettley=https://10.4.0.11:2380,fenn=https://10.4.0.15:2380\n- --initial-cluster-state=existing\n- --name=fenn\nz: 1\n";
        let rows = rows(left, right);
        let shown: Vec<(char, &str)> = rows
            .iter()
            .map(|row| match row {
                Row::Same(line) => (' ', line.as_str()),
                Row::Differs(_, right) => ('~', right.as_str()),
                Row::Left(line) => ('<', line.as_str()),
                Row::Right(line) => ('>', line.as_str()),
            })
            .collect();
        assert_eq!(
            shown,
            [
                (' ', "a:"),
                ('~', "- --initial-cluster=bettley=https://10.4.0.11:2380,fenn=https://10.4.0.15:2380"),
                ('>', "- --initial-cluster-state=existing"),
                ('~', "- --name=fenn"),
                (' ', "z: 1"),
            ]
        );
        assert_eq!(differences(&rows), 3);
    }

    #[test]
    fn of_two_lines_the_words_that_differ_are_told() {
        let told = |left: &str, right: &str| {
            let (one, other) = changed(left, right);
            let cut = |text: &str, range: Range<usize>| {
                text.chars().skip(range.start).take(range.len()).collect::<String>()
            };
            (cut(left, one), cut(right, other))
        };
        let pair = |one: &str, other: &str| (one.to_owned(), other.to_owned());
        assert_eq!(
            told("- --listen=https://10.4.0.11:2379", "- --listen=https://10.4.0.15:2379"),
            pair("10.4.0.11", "10.4.0.15")
        );
        assert_eq!(told("--c=a=1:2380", "--c=a=1:2380,b=2:2380"), pair("", ",b=2:2380"));
        assert_eq!(told("a: 1", "a: 12"), pair("1", "12"));
        assert_eq!(told("name: bettley", "name: fenn"), pair("bettley", "fenn"));
        assert_eq!(told("größe: 1", "größe: 12"), pair("1", "12"));
        assert_eq!(told("", "x"), pair("", "x"));
    }

    proptest! {
        #[test]
        fn what_is_not_told_to_differ_is_alike(left in "[ab:, ]{0,12}", right in "[ab:, ]{0,12}") {
            let (one, other) = changed(&left, &right);
            let around = |text: &str, range: &Range<usize>| format!("{}|{}", &text[..range.start], &text[range.end..]);
            prop_assert_eq!(around(&left, &one), around(&right, &other));
        }

        #[test]
        fn nothing_is_lost_and_nothing_made_up(left in "[ab:\n]{0,30}", right in "[ab:\n]{0,30}") {
            let (mut first, mut second) = (Vec::new(), Vec::new());
            for row in rows(&left, &right) {
                match row {
                    Row::Same(line) => {
                        first.push(line.clone());
                        second.push(line);
                    }
                    Row::Differs(one, two) => {
                        first.push(one);
                        second.push(two);
                    }
                    Row::Left(line) => first.push(line),
                    Row::Right(line) => second.push(line),
                }
            }
            prop_assert_eq!(first, left.lines().collect::<Vec<_>>());
            prop_assert_eq!(second, right.lines().collect::<Vec<_>>());
        }
    }
}
