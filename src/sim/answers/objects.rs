//! kubectl on what the API keeps besides nodes.

use crate::sim::model::objects::Objects;
use crate::transport::request::Reply;

/// How the API calls a kind, and how it calls many of it.
fn kind(word: &str) -> (&str, String) {
    let word = match word {
        "cm" => "configmap",
        other => other.trim_end_matches('s'),
    };
    let plural = match word {
        "clusterrolebinding" | "rolebinding" | "clusterrole" | "role" => {
            format!("{word}s.rbac.authorization.k8s.io")
        }
        "daemonset" | "deployment" => format!("{word}s.apps"),
        other => format!("{other}s"),
    };
    (word, plural)
}

/// Deletes by kind and name.
pub(super) fn delete(
    objects: &mut Objects,
    word: &str,
    names: &[&str],
    namespace: &str,
    ignore_not_found: bool,
) -> Reply {
    let namespace = if namespace.is_empty() { "default" } else { namespace };
    let (word, plural) = kind(word);
    let mut reply = super::said("");
    for name in names {
        let full = format!("{namespace}/{name}");
        let gone = match word {
            "secret" => objects.secrets.remove(&full).is_some(),
            "configmap" => objects.config_maps.remove(&full).is_some(),
            _ => {
                objects.others.remove(&format!("{word}/{name}"))
                    || objects.others.remove(&format!("{word}/{full}"))
            }
        };
        let shown = plural.replacen(&format!("{word}s"), word, 1);
        if gone {
            reply.stdout += &format!("{shown} \"{name}\" deleted\n");
        } else if !ignore_not_found {
            reply.rc = 1;
            reply.stderr += &format!("Error from server (NotFound): {plural} \"{name}\" not found\n");
        }
    }
    reply
}

/// Whether `get` of these is answered here: lists of everything but nodes, and secrets by name.
pub(super) fn lists(word: &str, names: &[&str], output: &str) -> bool {
    match kind(word).0 {
        "configmap" => names.is_empty() && (output.is_empty() || output == "wide"),
        "secret" | "csr" | "clusterrolebinding" | "role" | "rolebinding" | "daemonset" | "deployment" => true,
        _ => false,
    }
}

fn age(now: i64, since: i64) -> String {
    let seconds = (now - since) / 1_000;
    if seconds < 120 { format!("{seconds}s") } else { format!("{}m", seconds / 60) }
}

/// A table.
pub(super) fn get(
    objects: &Objects,
    word: &str,
    names: &[&str],
    namespace: &str,
    output: &str,
    now: i64,
) -> Reply {
    let namespace = if namespace.is_empty() { "default" } else { namespace };
    let (word, plural) = kind(word);
    let inside = format!("{namespace}/");
    let rows: Vec<(String, String)> = match word {
        "secret" => objects
            .secrets
            .iter()
            .filter_map(|(full, secret)| Some((full.strip_prefix(&inside)?, secret)))
            .map(|(name, secret)| {
                let kind = if name.starts_with("bootstrap-token-") {
                    "bootstrap.kubernetes.io/token"
                } else {
                    "Opaque"
                };
                (name.to_owned(), format!("{kind}   {}", secret.data.len()))
            })
            .collect(),
        "configmap" => {
            let own =
                objects.config_maps.iter().filter_map(|(full, map)| Some((full.strip_prefix(&inside)?, map)));
            own.map(|(name, map)| (name.to_owned(), map.len().to_string())).collect()
        }
        "csr" => {
            let row = |csr: &crate::sim::model::objects::Csr| {
                let state = if csr.approved { "Approved,Issued" } else { "Pending" };
                (csr.name.clone(), format!("{:<6}{}   {state}", age(now, csr.created), csr.requestor))
            };
            objects.csrs.iter().map(row).collect()
        }
        _ => {
            let start = format!("{word}/");
            let own = objects.others.iter().filter_map(|full| full.strip_prefix(&start));
            own.map(|name| name.strip_prefix(&inside).unwrap_or(name))
                .map(|name| (name.to_owned(), String::new()))
                .collect()
        }
    };
    if let Some(missing) = names.iter().find(|name| !rows.iter().any(|(known, _)| known == *name)) {
        return super::failed(1, format!("Error from server (NotFound): {plural} \"{missing}\" not found\n"));
    }
    let chosen: Vec<&(String, String)> =
        rows.iter().filter(|(name, _)| names.is_empty() || names.contains(&name.as_str())).collect();
    if output.starts_with("jsonpath") {
        // The time of creation is all that is asked for so.
        let at = jiff::Timestamp::from_millisecond(now).unwrap_or_default();
        return super::said(at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
    }
    if chosen.is_empty() {
        return Reply { rc: 0, stdout: String::new(), stderr: "No resources found\n".to_owned() };
    }
    let heads = match word {
        "secret" => "TYPE   DATA",
        "configmap" => "DATA",
        "csr" => "AGE   REQUESTOR   CONDITION",
        _ => "",
    };
    let wide = chosen.iter().map(|(name, _)| name.len()).max().unwrap_or(0).max(4) + 3;
    let mut out = format!("{}\n", format!("{:<wide$}{heads}", "NAME").trim_end());
    for (name, rest) in chosen {
        out += &format!("{}\n", format!("{name:<wide$}{rest}").trim_end());
    }
    super::said(out)
}

/// A `ConfigMap` as YAML.
pub(super) fn yaml(objects: &Objects, namespace: &str, name: &str) -> Reply {
    let Some(data) = objects.config_maps.get(&format!("{namespace}/{name}")) else {
        return super::failed(1, format!("Error from server (NotFound): configmaps \"{name}\" not found\n"));
    };
    let mut out = "apiVersion: v1\ndata:\n".to_owned();
    for (key, value) in data {
        if value.contains('\n') {
            out += &format!("  {key}: |\n");
            for line in value.lines() {
                out += &format!("    {line}\n");
            }
        } else {
            out += &format!("  {key}: {value}\n");
        }
    }
    super::said(out + &format!("kind: ConfigMap\nmetadata:\n  name: {name}\n  namespace: {namespace}\n"))
}

/// Enough of a Node to see why it isn't ready.
pub(super) fn describe_nodes(objects: &Objects, names: &[&str], now: i64) -> Reply {
    let mut out = String::new();
    for (name, node) in
        objects.nodes.iter().filter(|(name, _)| names.is_empty() || names.contains(&name.as_str()))
    {
        let (status, reason, message) = if node.ready {
            ("True", "KubeletReady", "kubelet is posting ready status")
        } else {
            ("False", "KubeletNotReady", node.reason.as_str())
        };
        let taints: Vec<String> = node.taints.iter().map(crate::sim::model::objects::Taint::text).collect();
        let taints = if taints.is_empty() { "<none>".to_owned() } else { taints.join(", ") };
        out += &format!(
            "Name:               {name}\nAge:                {}\nTaints:             {taints}\nConditions:\n  Type    Status  Reason            Message\n  Ready   {status:<7} {reason:<17} {message}\nAddresses:\n  InternalIP:  {}\n\n",
            age(now, node.created),
            node.address
        );
    }
    if out.is_empty() {
        return super::failed(
            1,
            format!("Error from server (NotFound): nodes \"{}\" not found\n", names.join(" ")),
        );
    }
    super::said(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::model::objects::SecretObject;

    #[test]
    fn what_is_deleted_is_gone_and_named() {
        let mut objects = Objects::default();
        objects.others.insert("clusterrolebinding/kubeadm:get-nodes".into());
        objects.secrets.insert("kube-system/kubeadm-certs".into(), SecretObject::default());
        let told = delete(&mut objects, "clusterrolebindings", &["kubeadm:get-nodes"], "", false);
        assert_eq!(
            told.stdout,
            "clusterrolebinding.rbac.authorization.k8s.io \"kubeadm:get-nodes\" deleted\n"
        );
        let told = delete(&mut objects, "secret", &["kubeadm-certs"], "kube-system", false);
        assert_eq!((told.rc, told.stdout.as_str()), (0, "secret \"kubeadm-certs\" deleted\n"));
        let told = delete(&mut objects, "secret", &["kubeadm-certs"], "kube-system", false);
        assert_eq!((told.rc, told.stderr.contains("NotFound")), (1, true));
        assert_eq!(delete(&mut objects, "secret", &["kubeadm-certs"], "kube-system", true).rc, 0);
    }
}
