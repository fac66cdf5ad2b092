//! Values as words of POSIX sh.

/// `value` as exactly one word of POSIX sh, whatever it holds. NUL can't be in a word at all and is left out.
pub fn word(value: &str) -> String {
    let mut quoted = String::with_capacity(value.len() + 2);
    quoted.push('\'');
    for c in value.chars() {
        match c {
            '\'' => quoted.push_str("'\\''"),
            '\0' => {}
            c => quoted.push(c),
        }
    }
    quoted.push('\'');
    quoted
}

/// Several words, separated by spaces.
pub fn words<T: AsRef<str>>(values: &[T]) -> String {
    values.iter().map(|value| word(value.as_ref())).collect::<Vec<_>>().join(" ")
}
