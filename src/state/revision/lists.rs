//! Manifests and hooks: lists whose parts are steps, named by their places.

use std::fmt::Write as _;

use crate::ids::NodeName;
use crate::inventory::model::{Hook, HookPoint, Inventory};

use super::used::Used;
use super::{Fate, Revision};

/// A manifest that was applied keeps its place; the others follow in the order of the file.
pub(super) fn manifests(revision: &mut Revision, used: &Used<'_>, old: &Inventory, new: &Inventory) {
    let (was, wanted) = (&old.kubernetes.manifests, &new.kubernetes.manifests);
    if was == wanted {
        return;
    }
    let is_applied = |at: usize| {
        let name = format!("apply-{}", at + 1);
        old.control_planes().any(|host| !used.on(&host.name, &[&name]).is_empty())
    };
    let kept: Vec<Option<&String>> =
        was.iter().enumerate().map(|(at, manifest)| is_applied(at).then_some(manifest)).collect();
    let applied = |manifest: &String| kept.iter().flatten().any(|kept| *kept == manifest);
    for gone in was.iter().filter(|manifest| !wanted.contains(manifest)) {
        let fate = if applied(gone) {
            Fate::Stays("it was applied; `kubectl delete -f` takes it out of the cluster".to_owned())
        } else {
            Fate::Applies(None)
        };
        revision.note(format!("kubernetes.manifests: no {gone}"), "", "", fate);
    }
    for come in wanted.iter().filter(|manifest| !was.contains(manifest)) {
        revision.note(format!("kubernetes.manifests: {come}"), "", "", Fate::Applies(None));
    }
    let mut others = wanted.iter().filter(|manifest| !applied(manifest)).cloned();
    let mut list = Vec::new();
    for kept in &kept {
        match kept {
            Some(kept) => list.push((*kept).clone()),
            None => list.extend(others.next()),
        }
    }
    list.extend(others);
    if list == *was
        && revision.changes.last().is_none_or(|change| !change.what.starts_with("kubernetes.manifests"))
    {
        let why = "they are applied already; their order has no effect any more".to_owned();
        revision.note("kubernetes.manifests: another order", "", "", Fate::Stays(why));
    }
    revision.inventory.kubernetes.manifests = list;
}

/// The hooks of a point change for the nodes that have not come to it; not while a node is in the middle of them.
pub(super) fn hooks(revision: &mut Revision, used: &Used<'_>, old: &Inventory, new: &Inventory) {
    let mut hooks = Vec::new();
    for (point, key, name) in [
        (HookPoint::BeforeNode, "before-node", "hook-before-"),
        (HookPoint::AfterApi, "after-api", "hook-api-"),
        (HookPoint::AfterNode, "after-node", "hook-after-"),
    ] {
        let of = |inventory: &Inventory| -> Vec<Hook> {
            inventory.hooks.iter().filter(|hook| hook.at == point).cloned().collect()
        };
        let (was, becomes) = (of(old), of(new));
        if was == becomes {
            hooks.extend(becomes);
            continue;
        }
        let mut ran: Vec<&NodeName> = Vec::new();
        let mut amid = None;
        for host in &old.hosts {
            let own = was.iter().filter(|hook| hook.role.is_none_or(|role| role == host.role)).count();
            let done = |number: &usize| !used.on(&host.name, &[&format!("{name}{number}")]).is_empty();
            match (1..=own).filter(done).count() {
                0 => {}
                count if count == own => ran.push(&host.name),
                _ => amid = Some(&host.name),
            }
        }
        let fate = match (amid, ran.as_slice()) {
            (Some(node), _) => {
                Fate::Stays(format!("{node} is in the middle of them; wait until it is through"))
            }
            (None, []) => Fate::Applies(None),
            (None, ran) => Fate::Applies(Some(format!("not where they ran already: {}", names(ran)))),
        };
        hooks.extend(if matches!(fate, Fate::Applies(_)) { becomes } else { was });
        revision.note(format!("hooks: others at {key}"), "", "", fate);
    }
    revision.inventory.hooks = hooks;
}

fn names(nodes: &[&NodeName]) -> String {
    const NAMED: usize = 5;
    let mut text = nodes.iter().take(NAMED).map(|node| node.as_str()).collect::<Vec<_>>().join(", ");
    if let Some(more) = nodes.len().checked_sub(NAMED).filter(|more| *more > 0) {
        let _ = write!(text, " and {more} more");
    }
    text
}
