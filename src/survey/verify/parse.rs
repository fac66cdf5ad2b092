//! From the answer to a standing.

use crate::survey::fields::{fields, yes_no};

use super::standing::{Member, NodeStanding, Standing, StaticPod};

/// The most nodes, labels of a node and so on that are kept.
const MOST: usize = 10_000;

/// What the `output` of either script says; `output` may be anything.
pub fn parse(output: &str) -> Standing {
    let mut standing = Standing::default();
    let mut kubelet = String::new();
    let mut healthz = String::new();
    let mut whole = false;
    for (key, value) in fields(output) {
        match key {
            "kubelet" => kubelet = value,
            "healthz" => healthz = value,
            "api" => standing.api = yes_no(&value),
            "api.error" => standing.problems.push(format!("the API server gave kubectl no answer: {value}")),
            "etcd.error" => standing.problems.push(format!("etcd's members could not be listed: {value}")),
            "etcd" if value == "yes" => {
                standing.etcd_members.get_or_insert_default();
            }
            "member" => {
                if let Some(member) = member(&value) {
                    standing.etcd_members.get_or_insert_default().push(member);
                }
            }
            "pod" | "node" | "node.message" | "node.label" | "node.taint" => {
                of_node(&mut standing, key, &value);
            }
            "end" => whole = true,
            _ => {}
        }
    }
    // A list without a member is one that could not be read.
    standing.etcd_members = standing.etcd_members.take().filter(|members| !members.is_empty());
    standing.kubelet_active = kubelet == "active";
    match (kubelet.as_str(), healthz.as_str()) {
        ("active", "ok" | "open" | "unknown" | "") | ("", _) => {}
        ("active", answer) => standing.problems.push(format!("the kubelet's health port answers `{answer}`")),
        (state, _) => standing.problems.push(format!("the kubelet is {state}, not active")),
    }
    if !whole {
        standing.problems.push("the node's answer broke off".to_owned());
    }
    standing
}

fn of_node(standing: &mut Standing, key: &str, value: &str) {
    let Some((name, rest)) = value.split_once(' ') else { return };
    if standing.nodes.len() >= MOST && !standing.nodes.contains_key(name) {
        return;
    }
    let node = standing.nodes.entry(name.to_owned()).or_default();
    match key {
        "node" => {
            let (ready, reason) = rest.split_once(' ').unwrap_or((rest, ""));
            node.ready = match ready {
                "True" => Some(true),
                "False" => Some(false),
                _ => None,
            };
            reason.clone_into(&mut node.reason);
        }
        "node.message" => node.message = unquoted(rest),
        "node.label" => {
            let (label, value) = rest.split_once('=').unwrap_or((rest, ""));
            if node.labels.len() < MOST {
                node.labels.insert(label.to_owned(), value.to_owned());
            }
        }
        "node.taint" if node.taints.len() < MOST => node.taints.push(rest.to_owned()),
        "pod" => pod(node, rest),
        _ => {}
    }
}

fn pod(node: &mut NodeStanding, text: &str) {
    let mut words = text.split_whitespace();
    let (Some(component), Some(phase), Some(ready)) = (words.next(), words.next(), words.next()) else {
        return;
    };
    let restarts = words.next().and_then(|n| n.parse().ok()).unwrap_or(0);
    if node.static_pods.len() < MOST {
        let pod = StaticPod { phase: phase.to_owned(), ready: ready == "True", restarts };
        node.static_pods.insert(component.to_owned(), pod);
    }
}

/// A line of `etcdctl member list`: id, status, name, peer URLs, client URLs, and since etcd 3.4 whether it is a learner.
pub fn member(line: &str) -> Option<Member> {
    let parts: Vec<&str> = line.split(", ").map(str::trim).collect();
    let [id, status, name, peers, ..] = parts.as_slice() else { return None };
    let sound = !id.is_empty() && id.len() <= 16 && id.bytes().all(|b| b.is_ascii_hexdigit());
    sound.then(|| Member {
        id: (*id).to_owned(),
        name: (*name).to_owned(),
        started: *status == "started",
        voter: parts.get(5).is_none_or(|learner| *learner != "true"),
        peer: peers.split(',').next().unwrap_or_default().to_owned(),
    })
}

/// Text, or text quoted as Go and JSON do, on one line.
fn unquoted(text: &str) -> String {
    let decoded = text.starts_with('"').then(|| serde_json::from_str::<String>(text).ok()).flatten();
    decoded.map_or_else(
        || text.to_owned(),
        |text| crate::text::sanitize(&text).split_whitespace().collect::<Vec<_>>().join(" "),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    const CLUSTER: &str = "kubelet=active
healthz=ok
api=yes
node=bettley True KubeletReady
node.label=bettley node-role.kubernetes.io/control-plane=
node.taint=bettley node-role.kubernetes.io/control-plane:NoSchedule
node=dalt False KubeletNotReady
node.message=dalt \"container runtime network not ready:\\ncni plugin not initialized\"
node=fenn Unknown NodeStatusUnknown
pod=bettley etcd Running True 2
etcd=yes
member=8e9e05c52164694d, started, bettley, https://10.4.0.11:2380, https://10.4.0.11:2379, false
member=9e9e05c52164694d, unstarted, , https://10.4.0.15:2380, , true
end=yes
";

    #[test]
    fn a_clusters_answer_is_read() {
        let standing = parse(CLUSTER);
        assert!(standing.kubelet_active);
        assert_eq!(standing.api, Some(true));
        assert_eq!(standing.problems, Vec::<String>::new());
        let ready: Vec<_> = standing.nodes.iter().map(|(name, node)| (name.as_str(), node.ready)).collect();
        assert_eq!(ready, [("bettley", Some(true)), ("dalt", Some(false)), ("fenn", None)]);
        assert_eq!(
            standing.nodes["dalt"].message,
            "container runtime network not ready: cni plugin not initialized"
        );
        let etcd = &standing.nodes["bettley"].static_pods["etcd"];
        assert_eq!(*etcd, StaticPod { phase: "Running".into(), ready: true, restarts: 2 });
        let members = standing.etcd_members.unwrap();
        assert_eq!((members[0].name.as_str(), members[0].started, members[0].voter), ("bettley", true, true));
        assert_eq!((members[1].name.as_str(), members[1].started, members[1].voter), ("", false, false));
        assert_eq!(members[1].peer, "https://10.4.0.15:2380");
    }

    #[test]
    fn a_sick_kubelet_and_a_broken_answer_are_problems() {
        let problems = |output: &str| parse(output).problems.join("; ");
        assert_eq!(
            problems("kubelet=failed\nhealthz=refused\nend=yes\n"),
            "the kubelet is failed, not active"
        );
        assert_eq!(
            problems("kubelet=active\nhealthz=refused\nend=yes"),
            "the kubelet's health port answers `refused`"
        );
        assert_eq!(problems("kubelet=active\n"), "the node's answer broke off");
        assert_eq!(problems(""), "the node's answer broke off");
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(output in "\\PC{0,200}", cut in 0usize..CLUSTER.len()) {
            parse(&output);
            parse(&CLUSTER[..cut]);
        }
    }
}
