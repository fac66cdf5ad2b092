//! No value of an inventory becomes structure of kubeadm's configuration, or gets where a shell or ssh could misread it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::process::Command;

use kubestep::inventory::kubeadm::{self, RunValues};
use kubestep::inventory::model::{Endpoint, Inventory};
use kubestep::inventory::{Surroundings, parse};
use kubestep::secret::Secret;
use kubestep::version::Version;
use proptest::prelude::*;
use serde::Deserialize as _;
use serde_yaml::Value;

/// One variable, `S`, and every file that is asked for, empty.
struct Desk(String);

impl Surroundings for Desk {
    fn variable(&self, name: &str) -> Option<String> {
        (name == "S").then(|| self.0.clone())
    }

    fn read(&self, _: &Path) -> io::Result<String> {
        Ok(String::new())
    }

    fn exists(&self, _: &Path) -> bool {
        true
    }
}

const PLAIN: &str = "apiVersion: kubestep/v1\nkind: Cluster\nmetadata: { name: t }\nspec:\n  kubernetes: { version: v1.29.6, podSubnet: 10.244.0.0/16 }\n  hosts:\n    - { name: a, role: control-plane, privateAddress: 192.0.2.1 }\n";

fn plain() -> Inventory {
    parse(Path::new("i.yaml"), PLAIN.to_owned(), &Desk(String::new())).unwrap().0
}

/// Texts that mean something to YAML, a shell or ssh, and any others.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[-:#&*!|>'\"%@`{}\\[\\], \n\t$();a-z0-9~=]{1,16}",
        prop::sample::select(vec![
            "$(id)",
            "`id`",
            "a; reboot",
            "a\n---\nb: c",
            "---",
            "...",
            "!!python/object:x",
            "&a b",
            "*a",
            "<<",
            "a: b",
            "a #b",
            "\"",
            "'",
            "\\",
            "{a: b}",
            "[a]",
            "yes",
            "on",
            "1_000",
            "0x10",
            "1e3",
            "2001-01-01",
            "12:30:45",
            "~",
            "null",
            "",
            " ",
            "-oProxyCommand=id",
            "\u{85}",
            "\u{2028}",
            "\u{feff}",
            "| x",
            "> x",
            "? x",
            "a\r\nb",
            "\0",
        ])
        .prop_map(str::to_owned),
    ]
}

fn documents(text: &str) -> Vec<Value> {
    serde_yaml::Deserializer::from_str(text).map(|document| Value::deserialize(document).unwrap()).collect()
}

/// The value at a path of keys and positions.
fn at<'v>(value: &'v Value, path: &str) -> &'v Value {
    path.split('.').fold(value, |value, step| match step.parse::<usize>() {
        Ok(index) => &value[index],
        Err(_) => &value[step],
    })
}

fn with(text: &str) -> Inventory {
    let mut inventory = plain();
    let kubernetes = &mut inventory.kubernetes;
    text.clone_into(&mut kubernetes.cri_socket);
    kubernetes.control_plane_endpoint = Some(Endpoint { host: text.to_owned(), port: 6443 });
    for field in [
        &mut kubernetes.pod_subnet,
        &mut kubernetes.service_subnet,
        &mut kubernetes.dns_domain,
        &mut kubernetes.image_repository,
    ] {
        *field = Some(text.to_owned());
    }
    kubernetes.cert_sans = vec![text.to_owned()];
    kubernetes.ignore_preflight_errors = vec![format!("x{text}")];
    let arguments: Value =
        [(Value::from("v"), Value::from(text))].into_iter().collect::<serde_yaml::Mapping>().into();
    let mut extra: Value = serde_yaml::from_str("{kind: ClusterConfiguration, apiServer: {}}").unwrap();
    extra["apiServer"]["extraArgs"] = arguments;
    extra["clusterName"] = Value::from(text);
    kubernetes.extra = vec![extra];
    inventory.hosts[0].taints = Some(vec![format!("k={text}:NoSchedule")]);
    inventory
}

fn rendered(inventory: &Inventory, minor: u16, secret: &str) -> (String, String) {
    let version = Version { suffix: String::new(), ..Version::new(1, minor, 2) };
    let secret = Secret::new(secret);
    let address: IpAddr = "192.0.2.1".parse().unwrap();
    let values = RunValues {
        version: &version,
        kubeadm: &version,
        token: &secret,
        certificate_key: &secret,
        ca_hash: Some("sha256:00"),
        advertise: address,
        first_control_plane: address,
        ignore_preflight: &[],
    };
    let host = &inventory.hosts[0];
    let init = kubeadm::init_config(inventory, host, &values).unwrap();
    let join = kubeadm::join_config(inventory, host, &values).unwrap();
    (init.expose().to_owned(), join.expose().to_owned())
}

proptest! {
    #[test]
    fn values_come_back_from_kubeadms_configuration_as_they_were(text in hostile(), minor in prop::sample::select(vec![20, 29, 33])) {
        let (init, join) = rendered(&with(&text), minor, &text);
        let (init, join) = (documents(&init), documents(&join));
        prop_assert_eq!((init.len(), join.len()), (2, 1));
        let wanted = Value::from(text.as_str());
        for path in ["bootstrapTokens.0.token", "certificateKey", "nodeRegistration.criSocket"] {
            prop_assert_eq!(at(&init[0], path), &wanted, "{}", path);
        }
        let argument = if minor == 33 { "apiServer.extraArgs.0.value" } else { "apiServer.extraArgs.v" };
        for path in ["clusterName", "imageRepository", "networking.podSubnet", "networking.serviceSubnet",
                     "networking.dnsDomain", "apiServer.certSANs.0", argument] {
            prop_assert_eq!(at(&init[1], path), &wanted, "{}", path);
        }
        for path in ["discovery.bootstrapToken.token", "controlPlane.certificateKey", "nodeRegistration.criSocket"] {
            prop_assert_eq!(at(&join[0], path), &wanted, "{}", path);
        }
        let keys = |value: &Value| value.as_mapping().unwrap().len();
        let (still, _) = rendered(&with("plain"), minor, "plain");
        let still = documents(&still);
        prop_assert_eq!((keys(&init[0]), keys(&init[1])), (keys(&still[0]), keys(&still[1])));
    }

    #[test]
    fn a_hostile_value_is_refused_or_stays_one_value(text in hostile()) {
        for (key, sound) in [("name", true), ("address", true), ("user", true), ("label", true), ("rack", false)] {
            let (name, ssh, more) = match key {
                "name" => ("'${S}'", "{ address: 192.0.2.1 }", ""),
                "address" => ("a", "{ address: '${S}' }", ""),
                "user" => ("a", "{ address: 192.0.2.1, user: '${S}' }", ""),
                "label" => ("a", "{ address: 192.0.2.1 }", ", labels: { x: '${S}' }"),
                _ => ("a", "{ address: 192.0.2.1 }", ", rack: '${S}'"),
            };
            let file = format!(
                "apiVersion: kubestep/v1\nkind: Cluster\nmetadata: {{ name: t }}\nspec:\n  hosts:\n    - {{ name: {name}, role: control-plane, ssh: {ssh}{more} }}\n"
            );
            let Ok((inventory, _)) = parse(Path::new("i.yaml"), file, &Desk(text.clone())) else { continue };
            let host = &inventory.hosts[0];
            let got = match key {
                "name" => host.name.as_str(),
                "address" => host.ssh.address.as_str(),
                "user" => host.ssh.user.as_deref().unwrap(),
                "label" => host.labels["x"].as_str(),
                _ => host.rack.as_deref().unwrap(),
            };
            if sound {
                let bad = |c: char| c.is_whitespace() || c.is_control() || "$`;|&<>(){}[]'\"*?#~!".contains(c);
                prop_assert!(!got.starts_with('-') && !got.chars().any(bad), "{key}: {got:?}");
            } else {
                prop_assert_eq!(got, text.as_str());
            }
        }
    }

    #[test]
    fn no_text_makes_the_reader_fall_over(text in any::<String>(), lines in prop::collection::vec("[ a-z:{}\\[\\],'\"-]{0,20}", 0..8)) {
        let _ = parse(Path::new("i.yaml"), text, &Desk(String::new()));
        let _ = parse(Path::new("i.yaml"), format!("{PLAIN}{}", lines.join("\n")), &Desk(String::new()));
    }
}

/// What a real kubeadm 1.20 or later makes of our files: `KUBEADM=/path/to/kubeadm cargo test -- --ignored`.
#[test]
#[ignore = "needs a kubeadm, named by KUBEADM"]
fn a_real_kubeadm_reads_every_field() {
    let kubeadm = std::env::var("KUBEADM").unwrap();
    let version = Command::new(&kubeadm).args(["version", "-o", "short"]).output().unwrap();
    let version: Version = String::from_utf8(version.stdout).unwrap().trim().parse().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let migrate = |text: &str| {
        let file = folder.path().join("kubeadm.yaml");
        std::fs::write(&file, text).unwrap();
        let done =
            Command::new(&kubeadm).args(["config", "migrate", "--old-config"]).arg(&file).output().unwrap();
        let messages = String::from_utf8(done.stderr).unwrap();
        assert!(done.status.success(), "{messages}");
        assert!(!messages.contains("unknown") && !messages.contains("strict"), "{messages}");
        documents(&String::from_utf8(done.stdout).unwrap())
    };
    let key = "0f".repeat(32);
    for argument in [
        "on",
        "yes",
        "1_000",
        "0777",
        "0x1f",
        "1e3",
        "~",
        "12:30:45",
        "2001-01-01",
        "a: b #c",
        "$(id)",
        "a\n---\nb",
        "é",
    ] {
        let mut inventory = plain();
        inventory.kubernetes.extra = with(argument).kubernetes.extra;
        inventory.kubernetes.extra[0]["clusterName"] = Value::from("t");
        let (init, _) = rendered(&inventory, version.minor, "abcdef.0123456789abcdef");
        let read = migrate(
            &init.replace("certificateKey: abcdef.0123456789abcdef", &format!("certificateKey: {key}")),
        );
        let cluster = read.iter().find(|document| document["kind"] == "ClusterConfiguration").unwrap();
        assert_eq!(cluster["apiServer"]["extraArgs"]["v"], argument, "{read:?}");
    }
    let (_, join) = rendered(&plain(), version.minor, "abcdef.0123456789abcdef");
    let read = migrate(&join);
    assert_eq!(read[0]["nodeRegistration"]["name"], "a");
}
