//! Telling our own lines from everything else on a stream.
//!
//! A line of ours is `\x01WORD text\x01\n`. WORD is unguessable and new for every exchange; so neither a login
//! shell's greeting nor a phase's output can be taken for one.

/// Noise is kept for error messages only.
const NOISE_KEPT: usize = 2048;

/// One stream of one exchange.
#[derive(Debug)]
pub(super) struct Marks {
    word: Vec<u8>,
    pending: Vec<u8>,
    begun: bool,
    noise: Vec<u8>,
    end: Option<String>,
}

impl Marks {
    pub(super) fn new(word: &str) -> Self {
        let word = [b"\x01", word.as_bytes(), b" "].concat();
        Self { word, pending: Vec::new(), begun: false, noise: Vec::new(), end: None }
    }

    /// Takes what came in and hands over what of it is output.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut output = Vec::new();
        if self.end.is_some() {
            return output;
        }
        self.pending.extend_from_slice(bytes);
        loop {
            let Some(at) = find(&self.pending, &self.word) else {
                let keep = unfinished(&self.pending, &self.word);
                let rest = self.pending.split_off(self.pending.len() - keep);
                let passed = std::mem::replace(&mut self.pending, rest);
                self.release(&passed, &mut output);
                return output;
            };
            let from = at + self.word.len();
            let Some(length) = self.pending.get(from..).and_then(|rest| find(rest, b"\x01\n")) else {
                let rest = self.pending.split_off(at);
                let passed = std::mem::replace(&mut self.pending, rest);
                self.release(&passed, &mut output);
                return output;
            };
            let rest = self.pending.split_off(from + length + 2);
            let passed = std::mem::replace(&mut self.pending, rest);
            let (before, line) = passed.split_at(at);
            self.release(before, &mut output);
            let text = String::from_utf8_lossy(line.get(self.word.len()..line.len() - 2).unwrap_or_default());
            if let Some(end) = text.strip_prefix("end ") {
                self.end = Some(end.trim().to_owned());
                return output;
            }
            self.begun = true;
        }
    }

    /// Text of the last line, once it is there; nothing after it counts.
    pub(super) fn end(&self) -> Option<&str> {
        self.end.as_deref()
    }

    /// Whether any line of ours came.
    pub(super) fn is_ours(&self) -> bool {
        self.begun || self.end.is_some()
    }

    /// What came before our first line, or all of it when none came.
    pub(super) fn noise(&self) -> String {
        let mut noise = self.noise.clone();
        if !self.is_ours() {
            noise.extend_from_slice(&self.pending);
        }
        String::from_utf8_lossy(&noise).trim().to_owned()
    }

    fn release(&mut self, bytes: &[u8], output: &mut Vec<u8>) {
        if self.begun {
            output.extend_from_slice(bytes);
        } else {
            let room = NOISE_KEPT.saturating_sub(self.noise.len());
            self.noise.extend_from_slice(bytes.get(..room.min(bytes.len())).unwrap_or_default());
        }
    }
}

fn find(text: &[u8], word: &[u8]) -> Option<usize> {
    let first = *word.first()?;
    let mut from = 0;
    while let Some(step) = text.get(from..)?.iter().position(|byte| *byte == first) {
        from += step;
        if text.get(from..)?.starts_with(word) {
            return Some(from);
        }
        from += 1;
    }
    None
}

/// How many bytes at the end of `text` may be the beginning of `word`.
fn unfinished(text: &[u8], word: &[u8]) -> usize {
    (1..word.len().min(text.len() + 1))
        .rev()
        .find(|length| word.get(..*length).is_some_and(|start| text.ends_with(start)))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stream(noise: &[u8], output: &[u8]) -> Vec<u8> {
        [noise, b"\x01w0rd out\x01\n", output, b"\x01w0rd end done 7\x01\n", b"logout noise"].concat()
    }

    proptest! {
        #[test]
        fn output_comes_out_whole_however_it_is_cut(
            noise in "[a-z\n\u{1}]{0,20}",
            output in proptest::collection::vec(prop_oneof![Just(1_u8), Just(b'w'), Just(b'0'), any::<u8>()], 0..60),
            cuts in proptest::collection::vec(1_usize..9, 1..40),
        ) {
            let whole = stream(noise.as_bytes(), &output);
            let mut marks = Marks::new("w0rd");
            let mut seen = Vec::new();
            let mut rest = whole.as_slice();
            for cut in cuts.iter().cycle() {
                if rest.is_empty() { break; }
                let (now, later) = rest.split_at((*cut).min(rest.len()));
                seen.extend(marks.push(now));
                rest = later;
            }
            prop_assert_eq!(seen, output);
            prop_assert_eq!(marks.end(), Some("done 7"));
            prop_assert_eq!(marks.noise(), noise.trim());
        }
    }

    #[test]
    fn another_word_is_output_and_a_stream_cut_off_has_no_end() {
        let mut marks = Marks::new("w0rd");
        let seen = marks.push(b"\x01w0rd out\x01\nx\x01w0re end done 0\x01\ny\x01w0rd end don");
        assert_eq!(seen, b"x\x01w0re end done 0\x01\ny");
        assert_eq!(marks.end(), None);
        assert!(marks.is_ours());
    }

    #[test]
    fn a_stream_without_our_lines_is_all_noise() {
        let mut marks = Marks::new("w0rd");
        assert!(marks.push(b"This account is currently not available.\n").is_empty());
        assert!(!marks.is_ours());
        assert_eq!(marks.noise(), "This account is currently not available.");
    }
}
