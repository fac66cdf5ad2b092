//! Inventories as files: what is read, what is refused and how, and what kubeadm is given.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use kubestep::inventory::kubeadm::{self, RenderError, RunValues};
use kubestep::inventory::model::{Allowance, Inventory, PasswordSource, Role};
use kubestep::inventory::{Surroundings, load, parse, show};
use kubestep::secret::Secret;
use kubestep::version::Version;

/// The repository's files, and an environment of the test's own.
#[derive(Default)]
struct Desk {
    variables: HashMap<&'static str, &'static str>,
    files: HashMap<PathBuf, String>,
}

impl Surroundings for Desk {
    fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).map(|value| (*value).to_owned())
    }

    fn read(&self, path: &Path) -> io::Result<String> {
        if let Some(text) = self.files.get(path) {
            return Ok(text.clone());
        }
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path))
    }

    fn exists(&self, path: &Path) -> bool {
        self.read(path).is_ok()
    }
}

fn good(path: &str) -> Inventory {
    match load(Path::new(path), &Desk::default()) {
        Ok((inventory, _)) => inventory,
        Err(found) => panic!("{}", show(&found, false)),
    }
}

/// The whole of a report for an inventory's text.
fn report(text: &str) -> String {
    match parse(Path::new("i.yaml"), text.to_owned(), &Desk::default()) {
        Ok((_, warnings)) => show(&warnings, false),
        Err(found) => show(&found, false),
    }
}

/// A whole inventory around the given lines.
fn cluster(kubernetes: &str, hosts: &str) -> String {
    format!(
        "apiVersion: kubestep/v1\nkind: Cluster\nmetadata: {{ name: t }}\nspec:\n  kubernetes: {{ {kubernetes} }}\n  hosts:\n{hosts}"
    )
}

#[test]
fn the_rack_of_the_seed_is_read() {
    let inventory = good("inventory/goldentooth.yaml");
    let names: Vec<&str> = inventory.control_planes().map(|host| host.name.as_str()).collect();
    assert_eq!(names, ["bettley", "fenn", "gardener"]);
    assert_eq!(inventory.workers().count(), 6);
    assert_eq!(inventory.kubernetes.version, Some(Version::new(1, 29, 6)));
    assert_eq!(inventory.kubernetes.control_plane_endpoint.as_ref().unwrap().to_string(), "10.4.0.10:6443");
}

#[test]
fn examples_are_read_without_a_warning() {
    for file in ["goldentooth", "single", "ha-sudo"] {
        let path = format!("inventory/{file}.yaml");
        match load(Path::new(&path), &Desk::default()) {
            Ok((_, warnings)) => assert_eq!(warnings, [], "{file}"),
            Err(found) => panic!("{}", show(&found, false)),
        }
    }
}

#[test]
fn defaults_ranges_and_numbers_make_hosts() {
    let inventory = good("inventory/ha-sudo.yaml");
    assert_eq!(inventory.hosts.len(), 9);
    let third = &inventory.hosts[5];
    assert_eq!(third.name.as_str(), "worker03");
    assert_eq!(third.role, Role::Worker);
    assert_eq!(third.ssh.address, "worker03.example.lan");
    assert_eq!(third.private_address.unwrap().to_string(), "192.0.2.23");
    assert_eq!(third.ssh.bastion.as_deref(), Some("ops@jump.example.lan"));
    assert_eq!(third.r#become.password, PasswordSource::Env("SUDO_PASSWORD".to_owned()));
    assert_eq!(third.labels.len(), 2, "labels of defaults and host are merged: {:?}", third.labels);
    assert_eq!(inventory.options.max_failed_workers, Allowance::Share(0.2));
    assert_eq!(inventory.worker_allowance(), 1);
}

#[test]
fn all_mistakes_are_shown_at_once_without_the_password() {
    let found = load(Path::new("tests/inventories/mistakes.yaml"), &Desk::default()).unwrap_err();
    let shown = show(&found, false);
    assert!(!shown.contains("hunter2") && !format!("{found:?}").contains("hunter2"));
    insta::assert_snapshot!(shown);
}

fn values<'a>(version: &'a Version, token: &'a Secret, key: &'a Secret) -> RunValues<'a> {
    RunValues {
        version,
        kubeadm: version,
        token,
        certificate_key: key,
        ca_hash: Some("sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
        advertise: "10.4.0.11".parse().unwrap(),
        first_control_plane: "10.4.0.11".parse().unwrap(),
        ignore_preflight: &[],
    }
}

#[test]
fn kubeadm_is_configured_in_the_api_of_each_release() {
    let inventory = good("tests/inventories/design.yaml");
    let token = Secret::new("abcdef.0123456789abcdef");
    let key = Secret::new("0f".repeat(32));
    for minor in [20, 29, 33] {
        let version = Version::new(1, minor, 2);
        let values = values(&version, &token, &key);
        let first = &inventory.hosts[0];
        let worker = &inventory.hosts[1];
        insta::assert_snapshot!(
            format!("init_1_{minor}"),
            kubeadm::init_config(&inventory, first, &values).unwrap().expose()
        );
        insta::assert_snapshot!(
            format!("join_control_plane_1_{minor}"),
            kubeadm::join_config(&inventory, first, &values).unwrap().expose()
        );
        insta::assert_snapshot!(
            format!("join_worker_1_{minor}"),
            kubeadm::join_config(&inventory, worker, &values).unwrap().expose()
        );
        let shown = kubeadm::init_config_shown(&inventory, first, &values).unwrap()
            + &kubeadm::join_config_shown(&inventory, first, &values).unwrap();
        assert!(!shown.contains(token.expose()) && !shown.contains(key.expose()));
    }
}

#[test]
fn nobody_joins_without_checking_the_ca() {
    let inventory = good("inventory/goldentooth.yaml");
    let version = Version::new(1, 29, 6);
    let secret = Secret::new("abcdef.0123456789abcdef");
    let values = RunValues { ca_hash: None, ..values(&version, &secret, &secret) };
    let host = &inventory.hosts[1];
    assert_eq!(kubeadm::join_config(&inventory, host, &values), Err(RenderError::NoCaHash));
    assert!(
        kubeadm::join_config_shown(&inventory, host, &values).unwrap().contains("known after init/certs/ca")
    );
}

#[test]
fn networks_in_each_others_way_are_found() {
    let host = "    - { name: a, role: control-plane, privateAddress: 10.96.0.7 }\n";
    for (kubernetes, want) in [
        ("podSubnet: 10.96.0.0/16", "overlaps kubeadm's default service subnet"),
        ("podSubnet: 10.0.0.0/16, serviceSubnet: 10.0.128.0/20", "overlaps the service subnet"),
        ("serviceSubnet: 10.96.0.0/16", "a's address 10.96.0.7 lies in the service subnet"),
        ("podSubnet: 10.96.0.0/16, serviceSubnet: 172.16.0.0/16", "lies in the pod subnet"),
        ("controlPlaneEndpoint: '172.16.0.9:1', serviceSubnet: 172.16.0.0/16", "the endpoint's address"),
        (
            "podSubnet: fd00::/56, serviceSubnet: fd01::/112",
            "10.96.0.7 is IPv4, but serviceSubnet has IPv6 only",
        ),
        ("podSubnet: 10.244.0.0/16,fd00::/56", "unknown key `fd00::/56`"),
        (
            "podSubnet: '10.244.0.0/16,10.245.0.0/16', serviceSubnet: 172.16.0.0/16",
            "one network for each family",
        ),
        ("podSubnet: 10.244.0.0/25", "too small for pods"),
        ("podSubnet: 20.0.0.0/7, serviceSubnet: 172.16.0.0/16", "too large for pods"),
        ("serviceSubnet: 172.16.0.0/11", "has bits set behind its prefix"),
        ("serviceSubnet: 172.0.0.0/11", "too large for services"),
        ("serviceSubnet: 172.16.0.0", "is not a network"),
    ] {
        let report = report(&cluster(kubernetes, host));
        assert!(report.contains(want), "{kubernetes}:\n{report}");
    }
    let unreadable = report(&cluster(
        "podSubnet: 10.96.0.0/16, serviceSubnet: x",
        "    - { name: a, role: control-plane }\n",
    ));
    assert!(!unreadable.contains("default"), "{unreadable}");
    let dual = cluster(
        "podSubnet: '10.244.0.0/16,fd00::/56', serviceSubnet: '172.16.0.0/16,fd01::/112'",
        "    - { name: a, role: control-plane, privateAddress: 'fd02::1' }\n",
    );
    assert_eq!(report(&dual), "");
}

#[test]
fn names_of_other_tools_are_understood_with_one_warning_each() {
    let text = "apiVersion: kubestep/v1\nkind: Cluster\nmetadata: { name: t }\nspec:\n  kube_version: v1.29.6\n  apiEndpoint: { host: k8s.lan, port: 443, alternativeNames: [k8s.org] }\n  network: { pod: { cidr: 10.244.0.0/16 }, serviceCIDR: 10.96.0.0/16 }\n  forks: 7\n  hosts:\n    - { hostname: a, role: master, ansible_host: 192.0.2.1, ansible_user: pi, sudo: true, ip: 192.0.2.1 }\n    - { hostname: b, role: [controlplane, etcd, worker], ansible_host: 192.0.2.2, bastion: jump, bastionUser: ops, bastionPort: 2222 }\n    - { hostname: c, role: single, ansible_host: 192.0.2.3, noTaints: true, isLeader: true }\n";
    let (inventory, warnings) = parse(Path::new("i.yaml"), text.to_owned(), &Desk::default())
        .unwrap_or_else(|found| panic!("{}", show(&found, false)));
    insta::assert_snapshot!(warnings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
    assert_eq!(inventory.kubernetes.control_plane_endpoint.as_ref().unwrap().to_string(), "k8s.lan:443");
    assert_eq!(inventory.kubernetes.cert_sans, ["k8s.org"]);
    assert_eq!(inventory.kubernetes.pod_subnet.as_deref(), Some("10.244.0.0/16"));
    assert_eq!(inventory.kubernetes.service_subnet.as_deref(), Some("10.96.0.0/16"));
    assert_eq!(inventory.options.concurrency, 7);
    let names: Vec<&str> = inventory.hosts.iter().map(|host| host.name.as_str()).collect();
    assert_eq!(names, ["c", "a", "b"], "the leader comes first");
    assert!(
        inventory.hosts[0].schedulable && !inventory.hosts[1].schedulable && inventory.hosts[2].schedulable
    );
    assert_eq!(inventory.hosts[2].ssh.bastion.as_deref(), Some("ops@jump:2222"));
}

#[test]
fn secrets_of_the_environment_stay_out_of_messages() {
    let desk = Desk { variables: [("S", "hunter2 is secret")].into(), ..Desk::default() };
    let text = cluster(
        "version: '${S}', podSubnet: '${S}', controlPlaneEndpoint: '${S}', dnsDomain: '${S}', imageRepository: '${S}', \
         criSocket: '${S}', ignorePreflightErrors: ['${S}'], manifests: ['${S}'], config: '${S}'",
        "    - { name: '${S}', role: '${S}', privateAddress: '${S}', ssh: { user: '${S}', port: '${S}', keyPath: '${S}', bastion: '${S}' }, become: { password: '${S}', method: '${S}' }, taints: ['${S}'], labels: { a: '${S}' } }\n    - { name: b, role: control-plane, ssh: { address: '${S}', keyPath: '${S}', user: '${S}' }, privateAddress: '${S}', become: { password: '${S}' }, taints: ['${S}'], labels: { a: '${S}' } }\n",
    );
    let found = parse(Path::new("i.yaml"), text, &desk).unwrap_err();
    assert!(found.len() > 10);
    assert!(!format!("{found:?}{}", show(&found, true)).contains("hunter2"), "{}", show(&found, false));
}

#[test]
fn documents_of_the_operator_are_adopted_or_overruled() {
    let inventory = good("tests/inventories/design.yaml");
    assert_eq!(inventory.kubernetes.pod_subnet.as_deref(), Some("192.168.0.0/16"));
    assert_eq!(inventory.kubernetes.extra.len(), 4);
    let (_, warnings) = load(Path::new("tests/inventories/design.yaml"), &Desk::default()).unwrap();
    assert_eq!(
        warnings.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "tests/inventories/kubeadm.yaml:14:14: warning: `networking.podSubnet` is 192.168.0.0/16 in the inventory, which wins (keep one of the two: this, or spec.kubernetes.podSubnet)"
        ]
    );
    let desk = Desk {
        files: [(
            PathBuf::from("k.yaml"),
            "apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\nkubernetesVersion: v1.28.1\ncontrolPlaneEndpoint: lb.lan:6443\nnetworking: { podSubnet: 10.244.0.0/16 }\n"
                .to_owned(),
        )]
        .into(),
        ..Desk::default()
    };
    let hosts = "    - { name: '[a:c]', role: control-plane }\n";
    let (inventory, _) = parse(Path::new("i.yaml"), cluster("config: k.yaml", hosts), &desk)
        .unwrap_or_else(|found| panic!("{}", show(&found, false)));
    assert_eq!(inventory.kubernetes.version, Some(Version::new(1, 28, 1)));
    assert_eq!(inventory.kubernetes.control_plane_endpoint.unwrap().host, "lb.lan");
    assert_eq!(inventory.kubernetes.pod_subnet.as_deref(), Some("10.244.0.0/16"));
}

#[test]
fn each_rule_is_told_by_its_own_words() {
    let cp = "    - { name: a, role: control-plane, ssh: { address: 192.0.2.1 } }\n";
    let three = "    - { name: '[a:c]', role: control-plane }\n";
    for (kubernetes, hosts, want) in [
        ("", "    - { name: a, role: worker }\n", "there is no control plane"),
        (
            "controlPlaneEndpoint: lb",
            "    - { name: '[a:b]', role: control-plane }\n",
            "2 control planes bear no more failures than 1",
        ),
        ("", three, "3 control planes need a controlPlaneEndpoint"),
        (
            "controlPlaneEndpoint: '192.0.2.1:6443'",
            "    - { name: '[a:c]', role: control-plane, privateAddress: '192.0.2.{n}' }\n",
            "the endpoint is a alone",
        ),
        ("controlPlaneEndpoint: 'pi.local:6443'", cp, "multicast DNS"),
        ("controlPlaneEndpoint: '127.0.0.1:6443'", cp, "other nodes can't reach 127.0.0.1"),
        (
            "",
            "    - { name: a, role: control-plane, privateAddress: 127.0.0.1 }\n",
            "other nodes can't reach 127.0.0.1",
        ),
        ("version: v1.19.3", cp, "v1.19.3 can't be brought up"),
        ("version: v1.37.0", cp, "v1.37.0 is newer than what is known here"),
        ("version: 1.30", cp, "`1.30` is not a Kubernetes version"),
        ("version: v1.29.6, criSocket: /var/run/dockershim.sock", cp, "has no dockershim"),
        ("criSocket: containerd", cp, "is not a runtime's socket"),
        ("ignorePreflightErrors: [all]", cp, "every preflight error is ignored"),
        ("ignorePreflightErrors: ['[ERROR Swap]']", cp, "is not the name of a check"),
        ("dnsDomain: 'a b'", cp, "is not a DNS domain"),
        ("imageRepository: 'a b'", cp, "is not an image repository"),
        ("config: none-such.yaml", cp, "can't read none-such.yaml"),
        (
            "",
            "    - { name: a, role: control-plane, ssh: { user: pi }, become: { method: none } }\n",
            "pi is not root",
        ),
        ("", "    - { name: a, role: control-plane, ssh: { user: pi, hostKey: x } }\n", "known_hosts"),
        ("", "    - { name: a, role: control-plane, leader: maybe }\n", "`maybe` is not true or false"),
        (
            "",
            "    - { name: a, role: control-plane }\n    - { name: b, role: worker, leader: true }\n",
            "b leads, but is a worker",
        ),
        ("", "    - { name: a, role: control-plane, schedulable: yes }\n", "`yes` is not true or false"),
        (
            "",
            "    - { name: a, role: control-plane, taints: ['x=y:NoSchedule'] }\n",
            "replace the control plane's own",
        ),
        ("", "    - { name: a, role: control-plane, name: b }\n", "`name` stands here twice"),
        ("", "    - { name: a, role: masterr }\n", "`masterr` is not a role"),
        ("", "    - a\n", "a host must be a map"),
        ("", "    {}\n", "spec.hosts must be a list"),
        ("podsubnet: 10.244.0.0/16", cp, "did you mean `podSubnet`?"),
        ("timeouts: {}", cp, "it belongs under spec.options"),
    ] {
        let report = report(&cluster(kubernetes, hosts));
        assert!(report.contains(want), "{kubernetes}\n{hosts}\n{report}");
    }
}

#[test]
fn what_is_no_inventory_is_said_plainly() {
    let found = load(Path::new("no-such-file.yaml"), &Desk::default()).unwrap_err();
    assert!(found[0].message.starts_with("can't read no-such-file.yaml"));
    for (text, want) in [
        ("", "holds 0 documents"),
        ("a: 1\n---\nb: 2\n", "holds 2 documents"),
        ("just text", "the inventory must be a map"),
        ("kind: [\n", "not valid YAML"),
        ("apiVersion: kubestep/v1\nkind: Cluster\nmetadata: { name: x }\n", "the inventory has no `spec`"),
    ] {
        let report = report(text);
        assert!(report.contains(want), "{text:?}\n{report}");
    }
    let broken = report("become: { password: hunter2, \n  other: [\n");
    assert!(broken.contains("not valid YAML") && !broken.contains("hunter2"), "{broken}");
}

/// An inventory with the given kubeadm documents.
fn with_documents(documents: &str) -> Result<(Inventory, String), String> {
    let desk = Desk { files: [(PathBuf::from("k.yaml"), documents.to_owned())].into(), ..Desk::default() };
    let text = cluster(
        "config: k.yaml",
        "    - { name: a, role: control-plane, schedulable: true }\n    - { name: b, role: worker, taints: ['gpu=yes:NoExecute', 'x:NoSchedule'] }\n",
    );
    parse(Path::new("i.yaml"), text, &desk)
        .map(|(inventory, warnings)| (inventory, show(&warnings, false)))
        .map_err(|found| show(&found, false))
}

#[test]
fn documents_that_kubeadm_would_not_read_are_found() {
    for (documents, want) in [
        ("kind: ClusterConfig\n", "did you mean `ClusterConfiguration`?"),
        ("apiVersion: v1\nkind: ClusterConfiguration\n", "`v1` is not an apiVersion of ClusterConfiguration"),
        (
            "apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\ncertificatesDir: /pki\n",
            "another certificatesDir",
        ),
        (
            "apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\napiServer: { extraArgs: 3 }\n",
            "neither a map of arguments",
        ),
        (
            "apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\nkubernetesVersion: latest\n",
            "`latest` is not a version",
        ),
        ("a: [\n", "not valid YAML"),
    ] {
        let report = with_documents(documents).unwrap_err();
        assert!(report.contains(want) && report.contains("--> k.yaml:"), "{documents}\n{report}");
    }
    let (_, warnings) = with_documents(
        "apiVersion: kubeadm.k8s.io/v1beta3\nkind: InitConfiguration\ncertificateKey: abc\nnodeRegistration: { kubeletExtraArg: {} }\n",
    )
    .unwrap();
    assert!(warnings.contains("`certificateKey` is set for each node by kubestep"), "{warnings}");
    assert!(warnings.contains("did you mean `kubeletExtraArgs`?"), "{warnings}");
}

#[test]
fn fields_follow_the_api_or_are_refused() {
    let token = Secret::new("abcdef.0123456789abcdef");
    let render = |documents: &str, minor| {
        let (inventory, _) = with_documents(documents).unwrap();
        let version = Version::new(1, minor, 0);
        let values = values(&version, &token, &token);
        let init = kubeadm::init_config(&inventory, &inventory.hosts[0], &values)?;
        let join = kubeadm::join_config(&inventory, &inventory.hosts[1], &values)?;
        Ok::<_, RenderError>(format!("{}\n{}", init.expose(), join.expose()))
    };
    let cluster = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n";
    let init = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\n";
    let join = "apiVersion: kubeadm.k8s.io/v1beta3\nkind: JoinConfiguration\n";
    let proxy = format!("{cluster}proxy: {{ disabled: true }}\n");
    assert!(render(&proxy, 31).unwrap().contains("proxy:\n  disabled: true\n"));
    assert!(
        matches!(render(&proxy, 30), Err(RenderError::NoSuchField { field, .. }) if field == "proxy.disabled")
    );
    let policy = format!("{init}nodeRegistration: {{ imagePullPolicy: Never }}\n");
    assert!(render(&policy, 22).is_ok());
    assert!(matches!(render(&policy, 21), Err(RenderError::NoSuchField { .. })));
    let dns = format!("{cluster}dns: {{ type: CoreDNS, imageTag: v1 }}\n");
    assert!(!render(&dns, 33).unwrap().contains("CoreDNS"));
    let wait = format!("{init}timeouts: {{ controlPlaneComponentHealthCheck: 7m0s }}\n");
    assert!(render(&wait, 29).unwrap().contains("timeoutForControlPlane: \"7m0s\""));
    let discovery = format!(
        "{join}discovery: {{ timeout: 9m0s, bootstrapToken: {{ unsafeSkipCAVerification: true }} }}\n"
    );
    let text = render(&discovery, 33).unwrap();
    assert!(text.contains("  discovery: \"9m0s\"") && !text.contains("unsafe"), "{text}");
    assert!(render(&discovery, 20).unwrap().contains("  timeout: \"9m0s\""));
    let twice =
        format!("{cluster}apiServer: {{ extraArgs: [{{ name: a, value: b }}, {{ name: a, value: c }}] }}\n");
    assert!(render(&twice, 31).is_ok());
    assert!(matches!(render(&twice, 29), Err(RenderError::RepeatedArgument { .. })));
    let plain = render(cluster, 29).unwrap();
    assert!(plain.contains("  taints: []\n"), "a schedulable control plane has none: {plain}");
    assert!(
        plain.contains(
            "  - key: gpu\n    value: \"yes\"\n    effect: NoExecute\n  - key: x\n    effect: NoSchedule\n"
        ),
        "{plain}"
    );
}

#[test]
fn ignoring_everything_goes_where_kubeadm_takes_it() {
    let text = cluster("ignorePreflightErrors: [all]", "    - { name: a, role: control-plane }\n");
    let (inventory, _) = parse(Path::new("i.yaml"), text, &Desk::default()).unwrap();
    let token = Secret::new("abcdef.0123456789abcdef");
    for (minor, flag, in_file) in [(27, Some("all"), false), (28, None, true)] {
        let version = Version::new(1, minor, 0);
        let more = ["Swap".to_owned()];
        let values = RunValues { ignore_preflight: &more, ..values(&version, &token, &token) };
        assert_eq!(kubeadm::ignore_preflight_flag(&inventory, &values), flag);
        let init = kubeadm::init_config(&inventory, &inventory.hosts[0], &values).unwrap();
        assert_eq!(init.expose().contains("ignorePreflightErrors:\n  - all\n"), in_file);
        assert!(!init.expose().contains("Swap"), "`all` stands alone");
    }
}

#[test]
fn a_thousand_hosts_are_read() {
    let text = cluster(
        "controlPlaneEndpoint: 'lb:6443'",
        "    - { name: 'cp[1:3]', role: control-plane }\n    - { name: 'w[0001:1000]', role: node, ssh: { address: '{name}.lan' } }\n",
    );
    let (inventory, warnings) = parse(Path::new("i.yaml"), text, &Desk::default()).unwrap();
    assert_eq!((inventory.hosts.len(), warnings.len()), (1003, 1));
    assert_eq!(inventory.hosts[1002].ssh.address, "w1000.lan");
}
