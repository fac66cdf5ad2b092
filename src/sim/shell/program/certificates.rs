//! openssl: what is in a certificate, and its public key's hash.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::call::Call;
use super::{Program, now};
use crate::sim::model::pki;

pub(super) const PROGRAMS: &[Program] =
    &[now("openssl", "x509 -noout -dates|-subject|-ext|-pubkey -in FILE, pkey -pubin", 20, openssl)];

fn openssl(call: &mut Call<'_>) -> i32 {
    let words: Vec<&str> = call.args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["x509", rest @ ..] => x509(call, rest),
        ["pkey" | "rsa", rest @ ..] if rest.contains(&"-pubin") => {
            let input = String::from_utf8_lossy(call.input.unwrap_or_default()).into_owned();
            let body: String = input.lines().filter(|line| !line.starts_with("-----")).collect();
            match STANDARD.decode(body) {
                Ok(key) if rest.contains(&"der") && !key.is_empty() => call.printer.out.put(&key),
                Ok(key) if !key.is_empty() => call.say(input),
                _ => return call.fail(1, "Could not read key from <stdin>"),
            }
            0
        }
        ["verify", "-CAfile", ca, files @ ..] if !files.is_empty() => verify(call, ca, files),
        ["dgst", rest @ ..] if rest.contains(&"-sha256") => {
            use sha2::{Digest, Sha256};
            call.say(format!("SHA2-256(stdin)= {:x}\n", Sha256::digest(call.input.unwrap_or_default())));
            0
        }
        ["version", ..] => {
            call.say("OpenSSL 3.0.15 3 Sep 2024 (Library: OpenSSL 3.0.15 3 Sep 2024)\n");
            0
        }
        _ => call.lacks(format!("`{}`", words.join(" "))),
    }
}

/// Whether certificates are of this authority.
fn verify(call: &Call<'_>, ca: &str, files: &[&str]) -> i32 {
    let mut rc = 0;
    let text = |file: &str| call.read(file).map(|content| String::from_utf8_lossy(&content).into_owned());
    let Ok(authority) = text(ca) else {
        return call.fail(1, format!("Could not open file {ca}: No such file or directory"));
    };
    for file in files {
        match text(file) {
            Ok(cert) if pki::is_signed_by(&cert, &authority) || cert == authority => {
                call.say(format!("{file}: OK\n"));
            }
            Ok(_) => {
                call.printer.complain("error 20 at 0 depth lookup: unable to get local issuer certificate\n");
                rc = call.fail(2, format!("{file}: verification failed"));
            }
            Err(why) => rc = call.fail(2, format!("Could not open file {file}: {why}")),
        }
    }
    rc
}

/// All that a certificate says, as openssl lays it out.
fn whole(card: &pki::Card, subject: &str, from: &str, until: &str, names: &str) -> String {
    let mut out = format!(
        "Certificate:\n    Data:\n        Version: 3 (0x2)\n        Signature Algorithm: ecdsa-with-SHA256\n        Issuer: CN = {}\n        Validity\n            Not Before: {from}\n            Not After : {until}\n        Subject: {subject}\n        Subject Public Key Info:\n            Public Key Algorithm: id-ecPublicKey\n                Public-Key: (256 bit)\n",
        card.issuer
    );
    if !card.names.is_empty() {
        out += &format!(
            "        X509v3 extensions:\n            X509v3 Subject Alternative Name: \n                {names}\n"
        );
    }
    out
}

fn x509(call: &Call<'_>, words: &[&str]) -> i32 {
    let file = words.windows(2).find(|pair| pair[0] == "-in").map(|pair| pair[1]);
    let content = match file {
        Some(file) => match call.read(file) {
            Ok(content) => content,
            Err(why) => {
                return call.fail(
                    1,
                    format!("Could not open file or uri for loading certificate from {file}: {why}"),
                );
            }
        },
        None => call.input.unwrap_or_default().to_vec(),
    };
    let text = String::from_utf8_lossy(&content);
    let Some(card) = pki::read(&text) else { return call.fail(1, "Could not read certificate") };
    let date = |ms: i64| {
        jiff::Timestamp::from_millisecond(ms)
            .unwrap_or_default()
            .strftime("%b %e %H:%M:%S %Y GMT")
            .to_string()
    };
    let groups: Vec<String> = card.organizations.iter().map(|o| format!("O = {o}, ")).collect();
    let subject = format!("{}CN = {}", groups.concat(), card.common_name);
    let names = card.names.iter().map(|name| {
        let kind = if name.parse::<std::net::IpAddr>().is_ok() { "IP Address" } else { "DNS" };
        format!("{kind}:{name}")
    });
    let names = names.collect::<Vec<_>>().join(", ");
    let mut out = String::new();
    let mut rc = 0;
    for (at, word) in words.iter().enumerate() {
        match *word {
            "-dates" => {
                out += &format!(
                    "notBefore={}\nnotAfter={}\n",
                    date(card.validity_from),
                    date(card.validity_until)
                );
            }
            "-startdate" => out += &format!("notBefore={}\n", date(card.validity_from)),
            "-enddate" => out += &format!("notAfter={}\n", date(card.validity_until)),
            "-subject" => {
                out += &format!("subject={subject}\n");
            }
            "-issuer" => out += &format!("issuer=CN = {}\n", card.issuer),
            "-pubkey" => out += &pki::public_key(&text).unwrap_or_default(),
            "-ext" => out += &format!("X509v3 Subject Alternative Name: \n    {names}\n"),
            "-text" => {
                out += &whole(&card, &subject, &date(card.validity_from), &date(card.validity_until), &names);
            }
            "-checkend" => {
                let seconds = words.get(at + 1).and_then(|seconds| seconds.parse::<i64>().ok()).unwrap_or(0);
                let expires = card.validity_until < call.world.now + seconds * 1_000;
                out += if expires { "Certificate will expire\n" } else { "Certificate will not expire\n" };
                rc = i32::from(expires);
            }
            _ => {}
        }
    }
    call.say(out);
    rc
}
