//! The programs that a simulated node has. To add one, write it in the file of its family and name it in that file's table.

mod builtin;
mod certificates;
mod cluster;
mod containers;
mod edit;
mod elsewhere;
mod files;
mod host;
mod journal;
mod kubeadm;
mod net;
mod text;
mod units;

use super::call::{Call, Slow, Working};

/// A program.
pub(super) struct Program {
    pub(super) name: &'static str,
    /// What it does here, in a few words.
    pub(super) about: &'static str,
    /// Milliseconds.
    pub(super) takes: u64,
    pub(super) run: Run,
}

/// How a program works.
#[derive(Clone, Copy)]
pub(super) enum Run {
    /// All at once; gives its exit status.
    Now(fn(&mut Call<'_>) -> i32),
    /// In the rack's time.
    Slow(for<'a> fn(Slow<'a>) -> Working<'a>),
}

/// A program that works at once.
const fn now(name: &'static str, about: &'static str, takes: u64, run: fn(&mut Call<'_>) -> i32) -> Program {
    Program { name, about, takes, run: Run::Now(run) }
}

/// By family, under the name that `help` gives them.
const FAMILIES: &[(&str, &[Program])] = &[
    ("the cluster", cluster::PROGRAMS),
    ("kubeadm", kubeadm::PROGRAMS),
    ("services", units::PROGRAMS),
    ("containers", containers::PROGRAMS),
    ("the network", net::PROGRAMS),
    ("other machines", elsewhere::PROGRAMS),
    ("certificates", certificates::PROGRAMS),
    ("the machine", host::PROGRAMS),
    ("files", files::PROGRAMS),
    ("text", text::PROGRAMS),
    ("edits", edit::PROGRAMS),
    ("the shell", builtin::PROGRAMS),
];

/// The program of that name; or what to say of it. `misses` tells what is not installed on this node.
pub(super) fn find(name: &str, misses: impl Fn(&str) -> bool) -> Result<&'static Program, String> {
    let base = match name.rsplit_once('/') {
        Some(("/bin" | "/usr/bin" | "/sbin" | "/usr/sbin" | "/usr/local/bin" | "/usr/local/sbin", base)) => {
            base
        }
        Some(_) => return Err(format!("sh: {name}: not found\n")),
        None => name,
    };
    if misses(base) {
        return Err(format!("sh: {base}: not found\n"));
    }
    let all = FAMILIES.iter().flat_map(|(_, programs)| programs.iter());
    if ["vi", "vim", "nano", "emacs", "ed"].contains(&base) {
        return Err(format!(
            "sh: {base}: the simulation has no editor: change a file with `sed -i 's/old/new/' FILE`,\nor write it with `cat >FILE <<END`\n"
        ));
    }
    all.into_iter().find(|program| program.name == base).ok_or_else(|| {
        format!(
            "sh: {base}: not found: the simulation doesn't have this program; `help` lists what there is\n"
        )
    })
}

/// Every program's name.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FAMILIES.iter().flat_map(|(_, programs)| programs.iter().map(|program| program.name))
}

/// A command without the programs before it that only run it: everybody here is root already.
pub(super) fn without_prefixes(mut words: Vec<String>) -> Vec<String> {
    loop {
        let prefix = match words.first().map(String::as_str) {
            Some("sudo") => words.iter().skip(1).take_while(|word| word.starts_with('-')).count() + 1,
            Some("timeout") if words.len() > 2 => 2,
            Some("nohup" | "exec" | "command") if words.get(1).is_some_and(|word| !word.starts_with('-')) => {
                1
            }
            _ => return words,
        };
        words.drain(..prefix.min(words.len()));
    }
}
