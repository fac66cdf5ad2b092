//! Lines of a file, each bounded.

use std::io::{self, BufRead};

/// The next line of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Without its end.
    Whole(Vec<u8>),
    /// Longer than the bound; passed over.
    TooLong,
    /// The file ends in the middle of it.
    Torn,
}

/// Reads up to and with the next `\n`, keeping at most `bound` bytes; `read` is raised by what was taken.
/// None at the end of the file.
pub(super) fn next(input: &mut impl BufRead, bound: usize, read: &mut u64) -> io::Result<Option<Line>> {
    let mut line = Vec::new();
    let mut any = false;
    let mut fits = true;
    loop {
        let chunk = match input.fill_buf() {
            Ok(chunk) => chunk,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if chunk.is_empty() {
            return Ok(any.then_some(Line::Torn));
        }
        any = true;
        let end = chunk.iter().position(|&byte| byte == b'\n');
        let part = &chunk[..end.unwrap_or(chunk.len())];
        fits = fits && line.len() + part.len() <= bound;
        if fits {
            line.extend_from_slice(part);
        } else {
            line = Vec::new();
        }
        let taken = part.len() + usize::from(end.is_some());
        input.consume(taken);
        *read += taken as u64;
        if end.is_some() {
            return Ok(Some(if fits { Line::Whole(line) } else { Line::TooLong }));
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::io::BufReader;

    #[test]
    fn lines_are_bounded_and_the_torn_one_is_told() {
        let text = b"one\n\nlonger than ten bytes\nten bytes!\ntorn";
        for buffer in [1, 3, 64] {
            let mut input = BufReader::with_capacity(buffer, &text[..]);
            let mut read = 0;
            let mut next = || next(&mut input, 10, &mut read).unwrap();
            assert_eq!(next(), Some(Line::Whole(b"one".to_vec())));
            assert_eq!(next(), Some(Line::Whole(Vec::new())));
            assert_eq!(next(), Some(Line::TooLong));
            assert_eq!(next(), Some(Line::Whole(b"ten bytes!".to_vec())));
            assert_eq!(next(), Some(Line::Torn));
            assert_eq!(next(), None);
            assert_eq!(read, text.len() as u64);
        }
    }
}
