//! What a program has at hand: its arguments, its input, the node, and where it prints.

use std::future::Future;
use std::pin::Pin;

use super::printer::{Drain, Printer};
use super::session::Session;
use crate::sim::model::{Node, World};
use crate::sim::rack::Inner;

/// Bytes that a program reads at once, and a file more.
const MOST_READ: usize = 4 * 1024 * 1024;

/// A program that looks and changes at once.
pub(super) struct Call<'a> {
    pub(super) world: &'a mut World,
    pub(super) node: &'a str,
    pub(super) session: &'a mut Session,
    /// As it was called.
    pub(super) name: &'static str,
    /// Without its name.
    pub(super) args: &'a [String],
    /// What it reads, where something is before it or was given to it.
    pub(super) input: Option<&'a [u8]>,
    pub(super) printer: &'a Printer,
}

/// A program that takes its time.
pub(super) struct Slow<'a> {
    pub(super) inner: &'a Inner,
    pub(super) node: &'a str,
    pub(super) session: &'a mut Session,
    pub(super) args: Vec<String>,
    pub(super) printer: Printer,
}

/// Such a program's work.
pub(super) type Working<'a> = Pin<Box<dyn Future<Output = i32> + Send + 'a>>;

impl Call<'_> {
    /// The node; one that is gone says nothing more.
    pub(super) fn machine(&self) -> Result<&Node, i32> {
        self.world.nodes.get(self.node).ok_or(255)
    }

    pub(super) fn machine_mut(&mut self) -> Result<&mut Node, i32> {
        self.world.nodes.get_mut(self.node).ok_or(255)
    }

    pub(super) fn say(&self, text: impl AsRef<str>) {
        self.printer.say(text.as_ref());
    }

    /// How wide the terminal is that the output goes to; none where it goes elsewhere.
    pub(super) fn columns(&self) -> Option<usize> {
        let shown = matches!(self.printer.out, Drain::Screen(_, false));
        self.session.columns.filter(|_| shown)
    }

    /// A line on the standard error, with the program's name before it.
    pub(super) fn complain(&self, words: impl std::fmt::Display) {
        self.printer.complain(&format!("{}: {words}\n", self.name));
    }

    /// The same, and an exit status.
    pub(super) fn fail(&self, rc: i32, words: impl std::fmt::Display) -> i32 {
        self.complain(words);
        rc
    }

    /// What a real node would have, and the simulation hasn't.
    pub(super) fn lacks(&self, what: impl std::fmt::Display) -> i32 {
        self.fail(2, format!("the simulation's {} has no {what}", self.name))
    }

    /// What the program is to work on: the files it names, each with the name it has on the command line, or its input.
    /// Files that can't be read are complained about, and `rc` says so.
    pub(super) fn texts(&self, files: &[String], rc: &mut i32) -> Vec<(String, Vec<u8>)> {
        if files.is_empty() {
            return vec![("-".to_owned(), self.input.unwrap_or_default().to_vec())];
        }
        let mut texts: Vec<(String, Vec<u8>)> = Vec::new();
        for file in files {
            if texts.iter().map(|(_, content)| content.len()).sum::<usize>() > MOST_READ {
                *rc = self.fail(1, format!("{file}: File too large: more than 4 MiB at once"));
                break;
            }
            if file == "-" {
                texts.push((file.clone(), self.input.unwrap_or_default().to_vec()));
                continue;
            }
            match self.read(file) {
                Ok(content) => texts.push((file.clone(), content)),
                Err(why) => *rc = self.fail(1, format!("{file}: {why}")),
            }
        }
        texts
    }

    /// A file's content, or the kernel's words.
    pub(super) fn read(&self, file: &str) -> Result<Vec<u8>, &'static str> {
        let path = self.session.absolute(file);
        let node = self.world.nodes.get(self.node).ok_or("the node is gone")?;
        match node.content(&path) {
            Some(content) => Ok(content.into_owned()),
            None if node.is_folder(&path) => Err("Is a directory"),
            None => Err("No such file or directory"),
        }
    }

    /// The options that stand before and between the operands.
    pub(super) fn options(&self, known: &Known) -> Result<Options, i32> {
        Options::read(self.args, known).map_err(|unknown| self.lacks(format!("option {unknown}")))
    }
}

/// Each of `rows` as a line.
pub(super) fn lines(rows: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    rows.into_iter().fold(String::new(), |mut text, row| {
        text.push_str(row.as_ref());
        text.push('\n');
        text
    })
}

/// The options of a program. Names of one letter come after one dash, longer ones after two.
pub(super) struct Known {
    pub(super) switches: &'static [&'static str],
    pub(super) valued: &'static [&'static str],
}

/// A command line, read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Options {
    given: Vec<(String, Option<String>)>,
    pub(super) operands: Vec<String>,
}

impl Options {
    pub(super) fn read(args: &[String], known: &Known) -> Result<Self, String> {
        let mut options = Self::default();
        let mut rest = args.iter();
        while let Some(arg) = rest.next() {
            if arg == "--" {
                options.operands.extend(rest.by_ref().cloned());
            } else if let Some(long) = arg.strip_prefix("--") {
                let (name, value) =
                    long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
                if known.switches.contains(&name) {
                    options.given.push((name.to_owned(), None));
                } else if known.valued.contains(&name) {
                    let value = value.map(str::to_owned).or_else(|| rest.next().cloned());
                    options.given.push((name.to_owned(), value));
                } else {
                    return Err(arg.clone());
                }
            } else if let Some(cluster) = arg.strip_prefix('-').filter(|cluster| !cluster.is_empty()) {
                options.cluster(cluster, &mut rest, known)?;
            } else {
                options.operands.push(arg.clone());
            }
        }
        Ok(options)
    }

    fn cluster<'a>(
        &mut self,
        cluster: &str,
        rest: &mut impl Iterator<Item = &'a String>,
        known: &Known,
    ) -> Result<(), String> {
        // `head -5` and `tail -5`.
        if cluster.bytes().all(|byte| byte.is_ascii_digit()) && known.valued.contains(&"n") {
            self.given.push(("n".into(), Some(cluster.to_owned())));
            return Ok(());
        }
        for (at, letter) in cluster.char_indices() {
            let name = letter.to_string();
            if known.switches.contains(&name.as_str()) {
                self.given.push((name, None));
            } else if known.valued.contains(&name.as_str()) {
                let attached = &cluster[at + letter.len_utf8()..];
                let attached = attached.strip_prefix('=').unwrap_or(attached);
                let value =
                    if attached.is_empty() { rest.next().cloned() } else { Some(attached.to_owned()) };
                self.given.push((name, value));
                return Ok(());
            } else {
                return Err(format!("-{letter}"));
            }
        }
        Ok(())
    }

    /// Whether one of `names` is given.
    pub(super) fn has(&self, names: &[&str]) -> bool {
        self.given.iter().any(|(name, _)| names.contains(&name.as_str()))
    }

    /// The last value that one of `names` is given.
    pub(super) fn value(&self, names: &[&str]) -> Option<&str> {
        self.given.iter().rev().find(|(name, _)| names.contains(&name.as_str()))?.1.as_deref()
    }

    /// All values, in order.
    pub(super) fn values(&self, names: &[&str]) -> Vec<&str> {
        let mine = self.given.iter().filter(|(name, _)| names.contains(&name.as_str()));
        mine.filter_map(|(_, value)| value.as_deref()).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(line: &str) -> Result<Options, String> {
        let known = Known { switches: &["l", "a", "all"], valued: &["n", "lines", "u"] };
        Options::read(&line.split(' ').map(str::to_owned).collect::<Vec<_>>(), &known)
    }

    #[test]
    fn options_are_read_as_programs_read_them() {
        let options = read("-la /etc -n5 --lines=7 -u kubelet --all x -- -y").unwrap();
        assert!(options.has(&["l"]) && options.has(&["a"]) && options.has(&["all"]));
        assert_eq!(options.value(&["n", "lines"]), Some("7"));
        assert_eq!(options.values(&["n", "lines"]), ["5", "7"]);
        assert_eq!(options.value(&["u"]), Some("kubelet"));
        assert_eq!(options.operands, ["/etc", "x", "-y"]);
        assert_eq!(read("-20").unwrap().value(&["n"]), Some("20"));
        assert_eq!(read("-lz").unwrap_err(), "-z");
        assert_eq!(read("--zzz").unwrap_err(), "--zzz");
        assert_eq!(read("-").unwrap().operands, ["-"]);
    }
}
