//! What a joining node reads before it trusts anybody: `cluster-info`, signed with the run's token.

use std::time::Duration;

use serde_json::{Value, json};

use crate::engine::Failure;
use crate::signature;
use crate::transport::Request;

use super::Context;
use super::outcome::{Done, failure, last, permanent};

const LIMIT: Duration = Duration::from_secs(30);
const MAP: [&str; 4] = ["configmap", "cluster-info", "--namespace", "kube-public"];

/// Signs `cluster-info` as the controller manager's bootstrap signer will, but at once. Where that fails nothing is
/// lost: joining nodes wait for the signer.
pub(super) async fn sign(context: &Context) -> Done {
    Ok(Some(match put(context).await {
        Ok(()) => "signed".to_owned(),
        Err(failure) => format!("left to the controller manager: {}", failure.reason),
    }))
}

async fn put(context: &Context) -> Result<(), Failure> {
    let token = context.material.borrow().as_ref().map(|material| material.token.clone());
    let token = token.ok_or_else(|| permanent("the run has no secrets yet"))?;
    let map = kubectl(context, "get", &["--output", "json"]).await?;
    let map: Value = serde_json::from_str(&map).map_err(|error| failure(error.to_string()))?;
    let data = |key: &str| map.pointer(&format!("/data/{key}")).and_then(Value::as_str);
    let info = data("kubeconfig").ok_or_else(|| failure("cluster-info has no kubeconfig"))?;
    let (key, signature) =
        signature::of_cluster_info(info, &token).ok_or_else(|| permanent("the token is not one"))?;
    if data(&key) == Some(&signature) {
        return Ok(());
    }
    let patch = json!({ "data": { key: signature } }).to_string();
    kubectl(context, "patch", &["--type", "merge", "--patch", &patch]).await.map(|_| ())
}

async fn kubectl(context: &Context, verb: &str, options: &[&str]) -> Result<String, Failure> {
    let leader =
        context.leader.borrow().clone().ok_or_else(|| permanent("there is no first control plane"))?;
    let args = [verb].iter().chain(&MAP).chain(options).map(|&arg| arg.to_owned()).collect();
    let reply = context.hands.ask(&leader, &Request::Kubectl { args, stdin: None }, LIMIT).await?;
    if reply.rc == 0 { Ok(reply.stdout) } else { Err(failure(last(&context.redactor.redact(&reply.stderr)))) }
}
