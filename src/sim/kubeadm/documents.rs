//! The documents of a kubeadm configuration file, and which of them a release of kubeadm reads.

use serde::Deserialize as _;
use serde_yaml::Value;

use super::failure::Exit;
use crate::version::Version;

/// One document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Document {
    pub(crate) kind: String,
    pub(crate) value: Value,
}

/// The documents of a file and what kubeadm's log says about them: place and message.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Documents {
    pub(crate) all: Vec<Document>,
    pub(crate) warnings: Vec<(&'static str, String)>,
    /// Why the file as a whole can't be used; said after the warnings.
    pub(crate) refused: Option<String>,
}

/// Releases that read an API version; ends are exclusive (kubeadm.md §3).
const SPANS: &[(&str, u16, u16, u16)] = &[
    ("v1beta1", 15, 22, 20),
    ("v1beta2", 15, 27, 24),
    ("v1beta3", 22, 37, 31),
    ("v1beta4", 31, u16::MAX, u16::MAX),
];

/// Top-level fields, over all API versions.
const INIT: &[&str] = &[
    "bootstrapTokens",
    "nodeRegistration",
    "localAPIEndpoint",
    "certificateKey",
    "skipPhases",
    "patches",
    "dryRun",
    "timeouts",
];
const CLUSTER: &[&str] = &[
    "kubernetesVersion",
    "controlPlaneEndpoint",
    "clusterName",
    "certificatesDir",
    "imageRepository",
    "featureGates",
    "networking",
    "etcd",
    "apiServer",
    "controllerManager",
    "scheduler",
    "dns",
    "proxy",
    "encryptionAlgorithm",
    "certificateValidityPeriod",
    "caCertificateValidityPeriod",
    "useHyperKubeImage",
];
const JOIN: &[&str] = &[
    "nodeRegistration",
    "caCertPath",
    "skipPhases",
    "patches",
    "dryRun",
    "timeouts",
    "discovery",
    "controlPlane",
];

/// Cuts a file into documents and holds them against what `kubeadm` reads.
pub(crate) fn read(text: &str, kubeadm: &Version) -> Result<Documents, Exit> {
    let mut documents = Documents::default();
    for part in serde_yaml::Deserializer::from_str(text) {
        let value = Value::deserialize(part)
            .map_err(|error| Exit::bare(format!("error converting YAML to JSON: yaml: {error}")))?;
        if value.is_null() {
            continue;
        }
        let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (api, kind) = (text("apiVersion"), text("kind"));
        if api.is_empty() || kind.is_empty() {
            return Err(Exit::bare(
                "invalid configuration for GroupVersionKind /, Kind=: kind and apiVersion is mandatory information that must be specified",
            ));
        }
        if let Some(version) = api.strip_prefix("kubeadm.k8s.io/") {
            check(&mut documents, version, &kind, &value, kubeadm)?;
        }
        documents.all.push(Document { kind, value });
    }
    Ok(documents)
}

fn check(
    documents: &mut Documents,
    api: &str,
    kind: &str,
    value: &Value,
    kubeadm: &Version,
) -> Result<(), Exit> {
    let gvk =
        format!("schema.GroupVersionKind{{Group:\"kubeadm.k8s.io\", Version:\"{api}\", Kind:\"{kind}\"}}");
    let span = SPANS.iter().find(|(name, ..)| *name == api);
    match span {
        Some((_, from, before, deprecated)) if (*from..*before).contains(&kubeadm.minor) => {
            if kubeadm.minor >= *deprecated {
                documents.warnings.push(("common.go:84", format!(
                    "your configuration file uses a deprecated API spec: \"kubeadm.k8s.io/{api}\" (kind: \"{kind}\"). Please use 'kubeadm config migrate --old-config old.yaml --new-config new.yaml', which will write the new, similar spec using a newer API version."
                )));
            }
        }
        Some((_, _, before, _)) if kubeadm.minor >= *before => {
            return Err(Exit::bare(format!(
                "your configuration file uses an old API spec: \"kubeadm.k8s.io/{api}\" (kind: \"{kind}\"). Please use kubeadm v1.{} instead and run 'kubeadm config migrate --old-config old.yaml --new-config new.yaml', which will write the new, similar spec using a newer API version.",
                before - 1
            )));
        }
        _ => {
            let scheme = "k8s.io/kubernetes/cmd/kubeadm/app/apis/kubeadm/scheme/scheme.go:31";
            let components = "k8s.io/kubernetes/cmd/kubeadm/app/componentconfigs/scheme.go:28";
            documents.warnings.push((
                "strict.go:47",
                format!(
                    "unknown configuration {gvk} for scheme definitions in \"{scheme}\" and \"{components}\""
                ),
            ));
            documents.refused = Some(format!(
                "no kind \"{kind}\" is registered for version \"kubeadm.k8s.io/{api}\" in scheme \"{scheme}\""
            ));
            return Ok(());
        }
    }
    let known = match kind {
        "InitConfiguration" => INIT,
        "ClusterConfiguration" => CLUSTER,
        "JoinConfiguration" => JOIN,
        _ => return Ok(()),
    };
    let fields = value.as_mapping().into_iter().flat_map(|map| map.keys()).filter_map(Value::as_str);
    for field in fields.filter(|field| !matches!(*field, "apiVersion" | "kind" | "metadata")) {
        if !known.contains(&field) {
            let words = if kubeadm.at_least(24) {
                format!(
                    "error unmarshaling configuration {gvk}: strict decoding error: unknown field \"{field}\""
                )
            } else {
                format!(
                    "error unmarshaling configuration {gvk}: error unmarshaling JSON: while decoding JSON: json: unknown field \"{field}\""
                )
            };
            documents.warnings.push(("strict.go:54", words));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn of(api: &str, minor: u16) -> Result<Documents, Exit> {
        let text = format!("apiVersion: kubeadm.k8s.io/{api}\nkind: InitConfiguration\nfoo: 1\n---\n");
        read(&text, &Version::new(1, minor, 0))
    }

    #[test]
    fn api_versions_follow_the_release() {
        assert_eq!(of("v1beta3", 29).unwrap().warnings.len(), 1, "the unknown field alone");
        assert!(of("v1beta3", 31).unwrap().warnings[0].1.contains("deprecated API spec"));
        let unknown = of("v1beta4", 29).unwrap();
        assert!(unknown.warnings[0].1.starts_with("unknown configuration"));
        assert!(unknown.refused.unwrap().starts_with("no kind \"InitConfiguration\" is registered"));
        assert!(
            matches!(of("v1beta2", 27), Err(Exit::Bare { text, rc: 1 }) if text.contains("kubeadm v1.26"))
        );
        assert!(read("a: [", &Version::new(1, 29, 0)).is_err());
    }
}
