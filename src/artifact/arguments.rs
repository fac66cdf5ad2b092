//! What the arguments mean that kubeadm gives to the control plane and the kubelet.
//!
//! Names and defaults are those of kubeadm's `phases/controlplane/manifests.go`, `phases/etcd/local.go` and
//! `phases/kubelet/flags.go`; the words are ours.

use super::cards::Block;

/// What an argument is about; arguments are shown in these groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Identity,
    Members,
    Listening,
    Admission,
    Certificates,
    Etcd,
    Kubelets,
    Cluster,
    Accounts,
    Extensions,
    Signing,
    Work,
    Further,
}

impl Group {
    const fn title(self) -> &'static str {
        match self {
            Self::Identity => "who it is",
            Self::Members => "whom it finds",
            Self::Listening => "where it listens",
            Self::Admission => "who may come in",
            Self::Certificates => "what it shows of itself",
            Self::Etcd => "its way to etcd",
            Self::Kubelets => "its way to the kubelets",
            Self::Cluster => "its way to the API server",
            Self::Accounts => "service accounts and their tokens",
            Self::Extensions => "extensions of the API",
            Self::Signing => "what it signs",
            Self::Work => "how it works",
            Self::Further => "further arguments, not of kubeadm's own",
        }
    }
}

type Row = (&'static str, Group, &'static str);

const API_SERVER: &[Row] = &[
    (
        "advertise-address",
        Group::Listening,
        "The address at which other members of the cluster find this API server; each control plane has its own.",
    ),
    ("secure-port", Group::Listening, "The port it listens on, on all addresses."),
    ("bind-address", Group::Listening, "The address it listens on."),
    ("insecure-port", Group::Listening, "0: nothing is served without encryption."),
    (
        "service-cluster-ip-range",
        Group::Work,
        "Addresses for Services are taken from here; the first one is the API server's own within the cluster.",
    ),
    (
        "allow-privileged",
        Group::Admission,
        "Pods may ask for all rights on their node; kube-proxy and network plug-ins need it.",
    ),
    (
        "anonymous-auth",
        Group::Admission,
        "Whether somebody without any credentials may ask for what is open to all.",
    ),
    (
        "authorization-mode",
        Group::Admission,
        "Who may do what: Node lets a kubelet touch only its own node and pods, RBAC asks the roles and bindings in the cluster.",
    ),
    (
        "client-ca-file",
        Group::Admission,
        "Whoever shows a certificate signed by this authority is let in: its CN is the user, its O are the groups.",
    ),
    (
        "enable-admission-plugins",
        Group::Admission,
        "Checks on what is written; NodeRestriction keeps a kubelet from giving itself labels it should not have.",
    ),
    (
        "enable-bootstrap-token-auth",
        Group::Admission,
        "Bootstrap tokens are accepted: with one a new node comes in for the first time.",
    ),
    ("tls-cert-file", Group::Certificates, "The certificate it shows to everybody who connects."),
    ("tls-private-key-file", Group::Certificates, "The key to it."),
    (
        "etcd-servers",
        Group::Etcd,
        "Only the etcd member on its own node is asked; that one speaks with the others.",
    ),
    (
        "etcd-cafile",
        Group::Etcd,
        "etcd's certificate must be signed by this authority, which is not the cluster's.",
    ),
    ("etcd-certfile", Group::Etcd, "The certificate with which it logs in to etcd."),
    ("etcd-keyfile", Group::Etcd, "The key to it."),
    (
        "kubelet-client-certificate",
        Group::Kubelets,
        "The certificate with which it logs in to kubelets, for logs, exec and port-forward.",
    ),
    ("kubelet-client-key", Group::Kubelets, "The key to it."),
    (
        "kubelet-preferred-address-types",
        Group::Kubelets,
        "Which of a node's addresses it takes first to reach the kubelet.",
    ),
    (
        "service-account-issuer",
        Group::Accounts,
        "What the tokens it makes for pods say of where they come from.",
    ),
    (
        "service-account-key-file",
        Group::Accounts,
        "The public key with which it checks tokens: the same on every control plane, else a token of one is worth nothing at another.",
    ),
    ("service-account-signing-key-file", Group::Accounts, "The private key with which it signs tokens."),
    (
        "proxy-client-cert-file",
        Group::Extensions,
        "The certificate with which it passes requests on to API extensions.",
    ),
    ("proxy-client-key-file", Group::Extensions, "The key to it."),
    (
        "requestheader-client-ca-file",
        Group::Extensions,
        "Extensions believe what is said of the user only from somebody with a certificate of this authority.",
    ),
    ("requestheader-allowed-names", Group::Extensions, "Who among them."),
    ("requestheader-username-headers", Group::Extensions, "The header that says who the user is."),
    ("requestheader-group-headers", Group::Extensions, "The header that says in which groups the user is."),
    (
        "requestheader-extra-headers-prefix",
        Group::Extensions,
        "The beginning of headers with more of that kind.",
    ),
    ("runtime-config", Group::Work, "API groups that are switched on or off."),
    ("feature-gates", Group::Work, "Features switched on or off."),
];

const CONTROLLER_MANAGER: &[Row] = &[
    ("bind-address", Group::Listening, "Its health and metrics, for this node only."),
    ("port", Group::Listening, "0: nothing is served without encryption."),
    ("kubeconfig", Group::Cluster, "Where the API server is, and as whom it logs in."),
    ("authentication-kubeconfig", Group::Admission, "Where it asks who somebody is that wants its metrics."),
    ("authorization-kubeconfig", Group::Admission, "Where it asks whether they may."),
    ("client-ca-file", Group::Admission, "Whose certificates it believes."),
    ("requestheader-client-ca-file", Group::Admission, "Whom it believes what they say of others."),
    ("allocate-node-cidrs", Group::Work, "Each node gets a part of the pods' addresses."),
    ("cluster-cidr", Group::Work, "The addresses of all pods (podSubnet)."),
    (
        "service-cluster-ip-range",
        Group::Work,
        "The addresses of Services (serviceSubnet), so that no node gets them.",
    ),
    ("node-cidr-mask-size", Group::Work, "How large a node's part is."),
    ("cluster-name", Group::Work, "A name for the cluster, seen in clouds' names for things."),
    (
        "controllers",
        Group::Work,
        "All usual controllers, and two for joins: bootstrapsigner signs cluster-info with each token, tokencleaner removes tokens that have expired.",
    ),
    (
        "leader-elect",
        Group::Work,
        "Of several control planes only one works at a time; the others wait to take over.",
    ),
    (
        "use-service-account-credentials",
        Group::Work,
        "Each controller has an account of its own, with no more rights than it needs.",
    ),
    (
        "cluster-signing-cert-file",
        Group::Signing,
        "The authority with which it signs what nodes ask for, such as a new kubelet's certificate.",
    ),
    (
        "cluster-signing-key-file",
        Group::Signing,
        "The key to it: this is why every control plane needs ca.key.",
    ),
    (
        "root-ca-file",
        Group::Accounts,
        "The authority that is given to pods, so that they can check the API server.",
    ),
    (
        "service-account-private-key-file",
        Group::Accounts,
        "The key with which it signs older tokens that live in Secrets.",
    ),
    ("feature-gates", Group::Work, "Features switched on or off."),
];

const SCHEDULER: &[Row] = &[
    ("bind-address", Group::Listening, "Its health and metrics, for this node only."),
    ("port", Group::Listening, "0: nothing is served without encryption."),
    ("kubeconfig", Group::Cluster, "Where the API server is, and as whom it logs in."),
    ("authentication-kubeconfig", Group::Admission, "Where it asks who somebody is that wants its metrics."),
    ("authorization-kubeconfig", Group::Admission, "Where it asks whether they may."),
    (
        "leader-elect",
        Group::Work,
        "Of several control planes only one works at a time; the others wait to take over.",
    ),
    ("feature-gates", Group::Work, "Features switched on or off."),
];

const ETCD: &[Row] = &[
    ("name", Group::Identity, "This member's name among the members: the node's."),
    ("data-dir", Group::Identity, "Where all of the cluster's state is."),
    (
        "initial-cluster",
        Group::Members,
        "The members when this one started for the first time: the first control plane knows itself alone, each later one those before it too. Read once; afterwards the members' own list in the data counts.",
    ),
    (
        "initial-cluster-state",
        Group::Members,
        "existing: it joins members that are there. The first control plane has no such argument: it founds them.",
    ),
    ("initial-advertise-peer-urls", Group::Members, "Where the other members reach it."),
    ("advertise-client-urls", Group::Members, "Where clients are told to reach it."),
    ("listen-client-urls", Group::Listening, "For clients: this node's API server comes over 127.0.0.1."),
    ("listen-peer-urls", Group::Listening, "For the other members."),
    (
        "listen-metrics-urls",
        Group::Listening,
        "Health and metrics without encryption, for this node only: the kubelet asks here whether it lives.",
    ),
    ("cert-file", Group::Certificates, "The certificate it shows to clients."),
    ("key-file", Group::Certificates, "The key to it."),
    ("peer-cert-file", Group::Certificates, "The certificate it shows to other members."),
    ("peer-key-file", Group::Certificates, "The key to it."),
    ("client-cert-auth", Group::Admission, "Clients must show a certificate."),
    ("trusted-ca-file", Group::Admission, "By which authority."),
    ("peer-client-cert-auth", Group::Admission, "Members must show a certificate to each other."),
    ("peer-trusted-ca-file", Group::Admission, "By which authority."),
    ("snapshot-count", Group::Work, "After so many changes it writes a snapshot."),
    (
        "experimental-initial-corrupt-check",
        Group::Work,
        "It looks at its start whether its data are those of the others.",
    ),
    (
        "experimental-watch-progress-notify-interval",
        Group::Work,
        "How often those who watch are told that nothing has happened.",
    ),
    (
        "watch-progress-notify-interval",
        Group::Work,
        "How often those who watch are told that nothing has happened.",
    ),
    ("feature-gates", Group::Work, "Features switched on or off."),
];

const KUBELET: &[Row] = &[
    ("container-runtime-endpoint", Group::Work, "The socket of the container runtime."),
    ("container-runtime", Group::Work, "That a runtime of its own is used and not Docker; only until 1.23."),
    ("network-plugin", Group::Work, "How pods get a network; only until 1.23."),
    (
        "pod-infra-container-image",
        Group::Work,
        "The image that holds a pod's network while its containers come and go; kept from the image clean-up.",
    ),
    ("hostname-override", Group::Identity, "The node's name where it is not the machine's."),
    ("node-ip", Group::Identity, "The node's address where it is not to be found by itself."),
    ("node-labels", Group::Identity, "Labels it gives itself when it registers."),
    (
        "register-with-taints",
        Group::Identity,
        "Taints it has from its first moment on, so that no pod gets there before it is marked.",
    ),
    ("cgroup-driver", Group::Work, "Who makes control groups: it must be the same as the runtime's."),
    ("config", Group::Work, "Its configuration."),
    ("kubeconfig", Group::Cluster, "How it logs in to the API server."),
    ("bootstrap-kubeconfig", Group::Cluster, "How it logs in for the first time."),
];

fn table(component: &str) -> &'static [Row] {
    match component {
        "kube-apiserver" => API_SERVER,
        "kube-controller-manager" => CONTROLLER_MANAGER,
        "kube-scheduler" => SCHEDULER,
        "etcd" => ETCD,
        "kubelet" => KUBELET,
        _ => &[],
    }
}

/// The arguments of a component by what they are about, each with what it means.
pub(super) fn grouped(component: &str, arguments: &[String]) -> Vec<Block> {
    let table = table(component);
    let mut rows: Vec<(Group, usize, &String, &str)> = arguments
        .iter()
        .map(|argument| {
            let name = argument.trim_start_matches('-').split('=').next().unwrap_or_default();
            match table.iter().enumerate().find(|(_, row)| row.0 == name) {
                Some((place, (_, group, says))) => (*group, place, argument, *says),
                None => (Group::Further, usize::MAX, argument, ""),
            }
        })
        .collect();
    rows.sort_by_key(|(group, place, ..)| (*group, *place));
    let mut blocks = Vec::new();
    let mut last = None;
    for (group, _, argument, says) in rows {
        if last.replace(group) != Some(group) {
            blocks.push(Block::Head(group.title().to_owned()));
        }
        blocks.push(Block::line(argument.clone(), says));
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_argument_is_told_once() {
        for component in ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd", "kubelet"] {
            let mut names: Vec<&str> = table(component).iter().map(|row| row.0).collect();
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count, "{component}");
        }
    }

    #[test]
    fn what_is_not_known_is_shown_all_the_same() {
        let blocks = grouped("etcd", &["--name=fenn".to_owned(), "--of-the-operator=1".to_owned()]);
        assert_eq!(blocks[0], Block::Head("who it is".to_owned()));
        assert_eq!(blocks[2], Block::Head(Group::Further.title().to_owned()));
        assert_eq!(blocks[3], Block::line("--of-the-operator=1", ""));
    }
}
