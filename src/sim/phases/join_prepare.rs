//! `control-plane-prepare`: shared keys, own certificates, kubeconfigs and manifests.

use super::discovery::{joined, with_admin};
use super::upload::SHARED;
use super::{certs as certificates, kubeconfigs as configs, static_pods, vault};
use crate::sim::kubeadm::run::Kubeadm;
use crate::sim::kubeadm::{Exit, Outcome};
use crate::sim::model::objects::KUBEADM_CERTS;
use crate::sim::model::paths;

pub(super) async fn download_certs(kubeadm: &Kubeadm) -> Outcome {
    let join = &kubeadm.config.join;
    let Some(key) = join.certificate_key.as_ref().filter(|_| join.control_plane) else { return Ok(()) };
    let process = &kubeadm.process;
    let id = joined(kubeadm).await?.cluster_id.clone();
    process.say("[download-certs] Downloading the certificates in Secret \"kubeadm-certs\" in the \"kube-system\" Namespace");
    process.work(300).await;
    let secret = kubeadm.look(&id, |cluster| cluster.objects.secrets.get(KUBEADM_CERTS).cloned()).ok_or_else(|| {
        Exit::phase("error downloading certs: error downloading the secret: Secret \"kubeadm-certs\" was not found in the \"kube-system\" Namespace. This Secret might have expired. Please, run `kubeadm init phase upload-certs --upload-certs` on a control plane to generate a new one")
    })?;
    if kubeadm.version.at_least(27) {
        process.say(format!("[download-certs] Saving the certificates to the folder: \"{}\"", paths::PKI));
    }
    for (name, file) in SHARED {
        let sealed = secret.data.get(name).ok_or_else(|| {
            Exit::phase(format!("error downloading certs: the Secret does not include the required certificate or key - name: {name}, path: {}/{file}", paths::PKI))
        })?;
        let content = vault::open(key, name, sealed).ok_or_else(|| {
            Exit::phase("error downloading certs: error decoding secret data with provided key: cipher: message authentication failed")
        })?;
        // Certificates too: kubeadm takes them for public keys, which it writes as it writes keys.
        process.write(&format!("{}/{file}", paths::PKI), 0o600, content);
    }
    Ok(())
}

pub(super) async fn certs(kubeadm: &Kubeadm) -> Outcome {
    if !kubeadm.config.join.control_plane {
        return Ok(());
    }
    joined(kubeadm).await?;
    certificates::heading(kubeadm);
    for leaf in certificates::LEAVES {
        certificates::one(kubeadm, leaf).await.map_err(|exit| match exit {
            Exit::Phase(text) => Exit::Phase(format!(
                "error creating PKI assets: failed to write or validate certificate \"{leaf}\": {text}"
            )),
            other => other,
        })?;
    }
    kubeadm.process.say(format!("[certs] Valid certificates and keys now exist in \"{}\"", paths::PKI));
    certificates::one(kubeadm, "sa").await
}

pub(super) async fn kubeconfigs(kubeadm: &Kubeadm) -> Outcome {
    if !kubeadm.config.join.control_plane {
        return Ok(());
    }
    joined(kubeadm).await?;
    kubeadm.process.say("[kubeconfig] Generating kubeconfig files");
    configs::heading(kubeadm);
    for leaf in ["admin", "controller-manager", "scheduler"] {
        configs::one(kubeadm, leaf).await.map_err(|exit| match exit {
            Exit::Phase(text) => Exit::Phase(format!("error generating kubeconfig files: {text}")),
            other => other,
        })?;
    }
    Ok(())
}

pub(super) async fn manifests(kubeadm: &Kubeadm) -> Outcome {
    if !kubeadm.config.join.control_plane {
        return Ok(());
    }
    if kubeadm.whole {
        joined(kubeadm).await?;
    } else {
        with_admin(kubeadm).await?;
    }
    static_pods::heading(kubeadm);
    for leaf in ["apiserver", "controller-manager", "scheduler"] {
        static_pods::component(kubeadm, leaf).await?;
    }
    Ok(())
}
