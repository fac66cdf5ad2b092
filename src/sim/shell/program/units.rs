//! systemd: its services and their journal.

use super::super::call::Call;
use super::{Program, now};

pub(super) const PROGRAMS: &[Program] = &[
    now("systemctl", "status, start, stop, restart and others", 80, systemctl),
    now("journalctl", "-u UNIT: what a service said", 80, journalctl),
];

fn systemctl(call: &mut Call<'_>) -> i32 {
    let words: Vec<&str> =
        call.args.iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
    let now = call.world.now;
    match words.as_slice() {
        ["status", "kubelet" | "kubelet.service"] => {
            let Ok(node) = call.machine() else { return 255 };
            let state = node.kubelet.state();
            let mut out = String::from("\u{25cf} kubelet.service - kubelet: The Kubernetes Node Agent\n");
            out += &format!("     Active: {state}\n   Restarts: {}\n", node.kubelet.restarts);
            call.say(out);
            if state == "active" { 0 } else { 3 }
        }
        ["start" | "restart", "kubelet" | "kubelet.service"] => {
            let Ok(node) = call.machine_mut() else { return 255 };
            if node.kubelet.unit_fails {
                return call.fail(1, "Job for kubelet.service failed");
            }
            node.kubelet.start(now);
            0
        }
        ["stop", "kubelet" | "kubelet.service"] => {
            let Ok(node) = call.machine_mut() else { return 255 };
            node.kubelet.stop();
            0
        }
        _ => call.lacks(format!("`{}`", words.join(" "))),
    }
}

fn journalctl(call: &mut Call<'_>) -> i32 {
    let Ok(node) = call.machine() else { return 255 };
    call.say(match &node.kubelet.trouble {
        Some(trouble) => format!("E run.go:74] \"command failed\" err=\"{trouble}\"\n"),
        None => "-- No entries --\n".into(),
    });
    0
}
