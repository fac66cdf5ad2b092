//! What a look saw, in words.

use crate::survey::awaited::Awaited;

use super::parse::{Container, Seen};

/// The longest piece of a log that is quoted, in characters.
const LONGEST: usize = 200;

/// Of these, from its beginning.
const HEAD: usize = 60;

/// One sentence without a full stop.
pub(super) fn sentence(seen: &Seen) -> String {
    match seen.what {
        None => "no answer from the node yet".to_owned(),
        Some(Awaited::Kubelet) if seen.ready => "the kubelet answers".to_owned(),
        Some(Awaited::ApiServer) if seen.ready => format!("the API server answers at {}", seen.target),
        Some(Awaited::Endpoint) if seen.ready => format!("the endpoint {} answers", seen.target),
        Some(Awaited::Kubelet) => kubelet(seen),
        Some(Awaited::ApiServer) => api_server(seen),
        Some(Awaited::Endpoint) => endpoint(seen),
    }
}

fn kubelet(seen: &Seen) -> String {
    let kubelet = &seen.kubelet;
    let log = &kubelet.log;
    match (kubelet.state.as_str(), kubelet.config) {
        (state, Some(false)) if state != "masked" => {
            "the kubelet, which waits for its configuration: /var/lib/kubelet/config.yaml is not there"
                .to_owned()
        }
        ("active", _) => {
            let why = match kubelet.healthz.as_str() {
                "refused" => "it runs, but nothing answers on its health port yet".to_owned(),
                "timeout" => "it runs, but its health port takes too long to answer".to_owned(),
                other => format!("it runs, but its health port says `{other}`"),
            };
            quoting(&format!("the kubelet: {why}"), log)
        }
        ("activating", _) if kubelet.restarts > 0 => {
            quoting(&format!("the kubelet, which keeps ending ({})", times(kubelet.restarts, "restart")), log)
        }
        ("activating", _) => quoting("the kubelet, which is being started", log),
        ("failed", _) => quoting("the kubelet, which failed", log),
        ("masked", _) => "the kubelet, whose service is masked: nothing can start it".to_owned(),
        ("inactive" | "deactivating", _) => quoting("the kubelet, which is not running", log),
        _ => quoting("the kubelet, whose state the node does not tell", log),
    }
}

fn api_server(seen: &Seen) -> String {
    let what = format!("the API server at {}", seen.target);
    if !seen.manifests.is_empty() && !seen.manifests.iter().any(|name| name == "kube-apiserver") {
        return format!("{what}: there is no manifest of it in /etc/kubernetes/manifests");
    }
    if !matches!(seen.kubelet.healthz.as_str(), "ok" | "open" | "") {
        return format!("{what}, which needs {}", kubelet(seen));
    }
    if seen.api_answer.starts_with("http") {
        return match seen.api_failing.as_slice() {
            [] => format!("{what}, which answers `{}`", seen.api_answer),
            checks => format!("{what}, which is up but not done with {}", checks.join(", ")),
        };
    }
    let find = |name: &str| seen.containers.iter().find(|container| container.name == name);
    match (find("etcd"), find("kube-apiserver")) {
        (Some(etcd), _) if etcd.crashes() && !seen.listening.contains(&2379) => {
            quoting(&format!("{what}, which needs etcd, and that {}", crash(etcd)), &etcd.log)
        }
        (_, Some(own)) if own.crashes() => quoting(&format!("{what}, which {}", crash(own)), &own.log),
        (_, Some(_)) => match seen.api_answer.as_str() {
            "refused" => format!("{what}, which runs but has not opened its port yet"),
            "timeout" => format!("{what}, which runs but takes too long to answer"),
            other => format!("{what}, which runs but answers `{other}`"),
        },
        (_, None) => {
            quoting(&format!("{what}, whose container the kubelet has not started yet"), &seen.kubelet.log)
        }
    }
}

fn endpoint(seen: &Seen) -> String {
    let what = format!("the control-plane endpoint {}", seen.target);
    match seen.endpoint_answer.as_str() {
        "refused" => format!("{what}: nothing listens there"),
        "timeout" => format!("{what}: no answer from there"),
        "no-name" => format!("{what}: the node finds no address for that name"),
        "closed" => format!(
            "{what}: connections are taken and closed, as by a load balancer that has no healthy API server yet"
        ),
        "tls" => format!("{what}: what answers there does not speak TLS"),
        other => format!("{what}, which answers `{other}`"),
    }
}

fn crash(container: &Container) -> String {
    match (container.state.as_str(), container.restarts) {
        ("Exited", 0) => "has ended".to_owned(),
        ("Running", 1) => "was restarted once".to_owned(),
        (_, restarts) => format!("keeps ending ({})", times(restarts, "restart")),
    }
}

/// Name and value of what was seen, for people.
pub(super) fn facts(seen: &Seen) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    let mut add = |name: &str, value: &str| {
        if !value.is_empty() {
            facts.push((name.to_owned(), shorten(value)));
        }
    };
    add("endpoint", &seen.endpoint_answer);
    add("API server", &seen.api_answer);
    add("not done", &seen.api_failing.join(", "));
    add("kubelet", &seen.kubelet.state);
    add("kubelet health", &seen.kubelet.healthz);
    if seen.kubelet.restarts > 0 {
        add("kubelet restarts", &seen.kubelet.restarts.to_string());
    }
    if !seen.ready {
        add("kubelet says", &seen.kubelet.log);
    }
    for name in &seen.manifests {
        let Some(container) = seen.containers.iter().find(|container| container.name == *name) else {
            add(name, "no container yet");
            continue;
        };
        let state = match container.state.as_str() {
            "Exited" => "ended",
            "Created" => "created",
            "Running" => "running",
            _ => "started",
        };
        match container.restarts {
            0 => add(name, state),
            n => add(name, &format!("{state}, {}", times(n, "restart"))),
        }
        if container.crashes() && !seen.ready {
            add(&format!("{name} says"), &container.log);
        }
    }
    let ports: Vec<String> = seen.listening.iter().map(u16::to_string).collect();
    add("ports open", &ports.join(" "));
    facts
}

fn times(count: u32, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn quoting(sentence: &str, log: &str) -> String {
    if log.is_empty() { sentence.to_owned() } else { format!("{sentence}: `{}`", shorten(log)) }
}

/// A line of a log without klog's header, and not too long.
pub(super) fn shorten(line: &str) -> String {
    let line =
        line.split_once(".go:").and_then(|(_, rest)| rest.split_once("] ")).map_or(line, |(_, rest)| rest);
    if line.chars().count() <= LONGEST {
        return line.to_owned();
    }
    // Go's errors begin with where they were met and end with what it was.
    let skipped = line.chars().count() - (LONGEST - HEAD);
    line.chars().take(HEAD).chain(['…']).chain(line.chars().skip(skipped)).collect()
}
