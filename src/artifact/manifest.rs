//! Static Pod manifests.

use serde_yaml::Value;

use super::arguments;
use super::cards::Block;

fn text<'a>(value: &'a Value, path: &[&str]) -> Option<&'a str> {
    path.iter().try_fold(value, |value, key| value.get(key))?.as_str()
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value.get(key).and_then(Value::as_sequence).into_iter().flatten()
}

fn written(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(yes) => yes.to_string(),
        _ => String::new(),
    }
}

/// Everything that the kubelet is told to run.
pub(super) fn blocks(content: &str) -> Option<Vec<Block>> {
    let pod: Value = serde_yaml::from_str(content).ok()?;
    let spec = pod.get("spec")?;
    let name = text(&pod, &["metadata", "name"]).unwrap_or("?");
    let mut blocks = vec![Block::Say(purpose(name).to_owned())];
    let namespace = text(&pod, &["metadata", "namespace"]).unwrap_or("default");
    blocks
        .push(Block::field("pod", format!("{name} in {namespace}; the API server shows it as {name}-NODE")));
    for container in list(spec, "containers") {
        let component = text(container, &["name"]).unwrap_or(name);
        if let Some(image) = text(container, &["image"]) {
            blocks.push(Block::field("image", image));
        }
        if spec.get("hostNetwork").and_then(Value::as_bool) == Some(true) {
            blocks.push(Block::field("network", "the node's own: no pod network is needed to start it"));
        }
        let words: Vec<String> =
            list(container, "command").chain(list(container, "args")).map(written).collect();
        let (program, arguments): (Vec<_>, Vec<_>) =
            words.into_iter().partition(|word| !word.starts_with("--"));
        if !program.is_empty() {
            blocks.push(Block::field("runs", program.join(" ")));
        }
        blocks.extend(arguments::grouped(component, &arguments));
        blocks.extend(surroundings(container, spec));
    }
    Some(blocks)
}

fn surroundings(container: &Value, spec: &Value) -> Vec<Block> {
    let mut blocks = Vec::new();
    let variables: Vec<String> = list(container, "env")
        .map(|variable| {
            let part = |key| variable.get(key).map(written).unwrap_or_default();
            format!("{}={}", part("name"), part("value"))
        })
        .collect();
    if !variables.is_empty() {
        blocks.push(Block::Head("environment".to_owned()));
        blocks.extend(variables.into_iter().map(|variable| Block::line(variable, "")));
    }
    let probes: Vec<Block> = ["startupProbe", "livenessProbe", "readinessProbe"]
        .into_iter()
        .filter_map(|probe| {
            let get = container.get(probe)?.get("httpGet")?;
            let part = |key| get.get(key).map(written).unwrap_or_default();
            let scheme = part("scheme").to_lowercase();
            let scheme = if scheme.is_empty() { "http" } else { &scheme };
            let says = match probe {
                "startupProbe" => "It has started once this answers.",
                "livenessProbe" => "It is started anew when this stops to answer.",
                _ => "It counts as ready while this answers.",
            };
            Some(Block::line(
                format!("{probe}: {scheme}://{}:{}{}", part("host"), part("port"), part("path")),
                says,
            ))
        })
        .collect();
    if !probes.is_empty() {
        blocks.push(Block::Head("how the kubelet looks after it".to_owned()));
        blocks.extend(probes);
    }
    let volumes: Vec<String> = list(spec, "volumes")
        .filter_map(|volume| text(volume, &["hostPath", "path"]))
        .map(str::to_owned)
        .collect();
    if !volumes.is_empty() {
        blocks.push(Block::Head("what it sees of the node's disk".to_owned()));
        blocks.extend(volumes.into_iter().map(|path| Block::line(path, "")));
    }
    blocks
}

fn purpose(name: &str) -> &'static str {
    match name {
        "kube-apiserver" => {
            "The API server. The kubelet runs it from this file, without asking anybody: that is how a cluster starts before there is one. Each control plane has its own."
        }
        "kube-controller-manager" => {
            "The controller manager: makes true what is asked for in the API. The kubelet runs it from this file."
        }
        "kube-scheduler" => {
            "The scheduler: says on which node a pod goes. The kubelet runs it from this file."
        }
        "etcd" => {
            "A member of etcd, which keeps everything that the API server knows. The kubelet runs it from this file; what it says of other members counts only when it starts with empty data."
        }
        _ => "The kubelet runs this from the file, and starts it anew when the file changes.",
    }
}
