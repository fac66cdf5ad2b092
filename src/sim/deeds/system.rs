//! The system: services, swap, the kernel's settings, clock and name.

use crate::sim::answers::{failed, said};
use crate::sim::model::World;
use crate::sim::model::units::{CONTAINERD_DEFAULT, HAPROXY_CONFIG, Order};
use crate::transport::request::Reply;

pub(super) fn systemctl(world: &mut World, node: &str, args: &[&str], _: &str) -> Reply {
    let (flags, words): (Vec<&str>, Vec<&str>) = args.iter().partition(|arg| arg.starts_with('-'));
    let at_once = flags.contains(&"--now");
    let (verb, units) = match words.as_slice() {
        ["daemon-reload" | "daemon-reexec" | "reset-failed", ..] => return said(""),
        [verb, units @ ..] if !units.is_empty() => (*verb, units),
        _ => return failed(1, "Too few arguments.\n"),
    };
    let orders: &[Order] = match (verb, at_once) {
        ("start", _) => &[Order::Start],
        ("stop", _) => &[Order::Stop],
        ("restart" | "reload" | "reload-or-restart" | "try-restart", _) => &[Order::Restart],
        ("enable", false) => &[Order::Enable],
        ("enable", true) => &[Order::Enable, Order::Start],
        ("disable", false) => &[Order::Disable],
        ("disable", true) => &[Order::Disable, Order::Stop],
        ("mask", _) => &[Order::Mask],
        ("unmask", _) => &[Order::Unmask],
        _ => return failed(1, format!("Unknown command verb {verb}.\n")),
    };
    let now = world.now;
    for unit in units.iter().map(|unit| unit.trim_end_matches(".service")) {
        let Some(machine) = world.nodes.get_mut(node) else { return failed(255, "") };
        if !machine.has_unit(unit) {
            return failed(5, format!("Failed to {verb} {unit}.service: Unit {unit}.service not found.\n"));
        }
        if let Some(order) = orders.iter().find(|order| !machine.order(**order, unit, now)) {
            let why = match order {
                Order::Enable => format!("Failed to enable unit: Unit file {unit}.service is masked.\n"),
                _ => format!("Failed to {verb} {unit}.service: Unit {unit}.service is masked.\n"),
            };
            return failed(1, why);
        }
        if unit == "haproxy" {
            read_haproxy(world, node);
        }
    }
    said("")
}

/// `HAProxy` takes its backends from its configuration when it is started or reloaded.
pub(crate) fn read_haproxy(world: &mut World, node: &str) {
    let Some(machine) = world.nodes.get(node) else { return };
    let up = machine.units.get("haproxy").is_some_and(|unit| unit.active);
    let servers: Vec<String> = machine
        .disk
        .text(HAPROXY_CONFIG)
        .unwrap_or_default()
        .lines()
        .filter_map(|line| line.trim().strip_prefix("server ")?.split_whitespace().nth(1))
        .filter_map(|address| world.hosts.get(address.split(':').next()?).cloned())
        .collect();
    if let Some(balancer) = &mut world.balancer {
        balancer.up = up;
        balancer.up_again = None;
        balancer.forwards = !servers.is_empty();
        balancer.backends = servers;
    }
}

pub(super) fn containerd(_: &mut World, _: &str, args: &[&str], _: &str) -> Reply {
    match args {
        ["config", "default"] => said(CONTAINERD_DEFAULT),
        ["--version" | "-v"] => said("containerd github.com/containerd/containerd 1.7.24\n"),
        _ => failed(1, "containerd: runs as a service here\n"),
    }
}

pub(super) fn swapoff(world: &mut World, node: &str, args: &[&str], _: &str) -> Reply {
    let Some(machine) = world.nodes.get_mut(node) else { return failed(255, "") };
    match args {
        ["-a"] => machine.hardware.swap.clear(),
        devices => machine.hardware.swap.retain(|device| !devices.contains(&device.as_str())),
    }
    said("")
}

pub(super) fn swapon(world: &mut World, node: &str, args: &[&str], _: &str) -> Reply {
    let Some(machine) = world.nodes.get_mut(node) else { return failed(255, "") };
    match args {
        ["-a"] => machine.hardware.swap = machine.fstab_swap(),
        [] | ["--show" | "-s"] => {
            let rows = machine.hardware.swap.iter().map(|device| {
                let kind = if device.starts_with("/dev/") { "partition" } else { "file" };
                format!("{device:<10} {kind:<9} 512M   0B   -2\n")
            });
            let rows: String = rows.collect();
            let heading = if rows.is_empty() { "" } else { "NAME       TYPE      SIZE USED PRIO\n" };
            return said(format!("{heading}{rows}"));
        }
        devices => machine.hardware.swap.extend(devices.iter().map(|device| (*device).to_owned())),
    }
    said("")
}

pub(super) fn sysctl(world: &mut World, node: &str, args: &[&str], _: &str) -> Reply {
    let Some(machine) = world.nodes.get_mut(node) else { return failed(255, "") };
    let settings = &mut machine.hardware.sysctls;
    let mut reply = said("");
    for word in args.iter().filter(|arg| !arg.starts_with('-')) {
        if let Some((name, value)) = word.split_once('=') {
            settings.insert(name.trim().to_owned(), value.trim().to_owned());
            reply.stdout += &format!("{} = {}\n", name.trim(), value.trim());
            continue;
        }
        let within = |name: &str| name == *word || name.starts_with(&format!("{word}."));
        let found: Vec<String> = settings
            .iter()
            .filter(|(name, value)| within(name) && !value.is_empty())
            .map(|(name, value)| format!("{name} = {value}\n"))
            .collect();
        if found.is_empty() {
            let path = word.replace('.', "/");
            return failed(255, format!("sysctl: cannot stat /proc/sys/{path}: No such file or directory\n"));
        }
        reply.stdout += &found.concat();
    }
    reply
}

pub(super) fn timedatectl(world: &mut World, node: &str, args: &[&str], _: &str) -> Reply {
    let now = world.now;
    let Some(machine) = world.nodes.get_mut(node) else { return failed(255, "") };
    match args {
        ["set-ntp", "true" | "yes" | "1" | "on"] => {
            machine.hardware.clock_offset_ms = 0;
            said("")
        }
        [] | ["status" | "show", ..] => {
            let offset = machine.hardware.clock_offset_ms;
            let time = jiff::Timestamp::from_millisecond(now + offset).unwrap_or_default();
            let time = time.strftime("%a %Y-%m-%d %H:%M:%S UTC");
            let (synchronized, service) =
                if offset.abs() < 1_000 { ("yes", "active") } else { ("no", "inactive") };
            said(format!(
                "               Local time: {time}\n           Universal time: {time}\nSystem clock synchronized: {synchronized}\n              NTP service: {service}\n"
            ))
        }
        _ => failed(1, "Failed to parse arguments: Invalid argument\n"),
    }
}

pub(super) fn hostnamectl(world: &mut World, node: &str, args: &[&str], _: &str) -> Reply {
    let Some(machine) = world.nodes.get_mut(node) else { return failed(255, "") };
    match args {
        ["set-hostname" | "hostname", name] => {
            (*name).clone_into(&mut machine.hardware.hostname);
            said("")
        }
        _ => said(format!(
            " Static hostname: {}\n      Machine ID: {}\nOperating System: {}\n          Kernel: Linux {}\n",
            machine.hardware.hostname,
            machine.hardware.machine_id,
            machine.hardware.os,
            machine.hardware.kernel
        )),
    }
}
