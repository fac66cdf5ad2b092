#![allow(clippy::unwrap_used, clippy::panic)]
use super::*;

/// The script in a short form: words in brackets, quoted text in quotes.
fn shown(text: &str) -> String {
    show(&parse(text).unwrap())
}

fn show(script: &Script) -> String {
    let mut out = String::new();
    for (when, pipeline) in &script.0 {
        out += match when {
            When::Always => "; ",
            When::Succeeded => "&& ",
            When::Failed => "|| ",
        };
        out += if pipeline.negated { "! " } else { "" };
        let commands: Vec<String> = pipeline.commands.iter().map(command).collect();
        out += &commands.join(" | ");
        out.push(' ');
    }
    out.trim_start_matches("; ").trim_end().to_owned()
}

fn command(command: &Command) -> String {
    let mut out: Vec<String> =
        command.assignments.iter().map(|(name, value)| format!("{name}={}", word(value))).collect();
    out.extend(command.words.iter().map(word));
    for redirection in &command.redirections {
        out.push(match redirection {
            Redirection::Write { error, append, to } => {
                format!("{}>{}{}", u8::from(*error) + 1, if *append { ">" } else { "" }, word(to))
            }
            Redirection::WriteBoth { to, .. } => format!("&>{}", word(to)),
            Redirection::Join { error: true } => "2>&1".into(),
            Redirection::Join { error: false } => "1>&2".into(),
            Redirection::Read(from) => format!("<{}", word(from)),
            Redirection::Text(text) => format!("<<{}", word(text)),
        });
    }
    out.join(" ")
}

fn word(word: &Word) -> String {
    let pieces = word.0.iter().map(|piece| match piece {
        Piece::Bare(text) => text.clone(),
        Piece::Quoted(text) => format!("{text:?}"),
        Piece::Variable { name, quoted } => format!("${name}{}", if *quoted { "q" } else { "" }),
        Piece::Output { script, quoted } => format!("$({}){}", show(script), if *quoted { "q" } else { "" }),
    });
    format!("[{}]", pieces.collect::<String>())
}

#[test]
fn lines_are_read_as_a_shell_reads_them() {
    for (text, meant) in [
        ("ls -l /etc", "[ls] [-l] [/etc]"),
        ("a && b || c; d", "[a] && [b] || [c] ; [d]"),
        ("a|b |c", "[a] | [b] | [c]"),
        ("! a | b", "! [a] | [b]"),
        ("echo 'a b' \"c $D\" e\\ f", "[echo] [\"a b\"] [\"c \"$Dq\"\"] [e\" \"f]"),
        ("X=1 Y='a b' cmd Z=3", "X=[\"1\"] Y=[\"\"\"a b\"] [cmd] [Z=3]"),
        ("cat <a >b 2>>c 2>&1", "[cat] <[a] 1>[b] 2>>[c] 2>&1"),
        ("cmd >&2 &>f", "[cmd] 1>&2 &>[f]"),
        ("echo a2>f", "[echo] [a2] 1>[f]"),
        ("echo $(ps -q | head -1) `id -u`", "[echo] [$([ps] [-q] | [head] [-1])] [$([id] [-u])]"),
        ("echo \"$(cat \"a b\")\"", "[echo] [\"\"$([cat] [\"a b\"])q\"\"]"),
        ("echo ${A}b $? $ 5$", "[echo] [$Ab] [$?] [$] [5$]"),
        ("a # b\nc", "[a] ; [c]"),
        ("a |\n b &&\n\n c", "[a] | [b] && [c]"),
        ("cat >f <<EOF\nx $A\ny\nEOF\necho", "[cat] 1>[f] <<[\"x \"$Aq\"\\ny\\n\"] ; [echo]"),
        ("cat <<'E' | wc\n$A `b`\nE", "[cat] <<[\"$A `b`\\n\"] | [wc]"),
        ("cat <<<word", "[cat] <<[word\"\\n\"]"),
        ("", ""),
        (" \n\n", ""),
    ] {
        assert_eq!(shown(text), meant, "{text}");
    }
}

#[test]
fn what_is_not_finished_may_be_finished_by_more_lines() {
    for text in
        ["echo 'a", "echo \"a", "a |", "a &&", "cat <<E\nx", "cat <<E", "echo $(a", "echo ${a", "a \\"]
    {
        assert!(matches!(parse(text), Err(Flaw::Unfinished(_))), "{text}: {:?}", parse(text));
    }
}

#[test]
fn what_is_wrong_or_not_there_is_said() {
    for (text, words) in [
        ("| a", "Syntax error: \"|\" unexpected"),
        ("a || | b", "Syntax error: \"|\" unexpected"),
        ("a ;; b", "Syntax error: \";;\" unexpected"),
        ("a )", "Syntax error: \")\" unexpected"),
        ("a >", "Syntax error: newline unexpected"),
        ("for x in a; do b; done", "the simulation's shell has no `for`"),
        ("(a)", "the simulation's shell has no subshells"),
        ("f() { a; }", "the simulation's shell has no functions"),
        ("a & b", "the simulation's shell has no background (`&`)"),
        ("echo $((1+1))", "the simulation's shell has no arithmetic"),
        ("echo ${a:-b}", "the simulation's shell has no ${a:-b}"),
        ("a 3>b", "the simulation's shell has no streams beyond 2"),
    ] {
        assert_eq!(parse(text).unwrap_err().to_string(), words, "{text}");
    }
}

#[test]
fn hostile_lines_are_refused_without_harm() {
    assert!(matches!(parse(&"a".repeat(1024 * 1024)), Err(Flaw::TooMuch(_))));
    assert!(matches!(parse(&"a|".repeat(20_000)), Err(Flaw::TooMuch(_))));
    assert!(matches!(parse(&"$(".repeat(20_000)), Err(Flaw::TooMuch(_))));
    assert!(matches!(parse(&"`".repeat(30_001)), Err(Flaw::Unfinished(_))));
    assert!(parse(&"\"'\"".repeat(9_000)).is_ok());
    assert!(parse(&"é\u{0}\u{1b}[31m".repeat(5_000)).is_ok());
}
