//! `nodeRegistration` and time-outs, which init and join have in common.

use std::time::Duration;

use serde_yaml::{Mapping, Value};

use super::paths::{get, set, take, texts};
use super::{ApiVersion, RenderError, RunValues, arguments, taint};
use crate::inventory::model::{Host, Inventory};

const ARGUMENTS: &str = "nodeRegistration.kubeletExtraArgs";
const IGNORED: &str = "nodeRegistration.ignorePreflightErrors";

/// Puts the node's own settings into `ours`, and takes from `theirs` what was united with them.
pub(super) fn registration(
    ours: &mut Mapping,
    theirs: &mut Mapping,
    inventory: &Inventory,
    host: &Host,
    values: &RunValues<'_>,
) -> Result<(), RenderError> {
    set(ours, "nodeRegistration.name", host.name.as_str());
    set(ours, "nodeRegistration.criSocket", inventory.kubernetes.cri_socket.as_str());
    if let Some(taints) = taint::taints(host)? {
        set(ours, "nodeRegistration.taints", taints);
    }
    let mut extra = arguments::read(ARGUMENTS, take(theirs, ARGUMENTS).as_ref())?;
    if let Some(address) = host.private_address {
        extra.retain(|(name, _)| name != "node-ip");
        extra.insert(0, ("node-ip".to_owned(), address.to_string()));
    }
    if !extra.is_empty() {
        set(ours, ARGUMENTS, arguments::write(ARGUMENTS, extra, ApiVersion::of(values.kubeadm)?)?);
    }
    let ignored = ignored(&texts(take(theirs, IGNORED).as_ref()), inventory, values);
    if !ignored.is_empty() {
        set(ours, IGNORED, ignored.into_iter().map(Value::from).collect::<Vec<_>>());
    }
    Ok(())
}

/// The whole list in one place: kubeadm.md §2.5. `all` stands alone, and before 1.28 not in a file.
fn ignored(theirs: &[String], inventory: &Inventory, values: &RunValues<'_>) -> Vec<String> {
    let is_all = |name: &String| name.eq_ignore_ascii_case("all");
    if ignores_all(inventory, values) || theirs.iter().any(is_all) {
        return if values.kubeadm.at_least(28) { vec!["all".to_owned()] } else { Vec::new() };
    }
    let mut names: Vec<String> = Vec::new();
    for name in
        inventory.kubernetes.ignore_preflight_errors.iter().chain(values.ignore_preflight).chain(theirs)
    {
        if !names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            names.push(name.clone());
        }
    }
    names
}

/// Whether all checks are to be ignored.
pub(super) fn ignores_all(inventory: &Inventory, values: &RunValues<'_>) -> bool {
    let kinds = ["InitConfiguration", "JoinConfiguration"];
    let theirs = inventory.kubernetes.extra.iter().filter_map(Value::as_mapping).flat_map(|document| {
        let kind = document.get("kind").and_then(Value::as_str).unwrap_or_default();
        if kinds.contains(&kind) { texts(get(document, IGNORED)) } else { Vec::new() }
    });
    let ours = inventory.kubernetes.ignore_preflight_errors.iter().chain(values.ignore_preflight).cloned();
    ours.chain(theirs).any(|name| name.eq_ignore_ascii_case("all"))
}

/// As Go reads it: `600s` is `10m0s`.
pub(super) fn go_duration(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}h{minutes}m{rest}s")
    } else if minutes > 0 {
        format!("{minutes}m{rest}s")
    } else if seconds > 0 {
        format!("{rest}s")
    } else {
        format!("{}ms", time.subsec_millis().max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_as_go_does() {
        for (seconds, want) in [(10, "10s"), (600, "10m0s"), (5400, "1h30m0s"), (65, "1m5s")] {
            assert_eq!(go_duration(Duration::from_secs(seconds)), want);
        }
        assert_eq!(go_duration(Duration::from_millis(250)), "250ms");
    }
}
