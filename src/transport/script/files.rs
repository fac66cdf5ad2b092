//! Files on the node.

use super::quote::{word, words};
use crate::secret::Secret;

/// Writes beside the file and renames, so that it is never there in part; never readable by others, not even for a
/// moment. A second writer meanwhile has a file of its own. The content is part of the text: printf is the shell's own and shows in no process list.
pub(super) fn put(path: &str, mode: u32, content: &Secret) -> String {
    format!(
        "umask 077\n\
         file={path}\n\
         case $file in */*) (umask 022; mkdir -p \"${{file%/*}}\") || exit;; esac\n\
         new=$file.kubestep-$$\n\
         trap 'rm -f \"$new\"' EXIT\n\
         trap 'exit 1' HUP INT TERM\n\
         {{ {print}; }} >\"$new\" && chmod {mode:o} \"$new\" && mv -f \"$new\" \"$file\"\n",
        path = word(path),
        print = print(content),
        mode = mode & 0o7777,
    )
}

/// A command that prints `content` byte by byte.
pub(super) fn print(content: &Secret) -> String {
    content
        .expose()
        .split('\0')
        .map(|part| format!("printf %s {}", word(part)))
        .collect::<Vec<_>>()
        .join(" && printf '\\000' && ")
}

pub(super) fn read(path: &str) -> String {
    format!("[ -f {path} ] && exec cat {path}\nexit 1\n", path = word(path))
}

pub(super) fn remove(paths: &[String]) -> String {
    if paths.is_empty() { "exit 0\n".to_owned() } else { format!("exec rm -rf -- {}\n", words(paths)) }
}
