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
    for image in ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"] {
        process.say(format!("registry.k8s.io/{image}:{version}"));
    }
    process.say("registry.k8s.io/pause:3.9");
}

/// As kubeadm.md §7 has it: certificates, then authorities.
fn expiration(process: &Process) {
    let row = |name: &str, path: &str, authority: &str| {
        let card = process.read(path).and_then(|text| pki::read(&text));
        let now = process.store.now();
        process.say(match card {
            Some(card) => {
                let until = jiff::Timestamp::from_millisecond(card.validity_until).unwrap_or_default();
                let days = (card.validity_until - now) / 86_400_000;
                format!("{name:<27}{}   {days}d   {authority}", until.strftime("%b %d, %Y %H:%M UTC"))
            }
            None => format!("!MISSING! {name}"),
        });
    };
    process.say(format!("{:<27}{:<24}RESIDUAL TIME   CERTIFICATE AUTHORITY", "CERTIFICATE", "EXPIRES"));
    for (name, authority) in [
        ("apiserver", "ca"),
        ("apiserver-etcd-client", "etcd-ca"),
        ("apiserver-kubelet-client", "ca"),
        ("front-proxy-client", "front-proxy-ca"),
    ] {
        row(name, &format!("{}/{name}.crt", paths::PKI), authority);
    }
    process.say("");
    process.say(format!("{:<27}{:<24}RESIDUAL TIME", "CERTIFICATE AUTHORITY", "EXPIRES"));
    for name in ["ca", "etcd/ca", "front-proxy-ca"] {
        row(&name.replace('/', "-"), &format!("{}/{name}.crt", paths::PKI), "");
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
