//! Values that become words of a shell script.

/// `value` as one word for a POSIX shell, whatever it holds. NUL can't be in a word and is left out.
pub fn quote(value: &str) -> String {
    let mut word = String::with_capacity(value.len() + 2);
    word.push('\'');
    for c in value.chars().filter(|&c| c != '\0') {
        if c == '\'' {
            word.push_str("'\\''");
        } else {
            word.push(c);
        }
    }
    word.push('\'');
    word
}

/// A whole script: `values` as variables, then `parts`. It reads nothing, says nothing on stderr, and starts only
/// when all of it has arrived.
pub(super) fn script(values: &[(&str, &str)], parts: &[&str]) -> String {
    let mut text = String::from("(\n");
    for (name, value) in values {
        text.extend([name, "=", &quote(value), "\n"]);
    }
    text.push_str(include_str!("common.sh"));
    text.extend(parts.iter().copied());
    text.push_str(") </dev/null 2>/dev/null\n:\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_one_word() {
        assert_eq!(quote(""), "''");
        assert_eq!(quote("a b"), "'a b'");
        assert_eq!(quote("it's; $(reboot)"), "'it'\\''s; $(reboot)'");
        assert_eq!(quote("a\0b"), "'ab'");
    }
}
