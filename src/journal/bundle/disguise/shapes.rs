//! Private things by their shape.

use std::sync::LazyLock;

use regex::Regex;

/// What is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// A home folder, which has a user's name.
    Home,
    /// User and password in a URL.
    Login,
    /// A password or signature in a URL.
    Query,
    /// A certificate, or data that may be one.
    Certificate,
    /// A public key as ssh writes it.
    PublicKey,
    /// The user in `user@host`.
    User,
    /// A key's fingerprint as ssh writes it.
    Fingerprint,
    /// A hash, of the cluster's CA in most cases.
    Digest,
    /// A product's UUID.
    Uuid,
    /// A machine-id.
    MachineId,
    /// A network card's address.
    Mac,
    /// An address.
    Ipv4,
    /// An address.
    Ipv6,
    /// A host with a domain.
    Host,
}

impl Kind {
    /// Whether it goes only from bundles without names.
    pub(super) const fn is_name(self) -> bool {
        matches!(self, Self::Ipv4 | Self::Ipv6 | Self::Host)
    }
}

/// In the order in which they are looked for.
pub(super) static SHAPES: LazyLock<Vec<(Kind, Regex)>> = LazyLock::new(|| {
    [
        (Kind::Certificate, r"-----BEGIN CERTIFICATE-----[\s\S]*?(?:-----END CERTIFICATE-----|$)"),
        (Kind::Certificate, r"\bLS0tLS1[A-Za-z0-9+/=]{20,}"),
        (Kind::Certificate, r"^\s*[A-Za-z0-9+/]{60,76}={0,2}\s*$"),
        (Kind::PublicKey, r"\bAAAA[A-Za-z0-9+/]{40,}={0,2}"),
        (Kind::Login, r"://[^/\s:@]+(?::[^/\s@]*)?@"),
        (Kind::Query, r"([?&](?:token|access_token|key|api_key|sig|signature|password)=)[^&\s']+"),
        (Kind::Home, r#"/(?:home|Users|var/home)/[^/\s"':,]+"#),
        (Kind::User, r"\b([A-Za-z_][A-Za-z0-9._+-]*)@((?:sha256:)?[A-Za-z0-9\[])"),
        (Kind::Uuid, r"(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"),
        (Kind::Fingerprint, r"\bSHA256:[A-Za-z0-9+/]{43}=?"),
        (Kind::Digest, r"\bsha256:[0-9a-f]{64}\b"),
        (Kind::MachineId, r"\b[0-9a-f]{32}\b"),
        (Kind::Mac, r"(?i)\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b"),
        (Kind::Ipv4, r"\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b"),
        (Kind::Ipv6, r"(?i)(^|[^0-9a-z_:.])([0-9a-f]*:[0-9a-f:]*:[0-9a-f]*)"),
        (Kind::Host, r"(?i)\b(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}\b"),
    ]
    .into_iter()
    .filter_map(|(kind, shape)| Some((kind, Regex::new(shape).ok()?)))
    .collect()
});
