//! kubeadm's settings: from its configuration file, from flags, or from the cluster.

use serde_yaml::{Mapping, Value};

use super::args::Args;
use super::documents::{self, Documents};
use super::failure::{Exit, Outcome};
use super::process::Process;
use crate::sim::model::objects::Taint;
use crate::version::Version;

/// `nodeRegistration` and the address of the node's API server.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Registration {
    pub(crate) name: String,
    pub(crate) cri_socket: String,
    /// None: kubeadm's own taint on control planes.
    pub(crate) taints: Option<Vec<Taint>>,
    pub(crate) extra_args: Vec<(String, String)>,
    pub(crate) ignored: Vec<String>,
    pub(crate) advertise: String,
    pub(crate) port: u16,
}

/// `ClusterConfiguration`, with the document itself.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ClusterConfig {
    pub(crate) document: Value,
    pub(crate) version: Version,
    pub(crate) endpoint: Option<String>,
    pub(crate) pod_subnet: String,
    pub(crate) service_subnet: String,
    pub(crate) dns_domain: String,
    pub(crate) images: String,
    pub(crate) cert_sans: Vec<String>,
    /// The kubelet's document, if one was given.
    pub(crate) kubelet: Option<Value>,
}

/// `JoinConfiguration` beyond the registration.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct JoinConfig {
    pub(crate) endpoint: String,
    pub(crate) token: String,
    pub(crate) bootstrap_token: String,
    pub(crate) hashes: Vec<String>,
    pub(crate) unsafe_skip: bool,
    pub(crate) control_plane: bool,
    pub(crate) certificate_key: Option<String>,
    /// Milliseconds.
    pub(crate) discovery_timeout: u64,
    pub(crate) bootstrap_timeout: u64,
}

/// Everything an init or join process knows from its own side.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Config {
    pub(crate) node: Registration,
    /// Of init; a join fetches it.
    pub(crate) cluster: Option<ClusterConfig>,
    pub(crate) join: JoinConfig,
    pub(crate) tokens: Vec<(String, i64)>,
    pub(crate) certificate_key: Option<String>,
    pub(crate) skipped: Vec<String>,
}

fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |value, key| value.get(key))
}

fn text(value: &Value, path: &str) -> Option<String> {
    match at(value, path)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        _ => None,
    }
}

fn texts(value: &Value, path: &str) -> Vec<String> {
    let items = at(value, path).and_then(Value::as_sequence).cloned().unwrap_or_default();
    items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

/// A Go duration (`24h0m0s`, `5m0s`, `3s`) in milliseconds.
pub(crate) fn go_duration(text: &str) -> Option<i64> {
    let mut total = 0.0;
    let mut number = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_ascii_digit() || c == '.' {
            number.push(c);
            continue;
        }
        let unit = match c {
            'h' => 3_600_000.0,
            'm' if chars.next_if_eq(&'s').is_some() => 1.0,
            'm' => 60_000.0,
            's' => 1_000.0,
            _ => return None,
        };
        total += number.parse::<f64>().ok()? * unit;
        number.clear();
    }
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds of hours")]
    let total = total as i64;
    (number.is_empty() || number == "0").then_some(total)
}

fn duration(value: &Value, path: &str, default: u64) -> u64 {
    let found = text(value, path).and_then(|text| go_duration(&text));
    found.and_then(|ms| u64::try_from(ms).ok()).unwrap_or(default)
}

/// `extraArgs`: a map until v1beta3, a list of name and value in v1beta4.
fn extra_args(value: Option<&Value>) -> Vec<(String, String)> {
    match value {
        Some(Value::Mapping(map)) => {
            map.iter().filter_map(|(k, v)| Some((k.as_str()?.to_owned(), scalar(v)?))).collect()
        }
        Some(Value::Sequence(list)) => {
            list.iter().filter_map(|item| Some((text(item, "name")?, text(item, "value")?))).collect()
        }
        _ => Vec::new(),
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        _ => None,
    }
}

impl ClusterConfig {
    /// Extra arguments of a component: `apiServer`, `controllerManager`, `scheduler`, `etcd.local`.
    pub(crate) fn extra_args(&self, component: &str) -> Vec<(String, String)> {
        extra_args(at(&self.document, &format!("{component}.extraArgs")))
    }

    pub(crate) fn texts(&self, path: &str) -> Vec<String> {
        texts(&self.document, path)
    }

    /// How long init waits for the control plane, in milliseconds.
    pub(crate) fn wait_timeout(&self) -> u64 {
        duration(&self.document, "apiServer.timeoutForControlPlane", 240_000)
    }

    /// From a `ClusterConfiguration` document.
    pub(crate) fn from_document(document: Value, kubeadm: &Version) -> Outcome<Self> {
        let version = match text(&document, "kubernetesVersion") {
            Some(given) if !given.starts_with("stable") && given != "latest" => given.parse().map_err(|_| {
                Exit::bare(format!("version \"{given}\" doesn't match patterns for neither semantic version nor labels (stable, latest, ...)"))
            })?,
            _ => kubeadm.clone(),
        };
        let images = if kubeadm.at_least(25) { "registry.k8s.io" } else { "k8s.gcr.io" };
        Ok(Self {
            endpoint: text(&document, "controlPlaneEndpoint").filter(|endpoint| !endpoint.is_empty()),
            pod_subnet: text(&document, "networking.podSubnet").unwrap_or_default(),
            service_subnet: text(&document, "networking.serviceSubnet")
                .unwrap_or_else(|| "10.96.0.0/12".into()),
            dns_domain: text(&document, "networking.dnsDomain").unwrap_or_else(|| "cluster.local".into()),
            images: text(&document, "imageRepository").unwrap_or_else(|| images.into()),
            cert_sans: texts(&document, "apiServer.certSANs"),
            kubelet: None,
            version,
            document,
        })
    }

    /// The address that all nodes use: the stable endpoint, or the first API server's own.
    pub(crate) fn server(&self, advertise: &str, port: u16) -> String {
        match &self.endpoint {
            Some(endpoint) if endpoint.contains(':') => format!("https://{endpoint}"),
            Some(endpoint) => format!("https://{endpoint}:6443"),
            None => local_server(advertise, port),
        }
    }
}

/// The address of the API server on the node itself.
pub(crate) fn local_server(advertise: &str, port: u16) -> String {
    if advertise.contains(':') {
        format!("https://[{advertise}]:{port}")
    } else {
        format!("https://{advertise}:{port}")
    }
}

impl Registration {
    fn read(document: &Value, endpoint: &str, process: &Process) -> Self {
        let (hostname, address) =
            process.on_node(|node| (node.hardware.hostname.clone(), node.address().to_owned()));
        let taints = at(document, "nodeRegistration.taints").and_then(Value::as_sequence);
        let taints =
            taints.map(|list| list.iter().filter_map(|t| serde_yaml::from_value(t.clone()).ok()).collect());
        let port = text(document, &format!("{endpoint}.bindPort")).and_then(|port| port.parse().ok());
        Self {
            name: text(document, "nodeRegistration.name").unwrap_or_else(|| hostname.to_ascii_lowercase()),
            cri_socket: text(document, "nodeRegistration.criSocket")
                .unwrap_or_else(|| "unix:///run/containerd/containerd.sock".into()),
            taints,
            extra_args: extra_args(at(document, "nodeRegistration.kubeletExtraArgs")),
            ignored: texts(document, "nodeRegistration.ignorePreflightErrors"),
            advertise: text(document, &format!("{endpoint}.advertiseAddress")).unwrap_or(address),
            port: port.unwrap_or(6443),
        }
    }
}

/// Reads what the command line names: a file, or flags alone. Says on the process's log what kubeadm would.
pub(crate) fn load(process: &Process, args: &Args, kubeadm: &Version, join: bool) -> Outcome<Config> {
    if let Some(complaint) = args.mixed() {
        return Err(Exit::bare(complaint));
    }
    let documents = match args.value("config") {
        Some(path) => from_file(process, path, kubeadm)?,
        None => super::flags::documents(args, join),
    };
    for (place, message) in &documents.warnings {
        process.log('W', place, message);
    }
    if let Some(refused) = documents.refused {
        return Err(Exit::bare(refused));
    }
    let find = |kind: &str| documents.all.iter().find(|doc| doc.kind == kind).map(|doc| &doc.value);
    let empty = Value::Mapping(Mapping::new());
    let mut config = if join {
        let document = find("JoinConfiguration")
            .ok_or_else(|| Exit::bare("no JoinConfiguration found in the supplied config"))?;
        read_join(document, process)?
    } else {
        if args.value("config").is_some()
            && find("InitConfiguration").is_none()
            && find("ClusterConfiguration").is_none()
        {
            return Err(Exit::bare(
                "no InitConfiguration or ClusterConfiguration kind was found in the YAML file",
            ));
        }
        let mut config = read_init(find("InitConfiguration").unwrap_or(&empty), process)?;
        let cluster = find("ClusterConfiguration").unwrap_or(&empty).clone();
        let mut cluster = ClusterConfig::from_document(cluster, kubeadm)?;
        cluster.kubelet = find("KubeletConfiguration").cloned();
        validate(&cluster, &config)?;
        config.cluster = Some(cluster);
        config
    };
    if let Some(name) = args.value("node-name") {
        name.clone_into(&mut config.node.name);
    }
    config.node.ignored.extend(args.list("ignore-preflight-errors"));
    let skipped = args.list("skip-phases");
    if !skipped.is_empty() {
        config.skipped = skipped;
    }
    let all = config.node.ignored.iter().any(|name| name.eq_ignore_ascii_case("all"));
    if all && config.node.ignored.len() > 1 {
        let list = config.node.ignored.join(",");
        return Err(Exit::Bare {
            text: format!(
                "ignore-preflight-errors: Invalid value: \"{list}\": don't specify individual checks if 'all' is used"
            ),
            rc: 3,
        });
    }
    Ok(config)
}

fn validate(cluster: &ClusterConfig, config: &Config) -> Outcome {
    let invalid = |field: &str, value: &str, why: &str| {
        Err(Exit::Bare { text: format!("{field}: Invalid value: \"{value}\": {why}"), rc: 3 })
    };
    for (field, list) in [("podSubnet", &cluster.pod_subnet), ("serviceSubnet", &cluster.service_subnet)] {
        for cidr in list.split(',').filter(|cidr| !cidr.is_empty()) {
            let sound = cidr.split_once('/').is_some_and(|(ip, bits)| {
                ip.parse::<std::net::IpAddr>().is_ok() && bits.parse::<u8>().is_ok_and(|bits| bits <= 128)
            });
            if !sound {
                return invalid(field, cidr, "couldn't parse subnet");
            }
        }
    }
    if config.node.advertise.parse::<std::net::IpAddr>().is_err() {
        return Err(Exit::bare(format!(
            "couldn't use \"{}\" as \"apiserver-advertise-address\", must be ipv4 or ipv6 address",
            config.node.advertise
        )));
    }
    if config.node.advertise.starts_with("127.") {
        return Err(Exit::bare("unable to select an IP from lo network interface"));
    }
    Ok(())
}

fn from_file(process: &Process, path: &str, kubeadm: &Version) -> Outcome<Documents> {
    let text = process.read(path).or_else(|| process.store.outside(path)).ok_or_else(|| {
        Exit::bare(format!("unable to read config from \"{path}\" : open {path}: no such file or directory"))
    })?;
    documents::read(&text, kubeadm)
}

fn read_init(document: &Value, process: &Process) -> Outcome<Config> {
    let tokens = at(document, "bootstrapTokens").and_then(Value::as_sequence).cloned().unwrap_or_default();
    let tokens = tokens.iter().filter_map(|token| {
        let ttl = text(token, "ttl").and_then(|ttl| go_duration(&ttl)).unwrap_or(86_400_000);
        Some((text(token, "token")?, ttl))
    });
    let certificate_key = text(document, "certificateKey").filter(|key| !key.is_empty());
    if let Some(key) = &certificate_key
        && (key.len() != 64 || !key.bytes().all(|b| b.is_ascii_hexdigit()))
    {
        return Err(Exit::Bare {
            text: "certificateKey: Invalid value: \"***\": certificate key must be a hex encoded AES key"
                .into(),
            rc: 3,
        });
    }
    Ok(Config {
        node: Registration::read(document, "localAPIEndpoint", process),
        tokens: tokens.collect(),
        certificate_key,
        skipped: texts(document, "skipPhases"),
        ..Config::default()
    })
}

fn read_join(document: &Value, process: &Process) -> Outcome<Config> {
    let discovery = |key: &str| text(document, &format!("discovery.bootstrapToken.{key}"));
    let token = discovery("token").unwrap_or_default();
    let hashes = texts(document, "discovery.bootstrapToken.caCertHashes");
    let unsafe_skip = discovery("unsafeSkipCAVerification").as_deref() == Some("true");
    let invalid = |text: &str| Err(Exit::Bare { text: text.into(), rc: 3 });
    if token.is_empty() {
        return invalid("discovery: Invalid value: \"\": bootstrapToken or file must be set");
    }
    if hashes.is_empty() && !unsafe_skip {
        return invalid(
            "discovery.bootstrapToken: Invalid value: \"\": using token-based discovery without caCertHashes can be unsafe. Set unsafeSkipCAVerification as true in your kubeadm config file or pass --discovery-token-unsafe-skip-ca-verification flag to continue",
        );
    }
    let join = JoinConfig {
        endpoint: discovery("apiServerEndpoint").unwrap_or_default(),
        bootstrap_token: text(document, "discovery.tlsBootstrapToken").unwrap_or_else(|| token.clone()),
        token,
        hashes,
        unsafe_skip,
        control_plane: at(document, "controlPlane").is_some_and(|value| !value.is_null()),
        certificate_key: text(document, "controlPlane.certificateKey").filter(|key| !key.is_empty()),
        discovery_timeout: duration(
            document,
            "timeouts.discovery",
            duration(document, "discovery.timeout", 300_000),
        ),
        bootstrap_timeout: duration(document, "timeouts.tlsBootstrap", 300_000),
    };
    Ok(Config {
        node: Registration::read(document, "controlPlane.localAPIEndpoint", process),
        join,
        skipped: texts(document, "skipPhases"),
        ..Config::default()
    })
}
