//! Texts without keys and secrets.
//!
//! A text is taken apart as what its name says, and what is secret in it is taken out by its meaning: not only where
//! kubeadm would write it. What can't be taken apart is not shown at all.

use std::sync::LazyLock;

use base64::Engine as _;
use regex::Regex;
use serde::Deserialize as _;
use serde_yaml::Value;

use super::place::{Place, place};
use crate::secret::MASK;
use crate::text;

/// A shorter secret may be a part of any word: it is only taken out by its place.
const SHORTEST_REPLACED: usize = 6;
/// Base64 shorter than this holds no key.
const SHORTEST_KEY: usize = 40;

/// The text of the file at `path` with [`MASK`] in place of every secret, without control characters; none when it is
/// not known where its secrets are.
pub fn sanitize(path: &str, raw: &str) -> Option<String> {
    let raw = text::sanitize(&raw.replace("\r\n", "\n"));
    let clean = match place(path) {
        Place::Certificate | Place::PublicKey => public_blocks(&raw),
        Place::KubeletFlags => plain(&raw),
        Place::Text if path_ends_with_env(path) => plain(&raw),
        Place::Kubeconfig
        | Place::Manifest
        | Place::KubeletConfig
        | Place::Network
        | Place::Text
        | Place::ConfigMap => documents(&raw)?,
        // Made by ourselves, of names and sizes.
        Place::Secret => plain(&raw),
        Place::Key | Place::EtcdData | Place::Other => return None,
    };
    Some(clean)
}

fn path_ends_with_env(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| extension == "env")
}

/// Certificates, requests and public keys; whatever else stands in the file is left out.
fn public_blocks(raw: &str) -> String {
    const PUBLIC: [&str; 5] =
        ["CERTIFICATE", "TRUSTED CERTIFICATE", "CERTIFICATE REQUEST", "PUBLIC KEY", "RSA PUBLIC KEY"];
    let mut out = String::new();
    let mut block: Option<(String, String)> = None;
    for line in raw.lines() {
        let label = |start: &str| Some(line.trim().strip_prefix(start)?.strip_suffix("-----")?.to_owned());
        if let Some(label) = label("-----BEGIN ") {
            block = Some((label, format!("{line}\n")));
        } else if let Some(end) = label("-----END ") {
            if let Some((label, text)) = block.take()
                && label == end
                && PUBLIC.contains(&label.as_str())
            {
                out.push_str(&text);
                out.push_str(line);
                out.push('\n');
            }
        } else if let Some((_, text)) = &mut block {
            text.push_str(line);
            text.push('\n');
        }
    }
    out
}

/// YAML documents; none when they are not YAML, or nothing but a scalar.
fn documents(raw: &str) -> Option<String> {
    let values = parse(raw)?;
    let mut secrets = Vec::new();
    for value in &values {
        collect(value, "", &mut secrets);
    }
    let mut out = raw.to_owned();
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    for secret in secrets.iter().filter(|secret| secret.len() >= SHORTEST_REPLACED) {
        out = out.replace(secret.as_str(), MASK);
    }
    let out = plain(&out);
    // A value may have been written in another way than it reads: over several lines, with escapes.
    let left = parse(&out).is_none_or(|values| {
        let mut left = Vec::new();
        for value in &values {
            collect(value, "", &mut left);
        }
        !left.is_empty() || values.iter().any(|value| secrets.iter().any(|secret| holds(value, secret)))
    });
    if !left {
        return Some(out);
    }
    let mut written = String::new();
    for mut value in values {
        mask(&mut value, "");
        if !written.is_empty() {
            written.push_str("---\n");
        }
        written.push_str(&plain(&serde_yaml::to_string(&value).ok()?));
    }
    Some(written)
}

fn parse(raw: &str) -> Option<Vec<Value>> {
    let mut values = Vec::new();
    for document in serde_yaml::Deserializer::from_str(raw) {
        match Value::deserialize(document).ok()? {
            Value::Null => {}
            value @ (Value::Mapping(_) | Value::Sequence(_)) => values.push(value),
            _ => return None,
        }
    }
    Some(values)
}

fn holds(value: &Value, secret: &str) -> bool {
    match value {
        Value::String(text) => text.contains(secret),
        Value::Sequence(items) => items.iter().any(|item| holds(item, secret)),
        Value::Mapping(map) => map.iter().any(|(_, value)| holds(value, secret)),
        Value::Tagged(tagged) => holds(&tagged.value, secret),
        _ => false,
    }
}

/// All secret values.
fn collect(value: &Value, key: &str, secrets: &mut Vec<String>) {
    match value {
        Value::String(text) if is_secret(key, text) => secrets.push(text.trim().to_owned()),
        Value::Number(number) if is_secret(key, "x") => secrets.push(number.to_string()),
        Value::Sequence(items) if is_mask(items) => {}
        Value::Sequence(items) => items.iter().for_each(|item| collect(item, key, secrets)),
        Value::Mapping(map) => {
            let named = named(map);
            for (name, value) in map {
                collect(value, key_of(name, key, named), secrets);
            }
        }
        Value::Tagged(tagged) => collect(&tagged.value, key, secrets),
        _ => {}
    }
}

fn mask(value: &mut Value, key: &str) {
    match value {
        Value::String(text) if is_secret(key, text) => MASK.clone_into(text),
        Value::Number(_) if is_secret(key, "x") => *value = MASK.into(),
        Value::Sequence(items) if is_mask(items) => {}
        Value::Sequence(items) => items.iter_mut().for_each(|item| mask(item, key)),
        Value::Mapping(map) => {
            let named = named(map).map(str::to_owned);
            for (name, value) in map.iter_mut() {
                mask(value, key_of(name, key, named.as_deref()));
            }
        }
        Value::Tagged(tagged) => mask(&mut tagged.value, key),
        _ => {}
    }
}

/// [`MASK`] in place of a plain value, which YAML reads as a list.
fn is_mask(items: &[Value]) -> bool {
    matches!(items, [Value::String(text)] if format!("[{text}]") == MASK)
}

/// Of a variable of a container, written as `name` and `value`, its name.
fn named(map: &serde_yaml::Mapping) -> Option<&str> {
    map.get("value")?;
    map.get("name")?.as_str()
}

fn key_of<'a>(name: &'a Value, outer: &'a str, named: Option<&'a str>) -> &'a str {
    match (name.as_str(), named) {
        (Some("value"), Some(named)) => named,
        // Not a header's value, but how the kubelet lets in whoever calls it.
        (Some(name @ ("mode" | "webhook")), _) if outer == "authorization" => name,
        // What lies deeper below a secret name is secret as well, whatever it is called.
        (Some(name), _) if is_secret_name(outer) && !is_place(name) => outer,
        (Some(name), _) => name,
        (None, _) => outer,
    }
}

fn is_secret(key: &str, text: &str) -> bool {
    let text = text.trim();
    if text.is_empty() || text == MASK {
        return false;
    }
    (is_secret_name(key) && !text.starts_with('/'))
        || is_key_in_base64(text)
        || text.contains("PRIVATE KEY-----")
}

fn is_secret_name(key: &str) -> bool {
    const SECRET: [&str; 10] = [
        "key-data",
        "keydata",
        "token",
        "password",
        "passwd",
        "secret",
        "private",
        "credential",
        "authorization",
        "certificatekey",
    ];
    let lower = key.to_ascii_lowercase();
    SECRET.iter().any(|word| lower.contains(word)) && !is_place(key)
}

/// Whether a key says where something is, or how it is called, and not what it is.
fn is_place(key: &str) -> bool {
    const ENDS: [&str; 9] = ["name", "names", "file", "path", "dir", "namespace", "ttl", "ref", "timeout"];
    let key = key.to_ascii_lowercase();
    ENDS.iter().any(|end| key.ends_with(end))
}

/// Whether it is base64, in one or more lines, of something that holds a private key in PEM.
fn is_key_in_base64(text: &str) -> bool {
    let packed: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    if packed.len() < SHORTEST_KEY {
        return false;
    }
    let engine = base64::engine::GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        base64::engine::GeneralPurposeConfig::new()
            .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(true),
    );
    engine.decode(packed).is_ok_and(|bytes| bytes.windows(11).any(|window| window == b"PRIVATE KEY"))
}

/// What is secret by its shape, wherever it stands.
static SHAPES: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        // A PEM block, also where it is cut off.
        r"(-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\z))",
        // A bootstrap token.
        r"\b([a-z0-9]{6}\.[a-z0-9]{16})\b",
        // Who logs in to a proxy, and with what.
        r"://([^/\s:@'\x22]*:[^/\s@'\x22]+)@",
        // An argument of that name.
        r#"(?i)--[a-z-]*(?:token|password|secret|credential)[a-z-]*[= ]["']?([^\s"',/][^\s"',]*)"#,
        // A variable of that name.
        r#"(?im)^\s*(?:export\s+)?[A-Z0-9_]*(?:TOKEN|PASSWORD|PASSWD|SECRET|CREDENTIAL)[A-Z0-9_]*=["']?([^\s"',/][^\s"']*)"#,
    ]
    .iter()
    .filter_map(|shape| Regex::new(shape).ok())
    .collect()
});

static WORDS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new("[A-Za-z0-9+/]{40,}={0,2}").ok());

/// A text with what is secret by its shape masked.
fn plain(raw: &str) -> String {
    let mut out = raw.to_owned();
    for shape in SHAPES.iter() {
        let masked = shape.replace_all(&out, |found: &regex::Captures<'_>| {
            let (Some(whole), Some(inner)) = (found.get(0), found.get(1)) else { return MASK.to_owned() };
            if matches!(inner.as_str(), "true" | "false") || inner.as_str() == MASK {
                return whole.as_str().to_owned();
            }
            let text = whole.as_str();
            let (from, to) = (inner.start() - whole.start(), inner.end() - whole.start());
            format!("{}{MASK}{}", &text[..from], &text[to..])
        });
        out = masked.into_owned();
    }
    if let Some(words) = WORDS.as_ref() {
        let masked = words.replace_all(&out, |found: &regex::Captures<'_>| {
            let word = found.get(0).map_or("", |word| word.as_str());
            if is_key_in_base64(word) { MASK.to_owned() } else { word.to_owned() }
        });
        out = masked.into_owned();
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const KEY: &str = "-----BEGIN RSA PRIVATE KEY-----\nTHISISTHEKEYITSELF\n-----END RSA PRIVATE KEY-----\n";

    fn base64(text: &str) -> String {
        base64::engine::general_purpose::STANDARD.encode(text)
    }

    fn shown(path: &str, text: &str) -> String {
        sanitize(path, text).unwrap_or_default()
    }

    #[test]
    fn a_kubeconfig_keeps_everything_but_its_key() {
        let (key, cert) =
            (base64(KEY), base64("-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n"));
        let text = format!(
            "apiVersion: v1\nclusters:\n- cluster:\n    certificate-authority-data: {cert}\n    server: https://10.4.0.10:6443\nusers:\n- name: kubernetes-admin\n  user:\n    client-certificate-data: {cert}\n    client-key-data: {key}\n"
        );
        assert_eq!(shown("/etc/kubernetes/admin.conf", &text), text.replace(&key, MASK));
    }

    #[test]
    fn keys_in_odd_places_are_found() {
        let key = base64(KEY);
        let middle = key.len() / 2;
        let (half, rest) = key.split_at(middle);
        let escaped: String = key.chars().fold(String::new(), |text, c| format!("{text}\\x{:02x}", c as u32));
        for (what, text) in [
            ("flow", format!("{{users: [{{name: a, user: {{client-key-data: {key}}}}}]}}\n")),
            ("json", format!("{{\"users\":[{{\"user\":{{\"client-key-data\":\"{key}\"}}}}]}}\n")),
            ("folded", format!("users:\n- user:\n    client-key-data: >-\n      {half}\n      {rest}\n")),
            ("literal", format!("users:\n- user:\n    client-key-data: |\n      {half}\n      {rest}\n")),
            ("escaped", format!("users:\n- user:\n    client-key-data: \"{escaped}\"\n")),
            (
                "quoted over lines",
                format!("users:\n- user:\n    client-key-data: \"{half}\\\n      {rest}\"\n"),
            ),
            ("under another name", format!("extensions:\n- name: x\n  extension:\n    blob: {key}\n")),
            ("as the name", format!("users:\n- {{? client-key-data : {key}}}\n")),
            ("an anchor", format!("x: &k {key}\nusers:\n- user:\n    client-key-data: *k\n")),
            ("a second document", format!("a: 1\n---\nusers:\n- user: {{client-key-data: {key}}}\n")),
            ("plain PEM", format!("note: |\n  {}", KEY.replace('\n', "\n  "))),
            ("a comment", format!("# {key}\na: 1\n")),
            ("not a base64 key", "users:\n- user:\n    client-key-data: THISISTHEKEYITSELF\n".to_owned()),
            ("a tag", format!("users:\n- user:\n    client-key-data: !!binary {key}\n")),
            ("a list under the name", "client-key-data: [THISISTHEKEYITSELF]\n".to_owned()),
            ("a short one", "user: {password: abc, username: a}\nnote: THISISNOKEY\n".to_owned()),
            ("a map under the name", "token: {a: {b: THISISTHEKEYITSELF}}\n".to_owned()),
        ] {
            let shown = shown("/etc/kubernetes/x.conf", &text);
            for leak in [key.as_str(), half, rest, &escaped, "THISISTHEKEYITSELF", "abc"] {
                assert!(!shown.contains(leak), "{what}: {shown}");
            }
        }
    }

    #[test]
    fn tokens_and_passwords_are_found() {
        for (path, text) in [
            (
                "/etc/kubernetes/bootstrap-kubelet.conf",
                "users:\n- user:\n    token: abcdef.0123456789abcdef\n",
            ),
            ("/etc/kubernetes/x.conf", "users:\n- user:\n    password: 0123456789abcdef\n    username: a\n"),
            ("/etc/kubernetes/x.conf", "users:\n- user:\n    token: 0123456789\n"),
            ("/etc/kubernetes/x.yaml", "headers:\n  authorization: Bearer 0123456789abcdef\n"),
            ("/etc/kubernetes/x.yaml", "authorization:\n  credentials: 0123456789abcdef\n"),
            (
                "/etc/kubernetes/manifests/x.yaml",
                "spec:\n  containers:\n  - env:\n    - name: API_TOKEN\n      value: 0123456789abcdef\n",
            ),
            (
                "/etc/kubernetes/manifests/x.yaml",
                "spec:\n  containers:\n  - env:\n    - name: HTTPS_PROXY\n      value: http://me:0123456789abcdef@proxy:3128\n",
            ),
            (
                "/etc/kubernetes/manifests/x.yaml",
                "spec:\n  containers:\n  - command:\n    - x\n    - --auth-token=0123456789abcdef\n",
            ),
            (
                "/etc/kubernetes/enc.yaml",
                "kind: EncryptionConfiguration\nresources:\n- providers:\n  - aescbc:\n      keys:\n      - name: k\n        secret: 0123456789abcdef\n",
            ),
            (
                "/var/lib/kubelet/kubeadm-flags.env",
                "KUBELET_KUBEADM_ARGS=\"--bootstrap-token=0123456789abcdef\"\n",
            ),
            ("/var/lib/kubelet/x.env", "MY_PASSWORD=0123456789abcdef\nTOKEN='0123456789abcdef'\n"),
        ] {
            let shown = shown(path, text);
            assert!(!shown.contains("0123456789"), "{path}: {shown}");
            assert!(shown.contains(MASK), "{path}: {shown}");
        }
    }

    #[test]
    fn what_is_no_secret_stays() {
        for (path, text) in [
            (
                "/etc/kubernetes/manifests/kube-apiserver.yaml",
                "spec:\n  containers:\n  - command:\n    - kube-apiserver\n    - --enable-bootstrap-token-auth=true\n    - --service-account-key-file=/etc/kubernetes/pki/sa.pub\n    - --tls-private-key-file=/etc/kubernetes/pki/apiserver.key\n  volumes:\n  - secret:\n      secretName: x\n",
            ),
            (
                "/var/lib/kubelet/config.yaml",
                "kind: KubeletConfiguration\nauthorization:\n  mode: Webhook\n  webhook:\n    cacheAuthorizedTTL: 0s\n    cacheUnauthorizedTTL: 0s\nrotateCertificates: true\ntlsPrivateKeyFile: /x.key\nstreamingConnectionIdleTimeout: 0s\n",
            ),
            (
                "/var/lib/kubelet/kubeadm-flags.env",
                "KUBELET_KUBEADM_ARGS=\"--container-runtime-endpoint=unix:///run/containerd/containerd.sock\"\n",
            ),
        ] {
            assert_eq!(shown(path, text), text);
        }
    }

    #[test]
    fn of_a_certificate_file_only_certificates_are_shown() {
        let cert = "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n";
        for text in [
            format!("{cert}{KEY}"),
            format!("{KEY}{cert}"),
            format!("Bag Attributes\n  THISISTHEKEYITSELF\n{cert}"),
            format!("{cert}-----BEGIN EC PRIVATE KEY-----\nTHISISTHEKEYITSELF\n"),
        ] {
            assert_eq!(shown("/var/lib/kubelet/pki/kubelet-client-current.pem", &text), cert, "{text}");
        }
        let split = "-----BEGIN CERTIFICATE-----\nabc\n-----BEGIN RSA PRIVATE KEY-----\nTHISISTHEKEYITSELF\n-----END RSA PRIVATE KEY-----\n";
        assert_eq!(shown("/x/a.crt", split), "");
    }

    #[test]
    fn what_is_not_what_it_says_is_not_shown() {
        for text in ["THISISTHEKEYITSELF", "a: [", "- a\nb: c\n"] {
            assert_eq!(sanitize("/etc/kubernetes/admin.conf", text), None, "{text:?}");
        }
        assert_eq!(sanitize("/etc/kubernetes/pki/ca.key", KEY), None);
        assert_eq!(shown("/etc/kubernetes/a.conf", "a: \u{1b}[31mred\r\n"), "a: red\n");
    }
}
