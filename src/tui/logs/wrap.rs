//! Text measured in columns: wrapped into rows, or cut out of a long one.

use std::ops::Range;

use ratatui::text::Span;
use unicode_width::UnicodeWidthStr;

/// What stands in a cell: where it is in the text, in bytes, and how many columns it takes.
type Cell = (Range<usize>, usize);

/// Calls `each` with what stands in each cell, until it answers false.
fn walk(text: &str, mut each: impl FnMut(Cell) -> bool) {
    if text.is_ascii() {
        let _ = (0..text.len()).all(|at| each((at..at + 1, 1)));
        return;
    }
    let span = Span::raw(text);
    let start = text.as_ptr() as usize;
    for grapheme in span.styled_graphemes(ratatui::style::Style::new()) {
        let at = grapheme.symbol.as_ptr() as usize - start;
        let width = grapheme.symbol.width();
        if width > 0 && !each((at..at + grapheme.symbol.len(), width)) {
            return;
        }
    }
}

/// The rows of `text` at that width, in bytes: broken after a space where there is one, anywhere else where there is none.
/// Always at least one row; nothing is left out but what takes no column.
pub(super) fn wrap(text: &str, width: usize) -> Vec<Range<usize>> {
    let width = width.max(2);
    if text.len() <= width {
        return std::iter::once(0..text.len()).collect();
    }
    let mut rows = Vec::new();
    // The row so far: where it starts, its columns, and where it could be broken, with the columns up to there.
    let (mut start, mut columns, mut space) = (0, 0, None);
    walk(text, |(bytes, wide)| {
        while columns + wide > width {
            let (at, taken) = space.take().unwrap_or((bytes.start, columns));
            rows.push(start..at);
            start = at;
            columns -= taken;
        }
        columns += wide;
        if text.as_bytes().get(bytes.start) == Some(&b' ') {
            space = Some((bytes.end, columns));
        }
        true
    });
    rows.push(start..text.len());
    rows
}

/// The part of `text` from column `left` on that fits in `width` columns: how many columns stay empty before it, because
/// a wide character is cut in two there, where it is, and whether there is more after it.
pub(super) fn cut(text: &str, left: usize, width: usize) -> (usize, Range<usize>, bool) {
    let (mut at, mut gap, mut more) = (0, 0, false);
    let mut part: Option<Range<usize>> = None;
    walk(text, |(bytes, wide)| {
        let from = at;
        at += wide;
        if from < left {
            gap = at.saturating_sub(left);
            return true;
        }
        let part = part.get_or_insert(bytes.start..bytes.start);
        more = at > left + width;
        if !more {
            part.end = bytes.end;
        }
        !more
    });
    let part = part.unwrap_or(text.len()..text.len());
    (gap.min(width), part, more)
}

/// How many columns `text` takes.
pub(super) fn columns(text: &str) -> usize {
    let mut columns = 0;
    walk(text, |(_, wide)| {
        columns += wide;
        true
    });
    columns
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rows_break_after_spaces_and_only_then_anywhere() {
        let rows = |text: &str, width| {
            wrap(text, width).into_iter().map(|row| text[row].to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(rows("", 5), [""]);
        assert_eq!(rows("one two three", 8), ["one two ", "three"]);
        assert_eq!(rows("abcdefgh ij", 4), ["abcd", "efgh", " ij"]);
        assert_eq!(rows("a 漢字かな", 5), ["a ", "漢字", "かな"]);
        assert_eq!(rows("漢字", 1), ["漢", "字"]);
    }

    #[test]
    fn cuts_never_split_a_wide_character() {
        let part = |text: &str, left, width| {
            let (gap, part, more) = cut(text, left, width);
            (gap, text[part].to_owned(), more)
        };
        assert_eq!(part("abcdef", 2, 3), (0, "cde".to_owned(), true));
        assert_eq!(part("漢字かな", 1, 4), (1, "字".to_owned(), true));
        assert_eq!(part("漢字", 9, 4), (0, String::new(), false));
    }

    proptest! {
        #[test]
        fn rows_fit_and_lose_nothing(text in "( |a|漢|é|e\u{301}|👩|-){0,80}", width in 2usize..20) {
            let rows = wrap(&text, width);
            prop_assert_eq!(rows.iter().map(|row| &text[row.clone()]).collect::<String>(), text.clone());
            for row in &rows {
                prop_assert!(columns(&text[row.clone()]) <= width, "{:?}", &text[row.clone()]);
            }
            // A row that doesn't end with a space had no room for the next one's first cell.
            for pair in rows.windows(2) {
                let row = &text[pair[0].clone()];
                let mut first = 0;
                walk(&text[pair[1].clone()], |(_, wide)| {
                    first = wide;
                    false
                });
                prop_assert!(row.ends_with(' ') || columns(row) + first > width, "{:?}", row);
            }
        }

        #[test]
        fn cuts_fit(text in "( |a|漢|é|e\u{301}|-){0,40}", left in 0usize..40, width in 1usize..20) {
            let (gap, part, more) = cut(&text, left, width);
            let shown = columns(&text[part.clone()]);
            prop_assert!(gap + shown <= width.max(gap));
            prop_assert_eq!(more, columns(&text[..part.start]) + shown < columns(&text) && part.end < text.len());
        }
    }
}
