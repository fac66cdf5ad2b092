//! The signature by which a joining node knows `cluster-info` for the cluster's own: a detached JWS, keyed with the
//! bootstrap token.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::secret::Secret;

/// SHA-256 works on blocks of so many bytes.
const BLOCK: usize = 64;

/// Under which key the `ConfigMap` holds the token's signature, and the signature; none if `token` isn't one.
///
/// The controller manager's bootstrap signer writes the same text (RFC 7515, appendix F: the content is left out).
pub fn of_cluster_info(kubeconfig: &str, token: &Secret) -> Option<(String, String)> {
    let (id, secret) = token.expose().split_once('.')?;
    let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"HS256","kid":"{id}"}}"#));
    let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(kubeconfig));
    let code = URL_SAFE_NO_PAD.encode(hmac(secret.as_bytes(), signed.as_bytes()));
    Some((format!("jws-kubeconfig-{id}"), format!("{header}..{code}")))
}

/// HMAC-SHA256 (RFC 2104).
fn hmac(key: &[u8], text: &[u8]) -> [u8; 32] {
    let mut block = [0; BLOCK];
    if key.len() > BLOCK {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let inner = Sha256::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(text).finalize();
    Sha256::new().chain_update(block.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize().into()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// From Kubernetes' own test of its signer, `cluster-bootstrap/token/jws/jws_test.go`.
    #[test]
    fn the_signature_is_the_bootstrap_signers() {
        let content = "Hello from the other side. I must have called a thousand times.";
        let (key, signature) =
            of_cluster_info(content, &Secret::new("joshua.my voice is my passcode")).unwrap();
        assert_eq!(key, "jws-kubeconfig-joshua");
        assert_eq!(
            signature,
            "eyJhbGciOiJIUzI1NiIsImtpZCI6Impvc2h1YSJ9..VShe2taLd-YTrmWuRkcL_8QTNDHYxQIEBsAYYiIj1_8"
        );
        assert_eq!(of_cluster_info(content, &Secret::new("no token")), None);
    }

    /// RFC 4231, cases 2 and 6: a short key, and one that is longer than a block.
    #[test]
    fn keys_of_any_length_are_used_as_the_rfc_says() {
        let start = |code: [u8; 32]| u32::from_be_bytes([code[0], code[1], code[2], code[3]]);
        assert_eq!(start(hmac(b"Jefe", b"what do ya want for nothing?")), 0x5bdc_c146);
        let text = b"Test Using Larger Than Block-Size Key - Hash Key First";
        assert_eq!(start(hmac(&[0xaa; 131], text)), 0x60e4_3159);
    }
}
