//! What answers behind a URL.

use super::super::call::{Call, Known};
use super::net::dial;
use crate::sim::model::World;
use crate::sim::model::network::{Met, host_port};

/// What is behind a URL.
struct Answer {
    status: u16,
    body: String,
}

pub(super) fn curl(call: &mut Call<'_>) -> i32 {
    let known = Known {
        switches: &["k", "s", "S", "f", "v", "I", "L", "i", "insecure", "silent", "show-error", "fail"],
        valued: &["m", "max-time", "connect-timeout", "o", "w", "cacert", "cert", "key", "H", "X", "retry"],
    };
    let options = match call.options(&known) {
        Ok(options) => options,
        Err(rc) => return rc,
    };
    let Some(url) = options.operands.first() else { return call.fail(2, "no URL specified") };
    let quiet = options.has(&["s", "silent"]) && !options.has(&["S", "show-error"]);
    let fail = |rc: i32, words: String| {
        if quiet {
            rc
        } else {
            call.printer.complain(&format!("curl: ({rc}) {words}\n"));
            rc
        }
    };
    let (tls, rest) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => (true, rest),
        (None, rest) => (false, rest.unwrap_or(url)),
    };
    let (authority, path) = rest
        .split_once('/')
        .map_or((rest, "/".to_owned()), |(authority, path)| (authority, format!("/{path}")));
    let with_port = if host_port(authority).is_some() {
        authority.to_owned()
    } else {
        format!("{authority}:{}", if tls { 443 } else { 80 })
    };
    let Some((host, port)) = host_port(&with_port) else {
        return fail(3, "URL using bad/illegal format".into());
    };
    let shown = |words: &str| format!("Failed to connect to {host} port {port} after 2 ms: {words}");
    let node = match dial(call.world, call.node, host, port) {
        Met::Node(node) => node,
        Met::Closed => return fail(35, "OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection".into()),
        Met::Refused => return fail(7, shown("Couldn't connect to server")),
        Met::NoRoute => return fail(7, shown("No route to host")),
        Met::Silence => {
            return fail(28, format!("Failed to connect to {host} port {port}: Connection timed out"));
        }
        Met::NoSuchHost => {
            let reaches = |node: &crate::sim::model::Node| node.hardware.images_reachable;
            let out = host == "registry.k8s.io" && call.world.nodes.get(call.node).is_some_and(reaches);
            return fail(
                6,
                if out {
                    format!(
                        "the simulation ends at its rack; `crictl pull` tells whether images come from {host}"
                    )
                } else {
                    format!("Could not resolve host: {host}")
                },
            );
        }
    };
    // Behind a balancer the port is the API server's.
    let behind = if call.world.balancer.as_ref().is_some_and(|b| b.hosts.iter().any(|known| known == host)) {
        6443
    } else {
        port
    };
    if tls && matches!(behind, 6443 | 10_250 | 10_257 | 10_259) && !options.has(&["k", "insecure"]) {
        let trusts = options.value(&["cacert"]).is_some_and(|ca| {
            let given = call.read(ca).unwrap_or_default();
            let theirs =
                call.world.nodes.get(&node).and_then(|node| node.disk.text("/etc/kubernetes/pki/ca.crt"));
            theirs.is_some_and(|theirs| theirs.as_bytes() == given)
        });
        if !trusts {
            return fail(60, "SSL certificate problem: unable to get local issuer certificate".into());
        }
    }
    let Some(answer) = answer(call.world, &node, behind, tls, path.split('?').next().unwrap_or("/"), &path)
    else {
        return if tls {
            fail(35, "error:0A00010B:SSL routines::wrong version number".into())
        } else {
            fail(52, "Empty reply from server".into())
        };
    };
    if options.has(&["f", "fail"]) && answer.status >= 400 {
        return fail(22, format!("The requested URL returned error: {}", answer.status));
    }
    if options.has(&["I", "i"]) {
        call.say(format!("HTTP/2 {}\n\n", answer.status));
    }
    if options.value(&["o"]) != Some("/dev/null") && !options.has(&["I"]) {
        call.say(&answer.body);
    }
    if let Some(format) = options.value(&["w"]) {
        call.say(format.replace("%{http_code}", &answer.status.to_string()).replace("\\n", "\n"));
    }
    0
}

/// What `port` of `node` answers; none if it doesn't speak so.
fn answer(world: &World, node: &str, port: u16, tls: bool, path: &str, query: &str) -> Option<Answer> {
    let machine = world.nodes.get(node)?;
    let ok = |body: &str| Some(Answer { status: 200, body: body.to_owned() });
    let health = matches!(path, "/healthz" | "/livez" | "/readyz");
    match (port, tls) {
        (6443, true) => {
            let ready = machine.pod_ready("kube-apiserver", world.now);
            let stored = world
                .membership(node)
                .and_then(|(cluster, _)| world.clusters.get(&cluster))
                .is_some_and(|cluster| cluster.without_quorum_since.is_none());
            if health {
                let verbose = query.contains("verbose");
                return Some(match (ready && stored, verbose) {
                    (true, true) => Answer {
                        status: 200,
                        body: format!(
                            "[+]ping ok\n[+]etcd ok\n[+]poststarthook/rbac/bootstrap-roles ok\n{} check passed\n",
                            path.trim_start_matches('/')
                        ),
                    },
                    (true, false) => Answer { status: 200, body: "ok".into() },
                    (false, _) => {
                        let what = if stored { "poststarthook/rbac/bootstrap-roles" } else { "etcd" };
                        Answer {
                            status: 500,
                            body: format!(
                                "[+]ping ok\n[-]{what} failed: reason withheld\n{} check failed\n",
                                path.trim_start_matches('/')
                            ),
                        }
                    }
                });
            }
            match path {
                "/version" => {
                    let version = &machine.kubeadm;
                    ok(&format!(
                        "{{\n  \"major\": \"{}\",\n  \"minor\": \"{}\",\n  \"gitVersion\": \"{version}\",\n  \"platform\": \"linux/arm64\"\n}}",
                        version.major, version.minor
                    ))
                }
                "/api/v1/namespaces/kube-public/configmaps/cluster-info" => {
                    let (cluster, _) = world.membership(node)?;
                    let map =
                        world.clusters.get(&cluster)?.objects.config_maps.get("kube-public/cluster-info");
                    Some(match map {
                        Some(data) => Answer {
                            status: 200,
                            body: format!(
                                "{:#}\n",
                                serde_json::json!({ "kind": "ConfigMap", "apiVersion": "v1", "metadata": { "name": "cluster-info", "namespace": "kube-public" }, "data": data })
                            ),
                        },
                        None => refused(path),
                    })
                }
                _ => Some(refused(path)),
            }
        }
        (10_248, false) => {
            if health {
                ok("ok")
            } else {
                Some(Answer { status: 404, body: "404 page not found\n".into() })
            }
        }
        (10_250, true) => Some(Answer { status: 401, body: "Unauthorized".into() }),
        (10_257, true) => {
            if health {
                ok("ok")
            } else {
                Some(refused(path))
            }
        }
        (10_259, true) => {
            if health {
                ok("ok")
            } else {
                Some(refused(path))
            }
        }
        (2381, false) => {
            if path == "/health" {
                ok("{\"health\":\"true\",\"reason\":\"\"}")
            } else {
                Some(Answer { status: 404, body: "404 page not found\n".into() })
            }
        }
        _ => None,
    }
}

fn refused(path: &str) -> Answer {
    let body = format!(
        "{{\n  \"kind\": \"Status\",\n  \"apiVersion\": \"v1\",\n  \"status\": \"Failure\",\n  \"message\": \"forbidden: User \\\"system:anonymous\\\" cannot get path \\\"{path}\\\"\",\n  \"reason\": \"Forbidden\",\n  \"code\": 403\n}}"
    );
    Answer { status: 403, body }
}
