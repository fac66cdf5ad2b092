//! Certificates as OpenSSL makes them, decoded and held against what OpenSSL says of them. Says so where there is none.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use kubestep::artifact::{Artifact, Block, Certificate, Change, Pki, certificates, decode};

fn has_openssl() -> bool {
    let there = Command::new("openssl").arg("version").output().is_ok_and(|output| output.status.success());
    if !there {
        let _ = writeln!(std::io::stderr(), "\n*** SKIPPED: openssl is not installed ***");
    }
    there
}

fn openssl(folder: &Path, line: &str) -> String {
    let output =
        Command::new("sh").arg("-c").arg(format!("openssl {line}")).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Two authorities of one name, and what the first one signed: RSA, ECDSA and Ed25519.
fn make(folder: &Path) {
    std::fs::write(
        folder.join("ext"),
        "[ca]\nbasicConstraints=critical,CA:true\nkeyUsage=critical,digitalSignature,keyEncipherment,keyCertSign\n\
         [both]\nkeyUsage=critical,digitalSignature,keyEncipherment\nextendedKeyUsage=serverAuth,clientAuth\n\
         subjectAltName=DNS:bettley,DNS:localhost,IP:10.4.0.11,IP:::1\n",
    )
    .unwrap();
    for ca in ["ca", "other"] {
        openssl(folder, &format!("genrsa -out {ca}.key 2048"));
        openssl(folder, &format!("req -new -key {ca}.key -subj /CN=kubernetes -out {ca}.csr"));
        openssl(
            folder,
            &format!(
                "x509 -req -in {ca}.csr -signkey {ca}.key -days 3650 -sha256 -extfile ext -extensions ca -out {ca}.crt"
            ),
        );
    }
    for (name, key) in [
        ("rsa", "genrsa -out rsa.key 2048"),
        ("ec", "ecparam -name prime256v1 -genkey -noout -out ec.key"),
        ("p384", "ecparam -name secp384r1 -genkey -noout -out p384.key"),
        ("ed", "genpkey -algorithm ed25519 -out ed.key"),
    ] {
        openssl(folder, key);
        openssl(
            folder,
            &format!("req -new -key {name}.key -subj /O=system:masters/CN={name} -out {name}.csr"),
        );
        openssl(
            folder,
            &format!(
                "x509 -req -in {name}.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 365 -sha256 -extfile ext -extensions both -out {name}.crt"
            ),
        );
    }
}

fn read(folder: &Path, name: &str) -> Certificate {
    let text = std::fs::read_to_string(folder.join(format!("{name}.crt"))).unwrap();
    let mut all = certificates(&text);
    assert_eq!(all.len(), 1);
    all.remove(0)
}

#[test]
fn certificates_are_read_as_openssl_reads_them() {
    if !has_openssl() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    make(folder.path());
    for (name, key) in [
        ("ca", "RSA 2048"),
        ("rsa", "RSA 2048"),
        ("ec", "ECDSA P-256"),
        ("p384", "ECDSA P-384"),
        ("ed", "Ed25519"),
    ] {
        let ours = read(folder.path(), name);
        let theirs = |flags: &str| openssl(folder.path(), &format!("x509 -in {name}.crt -noout {flags}"));
        let value = |text: &str| text.split_once('=').unwrap().1.trim().to_owned();
        assert_eq!(ours.fingerprint, value(&theirs("-fingerprint -sha256")).replace(':', "").to_lowercase());
        let subject = value(&theirs("-subject")).replace(" = ", "=");
        assert_eq!(ours.subject, subject);
        assert_eq!(ours.issuer, value(&theirs("-issuer")).replace(" = ", "="));
        let serial = value(&theirs("-serial")).to_lowercase();
        assert_eq!(ours.serial, serial.trim_start_matches('0'));
        for (flag, moment) in [("-startdate", ours.from), ("-enddate", ours.until)] {
            let told =
                jiff::Timestamp::from_second(moment).unwrap().strftime("%b %e %H:%M:%S %Y GMT").to_string();
            assert_eq!(told, value(&theirs(flag)));
        }
        assert_eq!(ours.key, key);
        if name != "ca" {
            assert_eq!(ours.sans, ["bettley", "localhost", "10.4.0.11", "::1"]);
            assert_eq!(ours.groups, ["system:masters"]);
            assert_eq!(ours.usages, ["sign data", "encipher keys", "serve", "log in as a client"]);
        }
        assert_eq!(ours.authority, name == "ca");
    }
}

fn file(path: &str, content: Option<String>) -> Artifact {
    Artifact { content, ..Artifact::new(path, Change::Found) }
}

#[test]
fn who_signed_whom_is_held_against_the_signature_and_not_the_name() {
    if !has_openssl() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    make(folder.path());
    let text = |name: &str| std::fs::read_to_string(folder.path().join(name)).ok();
    let (ca, other, leaf) =
        (read(folder.path(), "ca"), read(folder.path(), "other"), read(folder.path(), "rsa"));
    assert_eq!(ca.subject, other.subject);
    assert!(
        leaf.is_signed_by(&ca) && !leaf.is_signed_by(&other) && ca.is_self_signed() && !leaf.is_self_signed()
    );
    let files = [
        file("/etc/kubernetes/pki/ca.crt", text("ca.crt")),
        file("/etc/kubernetes/pki/ca.key", None),
        file("/etc/kubernetes/pki/apiserver.crt", text("rsa.crt")),
        file("/etc/kubernetes/pki/front-proxy-client.crt", text("ec.crt")),
    ];
    let stranger = [
        file("/etc/kubernetes/pki/ca.crt", text("other.crt")),
        file("/etc/kubernetes/pki/apiserver.crt", text("ed.crt")),
    ];
    let on = |node| move |file| (node, file);
    let pki = Pki::of(files.iter().map(on("bettley")).chain(stranger.iter().map(on("fenn"))));
    assert_eq!(pki.roots.len(), 2, "two authorities of one name are two");
    let signed: Vec<_> =
        pki.roots.iter().map(|root| (root.holders[0].node.as_str(), root.signed.len())).collect();
    assert_eq!(signed, [("bettley", 3), ("fenn", 0)]);
    assert_eq!(pki.roots[0].keys, ["bettley"]);
    let alone = Pki::of(files[2..3].iter().map(on("bettley")));
    let blocks = format!("{:?}", alone.blocks(None));
    assert!(blocks.contains("not among the files"), "{blocks}");
}

#[test]
fn a_certificate_that_no_longer_counts_is_told_so() {
    if !has_openssl() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    make(folder.path());
    let leaf = read(folder.path(), "rsa");
    let file = file(
        "/etc/kubernetes/pki/apiserver.crt",
        std::fs::read_to_string(folder.path().join("rsa.crt")).ok(),
    );
    let told = |now| {
        let blocks = decode(&file, Some(now));
        blocks.into_iter().find_map(|block| match block {
            Block::Warn(text) => Some(text),
            _ => None,
        })
    };
    assert_eq!(told(leaf.from + 10), None);
    assert_eq!(told(leaf.until + 3 * 86_400).as_deref(), Some("It expired 3 days ago."));
    assert_eq!(told(leaf.from - 7_200).as_deref(), Some("It counts only in 2 hours."));
}
