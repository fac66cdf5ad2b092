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
        _ => call.lacks(format!("`{}`", words.join(" "))),
    }
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
    let mut out = String::new();
    for word in words {
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
                let groups: Vec<String> = card.organizations.iter().map(|o| format!("O = {o}, ")).collect();
                out += &format!("subject={}CN = {}\n", groups.concat(), card.common_name);
            }
            "-issuer" => out += &format!("issuer=CN = {}\n", card.issuer),
            "-pubkey" => out += &pki::public_key(&text).unwrap_or_default(),
            "-ext" => {
                let names = card.names.iter().map(|name| {
                    let kind = if name.parse::<std::net::IpAddr>().is_ok() { "IP Address" } else { "DNS" };
                    format!("{kind}:{name}")
                });
                out += &format!(
                    "X509v3 Subject Alternative Name: \n    {}\n",
                    names.collect::<Vec<_>>().join(", ")
                );
            }
            _ => {}
        }
    }
    call.say(out);
    0
}
