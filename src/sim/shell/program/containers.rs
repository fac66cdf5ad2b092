//! Containers, as the runtime lists them.

use super::super::call::{Call, Known, Options, lines};
use super::{Program, now};
use crate::sim::answers::{components, etcdctl, kubectl};
use crate::sim::jitter;
use crate::sim::model::units::CONTAINERD_DEFAULT;
use crate::sim::model::{Node, World};

pub(super) const PROGRAMS: &[Program] = &[
    now("crictl", "ps, pods, logs, images, inspect, info, pull, exec", 60, crictl),
    now("ctr", "version", 40, ctr),
    now("containerd", "--version, config dump", 40, containerd),
];

/// A container, or one that was.
struct Container {
    id: String,
    pod_id: String,
    image: String,
    name: String,
    pod: String,
    running: bool,
    attempt: u32,
    /// Milliseconds since 1970.
    created: i64,
    /// Its last words, where it went down.
    words: String,
}

/// What the runtime keeps: static pods, and what the cluster's daemons brought.
fn containers(world: &World, node: &Node) -> Vec<Container> {
    let mut all = Vec::new();
    for (component, pod) in &node.pods {
        if pod.no_sandbox || !pod.is_running() && pod.restarts == 0 {
            continue;
        }
        let what = format!("container {} {component} {} {}", node.name, pod.digest, pod.restarts);
        all.push(Container {
            id: jitter::hex(world.seed, &what, 32),
            pod_id: jitter::hex(world.seed, &format!("sandbox {} {component} {}", node.name, pod.digest), 32),
            image: image_of(node, component),
            name: component.clone(),
            pod: format!("{component}-{}", node.node_name()),
            running: pod.is_running(),
            attempt: pod.restarts,
            created: pod.running_since.unwrap_or(pod.starts_at),
            words: pod.last_words.clone(),
        });
    }
    for found in kubectl::pods::on_node(world, &node.name) {
        all.push(Container {
            id: jitter::hex(world.seed, &format!("container {} {}", node.name, found.name), 32),
            pod_id: jitter::hex(world.seed, &format!("sandbox {} {}", node.name, found.name), 32),
            image: found.image.clone(),
            name: found.container.clone(),
            pod: found.name.clone(),
            running: true,
            attempt: 0,
            created: found.created,
            words: String::new(),
        });
    }
    all.sort_by_key(|container| std::cmp::Reverse(container.created));
    all
}

/// The image that a static pod's manifest names.
fn image_of(node: &Node, component: &str) -> String {
    let manifest = node.disk.text(&format!("/etc/kubernetes/manifests/{component}.yaml")).unwrap_or_default();
    let image = manifest.lines().find_map(|line| line.trim().strip_prefix("image: "));
    image.unwrap_or(component).to_owned()
}

fn crictl(call: &mut Call<'_>) -> i32 {
    let args = call.args;
    // Where the runtime listens: there is one.
    let mut rest = args;
    let mut endpoint = None;
    while let Some((first, others)) = rest.split_first() {
        match first.as_str() {
            "-r" | "--runtime-endpoint" | "-i" | "--image-endpoint" | "-t" | "--timeout" => {
                endpoint = others.first();
                rest = others.get(1..).unwrap_or_default();
            }
            flag if flag.starts_with("--runtime-endpoint=")
                || flag.starts_with("--timeout=")
                || flag == "-D" =>
            {
                rest = others;
            }
            _ => break,
        }
    }
    let Some((verb, args)) = rest.split_first() else {
        return call.fail(1, "usage: crictl ps | pods | logs | images | inspect | info | pull | exec");
    };
    let Ok(node) = call.machine() else { return 255 };
    let socket = node.hardware.cri_sockets.first().cloned().unwrap_or_default();
    let known = endpoint
        .is_none_or(|given| given.trim_start_matches("unix://") == socket.trim_start_matches("unix://"));
    if verb != "completion" && !(node.hardware.cri_answers && known) {
        let asked = endpoint.map_or(socket, Clone::clone);
        let words = if known {
            format!(
                "level=fatal msg=\"validate service connection: validate CRI v1 runtime API for endpoint \\\"{asked}\\\": rpc error: code = Unimplemented desc = unknown service runtime.v1.RuntimeService\"\n"
            )
        } else {
            format!(
                "level=fatal msg=\"validate service connection: validate CRI v1 runtime API for endpoint \\\"{asked}\\\": rpc error: code = Unavailable desc = connection error: dial unix: connect: no such file or directory\"\n"
            )
        };
        call.printer.complain(&words);
        return 1;
    }
    match verb.as_str() {
        "ps" => ps(call, args),
        "pods" => pods(call, args),
        "logs" => logs(call, args),
        "images" | "image" => images(call),
        "info" => {
            let ready = node.has_cni();
            call.say(format!(
                "{{\n  \"status\": {{\n    \"conditions\": [\n      {{ \"type\": \"RuntimeReady\", \"status\": true }},\n      {{ \"type\": \"NetworkReady\", \"status\": {ready}, \"reason\": \"{}\" }}\n    ]\n  }},\n  \"config\": {{ \"systemdCgroup\": {} }}\n}}\n",
                if ready { "" } else { "NetworkPluginNotReady" },
                node.hardware.systemd_cgroup
            ));
            0
        }
        "version" => {
            call.say("Version:  0.1.0\nRuntimeName:  containerd\nRuntimeVersion:  1.7.22\nRuntimeApiVersion:  v1\n");
            0
        }
        "pull" => pull(call, args),
        "inspect" | "inspectp" => inspect(call, args),
        "exec" => exec(call, args),
        _ => call.lacks(format!("`{verb}`")),
    }
}

fn age(ms: i64) -> String {
    let seconds = ms.max(0) / 1_000;
    match seconds {
        0..60 => format!("{seconds} seconds ago"),
        60..120 => "About a minute ago".to_owned(),
        120..3_600 => format!("{} minutes ago", seconds / 60),
        3_600..7_200 => "About an hour ago".to_owned(),
        _ => format!("{} hours ago", seconds / 3_600),
    }
}

/// The options of `ps`, `pods` and `logs`.
fn read(call: &Call<'_>, args: &[String]) -> Result<Options, i32> {
    let known = Known {
        switches: &["a", "q", "l", "all", "quiet", "latest", "no-trunc", "t", "f", "p", "previous"],
        valued: &["name", "state", "o", "output", "pod", "s", "tail", "namespace", "label", "n"],
    };
    Options::read(args, &known).map_err(|unknown| call.lacks(format!("option {unknown}")))
}

fn ps(call: &mut Call<'_>, args: &[String]) -> i32 {
    let options = match read(call, args) {
        Ok(options) => options,
        Err(rc) => return rc,
    };
    let Ok(node) = call.machine() else { return 255 };
    let all = options.has(&["a", "all", "l", "latest"]);
    let wanted = options.value(&["name"]).unwrap_or_default().to_owned();
    let state = options.value(&["s", "state"]).map(str::to_lowercase);
    let mut shown: Vec<Container> = containers(call.world, node)
        .into_iter()
        .filter(|container| container.name.contains(&wanted))
        .filter(|container| match state.as_deref() {
            Some("running") => container.running,
            Some(_) => !container.running,
            None => all || container.running,
        })
        .collect();
    if options.has(&["l", "latest"]) {
        shown.truncate(1);
    }
    if options.has(&["q", "quiet"]) {
        call.say(lines(shown.iter().map(|container| &container.id)));
        return 0;
    }
    let mut out = format!(
        "{:<14} {:<14} {:<20} {:<9} {:<25} {:<8} {:<14} POD\n",
        "CONTAINER", "IMAGE", "CREATED", "STATE", "NAME", "ATTEMPT", "POD ID"
    );
    for container in &shown {
        let image = jitter::hex(0, &container.image, 7);
        let state = if container.running { "Running" } else { "Exited" };
        out += &format!(
            "{:<14} {:<14} {:<20} {state:<9} {:<25} {:<8} {:<14} {}\n",
            &container.id[..13],
            &image[..13],
            age(call.world.now - container.created),
            container.name,
            container.attempt,
            &container.pod_id[..13],
            container.pod
        );
    }
    call.say(out);
    0
}

fn pods(call: &mut Call<'_>, args: &[String]) -> i32 {
    let options = match read(call, args) {
        Ok(options) => options,
        Err(rc) => return rc,
    };
    let Ok(node) = call.machine() else { return 255 };
    let wanted = options.value(&["name"]).unwrap_or_default().to_owned();
    let shown: Vec<Container> = containers(call.world, node)
        .into_iter()
        .filter(|container| container.pod.contains(&wanted))
        .collect();
    if options.has(&["q", "quiet"]) {
        call.say(lines(shown.iter().map(|container| &container.pod_id)));
        return 0;
    }
    let mut out = format!(
        "{:<14} {:<20} {:<8} {:<38} {:<13} ATTEMPT\n",
        "POD ID", "CREATED", "STATE", "NAME", "NAMESPACE"
    );
    for container in &shown {
        out += &format!(
            "{:<14} {:<20} {:<8} {:<38} {:<13} 0\n",
            &container.pod_id[..13],
            age(call.world.now - container.created),
            "Ready",
            container.pod,
            "kube-system"
        );
    }
    call.say(out);
    0
}

/// The container that a begin of an id, or a name, means.
fn find(call: &Call<'_>, id: &str) -> Result<Container, i32> {
    let node = call.machine()?;
    let found = containers(call.world, node)
        .into_iter()
        .find(|container| container.id.starts_with(id) || container.pod_id.starts_with(id));
    found.filter(|_| !id.is_empty()).ok_or_else(|| {
        call.printer.complain(&format!("E remote_runtime.go:432] \"ContainerStatus from runtime service failed\" err=\"rpc error: code = NotFound desc = an error occurred when try to find container \\\"{id}\\\": not found\"\n"));
        1
    })
}

fn logs(call: &mut Call<'_>, args: &[String]) -> i32 {
    let options = match read(call, args) {
        Ok(options) => options,
        Err(rc) => return rc,
    };
    if options.has(&["f"]) {
        return call.lacks("option -f: nothing is followed here; look again");
    }
    let Some(id) = options.operands.first() else { return call.fail(1, "ID cannot be empty") };
    let container = match find(call, id) {
        Ok(container) => container,
        Err(rc) => return rc,
    };
    let all = components::log(call.world, call.node, &container.name, container.created, &container.words);
    let most = options.value(&["tail", "n"]).and_then(|count| count.parse().ok()).unwrap_or(usize::MAX);
    let skipped = all.len().saturating_sub(most);
    call.say(lines(&all[skipped..]));
    0
}

fn images(call: &mut Call<'_>) -> i32 {
    let Ok(node) = call.machine() else { return 255 };
    let mut out = format!("{:<44} {:<14} {:<14} SIZE\n", "IMAGE", "TAG", "IMAGE ID");
    let mut here: Vec<String> = vec!["registry.k8s.io/pause:3.9".into()];
    if node.images {
        here.extend(crate::sim::kubeadm::images(&node.kubeadm, "registry.k8s.io"));
    }
    here.extend(containers(call.world, node).into_iter().map(|container| container.image));
    here.sort();
    here.dedup();
    for image in here {
        let (name, tag) = image.rsplit_once(':').unwrap_or((&image, "latest"));
        let id = jitter::hex(0, &image, 7);
        let size = 9 + jitter::mix(0, &image) % 90;
        out += &format!("{name:<44} {tag:<14} {:<14} {size}MB\n", &id[..13]);
    }
    call.say(out);
    0
}

fn pull(call: &mut Call<'_>, args: &[String]) -> i32 {
    let Some(image) = args.iter().find(|arg| !arg.starts_with('-')) else {
        return call.fail(1, "image name is required");
    };
    let Ok(node) = call.machine() else { return 255 };
    let registry = image.split('/').next().unwrap_or_default();
    if node.hardware.images_reachable && !node.hosts_block(registry) {
        call.say(format!("Image is up to date for sha256:{}\n", jitter::hex(0, image, 32)));
        return 0;
    }
    let why = match node.address_in_hosts(registry) {
        Some(address) => format!("dial tcp {address}:443: connect: connection refused"),
        None => format!("dial tcp: lookup {registry}: i/o timeout"),
    };
    call.printer.complain(&format!("E remote_image.go:180] \"PullImage from image service failed\" err=\"rpc error: code = Unknown desc = failed to resolve reference \\\"{image}\\\": failed to do request: {why}\"\n"));
    1
}

fn inspect(call: &mut Call<'_>, args: &[String]) -> i32 {
    let Some(id) = args.iter().find(|arg| !arg.starts_with('-')) else {
        return call.fail(1, "ID cannot be empty");
    };
    let container = match find(call, id) {
        Ok(container) => container,
        Err(rc) => return rc,
    };
    let state = if container.running { "CONTAINER_RUNNING" } else { "CONTAINER_EXITED" };
    let at = jiff::Timestamp::from_millisecond(container.created).unwrap_or_default();
    let value = serde_json::json!({
        "status": {
            "id": container.id,
            "metadata": { "name": container.name, "attempt": container.attempt },
            "state": state,
            "createdAt": at.to_string(),
            "exitCode": i32::from(!container.running),
            "image": { "image": container.image },
            "labels": {
                "io.kubernetes.container.name": container.name,
                "io.kubernetes.pod.name": container.pod,
                "io.kubernetes.pod.namespace": "kube-system",
            },
        },
    });
    call.say(format!("{value:#}\n"));
    0
}

/// A program within a container: etcd's own client.
fn exec(call: &mut Call<'_>, args: &[String]) -> i32 {
    let words: Vec<&String> = args.iter().skip_while(|arg| arg.starts_with('-')).collect();
    let Some((id, program)) = words.split_first() else {
        return call.fail(1, "exec needs a container and a command");
    };
    let container = match find(call, id) {
        Ok(container) => container,
        Err(rc) => return rc,
    };
    if !container.running {
        return call.fail(1, "the container is not running");
    }
    match program.split_first() {
        Some((name, args)) if name.as_str() == "etcdctl" && container.name == "etcd" => {
            let args: Vec<String> = args.iter().map(|&arg| arg.clone()).collect();
            let args = super::cluster::without_flags(&args);
            let reply = etcdctl::run(call.world, call.node, &args);
            super::cluster::show(call, &reply)
        }
        Some((name, _)) => call.lacks(format!("`{name}` in {}", container.name)),
        None => call.fail(1, "exec needs a command"),
    }
}

fn ctr(call: &mut Call<'_>) -> i32 {
    match call.args.first().map(String::as_str) {
        Some("version") => {
            call.say("Client:\n  Version:  1.7.22\n\nServer:\n  Version:  1.7.22\n");
            0
        }
        _ => call.lacks("more than `version`; use crictl"),
    }
}

fn containerd(call: &mut Call<'_>) -> i32 {
    let words: Vec<&str> = call.args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["--version" | "-v"] => call.say("containerd containerd.io 1.7.22 7f7fdf5\n"),
        ["config", "dump"] => match call.read("/etc/containerd/config.toml") {
            Ok(content) => call.printer.out.put(&content),
            Err(words) => return call.fail(1, format!("/etc/containerd/config.toml: {words}")),
        },
        ["config", "default"] => call.say(CONTAINERD_DEFAULT),
        _ => return call.lacks(format!("`{}`", words.join(" "))),
    }
    0
}
