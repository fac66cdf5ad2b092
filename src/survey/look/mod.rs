//! The look: what a waiting step sees on its node, every few seconds, in under two.
//!
//! `key=value` lines in any order, one line per value. What was not looked at, or could not be learnt, is missing.
//!
//! | key | value | many |
//! |---|---|---|
//! | `what` | `kubelet`, `api-server` or `endpoint`: what is waited for | |
//! | `ready` | `yes` once it is there, else `no` | |
//! | `target` | what was asked: `https://10.4.0.11:6443` | |
//! | `kubelet.state` | `active`, `activating`, `inactive`, `failed` | |
//! | `kubelet.restarts` | how often systemd restarted it | |
//! | `kubelet.healthz` | an answer, see below | |
//! | `kubelet.config` | `yes` or `no`: /var/lib/kubelet/config.yaml is there | |
//! | `kubelet.log` | its last line that tells of an error | |
//! | `api.answer` | an answer, see below | |
//! | `api.failing` | a check that the API server's own /livez reports as failed: `poststarthook/rbac/bootstrap-roles` | yes |
//! | `endpoint.answer` | an answer, see below | |
//! | `listening` | `2379`, `6443` or `10250`, if something on the node listens there | yes |
//! | `manifest` | a static pod's manifest that is there: `kube-apiserver`, `etcd` … | yes |
//! | `container` | `NAME STATE RESTARTS`: `kube-apiserver Exited 3`; the state is `Running`, `Exited`, `Created` or `unknown` | yes |
//! | `container.log` | `NAME LINE`: the last line of the try that ended, or of the present one | yes |
//! | `end` | `yes`: the last line of a whole answer | |
//!
//! An answer is `ok`; `http NNN` for another status; `refused`, `timeout`, `no-name` (the name has no address), `closed` (taken,
//! and closed without an answer, as load balancers without a live backend do), `tls` (no TLS came about), `open` (a connection
//! was taken and no more could be tried); or `unknown` where the node has no program to ask with.
