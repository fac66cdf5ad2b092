//! Real X.509: authorities, the certificates they sign, and what is in one.
//!
//! Keys are ECDSA P-256, which kubeadm can use too (`encryptionAlgorithm`) and which costs little here.
//! Subjects, usages and names are those of kubeadm's `phases/certs/certlist.go`.

use std::net::IpAddr;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose,
};
use sha2::{Digest, Sha256};
use x509_parser::prelude::{FromDer, GeneralName, ParsedExtension, X509Certificate};

/// A certificate and its key, both as PEM.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    pub(crate) cert: String,
    pub(crate) key: String,
}

/// What a certificate is for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Subject<'a> {
    pub(crate) common_name: &'a str,
    pub(crate) organizations: Vec<&'a str>,
    pub(crate) server: bool,
    pub(crate) client: bool,
    /// DNS names and addresses.
    pub(crate) names: Vec<String>,
}

/// From when to when, milliseconds since 1970.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Validity {
    pub(crate) from: i64,
    pub(crate) until: i64,
}

const DAY: i64 = 86_400_000;

impl Validity {
    /// Ten years, from five minutes ago since 1.28 (kubeadm.md §6).
    pub(crate) fn authority(now: i64, backdated: bool) -> Self {
        let from = if backdated { now - 300_000 } else { now };
        Self { from, until: now + 3650 * DAY }
    }

    /// One year. kubeadm starts leaves at their authority's start.
    pub(crate) fn leaf(now: i64) -> Self {
        Self { from: now - 300_000, until: now + 365 * DAY }
    }
}

/// Why a certificate could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PkiError {
    #[error("{0}")]
    Rcgen(#[from] rcgen::Error),
}

/// `ms` since 1970 as rcgen wants it.
macro_rules! moment {
    ($ms:expr) => {
        rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(u64::try_from($ms / 1000).unwrap_or(0))
    };
}

fn named(common_name: &str, organizations: &[&str]) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    for organization in organizations {
        name.push(DnType::OrganizationName, *organization);
    }
    name.push(DnType::CommonName, common_name);
    name
}

/// A self-signed authority.
pub(crate) fn authority(common_name: &str, validity: Validity) -> Result<Pair, PkiError> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(vec![common_name.to_owned()])?;
    params.distinguished_name = named(common_name, &[]);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![
        KeyUsagePurpose::DigitalSignature,
        KeyUsagePurpose::KeyEncipherment,
        KeyUsagePurpose::KeyCertSign,
    ];
    params.not_before = moment!(validity.from);
    params.not_after = moment!(validity.until);
    let cert = params.self_signed(&key)?;
    Ok(Pair { cert: cert.pem(), key: key.serialize_pem() })
}

/// A certificate for `subject`, signed by the authority whose PEM texts are given.
pub(crate) fn sign(ca: &Pair, subject: &Subject<'_>, validity: Validity) -> Result<Pair, PkiError> {
    let issuer = Issuer::from_ca_cert_pem(&ca.cert, KeyPair::from_pem(&ca.key)?)?;
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(subject.names.clone())?;
    params.distinguished_name = named(subject.common_name, &subject.organizations);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
    if subject.server {
        params.extended_key_usages.push(ExtendedKeyUsagePurpose::ServerAuth);
    }
    if subject.client {
        params.extended_key_usages.push(ExtendedKeyUsagePurpose::ClientAuth);
    }
    params.use_authority_key_identifier_extension = true;
    params.not_before = moment!(validity.from);
    params.not_after = moment!(validity.until);
    let cert = params.signed_by(&key, &issuer)?;
    Ok(Pair { cert: cert.pem(), key: key.serialize_pem() })
}

/// A key pair for signing service accounts: private and public PEM.
pub(crate) fn service_account_keys() -> Result<(String, String), PkiError> {
    let key = KeyPair::generate()?;
    Ok((key.serialize_pem(), key.public_key_pem()))
}

/// What a certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Card {
    pub(crate) common_name: String,
    pub(crate) organizations: Vec<String>,
    pub(crate) issuer: String,
    /// `sha256:…` over the public key, the form of kubeadm's `caCertHashes`.
    pub(crate) key_hash: String,
    pub(crate) names: Vec<String>,
    pub(crate) validity_from: i64,
    pub(crate) validity_until: i64,
}

/// Reads the first certificate of a PEM text.
pub(crate) fn read(cert: &str) -> Option<Card> {
    let (_, block) = x509_parser::pem::parse_x509_pem(cert.as_bytes()).ok()?;
    let (_, cert) = X509Certificate::from_der(&block.contents).ok()?;
    let common_name = |name: &x509_parser::x509::X509Name<'_>| {
        name.iter_common_name().next().and_then(|cn| cn.as_str().ok()).unwrap_or_default().to_owned()
    };
    let mut names = Vec::new();
    for extension in cert.extensions() {
        if let ParsedExtension::SubjectAlternativeName(sans) = extension.parsed_extension() {
            names.extend(sans.general_names.iter().filter_map(alternative));
        }
    }
    let subject = cert.subject();
    Some(Card {
        common_name: common_name(subject),
        organizations: subject
            .iter_organization()
            .filter_map(|o| o.as_str().ok().map(str::to_owned))
            .collect(),
        issuer: common_name(cert.issuer()),
        key_hash: hash(cert.public_key().raw),
        names,
        validity_from: cert.validity().not_before.timestamp() * 1000,
        validity_until: cert.validity().not_after.timestamp() * 1000,
    })
}

fn alternative(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => {
            let four = <[u8; 4]>::try_from(*bytes).map(|b| IpAddr::from(b).to_string());
            four.or_else(|_| <[u8; 16]>::try_from(*bytes).map(|b| IpAddr::from(b).to_string())).ok()
        }
        _ => None,
    }
}

fn hash(spki: &[u8]) -> String {
    let digest = Sha256::digest(spki);
    digest.iter().fold("sha256:".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}

/// The public key of a PEM text's first certificate, as PEM.
pub(crate) fn public_key(cert: &str) -> Option<String> {
    use base64::Engine as _;
    let (_, block) = x509_parser::pem::parse_x509_pem(cert.as_bytes()).ok()?;
    let (_, cert) = X509Certificate::from_der(&block.contents).ok()?;
    let body = base64::engine::general_purpose::STANDARD.encode(cert.public_key().raw);
    let lines: Vec<String> =
        body.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned() + "\n").collect();
    Some(format!("-----BEGIN PUBLIC KEY-----\n{}-----END PUBLIC KEY-----\n", lines.concat()))
}

/// Whether `cert` was signed by `ca`.
pub(crate) fn is_signed_by(cert: &str, ca: &str) -> bool {
    let (Ok((_, cert)), Ok((_, ca))) =
        (x509_parser::pem::parse_x509_pem(cert.as_bytes()), x509_parser::pem::parse_x509_pem(ca.as_bytes()))
    else {
        return false;
    };
    let (Ok((_, cert)), Ok((_, ca))) =
        (X509Certificate::from_der(&cert.contents), X509Certificate::from_der(&ca.contents))
    else {
        return false;
    };
    // rcgen derives the key identifier from the key, so that it tells authorities of one name apart.
    let wanted = cert.extensions().iter().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::AuthorityKeyIdentifier(id) => id.key_identifier.as_ref().map(|id| id.0.to_vec()),
        _ => None,
    });
    let have = ca.extensions().iter().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::SubjectKeyIdentifier(id) => Some(id.0.to_vec()),
        _ => None,
    });
    cert.issuer() == ca.subject() && wanted.is_some() && wanted == have
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const NOW: i64 = 1_795_000_000_000;

    #[test]
    fn certificates_say_who_they_are_for_and_who_signed_them() {
        let ca = authority("kubernetes", Validity::authority(NOW, true)).unwrap();
        let other = authority("kubernetes", Validity::authority(NOW, true)).unwrap();
        let subject = Subject {
            common_name: "kube-apiserver",
            organizations: vec!["kubeadm:cluster-admins"],
            server: true,
            client: false,
            names: vec!["bettley".into(), "10.4.0.11".into(), "::1".into()],
        };
        let pair = sign(&ca, &subject, Validity::leaf(NOW)).unwrap();
        let card = read(&pair.cert).unwrap();
        assert_eq!(card.common_name, "kube-apiserver");
        assert_eq!(card.organizations, ["kubeadm:cluster-admins"]);
        assert_eq!(card.issuer, "kubernetes");
        assert_eq!(card.names, ["bettley", "10.4.0.11", "::1"]);
        assert_eq!(card.validity_until - NOW, 365 * DAY);
        assert!(is_signed_by(&pair.cert, &ca.cert));
        assert!(!is_signed_by(&pair.cert, &other.cert), "same name, another key");
        assert_ne!(read(&ca.cert).unwrap().key_hash, read(&other.cert).unwrap().key_hash);
        assert!(service_account_keys().unwrap().1.starts_with("-----BEGIN PUBLIC KEY-----"));
    }
}
