//! A line as it is typed: words, quotes, `&&`, `;` and a file to write to.

use super::program;
use crate::sim::answers::failed;
use crate::sim::model::World;
use crate::transport::request::Reply;

/// One command of a line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Simple {
    pub(crate) words: Vec<String>,
    /// Where its standard output goes, and whether it is added there.
    pub(crate) into: Option<(String, bool)>,
    /// Only if the one before went well.
    pub(crate) and: bool,
}

/// The commands of `line`; a line that can't be taken apart gives nothing.
pub(crate) fn split(line: &str) -> Vec<Simple> {
    let mut commands = vec![Simple::default()];
    let mut word: Option<String> = None;
    let mut redirect: Option<bool> = None;
    let mut rest = line.chars().peekable();
    loop {
        let next = rest.next();
        let ends = next.is_none_or(|c| c.is_whitespace() || matches!(c, ';' | '&' | '>'));
        let Some(current) = commands.last_mut() else { break };
        if ends && let Some(word) = word.take() {
            match redirect.take() {
                Some(added) => current.into = Some((word, added)),
                None => current.words.push(word),
            }
        }
        match next {
            None => break,
            Some(';') => commands.push(Simple::default()),
            Some('&') => {
                rest.next_if_eq(&'&');
                commands.push(Simple { and: true, ..Simple::default() });
            }
            Some('>') => redirect = Some(rest.next_if_eq(&'>').is_some()),
            Some(quote @ ('\'' | '"')) => {
                word.get_or_insert_default().extend(rest.by_ref().take_while(|c| *c != quote));
            }
            Some('\\') => word.get_or_insert_default().extend(rest.next()),
            Some(c) if c.is_whitespace() => {}
            Some(c) => word.get_or_insert_default().push(c),
        }
    }
    commands.retain(|command| !command.words.is_empty());
    commands
}

/// Runs `line` on `node`, as root.
pub(crate) fn run(world: &mut World, node: &str, line: &str) -> Reply {
    let mut told = Reply { rc: 0, stdout: String::new(), stderr: String::new() };
    for command in split(line) {
        if command.and && told.rc != 0 {
            continue;
        }
        let reply = one(world, node, &command);
        told.rc = reply.rc;
        told.stdout += &reply.stdout;
        told.stderr += &reply.stderr;
    }
    told
}

fn one(world: &mut World, node: &str, command: &Simple) -> Reply {
    let Some((name, args)) = command.words.split_first() else { return failed(2, "") };
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let Some(program) = program(name) else {
        return failed(127, format!("-bash: {name}: command not found\n"));
    };
    let mut reply = program(world, node, &args, "");
    if let (Some((path, added)), Some(machine)) = (&command.into, world.nodes.get_mut(node)) {
        let mut text = std::mem::take(&mut reply.stdout);
        if *added {
            text = machine.disk.text(path).unwrap_or_default().to_owned() + &text;
        }
        machine.disk.write(path, 0o644, text);
    }
    reply
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<Vec<String>> {
        split(line).into_iter().map(|command| command.words).collect()
    }

    #[test]
    fn lines_are_taken_apart_as_a_shell_does() {
        assert_eq!(words("swapoff -a && sed -i '/swap/d' /etc/fstab; ip a").len(), 3);
        assert_eq!(words("sed -i 's/a b/c \"d\"/' /x"), [["sed", "-i", "s/a b/c \"d\"/", "/x"]]);
        assert_eq!(words("echo \"it's\"''\\ so ''"), [["echo", "it's so", ""]]);
        let command = &split("containerd config default > /etc/containerd/config.toml")[0];
        assert_eq!(command.into, Some(("/etc/containerd/config.toml".into(), false)));
        assert_eq!(split("echo a>>b")[0].into, Some(("b".into(), true)));
        assert!(split("a && b")[1].and && !split("a; b")[1].and);
        assert_eq!(split("  ;; ").len(), 0);
    }
}
