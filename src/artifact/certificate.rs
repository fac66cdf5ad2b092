//! Certificates, taken apart.

use std::net::IpAddr;

use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use x509_parser::certificate::X509Certificate;
use x509_parser::pem::Pem;
use x509_parser::prelude::{FromDer as _, GeneralName, ParsedExtension};
use x509_parser::public_key::PublicKey;
use x509_parser::x509::{RelativeDistinguishedName, X509Name};

use super::cards::Block;
use crate::text;

/// What a certificate says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Certificate {
    /// Who it is for, as `openssl -nameopt compat` writes it: `O=system:masters, CN=kubernetes-admin`.
    pub subject: String,
    /// The common name: to Kubernetes, the user.
    pub name: String,
    /// The organisations: to Kubernetes, the groups.
    pub groups: Vec<String>,
    /// Who signed it.
    pub issuer: String,
    /// Names and addresses that a server may be reached by with it.
    pub sans: Vec<String>,
    /// What its key may be used for.
    pub usages: Vec<String>,
    /// It may sign others.
    pub authority: bool,
    /// Seconds since 1970.
    pub from: i64,
    /// Seconds since 1970.
    pub until: i64,
    /// `RSA 2048`, `ECDSA P-256`.
    pub key: String,
    /// In hex.
    pub serial: String,
    /// SHA-256 of all of it, in hex.
    pub fingerprint: String,
    /// `sha256:` and the SHA-256 of its public key in hex: what a joining node pins.
    pub key_hash: String,
    #[serde(skip)]
    der: Vec<u8>,
}

/// Every certificate of a PEM text, in its order; what can't be read is passed over.
pub fn certificates(text: &str) -> Vec<Certificate> {
    Pem::iter_from_buffer(text.as_bytes())
        .filter_map(Result::ok)
        .filter(|pem| pem.label.contains("CERTIFICATE") && !pem.label.contains("REQUEST"))
        .filter_map(|pem| read(&pem.contents))
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

fn read(der: &[u8]) -> Option<Certificate> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let subject = certificate.subject();
    let mut sans = Vec::new();
    let mut usages = Vec::new();
    for extension in certificate.extensions() {
        match extension.parsed_extension() {
            ParsedExtension::SubjectAlternativeName(names) => {
                sans.extend(names.general_names.iter().filter_map(alternative));
            }
            ParsedExtension::KeyUsage(usage) => {
                for (is, word) in [
                    (usage.digital_signature(), "sign data"),
                    (usage.key_encipherment(), "encipher keys"),
                    (usage.key_cert_sign(), "sign certificates"),
                    (usage.crl_sign(), "sign lists of revoked certificates"),
                ] {
                    if is {
                        usages.push(word.to_owned());
                    }
                }
            }
            ParsedExtension::ExtendedKeyUsage(usage) => {
                for (is, word) in [(usage.server_auth, "serve"), (usage.client_auth, "log in as a client")] {
                    if is {
                        usages.push(word.to_owned());
                    }
                }
            }
            _ => {}
        }
    }
    let name = subject.iter_common_name().next().and_then(|name| name.as_str().ok()).unwrap_or_default();
    let groups = subject.iter_organization().filter_map(|group| group.as_str().ok().map(text::sanitize));
    Some(Certificate {
        subject: named(subject),
        name: text::sanitize(name),
        groups: groups.collect(),
        issuer: named(certificate.issuer()),
        sans,
        usages,
        authority: certificate.is_ca(),
        from: certificate.validity().not_before.timestamp(),
        until: certificate.validity().not_after.timestamp(),
        key: key(&certificate),
        serial: certificate.serial.to_str_radix(16),
        fingerprint: hex(&Sha256::digest(der)),
        key_hash: format!("sha256:{}", hex(&Sha256::digest(certificate.public_key().raw))),
        der: der.to_vec(),
    })
}

/// Its parts in the order in which they are written.
fn named(name: &X509Name<'_>) -> String {
    let parts = name.iter_rdn().flat_map(RelativeDistinguishedName::iter).map(|part| {
        let oid = part.attr_type().to_id_string();
        let short = match oid.as_str() {
            "2.5.4.3" => "CN",
            "2.5.4.10" => "O",
            "2.5.4.11" => "OU",
            "2.5.4.6" => "C",
            "2.5.4.7" => "L",
            "2.5.4.8" => "ST",
            other => other,
        };
        format!("{short}={}", text::sanitize(part.as_str().unwrap_or_default()))
    });
    parts.collect::<Vec<_>>().join(", ")
}

fn alternative(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some(text::sanitize(name)),
        GeneralName::IPAddress(bytes) => {
            let four = <[u8; 4]>::try_from(*bytes).map(|bytes| IpAddr::from(bytes).to_string());
            four.or_else(|_| <[u8; 16]>::try_from(*bytes).map(|bytes| IpAddr::from(bytes).to_string())).ok()
        }
        GeneralName::URI(uri) => Some(text::sanitize(uri)),
        _ => None,
    }
}

fn key(certificate: &X509Certificate<'_>) -> String {
    match certificate.public_key().parsed() {
        Ok(PublicKey::RSA(key)) => format!("RSA {}", key.key_size()),
        Ok(PublicKey::EC(point)) => match point.key_size() {
            bits @ (256 | 384 | 521) => format!("ECDSA P-{bits}"),
            bits => format!("ECDSA {bits}"),
        },
        Ok(_) | Err(_) if certificate.public_key().algorithm.algorithm.to_id_string() == "1.3.101.112" => {
            "Ed25519".to_owned()
        }
        _ => "of a kind not known here".to_owned(),
    }
}

impl Certificate {
    /// Whether it signed itself.
    pub fn is_self_signed(&self) -> bool {
        self.subject == self.issuer && self.is_signed_by(self)
    }

    /// Whether `other` signed it: the name fits, and so does the signature.
    pub fn is_signed_by(&self, other: &Self) -> bool {
        if self.issuer != other.subject || !other.authority {
            return false;
        }
        let (Ok((_, own)), Ok((_, theirs))) =
            (X509Certificate::from_der(&self.der), X509Certificate::from_der(&other.der))
        else {
            return false;
        };
        own.verify_signature(Some(theirs.public_key())).is_ok()
    }

    /// Whether it counts at that time, and how long it will: `364 days left`, `expired 3 days ago`.
    pub fn standing(&self, now: i64) -> String {
        let days = |seconds: i64| match seconds / 86_400 {
            0 => format!("{} hours", seconds / 3_600),
            1 => "1 day".to_owned(),
            days => format!("{days} days"),
        };
        if now > self.until {
            format!("expired {} ago", days(now - self.until))
        } else if now < self.from {
            format!("counts only in {}", days(self.from - now))
        } else {
            format!("{} left", days(self.until - now))
        }
    }

    /// All of it, as it stands at `now`, in seconds since 1970.
    pub fn blocks(&self, now: Option<i64>) -> Vec<Block> {
        let mut blocks = vec![
            Block::field("subject", self.subject.clone()),
            Block::field(
                "issuer",
                if self.is_self_signed() { format!("{}: itself", self.issuer) } else { self.issuer.clone() },
            ),
        ];
        if !self.sans.is_empty() {
            blocks.push(Block::field("names", self.sans.join(", ")));
        }
        let mut usages = self.usages.join(", ");
        if self.authority {
            usages = format!("an authority: {usages}");
        }
        blocks.push(Block::field("may", usages));
        blocks.push(Block::Field("valid", vec![format!("{} to {}", day(self.from), day(self.until))]));
        if let Some(now) = now {
            let standing = self.standing(now);
            if now > self.until || now < self.from {
                blocks.push(Block::Warn(format!("It {standing}.")));
            } else {
                blocks.push(Block::field("", standing));
            }
        }
        blocks.push(Block::field("key", self.key.clone()));
        blocks.push(Block::field("serial", self.serial.clone()));
        blocks.push(Block::field("sha256", self.fingerprint.clone()));
        if self.authority {
            blocks.push(Block::field("pin", self.key_hash.clone()));
        }
        blocks
    }
}

/// A moment to the second, in UTC.
pub(super) fn day(seconds: i64) -> String {
    Timestamp::from_second(seconds)
        .map_or_else(|_| "?".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}
