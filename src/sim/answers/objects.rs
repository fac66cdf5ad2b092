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
