//! The end of a run: the operator's kubeconfig, and no secrets left behind.

use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::diag::Severity;
use crate::ids::NodeName;
use crate::transport::Request;

use super::Context;
use super::context::{INIT_CONFIG, JOIN_CONFIG};
use super::outcome::last;
use super::outcome::{Done, failure, permanent};
use super::report::Voice;

const LIMIT: Duration = Duration::from_secs(60);
/// Holds the token while a kubelet gets its certificate; kubeadm removes it, unless it is killed before.
const BOOTSTRAP: &str = "/etc/kubernetes/bootstrap-kubelet.conf";

/// Brings admin.conf over. A file that is there already is kept under another name, and that is said.
pub(super) async fn fetch_kubeconfig(context: &Context, voice: &Voice, node: &NodeName) -> Done {
    let Some(path) = context.kubeconfig.clone() else { return Ok(Some("not asked for".to_owned())) };
    let request = Request::Read { path: "/etc/kubernetes/admin.conf".to_owned() };
    let reply = context.hands.ask(node, &request, LIMIT).await?;
    if reply.rc != 0 {
        return Err(failure(format!("admin.conf can't be read: {}", last(&reply.stderr))));
    }
    let content = reply.stdout;
    let shown = path.clone();
    let root = context.root.clone();
    let kept = tokio::task::spawn_blocking(move || place(&path, &content, root.as_str()))
        .await
        .map_err(|error| failure(error.to_string()))?
        .map_err(|error| {
            permanent(format!(
                "{} can't be written: {error}; choose another place with --kubeconfig",
                shown.display()
            ))
        })?;
    if let Some(kept) = kept {
        let text =
            format!("{} held another cluster's access; it is kept as {}", shown.display(), kept.display());
        voice.notice(Severity::Warning, text).await;
    }
    Ok(Some(format!("written to {}", shown.display())))
}

/// Writes a private file; an older one of other content is moved aside and named.
fn place(path: &Path, content: &str, run: &str) -> std::io::Result<Option<PathBuf>> {
    use std::io::Write as _;
    if std::fs::read_to_string(path).is_ok_and(|old| old == content) {
        return Ok(None);
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let beside = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    let fresh = beside(&format!(".{run}.part"));
    let mut file =
        std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
    file.write_all(content.as_bytes())?;
    file.sync_all()?;
    let kept = path.exists().then(|| beside(&format!(".before-{run}")));
    if let Some(kept) = &kept {
        std::fs::rename(path, kept)?;
    }
    std::fs::rename(&fresh, path)?;
    Ok(kept)
}

/// Removes our files with secrets, and the remote runs' logs, from a node.
pub(super) async fn clean_up(context: &Context, voice: &Voice, node: &NodeName) -> Done {
    if !context.boots.borrow().contains_key(node) {
        return Ok(Some("nothing was written there".to_owned()));
    }
    // What runs left to be told goes with them.
    context.looks.are_over(context, node).await;
    let paths = [INIT_CONFIG, JOIN_CONFIG, BOOTSTRAP].map(str::to_owned).to_vec();
    let outcome: Result<(), String> = async {
        let reply = context
            .hands
            .ask(node, &Request::Remove { paths }, LIMIT)
            .await
            .map_err(|error| error.fault.to_string())?;
        if reply.rc != 0 {
            return Err(last(&reply.stderr));
        }
        context.hands.forget(node).await.map_err(|error| error.fault.to_string())
    }
    .await;
    if let Err(reason) = outcome {
        let text = format!(
            "{node} still holds the run's secrets under /run/kubestep ({reason}); they go with its next boot, or remove them by hand"
        );
        voice.notice(Severity::Warning, text).await;
        return Err(failure(reason));
    }
    context.configs.borrow_mut().retain(|(whose, _), _| whose != node);
    Ok(None)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn an_older_kubeconfig_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lab.kubeconfig");
        assert_eq!(place(&path, "one", "r1").unwrap(), None);
        assert_eq!(place(&path, "one", "r2").unwrap(), None, "the same again changes nothing");
        let kept = place(&path, "two", "r3").unwrap().unwrap();
        assert_eq!(std::fs::read_to_string(kept).unwrap(), "one");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
