//! What else the API keeps: maps, secrets, requests for certificates, and objects known by name alone.

use serde_json::json;

use super::listing::{Item, Listing, age, time};
use crate::sim::model::World;
use crate::sim::model::objects::Objects;

/// `namespace/name` taken apart.
fn divided(id: &str) -> (String, String) {
    let (namespace, name) = id.split_once('/').unwrap_or(("", id));
    (namespace.to_owned(), name.to_owned())
}

/// Since when the cluster is there.
fn begun(world: &World, objects: &Objects) -> i64 {
    objects.nodes.values().map(|node| node.created).min().unwrap_or(world.now)
}

pub(super) fn config_maps(world: &World, objects: &Objects) -> Listing {
    let begun = begun(world, objects);
    let items = objects.config_maps.iter().map(|(id, data)| {
        let (namespace, name) = divided(id);
        let object = json!({
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": { "name": name, "namespace": namespace },
            "data": data,
        });
        let cells = (vec![data.len().to_string(), age(world.now - begun)], Vec::new());
        Item { namespace, name, labels: [].into(), cells, object }
    });
    Listing {
        kind: "configmap",
        plural: "configmaps",
        namespaced: true,
        headings: (&["DATA", "AGE"], &[]),
        items: items.collect(),
    }
}

pub(super) fn secrets(world: &World, objects: &Objects) -> Listing {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let begun = begun(world, objects);
    let items = objects.secrets.iter().map(|(id, secret)| {
        let (namespace, name) = divided(id);
        let kind =
            if name.starts_with("bootstrap-token-") { "bootstrap.kubernetes.io/token" } else { "Opaque" };
        let data: std::collections::BTreeMap<&String, String> =
            secret.data.iter().map(|(key, value)| (key, STANDARD.encode(value))).collect();
        let object = json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "type": kind,
            "metadata": { "name": name, "namespace": namespace, "creationTimestamp": time(begun) },
            "data": data,
        });
        let cells = (vec![kind.into(), secret.data.len().to_string(), age(world.now - begun)], Vec::new());
        Item { namespace, name, labels: [].into(), cells, object }
    });
    Listing {
        kind: "secret",
        plural: "secrets",
        namespaced: true,
        headings: (&["TYPE", "DATA", "AGE"], &[]),
        items: items.collect(),
    }
}

pub(super) fn requests(world: &World, objects: &Objects) -> Listing {
    let items = objects.csrs.iter().map(|csr| {
        let condition = if csr.approved { "Approved,Issued" } else { "Pending" };
        let signer = "kubernetes.io/kube-apiserver-client-kubelet";
        let object = json!({
            "apiVersion": "certificates.k8s.io/v1",
            "kind": "CertificateSigningRequest",
            "metadata": { "name": csr.name, "creationTimestamp": time(csr.created) },
            "spec": { "signerName": signer, "username": csr.requestor },
            "status": if csr.approved { json!({ "conditions": [{ "type": "Approved", "status": "True" }] }) } else { json!({}) },
        });
        let cells = vec![age(world.now - csr.created), signer.into(), csr.requestor.clone(), "<none>".into(), condition.into()];
        Item { namespace: String::new(), name: csr.name.clone(), labels: [].into(), cells: (cells, Vec::new()), object }
    });
    Listing {
        kind: "certificatesigningrequest",
        plural: "certificatesigningrequests",
        namespaced: false,
        headings: (&["AGE", "SIGNERNAME", "REQUESTOR", "REQUESTEDDURATION", "CONDITION"], &[]),
        items: items.collect(),
    }
}

pub(super) fn namespaces(world: &World, objects: &Objects) -> Listing {
    let mut names: std::collections::BTreeSet<String> =
        ["default", "kube-node-lease", "kube-public", "kube-system"].map(str::to_owned).into();
    names.extend(objects.others.iter().filter_map(|id| id.strip_prefix("namespace/")).map(str::to_owned));
    let since = begun(world, objects);
    let items = names.into_iter().map(|name| Item {
        namespace: String::new(),
        labels: [("kubernetes.io/metadata.name".to_owned(), name.clone())].into(),
        cells: (vec!["Active".into(), age(world.now - since)], Vec::new()),
        object: json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name }, "status": { "phase": "Active" } }),
        name,
    });
    Listing {
        kind: "namespace",
        plural: "namespaces",
        namespaced: false,
        headings: (&["STATUS", "AGE"], &[]),
        items: items.collect(),
    }
}

/// Objects of which only the name is kept.
pub(super) fn others(
    world: &World,
    objects: &Objects,
    kind: &'static str,
    plural: &'static str,
    namespaced: bool,
) -> Listing {
    let since = begun(world, objects);
    let start = format!("{kind}/");
    let items = objects.others.iter().filter_map(|id| id.strip_prefix(&start)).map(|id| {
        let (namespace, name) =
            if namespaced && !id.contains('/') { ("default".to_owned(), id.to_owned()) } else { divided(id) };
        let (namespace, name) = if namespaced { (namespace, name) } else { (String::new(), id.to_owned()) };
        let mut metadata = json!({ "name": name });
        if namespaced {
            metadata["namespace"] = namespace.clone().into();
        }
        Item {
            cells: (vec![age(world.now - since)], Vec::new()),
            object: json!({ "kind": kind, "metadata": metadata }),
            labels: [].into(),
            namespace,
            name,
        }
    });
    Listing { kind, plural, namespaced, headings: (&["AGE"], &[]), items: items.collect() }
}
