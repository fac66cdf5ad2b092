//! Settings that come from flags alone, brought into the shape of configuration documents.

use serde_yaml::{Mapping, Value};

use super::args::Args;
use super::documents::{Document, Documents};

/// The documents that flags stand for.
pub(crate) fn documents(args: &Args, join: bool) -> Documents {
    let mut root = Mapping::new();
    let mut set = |path: &str, value: Value| {
        let (parents, leaf) = path.rsplit_once('.').unwrap_or(("", path));
        let mut at = &mut root;
        for parent in parents.split('.').filter(|parent| !parent.is_empty()) {
            let entry = at.entry(parent.into()).or_insert_with(|| Value::Mapping(Mapping::new()));
            let Value::Mapping(inner) = entry else { return };
            at = inner;
        }
        at.insert(leaf.into(), value);
    };
    let list = |flag: &str| Value::Sequence(args.list(flag).into_iter().map(Value::from).collect());
    let endpoint = if join { "controlPlane.localAPIEndpoint" } else { "localAPIEndpoint" };
    let advertise = format!("{endpoint}.advertiseAddress");
    let pairs: &[(&str, &str)] = if join {
        &[
            ("token", "discovery.bootstrapToken.token"),
            ("discovery-token", "discovery.bootstrapToken.token"),
            ("tls-bootstrap-token", "discovery.tlsBootstrapToken"),
            ("certificate-key", "controlPlane.certificateKey"),
            ("apiserver-advertise-address", &advertise),
            ("cri-socket", "nodeRegistration.criSocket"),
        ]
    } else {
        &[
            ("kubernetes-version", "kubernetesVersion"),
            ("control-plane-endpoint", "controlPlaneEndpoint"),
            ("pod-network-cidr", "networking.podSubnet"),
            ("service-cidr", "networking.serviceSubnet"),
            ("service-dns-domain", "networking.dnsDomain"),
            ("image-repository", "imageRepository"),
            ("certificate-key", "certificateKey"),
            ("apiserver-advertise-address", &advertise),
            ("cri-socket", "nodeRegistration.criSocket"),
        ]
    };
    for (flag, path) in pairs {
        if let Some(value) = args.value(flag) {
            set(path, value.into());
        }
    }
    if join {
        set("discovery.bootstrapToken.caCertHashes", list("discovery-token-ca-cert-hash"));
        if let Some(endpoint) = args.words.last().filter(|word| word.contains(':')) {
            set("discovery.bootstrapToken.apiServerEndpoint", endpoint.as_str().into());
        }
        if args.has("control-plane")
            && args.value("apiserver-advertise-address").is_none()
            && args.value("certificate-key").is_none()
        {
            set("controlPlane.localAPIEndpoint.bindPort", 6443.into());
        }
        if args.has("discovery-token-unsafe-skip-ca-verification") {
            set("discovery.bootstrapToken.unsafeSkipCAVerification", true.into());
        }
    } else if let Some(token) = args.value("token") {
        let token = Mapping::from_iter([("token".into(), Value::from(token))]);
        set("bootstrapTokens", Value::Sequence(vec![Value::Mapping(token)]));
    }
    let kinds: &[&str] =
        if join { &["JoinConfiguration"] } else { &["InitConfiguration", "ClusterConfiguration"] };
    let all = kinds.iter().map(|kind| Document { kind: (*kind).into(), value: Value::Mapping(root.clone()) });
    Documents { all: all.collect(), ..Documents::default() }
}
