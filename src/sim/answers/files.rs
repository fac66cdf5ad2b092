//! Files: put, read, remove, and the sweep after a reset.

use super::{failed, said};
use crate::sim::model::{World, paths};
use crate::transport::request::Reply;

pub(super) fn put(world: &mut World, node: &str, path: &str, mode: u32, content: &str) -> Reply {
    let Some(node) = world.nodes.get_mut(node) else { return failed(1, "") };
    if node.hardware.not_writable.iter().any(|folder| path.starts_with(folder.as_str())) {
        return failed(1, format!("sh: can't create {path}: Read-only file system\n"));
    }
    node.disk.write(path, mode, content);
    said("")
}

pub(super) fn read(world: &World, node: &str, path: &str) -> Reply {
    match world.nodes.get(node).and_then(|node| node.disk.text(path)) {
        Some(text) => said(text),
        None => failed(1, ""),
    }
}

pub(super) fn remove(world: &mut World, node: &str, files: &[String]) -> Reply {
    if let Some(node) = world.nodes.get_mut(node) {
        for path in files {
            node.disk.remove(path);
        }
    }
    said("")
}

/// What a network plug-in and kubeadm leave; a plug-in that came with the machine stays.
pub(super) fn sweep(world: &mut World, node: &str) -> Reply {
    if let Some(node) = world.nodes.get_mut(node) {
        let plugged: Vec<String> = node
            .disk
            .under(paths::CNI)
            .map(|(path, _)| path.to_owned())
            .filter(|path| !path.ends_with("/10-rack.conflist"))
            .collect();
        for path in plugged.iter().map(String::as_str).chain([
            "/root/.kube/config",
            paths::ETCD_DATA,
            "/var/lib/kubelet",
        ]) {
            node.disk.remove(path);
        }
    }
    said("")
}
