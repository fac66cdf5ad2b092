//! Files: moved, copied, removed, and their lines changed.

use crate::sim::answers::{failed, said};
use crate::sim::model::{Node, World};
use crate::transport::request::Reply;

fn parted<'a>(args: &[&'a str]) -> (Vec<&'a str>, Vec<&'a str>) {
    args.iter().partition(|arg| arg.starts_with('-') && arg.len() > 1)
}

fn machine<'a>(world: &'a mut World, node: &str) -> Result<&'a mut Node, Reply> {
    world.nodes.get_mut(node).ok_or_else(|| failed(255, "no route to host\n"))
}

pub(super) fn echo(_: &mut World, _: &str, args: &[&str], _: &str) -> Reply {
    said(args.join(" ") + "\n")
}

/// Folders are there when something is in them.
pub(super) fn mkdir(_: &mut World, _: &str, _: &[&str], _: &str) -> Reply {
    said("")
}

pub(super) fn rm(world: &mut World, node: &str, args: &[&str], _: &str) -> Reply {
    let (flags, paths) = parted(args);
    let forced = flags.iter().any(|flag| flag.contains('f'));
    let deep = flags.iter().any(|flag| flag.contains('r') || flag.contains('R'));
    let machine = match machine(world, node) {
        Ok(machine) => machine,
        Err(reply) => return reply,
    };
    let mut reply = said("");
    for path in paths {
        // `folder/*` is what is in it.
        let path = path.strip_suffix("/*").unwrap_or(path).trim_end_matches('/');
        if !machine.disk.has(path) && !machine.disk.is_empty_dir(path) && !deep {
            reply = failed(1, format!("rm: cannot remove '{path}': Is a directory\n"));
        } else if !machine.disk.remove(path) && !forced {
            reply = failed(1, format!("rm: cannot remove '{path}': No such file or directory\n"));
        }
    }
    reply
}

/// Where a file goes that is moved or copied to `target`, which may be a folder.
fn destination(machine: &Node, source: &str, target: &str) -> String {
    let name = source.rsplit('/').next().unwrap_or(source);
    if target.ends_with('/') || matches!(target, "/root" | "/tmp") || !machine.disk.is_empty_dir(target) {
        format!("{}/{name}", target.trim_end_matches('/'))
    } else {
        target.to_owned()
    }
}

fn carry(world: &mut World, node: &str, args: &[&str], program: &str) -> Reply {
    let (_, paths) = parted(args);
    let Some((target, sources)) = paths.split_last().filter(|(_, sources)| !sources.is_empty()) else {
        return failed(1, format!("{program}: missing file operand\n"));
    };
    let machine = match machine(world, node) {
        Ok(machine) => machine,
        Err(reply) => return reply,
    };
    for source in sources {
        let Some(file) = machine.disk.file(source).cloned() else {
            return failed(1, format!("{program}: cannot stat '{source}': No such file or directory\n"));
        };
        let path = destination(machine, source, target);
        machine.disk.write(&path, file.mode, file.content);
        if program == "mv" && path != *source {
            machine.disk.remove(source);
        }
    }
    said("")
}

pub(super) fn mv(world: &mut World, node: &str, args: &[&str], _: &str) -> Reply {
    carry(world, node, args, "mv")
}

pub(super) fn cp(world: &mut World, node: &str, args: &[&str], _: &str) -> Reply {
    carry(world, node, args, "cp")
}

/// `sed -i` with `s/…/…/[g]` or `/…/d`; what it looks for is taken as it stands, but for `.*` and `^`.
pub(super) fn sed(world: &mut World, node: &str, args: &[&str], _: &str) -> Reply {
    let (_, words) = parted(args);
    let [script, paths @ ..] = words.as_slice() else {
        return failed(1, "Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n");
    };
    let Some(edit) = Edit::of(script) else {
        return failed(1, format!("sed: -e expression #1, char 1: unknown command: `{script}'\n"));
    };
    let in_place = args.iter().any(|arg| arg.starts_with("-i"));
    let machine = match machine(world, node) {
        Ok(machine) => machine,
        Err(reply) => return reply,
    };
    let mut shown = String::new();
    for path in paths {
        let Some(text) = machine.disk.text(path) else {
            return failed(2, format!("sed: can't read {path}: No such file or directory\n"));
        };
        let changed: String =
            text.lines().filter_map(|line| edit.line(line)).map(|line| line + "\n").collect();
        if in_place {
            let mode = machine.disk.file(path).map_or(0o644, |file| file.mode);
            machine.disk.write(path, mode, changed);
        } else {
            shown += &changed;
        }
    }
    said(shown)
}

enum Edit<'a> {
    Delete(&'a str),
    Replace { what: &'a str, by: &'a str, all: bool },
}

impl<'a> Edit<'a> {
    fn of(script: &'a str) -> Option<Self> {
        if let Some(what) = script.strip_prefix('/').and_then(|rest| rest.strip_suffix("/d")) {
            return Some(Self::Delete(what));
        }
        let rest = script.strip_prefix('s')?;
        let mark = rest.chars().next()?;
        let mut parts = rest.split(mark).skip(1);
        let (what, by, flags) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self::Replace { what, by, all: flags.contains('g') })
    }

    fn line(&self, line: &str) -> Option<String> {
        match self {
            Self::Delete(what) => find(line, what).is_none().then(|| line.to_owned()),
            Self::Replace { what, by, all } => {
                let mut out = String::new();
                let mut rest = line;
                while let Some((from, to)) = find(rest, what).filter(|(from, to)| to > from) {
                    out += &rest[..from];
                    out += by;
                    rest = &rest[to..];
                    if !all || what.starts_with('^') {
                        break;
                    }
                }
                Some(out + rest)
            }
        }
    }
}

/// From where to where `what` stands in `line`, in bytes.
fn find(line: &str, what: &str) -> Option<(usize, usize)> {
    let (start, what) = match what.strip_prefix('^') {
        Some(what) => (true, what),
        None => (false, what),
    };
    let mut parts = what.split(".*");
    let first = parts.next()?;
    let from = line.find(first).filter(|at| !start || *at == 0)?;
    let mut to = from + first.len();
    for part in parts {
        // As far as it goes.
        to = if part.is_empty() { line.len() } else { to + line[to..].rfind(part)? + part.len() };
    }
    Some((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_edited_as_sed_does() {
        let edit = |script: &'static str, line: &str| Edit::of(script).and_then(|edit| edit.line(line));
        assert_eq!(edit("/swap/d", "/dev/sda2 none swap sw 0 0"), None);
        assert_eq!(edit("/swap/d", "/dev/sda1 / ext4").as_deref(), Some("/dev/sda1 / ext4"));
        assert_eq!(edit("s/a = false/a = true/", "  a = false").as_deref(), Some("  a = true"));
        assert_eq!(edit("s/#server/server/", "    #server x").as_deref(), Some("    server x"));
        assert_eq!(edit("s|/a|/b|g", "/a:/a").as_deref(), Some("/b:/b"));
        assert_eq!(edit("s/^ARGS=.*/ARGS=/", "ARGS=--x --y").as_deref(), Some("ARGS="));
        assert_eq!(edit("s/ --x=[a-z]*//", "a --x=b").as_deref(), Some("a --x=b"), "no more than it says");
        assert!(Edit::of("p").is_none());
    }
}
