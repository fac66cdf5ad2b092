//! Files that the inventory names.

use std::path::Path;

use crate::inventory::kubeadm::is_url;
use crate::inventory::model::Inventory;
use crate::inventory::read::Places;
use crate::inventory::surroundings::Surroundings;
use crate::inventory::yaml::{Report, Span};

pub(super) fn check(
    inventory: &Inventory,
    places: &Places,
    outside: &dyn Surroundings,
    report: &mut Report<'_>,
) {
    let mut must_exist = |at: Option<Span>, what: &str, path: Option<&Path>| {
        if let (Some(at), Some(path)) = (at, path)
            && !outside.exists(path)
        {
            report.error(at, format!("there is no {what} {}", path.display()), "");
        }
    };
    for (host, at) in inventory.hosts.iter().zip(&places.hosts) {
        must_exist(at.key, "private key", host.ssh.key_path.as_deref());
        must_exist(at.config, "ssh configuration", host.ssh.config_path.as_deref());
    }
    for manifest in places.manifests.iter().filter(|manifest| !is_url(&manifest.value)) {
        must_exist(Some(manifest.at), "manifest", Some(Path::new(&manifest.value)));
    }
}
