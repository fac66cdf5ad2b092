//! One `ssh` master process per node.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use openssh::Session;
use tokio::process::Command;

use super::options::Target;
use super::{classify, config};
use crate::transport::error::Fault;

/// A master that is up.
#[derive(Debug)]
pub(super) struct Master {
    pub session: Session,
    pub new_host_key: Option<String>,
}

/// Connects. `config` is the generated file, `folder` gets the control socket.
pub(super) async fn connect(
    target: &Target,
    config: &Path,
    folder: &Path,
    limit: Duration,
) -> Result<Master, Fault> {
    let local = |error: std::io::Error| Fault::Local { detail: error.to_string() };
    let socket = tempfile::Builder::new().prefix("").rand_bytes(6).tempdir_in(folder).map_err(local)?;
    let seconds = limit.as_secs().max(1);
    let child = Command::new("ssh")
        .arg("-F")
        .arg(config)
        .arg("-S")
        .arg(config::percent(&socket.path().join("master").to_string_lossy()))
        .args(config::arguments(target, seconds))
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(local)?;
    let Ok(output) = tokio::time::timeout(limit, child.wait_with_output()).await else {
        return Err(Fault::TimedOut { address: target.ssh.address.clone(), seconds });
    };
    let output = output.map_err(local)?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        let said = classify::without_debugging(&said);
        return Err(classify::connection(&said, &target.ssh.address, seconds));
    }
    Ok(Master { session: Session::new_native_mux(socket), new_host_key: classify::new_host_keys(&said) })
}
