//! A command line of the environment, `$PAGER` or `$EDITOR`, in words. No shell has a part in it.

use std::ffi::OsString;

/// The first of `names` that `env` has, in words; `otherwise` if none is set.
pub(super) fn program(
    env: impl Fn(&str) -> Option<OsString>,
    names: &[&str],
    otherwise: &str,
) -> Result<Vec<String>, String> {
    let mut set = names.iter().filter_map(|name| Some((name, env(name).filter(|value| !value.is_empty())?)));
    let Some((name, value)) = set.next() else { return Ok(vec![otherwise.to_owned()]) };
    let value = value.into_string().map_err(|_| format!("${name} is not UTF-8"))?;
    match split(&value) {
        Some(words) if !words.is_empty() => Ok(words),
        _ => Err(format!("${name} is no command: {value}")),
    }
}

/// As a shell would split it: at blanks, with quotes and backslashes. None where a quote is not closed.
fn split(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (Some('\''), '\'') | (Some('"'), '"') => quote = None,
            (None, '\'' | '"') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => word.get_or_insert_default().push(characters.next()?),
            (None, blank) if blank.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn words_are_split_as_a_shell_would_and_run_nothing() {
        for (text, words) in [
            ("less -R  -F", &["less", "-R", "-F"][..]),
            ("'/opt/my editor' --wait", &["/opt/my editor", "--wait"]),
            (r#"vim -c "set ft=yaml""#, &["vim", "-c", "set ft=yaml"]),
            (r"a\ b ''", &["a b", ""]),
            ("less; rm -rf / $(id) `id` | sh", &["less;", "rm", "-rf", "/", "$(id)", "`id`", "|", "sh"]),
            ("  ", &[]),
        ] {
            assert_eq!(split(text).unwrap(), words, "{text}");
        }
        for open in ["'less", "less \"-R", "less \\"] {
            assert_eq!(split(open), None, "{open}");
        }
    }

    #[test]
    fn the_first_that_is_set_counts() {
        let env = |name: &str| (name == "EDITOR").then(|| OsString::from("nano -w"));
        assert_eq!(program(env, &["VISUAL", "EDITOR"], "vi").unwrap(), ["nano", "-w"]);
        assert_eq!(program(|_| Some(OsString::new()), &["PAGER"], "less").unwrap(), ["less"]);
        assert!(program(|_| Some("'".into()), &["PAGER"], "less").unwrap_err().contains("$PAGER"));
    }
}
