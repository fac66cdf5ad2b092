//! The Secret `kubeadm-certs`: opaque without the certificate key.
//!
//! A stream of SHA-256 blocks and a tag stand in for kubeadm's AES-256-GCM; nobody but this module reads the result.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

fn stream(key: &str, name: &str, length: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(length + 32);
    let mut block = 0_u64;
    while out.len() < length {
        let mut hasher = Sha256::new();
        hasher.update(key.as_bytes());
        hasher.update(name.as_bytes());
        hasher.update(block.to_be_bytes());
        out.extend_from_slice(&hasher.finalize());
        block += 1;
    }
    out.truncate(length);
    out
}

fn tag(key: &str, content: &[u8]) -> Vec<u8> {
    let mut hasher = Sha256::new();
    hasher.update(key.as_bytes());
    hasher.update(content);
    hasher.finalize()[..16].to_vec()
}

/// `content` under `key`, as text.
pub(crate) fn seal(key: &str, name: &str, content: &[u8]) -> String {
    let mut sealed: Vec<u8> =
        content.iter().zip(stream(key, name, content.len())).map(|(a, b)| a ^ b).collect();
    sealed.extend(tag(key, content));
    STANDARD.encode(sealed)
}

/// The content again, if the key is right.
pub(crate) fn open(key: &str, name: &str, sealed: &str) -> Option<Vec<u8>> {
    let bytes = STANDARD.decode(sealed).ok()?;
    let (body, mark) = bytes.split_at_checked(bytes.len().checked_sub(16)?)?;
    let content: Vec<u8> = body.iter().zip(stream(key, name, body.len())).map(|(a, b)| a ^ b).collect();
    (tag(key, &content) == mark).then_some(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_key_opens() {
        let sealed = seal("key", "ca.key", b"private");
        assert!(!sealed.contains("private"));
        assert_eq!(open("key", "ca.key", &sealed), Some(b"private".to_vec()));
        assert_eq!(open("other", "ca.key", &sealed), None);
        assert_eq!(open("key", "ca.key", "x"), None);
    }
}
