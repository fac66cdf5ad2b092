//! Pods: those of manifests, mirrored, and those that the cluster's own controllers make. The latter follow from what
//! the cluster and its nodes are; nothing else keeps them.

use std::collections::BTreeMap;

use serde_json::json;

use super::listing::{Item, Listing, age, time};
use crate::sim::jitter;
use crate::sim::model::objects::Objects;
use crate::sim::model::{Node, World, paths};

/// A pod.
pub(crate) struct Pod {
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) container: String,
    pub(crate) image: String,
    /// As Kubernetes calls it; empty where it has no place yet.
    pub(crate) node: String,
    /// The machine.
    pub(crate) machine: String,
    /// What kubectl shows under STATUS.
    pub(crate) status: &'static str,
    pub(crate) ready: bool,
    pub(crate) restarts: u32,
    /// Milliseconds since 1970.
    pub(crate) created: i64,
    pub(crate) labels: BTreeMap<String, String>,
}

const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";

/// The letters that a controller puts behind a pod's name.
fn suffix(seed: u64, what: &str, length: usize) -> String {
    let mut stream = jitter::Jitter::new(jitter::mix(seed, what));
    let letter = |_| {
        let at = usize::try_from(stream.next() % 27).unwrap_or(0);
        char::from(LETTERS[at])
    };
    (0..length).map(letter).collect()
}

/// Everything in a cluster, sorted by name.
pub(crate) fn all(world: &World, cluster: &str) -> Vec<Pod> {
    let Some(found) = world.clusters.get(cluster) else { return Vec::new() };
    let objects = &found.objects;
    let mut pods = Vec::new();
    for machine in world.nodes.values() {
        let member = world.membership(&machine.name).is_some_and(|(of, _)| of == cluster);
        if member && objects.nodes.contains_key(&machine.node_name()) {
            pods.extend(machine.pods.keys().filter_map(|component| mirror(world, machine, component)));
        }
    }
    for set in objects.others.iter().filter_map(|id| id.strip_prefix("daemonset/")) {
        let (namespace, name) = set.split_once('/').unwrap_or(("default", set));
        for node in objects.nodes.keys() {
            pods.extend(daemon(world, objects, namespace, name, node));
        }
    }
    if objects.others.contains("deployment/kube-system/coredns") {
        pods.extend((0..2).map(|number| core_dns(world, cluster, objects, number)));
    }
    pods.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
    pods
}

/// What controllers put on a machine, as its runtime has it.
pub(crate) fn on_node(world: &World, machine: &str) -> Vec<Pod> {
    let mut pods = Vec::new();
    for cluster in world.clusters.keys() {
        let here =
            all(world, cluster).into_iter().filter(|pod| pod.machine == machine && pod.status == "Running");
        pods.extend(here.filter(|pod| !pod.labels.contains_key("tier")));
    }
    pods
}

fn mirror(world: &World, machine: &Node, component: &str) -> Option<Pod> {
    let pod = machine.pods.get(component)?;
    let ready = pod.is_ready(world.now);
    let status = match (pod.is_running(), pod.restarts) {
        (true, _) => "Running",
        (false, 0) => "Pending",
        (false, _) => "CrashLoopBackOff",
    };
    let labels = [("component", component), ("tier", "control-plane")];
    let manifest = machine.disk.text(&format!("{}/{component}.yaml", paths::MANIFESTS)).unwrap_or_default();
    let image =
        manifest.lines().find_map(|line| line.trim().trim_start_matches("- ").strip_prefix("image: "));
    Some(Pod {
        namespace: "kube-system".into(),
        name: format!("{component}-{}", machine.node_name()),
        container: component.to_owned(),
        image: image.unwrap_or_default().to_owned(),
        node: machine.node_name(),
        machine: machine.name.clone(),
        status,
        ready,
        restarts: pod.restarts,
        created: pod.running_since.unwrap_or(pod.starts_at),
        labels: labels.map(|(key, value)| (key.to_owned(), value.to_owned())).into(),
    })
}

/// The machine behind a Node, while its kubelet works.
fn at_work<'a>(world: &'a World, node: &str) -> Option<&'a Node> {
    world
        .nodes
        .values()
        .find(|machine| machine.up && machine.node_name() == node && machine.kubelet.is_healthy(world.now))
}

fn daemon(world: &World, objects: &Objects, namespace: &str, set: &str, node: &str) -> Option<Pod> {
    let object = objects.nodes.get(node)?;
    let machine = world.nodes.values().find(|machine| machine.node_name() == node)?;
    let works = at_work(world, node).is_some();
    let running = works && world.now - object.created > 4_000;
    let image = if set == "kube-proxy" {
        format!("registry.k8s.io/kube-proxy:{}", object.version)
    } else {
        set.to_owned()
    };
    Some(Pod {
        namespace: namespace.to_owned(),
        name: format!("{set}-{}", suffix(world.seed, &format!("{set} {node} {}", object.created), 5)),
        container: set.to_owned(),
        image,
        node: node.to_owned(),
        machine: machine.name.clone(),
        status: if running || !works { "Running" } else { "ContainerCreating" },
        ready: running,
        restarts: 0,
        created: object.created,
        labels: [("k8s-app".to_owned(), set.to_owned())].into(),
    })
}

fn core_dns(world: &World, cluster: &str, objects: &Objects, number: usize) -> Pod {
    // It tolerates the control plane's taint, and no node that is not ready.
    let ready: Vec<(&String, i64)> =
        objects.nodes.iter().filter(|(_, node)| node.ready).map(|(name, node)| (name, node.since)).collect();
    let place = ready.iter().min_by_key(|(_, since)| *since);
    let (node, since) = place.map_or((String::new(), world.now), |(name, since)| ((*name).clone(), *since));
    let machine = at_work(world, &node);
    let running = machine.is_some() && world.now - since > 3_000;
    let created = objects.nodes.values().map(|node| node.created).min().unwrap_or(world.now);
    let set = suffix(world.seed, &format!("coredns set {cluster}"), 10);
    Pod {
        namespace: "kube-system".into(),
        name: format!("coredns-{set}-{}", suffix(world.seed, &format!("coredns {cluster} {number}"), 5)),
        container: "coredns".into(),
        image: "registry.k8s.io/coredns/coredns:v1.11.1".into(),
        machine: machine.map(|machine| machine.name.clone()).unwrap_or_default(),
        status: match (node.is_empty(), running) {
            (true, _) => "Pending",
            (false, false) => "ContainerCreating",
            (false, true) => "Running",
        },
        node,
        ready: running,
        restarts: 0,
        created,
        labels: [("k8s-app".to_owned(), "kube-dns".to_owned())].into(),
    }
}

pub(super) fn listing(world: &World, cluster: &str) -> Listing {
    let item = |pod: Pod| {
        let ready = if pod.ready { "1/1" } else { "0/1" };
        let address = world.nodes.get(&pod.machine).map_or("<none>", Node::address);
        let phase = if matches!(pod.status, "Pending" | "ContainerCreating") { "Pending" } else { "Running" };
        let node = if pod.node.is_empty() { "<none>" } else { &pod.node };
        Item {
            namespace: pod.namespace.clone(),
            name: pod.name.clone(),
            labels: pod.labels.clone(),
            cells: (
                vec![ready.into(), pod.status.into(), pod.restarts.to_string(), age(world.now - pod.created)],
                vec![address.into(), node.into(), "<none>".into(), "<none>".into()],
            ),
            object: json!({
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": { "name": pod.name, "namespace": pod.namespace, "labels": pod.labels, "creationTimestamp": time(pod.created) },
                "spec": { "nodeName": pod.node, "containers": [{ "name": pod.container, "image": pod.image }] },
                "status": {
                    "phase": phase,
                    "conditions": [{ "type": "Ready", "status": if pod.ready { "True" } else { "False" } }],
                    "containerStatuses": [{ "name": pod.container, "ready": pod.ready, "restartCount": pod.restarts }],
                },
            }),
        }
    };
    Listing {
        kind: "pod",
        plural: "pods",
        namespaced: true,
        headings: (
            &["READY", "STATUS", "RESTARTS", "AGE"],
            &["IP", "NODE", "NOMINATED NODE", "READINESS GATES"],
        ),
        items: all(world, cluster).into_iter().map(item).collect(),
    }
}

/// A pod in words.
pub(super) fn describe(world: &World, pod: &Pod) -> String {
    let machine = world.nodes.get(&pod.machine);
    let words = machine
        .and_then(|machine| machine.pods.get(&pod.container))
        .map_or("", |found| found.last_words.as_str());
    let labels: Vec<String> = pod.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let place =
        machine.map_or_else(|| "<none>".to_owned(), |machine| format!("{}/{}", pod.node, machine.address()));
    let mut out = format!(
        "Name:         {}\nNamespace:    {}\nNode:         {place}\nStart Time:   {}\nLabels:       {}\nStatus:       {}\nContainers:\n  {}:\n    Image:          {}\n    Ready:          {}\n    Restart Count:  {}\n",
        pod.name,
        pod.namespace,
        time(pod.created),
        labels.join("\n              "),
        pod.status,
        pod.container,
        pod.image,
        if pod.ready { "True" } else { "False" },
        pod.restarts
    );
    if !words.is_empty() {
        out += &format!(
            "    Last State:     Terminated\n      Reason:       Error\n      Message:      {words}\n"
        );
    }
    out + if pod.node.is_empty() {
        "Events:\n  Warning  FailedScheduling  default-scheduler  no node is ready: the taint node.kubernetes.io/not-ready is not tolerated\n"
    } else {
        "Events:  <none>\n"
    }
}
