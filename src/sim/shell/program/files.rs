//! Files and folders.

use super::super::call::{Call, Known, lines};
use super::super::glob;
use super::{Program, now};
use crate::sim::model::Node;

pub(super) const PROGRAMS: &[Program] = &[
    now("ls", "what is in a folder", 10, ls),
    now("cat", "prints files", 10, cat),
    now("stat", "what a file is", 10, stat),
    now("find", "files below a folder, by -name and -type", 30, find),
    now("mkdir", "makes folders", 10, mkdir),
    now("touch", "makes empty files", 10, touch),
    now("rm", "removes", 10, rm),
    now("mv", "renames", 10, mv),
    now("cp", "copies", 10, cp),
    now("chmod", "changes a file's rights, as octal digits", 10, chmod),
];

const NOT_THERE: &str = "No such file or directory";

/// What a long list says of a path.
struct Entry {
    rights: String,
    links: usize,
    owner: String,
    size: usize,
    /// Milliseconds since 1970.
    changed: i64,
}

fn entry(node: &Node, path: &str) -> Entry {
    let root = || "root".to_owned();
    if let Some(file) = node.disk.file(path) {
        let owner = file.owner.clone();
        return Entry {
            rights: rights('-', file.mode),
            links: 1,
            owner,
            size: file.content.len(),
            changed: file.mtime,
        };
    }
    let changed = node.disk.now;
    if node.is_folder(path) {
        let mode = if path.starts_with("/var/lib/etcd") || path == "/root" { 0o700 } else { 0o755 };
        let links = node.names_in(path).map_or(0, |names| names.len()) + 2;
        let newest = node.disk.under(path).map(|(_, file)| file.mtime).max();
        let changed = newest.unwrap_or(changed);
        return Entry { rights: rights('d', mode), links, owner: root(), size: 4096, changed };
    }
    if node.is_socket(path) {
        return Entry { rights: rights('s', 0o660), links: 1, owner: root(), size: 0, changed };
    }
    Entry { rights: rights('-', 0o444), links: 1, owner: root(), size: 0, changed }
}

fn rights(kind: char, mode: u32) -> String {
    let mut text = kind.to_string();
    for shift in [6, 3, 0] {
        for (bit, letter) in [(4, 'r'), (2, 'w'), (1, 'x')] {
            text.push(if mode >> shift & bit != 0 { letter } else { '-' });
        }
    }
    text
}

/// `Nov 29 10:54`.
fn date(ms: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(ms).unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC);
    at.strftime("%b %e %H:%M").to_string()
}

fn row(node: &Node, path: &str, name: &str) -> String {
    let Entry { rights, links, owner, size, changed } = entry(node, path);
    format!("{rights} {links:>2} {owner} root {size:>8} {} {name}\n", date(changed))
}

fn ls(call: &mut Call<'_>) -> i32 {
    let known = Known {
        switches: &["a", "A", "l", "h", "1", "d", "t", "r", "n", "F", "R", "all", "color"],
        valued: &[],
    };
    let options = match call.options(&known) {
        Ok(options) => options,
        Err(rc) => return rc,
    };
    if options.has(&["R"]) {
        return call.lacks("option -R; use find");
    }
    let operands = if options.operands.is_empty() { vec![".".to_owned()] } else { options.operands.clone() };
    let long = options.has(&["l", "n"]);
    let hidden = options.has(&["a", "A", "all"]);
    let mut rc = 0;
    let (mut files, mut folders) = (String::new(), Vec::new());
    let Ok(node) = call.machine() else { return 255 };
    for operand in &operands {
        let path = call.session.absolute(operand);
        if node.is_folder(&path) && !options.has(&["d"]) {
            let mut names: Vec<String> = node.names_in(&path).unwrap_or_default().into_iter().collect();
            names.retain(|name| hidden || !name.starts_with('.'));
            let below = |name: &String| format!("{}/{name}", path.trim_end_matches('/'));
            if options.has(&["t"]) {
                names.sort_by_key(|name| std::cmp::Reverse(entry(node, &below(name)).changed));
            }
            if options.has(&["r"]) {
                names.reverse();
            }
            let mut text = String::new();
            if long {
                text += &format!("total {}\n", names.len() * 4);
            }
            if options.has(&["a"]) {
                for dots in [".", ".."] {
                    text += &if long { row(node, &path, dots) } else { format!("{dots}\n") };
                }
            }
            if long {
                text.extend(names.iter().map(|name| row(node, &below(name), name)));
            } else if options.has(&["1"]) {
                text += &lines(&names);
            } else {
                text += &side_by_side(&names, call.columns());
            }
            folders.push((operand.clone(), text));
        } else if node.is_there(&path) {
            files += &if long { row(node, &path, operand) } else { format!("{operand}\n") };
        } else {
            call.complain(format!("cannot access '{operand}': {NOT_THERE}"));
            rc = 2;
        }
    }
    let headed = operands.len() > 1;
    let mut text = files;
    for (name, list) in folders {
        if headed {
            text += &format!("{}{name}:\n", if text.is_empty() { "" } else { "\n" });
        }
        text += &list;
    }
    call.say(text);
    rc
}

/// Names in columns, from the top to the bottom, where there is a terminal; below one another where there is none.
fn side_by_side(names: &[String], columns: Option<usize>) -> String {
    let wide = names.iter().map(|name| name.chars().count()).max().unwrap_or(0) + 2;
    let across = columns.map_or(1, |columns| (columns / wide).max(1));
    if across == 1 {
        return lines(names);
    }
    let rows = names.len().div_ceil(across);
    let row = |row: usize| {
        let cells: Vec<String> =
            names.iter().skip(row).step_by(rows.max(1)).map(|name| format!("{name:<wide$}")).collect();
        cells.concat().trim_end().to_owned()
    };
    lines((0..rows).map(row))
}

fn cat(call: &mut Call<'_>) -> i32 {
    let options = match call.options(&Known { switches: &["n"], valued: &[] }) {
        Ok(options) => options,
        Err(rc) => return rc,
    };
    let mut rc = 0;
    let mut number = 0;
    for (_, content) in call.texts(&options.operands, &mut rc) {
        if !options.has(&["n"]) {
            call.printer.out.put(&content);
            continue;
        }
        for line in String::from_utf8_lossy(&content).lines() {
            number += 1;
            call.say(format!("{number:>6}\t{line}\n"));
        }
    }
    rc
}

fn stat(call: &mut Call<'_>) -> i32 {
    let options = match call.options(&Known { switches: &["f", "L"], valued: &["c", "format"] }) {
        Ok(options) => options,
        Err(rc) => return rc,
    };
    let format = options.value(&["c", "format"]);
    let mut rc = 0;
    for operand in &options.operands {
        let path = call.session.absolute(operand);
        let Ok(node) = call.machine() else { return 255 };
        if !node.is_there(&path) {
            rc = call.fail(1, format!("cannot statx '{operand}': {NOT_THERE}"));
            continue;
        }
        if options.has(&["f"]) || format.is_some_and(|format| format.starts_with("%T") || format == "-fc %T")
        {
            let kind = match (path.starts_with("/sys/fs/cgroup"), node.hardware.cgroup) {
                (true, 2) => "cgroup2fs",
                (true, _) => "tmpfs",
                _ => "ext2/ext3",
            };
            call.say(if format.is_some() {
                format!("{kind}\n")
            } else {
                format!("  File: \"{operand}\"\n    Type: {kind}\n")
            });
            continue;
        }
        let Entry { rights, links, owner, size, changed } = entry(node, &path);
        let mode = node
            .disk
            .file(&path)
            .map_or(if rights.starts_with('d') { 0o755 } else { 0o444 }, |file| file.mode);
        let text = match format {
            None => format!(
                "  File: {operand}\n  Size: {size}\tLinks: {links}\nAccess: (0{mode:o}/{rights})  Uid: ({owner})   Gid: (root)\nModify: {}\n",
                jiff::Timestamp::from_millisecond(changed).unwrap_or_default()
            ),
            Some(format) => {
                let octal = format!("{mode:o}");
                let size = size.to_string();
                [
                    ("%a", octal.as_str()),
                    ("%A", &rights),
                    ("%s", &size),
                    ("%n", operand),
                    ("%U", &owner),
                    ("%G", "root"),
                ]
                .iter()
                .fold(format.to_owned(), |text, (mark, value)| text.replace(mark, value))
                    + "\n"
            }
        };
        call.say(text);
    }
    rc
}

fn find(call: &mut Call<'_>) -> i32 {
    let mut folders = Vec::new();
    let (mut name, mut kind) = (None, None);
    let mut rest = call.args.iter();
    while let Some(arg) = rest.next() {
        match arg.as_str() {
            "-name" => name = rest.next(),
            "-type" => kind = rest.next().map(String::as_str),
            "-print" => {}
            other if other.starts_with('-') => return call.lacks(format!("test {other}")),
            _ => folders.push(arg.clone()),
        }
    }
    if folders.is_empty() {
        folders.push(".".into());
    }
    let Ok(node) = call.machine() else { return 255 };
    let mut rc = 0;
    let mut text = String::new();
    for folder in folders {
        let path = call.session.absolute(&folder);
        if !node.is_there(&path) {
            call.complain(format!("'{folder}': {NOT_THERE}"));
            rc = 1;
            continue;
        }
        let mut found: Vec<(String, bool)> = Vec::new();
        let mut left = vec![path.clone()];
        while let Some(next) = left.pop() {
            let is_folder = node.is_folder(&next);
            for below in node.names_in(&next).unwrap_or_default().iter().rev() {
                left.push(format!("{}/{below}", next.trim_end_matches('/')));
            }
            found.push((next, is_folder));
        }
        for (found, is_folder) in found {
            let base = found.rsplit('/').next().unwrap_or_default();
            let fits = name.is_none_or(|name| glob::matches(name, base))
                && kind.is_none_or(|kind| (kind == "d") == is_folder);
            if fits {
                let shown = found.strip_prefix(path.trim_end_matches('/')).unwrap_or(&found);
                text += &format!(
                    "{}{shown}\n",
                    if shown.is_empty() { &folder } else { folder.trim_end_matches('/') }
                );
            }
        }
    }
    call.say(text);
    rc
}

fn mkdir(call: &mut Call<'_>) -> i32 {
    let options = match call.options(&Known { switches: &["p", "v", "parents"], valued: &["m", "mode"] }) {
        Ok(options) => options,
        Err(rc) => return rc,
    };
    let parents = options.has(&["p", "parents"]);
    let mut rc = 0;
    for operand in &options.operands {
        let path = call.session.absolute(operand);
        let Ok(node) = call.machine_mut() else { return 255 };
        let parent =
            path.rsplit_once('/').map_or("/", |(parent, _)| if parent.is_empty() { "/" } else { parent });
        let words = if node.is_there(&path) {
            (!parents || !node.is_folder(&path)).then_some("File exists")
        } else if !parents && !node.is_folder(parent) {
            Some(NOT_THERE)
        } else if node.hardware.not_writable.iter().any(|closed| path.starts_with(closed.as_str())) {
            Some("Read-only file system")
        } else {
            node.disk.make_folder(&path);
            None
        };
        if let Some(words) = words {
            rc = call.fail(1, format!("cannot create directory '{operand}': {words}"));
        }
    }
    rc
}

fn touch(call: &mut Call<'_>) -> i32 {
    let mut rc = 0;
    for operand in call.args.iter().filter(|arg| !arg.starts_with('-')) {
        let path = call.session.absolute(operand);
        let Ok(node) = call.machine_mut() else { return 255 };
        let content = node.content(&path).map(std::borrow::Cow::into_owned).unwrap_or_default();
        if let Err(words) = node.put(&path, content) {
            rc = call.fail(1, format!("cannot touch '{operand}': {words}"));
        }
    }
    rc
}

/// Folders that nobody wants to lose, on a node that only pretends.
const KEPT: &[&str] = &["/", "/etc", "/usr", "/var", "/var/lib", "/bin", "/proc", "/sys", "/dev", "/root"];

fn rm(call: &mut Call<'_>) -> i32 {
    let known = Known { switches: &["r", "R", "f", "v", "recursive", "force"], valued: &[] };
    let options = match call.options(&known) {
        Ok(options) => options,
        Err(rc) => return rc,
    };
    let mut rc = 0;
    for operand in &options.operands {
        let path = call.session.absolute(operand);
        let Ok(node) = call.machine_mut() else { return 255 };
        if KEPT.contains(&path.as_str()) {
            rc = call.fail(1, format!("it is dangerous to operate recursively on '{operand}'"));
        } else if node.is_folder(&path) && !options.has(&["r", "R", "recursive"]) {
            rc = call.fail(1, format!("cannot remove '{operand}': Is a directory"));
        } else if node.hardware.not_writable.iter().any(|closed| path.starts_with(closed.as_str())) {
            rc = call.fail(1, format!("cannot remove '{operand}': Read-only file system"));
        } else if !node.disk.remove(&path) && !options.has(&["f", "force"]) {
            rc = call.fail(1, format!("cannot remove '{operand}': {NOT_THERE}"));
        }
    }
    rc
}

fn mv(call: &mut Call<'_>) -> i32 {
    carry(call, true)
}

fn cp(call: &mut Call<'_>) -> i32 {
    carry(call, false)
}

/// Copies files, and removes them where they were.
fn carry(call: &mut Call<'_>, moves: bool) -> i32 {
    let known = Known { switches: &["r", "R", "a", "p", "f", "v", "i", "n"], valued: &[] };
    let options = match call.options(&known) {
        Ok(options) => options,
        Err(rc) => return rc,
    };
    let Some((target, sources)) = options.operands.split_last().filter(|(_, sources)| !sources.is_empty())
    else {
        return call.fail(1, "missing destination file operand");
    };
    let recursive = moves || options.has(&["r", "R", "a"]);
    let mut rc = 0;
    for source in sources {
        if let Err(words) = carry_one(call, source, target, moves, recursive) {
            rc = call.fail(1, words);
        }
    }
    rc
}

fn carry_one(
    call: &mut Call<'_>,
    source: &str,
    target: &str,
    moves: bool,
    recursive: bool,
) -> Result<(), String> {
    let from = call.session.absolute(source);
    let mut to = call.session.absolute(target);
    let node = call.machine_mut().map_err(|_| "the node is gone")?;
    if !node.is_there(&from) {
        return Err(format!("cannot stat '{source}': {NOT_THERE}"));
    }
    if node.is_folder(&to) {
        to = format!("{}/{}", to.trim_end_matches('/'), from.rsplit('/').next().unwrap_or_default());
    }
    if from == to {
        return Err(format!("'{source}' and '{target}' are the same file"));
    }
    let mut pairs = Vec::new();
    if node.is_folder(&from) {
        if !recursive {
            return Err(format!("-r not specified; omitting directory '{source}'"));
        }
        if to.starts_with(&format!("{from}/")) {
            return Err(format!("cannot copy a directory, '{source}', into itself"));
        }
        pairs.extend(
            node.disk.under(&from).filter_map(|(path, _)| {
                Some((path.to_owned(), format!("{to}{}", path.strip_prefix(&from)?)))
            }),
        );
        node.disk.make_folder(&to);
    } else {
        node.may_write(&to).map_err(|words| format!("cannot create regular file '{target}': {words}"))?;
        pairs.push((from.clone(), to));
    }
    for (from, to) in pairs {
        let mode = node.disk.file(&from).map_or(0o644, |file| file.mode);
        let Some(content) = node.content(&from).map(std::borrow::Cow::into_owned) else { continue };
        node.disk.write(&to, mode, content);
    }
    if moves {
        node.disk.remove(&from);
    }
    Ok(())
}

fn chmod(call: &mut Call<'_>) -> i32 {
    let Some((mode, files)) = call.args.split_first() else { return call.fail(1, "missing operand") };
    let Ok(mode) = u32::from_str_radix(mode, 8) else {
        return call.lacks(format!("mode {mode}: only octal digits"));
    };
    let mut rc = 0;
    for file in files {
        let path = call.session.absolute(file);
        let Ok(node) = call.machine_mut() else { return 255 };
        if node.disk.has(&path) {
            node.disk.set_mode(&path, mode & 0o7777);
        } else if !node.is_there(&path) {
            rc = call.fail(1, format!("cannot access '{file}': {NOT_THERE}"));
        }
    }
    rc
}
