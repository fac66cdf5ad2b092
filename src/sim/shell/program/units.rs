//! systemd: its services and their journal.

use super::super::call::Call;
use super::{Program, now};
use crate::sim::model::Node;
use crate::sim::model::units::{CONTAINERD, HAPROXY, KUBELET, Order};

pub(super) const PROGRAMS: &[Program] = &[
    now("systemctl", "status, start, stop, restart, enable, disable, mask, unmask and others", 80, systemctl),
    now("journalctl", "-u UNIT -n 50: what a service said", 80, super::journal::journalctl),
];

fn systemctl(call: &mut Call<'_>) -> i32 {
    let args = call.args;
    let (flags, words): (Vec<&str>, Vec<&str>) =
        args.iter().map(String::as_str).partition(|arg| arg.starts_with('-'));
    let (verb, units) = match words.as_slice() {
        ["daemon-reload" | "daemon-reexec" | "reset-failed", ..] => return 0,
        [] | ["list-units", ..] => return list(call),
        [verb, units @ ..] if !units.is_empty() => (*verb, units),
        _ => return call.fail(1, "Too few arguments."),
    };
    let units: Vec<&str> = units.iter().map(|unit| unit.trim_end_matches(".service")).collect();
    let at_once = flags.contains(&"--now");
    let orders: &[Order] = match (verb, at_once) {
        ("status", _) => return status(call, &units),
        ("is-active" | "is-enabled", _) => return is(call, verb, &units),
        ("show", _) => return show(call, &units),
        ("start", _) => &[Order::Start],
        ("stop", _) => &[Order::Stop],
        ("restart" | "reload" | "reload-or-restart" | "try-restart", _) => &[Order::Restart],
        ("enable", false) => &[Order::Enable],
        ("enable", true) => &[Order::Enable, Order::Start],
        ("disable", false) => &[Order::Disable],
        ("disable", true) => &[Order::Disable, Order::Stop],
        ("mask", false) => &[Order::Mask],
        ("mask", true) => &[Order::Stop, Order::Mask],
        ("unmask", _) => &[Order::Unmask],
        _ => return call.lacks(format!("`{verb}`")),
    };
    units.iter().map(|unit| obey(call, verb, unit, orders)).max().unwrap_or(0)
}

fn obey(call: &mut Call<'_>, verb: &str, unit: &str, orders: &[Order]) -> i32 {
    let now = call.world.now;
    let Ok(node) = call.machine_mut() else { return 255 };
    if !node.has_unit(unit) {
        let words = format!("Failed to {verb} {unit}.service: Unit {unit}.service not found.\n");
        call.printer.complain(&words);
        return 5;
    }
    if let Some(order) = orders.iter().find(|order| !node.order(**order, unit, now)) {
        let masked = node.kubelet.masked;
        let words = match order {
            Order::Enable => format!("Failed to enable unit: Unit file {unit}.service is masked.\n"),
            _ if masked => format!("Failed to {verb} {unit}.service: Unit {unit}.service is masked.\n"),
            _ => format!(
                "Job for {unit}.service failed because the control process exited with error code.\nSee \"systemctl status {unit}.service\" and \"journalctl -xeu {unit}.service\" for details.\n"
            ),
        };
        call.printer.complain(&words);
        return 1;
    }
    if unit == HAPROXY {
        let machine = call.node.to_owned();
        call.world.read_haproxy(&machine);
    }
    0
}

/// What systemd knows of a unit.
struct Standing {
    /// `active`, `activating`, `inactive`.
    state: &'static str,
    /// `enabled`, `disabled`, `masked`.
    file: &'static str,
    pid: Option<u32>,
    restarts: u32,
    about: String,
}

fn standing(node: &Node, unit: &str) -> Option<Standing> {
    let enabled = |yes: bool| if yes { "enabled" } else { "disabled" };
    if unit == KUBELET {
        let kubelet = &node.kubelet;
        let state = kubelet.state();
        return Some(Standing {
            state: if state == "masked" { "inactive" } else { state },
            file: if kubelet.masked { "masked" } else { enabled(kubelet.enabled) },
            pid: (state == "active").then_some(1_011),
            restarts: kubelet.restarts,
            about: "kubelet: The Kubernetes Node Agent".into(),
        });
    }
    let found = node.units.get(unit)?;
    let about = match unit {
        CONTAINERD => "containerd container runtime".into(),
        HAPROXY => "HAProxy Load Balancer".into(),
        "ssh" => "OpenBSD Secure Shell server".into(),
        _ => format!("{} server", found.program),
    };
    Some(Standing {
        state: if found.active { "active" } else { "inactive" },
        file: enabled(found.enabled),
        pid: found.active.then_some(found.pid),
        restarts: 0,
        about,
    })
}

fn names(node: &Node) -> Vec<String> {
    let mut names: Vec<String> = node.units.keys().cloned().collect();
    names.push(KUBELET.to_owned());
    names.sort();
    names
}

fn list(call: &Call<'_>) -> i32 {
    let Ok(node) = call.machine() else { return 255 };
    let mut out = format!("  {:<22} {:<7} {:<11} DESCRIPTION\n", "UNIT", "LOAD", "ACTIVE");
    for name in names(node) {
        let Some(known) = standing(node, &name) else { continue };
        let load = if known.file == "masked" { "masked" } else { "loaded" };
        out +=
            &format!("  {:<22} {load:<7} {:<11} {}\n", format!("{name}.service"), known.state, known.about);
    }
    call.say(out);
    0
}

fn status(call: &Call<'_>, units: &[&str]) -> i32 {
    let Ok(node) = call.machine() else { return 255 };
    let mut rc = 0;
    for unit in units {
        let Some(known) = standing(node, unit) else {
            call.printer.complain(&format!("Unit {unit}.service could not be found.\n"));
            return 4;
        };
        let since =
            node.journal.of(unit).rfind(|entry| entry.by == "systemd[1]").map_or(String::new(), |entry| {
                let at = jiff::Timestamp::from_millisecond(entry.at).unwrap_or_default();
                let ago = (call.world.now - entry.at) / 1_000;
                let ago = if ago < 60 { format!("{ago}s") } else { format!("{}min {}s", ago / 60, ago % 60) };
                format!(" since {}; {ago} ago", at.strftime("%a %Y-%m-%d %H:%M:%S UTC"))
            });
        let active = match known.state {
            "active" => format!("active (running){since}"),
            "activating" if node.kubelet.trouble.is_some() => {
                format!("activating (auto-restart) (Result: exit-code){since}")
            }
            "activating" => format!("activating (start){since}"),
            _ => format!("inactive (dead){since}"),
        };
        let loaded = match known.file {
            "masked" => format!("masked (Reason: Unit {unit}.service is masked.)"),
            file => format!("loaded (/usr/lib/systemd/system/{unit}.service; {file}; preset: enabled)"),
        };
        let mut out = format!(
            "\u{25cf} {unit}.service - {}\n     Loaded: {loaded}\n     Active: {active}\n",
            known.about
        );
        if let Some(pid) = known.pid {
            out += &format!("   Main PID: {pid}\n");
        }
        if known.restarts > 0 {
            out += &format!("   Restarts: {}\n", known.restarts);
        }
        let host = &node.hardware.hostname;
        let mut last: Vec<String> =
            node.journal.of(unit).rev().take(10).map(|entry| entry.line(host)).collect();
        last.reverse();
        if last.is_empty() {
            last.extend(said(node, unit).into_iter().map(|line| line + "\n"));
        }
        if !last.is_empty() {
            out += &format!("\n{}", last.concat());
        }
        call.say(out);
        rc = if known.state == "active" { 0 } else { 3 };
    }
    rc
}

fn is(call: &Call<'_>, verb: &str, units: &[&str]) -> i32 {
    let Ok(node) = call.machine() else { return 255 };
    let mut rc = 0;
    for unit in units {
        let known = standing(node, unit);
        let (word, good) = match (verb, known) {
            ("is-active", Some(known)) => (known.state, known.state == "active"),
            ("is-active", None) => ("inactive", false),
            (_, Some(known)) => (known.file, known.file == "enabled"),
            (_, None) => ("not-found", false),
        };
        call.say(format!("{word}\n"));
        if !good {
            rc = if verb == "is-active" { 3 } else { 1 };
        }
    }
    rc
}

/// `-p NAME` of a unit.
fn show(call: &Call<'_>, units: &[&str]) -> i32 {
    let Ok(node) = call.machine() else { return 255 };
    let wanted = |name: &str| {
        let named: Vec<&String> =
            call.args.windows(2).filter(|pair| pair[0] == "-p").map(|pair| &pair[1]).collect();
        named.is_empty() || named.iter().any(|given| *given == name)
    };
    for known in units.iter().filter_map(|unit| standing(node, unit)) {
        let facts = [
            ("LoadState", if known.file == "masked" { "masked" } else { "loaded" }.to_owned()),
            ("ActiveState", known.state.to_owned()),
            ("UnitFileState", known.file.to_owned()),
            ("NRestarts", known.restarts.to_string()),
            ("MainPID", known.pid.unwrap_or(0).to_string()),
            ("Environment", String::new()),
        ];
        for (name, value) in facts.iter().filter(|(name, _)| wanted(name)) {
            call.say(format!("{name}={value}\n"));
        }
    }
    0
}

/// What a unit said last.
pub(super) fn said(node: &Node, unit: &str) -> Vec<String> {
    match unit {
        KUBELET => node.kubelet.last_line().into_iter().collect(),
        CONTAINERD if !node.hardware.cri_answers => vec![
            "level=info msg=\"skip loading plugin \\\"io.containerd.grpc.v1.cri\\\"...\" error=\"plugin is disabled by configuration: skip plugin\" type=io.containerd.grpc.v1".into(),
        ],
        CONTAINERD => node.kubelet.complaint.iter().map(|words| format!("level=error msg={words}")).collect(),
        _ => Vec::new(),
    }
}
