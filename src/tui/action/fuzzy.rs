//! How well a few letters fit a name.

/// How well `pattern` fits `text`, higher is better; none if it doesn't. Every word of the pattern must fit: as a beginning,
/// within, or with letters left out.
pub fn fuzzy(pattern: &str, text: &str) -> Option<usize> {
    let text = text.to_lowercase();
    pattern.to_lowercase().split_whitespace().map(|word| one(word, &text)).sum()
}

fn one(word: &str, text: &str) -> Option<usize> {
    if let Some(at) = text.find(word) {
        let starts = text[..at].chars().next_back().is_none_or(|before| !before.is_alphanumeric());
        let base = if at == 0 {
            4000
        } else if starts {
            3000
        } else {
            2000
        };
        let exact = usize::from(text.len() == word.len()) * 1000;
        return Some(base + exact - at.min(500));
    }
    let mut rest = text.char_indices();
    let mut last: Option<usize> = None;
    let mut gaps = 0;
    for letter in word.chars() {
        let (at, _) = rest.find(|(_, c)| *c == letter)?;
        gaps += last.map_or(at, |last| at - last - 1);
        last = Some(at);
    }
    Some(1000 - gaps.min(900))
}

#[cfg(test)]
mod tests {
    use super::fuzzy;

    #[test]
    fn beginnings_beat_words_beat_insides_beat_scattered_letters() {
        let order = ["skip", "next-skip", "reskipped", "sok-i-p"];
        let fits: Vec<_> = order.iter().map(|text| fuzzy("skip", text)).collect();
        assert!(fits.windows(2).all(|pair| pair[0] > pair[1]), "{fits:?}");
        assert_eq!(fuzzy("skip", "ski"), None);
        assert_eq!(fuzzy("node bet", "node bettley").map(|_| ()), Some(()));
        assert_eq!(fuzzy("node bet", "node allyrion"), None);
        assert_eq!(fuzzy("", "anything"), Some(0));
        assert!(fuzzy("ÄB", "äbc").is_some());
    }
}
