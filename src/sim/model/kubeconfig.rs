//! Kubeconfig files: written as kubeadm writes them, and read back.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::pki::{self, Card, Pair};

/// Who a kubeconfig speaks for.
#[derive(Debug, Clone)]
pub(crate) enum Credentials {
    /// A client certificate inside the file.
    Embedded(Pair),
    /// A client certificate in a file of its own, as the kubelet keeps it.
    File(String),
    /// A bootstrap token.
    Token(String),
}

/// The text of a kubeconfig.
pub(crate) fn render(server: &str, cluster: &str, user: &str, ca: &str, credentials: &Credentials) -> String {
    let user_data = match credentials {
        Credentials::Embedded(pair) => format!(
            "    client-certificate-data: {}\n    client-key-data: {}\n",
            STANDARD.encode(&pair.cert),
            STANDARD.encode(&pair.key)
        ),
        Credentials::File(path) => format!("    client-certificate: {path}\n    client-key: {path}\n"),
        Credentials::Token(token) => format!("    token: {token}\n"),
    };
    format!(
        "apiVersion: v1\nclusters:\n- cluster:\n    certificate-authority-data: {}\n    server: {server}\n  name: {cluster}\n\
         contexts:\n- context:\n    cluster: {cluster}\n    user: {user}\n  name: {user}@{cluster}\n\
         current-context: {user}@{cluster}\nkind: Config\npreferences: {{}}\nusers:\n- name: {user}\n  user:\n{user_data}",
        STANDARD.encode(ca)
    )
}

/// A kubeconfig without anybody to log in as: what `cluster-info` holds.
pub(crate) fn nobodys(server: &str, ca: &str) -> String {
    format!(
        "apiVersion: v1\nclusters:\n- cluster:\n    certificate-authority-data: {}\n    server: {server}\n  name: \"\"\ncontexts: null\n\
         current-context: \"\"\nkind: Config\npreferences: {{}}\nusers: null\n",
        STANDARD.encode(ca)
    )
}

/// What a kubeconfig says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Parsed {
    pub(crate) server: String,
    pub(crate) user: String,
    /// PEM.
    pub(crate) ca: String,
    pub(crate) token: Option<String>,
    /// Of the embedded client certificate.
    pub(crate) card: Option<Card>,
}

/// Reads a kubeconfig with one cluster and one user.
pub(crate) fn parse(text: &str) -> Option<Parsed> {
    // Line by line rather than as YAML: these files are ours, and nodes read them at every step.
    let field = |name: &str| {
        text.lines().find_map(|line| line.trim().strip_prefix(name)?.strip_prefix(": ")).map(str::trim)
    };
    let decoded = |name: &str| {
        field(name)
            .and_then(|data| STANDARD.decode(data).ok())
            .and_then(|bytes| String::from_utf8(bytes).ok())
    };
    Some(Parsed {
        server: field("server")?.to_owned(),
        user: field("user").unwrap_or_default().to_owned(),
        ca: decoded("certificate-authority-data").unwrap_or_default(),
        token: field("token").map(str::to_owned),
        card: decoded("client-certificate-data").and_then(|cert| pki::read(&cert)),
    })
}

/// The same text with the client certificate taken from a file that the kubelet renews.
pub(crate) fn with_client_file(text: &str, path: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let trimmed = line.trim_start();
        if trimmed.starts_with("client-certificate-data: ") {
            let _ = writeln!(out, "    client-certificate: {path}");
        } else if trimmed.starts_with("client-key-data: ") {
            let _ = writeln!(out, "    client-key: {path}");
        } else {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::sim::model::pki::{Subject, Validity};

    #[test]
    fn what_is_written_is_read_back() {
        let now = 1_795_000_000_000;
        let ca = pki::authority("kubernetes", Validity::authority(now, true)).unwrap();
        let subject = Subject {
            common_name: "kubernetes-admin",
            organizations: vec!["kubeadm:cluster-admins"],
            client: true,
            ..Subject::default()
        };
        let pair = pki::sign(&ca, &subject, Validity::leaf(now)).unwrap();
        let text = render(
            "https://10.4.0.10:6443",
            "kubernetes",
            "kubernetes-admin",
            &ca.cert,
            &Credentials::Embedded(pair),
        );
        assert!(serde_yaml::from_str::<serde_yaml::Value>(&text).is_ok(), "{text}");
        let parsed = parse(&text).unwrap();
        assert_eq!(parsed.server, "https://10.4.0.10:6443");
        assert_eq!(parsed.user, "kubernetes-admin");
        assert_eq!(parsed.ca, ca.cert);
        assert_eq!(parsed.card.unwrap().organizations, ["kubeadm:cluster-admins"]);
        let rotated = with_client_file(&text, "/var/lib/kubelet/pki/kubelet-client-current.pem");
        assert!(!rotated.contains("client-key-data"), "{rotated}");
        assert!(parse(&rotated).unwrap().card.is_none());
    }
}
