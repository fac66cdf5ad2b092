//! A document written for one API version, with nothing in it that version doesn't have.

use serde_yaml::{Mapping, Value};

use super::{ApiVersion, RenderError, RunValues, arguments, fields, paths};

/// The operator's document of `kind`, without what only older versions said and everyone means anyway.
pub(super) fn theirs(extra: &[Value], kind: &str) -> Mapping {
    let found = extra.iter().find(|document| document.get("kind").and_then(Value::as_str) == Some(kind));
    let mut document = found.and_then(Value::as_mapping).cloned().unwrap_or_default();
    document.remove("apiVersion");
    document.remove("kind");
    // CoreDNS is the only one left, and there is no hyperkube any more.
    if paths::get(&document, "dns.type").and_then(Value::as_str) == Some("CoreDNS") {
        paths::take(&mut document, "dns.type");
    }
    if paths::get(&document, "useHyperKubeImage") == Some(&Value::Bool(false)) {
        document.remove("useHyperKubeImage");
    }
    // Phases are stepped and skipped by us.
    document.remove("skipPhases");
    document.remove("dryRun");
    document
}

/// `ours` with `theirs` under it, as a document of `kind`.
pub(super) fn document(
    kind: &'static str,
    ours: Mapping,
    theirs: Mapping,
    values: &RunValues<'_>,
) -> Result<Mapping, RenderError> {
    let api = ApiVersion::of(values.kubeadm)?;
    let mut document = Mapping::new();
    paths::set(&mut document, "apiVersion", api.to_string());
    paths::set(&mut document, "kind", kind);
    paths::merge_under(&mut document, ours);
    paths::merge_under(&mut document, theirs);
    arguments::convert(&mut document, api)?;
    for (field, first, last) in fields::of(kind).unwrap_or_default() {
        if !(*first..=*last).contains(&api) && paths::get(&document, field).is_some() {
            let kubeadm = values.kubeadm.clone();
            return Err(RenderError::NoSuchField { kind, field: (*field).to_owned(), api, kubeadm });
        }
    }
    Ok(document)
}
