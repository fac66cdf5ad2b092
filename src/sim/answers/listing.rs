//! A node's files, listed and told as `artifact/list.sh` and `artifact/tell.sh` do it on a real one.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::{failed, said};
use crate::artifact::place;
use crate::artifact::told::{Entry, List};
use crate::sim::model::disk::File;
use crate::sim::model::{Node, paths};
use crate::transport::request::Reply;

/// What there is in the folders where Kubernetes keeps its files.
pub(crate) fn list(node: &Node) -> List {
    let mut list = List::new();
    for folder in ["/etc/kubernetes", paths::CNI, "/var/lib/kubelet"] {
        for (path, file) in node.disk.under(folder).filter(|(path, _)| is_listed(path)) {
            list.insert(path.to_owned(), entry(file));
        }
    }
    if !node.disk.is_empty_dir(paths::ETCD_DATA) {
        let folder = Entry { kind: 'd', mode: "0700".to_owned(), ..nobody() };
        list.insert(paths::ETCD_DATA.to_owned(), folder);
    }
    list
}

/// What belongs to pods is not the node's own.
fn is_listed(path: &str) -> bool {
    path.strip_prefix("/var/lib/kubelet/").is_none_or(|rest| rest.starts_with("pki/") || !rest.contains('/'))
}

fn nobody() -> Entry {
    Entry { owner: "root:root".to_owned(), when: "0".to_owned(), ..Entry::default() }
}

fn entry(file: &File) -> Entry {
    let sum = Sha256::digest(&file.content).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    Entry {
        kind: 'f',
        mode: format!("{:04o}", file.mode),
        owner: format!("{0}:{0}", file.owner),
        size: file.content.len() as u64,
        when: file.mtime.to_string(),
        target: None,
        sum: Some(sum),
    }
}

fn print(list: &List) -> String {
    let mut out = String::new();
    for (path, entry) in list {
        let path = path.trim_start_matches('/');
        let Entry { kind, mode, owner, size, when, sum, .. } = entry;
        let _ = writeln!(out, "{kind} {mode} {owner} {size} {when} {path}");
        if let Some(sum) = sum {
            let _ = writeln!(out, "{sum}  {path}");
        }
    }
    out + "end\n"
}

/// What a run changed, or all that is there; `run` has the lists before and after it.
pub(crate) fn tell(node: Option<&Node>, of_run: bool, run: Option<(List, List)>) -> Reply {
    let Some(node) = node else { return failed(1, "") };
    if of_run && run.is_none() {
        return failed(3, "");
    }
    let here = list(node);
    let mut out = String::new();
    if let Some((was, now)) = &run {
        let _ = write!(out, "=was\n{}=now\n{}", print(was), print(now));
    }
    let _ = write!(out, "=here\n{}", print(&here));
    let (was, now) = run.unwrap_or_else(|| (List::new(), here));
    for (path, _) in now.iter().filter(|(path, entry)| was.get(*path) != Some(*entry)) {
        if !place(path).is_read() {
            continue;
        }
        let Some(text) = node.disk.text(path) else { continue };
        let _ = writeln!(out, "=file {}", path.trim_start_matches('/'));
        for line in text.lines() {
            let _ = writeln!(out, "|{line}");
        }
        out.push('\n');
    }
    said(out + "=end\n")
}
