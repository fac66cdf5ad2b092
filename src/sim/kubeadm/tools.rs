//! kubeadm's commands that are no workflow: `version`, `token`, `certs`, `config`.

use super::args::Args;
use super::failure::{Exit, Outcome};
use super::help;
use super::process::Process;
use crate::sim::jitter;
use crate::sim::model::{kubeconfig, paths, pki};
use crate::version::Version;

/// Runs the command and gives its exit status.
pub(crate) async fn run(process: &Process, args: &Args, version: &Version) -> Outcome<i32> {
    let words: Vec<&str> = args.words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] | ["help", ..] => process.say(help::text(&[], version)),
        ["version"] => match args.value("output") {
            Some("short") => process.say(version.to_string()),
            _ => process.say(format!(
                "kubeadm version: &version.Info{{Major:\"{}\", Minor:\"{}\", GitVersion:\"{version}\", GitTreeState:\"clean\", Platform:\"linux/arm64\"}}",
                version.major, version.minor
            )),
        },
        ["config", "images", "list"] => images(process, version),
        ["config", "images", "pull"] => pull(process, version).await?,
        ["token", "delete", token] => token_delete(process, token).await?,
        ["certs", "check-expiration"] => expiration(process),
        ["token", "generate"] => process.say(fresh_token(process)),
        ["token", "create", rest @ ..] => token_create(process, args, rest.first().copied()).await?,
        ["token", "list"] => token_list(process)?,
        ["certs", "certificate-key"] | ["alpha", "certs", "certificate-key"] => {
            let what = format!("certificate key {} {}", process.store.now(), process.pid);
            process.say(jitter::hex(process.world(|world| world.seed), &what, 32));
        }
        [first, ..] => {
            let hint = "Run 'kubeadm --help' for usage.";
            process.err(format!("unknown command \"{first}\" for \"kubeadm\"\n{hint}"));
            return Ok(1);
        }
    }
    Ok(0)
}

fn images(process: &Process, version: &Version) {
    for image in super::images(version, "registry.k8s.io") {
        process.say(image);
    }
}

/// Pulls them, or says which can't be.
async fn pull(process: &Process, version: &Version) -> Outcome {
    for image in super::images(version, "registry.k8s.io") {
        process.work(1_500).await;
        let reachable =
            process.on_node(|node| node.hardware.images_reachable && !node.hosts_block("registry.k8s.io"));
        if !reachable {
            return Err(Exit::bare(format!(
                "failed to pull image \"{image}\": output: failed to resolve reference: dial tcp: i/o timeout"
            )));
        }
        process.say(format!("[config/images] Pulled {image}"));
    }
    process.on_node(|node| node.images = true);
    Ok(())
}

async fn token_delete(process: &Process, token: &str) -> Outcome {
    let (cluster, _) = admin(process)?;
    process.work(120).await;
    let id = token.split('.').next().unwrap_or(token).to_owned();
    let gone = process.world(|world| {
        let found = world.clusters.get_mut(&cluster)?;
        found.objects.secrets.remove(&format!("kube-system/bootstrap-token-{id}"))
    });
    if gone.is_none() {
        return Err(Exit::bare(format!(
            "failed to delete bootstrap token \"{id}\": secrets \"bootstrap-token-{id}\" not found"
        )));
    }
    process.say(format!("bootstrap token \"{id}\" deleted"));
    Ok(())
}

/// As kubeadm.md §7 has it: certificates, those in kubeconfigs among them, then authorities.
fn expiration(process: &Process) {
    let now = process.store.now();
    let until = |card: &pki::Card| {
        let at = jiff::Timestamp::from_millisecond(card.validity_until).unwrap_or_default();
        let days = (card.validity_until - now) / 86_400_000;
        let left = if days > 730 { format!("{}y", days / 365) } else { format!("{days}d") };
        let left = if card.validity_until < now { "<invalid>".to_owned() } else { left };
        format!("{:<24} {left:<15}", at.strftime("%b %d, %Y %H:%M UTC").to_string())
    };
    let conf = |name: &str| {
        process
            .read(&format!("/etc/kubernetes/{name}"))
            .and_then(|text| kubeconfig::parse(&text))
            .and_then(|conf| conf.card)
    };
    let file =
        |name: &str| process.read(&format!("{}/{name}.crt", paths::PKI)).and_then(|text| pki::read(&text));
    process.say(format!(
        "{:<26} {:<24} {:<15} {:<23} EXTERNALLY MANAGED",
        "CERTIFICATE", "EXPIRES", "RESIDUAL TIME", "CERTIFICATE AUTHORITY"
    ));
    for (name, card, authority) in [
        ("admin.conf", conf("admin.conf"), "ca"),
        ("apiserver", file("apiserver"), "ca"),
        ("apiserver-etcd-client", file("apiserver-etcd-client"), "etcd-ca"),
        ("apiserver-kubelet-client", file("apiserver-kubelet-client"), "ca"),
        ("controller-manager.conf", conf("controller-manager.conf"), "ca"),
        ("etcd-healthcheck-client", file("etcd/healthcheck-client"), "etcd-ca"),
        ("etcd-peer", file("etcd/peer"), "etcd-ca"),
        ("etcd-server", file("etcd/server"), "etcd-ca"),
        ("front-proxy-client", file("front-proxy-client"), "front-proxy-ca"),
        ("scheduler.conf", conf("scheduler.conf"), "ca"),
    ] {
        process.say(match card {
            Some(card) => format!("{name:<26} {} {authority:<23} no", until(&card)),
            None => format!("!MISSING! {name}"),
        });
    }
    process.say("");
    process.say(format!(
        "{:<26} {:<24} {:<15} EXTERNALLY MANAGED",
        "CERTIFICATE AUTHORITY", "EXPIRES", "RESIDUAL TIME"
    ));
    for (name, card) in
        [("ca", file("ca")), ("etcd-ca", file("etcd/ca")), ("front-proxy-ca", file("front-proxy-ca"))]
    {
        process.say(match card {
            Some(card) => format!("{name:<26} {} no", until(&card)),
            None => format!("!MISSING! {name}"),
        });
    }
}

fn fresh_token(process: &Process) -> String {
    let seed = process.world(|world| world.seed);
    let what = format!("{} {}", process.store.now(), process.pid);
    format!(
        "{}.{}",
        jitter::hex(seed, &format!("token id {what}"), 3),
        jitter::hex(seed, &format!("token {what}"), 8)
    )
}

fn admin(process: &Process) -> Outcome<(String, kubeconfig::Parsed)> {
    let conf = process.read(paths::ADMIN).and_then(|text| kubeconfig::parse(&text)).ok_or_else(|| {
        Exit::bare(format!(
            "failed to load admin kubeconfig: open {}: no such file or directory",
            paths::ADMIN
        ))
    })?;
    let node = process.node.clone();
    let cluster = process.world(|world| world.api(&node, &conf.server, Some(&conf.ca))).map_err(|words| {
        Exit::bare(format!("Get \"{}/api/v1/namespaces/kube-system/secrets\": {words}", conf.server))
    })?;
    Ok((cluster, conf))
}

async fn token_create(process: &Process, args: &Args, given: Option<&str>) -> Outcome {
    let (cluster, conf) = admin(process)?;
    process.work(150).await;
    let token = given.map_or_else(|| fresh_token(process), str::to_owned);
    let ttl = args.value("ttl").and_then(super::config::go_duration).unwrap_or(86_400_000);
    process.world(|world| {
        let now = world.now;
        if let Some(found) = world.clusters.get_mut(&cluster) {
            found.objects.put_token(
                &token,
                (ttl > 0).then_some(now + ttl),
                args.value("description").unwrap_or_default(),
            );
        }
    });
    if !args.has("print-join-command") {
        process.say(token);
        return Ok(());
    }
    let hash = pki::read(&conf.ca).map(|card| card.key_hash).unwrap_or_default();
    let endpoint = conf.server.trim_start_matches("https://");
    let plane = args
        .value("certificate-key")
        .map(|key| format!(" --control-plane --certificate-key {key}"))
        .unwrap_or_default();
    process
        .say(format!("kubeadm join {endpoint} --token {token} --discovery-token-ca-cert-hash {hash}{plane}"));
    Ok(())
}

fn token_list(process: &Process) -> Outcome {
    let (cluster, _) = admin(process)?;
    let rows = process.world(|world| {
        let now = world.now;
        let secrets =
            world.clusters.get(&cluster).map(|found| found.objects.secrets.clone()).unwrap_or_default();
        secrets
            .into_iter()
            .filter(|(name, _)| name.starts_with("kube-system/bootstrap-token-"))
            .map(|(_, secret)| {
                let field = |key: &str| secret.data.get(key).cloned().unwrap_or_default();
                let left = secret
                    .expires
                    .map_or("<forever>".to_owned(), |at| format!("{}h", (at - now) / 3_600_000));
                format!("{}.{:<20}{left:<8}authentication,signing", field("token-id"), field("token-secret"))
            })
            .collect::<Vec<_>>()
    });
    process.say("TOKEN                     TTL     USAGES");
    for row in rows {
        process.say(row);
    }
    Ok(())
}
