//! Bring-ups with the real kubeadm on the lab's rack. They need root and a built lab (`tests/lab/build`), so they are
//! ignored unless asked for, and only one runs at a time:
//!
//! ```sh
//! cargo nextest run --run-ignored only -E 'binary(lab) and test(one_control_plane)'
//! cargo nextest run --run-ignored only -E 'binary(lab) and test(three_control_planes)'
//! ```
#![allow(clippy::expect_used, missing_docs)]

use std::path::Path;
use std::process::Command;

fn bring_up(control_planes: &str, workers: &str, user: &str) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lab/bring-up");
    let status = Command::new(script)
        .args([control_planes, workers, user])
        .env("KUBESTEP", env!("CARGO_BIN_EXE_kubestep"))
        .status()
        .expect("tests/lab/bring-up can be started");
    assert!(status.success(), "bring-up {control_planes} {workers} {user}: {status}; its checks are above");
}

#[test]
#[ignore = "needs root and the lab"]
fn one_control_plane_and_one_worker_from_nothing_to_ready() {
    bring_up("1", "1", "root");
}

#[test]
#[ignore = "needs root and the lab"]
fn three_control_planes_and_two_workers_from_nothing_to_ready() {
    bring_up("3", "2", "ops");
}
