//! The run's secrets and what is computed from the cluster's public key.

use rand::Rng as _;
use sha2::{Digest as _, Sha256};

use crate::secret::{Redactor, Secret};

/// What joining nodes need. Made here, so that nothing has to be read out of kubeadm's output.
#[derive(Debug, Clone)]
pub struct Material {
    /// `[a-z0-9]{6}.[a-z0-9]{16}`, kubeadm.md §7.
    pub token: Secret,
    /// 32 random bytes in hex: the AES key of the uploaded certificates, kubeadm.md §7.
    pub certificate_key: Secret,
}

impl Material {
    /// Fresh secrets from a cryptographic generator seeded by the system, known to the redactor at once.
    pub fn make(redactor: &Redactor) -> Self {
        const ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
        let mut rng = rand::rng();
        let mut word = |length: usize| -> String {
            (0..length).map(|_| char::from(ALPHABET[rng.random_range(0..ALPHABET.len())])).collect()
        };
        let token = Secret::new(format!("{}.{}", word(6), word(16)));
        let certificate_key = Secret::new(hex(&rand::rng().random::<[u8; 32]>()));
        let made = Self { token, certificate_key };
        made.teach(redactor);
        made
    }

    /// The secrets of an earlier console, from kubeadm's configuration file on a node.
    pub fn read_back(config: &str, redactor: &Redactor) -> Option<Self> {
        let field = |name: &str| {
            config.lines().find_map(|line| {
                let value = line.trim().trim_start_matches("- ").strip_prefix(name)?.strip_prefix(':')?;
                Some(value.trim().trim_matches(['"', '\'']).to_owned())
            })
        };
        let token = field("token").filter(|token| is_token(token))?;
        let key = field("certificateKey")
            .filter(|key| key.len() == 64 && key.bytes().all(|b| b.is_ascii_hexdigit()))?;
        let found = Self { token: Secret::new(token), certificate_key: Secret::new(key) };
        found.teach(redactor);
        Some(found)
    }

    fn teach(&self, redactor: &Redactor) {
        redactor.learn(&self.token);
        redactor.learn(&self.certificate_key);
        if let Some((_, secret)) = self.token.expose().split_once('.') {
            redactor.learn(&Secret::new(secret));
        }
    }
}

/// Whether the text has a bootstrap token's shape.
pub(super) fn is_token(text: &str) -> bool {
    let word = |part: &str, length| {
        part.len() == length && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    text.split_once('.').is_some_and(|(id, secret)| word(id, 6) && word(secret, 16))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// Why a certificate can't be pinned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the cluster's ca.crt can't be read as a certificate ({0}): look at /etc/kubernetes/pki/ca.crt on the first control plane"
)]
pub struct BadCertificate(String);

/// `sha256:` and the hex SHA-256 of the certificate's public key (its `SubjectPublicKeyInfo` in DER): what kubeadm
/// pins in discovery, kubeadm.md §7.
pub fn ca_hash(pem: &str) -> Result<String, BadCertificate> {
    let bad = |e: &dyn std::fmt::Display| BadCertificate(e.to_string());
    let (_, pem) = x509_parser::pem::parse_x509_pem(pem.as_bytes()).map_err(|e| bad(&e))?;
    let certificate = pem.parse_x509().map_err(|e| bad(&e))?;
    let spki = certificate.tbs_certificate.subject_pki.raw;
    Ok(format!("sha256:{}", hex(&Sha256::digest(spki))))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn secrets_have_kubeadms_shape_and_are_hidden() {
        let redactor = Redactor::default();
        let a = Material::make(&redactor);
        let b = Material::make(&redactor);
        assert!(is_token(a.token.expose()));
        assert_eq!(a.certificate_key.expose().len(), 64);
        assert_ne!(a.token, b.token);
        assert_ne!(a.certificate_key, b.certificate_key);
        let shown = redactor.redact(&format!("x{}y{}", a.token.expose(), a.certificate_key.expose()));
        assert_eq!(shown, "x[secret]y[secret]");
    }

    #[test]
    fn secrets_come_back_from_a_config_file() {
        let redactor = Redactor::default();
        let key = "ab".repeat(32);
        let config = format!(
            "kind: InitConfiguration\nbootstrapTokens:\n- token: abcdef.0123456789abcdef\n  ttl: 2h\ncertificateKey: {key}\n"
        );
        let found = Material::read_back(&config, &redactor).unwrap();
        assert_eq!(found.token.expose(), "abcdef.0123456789abcdef");
        assert_eq!(found.certificate_key.expose(), key);
        assert!(Material::read_back("token: nonsense\n", &redactor).is_none());
    }

    #[test]
    fn the_hash_is_openssls() {
        // openssl req -x509 -newkey ed25519 …; openssl x509 -pubkey -noout | openssl pkey -pubin -outform der | sha256sum
        let pem = include_str!("testdata/ca.crt");
        assert_eq!(ca_hash(pem).unwrap(), format!("sha256:{}", include_str!("testdata/ca.sha256").trim()));
        assert!(ca_hash("nonsense").is_err());
    }
}
