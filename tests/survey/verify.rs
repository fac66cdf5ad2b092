use kubestep::inventory::model::Inventory;
use kubestep::survey::verify::{judge, parse, script};
use kubestep::version::Version;

use super::node::{Node, run_here, shells};
use super::rack::inventory;

/// What a control plane of a good cluster answers.
fn good(version: &Version) -> String {
    let mut output = String::from("kubelet=active\nhealthz=ok\napi=yes\netcd=yes\n");
    for (at, (node, role, address)) in super::rack::NODES.iter().enumerate() {
        output +=
            &format!("node={node} True KubeletReady\nnode.label={node} kubernetes.io/hostname={node}\n");
        if *role == kubestep::inventory::model::Role::ControlPlane {
            output += &format!("node.label={node} node-role.kubernetes.io/control-plane=\n");
            if !version.at_least(25) {
                output += &format!("node.taint={node} node-role.kubernetes.io/master:NoSchedule\n");
            }
            if version.at_least(24) {
                output += &format!("node.taint={node} node-role.kubernetes.io/control-plane:NoSchedule\n");
            }
            for pod in ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"] {
                output += &format!("pod={node} {pod} Running True 0\n");
            }
            output += &format!(
                "member={at}abc, started, {node}, https://{address}:2380, https://{address}:2379, false\n"
            );
        }
    }
    output + "end=yes\n"
}

fn wrong(inv: &Inventory, version: &Version, output: &str) -> Vec<String> {
    judge(inv, version, &parse(output)).iter().map(|(node, text)| format!("{node}: {text}")).collect()
}

#[test]
fn a_good_cluster_is_as_it_should_be_in_every_version() {
    for minor in [20, 23, 24, 25, 29, 36] {
        let version = Version::new(1, minor, 1);
        assert_eq!(wrong(&inventory(), &version, &good(&version)), Vec::<String>::new(), "1.{minor}");
    }
}

#[test]
fn what_is_not_as_it_should_be_is_said_of_the_node() {
    let version = Version::new(1, 29, 6);
    let good = good(&version);
    for (from, to, said) in [
        (
            "node=dalt True KubeletReady\nnode.label=dalt kubernetes.io/hostname=dalt\n",
            "",
            "dalt: the cluster has no node of that name",
        ),
        ("node=dalt True KubeletReady\n", "", "dalt: its kubelet has not reported yet"),
        (
            "node=dalt True KubeletReady\n",
            "node=dalt False KubeletNotReady\nnode.message=dalt \"NetworkReady=false\\ncni plugin not initialized\"\n",
            "dalt: not Ready: no pod network yet, a CNI plugin has to be installed",
        ),
        (
            "node=dalt True KubeletReady\n",
            "node=dalt False X\nnode.message=dalt PLEG is not healthy\n",
            "dalt: not Ready: PLEG is not healthy",
        ),
        (
            "node=dalt True KubeletReady\n",
            "node=dalt Unknown X\n",
            "dalt: its kubelet has stopped reporting (Ready is Unknown)",
        ),
        (
            "node.label=fenn node-role.kubernetes.io/control-plane=\n",
            "",
            "fenn: the label node-role.kubernetes.io/control-plane is missing",
        ),
        (
            "node.taint=fenn node-role.kubernetes.io/control-plane:NoSchedule\n",
            "",
            "fenn: the taint node-role.kubernetes.io/control-plane:NoSchedule is missing",
        ),
        (
            "node=dalt True KubeletReady\n",
            "node=dalt True X\nnode.taint=dalt node-role.kubernetes.io/control-plane:NoSchedule\n",
            "dalt: the taint node-role.kubernetes.io/control-plane:NoSchedule should not be there",
        ),
        (
            "pod=fenn kube-scheduler Running True 0\n",
            "pod=fenn kube-scheduler Running False 7\n",
            "fenn: kube-scheduler was restarted 7 times and is not ready",
        ),
        (
            "pod=fenn kube-scheduler Running True 0\n",
            "pod=fenn kube-scheduler Failed False 0\n",
            "fenn: kube-scheduler is Failed",
        ),
        (
            "2379, false\nnode=gardener",
            "2379, true\nnode=gardener",
            "fenn: its etcd member is still a learner and does not vote",
        ),
        (
            "1abc, started, fenn, https://10.4.0.15:2380, https://10.4.0.15:2379, false\n",
            "",
            "fenn: its etcd is not a member of the cluster's",
        ),
        (
            "end=yes",
            "member=9, started, erenford, https://10.4.0.14:2380, https://10.4.0.14:2379, false\nend=yes",
            "bettley: etcd has a member `erenford` (9, https://10.4.0.14:2380) that is no control plane of the inventory",
        ),
        (
            "end=yes",
            "member=9, unstarted, , https://10.4.0.16:2380, , true\nend=yes",
            "gardener: etcd has a member (9, https://10.4.0.16:2380) that never started",
        ),
        ("kubelet=active", "kubelet=failed", "bettley: the kubelet is failed, not active"),
    ] {
        let output = good.replacen(&format!("member={from}"), to, 1);
        let output = if output == good { good.replacen(from, to, 1) } else { output };
        assert_ne!(output, good, "nothing replaced: {from}");
        assert_eq!(wrong(&inventory(), &version, &output), [said]);
    }
}

#[test]
fn the_inventorys_labels_and_taints_are_looked_for() {
    let version = Version::new(1, 29, 6);
    let mut inv = inventory();
    inv.hosts[0].schedulable = true;
    inv.hosts[4].labels.insert("rack".to_owned(), "left".to_owned());
    inv.hosts[4].taints = Some(vec!["gpu=:NoSchedule".to_owned(), "x=y:NoExecute".to_owned()]);
    let output = good(&version).replace("end=yes", "node.taint=dalt gpu:NoSchedule\nend=yes");
    assert_eq!(
        wrong(&inv, &version, &output),
        [
            "bettley: the taint node-role.kubernetes.io/control-plane:NoSchedule should not be there",
            "dalt: the label rack=left is missing",
            "dalt: the taint x=y:NoExecute is missing",
        ]
    );
}

#[test]
fn an_api_server_that_is_silent_is_one_problem_not_many() {
    let said = wrong(
        &inventory(),
        &Version::new(1, 29, 6),
        "kubelet=active\nhealthz=ok\napi=no\napi.error=The connection to the server was refused\nend=yes\n",
    );
    assert_eq!(
        said,
        ["bettley: the API server gave kubectl no answer: The connection to the server was refused"]
    );
}

#[test]
fn this_machine_is_no_node_and_says_so() {
    for (name, shell) in shells() {
        let standing = parse(&run_here(&shell, &script()));
        assert!(!standing.kubelet_active, "{name}");
        assert!(!standing.problems.iter().any(|p| p.contains("broke off")), "{name}: {standing:?}");
    }
}

const MEMBERS: &str = "2026-11-22 warning: x\n8e9e05c52164694d, started, bettley, https://10.4.0.11:2380, https://10.4.0.11:2379, false";

fn control_plane() -> Option<Node> {
    let node = Node::new()?;
    node.put("/etc/kubernetes/admin.conf", "x");
    node.put("/etc/kubernetes/manifests/etcd.yaml", "spec:\n    - etcd\n    - --name=bettley\n");
    node.put("/etc/kubernetes/pki/etcd/healthcheck-client.crt", "x");
    node.socket("/run/containerd/containerd.sock");
    node.program("systemctl", "echo active");
    Some(node)
}

#[test]
fn members_come_from_whatever_etcdctl_there_is() {
    let Some(node) = control_plane() else { return };
    let node = node.only(&["timeout", "env", "bash"]);
    let (_, dash) = shells().remove(0);
    let ask = || parse(&node.run(&dash, &script()));
    let certificates = "case $* in *--cert=/etc/kubernetes/pki/etcd/healthcheck-client.crt*member\\ list) ;; *) exit 9 ;; esac";

    node.program("kubectl", "case $* in *exec*) echo 'error: no exec' >&2; exit 1 ;; *) echo node=bettley True KubeletReady ;; esac");
    node.program("crictl", "echo 'crictl stand-in' >&2; exit 1");
    let standing = ask();
    assert_eq!(standing.etcd_members, None);
    let told = "etcd's members could not be listed: error: no exec";
    assert!(standing.problems.iter().any(|problem| problem == told), "{:?}", standing.problems);

    node.program("kubectl", &format!("case $* in *' exec etcd-bettley -c etcd -- etcdctl '*) {certificates}; echo '{MEMBERS}' ;; *) echo node=bettley True KubeletReady ;; esac"));
    let standing = ask();
    assert_eq!(standing.etcd_members.map(|m| m.len()), Some(1), "through kubectl");
    assert_eq!(standing.nodes["bettley"].ready, Some(true));

    node.program("kubectl", "echo node=bettley True KubeletReady");
    node.program("crictl", &format!("case $* in *' ps '*) echo CONTAINER ;; *) echo '{MEMBERS}' ;; esac"));
    assert_eq!(ask().etcd_members, None, "a stand-in's table holds no container's id");
    node.program("crictl", &format!("case $* in *' ps '*) echo f00d ;; *' exec f00d etcdctl '*) {certificates}; echo '{MEMBERS}' ;; esac"));
    assert_eq!(ask().etcd_members.map(|m| m.len()), Some(1), "through crictl");

    node.program("crictl", "exit 1");
    node.program("etcdctl", &format!("[ \"$ETCDCTL_API\" = 3 ] || exit 8; {certificates}; echo '{MEMBERS}'"));
    let members = ask().etcd_members.unwrap();
    assert_eq!(
        (members.len(), members[0].name.as_str(), members[0].voter),
        (1, "bettley", true),
        "the node's own"
    );
}

#[test]
fn an_api_server_that_kubectl_can_not_reach_is_told_by_its_last_line() {
    let Some(node) = control_plane() else { return };
    node.program("kubectl", "echo 'E1122 memcache.go: couldn'; echo 'The connection to the server 10.4.0.10:6443 was refused'; exit 1");
    for (name, shell) in shells() {
        let standing = parse(&node.run(&shell, &script()));
        assert_eq!(standing.api, Some(false), "{name}");
        assert!(standing.kubelet_active, "{name}");
        let told =
            "the API server gave kubectl no answer: The connection to the server 10.4.0.10:6443 was refused";
        assert!(standing.problems.iter().any(|problem| problem == told), "{name}: {:?}", standing.problems);
    }
}
