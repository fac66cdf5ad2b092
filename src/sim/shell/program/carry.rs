//! Files and folders made, moved and removed.

use super::super::call::{Call, Known};
use super::files::NOT_THERE;

pub(super) fn mkdir(call: &mut Call<'_>) -> i32 {
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

pub(super) fn touch(call: &mut Call<'_>) -> i32 {
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

pub(super) fn rm(call: &mut Call<'_>) -> i32 {
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

pub(super) fn mv(call: &mut Call<'_>) -> i32 {
    carry(call, true)
}

pub(super) fn cp(call: &mut Call<'_>) -> i32 {
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

pub(super) fn chmod(call: &mut Call<'_>) -> i32 {
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
