//! "Did you mean …?"

/// The candidate that `word` most likely meant: the same letters in another style of writing,
/// the beginning of only one, or a few slips away.
pub(crate) fn closest<'c>(word: &str, candidates: &[&'c str]) -> Option<&'c str> {
    let plain = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
    };
    let wanted = plain(word);
    if let Some(same) = candidates.iter().find(|candidate| plain(candidate) == wanted) {
        return Some(same);
    }
    let mut longer =
        candidates.iter().filter(|candidate| wanted.len() >= 4 && plain(candidate).starts_with(&wanted));
    if let (Some(only), None) = (longer.next(), longer.next()) {
        return Some(only);
    }
    let allowed = (wanted.chars().count() / 3).clamp(1, 3);
    candidates
        .iter()
        .map(|candidate| (slips(&wanted, &plain(candidate)), *candidate))
        .filter(|(slips, _)| *slips <= allowed)
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, candidate)| candidate)
}

/// How many letters are wrong, missing, too many, or swapped with their neighbour.
fn slips(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let changed = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = changed.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(rows[i - 2][j - 2] + 1);
            }
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_and_other_spellings_are_recognised() {
        let keys = ["podSubnet", "serviceSubnet", "controlPlaneEndpoint", "ssh", "role"];
        for (word, want) in [
            ("pod_subnet", Some("podSubnet")),
            ("podsubent", Some("podSubnet")),
            ("controlplaneendpoint", Some("controlPlaneEndpoint")),
            ("rloe", Some("role")),
            ("sshh", Some("ssh")),
            ("controlPlane", Some("controlPlaneEndpoint")),
            ("zzz", None),
            ("", None),
        ] {
            assert_eq!(closest(word, &keys), want, "{word}");
        }
        assert_eq!(slips("kitten", "sitting"), 3);
    }
}
