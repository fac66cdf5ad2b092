//! Names of files that a pattern stands for.

/// Whether `pattern` has something to stand for.
pub(super) fn is_pattern(pattern: &str) -> bool {
    pattern.contains(['*', '?', '['])
}

/// Whether `name`, one part of a path, is what `pattern` stands for. A dot at its beginning has to be named.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    if name.starts_with('.') && !pattern.starts_with('.') {
        return false;
    }
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n) = (0, 0);
    // Where to go on when what follows the last `*` doesn't fit.
    let mut star: Option<(usize, usize)> = None;
    loop {
        let fits = match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
                continue;
            }
            None => n == name.len(),
            Some(_) if n == name.len() => return false,
            Some('?') => {
                p += 1;
                n += 1;
                true
            }
            Some('[') => match class(&pattern[p..], name[n]) {
                Some((true, length)) => {
                    p += length;
                    n += 1;
                    true
                }
                Some((false, _)) => false,
                None => literal(&pattern, &name, &mut p, &mut n),
            },
            Some(_) => literal(&pattern, &name, &mut p, &mut n),
        };
        if fits && p == pattern.len() && n == name.len() {
            return true;
        }
        if !fits {
            let Some((at, from)) = star else { return false };
            if from >= name.len() {
                return false;
            }
            star = Some((at, from + 1));
            (p, n) = (at + 1, from + 1);
        }
    }
}

fn literal(pattern: &[char], name: &[char], p: &mut usize, n: &mut usize) -> bool {
    let same = pattern[*p] == name[*n];
    if same {
        *p += 1;
        *n += 1;
    }
    same
}

/// Whether `character` is in the class that `pattern` begins with, and how long that is; none if it is no class.
fn class(pattern: &[char], character: char) -> Option<(bool, usize)> {
    let negated = matches!(pattern.get(1), Some('!' | '^'));
    let begin = 1 + usize::from(negated);
    let end = begin + 1 + pattern.get(begin + 1..)?.iter().position(|&c| c == ']')?;
    let (mut at, mut within) = (begin, false);
    while at < end {
        if pattern[at + 1] == '-' && at + 2 < end {
            within |= (pattern[at]..=pattern[at + 2]).contains(&character);
            at += 3;
        } else {
            within |= pattern[at] == character;
            at += 1;
        }
    }
    Some((within != negated, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_stand_for_names() {
        for (pattern, name, yes) in [
            ("*", "ca.crt", true),
            ("*.crt", "ca.crt", true),
            ("*.crt", "ca.key", false),
            ("ca.???", "ca.key", true),
            ("ca.??", "ca.key", false),
            ("*a*a*", "banana", true),
            ("*a*x*", "banana", false),
            ("[a-c]a.crt", "ca.crt", true),
            ("[!a-c]a.crt", "ca.crt", false),
            ("[x", "[x", true),
            ("*", ".hidden", false),
            (".*", ".hidden", true),
            ("a", "ab", false),
            ("ab", "a", false),
            ("", "", true),
            ("**", "", true),
        ] {
            assert_eq!(matches(pattern, name), yes, "{pattern} {name}");
        }
        assert!(!matches(&"*a".repeat(200), &"a".repeat(190)));
    }
}
